"""Returning a file with a notice, comparing versions, and the template of the notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from yibenzhang.model.leaves import Leaf
from yibenzhang.office.access import NotHere, Refused, notice_of, still_open, submission_of
from yibenzhang.office.lateness import keep_up, today
from yibenzhang.office.models import Entry, Matter, Role, Submission
from yibenzhang.office.notice_text import BLOCKS, MARKUP, PLACEHOLDERS
from yibenzhang.office.returning import (
    SETTINGS,
    Draw,
    NoticeHeading,
    changes,
    confirmed,
    items_of,
    next_number,
    save_settings,
    send,
    setting,
    template_of,
)
from yibenzhang.office.reviews import following_of, matters_of
from yibenzhang.reading import ReadingError
from yibenzhang.showing.view import View
from yibenzhang.web.days import day_of
from yibenzhang.web.formats import forms, page, shown
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office
from yibenzhang.web.words import rules

router = APIRouter(tags=["退回和比较"])
DAYS = 7
"""Days a department is given for its answer, unless the reviewer sets another date."""
_FILES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


MATTERS = {"severity": "程度", "rule_name": "规则", "message": "问题", "rule": "规则编号"}
_RETURN = {
    "submission": "文件编号",
    "body": "单位",
    "notice": "自动编的文号",
    "due": "答复期限",
    "undecided": "还没有处理、不会写进通知的错误和疑问数",
    "office": "落款，没有填为空",
}


@forms(
    router, "/submissions/{number:int}/return", MATTERS, _RETURN, summary="退回时会写进通知的问题（已确认的）"
)
def compose(request: Request, office: Shop, who: Who, number: int) -> Response:
    """What a notice would tell."""
    who.must(Role.REVIEWER)
    with office.session() as session:
        s = submission_of(session, who, number)
        still_open(session, s.season_id, held=False)
        matters = matters_of(session, s)
        findings = confirmed(matters)
        undecided = [m for m in matters if not m.gone and not m.verdict and m.severity != "notice"]
        values: dict[str, Any] = {
            "number": next_number(session, today().year),
            "due": today() + timedelta(days=DAYS),
            "office_name": setting(session, "office"),
            "unset": [name.partition("（")[0] for key, name in SETTINGS.items() if not setting(session, key)],
            "body": s.entry.body.name if s.entry else "",
            "season": s.season,
        }
    data = {
        "submission": s.id,
        "body": values["body"],
        "notice": values["number"],
        "due": values["due"],
        "undecided": len(undecided),
        "office": values["office_name"],
    }
    names = rules(office.settings.extra)
    rows = [
        {
            "id": m.id,
            "severity": m.severity,
            "rule": m.rule,
            "rule_name": names.get(m.rule, m.rule),
            "message": m.message,
        }
        for m in findings
    ]
    return shown(
        request,
        who,
        "return.html",
        data,
        rows,
        MATTERS,
        f"{values['body'] or s.name}要改的问题",
        **values | {"s": s, "told": findings, "undecided": undecided, "tab": "review"},
    )


@router.post(
    "/submissions/{number:int}/return",
    dependencies=[Guard],
    summary="退回一份文件，生成整改通知",
    status_code=303,
)
def make_return(
    office: Shop,
    who: Who,
    number: int,
    notice: Annotated[str, Form(max_length=80)] = "",
    due: Annotated[str, Form()] = "",
) -> Response:
    """Return a submission: a notice of all confirmed matters is made in Word and PDF."""
    who.must(Role.REVIEWER)
    with office.session() as session:
        s = submission_of(session, who, number)
        keep_up(session, [s.entry_id] if s.entry_id else [], today())  # the notice tells the days of today
        matters = confirmed(matters_of(session, s))
        for m in matters:
            _ = m.decisions
    view = office.views.of(s)
    items = items_of(matters, view, _draw(office, view))  # pictures are drawn outside of any transaction
    with office.session() as session:
        s = submission_of(session, who, number)
        heading = NoticeHeading(notice.strip() or next_number(session, today().year), today(), day_of(due))
        made = send(session, office.ledger, who, s, items, matters, heading)
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


NOTICE = {"severity": "程度", "message": "问题"}


@forms(
    router,
    "/notices/{number:int}",
    NOTICE,
    {"notice": "通知：编号、文号、单位、答复期限、发出时间、经办人、正文、文件编号"},
    summary="一份整改通知",
)
def notice(request: Request, office: Shop, who: Who, number: int) -> Response:
    """What a department was told."""
    with office.session() as session:
        n = notice_of(session, who, number)
        s = submission_of(session, who, n.submission_id)
        entry = session.get(Entry, n.entry_id) if n.entry_id else None
        body = entry.body.name if entry else ""
        season, following = s.season, following_of(session, who, s)
    data = {
        "notice": {
            "id": n.id,
            "number": n.number,
            "body": body,
            "due_on": n.due_on,
            "made_at": n.made_at,
            "who": n.who,
            "text": n.text,
            "submission": n.submission_id,
        }
    }
    return shown(
        request,
        who,
        "notice.html",
        data,
        n.matters,
        NOTICE,
        f"整改通知{n.number}",
        n=n,
        s=s,
        season=season,
        body=body,
        entry=entry,
        following=following,
        tab="review",
    )


@router.get(
    "/notices/{number:int}.{kind}",
    summary="整改通知的 Word（docx）或 PDF（pdf）文件",
    response_class=FileResponse,
    response_description="文件",
)
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


CHANGES = {"change": "变化", "severity": "程度", "before": "上一版", "now": "这一版", "reason": "说明"}


@forms(
    router,
    "/submissions/{number:int}/changes",
    CHANGES,
    {"submission": "这一版的编号", "before": "上一版的编号"},
    summary="与上一版比较：已改正、仍存在、不能确定、新出现",
)
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
        *(_change("已改正", m, None) for m in found.fixed),
        *(_change("仍存在", m, n) for m, n in found.still),
        *(_change("不能确定", m, None) for m in found.unsure),
        *(_change("新出现", None, m) for m in found.new),
    ]
    return shown(
        request,
        who,
        "changes.html",
        {"submission": s.id, "before": s.before_id},
        rows,
        CHANGES,
        f"{body or s.name}第{s.round}版与上一版比较",
        s=s,
        before=before,
        found=found,
        season=season,
        body=body,
        tab="review",
    )


def _change(change: str, before: Matter | None, now: Matter | None) -> dict[str, object]:
    one = now or before
    return {
        "change": change,
        "severity": one.severity if one else "",
        "before": before.message if before else None,
        "now": now.message if now else None,
        "reason": before.fate_reason if before else "",
    }


TEMPLATE = {"name": "项目", "value": "内容"}


@forms(
    router,
    "/template",
    TEMPLATE,
    {"placeholders": "正文里可以用的占位符和含义", "markup": "行首的记号"},
    summary="整改通知的模板和落款（负责人）",
)
def template(request: Request, office: Shop, who: Who) -> Response:
    """The office's name and the text of its notices."""
    who.must(Role.HEAD)
    with office.session() as session:
        text = template_of(session)
        values = {k: setting(session, k) for k in SETTINGS}
    rows = [{"key": k, "name": name, "value": values[k]} for k, name in SETTINGS.items()]
    rows.append({"key": "template", "name": "正文", "value": text})
    holders = {**PLACEHOLDERS, **BLOCKS}
    return shown(
        request,
        who,
        "template.html",
        {"placeholders": holders, "markup": MARKUP},
        rows,
        TEMPLATE,
        "通知模板",
        text=text,
        values=values,
        names=SETTINGS,
        holders=holders,
        tab="template",
        problems=[],
    )


@router.post(
    "/template",
    dependencies=[Guard],
    summary="修改整改通知的模板和落款（负责人）",
    response_class=HTMLResponse,
)
def save_template(
    request: Request,
    office: Shop,
    who: Who,
    template: Annotated[str, Form(max_length=40_000)] = "",
    office_name: Annotated[str, Form(max_length=100)] = "",
    contact: Annotated[str, Form(max_length=100)] = "",
    phone: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    values = {"office": office_name, "contact": contact, "phone": phone, "template": template}
    with office.session() as session:
        problems = save_settings(session, who, values)
    if not problems:
        return said("/template", "已保存。")
    return page(
        request,
        who,
        "template.html",
        text=template,
        values=values,
        names=SETTINGS,
        holders={**PLACEHOLDERS, **BLOCKS},
        markup=MARKUP,
        tab="template",
        problems=problems,
    )
