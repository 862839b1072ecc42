"""The made portfolio: every planted fault is found, nothing else is told, every project is put together."""

from __future__ import annotations

from bench.projects import measure


def test_what_is_planted_is_found_and_nothing_else() -> None:
    steps, found = measure(300, seed=7)
    assert [(f.rule, f.told, f.false) for f in found] == [(f.rule, f.planted, 0) for f in found]
    assert all(f.planted for f in found)
    assert len([s for s in steps if s.step.startswith("页面")]) == 17
