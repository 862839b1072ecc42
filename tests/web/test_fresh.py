"""What is kept between requests: never stale, never another's, never without bound; and how often the database is asked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.web.conftest import Shop
from tests.web.working import (
    BODY,
    OTHER,
    decide,
    entry_of,
    example,
    hand_in,
    last,
    matters,
    season,
    submissions,
    work,
)
from yibenzhang.model.analysis import SCHEMA
from yibenzhang.office.models import Body, Submission
from yibenzhang.showing.kept import Kept
from yibenzhang.showing.stored import dumped
from yibenzhang.web import views
from yibenzhang.web.pages import seasons


def _handed_in(shop: Shop, number: int, name: str = "three-errors.docx") -> Submission:
    hand_in(shop.client("负责人"), number, name, example(name), entry=entry_of(shop, number, BODY))
    work(shop)
    return last(shop)


def _row(page: str, body: str) -> str:
    found = re.search(
        rf'<tr class="(?:unit)?">(?:<td class="noprint pick">[^\n]*?</td>)?<td data-label="单位"><a [^>]+>{body}</a>.*?</tr>',
        page,
        re.S,
    )
    assert found, page
    return found[0]


def test_a_board_tells_what_was_changed_last(shop: Shop) -> None:
    """Each change shows at once, also to one who looked just before."""
    head, who = shop.client("负责人"), shop.client("审核人")
    number = season(shop, head)
    entry, address = entry_of(shop, number, BODY), f"/seasons/{number}"

    def seen() -> tuple[str, dict[str, Any]]:
        rows = who.get(f"{address}.json").json()["rows"]
        return _row(who.get(address).text, BODY), next(r for r in rows if r["body"] == BODY)

    line, row = seen()
    assert row["submission"] is None and row["contact"] == "甲" and "example.cn" not in line
    assert head.post(f"/entries/{entry}", {"published_on": "2018-02-11", "published_url": "https://a.example.cn/1", "contact": "戊"}).status_code == 303  # fmt: skip
    line, row = seen()
    assert "https://a.example.cn/1" in line and "2018-02-11" in line
    assert (row["contact"], row["published_on"]) == ("戊", "2018-02-11")
    s = _handed_in(shop, number)
    line, row = seen()
    assert (row["submission"], row["numbers"], row["proved"]) == (s.id, s.numbers, s.proved) and s.numbers > 0
    worst = [m for m in matters(shop, s.id) if m.severity == "error"]
    assert row["errors"] == len(worst) > 0
    decide(head, worst[0].id, "dismissed", "原文有说明")
    assert (
        seen()[1]["errors"] == len(worst) - 1
    )  # a decision is no turn of the board, and counts all the same
    decide(head, worst[0].id, "reopened")
    line, row = seen()
    assert row["errors"] == len(worst) and f">{len(worst)}</td>" in line
    with shop.office.session() as session:
        session.get_one(Body, 1).name = "改名的厅"
    assert who.get(f"{address}.json").json()["rows"][0]["body"] == "改名的厅"


def test_a_board_that_somebody_looked_at_is_not_shown_to_another(shop: Shop) -> None:
    head = shop.client("负责人")
    number = season(shop, head)
    _handed_in(shop, number)
    shop.person("甲禾", body=BODY)
    shop.person("乙禾", body=OTHER)
    address = f"/seasons/{number}"
    for _ in range(2):  # whoever comes first, and then from what is kept
        everything = head.get(address).text
        assert BODY in everything and OTHER in everything
        first, second = shop.client("甲禾").get(address).text, shop.client("乙禾").get(address).text
        assert BODY in first and OTHER not in first
        assert OTHER in second and BODY not in second


@pytest.mark.parametrize("database", [""], ids=["sqlite"])
def test_boards_that_stay_are_bounded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    head = shop.client("负责人")
    numbers = [season(shop, head, year=2018 + k) for k in range(4)]
    monkeypatch.setattr(seasons, "MOST_BOARDS", 2)
    for number in numbers:
        assert BODY in head.get(f"/seasons/{number}").text
    assert len(shop.office._boards[1]) == 2
    entry = entry_of(shop, numbers[0], BODY)
    assert head.post(f"/entries/{entry}", {"contact": "己"}).status_code == 303
    assert head.get(f"/seasons/{numbers[0]}.json").json()["rows"][0]["contact"] == "己"
    assert len(shop.office._boards[1]) == 1  # a new turn


def test_views_are_read_anew_after_another_analysis_and_only_by_who_may(shop: Shop) -> None:
    head = shop.client("负责人")
    number = season(shop, head)
    s = _handed_in(shop, number)
    shop.person("甲禾", body=BODY)
    shop.person("乙禾", body=OTHER)
    old = shop.office.views.of(s)
    key = next(iter(old.numbers))
    asked = (
        f"/submissions/{s.id}",
        f"/submissions/{s.id}/leaves/1",
        f"/submissions/{s.id}/numbers?key={key}",
    )
    for who in ("负责人", "甲禾"):
        assert all(shop.client(who).get(a).status_code == 200 for a in asked)
    assert all(shop.client("乙禾").get(a).status_code == 404 for a in asked)
    _replace(
        shop, s, {"sections": {"name": "又一次的名称"}, "pieces": {"printed": "又一次的文字"}, "numbers": {"words": "又一次的数"}}
    )  # fmt: skip
    for who in ("甲禾", "负责人"):
        for address, mark in zip(asked, ("又一次的名称", "又一次的文字", "又一次的数"), strict=True):
            assert mark in shop.client(who).get(address).text, address
    assert all(shop.client("乙禾").get(a).status_code == 404 for a in asked)


def _replace(shop: Shop, s: Submission, changed: dict[str, dict[str, str]]) -> None:
    """Store the analysis again with another text in some columns."""
    stored = Kept(shop.office.ledger.analysis(s.receipt, "analysis").read_bytes()).analysis

    def column(table: str, name: str) -> tuple[Any, ...]:
        values = stored.tables.column(table, name)
        text = changed.get(table, {}).get(name)
        return tuple(values) if text is None else (text,) * len(values)

    made = {t: (lambda t=t: tuple(column(t, name) for name in SCHEMA[t])) for t in changed}  # type: ignore[misc]
    shop.office.ledger.put_analysis(s.receipt, "analysis", dumped(stored.along(made)))


@pytest.mark.parametrize("database", [""], ids=["sqlite"])
def test_views_that_stay_are_bounded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    number = season(shop, shop.client("负责人"))
    s = _handed_in(shop, number)
    data = shop.office.ledger.analysis(s.receipt, "analysis").read_bytes()
    receipts = [f"{k:032x}" for k in range(6)]
    for receipt in receipts:
        shop.office.ledger.put_analysis(receipt, "analysis", data)

    @dataclasses.dataclass
    class One:
        receipt: str

    monkeypatch.setattr(views, "MOST", 3)
    monkeypatch.setattr(views, "MOST_NUMBERS", 2)
    few = views.Views(shop.office.ledger)
    for receipt in receipts * 2:
        assert few.numbers(One(receipt)).get("nothing") is None
    assert (len(few._views._kept), len(few._numbers._kept)) == (3, 2)
    assert few._views._bytes == 3 * len(data)
    monkeypatch.setattr(views, "MOST_BYTES", 2 * len(data) + 1)
    small = views.Views(shop.office.ledger)
    for receipt in receipts:
        assert small.outline(One(receipt)).numbers_count > 0
    assert (len(small._views._kept), small._views._bytes) == (2, 2 * len(data))


@contextmanager
def _statements(shop: Shop) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    event.listen(shop.office.database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(shop.office.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("database", [""], ids=["sqlite"])
def test_how_often_the_database_is_asked_does_not_grow(shop: Shop) -> None:
    """One statement tells who asks; the rest does not depend on how many findings, lines or files there are."""
    head = shop.client("负责人")
    number = season(shop, head)
    s = _handed_in(shop, number)
    for k in range(6):  # these wait
        hand_in(head, number, f"{k}.docx", example("clean.docx") + b"\0" * k)
    first, second, *_ = matters(shop, s.id)
    key = next(iter(shop.office.views.of(s).numbers))
    most = {
        f"/seasons/{number}": 10, f"/submissions/{s.id}": 8, f"/submissions/{s.id}/leaves/1": 2,
        f"/submissions/{s.id}/numbers?key={key}": 2, f"/seasons/{number}/progress": 4,
    }  # fmt: skip
    for address, count in most.items():
        head.get(address)
        with _statements(shop) as said:
            assert head.get(address).status_code == 200
        assert len(said) <= count, (address, said)
    head.mark()
    with _statements(shop) as said:
        decide(head, first.id, "confirmed")
    few = len(said)
    assert few <= 15, said
    decide(head, second.id, "confirmed")
    with _statements(shop) as said:
        decide(head, second.id, "reopened")
    assert len(said) <= few


def test_places_in_the_queue_count_all_who_wait(shop: Shop) -> None:
    head = shop.client("负责人")
    number = season(shop, head)
    delivery = [hand_in(head, number, f"{k}.docx", example("clean.docx") + b"\0" * k) for k in range(3)]

    def step(k: int) -> str:
        return str(head.get(f"/deliveries/{delivery[k]}.json").json()["rows"][0]["step"])

    assert [step(k) for k in range(3)] == ["马上开始", "前面还有 1 个", "前面还有 2 个"]
    work(shop, only=submissions(shop)[0].id)
    assert [step(k) for k in range(1, 3)] == ["马上开始", "前面还有 1 个"]
