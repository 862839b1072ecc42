"""Logging in, sessions that end by themselves, keys for programs. Only hashes of what is secret are kept."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from zlib import crc32

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from yibenzhang.office import passwords
from yibenzhang.office.access import Actor, NotHere, Refused, note
from yibenzhang.office.database import Database, lock_rows
from yibenzhang.office.models import Attempt, Audit, Login, Role, Token, User, now
from yibenzhang.office.users import account_name, shown_name

LASTS = timedelta(hours=1)
"""A session ends this long after it was last used, unless the server was started with another time."""
LONGEST = timedelta(hours=24)
"""A session that is used all the time ends after this."""
KEY_LASTS = timedelta(days=365)
"""The longest a key for a program may last."""
_RENEW = timedelta(minutes=5)
WINDOW = timedelta(minutes=15)
MOST_OF_NAME, MOST_OF_ADDRESS, MOST_EVERYWHERE = 5, 30, 100
"""Failures within ``WINDOW`` for one name from one address, from one address, and for one name from all addresses."""
KNOWN_FOR = timedelta(days=180)
"""So long a browser is known in which a person has logged in."""
INITIAL_LASTS = timedelta(days=14)
"""A password that somebody else set is of no use when nobody has logged in with it for so long."""
_KEPT = timedelta(days=1)
_KNOWN = "known "
_TURNS = tuple(Lock() for _ in range(64))
MOST_KEYS = 20
PREFIX = "ybz_"
WRONG = "账号或密码不对。"
EXPIRED = f"初始密码发出 {INITIAL_LASTS.days} 天没有用过，不再有效；请管理员重设或重发。"


class WrongPassword(Refused):
    """Name or password is wrong; which of the two is not told."""


class TooMany(Refused):
    """There were too many failures; for a while nobody is let in from there."""


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def origin(address: str) -> str:
    """What counts as one address: of IPv6 the network, since one machine has billions of addresses in it."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:60]
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


@dataclass(frozen=True, slots=True)
class Proof:
    """Whose password was proved: the number of the account and the hash that is kept of the password."""

    number: int
    kept: str


def acquainted(secret: bytes, name: str) -> str:
    """What a browser in which this person has logged in is given to keep, so that it is known again."""
    drawn = secrets.token_hex(12)
    return f"{drawn}.{_seal(secret, name, drawn)}"


def _seal(secret: bytes, name: str, drawn: str) -> str:
    stated = f"known browser\0{account_name(name)}\0{drawn}"
    return hmac.new(secret, stated.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def known(secret: bytes, name: str, kept: str) -> str:
    """What a try counts for that comes from a browser in which this very person has logged in before, empty for others:
    nobody else's failures lock the person out there (OWASP, device cookies). ``kept`` is what the browser keeps."""
    drawn, _, seal = kept.partition(".")
    right = hmac.compare_digest(seal.encode(errors="replace"), _seal(secret, name, drawn).encode())
    return f"{_KNOWN}{drawn}" if right and len(drawn) == 24 else ""


def proved(database: Database, name: str, address: str, password: str, browser: str = "") -> Proof:
    """The proof that name and password are a person's; ``browser`` is from ``known``. Raises WrongPassword or TooMany.

    From one address one after the other: many at the same moment do not get past the limit.
    """
    name, address = account_name(name)[:80], origin(address)
    with _TURNS[crc32((browser or address).encode(errors="replace")) % len(_TURNS)]:
        return _proved(database, name, address, password, browser)


def _proved(database: Database, name: str, address: str, password: str, browser: str) -> Proof:
    with database.session() as session:
        limited = _limited(session, name, browser or address)
        if limited:
            _note_once(session, "多个账号" if limited == "address" else name, address)
        user = session.scalars(select(User).where(User.name == name, User.active)).first()
        kept, found = (user.password, user.id) if user else ("", 0)
        expired = user is not None and user.must_change and _set_long_ago(session, user)
    if limited:  # such a try does not count: waiting is not made longer by trying
        minutes = int(WINDOW.total_seconds()) // 60
        raise TooMany(f"连续登录失败次数过多，请 {minutes} 分钟后再试；忘记密码请与管理员联系。")
    right = passwords.matches(kept, password)
    better = passwords.hashed(password) if right and passwords.outdated(kept) else kept
    with database.session() as session:
        session.add(Attempt(name=name, address=browser or address, passed=right))
        if better != kept:
            session.execute(
                update(User).where(User.id == found, User.password == kept).values(password=better)
            )
        if not right:
            who = name if found else "（没有的账号）"  # people type passwords into the wrong field
            note(session, Actor(None, who, Role.DEPARTMENT, address=address), "login.failed")
    if not right:
        raise WrongPassword(WRONG)
    if expired:
        raise WrongPassword(EXPIRED)
    return Proof(found, better)


def _set_long_ago(session: Session, user: User) -> bool:
    """The password that was last set for a person, as the audit trail has it, is older than it may get."""
    sets = ("user.add", "user.reset")
    asked = select(func.max(Audit.at)).where(Audit.subject == "user", Audit.action.in_(sets))
    at = session.scalar(asked.where(Audit.subject_id == user.id)) or user.made_at
    return at < now() - INITIAL_LASTS


def _limited(session: Session, name: str, address: str) -> str:
    """Which limit stands in the way of a try: "name", "address", "everywhere" or none."""
    since = Attempt.at > now() - WINDOW
    here = (Attempt.address == address, since)
    passed = select(func.max(Attempt.id)).where(*here, Attempt.name == name, Attempt.passed)
    last = session.scalar(passed) or 0
    failures = select(func.count()).select_from(Attempt).where(Attempt.passed.is_(False))
    if (session.scalar(failures.where(*here, Attempt.name == name, Attempt.id > last)) or 0) >= MOST_OF_NAME:
        return "name"
    if address.startswith(_KNOWN):
        return ""
    if (session.scalar(failures.where(*here)) or 0) >= MOST_OF_ADDRESS:
        return "address"
    strangers = failures.where(since, Attempt.name == name, Attempt.address.not_like(f"{_KNOWN}%"))
    return "everywhere" if (session.scalar(strangers) or 0) >= MOST_EVERYWHERE else ""


def _note_once(session: Session, who: str, address: str) -> None:
    """One entry in the audit trail for each time a limit bites, not one for each attempt."""
    asked = select(Audit.id).where(
        Audit.action == "login.limited", Audit.at > now() - WINDOW, Audit.who == who, Audit.address == address
    )
    if session.scalars(asked.limit(1)).first() is None:
        note(session, Actor(None, who, Role.DEPARTMENT, address=address), "login.limited")


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a session is: the address, what the browser calls itself, and how long it may be left alone."""

    address: str
    agent: str = ""
    lasts: timedelta = LASTS


_MAKES = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def named(agent: str) -> str:
    """A browser and its system in two words, from what it calls itself."""
    found = [name for mark, name in _MAKES if mark in agent[:400]]
    browsers = [n for n in found if n in ("Edge", "Firefox", "Chrome", "Safari")]
    return " · ".join([*browsers[:1], *[n for n in found if n not in browsers][:1]]) or shown_name(agent[:40])


def begin(session: Session, proof: Proof, browser: Browser, before: str = "", noted: bool = True) -> str:
    """A session for a person whose password was proved: its token, always a new one. ``before`` is the browser's token
    until now; it ends. ``noted``: it is a login, not a session that goes on with a new password. Raises WrongPassword
    where the account was taken out of use, or its password changed, meanwhile."""
    user = session.get(User, proof.number)
    if user is not None:
        lock_rows(session, user)
    if user is None or not user.active or user.password != proof.kept:
        raise WrongPassword(WRONG)
    session.execute(delete(Login).where((Login.ends_at < now()) | (Login.token == hashed(before))))
    session.execute(delete(Attempt).where(Attempt.at < now() - _KEPT))
    token = secrets.token_urlsafe(32)
    made = Login(
        token=hashed(token),
        user_id=user.id,
        ends_at=now() + browser.lasts,
        seen_at=now(),
        address=browser.address[:60],
        agent=named(browser.agent),
    )
    session.add(made)
    if noted:
        actor = Actor(
            user.id, user.shown or user.name, Role(user.role), user.body_id, address=browser.address
        )
        note(session, actor, "login.in", "user", user.id)
    return token


def login_of(
    session: Session, token: str, lasts: timedelta = LASTS, person: bool = True
) -> tuple[Login, bool] | None:
    """The session with this token, and whether its end was just moved on; None where there is none (any more).
    ``person``: somebody did something, and it was no page that asks by itself."""
    whose = joinedload(Login.user).joinedload(User.body)
    asked = select(Login).where(Login.token == hashed(token)).options(whose)
    login = session.scalars(asked).first() if token else None
    if login is None or login.ends_at < now() or not login.user.active:
        return None
    later = min(now() + lasts, login.made_at + LONGEST)
    moved = person and later - login.ends_at > _RENEW
    if moved:
        login.ends_at, login.seen_at = later, now()
    return login, moved


def sessions_of(session: Session, actor: Actor) -> list[Login]:
    """One's own sessions, the last one used first."""
    asked = select(Login).where(Login.user_id == actor.id, Login.ends_at >= now())
    return list(session.scalars(asked.order_by(Login.ends_at.desc(), Login.id.desc())))


def end_sessions(session: Session, actor: Actor, numbers: Collection[int]) -> int:
    """End some of one's own sessions; how many there were."""
    found = [login for login in sessions_of(session, actor) if login.id in numbers]
    for login in found:
        session.delete(login)
    if found:
        note(session, actor, "login.ended", "user", actor.id, count=len(found))
    return len(found)


def end(session: Session, actor: Actor, token: str) -> None:
    """End the session with this token."""
    session.execute(delete(Login).where(Login.token == hashed(token)))
    note(session, actor, "login.out", "user", actor.id)


def key_of(session: Session, key: str) -> Token | None:
    """The key of a program that is in use, and note that it was used; also one that ended because somebody else set its
    person's password, which is told until the person has changed it."""
    person = joinedload(Token.user).joinedload(User.body)
    token = session.scalars(select(Token).where(Token.token == hashed(key)).options(person)).first()
    if token is None or not token.user.active or (token.ended_at and not token.user.must_change):
        return None
    if end_of(token) < now():
        return None
    if not token.ended_at and (token.used_at is None or now() - token.used_at > timedelta(minutes=1)):
        token.used_at = now()
    return token


def end_of(token: Token) -> datetime:
    """When a key ends by itself; those made before keys had an end last as long as any may."""
    return token.ends_at or token.made_at + KEY_LASTS


def keys_of(session: Session, actor: Actor) -> list[Token]:
    """One's own keys that have not ended, oldest first."""
    asked = select(Token).where(Token.user_id == actor.id, Token.ended_at.is_(None)).order_by(Token.id)
    return list(session.scalars(asked))


def new_key(session: Session, actor: Actor, name: str, lasts: timedelta = KEY_LASTS) -> str:
    """A key for a program of one's own; this is the only time it can be read. Raises Refused."""
    user = session.get(User, actor.id) if actor.id is not None else None
    if user is None:
        raise NotHere
    lock_rows(session, user)  # a password set by somebody else at this moment ends all keys, this one too
    if not user.active or user.must_change:
        raise Refused("账号的密码刚被重设，没有建立密钥；请重新登录。")
    name = shown_name(name)
    if not name:
        raise Refused("请给密钥起个名称，说明给哪个程序用。")
    if len(keys_of(session, actor)) >= MOST_KEYS:
        raise Refused(f"每人最多 {MOST_KEYS} 个密钥，请先停用不再使用的。")
    key = PREFIX + secrets.token_urlsafe(32)
    ends = now() + max(timedelta(days=1), min(lasts, KEY_LASTS))
    made = Token(token=hashed(key), name=name, user_id=actor.id, ends_at=ends)
    session.add(made)
    session.flush()
    note(session, actor, "token.new", "token", made.id, name=name)
    return key


def end_key(session: Session, actor: Actor, number: int) -> None:
    """End one of one's own keys. Raises NotHere."""
    token = session.scalars(select(Token).where(Token.id == number, Token.user_id == actor.id)).first()
    if token is None:
        raise NotHere
    if token.ended_at is None:
        token.ended_at = now()
        note(session, actor, "token.end", "token", token.id, name=token.name)
