"""One's own second factor: set up with a picture for the telephone, recovery codes, taken away."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy.orm import Session

from yibenzhang.office import second_factor as factors
from yibenzhang.office.access import Actor, NotHere, Refused
from yibenzhang.office.logins import Proof, WrongPassword, begin
from yibenzhang.office.models import User
from yibenzhang.web.errors import MUST_ENROL
from yibenzhang.web.formats import page
from yibenzhang.web.pages.entering import few
from yibenzhang.web.pages.people import prove_again
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import (
    FACTOR,
    PASSWORD,
    Accounts,
    Guard,
    InPerson,
    MustChange,
    Newcomer,
    Shop,
    browser_of,
    cookie_of,
    with_cookie,
)
from yibenzhang.web.settings import Office


def _password_first(request: Request, who: Newcomer) -> None:
    """Raises MustChange."""
    if request.state.held == PASSWORD:
        raise MustChange


Second = Depends(_password_first)
router = APIRouter(tags=["账号和操作记录"])
HERE = "/me/second-factor"


@router.get(HERE, dependencies=[Accounts, InPerson, Second], include_in_schema=False)
def second_factor(request: Request, office: Shop, who: Newcomer) -> Response:
    """Set it up, or what can be done with it."""
    return _page(request, office, who)


def _page(
    request: Request,
    office: Office,
    who: Actor,
    drawn: str = "",
    wrong: str = "",
    codes: tuple[str, ...] = (),
) -> Response:
    with office.session() as session:
        user = session.get(User, who.id)
        if user is None:
            raise NotHere
        name, factor = user.name, factors.standing_of(session, who)
    drawn = drawn or factors.draw()
    secret = "" if factor else factors.secret_of(office.secret, user.id, drawn)
    held = request.state.held == FACTOR and factor is None
    return page(
        request,
        who,
        "second_factor.html",
        401 if wrong else 200,
        bare=held,
        name=name,
        factor=factor,
        codes=codes,
        drawn=drawn,
        secret=" ".join(secret[k : k + 4] for k in range(0, len(secret), 4)),
        picture=factors.picture(factors.address_of(secret, name)) if secret else "",
        wrong=wrong,
        must_enrol=MUST_ENROL if held else "",
        tab="me",
    )


@router.post(HERE, dependencies=[Accounts, Guard, InPerson, Second], include_in_schema=False)
async def set_up(
    request: Request,
    office: Shop,
    who: Newcomer,
    drawn: Annotated[str, Form(max_length=64)] = "",
    code: Annotated[str, Form(max_length=80)] = "",
    old: Annotated[str, Form()] = "",
) -> Response:
    """From now on with digits."""
    return await to_thread.run_sync(_set_up, request, office, who, drawn, code, old, limiter=few())


def _set_up(request: Request, office: Office, who: Actor, drawn: str, code: str, old: str) -> Response:
    proof = prove_again(request, office, who, old)
    try:
        with office.session() as session:
            codes = factors.enrol(session, who, office.secret, drawn, code)
            token = _goes_on(session, request, proof)
    except WrongPassword as error:
        return _page(request, office, who, drawn, str(error))
    answer = _page(request, office, who, codes=codes)
    with_cookie(request, answer, token)
    return answer


def _goes_on(session: Session, request: Request, proof: Proof) -> str:
    """This session goes on with a new token; the others have ended."""
    return begin(session, proof, browser_of(request), cookie_of(request), noted=False)


@router.post(f"{HERE}/codes", dependencies=[Accounts, Guard, InPerson, Second], include_in_schema=False)
async def fresh_codes(
    request: Request, office: Shop, who: Newcomer, old: Annotated[str, Form()] = ""
) -> Response:
    """New recovery codes in place of those before."""

    def made() -> Response:
        prove_again(request, office, who, old)
        with office.session() as session:
            codes = factors.renew_codes(session, who)
        return _page(request, office, who, codes=codes)

    return await to_thread.run_sync(made, limiter=few())


@router.post(f"{HERE}/remove", dependencies=[Accounts, Guard, InPerson, Second], include_in_schema=False)
async def take_away(
    request: Request,
    office: Shop,
    who: Newcomer,
    old: Annotated[str, Form()] = "",
    code: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Take it away, with password and digits: whoever sits down at a desk left alone cannot."""

    def gone() -> str:
        proof = prove_again(request, office, who, old)
        try:
            factors.proved(office.database, office.secret, proof, code, who.address)
        except factors.WrongCode as error:
            raise Refused(str(error)) from error
        with office.session() as session:
            user = session.get(User, proof.number)
            if user is None:
                raise NotHere
            factors.remove(session, who, user)
            return _goes_on(session, request, proof)

    token = await to_thread.run_sync(gone, limiter=few())
    answer = said(HERE, "动态验证码已取消，其他地方的登录已全部退出。")
    with_cookie(request, answer, token)
    return answer
