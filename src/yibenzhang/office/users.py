"""Accounts: who may do what. Every change is in the audit trail."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from yibenzhang.office import passwords
from yibenzhang.office.access import Actor, NotHere, Refused, note
from yibenzhang.office.database import lock_rows
from yibenzhang.office.models import Body, Login, Role, Submission, Token, User, now

_NAME = re.compile(r"\w[\w.@-]{1,39}")
NAME_RULE = "账号名要有 2 到 40 个字，只用汉字、字母、数字和 . _ - @，不以符号开头。"
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def account_name(name: str) -> str:
    """A name as it is kept and compared: upper and lower case, full and half width are one."""
    return _UNFIT.sub("", unicodedata.normalize("NFKC", name)).strip().casefold()


def shown_name(name: str) -> str:
    return _UNFIT.sub("", unicodedata.normalize("NFKC", name)).strip()[:80]


def user_of(session: Session, actor: Actor, number: int) -> User:
    """The account with this number. Raises NotHere."""
    actor.must(Role.ADMINISTRATOR)
    found = session.get(User, number)
    if found is None:
        raise NotHere
    return found


def user_named(session: Session, name: str) -> User:
    """The account of this name. Raises Refused."""
    found = session.scalars(select(User).where(User.name == account_name(name))).first()
    if found is None:
        raise Refused(f"没有名为“{shown_name(name)}”的账号。")
    return found


def users_of(session: Session, actor: Actor) -> list[tuple[User, str]]:
    """Every account with the name of its body, in order of names."""
    actor.must(Role.ADMINISTRATOR)
    asked = select(User, Body.name).outerjoin(Body, Body.id == User.body_id).order_by(User.name)
    return [(user, body or "") for user, body in session.execute(asked)]


def add_user(
    session: Session,
    actor: Actor,
    name: str,
    role: str,
    password: str,
    shown: str = "",
    body: str = "",
    must_change: bool = True,
) -> User:
    """A new account; whose it is changes the password at the first login. Raises Refused."""
    user = new_user(session, actor, name, role, shown, body)
    user.password, user.must_change = _kept(session, user, password), must_change
    keep_user(session, actor, user)
    return user


def new_user(session: Session, actor: Actor, name: str, role: str, shown: str = "", body: str = "") -> User:
    """An account as it would be, without a password and not yet kept. Raises Refused."""
    actor.must(Role.ADMINISTRATOR)
    name, shown = account_name(name), shown_name(shown)
    if not _NAME.fullmatch(name):
        raise Refused(NAME_RULE)
    given, of = _role(role), _body(session, role, body)
    if session.scalars(select(User.id).where(User.name == name)).first() is not None:
        raise Refused(f"已有名为“{name}”的账号，请换一个账号名。")
    return User(name=name, shown=shown, role=given, body_id=of.id if of else None)


def keep_user(session: Session, actor: Actor, user: User) -> None:
    """Keep a new account, with its entry in the audit trail. Raises Refused."""
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(f"已有名为“{user.name}”的账号，请换一个账号名。") from error
    stated = _told(session, user)
    note(session, actor, "user.add", "user", user.id, name=user.name, role=user.role, body=stated["body"])


def change_user(session: Session, actor: Actor, user: User, role: str, shown: str, body: str) -> None:
    """Give an account another role, name or body; its sessions have it at once. Raises Refused."""
    actor.must(Role.ADMINISTRATOR)
    before = _told(session, user)
    of = _body(session, role, body)
    _lock(session)
    if of is not None and of.id != user.body_id:
        _not_moving(session, user)
    user.role, user.shown, user.body_id = _role(role), shown_name(shown), of.id if of else None
    _still_administered(session)
    after = _told(session, user)
    if after != before:
        note(session, actor, "user.change", "user", user.id, name=user.name, before=before, after=after)


def set_active(session: Session, actor: Actor, user: User, active: bool) -> None:
    """Take an account out of use, which ends its sessions and keys at once, or back into use. Raises Refused."""
    actor.must(Role.ADMINISTRATOR)
    if user.active == active:
        return
    _lock(session)
    user.active = active
    if not active:
        _still_administered(session)
        end_logins(session, user)
        end_keys(session, user)
    note(session, actor, "user.enable" if active else "user.disable", "user", user.id, name=user.name)


def set_password(session: Session, actor: Actor, user: User, password: str) -> None:
    """Set another's password: whoever was logged in with the old one is so no more, its keys end, and the person has to
    change it at the next login. Raises Refused."""
    actor.must(Role.ADMINISTRATOR)
    if actor.id == user.id:
        raise Refused("自己的密码请在“我的账号”里修改，那里要先输入原来的密码。")
    reset(session, actor, user, _kept(session, user, password))


def reset(session: Session, actor: Actor, user: User, kept: str) -> None:
    """The same with the hash of a password that the program made."""
    user.password, user.must_change = kept, True
    session.flush()  # from here on nobody logs in with the old one: ``begin`` waits for this row
    end_logins(session, user)
    end_keys(session, user)
    note(session, actor, "user.reset", "user", user.id, name=user.name)


def change_password(session: Session, actor: Actor, proof: str, password: str, keys: bool = False) -> str:
    """Change one's own password; all one's sessions end, with ``keys`` all one's keys too. ``proof`` is the hash of the
    old password, which was proved; returns that of the new one. Raises Refused."""
    user = session.get(User, actor.id) if actor.id is not None else None
    if user is None:
        raise NotHere
    if passwords.matches(user.password, password):
        raise Refused("新密码与原来的相同，请换一个。")
    kept = _kept(session, user, password)
    lock_rows(session, user)
    if not user.active or user.password != proof:
        raise Refused("密码刚刚被管理员重设，没有修改；请用新发的密码重新登录。")
    user.password, user.must_change = kept, False
    session.flush()
    end_logins(session, user)
    if keys:
        end_keys(session, user)
    note(session, actor, "user.password", "user", user.id, name=user.name)
    return kept


def end_logins(session: Session, user: User) -> None:
    """End a person's sessions."""
    session.execute(delete(Login).where(Login.user_id == user.id))


def throw_out(session: Session, actor: Actor, user: User) -> None:
    """End another's sessions."""
    actor.must(Role.ADMINISTRATOR)
    end_logins(session, user)
    note(session, actor, "login.ended", "user", user.id, name=user.name)


def end_keys(session: Session, user: User) -> None:
    """End a person's keys."""
    session.execute(
        update(Token).where(Token.user_id == user.id, Token.ended_at.is_(None)).values(ended_at=now())
    )


def administered(session: Session) -> bool:
    """Whether anybody can administer the office."""
    asked = select(func.count()).where(User.role == Role.ADMINISTRATOR.value, User.active)
    return bool(session.scalar(asked))


def _lock(session: Session) -> None:
    """Two who take away one another's role at the same moment must not both succeed."""
    session.execute(
        select(User.id).where(User.role == Role.ADMINISTRATOR.value).order_by(User.id).with_for_update()
    )


def _still_administered(session: Session) -> None:
    session.flush()
    if not administered(session):
        raise Refused("这是最后一个在用的管理员账号，不能停用或改为其他角色；请先另设一个管理员。")


def _not_moving(session: Session, user: User) -> None:
    """What a person handed in belongs to the department it was handed in for: it does not move with the person."""
    if (
        session.scalars(select(Submission.id).where(Submission.user_id == user.id).limit(1)).first()
        is not None
    ):
        raise Refused("这个账号已经以原来的身份交过文件，不能改到别的单位；请停用它，另建新账号。")


def _kept(session: Session, user: User, password: str) -> str:
    body = session.get(Body, user.body_id) if user.body_id else None
    if not passwords.acceptable(password, user.name, user.shown, body.name if body else ""):
        raise Refused(passwords.RULE)
    return passwords.hashed(password)


def _role(role: str) -> str:
    if role not in set(Role):
        raise Refused("请选择角色：部门、审核人、负责人或管理员。")
    return str(Role(role))


def _body(session: Session, role: str, name: str) -> Body | None:
    """The body of a department's account; the others have none. Raises Refused."""
    if role != Role.DEPARTMENT:
        return None
    name = _UNFIT.sub("", name).strip()[:200]
    if not name:
        raise Refused("部门账号要写明单位，它只看得到这个单位和下属单位的内容。")
    found = _body_named(session, name)
    if found is None:
        near = session.scalars(
            select(Body.name).where(Body.name.contains(name, autoescape=True)).limit(3)
        ).all()
        hint = f"名称相近的有：{'、'.join(near)}。" if near else "请先导入名录，或核对单位名称。"
        raise Refused(f"名录里没有名为“{name}”的单位。{hint}")
    return found


def _body_named(session: Session, name: str) -> Body | None:
    """The body of this name, in full or half width."""
    found = session.scalars(select(Body).where(Body.name == name)).first()
    if found is not None:
        return found
    plain = unicodedata.normalize("NFKC", name)
    alike = session.scalars(select(Body).where(Body.name.startswith(name[0], autoescape=True)))
    same = [b for b in alike if unicodedata.normalize("NFKC", b.name) == plain]
    return same[0] if len(same) == 1 else None


def _told(session: Session, user: User) -> dict[str, str]:
    body = session.get(Body, user.body_id) if user.body_id else None
    return {"role": user.role, "shown": user.shown, "body": body.name if body else ""}
