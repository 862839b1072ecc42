"""Mapping a bureau's tables and columns onto a pack's, on a page: write, look what is missing, run once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from yibenzhang.evidence.mapping_files import fields_of, write
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import period_of, run
from yibenzhang.evidence.observations import Observations
from yibenzhang.evidence.packs import SIGNS, pack, packs
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError, evidence_words
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.models import ZONE, Role
from yibenzhang.web.formats import forms
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.evidence import folders
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["实测"])
_SAID = evidence_words()["web"]
_LONGEST = 2000
COLUMNS = {k: _SAID[k] for k in ("table", "column", "column_kind", "own_column", "codes")}


def _file(office: Office, name: str) -> Path:
    for folder in folders(office):
        if name in {f.name for f in (folder / "mappings").glob("*.toml")}:
            return folder / "mappings" / name
    raise NotHere


@forms(router, "/evidence-mapping", COLUMNS, {}, summary="对应文件：指标包要的列，在本单位是哪一列（负责人）")
def form(
    request: Request,
    office: Shop,
    who: Who,
    system: Annotated[str, Query(max_length=60)] = "",
    file: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The form of a new mapping of a pack, or of one that is there."""
    who.must(Role.HEAD)
    fields: dict[str, str] = {}
    chosen = None
    try:
        if file:
            mapped = mapping_of(_file(office, file))
            chosen, fields = mapped.pack, fields_of(mapped)
            if mapped.kind not in ("files", "database"):
                raise Refused(_SAID["by_hand"])
        elif system:
            chosen = pack(system)
    except EvidenceError as error:
        raise Refused(str(error)) from error
    rows = [
        {
            "table": t.name,
            "column": c.name,
            "column_kind": evidence_words()["kind"][c.kind],
            "own_column": fields.get(f"c-{t.name}-{c.name}", ""),
            "codes": fields.get(f"v-{t.name}-{c.name}", ""),
        }
        for t in (chosen.tables.values() if chosen else ())
        for c in t.columns.values()
    ]
    return answered(
        request,
        who,
        "evidence_mapping.html",
        {},
        rows,
        COLUMNS,
        _SAID["mapping"],
        heads=_SAID,
        pack=chosen,
        packs=packs(),
        fields=fields,
        file=file,
        column_kinds=evidence_words()["kind"],
        promises={p.indicator: p for p in reversed(chosen.promises)} if chosen else {},
        signs=SIGNS,
        tab="evidence",
    )


@router.post("/evidence-mapping", dependencies=[Guard], include_in_schema=False)
async def save(request: Request, office: Shop, who: Who) -> Response:
    who.must(Role.HEAD)
    given = await request.form()
    fields = {k: v[:_LONGEST] for k, v in given.items() if isinstance(v, str)}
    name = fields.get("file", "").removesuffix(".toml")
    try:
        write(folders(office)[0] / "mappings", name, pack(fields.get("pack", "")), fields)
    except EvidenceError as error:
        raise Refused(str(error)) from error
    return said(f"/evidence-mappings?check={name}.toml", _SAID["saved"].format(file=f"{name}.toml"))


@router.post("/evidence-run", dependencies=[Guard], include_in_schema=False)
async def run_once(request: Request, office: Shop, who: Who) -> Response:
    """The first run, of this year; a gap is a gap here, too."""
    from starlette.concurrency import run_in_threadpool

    who.must(Role.HEAD)
    given = await request.form()
    file = _file(office, str(given.get("file", "")))
    found: dict[str, Any] = await run_in_threadpool(_ran, file, folders(office)[0])
    return said("/evidence", _SAID["ran"].format(file=file.name, **found))


def _ran(file: Path, store: Path) -> dict[str, Any]:
    now = datetime.now(ZONE)
    try:
        observed = run(
            mapping_of(file), period_of(str(now.year)), now.isoformat(timespec="seconds"), Limits(seconds=20)
        )
        Observations(store).append(observed)
    except EvidenceError as error:
        raise Refused(str(error)) from error
    gaps = sum(o.value is None for o in observed)
    return {"values": len(observed) - gaps, "gaps": gaps}
