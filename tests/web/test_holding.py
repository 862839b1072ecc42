"""Who waits for whom: a season before its submissions, on both databases, so that nobody waits in a circle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from tests.web.conftest import Shop
from tests.web.working import checked, decide, hand_in, last, matters, season, version, work
from yibenzhang.office.access import LOCAL, still_open
from yibenzhang.office.models import Season
from yibenzhang.office.seasons import close_season


def held(shop: Shop, do: Callable[[], Any]) -> list[str]:
    """The tables whose rows are held meanwhile, in order; the answer must not be a refusal."""
    out: list[str] = []

    def look(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        words = statement.split()
        if words[0] == "UPDATE" and words[3].partition("=")[2].startswith(f"{words[1]}."):
            out.append(words[1])
        elif statement.rstrip().endswith("FOR SHARE"):
            out.append("seasons")

    engine = shop.office.database.engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        answer = do()
    finally:
        event.remove(engine, "before_cursor_execute", look)
    assert answer.status_code < 400, answer.text
    return out


def test_the_season_is_held_before_its_submissions(shop: Shop) -> None:
    head, who = shop.client("负责人"), shop.client("审核人")
    number, other = season(shop, head), season(shop, head, 2019)
    one = checked(shop, who, number, "甲.docx", version(0, 1)).id
    matter = matters(shop, one)[0].id
    form = {"entry": str(last(shop).entry_id), "year": "2018", "stage": "budget"}
    for do in (
        lambda: decide(who, matter, "confirmed"),
        lambda: who.post(f"/submissions/{one}/defects", {"words": "漏了一个", "severity": "warning"}),
        lambda: who.post(f"/submissions/{one}/profile", form),
        lambda: who.post(f"/submissions/{one}/again"),
        lambda: who.post(f"/submissions/{one}/move", {"season": str(other)}),
        lambda: who.post(f"/submissions/{one}/withdraw"),
    ):
        found = held(shop, do)
        assert found[0] == "seasons" and "submissions" in found, found
        work(shop)


def test_a_notice_holds_the_season_when_it_is_sent_not_while_it_is_made(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, who = shop.client("负责人"), shop.client("审核人")
    number = season(shop, head)
    one = checked(shop, who, number, "甲.docx", version(0)).id
    decide(who, matters(shop, one)[0].id, "confirmed")
    import yibenzhang.office.returning as returning

    made = returning.notice_docx

    def closing(*words: Any) -> bytes:
        with shop.office.session() as session:  # somebody ends the season at this very moment
            found = session.get(Season, number)
            assert found is not None
            close_season(session, LOCAL, found)
        return made(*words)

    monkeypatch.setattr(returning, "notice_docx", closing)
    answer = who.post(f"/submissions/{one}/return", {})
    assert answer.status_code == 409 and "已经结束" in answer.text
    assert last(shop).state == "review"


def test_a_season_that_somebody_works_in_is_not_closed_before_that_ends(shop: Shop) -> None:
    number = season(shop, shop.client("负责人"))
    with shop.office.session() as working:
        still_open(working, number)
        with shop.office.session() as closing:
            lite = shop.office.database.engine.dialect.name == "sqlite"
            closing.execute(text("PRAGMA busy_timeout=50" if lite else "SET LOCAL lock_timeout='50ms'"))
            found = closing.get(Season, number)
            assert found is not None
            with pytest.raises(DBAPIError), closing.begin_nested():
                close_season(closing, LOCAL, found)
            closing.rollback()
    hand_in(shop.client("审核人"), number, "甲.docx", version(0))
    assert last(shop).state == "waiting"
