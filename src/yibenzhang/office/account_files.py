"""A list of accounts to make, from Excel or CSV."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yibenzhang.office.roster_files import sheets_of
from yibenzhang.office.spreadsheets import write_csv
from yibenzhang.reading.limits import MAX_ACCOUNT_BYTES, MAX_ACCOUNT_ROWS, ReadingError
from yibenzhang.reading.sheets import Sheet
from yibenzhang.standards import fold

_HEADER_WITHIN = 40
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as the list tells it; ``role`` is its code, or what the list says where that is no role."""

    where: str
    name: str
    shown: str = ""
    role: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    columns: dict[str, str]
    roles: dict[str, str]
    examples: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads(Path(__file__).with_name("accounts.toml").read_text(encoding="utf-8"))
    return _Words(
        {_plain(name): kind for kind, names in data["columns"].items() for name in names},
        {_plain(name): kind for kind, names in data["roles"].items() for name in names},
        tuple(data["lines"]["examples"]),
    )


def _plain(text: str) -> str:
    return fold(text[:_LONGEST]).casefold()


def read_accounts(data: bytes) -> tuple[AccountRow, ...]:
    """The accounts in an .xlsx, .xls or CSV file. Raises ReadingError where it holds no list of them."""
    if not data.strip():
        raise ReadingError("文件是空的，没有任何内容。")
    if len(data) > MAX_ACCOUNT_BYTES:
        raise ReadingError(f"账号表超过 {MAX_ACCOUNT_BYTES // 1024 // 1024} MB，不予读取。")
    sheets = sheets_of(data)
    found = [(s, head) for s in sheets if (head := _header(s))]
    if not found:
        raise ReadingError("没有找到“账号”一栏；第一行请写栏名：账号、姓名、角色、单位，下面每行一个账号。")
    out: list[AccountRow] = []
    for sheet, (last, columns) in found:
        where = f"工作表“{sheet.name}”" if len(sheets) > 1 else ""
        for row in _rows(sheet, last, columns, where):
            if len(out) == MAX_ACCOUNT_ROWS:
                raise ReadingError(f"账号表超过 {MAX_ACCOUNT_ROWS} 行，不予读取；请分几次导入。")
            out.append(row)
    if not out:
        raise ReadingError("账号表里只有栏名，没有一个账号。")
    return tuple(out)


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The row of the headings, and where each column stands; the first of two with one meaning counts."""
    rows: dict[int, dict[str, int]] = {}
    first = sorted({r for r, _ in sheet.values})[:_HEADER_WITHIN]
    for r, c in sorted(at for at in sheet.values if at[0] <= max(first)):
        if kind := _words().columns.get(_plain(sheet.values[r, c].text)):
            rows.setdefault(r, {}).setdefault(kind, c)
    return next(((r, found) for r, found in rows.items() if "name" in found and len(found) > 1), None)


def _rows(sheet: Sheet, last: int, columns: dict[str, int], where: str) -> Iterator[AccountRow]:
    rows: dict[int, dict[str, str]] = {}
    kinds = {c: kind for kind, c in columns.items()}
    for (r, c), value in sheet.values.items():
        text = " ".join(value.text[:_LONGEST].split())
        if r > last and c in kinds and text:
            rows.setdefault(r, {})[kinds[c]] = text
    for r, cells in sorted(rows.items()):
        name = cells.get("name", "")
        if name.startswith(_words().examples):
            continue
        role, body = cells.get("role", ""), cells.get("body", "")
        if not role and body:
            role = "department"  # the least there is
        yield AccountRow(
            f"{where}第 {r} 行", name, cells.get("shown", ""), _words().roles.get(_plain(role), role), body
        )


def accounts_template() -> bytes:
    """A CSV to fill in, with an example line that is not read."""
    return write_csv(
        ["账号", "姓名", "角色", "单位"], [["示例：zhangsan", "张三", "部门", "名录里的单位名称"]]
    )
