"""Averages ("人均接待费 117.81 元"): ten thousand times too much or too little for the amount and the number they are
of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.counts import Average, averages

_NEAR = 12
"""So many paragraphs away the amount and the number may stand."""
_UNIT = Decimal(10_000)
_APART = Decimal("0.03")
_NAMES = {"元": "万元", "万元": "元"}


@rule("counts.average", each_file=True)
def unit_of_average(case: Case) -> Iterator[Issue]:
    """An average that is right but for its unit."""
    seen: set[tuple[int, int]] = set()
    for one in averages():
        for position, p in enumerate(case.passages):
            for m in one.average.finditer(p.text):
                said = Decimal(m.group("amount").replace(",", ""))
                of = _of_what(case, one, position, said, m.group("unit"))
                if of is None or (position, m.start()) in seen:
                    continue
                seen.add((position, m.start()))
                words, place = p.verbatim(m.start(), m.end()).strip(), p.place(m.start("amount"))
                unit = _NAMES[m.group("unit")]
                yield issue_at("counts.average", words, place, whole=of[0], count=of[1], unit=unit)


@rule("counts.mean", each_file=True)
def count_of_average(case: Case) -> Iterator[Issue]:
    """A count beside its average which the one amount of all says to be of another whole number."""
    for one in averages():
        for position, p in enumerate(case.passages):
            for m in one.average.finditer(p.text):
                counts = [
                    c for c in one.count.finditer(p.text, 0, m.start()) if m.start() - c.end() <= _BESIDE
                ]
                wholes = dict(_amounts_beside(case, one, position))
                if not counts or len(wholes) != 1:
                    continue
                said, (whole, text) = Decimal(m.group("amount").replace(",", "")), next(iter(wholes.items()))
                own = said * _UNIT if m.group("unit") == "万元" else said
                count, right = int(counts[-1].group("n")), _whole_number(whole, own)
                if right != count and 0 < right < _MANY * count and not _is(own, whole / count):
                    words = p.clauses(counts[-1].start(), m.end())
                    place = p.place(counts[-1].start("n"))
                    yield issue_at("counts.mean", words, place, whole=text, count=count, right=right)


_MANY = 10
"""A number so many times as large is a slip of the unit."""
_BESIDE = 6
"""So near the count stands before its average."""
_EXACT = Decimal("0.004")


def _amounts_beside(case: Case, one: Average, position: int) -> Iterator[tuple[Decimal, str]]:
    """The amounts of all in the same paragraph and the one before it."""
    for k in range(max(0, position - 1), position + 1):
        yield from (
            (q.amount.base, _printed(q)) for q in case.by_passage[k] if _of(one, q) and q.amount.value
        )


def _whole_number(whole: Decimal, mean: Decimal) -> int:
    """How many there are by the amount and the average, where that is a whole number but for rounding; else 0."""
    if not mean:
        return 0
    found = round(whole / mean)
    return found if found and abs(whole - found * mean) <= whole * _EXACT else 0


def _of_what(case: Case, one: Average, position: int, said: Decimal, unit: str) -> tuple[str, int] | None:
    """The amount and the number of which it is the average in the other unit, where it is that of none in its own."""
    own, other = (said * _UNIT, said) if unit == "万元" else (said, said * _UNIT)
    counts = _counts(case, one, position)
    found = [(whole, text, n) for whole, text in _wholes(case, one, position) for n in counts]
    if any(_is(own, whole / n) for whole, _, n in found):
        return None
    return next(((text, n) for whole, text, n in found if _is(other, whole / n)), None)


def _is(said: Decimal, mean: Decimal) -> bool:
    return bool(mean) and abs(said - mean) <= mean * _APART


def _counts(case: Case, one: Average, position: int) -> list[int]:
    """How many there are, as the paragraphs around say."""
    found = []
    for p in case.passages[max(0, position - _NEAR) : position + _NEAR]:
        found += [int(m.group("n")) for m in one.count.finditer(p.text) if int(m.group("n"))]
    return list(dict.fromkeys(found))


def _wholes(case: Case, one: Average, position: int) -> list[tuple[Decimal, str]]:
    """The amounts of all, in the paragraphs around and in the tables."""
    out = []
    for k in range(max(0, position - _NEAR), min(position + _NEAR, len(case.passages))):
        out += [(q.amount.base, _printed(q)) for q in case.by_passage[k] if _of(one, q)]
    for view in case.views:
        for (r, c), f in view.cells.items():
            if f.amount is None or not f.amount.value or f.unit is None or f.unit.dimension != "money":
                continue
            names = (view.rows[r].label, *view.columns[c].path)
            if any(one.label.search(fold(n)) for n in names):
                out.append((f.amount.base, f"{f.text} {f.unit.name}"))
    return out


def _printed(q: Quantity) -> str:
    return f"{q.amount.text} {q.amount.unit.name}" if q.amount.unit else q.amount.text


def _of(one: Average, q: Quantity) -> bool:
    if not q.money or q.kind not in (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED) or not q.amount.value:
        return False
    begin = max(q.passage.text.rfind(c, 0, q.start) for c in "。;") + 1
    return one.item.search(q.passage.text, begin, q.start) is not None
