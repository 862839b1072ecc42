"""Logging in, with a second step where there is a second factor, and out."""

from __future__ import annotations

import asyncio
import hmac
import time
from functools import partial
from typing import Annotated
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from yibenzhang.office.logins import Proof, TooMany, WrongPassword, begin, end, login_of, proved
from yibenzhang.office.models import User
from yibenzhang.office.second_factor import LASTS, enrolled
from yibenzhang.office.second_factor import proved as prove_second
from yibenzhang.web.formats import page
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import (
    Accounts,
    Guard,
    Shop,
    actor_of,
    address_of,
    browser_of,
    cookie_of,
    known_in,
    lasts_of,
    ticket_of,
    with_cookie,
    with_known,
    without_cookie,
)
from yibenzhang.web.settings import Office

router = APIRouter(tags=["账号和操作记录"])
_LIMITERS: WeakKeyDictionary[asyncio.AbstractEventLoop, CapacityLimiter] = WeakKeyDictionary()


def local_path(wanted: str) -> str:
    """Where to go after logging in: an address of ours, or the first page."""
    ours = (
        wanted.startswith("/")
        and not wanted.startswith("//")
        and not wanted.startswith(("/login", "/logout", "/me/password"))
    )
    return wanted if ours and "\\" not in wanted and all(c > " " for c in wanted) else "/"


@router.get("/login", dependencies=[Accounts], include_in_schema=False)
def login(request: Request, office: Shop, next: str = "") -> Response:
    with office.session() as session:
        if login_of(session, cookie_of(request), lasts_of(request)):
            return RedirectResponse(local_path(next), 303)
        empty = session.scalars(select(User.id).limit(1)).first() is None
    return page(request, None, "login.html", next=local_path(next), empty=empty, name="", wrong="")


@router.post("/login", dependencies=[Accounts, Guard], include_in_schema=False)
async def log_in(
    request: Request,
    office: Shop,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    entered = partial(_entered, request, office, name, password, local_path(next))
    return await to_thread.run_sync(entered, limiter=few())


def few() -> CapacityLimiter:
    """Threads of their own for what takes a hash of a password: a flood of tries leaves those of the pages free."""
    loop = asyncio.get_running_loop()
    return _LIMITERS.setdefault(loop, CapacityLimiter(4))


def _entered(request: Request, office: Office, name: str, password: str, next: str) -> Response:
    address = address_of(request)
    try:
        proof = proved(office.database, name, address, password, known_in(request, name))
        with office.session() as session:
            second = enrolled(session, proof.number)
            token = "" if second else begin(session, proof, browser_of(request), cookie_of(request))
    except (WrongPassword, TooMany) as error:
        status = 429 if isinstance(error, TooMany) else 401
        return page(
            request, None, "login.html", status, next=next, empty=False, name=name[:80], wrong=str(error)
        )
    if second:
        until = int(time.time() + LASTS.total_seconds())
        ticket = ticket_of(office, proof, cookie_of(request), until)
        return page(request, None, "login_code.html", next=next, name=name[:80], ticket=ticket, wrong="")
    return _inside(request, next, token, name)


def _inside(request: Request, next: str, token: str, name: str) -> Response:
    answer = RedirectResponse(next, 303)
    with_cookie(request, answer, token)
    with_known(request, answer, name)
    return answer


@router.post("/login/code", dependencies=[Accounts, Guard], include_in_schema=False)
def second_step(
    request: Request,
    office: Shop,
    ticket: Annotated[str, Form(max_length=200)] = "",
    code: Annotated[str, Form(max_length=80)] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """The digits, after name and password."""
    next = local_path(next)
    found = _ticketed(request, office, ticket)
    if found is None:
        words = "登录用的时间太长，请重新输入账号和密码。"
        return page(request, None, "login.html", 401, next=next, empty=False, name="", wrong=words)
    proof, name = found
    try:
        prove_second(office.database, office.secret, proof, code, address_of(request))
        with office.session() as session:
            token = begin(session, proof, browser_of(request), cookie_of(request))
    except (WrongPassword, TooMany) as error:
        status = 429 if isinstance(error, TooMany) else 401
        more = {"next": next, "name": name, "ticket": ticket, "wrong": str(error)}
        return page(request, None, "login_code.html", status, **more)
    return _inside(request, next, token, name)


def _ticketed(request: Request, office: Office, ticket: str) -> tuple[Proof, str] | None:
    """Whose password this browser proved a moment ago, with the name of the account."""
    number, until, seal = (ticket.split(".") + ["", ""])[:3]
    if not (number + until).isascii() or not (number + until).isdigit() or len(until) > 12 or len(number) > 9:
        return None
    with office.session() as session:
        user = session.get(User, int(number))
        if user is None or not user.active or int(until) < time.time() or not cookie_of(request):
            return None
        proof, name = Proof(user.id, user.password), user.name
    right = ticket_of(office, proof, cookie_of(request), int(until))
    return (proof, name) if hmac.compare_digest(right.encode(), f"{number}.{until}.{seal}".encode()) else None


@router.post("/logout", dependencies=[Accounts, Guard], include_in_schema=False)
def log_out(request: Request, office: Shop) -> Response:
    token = cookie_of(request)
    with office.session() as session:
        found = login_of(session, token, lasts_of(request))
        if found:
            end(session, actor_of(found[0].user, address_of(request)), token)
    answer = said("/login", "已退出。")
    without_cookie(request, answer)
    return answer
