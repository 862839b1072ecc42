"""What a person decides on proposed differences: accepted, all or one by one, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from yibenzhang.office.access import NotHere, Refused
from yibenzhang.resources.models import Entry, Proposal
from yibenzhang.resources.proposing import ACCEPTED, OPEN, OUTDATED, PARENT, REFUSED
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import Doer, Draft, add_all, change, known_keys, step
from yibenzhang.resources.values import key_of, problems


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
        values = {"state": state, "decided_at": doer.at, "decided_by": doer.who}
        done = session.execute(asked.values(**values).execution_options(synchronize_session=False))
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
    source = Doer(doer.at, doer.who, p.source)
    if any(entry.values.get(k) != v for k, v in p.before.items()):
        _decide(session, p, OUTDATED, doer)
        left.append(schema.say("moved_on", name=p.name))
        return 0
    if not _decide(session, p, ACCEPTED, doer):
        return 0
    try:
        if p.action == "gone":
            step(session, schema, entry, "withdraw", entry.version, source, schema.words["actions"]["gone"])
        else:
            change(session, schema, entry, p.after, entry.version, source)
    except Refused as error:
        left.append(str(error))
        return 0
    return 1
