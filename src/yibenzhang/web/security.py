"""Who asks, and that a request that changes something comes from one of our own pages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from yibenzhang.office.access import LOCAL, Actor
from yibenzhang.office.logins import LASTS, key_of, login_of
from yibenzhang.office.models import Role, User
from yibenzhang.web.settings import Office

COOKIE = "yibenzhang"
FIELD = "csrf"
HEADER = "X-CSRF"


class NotLoggedIn(Exception):
    """The person has to log in first."""


class NoAccounts(Exception):
    """On an own computer there are no accounts."""


class Forged(Exception):
    """A request that changes something and does not come from one of our pages."""


def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def actor_of(user: User, address: str) -> Actor:
    body = user.body.name if user.body else ""
    return Actor(user.id, user.shown or user.name, Role(user.role), user.body_id, body, address)


async def actor(request: Request) -> Actor:
    """The person who asks, by cookie or key. Raises NotLoggedIn."""
    if not office_of(request).settings.accounts:
        return Actor(LOCAL.id, LOCAL.name, LOCAL.role, address=address_of(request))
    return await run_in_threadpool(_person, request)


def _person(request: Request) -> Actor:
    office, address, key = office_of(request), address_of(request), bearer(request)
    with office.session() as session:
        if key:
            token = key_of(session, key)
            if token is None:
                raise NotLoggedIn
            return actor_of(token.user, address)
        cookie = request.cookies.get(COOKIE, "")
        found = login_of(session, cookie)
        if found is None:
            raise NotLoggedIn
        login, moved = found
        request.state.renewed = cookie if moved else ""
        return actor_of(login.user, address)


async def with_accounts(request: Request) -> None:
    """For pages that make sense with accounts only. Raises NoAccounts."""
    if not office_of(request).settings.accounts:
        raise NoAccounts


def bearer(request: Request) -> str:
    """The key of a program, or empty."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def mark_of(request: Request) -> str:
    """The mark that our own forms carry; it belongs to the browser's cookie."""
    cookie = request.cookies.get(COOKIE) or getattr(request.state, "cookie", "")
    return hmac.new(office_of(request).secret, cookie.encode(), hashlib.sha256).hexdigest() if cookie else ""


async def guarded(request: Request) -> None:
    """For every request that changes something. Raises Forged."""
    if bearer(request) and office_of(request).settings.accounts:
        return  # a key is never sent by a browser on its own
    origin = request.headers.get("Origin")
    if origin and origin != "null" and _host(origin) != request.headers.get("Host"):
        raise Forged
    given = request.headers.get(HEADER, "")
    if (
        not given
        and "form" in request.headers.get("Content-Type", "")
        and not request.url.path.endswith("/files")
    ):
        given = str((await request.form()).get(FIELD, ""))
    if not request.cookies.get(COOKIE) or not hmac.compare_digest(given.encode(), mark_of(request).encode()):
        raise Forged


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def with_cookie(request: Request, response: Response, token: str) -> None:
    """Set the browser's cookie."""
    https, age = office_of(request).settings.https, int(LASTS.total_seconds())
    response.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="lax", secure=https, path="/")


def without_cookie(request: Request, response: Response) -> None:
    """Take the browser's cookie away."""
    https = office_of(request).settings.https
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=https, path="/")


def fresh_token() -> str:
    return secrets.token_urlsafe(32)


async def _office(request: Request) -> Office:
    return office_of(request)  # in the loop: a thread of its own for this costs more than the rest of it


Who = Annotated[Actor, Depends(actor)]
Guard = Depends(guarded)
Accounts = Depends(with_accounts)
Shop = Annotated[Office, Depends(_office)]
