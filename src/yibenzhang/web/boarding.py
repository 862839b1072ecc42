"""The board as somebody asks for it: filters that combine, any column to sort by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask

from yibenzhang.office.access import Actor
from yibenzhang.office.assigning import note_visit
from yibenzhang.office.database import DatabaseError
from yibenzhang.office.roster import STATUS, Brief, Line, counted, reviewers_of
from yibenzhang.web.settings import Office

SORTS: dict[str, Callable[[Any], Any]] = {
    "body": lambda x: x.body,
    "status": lambda x: list(STATUS).index(x.status),
    "round": lambda x: x.round,
    "undecided": lambda x: x.undecided,
    "errors": lambda x: x.errors,
    "warnings": lambda x: x.warnings,
    "proved": lambda x: x.proved / x.numbers if x.numbers else -1,
    "unchecked": lambda x: x.unchecked,
    "due_on": lambda x: x.due_on.isoformat() if x.due_on else "9999",
    "published_on": lambda x: x.published_on.isoformat() if x.published_on else "9999",
    "late": lambda x: x.late,
    "reviewer": lambda x: x.reviewer or "\uffff",
}
_COUNTED = ("undecided", "errors", "warnings", "reviewer")
"""What is not known before the findings of all lines are counted."""
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Asked:
    """``reviewer`` is a number, or NOBODY; ``sort`` is a column, with a minus before it downwards."""

    status: str = ""
    find: str = ""
    reviewer: str = ""
    late: bool = False
    changed: bool = False
    sort: str = ""

    def query(self, **changes: Any) -> dict[str, str]:
        """As an address has it, with some of it changed; what is as usual is left out."""
        stated = {f.name: getattr(self, f.name) for f in fields(self)} | changes
        return {k: "true" if v is True else str(v) for k, v in stated.items() if v}


def sifted(session: Session, lines: Sequence[Brief], asked: Asked, changed: frozenset[int]) -> list[Brief]:
    """The lines that are asked for, in the order asked for."""
    words = asked.find.strip()
    found = [
        x
        for x in lines
        if asked.status in ("", x.status)
        and (not words or words in x.body or words in x.code)
        and (not asked.late or x.late)
        and (not asked.changed or x.entry in changed)
    ]
    if asked.reviewer:
        whose = reviewers_of(session, [x.entry for x in found])
        found = [x for x in found if _reviewed(whose.get(x.entry), asked.reviewer)]
    name = asked.sort.removeprefix("-")
    if name not in SORTS:
        return found
    down = asked.sort.startswith("-")
    if name not in _COUNTED:
        return sorted(found, key=SORTS[name], reverse=down)
    places = {
        x.entry: k for k, x in enumerate(sorted(counted(session, found), key=SORTS[name], reverse=down))
    }
    return sorted(found, key=lambda x: places[x.entry])


def _reviewed(whose: tuple[int, str] | None, asked: str) -> bool:
    return whose is None if asked == NOBODY else whose is not None and str(whose[0]) == asked


def total(lines: Sequence[Line]) -> int:
    """How many findings of these lines nobody has decided about."""
    return sum(x.undecided for x in lines)


def noting(office: Office, who: Actor, season: int) -> BackgroundTask:
    """Notes the look at a board once its page is sent. Where somebody else holds the database for long, the look is not
    noted, and nothing else is lost."""

    def note() -> None:
        with suppress(SQLAlchemyError, DatabaseError), office.session() as session:
            note_visit(session, who, season)

    return BackgroundTask(note)
