"""一本账 of the city: a line for each body."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from yibenzhang.office.lateness import today
from yibenzhang.resources.city import City, Line, city_of, columns
from yibenzhang.web.formats import forms, shown
from yibenzhang.web.pages.resource_work import ledger_of
from yibenzhang.web.pages.resources import only_of, schema_of
from yibenzhang.web.security import Shop, Who

router = APIRouter(tags=["资源账"])
_TEN_THOUSAND = 10_000
CITY = {
    "body": "单位",
    "budget": "预算支出总计（万元）",
    "budget_year": "预算年度",
    "budget_cite": "出处",
    **{c.id: c.name for c in columns()},
    "errors": "矛盾：错误",
    "warnings": "矛盾：疑问",
    "notices": "矛盾：提示",
}
_TOLD = {
    "as_of": "以哪一天为准",
    "totals": "各单位合计",
    "known": "各列有几个单位知道",
    "total": "共几个单位",
}


@forms(
    router, "/account-city", CITY, _TOLD, summary="一本账，全市一页：各单位的钱、项目、应用、数据、云、矛盾"
)
def city(request: Request, office: Shop, who: Who) -> Response:
    """A department sees its own line."""
    only, extra = only_of(who), office.settings.extra

    def made() -> City:
        with office.session() as session:
            return city_of(
                session, schema_of(office), today(), ledger_of(office), extra, office.mirror(), only
            )

    found = office.lately(("city", only), made)
    rows = [_row(line) for line in found.lines]
    data = {
        "as_of": found.as_of,
        "totals": {k: f"{v:f}" for k, v in found.totals.items()},
        "known": dict(found.known),
        "total": len(rows),
    }
    return shown(
        request,
        who,
        "account_city.html",
        data,
        rows,
        CITY,
        "全市一本账",
        heads=CITY,
        counted=[c.id for c in columns()],
        sums=found.totals,
        tab="account",
    )


def _row(line: Line) -> dict[str, Any]:
    budget = line.budget
    return {
        "body": line.body,
        "budget": None if budget is None else f"{(budget.value / _TEN_THOUSAND).normalize():f}",
        "budget_year": None if budget is None else budget.year,
        "budget_cite": None if budget is None else f"{budget.file} {budget.place}".strip(),
        **{c.id: None if (v := line.values.get(c.id)) is None else f"{v.normalize():f}" for c in columns()},
        "errors": line.found.get("error", 0),
        "warnings": line.found.get("warning", 0),
        "notices": line.found.get("notice", 0),
    }
