"""The JSON contract yibenzhang/report/1; reports/report.schema.json describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yibenzhang.batch import FileResult
from yibenzhang.checking.check import Checked
from yibenzhang.checking.multi_file import Group
from yibenzhang.model.issues import Evidence, Issue
from yibenzhang.model.places import InFile, file_of
from yibenzhang.recognising.table_facts import TableFacts

SCHEMA = "yibenzhang/report/1"


def report(results: list[FileResult], groups: Sequence[Group] = ()) -> dict[str, Any]:
    """The report of one run; numbers are strings. ``across`` are findings between files of one disclosure."""
    out: dict[str, Any] = {
        "schema": SCHEMA,
        "documents": [_document(r) | ({"group": r.group} if r.group else {}) for r in results],
        "across": [_finding(f, dict(zip(g.names, g.paths, strict=True))) for g in groups for f in g.findings],
    }
    if groups:
        out["groups"] = [_group(k, g) for k, g in enumerate(groups, start=1)]
    return out


def _group(number: int, group: Group) -> dict[str, Any]:
    p = group.profile
    out: dict[str, Any] = {
        "id": number,
        "body": p.body or None,
        "fiscal_year": p.fiscal_year,
        "stage": p.stage or None,
        "files": list(group.paths),
        "findings": [f.id for f in group.findings],
    }
    return out | ({"error": group.error} if group.error else {})


def _document(result: FileResult) -> dict[str, Any]:
    if result.checked is None:
        return {
            "path": result.path,
            "error": result.error,
            "profile": {"body": None, "fiscal_year": None, "stage": None, "level": None, "region": None},
            "tables": [],
            "coverage": {"numbers": 0, "proved": 0, "contradicted": 0, "alone": 0},
            "findings": [],
            "not_checked": [{"rule": "", "reason": result.error}],
        }
    checked = result.checked
    c = checked.coverage
    return {
        "path": result.path,
        "profile": profile(checked),
        "tables": [_table(t) for t in checked.tables],
        "coverage": {
            "numbers": c.numbers,
            "proved": c.proved,
            "contradicted": c.contradicted,
            "alone": c.alone,
            "sections": [
                {
                    "name": name,
                    "numbers": s.numbers,
                    "proved": s.proved,
                    "contradicted": s.contradicted,
                    "alone": s.alone,
                }
                for name, s in checked.sections
            ],
        },
        "findings": [_finding(f) for f in checked.findings],
        "not_checked": [{"rule": n.rule, "reason": n.reason} for n in checked.not_checked],
    }


def profile(checked: Checked) -> dict[str, Any]:
    """The profile by the contract; null is unknown."""
    p = checked.profile
    return {
        "body": p.body or None,
        "fiscal_year": p.fiscal_year,
        "stage": p.stage or None,
        "level": p.level or None,
        "region": p.region or None,
    }


def _table(table: TableFacts) -> dict[str, Any]:
    t = table.table
    return {
        "id": t.id,
        "standard": t.standard.id if t.standard else None,
        "title": t.title,
        "pages": list(t.table.pages),
        "rows": t.table.rows,
        "columns": t.table.columns,
    }


Files = Mapping[str, str]
"""The paths of a group's files by their names."""


def _finding(f: Issue, files: Files | None = None) -> dict[str, Any]:
    return {
        "id": f.id,
        "rule": f.rule,
        "severity": f.severity.value,
        "message": f.message,
        "reported": f.reported or None,
        "expected": f.expected or None,
        "difference": f.difference or None,
        "unit": f.unit or None,
        "basis": list(f.basis),
        "evidence": [_evidence(e, files) for e in f.evidence],
        "suspects": [
            {"evidence": _evidence(s.evidence, files), "suggestion": s.suggestion or None, "why": s.why}
            for s in f.suspects
        ],
        "relations": [{"rule": b.rule, "name": b.name, "arithmetic": b.arithmetic} for b in f.broken],
    }


def _evidence(e: Evidence, files: Files | None = None) -> dict[str, Any]:
    place = e.place.inner if isinstance(e.place, InFile) else e.place
    name = file_of(e.place)
    return ({"file": files.get(name, name)} if files and name else {}) | {
        "place": place.key,
        "page": e.place.page,
        "table": e.table or None,
        "row": e.row,
        "column": e.column,
        "text": f"{e.row} {e.text}".strip() if e.fact else e.text,
        "value": e.value or None,
    }


def tables_of(checked_tables: tuple[TableFacts, ...]) -> list[dict[str, Any]]:
    """Every table as read: ``rows`` of printed text, merged cells at their top left position."""
    return [
        {
            "id": t.table.id,
            "title": t.table.title,
            "standard": t.table.standard.id if t.table.standard and not t.table.part_of else None,
            "pages": list(t.table.table.pages),
            "unit": t.table.unit.name if t.table.unit else None,
            "header_rows": t.table.header.first,
            "rows": t.table.table.texts(),
        }
        for t in checked_tables
    ]


def facts_of(tables: tuple[TableFacts, ...]) -> list[dict[str, Any]]:
    """Every fact of the standard tables, one flat record each."""
    out = []
    for table in tables:
        if table.table.standard is None:
            continue
        for f in table.facts():
            out.append(
                {
                    "id": f.id,
                    "table": f.table,
                    "standard": f.standard,
                    "side": f.side or None,
                    "code": f.row.code or None,
                    "row": f.row.label,
                    "token": f.row.token or None,
                    "role": f.row.role,
                    "measure": f.measure,
                    "column": f.column,
                    "state": f.state.value,
                    "value": str(f.amount.value) if f.amount else None,
                    "unit": f.unit.name if f.unit else None,
                    "text": f.text,
                    "page": f.place.page,
                    "place": f.place.key,
                    "where": str(f.place),
                }
            )
    return out
