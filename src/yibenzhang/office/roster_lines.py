"""The rows of a roster: which column means what, and what a row says of a body."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from yibenzhang.model.amounts import narrow
from yibenzhang.reading.limits import MAX_ROSTER_ROWS
from yibenzhang.reading.sheets import Sheet, Value
from yibenzhang.standards import fold

DEPARTMENT, UNIT = "department", "unit"
TWICE = "twice"
EXAMPLE = "示例"
"""A name that begins so stands in the template to be read by people, not by the program."""
_HEADER_WITHIN = 40
_LONGEST_NAME = 80
_TOLD = {
    "approved_on": "批复日期", "due_on": "截止日期", "published_on": "公开日期", "published_url": "公开网址",
    "level": "级次", "parent": "主管部门",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One body. ``line`` counts from 1 in its sheet; ``level`` is "department", "unit" or "" (not told)."""

    line: int
    name: str
    code: str = ""
    parent: str = ""
    level: str = ""
    aliases: tuple[str, ...] = ()
    approved_on: date | None = None
    due_on: date | None = None
    published_on: date | None = None
    published_url: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row with what only the whole list can settle: the depth of its name, the code of its parent."""

    row: RosterRow
    where: str
    depth: float
    parent_code: str


@dataclass(frozen=True, slots=True)
class _Words:
    columns: dict[str, str]
    levels: dict[str, str]
    totals: re.Pattern[str]
    remarks: re.Pattern[str]
    groups: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads(Path(__file__).with_name("roster.toml").read_text(encoding="utf-8"))
    lines = data["lines"]
    return _Words(
        {fold(name): kind for kind, names in data["columns"].items() for name in names},
        {fold(name): kind for kind, names in data["levels"].items() for name in names},
        re.compile(lines["totals"]), re.compile(lines["remarks"]), re.compile(lines["groups"]),
    )  # fmt: skip


# ---- the header ----------------------------------------------------------------------------


def _kind(text: str) -> str:
    known = _words().columns
    folded = fold(text[:_LONGEST_NAME])
    bare = re.sub(r"\(.*?\)|[(（].*$", "", folded).strip("*.,;")
    return known.get(folded) or known.get(bare, "")


def _header(rows: dict[int, dict[int, str]]) -> tuple[int, dict[int, str]] | None:
    """The last row of the header, and what stands in which column."""
    best: tuple[int, int, dict[int, str]] | None = None
    numbers = sorted(rows)[:_HEADER_WITHIN]
    for k, r in enumerate(numbers):
        kinds = {c: kind for c, text in rows[r].items() if (kind := _kind(text))}
        last = r
        if k + 1 < len(numbers):  # a second line under it, as in 联系方式 over 联系人 and 电话
            below = {c: kind for c, text in rows[numbers[k + 1]].items() if (kind := _kind(text))}
            if kinds and below and len(below) == len(rows[numbers[k + 1]]) and not _named(below, kinds):
                kinds, last = {**kinds, **below}, numbers[k + 1]
        if not {"name", "name_or_parent", "parent"} & set(kinds.values()):
            continue
        if len(kinds) == 1 and len(rows[r]) > 1 and len(fold(rows[r].get(next(iter(kinds)), ""))) < 4:
            continue  # 单位 alone among other words heads nothing
        if best is None or len(kinds) > best[1]:
            best = (last, len(kinds), kinds)
    if best is None:
        return None
    return best[0], _decided(best[2])


def _named(below: dict[int, str], kinds: dict[int, str]) -> bool:
    """The row below names a body where the row above heads the column: no header but a first line."""
    return any(c in kinds and kinds[c] in ("name", "name_or_parent") for c in below)


def _decided(kinds: dict[int, str]) -> dict[int, str]:
    """部门名称 is the parent beside 单位名称, and the name without it; 部门编码 likewise."""
    out = dict(sorted(kinds.items()))
    has = set(out.values())
    if "name" not in has:
        instead = "name_or_parent" if "name_or_parent" in has else "parent"
        first = next(c for c, kind in out.items() if kind == instead)
        out[first] = "name"
        if "code" not in has and "parent" not in set(out.values()):
            out = {c: "code" if kind == "parent_code" else kind for c, kind in out.items()}
    seen: set[str] = set()
    for c, kind in list(out.items()):
        kind = "parent" if kind == "name_or_parent" else kind
        if kind in seen and kind not in ("aliases", "contact", "phone"):
            out[c] = TWICE  # the first of two columns with one meaning counts
            continue
        seen.add(kind)
        out[c] = kind
    return out


# ---- the lines -----------------------------------------------------------------------------


def read_lines(sheet: Sheet, where: str, problems: list[str]) -> list[Line] | None:
    """The bodies of one sheet, before the whole list is known; None where no row heads a column of names."""
    rows: dict[int, dict[int, str]] = {}
    for (r, c), value in sorted(sheet.values.items()):
        if text := _clean(value.text):
            rows.setdefault(r, {})[c] = text
        elif value.missing:
            rows.setdefault(r, {})
    header = _header(rows)
    if header is None:
        return None
    last, columns = header
    for c in [c for c, kind in columns.items() if kind == TWICE]:
        del columns[c]
        problems.append(f"{where}{get_column_letter(c)} 栏的意思与前面的一栏相同，没有读入；请核对。")
    at = {kind: c for c, kind in reversed(columns.items())}
    names = at["name"]
    spread = _spread(sheet, {c for c, kind in columns.items() if kind in ("parent", "parent_code", "approved_on", "due_on")})  # fmt: skip
    if lost := sorted(r for r in rows if r > last and r in sheet.hidden_rows):
        problems.append(f"{where}有 {len(lost)} 个隐藏行（从第 {lost[0]} 行起），也已读入。")
    out = []
    for r in sorted(rows):
        if r <= last:
            continue
        cells = rows[r]
        for c in at.values():
            if c not in cells and (text := _clean(spread.get((r, c), ""))):
                cells[c] = text
        told = f"{where}第 {r} 行"
        stored = sheet.values.get((r, names))
        if stored is not None and stored.missing:
            problems.append(f"{told}的单位名称是没有结果的公式，没有读入；请用表格软件打开并保存后再导入。")
            continue
        name = cells.get(names, "")
        if not _a_body(name, cells, columns, told, problems):
            continue
        depth = _depth(stored)
        name = _one_line(re.sub(_NUMBERED, "", re.sub(r"^其中[:：]?", "", name)))
        if not name:  # 其中 alone heads the units below it
            continue
        row = RosterRow(r, name)
        row = replace(row, **_fields(cells, columns, told, problems))
        out.append(Line(row, told, depth, _code(cells.get(at.get("parent_code", 0), ""))))
    if "parent" in at:
        merged = any(a[1] <= at["parent"] <= a[3] and a[2] > a[0] for a in sheet.merges)
        if not merged:
            out = _filled_down(out, problems)
    return out


_NUMBERED = r"^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|（[一二三四五六七八九十]{1,3}）|\d{1,3}[.、．](?!\d))\s*"


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text).strip("　 \n\t\r\ufeff\xa0")


def _one_line(name: str) -> str:
    """A name without marks before it and without the blanks and breaks that lay it out in its cell."""
    flat = re.sub(r"(?<=[^\x00-\xff])\s+(?=[^\x00-\xff])", "", name)
    return " ".join(flat.split()).strip("*★☆※●○■□▲△ ")


def _spread(sheet: Sheet, columns: set[int]) -> dict[tuple[int, int], str]:
    """What merged cells of these columns say in the rows that they cover."""
    out: dict[tuple[int, int], str] = {}
    work = 4 * MAX_ROSTER_ROWS
    for top, left, bottom, right in sheet.merges:
        corner = sheet.values.get((top, left))
        if corner is None or bottom == top or not any(left <= c <= right for c in columns):
            continue
        last = min(bottom, top + MAX_ROSTER_ROWS)
        work -= last - top
        if work < 0:
            break
        out.update(((r, left), corner.text) for r in range(top, last + 1))
    return out


def _depth(value: Value | None) -> float:
    """How far a name is set in: by its indent, blanks before it, or the kind of its number."""
    if value is None:
        return 0.0
    text = value.text.lstrip()
    blanks = len(value.text) - len(text)
    kinds = (
        r"[一二三四五六七八九十]{1,3}、",
        r"[(（][一二三四五六七八九十]{1,3}[)）]",
        r"\d{1,3}[.、．](?!\d)|其中",
    )
    rank = next((k + 1 for k, kind in enumerate(kinds) if re.match(kind, text)), 0)
    return max(value.indent, float(blanks)) * 10 + rank


def _a_body(
    name: str, cells: dict[int, str], columns: dict[int, str], told: str, problems: list[str]
) -> bool:
    words = _words()
    folded = fold(name)
    first = fold(next(iter(cells[c] for c in sorted(cells)), ""))
    if not folded:
        filled = [c for c in cells if c in columns]
        total = words.totals.match(first) or words.remarks.match(first)
        if len(filled) > 1 and not total:
            problems.append(f"{told}没有单位名称，没有读入。")
        return False
    known = (
        _kind(name) and sum(bool(_kind(t)) for t in cells.values()) > 1
    )  # the header again, on a next page
    if words.totals.match(folded) or words.remarks.match(folded) or known or folded.startswith(EXAMPLE):
        return False
    if words.totals.match(first):
        return False
    if words.groups.match(fold(re.sub(_NUMBERED, "", name))):
        return False
    if len(name) > _LONGEST_NAME:
        problems.append(f"{told}的单位名称超过 {_LONGEST_NAME} 个字，没有读入。")
        return False
    if not re.search(r"[\u3400-\u9fffA-Za-z]", name):
        problems.append(f"{told}的单位名称写作“{name[:20]}”，不像单位，没有读入。")
        return False
    return True


def _code(text: str) -> str:
    return re.sub(r"\s|^'", "", narrow(text))[:40]


def _fields(cells: dict[int, str], columns: dict[int, str], told: str, problems: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    people: list[str] = []
    aliases: list[str] = []
    for c, kind in columns.items():
        text = cells.get(c, "")
        if not text:
            continue
        if kind == "code":
            out[kind] = _code(text)
        elif kind == "parent":
            out[kind] = re.sub(_NUMBERED, "", _one_line(text))[:_LONGEST_NAME]
        elif kind == "level":
            found = _words().levels.get(fold(text), "")
            out[kind] = found
        elif kind in ("approved_on", "due_on", "published_on"):
            out[kind] = _date(text)
            if out[kind] is None and fold(text) not in ("-", "—", "/", "无", "未公开", "待定", "未批复"):
                problems.append(f"{told}的{_TOLD[kind]}写作“{text[:20]}”，不是完整的日期，没有读入。")
        elif kind == "published_url":
            out[kind] = _address(text)
            if not out[kind]:
                problems.append(f"{told}的公开网址写作“{text[:40]}”，不是 http 或 https 网址，没有读入。")
        elif kind == "aliases":
            aliases += [" ".join(a.split())[:_LONGEST_NAME] for a in re.split(r"[、,，;；/|\n]", text)]
        elif kind in ("contact", "phone"):
            people.append(" ".join(text.split())[:60])
    if people:
        out["contact"] = " ".join(dict.fromkeys(people))
    if aliases:
        out["aliases"] = tuple(dict.fromkeys(a for a in aliases if a))
    approved, due = out.get("approved_on"), out.get("due_on")
    if approved and due and due < approved:
        problems.append(f"{told}的截止日期 {due} 早于批复日期 {approved}，请核对。")
    return out


_DATES = (
    r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?",
    r"(20\d\d)(\d\d)(\d\d)",
)
_AFTER = r"(?:\s*(?:之?前|以前|\(?(?:星期|周)[一二三四五六日天]\)?|[T\s]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?))*"


def _date(text: str) -> date | None:
    words = narrow(text[:60]).strip()
    for pattern in _DATES:
        if m := re.fullmatch(pattern + _AFTER, words):
            try:
                return date(int(m.group(1)), int(m.group(2)), int(m.group(3)))
            except ValueError:
                return None
    if re.fullmatch(r"\d{5}(?:\.0+)?", words):  # a day count of a sheet whose cell lost its format
        days = int(words[:5])
        return date.fromordinal(date(1899, 12, 30).toordinal() + days) if 36526 <= days < 73051 else None
    return None


def _address(text: str) -> str:
    words = text.split()[0] if text.split() else ""
    if words.lower().startswith("www."):
        words = "http://" + words
    return words[:500] if re.fullmatch(r"https?://[^\s<>\"']+", words, re.IGNORECASE) else ""


def _filled_down(lines: list[Line], problems: list[str]) -> list[Line]:
    """A parent written in the first of its rows alone, as sheets that were merged once leave it.

    Not where departments stand in rows of their own with that column blank.
    """
    parents = {fold(x.row.parent) for x in lines if x.row.parent}
    if any(fold(x.row.name) in parents and not x.row.parent for x in lines):
        return lines
    out: list[Line] = []
    filled: list[Line] = []
    for x in lines:
        if not x.row.parent and out and out[-1].row.parent and x.row.level == UNIT:
            x = replace(x, row=replace(x.row, parent=out[-1].row.parent))
            filled.append(x)
        out.append(x)
    if filled:
        more = f"等 {len(filled)} 行" if len(filled) > 1 else ""
        problems.append(f"{filled[0].where}{more}的主管部门空着，按上一行的主管部门读入，请核对。")
    return out
