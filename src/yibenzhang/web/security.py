"""Who asks, and that a request that changes something comes from one of our own pages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from sqlalchemy import select

from yibenzhang.office.access import LOCAL, Actor
from yibenzhang.office.models import Login, Role, Token, User, now
from yibenzhang.web.settings import Office

COOKIE = "yibenzhang"
FIELD = "csrf"
HEADER = "X-CSRF"


class NotLoggedIn(Exception):
    """The person has to log in first."""


class Forged(Exception):
    """A request that changes something and does not come from one of our pages."""


def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def actor_of(user: User, address: str) -> Actor:
    body = user.body.name if user.body else ""
    return Actor(user.id, user.shown or user.name, Role(user.role), user.body_id, body, address)


def actor(request: Request) -> Actor:
    """The person who asks, by cookie or key. Raises NotLoggedIn."""
    office = office_of(request)
    address = address_of(request)
    if not office.settings.accounts:
        return Actor(LOCAL.id, LOCAL.name, LOCAL.role, address=address)
    key = bearer(request)
    with office.session() as session:
        if key:
            token = session.scalars(
                select(Token).where(Token.token == hashed(key), Token.ended_at.is_(None))
            ).first()
            if token is None or not token.user.active:
                raise NotLoggedIn
            if token.used_at is None or (now() - token.used_at).total_seconds() > 60:
                token.used_at = now()
            return actor_of(token.user, address)
        cookie = request.cookies.get(COOKIE, "")
        login = (
            session.scalars(select(Login).where(Login.token == hashed(cookie))).first() if cookie else None
        )
        if login is None or login.ends_at < now() or not login.user.active:
            raise NotLoggedIn
        return actor_of(login.user, address)


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
    if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("Host"):
        raise Forged
    given = request.headers.get(HEADER, "")
    if not given and "form" in request.headers.get("Content-Type", ""):
        given = str((await request.form()).get(FIELD, ""))
    if not request.cookies.get(COOKIE) or not hmac.compare_digest(given.encode(), mark_of(request).encode()):
        raise Forged


def with_cookie(request: Request, response: Response, token: str, age: int) -> None:
    """Set the browser's cookie."""
    https = office_of(request).settings.https
    response.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="lax", secure=https, path="/")


def fresh_token() -> str:
    return secrets.token_urlsafe(32)


Who = Annotated[Actor, Depends(actor)]
Guard = Depends(guarded)
Shop = Annotated[Office, Depends(office_of)]
