"""What is said of a person's self-assessment or monitoring, as words and tables: one text for Word, Excel and pages."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from yibenzhang.projects.method import Method
from yibenzhang.projects.performing import Assessed, Line, Monitored, assessed, monitored
from yibenzhang.projects.records import Record
from yibenzhang.projects.scoring import Reason
from yibenzhang.standards import HERE

_REACHED = (Reason.REACHED, Reason.OVER, Reason.BAND)
_MISSED = (Reason.SHORT, Reason.MISSED, Reason.ZERO_TARGET)


@lru_cache(maxsize=1)
def said() -> Mapping[str, Any]:
    """The words (standards/scoring/words.toml)."""
    return tomllib.loads((HERE / "scoring" / "words.toml").read_text(encoding="utf-8"))


def word(name: str, /, **values: object) -> str:
    """A word of documents."""
    return str(said()["document"][name]).format(**values)


def plain(value: Decimal | None) -> str:
    """A number without zeros that say nothing; empty where there is none."""
    return "" if value is None else f"{value.normalize():,f}" if value else "0"


def in_ten_thousand(money: str) -> str:
    """Yuan as 万元."""
    return plain(Decimal(money) / 10000) if money else ""


def percent(part: Decimal | None) -> str:
    """A share as percent with two decimals."""
    if part is None:
        return ""
    return plain((part * 100).quantize(Decimal("0.01"), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: headings, rows, and which columns are numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs; ``table`` stands after them."""

    heading: str
    lines: tuple[str, ...]
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: title, line below it, pairs of a head, sections, and who filled it in."""

    title: str
    below: str
    pairs: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    foot: str


def rate_of(record: Record) -> Decimal | None:
    """Executed over budget; None where one of them is not known."""
    if not record.budget or not record.executed or not Decimal(record.budget):
        return None
    return Decimal(record.executed) / Decimal(record.budget)


# ---- self-assessment -----------------------------------------------------------------------------------


def assessment_table(record: Record, method: Method) -> Paper:
    """The form of a self-assessment (自评表)."""
    found = assessed(record, method)
    return Paper(
        word("table"),
        word("year", year=record.year),
        _pairs(record),
        (Section("", (), _lines(found, method)),),
        _foot(record, method),
    )


def _pairs(record: Record) -> tuple[tuple[str, str], ...]:
    unknown, asks = word("unknown"), said()["document"]["asks"]
    rate = rate_of(record)
    return (
        (word("name"), record.name),
        (word("body"), record.body),
        (word("budget"), in_ten_thousand(record.budget) or unknown),
        (word("executed"), in_ten_thousand(record.executed) or unknown),
        (word("rate"), f"{percent(rate)}%" if rate is not None else unknown),
        (word("goal"), record.words.get("goal") or word("ask", what=asks["goal"])),
    )


def _lines(found: Assessed, method: Method) -> Table:
    names = (
        "level1",
        "level2",
        "indicator",
        "target",
        "actual",
        "weight",
        "given",
        "points",
        "why",
        "evidence",
    )
    low, high = found.total
    rows = [_row(x) for x in found.lines]
    total = ("", "", word("total"), "", "", plain(found.weight), plain(found.given), _span(low, high), "", "")
    grade = method.grade(found.given) if found.given is not None else ""
    rows += [total, ("", "", word("grade"), "", "", "", grade, "", "", "")]
    return Table(tuple(word(n) for n in names), tuple(rows), frozenset({5, 6, 7}))


def span(x: Line) -> str:
    """The points of the method, one number or a range; who has to judge where it has none."""
    low, high = x.points.low, x.points.high
    return word("to_judge") if low is None or high is None else _span(low, high)


def _row(x: Line) -> tuple[str, ...]:
    points = span(x)
    if x.result is None:
        return ("", "", word("execution"), "", "", plain(x.weight), plain(x.given), points, "", "")
    r = x.result
    return (
        r.level1,
        r.level2,
        r.name,
        r.target,
        r.actual,
        plain(x.weight),
        plain(x.given),
        points,
        r.why,
        r.evidence,
    )


def _span(low: Decimal, high: Decimal) -> str:
    return plain(high) if low == high else word("range", low=plain(low), high=plain(high))


def _foot(record: Record, method: Method) -> str:
    return word("by", by=record.by or "—", at=record.at[:16].replace("T", " "), method=method.name)


def assessment_report(record: Record, method: Method) -> Paper:
    """The report of a self-assessment (自评报告): what is a number is worked out, what is words is asked for."""
    found = assessed(record, method)
    heads = said()["document"]["sections"]
    sections = (
        Section(heads["one"], tuple(_basics(record, method))),
        Section(heads["two"], tuple(_verdict(record, found, method))),
        Section(heads["three"], tuple(_reached(record, found)), _lines(found, method)),
        Section(heads["four"], tuple(_causes(record, found))),
        Section(heads["five"], (_own(record, "use"),)),
    )
    title = word("report", name=record.name)
    return Paper(title, word("year", year=record.year), (), sections, _foot(record, method))


def _say(name: str, /, **values: object) -> str:
    return str(said()["document"]["says"][name]).format(**values)


def _own(record: Record, what: str) -> str:
    """What a person wrote; where nobody did, what is asked for."""
    return record.words.get(what, "").strip() or word("ask", what=said()["document"]["asks"][what])


def _basics(record: Record, method: Method) -> Iterator[str]:
    yield _say("basis", body=record.body, name=record.name, year=record.year, method=method.name)
    rate = rate_of(record)
    if rate is None:
        yield _say("no_money")
    else:
        budget, executed = in_ten_thousand(record.budget), in_ten_thousand(record.executed)
        yield _say("money", budget=budget, executed=executed, rate=percent(rate))
    yield f"{word('goal')}：{_own(record, 'goal')}"


def _verdict(record: Record, found: Assessed, method: Method) -> Iterator[str]:
    given = found.given
    if given is None:
        yield _say("not_given")
    else:
        yield _say("given", given=plain(given), grade=method.grade(given))
    low, high = found.total
    yield _say("method_one" if low == high else "method", low=plain(low), high=plain(high))
    differing = [x for x in found.lines if x.differs]
    if differing:
        yield _say("differs", count=len(differing))
        yield from (_differs(x) for x in differing)


def _differs(x: Line) -> str:
    low, high = x.points.low or Decimal(0), x.points.high or Decimal(0)
    name = x.result.name if x.result else word("execution")
    why = (x.result.why if x.result else "") or word("ask", what=said()["document"]["asks"]["why"])
    return _say(
        "line_differs", name=name, given=plain(x.given), points=_span(low, high), reason=reason(x), why=why
    )


def reason(x: Line) -> str:
    """Why the method gives a line its points."""
    values = {"weight": plain(x.weight), "low": plain(x.points.low), "high": plain(x.points.high)}
    return str(said()["reason"][x.points.reason]).format(**values)


def _reached(record: Record, found: Assessed) -> Iterator[str]:
    lines = [(x, x.result) for x in found.lines if x.result is not None]
    reasons = Counter(x.points.reason for x, _ in lines)
    count = {
        "reached": sum(reasons[r] for r in _REACHED),
        "short": sum(reasons[r] for r in _MISSED),
        "none": reasons[Reason.NO_RESULT],
    }
    yield _say("count", count=len(lines), **count, words=len(lines) - sum(count.values()))
    levels: dict[str, list[Line]] = {}
    for x, result in lines:
        levels.setdefault(result.level1, []).append(x)
    for level, of_level in levels.items():
        given = [x.given for x in of_level]
        total = None if None in given else sum((g or Decimal(0) for g in given), Decimal(0))
        weight = plain(sum((x.weight for x in of_level), Decimal(0)))
        yield _say("level", level=level or "—", count=len(of_level), weight=weight, given=plain(total) or "—")
    yield _own(record, "progress")


def _causes(record: Record, found: Assessed) -> Iterator[str]:
    asked = word("ask", what=said()["document"]["asks"]["why"])
    lines = [(x.result, x.points.reason) for x in found.lines if x.result]
    short = [r for r, reason in lines if reason in (*_MISSED, Reason.NO_RESULT)]
    for r in short:
        actual = r.actual or word("unknown")
        yield _say("short", name=r.name, target=r.target, actual=actual, why=r.why or asked)
    if not short:
        yield _say("none_short")
    for r in (r for r, reason in lines if reason is Reason.OVER):
        yield _say("over", name=r.name, target=r.target, actual=r.actual, why=r.why or asked)
    bare = [r.name for r, _ in lines if r.actual and not r.evidence]
    if bare:
        yield _say("no_evidence", count=len(bare), names="、".join(bare))
    yield _own(record, "problems")
    yield _own(record, "measures")


def synopsis(record: Record, method: Method) -> str:
    """The sentence that accounts print of a self-assessment; empty where the money is not known."""
    rate = rate_of(record)
    if rate is None:
        return ""
    given = assessed(record, method).given
    name = record.name.removesuffix("项目")
    values = {
        "name": name,
        "budget": in_ten_thousand(record.budget),
        "executed": in_ten_thousand(record.executed),
    }
    kind = "synopsis_ask" if given is None else "synopsis"
    return word(kind, **values, rate=percent(rate), given=plain(given))


# ---- monitoring ----------------------------------------------------------------------------------------


def monitoring_table(record: Record, method: Method) -> Paper:
    """The form of the monitoring at mid-year: money and goals side by side."""
    found = monitored(record, method)
    states = said()["state"]
    names = ("level1", "level2", "indicator", "target", "so_far", "share", "state", "why", "evidence")
    rows = tuple(
        (
            x.result.level1,
            x.result.level2,
            x.result.name,
            x.result.target,
            x.result.actual,
            f"{percent(x.share)}%" if x.share is not None else "",
            states[x.state],
            x.result.why,
            x.result.evidence,
        )
        for x in found.lines
    )
    table = Table(tuple(word(n) for n in names), rows, frozenset({5}))
    pairs = (
        (word("name"), record.name),
        (word("body"), record.body),
        (word("budget"), in_ten_thousand(record.budget) or word("unknown")),
        (word("executed_so_far"), in_ten_thousand(record.executed) or word("unknown")),
        (word("rate"), money_said(found)),
    )
    section = Section("", (), table)
    return Paper(word("monitor"), word("day", date=record.date), pairs, (section,), _foot(record, method))


def money_said(found: Monitored) -> str:
    """How the money stands against the time that has gone."""
    gone, states = percent(found.gone), said()["state"]
    if found.spent is None:
        return str(said()["monitor"]["no_money"]).format(gone=gone)
    return str(said()["monitor"]["money"]).format(
        gone=gone, spent=percent(found.spent), state=states[found.money]
    )
