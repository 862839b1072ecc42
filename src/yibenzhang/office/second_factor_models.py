"""The office's records of second factors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from yibenzhang.office.models import Base, now


class Factor(Base):
    """The second factor of a person: six digits from a telephone. The secret itself is not kept: it is worked out from
    ``drawn`` and the key in the ledger folder, so that the database alone gives nobody away."""

    __tablename__ = "factors"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    drawn: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(default=now)
    last_step: Mapped[int] = mapped_column(default=0)
    """The half minute whose digits were used last; they and those before are used up."""


class RecoveryCode(Base):
    """Stands once for the second factor where the telephone is lost. Only its hash is kept."""

    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]
