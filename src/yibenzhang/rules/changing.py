"""Changes as facts of the year before: against the tables' last year, summed along lists, new where nothing was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yibenzhang.laws.support import measured
from yibenzhang.model.relations import Alternatives, Made, Relation, Term
from yibenzhang.prose.change_lists import ChangeList, change_lists
from yibenzhang.prose.claim import Claim
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import slipped
from yibenzhang.rules.supporting import holds, well_supported
from yibenzhang.standards.lexicon.sentences import nothing_before
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("changing")
_BESIDE = 8
"""A rate stands so close behind its change."""
_NEW = 100
"""The rate that is told of what was not there before, where one is."""
_FEW = 3
"""A change with two of its parts may well have more."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Relations of which one ought to hold, and the kind of reading that yields them."""

    options: tuple[Relation, ...]
    how: str


@rule("prose.changed", needs=("text",), each_file=True)
def changed(case: Case) -> Iterator[Made]:
    """Each change is this year's amount less last year's, in the tables; a list of changes makes up that of its
    whole."""
    found = list(readings(case))
    for reading in found:
        if well_supported(reading.how) or _like_its_neighbours(reading, found):
            yield Alternatives(reading.options, reading.options[0])
        else:
            weak = [replace(o, accuses=False) for o in reading.options]
            slip = next((o for o in reading.options if len(o.terms) > _FEW and slipped(o)), None)
            yield Alternatives(weak, slip)


def _like_its_neighbours(reading: Readings, found: Sequence[Readings]) -> bool:
    """Lists of its kind held wherever one was seen, on real documents and elsewhere in this one."""
    held, failed = measured().get(reading.how, (0, 0))
    beside = [other for other in found if other is not reading and other.how == reading.how]
    return held >= _FEW and not failed and bool(beside) and all(_one_holds(other) for other in beside)


def _one_holds(reading: Readings) -> bool:
    return any(holds(o) for o in reading.options)


def counted_changes(case: Case) -> Iterator[tuple[str, bool]]:
    """Kinds of readings of changes with whether they hold."""
    for reading in readings(case):
        yield reading.how, _one_holds(reading)


def readings(case: Case) -> Iterator[Readings]:
    """What the changes of a text say beside their rates."""
    yield from _against_tables(case)
    yield from _new_items(case)
    for listing in change_lists(case.passages, case.by_passage, _known(case.claims)):
        if any(two_ways(case, q) for q in (*listing.wholes, *listing.parts)):
            continue  # which way it is meant is asked where it is said
        options = tuple(_sum(whole, listing) for whole in listing.wholes)
        yield Readings(options, f"text|{listing.how}{_of_what(case, listing)}")


def _sum(whole: Quantity, listing: ChangeList) -> Relation:
    terms = [Term(1, whole.fact), *(Term(-Decimal(whole.sign * q.sign), q.fact) for q in listing.parts)]
    return Relation(f"prose.changed|{whole.fact.id}|{len(listing.parts)}|list", "prose.changed", tuple(terms))


def two_ways(case: Case, change: Quantity) -> bool:
    """The rate right behind a change says another direction."""
    text = change.passage
    found = next((found for found in case.numbers if any(q is change for q in found)), ())
    rates = (q for q in found if q.passage is text and q.kind == Kind.RATE and q.start >= change.end)
    rate = next(rates, None)
    return rate is not None and rate.start - change.end < _BESIDE and rate.sign * change.sign < 0


def _of_what(case: Case, listing: ChangeList) -> str:
    """Functions come and go from year to year: what a list names this year need not have made up last year's."""
    for q in listing.levels:
        said = case.reader.said(q)
        if said is not None and any(register == "function" for register, _ in said.wanted.codes):
            return " functions"
    return ""


def _known(claims: Sequence[Claim]) -> dict[Decimal, list[Quantity]]:
    """The changes that are told of each amount."""
    known: dict[Decimal, list[Quantity]] = defaultdict(list)
    for claim in claims:
        if claim.subject is not None and claim.change is not None and claim.change.sign and not claim.loose:
            known[claim.subject.amount.base].append(claim.change)
    return known


def _against_tables(case: Case) -> Iterator[Readings]:
    """The change of an amount whose last year's amount stands in the tables beside it."""
    for claim in _first_claims(case.claims):
        subject, change = claim.subject, claim.change
        if (
            subject is None
            or change is None
            or claim.loose
            or not change.sign
            or subject.passage is not change.passage
        ):
            continue
        reading = case.reader.read(subject)
        if reading is None or not reading.sure:
            continue
        before = case.reader.before(reading, change.lead)
        if before:
            options = tuple(
                Relation(
                    f"prose.changed|{change.fact.id}",
                    "prose.changed",
                    (Term(change.sign, change.fact), Term(-1, subject.fact), *(Term(1, f) for f in made)),
                )
                for made in before
            )
            yield Readings(options, f"text|change of {reading.how.split()[0].strip(',')}")


def _new_items(case: Case) -> Iterator[Readings]:
    """A change as large as the amount itself, where the sentence says that there was nothing before."""
    for claim in _first_claims(case.claims):
        subject, change = claim.subject, claim.change
        if subject is None or change is None or change.sign <= 0 or subject.passage is not change.passage:
            continue
        text = change.passage.text
        stop = min((k for c in "。;" if (k := text.find(c, change.end)) >= 0), default=len(text))
        found = nothing_before().search(text, change.end, stop)
        if found is None or not subject.amount.value or not _said_of_it(text[change.end : found.start()]):
            continue
        if not _WORDS["of_it"].match(text, found.end()):
            continue  # a part of it was not there
        if not _grew_from_something(case, change, stop):
            terms = (Term(1, change.fact), Term(-1, subject.fact))
            yield Readings(
                (Relation(f"prose.changed|{change.fact.id}|new", "prose.changed", terms),), "text|new item"
            )


def _said_of_it(between: str) -> bool:
    """Nothing else is named between a change and what was not there before."""
    return _WORDS["at_once"].fullmatch(between) is not None


def _grew_from_something(case: Case, change: Quantity, stop: int) -> bool:
    """A rate behind the change that is not that of something new: only a part of it was not there before."""
    found = next((found for found in case.numbers if any(q is change for q in found)), ())
    rates = (q for q in found if q.kind == Kind.RATE and change.end <= q.start < stop)
    rate = next(rates, None)
    return rate is not None and rate.amount.value not in (0, _NEW)


def _first_claims(claims: Sequence[Claim]) -> Iterator[Claim]:
    seen: set[str] = set()
    for claim in claims:
        change: Quantity | None = claim.change
        if change is not None and change.fact.id not in seen:
            seen.add(change.fact.id)
            yield claim
