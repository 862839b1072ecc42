"""The findings of a whole season: rule by body by severity by decision by round, decided in bulk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Query, Request, Response

from yibenzhang.office import deciding, season_findings
from yibenzhang.office.access import Refused, season_of
from yibenzhang.office.models import Role, State
from yibenzhang.office.season_findings import PAGE, SORTS, UNDECIDED, Asked
from yibenzhang.office.spreadsheets import write_sheet
from yibenzhang.web.formats import forms, shown, wants_data
from yibenzhang.web.pages.review import REASONS
from yibenzhang.web.pages.seasons import SEASON, XLSX, reviewers, said, season_record
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.words import SEVERITY, STATES, VERDICT, cells, rules

router = APIRouter(tags=["审核"])
MOST = 50_000
"""Findings handed out at one go."""
COLUMNS = {
    "severity_name": "程度",
    "rule_name": "规则",
    "body": "单位",
    "round": "版次",
    "message": "问题",
    "leaf": "第几页",
    "verdict_name": "处理",
    "reason": "理由",
    "decided_by": "处理人",
    "decided_at": "处理时间",
    "state_name": "文件状态",
    "rule": "规则编号",
}
_TELLS = {
    "season": SEASON,
    "total": "符合条件的问题数",
    "undecided": "全季还没有处理的错误和疑问",
    "page": "第几页",
    "pages": "共几页",
}
_CHOICES = {UNDECIDED: "未处理", **{k: v for k, v in VERDICT.items() if k not in ("", "reopened")}}
_REVIEWED = {str(s): STATES[s] for s in (State.REVIEW, State.RETURNED, State.CLEAN)}
Text = Annotated[str, Query(max_length=80)]


def _asked(told: Mapping[str, str]) -> Asked:
    """What the address asks for; what it says beside is nothing."""

    def number(name: str) -> int:
        text = told.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def words(name: str) -> str:
        return told.get(name, "").strip()[:80]

    sort = words("sort") if words("sort") in SORTS else "worst"
    return Asked(
        words("rule"),
        words("family"),
        words("body"),
        words("severity"),
        words("verdict"),
        words("state"),
        words("find"),
        number("round"),
        number("reviewer"),
        sort,
    )


@forms(
    router,
    "/seasons/{number:int}/findings",
    COLUMNS,
    _TELLS,
    summary=f"全季的问题；.csv 最多 {MOST} 个，.json 每页 {PAGE} 个",
)
def findings(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    rule: Text = "",
    family: Text = "",
    body: Text = "",
    severity: Text = "",
    verdict: Text = "",
    state: Text = "",
    find: Text = "",
    round: Annotated[str, Query(max_length=9)] = "",
    reviewer: Annotated[str, Query(max_length=9)] = "",
    sort: Text = "",
    part: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Response:
    """Every finding of the versions that stand, or of one round."""
    asked, whole = _asked(request.query_params), request.url.path.endswith(".csv")
    with office.session() as session:
        season = season_of(session, number)
        rows = season_findings.found(
            session, who, season, asked, 0 if whole else (part - 1) * PAGE, MOST if whole else PAGE
        )
        tally = season_findings.tally(session, who, season, asked)
        page_only: dict[str, Any] = {}
        if not wants_data(request):
            page_only = {
                "counts": tally.counts,
                "kept": season_findings.filters_of(session, who, "findings"),
                "batch": deciding.last_batch(session, who, number),
                "reviewers": reviewers(session),
            }
    names = rules(office.settings.extra)
    rows = [_named(r, names) for r in rows]
    pages = max(-(-tally.total // PAGE), 1)
    data = {
        "season": season_record(season),
        "total": tally.total,
        "undecided": tally.undecided,
        "page": part,
        "pages": pages,
    }
    called = f"{season.name}的问题"
    return shown(
        request,
        who,
        "findings.html",
        data if wants_data(request) else data | {"season": season},
        rows,
        COLUMNS,
        called,
        asked=asked,
        query=urlencode(asked.query()),
        names=names,
        choices=_CHOICES,
        sorts=SORTS,
        reviewed=_REVIEWED,
        reasons=REASONS,
        judges=who.may(Role.REVIEWER) and season.closed_at is None,
        most=deciding.MOST,
        tab="findings",
        **page_only,
    )


def _named(row: dict[str, Any], names: Any) -> dict[str, Any]:
    return row | {
        "severity_name": SEVERITY.get(row["severity"], row["severity"]),
        "rule_name": names.get(row["rule"], row["rule"]),
        "verdict_name": VERDICT.get(row["verdict"], ""),
        "state_name": STATES.get(row["state"], ""),
    }


@router.get("/seasons/{number:int}/findings.xlsx", summary="全季的问题，Excel 文件", response_class=Response)
def findings_sheet(request: Request, office: Shop, who: Who, number: int) -> Response:
    """What the same address shows with the same filters."""
    with office.session() as session:
        season = season_of(session, number)
        rows = season_findings.found(session, who, season, _asked(request.query_params), 0, MOST)
    names = rules(office.settings.extra)
    data = write_sheet(season.name, list(COLUMNS.values()), (cells(_named(r, names), COLUMNS) for r in rows))
    name = f'attachment; filename="findings-{number}.xlsx"'
    return Response(data, media_type=XLSX, headers={"Content-Disposition": name})


@router.post(
    "/seasons/{number:int}/findings",
    dependencies=[Guard],
    summary="一并处理选中的（或符合条件的全部）问题",
    status_code=303,
)
def decide_findings(
    office: Shop,
    who: Who,
    number: int,
    verdict: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
    matters: Annotated[list[int] | None, Form()] = None,
    whole: Annotated[bool, Form()] = False,
    asked: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Decide about many findings alike; ``whole``: about all that ``asked``, a filter as its address has it, finds."""
    who.must(Role.REVIEWER)
    with office.session() as session:
        season = season_of(session, number)
        ids = set(matters or ())
        if whole:
            ids = set(season_findings.numbers(session, who, season, _of_query(asked), deciding.MOST))
        done = deciding.decide_many(session, who, ids, verdict, reason)
    if verdict == "reopened":
        words = f"已撤回对 {done.count} 个问题的处理。"
    else:
        words = f"已{VERDICT[verdict].removeprefix('已')} {done.count} 个问题。"
    left = f"没有动的 {len(done.left)} 份：{done.left[0]}" if done.left else ""
    return said(_back(number, asked), words + left)


@router.post(
    "/seasons/{number:int}/findings/undo",
    dependencies=[Guard],
    summary="撤销一批处理，后来又处理过的不动",
    status_code=303,
)
def undo_findings(
    office: Shop,
    who: Who,
    number: int,
    batch: Annotated[str, Form(max_length=32)] = "",
    asked: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    who.must(Role.REVIEWER)
    with office.session() as session:
        season_of(session, number)
        done = deciding.undo_batch(session, who, batch)
    words = f"已撤销，{done.count} 个问题恢复原样。"
    return said(
        _back(number, asked), words + (f"另有 {len(done.left)} 处没有动：{done.left[0]}" if done.left else "")
    )


@router.post(
    "/seasons/{number:int}/findings/filters",
    dependencies=[Guard],
    summary="保存或删去自己的筛选条件",
    status_code=303,
)
def keep_filter(
    office: Shop,
    who: Who,
    number: int,
    name: Annotated[str, Form(max_length=80)] = "",
    asked: Annotated[str, Form(max_length=1000)] = "",
    forget: Annotated[int, Form(ge=0, lt=10**9)] = 0,
) -> Response:
    with office.session() as session:
        season_of(session, number)
        if forget:
            season_findings.drop_filter(session, who, forget)
            return said(_back(number, asked), "已删去。")
        query = urlencode(_of_query(asked).query())
        if not query:
            raise Refused("现在没有筛选条件，没有可保存的。")
        season_findings.keep_filter(session, who, "findings", name, query)
    return said(_back(number, asked), "筛选条件已保存。")


def _of_query(text: str) -> Asked:
    """A filter from the query of an address."""
    return _asked(dict(parse_qsl(text)))


def _back(number: int, asked: str) -> str:
    query = urlencode(_of_query(asked).query())
    return f"/seasons/{number}/findings" + (f"?{query}" if query else "")
