"""SARIF 2.1.0: findings for the tools that show those of linters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from yibenzhang import __version__
from yibenzhang.model.issues import Severity
from yibenzhang.model.places import InFile, LinePlace, Place
from yibenzhang.reports.flat import FlatFinding, flat_findings
from yibenzhang.reports.found import FoundFile, FoundGroup
from yibenzhang.reports.plain import unchecked
from yibenzhang.standards import RuleEntry, Standards

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}


def report(
    results: Sequence[FoundFile], groups: Sequence[FoundGroup], standards: Standards
) -> dict[str, Any]:
    """One run. A place that is no line (a page, a cell) is a logical location; the stable key is the fingerprint."""
    found = list(flat_findings(results, groups))
    ids = list(dict.fromkeys(t.finding.rule for t in found))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "yibenzhang",
                        "version": __version__,
                        "rules": [_rule(i, standards.rule_by_id.get(i)) for i in ids],
                    }
                },
                "invocations": [_invocation(results, groups)],
                "artifacts": [_artifact(r) for r in results],
                "results": [_result(t, ids.index(t.finding.rule)) for t in found],
                "columnKind": "unicodeCodePoints",
            }
        ],
    }


def _rule(rule: str, entry: RuleEntry | None) -> dict[str, Any]:
    out: dict[str, Any] = {"id": rule}
    if entry is not None:
        out["shortDescription"] = {"text": entry.name}
        out["help"] = {"text": entry.example}
        out["defaultConfiguration"] = {"level": _LEVEL[Severity(entry.severity)]}
    return out


def _invocation(results: Sequence[FoundFile], groups: Sequence[FoundGroup]) -> dict[str, Any]:
    notes = [
        {
            "level": "error",
            "message": {"text": why},
            "locations": [{"physicalLocation": {"artifactLocation": _uri(path)}}],
        }
        for path, why in unchecked(results, groups)
    ]
    whole = not any(r.failed for r in results) and not any(g.failed for g in groups)
    return {"executionSuccessful": whole, "toolExecutionNotifications": notes}


def _artifact(result: FoundFile) -> dict[str, Any]:
    out: dict[str, Any] = {"location": _uri(result.path)}
    if result.found is not None:
        out["hashes"] = {"sha-256": result.found.sha256}
    return out


def _uri(path: str) -> dict[str, str]:
    path = path.replace("\\", "/")
    absolute = "file://" if path.startswith("/") else ""
    return {"uri": absolute + quote(path, errors="replace")}


def _result(t: FlatFinding, number: int) -> dict[str, Any]:
    f = t.finding
    out: dict[str, Any] = {
        "ruleId": f.rule,
        "ruleIndex": number,
        "level": _LEVEL[f.severity],
        "message": {"text": f.message},
        "locations": [_location(t.path, t.place)],
        "partialFingerprints": {"yibenzhang/1": f.key},
    }
    others = [_location(t.path, s.evidence.place, s.evidence.words) for s in f.suspects[1:]]
    return out | ({"relatedLocations": others} if others else {})


def _location(path: str, place: Place | None, words: str = "") -> dict[str, Any]:
    place = place.inner if isinstance(place, InFile) else place
    physical: dict[str, Any] = {"artifactLocation": _uri(path)}
    out: dict[str, Any] = {"physicalLocation": physical}
    if isinstance(place, LinePlace):
        physical["region"] = {
            "startLine": place.line,
            "startColumn": place.start + 1,
            "endColumn": max(place.end, place.start) + 1,
        }
    elif place is not None:
        out["logicalLocations"] = [{"name": str(place), "fullyQualifiedName": place.key}]
    return out | ({"message": {"text": words}} if words else {})
