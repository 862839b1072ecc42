"""Every page's data at the same address as .json and .csv: all pages, and what people read in the tables."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from tests.web.conftest import Shop
from tests.web.sweeping import Address, Owned, addresses, ask, two_departments
from yibenzhang.office.audit import ACTIONS, SUBJECTS
from yibenzhang.office.models import Role, State, Verdict

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NO_DATA = {
    "GET /login": "a form for those who may see nothing yet",
}
"""Pages without .json and .csv, and why."""
PEOPLE = ("管理员", "甲禾", "")
"""Who looks at the pages: one who may see everything, the department whose matters they are, a stranger."""
CODES = {
    *State, *Verdict, *Role, *ACTIONS, *SUBJECTS, "error", "warning", "budget", "accounts", "unit", "proved", "contradicted", "alone",
    "held", "within_rounding", "fixed", "still", "unsure", "missing", "late", "hubei", "jiangsu", "True", "False", "None", "true", "false", "null",
}  # fmt: skip
"""What programs get and nobody should have to read."""


@pytest.fixture
def busy(shop: Shop) -> tuple[Shop, Owned]:
    """A season in full course."""
    mine, _ = two_departments(shop)
    return shop, mine


def seen(shop: Shop, mine: Owned, address: Address) -> list[Any]:
    """What those who may get from an address, each with its first things that answer."""
    out = []
    for person in PEOPLE:
        browser = shop.client(person) if person else shop.browser()
        for ids in (mine.ids, mine.older, mine.drafts):
            answer = ask(browser, address, mine, ids)
            if answer.status_code == 200:
                out.append(answer)
                break
    return out


def pages(shop: Shop, mine: Owned) -> list[Address]:
    """The addresses that answer with a page, or a piece of one."""
    out = []
    for address in addresses(shop.app):
        if address.method == "GET":
            kinds = {a.headers.get("content-type", "").split(";")[0] for a in seen(shop, mine, address)}
            if "text/html" in kinds:
                assert kinds == {"text/html"}, address
                out.append(address)
    return out


def test_every_page_has_its_data(busy: tuple[Shop, Owned]) -> None:
    shop, mine = busy
    known = {str(a) for a in addresses(shop.app)}
    found = pages(shop, mine)
    assert len(found) > 30
    bare = [str(a) for a in found if not {f"{a}.json", f"{a}.csv"} <= known]
    assert bare == list(NO_DATA), "register it with forms(), or say in NO_DATA why not"
