"""The JSON contract yibenzhang/report/2; reports/report.schema.json describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yibenzhang import __version__
from yibenzhang.balance.coverage import Coverage
from yibenzhang.checking.extent import over
from yibenzhang.model.issues import Evidence, Issue
from yibenzhang.model.places import InFile, file_of
from yibenzhang.recognising.profile import Profile
from yibenzhang.reports.found import Found, FoundFile, FoundGroup, FoundTable, failure
from yibenzhang.reports.speech import UNUSABLE, first_line

SCHEMA = "yibenzhang/report/2"


def report(results: Sequence[FoundFile], groups: Sequence[FoundGroup] = ()) -> dict[str, Any]:
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


def _across(group: FoundGroup) -> Iterator[dict[str, Any]]:
    files = dict(zip(group.names, group.paths, strict=True))
    return (_finding(f, files) for f in group.findings)


def _group(number: int, group: FoundGroup) -> dict[str, Any]:
    fields = profile(group.profile)
    out: dict[str, Any] = {
        "id": number,
        **{name: fields[name] for name in ("body", "fiscal_year", "stage")},
        "files": list(group.paths),
        "findings": [f.id for f in group.findings],
    }
    return out | ({"error": group.error} if group.error else {})


def _document(result: FoundFile) -> dict[str, Any]:
    if result.found is None:
        return {
            "path": result.path,
            "error": result.error,
            "profile": profile(Profile()),
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
    found = result.found
    return {
        "path": result.path,
        "sha256": found.sha256,
        "profile": profile(found.profile),
        "summary": _summary(found, result.left_out),
        **({"left_out": result.left_out} if result.left_out else {}),
        "tables": [_table(t) for t in found.tables],
        "coverage": {
            **_counts(found.coverage),
            "tables": _counts(found.extent.tables),
            "text": _counts(found.extent.text),
            "kinds": {kind: _counts(c) for kind, c in found.by_kind},
            "sections": [{"name": name, **_counts(s)} for name, s in found.sections],
        },
        "findings": [_finding(f) for f in found.findings],
        "not_checked": [
            {"rule": n.rule, "reason": n.reason, "table": n.table or None} for n in found.not_checked
        ],
    }


def _summary(found: Found, left_out: int) -> dict[str, Any]:
    """The first line, and what it is made from; ``numbers`` are those that decide, without zeros among zeros."""
    extent = found.extent
    c = extent.counted
    return {
        "text": first_line(found, left_out),
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
        "numbers": c.numbers,
        "proved": c.proved,
        "contradicted": c.contradicted,
        "alone": c.alone,
        "trivial": c.trivial,
    }


def profile(p: Profile) -> dict[str, Any]:
    """The profile by the contract; null is unknown."""
    return {
        "body": p.body or None,
        "fiscal_year": p.fiscal_year,
        "stage": p.stage or None,
        "level": p.level or None,
        "region": p.region or None,
    }


def _table(t: FoundTable) -> dict[str, Any]:
    return {
        "id": t.id,
        "standard": t.standard or None,
        "title": t.title,
        "pages": list(t.pages),
        "rows": t.rows,
        "columns": t.columns,
        "kind": t.kind,
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
        "key": f.key,
    }


def _evidence(e: Evidence, files: Files | None) -> dict[str, Any]:
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
        "key": None if files else e.key or None,
    }
