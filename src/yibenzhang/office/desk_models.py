"""The office's records of who works on what: assignments, reminders, filters kept, visits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yibenzhang.office.models import Base, now


class Assignment(Base):
    """Who reviews a line of the roster."""

    __tablename__ = "assignments"
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)


class Reminder(Base):
    """A department was asked for what it owes (催报), word for word."""

    __tablename__ = "reminders"
    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("seasons.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    batch: Mapped[str] = mapped_column(String(32), index=True)
    due_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(default=now)


class SavedFilter(Base):
    """A question of a list that a person keeps; ``person`` is the number of the account, 0 on an own computer."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("person", "page", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[int]
    page: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(1000))
    made_at: Mapped[datetime] = mapped_column(default=now)


class Visit(Base):
    """When a person looked at a season's board: last, and the time before that."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_whose", "person", "season_id", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[int]
    season_id: Mapped[int] = mapped_column(ForeignKey("seasons.id"))
    seen_at: Mapped[datetime] = mapped_column(default=now)
    before_at: Mapped[datetime | None]
