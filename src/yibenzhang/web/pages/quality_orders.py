"""Work orders of the quality of data: opened by the reviewer, answered by the body, closed by the next check."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from yibenzhang.office.lateness import today
from yibenzhang.office.models import Role
from yibenzhang.resources.measuring import last_run
from yibenzhang.resources.mending import mended, order_of, orders, send
from yibenzhang.resources.mending_report import COLUMNS, row
from yibenzhang.resources.quality_rules import rules_of
from yibenzhang.web.formats import forms, shown
from yibenzhang.web.pages.resources import doer_of, only_of, schema_of
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who

router = APIRouter(tags=["资源账"])


@forms(
    router,
    "/quality-orders",
    COLUMNS,
    {"total": "共几张"},
    summary="质量工单：不合格的开给单位，改了以后复查",
)
def quality_orders(
    request: Request, office: Shop, who: Who, state: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """A department sees its own."""
    schema, rules = schema_of(office), rules_of(office.settings.extra)
    with office.session() as session:
        rows = [row(schema, rules, o, today()) for o in orders(session, only_of(who), state)]
    return shown(
        request,
        who,
        "quality_orders.html",
        {"total": len(rows)},
        rows,
        COLUMNS,
        "质量工单",
        words=schema.words["mending"],
        state=state,
        may=who.may(Role.REVIEWER),
        tab="resources",
    )


@router.post(
    "/quality-orders", dependencies=[Guard], summary="把最近一次检查里不合格的开成工单", status_code=303
)
def open_orders(office: Shop, who: Who) -> Response:
    who.must(Role.REVIEWER)
    schema = schema_of(office)
    with office.session() as session:
        codes = send(session, last_run(session), doer_of(who))
    words = schema.words["mending"]
    sentence = (
        words["opened"].format(count=len(codes), codes="、".join(codes[:10])) if codes else words["nothing"]
    )
    return said("/quality-orders", sentence)


@router.post(
    "/quality-orders/mended", dependencies=[Guard], summary="记下工单已经改了，等复查", status_code=303
)
def answer(
    office: Shop,
    who: Who,
    code: Annotated[str, Form(max_length=60)] = "",
    step: Annotated[int, Form()] = 0,
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """The body whose data it is, or a reviewer for it."""
    schema = schema_of(office)
    if not who.outside:
        who.must(Role.REVIEWER)
    with office.session() as session:
        order = order_of(session, schema, code, only_of(who))
        mended(session, schema, order, step, note, doer_of(who))
    return said("/quality-orders", schema.words["mending"]["saved"].format(code=code))
