"""Returning a file with a notice, comparing versions, and the template of the notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse

from yibenzhang.office.access import NotHere, Refused, notice_of, submission_of
from yibenzhang.office.models import Entry, Matter, Role, Submission
from yibenzhang.office.notice_text import BLOCKS, MARKUP, PLACEHOLDERS
from yibenzhang.office.returning import (
    SETTINGS,
    Draw,
    Told,
    changes,
    confirmed,
    items_of,
    late_item,
    next_number,
    save_settings,
    send,
    setting,
    template_of,
)
from yibenzhang.office.reviews import following_of, matters_of
from yibenzhang.reading import ReadingError
from yibenzhang.showing.view import Leaf, View
from yibenzhang.web.formats import forms, page, shown
from yibenzhang.web.pages.seasons import day_of, said, today
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["退回和比较"])
DAYS = 7
"""Days a department is given for its answer, unless the reviewer sets another date."""
_FILES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@router.get("/submissions/{number:int}/return", include_in_schema=False)
def compose(request: Request, office: Shop, who: Who, number: int) -> Response:
    who.must(Role.REVIEWER)
    with office.session() as session:
        s = submission_of(session, who, number)
        matters = matters_of(session, s)
        told = confirmed(matters)
        undecided = [m for m in matters if not m.gone and not m.verdict and m.severity != "notice"]
        late = late_item(s.entry, today(), len(told) + 1) if s.entry else None
        values: dict[str, Any] = {
            "number": next_number(session, today().year), "due": today() + timedelta(days=DAYS), "late": late,
            "office_name": setting(session, "office"), "unset": [name.partition("（")[0] for key, name in SETTINGS.items() if not setting(session, key)], "body": s.entry.body.name if s.entry else "", "season": s.season,
        }  # fmt: skip
    return page(request, who, "return.html", s=s, told=told, undecided=undecided, tab="review", **values)


@router.post(
    "/submissions/{number:int}/return",
    dependencies=[Guard],
    summary="退回一份文件，生成整改通知",
    status_code=303,
)
def make_return(
    office: Shop, who: Who, number: int, notice: Annotated[str, Form(max_length=80)] = "", due: Annotated[str, Form()] = "",
    late: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Return a submission: a notice of all confirmed matters is made in Word and PDF."""
    who.must(Role.REVIEWER)
    with office.session() as session:
        s = submission_of(session, who, number)
        matters = confirmed(matters_of(session, s))
        for m in matters:
            _ = m.decisions
        item = late_item(s.entry, today(), len(matters) + 1) if s.entry and late else None
    view = office.views.of(s)
    items = items_of(matters, view, _draw(office, view))  # pictures are drawn outside of any transaction
    with office.session() as session:
        s = submission_of(session, who, number)
        told = Told(notice.strip() or next_number(session, today().year), today(), day_of(due))
        made = send(session, office.ledger, who, s, (*items, item) if item else items, matters, told)
        kept = made.id
    return said(f"/notices/{kept}", "已退回，通知已生成。")


def _draw(office: Office, view: View) -> Draw:
    def draw(leaf: Leaf) -> bytes | None:
        file = view.files[leaf.file]
        try:
            return office.pictures.png(file.sha256, file.kind, leaf)
        except ReadingError:
            return None

    return draw


@forms(router, "/notices/{number:int}", summary="一份整改通知")
def notice(request: Request, office: Shop, who: Who, number: int) -> Response:
    """What a department was told."""
    with office.session() as session:
        n = notice_of(session, who, number)
        s = submission_of(session, who, n.submission_id)
        entry = session.get(Entry, n.entry_id) if n.entry_id else None
        body = entry.body.name if entry else ""
        season, following = s.season, following_of(session, who, s)
    data = {"notice": {"id": n.id, "number": n.number, "body": body, "due_on": n.due_on, "made_at": n.made_at, "who": n.who,
        "text": n.text, "submission": n.submission_id}}  # fmt: skip
    return shown(
        request, who, "notice.html", data, n.matters, {"severity": "程度", "message": "问题"}, n=n, s=s, season=season, body=body, entry=entry,
        following=following, tab="review",
    )  # fmt: skip


@router.get("/notices/{number:int}.{kind}", summary="整改通知的 Word（docx）或 PDF（pdf）文件")
def notice_file(office: Shop, who: Who, number: int, kind: str) -> FileResponse:
    """The notice as a Word file (.docx) or PDF."""
    with office.session() as session:
        n = notice_of(session, who, number)
        entry = session.get(Entry, n.entry_id) if n.entry_id else None
        name = f"整改通知-{entry.body.name if entry else n.id}-{n.id}.{kind}"
    sha256 = {"docx": n.docx, "pdf": n.pdf}.get(kind, "")
    if not sha256:
        raise NotHere
    head = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return FileResponse(office.ledger.path(sha256), media_type=_FILES[kind], headers=head)


@forms(router, "/submissions/{number:int}/changes", summary="与上一版比较：已改正、仍存在、不能确定、新出现")
def versions(request: Request, office: Shop, who: Who, number: int) -> Response:
    """This version against the one before: mended, still there, unsure, new."""
    with office.session() as session:
        s = submission_of(session, who, number)
        found = changes(session, s)
        if found is None:
            raise Refused("这是第一版，没有可以比较的上一版。")
        before = session.get(Submission, s.before_id)
        entry = session.get(Entry, s.entry_id) if s.entry_id else None
        body, season = (entry.body.name if entry else ""), s.season
    rows = [
        *(_change("已改正", m, None) for m in found.fixed), *(_change("仍存在", m, n) for m, n in found.still),
        *(_change("不能确定", m, None) for m in found.unsure), *(_change("新出现", None, m) for m in found.new),
    ]  # fmt: skip
    columns = {"change": "变化", "severity": "程度", "before": "上一版", "now": "这一版", "reason": "说明"}
    return shown(
        request, who, "changes.html", {"submission": s.id, "before": s.before_id}, rows, columns,
        s=s, before=before, found=found, season=season, body=body, tab="review",
    )  # fmt: skip


def _change(change: str, before: Matter | None, now: Matter | None) -> dict[str, object]:
    one = now or before
    return {"change": change, "severity": one.severity if one else "", "before": before.message if before else None,
        "now": now.message if now else None, "reason": before.fate_reason if before else ""}  # fmt: skip


@router.get("/template", include_in_schema=False)
def template(request: Request, office: Shop, who: Who) -> Response:
    who.must(Role.HEAD)
    with office.session() as session:
        text = template_of(session)
        values = {k: setting(session, k) for k in SETTINGS}
    return page(
        request, who, "template.html", text=text, values=values, names=SETTINGS, holders={**PLACEHOLDERS, **BLOCKS}, markup=MARKUP,
        tab="template", problems=[],
    )  # fmt: skip


@router.post("/template", dependencies=[Guard], include_in_schema=False)
def save_template(
    request: Request, office: Shop, who: Who, template: Annotated[str, Form(max_length=40_000)] = "", office_name: Annotated[str, Form(max_length=100)] = "",
    contact: Annotated[str, Form(max_length=100)] = "", phone: Annotated[str, Form(max_length=100)] = "",
) -> Response:  # fmt: skip
    values = {"office": office_name, "contact": contact, "phone": phone, "template": template}
    with office.session() as session:
        problems = save_settings(session, who, values)
    if not problems:
        return said("/template", "已保存。")
    return page(
        request, who, "template.html", text=template, values=values, names=SETTINGS, holders={**PLACEHOLDERS, **BLOCKS},
        markup=MARKUP, tab="template", problems=problems,
    )  # fmt: skip
