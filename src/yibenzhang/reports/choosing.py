"""Which findings are told: those of chosen rules, and of these what no baseline knows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from yibenzhang import __version__
from yibenzhang.reports.flat import FlatFinding, disclosure_named, flat_findings
from yibenzhang.reports.found import FoundFile, FoundGroup

SCHEMA = "yibenzhang/baseline/1"
ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Selection:
    """Rules by id or by the beginning of one; of those that fit a rule the longest decides, of equals ``ignore``."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def has(self, rule: str) -> bool:
        wanted = _longest(rule, self.select) if self.select else 0
        return wanted >= 0 and wanted > _longest(rule, self.ignore)

    def unknown(self, rules: Iterable[str]) -> list[str]:
        """What fits no rule."""
        known = tuple(rules)
        return [
            p for p in (*self.select, *self.ignore) if p != ALL and not any(r.startswith(p) for r in known)
        ]


def _longest(rule: str, prefixes: Sequence[str]) -> int:
    """Characters of the longest prefix that fits; -1 where none does."""
    return max((0 if p == ALL else len(p) for p in prefixes if p == ALL or rule.startswith(p)), default=-1)


def split(values: Sequence[str] | None) -> tuple[str, ...]:
    """Values given several times or with commas between."""
    return tuple(p.strip() for v in values or () for p in v.split(",") if p.strip())


class BaselineError(Exception):
    """A baseline that cannot be used, one sentence."""


Baseline = Counter[tuple[str, str]]
"""How many findings of a disclosure have a key."""


def read_baseline(path: Path) -> Baseline:
    """A baseline, or the JSON report of an earlier run. Raises BaselineError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] == SCHEMA:
            return Counter({(f["disclosure"], f["key"]): int(f["count"]) for f in data["findings"]})
        return Counter(_of_report(data))
    except OSError as error:
        raise BaselineError(f"基线 {path} 读不了：{error.strerror}。") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BaselineError(
            f"{path} 不是本程序写的基线或 JSON 报告（或是旧版写的，没有 key）；请用 --write-baseline 写一份。"
        ) from error


def _of_report(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for d in data["documents"]:
        p = d["profile"]
        whose = disclosure_named(d["path"], p["body"], p["fiscal_year"], p["stage"])
        yield from ((whose, f["key"]) for f in d["findings"])
    across = {f["id"]: f["key"] for f in data["across"]}
    for g in data.get("groups", ()):
        whose = disclosure_named(g["files"][0], g["body"], g["fiscal_year"], g["stage"])
        yield from ((whose, across[i]) for i in g["findings"])


def baseline(results: Sequence[FoundFile], groups: Sequence[FoundGroup]) -> dict[str, Any]:
    """What a run told, as a baseline; ``rule`` and ``message`` are for those who read it."""
    found: dict[tuple[str, str], tuple[FlatFinding, int]] = {}
    for t in flat_findings(results, groups):
        at = (t.disclosure, t.finding.key)
        found[at] = (t, found[at][1] + 1 if at in found else 1)
    return {
        "schema": SCHEMA,
        "program": __version__,
        "findings": [
            {"disclosure": w, "key": k, "count": n, "rule": t.finding.rule, "message": t.finding.message}
            for (w, k), (t, n) in sorted(found.items(), key=lambda x: x[0])
        ],
    }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many findings are not told: because of their rules, because a baseline knows them."""

    ignored: int = 0
    known: int = 0


def chosen(
    results: Sequence[FoundFile], groups: Sequence[FoundGroup], selection: Selection, known: Baseline | None
) -> tuple[list[FoundFile], list[FoundGroup], LeftOut]:
    """The run with the findings that are to be told; each file says how many of its own are not."""
    waiting = Counter(known or {})
    ignored = old = 0

    def keep(t: FlatFinding) -> bool:
        nonlocal ignored, old
        if not selection.has(t.finding.rule):
            ignored += 1
            return False
        for key in (t.finding.key, t.finding.surer):
            if waiting[t.disclosure, key] > 0:
                waiting[t.disclosure, key] -= 1
                old += 1
                return False
        return True

    some = [_result(r, keep) for r in results]
    between = [_group(g, keep) for g in groups]
    return some, between, LeftOut(ignored, old)


def _result(result: FoundFile, keep: Callable[[FlatFinding], bool]) -> FoundFile:
    if result.found is None:
        return result
    kept = {t.finding.number for t in flat_findings([result]) if keep(t)}
    left = len(result.found.findings) - len(kept)
    return replace(result, found=result.found.only(kept), left_out=left) if left else result


def _group(group: FoundGroup, keep: Callable[[FlatFinding], bool]) -> FoundGroup:
    return replace(group, findings=tuple(t.finding for t in flat_findings([], [group]) if keep(t)))
