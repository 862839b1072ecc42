"""Conditions of web pages and of separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.conditions.disclosure import AT, GRID, HEADER, HEADING, TITLE, UNIT, with_cell
from bench.conditions.dresses import DRESSES, NEGATIVE, TOLD_BY_RULE
from bench.conditions.judging import Condition

ROW, COLUMN = AT[0] + 1, AT[1]
NUMBER = "1,399.60"
Rows = Any


def _html(grid: Rows = GRID, style: str = "", after: str = "", attributes: dict[tuple[int, int], str] | None = None, table: str = 'border="1"', raw: bool = False) -> bytes:  # fmt: skip
    """A page with one table; ``attributes`` of its cells by row and column."""
    told = attributes or {}
    rows = "".join(
        "<tr>"
        + "".join(f"<td {told.get((r, c), told.get((-1, c), ''))}>{w}</td>" for c, w in enumerate(row))
        + "</tr>"
        for r, row in enumerate(grid)
    )
    body = f"<h1>{HEADING}</h1><p>{TITLE}</p><p>{UNIT}</p><table {table}>{rows}</table>{after}"
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><style>{style}</style></head><body>{body}</body></html>".encode()


def _column(style: str = "", attribute: str = "", after: str = "") -> bytes:
    """One more column that is not painted."""
    grid = [[*row, "上年" if r == 0 else "9.99"] for r, row in enumerate(GRID)]
    return _html(grid, style, after, {(-1, 5): attribute})


def _cell(words: str, style: str = "") -> bytes:
    return _html(with_cell(words), style)


def _positioned() -> bytes:
    """Every word in a box of its own at a place of the page, as converters write."""
    out = []
    lefts = (40, 140, 420, 540, 660)
    for y, words in ((20, HEADING), (50, TITLE)):
        out.append(f'<div style="position:absolute;left:300px;top:{y}px;font-size:16px">{words}</div>')
    out.append(f'<div style="position:absolute;left:680px;top:80px;font-size:14px">{UNIT}</div>')
    for r, row in enumerate(GRID):
        for c, words in enumerate(row):
            x = lefts[c] if c < 2 or r == 0 else lefts[c] + 90 - 7 * len(words)
            if words:
                out.append(f'<div class="t" style="left:{x}px;top:{110 + 26 * r}px">{words}</div>')
    style = ".t{position:absolute;font-size:14px;white-space:nowrap}"
    return f"<html><head><meta charset='utf-8'><style>{style}</style></head><body><div style='position:relative'>{''.join(out)}</div></body></html>".encode()


def _layout() -> bytes:
    inner = _html().decode().partition("<body>")[2].partition("</body>")[0]
    return f"<html><meta charset='utf-8'><body><table><tr><td><a href='/'>首页</a></td><td>{inner}</td></tr></table></body></html>".encode()


def _mhtml() -> bytes:
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    return head.encode() + _html() + b"\r\n--B--\r\n"


def _divs() -> bytes:
    """A table made of boxes that a style sheet lays out as one."""
    rows = "".join(
        "<div class='r'>" + "".join(f"<div class='c'>{w}</div>" for w in row) + "</div>" for row in GRID
    )
    style = ".t{display:table}.r{display:table-row}.c{display:table-cell;border:1px solid}"
    return f"<html><head><meta charset='utf-8'><style>{style}</style></head><body><h1>{HEADING}</h1><p>{TITLE}</p><p>{UNIT}</p><div class='t'>{rows}</div></body></html>".encode()


BOUGHT = (("货物", "金额", "3.50"), ("服务", "金额", "6.50"), ("合计", "金额", "10.00"))
HEAD_ROWS = [[HEADING], [TITLE], [UNIT]]


def _csv(
    separator: str = ",",
    grid: Rows = GRID,
    quoting: Any = csv.QUOTE_MINIMAL,
    pad: bool = False,
    end: str = "\r\n",
) -> str:
    out = io.StringIO()
    rows = [*HEAD_ROWS, *map(list, grid)]
    if pad:
        rows = [r + [""] * (len(HEADER) - len(r)) for r in rows]
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end).writerows(rows)
    return out.getvalue()


def _tabbed(grid: Rows = GRID) -> bytes:
    """Plain text with tabs, as extraction leaves it."""
    return "\n".join([HEADING, TITLE, UNIT, *("\t".join(row) for row in grid)]).encode()


def _unicode_text(encoding: str = "utf-16") -> bytes:
    rows = [r + [""] * (len(HEADER) - len(r)) for r in [*HEAD_ROWS, *map(list, GRID)]]
    words = "\r\n".join("\t".join(f'"{v}"' if "," in v else v for v in r) for r in rows)
    return (words + "\r\n").encode(encoding)


def conditions() -> Iterator[Condition]:
    """All conditions of web pages and separated values."""
    for kind, plain in (("html", _html), ("csv", lambda grid=GRID: _csv(grid=grid).encode())):
        yield Condition(kind, "control", plain)
        for name, shown, value in DRESSES:
            finds = NEGATIVE if value.startswith("-") else TOLD_BY_RULE
            yield Condition(kind, name, partial(plain, with_cell(shown)), value, finds)
    for name, shown, value in DRESSES:
        finds = NEGATIVE if value.startswith("-") else TOLD_BY_RULE
        yield Condition("text", name, partial(_tabbed, with_cell(shown)), value, finds)
    pages: dict[str, Callable[[], bytes]] = {
        "zero width": lambda: _cell("1,3&#8203;99&zwnj;.60"),
        "no-break blank": lambda: _cell("&nbsp;1,399.60&nbsp;"),
        "raised mark": lambda: _cell("1,399.60<sup>2</sup>"),
        "line break inside": lambda: _cell("1,399<br>.60"),
        "deleted words": lambda: _cell("<del>9.99</del>1,399.60"),
        "hidden by class": lambda: _column(".h{display:none}", "class='a h'"),
        "hidden by two classes": lambda: _column("table tr td.a.h{display:none !important}", "class='a h'"),
        "hidden by place": lambda: _column("td:nth-child(6){display:none}"),
        "hidden by id and media": lambda: _column(
            "@media screen{.x > tr > .h, td.h{display: none}}", "class=h"
        ),
        "hidden attribute": lambda: _column("", "hidden"),
        "hidden span": lambda: _cell("1,399.60<span class='h'>9</span>", ".h{visibility:hidden}"),
        "no size": lambda: _cell("1,399.60<span style='font-size:0'>9</span>"),
        "no opacity": lambda: _cell("1,399.60<span class='o'>9</span>", ".o{opacity:0}"),
        "white on white": lambda: _cell("1,399.60<span style='color:#fff'>9</span>"),
        "far away": lambda: _cell("1,399.60<span class='o'>9</span>", ".o{position:absolute;left:-9999px}"),
        "white on colour": lambda: _html(style="tr:first-child td{color:white;background:#036}"),
        "boxes in rows without a table": lambda: (
            _divs()
            .replace(b"display:table-row", b"display:flex")
            .replace(b"display:table-cell", b"flex:1")
            .replace(b"display:table}", b"width:800px}")
        ),
        "printed differently": lambda: _html(style="@media print{td{display:none}}"),
        "field": lambda: _cell(f"<input type='text' value='{NUMBER}' readonly>"),
        "hidden field": lambda: _cell(f"{NUMBER}<input type='hidden' value='9'>"),
        "area of text": lambda: _cell(f"<textarea>{NUMBER}</textarea>"),
        "choice": lambda: _cell(f"<select><option>9.99</option><option selected>{NUMBER}</option></select>"),
        "comment": lambda: _cell(f"{NUMBER}<!-- 9.99 -->"),
        "positioned boxes": _positioned,
        "table for layout": _layout,
        "boxes laid out as a table": _divs,
        "saved with its parts": _mhtml,
        "page in GBK": lambda: _html().decode().replace("utf-8", "gbk").encode("gbk"),
        "picture of a table": lambda: _html([]).replace(
            b"</table>", b"</table><img src='t.png' width='800' height='500'>"
        ),
        "frame": lambda: _html([]).replace(b"</table>", b"</table><iframe src='t.pdf'></iframe>"),
        "radicals": lambda: _html().decode().replace("行", "⾏").replace("支", "⽀").encode(),
    }
    for name, make in pages.items():
        yield Condition("html", name, make)
    values: dict[str, Callable[[], bytes]] = {
        "semicolons": lambda: _csv(";").encode(),
        "separator named": lambda: ("sep=;\r\n" + _csv(";")).encode("gb18030"),
        "bars": lambda: _csv("|").encode(),
        "tabs": lambda: _csv("\t").encode(),
        "all quoted": lambda: _csv(quoting=csv.QUOTE_ALL).encode("utf-8-sig"),
        "GB18030": lambda: _csv().encode("gb18030"),
        "old line ends": lambda: _csv(end="\r").encode(),
        "equals signs": lambda: "\n".join(
            ",".join(f'="{v}"' if v[:1].isdigit() else v for v in r) for r in [*HEAD_ROWS, *GRID]
        ).encode(),
        "formulas quoted": lambda: _csv(
            grid=[[f'="{v}"' if v[:1].isdigit() else v for v in r] for r in GRID]
        ).encode(),
        "apostrophes": lambda: _csv(
            grid=[["'" + v if c == 0 and v.isdigit() else v for c, v in enumerate(r)] for r in GRID]
        ).encode(),
        "commas not quoted": lambda: "\n".join(",".join(r) for r in [*HEAD_ROWS, *GRID]).encode(),
        "quote left open": lambda: _csv().replace("2080505,", '2080505,"', 1).encode(),
        "line break in a heading": lambda: _csv(
            grid=[[v.replace("基本支出", "基本\n支出") for v in r] for r in GRID]
        ).encode(),
        "zero width": lambda: _csv(grid=with_cell("1,3\u200b99.60")).encode(),
        "Unicode text": lambda: _unicode_text("utf-16"),
        "Unicode text without a mark": lambda: _unicode_text("utf-16-le"),
        "Unicode text, big end first": lambda: b"\xfe\xff" + _unicode_text("utf-16-be"),
        "blank lines between": lambda: _csv().replace("\r\n", "\r\n\r\n").encode(),
        "commas at the end": lambda: "\n".join(row + ",,," for row in _csv().split("\r\n") if row).encode(),
        "padded rows": lambda: _csv(pad=True).encode(),
        "radicals": lambda: _csv().replace("行", "⾏").replace("支", "⽀").encode(),
    }
    for name, make in values.items():
        yield Condition("csv", name, make)
    bought = ["政府采购预算表", UNIT, "项目,金额", "货物,3.50", "服务,6.50", "合计,10.00"]
    more: dict[str, Callable[[], bytes]] = {
        "tabs behind all values": lambda: _csv(grid=[[v + "\t" for v in r] for r in GRID]).encode(),
        "circumflexes": lambda: _csv("^").encode(),
        "bars and rulings": lambda: "\n".join(
            [HEADING, TITLE, UNIT, "+--+--+--+", _barred("|"), "+--+--+--+"]
        ).encode(),
        "rulings drawn with characters": lambda: "\n".join(
            [HEADING, TITLE, UNIT, "┌──┬──┬──┐", _barred("│"), "└──┴──┴──┘"]
        ).encode(),
        "columns of blanks": lambda: "\n".join(
            [HEADING, TITLE, UNIT, *("   ".join(row) for row in GRID)]
        ).encode(),
    }
    for name, make in more.items():
        yield Condition("csv", name, make)
    for name, between in (("table below", ["", *bought]), ("table right below", bought)):
        words = _csv() + "\r\n".join(between)
        yield Condition("csv", name, words.encode, more=BOUGHT)
    spoilt = {
        "a row in words": ("待定", ((4, 2), (4, 3), (4, 4))),
        "items in words": ("详见附件", ((3, 2), (3, 3), (3, 4))),
        "a third of a column in words": ("详见附件", ((2, 4), (3, 4), (6, 4), (7, 4))),
        "nearly half a column in words": ("见上年", ((2, 4), (3, 4), (6, 4), (7, 4), (9, 4))),
        "hashes in a column and a row": ("#####", ((2, 4), (6, 4), (7, 4), (7, 2), (7, 3))),
    }
    for name, (words, places) in spoilt.items():
        yield Condition("csv", name, partial(_spoilt, words, *places))


def _spoilt(words: str, *places: tuple[int, int]) -> bytes:
    """Separated values with the same words in several cells of the body."""
    grid = [list(row) for row in GRID]
    for row, column in places:
        grid[row + 1][column] = words
    return _csv(grid=grid).encode()


def _barred(bar: str) -> str:
    """The grid with a bar on both sides of every word."""
    return "\n".join(bar + bar.join(row) + bar for row in GRID)
