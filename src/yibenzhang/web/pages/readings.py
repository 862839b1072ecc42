"""What was read of a submission, as lists: its numbers, its tables, and what could not be checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from yibenzhang.office.access import Actor, NotHere, Refused, submission_of
from yibenzhang.office.models import Submission, Tick
from yibenzhang.office.reviews import ticks_of
from yibenzhang.office.stored_views import StoredNumbers
from yibenzhang.showing.view import Outline
from yibenzhang.web.formats import forms, page, shown, wants_data
from yibenzhang.web.pages.review import shelved
from yibenzhang.web.security import Shop, Who
from yibenzhang.web.settings import Office
from yibenzhang.web.views import NUMBERS, RELATIONS, numbers_of
from yibenzhang.web.words import cells

router = APIRouter(tags=["审核"])
LINES = 500
"""Numbers on a page."""
UNCHECKED = {
    "name": "核对内容",
    "table": "表或段落",
    "reason": "未能核对的原因",
    "done": "已看过",
    "who": "看的人",
    "at": "看的时间",
    "note": "看的结果",
}
SECTIONS = {
    "name": "表或段落",
    "numbers": "数字",
    "proved": "已印证",
    "contradicted": "有矛盾",
    "alone": "无可比对",
    "trivial": "零，不计",
}
_ID = {"submission": "文件编号"}
_COUNTS = {
    "numbers": "数字",
    "proved": "已印证",
    "contradicted": "有矛盾",
    "alone": "无可比对",
    "trivial": "零，不计",
    "extent": "核对了多少",
    "relations": "算式",
}


def _read(
    office: Office, who: Actor, number: int
) -> tuple[Submission, Outline, dict[str, Tick], dict[str, Any]]:
    """A submission that was checked, its outline, what people looked at, and what its pages are headed with."""
    with office.session() as session:
        s = submission_of(session, who, number)
        if s.part_of_id:
            s = submission_of(session, who, s.part_of_id)
        if s.checked_at is None:
            raise Refused(s.problem or "这份文件还没有检查完，请稍后再看。")
        head = {"s": s, "season": s.season, "body": s.entry.body.name if s.entry else "", "tab": "review"}
        return s, office.views.outline(s), ticks_of(session, s), head


def _listed(
    request: Request,
    who: Actor,
    title: str,
    data: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str],
    head: Mapping[str, Any],
    table: str = "rows",
    part: int = 1,
    pages: int = 1,
) -> Response:
    """A list of what was read; its page has ``part`` of ``pages``."""
    lines: list[list[Any]] = []
    if not wants_data(request):
        lines = [
            cells(r, columns) for r in islice(rows, (part - 1) * LINES, part * LINES if pages > 1 else None)
        ]
    called = f"{head['body'] or head['s'].name}第{head['s'].round}版{title}"
    return shown(
        request,
        who,
        "listing.html",
        data,
        rows,
        columns,
        called,
        table,
        title=title,
        heads=columns,
        lines=lines,
        part=part,
        pages=pages,
        **head,
    )


@forms(
    router,
    "/submissions/{number:int}/numbers",
    NUMBERS,
    _ID | RELATIONS,
    "numbers",
    summary="一份文件的每个数字：印在哪里、核对结果和算式；写 key 只要一个",
)
def numbers(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    key: Annotated[str, Query(max_length=300)] = "",
    part: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Every printed number with its standing and the relations it takes part in; of one number (``key``) the page is a
    piece: what proves or contradicts it."""
    if key and not wants_data(request):
        found = office.views.numbers(shelved(office, who, number))
        one = found.get(key)
        if one is None:
            raise NotHere
        proofs = [(p, [_place(found, k) for k in p.keys]) for p in map(found.proof, one.proofs)]
        return page(request, who, "number.html", number=one, proofs=proofs)
    s, view, _, head = _read(office, who, number)
    found = office.views.numbers(s)
    if key and found.get(key) is None:
        raise NotHere
    rows, relations = numbers_of(view, found, key)
    data, pages = {"submission": s.id, "relations": relations}, max(-(-len(found) // LINES), 1)
    return _listed(request, who, "数字", data, rows, NUMBERS, head, "numbers", min(part, pages), pages)


def _place(numbers: StoredNumbers, key: str) -> dict[str, Any]:
    n = numbers.get(key)
    return {
        "key": key,
        "leaf": n.leaf if n else 0,
        "words": n.words if n else "",
        "text": n.text if n else "",
    }


@forms(
    router,
    "/submissions/{number:int}/unchecked",
    UNCHECKED,
    _ID | {"looked_at": "看过几项"},
    summary="一份文件未能核对的内容和原因，谁何时看过",
)
def unchecked(request: Request, office: Shop, who: Who, number: int) -> Response:
    """What could not be checked, why, and who looked at it."""
    s, view, ticks, head = _read(office, who, number)
    rows = []
    for u in view.unchecked:
        seen = ticks.get(u.key)
        done = seen if seen is not None and seen.done else None
        rows.append(
            asdict(u)
            | {
                "done": done is not None,
                "who": done.who if done else "",
                "at": done.at if done else None,
                "note": done.note if done else "",
            }
        )
    data = {"submission": s.id, "looked_at": sum(bool(r["done"]) for r in rows)}
    return _listed(request, who, "未能核对的内容", data, rows, UNCHECKED, head)


@forms(
    router,
    "/submissions/{number:int}/sections",
    SECTIONS,
    _ID | _COUNTS,
    summary="一份文件各表和段落有多少数字、印证了多少",
)
def sections(request: Request, office: Shop, who: Who, number: int) -> Response:
    """The tables and sections of a file with the standing of their numbers."""
    s, view, _, head = _read(office, who, number)
    data = {
        "submission": s.id,
        "numbers": view.numbers_count,
        "proved": view.proved,
        "contradicted": view.contradicted,
        "alone": view.alone,
        "trivial": view.trivial,
        "extent": view.extent,
        "relations": view.relations_count,
    }
    return _listed(request, who, "各表", data, [asdict(x) for x in view.sections], SECTIONS, head)
