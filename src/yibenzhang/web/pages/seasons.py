"""Seasons and the board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from threading import Lock
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, season_of, visible_submissions
from yibenzhang.office.assigning import changed_since, last_visit
from yibenzhang.office.lateness import today
from yibenzhang.office.line_changes import last_change
from yibenzhang.office.models import Role, Season, State, Submission, User
from yibenzhang.office.roster import STATUS, Brief, Line, counted, glance, statuses
from yibenzhang.office.roster_changes import new_season
from yibenzhang.office.seasons import change_season, close_season, reopen_season
from yibenzhang.office.spreadsheets import write_sheet
from yibenzhang.office.submissions import outdated, recheck
from yibenzhang.web.boarding import Asked, noting, sifted
from yibenzhang.web.formats import environment, forms, shown, wants_data
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office
from yibenzhang.web.words import LEVEL, VERDICT, cells

router = APIRouter(tags=["公开季和名录"])
LINES = 200
"""Lines of the board on a page."""
_TURNS = tuple(Lock() for _ in range(16))
MOST_BOARDS = 64
"""Boards of one turn that stay in memory, of some hundred kilobytes for a thousand bodies."""
SAID = "X-Said"
"""Within the server: this answer leads to a page that says something, and is to be marked as ours."""
COLUMNS = {
    "body": "单位",
    "code": "编码",
    "level_name": "级次",
    "department": "主管部门",
    "status_name": "状态",
    "approved_on": "批复日期",
    "due_on": "最晚公开",
    "published_on": "实际公开",
    "late": "逾期天数",
    "lateness_name": "逾期的处理",
    "published_url": "公开网址",
    "round": "版次",
    "errors": "错误",
    "warnings": "疑问",
    "undecided": "未处理",
    "reviewer": "审核人",
    "unchecked": "未能核对",
    "numbers": "数字",
    "proved": "已印证",
    "contact": "联系人",
    "problem": "说明",
    "extent": "核对了多少",
}
_ABOUT = {
    "name": "公开季",
    "fiscal_year": "年度",
    "stage": "内容",
    "days": "公开天数",
    "closed_at": "结束时间",
}
SEASONS = {**_ABOUT, "bodies": "单位", **STATUS}
SETTINGS = {**_ABOUT, "closed_by": "结束人", "bodies": "单位"}
SEASON = "公开季：编号、名称、年度、budget 预算或 accounts 决算、公开天数、何时由谁结束"
LATENESS = {verdict or "open": words for verdict, words in VERDICT.items()}
"""What people made of a file's being late."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def said(path: str, words: str) -> RedirectResponse:
    """Go to a page that says what was done."""
    where = f"{path}{'&' if '?' in path else '?'}{urlencode({'said': words})}"
    return RedirectResponse(where, 303, {SAID: "yes"})


@router.get("/", include_in_schema=False)
def home(request: Request, office: Shop, who: Who) -> Response:
    with office.session() as session:
        asked = select(Season).order_by(
            Season.closed_at.is_not(None), Season.id.desc()
        )  # one that is open first
        last = session.scalars(asked).first()
    query = f"?{request.url.query}" if request.query_params.get("said") else ""
    return RedirectResponse(f"/seasons/{last.id}{query}" if last else f"/seasons{query}", 303)


@forms(router, "/seasons", SEASONS, summary="公开季，新的在前，每种状态有几个单位")
def seasons(request: Request, office: Shop, who: Who) -> Response:
    """The seasons, newest first."""
    with office.session() as session:
        found = session.scalars(select(Season).order_by(Season.fiscal_year.desc(), Season.id.desc())).all()
        rows = []
        counts = statuses(session, who, today())
        for s in found:
            count = counts.get(s.id, Counter())
            rows.append(
                {
                    "id": s.id,
                    "name": s.name,
                    "fiscal_year": s.fiscal_year,
                    "stage": s.stage,
                    "days": s.days,
                    "closed_at": s.closed_at,
                    "bodies": sum(count.values()),
                    **{k: count[k] for k in STATUS},
                }
            )
    return shown(request, who, "seasons.html", {}, rows, SEASONS, "公开季", tab="seasons", year=today().year)


@router.post("/seasons", dependencies=[Guard], summary="建立公开季", status_code=303)
def make_season(
    office: Shop,
    who: Who,
    year: Annotated[int, Form()],
    stage: Annotated[str, Form()],
    name: Annotated[str, Form()] = "",
    days: Annotated[int, Form()] = 20,
) -> Response:
    with office.session() as session:
        season = new_season(session, who, name, year, stage, days)
        number = season.id
    return said(f"/seasons/{number}/roster", "公开季已建立，请导入名录。")


def season_record(season: Season) -> dict[str, object]:
    """A season as every .json tells it."""
    return {
        "id": season.id,
        "name": season.name,
        "fiscal_year": season.fiscal_year,
        "stage": season.stage,
        "days": season.days,
        "closed_at": season.closed_at,
        "closed_by": season.closed_by,
    }


@forms(
    router,
    "/seasons/{number:int}/settings",
    SETTINGS,
    {"season": SEASON},
    summary="一季的名称、公开天数，是否已结束（负责人）",
)
def settings(request: Request, office: Shop, who: Who, number: int) -> Response:
    who.must(Role.HEAD)
    with office.session() as session:
        season = season_of(session, number)
        count = sum(statuses(session, who, today()).get(number, Counter()).values())
    data = season_record(season)
    return shown(
        request,
        who,
        "season.html",
        {},
        [{**data, "bodies": count}],
        SETTINGS,
        f"{season.name}的设置",
        season=season,
        bodies=count,
        tab="settings",
    )


@router.post(
    "/seasons/{number:int}/settings",
    dependencies=[Guard],
    summary="修改公开季的名称和公开天数",
    status_code=303,
)
def save_settings(
    office: Shop, who: Who, number: int, name: Annotated[str, Form()], days: Annotated[int, Form()]
) -> Response:
    with office.session() as session:
        moved = change_season(session, who, season_of(session, number), name, days)
    words = f"已保存；{moved} 个单位的最晚公开日期按批复后 {days} 天重新算过。" if moved else "已保存。"
    return said(f"/seasons/{number}/settings", words)


@router.post(
    "/seasons/{number:int}/close",
    dependencies=[Guard],
    summary="结束一个公开季；undo 为 true 时重新打开",
    status_code=303,
)
def end_season(office: Shop, who: Who, number: int, undo: Annotated[bool, Form()] = False) -> Response:
    """End a season: everything can be read, nothing handed in or decided. With ``undo`` it is opened again."""
    with office.session() as session:
        season = season_of(session, number)
        (reopen_season if undo else close_season)(session, who, season)
    return said(f"/seasons/{number}/settings", "这一季已重新打开。" if undo else "这一季已结束，只能查看。")


def rows_of(lines: Sequence[Line], whole: Sequence[Brief]) -> list[dict[str, object]]:
    """Lines as rows of a table; ``whole`` is the board they are from, which knows the departments of units."""
    names = {x.entry: x.body for x in whole}
    return [
        asdict(x)
        | {
            "status_name": STATUS[x.status],
            "lateness_name": LATENESS.get(x.lateness, ""),
            "level_name": LEVEL.get(x.level, ""),
            "department": names.get(x.parent or 0, ""),
        }
        for x in lines
    ]


@lru_cache(maxsize=20_000)
def _line(line: Line, season: int, picks: bool, outside: bool, closed: bool, fresh: bool) -> Markup:
    """A line of the board. Most lines are as they were the last time somebody looked."""
    made = environment.get_template("board_line.html")
    return Markup(
        made.render(
            latenesses=LATENESS,
            x=line,
            season=season,
            picks=picks,
            outside=outside,
            closed=closed,
            fresh=fresh,
        )
    )


def lines_of(office: Office, session: Session, who: Actor, season: Season) -> list[Brief]:
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


BOARD = {
    "season": SEASON,
    "counts": "每种状态有几个单位",
    "bodies": "单位数",
    "late": "逾期的单位数",
    "outdated": "用旧版程序或标准检查的文件数",
    "asking": "还没有归到单位名下的文件（最新的 50 份）：编号、文件名、状态",
}


@forms(router, "/seasons/{number:int}", COLUMNS, BOARD, summary="看板：每个单位交没交、是否逾期、查得怎样")
def season_board(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    status: str = "",
    find: Annotated[str, Query(max_length=80)] = "",
    part: Annotated[int, Query(ge=0, le=100_000)] = 1,
    reviewer: Annotated[str, Query(max_length=9)] = "",
    late: bool = False,
    changed: bool = False,
    sort: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Who has handed in, who is missing or late, what is being checked, reviewed, returned, clean."""
    asked = Asked(status, find, reviewer, late, changed, sort)
    with office.session() as session:
        season = season_of(session, number)
        as_data = wants_data(request)
        since, anew = (None, False) if as_data else last_visit(session, who, season)
        fresh = frozenset(changed_since(session, who, season, since) if since else ())
        lines = lines_of(office, session, who, season)
        count = Counter(line.status for line in lines)
        wanted = sifted(session, lines, asked, fresh)
        old = 0 if who.outside or season.closed_at else outdated(session, season, office.version)
        if as_data or not part or len(wanted) <= LINES:
            pages, part = 0, 0
            found = counted(session, wanted)
        else:
            pages = -(-len(wanted) // LINES)
            part = min(part, pages)
            found = counted(session, wanted[(part - 1) * LINES : part * LINES])
        people = [] if who.outside else reviewers(session)
        asking = session.execute(
            select(Submission.id, Submission.name, Submission.state)
            .where(
                Submission.season_id == number,
                Submission.entry_id.is_(None),
                Submission.part_of_id.is_(None),
                Submission.state.in_((State.ASKING, State.UNREADABLE)),
                visible_submissions(who),
            )
            .order_by(Submission.id.desc())
            .limit(50)
        ).all()
        closed = season.closed_at is not None
        picks = who.may(Role.REVIEWER) and not closed
        change = last_change(session, who, number) if picks and not as_data else None
    data = {
        "season": season_record(season),
        "counts": {k: count[k] for k in STATUS},
        "bodies": len(lines),
        "late": sum(x.late > 0 for x in lines),
        "outdated": old,
        "asking": [{"id": s.id, "name": s.name, "state": s.state} for s in asking],
    }
    answer = shown(
        request,
        who,
        "board.html",
        data,
        rows_of(found, lines) if as_data else (),
        COLUMNS,
        f"{season.name}看板",
        pages=pages,
        part=part,
        wanted=len(wanted),
        lines=Markup(
            "".join([_line(x, season.id, picks, who.outside, closed, x.entry in fresh) for x in found])
        ),
        asked=asked,
        since=since,
        fresh=len(fresh),
        picks=picks,
        change=change,
        reviewers=people,
        status=status,
        find=find,
        old=old,
        tab="board",
        season=season,
        today=today(),
    )
    answer.background = noting(office, who, number) if anew else None
    return answer


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
    office: Shop,
    who: Who,
    number: int,
    status: str = "",
    find: Annotated[str, Query(max_length=80)] = "",
    reviewer: Annotated[str, Query(max_length=9)] = "",
    late: bool = False,
    sort: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The board as an Excel file."""
    asked = Asked(status, find, reviewer, late, False, sort)
    with office.session() as session:
        season = season_of(session, number)
        lines = lines_of(office, session, who, season)
        rows = rows_of(counted(session, sifted(session, lines, asked, frozenset())), lines)
    data = write_sheet(season.name, list(COLUMNS.values()), (cells(r, COLUMNS) for r in rows))
    return Response(
        data, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="board-{number}.xlsx"'}
    )


def reviewers(session: Session) -> list[tuple[int, str]]:
    """Who may review, by number and name."""
    asked = select(User.id, User.shown, User.name).where(User.role != Role.DEPARTMENT, User.active)
    return [(n, shown or name) for n, shown, name in session.execute(asked.order_by(User.name))]
