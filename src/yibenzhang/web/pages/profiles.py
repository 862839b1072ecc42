"""What a file was recognised as, put right by people; and what to do with one handed in by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, Refused, entry_of, submission_of, visible_entries
from yibenzhang.office.filling import against_the_file, stated
from yibenzhang.office.models import Entry, Submission
from yibenzhang.office.moving import move, seasons_for
from yibenzhang.office.naming import match
from yibenzhang.office.recording import corrected_profile
from yibenzhang.office.reviews import correct, may_judge, withdraw
from yibenzhang.office.roster import named
from yibenzhang.office.submissions import again
from yibenzhang.web.formats import forms, shown
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who, bearer
from yibenzhang.web.words import PROFILE

router = APIRouter(tags=["交文件"])
_RECOGNISED = {
    "name": "文件",
    "received_at": "交来时间",
    "state": "状态",
    **PROFILE,
    "corrected": "人工改正",
    "conflicts": "文件里自相矛盾的",
    "entry_body": "名录里的单位",
    "problem": "要确认的",
}
_CHOICES = {
    "submission": "文件编号",
    "likely": "最像的名录行的编号，没有为 null",
    "bodies": "可以选的名录行：编号、单位、主管部门",
}


@forms(
    router,
    "/submissions/{number:int}/profile",
    _RECOGNISED,
    _CHOICES,
    summary="一份文件识别为哪个单位、哪一年、预算还是决算，人工改正了什么",
)
def profile(request: Request, office: Shop, who: Who, number: int) -> Response:
    """The profile as recognised, to be put right."""
    with office.session() as session:
        return _profile(request, session, who, submission_of(session, who, number))


def _profile(
    request: Request,
    session: Session,
    who: Actor,
    found: Submission,
    filled: dict[str, Any] | None = None,
    doubts: Sequence[str] = (),
) -> Response:
    """The form, with what a person ``filled`` in where that is doubtful."""
    seen = set(session.scalars(select(Entry.id).where(visible_entries(who))))
    bodies = [n for n in named(session, found.season_id) if n.id in seen]
    p = corrected_profile(found)
    likely = found.entry_id or match(p.get("body") or "", p.get("level") or "", bodies).id
    corrected, season = found.corrected or {}, found.season
    row = {
        "name": found.name,
        "received_at": found.received_at,
        "state": found.state,
        **{k: p.get(k) for k in PROFILE},
        "corrected": [k for k in PROFILE if corrected.get(k)],
        "conflicts": list(p.get("conflicts") or ()),
        "entry": found.entry_id,
        "entry_body": next((n.name for n in bodies if n.id == found.entry_id), ""),
        "problem": found.problem,
    }
    choices = [{"id": n.id, "body": n.name, "department": n.parent} for n in bodies]
    data = {"submission": found.id, "likely": likely, "bodies": choices}
    f = {
        "entry": likely,
        "add": "",
        "year": p.get("fiscal_year") or season.fiscal_year,
        "stage": p.get("stage") or season.stage,
        "level": p.get("level") or "",
    }
    return shown(
        request,
        who,
        "profile.html",
        data,
        [row],
        _RECOGNISED,
        f"{found.name}的识别",
        s=found,
        p=p,
        said=stated(found),
        f=f | (filled or {}),
        doubts=doubts,
        season=season,
        bodies=bodies,
        seasons=seasons_for(session, found),
        tab="",
    )


@router.post(
    "/submissions/{number:int}/profile",
    dependencies=[Guard],
    summary="改正识别信息（单位、年度、阶段、级次），重新检查",
    status_code=303,
)
def save_profile(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    entry: Annotated[str, Form()] = "",
    add: Annotated[str, Form()] = "",
    year: Annotated[str, Form()] = "",
    stage: Annotated[str, Form()] = "",
    level: Annotated[str, Form()] = "",
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """Put the profile right. What contradicts the file is asked about first, unless ``sure`` is given."""
    given = _given(stage, level, year)
    line = int(entry) if entry.isdecimal() else None
    with office.session() as session:
        found = submission_of(session, who, number)
        may_judge(who, found)
        if who.outside:  # its own lines only: a doubt must not tell it the names of others
            line, add = entry_of(session, who, line).id if line else None, ""
        problems: list[str] = []
        if not sure:
            fiscal_year = given.get("fiscal_year")
            problems = against_the_file(session, found, line, add.strip(), fiscal_year, given["stage"])
        if problems:
            if bearer(request):
                raise Refused("".join(problems) + "没有保存；如果确实如此，请加上 sure=true 再提交。")
            filled = {"entry": line, "add": add.strip(), "year": year.strip(), "stage": stage, "level": level}
            return _profile(request, session, who, found, filled, problems)
        before, corrected = found.profile or {}, found.corrected or {}
        given = {k: v for k, v in given.items() if k in corrected or v != before.get(k)}
        correct(session, who, found, line, given, add.strip())
        season = found.season_id
    office.foreman.wake()
    return said(f"/seasons/{season}/hand-in", "已保存，正在按改正后的信息重新检查。")


def _given(stage: str, level: str, year: str) -> dict[str, Any]:
    """What a person stated of the profile; unknown words say nothing. Raises Refused where the year is none."""
    given: dict[str, Any] = {
        "stage": stage if stage in ("budget", "accounts") else "",
        "level": level if level in ("department", "unit") else "",
    }
    if year.strip():
        if not (year.isdecimal() and 2000 <= int(year) <= 2099):
            raise Refused("年度请写成四位数字。")
        given["fiscal_year"] = int(year)
    return given


@router.post(
    "/submissions/{number:int}/move",
    dependencies=[Guard],
    summary="把交错了季的文件移到另一季，在那里重新检查",
    status_code=303,
)
def move_submission(office: Shop, who: Who, number: int, season: Annotated[int, Form()]) -> Response:
    """Move a file to another season; who handed it in, when, and what was decided stay."""
    with office.session() as session:
        found = submission_of(session, who, number)
        known = move(session, office.ledger, who, found, season)
        name, target = found.name, found.season.name
    office.foreman.wake()
    if not known:
        return said(f"/submissions/{number}/profile", f"{name} 已移到“{target}”，请指定单位。")
    return said(f"/seasons/{season}/hand-in", f"{name} 已移到“{target}”，正在重新检查。")


@router.post(
    "/submissions/{number:int}/again", dependencies=[Guard], summary="重新检查一份文件", status_code=303
)
def check_again(office: Shop, who: Who, number: int) -> Response:
    with office.session() as session:
        found = submission_of(session, who, number)
        again(session, who, found)
        season = found.season_id
    office.foreman.wake()
    return said(f"/seasons/{season}/hand-in", "已排入队列，重新检查。")


@router.post(
    "/submissions/{number:int}/withdraw", dependencies=[Guard], summary="作废交错的文件", status_code=303
)
def withdraw_submission(office: Shop, who: Who, number: int) -> Response:
    with office.session() as session:
        found = submission_of(session, who, number)
        withdraw(session, who, found)
        season, name = found.season_id, found.name
    return said(f"/seasons/{season}/hand-in", f"{name} 已作废；原件和记录仍保留。")
