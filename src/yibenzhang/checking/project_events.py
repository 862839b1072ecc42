"""What a disclosure says of its projects, as rows of the Analysis: events with their money, and indicators.

A project's budget stands in lists of projects, its goals in forms, its self-assessment in forms and in the text of
accounts; each row cites its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yibenzhang.checking.project_rows import lowest
from yibenzhang.checking.project_texts import Counted, texts, told_in
from yibenzhang.model.facts import Fact
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place, file_of
from yibenzhang.recognising.forms import LIST, GoalForm, label_of
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.table_kinds import table_kinds

if TYPE_CHECKING:
    from yibenzhang.checking.check import Checked
    from yibenzhang.model.views import View

_LISTS = ("goal_list",)
_KINDS = {"project": "goals", LIST: "goals", "evaluation": "self_assessment"}
"""What event a form tells of."""
_HEAD_ROWS = 8
"""A heading stands in the first so many rows."""
_NUMBERED = late(r"\d{1,11}")
_LONG = late(r"[0-9A-Z]{12,}")
_LETTERED = late(r"(?=.*[A-Z])[0-9A-Z]{12,}")
"""Codes of projects hold a letter for their kind; those of programmes above them are digits alone."""
_YEAR = late(r"20\d\d")


def events_of(c: Checked) -> Iterator[Counted]:
    """Every event that the disclosure tells, in the order lists, forms, text."""
    listed = frozenset(f.table for f in c.forms if f.kind == LIST and f.year is not None)
    for view in c.views:
        if view.table not in listed:
            yield from _listed(c, view)
    own = fold(c.profile.body)
    for form in c.forms:
        if form.kind in _KINDS and form.name and not _is_body(form.name, own):
            yield from _of_form(form, c.profile.fiscal_year)
    yield from told_in(c.document, c.passages, c.document_kind, c.profile.fiscal_year, own)


# ---- lists of projects ---------------------------------------------------------------------------------


def _listed(c: Checked, view: View) -> Iterator[Counted]:
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
    if not found and not goal_list:
        yield from _in_steps(c, view)
        return
    rows = [(r, project, fact) for r, (project, fact) in sorted(found.items())]
    coded = {p for _, p, _ in rows if _LETTERED.fullmatch(p)} or {p for _, p, _ in rows if _LONG.fullmatch(p)}
    kept = [(r, p, f) for r, p, f in rows if not coded or p in coded]
    kind = "goals" if goal_list else "budget"
    for r, project, fact in kept:
        code = project if _LONG.fullmatch(project) else ""
        unit = view.places[r, _column(view, r, fact)].unit
        yield from _row_told(c, view, r, fact, (kind, code, unit, view.rows[r].label or project))


def _in_steps(c: Checked, view: View) -> Iterator[Counted]:
    """A list of bodies, programmes and projects in one column of names: the projects are the rows no others make up."""
    if (
        len(view.columns) != 1
        or view.columns[0].coordinates.kind != "project"
        or not _names_projects(c, view)
    ):
        return
    facts = {r: f for (r, _), f in view.cells.items() if f.amount is not None and f.amount.value}
    rows = [r for r in sorted(facts) if not view.rows[r].total]
    wholes = [facts[r] for r in sorted(facts) if view.rows[r].total]
    if len(wholes) != 1 or wholes[0].unit is None or wholes[0].unit.dimension != "money":
        return
    at = lowest([_base(facts[r]) for r in rows], _base(wholes[0]))
    unit = ""
    for k, r in enumerate(rows):
        label = view.rows[r].label
        if k in at:
            yield from _row_told(c, view, r, facts[r], ("budget", "", unit, label))
        elif texts().body.search(fold(label)):
            unit = label


def _names_projects(c: Checked, view: View) -> bool:
    """The heading of the names says that they are those of projects."""
    table = next((t for t in c.document.tables() if f"t{t.index + 1}" == view.table), None)
    heads = table_kinds().project
    return table is not None and any(x.row < _HEAD_ROWS and label_of(x.text) in heads for x in table.cells)


def _base(fact: Fact) -> Decimal:
    return fact.amount.base if fact.amount is not None else Decimal(0)


def _row_told(
    c: Checked, view: View, r: int, fact: Fact, told: tuple[str, str, str, str]
) -> Iterator[Counted]:
    """A row of a list as an event, where it names a project; ``told``: kind, code, unit and name."""
    kind, code, unit, name = told
    row, own = view.rows[r], fold(c.profile.body)
    above = (
        row.total
        or row.subtotal
        or row.heads
        or _is_body(name, own)
        or texts().programme.fullmatch(fold(name))
    )
    if fact.amount is not None and fact.amount.value and not above and not _NUMBERED.fullmatch(name):
        yield Counted(
            kind,
            name,
            code,
            unit,
            c.profile.fiscal_year,
            fact.place,
            "budget",
            fact.amount.base,
            _printed(fact),
        )


def _is_body(name: str, own: str) -> bool:
    """The name is that of a body or of all its projects, not of one."""
    folded = fold(name)
    return bool(own and folded.startswith(own) and len(folded) <= len(own) + 2) or bool(
        texts().body.search(folded)
    )


def _column(view: View, row: int, fact: Fact) -> int:
    return next(k for (r, k), f in view.cells.items() if r == row and f.id == fact.id)


# ---- forms ---------------------------------------------------------------------------------------------

_MEASURES = {
    "project": (("year", "budget"), ("total", "total")),
    LIST: (("year", "budget"),),
    "evaluation": (("year.budget", "budget"), ("year.spent", "executed")),
}


def _of_form(form: GoalForm, year: int | None) -> Iterator[Counted]:
    kind = _KINDS[form.kind]
    goal = form.text("goal.year", "goal.long", "goal.done")
    begin, end = (_year(form, "begin"), _year(form, "end"))
    words = goal.text if goal else ""
    stated = list(_amounts(form))
    yield Counted(kind, form.name, form.code, form.owner, year, form.place, words=words, begin=begin, end=end)
    for measure, fact in stated:
        yield Counted(
            kind,
            form.name,
            form.code,
            form.owner,
            year,
            form.place,
            measure,
            _value(fact),
            _printed(fact),
            words,
            begin,
            end,
        )
    for item in form.former:
        found = _YEAR.search(item.name)
        if found and _value(item.fact):
            yield Counted(
                "budget",
                form.name,
                form.code,
                form.owner,
                int(found[0]),
                item.fact.place,
                "budget",
                _value(item.fact),
                _printed(item.fact),
            )
    for item in form.purchases:
        yield Counted(
            "intention",
            form.name,
            form.code,
            form.owner,
            year,
            item.fact.place,
            "planned",
            _value(item.fact),
            _printed(item.fact),
            item.name,
        )


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
        kind = _KINDS.get(form.kind, form.kind)
        event = Counted(kind, form.name, form.code, form.owner, c.profile.fiscal_year, form.place).event
        for i in form.indicators:
            yield (
                event,
                form.kind,
                form.name,
                i.level1,
                i.level2,
                i.name,
                i.value,
                i.former,
                i.last,
                i.actual,
                i.period,
                i.weight,
                i.score,
                file_of(i.place),
                i.place.page,
                _key(i.place),
            )


def rows_of(c: Checked) -> Iterator[tuple[Any, ...]]:
    """Events as rows of the table project_events; the same said twice at one place counts once."""
    for t in dict.fromkeys(events_of(c)):
        yield (
            t.event,
            t.kind,
            t.name,
            t.code,
            t.owner,
            t.year,
            t.begin,
            t.end,
            t.measure,
            t.value,
            t.printed,
            t.words,
            file_of(t.place),
            t.place.page,
            _key(t.place),
        )


def _key(place: Place) -> str:
    return place.key
