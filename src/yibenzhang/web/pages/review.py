"""Reviewing a submission: its pages with every number coloured, its findings, and what people decide about them."""

from __future__ import annotations

from asyncio import wrap_future
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from sqlalchemy import Row, select
from sqlalchemy.orm import joinedload

from yibenzhang.model.leaves import Leaf
from yibenzhang.office.access import Actor, NotHere, Refused, submission_columns, submission_of
from yibenzhang.office.lateness import judged_with
from yibenzhang.office.models import Entry, Matter, State, Submission
from yibenzhang.office.recording import corrected_profile
from yibenzhang.office.returning import changes
from yibenzhang.office.reviews import (
    accept,
    add_defect,
    decide,
    following_of,
    matter_of,
    matters_of,
    tick,
    ticks_of,
    unaccept,
    version_of,
)
from yibenzhang.reading import ReadingError
from yibenzhang.showing.pictures import drawn
from yibenzhang.showing.view import ViewFile
from yibenzhang.web.formats import forms, page, shown, wants_data
from yibenzhang.web.matters import card_of, families, grouped, late_confirmed, matter_records, standing_of
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office
from yibenzhang.web.views import NUMBERS, RELATIONS, leafname, numbers_of, spots_of, words_in

router = APIRouter(tags=["审核"])
COLUMNS = {
    "severity_name": "程度",
    "rule_name": "规则",
    "message": "问题",
    "place": "位置",
    "reported": "印为",
    "expected": "应为",
    "unit": "单位",
    "verdict_name": "处理",
    "reason": "理由",
    "decided_by": "处理人",
    "decided_at": "处理时间",
    "rule": "规则编号",
}
SHOWN_WITH = (joinedload(Submission.entry).joinedload(Entry.body), joinedload(Submission.season))
"""What the review page shows beside a submission, in the same statement."""
REASONS = ("读取有误，原文没有问题", "原文有说明，不是错误", "不适用于本单位", "已与单位核实无误")
_SUBMISSION = {
    "submission": "文件：编号、文件名、校验值、状态、版次、是否自查稿、交来和检查的时间、说明",
    "report": "完整的检查报告，按 yibenzhang/report/2；没有查出来的为 null",
}


@forms(
    router,
    "/submissions/{number:int}",
    COLUMNS,
    _SUBMISSION,
    summary="一份文件的问题和处理；.json 含完整的检查报告",
)
def submission(request: Request, office: Shop, who: Who, number: int) -> Response:
    """A submission with its findings and decisions; .json holds the whole report by the contract
    ``yibenzhang/report/2``."""
    as_data = wants_data(request)
    with office.session() as session:
        s = submission_of(session, who, number, *SHOWN_WITH)
        if s.part_of_id:
            s = submission_of(session, who, s.part_of_id, *SHOWN_WITH)
        matters = matters_of(session, s, brief=not as_data)
        ticks = ticks_of(session, s)
        entry = s.entry
        newer = session.execute(
            select(Submission.id, Submission.round)
            .where(Submission.before_id == s.id, Submission.state != State.WITHDRAWN)
            .order_by(Submission.id)
            .limit(1)
        ).first()
        following, turned = following_of(session, who, s), changes(session, s)
    if as_data:
        return _data(request, office, who, s, matters, entry.body.name if entry else "")
    if s.checked_at is None:
        raise Refused(s.problem or "这份文件还没有检查完，请稍后再看。")
    view = office.views.outline(s)
    findings = {f.id: f for f in view.findings}
    spots = spots_of(view)
    put_right = [
        m for m in matters if m.gone and m.entry_id is not None and not m.decisions
    ]  # a date was wrong
    cards = [card_of(m, findings, spots) for m in matters if m not in put_right]
    standing = standing_of(matters)
    return page(
        request,
        who,
        "review.html",
        s=s,
        season=s.season,
        view=view,
        cards=cards,
        ticks=ticks,
        entry=entry,
        body=entry.body.name if entry else "",
        p=corrected_profile(s),
        newer=newer,
        following=following,
        standing=standing,
        reasons=REASONS,
        tab="review",
        unchecked=grouped(view),
        turned=turned,
        late=late_confirmed(matters),
        judges=judges_of(who, s),
        State=State,
        sisters="",
        families=families(cards),
    )


def judges_of(who: Actor, s: Submission) -> bool:
    """True where the person may decide about this version now."""
    judges = s.draft or not who.outside
    return judges and s.season.closed_at is None and s.state in (State.REVIEW, State.RETURNED, State.CLEAN)


def _data(
    request: Request, office: Office, who: Actor, s: Submission, matters: list[Matter], body: str
) -> Response:
    try:
        report = office.views.report(s, s.name)
    except (NotHere, Refused):  # not checked, or by a version that is not read any more
        report = None
    data = {
        "submission": {
            "id": s.id,
            "name": s.name,
            "sha256": s.sha256,
            "state": s.state,
            "round": s.round,
            "draft": s.draft,
            "received_at": s.received_at,
            "checked_at": s.checked_at,
            "problem": s.problem or None,
        },
        "report": report,
    }
    rows = matter_records(office, s, matters)
    return shown(request, who, "", data, rows, COLUMNS, f"{body or s.name}第{s.round}版的问题")


def shelved(office: Office, who: Actor, number: int) -> Row[Any]:
    """So much of a submission as its leaves need."""
    with office.session() as session:
        return submission_columns(
            session, who, number, Submission.id, Submission.name, Submission.receipt, Submission.checked_at
        )


@forms(
    router,
    "/submissions/{number:int}/leaves/{leaf:int}",
    NUMBERS,
    {"leaf": "这一页：种类、尺寸（点）、印的文字或段落和表格"} | RELATIONS,
    "numbers",
    summary="一页上的数字和核对结果",
)
def leaf_page(request: Request, office: Shop, who: Who, number: int, leaf: int) -> Response:
    """One page of the file with its numbers marked."""
    s = shelved(office, who, number)
    view, found = office.views.leaf(s, leaf)
    rows, relations = (
        numbers_of(view, office.views.numbers(s), leaf=leaf) if wants_data(request) else ((), ())
    )
    data = {"leaf": found, "relations": relations}
    picture = drawn(found) if found.kind == "drawn" else ""
    answer = shown(
        request,
        who,
        "leaf.html",
        data,
        rows,
        NUMBERS,
        f"{s.name}{leafname(found)}的数字",
        "numbers",
        s=s,
        picture=picture,
    )
    answer.headers["Cache-Control"], answer.headers["Vary"] = "private, max-age=60", "Cookie"
    return answer


@router.get("/submissions/{number:int}/leaves/{leaf:int}.png", summary="一页的图像", response_class=Response)
async def leaf_picture(
    office: Shop, who: Who, number: int, leaf: int, width: Annotated[int, Query(ge=200, le=2400)] = 1400
) -> Response:
    """The picture of a page as it was read."""

    def look() -> tuple[ViewFile, Leaf, bytes | None]:
        view = office.views.outline(shelved(office, who, number))
        if not 1 <= leaf <= len(view.leaves) or view.leaves[leaf - 1].kind != "picture":
            raise NotHere
        found = view.leaves[leaf - 1]
        file = view.files[found.file]
        return file, found, office.pictures.kept(file.sha256, found, width)

    file, found, data = await run_in_threadpool(look)
    if data is None:  # while it is drawn other pages keep their threads
        try:
            data = await wrap_future(office.pictures.soon(file.sha256, file.kind, found, width))
        except ReadingError as error:
            raise Refused(str(error)) from error
    return Response(
        data, media_type="image/png", headers={"Cache-Control": "private, max-age=86400", "Vary": "Cookie"}
    )


@router.get(
    "/submissions/{number:int}/leaves/{leaf:int}/words", summary="一页上方框内印的文字（坐标单位：点）"
)
def leaf_words(
    office: Shop, who: Who, number: int, leaf: int, x0: float, top: float, x1: float, bottom: float
) -> dict[str, str]:
    """The words printed in a box on a page (points)."""
    _, found = office.views.leaf(shelved(office, who, number), leaf)
    return {"text": words_in(found, (x0, top, x1, bottom))}


@router.post(
    "/matters/{number:int}/decisions",
    dependencies=[Guard],
    summary="处理一个问题：confirmed、dismissed（要写理由）、solved 或 reopened",
    response_class=HTMLResponse,
    response_description="处理后的这个问题（网页的一段）",
)
def make_decision(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    verdict: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Decide about a finding: verdict confirmed, dismissed (with a reason), solved or reopened."""
    with office.session() as session:
        matter = matter_of(session, who, number)
        office.views.outline(version_of(session, matter))  # what cannot be shown afterwards is not decided
        decide(session, who, matter, verdict, reason)
    return _answered(request, office, who, number)


def _answered(request: Request, office: Office, who: Actor, number: int) -> Response:
    """The matter as it stands now, and what hangs on it. Asked after the decision is committed: while a page is made
    nobody should wait to write."""
    with office.session() as session:
        matter = matter_of(session, who, number, decisions=True)
        s = version_of(session, matter)
        brief = select(Matter.gone, Matter.verdict, Matter.severity, Matter.entry_id)
        all_ = session.execute(brief.where(judged_with(s))).all()
        ticks = ticks_of(session, s)
        following = following_of(session, who, s)
    view = office.views.outline(s)
    one = replace(view, findings=tuple(f for f in view.findings if f.id == matter.finding))
    card = card_of(matter, {f.id: f for f in one.findings}, spots_of(one))
    return page(
        request,
        who,
        "decided.html",
        card=card,
        ticks=ticks,
        s=s,
        standing=standing_of(all_),
        judges=judges_of(who, s),
        State=State,
        reasons=REASONS,
        view=view,
        late=late_confirmed(all_),
        following=following,
    )


@router.post(
    "/submissions/{number:int}/defects",
    dependencies=[Guard],
    summary="补记一个程序没有发现的问题",
    response_class=HTMLResponse,
    response_description="补记的问题（网页的一段）",
)
def make_defect(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    words: Annotated[str, Form()],
    severity: Annotated[str, Form()],
    leaf: Annotated[int, Form(ge=0)] = 0,
    box: Annotated[str, Form(max_length=100)] = "",
    key: Annotated[str, Form(max_length=300)] = "",
    text: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Add a defect the program missed; ``box`` is "x0,top,x1,bottom" in points on the page."""
    with office.session() as session:
        s = submission_of(session, who, number)
        view = office.views.outline(s)
        if leaf > len(view.leaves):
            raise Refused("没有这一页。")
        at = _box(box, view.leaves[leaf - 1] if leaf else None)
        known = bool(key) and office.views.numbers(s).get(key) is not None
        spot = {"box": at, "key": key if known else "", "text": text}
        added = add_defect(session, who, s, severity, words, leaf, spot).id
    return _answered(request, office, who, added)


def _box(text: str, leaf: Leaf | None) -> list[float] | None:
    """The part of a marked box that lies on its page; None without one. Raises Refused."""
    if not text or leaf is None or not leaf.width:
        return None
    try:
        x0, top, x1, bottom = (float(x) for x in text.split(","))
    except ValueError as error:
        raise Refused("标记的位置不对，请在页面上重新框选。") from error
    left, right = sorted((x0, x1))
    above, below = sorted((top, bottom))
    if not (left < leaf.width and above < leaf.height and right > 0 and below > 0):
        raise Refused("标记的位置不在这一页上，请重新框选。")
    box = (max(left, 0), max(above, 0), min(right, leaf.width), min(below, leaf.height))
    return [round(x, 1) for x in box]


@router.post(
    "/submissions/{number:int}/ticks",
    dependencies=[Guard],
    summary="记下未能核对的一项已由人看过",
    response_class=HTMLResponse,
    response_description="这一项（网页的一段）",
)
def make_tick(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    key: Annotated[str, Form(max_length=64)],
    done: Annotated[bool, Form()] = False,
    words: Annotated[str, Form()] = "",
) -> Response:
    """Note that a person looked at something that could not be checked."""
    with office.session() as session:
        s = submission_of(session, who, number)
        view = office.views.outline(s)
        item = next((u for u in view.unchecked if u.key == key), None)
        if item is None:
            raise NotHere
        tick(session, who, s, key, done, words, item.name)
        session.flush()
        _ = s.season
        ticks = ticks_of(session, s)
        matters = matters_of(session, s)
        standing, late = standing_of(matters), late_confirmed(matters)
        following = following_of(session, who, s)
    return page(
        request,
        who,
        "tick.html",
        u=item,
        s=s,
        ticks=ticks,
        judges=judges_of(who, s),
        total=len(view.unchecked),
        standing=standing,
        late=late,
        following=following,
        State=State,
        oob=True,
    )


@router.post("/submissions/{number:int}/accept", dependencies=[Guard], summary="审核通过", status_code=303)
def accept_submission(office: Shop, who: Who, number: int, undo: Annotated[bool, Form()] = False) -> Response:
    with office.session() as session:
        s = submission_of(session, who, number)
        if undo:
            unaccept(session, who, s)
            return said(f"/submissions/{s.id}", "已撤回通过，这一版重新待审核。")
        accept(session, who, s)
        following, season = following_of(session, who, s), s.season_id
    return said(f"/submissions/{following}" if following else f"/seasons/{season}", f"{s.name} 已通过。")
