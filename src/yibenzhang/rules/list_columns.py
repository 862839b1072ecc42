"""Lists whose items tell several numbers each: "3 次会议，270 人，内容为：甲会 1 次，120 人，1.80 万元、……"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("list_columns")
_OPENS = _WORDS["opens"]
_NUMBER = _WORDS["number"]
_SUMS = _WORDS["sums"]
_FEWEST, _COLUMNS = 2, 2
_MOST_OPENED, _LONGEST = 4, 4000
"""A sentence opens few lists, and people write no longer ones: the cost stays in proportion to the text."""


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Numbers by their unit, where each stands once."""

    start: int
    numbers: dict[str, Decimal]


@rule("counts.columns", needs=("text",), each_file=True)
def columns(case: Case) -> Iterator[Issue]:
    """One kind of number of a list does not come to what stands before it, though all the others do."""
    for p in case.passages:
        begin, before = 0, ""
        for sentence in p.text.split("。"):
            opened = islice(_OPENS.finditer(sentence), _MOST_OPENED) if len(sentence) <= _LONGEST else ()
            for m in opened:
                above = sentence[: m.start()] or before
                head, items = _numbers(above, 0), _items(sentence[m.end() :], m.end())
                if head is None or items is None or _SUMS.search(sentence, m.end()):
                    continue
                wrong = _wrong(head, items)
                if wrong:
                    unit, total = wrong
                    words = p.clauses(begin, begin + len(sentence))
                    place = p.place(begin + items[0].start)
                    yield issue_at(
                        "counts.columns",
                        words,
                        place,
                        unit=unit,
                        said=f"{head.numbers[unit]}",
                        total=f"{total}",
                    )
                    break
            begin, before = begin + len(sentence) + 1, sentence


def _numbers(text: str, start: int) -> _Numbers | None:
    """What a stretch tells once of each unit; None where nothing."""
    found: dict[str, list[Decimal]] = {}
    for m in _NUMBER.finditer(text):
        found.setdefault(m["unit"], []).append(Decimal(m["n"].replace(",", "")))
    once = {unit: numbers[0] for unit, numbers in found.items() if len(numbers) == 1}
    return _Numbers(start, once) if once else None


def _items(text: str, start: int) -> list[_Numbers] | None:
    """The items of a list, each of which tells numbers of the same units; None where they do not."""
    marks = ";" if ";" in text else "、,"
    return next((found for mark in marks if (found := _parted(text, mark, start)) is not None), None)


def _parted(text: str, mark: str, start: int) -> list[_Numbers] | None:
    out: list[_Numbers] = []
    units: set[str] = set()
    for piece in text.split(mark):
        found = _numbers(piece, start)
        start += len(piece) + 1
        if found is None:
            return None
        units = units or set(found.numbers)
        if set(found.numbers) != units:
            return None
        out.append(found)
    return out if len(out) >= _FEWEST and len(units) >= _COLUMNS else None


def _wrong(head: _Numbers, items: Sequence[_Numbers]) -> tuple[str, Decimal] | None:
    """The one unit whose sum differs, and what it comes to; money may be off by its rounding."""
    shared = [u for u in items[0].numbers if u in head.numbers]
    sums = {u: sum((i.numbers[u] for i in items), Decimal(0)) for u in shared}
    off = [
        u for u in shared if abs(sums[u] - head.numbers[u]) > (len(items) * _HALF if u.endswith("元") else 0)
    ]
    return (off[0], sums[off[0]]) if len(off) == 1 and len(shared) >= _COLUMNS else None


_HALF = Decimal("0.01")
