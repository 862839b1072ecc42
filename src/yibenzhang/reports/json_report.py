"""The JSON contract yibenzhang/report/2; reports/report.schema.json describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yibenzhang import __version__
from yibenzhang.balance.coverage import Coverage
from yibenzhang.batch import FileResult, failure
from yibenzhang.checking.check import Checked
from yibenzhang.checking.extent import over
from yibenzhang.checking.multi_file import Group
from yibenzhang.model.fact_keys import FactKey, fact_keys
from yibenzhang.model.issues import Evidence, Issue
from yibenzhang.model.places import InFile, file_of
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.reports.flat import key_of
from yibenzhang.reports.speech import UNUSABLE, first_line

SCHEMA = "yibenzhang/report/2"


def report(results: Sequence[FileResult], groups: Sequence[Group] = ()) -> dict[str, Any]:
    """The report of one run; numbers are strings. ``across`` are findings between files of one disclosure."""
    out: dict[str, Any] = {
        "schema": SCHEMA,
        "program": __version__,
        "documents": [_document(r) | ({"group": r.group} if r.group else {}) for r in results],
        "across": [f for g in groups for f in _across(g)],
    }
    if groups:
        out["groups"] = [_group(k, g) for k, g in enumerate(groups, start=1)]
    return out


def _across(group: Group) -> Iterator[dict[str, Any]]:
    files = dict(zip(group.names, group.paths, strict=True))
    keys = fact_keys(group.checked.views) if group.checked and group.findings else {}
    for f in group.findings:
        yield _finding(f, files) | {"key": key_of(f, keys)}


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
            "summary": {
                "text": f"{failure(result)}：{result.error}",
                "kind": None,
                "share": None,
                "numbers": 0,
                "proved": 0,
                "trivial": 0,
                "not_understood": [],
                "too_little": True,
            },
            "coverage": {"numbers": 0, "proved": 0, "contradicted": 0, "alone": 0, "trivial": 0},
            "findings": [],
            "not_checked": [{"rule": "", "reason": result.error}],
        }
    checked = result.checked
    keys = fact_keys(checked.views)
    return {
        "path": result.path,
        "sha256": checked.document.sha256,
        "profile": profile(checked),
        "summary": _summary(checked, result.left_out),
        **({"left_out": result.left_out} if result.left_out else {}),
        "tables": [_table(t) | {"kind": checked.kinds.get(t.table.id)} for t in checked.tables],
        "coverage": {
            **_counts(checked.coverage),
            "tables": _counts(checked.shares[0]),
            "text": _counts(checked.shares[1]),
            "kinds": {kind: _counts(c) for kind, c in checked.by_kind.items()},
            "sections": [{"name": name, **_counts(s)} for name, s in checked.sections],
        },
        "findings": [_finding(f, keys=keys) | {"key": key_of(f, keys)} for f in checked.findings],
        "not_checked": [
            {"rule": n.rule, "reason": n.reason, "table": n.table or None} for n in checked.not_checked
        ],
    }


def _summary(checked: Checked, left_out: int) -> dict[str, Any]:
    """The first line, and what it is made from; ``numbers`` are those that decide, without zeros among zeros."""
    extent = checked.extent
    c = extent.counted
    return {
        "text": first_line(checked, left_out),
        "kind": extent.kind,
        "share": extent.share if over(c) else None,
        "numbers": over(c),
        "proved": c.proved,
        "trivial": c.trivial,
        "not_understood": list(extent.not_understood),
        "too_little": extent.kind in UNUSABLE or extent.too_little,
    }


def _counts(c: Coverage) -> dict[str, int]:
    return {
        "numbers": c.numbers, "proved": c.proved, "contradicted": c.contradicted, "alone": c.alone,
        "trivial": c.trivial,
    }  # fmt: skip


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
Keys = Mapping[str, FactKey]
"""The keys of a document's facts by their ids."""


def _finding(f: Issue, files: Files | None = None, keys: Keys | None = None) -> dict[str, Any]:
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
        "evidence": [_evidence(e, files, keys) for e in f.evidence],
        "suspects": [
            {"evidence": _evidence(s.evidence, files, keys), "suggestion": s.suggestion or None, "why": s.why}
            for s in f.suspects
        ],
        "relations": [{"rule": b.rule, "name": b.name, "arithmetic": b.arithmetic} for b in f.broken],
    }


def _evidence(e: Evidence, files: Files | None, keys: Keys | None) -> dict[str, Any]:
    place = e.place.inner if isinstance(e.place, InFile) else e.place
    name = file_of(e.place)
    key = keys.get(e.fact) if keys else None
    return ({"file": files.get(name, name)} if files and name else {}) | {
        "place": place.key,
        "page": e.place.page,
        "table": e.table or None,
        "row": e.row,
        "column": e.column,
        "text": f"{e.row} {e.text}".strip() if e.fact else e.text,
        "value": e.value or None,
        "key": str(key) if key else None,
    }
