"""Goals whose words were left out, forms headed by another year, and costs in 元 that are the budget in 万元."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from yibenzhang.model.documents import Cell, Paragraph, Table
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.forms import GoalForm, label_of
from yibenzhang.recognising.indicators import target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicators import MOST_NAMED
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_KINDS = ("project", "list")
_FEW = 3
"""Of the forms of a document at most one in so many lacks its goal, else goals stand elsewhere or were not read."""
_HEAD = 4
_UNITS = {"元": Decimal(1), "万元": Decimal(10_000)}
_OFF = Decimal(10_000)


@rule("goals.blank", needs=("forms",))
def blank(case: Case) -> Iterator[Issue]:
    """Projects whose goal has no words, where those of the others have."""
    forms = [f for f in case.forms if f.kind in _KINDS and f.name and f.indicators]
    lacking = [f for f in forms if not any(t.kind.startswith("goal") and fold(t.text) for t in f.texts)]
    if len(lacking) * _FEW > len(forms) or not lacking or not all(_left_blank(case, f) for f in lacking):
        return
    first, *others = lacking
    shown = tuple(arguments(name=f.name) for f in lacking[:MOST_NAMED])
    places = ((f.name, f.place) for f in others[: MOST_NAMED - 1])
    yield issue_at(
        "goals.blank", first.name, first.place, *places, forms=shown, others=len(forms) - len(lacking)
    )


def _blank(cell: Cell | None) -> bool:
    return cell is None or not fold(cell.text)


def _left_blank(case: Case, form: GoalForm) -> bool:
    """There is a place for the goal's words, right of their label or below it, with nothing in it."""
    labels = {fold(w) for words in case.standards.forms["goal"].values() for w in words}
    table = next((t for t in case.document.tables() if f"t{t.index + 1}" == form.table), None)
    grid = table.grid() if table is not None else []
    if form.kind == "list":
        return _blank_below(grid, labels, fold(form.name))
    for row in grid:
        cells = list(dict.fromkeys(c for c in row if c is not None))
        if cells and label_of(cells[0].text) in labels and not any(fold(c.text) for c in cells[1:]):
            return True
    return False


def _blank_below(grid: Sequence[Sequence[Cell | None]], labels: Collection[str], name: str) -> bool:
    """The column of goals is blank in a row of the project."""
    heads = [(k, c) for row in grid[:_HEAD] for k, c in enumerate(row) if c is not None]
    columns = {k for k, c in heads if label_of(c.text) in labels}
    own = [row for row in grid if any(c is not None and fold(c.text) == name for c in row)]
    return any(_blank(row[k]) for row in own for k in columns)


@rule("goals.cost_unit", needs=("forms",))
def cost_units(case: Case) -> Iterator[Issue]:
    """A target in 元 or 万元 that is its project's budget in the other unit."""
    for form in case.forms:
        budgets = _budgets(form)
        for i in form.indicators:
            target = target_of(i.value)
            if target is None or (factor := _UNITS.get(target.unit)) is None or not target.number:
                continue
            said = target.number * factor
            if any(base == said for _, base, _ in budgets):
                continue
            meant = said * _OFF if target.unit == "元" else said / _OFF
            for there, _, unit in [b for b in budgets if b[1] == meant][:1]:
                yield issue_at(
                    "goals.cost_unit",
                    i.name,
                    i.place,
                    (there.text, there.place),
                    form=form.name or None,
                    value=i.value,
                    amount=there.text,
                    unit=unit,
                )


def _budgets(form: GoalForm) -> list[tuple[Fact, Decimal, str]]:
    """The amounts of money of a form, in 元, and their unit."""
    known = [(f, f.amount, f.unit) for f in form.amounts.values()]
    return [(f, a.base, u.name) for f, a, u in known if a and a.value and u and u.dimension == "money"]


_TITLE = late(r"绩效.{0,10}表")
_ABOVE = 3


@rule("goals.year", needs=("forms", "year"))
def years(case: Case) -> Iterator[Issue]:
    """The year right above a form, in its title or in a line of its own, that is not the document's."""
    headings = [(form, found) for form, at in _headed(case) if (found := at)]
    right = [1 for _, (_, year) in headings if year == case.year]
    seen: set[str] = set()
    for form, (paragraph, year) in headings:
        wrong = year != case.year and (right or case.stage == "accounts")
        if wrong and len(headings) - len(right) <= max(1, len(right)) and paragraph.place.key not in seen:
            seen.add(paragraph.place.key)
            yield issue_at(
                "goals.year", flat(paragraph.text), paragraph.place, form=form.name or None, year=case.year
            )


def _headed(case: Case) -> Iterator[tuple[GoalForm, tuple[Paragraph, int] | None]]:
    blocks = [b for b in case.document.blocks() if isinstance(b, Table) or flat(b.text)]
    at = {f"t{b.index + 1}": k for k, b in enumerate(blocks) if isinstance(b, Table)}
    done: set[str] = set()
    for form in case.forms:
        if form.kind == "list" or form.table in done or form.table not in at:
            continue
        done.add(form.table)
        yield form, _year_above(blocks, at[form.table])


def _year_above(blocks: list[Paragraph | Table], at: int) -> tuple[Paragraph, int] | None:
    for block in reversed(blocks[max(0, at - _ABOVE) : at]):
        if isinstance(block, Table):
            return None
        text = flat(block.text)
        alone = re.fullmatch(r"\(?(20\d\d)年?度?\)?", text)
        if alone:
            return block, int(alone.group(1))
        if _TITLE.search(text) and len(text) <= 40:
            years = set(re.findall(r"20\d\d", text))
            return (block, int(years.pop())) if len(years) == 1 else None
    return None
