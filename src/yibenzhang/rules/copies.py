"""A disclosure in several files: which tables each file is read with."""

from __future__ import annotations

from yibenzhang.model.places import file_of
from yibenzhang.recognising.table_facts import TableFacts

Tables = tuple[TableFacts, ...]


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
