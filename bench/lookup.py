"""`bench errors` and `bench judged`: what is told, to be looked up on the page or against labels."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.running import NO_DISCLOSURE, Run, Told
from bench.tables import console, show

LABELS = "judged-findings.csv"
RIGHT, WRONG = ("TRUE", "TRUE-SEVERITY"), ("FALSE",)


@dataclass(frozen=True, slots=True)
class Label:
    """A finding of an earlier version that a person judged by reading the page."""

    document: str
    rule: str
    severity: str
    page: str
    verdict: str
    reason: str


def labels_of(folder: Path) -> list[Label]:
    """The judged findings; raises OSError, and KeyError where a column lacks."""
    with (folder / LABELS).open(encoding="utf-8-sig", newline="") as f:
        names = ("document", "rule", "severity", "page", "verdict", "reason")
        return [Label(*(row[n] or "" for n in names)) for row in csv.DictReader(f)]


@dataclass(frozen=True, slots=True)
class Judged:
    """A label and the finding that still stands at its page under its rule, if one does."""

    label: Label
    told: Told | None

    def row(self) -> dict[str, Any]:
        """As a flat record."""
        return asdict(self.label) | {
            "told": self.told is not None,
            "told_severity": self.told.severity if self.told else "",
            "message": self.told.message if self.told else "",
        }


def judged(told: Iterable[Told], labels: Iterable[Label]) -> list[Judged]:
    """Each label with a finding of its own: two labels of one place need two findings."""
    left = list(told)
    out = []
    for label in labels:
        found = next((t for t in left if _same(t, label)), None)
        if found is not None:
            left.remove(found)
        out.append(Judged(label, found))
    return out


def _same(told: Told, label: Label) -> bool:
    if (told.document, told.rule) != (label.document, label.rule):
        return False
    return not label.page or label.page == told.page or label.page in map(str, told.pages)


def judged_report(run: Run, labels: list[Label]) -> dict[str, Any]:
    """Labels by verdict, those still told, and errors told of files that are no disclosures."""
    told = list(run.told(("error", "warning", "notice")))
    found = judged(told, labels)
    checked = {Path(r.path).relative_to(run.folder).as_posix() for r in run.results if r.checked}
    verdicts = Counter(j.label.verdict for j in found)
    still = Counter(j.label.verdict for j in found if j.told)
    as_error = Counter(j.label.verdict for j in found if j.told and j.told.severity == "error")
    return {
        "verdicts": [
            {"verdict": v, "labels": n, "told": still[v], "told_as_error": as_error[v]}
            for v, n in sorted(verdicts.items())
        ],
        "false_told": [j.row() for j in found if j.told and j.label.verdict in WRONG],
        "true_told": [j.row() for j in found if j.told and j.label.verdict in RIGHT],
        "true_missing": [j.row() for j in found if not j.told and j.label.verdict in RIGHT],
        "not_checked": sorted({x.document for x in labels} - checked),
        "no_disclosure": [asdict(t) for t in told if t.city == NO_DISCLOSURE and t.severity == "error"],
    }


def show_judged(report: dict[str, Any]) -> None:
    """For people."""
    columns = {"verdict": "判断", "labels": "条", "told": "仍报", "told_as_error": "仍报为错误"}
    show(columns, report["verdicts"], "人工判断过的问题")
    out = console()
    for key, heading in (
        ("false_told", "判为误报、仍报的"),
        ("true_told", "判为属实、仍报的"),
        ("true_missing", "判为属实、不再报的"),
    ):
        out.print(f"\n{heading}：{len(report[key])}")
        for r in report[key]:
            out.print(f"  {r['document']} 第{r['page']}页 {r['rule']} {r['message'] or r['reason']}")
    out.print(f"\n不是预决算公开的文件里报出的错误：{len(report['no_disclosure'])}")
    show_told([Told(**t) for t in report["no_disclosure"]])
    for name in report["not_checked"]:
        out.print(f"没有检查到：{name}")


def show_told(told: Iterable[Told]) -> None:
    """One line for each finding."""
    out = console()
    for t in told:
        place = f"第{t.page}页" if t.page.isdigit() else t.page
        out.print(f"{t.document}\t{place}\t{t.severity}\t{t.rule}\t{t.message}", soft_wrap=True)
