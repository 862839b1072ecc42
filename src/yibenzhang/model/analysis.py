"""The Analysis of a disclosure: one versioned artefact, columnar, that every face, the office and the ledger read.

Tables of plain columns; what is in a column and of what type is SCHEMA. The same documents give the same analysis,
byte for byte: no clock, no path of the machine. Amounts are exact decimals in base units (money: 元, rates: %).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from yibenzhang.model.pages import PAGES

VERSION = "yibenzhang/analysis/4"
LEDGERS = ("yibenzhang/analysis/3", VERSION)
"""Versions whose tables of the ledger are the same."""
STORED = (VERSION,)
"""Versions that are read where one was stored for people to look at (showing.stored): a column or a table that a later
one has more is empty in them. A version is taken away from here only where the meaning of a column changed."""

_COORDINATES = dict.fromkeys(
    (
        "side",
        "fund",
        "period",
        "kind",
        "item",
        "version",
        "told_stage",
        "measure",
        "function",
        "department",
        "government",
        "unit",
        "project",
        "told_year",
        "residue",
    ),
    "text",
)
_AMOUNT = {
    "state": "text",
    "printed": "text",
    "value": "decimal",
    "low": "decimal",
    "high": "decimal",
    "unit_name": "text",
    "dimension": "text",
    "decimals": "int",
}
_PLACE = {"file": "text", "page": "int", "place": "text"}

LEDGER: Mapping[str, Mapping[str, str]] = {
    "documents": {
        "document": "text",
        "schema": "text",
        "body": "text",
        "year": "int",
        "stage": "text",
        "level": "text",
        "region": "text",
        "division": "text",
        "code": "text",
        "kind": "text",
        "files": "int",
        "pages": "int",
        "numbers": "int",
        "proved": "int",
        "contradicted": "int",
        "alone": "int",
        "trivial": "int",
        "errors": "int",
        "warnings": "int",
    },
    "files": {"document": "text", "file": "text", "sha256": "text", "format": "text", "pages": "int"},
    "facts": {
        "document": "text",
        "fact": "text",
        "key": "text",
        "table": "text",
        "title": "text",
        "panel": "int",
        "row": "int",
        "column": "int",
        "code": "text",
        "label": "text",
        "heading": "text",
        "total": "bool",
        **_AMOUNT,
        **_COORDINATES,
        "cell": "int",
        "standing": "text",
        **_PLACE,
    },
    "figures": {
        "document": "text",
        "fact": "text",
        "section": "text",
        "words": "text",
        **_AMOUNT,
        "standing": "text",
        **_PLACE,
    },
    "statements": {
        "document": "text",
        "fact": "text",
        "bound": "text",
        "derived": "bool",
        "section": "text",
        "words": "text",
        "label": "text",
        **_AMOUNT,
        **_COORDINATES,
        "cell": "int",
        **_PLACE,
    },
    "relations": {
        "document": "text",
        "relation": "int",
        "rule": "text",
        "law": "text",
        "family": "text",
        "outcome": "text",
        "residual": "decimal",
        "slack": "decimal",
        "accuses": "bool",
        "explains": "text",
        "constant": "decimal",
    },
    "terms": {
        "document": "text",
        "relation": "int",
        "fact": "text",
        "coefficient": "decimal",
        "value": "decimal",
    },
    "issues": {
        "document": "text",
        "issue": "text",
        "rule": "text",
        "severity": "text",
        "message": "text",
        "arguments": "text",
        "reported": "text",
        "expected": "text",
        "unit_name": "text",
        "certain": "bool",
    },
    "evidence": {
        "document": "text",
        "issue": "text",
        "nth": "int",
        "role": "text",
        "fact": "text",
        "key": "text",
        "table": "text",
        "row": "text",
        "column": "text",
        "printed": "text",
        "suggestion": "text",
        **_PLACE,
    },
    "not_checked": {"document": "text", "rule": "text", "table": "text", "reason": "text"},
    "project_events": {
        "document": "text",
        "event": "text",
        "kind": "text",
        "name": "text",
        "code": "text",
        "owner": "text",
        "about_year": "int",
        "begin": "int",
        "end": "int",
        "measure": "text",
        "value": "decimal",
        "printed": "text",
        "words": "text",
        **_PLACE,
    },
    "indicators": {
        "document": "text",
        "event": "text",
        "form": "text",
        "name": "text",
        "level1": "text",
        "level2": "text",
        "indicator": "text",
        "target": "text",
        "former": "text",
        "last": "text",
        "actual": "text",
        "period": "text",
        "weight": "text",
        "score": "text",
        **_PLACE,
    },
    "passages": {"document": "text", "printed": "text", "heading": "bool", **_PLACE},
}
"""What a ledger keeps of an analysis. Table → column → type: text, int, decimal, bool. Empty text is *not said*; None
is *unknown*.

``cell`` is a number for the coordinates of an amount of money without version, stage and unit: numbers of one cell,
body, year and stage are equal in whatever document. It is None where a word of the place is unknown (``residue``).
``project_events`` has a row for each amount of an event (standards/projects/events.toml), ``indicators`` one for each
indicator of a form, with the event it belongs to. ``statements`` are what sentences say of the year before; ``code``
is the unit code a document prints for its own body, ``division`` its place by GB/T 2260.
"""
LATER = frozenset({"passages"})
"""Tables of a ledger that batches lack which were taken in before there was the table: they are empty there."""

_COUNTS = dict.fromkeys(("numbers", "proved", "contradicted", "alone", "trivial"), "int")
_MORE: Mapping[str, Mapping[str, str]] = {
    "documents": {
        "sha256": "text",
        "conflicts": "texts",
        "relations": "int",
        "not_understood": "texts",
        "lost": "int",
        "expected": "int",
        "cut": "bool",
    },
    "figures": {"passage": "int", "start": "int", "end": "int"},
    "issues": {"number": "int", "key": "text", "surer": "text", "difference": "text", "basis": "texts"},
    "evidence": {
        "number": "int",
        "table_name": "text",
        "section": "text",
        "value": "text",
        "why": "text",
        "at": "place",
    },
}
"""What faces ask for besides, in columns after those of the ledger."""
SCHEMA: Mapping[str, Mapping[str, str]] = {
    **{name: {**columns, **_MORE.get(name, {})} for name, columns in LEDGER.items()},
    "coverage": {"document": "text", "scope": "text", **_COUNTS},
    "sections": {"document": "text", "scope": "text", "name": "text", **_COUNTS},
    "tables": {
        "document": "text",
        "table": "text",
        "standard": "text",
        "name": "text",
        "called": "text",
        "title": "text",
        "kind": "text",
        "part": "bool",
        "pages": "ints",
        "rows": "int",
        "columns": "int",
        "header": "int",
        **_PLACE,
        "at": "place",
        "part_of": "text",
        "unit": "text",
        "unknown": "texts",
        **_COUNTS,
    },
    "cells": {
        "document": "text",
        "table": "text",
        "row": "int",
        "column": "int",
        "row_span": "int",
        "column_span": "int",
        "printed": "text",
        "fact": "text",
        "standing": "text",
    },
    "readings": {
        "document": "text",
        "fact": "text",
        "key": "text",
        "table": "text",
        "standard": "text",
        "side": "text",
        "code": "text",
        "row": "text",
        "token": "text",
        "role": "text",
        "measure": "text",
        "column": "text",
        "coordinates": "texts",
        "residue": "texts",
        "standing": "text",
        "state": "text",
        "value": "decimal",
        "unit": "text",
        "printed": "text",
        "page": "int",
        "place": "text",
        "where": "text",
    },
    "sums": {"document": "text", "number": "int", "rule": "text", "name": "text", "arithmetic": "text"},
    **PAGES,
}
"""All tables, those of the ledger first, each with its columns of the ledger first. Besides their types: float, texts
and ints (tuples), box and boxes (left, top, right, bottom in points), place (what model.places.plain makes of it).

``number`` is the position of an issue, ``passage`` that of a passage; ``expected`` counts the pages with those that
were lost. ``coverage`` has the scopes all, tables and text, ``sections`` kind (of table) and section. ``sums`` are
the relations an issue broke. A table of one ``name`` in two files is ``called`` also by its file; ``unknown`` are the
words of its headings that nothing explains. ``readings`` has every number cell of a table that is a standard one or has
coordinates (``dimension=value``), with its value in the unit it is printed in: for those who look for the cause of
something, and not stored.
"""
PASSING = frozenset({"readings"})
"""Tables that are made when they are asked for and never stored."""

Rows = tuple[tuple[Any, ...], ...]


class Tables(Mapping[str, Rows]):
    """Tables by name, of which a column may be had alone."""

    def column(self, table: str, name: str) -> Sequence[Any]:
        return self[table][tuple(SCHEMA[table]).index(name)]


class Made(Tables):
    """Tables that are made when they are first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Rows]]) -> None:
        self._makers = makers
        self._made: dict[str, Rows] = {}

    def __getitem__(self, name: str) -> Rows:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


_OF_ISSUES = ("issues", "evidence", "sums")


@dataclass(frozen=True, slots=True)
class Analysis:
    """``tables``: for each table of SCHEMA its columns, all of one length, in the order of SCHEMA."""

    document: str
    tables: Tables

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table row by row, for those who want one."""
        names = tuple(SCHEMA[table])
        return [dict(zip(names, row, strict=True)) for row in zip(*self.tables[table], strict=True)]

    def columns(self, table: str, *names: str) -> Iterator[tuple[Any, ...]]:
        """Some columns of a table, row by row."""
        return zip(*(self.tables.column(table, name) for name in names), strict=True)

    def along(self, more: Mapping[str, Callable[[], Rows]]) -> Analysis:
        """With these tables in place of or besides its own."""
        own = {name: partial(self.tables.__getitem__, name) for name in self.tables}
        return Analysis(self.document, Made({**own, **more}))

    def only(self, numbers: Collection[int]) -> Analysis:
        """With these issues and no others."""
        return self.along({name: partial(_kept, name, self, numbers) for name in _OF_ISSUES})


def _kept(table: str, analysis: Analysis, numbers: Collection[int]) -> Rows:
    columns, at = analysis.tables[table], analysis.tables.column(table, "number")
    return tuple(tuple(v for v, n in zip(column, at, strict=True) if n in numbers) for column in columns)


def columns_of(table: str, document: str, rows: Iterable[tuple[Any, ...]]) -> Rows:
    """Rows without their first value, the document, as columns."""
    found = [(document, *row) for row in rows]
    return tuple(zip(*found, strict=True)) if found else tuple(() for _ in SCHEMA[table])
