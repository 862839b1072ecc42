"""`bench labels`: which of the defects that people found by reading are found, by class and file.

A label is found by a finding of the same document if both hold:

- **place**: the finding shows something on a line (at most two away) or page that the label names; a label without
  lines and pages asks for six characters in a row of its quotations instead;
- **content**: the finding shows a number that the label gives as reported or expected (terms of sums that the label
  works out do not count); where the label reports words, the longest run of those, or six characters in a row of its
  quotations beyond the words of every sentence (four and the number, where it expects a number).

What a finding shows is its sentence, the words or number it speaks of first, and what it says is printed and due;
other numbers of a relation do not count: they stand beside half of the document. A finding that shows what is
reported *and* what is expected may be the cause of several labels, and is that of a label that says it has the root
of the one before it; otherwise one finding is one label's at most, and a label's is one of those most like it.
Findings of any severity count; those that are notices only are stated.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.running import Run
from bench.tables import console, share, show
from yibenzhang.model.amounts import narrow
from yibenzhang.model.issues import Issue
from yibenzhang.model.places import InFile, LinePlace, Place

CERTAIN, TOLD = ("certain", "definite", "likely"), ("error", "warning")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)*")
_REASONED = re.compile(r"[\d,.%]+(?:[+\-−÷/=＝][\d,.%]+)+")
_SAME_ROOT = re.compile(r"同上一条根因|同一根因|same root cause")
_QUOTED = re.compile(r"「([^」]*)」")
_COMMON = re.compile(
    r"(?:万元|比|较|上年|与|相比|预算|决算|支出|收入|增加|减少|增长|下降|主要|原因|是|\d|[.,，。%％、])+"
)
_NEAR = 2
"""Lines apart that are one place: a paragraph of extracted text runs over several."""
_EXACT, _WORDS, _LONG = 3, 4, 6


@dataclass(frozen=True, slots=True)
class Label:
    """One defect as a person described it."""

    document: str
    id: str
    kind: str
    certainty: str
    severity: str
    pages: tuple[int, ...]
    lines: tuple[int, ...]
    quotes: tuple[str, ...]
    """Where it is; ``others``: what it is held against."""
    others: tuple[str, ...]
    reported: str
    expected: str
    explain: str

    @property
    def counts(self) -> bool:
        return self.certainty in CERTAIN and self.severity in TOLD


@dataclass(frozen=True, slots=True)
class Finding:
    """What a finding shows, as it is compared with labels."""

    document: str
    rule: str
    severity: str
    message: str
    pages: tuple[int, ...]
    lines: tuple[int, ...]
    text: str
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """A label with the finding that is it, if one is."""

    label: Label
    finding: Finding | None


def labels_of(path: Path) -> list[Label]:
    """The labels of a file of JSON lines; raises OSError, ValueError and KeyError."""
    return [
        _label(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def _label(given: dict[str, Any]) -> Label:
    pages = {int(given[k]) for k in ("page_a", "page_b") if str(given.get(k) or "").isdigit()}
    lines = tuple(given.get("source_lines") or ())
    quotes, others = (_quotes(given.get(k) or "") for k in ("where_a", "where_b"))
    return Label(
        given["document"],
        given["id"],
        given["class"],
        given["certainty"],
        given["severity"],
        tuple(sorted(pages)),
        lines,
        quotes,
        others,
        given.get("reported") or "",
        given.get("expected") or "",
        given.get("explain") or "",
    )


def _quotes(text: str) -> tuple[str, ...]:
    return tuple(_bare(q) for q in (*_QUOTED.findall(text), text) if q)


def findings_of(run: Run) -> list[Finding]:
    """Every finding of the run, of files and of groups of files."""
    out = [_finding(f, Path(r.path), run) for r in run.results if r.checked for f in r.checked.findings]
    for group in run.groups:
        paths = dict(zip(group.names, group.paths, strict=True))
        for f in group.findings:
            place = f.place
            name = place.file if isinstance(place, InFile) else ""
            out.append(_finding(f, Path(paths.get(name, group.paths[0])), run))
    return out


def _finding(issue: Issue, path: Path, run: Run) -> Finding:
    places = [e.place for e in issue.evidence] + [s.evidence.place for s in issue.suspects]
    lines = [n.line for p in places if isinstance(n := _inner(p), LinePlace)]
    pages = [p.page for p in places if p.page is not None]
    first = issue.evidence[0] if issue.evidence else None
    text = " ".join((issue.message, first.text if first else "", issue.reported, issue.expected))
    text += " " + " ".join(f"{s.evidence.text} {s.suggestion}" for s in issue.suspects[: issue.certain])
    document = path.relative_to(run.folder).as_posix()
    return Finding(
        document,
        issue.rule,
        issue.severity.value,
        issue.message,
        tuple(dict.fromkeys(pages)),
        tuple(dict.fromkeys(lines)),
        _bare(text),
        numbers(text),
    )


def _inner(place: Place) -> Place:
    return place.inner if isinstance(place, InFile) else place


def numbers(text: str) -> frozenset[str]:
    """Numbers of two digits or more, without separators and closing zeros; years and what a sum is made of are none."""
    found = (n.replace(",", "") for n in _NUMBER.findall(_REASONED.sub(" ", narrow(text))))
    bare = (n.rstrip("0").rstrip(".") if "." in n else n for n in found)
    return frozenset(n for n in bare if len(n.replace(".", "")) >= 2 and not re.fullmatch(r"20[0-4]\d", n))


def _bare(text: str) -> str:
    return re.sub(r"[\s“”\"'‘’「」《》]", "", narrow(text))


def _longest(one: str, two: str) -> str:
    """The longest run of characters that both have."""
    best, row = (0, 0), [0] * (len(two) + 1)
    for i, c in enumerate(one, 1):
        above, row = row, [0] * (len(two) + 1)
        for j, d in enumerate(two, 1):
            if c == d:
                row[j] = above[j - 1] + 1
                best = max(best, (row[j], i))
    return one[best[1] - best[0] : best[1]]


def likeness(label: Label, finding: Finding) -> int:
    """0: another matter; 1: place and words, or what is expected; 2: what is reported; 3: reported and expected."""
    if label.document != finding.document:
        return 0
    placed = bool(label.lines or label.pages)
    near = any(abs(a - b) <= _NEAR for a in label.lines for b in finding.lines)
    if placed and not (near or set(label.pages) & set(finding.pages)):
        return 0
    reported = numbers(label.reported)
    due = bool((numbers(label.expected) - reported) & finding.numbers)
    shown = bool(reported & finding.numbers)
    if reported and (shown or due):
        return (shown * 2 or due) + (shown and due) if placed or _run(label.quotes, finding, _LONG) else 0
    word, right = _telling(label.reported), _bare(label.expected)
    whole = _bare(label.reported)
    exact = len(word) >= _EXACT and not _COMMON.fullmatch(word) and word in finding.text
    if placed and (exact or (len(whole) > _LONG and whole in finding.text)):
        return 2 + (due or (len(right) >= 2 and right in finding.text))
    if reported:
        return 0
    if placed and any(len(n.replace(".", "")) >= _EXACT for n in numbers(label.expected)):
        return int(due and _run((*label.quotes, *label.others), finding, _WORDS, _COMMON))
    return int(_run((*label.quotes, *(label.others if placed else ())), finding, _LONG, _COMMON))


def _telling(text: str) -> str:
    """The longest run of Chinese characters in what a label reports in words."""
    return max(re.findall(r"[\u4e00-\u9fff]+", narrow(text)), key=len, default=_bare(text))


def _run(quotes: Sequence[str], finding: Finding, least: int, common: re.Pattern[str] | None = None) -> bool:
    """Characters in a row of one of the quotations, some of them not ``common`` to all sentences."""
    pieces = (p for q in quotes for p in (q, *(common.split(q) if common else ())) if len(p) >= least)
    runs = (_longest(piece, finding.text) for piece in pieces)
    return any(len(r) >= least and (common is None or len(common.sub("", r)) >= 2) for r in runs)


def matched(labels: Iterable[Label], findings: Sequence[Finding]) -> list[Match]:
    """Labels with their findings: sure ones first, then as many of the others as can have one of their own."""
    every = list(labels)
    found: dict[int, int] = {}
    degree = [[likeness(label, f) for f in findings] for label in every]
    for k, row in enumerate(degree):
        if 3 in row:
            found[k] = row.index(3)
    taken = set(found.values())
    holder: dict[int, int] = {}

    def place(k: int, seen: set[int]) -> bool:
        for n, like in enumerate(degree[k]):
            if not like or like < max(degree[k]) or n in taken or n in seen:
                continue
            seen.add(n)
            if n not in holder or place(holder[n], seen):
                holder[n] = k
                return True
        return False

    for k in range(len(every)):
        if k not in found:
            place(k, set())
    found |= {k: n for n, k in holder.items()}
    for k, label in enumerate(every):
        if k and k not in found and k - 1 in found and _SAME_ROOT.search(label.explain):
            found[k] = found[k - 1]
    return [Match(one, findings[found[k]] if k in found else None) for k, one in enumerate(every)]


def report(run: Run, labels: Sequence[Label]) -> dict[str, Any]:
    """Recall over certain and likely errors and warnings by class and file; misses; findings without a label."""
    documents = {x.document for x in labels}
    findings = [f for f in findings_of(run) if f.document in documents]
    every = matched(labels, findings)
    counted = matched([x for x in labels if x.counts], findings)
    used = {id(m.finding) for m in (*every, *counted) if m.finding}
    missing = sorted(
        documents - {Path(r.path).relative_to(run.folder).as_posix() for r in run.results if r.checked}
    )
    return {
        "total": _recall("合计", counted),
        "classes": [
            _recall(k, [m for m in counted if m.label.kind == k]) for k in _in_order(counted, "kind")
        ],
        "files": [
            _recall(k, [m for m in counted if m.label.document == k]) for k in _in_order(counted, "document")
        ],
        "found": [_row(m) for m in counted if m.finding],
        "missed": [_row(m) for m in counted if not m.finding],
        "unlabelled": [
            {
                "document": f.document,
                "where": _where(f),
                "severity": f.severity,
                "rule": f.rule,
                "message": f.message,
            }
            for f in findings
            if id(f) not in used and f.severity in TOLD
        ],
        "not_checked": missing,
    }


def _in_order(matches: Sequence[Match], key: str) -> list[str]:
    return [k for k, _ in Counter(getattr(m.label, key) for m in matches).most_common()]


def _recall(name: str, matches: Sequence[Match]) -> dict[str, Any]:
    found = [m.finding for m in matches if m.finding]
    notices = sum(f.severity not in TOLD for f in found)
    return {
        "name": name,
        "labels": len(matches),
        "found": len(found),
        "notices": notices,
        "recall": share(len(found), len(matches)),
    }


def _row(m: Match) -> dict[str, Any]:
    x, f = m.label, m.finding
    row: dict[str, Any] = {
        "document": x.document,
        "id": x.id,
        "class": x.kind,
        "severity": x.severity,
        "reported": x.reported,
        "explain": x.explain,
    }
    return row | ({"rule": f.rule, "told": f.severity, "message": f.message} if f else {})


def _where(f: Finding) -> str:
    return f"第{f.pages[0]}页" if f.pages else f"第{f.lines[0]}行" if f.lines else ""


def show_report(made: dict[str, Any]) -> None:
    """For people."""
    columns = {"name": "", "labels": "标签", "found": "找到", "notices": "其中只作提示", "recall": "召回 %"}
    show(columns, [*made["classes"], made["total"]], "确定或很可能的错误和疑问，按类别")
    show(columns | {"name": "文件"}, made["files"], "按文件")
    out = console()
    out.print(f"\n没有找到的：{len(made['missed'])}")
    for r in made["missed"]:
        out.print(f"  {r['document']} {r['id']} {r['class']} {r['explain']}", soft_wrap=True)
    out.print(f"\n找到的：{len(made['found'])}")
    for r in made["found"]:
        out.print(f"  {r['document']} {r['id']} {r['told']} {r['rule']} {r['message']}", soft_wrap=True)
    out.print(f"\n没有标签的问题：{len(made['unlabelled'])}")
    for r in made["unlabelled"]:
        out.print(
            f"  {r['document']} {r['where']} {r['severity']} {r['rule']} {r['message']}", soft_wrap=True
        )
    for name in made["not_checked"]:
        out.print(f"没有检查到：{name}")
