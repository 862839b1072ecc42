"""The office's records as tables. What people decided is only ever added to, never overwritten."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

ZONE = ZoneInfo("Asia/Shanghai")
"""China's time: what people read is in it, the records are in UTC."""


def now() -> datetime:
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, also on SQLite, which forgets zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Role(StrEnum):
    """What a person may do: each can do what those before it can, but a department sees its own matters only."""

    DEPARTMENT = "department"
    REVIEWER = "reviewer"
    HEAD = "head"
    ADMINISTRATOR = "administrator"


class State(StrEnum):
    """What became of a submission."""

    WAITING = "waiting"
    CHECKING = "checking"
    ASKING = "asking"
    """It was read, but whose it is or for which year is doubtful: a person is asked."""
    UNREADABLE = "unreadable"
    REVIEW = "review"
    RETURNED = "returned"
    CLEAN = "clean"
    SUPERSEDED = "superseded"
    """A newer version stands in its place."""
    WITHDRAWN = "withdrawn"
    """Handed in by mistake; kept, but it counts for nothing."""


class Verdict(StrEnum):
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
    """The decision before is taken back."""
    SOLVED = "solved"
    """A person looked: it is mended, or no longer matters."""


class Base(DeclarativeBase):
    type_annotation_map = {
        datetime: Moment,
        date: Date,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
    }


class Body(Base):
    """A public body, known over the seasons."""

    __tablename__ = "bodies"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    code: Mapped[str] = mapped_column(String(60), default="")
    level: Mapped[str] = mapped_column(String(20), default="")
    aliases: Mapped[list[str]] = mapped_column(default=list)


class User(Base):
    """A person with an account. ``password`` is an argon2 hash; empty: no login."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    shown: Mapped[str] = mapped_column(String(80), default="")
    password: Mapped[str] = mapped_column(String(300), default="")
    role: Mapped[str] = mapped_column(String(20))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    must_change: Mapped[bool] = mapped_column(default=False)
    """Somebody else knows the password: nothing can be done until it is changed."""
    made_at: Mapped[datetime] = mapped_column(default=now)
    body: Mapped[Body | None] = relationship()


class Login(Base):
    """A session of a person in a browser; only the hash of its token is kept."""

    __tablename__ = "logins"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    ends_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(60), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    """What the browser calls itself."""
    user: Mapped[User] = relationship()


class Token(Base):
    """A key for programs; it may do what its person may. Only its hash is kept."""

    __tablename__ = "tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    """None: made before keys had an end; see ``office.logins.end_of``."""
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Attempt(Base):
    """A try to log in, for the limit on their rate."""

    __tablename__ = "attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    passed: Mapped[bool] = mapped_column(default=False)


class Audit(Base):
    """One change that somebody made; never changed, never removed."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str] = mapped_column(String(60), default="")


class Season(Base):
    """A round of publishing: the budgets, or the accounts, of one fiscal year."""

    __tablename__ = "seasons"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    fiscal_year: Mapped[int]
    stage: Mapped[str] = mapped_column(String(20))
    days: Mapped[int] = mapped_column(default=20)
    """Days from approval to the last day for publishing (预算法 第14条)."""
    made_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    """From then on everything can be read and nothing changed, until it is opened again."""
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    entries: Mapped[list[Entry]] = relationship(back_populates="season")


class Entry(Base):
    """A line of a season's roster: a body that must publish, and by when. Units hang under their department."""

    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("season_id", "body_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("seasons.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), index=True)
    rank: Mapped[int] = mapped_column(default=0)
    approved_on: Mapped[date | None]
    due_on: Mapped[date | None]
    """The last day as worked out from approval, or as given in its place."""
    due_given: Mapped[bool] = mapped_column(default=False)
    published_on: Mapped[date | None]
    published_url: Mapped[str] = mapped_column(String(500), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
    season: Mapped[Season] = relationship(back_populates="entries")
    body: Mapped[Body] = relationship()


class Delivery(Base):
    """What was handed in at one go: a file, a folder, a zip."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("seasons.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime] = mapped_column(default=now)
    joined: Mapped[bool] = mapped_column(default=False)
    """Whether files that are one disclosure have been looked for among its files."""


class Submission(Base):
    """One file as handed in; ``round`` counts the versions of its roster line from 1.

    Files that are one disclosure (text and tables apart) are parts of their first; ``draft`` is only checked
    for the department itself.
    """

    __tablename__ = "submissions"
    __table_args__ = (Index("ix_submissions_board", "season_id", "entry_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(40), unique=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("seasons.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), index=True)
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"))
    """The version before this one."""
    round: Mapped[int] = mapped_column(default=1)
    draft: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(260))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=State.WAITING.value, index=True)
    problem: Mapped[str] = mapped_column(Text, default="")
    """Why it could not be read, or what is asked."""
    received_at: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(String(80), default="")
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict)
    corrected: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What a person put right in the profile."""
    kind: Mapped[str] = mapped_column(String(20), default="")
    pages: Mapped[int] = mapped_column(default=0)
    numbers: Mapped[int] = mapped_column(default=0)
    proved: Mapped[int] = mapped_column(default=0)
    contradicted: Mapped[int] = mapped_column(default=0)
    unchecked: Mapped[int] = mapped_column(default=0)
    checked_at: Mapped[datetime | None]
    version: Mapped[str] = mapped_column(String(64), default="")
    """The program and standards it was last checked with."""
    season: Mapped[Season] = relationship()
    entry: Mapped[Entry | None] = relationship()
    delivery: Mapped[Delivery] = relationship()


class Matter(Base):
    """What people judge: a finding of a submission, a defect that a person added to it, or that a roster line was
    published late or not at all, which hangs on the line and on no file. Decisions hang on it and stay with it when
    a better reading tells it in other words."""

    __tablename__ = "matters"
    __table_args__ = (
        # counting them never touches the rows, which carry long texts
        Index(
            "ix_matters_counts", "submission_id", "gone", "severity", "verdict", "rule", "fate", "before_id"
        ),
        Index("ix_matters_line", "before_id", "rule"),
        Index("ix_matters_entry", "entry_id", "finding", unique=True),
        CheckConstraint("(submission_id IS NULL) <> (entry_id IS NULL)", name="ck_matters_hangs"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    """The roster line that is late; None for what is about a file."""
    finding: Mapped[str] = mapped_column(String(40), default="")
    """The finding's id in the last reading; empty for what a person added."""
    rank: Mapped[int] = mapped_column(default=0)
    rule: Mapped[str] = mapped_column(String(80))
    severity: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it is compared by with the findings of other readings and versions."""
    leaf: Mapped[int] = mapped_column(default=0)
    spot: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where a person marked it: {"box": [...], "key": "...", "text": "..."}."""
    gone: Mapped[bool] = mapped_column(default=False)
    """A better reading of the file, or the dates of the line as they are now, no longer report it."""
    before_id: Mapped[int | None] = mapped_column(ForeignKey("matters.id"))
    """The same matter in the version before."""
    fate: Mapped[str] = mapped_column(String(20), default="")
    """What the next version made of it: fixed, still, unsure."""
    fate_reason: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime] = mapped_column(default=now)
    verdict: Mapped[str] = mapped_column(String(20), default="")
    """The last decision, repeated here for lists and statistics; the decisions themselves are the record."""
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.id")
    submission: Mapped[Submission | None] = relationship()


class Decision(Base):
    """What a person decided about a matter, when and why."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=now)
    batch: Mapped[str] = mapped_column(String(32), default="", index=True)
    """What was decided at one go has one mark, and is taken back at one go."""


class Tick(Base):
    """A person looked at something that could not be checked (or took that back)."""

    __tablename__ = "ticks"
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    done: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=now)


class Notice(Base):
    """What a department was told when its file was returned, word for word; the files lie in the ledger."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("seasons.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    number: Mapped[str] = mapped_column(String(80))
    due_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    matters: Mapped[list[Any]] = mapped_column(default=list)
    docx: Mapped[str] = mapped_column(String(64), default="")
    pdf: Mapped[str] = mapped_column(String(64), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(default=now)


class Setting(Base):
    """Something the office set for itself: its name, the text of its notices."""

    __tablename__ = "settings"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Job(Base):
    """Work for the worker processes; what was running when a server died is taken up again."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="waiting", index=True)
    """waiting, running, done, failed."""
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    submission: Mapped[Submission] = relationship()
