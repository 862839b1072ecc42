"""Entries of the account: made, changed and moved on, each change with its history, none overwriting another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.database import prepare as prepare_tables
from yibenzhang.resources.models import Counter, Entry, History
from yibenzhang.resources.schema import Field, Kind, Schema
from yibenzhang.resources.values import Refusal, key_of, problems

MIGRATIONS = Path(__file__).parent / "migrations"
CHUNK = 2_000
WITHDRAWN = "withdrawn"


class Conflict(Refused):
    """Somebody changed the entry since it was read; nothing was saved."""


def prepare(engine: Engine) -> None:
    """Bring the tables of the resources up to this version. Raises DatabaseError."""
    prepare_tables(engine, MIGRATIONS)


@dataclass(frozen=True, slots=True)
class Doer:
    """Who changes something, when, and from what source; ``who`` is empty where the caller does not say."""

    at: datetime
    who: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an entry is to be: its kind and values (as ``values.parsed`` gives them)."""

    kind: Kind
    values: Mapping[str, Any]

    @property
    def key(self) -> str:
        return key_of(self.kind, self.values)


# ---- finding -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; ``only`` is a body beyond which nothing is seen. Empty is everything."""

    kind: str = ""
    state: str = ""
    body: str = ""
    find: str = ""
    only: str | None = None


def _wanted(asked: Asked) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    for column, value in ((Entry.kind, asked.kind), (Entry.state, asked.state), (Entry.body, asked.body)):
        if value:
            out.append(column == value)
    if asked.only is not None:
        out.append(Entry.body == asked.only)
    if asked.find:
        out.append(
            or_(*(c.contains(asked.find, autoescape=True) for c in (Entry.name, Entry.code, Entry.body)))
        )
    return out


def entries(session: Session, asked: Asked, start: int = 0, count: int | None = None) -> Iterator[Entry]:
    """The entries asked for, by kind and code."""
    found = select(Entry).where(*_wanted(asked)).order_by(Entry.kind, Entry.id).offset(start)
    yield from session.scalars(found.limit(count) if count is not None else found)


def counted(session: Session, asked: Asked) -> int:
    return session.scalar(select(func.count()).select_from(Entry).where(*_wanted(asked))) or 0


def leaf(session: Session, asked: Asked, start: int, count: int) -> tuple[int, list[Entry]]:
    """How many entries are asked for, and some of them. A text is looked for once, not once for each."""
    if not asked.find:
        return counted(session, asked), list(entries(session, asked, start, count))
    found = session.connection().execute(select(Entry.kind, Entry.id).where(*_wanted(asked))).all()
    chosen = [number for _, number in sorted(tuple(r) for r in found)[start : start + count]]
    by_id: dict[int, Entry] = {}
    for k in range(0, len(chosen), CHUNK):
        asked_for = select(Entry).where(Entry.id.in_(chosen[k : k + CHUNK]))
        by_id.update({e.id: e for e in session.scalars(asked_for)})
    return len(found), [by_id[n] for n in chosen if n in by_id]


def counts(session: Session, only: str | None = None) -> dict[tuple[str, str], int]:
    """How many entries there are, by kind and state."""
    asked = select(Entry.kind, Entry.state, func.count()).group_by(Entry.kind, Entry.state)
    asked = asked.where(*_wanted(Asked(only=only)))
    return {(kind, state): n for kind, state, n in session.execute(asked)}


def entry_of(session: Session, schema: Schema, code: str, only: str | None = None) -> Entry:
    """The entry with this code. Raises NotHere."""
    found = session.scalars(select(Entry).where(Entry.code == code, *_wanted(Asked(only=only)))).first()
    if found is None:
        raise NotHere(schema.say("not_here", code=code))
    return found


def history_of(session: Session, entry: Entry) -> Sequence[History]:
    """All changes of an entry, oldest first."""
    return session.scalars(select(History).where(History.entry_id == entry.id).order_by(History.id)).all()


class Index:
    """The entries of the kinds that references lead to, by code and by name: loaded once for a whole import."""

    def __init__(self, session: Session, schema: Schema) -> None:
        self._session, self._schema = session, schema
        self._kinds: dict[str, tuple[dict[str, str], dict[str, list[str]]]] = {}
        self.bodies: dict[str, str] = {}

    def _of(self, kind: str) -> tuple[dict[str, str], dict[str, list[str]]]:
        if kind not in self._kinds:
            codes: dict[str, str] = {}
            names: dict[str, list[str]] = {}
            asked = select(Entry.code, Entry.name, Entry.body, Entry.values["location"].as_string())
            for code, name, body, location in self._session.execute(asked.where(Entry.kind == kind)):
                codes[code] = code
                self.bodies[code] = body
                for known in {name, location} - {None, ""}:
                    names.setdefault(str(known), []).append(code)
            self._kinds[kind] = codes, names
        return self._kinds[kind]

    def find(self, field: Field, text: str) -> str:
        """The code that a reference means. Raises Refusal where it is none or several."""
        codes, names = self._of(field.kind)
        if text in codes:
            return text
        found = names.get(text, [])
        if len(found) == 1:
            return found[0]
        kind = self._schema.kinds[field.kind].name
        what = "many_references" if found else "no_reference"
        raise Refusal(self._schema.say(what, field=field.name, text=text, kind=kind, count=len(found)))

    def body_of(self, kind: Kind, values: Mapping[str, Any]) -> str:
        """Whose the entry is: its own field, or that of what it belongs to."""
        if kind.body_from:
            field = kind.field(kind.body_from)
            self._of(field.kind if field else "")
            return self.bodies.get(str(values.get(kind.body_from) or ""), "")
        return str(values.get("body") or "")


# ---- changing ------------------------------------------------------------------------------------------


def numbers(session: Session, prefix: str, count: int) -> int:
    """The first of ``count`` numbers that nobody else gets; who asks at the same moment waits for this transaction."""
    taken = update(Counter).where(Counter.prefix == prefix).values(last=Counter.last + count)
    if session.execute(taken).rowcount == 0:  # type: ignore[attr-defined]
        try:
            with session.begin_nested():
                session.execute(insert(Counter).values(prefix=prefix, last=count))
        except IntegrityError:  # somebody was the first of all at the same moment
            session.execute(taken)
    return (session.scalar(select(Counter.last).where(Counter.prefix == prefix)) or count) - count + 1


def add_all(
    session: Session, schema: Schema, drafts: Sequence[Draft], doer: Doer, state: str = "draft"
) -> list[str]:
    """Make entries, all or none; their codes. Raises Refused where one is there already (the database decides)."""
    index = Index(session, schema)
    codes: list[str] = []
    by_kind: dict[str, list[Draft]] = {}
    for d in drafts:
        by_kind.setdefault(d.kind.id, []).append(d)
    for some in by_kind.values():
        kind = some[0].kind
        first = numbers(session, kind.prefix, len(some))
        rows = [
            {
                "kind": kind.id,
                "code": f"{kind.prefix}{first + n:06d}",
                "key": d.key,
                "name": str(d.values.get("name") or "")[:400],
                "body": index.body_of(kind, d.values),
                "state": state,
                "version": 1,
                "values": dict(d.values),
                "made_at": doer.at,
                "changed_at": doer.at,
            }
            for n, d in enumerate(some)
        ]
        for k in range(0, len(rows), CHUNK):
            _put(session, rows[k : k + CHUNK], doer)
        codes += [str(r["code"]) for r in rows]
    return codes


def _put(session: Session, rows: list[dict[str, Any]], doer: Doer) -> None:
    made = (
        session.execute(insert(Entry).returning(Entry.id, sort_by_parameter_order=True), rows).scalars().all()
    )
    session.execute(
        insert(History),
        [
            {
                "entry_id": i,
                "version": 1,
                "at": doer.at,
                "who": doer.who,
                "action": "add",
                "before": {},
                "after": {**r["values"], "state": r["state"]},
                "source": doer.source,
                "reason": "",
            }
            for i, r in zip(made, rows, strict=True)
        ],
    )


def change(
    session: Session, schema: Schema, entry: Entry, values: Mapping[str, Any], version: int, doer: Doer
) -> bool:
    """Give fields of an entry new values; False where nothing is different. ``version`` is the one that was seen.

    Raises Conflict where it has been changed since, Refused where it would be another one's double.
    """
    kind = schema.kinds[entry.kind]
    after = {k: v for k, v in values.items() if entry.values.get(k) != v}
    if not after:
        return False
    before = {k: entry.values.get(k) for k in after}
    new = {**entry.values, **after}
    new = {k: v for k, v in new.items() if v is not None}
    key = key_of(kind, new)
    twin = select(Entry).where(Entry.kind == kind.id, Entry.key == key, Entry.id != entry.id)
    if key != entry.key and (same := session.scalars(twin).first()) is not None:
        names = "、".join(f.name for k in kind.key if (f := kind.field(k)))
        raise Refused(schema.say("same", code=same.code, name=same.name, key=names))
    index = Index(session, schema)
    changed = {
        "values": new,
        "key": key,
        "name": str(new.get("name") or "")[:400],
        "body": index.body_of(kind, new),
    }
    _move(session, schema, entry, version, changed, doer)
    _note(session, entry, "change", before, after, doer)
    return True


def step(
    session: Session, schema: Schema, entry: Entry, action: str, version: int, doer: Doer, reason: str = ""
) -> None:
    """Move an entry on its way (states.toml). Raises Refused where it cannot go there, Conflict as ``change``."""
    found = schema.transitions.get(action)
    if found is None or entry.state not in found.before:
        known = "、".join(t.name for t in schema.steps(entry.state)) or "—"
        name = found.name if found else action
        raise Refused(
            schema.say(
                "no_transition", name=entry.name, state=schema.states[entry.state], action=name, known=known
            )
        )
    if found.complete and (wrong := problems(schema, schema.kinds[entry.kind], entry.values)):
        raise Refused(schema.say("incomplete", name=entry.name, problems="；".join(wrong)))
    before = {"state": entry.state}
    _move(session, schema, entry, version, {"state": found.after}, doer)
    _note(session, entry, action, before, {"state": found.after}, doer, reason)


def _move(
    session: Session, schema: Schema, entry: Entry, version: int, values: Mapping[str, Any], doer: Doer
) -> None:
    """The database compares the version while it writes: of two at the same moment one is refused."""
    asked = (
        update(Entry)
        .where(Entry.id == entry.id, Entry.version == version)
        .values(version=Entry.version + 1, changed_at=doer.at, **values)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(asked).rowcount  # type: ignore[attr-defined]
    session.refresh(entry)
    if done != 1:
        since = [h for h in history_of(session, entry) if h.version > version]
        kind = schema.kinds[entry.kind]
        fields = {k for h in since for k in h.after}
        names = [f.name for f in kind.fields if f.id in fields] or [schema.states.get(entry.state, "")]
        who = "、".join(dict.fromkeys(h.who for h in since if h.who)) or "—"
        raise Conflict(schema.say("conflict", name=entry.name, who=who, fields="、".join(names)))


def _note(
    session: Session,
    entry: Entry,
    action: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    doer: Doer,
    reason: str = "",
) -> None:
    session.add(
        History(
            entry_id=entry.id,
            version=entry.version,
            at=doer.at,
            who=doer.who,
            action=action,
            before=dict(before),
            after=dict(after),
            source=doer.source,
            reason=reason,
        )
    )
    session.flush()


def known_keys(session: Session, kind: str, keys: Iterable[str]) -> dict[str, Entry]:
    """Entries by their key, among these keys."""
    wanted = list(dict.fromkeys(keys))
    out: dict[str, Entry] = {}
    for k in range(0, len(wanted), 500):
        asked = select(Entry).where(Entry.kind == kind, Entry.key.in_(wanted[k : k + 500]))
        out.update({e.key: e for e in session.scalars(asked)})
    return out
