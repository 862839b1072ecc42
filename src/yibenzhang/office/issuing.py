"""Accounts by the dozen: the program makes their first passwords, which are handed out once and kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.office import passwords
from yibenzhang.office.access import ROLE, Actor, Refused, note
from yibenzhang.office.account_files import AccountRow
from yibenzhang.office.database import lock_rows
from yibenzhang.office.models import Body, Entry, Role, Season, User
from yibenzhang.office.spreadsheets import write_csv
from yibenzhang.office.users import account_name, keep_user, new_user, reset, shown_name

_ODD = re.compile(r"[^\w.@-]+|^[^\w]+")
_LONGEST = 36


@dataclass(frozen=True, slots=True)
class Issued:
    """An account with the password that its person begins with; ``again`` where the account was there before."""

    name: str
    shown: str
    role: str
    body: str
    again: bool
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issue:
    """What was made, and one sentence for each line that was not."""

    made: tuple[Issued, ...]
    refused: tuple[str, ...]


def issue(session: Session, actor: Actor, rows: Iterable[AccountRow], again: bool = False) -> Issue:
    """Make the accounts that can be made. With ``again`` those that are there already, but whose first password nobody
    has changed yet, get another. Raises Refused where somebody makes the same at the same moment."""
    actor.must(Role.ADMINISTRATOR)
    planned: list[tuple[str, User, bool]] = []
    refused: list[str] = []
    seen: dict[str, str] = {}
    for row in rows:
        try:
            name = account_name(row.name)
            if not name:
                raise Refused("没有写账号。")
            if name in seen:
                raise Refused(f"账号“{name}”与{seen[name]}重复。")
            waiting = _waiting(session, row) if again else None
            user = waiting or _planned(session, actor, row)
        except Refused as error:
            refused.append(f"{row.where}：{error}")
            continue
        seen[name] = row.where
        planned.append((row.where, user, waiting is not None))
    made = []
    for where, user, there in planned:
        password = passwords.initial()
        kept = passwords.hashed_initial(password)
        if there:
            lock_rows(session, user)
            if not user.must_change:  # changed at this very moment
                refused.append(f"{where}：账号“{user.name}”已经在用，没有重发密码。")
                continue
            reset(session, actor, user, kept)
        else:
            user.password, user.must_change = kept, True
            keep_user(session, actor, user)
        made.append(Issued(user.name, user.shown, user.role, _body(session, user), there, password))
    if made:
        new = sum(not m.again for m in made)
        note(session, actor, "user.import", added=new, renewed=len(made) - new, refused=len(refused))
    return Issue(tuple(made), tuple(refused))


def _planned(session: Session, actor: Actor, row: AccountRow) -> User:
    if row.role not in ROLE:
        problem = f"不认识角色“{shown_name(row.role)[:20]}”" if row.role else "没有写角色"
        raise Refused(f"{problem}，请写部门、审核人、负责人或管理员。")
    return new_user(session, actor, row.name, row.role, row.shown, row.body)


def _waiting(session: Session, row: AccountRow) -> User | None:
    """The account of this name whose first password was not changed yet, where the list says nothing else of it."""
    found = session.scalars(select(User).where(User.name == account_name(row.name))).first()
    if found is None:
        return None
    if not found.active:
        raise Refused(f"账号“{found.name}”已停用，没有重发密码。")
    if not found.must_change:
        raise Refused(f"账号“{found.name}”已经在用，没有重发密码。")
    same = found.role != Role.DEPARTMENT or shown_name(_body(session, found)) == shown_name(row.body)
    if found.role != row.role or not same:
        raise Refused(f"账号“{found.name}”已有，角色或单位与这一行不同，没有改动。")
    return found


def _body(session: Session, user: User) -> str:
    body = session.get(Body, user.body_id) if user.body_id else None
    return body.name if body else ""


def without_account(session: Session, actor: Actor, season: Season) -> tuple[AccountRow, ...]:
    """An account for each department of a season's roster that has none; units under a department have theirs there.
    One whose account was taken out of use has one: that was meant so."""
    actor.must(Role.ADMINISTRATOR)
    served = select(User.body_id).where(User.role == Role.DEPARTMENT.value, User.body_id.is_not(None))
    asked = (
        select(Body.name)
        .join(Entry, Entry.body_id == Body.id)
        .where(Entry.season_id == season.id, Entry.parent_id.is_(None), Body.id.not_in(served))
        .order_by(Entry.rank, Entry.id)
    )
    taken = set(session.scalars(select(User.name)))
    out = []
    for body in session.scalars(asked):
        name = _account_of(body, taken)
        taken.add(name)
        out.append(AccountRow(body, name, "", Role.DEPARTMENT.value, body))
    return tuple(out)


def _account_of(body: str, taken: set[str]) -> str:
    """The body's own name as far as an account can bear it, with a number where that is taken."""
    plain = _ODD.sub("", account_name(body))[:_LONGEST]
    plain = plain if len(plain) > 1 else f"部门{plain}"
    names = (plain if k == 1 else f"{plain}-{k}" for k in range(1, len(taken) + 3))
    return next(n for n in names if n not in taken)


def handed_out(made: Iterable[Issued]) -> bytes:
    """The first passwords as CSV, for whoever hands them out."""
    heads = ["账号", "姓名", "角色", "单位", "初始密码"]
    return write_csv(heads, [[m.name, m.shown, ROLE[m.role], m.body, m.password] for m in made])
