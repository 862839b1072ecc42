"""The portfolio of projects: a table with filters, a project's time line, and what is to be asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from yibenzhang.ledger.bodies import bare
from yibenzhang.office.access import Actor, NotHere
from yibenzhang.projects.book import book_of
from yibenzhang.projects.linking import Linked, Project
from yibenzhang.projects.names import folded
from yibenzhang.projects.portfolio import asked, questions
from yibenzhang.projects.telling import ASKED, EVENTS, LIST, asked_row, event_rows, row_of
from yibenzhang.projects.words import words
from yibenzhang.web.formats import forms, told_to_programs
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.resource_work import ledger_of
from yibenzhang.web.pages.resources import only_of
from yibenzhang.web.security import Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["项目"])
PAGE = 100
_HEADS = words()["column"]
PROJECTS = {k: _HEADS[k] for k in LIST}
TIMES = {k: _HEADS[k] for k in EVENTS}
QUESTIONS = {k: _HEADS[k] for k in ASKED}
_MONEY = ("approved", "budget", "executed", "contracted", "paid")


def _book(office: Office) -> Linked:
    """All projects of the ledger; none without one. Kept for a while: it is the same for everybody."""
    ledger = ledger_of(office)
    if ledger is None:
        return Linked((), ())
    found: Linked = office.lately(("projects",), lambda: book_of(ledger, office.settings.extra))
    return found


def _seen(office: Office, who: Actor) -> list[Project]:
    """The projects a person may see: a department those of its own body."""
    only = only_of(who)
    return [p for p in _book(office).projects if only is None or p.who == bare(only)]


@forms(router, "/projects", PROJECTS, {"total": _HEADS["name"]}, summary="项目：一个项目一行，各阶段的金额")
def projects(
    request: Request,
    office: Shop,
    who: Who,
    body: str = "",
    year: Annotated[str, Query(max_length=4)] = "",
    find: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    every = _seen(office, who)
    wanted = int(year) if year.isdigit() else 0
    found = [
        p
        for p in every
        if body in p.who
        and (not wanted or wanted in p.years)
        and (not find or find in p.codes or any(folded(find) in folded(m.name) for m in p.members))
    ]
    part = found if told_to_programs(request) else found[(page - 1) * PAGE : page * PAGE]
    query = urlencode({k: v for k, v in (("body", body), ("year", year), ("find", find)) if v})
    years = sorted({y for p in every for y in p.years}, reverse=True)
    return answered(
        request,
        who,
        "projects.html",
        {"total": len(found)},
        [row_of(p) for p in part],
        PROJECTS,
        "项目",
        heads=_HEADS,
        money=_MONEY,
        years=years,
        body=body,
        year=year,
        find=find,
        here=page,
        pages=-(-len(found) // PAGE),
        query=query,
        tab="projects",
    )


@forms(
    router,
    "/project",
    TIMES,
    {"project": _HEADS["name"]},
    summary="一个项目的时间线，每个事件有出处",
)
def project(request: Request, office: Shop, who: Who, chosen: str = "") -> Response:
    one = next((p for p in _seen(office, who) if any(m.id == chosen for m in p.members)), None)
    if one is None and chosen:
        raise NotHere
    if one is None:
        blank: dict[str, Any] = {"project": dict.fromkeys(LIST, "")}
        return answered(
            request,
            who,
            "project.html",
            blank,
            [],
            TIMES,
            "项目",
            heads=_HEADS,
            money=_MONEY,
            links=[],
            tab="projects",
        )
    members = {m.id: m for m in one.members}
    links = [
        {
            **asdict(x),
            "one_name": members[x.one].name,
            "other_name": members[x.other].name,
            "why": words()["reason"][x.reason],
        }
        for x in one.links
    ]
    told: dict[str, Any] = {"project": row_of(one)}
    return answered(
        request,
        who,
        "project.html",
        told,
        list(event_rows(one)),
        TIMES,
        one.name,
        heads=_HEADS,
        money=_MONEY,
        links=links,
        tab="projects",
    )


@forms(router, "/projects-portfolio", QUESTIONS, {}, summary="项目组合里要问的")
def portfolio(request: Request, office: Shop, who: Who, body: str = "") -> Response:
    mine = _seen(office, who)

    def made() -> list[dict[str, str]]:
        return [asked_row(a) for a in asked(mine, questions(office.settings.extra).values())]

    rows = [r for r in office.lately(("portfolio", only_of(who)), made) if body in r["body"]]
    return answered(
        request,
        who,
        "projects_portfolio.html",
        {},
        rows,
        QUESTIONS,
        "要问的",
        heads=_HEADS,
        body=body,
        tab="projects",
    )
