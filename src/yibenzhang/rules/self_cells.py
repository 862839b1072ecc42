"""Cells of self-assessments that cannot be what they stand for: units, names that are values, labels left in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.forms import GoalForm, label_of
from yibenzhang.recognising.indicators import Indicator, Target, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("self_cells")
_BEGINS = 5
_SHOWN = 20
_NOT = _WORDS["not"].pattern
_NEAR = 5
"""A number in a unit ten thousand times as large that is about the target's is in the wrong unit."""


@rule("scores.unit")
def units(case: Case) -> Iterator[Issue]:
    """What was reached in a unit that the target's cannot be, or in two units at once."""
    known = Vocabulary(words_of(case))
    counted = frozenset(known.of("not_a_rate"))
    for form in case.forms:
        for one in form.indicators if form.kind == "evaluation" else ():
            reached = flat(one.actual)
            if m := _WORDS["doubled"].search(reached):
                yield _unit(form, one, "doubled", m["unit"])
                continue
            target, found = target_of(one.value), target_of(one.actual)
            if target and found and _other_size(target, found, counted):
                yield _unit(form, one, "", found.unit)


def _other_size(target: Target, found: Target, counted: frozenset[str]) -> bool:
    """The target counts single things, what was reached is in tens of thousands and as large a number."""
    if not target.number or not found.number or target.unit not in counted:
        return False
    large = _WORDS["myriad"].fullmatch(found.unit) is not None
    return large and target.number <= found.number * _NEAR and found.number <= target.number * _NEAR


def _unit(form: GoalForm, one: Indicator, template: str, unit: str) -> Issue:
    return issue_at(
        "scores.unit",
        one.name,
        one.place,
        template=template,
        form=form.name or None,
        target=flat(one.value),
        reached=flat(one.actual),
        unit=unit,
    )


@rule("scores.value_name")
def named_by_value(case: Case) -> Iterator[Issue]:
    """The name of an indicator is a value, the one beside it."""
    for form in case.forms:
        for one in form.indicators:
            name = flat(one.name)
            if _WORDS["value"].fullmatch(name) and (name == flat(one.value) or name == flat(one.actual)):
                yield issue_at("scores.value_name", one.name, one.place, form=form.name or None)


@rule("scores.label_left")
def labels_left(case: Case) -> Iterator[Issue]:
    """A label of the form stands where the words of the goal should."""
    goals = {fold(w): kind for kind, words in case.standards.forms["goal"].items() for w in words}
    tables = {f"t{t.index + 1}": t for t in case.document.tables()}
    seen: set[str] = set()
    for form in case.forms:
        table = tables.get(form.table)
        if form.kind != "evaluation" or table is None or form.table in seen:
            continue
        seen.add(form.table)
        for cell in _left_in(table, goals):
            yield issue_at("scores.label_left", cell.text, cell.place, form=form.name or None)


def _left_in(table: Table, goals: dict[str, str]) -> Iterator[Cell]:
    """In the row below two labels of goals of different kinds: a label of another kind than the one above."""
    by_row: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if fold(cell.text):
            by_row.setdefault(cell.row, []).append(cell)
    for r, row in by_row.items():
        above = {c.column: k for c in row if (k := goals.get(label_of(c.text)))}
        if len(set(above.values())) < 2:
            continue
        for cell in by_row.get(r + 1, ()):
            own = goals.get(label_of(cell.text))
            if (
                own
                and cell.column in above
                and own != above[cell.column]
                and _filled(by_row[r + 1], cell, above)
            ):
                yield cell


def _filled(row: Sequence[Cell], cell: Cell, above: dict[int, str]) -> bool:
    """Another column of that row has words, so that it is no second row of labels."""
    return any(c is not cell and c.column in above and len(fold(c.text)) >= 4 for c in row)


@rule("scores.not_name")
def not_named(case: Case) -> Iterator[Issue]:
    """A goal that speaks of what is not the thing that the project is named by."""
    for form in case.forms:
        begin = _WORDS["dress"].sub("", fold(form.name))[:_BEGINS]
        if len(begin) < _BEGINS or _WORDS["fixed"].search(begin):
            continue
        goals = [(flat(t.text), t.place) for t in form.texts if t.kind.startswith("goal")]
        if any(begin in spoken.replace(_NOT + begin, "") for spoken, _ in goals):
            continue  # the project is of both
        for spoken, place in goals:
            at = spoken.find(_NOT + begin)
            if at >= 0:
                words = spoken[max(0, at - 3) : at + _SHOWN]
                yield issue_at("scores.not_name", words, place, form=form.name, word=_NOT + begin)
                break


@rule("scores.value_kind")
def ratios(case: Case) -> Iterator[Issue]:
    """A very small share as the value of an indicator of improvement, where a rate of the document has it."""
    known = Vocabulary(words_of(case))
    shares: dict[str, str] = {}
    for form in case.forms:
        for one in form.indicators:
            if _WORDS["share"].search(flat(one.value)) and _WORDS["rate_name"].search(known.name(one)):
                shares.setdefault(flat(one.value), one.name)
    for form in case.forms if shares else ():
        for one in form.indicators:
            value = flat(one.value)
            name = known.name(one)
            if value in shares and _WORDS["better"].search(name) and not _WORDS["rate_name"].search(name):
                yield issue_at(
                    "scores.value_kind",
                    one.name,
                    one.place,
                    form=form.name or None,
                    value=value,
                    other=shares[value],
                )
