"""Sums of a portfolio: what is told twice counts once, what nobody tells stays unknown."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.test_projects import event
from yibenzhang.projects.events import Event, Money, Source
from yibenzhang.projects.linking import linked
from yibenzhang.projects.summary import summed

LIST, FORM, TEXT = "d|budget|2026|", "d|goals|2026|form", "d|budget|2026|text"


def imported(name: str, kind: str, measure: str, amount: str, supplier: str = "") -> Event:
    return Event(
        f"{name}{kind}{amount}", kind, "甲局", "甲局", name, "", 2026, (Money(measure, Decimal(amount), amount),),
        Source("x", "表.csv", "第2行"), "2026-03-01", supplier=supplier,
    )  # fmt: skip


def test_a_form_that_sums_up_projects_of_the_list_is_not_added_to_them() -> None:
    rows = [event("云平台", 2026, "60", origin=LIST), event("热线", 2026, "40", origin=LIST)]
    form = event("信息系统运行维护", 2026, "100", "goals", origin=FORM)
    found = summed(linked([*rows, form]).projects)
    assert (found.whole.projects, found.whole.money["budget"]) == (3, 100)
    assert [(s.name, s.money["budget"]) for s in found.years] == [("2026", 100)]
    without = summed(linked([form]).projects)
    assert without.whole.money["budget"] == 100


def test_a_sentence_with_the_sum_of_two_rows_counts_once() -> None:
    rows = [event("云平台", 2026, "60", origin=LIST), event("云平台结转", 2026, "40", origin=LIST)]
    said = event("云平台", 2026, "100", words="云资源", origin=TEXT)
    found = summed(linked([*rows, said]).projects)
    assert (found.whole.projects, found.whole.money["budget"]) == (1, 100)


def test_parts_are_added_and_what_nobody_tells_is_unknown() -> None:
    events = [
        imported("云", "contract", "contracted", "60", "一家"), imported("云", "contract", "contracted", "20", "二家"),
        imported("云", "change", "changed", "5"), imported("云", "payment", "paid", "30"),
        event("云", 2026, "80", "self_assessment"),
    ]  # fmt: skip
    found = summed(linked(events).projects)
    assert {m: v for m, v in found.whole.money.items() if v is not None} == {
        "budget": 80,
        "contracted": 85,
        "paid": 30,
    }
    assert [(s.name, s.contracts, s.share) for s in found.suppliers] == [("一家", 1, 75), ("二家", 1, 25)]
    assert found.carried is None
    assert summed([]).whole.money["budget"] is None
