"""A whole and its parts that a standard names: in one sentence, in a list, or under one heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Made, Relation, Term
from yibenzhang.prose.listing import Listing, listings
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.lists import ANNOUNCES, FEWEST, GOES_ON, below
from yibenzhang.rules.registry import rule
from yibenzhang.standards import Split
from yibenzhang.standards.patterns import patterns


@rule(data="splits", needs=("text",), each_file=True)
def parts(case: Case) -> Iterator[Made]:
    """A whole with its parts in one sentence; a list that is a keyboard's slip away from its whole is one, too."""
    made: set[str] = set()
    for relation in _in_sentences(case):
        made.add(relation.id)
        yield relation
    yield from (r for r in _further(case) if r.id not in made)


def _in_sentences(case: Case) -> Iterator[Relation]:
    shorter = [replace(s, parts=s.short) for s in case.standards.splits if s.short]
    for found in case.by_passage.values():
        made = [r for split in _ways(case) for r in split_of(split, found)]
        ids = {r.id for r in made}
        yield from made
        yield from (r for split in shorter for r in split_of(split, found) if r.id not in ids)


def _further(case: Case) -> Iterator[Relation]:
    """In lists over several paragraphs, below one that announces them, under one heading."""
    for listing in listings(case.passages, case.by_passage):
        if any(part.passage is not whole.passage for whole in listing.wholes for part in listing.parts):
            for split in _ways(case):
                yield from _outlined(split, listing)
    for position, passage in enumerate(case.passages):
        if ANNOUNCES.search(passage.text) and (under := below(case, position)):
            for split in _ways(case):
                yield from split_of(split, [*case.by_passage[position], *under])
    for section in _sections(case):
        for split in _ways(case):
            yield from _within(split, *section)


_Section = tuple[Sequence[Passage], list[Quantity]]


def _sections(case: Case) -> Iterator[_Section]:
    """Paragraphs under one heading, with their amounts."""
    passages: list[Passage] = []
    amounts: list[Quantity] = []
    for position, p in enumerate(case.passages):
        if passages and (p.heading or p.section != passages[-1].section):
            yield passages, amounts
            passages, amounts = [], []
        passages.append(p)
        amounts += (q for q in case.by_passage.get(position, []) if q.money and q.kind in _AMOUNTS)
    yield passages, amounts


_AMOUNTS = frozenset({Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED, Kind.LAST})


def _within(split: Split, passages: Sequence[Passage], amounts: list[Quantity]) -> Iterator[Relation]:
    """A whole and its parts wherever they stand under one heading, where each is told once: nothing else can be meant.
    A part that the text says there is none of is left out."""
    if len({q.kind for q in amounts}) != 1 or len(amounts) > _MOST_TOLD:
        return
    wholes, parts, nothing = _by_name(split, amounts)
    if len(wholes) != 1 or any(len(p) > 1 for p in parts):
        return
    untold = [k for k, found in enumerate(parts) if not found and k not in nothing]
    if not all(_there_is_none(split.parts[k], passages) for k in untold):
        return
    left = [q for found in parts for q in found]
    if len(left) >= FEWEST:
        terms = (Term(1, wholes[0].fact), *(Term(-1, q.fact) for q in left))
        yield Relation(f"{split.id}|{wholes[0].fact.id}", split.id, terms)


def _by_name(split: Split, amounts: list[Quantity]) -> tuple[list[Quantity], list[list[Quantity]], set[int]]:
    """The amounts of the whole and of each part, and the parts of which there are none; no whole where an amount is
    that of several parts."""
    wholes: list[Quantity] = []
    nothing: set[int] = set()
    parts: list[list[Quantity]] = [[] for _ in split.parts]
    for q in amounts:
        if _inside_a_part(q, parts):
            continue
        clause = re.split("[,;。:]", re.sub("[“”]", "", q.lead))[-1]
        named = [k for k, words in enumerate(split.parts) if any(w in clause for w in words)]
        if not named and any(_ends_with(clause, w) for w in split.total):
            wholes.append(q)
        elif len(named) == 1:
            parts[named[0]].append(q)
        elif named and q.amount.value:
            return [], parts, nothing
        else:
            nothing |= {*named}  # "购置费和出国费均为 0 万元"
    return wholes, parts, nothing


def _inside_a_part(q: Quantity, parts: list[list[Quantity]]) -> bool:
    """The sentence divides a part again: "公务用车购置及运行费 28 万元，其中购置费 18 万元"."""
    text = q.passage.text
    opened = text.rfind("其中", max(text.rfind(c, 0, q.start) for c in ";。") + 1, q.start)
    before = [p for found in parts for p in found if p.passage is q.passage and p.end <= opened]
    return opened >= 0 and any(re.fullmatch("[,(]?", text[p.end : opened]) for p in before)


_MOST_TOLD = 12
_WORDS = patterns("splits")
_AFTER_NAME = _WORDS["after_name"]


def _ends_with(clause: str, word: str) -> bool:
    """The clause speaks of this and of nothing behind it."""
    head, found, rest = clause.rpartition(word)
    return bool(found) and _AFTER_NAME.fullmatch(rest) is not None


_NOTHING = _WORDS["nothing"].pattern
_DENIED = late(rf"{_NOTHING}[^,;。\d]*")
_PLAIN = _WORDS["plain"]
_EACH = _WORDS["each"]
_OF_SOME = _WORDS["of_some"]


def _there_is_none(words: Sequence[str], passages: Sequence[Passage]) -> bool:
    return any(_none_in(words, p.text) for p in passages)


def _none_in(words: Sequence[str], text: str) -> bool:
    if not (any(w in text for w in words) and _WORDS["nothing"].search(text)):
        return False
    word = f"(?:{'|'.join(words)})"
    behind = rf"{word}[^,;。\d]{{0,12}}{_NOTHING}"
    before = rf"{_NOTHING}[^,;。\d]{{0,16}}{word}"
    return re.search(f"{behind}|{before}", text) is not None


def _ways(case: Case) -> list[Split]:
    """The wholes with their parts, and once more where one part may be told in two."""
    splits = list(case.standards.splits)
    return splits + [replace(s, parts=s.apart) for s in splits if s.apart]


def _outlined(split: Split, listing: Listing) -> Iterator[Relation]:
    """The parts in paragraphs of their own, below the one that tells their whole."""
    wholes = [q for q in listing.wholes if any(w in _name(q) for w in split.total)]
    parts = [[q for q in listing.parts if any(w in _name(q) for w in words)] for words in split.parts]
    if len(wholes) == 1 and all(len(p) == 1 for p in parts):
        terms = (Term(1, wholes[0].fact), *(Term(-1, p[0].fact) for p in parts))
        yield Relation(f"{split.id}|{wholes[0].fact.id}", split.id, terms)


def _name(q: Quantity) -> str:
    """The last words before a number, without quotation marks."""
    return re.split("[,;。]", re.sub("[“”]", "", q.lead))[-1]


def split_of(split: Split, quantities: list[Quantity]) -> Iterable[Relation]:
    """A whole with all its parts named after it in one sentence."""
    values = [q for q in quantities if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)]
    broken = [q.start for q in quantities if q.kind == Kind.BROKEN]
    if split.parts != split.short:
        yield from _summed_up(split, values)
    for at, whole in enumerate(values):
        if not _names_whole(split, whole):
            continue
        stop = _stop(whole)
        found = _parts_named(split, whole, stop, values[at + 1 :])
        if any(whole.end <= at and (stop < 0 or at < stop) for at in broken):
            continue
        found |= _unnamed(whole, found, values[at + 1 :])
        stated = whole.passage.text[whole.end : stop if stop >= 0 else None]
        if split.parts == split.short and split.without in _DENIED.sub("", stated):
            continue
        if _divides_another(whole, found, values[at + 1 :]):
            continue
        none = [n for n, words in enumerate(split.parts) if n not in found and _none_in(words, stated)]
        all_told = len(found) + len(none) >= len(split.parts)
        if len(found) >= FEWEST and (all_told or split.id == "prose.procurement"):
            terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in found.values()))
            yield Relation(f"{split.id}|{whole.fact.id}", split.id, terms)


def _divides_another(whole: Quantity, found: dict[int, Quantity], values: list[Quantity]) -> bool:
    """The parts stand in brackets behind an amount that is none of them: "其中面向中小企业采购 3 万元（货物 1
    万元……）"."""
    text, first = (
        whole.passage.text,
        min((q.start for q in found.values() if q.passage is whole.passage), default=0),
    )
    before = [q for q in values if q.passage is whole.passage and q.end < first and q not in found.values()]
    return bool(before) and re.match(r"\([^()\d]*\Z", text[before[-1].end : first]) is not None


def _names_whole(split: Split, q: Quantity) -> bool:
    """Its clause names the whole, and none of the parts."""
    clause = q.lead.replace("“", "").replace("”", "").split("。")[-1]
    if not any(word in clause.split(",")[-1] for word in split.total):
        return False
    return not any(w in clause for part in split.parts for w in part)


def _stop(whole: Quantity) -> int:
    """Where the sentence ends that its parts may stand in, or those that go on about it; -1: nowhere."""
    text = whole.passage.text
    stop = text.find("。", whole.end)
    while stop >= 0 and GOES_ON.match(text, stop + 1):
        stop = text.find("。", stop + 1)
    return stop


def _parts_named(split: Split, whole: Quantity, stop: int, after: list[Quantity]) -> dict[int, Quantity]:
    """The amounts behind the whole by the part that each names."""
    found: dict[int, Quantity] = {}
    for q in after:
        if stop >= 0 and (q.passage is not whole.passage or stop < q.start):
            break
        named = (
            n
            for n, words in enumerate(split.parts)
            if n not in found and any(w in _named_by(q) for w in words)
        )
        if (part := next(named, None)) is not None:
            found[part] = q
    return found


def _named_by(q: Quantity) -> str:
    """The words that name an amount: those before it, or where these say only that it is one, those before them."""
    *before, last = re.split("[,;]", q.lead)
    return before[-1] if before and _PLAIN.fullmatch(last) else last


def _unnamed(whole: Quantity, found: dict[int, Quantity], values: list[Quantity]) -> dict[int, Quantity]:
    """Further parts between or right behind those that the standard names, where all of them make up the whole."""
    text = whole.passage.text
    left = whole.amount.base - sum((q.amount.base for q in found.values()), Decimal(0))
    last = max((q.start for q in found.values() if q.passage is whole.passage), default=0)
    stop = min((k for c in "。;" if (k := text.find(c, last)) >= 0), default=len(text))
    named = {q.start for q in found.values()}
    rest = [q for q in values if q.passage is whole.passage and q.start < stop and q.start not in named]
    fits = left and rest and sum((q.amount.base for q in rest), Decimal(0)) == left
    return {max(found, default=0) + 1 + k: q for k, q in enumerate(rest)} if fits else {}


_IN_ALL = _WORDS["in_all"]


def _summed_up(split: Split, values: list[Quantity]) -> Iterable[Relation]:
    """The parts one after the other, in any order, and what they come to: "人员经费 3 万元、公用经费 1
    万元，基本支出共计 4 万元"; a part that the words between say there is none of is left out."""
    for at, whole in enumerate(values):
        lead = re.sub("[“”]", "", whole.lead)
        clause = re.split("[,;。]", lead)[-1]
        in_all = _IN_ALL.search(clause) or re.search(r"[,;][一二两三]项(?:合计|共计|之和),[^,;。]*$", lead)
        parts = _before_sum(split, values[:at], whole) if in_all else []
        if len(parts) < FEWEST:
            continue
        first = re.sub("[“”]", "", parts[0].lead)
        opened = re.split("[,;。]", first.rpartition("(")[0])[-1]
        headed = re.split("[,;。]", first.rpartition(":")[0])[-1]
        spoken = (
            f"{opened}{headed}{clause}" if lead.startswith(")") or headed else clause
        )  # "基本支出（含……）共计"
        if _IN_ALL.fullmatch(clause):  # "政府采购货物 1 万元、工程 2 万元、服务 3 万元，合计"
            spoken += re.split("[,;。]", first)[-1]
        if not any(w in spoken for w in split.total):
            continue
        between = whole.passage.text[parts[0].end : whole.start]
        if "。" not in between.removesuffix(f"。{whole.lead.rpartition('。')[2]}"):
            terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
            yield Relation(f"{split.id}|{whole.fact.id}", split.id, terms)


_NONE = _WORDS["none"]


def _in_turn(split: Split, values: list[Quantity], whole: Quantity) -> list[Quantity]:
    """The amounts right before a sum that a list of all its parts tells one after the other
    ("货物、工程和服务分别为……")."""
    found = values[-len(split.parts) :]
    if len(found) < len(split.parts) or any(q.passage is not whole.passage for q in found):
        return []
    lead = re.sub("[“”]", "", re.split("[;。]", found[0].lead)[-1])
    text, named = (
        whole.passage.text,
        [next((lead.find(w) for w in words if w in lead), -1) for words in split.parts],
    )
    joined = all(re.fullmatch("[、,和及]", text[a.end : b.start]) for a, b in pairwise(found))
    of_some = _OF_SOME.search(re.split("[,;。]", whole.lead)[-1])
    return found if _EACH.search(lead) and min(named) >= 0 and joined and not of_some else []


def _before_sum(split: Split, values: list[Quantity], whole: Quantity) -> list[Quantity]:
    """The amounts right before a sum, one for each of its parts but those that are said to be none; else empty."""
    if stated := _in_turn(split, values, whole):
        return stated
    left = list(split.parts)
    found: list[Quantity] = []
    for q in reversed(values):
        words = next((w for w in left if any(x in q.lead for x in w)), None)
        if q.passage is not whole.passage or words is None:
            break
        left.remove(words)
        found.append(q)
        if not left:
            break
    begin = found[-1].start if found else whole.start
    said = whole.passage.text[max(whole.passage.text.rfind("。", 0, begin), 0) : whole.start]
    for words in list(left) if _NONE.search(said) or re.search(_NOTHING, said) else ():
        if any(
            re.search(rf"{w}[^,;。\d]{{0,8}}{_NONE.pattern}|{_NOTHING}[^,;。\d]{{0,8}}{w}", said)
            for w in words
        ):
            left.remove(words)
    return [] if left else found[::-1]
