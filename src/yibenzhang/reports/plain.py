"""Reports of one line a finding: for people at a terminal, for GitHub's checks, and counts by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from yibenzhang.model.issues import Severity
from yibenzhang.model.text import shown
from yibenzhang.reports.flat import flat_findings
from yibenzhang.reports.found import FoundFile, FoundGroup, failure
from yibenzhang.reports.speech import SEVERITY, UNUSABLE, first_line
from yibenzhang.standards import Standards

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}


def unchecked(results: Sequence[FoundFile], groups: Sequence[FoundGroup]) -> Iterator[tuple[str, str]]:
    """(path, sentence) of files that could not be checked, or of which too little was."""
    for r in results:
        if r.found is None:
            yield r.path, f"{failure(r)}：{r.error}"
        elif r.found.extent.kind in UNUSABLE or (r.found.extent.too_little and not r.group):
            yield r.path, first_line(r.found)
    for g in groups:
        if g.error:
            yield g.paths[0], g.error


def concise(results: Sequence[FoundFile], groups: Sequence[FoundGroup] = ()) -> Iterator[str]:
    """``path:place: severity rule sentence``, a line each; what could not be checked first."""
    for path, why in unchecked(results, groups):
        yield _line(f"{path}: {why}")
    for t in flat_findings(results, groups):
        at = t.line or t.place or ""
        f = t.finding
        yield _line(f"{t.path}:{f'{at}:' if at else ''} {SEVERITY[f.severity]} {f.rule} {f.message}")


def _line(text: str) -> str:
    return shown(" ".join(text.splitlines()))


def github(results: Sequence[FoundFile], groups: Sequence[FoundGroup] = ()) -> Iterator[str]:
    """Workflow commands: annotations of a pull request's files."""
    for path, why in unchecked(results, groups):
        yield _command("error", why, file=path, title="yibenzhang")
    for t in flat_findings(results, groups):
        f = t.finding
        where = "" if t.line or t.place is None else f"{t.place}："
        line = {"line": str(t.line)} if t.line else {}
        yield _command(_GITHUB[f.severity], f"{where}{f.message}", file=t.path, **line, title=f.rule)


def _command(kind: str, message: str, **properties: str) -> str:
    options = ",".join(f"{k}={_escaped(v, True)}" for k, v in properties.items())
    return f"::{kind} {options}::{_escaped(message, False)}"


def _escaped(text: str, inside: bool) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    text = text.replace(":", "%3A").replace(",", "%2C") if inside else text
    return shown(text)


def statistics(
    results: Sequence[FoundFile], groups: Sequence[FoundGroup], standards: Standards
) -> list[dict[str, Any]]:
    """How often each rule speaks, and in how many files: the most frequent first."""
    count: Counter[tuple[str, Severity]] = Counter()
    files: dict[tuple[str, Severity], set[str]] = {}
    for t in flat_findings(results, groups):
        at = (t.finding.rule, t.finding.severity)
        count[at] += 1
        files.setdefault(at, set()).add(t.path)
    return [
        {
            "rule": rule,
            "severity": severity.value,
            "name": known.name if (known := standards.rule_by_id.get(rule)) else "",
            "count": n,
            "files": len(files[rule, severity]),
        }
        for (rule, severity), n in sorted(count.items(), key=lambda x: (-x[1], x[0]))
    ]
