"""Seasons, their rosters and the board."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from threading import Lock
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.findings import Finding
from yibenzhang.office.access import Actor, Refused, entry_of, season_of, visible_submissions
from yibenzhang.office.deadlines import told_late
from yibenzhang.office.models import Entry, Notice, Role, Season, State, Submission
from yibenzhang.office.roster import (
    STAGE,
    STATUS,
    Brief,
    Line,
    board,
    change_entry,
    counted,
    glance,
    import_rows,
    new_season,
    remove_entry,
    statuses,
)
from yibenzhang.office.roster_files import read_roster, roster_template
from yibenzhang.office.spreadsheets import write_sheet
from yibenzhang.office.submissions import outdated, recheck
from yibenzhang.reading import ReadingError
from yibenzhang.standards import load
from yibenzhang.web.formats import LEVEL, environment, forms, page, shown
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["公开季和名录"])
LINES = 200
"""Lines of the board on a page."""
_TURNS = tuple(Lock() for _ in range(16))
MOST_BOARDS = 64
"""Boards of one turn that stay in memory, of some hundred kilobytes for a thousand bodies."""
MOST_ROSTER = 20 * 1024 * 1024
COLUMNS = {
    "body": "单位", "code": "编码", "level_name": "级次", "department": "主管部门", "status_name": "状态", "approved_on": "批复日期",
    "due_on": "最晚公开", "published_on": "实际公开", "late": "逾期天数", "published_url": "公开网址", "round": "版次", "errors": "错误",
    "warnings": "疑问", "unchecked": "未能核对", "numbers": "数字", "proved": "已印证", "contact": "联系人", "problem": "说明",
}  # fmt: skip
VERSIONS = {
    "round": "版次", "name": "文件", "state": "状态", "draft": "自查", "received_at": "交来时间", "who": "交件人",
    "numbers": "数字", "proved": "已印证", "contradicted": "有矛盾",
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def today() -> date:
    """The day in China."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def said(path: str, words: str) -> RedirectResponse:
    """Go to a page that says what was done."""
    from urllib.parse import urlencode

    return RedirectResponse(f"{path}{'&' if '?' in path else '?'}{urlencode({'said': words})}", 303)


@router.get("/", include_in_schema=False)
def home(office: Shop, who: Who) -> Response:
    with office.session() as session:
        last = session.scalars(select(Season).order_by(Season.id.desc())).first()
    return RedirectResponse(f"/seasons/{last.id}" if last else "/seasons", 303)


@forms(router, "/seasons", summary="公开季，新的在前，每种状态有几个单位")
def seasons(request: Request, office: Shop, who: Who) -> Response:
    """The seasons, newest first."""
    with office.session() as session:
        found = session.scalars(select(Season).order_by(Season.fiscal_year.desc(), Season.id.desc())).all()
        rows = []
        counts = statuses(session, who, today())
        for s in found:
            count = counts.get(s.id, Counter())
            rows.append({"id": s.id, "name": s.name, "fiscal_year": s.fiscal_year, "stage": s.stage, "days": s.days,
                "bodies": sum(count.values()), **{k: count[k] for k in STATUS}})  # fmt: skip
    columns = {
        "name": "公开季",
        "fiscal_year": "年度",
        "stage": "内容",
        "days": "公开天数",
        "bodies": "单位",
        **STATUS,
    }
    return shown(request, who, "seasons.html", {}, rows, columns, tab="seasons", year=today().year)


@router.post("/seasons", dependencies=[Guard], summary="建立公开季", status_code=303)
def make_season(
    office: Shop, who: Who, year: Annotated[int, Form()], stage: Annotated[str, Form()],
    name: Annotated[str, Form()] = "", days: Annotated[int, Form()] = 20,
) -> Response:  # fmt: skip
    with office.session() as session:
        season = new_season(session, who, name, year, stage, days)
        number = season.id
    return said(f"/seasons/{number}/roster", "公开季已建立，请导入名录。")


def _rows(lines: list[Line]) -> list[dict[str, object]]:
    names = {x.entry: x.body for x in lines}
    return [
        asdict(x) | {"status_name": STATUS[x.status], "level_name": LEVEL.get(x.level, ""), "department": names.get(x.parent or 0, "")}
        for x in lines
    ]  # fmt: skip


@lru_cache(maxsize=20_000)
def _line(line: Line, season: int, outside: bool) -> Markup:
    """A line of the board. Most lines are as they were the last time somebody looked."""
    return Markup(environment.get_template("board_line.html").render(x=line, season=season, outside=outside))


def _wanted(lines: list[Brief], status: str, find: str) -> list[Brief]:
    words = find.strip()
    if not status and not words:
        return lines
    return [x for x in lines if status in ("", x.status) and (words in x.body or words in x.code)]


def _glance(office: Office, session: Session, who: Actor, season: Season) -> list[Brief]:
    """The board in short, worked out once a turn of the database for all who see the same of it."""
    turn = office.database.turn
    if turn < 0:
        return glance(session, who, season, today())
    day, boards = today(), office.boards_of(turn)
    key = (season.id, who.body_id if who.outside else None, who.outside, day)
    found = boards.get(key)
    if found is None:
        with _TURNS[hash(key) % len(_TURNS)]:  # when a turn begins many ask at once: one works it out for all
            found = boards.get(key)
            if found is None:
                found = glance(session, who, season, day)
                if len(boards) >= MOST_BOARDS:
                    boards.clear()
                boards[key] = found
    return found


@forms(router, "/seasons/{number:int}", summary="看板：每个单位交没交、是否逾期、查得怎样")
def season_board(
    request: Request, office: Shop, who: Who, number: int, status: str = "", find: Annotated[str, Query(max_length=80)] = "",
    part: Annotated[int, Query(ge=0, le=100_000)] = 1,
) -> Response:  # fmt: skip
    """Who has handed in, who is missing or late, what is being checked, reviewed, returned, clean."""
    with office.session() as session:
        season = season_of(session, number)
        lines = _glance(office, session, who, season)
        count = Counter(line.status for line in lines)
        wanted = _wanted(lines, status, find)
        old = outdated(session, season, office.version) if not who.outside else 0
        told = request.url.path.endswith((".json", ".csv"))
        if told or not part or len(wanted) <= LINES:
            pages, part = 0, 0
            found = counted(session, wanted)
        else:
            pages = -(-len(wanted) // LINES)
            part = min(part, pages)
            found = counted(session, wanted[(part - 1) * LINES : part * LINES])
        asking = session.execute(
            select(Submission.id, Submission.name)
            .where(Submission.season_id == number, Submission.entry_id.is_(None), Submission.part_of_id.is_(None),
                   Submission.state.in_((State.ASKING, State.UNREADABLE)), visible_submissions(who))
            .order_by(Submission.id.desc()).limit(50)
        ).all()  # fmt: skip
    data = {"season": {"id": season.id, "name": season.name, "fiscal_year": season.fiscal_year, "stage": season.stage},
        "counts": {k: count[k] for k in STATUS}, "bodies": len(lines), "late": sum(x.late > 0 for x in lines)}  # fmt: skip
    return shown(
        request, who, "board.html", data, _rows(found) if told else (), COLUMNS, pages=pages, part=part, wanted=len(wanted),
        lines=Markup("".join([_line(x, season.id, who.outside) for x in found])), status=status, find=find, asking=asking, old=old,
        tab="board", today=today(),
    )  # fmt: skip


@router.post(
    "/seasons/{number:int}/recheck",
    dependencies=[Guard],
    summary="按现在的程序和标准重新检查旧版查过的文件",
    status_code=303,
)
def recheck_season(office: Shop, who: Who, number: int) -> Response:
    """Check the current versions again that were last checked with an older program or older standards."""
    with office.session() as session:
        count = recheck(session, who, season_of(session, number), office.version)
    office.foreman.wake()
    words = f"{count} 份文件已排入队列，按现在的程序和标准重新检查。" if count else "没有要重新检查的文件。"
    return said(f"/seasons/{number}", words)


@router.get("/seasons/{number:int}/board.xlsx", summary="看板的 Excel 文件", response_class=Response)
def board_sheet(
    office: Shop, who: Who, number: int, status: str = "", find: Annotated[str, Query(max_length=80)] = ""
) -> Response:
    """The board as an Excel file."""
    with office.session() as session:
        season = season_of(session, number)
        rows = _rows(counted(session, _wanted(_glance(office, session, who, season), status, find)))
    lines = [[r.get(k) for k in COLUMNS] for r in rows]
    data = write_sheet(season.name, list(COLUMNS.values()), lines)
    return Response(
        data, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="board-{number}.xlsx"'}
    )


@router.get("/seasons/{number:int}/roster", include_in_schema=False)
def roster(request: Request, office: Shop, who: Who, number: int) -> Response:
    who.must(Role.REVIEWER)
    with office.session() as session:
        season = season_of(session, number)
        lines = _glance(office, session, who, season)
    return page(request, who, "roster.html", season=season, lines=lines, tab="roster", problems=(), read=0)


@router.post(
    "/seasons/{number:int}/roster",
    dependencies=[Guard],
    summary="导入名录（.xlsx、.xls 或 CSV）",
    response_class=Response,
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
        session.flush()
        lines = glance(session, who, season, today())
    return page(
        request, who, "roster.html", season=season, lines=lines, tab="roster", problems=found.problems,
        read=len(found.rows), added=added, changed=changed,
    )  # fmt: skip


@router.get("/roster-template.xlsx", include_in_schema=False)
def template(who: Who) -> Response:
    head = {"Content-Disposition": 'attachment; filename="roster-template.xlsx"'}
    return Response(roster_template(), media_type=XLSX, headers=head)


@forms(router, "/entries/{number:int}", summary="一个单位在本季的日期、各版文件和通知")
def entry(request: Request, office: Shop, who: Who, number: int) -> Response:
    """A body in a season: its dates, the versions it handed in, the notices it got."""
    with office.session() as session:
        found = entry_of(session, who, number)
        (line,) = board(session, who, found.season, today(), [number])
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
            select(Entry, Season).join(Season).where(Entry.body_id == found.body_id, Entry.id != number).order_by(Season.fiscal_year.desc())
        ).all()  # fmt: skip
        season = found.season
        name = f"{found.body.name}{season.fiscal_year}年{LEVEL.get(found.body.level) or '部门'}{STAGE[season.stage]}"
        late = told_late(name, found.due_on, found.published_on, today(), load())
    rows = [
        {"id": s.id, "round": s.round, "name": s.name, "state": s.state, "draft": s.draft, "received_at": s.received_at, "who": s.who,
         "numbers": s.numbers, "proved": s.proved, "contradicted": s.contradicted} for s in versions
    ]  # fmt: skip
    return shown(
        request, who, "entry.html", {"entry": _rows([line])[0], "findings": [_late(late)] if late else []}, rows, VERSIONS,
        line=line, late=late, season=season, versions=versions, notices=notices, other=other, tab="board",
    )  # fmt: skip


@router.post(
    "/entries/{number:int}", dependencies=[Guard], summary="修改一个单位的日期和公开网址", status_code=303
)
def save_entry(
    office: Shop, who: Who, number: int, approved_on: Annotated[str, Form()] = "", due_on: Annotated[str, Form()] = "",
    published_on: Annotated[str, Form()] = "", published_url: Annotated[str, Form()] = "", contact: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
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


def _late(finding: Finding) -> dict[str, object]:
    """Lateness as the report tells findings."""
    return {"id": finding.id, "rule": finding.rule, "severity": finding.severity.value, "message": finding.message,
        "basis": list(finding.basis)}  # fmt: skip


def day_of(text: str) -> date | None:
    """A day as a form gives it, or None. Raises Refused."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused("日期请写成 2026-02-10 的形式。") from error
