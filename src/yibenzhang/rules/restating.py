"""Numbers of the text against the numbers of the tables they restate: equal, slipped, or in each other's place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from yibenzhang.laws.families import POOL_ONE_IN
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval
from yibenzhang.model.relations import Alternatives, Made, Nearly, Relation, Term
from yibenzhang.prose.list_heads import listed_whole
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.reading import Reading
from yibenzhang.recognising.rows import bare
from yibenzhang.rules.case import Case
from yibenzhang.rules.exchanged import exchanged
from yibenzhang.rules.goal_funds import counted_goal_funds, funds_under_goals
from yibenzhang.rules.item_amounts import misnamed
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree, residual, slip_of
from yibenzhang.rules.supporting import ONE_IN, holds, well_supported
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import fold_name

_LONG = 2
"""So many digits must be printed that a number may have been cut off after them."""


def _cut(relation: Relation, q: Quantity) -> Relation:
    """Off by no more than one in the last digit the number was cut off instead of rounded."""
    if q.amount.decimals < 2 and len(q.amount.text) < _LONG:
        return relation
    one = Decimal(1).scaleb(-q.amount.decimals) * (q.amount.unit.factor if q.amount.unit else 1)
    return replace(relation, nearly=Nearly("prose.rounding", one, beside=False))


def _adds_up(number: Fact, parts: Sequence[Fact]) -> Relation:
    terms = (Term(1, number), *(Term(-1, f) for f in parts))
    return Relation(f"prose.table|{number.id}", "prose.table", terms)


@rule("prose.table", "prose.rounding", "prose.slip", needs=("text",), each_file=True)
def restated(case: Case) -> Iterator[Made]:
    """Each number that the words bind to a table equals the one it restates."""
    of_others = {m.quantity.fact.id for m in misnamed(case)}
    of_others |= {q.fact.id for pair in exchanged(case) for q in (pair.one, pair.two)}
    for q in case.quantities:
        if (reading := read_in_tables(case, q)) is None:
            continue
        if q.fact.id in of_others:  # it is the name that is wrong: told by its own rule
            yield Alternatives([replace(o, accuses=False) for o in options_of(reading)])
        else:
            yield _read(reading, case)
    yield from funds_under_goals(case)


_LEVELS = (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED, Kind.LAST)


def read_in_tables(case: Case, q: Quantity) -> Reading | None:
    """The reading of an amount whose every word is accounted for and that the tables state.

    Nothing (0 万元) is stated by a cell that stands just there, blank or not, and not by what is near.
    """
    if not q.money or q.kind not in _LEVELS:
        return None
    reading = case.reader.read(q)
    if reading is None or not reading.sure or not (reading.facts or reading.sums):
        return None
    return reading if q.amount.value or (reading.facts and not reading.wider) else None


def _read(reading: Reading, case: Case) -> Made:
    """The amount is one of those that stand where its words say, or made up of them."""
    number, options = reading.quantity.fact, options_of(reading)
    if reading.wider or not well_supported(support_kind(reading.how, known=False)):
        return _weakly(reading, options, case)
    if own := [*_elsewhere(reading.quantity, case), *_under_its_name(reading, case)]:
        return Alternatives([*options, *(_restates(number, f) for f in own)])
    holding = any(holds(o) for o in options)
    if not holding and _of_something_else(reading):
        return Alternatives([replace(o, accuses=False) for o in options])
    known = case.reader.cube.known(number)
    if known and (paid := _paid(reading, case)):
        return Alternatives([*options, *paid])
    if explained := [] if holding else _explained(reading, case):
        return Alternatives([*options, *explained])
    accused = well_supported(support_kind(reading.how, known), POOL_ONE_IN if known else ONE_IN)
    return Alternatives(
        options, _cut(_meant(options, reading.quantity), reading.quantity) if accused else None
    )


def _paid(reading: Reading, case: Case) -> list[Relation]:
    number = reading.quantity.fact
    return [replace(_restates(number, f), accuses=False) for f in _on_other_side(reading, case)]


def _explained(reading: Reading, case: Case) -> list[Relation]:
    number = reading.quantity.fact
    return [r for f in reading.facts if (r := _beside_carried(number, f, case)) is not None]


def _on_other_side(reading: Reading, case: Case) -> list[Fact]:
    """What comes in pays for what goes out: the tables tell the same money on the other side."""
    if not reading.quantity.amount.value:
        return []
    return [f for f in case.reader.other_side(reading) if agree(reading.quantity.fact, f)]


def _weakly(reading: Reading, options: Sequence[Relation], case: Case) -> Made:
    """A kind of reading that may be wrong accuses nobody but for a slip of the keyboard."""
    known = case.reader.cube.known(reading.quantity.fact)  # it may be said of another line of the same tables
    slips = (o for o in options if slip_of(reading.quantity.fact, o.terms[1].fact))
    whole = known or listed_whole(reading.quantity, case.quantities)
    slip = None if whole or _of_purchases(reading) else next(slips, None)
    doubt = _cut(replace(slip, rule="prose.slip"), reading.quantity) if slip else None
    return Alternatives([replace(o, accuses=False) for o in options], doubt)


def _beside_carried(number: Fact, stated: Fact, case: Case) -> Relation | None:
    """The two differ by what was carried over: one of them tells this year's money alone, and does not say so.

    Not where the tables show that the stated one has what was carried over already (or has it not).
    """
    for carried in case.reader.cube.carried if number.amount and number.amount.value else ():
        for sign in (1, -1):
            terms = (Term(1, number), Term(-1, stated), Term(sign, carried))
            relation = Relation(f"prose.table|{number.id}|carried", "prose.table", terms, accuses=False)
            if holds(relation) and not _told_apart(stated, carried, sign, case):
                return relation
    return None


def _told_apart(stated: Fact, carried: Fact, sign: int, case: Case) -> bool:
    """The tables tell the stated amount with (``sign`` 1) or without what was carried over (-1) as well."""
    one, other = stated.interval, carried.interval
    if one is None or other is None:
        return False
    low, high = (other.low, other.high) if sign > 0 else (-other.high, -other.low)
    return case.reader.cube.tells(Interval(one.low + low, one.high + high))


_WORDS = patterns("restating")


def _of_something_else(reading: Reading) -> bool:
    return _of_a_project(reading) or _of_purchases(reading)


def _of_purchases(reading: Reading) -> bool:
    """What is bought for a project or an item need not be all its money."""
    q = reading.quantity
    apart = all("procurement" not in f.table for f in reading.facts)
    return apart and bool(_WORDS["bought"].search(q.passage.text, 0, q.start))


def _of_a_project(reading: Reading) -> bool:
    """A name in a list of projects, which a classification happens to have, too; its level or code is not told."""
    q = reading.quantity
    begin = q.passage.text.rfind("。", 0, q.start) + 1
    function = any(register == "function" for register, _ in reading.said.wanted.codes)
    return (
        function
        and not _WORDS["level_named"].search(q.lead)
        and bool(_WORDS["projects"].search(q.passage.text, begin, q.start))
    )


def _elsewhere(q: Quantity, case: Case) -> list[Fact]:
    """The amount in the project table, where the sentence counts projects; in the row of the very name that stands
    before it, where that is an economic item."""
    begin = q.passage.text.rfind("。", 0, q.start) + 1
    counted = bool(_WORDS["projects"].search(q.passage.text, begin, q.start))
    name = re.split("[,、;:。]|包括", fold(q.lead))[-1]
    if name not in case.standards.economic:  # "由办公费 75 万元和公务用车运行维护费 35 万元构成"
        name = re.split("以及|[和及与]", name)[-1]
    if not counted and name not in case.standards.economic:
        return []
    return [
        f
        for t in case.tables
        if t.table.standard
        for f in t.facts()
        if f.printed
        and agree(q.fact, f)
        and (
            (counted and t.table.standard.layout == "projects")
            or (
                name
                and len(f.row.code) == _ECONOMIC
                and f.row.code.startswith("3")
                and bare(f.row.label) == name
            )
        )
    ]


def _under_its_name(reading: Reading, case: Case) -> list[Fact]:
    """The amount in a row of that very name in any table: the same project may be told in a list, a form and a plan."""
    label = fold_name(reading.said.wanted.label)
    if not label:
        return []
    rows = (f for t in case.tables for f in t.facts() if f.printed and agree(reading.quantity.fact, f))
    return [f for f in rows if fold_name(bare(f.row.label)) == label]


_ECONOMIC = 5
"""Digits of the code of an economic item."""


def options_of(reading: Reading) -> list[Relation]:
    """The amount equals one of those that stand where its words say, or what makes it up."""
    number = reading.quantity.fact
    options = [_restates(number, f) for f in reading.facts] + [_adds_up(number, s) for s in reading.sums]
    return [replace(o, family=f"prose.table|{reading.how}") for o in options]


def _meant(options: Sequence[Relation], q: Quantity) -> Relation:
    """The one that the amount misses by the least of slips; the likeliest where it misses all by more."""
    near = next((o for o in options if _nearly(o, q)), None)
    slip = next((o for o in options if len(o.terms) == 2 and slip_of(q.fact, o.terms[1].fact)), None)
    unit = next((o for o in options if len(o.terms) == 2 and _of_unit(q.fact, o.terms[1].fact)), None)
    return near or slip or unit or _of_all(options, q) or _nearest_sum(options) or options[0]


def _nearest_sum(options: Sequence[Relation]) -> Relation | None:
    """Of several sums that the words may mean, the one that the amount misses by least."""
    if all(len(o.terms) == 2 for o in options):
        return None
    return min(options, key=lambda o: min(abs(residual(o).low), abs(residual(o).high)))


def _of_all(options: Sequence[Relation], q: Quantity) -> Relation | None:
    """Words of the total of all mean its row, not the total of the year's own."""
    if not _WORDS["all"].search(re.split("[,;。]", q.lead)[-1]):
        return None
    return next((o for o in options if len(o.terms) == 2 and "总计" in fold(o.terms[1].fact.row.label)), None)


def _of_unit(one: Fact, other: Fact) -> bool:
    """The two are printed alike, in units that differ."""
    return one.amount is not None and other.amount is not None and one.amount.value == other.amount.value


def support_kind(how: str, known: bool) -> str:
    """The kind of family that counts what such readings held and failed; ``known``: the tables have the amount
    elsewhere, so that the words may mean that."""
    return f"text|{how}|{'elsewhere' if known else 'nowhere'}"


def _excused(r: Reading, made: Sequence[Relation], case: Case) -> bool:
    number = r.quantity.fact
    slips = any(slip_of(number, o.terms[1].fact) or _nearly(o, r.quantity) for o in made)
    return slips or bool(_under_its_name(r, case))


def counted(case: Case) -> Iterator[tuple[str, bool]]:
    """Kinds of readings of the amounts of a text with whether they hold.

    Slips of the keyboard count for neither, nor does an amount that the text itself tells otherwise in the same words.
    What one number of a kind has too much and another too little is one matter.
    """
    readings = [r for q in case.quantities if (r := read_in_tables(case, q)) is not None]
    options = [options_of(r) for r in readings]
    apart: set[tuple[str, Decimal]] = set()
    right = {r.said.wanted for r, made in zip(readings, options, strict=True) if any(holds(o) for o in made)}
    for r, made in zip(readings, options, strict=True):
        number = r.quantity.fact
        if any(holds(o) for o in made):
            yield support_kind(r.how, True), True
            yield support_kind(r.how, False), True
        elif r.said.wanted not in right and not _excused(r, made, case):
            kind = support_kind(r.how, case.reader.cube.known(number))
            missed = {(kind, residual(o).middle) for o in made}
            if not any((kind, -by) in apart for _, by in missed):
                yield kind, False
            apart |= missed
    yield from counted_goal_funds(case)


def _nearly(relation: Relation, q: Quantity) -> bool:
    near = _cut(relation, q).nearly
    return near is not None and abs(residual(relation).middle) <= near.within


def _restates(number: Fact, other: Fact) -> Relation:
    return Relation(f"prose.table|{number.id}", "prose.table", (Term(1, number), Term(-1, other)))
