"""What a project promised and reached, indicator by indicator over the years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yibenzhang.projects.events import Event
from yibenzhang.projects.indicators import Indicator, Indicators, key_of
from yibenzhang.projects.linking import Project
from yibenzhang.projects.records import ASSESSMENT, Record, Result, points_text


@dataclass(frozen=True, slots=True)
class Year:
    """What one indicator was in one year: target, result, points, and where they are written."""

    target: str = ""
    actual: str = ""
    score: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """One indicator over the years; ``weight`` is the last that is told."""

    level1: str
    level2: str
    name: str
    weight: str
    years: Mapping[int, Year]
    history: Mapping[str, str] = field(default_factory=dict)


def promises_of(project: Project, indicators: Indicators, records: Sequence[Record] = ()) -> list[Promise]:
    """The indicators of a project in the order in which they are first told."""
    found: dict[tuple[str, str], list[tuple[int, Indicator, Event]]] = {}
    by_id = {e.id: e for e in project.events}
    for i in yearly(indicators.of(by_id), same=True):
        event = by_id[i.event]
        found.setdefault(i.key, []).append((event.year or 0, i, event))
    out = {key: _promise(items) for key, items in found.items()}
    for record in records:
        if record.kind == ASSESSMENT:
            _add(out, record)
    return list(out.values())


def _promise(items: list[tuple[int, Indicator, Event]]) -> Promise:
    first = items[0][1]
    years: dict[int, Year] = {}
    history: dict[str, str] = {}
    weight = ""
    for year, i, event in items:
        known = years.get(year, Year())
        source = f"{event.source.file} {i.place}".strip()
        years[year] = Year(
            i.target or known.target,
            i.actual or known.actual,
            i.score or known.score,
            "；".join(dict.fromkeys(x for x in (known.source, source) if x)),
        )
        weight = i.weight or weight
        for key, value in ((year - 1, i.last), (year - 2, i.former)):
            if year and value:
                history.setdefault(str(key), value)
    return Promise(first.level1, first.level2, first.name, weight, years, history)


def _add(out: dict[tuple[str, str], Promise], record: Record) -> None:
    """The results that a person filled in."""
    for r in record.results:
        key = key_of(r.level1, r.name)
        known = out.get(key, Promise(r.level1, r.level2, r.name, r.weight, {}))
        recorded = Year(r.target, r.actual, r.given, f"{record.by} {record.at[:10]}".strip())
        out[key] = Promise(
            known.level1,
            known.level2,
            known.name,
            r.weight or known.weight,
            {**known.years, record.year: recorded},
            known.history,
        )


def goals_for(project: Project, year: int, indicators: Indicators) -> list[Result]:
    """The goals of a year as lines to fill in: those of that year's forms; where it has none, of the last year
    before."""
    goals = [e for e in project.events if e.kind == "goals" and (e.year or year) <= year]
    for wanted in sorted({e.year or year for e in goals}, reverse=True):
        lines = list(_results(yearly(indicators.of(e.id for e in goals if (e.year or year) == wanted))))
        if lines:
            return lines
    return []


def yearly(found: Sequence[Indicator], same: bool = False) -> list[Indicator]:
    """Without the goals of the whole life of a project where its form tells those of the year beside them; ``same``:
    only where the year has one of the same name."""
    annual = {(i.event, i.key if same else "") for i in found if i.period == "annual"}
    return [i for i in found if i.period != "long" or (i.event, i.key if same else "") not in annual]


def _results(found: Sequence[Indicator]) -> Iterator[Result]:
    seen: set[tuple[str, str]] = set()
    for i in found:
        if i.name and i.key not in seen:
            seen.add(i.key)
            yield Result(i.level1, i.level2, i.name, i.target, weight=points_text(i.weight))
