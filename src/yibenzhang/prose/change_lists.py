"""Lists of changes: a change made up of the changes of the parts, in one sentence or along a list of amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.prose.listing import AND_SO_ON, Listing, listings
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.subjects import change_behind_purpose
from yibenzhang.standards.lexicon.sentences import as_before
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("change_lists")
_AT_ONCE = 30
"""A change stands so close behind its amount."""
_LEVELS = (Kind.VALUE, Kind.ACTUAL)
_DIGITS = 5
"""Amounts with so many digits are the same thing wherever they stand."""

Numbers = Mapping[int, list[Quantity]]
Known = Mapping[Decimal, Sequence[Quantity]]
"""The changes that are told of an amount (in base units), anywhere in the text."""


@dataclass(frozen=True, slots=True)
class ChangeList:
    """Changes of which one is that of the whole, and the changes of the parts, with their directions; ``how``: the
    kind of list; ``levels``: the amounts of the parts, where the list tells them."""

    wholes: tuple[Quantity, ...]
    parts: tuple[Quantity, ...]
    how: str
    levels: tuple[Quantity, ...] = ()


def change_lists(passages: Sequence[Passage], numbers: Numbers, known: Known) -> Iterator[ChangeList]:
    """Changes followed by the changes that make them up, in one sentence; and those of the parts of a list."""
    for position in range(len(passages)):
        found = [q for q in numbers.get(position, []) if q.money]
        yield from _explained(found, numbers.get(position, []))
        yield from _in_brackets(found)
    positions = {id(p): k for k, p in enumerate(passages)}
    for listing in listings(passages, numbers):
        if (made := _along(listing, numbers, positions, known)) is not None:
            yield made


def _in_brackets(found: list[Quantity]) -> Iterator[ChangeList]:
    """ "甲费 24.8 万元（购置费 0 万元，比上年减少 19.6 万元；运行费 24.8 万元，与上年持平），比上年减少 19.6 万元":
    like any list that tells its parts with the change of each."""
    for at, whole in enumerate(found):
        text = whole.passage.text
        close = text.find(")", whole.end) if text.startswith("(", whole.end) else -1
        if close < 0 or whole.kind not in _LEVELS:
            continue
        inside = [q for q in found[at + 1 :] if q.start < close]
        behind = next((q for q in found[at + 1 :] if q.start > close), None)
        levels = [q for q in inside if q.kind in _LEVELS]
        if behind is None or behind.kind != Kind.DELTA or behind.start - close > _AT_ONCE or len(levels) < 2:
            continue
        parts = _each_change(inside)
        alike = _one_base(behind, parts, len(levels))
        if parts and alike and sum((q.amount.base for q in levels), Decimal(0)) == whole.amount.base:
            yield ChangeList((behind,), tuple(parts), "changes along", tuple(levels))


def _each_change(inside: list[Quantity]) -> list[Quantity]:
    """The change behind each of the amounts; none where one is told neither a change nor that it is as it was."""
    parts: list[Quantity] = []
    for q, behind in zip(inside, [*inside[1:], None], strict=True):
        if q.kind == Kind.DELTA:
            parts.append(q)
            continue
        moved = behind is not None and behind.kind == Kind.DELTA and bool(behind.sign)
        if not moved and (q.kind not in _LEVELS or not as_before().match(q.passage.text, q.end)):
            return []
    return parts


def _explained(found: list[Quantity], every: list[Quantity]) -> Iterator[ChangeList]:
    for at, whole in enumerate(found):
        if whole.kind != Kind.DELTA or not whole.sign:
            continue
        text = whole.passage.text
        opening = _WORDS["moved_by"].match(text, _with_its_rate(whole, every))
        if opening is None:
            continue
        stop = text.find("。", opening.end())
        stop = len(text) if stop < 0 else stop
        inside = [q for q in found[at + 1 :] if q.start < stop]
        if inside and _WORDS["why"].search(opening.group()) and ";" in text[opening.end() : inside[0].start]:
            continue  # a reason without a number; what follows is told of something else
        if (made := _made_up(whole, opening.group(), inside)) is not None:
            yield made


def _made_up(whole: Quantity, opening: str, inside: list[Quantity]) -> ChangeList | None:
    """The changes that follow a change: it once more, or what it is made up of."""
    parts = [q for q in inside if q.kind == Kind.DELTA and q.sign]
    if len(parts) < 2:
        return None
    again = [q for q in parts if q.amount.base == whole.amount.base and q.sign == whole.sign]
    if again:
        return ChangeList((whole,), (again[-1],), "changes again")
    if len(parts) != len(inside):
        return None
    so_on = "open" if AND_SO_ON.match(whole.passage.text[parts[-1].end :]) else ""
    word = "其中" if _WORDS["of_which"].search(opening) else "reason"
    return ChangeList((whole,), tuple(parts), f"changes {word} {so_on}".rstrip())


def _with_its_rate(change: Quantity, every: list[Quantity]) -> int:
    """Where a change ends, with the rate right behind it."""
    end = change.end
    for q in every:
        if q.start >= end and q.kind == Kind.RATE and q.start - end < 8:
            end = q.end
    return end


def _changes_of_parts(listing: Listing, numbers: Numbers, positions: Mapping[int, int]) -> list[Quantity]:
    """The changes of those that moved; empty where one tells neither that nor that it is as it was."""
    parts: list[Quantity] = []
    for part in listing.parts:
        change = _change_of(part, numbers, positions)
        if change is not None:
            if change.sign > 0 and change.amount.base > part.amount.base:
                return []  # no increase is greater than what it led to: told by a rule of its own
            parts.append(change)
        elif not as_before().match(part.passage.text, part.end):
            return []
    return parts


def _along(
    listing: Listing, numbers: Numbers, positions: Mapping[int, int], known: Known
) -> ChangeList | None:
    """The changes of the parts of a list of amounts, each of which tells its own or that it is as it was; the change
    of the whole is told behind it, or of the same amount elsewhere. None where a paragraph tells several parts: the
    list has but its first."""
    if "several" in listing.how:
        return None
    parts = _changes_of_parts(listing, numbers, positions)
    beside = [c for w in listing.wholes if (c := _change_of(w, numbers, positions)) is not None]
    wholes = beside or [c for w in listing.wholes if _long(w) for c in known.get(w.amount.base, ())]
    wholes = list({(c.amount.base, c.sign): c for c in wholes if c not in parts}.values())
    wholes = [c for c in wholes if _one_base(c, parts, len(listing.parts))]
    if not parts or not wholes or len(listing.parts) < 2:
        return None
    return ChangeList(tuple(wholes), tuple(parts), "changes along", listing.parts)


def _one_base(whole: Quantity, parts: Sequence[Quantity], count: int) -> bool:
    """All are compared with the same; of ``count`` parts those without a change are as they were last year."""
    if whole.base and len(parts) < count:
        return False
    return all((q.base, _executed(q)) == (whole.base, _executed(whole)) for q in parts)


def _executed(change: Quantity) -> bool:
    """It is compared with what was carried out, not with what was budgeted."""
    return _WORDS["executed"].search(_WORDS["clause"].split(change.lead)[-1]) is not None


def _long(q: Quantity) -> bool:
    return len(f"{q.amount.base.normalize():f}".replace(".", "").strip("0")) >= _DIGITS


def _change_of(q: Quantity, numbers: Numbers, positions: Mapping[int, int]) -> Quantity | None:
    """The change told right after an amount."""
    for other in numbers.get(positions.get(id(q.passage), -1), ()):
        if other.start >= q.end:
            between = _WORDS["next"].sub(",", q.passage.text[q.end : other.start], 1)
            near = len(between) < _AT_ONCE or change_behind_purpose(between)
            return other if near and other.kind == Kind.DELTA and other.sign else None
    return None
