"""What a disclosure says of its projects, as rows of the Analysis: events with their money, and indicators.

A project's budget stands in lists of projects, its goals in forms, its self-assessment in forms and in the text of
accounts; each row cites its place.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from yibenzhang.model.amounts import narrow, parse_amount
from yibenzhang.model.documents import Document, Paragraph
from yibenzhang.model.facts import Fact
from yibenzhang.model.places import Place, file_of
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.standards import HERE, fold

if TYPE_CHECKING:
    from yibenzhang.checking.check import Checked
    from yibenzhang.model.views import View

_LISTS = ("goal_list",)
_NUMBERED = re.compile(r"\d{1,11}")
_LONG = re.compile(r"[0-9A-Z]{12,}")
_LETTERED = re.compile(r"(?=.*[A-Z])[0-9A-Z]{12,}")
"""Codes of projects hold a letter for their kind; those of programmes above them are digits alone."""
_YEAR = re.compile(r"20\d\d")
_FURNITURE = re.compile(r"[\s\-—–_·第页共/\d]*")
"""Lines of nothing but the number of a page."""


@dataclass(frozen=True, slots=True)
class Told:
    """One amount of an event (or none, ``measure`` empty): the row of the table project_events."""

    kind: str
    name: str
    code: str
    owner: str
    year: int | None
    place: Place
    measure: str = ""
    value: Decimal | None = None
    printed: str = ""
    words: str = ""
    begin: int | None = None
    end: int | None = None

    @property
    def event(self) -> str:
        """One id for all amounts of an event."""
        said = f"{self.kind}|{self.name}|{self.code}|{self.year}|{file_of(self.place)}|{self.place.key}"
        return hashlib.blake2b(said.encode(), digest_size=6).hexdigest()


def events_of(c: Checked) -> Iterator[Told]:
    """Every event that the disclosure tells, in the order lists, forms, text."""
    for view in c.views:
        yield from _listed(c, view)
    for form in c.forms:
        if (
            form.kind in ("project", "evaluation")
            and form.name
            and not _is_body(form.name, fold(c.profile.body))
        ):
            yield from _of_form(form, c.profile.fiscal_year)
    yield from said_in(c.document, c.profile.fiscal_year)


# ---- lists of projects ---------------------------------------------------------------------------------


def _listed(c: Checked, view: View) -> Iterator[Told]:
    """The projects of a list with their whole amount: neither the bodies nor the programmes above them."""
    found: dict[int, tuple[str, Fact]] = {}
    goal_list = c.kinds.get(view.table) in _LISTS
    for (r, k), fact in sorted(view.cells.items()):
        at = view.places[r, k]
        if not at.project or fact.amount is None or r in found or not (at.kind == "project" or goal_list):
            continue
        whole = not (at.fund or at.item or at.residue or at.stage or at.year) and at.version in (
            "",
            "current_year",
        )
        if whole and fact.unit is not None and fact.unit.dimension == "money":
            found[r] = (at.project, fact)
    rows = [(r, project, fact) for r, (project, fact) in sorted(found.items())]
    coded = {p for _, p, _ in rows if _LETTERED.fullmatch(p)} or {p for _, p, _ in rows if _LONG.fullmatch(p)}
    own = fold(c.profile.body)
    kept = [(r, p, f) for r, p, f in rows if not coded or p in coded]
    kind = "goals" if goal_list else "budget"
    for r, project, fact in kept:
        row = view.rows[r]
        code = project if _LONG.fullmatch(project) else ""
        name = row.label or project
        above = row.total or row.subtotal or row.heads or _is_body(name, own)
        if fact.amount is not None and fact.amount.value and not above and not _NUMBERED.fullmatch(name):
            yield Told(
                kind, name, code, view.places[r, _column(view, r, fact)].unit, c.profile.fiscal_year, fact.place,
                "budget", fact.amount.base, _printed(fact),
            )  # fmt: skip


def _is_body(name: str, own: str) -> bool:
    """The name is that of a body or of all its projects, not of one."""
    folded = fold(name)
    return bool(own and folded.startswith(own) and len(folded) <= len(own) + 2) or bool(
        _texts().body.search(folded)
    )


def _column(view: View, row: int, fact: Fact) -> int:
    return next(k for (r, k), f in view.cells.items() if r == row and f.id == fact.id)


# ---- forms ---------------------------------------------------------------------------------------------

_MEASURES = {
    "project": (("year", "budget"), ("total", "total")),
    "evaluation": (("year.budget", "budget"), ("year.spent", "executed")),
}


def _of_form(form: GoalForm, year: int | None) -> Iterator[Told]:
    kind = "goals" if form.kind == "project" else "self_assessment"
    goal = form.text("goal.year", "goal.long", "goal.done")
    begin, end = (_year(form, "begin"), _year(form, "end"))
    words = goal.text if goal else ""
    told = list(_amounts(form))
    yield Told(kind, form.name, form.code, form.owner, year, form.place, words=words, begin=begin, end=end)
    for measure, fact in told:
        yield Told(
            kind, form.name, form.code, form.owner, year, form.place, measure, _value(fact), _printed(fact), words,
            begin, end,
        )  # fmt: skip
    for item in form.former:
        found = _YEAR.search(item.name)
        if found and _value(item.fact):
            yield Told(
                "budget", form.name, form.code, form.owner, int(found[0]), item.fact.place, "budget",
                _value(item.fact), _printed(item.fact),
            )  # fmt: skip
    for item in form.purchases:
        yield Told(
            "intention", form.name, form.code, form.owner, year, item.fact.place, "planned", _value(item.fact),
            _printed(item.fact), item.name,
        )  # fmt: skip


def _amounts(form: GoalForm) -> Iterator[tuple[str, Fact]]:
    for ours, measure in _MEASURES[form.kind]:
        fact = form.amounts.get(ours)
        if fact is None and ours == "year":
            fact = form.year
        if fact is not None and fact.amount is not None:
            yield measure, fact
    totals = [i.fact for i in form.scores if i.kind == "sum" and i.fact.amount is not None]
    if totals:
        yield "score", totals[-1]


def _year(form: GoalForm, kind: str) -> int | None:
    found = _YEAR.search(said.text) if (said := form.text(kind)) else None
    return int(found[0]) if found else None


def _value(fact: Fact) -> Decimal | None:
    return fact.amount.base if fact.amount is not None else None


def _printed(fact: Fact) -> str:
    unit = fact.unit.name if fact.unit is not None else ""
    return fact.text if not unit or fact.text.endswith(unit) else f"{fact.text}{unit}"


def indicators_of(c: Checked) -> Iterator[tuple[Any, ...]]:
    """The indicators of every form, as rows of the table indicators."""
    for form in c.forms:
        kind = {"project": "goals", "evaluation": "self_assessment"}.get(form.kind, form.kind)
        event = Told(kind, form.name, form.code, form.owner, c.profile.fiscal_year, form.place).event
        for i in form.indicators:
            yield (
                event, form.kind, form.name, i.level1, i.level2, i.name, i.value, i.former, i.last, i.actual, i.period,
                i.weight, i.score, file_of(i.place), i.place.page, _key(i.place),
            )  # fmt: skip


def rows_of(c: Checked) -> Iterator[tuple[Any, ...]]:
    """Events as rows of the table project_events; the same said twice at one place counts once."""
    for t in dict.fromkeys(events_of(c)):
        yield (
            t.event, t.kind, t.name, t.code, t.owner, t.year, t.begin, t.end, t.measure, t.value, t.printed, t.words,
            file_of(t.place), t.place.page, _key(t.place),
        )  # fmt: skip


def _key(place: Place) -> str:
    return place.key


# ---- text ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Texts:
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    before: re.Pattern[str]
    never: re.Pattern[str]
    body: re.Pattern[str]
    heading: re.Pattern[str]


@lru_cache(maxsize=1)
def _texts() -> _Texts:
    data = tomllib.loads((HERE / "projects" / "texts.toml").read_text(encoding="utf-8"))
    filled = (
        (t["kind"], t["pattern"].replace("{n}", data["number"]).replace("{u}", data["unit"]))
        for t in data["text"]
    )
    return _Texts(
        tuple((kind, re.compile(pattern)) for kind, pattern in filled), re.compile(data["before"]),
        re.compile(data["never"]), re.compile(data["body"]), re.compile(data["heading"]),
    )  # fmt: skip


def said_in(document: Document, year: int | None) -> Iterator[Told]:
    """Self-assessments and goals that the running text tells, also across lines and pages that break a sentence."""
    text, starts, places = _running(document.paragraphs())
    rules = _texts()
    for kind, pattern in rules.patterns:
        for found in pattern.finditer(text):
            printed = found["name"]
            name = rules.before.sub("", printed)
            at = found.start("name") + len(printed) - len(name)
            if len(name) < 2 or rules.never.search(name):
                continue
            place = places[bisect_right(starts, at) - 1]
            yield from _said(kind, name, year, place, found.groupdict())


def _said(
    kind: str, name: str, year: int | None, place: Place, groups: Mapping[str, str | None]
) -> Iterator[Told]:
    words = groups.get("goal") or ""
    for measure in ("budget", "executed"):
        number, unit = groups.get(measure), groups.get(f"{measure}_unit")
        amount = parse_amount(f"{number}{unit}") if number else None
        if amount is not None:
            yield Told(kind, name, "", "", year, place, measure, amount.base, f"{number}{unit}", words)


def _running(paragraphs: Sequence[Paragraph]) -> tuple[str, list[int], list[Place]]:
    """All text in one string, half width and without blanks; where each paragraph begins in it, and its place.

    A full stop stands before numbered paragraphs and behind headings: they do not go on a sentence.
    """
    text: list[str] = []
    starts: list[int] = []
    places: list[Place] = []
    length = 0
    rules = _texts()
    ended = True
    for p in paragraphs:
        if _FURNITURE.fullmatch(p.text):
            continue
        said = re.sub(r"\s", "", narrow(p.text))
        if not ended and rules.before.match(said):
            text[-1] += "。"
            length += 1
        ended = bool(rules.heading.search(said))
        said += "。" if ended else ""
        starts.append(length)
        places.append(p.place)
        text.append(said)
        length += len(said)
    return "".join(text), starts, places
