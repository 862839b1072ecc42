"""The second factor of a login: six digits that a telephone works out anew each half minute (RFC 6238), and recovery
codes for who lost it. The secret is never kept: it is worked out from what was drawn and the key in the ledger
folder."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import pyotp
import segno
from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, NotHere, Refused, note
from yibenzhang.office.database import Database
from yibenzhang.office.logins import WINDOW, Proof, TooMany, WrongPassword, hashed
from yibenzhang.office.models import Attempt, Role, User, now
from yibenzhang.office.second_factor_models import Factor, RecoveryCode
from yibenzhang.office.users import end_logins

STEP = 30
"""Seconds."""
DRIFT = 1
"""So many steps a telephone's clock may be off, either way (RFC 6238, 5.2)."""
CODES = 10
MOST_FAILURES = 10
"""Wrong digits within ``WINDOW`` for one person, from wherever: who comes so far knows the password."""
LASTS = timedelta(minutes=5)
"""So long the password that was proved stands for the second step."""
ISSUER = "一本账"
_GROUPS, _GROUP = 6, 4
WRONG = "动态验证码不对，或者已经用过；请等手机上出现新的六位数字再试。"


class Policy(StrEnum):
    """Who has to have a second factor; the others may."""

    OPTIONAL = "optional"
    HEADS = "heads"
    ALL = "all"


class WrongCode(WrongPassword):
    """The digits are wrong or used up."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a person's second factor: since when, and how many recovery codes are left."""

    since: str
    left: int


def needed(policy: str, role: Role) -> bool:
    """Whether a person of this role has to have a second factor."""
    return policy == Policy.ALL or (policy == Policy.HEADS and role in (Role.HEAD, Role.ADMINISTRATOR))


def draw() -> str:
    """What a new secret is worked out from."""
    return secrets.token_hex(32)


def secret_of(key: bytes, number: int, drawn: str) -> str:
    """The secret of a person, as telephones take it: 160 bits in base32. Only who has ``key`` can work it out."""
    stated = hmac.new(key, f"second factor\0{number}\0{drawn}".encode(), hashlib.sha256).digest()
    return base64.b32encode(stated[:20]).decode()


def address_of(secret: str, name: str) -> str:
    """What the picture says to the telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(text: str) -> str:
    """A QR code as SVG, dark on white in every colour scheme; nothing is fetched for it."""
    out = io.BytesIO()
    made = segno.make(text, error="m", micro=False)
    made.save(out, kind="svg", xmldecl=False, scale=5, border=4, light="#fff", title="动态验证码的二维码")
    return out.getvalue().decode()


def step_of(secret: str, digits: str, at: float) -> int:
    """The half minute to which these digits belong, 0 where to none near this moment."""
    given = "".join(digits.split())
    here, clock = int(at) // STEP, pyotp.TOTP(secret)
    for step in (here, *(here + k * sign for k in range(1, DRIFT + 1) for sign in (-1, 1))):
        if hmac.compare_digest(clock.at(step * STEP).encode(), given.encode(errors="replace")):
            return step
    return 0


def enrolled(session: Session, number: int | None) -> bool:
    """Whether a person has a second factor."""
    return number is not None and session.get(Factor, number) is not None


def standing_of(session: Session, actor: Actor) -> Standing | None:
    """One's own second factor; None without."""
    factor = session.get(Factor, actor.id) if actor.id is not None else None
    if factor is None:
        return None
    left = select(func.count()).where(RecoveryCode.user_id == actor.id, RecoveryCode.used_at.is_(None))
    return Standing(factor.made_at.isoformat(), session.scalar(left) or 0)


def enrol(session: Session, actor: Actor, key: bytes, drawn: str, digits: str) -> tuple[str, ...]:
    """From now on this person logs in with digits, too; the recovery codes, which cannot be read again. Other sessions
    end. Raises WrongCode, and Refused where there is a second factor."""
    user = session.get(User, actor.id) if actor.id is not None else None
    if user is None or len(drawn) != 64 or not drawn.isalnum() or not drawn.isascii():
        raise NotHere
    if session.get(Factor, user.id) is not None:
        raise Refused("已经设置了动态验证码；换手机时请先取消，再重新设置。")
    step = step_of(secret_of(key, user.id, drawn), digits, now().timestamp())
    if not step:
        raise WrongCode(WRONG)
    session.add(Factor(user_id=user.id, drawn=drawn, last_step=step))
    end_logins(session, user)
    note(session, actor, "factor.on", "user", user.id, name=user.name)
    return _fresh_codes(session, user.id)


def renew_codes(session: Session, actor: Actor) -> tuple[str, ...]:
    """New recovery codes; those before are worth nothing. Raises NotHere."""
    if actor.id is None or session.get(Factor, actor.id) is None:
        raise NotHere
    note(session, actor, "factor.codes", "user", actor.id)
    return _fresh_codes(session, actor.id)


def remove(session: Session, actor: Actor, user: User) -> None:
    """Take a person's second factor away, one's own or as administrator, and end the sessions. Raises Refused."""
    if user.id != actor.id:
        actor.must(Role.ADMINISTRATOR)
    factor = session.get(Factor, user.id)
    if factor is None:
        raise Refused(f"账号“{user.name}”没有设置动态验证码。")
    session.delete(factor)
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    end_logins(session, user)
    note(session, actor, "factor.off", "user", user.id, name=user.name)


def proved(database: Database, key: bytes, proof: Proof, given: str, address: str) -> None:
    """That the digits, or a recovery code, are right and not used before; then they are used up. Raises WrongCode or
    TooMany."""
    with database.session() as session:
        user = session.get(User, proof.number)
        factor = session.get(Factor, proof.number)
        if user is None or factor is None:
            raise WrongCode(WRONG)
        tries = f"code {user.name}"[:80]
        failures = select(func.count()).where(
            Attempt.name == tries, Attempt.passed.is_(False), Attempt.at > now() - WINDOW
        )
        if (session.scalar(failures) or 0) >= MOST_FAILURES:
            raise TooMany(f"动态验证码错的次数过多，请 {int(WINDOW.total_seconds()) // 60} 分钟后再试。")
        how = _used(session, key, factor, given)
        session.add(Attempt(name=tries, address=address[:60], passed=bool(how)))
        who = Actor(user.id, user.shown or user.name, Role(user.role), user.body_id, address=address)
        if how == "recovery":
            note(session, who, "factor.recovered", "user", user.id, name=user.name)
        elif not how:
            note(session, who, "factor.failed", "user", user.id, name=user.name)
    if not how:
        raise WrongCode(WRONG)


def _used(session: Session, key: bytes, factor: Factor, given: str) -> str:
    """Use up what was given: "digits", "recovery", or nothing where it is wrong. One of two at the same moment wins."""
    step = step_of(secret_of(key, factor.user_id, factor.drawn), given, now().timestamp())
    if step:
        once = update(Factor).where(Factor.user_id == factor.user_id, Factor.last_step < step)
        return "digits" if _one(session, once.values(last_step=step)) else ""
    kept = hashed(_plain(given))
    spent = update(RecoveryCode).where(
        RecoveryCode.user_id == factor.user_id, RecoveryCode.code == kept, RecoveryCode.used_at.is_(None)
    )
    return "recovery" if _one(session, spent.values(used_at=now())) else ""


def _one(session: Session, statement: object) -> bool:
    done = session.execute(statement)  # type: ignore[call-overload]
    return isinstance(done, CursorResult) and done.rowcount == 1


def _fresh_codes(session: Session, number: int) -> tuple[str, ...]:
    """120 bits each: more than anybody tries, so that a plain hash is enough."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == number))
    made = tuple(_code() for _ in range(CODES))
    session.add_all(RecoveryCode(user_id=number, code=hashed(_plain(c))) for c in made)
    return made


def _code() -> str:
    drawn = base64.b32encode(secrets.token_bytes(15)).decode().lower()
    return "-".join(drawn[k : k + _GROUP] for k in range(0, _GROUPS * _GROUP, _GROUP))


def _plain(code: str) -> str:
    return "".join(c for c in code.lower() if c.isalnum())
