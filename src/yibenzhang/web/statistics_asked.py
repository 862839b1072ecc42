"""What a statistics page is asked for, each part of it counted once, and what a table of it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.office import rule_statistics as judged
from yibenzhang.office import statistics as figures
from yibenzhang.office.access import Actor
from yibenzhang.office.models import Season, Submission
from yibenzhang.office.roster import Brief, glance
from yibenzhang.office.rule_statistics import Judged
from yibenzhang.office.statistics import Measures
from yibenzhang.web.charts import Chart, Series

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with an address of its own: rows for all forms, charts and notes for the page."""

    rows: Rows
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    summary: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    session: Session
    who: Actor
    season: Season
    today: date
    extra: str
    _kept: dict[str, Any] = field(default_factory=dict)

    def rules(self) -> list[Judged]:
        """The rules as they were judged, counted once for a page."""
        if "rules" not in self._kept:
            self._kept["rules"] = judged.rules(self.session, self.who, self.season.id)
        found: list[Judged] = self._kept["rules"]
        return found

    def years(self) -> list[Measures]:
        """The seasons of the same stage, oldest first, counted once for a page."""
        if "years" not in self._kept:
            asked = (
                select(Season)
                .where(Season.stage == self.season.stage)
                .order_by(Season.fiscal_year, Season.id)
            )
            seasons = self.session.scalars(asked).all()
            wanted = Submission.season_id.in_([s.id for s in seasons])
            days = figures.to_clean(self.session, self.who, wanted)
            self._kept["days"] = {entry: n for season, entry, n in days if season == self.season.id}
            self._kept["years"] = figures.measures(self.session, self.who, seasons, days)
        found: list[Measures] = self._kept["years"]
        return found

    def days(self) -> dict[int, int]:
        """{roster line: days from handing in to clean}."""
        if "days" not in self._kept:
            self._kept["days"] = figures.days_to_clean(self.session, self.who, self.season.id)
        found: dict[int, int] = self._kept["days"]
        return found

    def lines(self) -> list[Brief]:
        """The board in short."""
        if "lines" not in self._kept:
            self._kept["lines"] = glance(self.session, self.who, self.season, self.today)
        found: list[Brief] = self._kept["lines"]
        return found


def series_of(name: str, values: Sequence[float | None], colour: str) -> Series:
    return Series(name, tuple(values), colour)
