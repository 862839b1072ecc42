"""What a source says against the account: differences, proposed for a person to decide on (``deciding``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from yibenzhang.resources.models import Entry, Proposal
from yibenzhang.resources.schema import Kind, Schema
from yibenzhang.resources.store import WITHDRAWN, Doer, known_keys
from yibenzhang.resources.values import key_of

PARENT = "@"
"""Begins a reference to an entry that is itself only proposed: the rest is its key."""
OPEN, ACCEPTED, REFUSED, OUTDATED = "open", "accepted", "refused", "outdated"


@dataclass(frozen=True, slots=True)
class Found:
    """What a source tells of one resource: its kind and values, and of what it is made (fields, loads), in which
    ``parent`` names the reference to it."""

    kind: str
    values: Mapping[str, Any]
    parts: tuple[Found, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Harvest:
    """All that a source told. ``source`` is how it is called, without credentials; ``problems`` what could not be read,
    a sentence each; where there are any, nothing counts as gone."""

    source: str
    found: tuple[Found, ...]
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class Proposed:
    """How many differences were proposed, and how many resources were as they stand in the account."""

    adds: int = 0
    changes: int = 0
    gone: int = 0
    same: int = 0
    problems: list[str] = field(default_factory=list)


def propose(session: Session, schema: Schema, harvest: Harvest, doer: Doer) -> Proposed:
    """Compare with the account; what this source proposed before and nobody decided on is outdated then."""
    proposed = Proposed(problems=list(harvest.problems))
    session.execute(
        update(Proposal)
        .where(Proposal.source == harvest.source, Proposal.state == OPEN)
        .values(state=OUTDATED, decided_at=doer.at)
    )
    rows: list[dict[str, Any]] = []
    seen: set[int] = set()
    known = _known(session, schema, harvest)
    top: dict[str, tuple[Kind, list[tuple[Found, Entry | None]]]] = {}
    for one in _once(schema, harvest.found):
        kind = schema.kinds[one.kind]
        entry = known.get((one.kind, str(one.values.get("body", "")), str(one.values.get("location", ""))))
        top.setdefault(one.kind, (kind, []))[1].append((one, entry))
    for kind, pairs in top.values():
        keys = {id(o): key_of(kind, o.values) for o, _ in pairs}
        by_key = known_keys(session, kind.id, keys.values())
        matched = [(o, e or by_key.get(keys[id(o)])) for o, e in pairs]
        for one, entry in matched:
            _compare(rows, proposed, kind, one.values, entry, seen)
        _parts(session, schema, rows, proposed, kind, matched, seen)
    if not harvest.problems:
        _gone(session, schema, rows, proposed, harvest, seen)
    for row in rows:
        row |= {"source": harvest.source, "at": doer.at, "who": doer.who, "decided_by": "", "state": OPEN}
    for k in range(0, len(rows), 2_000):
        session.execute(insert(Proposal), rows[k : k + 2_000])
    return proposed


def _once(schema: Schema, found: Iterable[Found]) -> list[Found]:
    """Two tables of one comment are two resources: the second is told apart by where it lies."""
    out: list[Found] = []
    keys: set[tuple[str, str]] = set()
    for one in found:
        kind = schema.kinds[one.kind]
        if (one.kind, key_of(kind, one.values)) in keys:
            name = f"{one.values['name']}（{one.values.get('location') or len(out)}）"
            one = Found(one.kind, {**one.values, "name": name}, one.parts, one.parent)
        keys.add((one.kind, key_of(kind, one.values)))
        out.append(one)
    return out


def _known(session: Session, schema: Schema, harvest: Harvest) -> dict[tuple[str, str, str], Entry]:
    """Entries by where they lie: a table whose comment was changed is still the same table."""
    kinds = {f.kind for f in harvest.found if schema.kinds[f.kind].field("location")}
    asked = select(Entry).where(Entry.kind.in_(kinds), Entry.values["location"].as_string().is_not(None))
    return {(e.kind, e.body, str(e.values["location"])): e for e in session.scalars(asked)} if kinds else {}


def _compare(
    rows: list[dict[str, Any]],
    proposed: Proposed,
    kind: Kind,
    values: Mapping[str, Any],
    entry: Entry | None,
    seen: set[int],
) -> None:
    """A source's silence on a field says nothing; what a person wrote there stays."""
    after = {k: v for k, v in values.items() if v is not None}
    row = {
        "kind": kind.id,
        "key": key_of(kind, values),
        "name": str(values.get("name", ""))[:400],
        "body": str(values.get("body", ""))[:200],
        "entry_id": None,
        "version": 0,
        "before": {},
        "after": after,
        "action": "add",
    }
    if entry is None:
        rows.append(row)
        proposed.adds += 1
        return
    seen.add(entry.id)
    after = {k: v for k, v in after.items() if entry.values.get(k) != v}
    if not after:
        proposed.same += 1
        return
    before = {k: entry.values.get(k) for k in after}
    rows.append(
        row
        | {
            "action": "change",
            "entry_id": entry.id,
            "version": entry.version,
            "before": before,
            "after": after,
            "name": entry.name,
            "body": entry.body,
            "key": entry.key,
        }
    )
    proposed.changes += 1


def _parts(
    session: Session,
    schema: Schema,
    rows: list[dict[str, Any]],
    proposed: Proposed,
    above: Kind,
    matched: Sequence[tuple[Found, Entry | None]],
    seen: set[int],
) -> None:
    """Fields and loads of resources; those of one that is itself proposed refer to it by its key."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for one, entry in matched:
        reference = entry.code if entry else PARENT + key_of(above, one.values)
        body = str(one.values.get("body", ""))
        for part in one.parts:
            by_kind.setdefault(part.kind, []).append({**part.values, part.parent: reference, "body": body})
    for name, values in by_kind.items():
        kind = schema.kinds[name]
        plain = [{k: v for k, v in some.items() if kind.field(k)} for some in values]
        keys = [key_of(kind, v) for v in plain]
        known = known_keys(session, name, keys)
        for some, fields, key in zip(values, plain, keys, strict=True):
            before = len(rows)
            _compare(rows, proposed, kind, fields, known.get(key), seen)
            if len(rows) > before:
                rows[-1]["body"] = some["body"]


def _gone(
    session: Session,
    schema: Schema,
    rows: list[dict[str, Any]],
    proposed: Proposed,
    harvest: Harvest,
    seen: set[int],
) -> None:
    """What this source brought and does not tell any more."""
    brought = select(Proposal.entry_id).where(
        Proposal.source == harvest.source, Proposal.state == ACCEPTED, Proposal.action == "add"
    )
    asked = select(Entry).where(Entry.id.in_(brought), Entry.state != WITHDRAWN, Entry.kind != "load")
    for e in session.scalars(asked):
        if e.id not in seen:
            rows.append(
                {
                    "kind": e.kind,
                    "key": e.key,
                    "name": e.name,
                    "body": e.body,
                    "entry_id": e.id,
                    "version": e.version,
                    "before": {},
                    "after": {},
                    "action": "gone",
                }
            )
            proposed.gone += 1
