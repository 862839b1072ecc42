"""Lists in running text: a whole and the parts named after it, in one sentence or in paragraphs of their own."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yibenzhang.model.digits import whole_number
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity

_LEVELS = (Kind.VALUE, Kind.ACTUAL)
MOST_WHOLES = 4
"""So many amounts of a paragraph above a list may be what it makes up: income, expenditure, what was carried over."""
_OPENING = re.compile(
    r"(?:[^。;\d(]{0,12}[,。;:(]?(?P<word>其中|包括|分别为|具体为|分别是|由)[一-鿿]{0,8}[:,]?|(?P<colon>:)(?=[^。;]{3}))"
)
_AND_SO_ON = re.compile(r"^[一-鿿]{0,6}等")
_NESTED = re.compile(r"其中|包括")
_ASIDE = re.compile(r"原因|由于|因为|相比|[比较]上年")
_DESCRIBED = re.compile(r"用于|绩效目标")
_NUMBER = re.compile(
    r"(?P<one>[一二三四五六七八九十]+、)|(?P<two>\([一二三四五六七八九十]+\))|(?P<three>\d{1,2}[、.](?!\d))|(?P<four>\(\d{1,2}\))|(?P<five>[①-⑳])"
)
_DEPTH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


@dataclass(frozen=True, slots=True)
class Listing:
    """``wholes``: amounts of which one is what the ``parts`` make up; ``how``: the kind of list."""

    wholes: tuple[Quantity, ...]
    parts: tuple[Quantity, ...]
    how: str


def listings(passages: Sequence[Passage], numbers: Mapping[int, list[Quantity]]) -> Iterator[Listing]:
    """All lists of a text."""
    for position in range(len(passages)):
        yield from _in_sentences(numbers.get(position, []))
    yield from _outlined(passages, numbers)


def _in_sentences(found: list[Quantity]) -> Iterator[Listing]:
    levels = [q for q in found if q.money and q.kind in _LEVELS]
    for at, whole in enumerate(levels):
        text = whole.passage.text
        opening = _OPENING.match(text, whole.end)
        if opening is None or _ASIDE.search(opening.group()):
            opening = _after_change(text, whole, found)
        if opening is None:
            continue
        word = opening.group("word") or ":"
        bracket = opening.group("word") is not None and text[: opening.start("word")].endswith("(")
        stop = _stop(text, opening.end(), bracket, [q.start for q in levels[at + 1 : at + 3]])
        inside = [q for q in levels[at + 1 :] if opening.end() <= q.start < stop]
        others = [q for q in found if opening.end() <= q.start < stop and q not in inside]
        parts, flags = _parts(text, opening.end(), inside)
        if len(parts) < 2 or any(q.kind == Kind.BROKEN for q in others):
            continue
        if _AND_SO_ON.match(text[parts[-1].end :]):
            flags.append("open")
        if any(q.kind in (Kind.DELTA, Kind.LAST, Kind.BUDGETED) for q in others):
            flags.append("changes")
        yield Listing((whole,), tuple(parts), " ".join(["list", word, *sorted(set(flags))]))


def _after_change(text: str, whole: Quantity, found: list[Quantity]) -> re.Match[str] | None:
    """The opening of a list after what is said of the change of its whole."""
    end = whole.end
    for q in found[bisect_left(found, end, key=lambda q: q.start) :]:
        if q.start < end:
            continue
        if q.kind not in (Kind.DELTA, Kind.RATE, Kind.SHARE, Kind.COMPLETION) or q.start - end > 40:
            return None
        end = q.end
        opening = _OPENING.match(text, end)
        if opening is not None and not _ASIDE.search(opening.group()):
            return opening
    return None


def _stop(text: str, start: int, bracket: bool, following: list[int]) -> int:
    """Where a list ends: with its bracket, its sentence, or at a semicolon unless that parts the first two."""
    if not bracket:
        ends = [len(text), text.find("。", start)]
        if len(following) == 2 and ";" not in text[following[0] : following[1]]:
            ends.append(text.find(";", start))
        return min(e for e in ends if e >= 0)
    depth = 1
    for k in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[k], 0)
        if not depth:
            return k
    return len(text)


def _parts(text: str, start: int, inside: list[Quantity]) -> tuple[list[Quantity], list[str]]:
    """The amounts of a list without those in brackets, in a list within the list, or in a reason."""
    parts: list[Quantity] = []
    flags: list[str] = []
    for q in inside:
        before = text[start : q.start]
        if before.count("(") > before.count(")"):
            flags.append("brackets")
            continue
        lead = text[parts[-1].end if parts else start : q.start]
        if _ASIDE.search(re.split("[;、]", lead)[-1]):
            continue
        if parts and (_NESTED.search(lead) or lead.startswith(":")):
            flags.append("nested")
        if parts and _DESCRIBED.search(lead):
            flags.append("described")
        if parts and ";" in lead:
            flags.append("semicolon")
        parts.append(q)
    return parts, flags


def announced(passages: Sequence[Passage]) -> dict[int, str]:
    """What a paragraph that ends with a colon says, by the identity of each paragraph numbered below it."""
    out: dict[int, str] = {}
    stack: list[tuple[int, str]] = []
    for passage in passages:
        number = _NUMBER.match(passage.text)
        depth = _DEPTH[number.lastgroup or "five"] if number else 0
        stack = [s for s in stack if s[0] < depth]
        if stack:
            out[id(passage)] = stack[-1][1]
        if passage.text.endswith(":"):
            stack.append((depth, passage.text))
    return out


def _outlined(passages: Sequence[Passage], numbers: Mapping[int, list[Quantity]]) -> Iterator[Listing]:
    """Paragraphs numbered one below the other, whose first amounts make up that of the paragraph above them."""
    stack: list[_Level] = []
    for position, passage in enumerate(passages):
        found = [q for q in numbers.get(position, []) if q.money and q.kind in _LEVELS]
        number = _NUMBER.match(passage.text)
        depth = _DEPTH[number.lastgroup or "five"] if number else 0
        if number is None and found and stack and not stack[-1].wholes:
            stack[-1].wholes.extend(found[:MOST_WHOLES])  # a heading whose text names the amount
            stack[-1].how = _announced(passage)
            continue
        if number is None and not found:
            continue
        yield from _closed(stack, depth)
        stack = [s for s in stack if s.depth < depth]
        if stack and found:
            stack[-1].parts.append(found[0])
            stack[-1].numbers.append(number.group() if number else "")
        stack.append(_Level(depth, found[:2] if number else found[-MOST_WHOLES:], _announced(passage)))
    yield from _closed(stack, 0)


@dataclass
class _Level:
    """A paragraph that may be the whole of those below it."""

    depth: int
    wholes: list[Quantity]
    how: str
    parts: list[Quantity] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    @property
    def again(self) -> bool:
        """The paragraph names the parts itself, or each of them is all of it (income and expenditure)."""
        return any(w.amount.base == self.parts[0].amount.base for w in self.wholes)

    @property
    def listing(self) -> Listing:
        """The parts are numbered from one on without a gap, or not."""
        begun = [ordinal(n) for n in self.numbers] == list(range(1, len(self.numbers) + 1))
        return Listing(
            tuple(self.wholes), tuple(self.parts), f"outline {self.how}{'' if begun else ' gapped'}"
        )


_CHINESE = {c: n for n, c in enumerate("一二三四五六七八九", 1)}


def ordinal(number: str) -> int:
    """The number of a list item: "(3)", "十二、", "⑤"; 0 where it is none."""
    digits = "".join(c for c in number if c not in "(),.、")
    if digits.isascii() and digits.isdigit():
        return whole_number(digits)
    if len(digits) == 1 and "①" <= digits <= "⑳":
        return ord(digits) - ord("①") + 1
    tens, ten, ones = digits.partition("十")
    value = _CHINESE.get(ones, 0) if ten else _CHINESE.get(tens, 0)
    return value + (10 * _CHINESE.get(tens, 1) if ten else 0)


def _announced(passage: Passage) -> str:
    """How a paragraph speaks of its parts: it announces them, it is no more than its amount, or neither."""
    if passage.text.endswith(":"):
        return "announced"
    return "text" if len(passage.text) > _SHORT else "short"


def _closed(stack: list[_Level], depth: int) -> Iterator[Listing]:
    return (s.listing for s in stack if s.depth >= depth and s.wholes and len(s.parts) >= 2 and not s.again)


_SHORT = 40


@dataclass(frozen=True, slots=True)
class ChangeList:
    """A change and the changes of the parts, with their directions; ``how``: the kind of list."""

    whole: Quantity
    parts: tuple[Quantity, ...]
    how: str


_MOVED_BY = re.compile(r"[,;。:(]?(?:[一-鿿]{0,4}(?:主要|原因)[一-鿿]{0,4}|其中|包括)[:,]?")


def change_lists(passages: Sequence[Passage], numbers: Mapping[int, list[Quantity]]) -> Iterator[ChangeList]:
    """Changes followed by the changes that make them up, in one sentence; and those of the parts of a list."""
    for position in range(len(passages)):
        found = [q for q in numbers.get(position, []) if q.money]
        yield from _explained(found, numbers.get(position, []))
    for listing in listings(passages, numbers):
        whole, parts = _change_of(listing.wholes[0], numbers, passages), []
        for part in listing.parts:
            change = _change_of(part, numbers, passages)
            if change is not None:
                parts.append(change)
        if whole is not None and len(parts) == len(listing.parts) and whole not in parts:
            yield ChangeList(whole, tuple(parts), f"changes along {listing.how.split()[0]}")


def _explained(found: list[Quantity], every: list[Quantity]) -> Iterator[ChangeList]:
    for at, whole in enumerate(found):
        if whole.kind != Kind.DELTA or not whole.sign:
            continue
        text = whole.passage.text
        end = whole.end
        for q in every:
            if q.start >= end and q.kind == Kind.RATE and q.start - end < 8:
                end = q.end
        opening = _MOVED_BY.match(text, end)
        if opening is None:
            continue
        stop = text.find("。", opening.end())
        stop = len(text) if stop < 0 else stop
        inside = [q for q in found[at + 1 :] if q.start < stop]
        parts = [q for q in inside if q.kind == Kind.DELTA and q.sign]
        again = [q for q in parts if q.amount.base == whole.amount.base and q.sign == whole.sign]
        if len(parts) >= 2 and again:
            yield ChangeList(whole, (again[-1],), "changes again")
            continue
        if len(parts) >= 2 and len(parts) == len(inside):
            so_on = "open" if _AND_SO_ON.match(text[parts[-1].end :]) else ""
            word = "其中" if "其中" in opening.group() or "包括" in opening.group() else "reason"
            yield ChangeList(whole, tuple(parts), f"changes {word} {so_on}".rstrip())


def _change_of(
    q: Quantity, numbers: Mapping[int, list[Quantity]], passages: Sequence[Passage]
) -> Quantity | None:
    """The change told right after an amount."""
    position = next((k for k, p in enumerate(passages) if p is q.passage), -1)
    following = [o for o in numbers.get(position, []) if o.start >= q.end]
    if (
        following
        and following[0].kind == Kind.DELTA
        and following[0].sign
        and following[0].start - q.end < 30
    ):
        return following[0]
    return None
