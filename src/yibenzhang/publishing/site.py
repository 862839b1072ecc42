"""A static site: an index and a page for each body with its years side by side; it opens from a folder."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from yibenzhang.ledger.comparing import AcrossFinding
from yibenzhang.ledger.index import refresh
from yibenzhang.ledger.store import Ledger
from yibenzhang.portal.flows import charts_of, flows_of, sankey
from yibenzhang.portal.reading import Book
from yibenzhang.portal.tables import tree
from yibenzhang.publishing.package import emptied
from yibenzhang.standards import HERE
from yibenzhang.standards.registers import registers

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Column:
    """A document as a column: ``document`` is its hash, ``files`` their names, ``link`` its address or nothing."""

    document: str
    year: int
    stage: str
    level: str
    files: tuple[str, ...]
    link: str
    proved: int
    numbers: int
    errors: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as it is shown (万元), as it was printed, and where: the file with its number on the page, and the
    page."""

    shown: str
    printed: str
    file: str
    nth: int
    page: int | None
    link: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a body's page: a cell for each column, None where its document does not tell it."""

    name: str
    cells: tuple[Cell | None, ...]


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    return tomllib.loads((HERE / "publishing" / "site.toml").read_text(encoding="utf-8"))


def page_of(who: str) -> str:
    """The file of a body's page; it lasts as long as the body's name."""
    return f"{hashlib.sha256(who.encode()).hexdigest()[:12]}.html"


def write_site(ledger: Ledger, folder: Path, findings: Sequence[AcrossFinding]) -> int:
    """Write the site beside its place and then there; how many bodies it has.

    Raises PublishError for a folder that is not empty, OSError where it cannot be written.
    """
    beside = emptied(folder)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    by_who: dict[str, list[AcrossFinding]] = {}
    for f in findings:
        by_who.setdefault(f.who, []).append(f)
    try:
        (beside / "bodies").mkdir()
        page = environment.get_template("body.html")
        listed = []
        refresh(ledger)
        book = Book(ledger)
        with closing(ledger.connect(compared=False)) as con:
            for who, place, columns, groups in _bodies(con):
                text = page.render(
                    **_pictures(book, who),
                    words=_words(),
                    who=who,
                    place=place,
                    columns=columns,
                    groups=groups,
                    findings=by_who.get(who, []),
                )
                (beside / "bodies" / page_of(who)).write_text(text, encoding="utf-8")
                listed.append((place, who, page_of(who), columns, len(by_who.get(who, []))))
        listed.sort(key=lambda x: x[:2])
        places = [(place, list(found)) for place, found in groupby(listed, key=lambda x: x[0])]
        text = environment.get_template("index.html").render(words=_words(), places=places, count=len(listed))
        (beside / "index.html").write_text(text, encoding="utf-8")
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return len(listed)


def _pictures(book: Book, who: str) -> dict[str, Any]:
    """How the totals went over the years, where each document's money comes from and goes to, and its classifications
    as a tree: as the portal shows them."""
    found = [d for d in book.disclosures(who) if d.latest]
    numbers = book.numbers([d.d for d in found])
    flows = []
    for d in found:
        flow = flows_of([n for n in numbers if n.d == d.d])
        if flow is not None:
            flows.append((d.called, sankey(flow, f"{who}{d.called}"), flow.rows))
    return {"charts": charts_of(found, numbers), "flows": flows, "tree": tree(found, numbers)}


_COLUMNS = """
SELECT d.who, coalesce(v.name, '') AS place, d.document, d.year, d.stage, d.level, d.path, d.address, d.proved,
       d.numbers, d.errors
FROM documents d LEFT JOIN divisions v ON v.code = d.division
WHERE d.kind = 'disclosure' AND d.who <> '' AND d.year IS NOT NULL AND d.stage <> ''
ORDER BY d.who, d.level, d.year, d.stage, d.document
"""
_NUMBERS = """
SELECT who, document, row_name, label, value, printed, unit_name, page, file FROM ({rows}) ORDER BY who
"""
_ROW = """
SELECT who, document, {name} AS row_name, {label} AS label, arg_max(value, (value, fact)) AS value,
       arg_max(printed, (value, fact)) AS printed, arg_max(unit_name, (value, fact)) AS unit_name, arg_max(page,
       (value, fact)) AS page,
       arg_max(file, (value, fact)) AS file
FROM facts
WHERE dimension = 'money' AND value IS NOT NULL AND residue = '' AND measure = '' AND unit = '' AND told_year = ''
  AND version IN ('', 'current_year') AND told_stage IN ('', CASE stage WHEN 'accounts' THEN 'final' ELSE
  'initial' END) AND {where}
GROUP BY who, document, {label}
"""


def _bodies(
    con: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[str, str, list[Column], list[tuple[str, list[Line]]]]]:
    """Body by body: its name, place, columns, and lines by group; the ledger is read once for all of them."""
    words = _words()
    queries = [_row(k, r["where"], "''") for k, r in enumerate(words["row"])]
    queries += [_row(len(words["row"]) + k, r["where"], r["label"]) for k, r in enumerate(words["rows"])]
    con.execute(f"CREATE TABLE shown AS {_NUMBERS.format(rows=' UNION ALL '.join(queries))}")
    numbers = con.cursor().execute("SELECT * FROM shown ORDER BY who")
    pending: list[tuple[Any, ...]] = []
    columns = con.execute(_COLUMNS).fetchall()
    for who, rows in groupby(columns, key=lambda r: r[0]):
        found = list(rows)
        values: dict[tuple[int, str, str], tuple[Any, ...]] = {}
        while True:
            row = pending.pop() if pending else numbers.fetchone()
            if row is None:
                break
            if row[0] > who:
                pending.append(row)
                break
            if row[0] == who:
                values[row[2], row[3], row[1]] = row
        shown = [_column(r[2:]) for r in found]
        yield who, found[0][1], shown, _lines(shown, values)


def _column(found: tuple[Any, ...]) -> Column:
    document, year, stage, level, path, link, proved, numbers, errors = found
    files = tuple(Path(x).name for x in path.split("、"))
    return Column(document, year, stage, level, files, link, proved, numbers, errors)


def _row(number: int, where: str, label: str) -> str:
    column = label if label == "''" else f'"{label}"'
    return _ROW.format(name=number, label=column, where=where)


def _lines(
    columns: Sequence[Column], numbers: Mapping[tuple[int, str, str], tuple[Any, ...]]
) -> list[tuple[str, list[Line]]]:
    words = _words()
    groups: dict[str, list[Line]] = {}
    for k, row in enumerate(words["row"]):
        _add(groups, row["group"], row["name"], [numbers.get((k, "", c.document)) for c in columns], columns)
    for k, rows in enumerate(words["rows"]):
        number = len(words["row"]) + k
        values: dict[str, Decimal] = {}
        for (n, label, _), found in numbers.items():
            if n == number:
                values[label] = max(values.get(label, Decimal(0)), found[4])
        by_code = rows.get("names") == "function"
        order = sorted(values, key=lambda x: x if by_code else (-values[x], x))[: rows["most"]]
        for label in order:
            name = _function(label) if by_code else label
            _add(
                groups,
                rows["group"],
                name,
                [numbers.get((number, label, c.document)) for c in columns],
                columns,
            )
    return list(groups.items())


def _function(code: str) -> str:
    found = [e.name for e in registers().function.entries if e.code == code]
    return f"{code} {found[-1]}" if found else code


def _add(
    groups: dict[str, list[Line]],
    group: str,
    name: str,
    found: Sequence[tuple[Any, ...] | None],
    columns: Sequence[Column],
) -> None:
    if not any(found):
        return
    before, cells = 0, []
    for f, column in zip(found, columns, strict=True):
        cells.append(_cell(f, column, before) if f else None)
        before += len(column.files)
    groups.setdefault(group, []).append(Line(name, tuple(cells)))


def _cell(found: tuple[Any, ...], column: Column, before: int) -> Cell:
    """``before``: how many files the columns before this one have."""
    value, printed, unit, page, file = found[4:9]
    name = Path(file).name if file else column.files[0]
    nth = before + 1 + (column.files.index(name) if name in column.files else 0)
    link = f"{column.link}#page={page}" if column.link and page else column.link
    return Cell(f"{value / 10_000:,.2f}", f"{printed}{unit}", name, nth, page, link)
