"""No department reaches another's matters, by any address the application has."""

from __future__ import annotations

import pytest

from tests.web.conftest import Shop
from tests.web.sweeping import (
    MEANS,
    Address,
    Owned,
    addresses,
    ask,
    hand_in,
    leaks,
    state_of,
    two_departments,
    work,
)
from yibenzhang.office.models import Submission

SHARED = "season"
"""A season is everybody's: its pages answer, but tell nothing of others."""


@pytest.fixture
def both(shop: Shop) -> tuple[Shop, Owned, Owned]:
    mine, theirs = two_departments(shop)
    return shop, mine, theirs


def _foreign(shop: Shop) -> list[Address]:
    return [a for a in addresses(shop.app) if a.names and a.names != SHARED]


def test_what_is_another_departments_does_not_exist(both: tuple[Shop, Owned, Owned]) -> None:
    shop, mine, theirs = both
    before, browser, wrong = state_of(shop, theirs), shop.client("甲禾"), []
    for address in _foreign(shop):
        for ids in (theirs.ids, theirs.drafts, theirs.older):
            for key in ("", mine.key):
                answer = ask(browser, address, theirs, ids, key=key)
                if answer.status_code not in (403, 404) or leaks(answer, theirs.names):
                    wrong.append((str(address), answer.status_code, leaks(answer, theirs.names)))
    assert wrong == []
    assert state_of(shop, theirs) == before


def test_what_is_shared_tells_nothing_of_others(both: tuple[Shop, Owned, Owned]) -> None:
    """All addresses with one's own things in the path and the other's in every parameter that names something."""
    shop, mine, theirs = both
    before, browser, wrong = state_of(shop, theirs), shop.client("甲禾"), []
    for address in sorted(addresses(shop.app), key=_harm):
        answer = ask(browser, address, mine, mine.ids, others=theirs)
        found = leaks(answer, theirs.names)
        if found or answer.status_code >= 500:
            wrong.append((str(address), answer.status_code, found))
    assert wrong == []
    assert state_of(shop, theirs) == before


def test_every_address_leads_somewhere_for_whom_it_is(both: tuple[Shop, Owned, Owned]) -> None:
    """Else the tests above would prove nothing: with the same numbers their owner or a reviewer gets an answer."""
    shop, _, theirs = both
    dead = []
    for address in sorted(_foreign(shop), key=_harm):
        tried = []
        for person in ("管理员", "乙杉"):
            for ids in (theirs.ids, theirs.drafts, theirs.older):
                tried.append(ask(shop.client(person), address, theirs, ids).status_code)
                if tried[-1] < 400 or tried[-1] == 409:
                    break
            else:
                continue
            break
        else:
            dead.append((str(address), tried))
    assert dead == []


def test_a_draft_is_its_departments_alone(both: tuple[Shop, Owned, Owned]) -> None:
    shop, _, theirs = both
    for address in _foreign(shop):
        if address.names in ("submission", "matter"):
            for person in ("审核人", "负责人", "管理员", "甲禾"):
                answer = ask(shop.client(person), address, theirs, theirs.drafts)
                assert answer.status_code in (403, 404), (str(address), person)
                assert not leaks(answer, theirs.names), (str(address), person)


def test_a_colleague_sees_the_same_and_a_unit_sees_less(both: tuple[Shop, Owned, Owned]) -> None:
    shop, _, theirs = both
    shop.person("同事", body="云杉区林业局")
    shop.person("下属", body="云杉区苗圃场")
    for ids in (theirs.ids, theirs.drafts):
        assert shop.client("同事").get(f"/submissions/{ids['submission']}").status_code == 200
        assert shop.client("下属").get(f"/submissions/{ids['submission']}").status_code == 404
    board = shop.client("下属").get(f"/seasons/{theirs.ids['season']}").text
    assert "云杉区苗圃场" in board and "云杉区林业局" not in board


def test_nobody_takes_anothers_place(both: tuple[Shop, Owned, Owned]) -> None:
    """A department hands in a file that is written in another's name: it stays with the one who handed it in."""
    shop, mine, theirs = both
    before = state_of(shop, theirs)
    text = (_clean()).replace("湖北省云梦泽市青石区数据资源局", "云杉区林业局").encode()
    assert "云杉区林业局".encode() in text
    answer = hand_in(shop.client("甲禾"), mine.ids["season"], "冒名.txt", text, "9" * 32)
    assert answer.status_code == 201
    work(shop)
    assert state_of(shop, theirs) == before
    with shop.office.session() as session:
        made = session.query(Submission).filter_by(name="冒名.txt").one()
        assert (made.entry_id, made.state) == (None, "asking")
    assert shop.client("乙杉").get(f"/submissions/{made.id}/original").status_code == 404


def _clean() -> str:
    from tests.conftest import EXAMPLES

    return (EXAMPLES / "hubei-clean.txt").read_text(encoding="utf-8")


def test_a_file_does_not_join_anothers_delivery(both: tuple[Shop, Owned, Owned]) -> None:
    shop, mine, theirs = both
    before = state_of(shop, theirs)
    answer = hand_in(shop.client("甲禾"), mine.ids["season"], "混入.txt", b"text", theirs.ids["delivery"])
    assert answer.status_code == 404
    assert state_of(shop, theirs) == before


def test_an_account_that_handed_in_does_not_move(both: tuple[Shop, Owned, Owned]) -> None:
    """Else its drafts and files would move with it into another department's sight."""
    shop, mine, theirs = both
    admin = shop.client("管理员")
    for number, body in ((theirs.ids["user"], "青禾区水利局"), (theirs.ids["user"], "云杉区苗圃场")):
        answer = admin.post(f"/users/{number}", {"role": "department", "body": body, "shown": ""})
        assert answer.status_code == 409 and "另建新账号" in answer.text
    same = admin.post(
        f"/users/{mine.ids['user']}", {"role": "department", "body": "青禾区水利局", "shown": "新姓名"}
    )
    assert same.status_code == 303


def test_without_logging_in_nothing_answers(both: tuple[Shop, Owned, Owned]) -> None:
    shop, _, theirs = both
    before, browser = state_of(shop, theirs), shop.browser()
    open_to_all = {"GET /login", "POST /login", "POST /logout", "GET /health", "GET /static-lib/htmx.js"}
    for address in addresses(shop.app):
        if str(address) in open_to_all:
            continue
        for key in ("", "ybz_nobody"):
            answer = ask(browser, address, theirs, theirs.ids, key=key)
            away = answer.status_code == 303 and answer.headers["location"].startswith("/login?next=")
            assert away or answer.status_code == 401, (str(address), answer.status_code)
            assert not leaks(answer, theirs.names)
    assert state_of(shop, theirs) == before


def _harm(address: Address) -> tuple[bool, bool, str]:
    """What ends things comes last."""
    ends = address.path.endswith(
        ("/withdraw", "/accept", "/end", "/logout", "/password", "/active", "/close", "/sessions", "/factor")
    )
    return address.method == "POST", ends, address.path


def test_the_parameters_that_name_something_are_there(shop: Shop) -> None:
    """The sweep over parameters is not empty."""
    used = {p for a in addresses(shop.app) for p in (*a.query, *a.form) if p in MEANS}
    assert {"entry", "delivery", "subject_id"} <= used
