"""Lists in running text: a whole and the parts named after it, in one sentence or in paragraphs of their own."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yibenzhang.model.patterns import late
from yibenzhang.prose.list_parts import ends_list, goes_up, lists_below, own_parts, own_whole
from yibenzhang.prose.numbering import DEPTH, NUMBER, flags_by_numbers, ordinal
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.standards.lexicon.sentences import across, made_of, parts_follow, selected
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("listing")
_LEVELS = (Kind.VALUE, Kind.ACTUAL)
MOST_WHOLES = 4
"""So many amounts of a paragraph above a list may be what it makes up: income, expenditure, what was carried over."""
_OPENING = _WORDS["opening"]
AND_SO_ON, _GOES_ON = late(r"^[一-鿿]{0,6}等"), late(r"[一-鿿]{3}")
_ASIDE, _DESCRIBED = _WORDS["aside"], _WORDS["described"]
_NO_MATTER = {"described", "semicolon", "sentences", "over", "changes", "numbered"}
_SEVERAL = late("[、,]")
_ENDS = ("。", ")", ":")
_ITEM = late(r"\((?:\d{3,7})?[类款项]\)|\(\d{5,7}\)")
_OF_GOALS = _WORDS["of_goals"]
_WAY = late(rf"(?:{NUMBER.pattern})按")


@dataclass(frozen=True, slots=True)
class Listing:
    """``wholes``: amounts of which one is what the ``parts`` make up; ``how``: the kind of list."""

    wholes: tuple[Quantity, ...]
    parts: tuple[Quantity, ...]
    how: str


def listings(passages: Sequence[Passage], numbers: Mapping[int, list[Quantity]]) -> Iterator[Listing]:
    """All lists of a text."""
    own: dict[int, list[Listing]] = {}
    for position in range(len(passages)):
        below = _below(passages, numbers, position)
        own[position] = list(_in_sentences(numbers.get(position, []), below))
        yield from own[position]
        yield from _sides(passages, numbers, position)
    yield from _outlined(passages, numbers, own)


def _below(
    passages: Sequence[Passage], numbers: Mapping[int, list[Quantity]], position: int
) -> list[Quantity] | None:
    """The amounts of the numbered paragraphs in which a list goes on that its own does not end; None where it does."""
    if passages[position].text.endswith(_ENDS) or not numbers.get(position):
        return None
    out: list[Quantity] = []
    for k in range(position + 1, len(passages)):
        if NUMBER.match(passages[k].text) is None:
            return None
        for q in numbers.get(k, ()):
            if q.kind == Kind.DELTA:
                return out
            if q.money and q.kind in _LEVELS:
                out.append(q)
        if passages[k].text.endswith("。"):
            return out
    return None


def _in_sentences(found: list[Quantity], below: list[Quantity] | None) -> Iterator[Listing]:
    levels = [q for q in found if q.money and q.kind in _LEVELS]
    for at, whole in enumerate(levels):
        text = whole.passage.text
        opening = _OPENING.match(text, whole.end)
        if opening is None or _ASIDE.search(opening.group()):
            opening = _after_change(text, whole, found) or _named_again(text, whole, found)
        if opening is None:
            continue
        word = opening.group("word") or ":"
        bracket = opening.group("word") is not None and text[: opening.start("word")].endswith("(")
        stop = _stop(text, opening, bracket, [q.start for q in levels[at + 1 : at + 3]], found)
        inside = [q for q in levels[at + 1 :] if opening.end() <= q.start < stop]
        listed = {id(q) for q in inside}  # numbers are compared by where they are: by value it takes too long
        others = [q for q in found if opening.end() <= q.start < stop and id(q) not in listed]
        parts, flags = _parts(text, opening.end(), inside)
        if not parts or any(q.kind == Kind.BROKEN for q in others):
            continue
        colon = opening.group().endswith(":") and not others
        if len(parts) == 1 and colon and not _SEVERAL.search(text, opening.end(), parts[0].start):
            yield Listing((whole,), tuple(parts), f"list {word} single")
        all_of_it = parts[0].amount.base == whole.amount.base
        if len(parts) < 2 or (all_of_it and any(q.amount.value for q in parts[1:])):
            continue  # the first is all of it: what follows is said of something else
        if (own := own_parts(text, whole, parts)) != parts:
            parts = own
        elif goes_up(text, parts):
            flags.append("mixed")
        flags += _manner(text, opening, parts, others)
        if not bracket and text[stop : stop + 1] == ";" and _goes_further(text, stop, levels):
            flags.append("cut")
        flags = flags_by_numbers(text, opening.end(), [q.start for q in parts], flags)
        if stop >= len(text) - 1 and not text.endswith(_ENDS):
            flags.append("unfinished" if below is None else "over")  # it goes on in the next paragraph
            parts += below or []
        yield Listing((own_whole(whole, levels[:at], parts),), tuple(parts), _how(word, flags))


def _goes_further(text: str, stop: int, levels: list[Quantity]) -> bool:
    """Amounts without a change of their own follow behind the semicolon that was taken for the end of a list."""
    end = text.find("。", stop)
    end = len(text) if end < 0 else end
    return any(stop < q.start < end and not _COMPARES.match(text, q.end) for q in levels)


_COMPARES = _WORDS["compares"]


def _manner(text: str, opening: re.Match[str], parts: list[Quantity], others: list[Quantity]) -> list[str]:
    """How a list tells its parts: open (等), as what something is said of ("甲 18 万元、乙 10 万元编报了目标"), with
    changes, over sentences, by what they are used for."""
    behind = text[parts[-1].end :]
    how = {
        "open": bool(AND_SO_ON.match(behind)),
        "predicate": bool(_GOES_ON.match(behind)),
        "changes": any(q.kind in (Kind.DELTA, Kind.LAST, Kind.BUDGETED) for q in others),
        "sentences": "。" in text[parts[0].end : parts[-1].start],
        "used": bool(opening.groupdict().get("used")),
    }
    return [flag for flag, so in how.items() if so]


def _sides(
    passages: Sequence[Passage], numbers: Mapping[int, list[Quantity]], position: int
) -> Iterator[Listing]:
    """ "收入包括：……；支出包括：……" after the total that both sides come to, in its paragraph or right below it."""
    text = passages[position].text
    levels = [q for q in numbers.get(position, []) if q.money and q.kind in _LEVELS]
    above = [q for q in numbers.get(position - 1, []) if q.money and q.kind in _LEVELS]
    for m in _SIDE.finditer(text):
        before = [q for q in (*above, *(q for q in levels if q.end <= m.start())) if _TOTAL.search(q.lead)]
        stop = min(k for c in ";。" if (k := f"{text};。".find(c, m.end())) >= 0)
        inside = [q for q in levels if m.end() <= q.start < stop]
        parts, flags = _parts(text, m.end(), inside)
        if before and len(parts) > 1 and not flags and not AND_SO_ON.match(text[parts[-1].end :]):
            yield Listing((before[-1],), tuple(parts), "list sides")


_SIDE = _WORDS["side"]
_TOTAL = _WORDS["total"]


def _how(word: str, flags: Sequence[str]) -> str:
    """The kind of list: what stands between the parts of what a word like 包括 announces makes no difference."""
    told = {*flags} - (_NO_MATTER if word in made_of() else {"over"})
    return " ".join(["list", word, *sorted(told)])


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


def _named_again(text: str, whole: Quantity, found: list[Quantity]) -> re.Match[str] | None:
    """ "支出预算 9 万元，比上年增加 1 万元。支出预算中，……": a whole that the next sentence names again to part it."""
    opening = _AGAIN.match(text, whole.end)
    if opening is None or not whole.lead.endswith(opening["name"]):
        return None
    between = {q.kind for q in found if whole.end <= q.start < opening.start("name")}
    return opening if between <= {Kind.DELTA, Kind.RATE} else None


_AGAIN = late(r"[^。;]{0,80}[。;](?P<name>[一-鿿]{4,20}?)(?P<word>中),")


def _stop(
    text: str, opening: re.Match[str], bracket: bool, following: list[int], found: list[Quantity]
) -> int:
    """Where a list ends: with its bracket, its sentence, or at a semicolon unless that parts the first two; one that a
    colon opens and that describes its parts (用于) goes on over sentences until a change is told."""
    start = opening.end()
    if not bracket:
        ends = [len(text), text.find("。", start)]
        if opening.group().endswith(":") and _DESCRIBED.search(text, start, ends[1]):
            change = next((q.start for q in found if q.start > start and q.kind == Kind.DELTA), len(text))
            ends[1] = text.rfind("。", ends[1], change)
        between = text[following[0] : following[1]] if len(following) == 2 else ";"
        if ";" not in between and not parts_follow().search(between):
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
    by_semicolons = bool(inside) and ";" in text[inside[0].end : inside[-1].start]
    nested = False
    for q, last in zip(inside, [None, *inside], strict=False):
        nested = by_semicolons and last is not None and _goes_below(text[last.end : q.start], nested)
        if nested:
            continue
        before = text[start : q.start]
        if before.count("(") > before.count(")"):
            flags.append("brackets")
            continue
        lead = text[parts[-1].end if parts else start : q.start]
        if len(parts) > 0 and ends_list(lead):
            break
        if _ASIDE.search(re.split("[;、]", lead)[-1]):
            continue
        if len(parts) > 1 and across().search(re.split("[,;、]", lead)[-1]):
            continue
        if parts and (parts_follow().search(lead) or lead.startswith(":")):
            flags.append("nested")
        if parts and _DESCRIBED.search(lead):
            flags.append("described")
        if parts and ";" in lead:
            flags.append("semicolon")
        parts.append(q)
    return parts, flags


def _goes_below(lead: str, nested: bool) -> bool:
    """Whether an amount stands in a list within one whose parts semicolons keep apart."""
    begun, _, rest = lead.rpartition(";")
    return bool(parts_follow().search(rest)) or (nested and not begun and ";" not in lead)


def _outlined(
    passages: Sequence[Passage], numbers: Mapping[int, list[Quantity]], own: Mapping[int, list[Listing]]
) -> Iterator[Listing]:
    """Paragraphs numbered one below the other, whose first amounts make up that of the paragraph above them; ``own``:
    the lists in the sentences of each paragraph."""
    stack: list[_Level] = []
    last: dict[int, int] = {}
    below = False
    for position, passage in enumerate(passages):
        found = [q for q in numbers.get(position, []) if q.money and q.kind in _LEVELS]
        number = NUMBER.match(passage.text)
        depth = DEPTH[number.lastgroup or "five"] if number else 0
        if number is None and found and stack and not stack[-1].wholes:
            stack[-1].wholes.extend(_first_wholes(found))  # a heading whose text names the amount
            stack[-1].how = _announced(passage)
            stack[-1].own = own.get(position, [])
            continue
        below = number is None and bool(stack) and stack[-1].lists_below
        if number is None and (below or not found):
            if below and found:
                stack[-1].parts_below = True
            continue  # "（二）……。其中：" and lines without a number: parts of that one
        yield from _closed(stack, depth)
        stack = [s for s in stack if s.depth < depth and not s.parts_below]
        if stack and found:
            if not stack[-1].parts:
                stack[-1].goes_on = last.get(depth, 0) + 1
            stack[-1].parts.append(found[0])
            behind = [q for q in found[1:] if ";" in passage.text[found[0].end : q.start]]
            stack[-1].several |= bool(behind)
            stack[-1].more |= any(q.amount.base > found[0].amount.base for q in behind)
            stack[-1].numbers.append(number.group() if number else "")
        if number:
            last[depth] = ordinal(number.group())
        wholes = found[:2] if number else _first_wholes(found, last=True)
        stack.append(_Level(depth, wholes, _announced(passage), own.get(position, [])))
        stack[-1].lists_below = bool(number and wholes) and lists_below(passage)
    yield from () if below else _closed(stack, 0)  # a text that breaks off there may lack the next part


def _first_wholes(found: list[Quantity], last: bool = False) -> list[Quantity]:
    """The first or the last amounts of a paragraph, of which one may be the whole; none where it enumerates."""
    if _enumerates(found):
        return []
    return found[-MOST_WHOLES:] if last else found[:MOST_WHOLES]


def _enumerates(found: list[Quantity]) -> bool:
    """More amounts than can be the whole of a list, parted by semicolons: what is below makes them up together."""
    if len(found) <= MOST_WHOLES:
        return False
    text = found[0].passage.text
    return all(
        ";" in text[a.end : b.start]
        for a, b in zip(found[-MOST_WHOLES:], found[1 - MOST_WHOLES :], strict=False)
    )


@dataclass
class _Level:
    """A paragraph that may be the whole of those below it."""

    depth: int
    wholes: list[Quantity]
    how: str
    own: list[Listing] = field(default_factory=list)
    """The lists in its own sentences."""
    parts: list[Quantity] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    several: bool = False
    """One paragraph tells more than one part."""
    lists_below: bool = False
    """Its own parts follow in lines without numbers."""
    parts_below: bool = False
    """They were told: what is numbered behind them belongs to something else."""
    more: bool = False
    """One that it tells behind the first is greater than that: no detail of it."""
    goes_on: int = 1
    """What follows the last number of the list before it."""

    @property
    def again(self) -> bool:
        """The paragraph names the parts itself, or each of them is all of it (income and expenditure); not where the
        first is all there is and the others are nothing."""
        if not any(w.amount.base == self.parts[0].amount.base for w in self.wholes):
            return False
        return any(q.amount.value for q in self.parts[1:]) or len(self.wholes) > 1

    @property
    def listings(self) -> Iterator[Listing]:
        """What the paragraphs make up: the whole of a list of as many parts in the sentences above them, else what
        stands above them."""
        if len(self.parts) < 2:
            return
        same = [one for one in self.own if _same_parts(one.parts, self.parts)]
        if same:
            yield Listing(same[-1].wholes, tuple(self.parts), "outline again")
        elif self.wholes and not self.again:
            yield self.listing

    def _manner(self) -> str:
        """What the paragraphs are, beside the way they are announced."""
        if _OF_GOALS.search(self.wholes[0].passage.text):
            return " goals"  # some of the projects
        if self.how == "short" and all(len(q.passage.text) <= _SHORT for q in self.parts):
            return " bare"  # names and amounts and nothing else: a table in lines
        if self.how in ("text", "short") and all(_ITEM.search(q.lead) for q in self.parts):
            return " items"
        return " ways" if all(_WAY.match(q.passage.text) for q in self.parts) else ""  # each divides it anew

    @property
    def listing(self) -> Listing:
        """The parts are numbered without a gap, from one on or from where the list before left off, or not."""
        first = self.goes_on if ordinal(self.numbers[0]) == self.goes_on else 1
        begun = [ordinal(n) for n in self.numbers] == list(range(first, len(self.numbers) + first))
        how = self.how + self._manner()
        flags = (
            f"{' several' if self.several else ''}{' more' if self.more else ''}{'' if begun else ' gapped'}"
        )
        return Listing(tuple(self.wholes), tuple(self.parts), f"outline {how}{flags}")


def _same_parts(one: Sequence[Quantity], other: Sequence[Quantity]) -> bool:
    """Two lists tell the same parts in the same order: most amounts are the same."""
    equal = sum(a.amount.base == b.amount.base for a, b in zip(one, other, strict=False))
    return len(one) == len(other) and equal * 2 > len(one)


def _announced(passage: Passage) -> str:
    """How a paragraph speaks of its parts: it announces them, it is no more than its amount, or neither."""
    if passage.text.endswith(":"):
        return "announced" if not selected().search(re.split("[,。;]", passage.text)[-1]) else "selected"
    return "text" if len(passage.text) > _SHORT else "short"


def _closed(stack: list[_Level], depth: int) -> Iterator[Listing]:
    return (listing for s in stack if s.depth >= depth for listing in s.listings)


_SHORT = 40
