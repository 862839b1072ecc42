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
    """The families of a document's forms and lists; ``numbers`` are those of ``special.views``. A view with a number
    that cannot be read is left out."""
    whole = [not lost for lost in numbers.unreadable]
    for v in (v for v in special.forms if whole[v]):
        yield from fund_families(numbers, v, sums)
    yield from step_families(numbers, special.marks, [*special.goods, *special.lists])
    yield from side_families(numbers, [v for v in special.grids if whole[v]], GRIDS)
    meetings = [v for v in special.lists if v in special.items and whole[v]]
    yield from item_totals(numbers, meetings, special.items, special.budget)
    sources = [*special.forms, *(v for v in special.lists if v not in special.items)]
    sources = [v for v in sources if whole[v]]
    others = [v for v in (*special.budget, *special.goods) if whole[v]]
    yield from link_families(numbers, special.marks, sources, [*others, *sources], frozenset(special.goods))
