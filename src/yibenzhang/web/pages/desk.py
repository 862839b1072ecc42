"""Work on many lines of the board at one go: who reviews them, by when, and reminders."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import APIRouter, Form, Query, Request, Response

from yibenzhang.drafting.parts import FontMissing
from yibenzhang.office import assigning, line_changes
from yibenzhang.office.access import NotHere, Refused, entry_of, season_of
from yibenzhang.office.lateness import today
from yibenzhang.office.models import Entry, Role
from yibenzhang.office.notice_docx import notice_docx
from yibenzhang.office.notice_pdf import notice_pdf
from yibenzhang.office.returning import setting
from yibenzhang.office.roster import glance
from yibenzhang.web.days import day_of
from yibenzhang.web.formats import forms, shown
from yibenzhang.web.pages.seasons import SEASON, said, season_record
from yibenzhang.web.security import Guard, Shop, Who

router = APIRouter(tags=["公开季和名录"])
COLUMNS = {"body": "单位", "made_at": "时间", "who": "催报人", "due_on": "期限", "text": "内容"}
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BOARD = {"status", "find", "reviewer", "late", "changed", "sort"}


@router.post(
    "/seasons/{number:int}/entries",
    dependencies=[Guard],
    summary="对选中的单位一并分派审核人（assign）、改最晚公开日期（due）或催报（remind）",
    status_code=303,
)
def change_entries(
    office: Shop,
    who: Who,
    number: int,
    act: Annotated[str, Form(max_length=10)] = "",
    entries: Annotated[list[int] | None, Form()] = None,
    reviewer: Annotated[str, Form(max_length=9)] = "",
    due: Annotated[str, Form(max_length=10)] = "",
    asked: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Assign, set the last day, or remind, for the lines chosen."""
    who.must(Role.REVIEWER)
    chosen, day = list(dict.fromkeys(entries or ())), day_of(due)
    back = _back(number, asked)
    with office.session() as session:
        season = season_of(session, number)
        if act == "assign":
            count = assigning.assign(session, who, season, chosen, int(reviewer) if reviewer.isdigit() else 0)
            return said(
                back,
                f"{count} 个单位已分派。" if reviewer not in ("", "0") else f"{count} 个单位已取消分派。",
            )
        if act == "due":
            count = assigning.set_due(session, who, season, chosen, day)
            return said(back, f"{count} 个单位的最晚公开日期已改。")
        if act != "remind":
            raise Refused("请选择要做什么：分派、改最晚公开，或催报。")
        if day is None:
            raise Refused("催报要填期限：在“日期”里写明请对方哪一天以前报送。")
        own = [entry_of(session, who, n).id for n in chosen]
        lines = glance(session, who, season, today(), own) if own else []
        done = assigning.remind(session, who, season, lines, day, today())
    left = (
        f"不欠材料、没有催的 {len(done.left)} 个：{'、'.join(done.left[:3])}{'等' if len(done.left) > 3 else ''}。"
        if done.left
        else ""
    )
    return said(f"/seasons/{number}/reminders", f"已写好 {done.count} 份催办函。{left}")


def _back(number: int, asked: str) -> str:
    """The board as it was looked at."""
    query = urlencode({k: v for k, v in parse_qsl(asked) if k in _BOARD})
    return f"/seasons/{number}" + (f"?{query}" if query else "")


@router.post(
    "/seasons/{number:int}/entries/undo",
    dependencies=[Guard],
    summary="撤销自己一天之内对一批单位的分派或改期，后来又改过的不动",
    status_code=303,
)
def undo_entries(
    office: Shop,
    who: Who,
    number: int,
    batch: Annotated[str, Form(max_length=32)] = "",
    asked: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    with office.session() as session:
        done = line_changes.take_back(session, who, season_of(session, number), batch)
    left = f"另有 {len(done.left)} 处没有动：{done.left[0]}" if done.left else ""
    return said(_back(number, asked), f"已撤销，{done.count} 个单位恢复原样。{left}")


@forms(
    router,
    "/seasons/{number:int}/reminders",
    COLUMNS,
    {"season": SEASON},
    summary="催报记录，新的在前",
)
def reminders(request: Request, office: Shop, who: Who, number: int) -> Response:
    with office.session() as session:
        season = season_of(session, number)
        found = assigning.reminders_of(session, who, season)
        names = {e.id: e.body.name for e in (session.get_one(Entry, n) for n in {r.entry_id for r in found})}
        seen: set[int] = set()
        rows = []
        for r in found:
            stated = {"made_at": r.made_at, "who": r.who, "due_on": r.due_on, "text": assigning.plain(r)}
            rows.append(
                {
                    "id": r.id,
                    "entry": r.entry_id,
                    "body": names[r.entry_id],
                    **stated,
                    "last": r.entry_id not in seen,
                }
            )
            seen.add(r.entry_id)
    data = {"season": season_record(season)}
    more = {} if request.url.path.endswith((".json", ".csv")) else {"season": season}
    return shown(
        request, who, "reminders.html", data | more, rows, COLUMNS, f"{season.name}催报", tab="board"
    )


@router.get(
    "/entries/{number:int}/reminder", summary="一个单位最近一份催办函，Word 或 PDF", response_class=Response
)
def letter(
    office: Shop, who: Who, number: int, kind: Annotated[str, Query(max_length=4)] = "docx"
) -> Response:
    """The last reminder of a line of the roster."""
    with office.session() as session:
        entry = entry_of(session, who, number)
        found = assigning.reminders_of(session, who, entry.season, number)
        if not found:
            raise NotHere
        body = entry.body.name
        notice = assigning.as_notice(found[0], body, setting(session, "office"))
    try:
        data = notice_pdf(notice) if kind == "pdf" else notice_docx(notice)
    except FontMissing as error:
        raise Refused(str(error)) from error
    ending = "pdf" if kind == "pdf" else "docx"
    whole = quote(f"催办函-{body}.{ending}", safe="")
    name = f"attachment; filename=\"reminder-{number}.{ending}\"; filename*=UTF-8''{whole}"
    return Response(
        data, media_type="application/pdf" if kind == "pdf" else _DOCX, headers={"Content-Disposition": name}
    )
