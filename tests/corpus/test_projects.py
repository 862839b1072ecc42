"""Projects of the corpus: their figures are those of the source, and links across years are those that were read to be right."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from yibenzhang import check
from yibenzhang.checking.project_events import Counted, events_of

FIGURES = {
    ("hubei/xianning-data-bureau-2020-accounts.txt", "budget"): "90 262 57 293.2 65 248 444.3",
    ("hubei/xianning-data-bureau-2020-accounts.txt", "executed"): "86.88 259.79 57 293.15 64.95 240.3 444.3",
    ("hubei/xianning-data-bureau-2024-accounts.txt", "budget"): "19.18 215.1 2087 28 460 9 8 70.3625 4 16.44 78.34985",
    ("hubei/xianning-data-bureau-2024-accounts.txt", "executed"): "19.18 200.34 2052 20.088 459.4737 3.768 7.228 70.3625 0.768 16.44 39.6375",
}  # fmt: skip
"""Copied from the documents by reading, in 万元, in their order."""
TOTALS = {
    "hubei/xianning-data-bureau-2026-budget.txt": "3940.29",
    "hubei/wuhan-information-centre-2026-budget.txt": "4100.34",
    "hubei/wuchang-tech-bureau-2026-budget.txt": "1670.54",
}
"""What the lists of projects print as their whole, or the sum of their programmes, in 万元."""


LISTS = {
    "guangzhou/data-bureau-2026-project-goals.pdf": (70, "86246.64", "0.02"),
    "guangzhou/state-assets-2026-budget.pdf": (37, "112428.49", "0.01"),
    "guangzhou/commerce-2026-budget.pdf": (52, "105082.80", "0"),
    "guangzhou/petitions-2026-budget.pdf": (9, "739.30", "0"),
    "guangzhou/weather-2026-budget.pdf": (22, "1505.38", "0"),
    "xian/finance-2026-budget.pdf": (17, "22420.4336", "0"),
    "xian/petitions-2026-budget.pdf": (12, "905.612", "0"),
    "xian/approval-bureau-2025-budget.pdf": (15, "3013.002", "0"),
}
"""The projects of the first list of a file, and what the list prints as its whole (万元), with what rounding allows."""
PURPOSES = {
    "hubei/wuhan-information-centre-2026-budget.txt": 9,
    "hubei/wuchang-tech-bureau-2026-budget.txt": 3,
}


@lru_cache(maxsize=16)
def told(path: Path) -> tuple[Counted, ...]:
    return tuple(events_of(check(path)))


@pytest.mark.parametrize(("file", "measure"), FIGURES, ids=[f"{f}-{m}" for f, m in FIGURES])
def test_self_assessments_of_the_text_are_those_printed(file: str, measure: str, corpus: Path) -> None:
    found = [t.value for t in told(corpus / file) if t.kind == "self_assessment" and t.measure == measure]
    assert found == [Decimal(x) * 10000 for x in FIGURES[file, measure].split()]


@pytest.mark.parametrize("file", TOTALS)
def test_projects_of_a_list_make_up_its_whole(file: str, corpus: Path) -> None:
    events = told(corpus / file)
    year = max(t.year or 0 for t in events)
    rows = [t for t in events if t.kind == "budget" and t.year == year and t.value and not t.words]
    assert sum((t.value for t in rows if t.value), Decimal(0)) == Decimal(TOTALS[file]) * 10000


@pytest.mark.parametrize("file", sorted({*TOTALS, *(f for f, _ in FIGURES)}))
def test_every_amount_stands_where_it_is_cited(file: str, corpus: Path) -> None:
    lines = (corpus / file).read_text(encoding="utf-8").split("\n")
    for t in told(corpus / file):
        if not t.value:
            continue
        line = int(re.findall(r"\d+", str(t.place))[0])
        far = 40 if t.kind == "goals" else 6  # a form begins at its name, a sentence at the project's
        near = re.sub(r"\s", "", "".join(lines[line - 1 : line + far]))
        assert re.findall(r"[\d,.]+", t.printed)[0] in near, (t.name, t.printed, line)


@pytest.mark.parametrize("file", LISTS)
def test_lists_of_goals_and_of_steps_make_up_their_whole(file: str, corpus: Path) -> None:
    count, whole, far = LISTS[file]
    kind = "goals" if file.startswith("guangzhou") else "budget"
    rows = [t for t in told(corpus / file) if t.kind == kind and t.measure == "budget" and t.value][:count]
    off = sum((t.value for t in rows if t.value), Decimal(0)) - Decimal(whole) * 10000
    assert len(rows) == count and abs(off) <= Decimal(far) * 10000


@pytest.mark.parametrize("file", PURPOSES)
def test_purposes_under_their_heading_are_read(file: str, corpus: Path) -> None:
    said = [t for t in told(corpus / file) if t.kind == "budget" and t.words]
    assert len(said) == PURPOSES[file]
    assert not [t for t in said if "公用经费" in t.name or "工资" in t.name]


def test_the_accounts_of_xian_have_each_project_in_text_and_form(corpus: Path) -> None:
    events = {
        (t.event, bool(t.owner))
        for t in told(corpus / "xian/health-2022-accounts.pdf")
        if t.kind == "self_assessment"
    }
    assert [sum(form for _, form in events), sum(not form for _, form in events)] == [88, 88]


def test_an_evaluation_report_is_an_event_with_its_points(corpus: Path) -> None:
    (first, *_) = found = told(corpus / "performance/changsha-evaluation-report.pdf")
    assert first.name == "国企改革稳定专项资金" and first.year == 2020 and first.words.startswith("优")
    assert [(t.measure, t.printed) for t in found] == [
        ("budget", "13,237万元"), ("executed", "12,679.21万元"), ("score", "92.25分"),
    ]  # fmt: skip
