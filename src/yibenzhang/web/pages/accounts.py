"""Everybody's accounts, for administrators: one by one, from a list, or one for each department of a season."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response, UploadFile
from sqlalchemy import func, select

from yibenzhang.office import users as accounts
from yibenzhang.office.access import Actor, Refused, season_of
from yibenzhang.office.account_files import accounts_template, read_accounts
from yibenzhang.office.issuing import Issue, handed_out, issue, without_account
from yibenzhang.office.models import Audit, Body, Role, Season
from yibenzhang.office.passwords import RULE
from yibenzhang.office.second_factor import remove
from yibenzhang.office.second_factor_models import Factor
from yibenzhang.reading import ReadingError
from yibenzhang.reading.limits import MAX_ACCOUNT_BYTES
from yibenzhang.web.formats import forms, page, shown
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Accounts, Guard, InPerson, Shop, Who
from yibenzhang.web.words import ROLE

router = APIRouter(tags=["账号和操作记录"])
_USERS = {
    "name": "账号",
    "shown": "姓名",
    "role_name": "角色",
    "body": "单位",
    "active": "在用",
    "must_change": "待改初始密码",
    "factor": "动态验证码",
    "made_at": "建立时间",
    "last_at": "最近登录",
}


@forms(router, "/users", _USERS, dependencies=[Accounts], summary="全部账号（管理员）")
def users(request: Request, office: Shop, who: Who) -> Response:
    """Everybody's accounts."""
    who.must(Role.ADMINISTRATOR)
    with office.session() as session:
        asked = (
            select(Audit.user_id, func.max(Audit.at))
            .where(Audit.action == "login.in")
            .group_by(Audit.user_id)
        )
        last: dict[int | None, Any] = dict(session.execute(asked).all())
        enrolled = set(session.scalars(select(Factor.user_id)))
        rows = [
            {
                "id": u.id,
                "name": u.name,
                "shown": u.shown,
                "role": u.role,
                "role_name": ROLE[u.role],
                "body": body,
                "active": u.active,
                "must_change": u.must_change,
                "factor": u.id in enrolled,
                "made_at": u.made_at,
                "last_at": last.get(u.id),
            }
            for u, body in accounts.users_of(session, who)
        ]
        bodies = session.scalars(select(Body.name).order_by(Body.name)).all()
        seasons = session.scalars(select(Season).order_by(Season.id.desc())).all()
    return shown(
        request,
        who,
        "users.html",
        {},
        rows,
        _USERS,
        "账号",
        bodies=bodies,
        seasons=seasons,
        rule=RULE,
        tab="users",
    )


@router.post("/users", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
def make_user(
    office: Shop,
    who: Who,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    shown: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
) -> Response:
    with office.session() as session:
        made = accounts.add_user(session, who, name, role, password, shown, body).name
    return said("/users", f"账号“{made}”已建立；本人第一次登录时要改密码。")


@router.post("/users/{number:int}", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
def save_user(
    office: Shop,
    who: Who,
    number: int,
    role: Annotated[str, Form()] = "",
    shown: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
) -> Response:
    with office.session() as session:
        user = accounts.user_of(session, who, number)
        accounts.change_user(session, who, user, role, shown, body)
    return said("/users", f"账号“{user.name}”已修改。")


@router.post("/users/{number:int}/active", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
def switch_user(office: Shop, who: Who, number: int, active: Annotated[bool, Form()]) -> Response:
    with office.session() as session:
        user = accounts.user_of(session, who, number)
        accounts.set_active(session, who, user, active)
    words = "已启用。" if active else "已停用，它的登录和接口密钥已全部失效。"
    return said("/users", f"账号“{user.name}”{words}")


@router.post(
    "/users/{number:int}/password", dependencies=[Accounts, Guard, InPerson], include_in_schema=False
)
def reset_password(office: Shop, who: Who, number: int, password: Annotated[str, Form()] = "") -> Response:
    with office.session() as session:
        user = accounts.user_of(session, who, number)
        accounts.set_password(session, who, user, password)
    return said(
        "/users", f"账号“{user.name}”的密码已重设，它的登录和接口密钥已全部失效；本人下次登录时要改密码。"
    )


@router.post(
    "/users/{number:int}/sessions", dependencies=[Accounts, Guard, InPerson], include_in_schema=False
)
def end_sessions(office: Shop, who: Who, number: int) -> Response:
    """End the sessions of another; the keys stay."""
    with office.session() as session:
        user = accounts.user_of(session, who, number)
        accounts.throw_out(session, who, user)
    return said("/users", f"账号“{user.name}”的登录已全部结束。")


@router.post("/users/{number:int}/factor", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
def take_factor(office: Shop, who: Who, number: int) -> Response:
    """For who lost the telephone and has no recovery code left."""
    with office.session() as session:
        user = accounts.user_of(session, who, number)
        if user.id == who.id:
            raise Refused("自己的动态验证码请在“我的账号”里取消，那里要先输入密码和验证码。")
        remove(session, who, user)
    return said(
        "/users", f"账号“{user.name}”的动态验证码已取消，登录已全部结束；请先确认是本人，再让本人重新设置。"
    )


@router.get("/users-template.csv", dependencies=[Accounts], include_in_schema=False)
def template(who: Who) -> Response:
    who.must(Role.ADMINISTRATOR)
    head = {"Content-Disposition": 'attachment; filename="users-template.csv"'}
    return Response(accounts_template(), media_type="text/csv; charset=utf-8", headers=head)


@router.post("/users/import", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
def take_users(
    request: Request, office: Shop, who: Who, file: UploadFile, renew: Annotated[bool, Form()] = False
) -> Response:
    who.must(Role.ADMINISTRATOR)
    try:
        rows = read_accounts(file.file.read(MAX_ACCOUNT_BYTES + 1))
    except ReadingError as error:
        raise Refused(f"账号没有导入：{error}") from error
    with office.session() as session:
        made = issue(session, who, rows, renew)
    return _made(request, who, made)


@router.post("/users/departments", dependencies=[Accounts, Guard, InPerson], include_in_schema=False)
def make_departments(
    request: Request, office: Shop, who: Who, season: Annotated[int, Form(ge=0, lt=10**9)]
) -> Response:
    """An account for each department of the roster that has none."""
    with office.session() as session:
        rows = without_account(session, who, season_of(session, season))
        if not rows:
            raise Refused("这个公开季的名录里，每个部门都已有账号（或名录还是空的），没有新建。")
        made = issue(session, who, rows)
    return _made(request, who, made)


def _made(request: Request, who: Actor, made: Issue) -> Response:
    """The page on which the first passwords are handed out: they are in it, and nowhere else."""
    data = b64encode(handed_out(made.made)).decode() if made.made else ""
    return page(request, who, "users_made.html", made=made.made, refused=made.refused, data=data, tab="users")
