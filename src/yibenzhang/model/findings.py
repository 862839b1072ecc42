"""Findings: the issues of an Analysis as people see them, out of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yibenzhang.model.analysis import Analysis
from yibenzhang.model.issues import Evidence, Severity, Suspect
from yibenzhang.model.places import Place, placed


@dataclass(frozen=True, slots=True)
class Sum:
    """A relation that a finding broke: its rule and its arithmetic in one line; ``keys`` of its numbers where they are
    on a page."""

    rule: str
    name: str
    arithmetic: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """An Issue as people see it. ``number`` is its position in the Analysis; ``key`` names it in every version of the
    document, ``surer`` is that of the error a doubt would be if the document decided it."""

    number: int
    id: str
    rule: str
    severity: Severity
    message: str
    reported: str
    expected: str
    difference: str
    unit: str
    basis: tuple[str, ...]
    certain: bool
    key: str
    surer: str
    evidence: tuple[Evidence, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    sums: tuple[Sum, ...] = ()

    @property
    def place(self) -> Place | None:
        """Where that stands which it speaks of first."""
        return self.evidence[0].place if self.evidence else None


def findings_of(analysis: Analysis) -> tuple[Finding, ...]:
    """The findings of an analysis, in its order."""
    evidence: dict[int, list[Evidence]] = {}
    suspects: dict[int, list[Suspect]] = {}
    sums: dict[int, list[Sum]] = {}
    for e in analysis.rows("evidence"):
        if e["role"] == "suspect":
            suspects.setdefault(e["number"], []).append(Suspect(_evidence(e), e["suggestion"], e["why"]))
        else:
            evidence.setdefault(e["number"], []).append(_evidence(e))
    for s in analysis.rows("sums"):
        sums.setdefault(s["number"], []).append(Sum(s["rule"], s["name"], s["arithmetic"]))
    return tuple(
        Finding(
            n := i["number"],
            i["issue"],
            i["rule"],
            Severity(i["severity"]),
            i["message"],
            i["reported"],
            i["expected"],
            i["difference"],
            i["unit_name"],
            i["basis"],
            i["certain"],
            i["key"],
            i["surer"],
            tuple(evidence.get(n, ())),
            tuple(suspects.get(n, ())),
            tuple(sums.get(n, ())),
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
