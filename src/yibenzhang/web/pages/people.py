"""People: logging in, one's own account, and what everybody did."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from yibenzhang.office import users as accounts
from yibenzhang.office.access import Actor, Refused
from yibenzhang.office.audit import ACTIONS, MOST, SUBJECTS, Asked, trail
from yibenzhang.office.logins import (
    MOST_KEYS,
    Proof,
    WrongPassword,
    begin,
    end_key,
    end_of,
    end_sessions,
    keys_of,
    new_key,
    proved,
    sessions_of,
)
from yibenzhang.office.models import Role, User, now
from yibenzhang.office.passwords import RULE
from yibenzhang.office.second_factor import standing_of
from yibenzhang.web.days import day_of
from yibenzhang.web.describing import operations
from yibenzhang.web.errors import MUST_CHANGE
from yibenzhang.web.formats import forms, page, shown
from yibenzhang.web.pages.entering import few, local_path
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import (
    PASSWORD,
    Accounts,
    Guard,
    InPerson,
    Newcomer,
    Shop,
    Who,
    browser_of,
    known_in,
    with_cookie,
)
from yibenzhang.web.settings import Office
from yibenzhang.web.words import ROLE

router = APIRouter(tags=["账号和操作记录"])
PAGE = 100
_TRAIL = {
    "at": "时间",
    "who": "操作人",
    "action_name": "操作",
    "subject_name": "对象",
    "subject_id": "对象编号",
    "words": "内容",
    "address": "来自",
}
_PAGES = {"season": "/seasons/", "entry": "/entries/", "submission": "/submissions/", "notice": "/notices/"}


_KEYS = {"name": "名称", "made_at": "建立时间", "used_at": "最近使用", "ends_at": "到期"}
_LASTS = {30: "30 天", 90: "90 天", 180: "半年", 365: "一年"}
_ME = {"name": "账号", "shown": "姓名", "role": "角色的代号", "role_name": "角色", "body": "单位"}


@forms(router, "/me", _KEYS, _ME, dependencies=[Accounts], summary="自己的账号和接口密钥")
def me(request: Request, office: Shop, who: Who) -> Response:
    """One's own account and keys."""
    return _me(request, office, who)


def _me(request: Request, office: Shop, who: Who, key: str = "") -> Response:
    with office.session() as session:
        rows = [
            {
                "id": t.id,
                "name": t.name,
                "made_at": t.made_at,
                "used_at": t.used_at,
                "ends_at": end_of(t),
                "over": end_of(t) < now(),
            }
            for t in keys_of(session, who)
        ]
        sessions = [
            {"id": s.id, "agent": s.agent, "address": s.address, "made_at": s.made_at, "seen_at": s.seen_at}
            for s in sessions_of(session, who)
        ]
        factor = standing_of(session, who)
        user = session.get(User, who.id)
        name = user.name if user else ""
    data = {"name": name, "shown": who.name, "role": who.role, "role_name": ROLE[who.role], "body": who.body}
    return shown(
        request,
        who,
        "me.html",
        data,
        rows,
        _KEYS,
        "接口密钥",
        key=key,
        rule=RULE,
        most=MOST_KEYS,
        sessions=sessions,
        here=getattr(request.state, "login", 0),
        factor=factor,
        lasts=_LASTS,
        tab="me",
    )


@router.get("/me/password", dependencies=[Accounts, InPerson], include_in_schema=False)
def first_password(request: Request, office: Shop, who: Newcomer, next: str = "") -> Response:
    """For who has to change the password before anything else."""
    if request.state.held != PASSWORD:
        return RedirectResponse("/me", 303)
    with office.session() as session:
        user = session.get(User, who.id)
        name = user.name if user else ""
    return page(
        request,
        who,
        "password.html",
        bare=True,
        name=name,
        rule=RULE,
        must_change=MUST_CHANGE,
        next=local_path(next),
    )


@router.post("/me/password", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
async def save_password(
    request: Request,
    office: Shop,
    who: Newcomer,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
    keys: Annotated[bool, Form()] = False,
    next: Annotated[str, Form()] = "/me",
) -> Response:
    if new != again:
        raise Refused("两次输入的新密码不一样，没有修改。")
    changed = partial(_changed, request, office, who, old, new, keys)
    token = await to_thread.run_sync(changed, limiter=few())
    answer = said(local_path(next), "密码已修改，其他地方的登录已全部退出。")
    with_cookie(request, answer, token)
    return answer


def _changed(request: Request, office: Office, who: Actor, old: str, new: str, keys: bool) -> str:
    """The token with which the session goes on: whoever else had the one before is out."""
    with office.session() as session:
        user = session.get(User, who.id)
        name = user.name if user else ""
    try:
        proof = proved(office.database, name, who.address, old, known_in(request, name))
    except WrongPassword as error:
        raise Refused("原来的密码不对，没有修改。") from error
    with office.session() as session:
        kept = accounts.change_password(session, who, proof.kept, new, keys)
        return begin(session, Proof(proof.number, kept), browser_of(request), noted=False)


@router.post("/me/sessions", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
async def stop_sessions(
    request: Request,
    office: Shop,
    who: Who,
    old: Annotated[str, Form()] = "",
    session: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """End sessions of one's own; who asks shows the password again."""
    if not session:
        raise Refused("没有选中要结束的登录。")

    def ended() -> int:
        prove_again(request, office, who, old)
        with office.session() as opened:
            return end_sessions(opened, who, session)

    return said("/me", f"已结束 {await to_thread.run_sync(ended, limiter=few())} 处登录。")


def prove_again(request: Request, office: Office, who: Actor, old: str) -> Proof:
    """The password of who is logged in, asked for once more. Raises Refused."""
    with office.session() as session:
        user = session.get(User, who.id)
        name = user.name if user else ""
    try:
        return proved(office.database, name, who.address, old, known_in(request, name))
    except WrongPassword as error:
        raise Refused("密码不对，没有执行。") from error


@router.post("/me/keys", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
def make_key(
    request: Request,
    office: Shop,
    who: Who,
    name: Annotated[str, Form()] = "",
    days: Annotated[int, Form(ge=1, le=365)] = 365,
) -> Response:
    with office.session() as session:
        key = new_key(session, who, name, timedelta(days=days))
    return _me(request, office, who, key)


@router.post("/me/keys/{number:int}/end", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
def stop_key(office: Shop, who: Who, number: int) -> Response:
    with office.session() as session:
        end_key(session, who, number)
    return said("/me", "密钥已停用。")


@forms(
    router,
    "/audit",
    _TRAIL,
    {"total": "符合条件的条数", "page": "第几页", "pages": "共几页"},
    summary=f"操作记录，新的在前（负责人和管理员）；.csv 最多 {MOST} 条，.json 每页 {PAGE} 条",
)
def audit(
    request: Request,
    office: Shop,
    who: Who,
    person: Annotated[str, Query(max_length=80)] = "",
    action: Annotated[str, Query(max_length=40)] = "",
    subject: Annotated[str, Query(max_length=40)] = "",
    subject_id: str = "",
    since: str = "",
    until: str = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10**6)] = 1,
) -> Response:
    """Who changed what, newest first; ``page`` counts from 1, the table as CSV is whole."""
    who.must(Role.HEAD)
    wanted = Asked(person.strip(), action, subject, _number(subject_id), day_of(since), day_of(until))
    whole = request.url.path.endswith(".csv")
    with office.session() as session:
        rows, total = trail(
            session, who, wanted, 0 if whole else (number - 1) * PAGE, MOST if whole else PAGE
        )
    chosen = {
        "person": person,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "since": since,
        "until": until,
    }
    pages = max(-(-total // PAGE), 1)
    return shown(
        request,
        who,
        "audit.html",
        {"total": total, "page": number, "pages": pages},
        rows,
        _TRAIL,
        "操作记录",
        query=urlencode({k: v for k, v in chosen.items() if v}),
        actions=ACTIONS,
        subjects=SUBJECTS,
        links=_PAGES,
        tab="audit",
        **chosen,
    )


_INTERFACE = {
    "subject": "内容",
    "method": "方法",
    "path": "地址",
    "table": "表格的地址",
    "words": "做什么",
    "parameters": "参数",
}


@forms(router, "/api", _INTERFACE, summary="接口说明，给人看的；完整的见 /openapi.json")
def interface(request: Request, who: Who) -> Response:
    """The HTTP interface, for people who write programs."""
    tags = operations(request.app.openapi())
    rows = [
        {
            "subject": tag,
            "method": o.method,
            "path": o.path,
            "table": o.table,
            "words": o.words,
            "parameters": "；".join(f"{p.name} {p.words}" for p in o.parameters),
        }
        for tag, found in tags.items()
        for o in found
    ]
    return shown(
        request,
        who,
        "api.html",
        {},
        rows,
        _INTERFACE,
        "接口说明",
        tags=tags,
        base=str(request.base_url).rstrip("/"),
        tab="api",
    )


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 10):
        raise Refused("对象编号请写成数字。")
    return int(text)
