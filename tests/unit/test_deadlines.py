"""Twenty days after approval, the day itself not counted; the last day is not late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibenzhang.model.issues import Severity
from yibenzhang.office.deadlines import due_on, issue_late, lateness
from yibenzhang.standards import load

DUE = date(2026, 2, 19)
TODAY = date(2026, 3, 1)


def test_the_last_day() -> None:
    assert due_on(date(2026, 1, 30)) == DUE
    assert due_on(date(2028, 2, 10)) == date(2028, 3, 1)  # over the 29th of February
    assert due_on(date(2026, 1, 30), 15) == date(2026, 2, 14)
    assert due_on(date(2026, 1, 30), 15, date(2026, 3, 5)) == date(2026, 3, 5)
    assert due_on(None) is None
    assert due_on(None, given=DUE) == DUE


@pytest.mark.parametrize(
    ("due", "done", "today", "days", "sentence"),
    [
        (DUE, date(2026, 2, 24), TODAY, 5, "应于2026年2月19日前公开，2026年2月24日公开，逾期 5 天。"),
        (DUE, DUE, TODAY, 0, "应于2026年2月19日前公开，2026年2月19日公开，按期。"),
        (DUE, date(2026, 2, 20), TODAY, 1, "应于2026年2月19日前公开，2026年2月20日公开，逾期 1 天。"),
        (DUE, None, TODAY, 10, "应于2026年2月19日前公开，名录里没有登记公开日期，已逾期 10 天。"),
        (DUE, None, DUE, 0, "应于2026年2月19日前公开，今天是最后一天。"),
        (DUE, None, date(2026, 2, 16), 0, "应于2026年2月19日前公开，还有 3 天。"),
        (None, None, TODAY, 0, "没有批复日期和截止日期，不能判断是否逾期。"),
        (None, DUE, TODAY, 0, "2026年2月19日公开；没有批复日期和截止日期，不能判断是否逾期。"),
    ],
)
def test_how_it_stands(due: date | None, done: date | None, today: date, days: int, sentence: str) -> None:
    found = lateness(due, done, today)
    assert (found.days, found.sentence) == (days, sentence)


def test_lateness_is_a_finding_with_its_basis() -> None:
    standards = load()
    late = issue_late("示范局2026年部门预算", DUE, date(2026, 2, 24), TODAY, standards)
    missing = issue_late("示范局2026年部门预算", DUE, None, TODAY, standards)
    assert late and missing
    assert (late.rule, missing.rule) == ("deadline.published_late", "deadline.not_published")
    assert late.severity == Severity.ERROR
    assert "二十日内" in late.basis[0] and "第十四条" in late.basis[0]
    assert late.message.startswith("示范局2026年部门预算应于") and late.message.count("。") == 1
    assert issue_late("示范局2026年部门预算", DUE, DUE, TODAY, standards) is None
    assert issue_late("示范局2026年部门预算", None, None, TODAY, standards) is None


def test_the_finding_keeps_its_id_from_day_to_day() -> None:
    standards = load()
    one, two = (
        issue_late("示范局2026年部门预算", DUE, None, TODAY + timedelta(k), standards) for k in (0, 1)
    )
    assert one and two and one.message != two.message
    assert one.id == two.id


DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@given(DAYS, DAYS, st.integers(0, 60))
def test_late_by_as_many_days_as_lie_between(due: date, done: date, more: int) -> None:
    found = lateness(due, done, done + timedelta(more))
    assert found.days == max((done - due).days, 0)
    assert lateness(due, None, done).days == found.days
