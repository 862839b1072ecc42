"""A disclosure in several files: which tables each file is read with, and tables printed in two of them."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.amounts import CellState
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import arguments
from yibenzhang.model.places import file_of
from yibenzhang.model.relations import NotChecked, Relation, Term
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.standards import fold

RULE = "together.same"
Tables = tuple[TableFacts, ...]
Key = tuple[str, str, str, str]


def file_of_table(table: TableFacts) -> str:
    """The file a table stands in; empty where the disclosure is one file."""
    return file_of(table.table.table.cells[0].place) if table.table.table.cells else ""


def view(tables: Tables, file: str) -> Tables:
    """The tables of one file, and of the others those standard tables which it lacks."""
    own = [t for t in tables if file_of_table(t) == file]
    known = {t.table.standard.id for t in own if t.table.standard}
    return tuple(
        t
        for t in tables
        if file_of_table(t) == file or (t.table.standard and t.table.standard.id not in known)
    )


def copies(tables: Tables) -> Iterator[Relation | NotChecked]:
    """Number by number, the same standard table in two files."""
    by_standard: dict[str, list[TableFacts]] = {}
    for t in tables:
        if t.table.standard:
            by_standard.setdefault(t.table.standard.id, []).append(t)
    for found in by_standard.values():
        files = [file_of_table(t) for t in found]
        if len(set(files)) < 2:
            continue
        name = found[0].table.name
        if len(set(files)) < len(files):
            yield NotChecked(RULE, template="twice", arguments=arguments(table=name))
            continue
        first = _cells(found[0])
        for other in found[1:]:
            second = _cells(other)
            for key, fact in first.items():
                twin = second.get(key)
                if twin is not None and _comparable(fact, twin):
                    terms = (Term(1, fact), Term(-1, twin))
                    yield Relation(f"{RULE}|{fact.id}|{twin.id}", RULE, terms)
            alone = sum(f.printed for k, f in first.items() if k not in second)
            alone += sum(f.printed for k, f in second.items() if k not in first)
            if alone:
                values = arguments(table=name, count=alone)
                yield NotChecked(RULE, table=found[0].table.id, template="alone", arguments=values)


def _cells(table: TableFacts) -> dict[Key, Fact]:
    """Facts by side, row and column; what stands there twice is left out, for which is meant is not known."""
    out: dict[Key, Fact] = {}
    twice: set[Key] = set()
    for fact in table.facts():
        key = (fact.side, fact.row.role, fact.row.code or fold(fact.row.label), fact.measure)
        if key in out:
            twice.add(key)
        out[key] = fact
    return {k: f for k, f in out.items() if k not in twice and k[2]}


def _comparable(a: Fact, b: Fact) -> bool:
    if CellState.UNREADABLE in (a.state, b.state) or not (a.printed or b.printed):
        return False
    return a.unit is not None and b.unit is not None and a.unit.dimension == b.unit.dimension
