"""The portfolio of projects: a table with filters and saved views, a project's page, and what is to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from yibenzhang.ledger.bodies import bare
from yibenzhang.office.access import Actor, NotHere
from yibenzhang.office.spreadsheets import write_sheet
from yibenzhang.projects.book import Book
from yibenzhang.projects.events import kinds
from yibenzhang.projects.indicators import none
from yibenzhang.projects.linking import Link, Linked, Project
from yibenzhang.projects.names import folded
from yibenzhang.projects.oc4ids import package
from yibenzhang.projects.portfolio import Asked
from yibenzhang.projects.promises import promises_of
from yibenzhang.projects.records import Record
from yibenzhang.projects.telling import ASKED, EVENTS, LIST, SHOWN, asked_row, event_rows, row_of
from yibenzhang.projects.words import words
from yibenzhang.web.formats import forms, wants_data
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.project_views import views_of
from yibenzhang.web.pages.resource_work import ledger_of
from yibenzhang.web.pages.resources import only_of
from yibenzhang.web.pages.seasons import XLSX
from yibenzhang.web.security import Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["项目"])
PAGE = 100
_HEADS = words()["column"]
PROJECTS = {k: _HEADS[k] for k in LIST}
TIMES = {k: _HEADS[k] for k in EVENTS}
QUESTIONS = {k: _HEADS[k] for k in ASKED}
_MONEY = ("requested", "approved", "budget", "executed", "contracted", "paid")
_FILTERS = ("body", "year", "find", "step", "order")
ORDERS = {
    "": "单位、名称",
    "budget": "预算从大到小",
    "contracted": "合同从大到小",
    "paid": "支付从大到小",
    "executed": "执行从大到小",
}


def book_in(office: Office, whole: bool = False) -> Book:
    """All projects of the ledger, none without one: for pages as they were last read, or ``whole``. Raises
    StillReading."""
    ledger = ledger_of(office)
    if ledger is None:
        return Book(Linked((), ()), none())
    return office.projects.book(ledger, office.settings.extra, whole)


def asked_in(office: Office, whole: bool = False) -> list[Asked]:
    """All that is to be asked of them."""
    ledger = ledger_of(office)
    return office.projects.asked(ledger, office.settings.extra, whole) if ledger is not None else []


def reading_in(office: Office) -> bool:
    """The ledger has more than the pages show as yet."""
    ledger = ledger_of(office)
    return ledger is not None and office.projects.reading(ledger)


def seen(book: Book, who: Actor) -> Sequence[Project]:
    """The projects a person may see: a department those of its own body."""
    only = only_of(who)
    return [p for p in book.projects if p.who == bare(only)] if only is not None else book.projects


def project_in(book: Book, who: Actor, member: str) -> Project:
    """The project of a member, if the person may see it. Raises NotHere."""
    found = book.project(member)
    only = only_of(who)
    if found is None or (only is not None and found.who != bare(only)):
        raise NotHere
    return found


def filtered(
    office: Office, projects: Sequence[Project], body: str, year: str, find: str, step: str, order: str
) -> list[Project]:
    """The projects that a view shows, in its order."""
    wanted, said = int(year) if year.isdigit() else 0, folded(find)
    found = [
        p
        for p in projects
        if body in p.who
        and (not wanted or wanted in p.years)
        and (not find or find in p.codes or any(said in folded(m.name) for m in p.members))
        and (not step or any(e.kind == step for e in p.events))
    ]
    if order in ORDERS and order:
        found.sort(key=lambda p: -(office.projects.keeper.figures(p).money[order] or 0))
    return found


@forms(router, "/projects", PROJECTS, {"total": _HEADS["name"]}, summary="项目：一个项目一行，各阶段的金额")
def projects(
    request: Request,
    office: Shop,
    who: Who,
    body: Annotated[str, Query(max_length=200)] = "",
    year: Annotated[str, Query(max_length=4)] = "",
    find: Annotated[str, Query(max_length=100)] = "",
    step: Annotated[str, Query(max_length=40)] = "",
    order: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    book = book_in(office, wants_data(request))
    every = seen(book, who)
    found = filtered(office, every, body, year, find, step, order)
    part = found if wants_data(request) else found[(page - 1) * PAGE : page * PAGE]
    given = dict(zip(_FILTERS, (body, year, find, step, order), strict=True))
    with office.session() as session:
        views = views_of(session, who)
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
        years=book.years
        if only_of(who) is None
        else sorted({y for p in every for y in p.years}, reverse=True),
        steps={k.id: k.name for k in kinds().values()},
        orders=ORDERS,
        views=views,
        reading=reading_in(office),
        here=page,
        pages=-(-len(found) // PAGE),
        query=urlencode({k: v for k, v in given.items() if v}),
        tab="projects",
        **given,
    )


@router.get("/projects.xlsx", summary="项目的表（Excel）", response_class=Response)
def workbook(
    office: Shop, who: Who, body: str = "", year: str = "", find: str = "", step: str = "", order: str = ""
) -> Response:
    found = filtered(office, seen(book_in(office, True), who), body, year, find, step, order)
    rows = [[_cell(row_of(p), k) for k in LIST] for p in found]
    head = {"Content-Disposition": 'attachment; filename="projects.xlsx"'}
    return Response(write_sheet("项目", [PROJECTS[k] for k in LIST], rows), media_type=XLSX, headers=head)


def _cell(row: dict[str, str], column: str) -> str | Decimal | None:
    """Money as a number, the rest as text."""
    if column in (*SHOWN, "events"):
        return Decimal(row[column]) if row[column] else None
    return row[column]


@router.get("/projects-oc4ids", summary="项目（OC4IDS）", response_class=Response)
def oc4ids(
    office: Shop, who: Who, body: str = "", year: str = "", find: str = "", step: str = ""
) -> Response:
    from yibenzhang.office.models import now

    found = filtered(office, seen(book_in(office, True), who), body, year, find, step, "")
    made = package(found, now().isoformat(timespec="seconds"))
    head = {"Content-Disposition": 'attachment; filename="projects-oc4ids.json"'}
    return Response(made, media_type="application/json", headers=head)


@forms(router, "/project", TIMES, {"project": _HEADS["name"]}, summary="一个项目的时间线，每个事件有出处")
def project(
    request: Request, office: Shop, who: Who, chosen: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    if not chosen:
        blank: dict[str, Any] = {"project": dict.fromkeys(LIST, "")}
        more: dict[str, Any] = {
            "links": [],
            "promises": [],
            "years": [],
            "records": [],
            "proposals": [],
            "own": [],
            "documents": [],
        }
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
            tab="projects",
            **more,
        )
    book = book_in(office, wants_data(request))
    one = project_in(book, who, chosen)
    ids = {m.id for m in one.members}
    records = _records(book, one)
    promises = promises_of(one, book.indicators, records)
    return answered(
        request,
        who,
        "project.html",
        {"project": row_of(one)},
        list(event_rows(one)),
        TIMES,
        one.name,
        heads=_HEADS,
        money=_MONEY,
        links=[_link(book, x) for x in one.links],
        proposals=[_link(book, x) for x in book.linked.proposals if {x.one, x.other} & ids],
        promises=promises,
        years=sorted({y for p in promises for y in p.years}),
        records=records,
        own=one.members,
        documents=sorted({e.source.file for e in one.events if e.source.document}),
        reading=reading_in(office),
        tab="projects",
    )


def _records(book: Book, one: Project) -> list[Record]:
    """What people filled in on this project, the newest first."""
    ids = {e.id for e in one.events}
    return sorted((r for r in book.records if r.id in ids), key=lambda r: r.at, reverse=True)


def _link(book: Book, x: Link) -> dict[str, Any]:
    (one_project, one), (other_project, other) = book.members[x.one], book.members[x.other]
    return {
        **asdict(x),
        "one_name": one.name,
        "other_name": other.name,
        "one_year": one.year if one.year < 9999 else "",
        "other_year": other.year if other.year < 9999 else "",
        "one_project": one_project.id,
        "other_project": other_project.id,
        "why": words()["reason"][x.reason],
    }


@forms(router, "/projects-portfolio", QUESTIONS, {}, summary="项目组合里要问的")
def portfolio(
    request: Request,
    office: Shop,
    who: Who,
    body: Annotated[str, Query(max_length=200)] = "",
    rule: Annotated[str, Query(max_length=60)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    only = only_of(who)
    visible = [
        a
        for a in asked_in(office, wants_data(request))
        if (only is None or a.body == bare(only)) and body in a.body
    ]
    counts: dict[str, tuple[str, int]] = {}
    for a in visible:
        counts[a.rule] = (a.title, counts.get(a.rule, ("", 0))[1] + 1)
    found = [a for a in visible if rule in ("", a.rule)]
    part = found if wants_data(request) else found[(page - 1) * PAGE : page * PAGE]
    return answered(
        request,
        who,
        "projects_portfolio.html",
        {},
        [asked_row(a) for a in part],
        QUESTIONS,
        "要问的",
        heads=_HEADS,
        body=body,
        rule=rule,
        counts=counts,
        total=len(found),
        reading=reading_in(office),
        here=page,
        pages=-(-len(found) // PAGE),
        query=urlencode({k: v for k, v in (("body", body), ("rule", rule)) if v}),
        tab="projects",
    )


PROPOSALS = {
    "body": _HEADS["body"],
    "one_name": _HEADS["name"],
    "other_name": "可能是",
    "score": "相近",
    "why": "依据",
    "one": "编号",
    "other": "另一个的编号",
}


@forms(router, "/projects-proposals", PROPOSALS, {"total": "共几对"}, summary="可能是同一个项目、等人确认的")
def project_proposals(
    request: Request, office: Shop, who: Who, body: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    book = book_in(office, wants_data(request))
    ids = {p.id for p in seen(book, who) if body in p.who}
    rows = [
        {**_link(book, x), "body": book.members[x.one][0].who}
        for x in book.linked.proposals
        if {book.members[x.one][0].id, book.members[x.other][0].id} <= ids
    ]
    return answered(
        request,
        who,
        "projects_proposals.html",
        {"total": len(rows)},
        rows if wants_data(request) else rows[:500],
        PROPOSALS,
        "等人确认的",
        body=body,
        reading=reading_in(office),
        tab="projects",
    )
