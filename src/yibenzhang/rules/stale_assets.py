"""Budgets: assets as of the end of an earlier year than the people and cars that the same text counts."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("stale_assets")
_ASSETS, _BESIDE = _WORDS["assets"], _WORDS["beside"]
_BEFORE_LAST = 2
"""An older date is told as wrong by itself (wording.year)."""


@rule("wording.assets_year", needs=("text", "year"), stages=("budget",), each_file=True)
def stale(case: Case) -> Iterator[Issue]:
    """ "截至 2024 年 12 月 31 日，共有车辆 3 辆" in the budget of 2026, whose people are counted at the end of 2025."""
    year = case.year or 0
    old = [(p, m) for p in case.passages for m in _ASSETS.finditer(p.text)]
    if case.stage != "budget" or {int(m["year"]) for _, m in old} != {year - _BEFORE_LAST}:
        return
    other = next(
        ((p, m) for p in case.passages for m in _BESIDE.finditer(p.text) if int(m["year"]) == year - 1), None
    )
    if other is not None:
        p, m = old[0]
        beside = (other[0].clauses(other[1].start(), other[1].end()), other[0].place(other[1].start()))
        words = p.clauses(m.start(), m.end())
        yield issue_at("wording.assets_year", words, p.place(m.start()), beside, other=beside[0])
