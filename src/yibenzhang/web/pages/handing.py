"""Handing in: files come in piece by piece, and what becomes of each is shown as it happens."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from threading import Semaphore
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.batch import hidden
from yibenzhang.office.access import (
    Actor,
    NotHere,
    Refused,
    entry_of,
    season_of,
    still_open,
    submission_of,
    visible_submissions,
)
from yibenzhang.office.database import unavailable
from yibenzhang.office.file_store import Incoming
from yibenzhang.office.models import State, Submission
from yibenzhang.office.submissions import (
    ENDED,
    arrival,
    clean_name,
    delivery_of,
    open_delivery,
    own_entry,
    receive,
    register,
)
from yibenzhang.reading.archives import is_archive, unpacked
from yibenzhang.reading.limits import MAX_ZIP_BYTES
from yibenzhang.web.formats import as_json, forms, shown, wants_data
from yibenzhang.web.pages.seasons import season_record
from yibenzhang.web.progress import WITH, newest, progress_of
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["交文件"])
MOST_AT_ONCE = 2000
MOST_LISTED = 50
_UNPACKING = Semaphore(2)
"""Archives taken apart at once: each may take gigabytes of reading."""
RECENT, MOST_LISTED = 15, 2000
"""Files of a season on its page, and told to programs at one go: the newest."""
COLUMNS = {
    "name": "文件",
    "size": "字节",
    "state": "状态",
    "step": "进度",
    "problem": "说明",
    "entry_body": "名录里的单位",
    "body": "识别的单位",
    "fiscal_year": "年度",
    "stage": "内容",
    "level": "级次",
    "round": "版次",
    "draft": "自查",
    "numbers": "数字",
    "proved": "已印证",
    "contradicted": "有矛盾",
    "received_at": "交来时间",
    "who": "交件人",
}


_HAND_IN = {
    "season": "公开季：编号、名称、年度、budget 预算或 accounts 决算",
    "entry": "选定的名录行：编号和单位，没有选定为 null",
    "most_bytes": "单个文件最多多少字节",
}


@forms(
    router,
    "/seasons/{number:int}/hand-in",
    COLUMNS,
    _HAND_IN,
    summary=f"本季交来的文件和进度，新的在前；.json 和 .csv 最多 {MOST_LISTED} 份",
)
def hand_in(
    request: Request, office: Shop, who: Who, number: int, entry: int | None = None, delivery: str = ""
) -> Response:
    with office.session() as session:
        season = season_of(session, number)
        chosen = entry_of(session, who, entry) if entry else None
        target = chosen.body.name if chosen is not None and chosen.season_id == number else None
        rows = newest(session, office, who, number, MOST_LISTED if wants_data(request) else RECENT)
    data = {
        "season": season_record(season),
        "entry": {"id": entry, "body": target} if target else None,
        "most_bytes": office.settings.most_bytes,
    }
    return shown(
        request,
        who,
        "hand_in.html",
        data,
        rows,
        COLUMNS,
        f"{season.name}交来的文件",
        season=season,
        entry=entry if target else None,
        target=target,
        tab="hand-in",
        delivery=delivery or uuid.uuid4().hex,
        most=office.settings.most_bytes,
    )


_TAKEN: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "文件已在磁盘上存好。delivery 是这批文件的编号，files 是收下的文件，refused 每个没收下的一句话，"
        "registered 为 false 时数据库恢复后再登记，note 是说明",
        "content": {
            "application/json": {
                "example": {
                    "delivery": "0123456789abcdef0123456789abcdef",
                    "files": ["预算.pdf"],
                    "refused": [],
                    "registered": True,
                    "note": "",
                }
            }
        },
    },
}


@router.post(
    "/seasons/{number:int}/files",
    dependencies=[Guard],
    summary="交一个文件，内容放在请求体里；压缩包会拆开",
    status_code=201,
    responses=_TAKEN,
)
async def take(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    name: Annotated[str, Query(max_length=8000)],
    delivery: Annotated[str, Query(pattern="^[0-9a-f]{32}$")],
    entry: int | None = None,
    draft: bool = False,
) -> Response:
    """Hand in one file, its bytes as the body of the request; a zip is taken apart. ``delivery`` joins the files handed
    in at one go: 32 hexadecimal digits of one's own choice; the same file sent twice under it counts once. Answers 201
    once the file is safe on the disk."""
    resolved = True
    try:
        entry = await asyncio.to_thread(_target, office, who, number, delivery, entry)
    except Exception as error:
        if not unavailable(error):
            raise
        resolved = False  # the file is taken all the same; whose it is is looked up when the database is back
    incoming = await asyncio.to_thread(Incoming, office.ledger)
    try:
        async for piece in request.stream():
            await asyncio.to_thread(incoming.write, piece)
        if not incoming.size:
            raise Refused("文件是空的，没有收下。")
        sha256 = await asyncio.to_thread(incoming.keep)
    except BaseException:
        incoming.drop()
        raise
    answer = await asyncio.to_thread(
        _kept, office, who, number, delivery, name, sha256, incoming.size, entry, draft, resolved
    )
    return Response(as_json(answer), 201, media_type="application/json")


def _target(office: Office, who: Actor, number: int, delivery: str, entry: int | None) -> int | None:
    with office.session() as session:
        open_delivery(session, who, delivery)
        still_open(session, number, held=False)
        return own_entry(session, who, season_of(session, number), entry)


def _kept(
    office: Office,
    who: Actor,
    number: int,
    delivery: str,
    name: str,
    sha256: str,
    size: int,
    entry: int | None,
    draft: bool,
    resolved: bool,
) -> dict[str, Any]:
    """Register what is on the disk; where the database is away, that is done later."""
    files, refused = _members(office, name, sha256, size)
    notes = [arrival(who, number, delivery, n, s, k, entry, draft, resolved) for n, s, k in files]
    said, registered = "", True
    if notes:
        key = receive(office.ledger, notes)
        try:
            delivery, said = office.database.settled(lambda session: _registered(session, notes))
            office.ledger.forget(key)
        except Exception as error:
            if not unavailable(error):
                raise
            said, registered = "已收下并存好；数据库暂时连不上，恢复后自动登记和检查。", False
        office.foreman.wake()
    return {
        "delivery": delivery,
        "files": [n["name"] for n in notes],
        "refused": refused,
        "registered": registered,
        "note": said,
    }


def _registered(session: Session, notes: list[dict[str, Any]]) -> tuple[str, str]:
    """The key of the delivery, and what there is to say. Raises NotHere where the season is gone."""
    found = [register(session, n) for n in notes]
    known = [s for s in found if s is not None]
    if len(known) < len(found):
        raise NotHere
    receipts = {n["receipt"] for n in notes}
    fresh = [s for s in known if s.receipt in receipts]
    said = "" if fresh else "刚才已经收下，没有重复登记。"
    if any(s.state == State.WITHDRAWN for s in fresh):  # the season ended while the file was coming in
        said = ENDED
    return known[0].delivery.key, said


def _members(
    office: Office, name: str, sha256: str, size: int
) -> tuple[list[tuple[str, str, int]], list[str]]:
    """The files in what was handed in: itself, or those in a zip; and a sentence for each that is not taken."""
    path = office.ledger.path(sha256)
    if not is_archive(path):
        return [(name, sha256, size)], []
    out: list[tuple[str, str, int]] = []
    refused: list[str] = []
    total = beyond = 0
    with _UNPACKING:
        for where, found in unpacked(path, lambda n: not hidden(Path(n))):
            shown = clean_name(name if where == str(path) else where)
            if isinstance(found, str):
                refused.append(f"{shown}：{found}")
            elif len(out) >= MOST_AT_ONCE or total + len(found) > MAX_ZIP_BYTES:
                beyond += 1
            else:
                total += len(found)
                out.append((where, office.ledger.put(found), len(found)))
    if len(refused) > MOST_LISTED:
        refused[MOST_LISTED:] = [f"另有 {len(refused) - MOST_LISTED} 处同样没有收下。"]
    if beyond:
        refused.append(f"压缩包一次最多收 {MOST_AT_ONCE} 个文件、共 2 GB，其余 {beyond} 个没有收下，请另交。")
    if not out and not refused:
        refused.append(f"{clean_name(name)}：压缩包里没有文件。")
    return out, refused


_DELIVERY = {"delivery": "这批文件的编号", "busy": "还有没有在排队或检查的"}


@forms(router, "/deliveries/{key}", COLUMNS, _DELIVERY, summary="一批文件的进度和结果")
def delivery(request: Request, office: Shop, who: Who, key: str) -> Response:
    """What became of the files that were handed in at one go."""
    with office.session() as session:
        found = delivery_of(session, who, key)
        files = session.scalars(
            select(Submission)
            .where(Submission.delivery_id == found.id, visible_submissions(who))
            .order_by(Submission.id)
            .options(*WITH)
        ).all()
        rows = progress_of(session, office, files)
    busy = any(r["busy"] for r in rows)
    return shown(
        request,
        who,
        "delivery.html",
        {"delivery": key, "busy": busy},
        rows,
        COLUMNS,
        "这次交的文件",
        key=key,
        season=None,
    )


@forms(
    router,
    "/seasons/{number:int}/progress",
    COLUMNS,
    {"busy": _DELIVERY["busy"]},
    summary=f"本季最新的 {RECENT} 份文件和进度",
)
def progress(request: Request, office: Shop, who: Who, number: int) -> Response:
    """The newest files of a season, for the page that shows them as they go."""
    with office.session() as session:
        rows = newest(session, office, who, number, RECENT)
        if not rows:
            season_of(session, number)  # else there is such a season
    busy = any(r["busy"] for r in rows)
    return shown(request, who, "progress.html", {"busy": busy}, rows, COLUMNS, "最新的文件", number=number)


@router.get(
    "/submissions/{number:int}/original",
    summary="交来的原件",
    response_class=FileResponse,
    response_description="文件的字节，一个不改",
)
def original(office: Shop, who: Who, number: int) -> FileResponse:
    """The file as it was handed in."""
    with office.session() as session:
        found = submission_of(session, who, number)
        path, name = office.ledger.path(found.sha256), found.name
    if not path.is_file():
        raise NotHere
    head = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return FileResponse(path, media_type="application/octet-stream", headers=head)
