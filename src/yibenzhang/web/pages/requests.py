"""Requests for data, cloud and network: the list, one request with its steps, a new one from the catalogue, what was
used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, NotHere, Refused, note
from yibenzhang.office.lateness import today
from yibenzhang.office.models import Role
from yibenzhang.reading import ReadingError
from yibenzhang.resources.applying import Form as Asking
from yibenzhang.resources.applying import apply, fields_of, form_values, offer_row, offered
from yibenzhang.resources.models import Request as Entered
from yibenzhang.resources.request_lists import Asked, counted, requests
from yibenzhang.resources.request_report import event_row, field_rows, request_row, used_row
from yibenzhang.resources.request_rules import AUTHORITY, PROVIDER, Rules, load_rules
from yibenzhang.resources.request_time import ENDING, LATE, SOON, reminders, unknown_years
from yibenzhang.resources.requests import Person, events_of, expire_due, seen_by, step, steps_for
from yibenzhang.resources.schema import Field, Schema
from yibenzhang.resources.usage import take_usage, used
from yibenzhang.web.formats import forms, page, shown, wants_data
from yibenzhang.web.pages.resources import MOST, PAGE, Given, doer_of, only_of, schema_of
from yibenzhang.web.pages.rosters import MOST_ROSTER
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["共享申请"])


def rules_of(office: Office) -> Rules:
    return load_rules(office.settings.extra)


def person_of(who: Actor) -> Person:
    """What somebody is in requests: a department, the authority, or the administrator who may stand in for all."""
    return Person(doer_of(who), who.body, who.may(Role.REVIEWER), who.may(Role.ADMINISTRATOR))


def request_in(session: Session, who: Actor, number: int) -> Entered:
    """The request with this number. Raises NotHere."""
    found = session.scalars(select(Entered).where(Entered.id == number, *seen_by(only_of(who)))).first()
    if found is None:
        raise NotHere
    return found


REQUESTS = {
    "code": "编号",
    "kind_name": "种类",
    "resource": "资源编码",
    "name": "资源",
    "body": "申请单位",
    "provider": "提供单位",
    "way_name": "怎么办",
    "state_name": "状态",
    "waits_for": "等谁",
    "due_on": "期限",
    "due_name": "提醒",
    "applied_at": "申请时间",
    "ends_on": "使用到",
}
_LISTED = {
    "total": "共几条",
    "waiting": "轮到本人办的有几条",
    "reminders": "late 逾期、soon 快到期限、ending 快到使用期的各几条",
    "calendar": "哪些年份的节假日不知道，期限只除了周末",
}


@forms(router, "/requests", REQUESTS, _LISTED, summary="共享申请：本单位申请的和向本单位申请的")
def listed(
    request: Request,
    office: Shop,
    who: Who,
    state: str = "",
    kind: str = "",
    find: str = "",
    due: str = "",
    turn: bool = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    schema, rules, only, day = schema_of(office), rules_of(office), only_of(who), today()
    whole, turns = wants_data(request), _turns(who)
    with office.session() as session:
        some = reminders(session, rules, day, only)
        ids = tuple(r.request.id for r in some if r.what == due) if due else None
        asked = Asked(state, kind, "", find, only, turns if turn else frozenset(), ids)
        total = counted(session, rules, asked, day)
        start, count = (0, MOST) if whole else ((page - 1) * PAGE, PAGE)
        rows = [
            request_row(schema, rules, r, day) for r in requests(session, rules, asked, day, start, count)
        ]
        waiting = counted(session, rules, Asked(only=only, turn=turns), day)
    counts = {what: sum(r.what == what for r in some) for what in (LATE, SOON, ENDING)}
    years = unknown_years(rules, [r.due_on for r in some])
    given = {"state": state, "kind": kind, "find": find, "due": due, "turn": "true" if turn else ""}
    return shown(
        request,
        who,
        "requests.html",
        {"total": total, "waiting": waiting, "reminders": counts, "calendar": years},
        rows,
        REQUESTS,
        "共享申请",
        rules=rules,
        kinds={k: schema.kinds[k] for k in rules.offers},
        given=given,
        calendar_said=rules.say("no_calendar", years="、".join(map(str, years))) if years else "",
        here=page,
        pages=-(-total // PAGE),
        query=urlencode({k: v for k, v in given.items() if v}),
        may_ask=_may_ask(who),
        tab="resources",
    )


def _turns(who: Actor) -> frozenset[str]:
    """As what a person's turn may come."""
    if who.outside:
        return frozenset({PROVIDER})
    return frozenset({AUTHORITY, PROVIDER} if who.may(Role.ADMINISTRATOR) else {AUTHORITY})


def _may_ask(who: Actor) -> bool:
    return bool(who.body) or who.may(Role.ADMINISTRATOR)


# ---- one request ---------------------------------------------------------------------------------------

STEPS = {
    "version": "版",
    "at": "时间",
    "who": "谁",
    "role_name": "作为",
    "event_name": "做了什么",
    "told": "前后",
    "reason": "意见或理由",
    "source": "来源",
}
_REQUEST = {
    "asked": "这个申请",
    "fields": "填的内容：编号、名称、值、显示",
    "together": "同一次申请的其他申请：编号、资源、状态",
    "steps": "本人现在能做的：编号、名称、要不要理由、要填什么",
}


@forms(router, "/requests/{number:int}", STEPS, _REQUEST, summary="一个申请：内容、每一步、现在能做什么")
def one(request: Request, office: Shop, who: Who, number: int) -> Response:
    schema, rules, day = schema_of(office), rules_of(office), today()
    with office.session() as session:
        r = request_in(session, who, number)
        row, fields = request_row(schema, rules, r, day), field_rows(schema, rules, r)
        rows = [event_row(schema, rules, r, e) for e in reversed(events_of(session, r))]
        beside = select(Entered).where(Entered.form == r.form, Entered.id != r.id, *seen_by(only_of(who)))
        together = [request_row(schema, rules, o, day) for o in session.scalars(beside.order_by(Entered.id))]
        possible = steps_for(rules, r, person_of(who), day)
    data = {
        "asked": row,
        "fields": fields,
        "together": [
            {k: o[k] for k in ("id", "code", "name", "body", "state", "state_name")} for o in together
        ],
        "steps": [{"id": s.id, "name": s.name, "reason": s.reason, "asks": list(s.asks)} for s in possible],
    }
    asks = [f for f in rules.fields.fields if any(f.id in s.asks for s in possible)]
    named: dict[str, Any] = {"possible": possible, "asks": asks, "tab": "resources"}
    return shown(request, who, "request.html", data, rows, STEPS, f"{row['code']} {row['name']}", **named)


@router.post(
    "/requests/{number:int}/step",
    dependencies=[Guard],
    summary="办一步：答复、交付、撤回、结束；version 是看到的版次",
    status_code=303,
)
def take_step(
    office: Shop,
    who: Who,
    number: int,
    action: Annotated[str, Form()] = "",
    version: Annotated[int, Form()] = 0,
    reason: Annotated[str, Form()] = "",
    interface: Annotated[str, Form()] = "",
) -> Response:
    schema, rules = schema_of(office), rules_of(office)
    with office.session() as session:
        r = request_in(session, who, number)
        if version < 1:
            raise Refused("没有写明看到的是第几版，没有保存；请刷新页面后再办。")
        values = form_values(schema, rules, {"interface": interface})
        step(session, rules, r, action, version, person_of(who), today(), reason, values)
        details = {"step": rules.steps[action].name, "name": f"{r.code} {r.name}", "reason": reason.strip()}
        note(session, who, "request.step", "request", r.id, **details)
    return said(f"/requests/{number}", f"已{rules.steps[action].name}。")


# ---- a new one -----------------------------------------------------------------------------------------

OFFERED = {
    "code": "编码",
    "kind_name": "种类",
    "name": "名称",
    "body": "单位",
    "way_name": "怎么办",
    "told": "说明",
}
_OFFERED = {"chosen": "已选的资源：编码、名称、字段", "most": "最多列出几条"}
_MOST_OFFERED = 100


@forms(router, "/request-new", OFFERED, _OFFERED, summary="目录：查到能申请的资源，选好就填申请")
def new(
    request: Request,
    office: Shop,
    who: Who,
    find: str = "",
    kind: str = "",
    codes: Annotated[list[str] | None, Query()] = None,
) -> Response:
    schema, rules = schema_of(office), rules_of(office)
    with office.session() as session:
        entries = offered(session, rules, find.strip(), kind, most=_MOST_OFFERED)
        rows = [offer_row(schema, rules, e) for e in entries]
        chosen = _chosen(session, schema, rules, [c for c in codes or () if c])
    return shown(
        request,
        who,
        "request_new.html",
        {"chosen": chosen, "most": _MOST_OFFERED},
        rows,
        OFFERED,
        "申请资源的目录",
        kinds={k: schema.kinds[k] for k in rules.offers},
        common=_common_fields(rules),
        asked={k: [f for f in rules.fields.fields if f.id in o.asked] for k, o in rules.offers.items()},
        needed={k: o.needed for k, o in rules.offers.items()},
        find=find,
        kind=kind,
        may_ask=_may_ask(who),
        tab="resources",
    )


def _chosen(session: Session, schema: Schema, rules: Rules, codes: list[str]) -> list[dict[str, Any]]:
    """The entries that were picked, with the fields that may be asked for."""
    some = offered(session, rules, codes=codes) if codes else []
    return [
        {**offer_row(schema, rules, e), "fields": list(dict.fromkeys(fields_of(session, e).values()))}
        for e in some
    ]


def _common_fields(rules: Rules) -> list[Field]:
    """The fields of every request: those that neither a kind of resource nor a step asks for."""
    special = {f for o in rules.offers.values() for f in o.asked}
    special |= {f for s in rules.steps.values() for f in s.asks}
    return [f for f in rules.fields.fields if f.id not in special]


@router.post(
    "/requests",
    dependencies=[Guard],
    summary="申请资源：一次可以申请几个；字段和数量按资源写成 fields-编码、quantity-编码、measure-编码",
    status_code=303,
)
def ask(
    office: Shop,
    who: Who,
    sent: Given,
    codes: Annotated[list[str] | None, Form()] = None,
    body: Annotated[str, Form()] = "",
    user: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
    purpose: Annotated[str, Form()] = "",
    scene: Annotated[str, Form()] = "",
    begins_on: Annotated[str, Form()] = "",
    ends_on: Annotated[str, Form()] = "",
) -> Response:
    schema, rules = schema_of(office), rules_of(office)
    common = {
        "user": user,
        "phone": phone,
        "purpose": purpose,
        "scene": scene,
        "begins_on": begins_on,
        "ends_on": ends_on,
    }
    own = {c: form_values(schema, rules, _own(sent, c)) for c in codes or ()}
    form = Asking(who.body or body.strip(), tuple(codes or ()), form_values(schema, rules, common), own)
    with office.session() as session:
        made = apply(session, schema, rules, form, person_of(who), today())
        for r in made:
            note(session, who, "request.apply", "request", r.id, name=f"{r.code} {r.name}", body=r.body)
        first, codes_made = made[0].id, "、".join(r.code for r in made)
    return said(f"/requests/{first}" if len(made) == 1 else "/requests", f"已申请：{codes_made}。")


def _own(sent: Mapping[str, str], code: str) -> dict[str, str]:
    """What a form says of one resource alone."""
    return {k.removesuffix(f"-{code}"): v for k, v in sent.items() if k.endswith(f"-{code}")}


# ---- usage ---------------------------------------------------------------------------------------------

USED = {
    "request": "申请编号",
    "resource": "资源编码",
    "name": "资源",
    "interface": "接口",
    "body": "使用单位",
    "provider": "提供单位",
    "state_name": "状态",
    "delivered_on": "交付",
    "first": "第一天",
    "last": "最后一天",
    "days": "天数",
    "calls": "次数",
    "records": "行数",
}


@forms(router, "/request-usage", USED, summary="使用记录：每个接口用了多少，哪些交付了没有用过，哪些没有申请")
def usage(request: Request, office: Shop, who: Who, never: bool = False) -> Response:
    return shown(
        request,
        who,
        "request_usage.html",
        {},
        _used(office, who, never),
        USED,
        "使用记录",
        **_usage(who, never),
    )


def _used(office: Office, who: Actor, never: bool) -> list[dict[str, Any]]:
    rules, day = rules_of(office), today()
    with office.session() as session:
        return [
            used_row(rules, u, day) for u in used(session, rules, only_of(who)) if not (never and u.calls)
        ]


def _usage(who: Actor, never: bool) -> dict[str, Any]:
    return {"never": never, "may": who.may(Role.REVIEWER), "taken": None, "tab": "resources"}


@router.post(
    "/request-usage",
    dependencies=[Guard],
    summary="导入使用记录（Excel 或 CSV）：申请编号或接口、日期、次数、行数",
    response_class=HTMLResponse,
    response_description="网页，写明收了几行、不收的各行为什么",
)
def usage_import(
    request: Request, office: Shop, who: Who, file: UploadFile, rest: Annotated[bool, Form()] = False
) -> Response:
    who.must(Role.REVIEWER)
    schema, rules, day = schema_of(office), rules_of(office), today()
    name = (file.filename or "")[:400]
    data = file.file.read(MOST_ROSTER + 1)
    if len(data) > MOST_ROSTER:
        raise Refused("文件超过 20 MB，请用命令行 yibenzhang resources requests use import 导入。")
    doer = doer_of(who, name)
    try:
        with office.session() as session:
            taken = take_usage(session, schema, rules, data, doer, day, rest)
            expire_due(session, rules, day, doer)
            if taken.written:
                note(session, who, "request.usage", name=name, added=taken.added, changed=taken.changed)
    except ReadingError as error:
        raise Refused(f"没有导入：{error}") from error
    taken_in = {**_usage(who, False), "taken": taken, "name": name}
    return page(request, who, "request_usage.html", rows=_used(office, who, False), **taken_in)
