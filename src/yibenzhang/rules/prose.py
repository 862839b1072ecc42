"""Claims of the text to relations: against the tables, against each other, against themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.relations import Relation
from yibenzhang.prose.binding import Binder
from yibenzhang.prose.claims import claims_of
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity, quantities_of
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.addresses import Book
from yibenzhang.rules.agreeing import agreeing
from yibenzhang.rules.claiming import MAKERS, Neighbours
from yibenzhang.rules.comparing import comparing
from yibenzhang.rules.lists import Doubt, counted, graded_of, listed_of, split_of, vehicles_of
from yibenzhang.rules.restating import TableFinder, contradicted, keyboard, other_year, restated
from yibenzhang.standards import Standards


@dataclass(frozen=True, slots=True)
class Prose:
    """What the text of a document says: its numbers, what follows from them, what is doubtful."""

    quantities: tuple[Quantity, ...]
    relations: tuple[Relation, ...]
    doubts: tuple[Doubt, ...]


def prose_of(
    passages: list[Passage],
    tables: tuple[TableFacts, ...],
    stage: str,
    year: int | None,
    standards: Standards,
) -> Prose:
    """All that the text claims, as relations over its numbers and those of the tables."""
    quantities = {k: quantities_of(p, year, stage) for k, p in enumerate(passages)}
    everything = [
        q for found in quantities.values() for q in found if (q.money or q.percent) and q.kind != Kind.BROKEN
    ]
    finder = TableFinder(Book(tables, stage), tables)
    binder = Binder(tables, standards, stage, finder)
    relations = restated(everything, binder)
    claims = claims_of(passages, quantities)
    doubts: list[Doubt] = list(_other_years(everything, binder, year)) if year else []
    near = Neighbours(quantities, finder, binder, claims, standards)
    for claim in claims:
        found_out = MAKERS[claim.says](claim, near)
        if claim.loose and (isinstance(found_out, Doubt) or found_out and contradicted(found_out)):
            continue
        if isinstance(found_out, Doubt):
            doubts.append(found_out)
        elif found_out is not None:
            relations.append(found_out)
    for found in quantities.values():
        for split in standards.splits:
            relations.extend(split_of(split, found))
        relations.extend(m for m in (vehicles_of(found),) if m)
        relations.extend(m for m in listed_of(found) if keyboard(m))
    for position, passage in enumerate(passages):
        following = passages[position + 1 : position + 2]
        goes_on = bool(following) and following[0].text.startswith("其中")
        graded = quantities[position] + (quantities[position + 1] if goes_on else [])
        relations.extend(m for m in (graded_of(graded),) if m)
        doubts.extend(counted(passage, quantities[position]))
    relations.extend(agreeing(quantities, claims))
    doubts.extend(comparing(passages, quantities, claims, tables))
    return Prose(tuple(everything), tuple(dict.fromkeys(relations)), tuple(doubts))


def _other_years(quantities: list[Quantity], binder: Binder, year: int) -> Iterator[Doubt]:
    """This year's amount of the tables under the name of another year."""
    for q in quantities:
        if q.kind in (Kind.VALUE, Kind.LAST) and (wrong := other_year(q, binder, year)):
            words = q.passage.verbatim(max(0, q.start - len(q.lead)), q.end)[-60:]
            yield Doubt("prose.year", f"写成 {wrong} 年，金额却是 {year} 年的：“{words}”。", (q,))
