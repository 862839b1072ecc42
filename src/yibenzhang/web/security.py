"""Who asks, and that a request that changes something comes from one of our own pages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from yibenzhang.office.access import LOCAL, Actor
from yibenzhang.office.logins import KNOWN_FOR, Browser, Proof, acquainted, key_of, known, login_of
from yibenzhang.office.models import Role, User
from yibenzhang.office.second_factor import enrolled, needed
from yibenzhang.web.settings import Office

COOKIE, KNOWN = "yibenzhang", "yibenzhang-known"
"""The cookie of a session, or of a visitor; and the one by which a browser is known in which somebody has logged in."""
_MOST_KNOWN = 4
PASSWORD, FACTOR = "password", "factor"
"""What may hold a person up: a password that somebody else knows, a second factor that is missing."""
FIELD = "csrf"
HEADER = "X-CSRF"


class NotLoggedIn(Exception):
    """The person has to log in first."""


class MustChange(Exception):
    """The person has to change the password first, which somebody else knows."""


class MustEnrol(Exception):
    """The person has to set up a second factor first, as people of this role must."""


class ByKey(Exception):
    """What only the person may do does not work with a key."""


class NoAccounts(Exception):
    """On an own computer there are no accounts."""


class Forged(Exception):
    """A request that changes something and does not come from one of our pages."""


def office_of(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


POLLING = "X-Polling"
"""The header of requests that a page makes by itself, again and again: they keep no session alive."""


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def actor_of(user: User, address: str) -> Actor:
    body = user.body.name if user.body else ""
    return Actor(user.id, user.shown or user.name, Role(user.role), user.body_id, body, address)


async def actor(request: Request) -> Actor:
    """The person who asks, by cookie or key. Raises NotLoggedIn, or MustChange and MustEnrol where nothing may be done
    as yet."""
    found, held = await _asking(request)
    if held == PASSWORD:
        raise MustChange
    if held == FACTOR:
        raise MustEnrol
    return found


async def newcomer(request: Request) -> Actor:
    """The same, also where the password has to be changed, or a second factor set up. Raises NotLoggedIn."""
    found, request.state.held = await _asking(request)
    return found


async def _asking(request: Request) -> tuple[Actor, str]:
    if not office_of(request).settings.accounts:
        return Actor(LOCAL.id, LOCAL.name, LOCAL.role, address=address_of(request)), ""
    return await run_in_threadpool(_person, request)


def _person(request: Request) -> tuple[Actor, str]:
    """Who asks, and by what everything is held up: "", PASSWORD or FACTOR."""
    office, address, key = office_of(request), address_of(request), bearer(request)
    with office.session() as session:
        if key:
            token = key_of(session, key)
            if token is None:
                raise NotLoggedIn
            if token.ended_at:
                raise MustChange
            return actor_of(token.user, address), _held(office, session, token.user)
        cookie = cookie_of(request)
        found = login_of(session, cookie, lasts_of(request), POLLING not in request.headers)
        if found is None:
            raise NotLoggedIn
        login, moved = found
        request.state.renewed = cookie if moved else ""
        request.state.login = login.id
        return actor_of(login.user, address), _held(office, session, login.user)


def _held(office: Office, session: Session, user: User) -> str:
    if user.must_change:
        return PASSWORD
    wanted = needed(office.settings.second_factor, Role(user.role))
    return FACTOR if wanted and not enrolled(session, user.id) else ""


def lasts_of(request: Request) -> timedelta:
    """How long a session may be left alone."""
    return timedelta(minutes=office_of(request).settings.idle)


def browser_of(request: Request) -> Browser:
    """Where a session is begun."""
    return Browser(address_of(request), request.headers.get("User-Agent", ""), lasts_of(request))


def in_person(request: Request, who: Annotated[Actor, Depends(newcomer)]) -> None:
    """For accounts, passwords and keys: a key that fell into wrong hands must not make itself others. Raises ByKey."""
    if who.id is not None and bearer(request):
        raise ByKey


async def with_accounts(request: Request) -> None:
    """For pages that make sense with accounts only. Raises NoAccounts."""
    if not office_of(request).settings.accounts:
        raise NoAccounts


def bearer(request: Request) -> str:
    """The key of a program, or empty."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def cookie_of(request: Request) -> str:
    """The browser's cookie, or empty."""
    return request.cookies.get(_named(request, COOKIE), "")


def _named(request: Request, cookie: str) -> str:
    """With HTTPS no neighbouring server and nobody on the wire can set a cookie of this name for us."""
    return f"__Host-{cookie}" if office_of(request).settings.https else cookie


def mark_of(request: Request) -> str:
    """The mark that our own forms carry; it belongs to the browser's cookie."""
    cookie = cookie_of(request) or getattr(request.state, "cookie", "")
    return hmac.new(office_of(request).secret, cookie.encode(), hashlib.sha256).hexdigest() if cookie else ""


async def guarded(request: Request) -> None:
    """For every request that changes something. Raises Forged."""
    if bearer(request) and office_of(request).settings.accounts:
        return  # a key is never sent by a browser on its own
    origin = request.headers.get("Origin")
    https = office_of(request).settings.https
    if origin and (
        _host(origin) != request.headers.get("Host") or (https and not origin.startswith("https:"))
    ):
        raise Forged  # "null" too: what hides where it comes from is none of our pages
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forged
    given = request.headers.get(HEADER, "")
    if (
        not given
        and "form" in request.headers.get("Content-Type", "")
        and not request.url.path.endswith("/files")
    ):
        given = str((await request.form()).get(FIELD, ""))
    if not cookie_of(request) or not hmac.compare_digest(given.encode(), mark_of(request).encode()):
        raise Forged


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def with_cookie(request: Request, response: Response, token: str) -> None:
    """Set the browser's cookie."""
    https, age = office_of(request).settings.https, int(lasts_of(request).total_seconds())
    name = _named(request, COOKIE)
    response.set_cookie(name, token, max_age=age, httponly=True, samesite="lax", secure=https, path="/")


def without_cookie(request: Request, response: Response) -> None:
    """Take the browser's cookie away, and what it kept of pages that were not for everybody."""
    https = office_of(request).settings.https
    name = _named(request, COOKIE)
    response.delete_cookie(name, httponly=True, samesite="lax", secure=https, path="/")
    response.headers["Clear-Site-Data"] = '"cache"'


def known_in(request: Request, name: str) -> str:
    """What a try to log in as this person counts for by the browser it comes from; see ``office.logins.known``."""
    secret = office_of(request).secret
    return next((k for kept in _acquainted(request) if (k := known(secret, name, kept))), "")


def with_known(request: Request, response: Response, name: str) -> None:
    """From now on the browser is known as one in which this person, too, has logged in."""
    office = office_of(request)
    others = [kept for kept in _acquainted(request) if not known(office.secret, name, kept)]
    stated = "~".join([acquainted(office.secret, name), *others][:_MOST_KNOWN])
    response.set_cookie(
        _named(request, KNOWN),
        stated,
        max_age=int(KNOWN_FOR.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=office.settings.https,
        path="/",
    )


def _acquainted(request: Request) -> list[str]:
    return [k for k in request.cookies.get(_named(request, KNOWN), "").split("~") if k][:_MOST_KNOWN]


def seal_of(office: Office, words: str) -> str:
    """What shows that a message in an address was written by us: else a link could make our pages say anything."""
    return hmac.new(office.secret, f"said\0{words}".encode(), hashlib.sha256).hexdigest()[:24]


def ticket_of(office: Office, proof: Proof, cookie: str, until: int) -> str:
    """What shows that this browser proved the password of a person, for the second step; a new password ends it."""
    stated = f"second step\0{proof.number}\0{proof.kept}\0{cookie}\0{until}"
    return f"{proof.number}.{until}.{hmac.new(office.secret, stated.encode(), hashlib.sha256).hexdigest()}"


def fresh_token() -> str:
    return secrets.token_urlsafe(32)


async def _office(request: Request) -> Office:
    return office_of(request)  # in the loop: a thread of its own for this costs more than the rest of it


Who = Annotated[Actor, Depends(actor)]
Newcomer = Annotated[Actor, Depends(newcomer)]
Guard = Depends(guarded)
InPerson = Depends(in_person)
Accounts = Depends(with_accounts)
Shop = Annotated[Office, Depends(_office)]
