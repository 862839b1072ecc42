"""A table of people into the account: columns known by name or by a mapping, every refused row with its reason.

All rows are taken or none: a row that is refused refuses the file, unless the rest is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.reading.limits import ReadingError
from yibenzhang.resources.models import Entry
from yibenzhang.resources.schema import Field, Kind, Schema, toml_of
from yibenzhang.resources.store import Doer, Draft, Index, add_all, change, known_keys
from yibenzhang.resources.tables import Sheeted, sheets
from yibenzhang.resources.values import Refusal, parsed, problems, unit_of, without_unit
from yibenzhang.standards import StandardsError

_HEAD_ROWS = 20
"""Rows of a sheet among which its head is looked for."""
CODE = "code"
"""The mapping's name for the column of our own codes; by it an entry is known even if it was renamed."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file that a field is read from; ``unit`` is that of its heading."""

    field: Field
    at: int
    heading: str
    unit: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be taken: its line, values, and the code it names where it does."""

    line: int
    draft: Draft
    code: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken, and why, in one sentence."""

    line: int
    why: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """``unknown``: headings of columns that nothing was read from."""

    kind: Kind
    columns: tuple[Column, ...]
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows. ``added`` are codes; nothing at all was written where ``written`` is False."""

    added: tuple[str, ...]
    changed: int
    same: int
    refused: tuple[Refused, ...]
    written: bool


def _fold(text: str) -> str:
    return re.sub(r"[\s*＊:：_]+", "", text).lower()


def mapping_of(path: Path) -> dict[str, str]:
    """A mapping file (TOML): heading of the file = field. Raises StandardsError or OSError."""
    data = toml_of(path)
    found = data.get("columns", data)
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise StandardsError(f"{path.name}: heading = field")
    return found


def _names(kind: Kind) -> dict[str, str]:
    """Folded heading → field; the ids themselves count too."""
    out: dict[str, str] = {}
    for f in kind.fields:
        for name in (f.name, f.id):
            out[_fold(name)] = f.id
    for f in kind.fields:
        for name in f.names:
            out.setdefault(_fold(name), f.id)
    return out


def columns_of(
    schema: Schema, kind: Kind, head: Sequence[str], mapping: Mapping[str, str]
) -> tuple[list[Column], list[str], int | None]:
    """The columns of a head, the headings that are not known, and where our own codes stand.

    Raises Refusal where two columns are the same field or the mapping names what is not there.
    """
    found: dict[str, Column] = {}
    unknown: list[str] = []
    codes: int | None = None
    named = _namer(schema, kind, mapping)
    for at, heading in enumerate(head):
        target = named(heading)
        if target == CODE:
            codes = at
            continue
        field = kind.field(target) if target else None
        if target and field is None:
            raise Refusal(schema.say("unknown_field", kind=kind.name, field=target))
        if field is None:
            unknown += [heading] if heading and heading != schema.words["code"]["state"] else []
            continue
        column = Column(field, at, without_unit(schema, heading), unit_of(schema, heading))
        left = _better(schema, found, column, heading)
        unknown += [left] if left else []
    return list(found.values()), unknown, codes


def _namer(schema: Schema, kind: Kind, mapping: Mapping[str, str]) -> Callable[[str], str]:
    """What a heading means: a field, CODE, or nothing; the mapping goes before the names, with the unit or without."""
    names = _names(kind)
    codes = {_fold(n): CODE for n in schema.words["code"]["names"]}
    given = {_fold(k): v for k, v in mapping.items()}

    def named(heading: str) -> str:
        forms = (_fold(heading), _fold(without_unit(schema, heading)))
        return next((known[f] for known in (given, names, codes) for f in forms if f in known), "")

    return named


def _better(schema: Schema, found: dict[str, Column], column: Column, heading: str) -> str:
    """Put a column among those found; of two for one field that with the exact name stays, and the other's heading is
    told. Raises Refusal where neither has it."""
    before = found.get(column.field.id)
    exact = column.heading == column.field.name
    if before is None or exact:
        found[column.field.id] = column
        return before.heading if before else ""
    if before.heading != column.field.name:
        names = {"one": before.heading, "other": heading, "field": column.field.name}
        raise Refusal(schema.say("two_columns", **names))
    return heading


def _head(schema: Schema, kind: Kind, sheet: Sheeted, mapping: Mapping[str, str]) -> int:
    """Where the head stands: the first rows' line with most columns that are known, at least one."""
    known = {*_names(kind), *map(_fold, mapping)}
    best, at = 0, -1
    for k, (_, cells) in enumerate(sheet.rows[:_HEAD_ROWS]):
        score = sum(_fold(c) in known or _fold(without_unit(schema, c)) in known for c in cells)
        if score > best:
            best, at = score, k
    return at


def read_table(
    session: Session, schema: Schema, kind: Kind, data: bytes, mapping: Mapping[str, str] | None = None
) -> Read:
    """The rows of a file as drafts of a kind; of several sheets the first that has its columns.

    Raises ReadingError for a file that is no table of this kind.
    """
    given = mapping or {}
    read = sheets(data)
    sheet, at = next(((s, k) for s in read if (k := _head(schema, kind, s, given)) >= 0), (None, -1))
    if sheet is None:
        known = "、".join(f.name for f in kind.fields)
        raise ReadingError(schema.say("no_columns", kind=kind.name, known=known))
    try:
        columns, unknown, codes = columns_of(schema, kind, sheet.rows[at][1], given)
    except Refusal as error:
        raise ReadingError(str(error)) from error
    there = {c.field.id for c in columns}
    missing = [f.name for f in kind.fields if f.required and f.id not in there]
    if missing and codes is None:
        raise ReadingError(schema.say("needed_columns", fields="、".join(missing)))
    body = sheet.rows[at + 1 :]
    if not body:
        raise ReadingError(schema.say("no_rows"))
    rows, refused = _rows(schema, Index(session, schema), kind, columns, codes, body)
    return Read(kind, tuple(columns), tuple(unknown), tuple(rows), tuple(refused))


def _rows(
    schema: Schema,
    index: Index,
    kind: Kind,
    columns: Sequence[Column],
    codes: int | None,
    body: Sequence[tuple[int, tuple[str, ...]]],
) -> tuple[list[Row], list[Refused]]:
    """The rows that can be taken and those that cannot; of two that are the same entry the first can."""
    rows: list[Row] = []
    refused: list[Refused] = []
    seen: dict[str, int] = {}
    for line, cells in body:
        code = cells[codes].strip() if codes is not None and codes < len(cells) else ""
        values, bad = _values(schema, index, columns, cells)
        draft, wrong = Draft(kind, values), list(bad.values())
        if not code:
            wrong += problems(schema, kind, {**dict.fromkeys(bad, "?"), **values})
            other = seen.setdefault(draft.key, line)
            if other != line and not wrong:
                names = "、".join(f.name for k in kind.key if (f := kind.field(k)))
                wrong.append(schema.say("twice", line=line, other=other, key=names))
        if wrong:
            why = schema.say("row", line=line, why="；".join(dict.fromkeys(wrong)))
            refused.append(Refused(line, why, cells))
        else:
            rows.append(Row(line, draft, code))
    return rows, refused


def _values(
    schema: Schema, index: Index, columns: Sequence[Column], cells: Sequence[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a row, and for each field that cannot be kept the reason."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for c in columns:
        raw = cells[c.at] if c.at < len(cells) else ""
        try:
            value = parsed(schema, c.field, raw, index.find, c.unit)
        except Refusal as error:
            wrong[c.field.id] = str(error)
            continue
        if value is not None:
            values[c.field.id] = value
    return values, wrong


def take(session: Session, schema: Schema, read: Read, doer: Doer, rest: bool = False) -> Taken:
    """Write the rows: new ones are drafts, known ones are changed where a cell says something else; a blank cell
    changes nothing. Where a row is refused nothing is written, unless the ``rest`` is asked for."""
    if read.refused and not rest:
        return Taken((), 0, 0, read.refused, False)
    kind = read.kind
    known = known_keys(session, kind.id, (r.draft.key for r in read.rows if not r.code))
    coded = _by_code(session, kind, [r.code for r in read.rows if r.code])
    new: list[Draft] = []
    refused = list(read.refused)
    changed = same = 0
    for row in read.rows:
        entry = coded.get(row.code) if row.code else known.get(row.draft.key)
        if entry is None and row.code:
            refused.append(
                Refused(row.line, schema.say("row", line=row.line, why=schema.say("not_here", code=row.code)))
            )
        elif entry is None:
            new.append(row.draft)
        elif change(session, schema, entry, row.draft.values, entry.version, doer):
            changed += 1
        else:
            same += 1
    if len(refused) > len(read.refused) and not rest:
        session.rollback()
        return Taken((), 0, 0, tuple(refused), False)
    return Taken(tuple(add_all(session, schema, new, doer)), changed, same, tuple(refused), True)


def _by_code(session: Session, kind: Kind, codes: Sequence[str]) -> dict[str, Entry]:
    out: dict[str, Entry] = {}
    for k in range(0, len(codes), 500):
        asked = select(Entry).where(Entry.kind == kind.id, Entry.code.in_(codes[k : k + 500]))
        out.update({e.code: e for e in session.scalars(asked)})
    return out
