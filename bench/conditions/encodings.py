"""Conditions of text: other encodings, other marks for thousands and decimals, tables that lie on their side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bench.conditions.disclosure import GRID, HEADING, ROWS, TITLE, UNIT
from bench.conditions.judging import Condition
from bench.conditions.texts import HEAD_ROWS, NUMBER, _csv, _html, _tabbed

_AMOUNT = re.compile(r"(?:\d{1,3},)*\d{1,3}\.\d\d")
OLD = {"编": "編", "码": "碼", "称": "稱", "项": "項", "计": "計", "云": "雲", "区": "區", "数": "數", "据": "據", "务": "務", "门": "門", "预": "預", "单": "單", "万": "萬", "总": "總", "产": "產", "识": "識", "权": "權", "运": "運", "会": "會", "业": "業", "险": "險", "缴": "繳", "费": "費", "关": "關", "机": "機", "养": "養", "老": "老", "障": "障", "他": "他", "般": "般", "共": "共", "服": "服", "湖": "湖", "范": "範", "保": "保", "本": "本", "综": "綜", "与": "與", "单位": "單位", "财": "財", "业务": "業務", "发": "發", "就": "就", "支": "支", "出": "出", "员": "員", "东": "東", "属": "屬", "执": "執"}  # fmt: skip
"""The characters of the disclosure as they are written in Hong Kong, Macao and Taiwan."""


def european(words: str) -> str:
    """1,234.56 as 1.234,56."""
    return words.translate(str.maketrans(",.", ".,")) if _AMOUNT.fullmatch(words) else words


def thousands_by(sign: str) -> list[list[str]]:
    """The grid with another sign between thousands."""
    return [[w.replace(",", sign) if _AMOUNT.fullmatch(w) else w for w in row] for row in GRID]


def on_its_side() -> list[list[str]]:
    """Items across, measures down."""
    return [list(column) for column in zip(*GRID, strict=True)]


def _old(words: str) -> str:
    return "".join(OLD.get(c, c) for c in words)


def _fixed(gap: str) -> bytes:
    """Columns parted by one blank each, or by nothing at all."""
    return "\n".join([HEADING, TITLE, UNIT, *(gap.join(w for w in row if w) for row in GRID)]).encode()


def _aligned() -> bytes:
    """Columns of the same width, numbers at their right, as a terminal prints them."""
    wide = [sum(2 if c >= "\u2e80" else 1 for c in w) for row in GRID for w in row]
    most = [max(wide[c :: len(GRID[0])]) for c in range(len(GRID[0]))]
    lines = []
    for r, row in enumerate(GRID):
        out = ""
        for c, w in enumerate(row):
            blank = " " * (most[c] - wide[r * len(row) + c])
            out += (w + blank if c < 2 else blank + w) + "  "
        lines.append(out.rstrip())
    return "\n".join([HEADING, TITLE, UNIT, *lines]).encode()


def _between(*lines: str) -> str:
    """The same with lines of another kind amid the rows, as a printed page has them."""
    rows = _csv().split("\r\n")
    return "\r\n".join([*rows[:9], *lines, *rows[9:]])


def _spoken(grid: list[list[str]]) -> bytes:
    return _html(grid)


def conditions() -> Iterator[Condition]:
    """All of these conditions."""
    other = [[european(w) for w in row] for row in GRID]
    lying = on_its_side()
    values: dict[str, Callable[[], bytes]] = {
        "Big5": lambda: _old(_csv()).encode("big5"),
        "Big5 with tabs": lambda: _old(_csv("\t")).encode("big5"),
        "UTF-16 with commas": lambda: _csv().encode("utf-16"),
        "UTF-16 without a mark, big end first": lambda: _csv().encode("utf-16-be"),
        "UTF-32": lambda: _csv().encode("utf-32"),
        "GB18030 of four bytes": lambda: _csv().replace("数据事务", "数据㐀事务").encode("gb18030"),
        "UTF-8 cut within a character": lambda: _csv().encode() + "年".encode()[:2],
        "one byte that is wrong": lambda: _csv().encode("gb18030").replace("其他".encode("gb18030"), b"\xff\xcb\xfb", 1),
        "end of file of an old system": lambda: _csv().encode("gb18030") + b"\x1a",
        "decimal commas": lambda: _csv(";", other).encode(),
        "decimal commas quoted": lambda: _csv(",", other).encode(),
        "thousands by blanks": lambda: _csv(";", thousands_by(" ")).encode(),
        "thousands by narrow blanks": lambda: _csv(",", thousands_by("\u202f")).encode(),
        "thousands by apostrophes": lambda: _csv(",", thousands_by("'")).encode(),
        "thousands by full-width commas": lambda: _csv(",", thousands_by("，")).encode(),
        "lying on its side": lambda: _csv(grid=lying).encode(),
        "heading repeated": lambda: _between(",".join(GRID[0])).encode(),
        "page numbers between": lambda: _between("第 1 页 共 2 页,,,,").encode(),
        "subtotal of a page between": lambda: _between("注：本页未完,,,,").encode(),
        "remarks before": lambda: "\r\n".join([f"# {HEADING}", f"# {TITLE}", f"# {UNIT}", *_csv().split("\r\n")[3:]]).encode(),
        "escaped quotes": lambda: _csv().replace("数据事务", '"数据\\"事务"').encode(),
        "full-width separators": lambda: "\n".join("，".join(w.replace(",", "") for w in row) for row in [*HEAD_ROWS, *GRID]).encode(),
        "number rows by one column more": lambda: _csv(grid=[[*row, ""] if r == 0 else [*row, "", ""] for r, row in enumerate(GRID)]).encode(),
    }  # fmt: skip
    for name, make in values.items():
        named = name in ("GB18030 of four bytes", "escaped quotes")  # the name of an item differs there, too
        yield Condition("csv", name, make, finds=("registers.name",) if named else ())
    texts: dict[str, Callable[[], bytes]] = {
        "columns by one blank": lambda: _fixed(" "),
        "columns by nothing": lambda: _fixed(""),
        "columns as a terminal prints them": _aligned,
        "columns by full-width blanks": lambda: _fixed("\u3000"),
        "decimal commas": lambda: _tabbed(other),
        "lying on its side": lambda: _tabbed(lying),
        "Big5": lambda: _old(_tabbed().decode()).encode("big5"),
        "UTF-32": lambda: _tabbed().decode().encode("utf-32"),
        "table of a mark-down text": lambda: "\n".join(
            [
                f"# {HEADING}", f"## {TITLE}", UNIT, "",
                "| " + " | ".join(GRID[0]) + " |", "|:---|:---|---:|---:|---:|",
                *("| " + " | ".join(row) + " |" for row in ROWS),
            ]
        ).encode(),
    }  # fmt: skip
    for name, make in texts.items():
        yield Condition("text", name, make)
    pages: dict[str, Callable[[], bytes]] = {
        "decimal commas": lambda: _spoken(other),
        "thousands by thin blanks": lambda: _spoken(thousands_by("&thinsp;")),
        "lying on its side": lambda: _spoken(lying),
        "number in three pieces": lambda: _spoken(
            [[w.replace(NUMBER, "<span>1,</span><span>399</span><span>.60</span>") for w in row] for row in GRID]
        ),
    }  # fmt: skip
    for name, make in pages.items():
        yield Condition("html", name, make)
