"""Contracts, payments, acceptances, changes and approvals of people's tables as events: all rows of a file or none.

An import is one line of a file beside the ledger that is only ever added to: it is there wholly or not at all, and is
undone by another line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.ledger.appending import append_line, lines_of
from yibenzhang.ledger.bodies import bare
from yibenzhang.projects.events import FOLDER, Event, Money, Source, kinds
from yibenzhang.projects.words import say
from yibenzhang.reading.limits import ReadingError
from yibenzhang.resources.importing import Column, Refused, columns_of
from yibenzhang.resources.schema import Field, Kind, Schema, load_schema, toml_of
from yibenzhang.resources.schema import kind_of as kind_from
from yibenzhang.resources.tables import Sheeted, sheets
from yibenzhang.resources.values import Refusal, parsed, problems

FILE = "imports.jsonl"
RELEASES = "ocds"
"""The kind of an import whose rows each name their own."""
_HEAD_ROWS = 20
"""Rows of a sheet among which its head is looked for."""


class ImportRefused(Exception):
    """A file that cannot be taken in; one sentence for people."""


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of table that can be taken in, and what its amount is (events.toml [measure])."""

    kind: Kind
    measure: str


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of a file: those that can be taken, by line, and those that cannot; ``unknown``: columns not read;
    ``headings``: all of them."""

    form: Form
    columns: tuple[Column, ...]
    rows: tuple[tuple[int, Mapping[str, Any]], ...]
    refused: tuple[Refused, ...]
    unknown: tuple[str, ...]
    headings: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def forms() -> Mapping[str, Form]:
    """The kinds of tables by id (standards/projects/imports)."""
    out = {}
    for path in (FOLDER / "imports").glob("*.toml"):
        data = toml_of(path)
        out[path.stem] = Form(kind_from(data, path.name), data["measure"])
    order = list(kinds())
    return dict(sorted(out.items(), key=lambda f: order.index(f[0])))


def form_of(name: str) -> Form:
    """A kind by id or Chinese name. Raises ImportRefused."""
    found = forms().get(name) or next((f for f in forms().values() if f.kind.name == name), None)
    if found is None:
        known = "、".join(f"{i}（{f.kind.name}）" for i, f in forms().items())
        raise ImportRefused(say("no_kind", kind=name, known=known))
    return found


# ---- reading -------------------------------------------------------------------------------------------


def read_rows(
    data: bytes,
    form: Form,
    body: str = "",
    mapping: Mapping[str, str] | None = None,
    known: frozenset[str] = frozenset(),
    only: str = "",
) -> Read:
    """The rows of an Excel or CSV file. ``body``: whose they are where no column says so; ``mapping``: heading → field;
    ``known``: numbers that were taken in before; ``only``: rows of other bodies are refused. Raises ImportRefused."""
    schema = replace(load_schema(), kinds={form.kind.id: form.kind})
    given = mapping or {}
    try:
        sheet, at, columns, unknown = _headed(schema, form.kind, sheets(data), given)
    except (ReadingError, Refusal) as error:
        raise ImportRefused(str(error)) from error
    there = {c.field.id for c in columns}
    missing = [f.name for f in form.kind.fields if f.required and f.id not in there]
    if missing:
        raise ImportRefused(say("needed_columns", fields="、".join(missing)))
    rows: list[tuple[int, Mapping[str, Any]]] = []
    refused: list[Refused] = []
    seen: dict[str, int] = {}
    for line, cells in sheet.rows[at + 1 :]:
        values, wrong = _values(schema, form.kind, columns, cells, body)
        wrong += _repeated(form.kind, values, line, seen, known)
        if only and values.get("body") and bare(str(values["body"])) != bare(only):
            wrong.append(say("other_body", body=values["body"]))
        if wrong:
            why = say("row", line=line, why="；".join(dict.fromkeys(wrong)))
            refused.append(Refused(line, why, cells))
        else:
            rows.append((line, {**values, **_printed(columns, cells)}))
    if not rows and not refused:
        raise ImportRefused(say("no_rows"))
    return Read(
        form,
        tuple(columns),
        tuple(rows),
        tuple(refused),
        tuple(unknown),
        tuple(h for h in sheet.rows[at][1] if h.strip()),
    )


def _printed(columns: Sequence[Column], cells: Sequence[str]) -> dict[str, str]:
    """The amount as the file has it, with the unit of its heading."""
    for c in columns:
        if c.field.id == "amount" and c.at < len(cells) and (text := cells[c.at].strip()):
            return {"printed": text if text.endswith(c.unit) else text + c.unit}
    return {}


def _headed(
    schema: Schema, kind: Kind, found: Sequence[Sheeted], mapping: Mapping[str, str]
) -> tuple[Sheeted, int, list[Column], list[str]]:
    """The sheet and the line whose headings name most fields, at least two."""
    best: tuple[int, Sheeted, int, list[Column], list[str]] | None = None
    trouble: Refusal | None = None
    for sheet in found:
        for at, (_, cells) in enumerate(sheet.rows[:_HEAD_ROWS]):
            try:
                columns, unknown, _ = columns_of(schema, kind, cells, mapping)
            except Refusal as error:
                trouble = trouble or error
                continue
            if len(columns) > (best[0] if best else 1):
                best = (len(columns), sheet, at, columns, unknown)
    if best is None:
        if trouble is not None:
            raise trouble
        raise Refusal(say("no_columns", kind=kind.name, known="、".join(f.name for f in kind.fields)))
    return best[1:]


def _values(
    schema: Schema, kind: Kind, columns: Sequence[Column], cells: Sequence[str], body: str
) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for c in columns:
        try:
            value = parsed(schema, c.field, cells[c.at] if c.at < len(cells) else "", _no_reference, c.unit)
        except Refusal as error:
            wrong[c.field.id] = str(error)
            continue
        if value is not None:
            values[c.field.id] = value
    if body and not values.get("body"):
        values["body"] = body
    out = [*wrong.values(), *problems(schema, kind, {**dict.fromkeys(wrong, "?"), **values})]
    if not values.get("name") and not values.get("code"):
        out.append(say("unnamed"))
    if not values.get("body"):
        out.append(say("no_body"))
    return values, out


def _no_reference(field: Field, text: str) -> str:
    return text


def _repeated(
    kind: Kind, values: Mapping[str, Any], line: int, seen: dict[str, int], known: frozenset[str]
) -> Iterator[str] | list[str]:
    number = values.get("number")
    field = kind.field("number")
    if not number or field is None:
        return []
    key = number_key(kind.id, values)
    if key in known:
        return [say("known_number", field=field.name, number=number)]
    other = seen.setdefault(key, line)
    return [say("twice", other=other, field=field.name)] if other != line else []


def number_key(kind: str, values: Mapping[str, Any]) -> str:
    """By which the number of a contract, a payment and so on is the same one."""
    return f"{kind}|{values.get('body', '')}|{values.get('number', '')}"


# ---- keeping -------------------------------------------------------------------------------------------


def take(folder: Path, read: Read, data: bytes, file: str, at: str, by: str = "", rest: bool = False) -> int:
    """Keep the rows of a file; how many. Where one is refused nothing is kept, unless the ``rest`` is asked for.

    Raises ImportRefused where the file was taken in before or a row is refused.
    """
    digest = hashlib.sha256(data).hexdigest()
    before = next(
        (x for x in standing(folder) if x["sha256"] == digest and x["kind"] == read.form.kind.id), None
    )
    if before is not None:
        raise ImportRefused(say("before", kind=read.form.kind.name, at=before["at"]))
    if read.refused and not rest:
        raise ImportRefused(say("refused", count=len(read.refused)))
    if not read.rows:
        raise ImportRefused(say("none_left"))
    rows = [{"line": line, **values} for line, values in read.rows]
    _append(
        folder, {"at": at, "kind": read.form.kind.id, "file": file, "sha256": digest, "by": by, "rows": rows}
    )
    return len(rows)


def _append(folder: Path, line: Mapping[str, Any]) -> None:
    append_line(folder / FILE, json.dumps({"action": "take", **line}, ensure_ascii=False))


def take_rows(
    folder: Path, rows: Sequence[Mapping[str, Any]], data: bytes, file: str, at: str, by: str = ""
) -> int:
    """Keep rows of several kinds that one file told (OCDS); each names its kind and line. Raises ImportRefused where it
    was taken in before."""
    digest = hashlib.sha256(data).hexdigest()
    before = next((x for x in standing(folder) if x["sha256"] == digest and x["kind"] == RELEASES), None)
    if before is not None:
        raise ImportRefused(say("before", kind="OCDS", at=before["at"]))
    if not rows:
        raise ImportRefused(say("none_left"))
    _append(
        folder, {"at": at, "kind": RELEASES, "file": file, "sha256": digest, "by": by, "rows": list(rows)}
    )
    return len(rows)


def undo(folder: Path, asked: str, at: str, by: str = "") -> Mapping[str, Any]:
    """Take the last import of a file (its name or the beginning of its hash) back. Raises ImportRefused."""
    found = [
        x
        for x in standing(folder)
        if x["file"] == asked or (len(asked) >= 6 and x["sha256"].startswith(asked))
    ]
    if not found:
        raise ImportRefused(say("no_import", asked=asked))
    last = found[-1]
    line = {"at": at, "action": "undo", "kind": last["kind"], "sha256": last["sha256"], "by": by}
    append_line(folder / FILE, json.dumps(line, ensure_ascii=False))
    return last


def standing(folder: Path) -> list[Mapping[str, Any]]:
    """The imports that hold today, in their order."""
    out: dict[tuple[str, str], Mapping[str, Any]] = {}
    for found in lines_of(folder / FILE):
        key = (found["kind"], found["sha256"])
        if found["action"] == "undo":
            out.pop(key, None)
        else:
            out.setdefault(key, found)
    return list(out.values())


def known_numbers(folder: Path) -> frozenset[str]:
    """The numbers of contracts, payments and so on that were taken in, with kind and body."""
    return frozenset(
        number_key(row.get("kind", x["kind"]), row)
        for x in standing(folder)
        for row in x["rows"]
        if row.get("number")
    )


def imported_events(
    folder: Path, who_of: Callable[[str], str], kept: dict[tuple[str, ...], list[Event]] | None = None
) -> list[Event]:
    """The events of all imports that hold; ``who_of`` tells which body a printed name is. ``kept``: those made before,
    by import; only what is new is made."""
    known = {} if kept is None else kept
    out: list[Event] = []
    for found in standing(folder):
        key = (found["kind"], found["sha256"], found["at"])
        if key not in known:
            known[key] = [_event(found, row, who_of) for row in found["rows"]]
        out += known[key]
    return out


_WORDS = ("number", "contract", "result", "grade", "reason", "use")


def _event(found: Mapping[str, Any], row: Mapping[str, Any], who_of: Callable[[str], str]) -> Event:
    kind = str(row.get("kind", found["kind"]))
    measure = forms()[kind].measure
    printed = row.get("printed") or say("yuan", value=row.get("amount"))
    money = (Money(measure, Decimal(row["amount"]), printed),) if measure and "amount" in row else ()
    place = say("line", line=row["line"]) if isinstance(row["line"], int) else str(row["line"])
    return Event(
        id=f"{found['sha256'][:12]}-{row['line']}",
        kind=kind,
        who=who_of(row["body"]),
        body=row["body"],
        name=row.get("name") or row["code"],
        code=row.get("code", ""),
        year=int(row["date"][:4]),
        amounts=money,
        source=Source(found["sha256"], found["file"], place),
        date=row["date"],
        words="、".join(str(row[k]) for k in _WORDS if row.get(k)),
        supplier=row.get("supplier", ""),
        number=row.get("number", ""),
    )
