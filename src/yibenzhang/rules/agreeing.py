"""Numbers of the text that prove each other: repeated changes, lists that add up, one name in two places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from yibenzhang.balance.slips import slip_kind
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Alternatives, Made, Relation, Term
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.listing import Listing, listings
from yibenzhang.prose.naming import unnumbered
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.comparing import subject_words
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import slipped
from yibenzhang.rules.supporting import holds, well_supported
from yibenzhang.rules.witnesses import Witness
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_TWO = 2
"""A whole with two of its parts may have more: such lists are a kind of their own."""
_PART_OF = Fraction(2, 5)
"""Two parts that miss their whole by more of it are not all of it."""
_PLAIN = ("list", "outline")
_NO_WORD = ("sides", ":")
_DIGITS = 4
"""Amounts with this many printed digits, in the same words, are not equal by chance."""
_SLIP = 4
"""Numbers with this many digits are not a slip apart by chance."""
_NAME = late(r"[\u4e00-\u9fff()“”]{5,30}$")
_WORDS = patterns("agreeing")


@rule("prose.year_before", needs=("text",), each_file=True)
def agreeing(case: Case) -> Iterator[Made]:
    """Changes of one amount in two places: in the same words they are equal; in others one that differs may be of
    another scope, but for a slip of the keyboard."""
    yield from _changes(case.claims)


def _sums(listing: Listing, case: Case) -> list[Relation]:
    largest = max(q.amount.base for q in listing.parts)
    sums = [_sum(whole, listing) for whole in listing.wholes if 2 * whole.amount.base >= largest]
    return sums + [_sum(whole, one) for one in _one_side(listing, case) for whole in listing.wholes]


@rule("prose.listed", needs=("text",), each_file=True)
def listed(case: Case) -> Iterator[Made]:
    """Lists: where they hold; one that does not accuses as far as lists of its kind held on real documents, or where
    a second witness says which of its numbers is wrong."""
    witness = Witness(case)
    for listing in listings(case.passages, case.by_passage):
        sums = _sums(listing, case)
        if not sums or not _adds_something(listing):
            continue
        if len(listing.parts) == 1 and not listing.how.startswith("outline"):
            yield Alternatives([replace(s, accuses=False) for s in sums])  # one part need not be the whole
            continue
        if well_supported(_kind(listing)) and not _far_from(sums[0], listing):
            yield Alternatives(sums, sums[0])
            continue
        yield Alternatives([replace(s, accuses=False) for s in sums], slipped_sum(sums, listing.how))
        if listing.how.startswith(_PLAIN) and " more" not in listing.how:
            yield from witness.of(sums)


def _one_side(listing: Listing, case: Case) -> Iterator[Listing]:
    """What is left at the year's end stands on the other side of the account than what was carried in, though a
    sentence names both."""
    periods = [
        dict(said.wanted.values).get("period") if (said := case.reader.said(q)) else None
        for q in listing.parts
    ]
    if {"carried_in", "carried_out"} <= set(periods):
        kept = [q for q, period in zip(listing.parts, periods, strict=True) if period != "carried_out"]
        if len(kept) > 1:
            yield replace(listing, parts=tuple(kept))


def slipped_sum(sums: list[Relation], how: str) -> Relation | None:
    """The first that is a slip of the keyboard away from holding, where the list is a plain one."""
    plain = not any(
        w in how for w in ("changes", "nested", "open", "gapped", "text", "single", "unfinished", "more")
    )
    return next((s for s in sums if slipped(s)), None) if plain else None


def counted_lists(case: Case) -> Iterator[tuple[str, bool]]:
    """Kinds of lists of a text with whether they add up; slips of the keyboard count for neither."""
    for listing in listings(case.passages, case.by_passage):
        largest = max(q.amount.base for q in listing.parts)
        sums = [_sum(whole, listing) for whole in listing.wholes if 2 * whole.amount.base >= largest]
        if sums and _adds_something(listing):
            if any(holds(s) for s in sums):
                yield _kind(listing), True
            elif slipped_sum(sums, listing.how) is None and not _far_from(sums[0], listing):
                yield _kind(listing), False


def _kind(listing: Listing) -> str:
    """Lists of two are few: whichever word announces them."""
    words = listing.how.split()
    if len(listing.parts) == _TWO:
        words = [w for k, w in enumerate(words) if k != 1 or words[0] != "list" or w in _NO_WORD] + ["two"]
    return f"text|{' '.join(words)}"


def _adds_something(listing: Listing) -> bool:
    """Two parts or more that are not nothing; in numbered paragraphs one beside which the others are nothing."""
    parts = sum(q.amount.value != 0 for q in listing.parts)
    return parts >= (1 if listing.how.startswith("outline") else min(2, len(listing.parts)))


def _far_from(first: Relation, listing: Listing) -> bool:
    """One or two amounts that are not nothing, named after a third that they do not nearly make up."""
    whole = first.total.amount
    if sum(q.amount.value != 0 for q in listing.parts) > _TWO or whole is None:
        return False
    missing = whole.base - sum(q.amount.base for q in listing.parts)
    return abs(Fraction(missing)) > _PART_OF * abs(Fraction(whole.base))


def _sum(whole: Quantity, listing: Listing) -> Relation:
    terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in listing.parts))
    return Relation(f"prose.listed|{whole.fact.id}|{len(listing.parts)}", "prose.listed", terms)


def _digits(q: Quantity) -> int:
    return len(q.amount.text.replace(",", "").replace(".", "").lstrip("0"))


def _changes(claims: list[Claim]) -> Iterator[Made]:
    """One amount of this year, said in several places to have changed by the same amount."""
    stated: dict[tuple[str, int], list[Claim]] = {}
    for claim in claims:
        now, change = claim.subject, claim.change
        if claim.says != Says.CHANGE or now is None or change is None or not change.sign:
            continue
        if _digits(now) < _DIGITS:
            continue
        before = stated.setdefault((f"{now.amount.base.normalize():f}", change.sign), [])
        if all(b.change is not change for b in before):
            before.append(claim)
    for same in stated.values():
        for k, claim in enumerate(same):
            if (other := _like(claim, same[:k])) is not None:
                yield from _compared(other, claim)


def _like(claim: Claim, before: list[Claim]) -> Claim | None:
    """What it is compared with: the same change told before, else one in the same words, else the first."""
    change = claim.change.amount.base if claim.change else None
    equal = (b for b in before if b.change and b.change.amount.base == change)
    words = (b for b in before if subject_words(b) == subject_words(claim))
    return next(equal, None) or next(words, None) or (before[0] if before else None)


def _compared(before: Claim, claim: Claim) -> Iterator[Made]:
    a, b = before.change, claim.change
    if a is None or b is None:
        return
    sure = not (claim.loose or before.loose or any(_WORDS["of_which"].search(q.lead) for q in (a, b)))
    terms = (Term(1, b.fact), Term(-1, a.fact))
    relation = Relation(f"prose.year_before|{b.fact.id}", "prose.year_before", terms)
    if sure and before.passage is not claim.passage and subject_words(before) == subject_words(claim):
        yield relation
        return
    # where they agree that proves nothing: of two that differ only a slip would be told
    yield Alternatives((replace(relation, accuses=False),), _again(before, claim, relation) if sure else None)


def _again(before: Claim, claim: Claim, relation: Relation) -> Relation | None:
    """The relation, where two changes of one amount ought to be equal."""
    a, b = before.change, claim.change
    if a is None or b is None or before.passage is claim.passage or a.amount.decimals != b.amount.decimals:
        return None
    slip = min(_digits(a), _digits(b)) >= _SLIP and slip_kind(f"{a.amount.value:f}", f"{b.amount.value:f}")
    return relation if slip else None


@rule("prose.twice", needs=("text",), each_file=True)
def twice(case: Case) -> Iterator[Made]:
    """Two amounts under one name, in two places: equal, or a slip of the keyboard apart."""
    named: dict[str, list[Quantity]] = {}
    for found in case.by_passage.values():
        for q in found:
            name = _name(q) if q.money and q.kind == Kind.VALUE and _digits(q) >= 3 else ""
            if name:
                named.setdefault(name, []).append(q)
    for same in named.values():
        for a, b in combinations(same[:6], 2):
            if a.passage is b.passage and a.passage.section == b.passage.section:
                continue
            relation = Relation(
                f"prose.twice|{b.fact.id}", "prose.twice", (Term(1, b.fact), Term(-1, a.fact))
            )
            slipped = min(_digits(a), _digits(b)) >= 4 and slip_kind(
                f"{a.amount.value:f}", f"{b.amount.value:f}"
            )
            slip = slipped and a.amount.decimals == b.amount.decimals >= 2
            yield Alternatives((replace(relation, accuses=False),), relation if slip else None)


def _name(q: Quantity) -> str:
    lead = _WORDS["clause"].split(fold(q.lead))[-1].rstrip("为共约是")
    match = _NAME.search(unnumbered(lead))
    return match.group() if match and not _WORDS["vague"].search(match.group()) else ""
