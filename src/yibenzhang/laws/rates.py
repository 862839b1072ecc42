"""Law of rates: change over last year is the rate, executed over budget the completion, part over whole the share."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.laws.families import Family, Instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.intervals import SCALE
from yibenzhang.model.views import View

MOST_READINGS = 40
"""So many pairs of columns are tried for one column of rates; a table of more says itself what is meant."""
_DIRECTION = "rate"
_EARLIER = ("adjusted", "initial", "")

Cells = dict[tuple[int, int], Number]
Reading = tuple[int, int, bool]
"""Column of the numerator, column of the base, and whether the rate is that of the growth over the base."""


def rate_families(numbers: Numbers) -> Iterator[Family]:
    """A family for every column of rates and every pair of columns that it may be the rate of."""
    for position, view in enumerate(numbers.views):
        cells = numbers.of[position]
        for n, column in enumerate(view.columns):
            at = column.coordinates
            if at.version == "rate" or at.stage == "completion":
                yield from _by_row(view, cells, n, _readings(view, at))
            elif at.version == "share":
                yield from _shares(view, cells, n)


def _readings(view: View, at: Coordinates) -> list[Reading]:
    money = [(n, c.coordinates) for n, c in enumerate(view.columns) if not c.coordinates.measure]
    now = [n for n, c in money if c.version in ("", "current_year") and c.stage != "completion"]
    if at.stage == "completion":
        final = [n for n, c in money if c.stage == "final" and c.version == ""]
        bases = [n for n in now if view.columns[n].coordinates.stage in _EARLIER]
        return [(f, b, False) for b in bases for f in final][:MOST_READINGS]
    before = [n for n, c in money if c.version == "previous"]
    changes = [n for n, c in money if c.version == "change"]
    out = [(c, b, False) for b in before for c in changes] or [(t, b, True) for b in before for t in now]
    return out[:MOST_READINGS]


def _by_row(view: View, cells: Cells, column: int, readings: list[Reading]) -> Iterator[Family]:
    for over, base, growth in readings:
        found = []
        for k in range(len(view.rows)):
            rate, a, b = cells.get((k, column)), cells.get((k, over)), cells.get((k, base))
            if rate and a and b and (made := rate_of(rate, a, b, growth)):
                found.append(made)
        yield from _family(view, column, f"{over}/{base}", found)


def _shares(view: View, cells: Cells, column: int) -> Iterator[Family]:
    """The share of each row in the total row, for every column of money."""
    total = next((k for k, r in enumerate(view.rows) if r.total), None)
    if total is None:
        return
    money = [
        n
        for n, c in enumerate(view.columns)
        if not c.coordinates.measure and c.coordinates.version != "share"
    ]
    for n in money[:MOST_READINGS]:
        whole = cells.get((total, n))
        found = []
        for k in range(len(view.rows)):
            rate, part = cells.get((k, column)), cells.get((k, n))
            if k != total and rate and part and whole and (made := rate_of(rate, part, whole, False)):
                found.append(made)
        yield from _family(view, column, f"{n}/share", found)


def _family(view: View, column: int, reading: str, found: list[Instance]) -> Iterator[Family]:
    if found:
        name = f"{view.table}/{view.panel}/rate/{column}/{reading}"
        yield Family("rate", "rate", name, "rate", found, direction=_DIRECTION)


def rate_of(rate: Number, over: Number, base: Number, growth: bool) -> Instance | None:
    """p % of ``base`` is ``over``, or ``over`` - ``base`` where it is a ``growth``: as its gradient at the printed
    numbers (see model.relations). A rate may be cut off instead of rounded: one in its last digit is no contradiction.
    """
    printed = rate.fact.amount
    if printed is None or rate.blank or over.blank or base.blank or base.value <= 0:
        return None
    if any(n.fact.text.rstrip().endswith("%") for n in (over, base)):
        return None  # no amount of money: the row lacks a cell and stands one column early
    p, decimals = printed.value, printed.decimals
    less = 100 if growth else 0
    gap = (100 * over.value - less * base.value) - p * base.value
    slack = 100 * over.slack + (less + abs(p)) * base.slack + base.value * Decimal(1).scaleb(-decimals)
    b = Decimal(base.value).scaleb(-SCALE)
    return Instance(
        terms=((100, over), (-p - less, base), (-b, rate)),
        residual=int(gap),
        slack=int(slack) + 1,
        trivial=not (over.value or p),
        constant=p * b,
        note=_note(rate, over, base, growth),
    )


def _note(rate: Number, over: Number, base: Number, growth: bool) -> str:
    """How the rate is worked out, as printed numbers."""
    places = max(rate.fact.amount.decimals if rate.fact.amount else 0, 2)
    value = over.value - base.value if growth else over.value
    above = f"（{over.fact.text} - {base.fact.text}）" if growth else over.fact.text
    return f"{above} ÷ {base.fact.text} ＝ {Decimal(100 * value) / base.value:.{places}f}%"
