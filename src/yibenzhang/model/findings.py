"""The findings of an Analysis: its issues as people see them, out of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibenzhang.model.analysis import Analysis
from yibenzhang.model.issues import BrokenRelation, Evidence, Issue, Severity, Suspect
from yibenzhang.model.places import placed


def findings_of(analysis: Analysis) -> tuple[Issue, ...]:
    """The findings of an analysis, in its order."""
    evidence: dict[int, list[Evidence]] = {}
    suspects: dict[int, list[Suspect]] = {}
    broken: dict[int, list[BrokenRelation]] = {}
    for e in analysis.rows("evidence"):
        if e["role"] == "suspect":
            suspects.setdefault(e["number"], []).append(Suspect(_evidence(e), e["suggestion"], e["why"]))
        else:
            evidence.setdefault(e["number"], []).append(_evidence(e))
    for s in analysis.rows("sums"):
        broken.setdefault(s["number"], []).append(BrokenRelation(s["rule"], s["name"], s["arithmetic"]))
    return tuple(
        Issue(
            i["rule"],
            evidence=tuple(evidence.get(n := i["number"], ())),
            id=i["issue"],
            severity=Severity(i["severity"]),
            message=i["message"],
            reported=i["reported"],
            expected=i["expected"],
            difference=i["difference"],
            unit=i["unit_name"],
            basis=i["basis"],
            suspects=tuple(suspects.get(n, ())),
            broken=tuple(broken.get(n, ())),
            certain=i["certain"],
            number=n,
            key=i["key"],
            surer=i["surer"],
        )
        for i in analysis.rows("issues")
    )


def _evidence(e: Mapping[str, Any]) -> Evidence:
    return Evidence(
        e["fact"],
        e["table"],
        e["table_name"],
        e["row"],
        e["column"],
        e["printed"],
        e["value"],
        placed(e["at"], e["file"]),
        e["section"],
        e["key"],
    )
