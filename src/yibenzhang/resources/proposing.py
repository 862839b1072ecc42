"""What a source says against the account: differences, proposed for a person to accept all or one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from yibenzhang.office.access import NotHere, Refused
from yibenzhang.resources.models import Entry, Proposal
from yibenzhang.resources.schema import Kind, Schema
from yibenzhang.resources.store import WITHDRAWN, Doer, Draft, add_all, change, known_keys, step
from yibenzhang.resources.values import key_of, problems

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
    told = Proposed(problems=list(harvest.problems))
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
            _compare(rows, told, kind, one.values, entry, seen)
        _parts(session, schema, rows, told, kind, matched, seen)
    if not harvest.problems:
        _gone(session, schema, rows, told, harvest, seen)
    for row in rows:
        row |= {"source": harvest.source, "at": doer.at, "who": doer.who, "decided_by": "", "state": OPEN}
    for k in range(0, len(rows), 2_000):
        session.execute(insert(Proposal), rows[k : k + 2_000])
    return told


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
    told: Proposed,
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
        told.adds += 1
        return
    seen.add(entry.id)
    after = {k: v for k, v in after.items() if entry.values.get(k) != v}
    if not after:
        told.same += 1
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
    told.changes += 1


def _parts(
    session: Session,
    schema: Schema,
    rows: list[dict[str, Any]],
    told: Proposed,
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
            _compare(rows, told, kind, fields, known.get(key), seen)
            if len(rows) > before:
                rows[-1]["body"] = some["body"]


def _gone(
    session: Session,
    schema: Schema,
    rows: list[dict[str, Any]],
    told: Proposed,
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
            told.gone += 1


# ---- deciding ------------------------------------------------------------------------------------------


def _wanted(source: str, kind: str, only: str | None) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = [Proposal.state == OPEN]
    if source:
        out.append(Proposal.source == source)
    if kind:
        out.append(Proposal.kind == kind)
    if only is not None:
        out.append(Proposal.body == only)
    return out


def proposals(
    session: Session,
    source: str = "",
    kind: str = "",
    start: int = 0,
    count: int | None = None,
    only: str | None = None,
) -> Sequence[Proposal]:
    """What is open, oldest first."""
    asked = select(Proposal).where(*_wanted(source, kind, only)).order_by(Proposal.id).offset(start)
    return session.scalars(asked.limit(count) if count is not None else asked).all()


def count_open(session: Session, source: str = "", kind: str = "", only: str | None = None) -> int:
    return session.scalar(select(func.count()).select_from(Proposal).where(*_wanted(source, kind, only))) or 0


def proposal_of(session: Session, number: int, only: str | None = None) -> Proposal:
    """Raises NotHere."""
    found = session.get(Proposal, number)
    if found is None or (only is not None and found.body != only):
        raise NotHere
    return found


@dataclass(frozen=True, slots=True)
class Decided:
    """``left``: sentences on those that could not be accepted; they stay open or are outdated."""

    done: int
    left: tuple[str, ...]


def refuse(session: Session, schema: Schema, some: Sequence[Proposal], doer: Doer) -> Decided:
    """Not to be taken over."""
    _decide_all(session, schema, some, REFUSED, doer)
    return Decided(len(some), ())


def accept(session: Session, schema: Schema, some: Sequence[Proposal], doer: Doer) -> Decided:
    """Take differences over: resources before what they are made of. What a person changed meanwhile is not
    overwritten."""
    done = 0
    left: list[str] = []
    order = {k: n for n, k in enumerate(schema.kinds)}
    adds = [p for p in some if p.action == "add" and p.state == OPEN]
    parents = [p for p in adds if not _child(schema, p)]
    for group in (parents, [p for p in adds if _child(schema, p)]):
        group.sort(key=lambda p: (order.get(p.kind, 0), p.id))
        done += _accept_adds(session, schema, group, doer, left)
    for p in some:
        if p.action == "add" and p.state != OPEN:
            continue
        if p.action != "add":
            done += _accept_one(session, schema, p, doer, left)
    return Decided(done, tuple(left))


def _child(schema: Schema, p: Proposal) -> bool:
    return any(isinstance(v, str) and v.startswith(PARENT) for v in p.after.values()) or bool(
        schema.kinds[p.kind].body_from
    )


def _decide(session: Session, p: Proposal, state: str, doer: Doer, entry: int | None = None) -> bool:
    """False where somebody else has decided already."""
    values: dict[str, Any] = {"state": state, "decided_at": doer.at, "decided_by": doer.who}
    if entry is not None:
        values["entry_id"] = entry
    done = session.execute(
        update(Proposal).where(Proposal.id == p.id, Proposal.state == OPEN).values(**values)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _decide_all(session: Session, schema: Schema, some: Sequence[Proposal], state: str, doer: Doer) -> None:
    """The same for many. Raises Refused, and nothing is done, where somebody else decided on one of them."""
    ids = [p.id for p in some]
    for k in range(0, len(ids), 500):
        chunk = ids[k : k + 500]
        asked = update(Proposal).where(Proposal.id.in_(chunk), Proposal.state == OPEN)
        told = {"state": state, "decided_at": doer.at, "decided_by": doer.who}
        done = session.execute(asked.values(**told).execution_options(synchronize_session=False))
        if done.rowcount != len(chunk):  # type: ignore[attr-defined]
            raise Refused(schema.say("decided_meanwhile"))


def _accept_adds(
    session: Session, schema: Schema, some: Sequence[Proposal], doer: Doer, left: list[str]
) -> int:
    by_kind = _ready(session, schema, some, left)
    done = 0
    for name, pairs in by_kind.items():
        kind = schema.kinds[name]
        known = known_keys(session, name, (key_of(kind, v) for _, v in pairs))
        new: list[tuple[Proposal, Draft]] = []
        for p, values in pairs:
            draft = Draft(kind, values)
            if draft.key in known:
                left.append(schema.say("moved_on", name=p.name))
                _decide(session, p, OUTDATED, doer)
            else:
                new.append((p, draft))
        _decide_all(session, schema, [p for p, _ in new], ACCEPTED, doer)
        source = Doer(doer.at, doer.who, new[0][0].source) if new else doer
        codes = add_all(session, schema, [d for _, d in new], source)
        made = _ids(session, codes)
        pairs_of = [{"id": p.id, "entry_id": made[c]} for (p, _), c in zip(new, codes, strict=True)]
        if pairs_of:
            session.execute(update(Proposal), pairs_of)
        done += len(new)
    return done


def _ready(
    session: Session, schema: Schema, some: Sequence[Proposal], left: list[str]
) -> dict[str, list[tuple[Proposal, dict[str, Any]]]]:
    """Those that can be taken, by kind, with their references resolved; why the others cannot goes to ``left``."""
    out: dict[str, list[tuple[Proposal, dict[str, Any]]]] = {}
    parents = _parents(session, schema, some)
    for p in some:
        values = {k: parents.get(v, v) if _referring(v) else v for k, v in p.after.items()}
        if any(_referring(v) for v in values.values()):
            left.append(schema.say("no_parent", name=p.name))
        elif wrong := problems(schema, schema.kinds[p.kind], values):
            left.append(schema.say("incomplete", name=p.name, problems="；".join(wrong)))
        else:
            out.setdefault(p.kind, []).append((p, values))
    return out


def _ids(session: Session, codes: Sequence[str]) -> dict[str, int]:
    out: dict[str, int] = {}
    for k in range(0, len(codes), 500):
        asked = select(Entry.code, Entry.id).where(Entry.code.in_(codes[k : k + 500]))
        for code, number in session.execute(asked):
            out[code] = number
    return out


def _referring(value: object) -> bool:
    return isinstance(value, str) and value.startswith(PARENT)


def _parents(session: Session, schema: Schema, some: Sequence[Proposal]) -> dict[str, str]:
    """The codes of what was proposed and is in the account by now, by the reference that stands for it."""
    wanted: dict[str, set[str]] = {}
    for p in some:
        for name, value in p.after.items():
            field = schema.kinds[p.kind].field(name)
            if field and field.type == "reference" and _referring(value):
                wanted.setdefault(field.kind, set()).add(value[len(PARENT) :])
    out: dict[str, str] = {}
    for kind, keys in wanted.items():
        out |= {PARENT + key: e.code for key, e in known_keys(session, kind, keys).items()}
    return out


def _accept_one(session: Session, schema: Schema, p: Proposal, doer: Doer, left: list[str]) -> int:
    entry = session.get(Entry, p.entry_id) if p.entry_id else None
    if entry is None or p.state != OPEN:
        left.append(schema.say("not_open", state=schema.words["proposals"].get(p.state, p.state)))
        return 0
    told = Doer(doer.at, doer.who, p.source)
    if any(entry.values.get(k) != v for k, v in p.before.items()):
        _decide(session, p, OUTDATED, doer)
        left.append(schema.say("moved_on", name=p.name))
        return 0
    if not _decide(session, p, ACCEPTED, doer):
        return 0
    try:
        if p.action == "gone":
            step(session, schema, entry, "withdraw", entry.version, told, schema.words["actions"]["gone"])
        else:
            change(session, schema, entry, p.after, entry.version, told)
    except Refused as error:
        left.append(str(error))
        return 0
    return 1
