"""Tables of contracts, payments and so on taken in on pages: columns put right, every refused row with its reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from yibenzhang.ledger.store import Ledger
from yibenzhang.office.access import Actor, NotHere, Refused, note
from yibenzhang.office.models import now
from yibenzhang.projects.importing import (
    RELEASES,
    ImportRefused,
    Read,
    form_of,
    forms,
    known_numbers,
    read_rows,
    standing,
    take,
    take_rows,
    undo,
)
from yibenzhang.projects.ocds import Releases, releases_of
from yibenzhang.web.formats import forms as answering
from yibenzhang.web.formats import page
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.resource_work import ledger_of
from yibenzhang.web.pages.resources import only_of
from yibenzhang.web.pages.rosters import MOST_ROSTER
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["项目"])
IMPORTS = {"at": "时间", "kind_name": "种类", "file": "文件", "rows": "行数", "by": "谁"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEPT = 24 * 3600
"""Seconds for which a file waits that somebody began to take in."""
_IGNORED = "-"
OCDS_NAME = "采购发布包（OCDS，JSON）"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: the kind of table, whose it is, which heading is which field."""

    kind: str
    body: str
    mapping: Mapping[str, str]
    rest: bool


def _ledger(office: Office) -> Ledger:
    found = ledger_of(office)
    if found is None:
        raise Refused("还没有账本：先用 yibenzhang ingest 收进公开文件，再导入项目的表。")
    return found


def _whose(who: Actor) -> str:
    """The body beyond which a person takes nothing in; empty is all."""
    return only_of(who) or ""


@answering(router, "/project-import", IMPORTS, {}, summary="导入项目的表；导入过的")
def importing(request: Request, office: Shop, who: Who) -> Response:
    ledger = ledger_of(office)
    body = _whose(who)
    rows = [
        {
            "at": x["at"][:16].replace("T", " "),
            "kind_name": _kind_name(x["kind"]),
            "file": x["file"],
            "rows": len(x["rows"]),
            "by": x.get("by", ""),
            "sha256": x["sha256"],
            "kind": x["kind"],
        }
        for x in reversed(standing(ledger.folder) if ledger is not None else [])
        if not body or all(r.get("body") == body for r in x["rows"])
    ]
    return answered(
        request,
        who,
        "project_import.html",
        {},
        rows,
        IMPORTS,
        "导入过的表",
        kinds=forms(),
        ledger=ledger,
        read=None,
        releases=None,
        asked=Asked("", body, {}, False),
        own=body,
        name="",
        digest="",
        ocds=RELEASES,
        ocds_name=OCDS_NAME,
        tab="projects",
        trouble="",
    )


def _kind_name(kind: str) -> str:
    return OCDS_NAME if kind == RELEASES else forms()[kind].kind.name


@router.post(
    "/project-import",
    dependencies=[Guard],
    summary="看一张项目的表：列名、能收的行、不能收的行",
    response_class=HTMLResponse,
)
def look(
    request: Request,
    office: Shop,
    who: Who,
    file: UploadFile,
    kind: Annotated[str, Form(max_length=40)] = "",
    body: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    _ledger(office)
    data = file.file.read(MOST_ROSTER + 1)
    if len(data) > MOST_ROSTER:
        raise Refused("文件超过 20 MB，请用命令行 yibenzhang projects import 导入。")
    if not data:
        raise Refused("请选择文件。")
    digest = hashlib.sha256(data).hexdigest()
    folder = _waiting(office)
    (folder / digest).write_bytes(data)
    return _looked(
        request,
        office,
        who,
        Asked(kind, _whose(who) or body.strip(), {}, False),
        digest,
        (file.filename or "")[:200],
    )


def _waiting(office: Office) -> Path:
    """The folder of files that wait for their person; what nobody came back for is removed."""
    folder = office.settings.folder / "project-imports"
    folder.mkdir(exist_ok=True)
    oldest = now().timestamp() - _KEPT
    for old in folder.iterdir():
        if old.stat().st_mtime < oldest:
            old.unlink(missing_ok=True)
    return folder


def _looked(
    request: Request, office: Office, who: Actor, asked: Asked, digest: str, name: str, trouble: str = ""
) -> Response:
    """The page that shows what would be taken, with the columns to put right."""
    data = _data(office, digest)
    read, releases = None, None
    try:
        read, releases = _read(office, who, asked, data)
    except ImportRefused as error:
        trouble = trouble or str(error)
    headings = _headings(read, asked, data)
    chosen = {**({c.heading: c.field.id for c in read.columns} if read else {}), **asked.mapping}
    fields = forms()[asked.kind].kind.fields if asked.kind in forms() else []
    return page(
        request,
        who,
        "project_import.html",
        kinds=forms(),
        ledger=ledger_of(office),
        rows=[],
        read=read,
        releases=releases,
        asked=asked,
        own=_whose(who),
        name=name,
        digest=digest,
        headings=headings,
        chosen=chosen,
        fields=fields,
        trouble=trouble,
        ocds=RELEASES,
        ocds_name=OCDS_NAME,
        ignored=_IGNORED,
        tab="projects",
    )


def _headings(read: Read | None, asked: Asked, data: bytes) -> list[str]:
    """The headings of the file; where its kind knows too few of them, those of its first filled row."""
    if read is not None:
        return list(read.headings)
    if asked.kind in ("", RELEASES):
        return []
    from yibenzhang.reading.limits import ReadingError
    from yibenzhang.resources.tables import sheets

    try:
        rows = [cells for sheet in sheets(data) for _, cells in sheet.rows[:5]]
    except ReadingError:
        return []
    best = max(rows, key=lambda cells: sum(bool(c.strip()) for c in cells), default=())
    return [c for c in best if c.strip()][:60]


def _data(office: Office, digest: str) -> bytes:
    if not _DIGEST.fullmatch(digest):
        raise NotHere
    try:
        return (_waiting(office) / digest).read_bytes()
    except FileNotFoundError as error:
        raise Refused("这份文件已经不在了，请重新选择。") from error


def _read(office: Office, who: Actor, asked: Asked, data: bytes) -> tuple[Read | None, Releases | None]:
    """What the file holds. Raises ImportRefused."""
    if not asked.kind:
        raise ImportRefused("请选择这是哪一种表。")
    if asked.kind == RELEASES:
        found = releases_of(data, asked.body, known_numbers(_ledger(office).folder))
        own = _whose(who)
        other = [r for r in found.rows if own and r["body"] != own]
        if other:
            raise ImportRefused(f"里面有别的单位的采购（{other[0]['body']}），没有收。")
        return None, found
    given = {h: f for h, f in asked.mapping.items() if f and f != _IGNORED}
    known = known_numbers(_ledger(office).folder)
    return read_rows(data, form_of(asked.kind), asked.body, given, known, _whose(who)), None


@router.post(
    "/project-import-take",
    dependencies=[Guard],
    summary="导入看过的表，或者改了列名再看",
    response_class=HTMLResponse,
)
async def taking(request: Request, office: Shop, who: Who) -> Response:
    from fastapi.concurrency import run_in_threadpool

    form = await request.form()
    given = {k: str(v) for k, v in form.items() if isinstance(v, str)}
    return await run_in_threadpool(_taken, request, office, who, given)


def _taken(request: Request, office: Office, who: Actor, given: Mapping[str, str]) -> Response:
    pairs = [(given.get(f"heading-{n}", ""), given.get(f"field-{n}", "")) for n in range(60)]
    mapping = {h: f for h, f in pairs if h and f}
    body = _whose(who) or given.get("body", "").strip()
    asked = Asked(given.get("kind", ""), body[:200], mapping, given.get("rest") == "true")
    digest, name = given.get("digest", ""), given.get("name", "")[:200]
    data = _data(office, digest)
    if given.get("do") != "take":
        return _looked(request, office, who, asked, digest, name)
    folder, at = _ledger(office).folder, now().isoformat(timespec="seconds")
    try:
        read, releases = _read(office, who, asked, data)
        if releases is not None:
            if releases.refused and not asked.rest:
                raise ImportRefused(f"{len(releases.refused)} 个发布不能收，整份没有导入。")
            count = take_rows(folder, releases.rows, data, name, at, who.name)
        else:
            count = take(folder, _some(read), data, name, at, who.name, asked.rest)
    except ImportRefused as error:
        return _looked(request, office, who, asked, digest, name, str(error))
    with office.session() as session:
        note(session, who, "project.import", kind=_kind_name(asked.kind), name=name, count=count)
    (_waiting(office) / digest).unlink(missing_ok=True)
    return said("/project-import", f"已导入 {name}：{_kind_name(asked.kind)} {count} 行。")


def _some(read: Read | None) -> Read:
    if read is None:
        raise ImportRefused("没有读到表。")
    return read


@router.post("/project-import-undo", dependencies=[Guard], summary="撤销一次导入", response_class=Response)
def undoing(office: Shop, who: Who, digest: Annotated[str, Form(max_length=64)] = "") -> Response:
    folder = _ledger(office).folder
    found: dict[str, Any] | None = next((dict(x) for x in standing(folder) if x["sha256"] == digest), None)
    body = _whose(who)
    if found is None or (body and any(r.get("body") != body for r in found["rows"])):
        raise NotHere
    undo(folder, digest, now().isoformat(timespec="seconds"), who.name)
    with office.session() as session:
        note(session, who, "project.undo", kind=_kind_name(found["kind"]), name=found["file"])
    return said("/project-import", f"已撤销 {found['file']}。")
