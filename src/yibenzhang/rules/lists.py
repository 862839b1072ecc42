"""Lists in sentences: a whole with all its parts, cars by kind, as many projects as are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.model.relations import Made, Relation, Term
from yibenzhang.prose.listing import Listing, listings
from yibenzhang.prose.numbering import count_written
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.enumerating import miscounted
from yibenzhang.rules.registry import rule

ANNOUNCES = re.compile(r"(?:其中|包括|如下|分别为)[:：]?$|[:：]$")
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
        summed = text.startswith(("以上", "上述"))
        if (
            len(found) != 1
            or not text.rstrip(";,。").endswith(_CARS)
            or not (summed or _NUMBERED.match(text))
        ):
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
        goes_on = bool(following) and following[0].text.startswith("其中")
        yield graded_of(found + (case.by_passage[position + 1] if goes_on else []))


@rule("prose.count", needs=("text",), each_file=True)
def counts(case: Case) -> Iterator[Issue]:
    """As many projects as are said to be listed."""
    for position in range(len(case.passages)):
        yield from counted(case.passages, position, case.by_passage[position])
    for listing in listings(case.passages, case.by_passage):
        yield from _said_to_be(listing)


_SO_MANY = re.compile(r"(?P<n>(?<![\d.])\d{1,2}|[一二两三四五六七八九十])(?:项|个项目)[,:][^,。;\d]{0,8}$")


def _said_to_be(listing: Listing) -> Iterator[Issue]:
    """ "购买服务 3 项，预算 86 万元，分别为……58 万元、……15.40 万元": as many parts as are said."""
    whole = listing.wholes[0]
    said = _SO_MANY.search(whole.passage.text[: whole.start])
    if said is None or listing.how not in ("list 分别为", "list 分别是", "list 具体为"):
        return
    if count_written(said["n"]) != len(listing.parts):
        yield _count(whole.passage, said.start(), whole.end, len(listing.parts), listing.parts[:1])


GOES_ON = re.compile(r"其中|\([一二三四五六1-6]\)|[1-6][.、](?!\d)|[①-⑥]")
"""How a sentence begins that tells the parts of the amount in the one before it."""
_NUMBERED = re.compile(r"\(?\d{1,2}[).、]|[①-⑳]")
FEWEST = 2
_OF_WHICH = re.compile(r"[^。;\d]{0,4}[,。(]?(?:其中|包括|分别为)[:：]?(?!\(?\d[)、.])")


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
    """The amounts of a plain list up to its bracket's or its sentence's end; none where it tells of changes or holds another."""
    text, closing = opening.string, ")" if "(" in opening.group() else "。"
    stop = text.find(closing, opening.end())
    stop = len(text) if stop < 0 else stop
    inside = [q for q in following if q.start < stop]
    nested = re.search(r"其中|包括|主要", text[opening.end() : stop])
    plain = {q.kind for q in inside} <= _PLAIN and not nested
    return [q for q in inside if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)] if plain else []


_GRADE = re.compile(r"[“‘]?(?:优|良|中|差|合格|不合格)[”’]?的?(?:项目)?(?:有|为)?$")


_OF_PROJECTS = re.compile(r"个?[^,。;\d]{0,6}?项目")


def graded_of(quantities: list[Quantity]) -> Relation | None:
    """ "绩效自评的项目 5 个，其中：评为“优”的 4 个、评为“良”的 1 个": the grades add up to the whole."""
    counts = [q for q in quantities if q.kind == Kind.COUNT and q.amount.unit and q.amount.unit.name == "个"]
    for at, whole in enumerate(counts):
        parts = []
        for q in counts[at + 1 :]:
            if not _GRADE.search(q.lead):
                break
            parts.append(q)
        of_projects = "项目" in whole.lead or bool(_OF_PROJECTS.match(whole.passage.text, whole.end))
        if not _GRADE.search(whole.lead) and of_projects and len(parts) >= 2:
            terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
            return Relation(f"prose.graded|{whole.fact.id}", "prose.graded", terms)
    return None


_CARS = ("辆", "台")
_DEVICE = re.compile(r"设备|不含车辆")
_CARS_WHOLE = re.compile(
    r"(?:共有|保有|实有|现有)?[^,。]{0,6}车辆?(?:共有|共计|总数|数量?为?|保有量为?|合计)?$|车辆(?:保有量|总数)为?$|车辆[^,。;\d]{0,6}(?:共有|实有|现有|保有)(?:[数量]为?)?$|车辆:(?:共|共有|合计)?$|车辆?编制\d+[辆台],(?:实有|现有|实际)(?:[数量]为?)?$"
)
_CARS_IN_ALL = re.compile(
    r"(?:(?:车辆|用车|公车)(?:合计|共计|总计|总数为?)|[,;](?:合计|共计|总计)(?:为)?|(?:以上|上述)[^,。;\d]{0,6}(?:合计|共计|总计)(?:车辆|用车|公车)?(?:总?数)?(?:为|共)?)$"
)
_CARS_OPEN = re.compile(
    r"[,，(。]?(?:其中|包括|(?:细|区|划)分[为是]|分别[为是]|具体[为是]|即|为(?=[^,。;\d]{2,8}(?:用车|车辆)\d)|按[^,。;\d]{1,8}分[:为]?)|:|(?P<bracket>\()(?=[^()\d]{2,12}用车\d+[辆台])"
)
_CARS_LISTED = re.compile(
    r"其他用车主要|主要是|因为|由于|原因|较20|比20|较上年|比上年|计划|拟|购置|更新|报废|单价|单位价值|设备|按[^,;。\d]{0,8}[分看]|;按|。"
)


_CLOSED = re.compile(r"\)")


def _before(q: Quantity) -> str:
    """The words before a number, and the number before these."""
    return q.passage.text[max(0, q.start - 20) : q.start] if q.lead.startswith(",") else q.lead[-14:]


def vehicles_of(quantities: list[Quantity]) -> Relation | None:
    """ "共有车辆 5 辆，其中 … 1 辆、… 2 辆": the kinds add up to the whole."""
    counts = [q for q in quantities if q.kind == Kind.COUNT and q.amount.unit]
    cars = [q for q in counts if q.amount.unit and q.amount.unit.name in _CARS and not _DEVICE.search(q.lead)]
    if cars and _CARS_IN_ALL.search(cars[-1].lead) and len(cars) > 2:
        begin = cars[-1].passage.text.rfind("。", 0, cars[-1].start)
        parts = [q for q in cars[:-1] if q.start > begin]
        if len(parts) > 1 and not any(
            _CARS_WHOLE.search(q.lead[-14:]) and _CARS_OPEN.match(q.passage.text, q.end) for q in parts
        ):
            terms = (Term(1, cars[-1].fact), *(Term(-1, q.fact) for q in parts))
            return Relation(f"prose.vehicles|{cars[-1].fact.id}", "prose.vehicles", terms)
    for at, whole in enumerate(cars):
        if not _CARS_WHOLE.search(_before(whole)):
            continue
        text = whole.passage.text
        opening = _CARS_OPEN.match(text, whole.end)
        if opening is None:
            continue
        stop = (_CLOSED if opening.group("bracket") else _CARS_LISTED).search(text, opening.end())
        parts = [
            q for q in cars[at + 1 :] if not stop or (q.passage is whole.passage and q.end <= stop.start())
        ]
        if len(parts) >= 2 and not re.match("等", parts[-1].passage.text[parts[-1].end :]):
            terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
            return Relation(f"prose.vehicles|{whole.fact.id}", "prose.vehicles", terms)
    return None


_EQUIPMENT = re.compile(r"设备(?:\(不含车辆\))?(?:共有|共计|共|有|为)?$")
_EQUIPMENT_OPEN = re.compile(r"(?:\(套\))?[,，](?:为|其中|包括|分别为):?")


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
            if len(parts) > 1 and not re.match("等", text[parts[-1].end :]):
                terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
                yield Relation(f"prose.listed|{whole.fact.id}", "prose.listed", terms)


_BY_SOURCE = re.compile(r"(?:拨款|结转|结余|资金|收入|基金|(?:货物|工程|服务)(?:类|采购|预算)*|支出)\d")


def counted(passages: Sequence[Passage], position: int, quantities: list[Quantity]) -> Iterable[Issue]:
    """ "项目有 13 个，其中：（1）… （13）": as many as are numbered, or as are named with amounts that make up the whole."""
    passage = passages[position]
    if (wrong := miscounted(passages, position)) is not None:
        start, end, found = wrong
        yield _count(passage, start, end, found, tuple(q for q in quantities if q.start >= start)[:1])
        return
    for at, count in enumerate(quantities):
        following = quantities[at + 1 :]
        if (
            count.kind != Kind.COUNT
            or "项目" not in count.lead[-12:]
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
