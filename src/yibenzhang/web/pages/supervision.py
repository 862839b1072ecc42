"""How well bodies supervise, on pages: rankings and how they came about, definitions written and versioned, scores
worked out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.packs import Pack
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.models import ZONE, Role
from yibenzhang.supervision.assessing import assess, mapped_of, save
from yibenzhang.supervision.conditions import title
from yibenzhang.supervision.definitions import Definition, definition_of
from yibenzhang.supervision.scoring import Standing
from yibenzhang.supervision.store import SCHEMES, Assessments, Score, Version, differences
from yibenzhang.supervision.telling import (
    COLUMNS,
    amount_text,
    definition_rows,
    dimension_title,
    group_title,
    rows,
)
from yibenzhang.supervision.telling import (
    chosen as chosen_of,
)
from yibenzhang.supervision.words import words
from yibenzhang.web.charts import Chart, Series, bars, lines
from yibenzhang.web.formats import forms
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.evidence import folders
from yibenzhang.web.pages.resources import only_of
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["效能评估"])
_SAID: Mapping[str, str] = words()["web"]
_HEADS: Mapping[str, str] = words()["heads"]
DEFINED = {k: _HEADS[k] for k in ("measure", "table", "above", "below", "unit", "weight", "zero", "full")}
_EMPTY_LINES = 2
_MOST_MEASURES = 40
_MOST_LINES, _MOST_PERIODS, _MOST_BARS = 4, 12, 40
_COLOURS = ("deep", "orange", "proved", "purple")
_LONGEST = 1000


def kept_of(office: Office) -> Assessments:
    """The assessments of the ledger, else of the workbench's own folder."""
    there = folders(office)
    return Assessments(next((f for f in there if (f / SCHEMES).is_file()), there[0]))


def _pack(kept: Assessments, definition: Definition) -> Pack | None:
    try:
        return mapped_of(definition, kept.folder).pack
    except EvidenceError:
        return None


@forms(
    router,
    "/supervision",
    COLUMNS,
    {"scheme": _HEADS["scheme"]},
    summary="效能评估：各单位的名次和各指标得分",
)
def supervision(
    request: Request,
    office: Shop,
    who: Who,
    scheme: Annotated[str, Query(max_length=60)] = "",
    period: Annotated[str, Query(max_length=20)] = "",
    dimension: Annotated[str, Query(max_length=60)] = "",
    score: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> Response:
    """The newest score of a scheme, or of one period, or one by its number. A department sees its own lines."""
    kept = kept_of(office)
    try:
        newest = {v.definition.name: v for v in kept.versions()}
        scheme = scheme if scheme in newest else next(iter(newest), "")
        scores = kept.scores(scheme) if scheme else []
    except EvidenceError as error:
        raise Refused(str(error)) from error
    chosen = _chosen(scores, period, score)
    version = chosen.version if chosen else newest.get(scheme)
    pack = _pack(kept, version.definition) if version else None
    dimensions = version.definition.dimensions if version else ()
    dimension = dimension if dimension in dimensions else next(iter(dimensions), "")
    found = _seen(who, chosen, dimension)
    return answered(
        request,
        who,
        "supervision.html",
        {"scheme": scheme},
        list(rows(chosen, found, pack)) if chosen else [],
        COLUMNS,
        _SAID["title"],
        said=_SAID,
        heads=_HEADS,
        schemes=list(newest),
        version=version,
        score=chosen,
        scores=list(reversed(scores)),
        periods=sorted({s.period for s in scores}, reverse=True),
        dimensions={d: dimension_title(pack, d) for d in dimensions},
        dimension=dimension,
        found=found,
        group_title=group_title,
        defined=definition_rows(version) if version else [],
        **_worked_out(chosen, dimension),
        pictures=_pictures(chosen, found, scores, dimension),
        may_change=who.may(Role.HEAD),
        every=words()["every"],
        example=words()["examples"].get(version.definition.every if version else "", ""),
        tab="evidence",
    )


def _chosen(scores: Sequence[Score], period: str, number: int) -> Score | None:
    if number:
        found = next((s for s in scores if s.number == number), None)
        if found is None:
            raise NotHere
        return found
    return next((s for s in reversed(scores) if period in ("", s.period)), None)


def _seen(who: Who, chosen: Score | None, dimension: str) -> list[Standing]:
    """The lines of a score that somebody may see."""
    own = only_of(who)
    return [s for s in (chosen_of(chosen, dimension) if chosen else []) if own is None or s.group == own]


def _worked_out(chosen: Score | None, dimension: str) -> dict[str, Any]:
    """How a score was worked out: its questions, and what could not be counted."""
    if chosen is None:
        return {"queries": [], "gaps": []}
    queries = [c for c in chosen.counts if c.dimension == dimension]
    return {"queries": queries, "gaps": list(dict.fromkeys((c.measure, c.gap) for c in chosen.gaps))}


def _pictures(
    chosen: Score | None, found: Sequence[Standing], scores: Sequence[Score], dimension: str
) -> list[Chart]:
    """The ranking, what makes it up, and the totals over the periods."""
    if chosen is None or not found:
        return []
    ranked = [s for s in found if s.total is not None][:_MOST_BARS]
    totals = Series(_HEADS["total"], tuple(float(s.total or 0) for s in ranked), "blue")
    out = (
        [bars(_SAID["ranking"], [f"{s.rank} {group_title(s.group)}" for s in ranked], totals, most=100)]
        if ranked
        else []
    )
    return out + _trend((ranked or found)[:_MOST_LINES], scores, dimension)


def _trend(shown: Sequence[Standing], scores: Sequence[Score], dimension: str) -> list[Chart]:
    """The totals of some over the periods, where there are several."""
    latest = {s.period: s for s in scores}
    periods = sorted(latest)[-_MOST_PERIODS:]
    if len(periods) < 2:
        return []
    over = [{t.group: t.total for t in chosen_of(latest[p], dimension)} for p in periods]
    each = [
        Series(
            group_title(s.group),
            tuple(None if (v := o.get(s.group)) is None else float(v) for o in over),
            _COLOURS[k],
        )
        for k, s in enumerate(shown)
    ]
    return [lines(_SAID["trend"], periods, each, most=100)]


@forms(
    router,
    "/supervision-scheme",
    DEFINED,
    {"scheme": _HEADS["scheme"]},
    summary="评估方案：指标、权重、各版（负责人）",
)
def scheme_form(
    request: Request,
    office: Shop,
    who: Who,
    scheme: Annotated[str, Query(max_length=60)] = "",
    version: Annotated[int, Query(ge=0, le=10**9)] = 0,
    mapping: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The form of a new scheme over a mapping, or of a version of one."""
    who.must(Role.HEAD)
    kept = kept_of(office)
    mappings = {f.name for f in (kept.folder / "mappings").glob("*.toml")}
    chosen: Version | None = None
    try:
        if scheme:
            chosen = kept.version(scheme, version)
            mapping = chosen.definition.mapping
        pack = mapping_of(kept.folder / "mappings" / mapping).pack if mapping in mappings else None
        versions = kept.versions(scheme) if scheme else []
    except EvidenceError as error:
        raise Refused(str(error)) from error
    definition = chosen.definition if chosen else None
    return answered(
        request,
        who,
        "supervision_scheme.html",
        {"scheme": scheme},
        definition_rows(chosen) if chosen else [],
        DEFINED,
        _SAID["definition"],
        said=_SAID,
        heads=_HEADS,
        definition=definition,
        measures=[*(definition.measures if definition else ()), *[None] * _EMPTY_LINES],
        chosen=chosen,
        newest=versions[-1].number if versions else 0,
        versions=list(reversed(versions)),
        mapping=mapping,
        mappings=sorted(mappings),
        pack=pack,
        dimensions=_dimensions(pack),
        times=[(t, title(c)) for t, c in _columns(pack) if c.kind in ("time", "date")],
        whats=words()["what"],
        every=words()["every"],
        title=title,
        amount_text=amount_text,
        tab="evidence",
    )


def _columns(pack: Pack | None) -> list[tuple[str, Any]]:
    return [(t.name, c) for t in pack.tables.values() for c in t.columns.values()] if pack else []


def _dimensions(pack: Pack | None) -> dict[str, str]:
    """Columns of words that are no keys; the id of a table would make a group of each row."""
    return {
        c.name: title(c) for _, c in _columns(pack) if c.kind == "text" and not c.sample.startswith("serial")
    }


@router.post("/supervision-scheme", dependencies=[Guard], include_in_schema=False)
async def save_scheme(request: Request, office: Shop, who: Who) -> Response:
    """The next version, of what the form says; nothing where somebody saved in between."""
    who.must(Role.HEAD)
    given = await request.form()
    fields = {k: v[:_LONGEST].strip() for k, v in given.items() if isinstance(v, str)}
    dimensions = [v for k, v in given.multi_items() if k == "dimensions" and isinstance(v, str)]
    before = fields.get("before", "")
    try:
        definition = definition_of(_data(fields, dimensions))
        kept = kept_of(office)
        now = datetime.now(ZONE).isoformat(timespec="seconds")
        made = save(kept, definition, now, who.name, int(before) if before.isdigit() else None)
    except EvidenceError as error:
        raise Refused(str(error)) from error
    words_said = words()["report"]["saved"].format(name=definition.name, version=made.number)
    return said(f"/supervision?scheme={definition.name}", words_said)


def _data(fields: Mapping[str, str], dimensions: Sequence[str]) -> dict[str, Any]:
    """The plain data of a definition from the fields; lines without a name are left out."""
    measures = []
    for k in range(_MOST_MEASURES):
        own = {
            f: fields.get(f"{f}-{k}", "") for f in ("name", "table", "unit", "weight", "zero", "full", "time")
        }
        if not own["name"]:
            continue
        above = {f: fields.get(f"above-{f}-{k}", "") for f in ("what", "column", "where")}
        below = {f: fields.get(f"below-{f}-{k}", "") for f in ("what", "column", "where")}
        measures.append({**own, "above": above, "below": below if below["what"] else None})
    head = {f: fields.get(f, "") for f in ("name", "mapping", "every")}
    return {**head, "dimensions": dimensions, "measure": measures}


@router.post("/supervision-score", dependencies=[Guard], include_in_schema=False)
async def score_once(request: Request, office: Shop, who: Who) -> Response:
    from starlette.concurrency import run_in_threadpool

    who.must(Role.HEAD)
    given = await request.form()
    name, period = str(given.get("scheme", ""))[:60], str(given.get("period", ""))[:20]
    kept = kept_of(office)
    made = await run_in_threadpool(_scored, kept, name, period, who.name)
    gaps = len({c.measure for c in made.gaps})
    sentence = words()["report"]["scored"].format(
        number=made.number,
        name=name,
        version=made.version.number,
        period=made.period,
        groups=len(made.totals),
        gaps=gaps,
    )
    return said(f"/supervision?scheme={name}&score={made.number}", sentence)


def _scored(kept: Assessments, name: str, period: str, by: str) -> Score:
    now = datetime.now(ZONE).isoformat(timespec="seconds")
    try:
        return assess(kept, kept.version(name), period, now, by, Limits(seconds=20))
    except EvidenceError as error:
        raise Refused(str(error)) from error


@router.post("/supervision-repeat", dependencies=[Guard], include_in_schema=False)
async def repeat(request: Request, office: Shop, who: Who) -> Response:
    """An old score worked out again by its own version, from the counts that were kept."""
    who.must(Role.HEAD)
    given = await request.form()
    text = str(given.get("number", ""))
    try:
        one = kept_of(office).score(int(text) if text.isdigit() and len(text) < 10 else 0)
        lost = differences(one)
    except EvidenceError as error:
        raise Refused(str(error)) from error
    report = words()["report"]
    same = report["same"] if not lost else report["different"].format(count=len(lost))
    sentence = report["repeated"].format(
        number=one.number, version=one.version.number, groups=len(one.totals), same=same
    )
    return said(f"/supervision?scheme={one.version.definition.name}&score={one.number}", sentence)
