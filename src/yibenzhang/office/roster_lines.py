"""The rows of a roster: which column means what, and what a row says of a body."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from openpyxl.utils import get_column_letter

from yibenzhang.office.roster_fields import LONGEST_NAME, NUMBERED, code_of, fields_of, one_line, roster_words
from yibenzhang.reading.limits import MAX_ROSTER_ROWS
from yibenzhang.reading.sheets import Sheet, Value
from yibenzhang.standards import fold

DEPARTMENT, UNIT = "department", "unit"
TWICE = "twice"
EXAMPLE = "示例"
"""A name that begins so stands in the template to be read by people, not by the program."""
_HEADER_WITHIN = 40
_MERGED = ("parent", "parent_code", "approved_on", "due_on")
"""Columns whose merged cells speak for all rows that they cover."""


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


# ---- the header ----------------------------------------------------------------------------


def _kind(text: str) -> str:
    known = roster_words().columns
    folded = fold(text[:LONGEST_NAME])
    bare = re.sub(r"\(.*?\)|[(（].*$", "", folded).strip("*.,;")
    return known.get(folded) or known.get(bare, "")


def _header(rows: dict[int, dict[int, str]]) -> tuple[int, dict[int, str]] | None:
    """The last row of the header, and what stands in which column."""
    best: tuple[int, int, dict[int, str]] | None = None
    numbers = sorted(rows)[:_HEADER_WITHIN]
    for k, r in enumerate(numbers):
        kinds = _kinds(rows[r])
        last = r
        if k + 1 < len(numbers):  # a second line under it, as in 联系方式 over 联系人 and 电话
            below = _kinds(rows[numbers[k + 1]])
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


def _kinds(row: dict[int, str]) -> dict[int, str]:
    """What the words of a row head, by column."""
    return {c: kind for c, text in row.items() if (kind := _kind(text))}


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
    rows = _rows(sheet)
    header = _header(rows)
    if header is None:
        return None
    last, columns = header
    columns = _each_once(columns, where, problems)
    at = {kind: c for c, kind in reversed(columns.items())}
    spread = _spread(sheet, {c for c, kind in columns.items() if kind in _MERGED})
    if lost := sorted(r for r in rows if r > last and r in sheet.hidden_rows):
        problems.append(f"{where}有 {len(lost)} 个隐藏行（从第 {lost[0]} 行起），也已读入。")
    out = []
    for r in sorted(rows):
        if r <= last:
            continue
        cells = _with_merged(rows[r], r, at.values(), spread)
        stored = sheet.values.get((r, at["name"]))
        line = _line(r, f"{where}第 {r} 行", cells, stored, columns, problems)
        if line is not None:
            out.append(line)
    if "parent" in at and not any(a[1] <= at["parent"] <= a[3] and a[2] > a[0] for a in sheet.merges):
        out = _filled_down(out, problems)
    return out


def _each_once(columns: dict[int, str], where: str, problems: list[str]) -> dict[int, str]:
    """The columns without those that say what another one says."""
    for c in (c for c, kind in columns.items() if kind == TWICE):
        problems.append(f"{where}{get_column_letter(c)} 栏的意思与前面的一栏相同，没有读入；请核对。")
    return {c: kind for c, kind in columns.items() if kind != TWICE}


def _rows(sheet: Sheet) -> dict[int, dict[int, str]]:
    """The words of a sheet by row and column; rows in which a formula has no result are there all the same."""
    rows: dict[int, dict[int, str]] = {}
    for (r, c), value in sorted(sheet.values.items()):
        if text := _clean(value.text):
            rows.setdefault(r, {})[c] = text
        elif value.missing:
            rows.setdefault(r, {})
    return rows


def _with_merged(
    cells: dict[int, str], r: int, columns: Iterable[int], spread: dict[tuple[int, int], str]
) -> dict[int, str]:
    """The words of a row with what merged cells above it say of its columns."""
    merged = {c: text for c in columns if c not in cells and (text := _clean(spread.get((r, c), "")))}
    return {**cells, **merged}


def _line(
    r: int,
    where: str,
    cells: dict[int, str],
    stored: Value | None,
    columns: dict[int, str],
    problems: list[str],
) -> Line | None:
    """What a row says of a body; None where it is none, with a sentence where it may have been meant as one.

    ``stored``: the cell of its name as it stands in the sheet.
    """
    at = {kind: c for c, kind in reversed(columns.items())}
    if stored is not None and stored.missing:
        problems.append(f"{where}的单位名称是没有结果的公式，没有读入；请用表格软件打开并保存后再导入。")
        return None
    name = cells.get(at["name"], "")
    if not _a_body(name, cells, columns, where, problems):
        return None
    name = one_line(re.sub(NUMBERED, "", re.sub(r"^其中[:：]?", "", name)))
    if not name:  # 其中 alone heads the units below it
        return None
    row = replace(RosterRow(r, name), **fields_of(cells, columns, where, problems))
    return Line(row, where, _depth(stored), code_of(cells.get(at.get("parent_code", 0), "")))


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text).strip("　 \n\t\r\ufeff\xa0")


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
    name: str, cells: dict[int, str], columns: dict[int, str], where: str, problems: list[str]
) -> bool:
    first = fold(next(iter(cells[c] for c in sorted(cells)), ""))
    if not fold(name):
        if sum(c in columns for c in cells) > 1 and not _no_line(first):
            problems.append(f"{where}没有单位名称，没有读入。")
        return False
    if _heads_or_sums(name, first, cells):
        return False
    if len(name) > LONGEST_NAME:
        problems.append(f"{where}的单位名称超过 {LONGEST_NAME} 个字，没有读入。")
        return False
    if not re.search(r"[\u3400-\u9fffA-Za-z]", name):
        problems.append(f"{where}的单位名称写作“{name[:20]}”，不像单位，没有读入。")
        return False
    return True


def _no_line(text: str) -> bool:
    """A total or a remark."""
    return bool(roster_words().totals.match(text) or roster_words().remarks.match(text))


def _heads_or_sums(name: str, first: str, cells: dict[int, str]) -> bool:
    """A row that is no body: a total, a remark, the example, a group, or the header again on a next page."""
    folded, words = fold(name), roster_words()
    if _no_line(folded) or words.totals.match(first) or folded.startswith(EXAMPLE):
        return True
    if _kind(name) and sum(bool(_kind(t)) for t in cells.values()) > 1:
        return True
    return bool(words.groups.match(fold(re.sub(NUMBERED, "", name))))


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
