"""A season's roster, and what belongs to one of its lines: dates, versions, notices."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from yibenzhang.model.issues import Issue
from yibenzhang.office.access import Refused, entry_of, season_of, visible_submissions
from yibenzhang.office.lateness import keep_up, late_finding, today
from yibenzhang.office.models import Entry, Notice, Role, Season, State, Submission
from yibenzhang.office.roster import board, counted, glance
from yibenzhang.office.roster_changes import change_entry, import_rows, remove_entry
from yibenzhang.office.roster_files import read_roster, roster_template
from yibenzhang.office.seasons import dates_changed
from yibenzhang.reading import ReadingError
from yibenzhang.web.days import day_of
from yibenzhang.web.formats import forms, page, shown, wants_data
from yibenzhang.web.pages.seasons import SEASON, XLSX, lines_of, rows_of, said, season_record
from yibenzhang.web.security import Guard, Shop, Who

router = APIRouter(tags=["公开季和名录"])

MOST_ROSTER = 20 * 1024 * 1024
"""Bytes."""
VERSIONS = {
    "round": "版次",
    "name": "文件",
    "state": "状态",
    "draft": "自查",
    "received_at": "交来时间",
    "who": "交件人",
    "numbers": "数字",
    "proved": "已印证",
    "contradicted": "有矛盾",
}
ROSTER = {
    "body": "单位名称",
    "code": "单位编码",
    "department": "主管部门",
    "level": "级次",
    "approved_on": "批复日期",
    "due_on": "最晚公开日期",
    "published_on": "实际公开日期",
    "published_url": "公开网址",
    "contact": "联系人",
}
"""The roster as it can be imported again: ``office/roster.toml`` knows these headings."""


@forms(
    router, "/seasons/{number:int}/roster", ROSTER, {"season": SEASON}, summary="名录；.csv 改后可以再导入"
)
def roster(request: Request, office: Shop, who: Who, number: int) -> Response:
    who.must(Role.REVIEWER)
    with office.session() as session:
        season = season_of(session, number)
        lines = lines_of(office, session, who, season)
        rows = rows_of(counted(session, lines), lines) if wants_data(request) else ()
    return shown(
        request,
        who,
        "roster.html",
        {"season": season_record(season)},
        rows,
        ROSTER,
        f"{season.name}名录",
        season=season,
        lines=lines,
        tab="roster",
        problems=(),
        read=0,
    )


@router.post(
    "/seasons/{number:int}/roster",
    dependencies=[Guard],
    summary="导入名录（.xlsx、.xls 或 CSV）",
    response_class=HTMLResponse,
    response_description="名录的网页，写明读到几行、哪些没有导入",
)
def take_roster(request: Request, office: Shop, who: Who, number: int, file: UploadFile) -> Response:
    who.must(Role.REVIEWER)
    data = file.file.read(MOST_ROSTER + 1)
    if len(data) > MOST_ROSTER:
        raise Refused("名录文件超过 20 MB，请只保留名录本身。")
    try:
        found = read_roster(data)
    except ReadingError as error:
        raise Refused(f"名录没有导入：{error}") from error
    with office.session() as session:
        season = season_of(session, number)
        added, changed = import_rows(session, who, season, found.rows)
        dates_changed(session, season)
        session.flush()
        lines = glance(session, who, season, today())
    return page(
        request,
        who,
        "roster.html",
        season=season,
        lines=lines,
        tab="roster",
        problems=found.problems,
        read=len(found.rows),
        added=added,
        changed=changed,
    )


@router.get("/roster-template.xlsx", summary="名录的空白模板（Excel）", response_class=Response)
def template(who: Who) -> Response:
    head = {"Content-Disposition": 'attachment; filename="roster-template.xlsx"'}
    return Response(roster_template(), media_type=XLSX, headers=head)


ENTRY = {
    "entry": "这个单位在看板上的一行",
    "findings": "逾期公开的问题，按检查报告的写法",
    "notices": "发给它的通知，新的在前",
    "others": "它在其他公开季的名录行",
}


@forms(router, "/entries/{number:int}", VERSIONS, ENTRY, summary="一个单位在本季的日期、各版文件和通知")
def entry(request: Request, office: Shop, who: Who, number: int) -> Response:
    """A body in a season: its dates, the versions it handed in, the notices it got."""
    with office.session() as session:
        found = entry_of(session, who, number)
        (line,) = board(session, who, found.season, today(), [number])
        whole = lines_of(office, session, who, found.season) if wants_data(request) else ()
        versions = session.scalars(
            select(Submission)
            .where(
                Submission.entry_id == number,
                Submission.part_of_id.is_(None),
                Submission.state != State.WITHDRAWN,
                visible_submissions(who),
            )
            .order_by(Submission.id.desc())
        ).all()
        notices = session.scalars(
            select(Notice).where(Notice.entry_id == number).order_by(Notice.id.desc())
        ).all()
        other = session.execute(
            select(Entry, Season)
            .join(Season)
            .where(Entry.body_id == found.body_id, Entry.id != number)
            .order_by(Season.fiscal_year.desc())
        ).all()
        season, name = found.season, found.body.name
        late = late_finding(found, today())
    rows = [
        {
            "id": s.id,
            "round": s.round,
            "name": s.name,
            "state": s.state,
            "draft": s.draft,
            "received_at": s.received_at,
            "who": s.who,
            "numbers": s.numbers,
            "proved": s.proved,
            "contradicted": s.contradicted,
        }
        for s in versions
    ]
    data = {
        "entry": rows_of([line], whole)[0],
        "findings": [_late(late)] if late else [],
        "notices": [
            {
                "id": n.id,
                "number": n.number,
                "due_on": n.due_on,
                "made_at": n.made_at,
                "who": n.who,
                "matters": len(n.matters),
            }
            for n in notices
        ],
        "others": [{"entry": e.id, "season": season_record(x)} for e, x in other],
    }
    return shown(
        request,
        who,
        "entry.html",
        data,
        rows,
        VERSIONS,
        name,
        line=line,
        late=late,
        season=season,
        versions=versions,
        notices=notices,
        other=other,
        tab="board",
    )


@router.post(
    "/entries/{number:int}", dependencies=[Guard], summary="修改一个单位的日期和公开网址", status_code=303
)
def save_entry(
    office: Shop,
    who: Who,
    number: int,
    approved_on: Annotated[str, Form()] = "",
    due_on: Annotated[str, Form()] = "",
    published_on: Annotated[str, Form()] = "",
    published_url: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
) -> Response:
    with office.session() as session:
        found = entry_of(session, who, number)
        change_entry(
            session,
            who,
            found,
            day_of(approved_on),
            day_of(due_on),
            day_of(published_on),
            published_url.strip(),
            contact.strip(),
        )
        session.flush()
        keep_up(session, [number], today())
    return said(f"/entries/{number}", "已保存。")


@router.post(
    "/entries/{number:int}/remove",
    dependencies=[Guard],
    summary="从名录里删除一个误加的单位",
    status_code=303,
)
def drop_entry(office: Shop, who: Who, number: int) -> Response:
    with office.session() as session:
        found = entry_of(session, who, number)
        season, name = found.season_id, found.body.name
        remove_entry(session, who, found)
    return said(f"/seasons/{season}/roster", f"{name} 已从名录里删除。")


def _late(finding: Issue) -> dict[str, object]:
    """Lateness as the report tells findings."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "basis": list(finding.basis),
    }
