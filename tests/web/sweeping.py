"""Every address of the application, filled in: for tests that leave none out.

A route, a parameter or a field that is not known here fails the test that meets it. Say in ``PATHS`` what its numbers
are, in ``MEANS`` what a parameter names, or in ``HARMLESS`` with what to fill it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import EXAMPLES
from tests.web.conftest import Browser, Shop
from tests.web.working import analysed
from yibenzhang.office.access import LOCAL, note
from yibenzhang.office.desk_models import Reminder
from yibenzhang.office.logins import new_key
from yibenzhang.office.models import (
    Body,
    Delivery,
    Entry,
    Job,
    Matter,
    Notice,
    Role,
    Season,
    State,
    Submission,
    Tick,
    Token,
    User,
    now,
)
from yibenzhang.office.recording import finish
from yibenzhang.office.reviews import add_defect, correct, tick
from yibenzhang.office.roster_changes import import_rows, new_season
from yibenzhang.office.roster_files import RosterRow
from yibenzhang.resources.applying import Form, apply
from yibenzhang.resources.models import Entry as Resource
from yibenzhang.resources.models import History, RequestEvent
from yibenzhang.resources.models import Request as Asked
from yibenzhang.resources.request_rules import day_of, load_rules
from yibenzhang.resources.requests import Person
from yibenzhang.resources.schema import load_schema
from yibenzhang.resources.store import Doer, Draft, add_all
from yibenzhang.showing.kept import Kept
from yibenzhang.web.security import actor_of

PATHS = {
    "seasons": "season", "entries": "entry", "submissions": "submission", "matters": "matter", "notices": "notice",
    "deliveries": "delivery", "users": "user", "me": "token",
    "bodies": "body", "resources": "resource", "requests": "request",
}  # fmt: skip
"""What the first parameter in a path names, by the first word of the path."""
MEANS = {
    "entry": "entry", "entries": "entry", "delivery": "delivery", "submission": "submission", "matter": "matter",
    "matters": "matter", "subject_id": "submission", "user": "user", "season": "season",
}  # fmt: skip
"""Parameters and fields that name something of somebody, and what."""
HARMLESS: dict[str, Any] = {
    "ticket": "", "code": "", "drawn": "", "session": 999999,
    "batch": "", "family": "", "sort": "", "asked": "", "round": "", "reviewer": "", "act": "due", "changed": "false", "forget": 0,
    "chosen": "", "order": "", "step": "", "record": "", "one": "", "other": "", "why": "", "remove": "false", "digest": "",
    "form": "table", "ending": "docx",
    "system": "", "file": "", "check": "", "scheme": "", "period": "", "dimension": "", "score": 0, "mapping": "", "note": "改了",
    "leaf": 1, "width": 400, "x0": 0, "top": 0, "x1": 500, "bottom": 800, "status": "", "find": "", "name": "testing.txt", "draft": "false",
    "year": "2031", "stage": "budget", "days": "20", "approved_on": "2026-01-05", "due_on": "2026-02-20", "published_on": "",
    "published_url": "", "contact": "", "add": "", "level": "", "verdict": "confirmed", "reason": "看过原件", "words": "第 1 页少一行",
    "severity": "error", "box": "1,2,30,40", "text": "", "done": "true", "person": "", "action": "", "subject": "submission", "since": "",
    "until": "", "undo": "false", "sure": "true", "page": 1, "part": 1, "table": "rules", "next": "", "password": "另一个好密码二〇二六年", "role": "reviewer", "shown": "某人", "body": "", "active": "true",
    "old": "x", "keys": "false", "renew": "false", "new": "另一个好密码二〇二六年", "again": "另一个好密码二〇二六年", "rule": "", "kind": "docx", "title": "",
    "turn": "false", "never": "false", "codes": "", "purpose": "", "scene": "", "begins_on": "", "ends_on": "", "interface": "",
    "state": "", "source": "", "version": "1", "rest": "false", "numbers": "999999", "whole": "false",
    "due": "2026-12-01", "late": "false", "notice": "文号", "office_name": "财政局", "phone": "", "template": "", "number": "云财监〔2026〕9号",
}  # fmt: skip
CHOICES = {
    "table": ("kinds", "rules", "reasons", "missed", "departments", "rounds", "days", "lateness", "years"),
}
"""Parameters in a path that are one of a few words: each is tried."""
_HOLE = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass
class Owned:
    """What belongs to a department: the numbers of its things, and words that only its pages may show."""

    names: tuple[str, ...]
    ids: dict[str, Any] = field(default_factory=dict)
    drafts: dict[str, Any] = field(default_factory=dict)
    """The same for what it checks for itself alone."""
    older: dict[str, Any] = field(default_factory=dict)
    """The same for the version before."""
    numbers_key: str = ""
    unchecked_key: str = ""
    key: str = ""
    """A key for programs."""


# ------------------------------------------------------------------------------------------ what there is


def work(shop: Shop) -> None:
    """Do what the worker processes would do, here and now; the same file is analysed once for all tests."""
    office = shop.office
    while True:
        with office.session() as session:
            job = session.scalars(select(Job).where(Job.state == "waiting").order_by(Job.id)).first()
            if job is None:
                return
            task = office.foreman._task(session, job.submission)
            made = analysed(task)
            assert not made.error, made.error
            finish(session, office.ledger, job.submission, made)
            job.state = "done"


def hand_in(
    browser: Browser, season: int, name: str, data: bytes, delivery: str, **query: Any
) -> httpx.Response:
    """Hand in a file as the page does."""
    headers = {"X-CSRF": browser.mark(), "Content-Type": "application/octet-stream"}
    asked = {"name": name, "delivery": delivery, **query}
    return browser.raw(f"/seasons/{season}/files", params=asked, content=data, headers=headers)


def two_departments(shop: Shop) -> tuple[Owned, Owned]:
    """A season in which two departments have units, versions, findings, decisions, notices, drafts, people, keys."""
    with shop.office.session() as session:
        season = new_season(session, LOCAL, "二〇二六预算季", 2026, "budget")
        rows = [
            RosterRow(line=1, name="青禾区水利局", contact="联系人甲禾"), RosterRow(line=2, name="青禾区河道管理所", parent="青禾区水利局"),
            RosterRow(line=3, name="云杉区林业局", contact="联系人乙杉"), RosterRow(line=4, name="云杉区苗圃场", parent="云杉区林业局"),
        ]  # fmt: skip
        import_rows(session, LOCAL, season, rows)
        number = season.id
    out = []
    for k, (person, body, unit, contact) in enumerate(
        (
            ("甲禾", "青禾区水利局", "青禾区河道管理所", "联系人甲禾"),
            ("乙杉", "云杉区林业局", "云杉区苗圃场", "联系人乙杉"),
        )
    ):
        out.append(_department(shop, number, k, person, body, (body, unit, contact, person)))
    return out[0], out[1]


def _department(shop: Shop, season: int, k: int, person: str, body: str, names: tuple[str, ...]) -> Owned:
    user = shop.person(person, body=body)
    with shop.office.session() as session:
        entry = (
            session.scalars(select(Entry).join(Body).where(Entry.season_id == season, Body.name == body))
            .one()
            .id
        )
    browser, key = shop.client(person), f"{k + 1}" * 32
    first = (EXAMPLES / ("jiangsu-three-errors.pdf", "jiangsu-two-tables-differ.pdf")[k]).read_bytes()
    marks = [f"{body}第一版.pdf", f"{body}自查稿.txt", f"{body}第二版.pdf"]
    old = _taken(shop, hand_in(browser, season, marks[0], first, key, entry=entry), entry)
    with shop.office.session() as session:
        full = session.get_one(Submission, old)
        add_defect(session, LOCAL, full, "error", f"{body}补充的问题", 1, {"box": [1, 2, 3, 4]})
        notice = Notice(
            season_id=season, entry_id=entry, submission_id=old, number=f"{body}文号", text=f"{body}通知正文", who="审核人",
            docx=shop.office.ledger.put(f"{body}通知".encode()), pdf=shop.office.ledger.put(f"%PDF {body}通知".encode()),
        )  # fmt: skip
        session.add(notice)
        session.add(
            Reminder(season_id=season, entry_id=entry, batch=f"{k}" * 16, text=f"{body}催办", who="审核人")
        )
        full.state = State.RETURNED
        note(session, LOCAL, "submission.again", "submission", old, name=f"{body}记录")
    second = f"{k + 3}" * 32
    new = _taken(shop, hand_in(browser, season, marks[2], first + b"\n", second, entry=entry), entry)
    text = (EXAMPLES / "hubei-wrong-digit.txt").read_bytes() + b"\n" * (k + 1)
    draft = _taken(
        shop, hand_in(browser, season, marks[1], text, f"{k + 5}" * 32, entry=entry, draft=True), entry
    )
    owned = Owned((*names, *marks))
    with shop.office.session() as session:
        full = session.get_one(Submission, new)
        assert (full.before_id, full.round, full.state) == (old, 2, State.REVIEW)
        view = Kept(shop.office.ledger.analysis(full.receipt, "analysis").read_bytes()).whole()
        owned.numbers_key, owned.unchecked_key = next(iter(view.numbers)), view.unchecked[0].key
        tick(session, LOCAL, full, owned.unchecked_key, True, f"{body}看过")
        owned.key = new_key(session, actor_of(session.get_one(User, user), ""), f"{body}的程序")
        token = session.scalars(select(Token.id).where(Token.user_id == user)).one()
        matters = {s: _first_matter(session, s) for s in (new, old, draft)}
        named = session.get_one(Entry, entry).body_id
        told = session.scalars(select(Notice.id).where(Notice.entry_id == entry)).one()
        kind = load_schema().kinds["site"]
        [code] = add_all(
            session, load_schema(), [Draft(kind, {"name": f"{names[1]}网站", "body": body})], Doer(now())
        )
        resource = session.scalars(select(Resource.id).where(Resource.code == code)).one()
        request = _request(session, k, body, names[1])
    common = {
        "season": season,
        "entry": entry,
        "notice": told,
        "user": user,
        "token": token,
        "body": named,
        "resource": resource,
        "request": request,
    }
    owned.ids = {**common, "submission": new, "matter": matters[new], "delivery": second}
    owned.older = {**common, "submission": old, "matter": matters[old], "delivery": key}
    owned.drafts = {**common, "submission": draft, "matter": matters[draft], "delivery": f"{k + 5}" * 32}
    return owned


def _request(session: Session, k: int, body: str, unit: str) -> int:
    """A request of a department for what a third one has, with words of its own; nobody else sees it."""
    schema, rules, day = load_schema(), load_rules(), now()
    data = Draft(schema.kinds["data_resource"], {"name": f"示范目录{k}", "body": "某市示范局"})
    [code] = add_all(session, schema, [data], Doer(day), "published")
    values = {"user": f"{unit}的人", "purpose": f"{body}要用", "ends_on": "2099-12-31"}
    person = Person(Doer(day, f"{body}的人"), body)
    return apply(session, schema, rules, Form(body, (code,), values), person, day_of(day))[0].id


def _taken(shop: Shop, answer: httpx.Response, entry: int) -> int:
    """The submission made of what was handed in, checked; where the file says another year, a reviewer puts that right."""
    assert answer.status_code == 201, answer.text
    work(shop)
    with shop.office.session() as session:
        made = session.scalars(select(Submission).order_by(Submission.id.desc())).first()
        assert made is not None
        if made.state == State.ASKING:
            correct(session, LOCAL, made, entry, {"fiscal_year": 2026})
        number = made.id
    work(shop)
    return number


def _first_matter(session: Session, submission: int) -> int:
    return (
        session.scalars(
            select(Matter.id).where(Matter.submission_id == submission).order_by(Matter.id)
        ).first()
        or 0
    )


def state_of(shop: Shop, owned: Owned) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the records that belongs to a department, to see whether somebody changed it."""
    entry, user = owned.ids["entry"], owned.ids["user"]
    subs = select(Submission.id).where(Submission.entry_id == entry)
    asked = {
        "entries": (Entry, Entry.id == entry), "submissions": (Submission, Submission.entry_id == entry), "users": (User, User.id == user),
        "matters": (Matter, Matter.submission_id.in_(subs)), "ticks": (Tick, Tick.submission_id.in_(subs)),
        "notices": (Notice, Notice.submission_id.in_(subs)), "tokens": (Token, Token.user_id == user),
        "deliveries": (Delivery, Delivery.user_id == user), "jobs": (Job, Job.submission_id.in_(subs)),
        "in deliveries": (Submission, Submission.delivery_id.in_(select(Delivery.id).where(Delivery.user_id == user))),
        "seasons": (Season, Season.id == owned.ids["season"]),
        "resources": (Resource, Resource.id == owned.ids["resource"]), "history": (History, History.entry_id == owned.ids["resource"]),
        "requests": (Asked, Asked.id == owned.ids["request"]), "steps": (RequestEvent, RequestEvent.request_id == owned.ids["request"]),
    }  # fmt: skip
    out = {}
    with shop.office.session() as session:
        for name, (table, wanted) in asked.items():
            columns = [c for c in table.__table__.columns if c.name != "used_at"]
            out[name] = [
                tuple(map(repr, row))
                for row in session.execute(select(*columns).where(wanted).order_by(columns[0]))
            ]
    return out


# ------------------------------------------------------------------------------------------ every address


@dataclass(frozen=True)
class Address:
    """One route with one method."""

    method: str
    path: str
    query: tuple[str, ...]
    form: tuple[str, ...]

    @property
    def holes(self) -> list[str]:
        return _HOLE.findall(self.path)

    @property
    def names(self) -> str:
        """What the first hole of the path names, or empty."""
        if not self.holes:
            return ""
        first = self.path.split("/")[1]
        assert first in PATHS, f"{self.path}: say in PATHS what its numbers are"
        return PATHS[first]

    def __str__(self) -> str:
        return f"{self.method} {_plain(self.path)}"


def _plain(path: str) -> str:
    return _HOLE.sub(r"{\1}", path)


_told: dict[frozenset[str], set[str]] = {}
"""What the description tells, by the paths there are: making it takes half a second."""


def addresses(app: FastAPI) -> list[Address]:
    """Every address of the application."""
    out: list[Address] = []
    seen: set[str] = set()
    for route in _routes(app.routes):
        query = tuple(p.alias for p in route.dependant.query_params)
        form = tuple(p.alias for p in route.dependant.body_params)
        seen.add(_plain(route.path))
        for path in _chosen(route.path):
            out += [Address(m, path, query, form) for m in sorted(route.methods - {"HEAD"})]
    if (paths := frozenset(seen)) not in _told:
        _told[paths] = set(app.openapi()["paths"])
    assert _told[paths] <= seen and len(out) > 40, "the routes are not found any more as they were"
    return out


def _chosen(path: str) -> list[str]:
    for hole, words in CHOICES.items():
        if f"{{{hole}}}" in path:
            return [path.replace(f"{{{hole}}}", w) for w in words]
    return [path]


def _routes(routes: Any) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):  # how newer FastAPI keeps what was included
            yield from _routes(route.original_router.routes)


def path_of(address: Address, ids: dict[str, Any]) -> str:
    """The address of a department's thing."""
    filled, first = address.path, True
    for hole in address.holes:
        if not first:
            assert hole in HARMLESS, f"{address}: with what is {hole} filled? Say so in HARMLESS"
        filled = _HOLE.sub(str(ids[address.names] if first else HARMLESS[hole]), filled, count=1)
        first = False
    return filled


def ask(
    browser: Browser,
    address: Address,
    owned: Owned,
    ids: dict[str, Any],
    others: Owned | None = None,
    key: str = "",
) -> httpx.Response:
    """Ask as a browser would, the path for ``ids``; what parameters name is ``others``' where given."""
    named = (others or owned).ids if others else ids
    path = path_of(address, ids)
    query = {p: _value(address, p, owned, named) for p in address.query}
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if address.method == "GET":
        return browser.get(path, params=query, headers=headers)
    assert address.method == "POST", f"{address}: only GET and POST are known"
    headers |= {} if key else {"X-CSRF": browser.mark()}
    if "file" in address.form:
        data = "单位名称,主管部门\n某区新建局,\n".encode()
        return browser.raw(path, params=query, files={"file": ("roster.csv", data)}, headers=headers)
    if not address.form:
        return browser.raw(path, params=query, content=b"some bytes", headers=headers)
    fields = {p: _value(address, p, owned, named) for p in address.form}
    return browser.raw(path, params=query, data=fields, headers=headers)


def _value(address: Address, name: str, owned: Owned, named: dict[str, Any]) -> Any:
    if name == "key":
        return owned.unchecked_key if address.path.endswith("/ticks") else owned.numbers_key
    if name in MEANS:
        return named[MEANS[name]]
    assert name in HARMLESS, f"{address}: what is {name}? Say so in MEANS or HARMLESS"
    return HARMLESS[name]


def leaks(answer: httpx.Response, names: tuple[str, ...]) -> list[str]:
    """The words in an answer, also inside its files, that should not be there."""
    pieces = [
        answer.content,
        unquote(str(answer.headers)).encode(),
        str(answer.headers).encode("latin-1", "replace"),
    ]
    if answer.content[:2] == b"PK":
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        pieces += [archive.read(n) for n in archive.namelist()]
    if "json" in answer.headers.get("content-type", ""):
        pieces.append(json.dumps(json.loads(answer.content), ensure_ascii=False).encode())
    return [n for n in names if any(n.encode() in p for p in pieces)]


__all__ = [
    "Address",
    "Owned",
    "Role",
    "addresses",
    "ask",
    "hand_in",
    "leaks",
    "state_of",
    "two_departments",
    "work",
]
