"""The tables of the resources, beside the office's in the same database. History is only ever added to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from yibenzhang.office.models import Moment


class Base(DeclarativeBase):
    type_annotation_map = {datetime: Moment, date: Date, dict[str, Any]: JSON, list[Any]: JSON}


class Entry(Base):
    """A resource as it stands. ``version`` counts its changes: who changes it says which version was seen."""

    __tablename__ = "resource_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(900))
    name: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("kind", "key"),
        Index("ix_resource_entries_body", "body", "kind"),
        Index("ix_resource_entries_kind", "kind", "state"),
        Index("ix_resource_entries_found", "kind", "state", "body", "code", "name"),
    )


class History(Base):
    """One change of an entry: fields as they were and as they became, by whom, when, from where and why."""

    __tablename__ = "resource_history"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("resource_entries.id"), index=True)
    version: Mapped[int]
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(120), default="")
    action: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source: Mapped[str] = mapped_column(String(400), default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class Counter(Base):
    """The last number given out for codes of a prefix."""

    __tablename__ = "resource_counters"
    prefix: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int]


class Proposal(Base):
    """A difference between a source and the account, for a person to accept or not."""

    __tablename__ = "resource_proposals"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(400), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(900))
    name: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[str] = mapped_column(String(20))
    """add, change or gone."""
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("resource_entries.id"))
    version: Mapped[int] = mapped_column(default=0)
    """The version of the entry that it was compared with."""
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(20), default="open", index=True)
    """open, accepted, refused, outdated."""
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(120), default="")


class Quality(Base):
    """What one rule found in one resource: how many rows were looked at and passed; failing ones sampled and masked."""

    __tablename__ = "resource_quality"
    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(String(40), index=True)
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(400))
    resource: Mapped[str] = mapped_column(String(400), index=True)
    """The code of the data resource, or the name of the table where it is not in the account."""
    body: Mapped[str] = mapped_column(String(200), default="")
    rule: Mapped[str] = mapped_column(String(80))
    property: Mapped[str] = mapped_column(String(20))
    field: Mapped[str] = mapped_column(String(400), default="")
    checked: Mapped[int | None]
    passed: Mapped[int | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    """Why it could not be checked, empty where it was."""
    samples: Mapped[list[Any]] = mapped_column(default=list)


class Mending(Base):
    """One step of a work order: that failing rows were told to the owner, that he says they are mended, what a later
    check found. An order is all steps of its ``code``; of two who take the same step the database refuses one."""

    __tablename__ = "resource_mending"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    step: Mapped[int]
    event: Mapped[str] = mapped_column(String(20))
    """open, mended, again, closed."""
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(120), default="")
    body: Mapped[str] = mapped_column(String(200), default="", index=True)
    source: Mapped[str] = mapped_column(String(400))
    resource: Mapped[str] = mapped_column(String(400))
    rule: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(400), default="")
    due_on: Mapped[date | None]
    run: Mapped[str] = mapped_column(String(40), default="")
    checked: Mapped[int | None] = mapped_column(BigInteger)
    failed: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (UniqueConstraint("code", "step"),)


class Request(Base):
    """A request for one resource as it stands; its state is what its events lead to. Dates beside ``values`` are those
    that lists ask for."""

    __tablename__ = "resource_requests"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    form: Mapped[str] = mapped_column(String(60), index=True)
    """The code of the first request that was made at the same moment, on one form."""
    kind: Mapped[str] = mapped_column(String(40))
    entry_id: Mapped[int] = mapped_column(ForeignKey("resource_entries.id"), index=True)
    resource: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str] = mapped_column(String(200), default="")
    """The body that answers and delivers; empty where the authority does."""
    way: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ends_on: Mapped[date]
    applied_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_resource_requests_body", "body", "state"),
        Index("ix_resource_requests_provider", "provider", "state"),
    )


class RequestEvent(Base):
    """One step of a request: who, as which part of it, when, what was before and after, and why."""

    __tablename__ = "resource_request_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("resource_requests.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(200), default="")
    event: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(400), default="")
    __table_args__ = (UniqueConstraint("request_id", "version"),)


class Usage(Base):
    """What was used on one day of one interface by one body. A later line of the same ``key`` takes the place of the
    earlier, which stays."""

    __tablename__ = "resource_usage"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(900), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("resource_requests.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("resource_entries.id"))
    interface: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(String(200), default="")
    day: Mapped[date]
    calls: Mapped[int] = mapped_column(BigInteger)
    records: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(120), default="")
    source: Mapped[str] = mapped_column(String(400), default="")
