"""How many projects the text says there are, beside the amount of all of them, against the project table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.places import Place
from yibenzhang.prose.numbering import count_written
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Quantity
from yibenzhang.recognising.table_facts import BlockFacts, TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("counting")
_CENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Listed:
    """A project table: what its projects come to, and how many there are, counted in every sensible way."""

    whole: Decimal
    projects: int
    counts: frozenset[int]
    place: Place

    def contradicts(self, said: int, amount: Decimal) -> bool:
        """The amount is that of all projects, and there are not so many."""
        return abs(amount - self.whole) <= _CENT * self.projects and said not in self.counts


def listed_projects(tables: tuple[TableFacts, ...]) -> Listed | None:
    """The projects of the one project table; None where there is none, or more than one."""
    listed = [t for t in tables if t.table.standard and t.table.standard.id == "budget.projects"]
    if len(listed) != 1 or len(listed[0].blocks) != 1:
        return None
    block = listed[0].blocks[0]
    rows = _with_totals(block)
    leaves = [(r, f) for r, f in rows if r.leaf]
    if not leaves:
        return None
    whole = sum((f.amount.base for _, f in leaves if f.amount), Decimal(0))
    above = {r.parent for r, _ in leaves if r.parent is not None and not _no_project(block.rows[r.parent])}
    counts = {
        len(leaves),
        len({fold(r.label) for r, _ in leaves}),
        len({r.code for r, _ in leaves if r.code}),
        len(above) or len(leaves),
        *Counter(r.level for r, _ in rows if r.leaf or not _no_project(r)).values(),
    }
    return Listed(whole, len(leaves), frozenset(counts), leaves[0][1].place)


def _no_project(row: Row) -> bool:
    """It is a body or a kind of projects, with those below it."""
    return _WORDS["heading"].search(fold(row.label)) is not None


def _with_totals(block: BlockFacts) -> list[tuple[Row, Fact]]:
    """The rows of projects, each with its amount."""
    found = [(r, block.cells.get((k, "total"))) for k, r in enumerate(block.rows)]
    return [(r, f) for r, f in found if r.role != "total" and r.label and f is not None and f.amount]


@rule("projects.count", needs=("text", "tables"))
def counting(case: Case) -> Iterator[Issue]:
    """Sentences with another number of projects than the table, though with the amount of all of them."""
    listed = listed_projects(case.tables)
    if listed is None:
        return
    for p in case.passages:
        for m in _WORDS["count"].finditer(p.text) if not _WORDS["goals"].search(p.text) else ():
            begin, end = sentence(p.text, m.start(), m.end())
            years = _WORDS["year"].findall(p.text, begin, m.start())[-1:]
            if _WORDS["count"].search(p.text, begin, m.start()) or any(int(y) != case.year for y in years):
                continue
            if _WORDS["part"].search(re.split("[,;:]", p.text[begin : m.start()])[-1]):
                continue
            said = count_written(m.group("n") or m.group("m"))
            if any(listed.contradicts(said, q.amount.base) for q in _beside(case, p, begin, m.start(), end)):
                words = p.verbatim(m.start(), m.end()).strip()
                there, count = ("", listed.place), listed.projects
                yield issue_at("projects.count", words, p.place(m.start()), there, count=count)


def _beside(case: Case, p: Passage, begin: int, at: int, end: int) -> list[Quantity]:
    """The amounts of a sentence right before and right after a place in it."""
    money = [q for q in case.quantities if q.passage is p and q.money and begin <= q.start < end]
    return [q for q in money if q.start < at][-1:] + [q for q in money if q.start > at][:1]
