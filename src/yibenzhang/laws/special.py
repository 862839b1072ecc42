"""All families of forms and lists, beside those of the laws over every view."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.laws.families import Family
from yibenzhang.laws.lists import (
    Sums,
    fund_families,
    item_totals,
    link_families,
    side_families,
    step_families,
)
from yibenzhang.laws.numbers import Numbers
from yibenzhang.recognising.lists import GRIDS
from yibenzhang.recognising.special import Special


def special_families(special: Special, sums: Sums, numbers: Numbers) -> Iterator[Family]:
    """The families of a document's forms and lists; ``numbers`` are those of ``special.views``."""
    for v in special.forms:
        yield from fund_families(numbers, v, sums)
    yield from step_families(numbers, special.marks, [*special.goods, *special.lists])
    yield from side_families(numbers, special.grids, GRIDS)
    meetings = [v for v in special.lists if v in special.items]
    yield from item_totals(numbers, meetings, special.items, special.budget)
    sources = [*special.forms, *(v for v in special.lists if v not in special.items)]
    yield from link_families(
        numbers, special.marks, sources, [*special.budget, *special.goods, *sources], frozenset(special.goods)
    )
