"""One amount on both sides: what comes in pays for what goes out, so income and expenditure of one fund that are equal
this year and are compared with the same number of last year have moved alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from yibenzhang.balance.slips import slip_kind
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Alternatives, Made, Relation, Term
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.quantities import Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.supporting import holds, well_supported
from yibenzhang.standards.patterns import patterns

KIND, OF_SIDES = "text|both sides", "text|changes of sides"
_BELOW = 3
"""The changes of the two sides stand in so many paragraphs below that of both."""
_DIGITS = 4
"""Amounts with fewer printed digits are equal by chance."""
_NEARLY = Decimal("0.0005")
"""Changes this close to each other are meant to be the same one: a slip, which counts for neither."""
_WORDS = patterns("both_sides")
_YEAR = late(r"20\d\d")
_Moved: TypeAlias = tuple[Quantity, Quantity]
"""An amount and its change."""


@rule("prose.year_before", needs=("text",), each_file=True)
def both_sides(case: Case) -> Iterator[Made]:
    """The changes of each such amount against the one that most of its sentences tell."""
    stated = {q.amount.base for q in case.quantities} | {
        f.amount.base for f in case.reader.cube.carried if f.amount is not None
    }
    for usual, others in _groups(case):
        for other in others:
            relation = _equal(usual, other)
            apart = abs(_signed(usual) - _signed(other))
            # what the text or the tables tell besides may have been on one side only last year
            accuses = well_supported(KIND) and (not apart or apart not in stated)
            yield relation if accuses else Alternatives([replace(relation, accuses=False)])
    for relation in _of_sides(case):
        yield relation if well_supported(OF_SIDES) else Alternatives([replace(relation, accuses=False)])


def counted_sides(case: Case) -> Iterator[tuple[str, bool]]:
    """The kind with whether each holds; slips of the keyboard count for neither."""
    for usual, others in _groups(case):
        for other in others:
            held = holds(_equal(usual, other))
            if held or not _slipped(usual, other):
                yield KIND, held
    for relation in _of_sides(case):
        yield OF_SIDES, holds(relation)


def _of_sides(case: Case) -> Iterator[Relation]:
    """ "收支预算 30 万元，比上年增加 2 万元，其中：1. 收入预算增加 2 万元……2. 支出预算增加 2 万元"."""
    positions = {id(p): k for k, p in enumerate(case.passages)}
    for subject, change in _moved(case):
        at = positions.get(id(change.passage))
        if at is None or not _WORDS["together"].search(subject.lead):
            continue
        sides: dict[str, Quantity] = {}
        for k in range(at + 1, min(at + 1 + _BELOW, len(case.passages))):
            if case.passages[k].section == change.passage.section:
                side, first = _side_moved(case.by_passage.get(k, ()))
                if first is not None:
                    sides.setdefault(side, first)
        if len(sides) > 1:
            yield from (_equal(change, first) for first in sides.values())


def _side_moved(found: Sequence[Quantity]) -> tuple[str, Quantity | None]:
    """The side whose change a paragraph begins with, and that change; none where it tells several."""
    amounts = [q for q in found if q.money]
    if not amounts or not amounts[0].sign or sum(bool(q.sign) for q in amounts) != 1:
        return "", None
    side = _WORDS["side"].fullmatch(amounts[0].lead)
    return (side["side"], amounts[0]) if side is not None else ("", None)


def _groups(case: Case) -> Iterator[tuple[Quantity, list[Quantity]]]:
    """The change that most sentences tell of an amount, and the others, each told in another sentence."""
    found: dict[tuple[object, ...], list[Quantity]] = defaultdict(list)
    for subject, change in _moved(case):
        key = _coordinates(case, subject)
        if key is not None:
            found[subject.amount.base, _base(case, change), *key].append(change)
    for changes in found.values():
        different = list({(id(c.passage), c.start): c for c in changes}.values())
        if len(different) > 1:
            usual = _usual(different)
            yield usual, [c for c in different if c is not usual]


def _base(case: Case, change: Quantity) -> tuple[bool, bool, frozenset[str]]:
    """What a change is from, by the words of its sentence: what was carried out, an adjusted budget, other years than
    the last."""
    text = change.passage.text
    words = text[text.rfind("。", 0, change.start) + 1 : change.start]
    near = (str((case.year or 0) - 1), str(case.year))
    years = frozenset(y for y in _YEAR.findall(words) if y not in near)
    return bool(_WORDS["executed"].search(words)), bool(_WORDS["adjusted"].search(words)), years


def _moved(case: Case) -> Iterator[_Moved]:
    for claim in case.claims:
        subject, change = claim.subject, claim.change
        if not _tells(claim) or subject is None or change is None or not change.sign:
            continue
        if len(subject.amount.text.replace(",", "").replace(".", "").lstrip("0")) >= _DIGITS:
            yield subject, change


def _tells(claim: Claim) -> bool:
    """A change told of an amount of its own sentence, and not of a part of it."""
    if claim.says != Says.CHANGE or claim.loose or claim.subject is None or claim.change is None:
        return False
    return claim.subject.passage is claim.change.passage and not _WORDS["part"].search(claim.change.lead)


def _coordinates(case: Case, subject: Quantity) -> tuple[object, ...] | None:
    """What the words of a total say but for its side; None where they say nothing, or name an item."""
    said = case.reader.said(subject)
    if said is None or said.wanted.codes or said.wanted.label or _WORDS["one_side"].search(subject.lead):
        return None
    values = dict(said.wanted.values)
    if not values:
        return None
    rest = {d: v for d, v in values.items() if d != "side" and (d, v) != ("period", "current")}
    return (tuple(sorted(rest.items())), said.residue)


def _usual(changes: Sequence[Quantity]) -> Quantity:
    """The first of those that tell what most tell."""
    most = Counter(_signed(c) for c in changes).most_common(1)[0][0]
    return next(c for c in changes if _signed(c) == most)


def _signed(change: Quantity) -> Decimal:
    return change.sign * change.amount.base


def _equal(usual: Quantity, other: Quantity) -> Relation:
    terms = (Term(Decimal(other.sign), other.fact), Term(-Decimal(usual.sign), usual.fact))
    return Relation(f"prose.year_before|{other.fact.id}|sides", "prose.year_before", terms)


def _slipped(usual: Quantity, other: Quantity) -> bool:
    apart = abs(_signed(usual) - _signed(other))
    near = apart <= abs(usual.amount.base) * _NEARLY
    return near or bool(slip_kind(f"{usual.amount.value:f}", f"{other.amount.value:f}"))
