"""The account of resources: what there is, one entry with its history, tables taken in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from yibenzhang.office.access import Actor, NotHere, Refused
from yibenzhang.office.models import Role, now
from yibenzhang.reading import ReadingError
from yibenzhang.resources.exporting import dcat, fields_by_resource, table
from yibenzhang.resources.importing import read_table, take
from yibenzhang.resources.models import Entry
from yibenzhang.resources.request_rules import load_rules
from yibenzhang.resources.schema import Kind, Schema, load_schema
from yibenzhang.resources.store import Asked, Doer, Index, change, counts, entries, history_of, leaf, step
from yibenzhang.resources.telling import action_name, change_sentence
from yibenzhang.resources.values import Refusal, heading, parsed, problems, shown
from yibenzhang.standards import StandardsError
from yibenzhang.web.formats import forms, page, wants_data
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.rosters import MOST_ROSTER
from yibenzhang.web.pages.seasons import XLSX, said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["资源账"])
PAGE = 100
MOST = 200_000
"""Entries handed out at one go."""
NOBODY = "—"
"""A department without a body sees what belongs to nobody of this name."""


def schema_of(office: Office) -> Schema:
    return load_schema(office.settings.extra)


def only_of(who: Actor) -> str | None:
    """The body beyond which a person sees nothing; None is all."""
    return (who.body or NOBODY) if who.outside else None


def doer_of(who: Actor, source: str = "") -> Doer:
    return Doer(now(), who.name, source)


def kind_of(schema: Schema, name: str) -> Kind:
    try:
        return schema.kind(name)
    except StandardsError as error:
        raise NotHere from error


RESOURCES = {
    "code": "编码",
    "kind_name": "种类",
    "name": "名称",
    "body": "单位",
    "state_name": "编目状态",
    "changed_at": "修改时间",
}
_LISTED = {"total": "共几条", "counts": "各种各状态几条"}


@forms(router, "/resources", RESOURCES, _LISTED, summary="资源账：应用、数据、云、网络、网站、证照、产品")
def resources(
    request: Request,
    office: Shop,
    who: Who,
    kind: str = "",
    state: str = "",
    body: str = "",
    find: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    schema = schema_of(office)
    asked = Asked(kind, state, body, find, only_of(who))
    whole = wants_data(request)
    with office.session() as session:
        total, found = leaf(session, asked, 0 if whole else (page - 1) * PAGE, MOST if whole else PAGE)
        rows = [_row(schema, e) for e in found]
        numbers = counts(session, only_of(who))
    by_kind = {k.id: sum(n for (kk, _), n in numbers.items() if kk == k.id) for k in schema.kinds.values()}
    data = {"total": total, "counts": [{"kind": k, "state": s, "count": n} for (k, s), n in numbers.items()]}
    query = urlencode(
        {k: v for k, v in (("kind", kind), ("state", state), ("body", body), ("find", find)) if v}
    )
    return answered(
        request,
        who,
        "resources.html",
        data,
        rows,
        RESOURCES,
        "资源账",
        kinds=schema.kinds,
        by_kind=by_kind,
        states=schema.states,
        kind=kind,
        state=state,
        body=body,
        find=find,
        here=page,
        pages=-(-total // PAGE),
        query=query,
        tab="resources",
    )


def _row(schema: Schema, e: Entry) -> dict[str, Any]:
    kind = schema.kinds.get(e.kind)
    return {
        "id": e.id,
        "code": e.code,
        "kind": e.kind,
        "kind_name": kind.name if kind else e.kind,
        "name": e.name,
        "body": e.body,
        "state": e.state,
        "state_name": schema.states.get(e.state, e.state),
        "version": e.version,
        "changed_at": e.changed_at,
        "values": e.values,
    }


@router.get("/resources.xlsx", summary="一种资源的表（Excel），改后可以再导入", response_class=Response)
def workbook(
    office: Shop, who: Who, kind: str = "", state: str = "", body: str = "", find: str = ""
) -> Response:
    schema = schema_of(office)
    one = kind_of(schema, kind or "data_resource")
    with office.session() as session:
        data = table(
            schema, one, entries(session, Asked(one.id, state, body, find, only_of(who)), 0, MOST), "xlsx"
        )
    head = {"Content-Disposition": f'attachment; filename="{one.id}.xlsx"'}
    return Response(data, media_type=XLSX, headers=head)


@router.get("/resources.jsonld", summary="数据资源目录（DCAT，JSON-LD）", response_class=Response)
def catalogue(request: Request, office: Shop, who: Who) -> Response:
    schema = schema_of(office)
    with office.session() as session:
        some = list(entries(session, Asked("data_resource", "published", only=only_of(who)), 0, MOST))
        data = dcat(
            schema,
            some,
            schema.kinds["data_resource"].name,
            str(request.url_for("resources")),
            fields_by_resource(session),
        )
    return Response(data, media_type="application/ld+json")


# ---- one entry -----------------------------------------------------------------------------------------


def entry_in(session: Any, who: Actor, number: int) -> Entry:
    """The entry with this number. Raises NotHere."""
    found = session.get(Entry, number)
    only = only_of(who)
    if found is None or (only is not None and found.body != only):
        raise NotHere
    return found  # type: ignore[no-any-return]


HISTORY = {
    "version": "版",
    "at": "时间",
    "who": "谁",
    "action_name": "做了什么",
    "told": "改动",
    "reason": "理由",
    "source": "来源",
}
_ENTRY = {"entry": "这条资源", "fields": "各字段：编号、名称、值、显示", "problems": "还缺什么"}


@forms(router, "/resources/{number:int}", HISTORY, _ENTRY, summary="一条资源：各字段和修改记录")
def resource(request: Request, office: Shop, who: Who, number: int) -> Response:
    schema = schema_of(office)
    with office.session() as session:
        e = entry_in(session, who, number)
        history = history_of(session, e)
        row = _row(schema, e)
    kind = _known(schema, e)
    rows = [
        {
            "version": h.version,
            "at": h.at,
            "who": h.who,
            "action": h.action,
            "action_name": action_name(schema, h.action),
            "before": h.before,
            "after": h.after,
            "told": change_sentence(schema, kind, h.before, h.after) if h.action != "add" else "",
            "reason": h.reason,
            "source": h.source,
        }
        for h in reversed(history)
    ]
    fields = [
        {
            "id": f.id,
            "name": heading(f),
            "value": e.values.get(f.id),
            "shown": shown(schema, f, e.values.get(f.id)),
            "required": f.required,
            "type": f.type,
            "options": [n[0] for n in schema.codes[f.codes].values()] if f.codes else [],
        }
        for f in kind.fields
    ]
    data = {"entry": row, "fields": fields, "problems": problems(schema, kind, e.values)}
    return answered(
        request,
        who,
        "resource.html",
        data,
        rows,
        HISTORY,
        e.name,
        kind=kind,
        steps=schema.steps(e.state) if who.may(Role.REVIEWER) else [],
        editable=_editable(who, e),
        offered=e.kind in load_rules(office.settings.extra).offers,
        tab="resources",
    )


def _known(schema: Schema, e: Entry) -> Kind:
    """The kind of an entry; one whose file is gone has no page. Raises Refused."""
    kind = schema.kinds.get(e.kind)
    if kind is None:
        raise Refused(schema.say("no_kind", kind=e.kind, known="、".join(schema.kinds)))
    return kind


def _editable(who: Actor, e: Entry) -> bool:
    """A department changes its own drafts; what was checked is the reviewer's."""
    return e.state == "draft" if who.outside else who.may(Role.REVIEWER)


async def given(request: Request) -> dict[str, str]:
    """The fields of a form that differ by the kind of the resource."""
    if "form" not in request.headers.get("Content-Type", ""):
        return {}
    return {k: v for k, v in (await request.form()).items() if isinstance(v, str)}


Given = Annotated[dict[str, str], Depends(given)]


@router.post(
    "/resources/{number:int}",
    dependencies=[Guard],
    summary="修改一条资源：表单里是各字段，version 是看到的版次",
    status_code=303,
)
def save(office: Shop, who: Who, number: int, sent: Given) -> Response:
    schema = schema_of(office)
    with office.session() as session:
        e = entry_in(session, who, number)
        if not _editable(who, e):
            raise Refused("这条资源已经核对或发布，请联系审核人退回后再改。")
        if not sent.get("version", "").isdigit():
            raise Refused("没有写明看到的是第几版，没有保存；请刷新页面后再改。")
        values = _values(schema, _known(schema, e), Index(session, schema), sent)
        if who.outside and values.get("body", e.body) != e.body:
            raise Refused("不能把资源改到别的单位名下。")
        done = change(session, schema, e, values, int(sent["version"]), doer_of(who))
    return said(f"/resources/{number}", "已保存。" if done else "没有不同。")


def _values(schema: Schema, kind: Kind, index: Index, sent: Mapping[str, str]) -> dict[str, Any]:
    """What a form says of the fields it holds. Raises Refused."""
    out: dict[str, Any] = {}
    for f in kind.fields:
        if f.id in sent:
            try:
                out[f.id] = parsed(schema, f, sent[f.id], index.find, "元" if f.type == "money" else "")
            except Refusal as error:
                raise Refused(str(error)) from error
    return out


@router.post(
    "/resources/{number:int}/move", dependencies=[Guard], summary="把一条资源移到下一个状态", status_code=303
)
def move(
    office: Shop,
    who: Who,
    number: int,
    action: Annotated[str, Form()] = "",
    version: Annotated[int, Form()] = 0,
    reason: Annotated[str, Form()] = "",
) -> Response:
    schema = schema_of(office)
    with office.session() as session:
        e = entry_in(session, who, number)
        who.must(Role.REVIEWER)
        step(session, schema, e, action, version, doer_of(who), reason.strip())
    return said(f"/resources/{number}", f"已{action_name(schema, action)}。")


# ---- taking in -----------------------------------------------------------------------------------------


FIELDS = {"kind_name": "种类", "name": "列名", "names": "别的写法", "required": "必填", "standard": "标准"}


@forms(router, "/resource-import", FIELDS, summary="导入资源的页面：各种资源有哪些列")
def import_page(request: Request, office: Shop, who: Who, kind: str = "") -> Response:
    who.must(Role.REVIEWER)
    schema = schema_of(office)
    some = [schema.kinds[kind]] if kind in schema.kinds else list(schema.kinds.values())
    rows = [
        {
            "kind": k.id,
            "kind_name": k.name,
            "field": f.id,
            "name": heading(f),
            "names": list(f.names),
            "required": f.required,
            "type_name": f.type,
            "standard": f.standard,
        }
        for k in some
        for f in k.fields
    ]
    return answered(
        request,
        who,
        "resource_import.html",
        {},
        rows,
        FIELDS,
        "资源的列",
        kinds=schema.kinds,
        kind=kind,
        taken=None,
        tab="resources",
    )


@router.post(
    "/resource-import",
    dependencies=[Guard],
    summary="导入一张资源表（Excel 或 CSV）",
    response_class=HTMLResponse,
    response_description="网页，写明收了几条、不收的各行为什么",
)
def import_file(
    request: Request,
    office: Shop,
    who: Who,
    file: UploadFile,
    kind: Annotated[str, Form()] = "",
    rest: Annotated[bool, Form()] = False,
) -> Response:
    who.must(Role.REVIEWER)
    schema = schema_of(office)
    if not kind:
        raise Refused("请选择导入的是哪一种资源。")
    one = kind_of(schema, kind)
    data = file.file.read(MOST_ROSTER + 1)
    if len(data) > MOST_ROSTER:
        raise Refused("文件超过 20 MB，请用命令行 yibenzhang resources import 导入。")
    try:
        with office.session() as session:
            read = read_table(session, schema, one, data)
            taken = take(session, schema, read, doer_of(who, (file.filename or "")[:400]), rest)
    except ReadingError as error:
        raise Refused(f"没有导入：{error}") from error
    return page(
        request,
        who,
        "resource_import.html",
        kinds=schema.kinds,
        kind=one.id,
        taken=taken,
        read=read,
        name=file.filename,
        tab="resources",
    )
