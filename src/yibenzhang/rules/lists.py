"""Lists in sentences: a whole with all its parts, cars by kind, as many projects as are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Made, Relation, Term
from yibenzhang.prose.listing import Listing, listings
from yibenzhang.prose.numbering import count_written
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.enumerating import miscounted
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("lists")

ANNOUNCES = _WORDS["announces"]
_MOST_BELOW = 10


def below(case: Case, position: int) -> list[Quantity]:
    """The first number of each paragraph below one that announces them, without a number of its own."""
    out: list[Quantity] = []
    for k in range(position + 1, min(position + 1 + _MOST_BELOW, len(case.passages))):
        found = case.by_passage.get(k, [])
        if not found or case.passages[k].heading or GOES_ON.match(case.passages[k].text):
            break
        out.append(found[0])
        if case.passages[k].text.endswith("。") and ";" in case.passages[k - 1].text[-1:]:
            break
    return out


@rule("prose.vehicles", needs=("text",), each_file=True)
def vehicles(case: Case) -> Iterator[Made]:
    """Cars by kind."""
    for position, found in case.by_passage.items():
        announces = ANNOUNCES.search(case.passages[position].text)
        listed = (below(case, position) or _numbered_cars(case, position)) if announces else []
        yield vehicles_of([*found, *listed])


def _numbered_cars(case: Case, position: int) -> list[Quantity]:
    """The cars of the numbered paragraphs below one that announces them, and of what sums them up."""
    out: list[Quantity] = []
    for k in range(position + 1, min(position + 1 + _MOST_BELOW, len(case.passages))):
        text, found = case.passages[k].text, case.by_passage.get(k, [])
        summed = bool(_WORDS["whole"].match(text))
        if len(found) != 1 or not _WORDS["car_end"].search(text) or not (summed or _NUMBERED.match(text)):
            break
        out.append(found[0])
        if summed:
            break
    return out


@rule("prose.graded", needs=("text",), each_file=True)
def graded(case: Case) -> Iterator[Made]:
    """Projects by grade, which may go on in the next paragraph."""
    for position, found in case.by_passage.items():
        following = case.passages[position + 1 : position + 2]
        goes_on = bool(following) and bool(_WORDS["part_of"].match(following[0].text))
        yield graded_of(found + (case.by_passage[position + 1] if goes_on else []))


@rule("prose.count", needs=("text",), each_file=True)
def counts(case: Case) -> Iterator[Issue]:
    """As many projects as are said to be listed."""
    for position in range(len(case.passages)):
        yield from counted(case.passages, position, case.by_passage[position])
    for listing in listings(case.passages, case.by_passage):
        yield from _said_to_be(listing)


_SO_MANY = _WORDS["so_many"]


def _said_to_be(listing: Listing) -> Iterator[Issue]:
    """ "购买服务 3 项，预算 86 万元，分别为……58 万元、……15.40 万元": as many parts as are said."""
    whole = listing.wholes[0]
    said = _SO_MANY.search(whole.passage.text[: whole.start])
    if said is None or listing.how not in ("list 分别为", "list 分别是", "list 具体为"):
        return
    if count_written(said["n"]) != len(listing.parts):
        yield _count(whole.passage, said.start(), whole.end, len(listing.parts), listing.parts[:1])


GOES_ON = _WORDS["goes_on"]
"""How a sentence begins that tells the parts of the amount in the one before it."""
_NUMBERED = late(r"\(?\d{1,2}[).、]|[①-⑳]")
FEWEST = 2
_OF_WHICH = _WORDS["of_which"]


_PLAIN = frozenset({Kind.VALUE, Kind.ACTUAL, Kind.SHARE, Kind.COMPLETION, Kind.BUDGETED})
"""What stands in a list that tells of no change."""


def listed_of(quantities: list[Quantity]) -> Iterable[Relation]:
    """ "…万元，其中：A … 万元、B … 万元。": amounts that follow their whole in the same sentence."""
    wholes = [(at, q) for at, q in enumerate(quantities) if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)]
    for at, whole in wholes:
        text = whole.passage.text
        opening = _OF_WHICH.match(text, whole.end)
        if opening is None:
            continue
        parts = _following_parts(opening, quantities[at + 1 :])
        if len(parts) >= FEWEST and whole.amount.value:
            terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
            yield Relation(f"prose.listed|{whole.fact.id}", "prose.listed", terms)


def _following_parts(opening: re.Match[str], following: list[Quantity]) -> list[Quantity]:
    """The amounts of a plain list up to its bracket's or its sentence's end; none where it tells of changes or holds
    another."""
    text, closing = opening.string, ")" if "(" in opening.group() else "。"
    stop = text.find(closing, opening.end())
    stop = len(text) if stop < 0 else stop
    inside = [q for q in following if q.start < stop]
    nested = _WORDS["nested"].search(text, opening.end(), stop)
    plain = {q.kind for q in inside} <= _PLAIN and not nested
    return [q for q in inside if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)] if plain else []


_GRADE = _WORDS["grade"]


_OF_PROJECTS = _WORDS["of_projects"]


def graded_of(quantities: list[Quantity]) -> Relation | None:
    """ "绩效自评的项目 5 个，其中：评为“优”的 4 个、评为“良”的 1 个": the grades add up to the whole."""
    counts = [q for q in quantities if q.kind == Kind.COUNT and q.amount.unit and q.amount.unit.name == "个"]
    for at, whole in enumerate(counts):
        parts = []
        for q in counts[at + 1 :]:
            if not _GRADE.search(q.lead):
                break
            parts.append(q)
        of_projects = bool(_WORDS["project"].search(whole.lead)) or bool(
            _OF_PROJECTS.match(whole.passage.text, whole.end)
        )
        if not _GRADE.search(whole.lead) and of_projects and len(parts) >= 2:
            terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
            return Relation(f"prose.graded|{whole.fact.id}", "prose.graded", terms)
    return None


_CLOSED = _WORDS["cars_closed"]


def _before(q: Quantity) -> str:
    """The words before a number, and the number before these."""
    return q.passage.text[max(0, q.start - 20) : q.start] if q.lead.startswith((",", "(")) else q.lead[-14:]


def vehicles_of(quantities: list[Quantity]) -> Relation | None:
    """ "共有车辆 5 辆，其中 … 1 辆、… 2 辆": the kinds add up to the whole."""
    counts = [q for q in quantities if q.kind == Kind.COUNT and q.amount.unit]
    cars = [
        q
        for q in counts
        if q.amount.unit
        and _WORDS["car"].fullmatch(q.amount.unit.name)
        and not _WORDS["device"].search(q.lead)
    ]
    return _cars_summed(cars) or _cars_listed(cars)


def _vehicles(whole: Quantity, parts: list[Quantity]) -> Relation:
    terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
    return Relation(f"prose.vehicles|{whole.fact.id}", "prose.vehicles", terms)


def _cars_summed(cars: list[Quantity]) -> Relation | None:
    """The kinds first, then what they come to."""
    if len(cars) < 3 or not _WORDS["cars_in_all"].search(cars[-1].lead):
        return None
    begin = cars[-1].passage.text.rfind("。", 0, cars[-1].start)
    parts = [q for q in cars[:-1] if q.start > begin]
    opened = any(
        _WORDS["cars_whole"].search(q.lead[-14:]) and _WORDS["cars_open"].match(q.passage.text, q.end)
        for q in parts
    )
    return _vehicles(cars[-1], parts) if len(parts) > 1 and not opened else None


def _cars_listed(cars: list[Quantity]) -> Relation | None:
    """The whole first, then the kinds."""
    for at, whole in enumerate(cars):
        if not _WORDS["cars_whole"].search(_before(whole)):
            continue
        text = whole.passage.text
        opening = _WORDS["cars_open"].match(text, whole.end)
        if opening is None:
            continue
        enclosed = whole.lead.startswith("(")  # 车辆 86.20 万元（5 辆，其中……）
        closing = _CLOSED if enclosed or opening.group("bracket") else _WORDS["cars_listed"]
        stop = closing.search(text, opening.end())
        if enclosed and (stop is None or "(" in text[opening.end() : stop.start()]):
            continue
        parts = [
            q for q in cars[at + 1 :] if not stop or (q.passage is whole.passage and q.end <= stop.start())
        ]
        parts = _undivided(parts, opening.end())
        if len(parts) >= 2 and not _WORDS["and_others"].match(parts[-1].passage.text, parts[-1].end):
            return _vehicles(whole, parts)
    return None


def _undivided(parts: list[Quantity], begin: int) -> list[Quantity]:
    """Without those in brackets behind a part, which divide it again."""
    return [q for q in parts if not _inside_brackets(q, begin)]


def _inside_brackets(q: Quantity, begin: int) -> bool:
    between = q.passage.text[begin : q.start]
    return between.count("(") > between.count(")")


_EQUIPMENT = _WORDS["equipment"]
_EQUIPMENT_OPEN = _WORDS["equipment_open"]


@rule("prose.listed", needs=("text",), each_file=True)
def equipment(case: Case) -> Iterator[Made]:
    """ "设备 3 台（套），为甲系统 1 套、乙装置 2 台": what is named after the whole makes it up."""
    for found in case.by_passage.values():
        counts = [q for q in found if q.kind == Kind.COUNT and q.amount.unit]
        for at, whole in enumerate(counts):
            text = whole.passage.text
            opening = _EQUIPMENT_OPEN.match(text, whole.end) if _EQUIPMENT.search(whole.lead) else None
            if opening is None:
                continue
            stop = min(k for c in "。;" if (k := (text + "。;").find(c, opening.end())) >= 0)
            parts = [q for q in counts[at + 1 :] if q.start < stop]
            if len(parts) > 1 and not _WORDS["and_others"].match(text, parts[-1].end):
                terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
                yield Relation(f"prose.listed|{whole.fact.id}", "prose.listed", terms)


_BY_SOURCE = _WORDS["by_source"]


def counted(passages: Sequence[Passage], position: int, quantities: list[Quantity]) -> Iterable[Issue]:
    """ "项目有 13 个，其中：（1）… （13）": as many as are numbered, or as are named with amounts that make up the
    whole."""
    passage = passages[position]
    if (wrong := miscounted(passages, position)) is not None:
        start, end, found = wrong
        yield _count(passage, start, end, found, tuple(q for q in quantities if q.start >= start)[:1])
        return
    for at, count in enumerate(quantities):
        following = quantities[at + 1 :]
        if (
            count.kind != Kind.COUNT
            or not _WORDS["project"].search(count.lead[-12:])
            or not following
            or not following[0].money
        ):
            continue
        made = next(iter(listed_of(following)), None)
        if made is None or made.total.id != following[0].fact.id or len(made.parts) < 3:
            continue
        if _BY_SOURCE.search(passage.text[following[0].end :]):
            continue  # the amount by source or kind, not by project
        residual = sum((t.fact.amount.base * t.coefficient for t in made.terms if t.fact.amount), Decimal(0))
        if abs(residual) <= 100 * len(made.terms) and len(made.parts) != count.amount.value:
            begin = max(0, count.start - 12)
            yield _count(passage, begin, count.end, len(made.parts), (count,))


def _count(passage: Passage, start: int, end: int, found: int, first: tuple[Quantity, ...]) -> Issue:
    facts = (q.fact for q in first)
    return issue_of("prose.count", facts, words=passage.verbatim(start, end), found=found)
