"""From a check to its Analysis: what was found out, as columns (see model.analysis)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from yibenzhang.balance.coverage import Coverage, Standing, coverage
from yibenzhang.checking.check import Checked
from yibenzhang.checking.extent import Extent
from yibenzhang.checking.relate import names_of_tables
from yibenzhang.model.analysis import SCHEMA, VERSION, Analysis, Made, Rows, columns_of
from yibenzhang.model.documents import Document
from yibenzhang.model.issues import Severity
from yibenzhang.model.places import InFile, file_of, plain
from yibenzhang.standards import fold, load

if TYPE_CHECKING:
    from yibenzhang.model.fact_keys import FactKey

Row = tuple[Any, ...]


def analysis_of(checked: Checked) -> Analysis:
    """The analysis of a disclosure, of one file or of several checked together; its tables are made when they are
    asked for."""
    document = identity(checked.document)
    rows = _Rows(checked)

    def maker(name: str) -> Callable[[], Rows]:
        return lambda: columns_of(name, document, getattr(rows, name)())

    return Analysis(document, Made({name: maker(name) for name in SCHEMA if hasattr(rows, name)}))


def identity(document: Document) -> str:
    """A disclosure is what its files hold: the hash of one, or of the hashes of all in order."""
    hashes = sorted({part.sha256 for part in document.parts} or {document.sha256})
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


class _Rows:
    """The rows of every table, each without the document; what only programs ask for is imported when it is."""

    def __init__(self, checked: Checked) -> None:
        self._checked = checked

    @cached_property
    def _keys(self) -> Mapping[str, FactKey]:
        from yibenzhang.model.fact_keys import fact_keys

        return fact_keys(self._checked.views)

    @cached_property
    def _extent(self) -> Extent:
        return self._checked.extent

    def documents(self) -> Iterable[Row]:
        return [_document(self._checked, self._extent)]

    def files(self) -> Iterable[Row]:
        return _files(self._checked.document)

    def facts(self) -> Iterable[Row]:
        from yibenzhang.checking import analysis_numbers

        return analysis_numbers.facts(self._checked, self._keys)

    def figures(self) -> Iterable[Row]:
        from yibenzhang.checking import analysis_numbers

        return analysis_numbers.figures(self._checked)

    def statements(self) -> Iterable[Row]:
        from yibenzhang.checking import analysis_numbers

        return analysis_numbers.statements(self._checked)

    def relations(self) -> Iterable[Row]:
        from yibenzhang.checking import analysis_numbers

        return analysis_numbers.relations(self._checked)

    def terms(self) -> Iterable[Row]:
        from yibenzhang.checking import analysis_numbers

        return analysis_numbers.terms(self._checked)

    def issues(self) -> Iterable[Row]:
        if not self._checked.findings:
            return ()
        from yibenzhang.checking import analysis_issues

        return analysis_issues.issues(self._checked, self._keys)

    def evidence(self) -> Iterable[Row]:
        if not self._checked.findings:
            return ()
        from yibenzhang.checking import analysis_issues

        return analysis_issues.evidence(self._checked, self._keys)

    def sums(self) -> Iterable[Row]:
        return (
            (n, b.rule, b.name, b.arithmetic) for n, i in enumerate(self._checked.findings) for b in i.broken
        )

    def not_checked(self) -> Iterable[Row]:
        return ((n.rule, n.table, n.reason) for n in self._checked.not_checked)

    def project_events(self) -> Iterable[Row]:
        from yibenzhang.checking import project_events

        return project_events.rows_of(self._checked)

    def indicators(self) -> Iterable[Row]:
        from yibenzhang.checking import project_events

        return project_events.indicators_of(self._checked)

    def coverage(self) -> Iterable[Row]:
        of = {"all": self._checked.coverage, "tables": self._extent.tables, "text": self._extent.text}
        return ((scope, *_counts(c)) for scope, c in of.items())

    def sections(self) -> Iterable[Row]:
        found = [("kind", *kind) for kind in self._checked.by_kind.items()]
        found += [("section", *section) for section in self._checked.sections]
        return ((scope, name, *_counts(c)) for scope, name, c in found)

    def tables(self) -> Iterable[Row]:
        return _tables(self._checked)

    def readings(self) -> Iterable[Row]:
        from yibenzhang.checking import analysis_readings

        return analysis_readings.readings(self._checked, self._keys)

    def cells(self) -> Iterable[Row]:
        return _cells(self._checked)

    def passages(self) -> Iterable[Row]:
        from yibenzhang.checking.analysis_numbers import place_of

        return ((p.text, p.heading, *place_of(p.place(0))) for p in self._checked.passages)


def _document(c: Checked, extent: Extent) -> Row:
    p, s = c.profile, c.coverage
    count = {severity: sum(f.severity is severity for f in c.findings) for severity in Severity}
    return (
        VERSION,
        p.body,
        p.fiscal_year,
        p.stage,
        p.level,
        p.region,
        _division(p.body, p.region),
        _code(c),
        c.document_kind,
        max(len(c.document.parts), 1),
        len(c.document.pages),
        s.numbers,
        s.proved,
        s.contradicted,
        s.alone,
        s.trivial,
        count[Severity.ERROR],
        count[Severity.WARNING],
        c.document.sha256,
        p.conflicts,
        len(c.results),
        extent.not_understood,
        extent.lost,
        extent.pages,
        extent.cut,
    )


def _division(body: str, region: str) -> str:
    """The administrative division by the name of the body, or else by its region; empty where neither says."""
    from yibenzhang.standards.divisions import division_of, divisions

    found = division_of(body)
    if found is not None:
        return found.code
    if region in divisions():
        return region
    return next((r.division for r in load().regions if r.id == region), "")


def _code(c: Checked) -> str:
    """The unit code that the tables print beside the document's own body: the shortest, which is the department's."""
    own = fold(c.profile.body)
    if not own:
        return ""
    rows = {
        (row.coordinates.unit, fold(row.label)) for v in c.views for row in v.rows if row.coordinates.unit
    }
    found = sorted((len(unit), unit) for unit, label in rows if label == own and unit.isdigit())
    return found[0][1] if found else ""


def _files(document: Document) -> Iterator[Row]:
    for name, part in zip(document.names or ("",), document.parts or (document,), strict=True):
        yield name, part.sha256, part.kind, len(part.pages)


def _counts(c: Coverage) -> Row:
    return c.numbers, c.proved, c.contradicted, c.alone, c.trivial


def _tables(c: Checked) -> Iterator[Row]:
    """Every table as it was recognised; ``part``: of a form that another table begins."""
    names = names_of_tables(c.tables)
    unknown, standing = _unknown_words(c), _standings(c)
    for found in c.tables:
        t = found.table
        place = t.table.cells[0].place if t.table.cells else None
        inner = place.inner if isinstance(place, InFile) else place
        yield (
            t.id,
            t.standard.id if t.standard else "",
            t.name,
            names[t.id],
            t.title,
            c.kinds.get(t.id),
            bool(t.part_of),
            t.table.pages,
            t.table.rows,
            t.table.columns,
            t.header.first,
            file_of(place),
            place.page if place else None,
            inner.key if inner else "",
            plain(place) if place else None,
            t.part_of,
            t.unit.name if t.unit else "",
            tuple(unknown.get(t.id, ())),
            *_counts(coverage(standing.get(t.id, {}))),
        )


def _unknown_words(c: Checked) -> dict[str, dict[str, None]]:
    """The words of the headings of each table that nothing explains."""
    out: dict[str, dict[str, None]] = {}
    for view in c.views:
        words = out.setdefault(view.table, {})
        for column in view.columns:
            words |= dict.fromkeys(column.coordinates.residue)
    return out


def _standings(c: Checked) -> dict[str, dict[str, Standing]]:
    """The standing of the numbers of each table."""
    out: dict[str, dict[str, Standing]] = {}
    for view in c.views:
        known = {f.id: c.standing[f.id] for f in view.cells.values() if f.id in c.standing}
        out.setdefault(view.table, {}).update(known)
    return out


def _cells(c: Checked) -> Iterator[Row]:
    """The cells of every table, each with the number in it."""
    for found in c.tables:
        by_cell = {f.cell: f.id for f in found.facts()}
        for x in found.table.table.cells:
            fact = by_cell.get((x.row, x.column), "")
            standing = c.standing.get(fact)
            yield (
                found.table.id,
                x.row,
                x.column,
                x.row_span,
                x.column_span,
                x.text,
                fact,
                standing.value if standing else "",
            )
