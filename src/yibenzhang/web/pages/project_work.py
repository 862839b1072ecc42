"""Work on one project: links confirmed and undone, monitoring at mid-year, self-assessment, their papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from yibenzhang.ledger.bodies import bare
from yibenzhang.office.access import Actor, NotHere, Refused, note
from yibenzhang.office.lateness import today
from yibenzhang.office.models import now
from yibenzhang.projects.book import Book
from yibenzhang.projects.decisions import APART, SAME, UNDO, Decision, append_decision
from yibenzhang.projects.linking import Project
from yibenzhang.projects.members import Member
from yibenzhang.projects.method import Method, method_of
from yibenzhang.projects.performing import (
    Assessed,
    Monitored,
    assessed,
    beside_execution,
    monitored,
    with_weights,
)
from yibenzhang.projects.promises import goals_for
from yibenzhang.projects.records import (
    ASSESSMENT,
    MONITORING,
    Record,
    RecordRefused,
    Result,
    checked,
    keep,
    take_back,
    undressed,
)
from yibenzhang.projects.telling import plain
from yibenzhang.reports import performance_words as papers
from yibenzhang.reports.performance_files import as_docx, as_xlsx
from yibenzhang.web.formats import forms, page
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.project_import import _ledger
from yibenzhang.web.pages.projects import book_in, project_in
from yibenzhang.web.pages.resources import only_of
from yibenzhang.web.pages.seasons import XLSX, said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["项目"])
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = (MONITORING, ASSESSMENT)
_ACTIONS = {"same": SAME, "apart": APART, "undo": UNDO}
_WORDS = ("goal", "progress", "problems", "measures", "use", "execution_given")
_FIELDS = ("level1", "level2", "name", "target", "actual", "weight", "given", "why", "evidence", "forecast")
_MOST_LINES = 300


# ---- links ---------------------------------------------------------------------------------------------


@router.post(
    "/project-link", dependencies=[Guard], summary="确认、分开、撤销两个项目的归并", response_class=Response
)
def link(
    office: Shop,
    who: Who,
    one: Annotated[str, Form(max_length=40)] = "",
    other: Annotated[str, Form(max_length=40)] = "",
    action: Annotated[str, Form(max_length=10)] = "",
    why: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    if action not in _ACTIONS:
        raise Refused("要说是同一个、不是同一个，还是撤销。")
    book = book_in(office)
    members = [_member(book, who, x) for x in (one, other)]
    if members[0].id == members[1].id:
        raise Refused("这是同一条，不用归并。")
    at = now().isoformat(timespec="seconds")
    decision = Decision(at, _ACTIONS[action], (members[0].ref, members[1].ref), who.name, why.strip())
    append_decision(_ledger(office).folder, decision)
    with office.session() as session:
        note(session, who, "project.link", name=members[0].name, other=members[1].name, what=action)
    words = {"same": "已确认是同一个项目。", "apart": "已记下不是同一个项目。", "undo": "已撤销。"}
    return said(f"/project?chosen={members[0].id}", words[action])


def _member(book: Book, who: Actor, member: str) -> Member:
    project_in(book, who, member)
    return book.members[member][1]


# ---- monitoring and self-assessment --------------------------------------------------------------------


def _method(office: Office) -> Method:
    """The method of the folder of standards, or the national one. Raises Refused where it cannot be used."""
    from pathlib import Path

    from yibenzhang.standards import StandardsError

    own = Path(office.settings.extra) / "scoring" / "method.toml" if office.settings.extra else None
    try:
        return method_of(str(own) if own is not None and own.is_file() else "")
    except StandardsError as error:
        raise Refused(str(error)) from error


LINES = {
    "level1": "一级指标",
    "level2": "二级指标",
    "name": "指标",
    "target": "年度指标值",
    "actual": "完成值",
    "weight": "分值",
    "given": "自评得分",
    "points": "按办法得分",
    "reason": "按办法",
    "state": "状态",
    "share": "完成比例（%）",
    "why": "偏差原因、改进措施",
    "evidence": "依据",
}
_TELLS = {
    "kind": "monitoring 监控，self_assessment 自评",
    "year": "年度",
    "record": "填报的编号，空的是还没有保存",
}


@forms(router, "/project-performance", LINES, _TELLS, summary="一个项目的年中监控或年度自评，逐项")
def performance(
    request: Request,
    office: Shop,
    who: Who,
    chosen: Annotated[str, Query(max_length=40)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    year: Annotated[int, Query(ge=0, le=2100)] = 0,
) -> Response:
    kind = kind if kind in _KINDS else ASSESSMENT
    book = book_in(office)
    if not chosen:
        return _form(request, office, who, None, _BLANK)
    project = project_in(book, who, chosen)
    wanted = year or _usual(project, kind)
    record = _kept(book, project, kind, wanted) or _fresh(book, project, kind, wanted, _method(office))
    return _form(request, office, who, project, record)


_BLANK = Record("", ASSESSMENT, "", "", "", "", 2000, "2000-12-31", "", "", ())


def _usual(project: Project, kind: str) -> int:
    """The year a form is most likely for: this one for monitoring, the last one for self-assessment, as far as the
    project has one."""
    wanted = today().year - (kind == ASSESSMENT)
    return wanted if not project.years or wanted in project.years else project.years[-1]


def _kept(book: Book, project: Project, kind: str, year: int) -> Record | None:
    ids = {e.id for e in project.events}
    return next((r for r in book.records if r.id in ids and r.kind == kind and r.year == year), None)


def _fresh(book: Book, project: Project, kind: str, year: int, method: Method) -> Record:
    """A form with what is known: goals and weights, budget and what was paid."""
    member = project.members[-1]
    goals = beside_execution(goals_for(project, year, book.indicators), method)
    results = with_weights(goals, method)
    budgets = [e.amount("budget") for e in project.events if e.year == year and e.kind in ("budget", "goals")]
    budget = max((v for v in budgets if v is not None), default=None)
    paid = [v for e in project.events if e.year == year and (v := e.amount("paid")) is not None]
    goal_words = [e.words for e in project.events if e.kind == "goals" and e.year == year and e.words]
    day = f"{year}-06-30" if kind == MONITORING else f"{year}-12-31"
    return Record(
        "",
        kind,
        project.who,
        member.code,
        member.name,
        member.key,
        year,
        day,
        plain(budget),
        plain(sum(paid, Decimal(0))) if paid else "",
        results,
        {"goal": goal_words[-1] if goal_words else ""},
    )


def _form(
    request: Request, office: Office, who: Actor, project: Project | None, record: Record, trouble: str = ""
) -> Response:
    method = _method(office)
    found: Assessed | Monitored | None = None
    if not trouble:
        found = assessed(record, method) if record.kind == ASSESSMENT else monitored(record, method)
    given = {"kind": record.kind, "year": record.year, "record": record.id}
    more = {
        "project": project,
        "form": record,
        "found": found,
        "trouble": trouble,
        "method": method,
        "reason": papers.reason,
        "percent": papers.percent,
        "states": papers.said()["state"],
        "plain": papers.plain,
        "money": papers.money_said(found) if isinstance(found, Monitored) else "",
        "synopsis": papers.synopsis(record, method)
        if record.id and record.kind == ASSESSMENT and not trouble
        else "",
        "years": sorted({*project.years, record.year}, reverse=True) if project else [],
        "tab": "projects",
    }
    if trouble:
        return page(request, who, "project_performance.html", 422, rows=[], **given, **more)
    rows = [_line(record, found, n) for n in range(len(record.results))]
    return answered(request, who, "project_performance.html", given, rows, LINES, "绩效", **more)


def _line(record: Record, found: Assessed | Monitored | None, n: int) -> dict[str, str]:
    """An indicator with what the method says of it, as a row for programs."""
    row = {**dict.fromkeys(LINES, ""), **{k: v for k, v in asdict(record.results[n]).items() if k in LINES}}
    if isinstance(found, Assessed):
        line = found.lines[n + 1]
        row |= {
            "points": papers.span(line),
            "reason": papers.reason(line),
            "weight": papers.plain(line.weight),
        }
    elif found is not None:
        watched = found.lines[n]
        row |= {"state": papers.said()["state"][watched.state], "share": papers.percent(watched.share)}
    return row


@router.post(
    "/project-performance",
    dependencies=[Guard],
    summary="保存年中监控或年度自评",
    response_class=HTMLResponse,
)
async def save(request: Request, office: Shop, who: Who) -> Response:
    from fastapi.concurrency import run_in_threadpool

    form = await request.form()
    given = {k: str(v).strip() for k, v in form.items() if isinstance(v, str)}
    return await run_in_threadpool(_saved, request, office, who, given)


def _saved(request: Request, office: Office, who: Actor, given: Mapping[str, str]) -> Response:
    book = book_in(office)
    project = project_in(book, who, given.get("chosen", ""))
    if given.get("kind") not in _KINDS or not given.get("year", "").isdigit():
        raise NotHere
    record = _given(project, given, who)
    if given.get("do") == "add":
        return _form(
            request,
            office,
            who,
            project,
            replace(record, results=(*record.results, Result("", "", "", ""))),
            "",
        )
    try:
        record = checked(record)
    except RecordRefused as error:
        return _form(request, office, who, project, record, str(error))
    if given.get("do") == "try":
        return _form(request, office, who, project, record)
    kept = keep(_ledger(office).folder, record)
    with office.session() as session:
        note(session, who, "project.record", name=record.name, kind=record.kind, year=record.year)
    what = "自评" if kept.kind == ASSESSMENT else "监控"
    return said(
        f"/project-performance?chosen={project.id}&kind={kept.kind}&year={kept.year}", f"已保存{what}。"
    )


def _given(project: Project, given: Mapping[str, str], who: Actor) -> Record:
    """What the form says. Lines without a name are left out."""
    member = project.members[-1]
    lines = []
    for n in range(_MOST_LINES):
        if f"name-{n}" not in given:
            break
        values = {f: given.get(f"{f}-{n}", "") for f in _FIELDS}
        values |= {f: undressed(values[f]) for f in ("weight", "given")}
        if values["name"]:
            lines.append(Result(**values))
    return Record(
        given.get("id", "")[:12],
        given["kind"],
        project.who,
        member.code,
        member.name,
        member.key,
        int(given["year"][:4]),
        given.get("date", ""),
        _yuan(given.get("budget", "")),
        _yuan(given.get("executed", "")),
        tuple(lines),
        {w: given[w] for w in _WORDS if given.get(w)},
        who.name,
        now().isoformat(timespec="seconds"),
    )


def _yuan(text: str) -> str:
    """万元 of the form as 元; what is no number stays as it is and is refused later."""
    try:
        return f"{(Decimal(text.replace(',', '')) * 10000).normalize():f}" if text else ""
    except InvalidOperation:
        return text


@router.post(
    "/project-performance-undo", dependencies=[Guard], summary="撤回一次填报", response_class=Response
)
def undo(
    office: Shop,
    who: Who,
    chosen: Annotated[str, Form(max_length=40)] = "",
    record: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    book = book_in(office)
    project = project_in(book, who, chosen)
    if record not in {e.id for e in project.events}:
        raise NotHere
    try:
        take_back(_ledger(office).folder, record, now().isoformat(timespec="seconds"), who.name)
    except RecordRefused as error:
        raise Refused(str(error)) from error
    with office.session() as session:
        note(session, who, "project.record", name=project.name, what="undo")
    left = [m.id for m in project.members if any(e.id != record for e in m.events)]
    return said(f"/project?chosen={left[0]}" if left else "/projects", "已撤回，原来的填报仍留在记录里。")


@router.get("/project-paper", summary="自评表、自评报告、监控表（Word 或 Excel）", response_class=Response)
def paper(
    office: Shop,
    who: Who,
    record: Annotated[str, Query(max_length=20)] = "",
    form: Annotated[str, Query(max_length=10)] = "table",
    ending: Annotated[str, Query(max_length=4)] = "docx",
) -> Response:
    book = book_in(office)
    found = next((r for r in book.records if r.id == record), None)
    only = only_of(who)
    if found is None or (only is not None and bare(found.body) != bare(only)):
        raise NotHere
    method = _method(office)
    if found.kind == MONITORING:
        made = papers.monitoring_table(found, method)
    else:
        made = (
            papers.assessment_report(found, method)
            if form == "report"
            else papers.assessment_table(found, method)
        )
    report = form == "report" and found.kind == ASSESSMENT
    ending = "xlsx" if ending == "xlsx" else "docx"
    data = as_xlsx(made) if ending == "xlsx" else as_docx(made, landscape=not report)
    name = quote(f"{found.name}-{found.year}-{made.title}.{ending}")
    head = {"Content-Disposition": f"attachment; filename=\"paper.{ending}\"; filename*=UTF-8''{name}"}
    return Response(data, media_type=XLSX if ending == "xlsx" else DOCX, headers=head)
