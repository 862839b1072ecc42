"""Work on the account of resources: differences to decide on, quality, contradictions, and 一本账 of a body."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response

from yibenzhang.ledger.store import Ledger, LedgerError
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.lateness import today
from yibenzhang.office.models import Role
from yibenzhang.resources import deciding
from yibenzhang.resources.account import account_of, bodies
from yibenzhang.resources.account_report import report, rows
from yibenzhang.resources.contradictions import contradictions as all_of
from yibenzhang.resources.contradictions import rules_of
from yibenzhang.resources.measures import measures_of
from yibenzhang.resources.measuring import last_run
from yibenzhang.resources.published import bodies_of, together
from yibenzhang.resources.quality_rules import rules_of as quality_rules
from yibenzhang.resources.quality_tables import rate
from yibenzhang.resources.telling import proposal_row
from yibenzhang.web.formats import forms, shown, wants_data
from yibenzhang.web.pages.resources import MOST, PAGE, doer_of, only_of, schema_of
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["资源账"])


def ledger_of(office: Office) -> Ledger | None:
    """The ledger of disclosures: the one named at the start, or that in the workbench's own folder; None without."""
    for folder in (
        Path(office.settings.analyses) if office.settings.analyses else None,
        office.settings.folder,
    ):
        if folder is not None and (folder / "ledger.json").is_file():
            try:
                return Ledger(folder)
            except LedgerError as error:
                raise Refused(str(error)) from error
    return None


# ---- differences ---------------------------------------------------------------------------------------

PROPOSALS = {
    "id": "号",
    "source": "来源",
    "action_name": "差异",
    "kind_name": "种类",
    "name": "名称",
    "body": "单位",
    "told": "改动",
    "at": "采集时间",
}


@forms(router, "/proposals", PROPOSALS, {"total": "共几条"}, summary="采集来的差异，等人接受")
def proposals(
    request: Request,
    office: Shop,
    who: Who,
    source: str = "",
    kind: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    schema, whole, only = schema_of(office), wants_data(request), only_of(who)
    with office.session() as session:
        total = deciding.count_open(session, source, kind, only)
        start, count = (0, MOST) if whole else ((page - 1) * PAGE, PAGE)
        found = deciding.proposals(session, source, kind, start, count, only)
    listed = [proposal_row(schema, p, at=p.at) for p in found if p.kind in schema.kinds]
    return shown(
        request,
        who,
        "proposals.html",
        {"total": total},
        listed,
        PROPOSALS,
        "待定的差异",
        here=page,
        pages=-(-total // PAGE),
        source=source,
        may=who.may(Role.REVIEWER),
        tab="resources",
    )


@router.post("/proposals", dependencies=[Guard], summary="接受或不接受差异：逐条或全部", status_code=303)
def decide(
    office: Shop,
    who: Who,
    numbers: Annotated[list[int] | None, Form()] = None,
    action: Annotated[str, Form()] = "",
    whole: Annotated[bool, Form()] = False,
    source: Annotated[str, Form()] = "",
) -> Response:
    who.must(Role.REVIEWER)
    schema = schema_of(office)
    if action not in ("accept", "refuse") or not (numbers or whole):
        raise Refused("请勾选差异，再点接受或不接受。")
    with office.session() as session:
        if whole:
            some = list(deciding.proposals(session, source))
        else:
            some = [deciding.proposal_of(session, n) for n in numbers or ()]
        do = deciding.accept if action == "accept" else deciding.refuse
        decided = do(session, schema, some, doer_of(who))
    left = f"没有办的 {len(decided.left)} 条：{decided.left[0]}" if decided.left else ""
    return said("/proposals", f"{'接受' if action == 'accept' else '不接受'} {decided.done} 条。{left}")


# ---- quality and contradictions ------------------------------------------------------------------------

QUALITY = {
    "resource": "资源",
    "body": "单位",
    "property_name": "方面",
    "field": "字段",
    "rule_name": "规则",
    "checked": "检查",
    "passed": "合格",
    "rate": "合格率 %",
    "samples": "不合格的样（已遮盖）",
    "problem": "没有查成",
    "at": "时间",
}


@forms(router, "/quality", QUALITY, summary="数据质量：各来源最近一次检查")
def quality(request: Request, office: Shop, who: Who) -> Response:
    rules = quality_rules(office.settings.extra)
    with office.session() as session:
        found = last_run(session, only_of(who))
    listed: list[dict[str, Any]] = [
        {
            "resource": q.resource,
            "body": q.body,
            "property": q.property,
            "property_name": rules.properties.get(q.property, q.property),
            "field": q.field,
            "rule_id": q.rule,
            "rule_name": rules.rules[q.rule].name if q.rule in rules.rules else q.rule,
            "checked": q.checked,
            "passed": q.passed,
            "rate": rate(q.checked, q.passed),
            "samples": list(q.samples),
            "problem": q.problem,
            "at": q.at,
        }
        for q in found
    ]
    return shown(request, who, "quality.html", {}, listed, QUALITY, "数据质量", tab="resources")


CONTRADICTIONS = {
    "severity": "程度",
    "body": "单位",
    "code": "编码",
    "name": "名称",
    "message": "矛盾",
    "rule_id": "规则",
}


@forms(router, "/contradictions", CONTRADICTIONS, summary="账上的矛盾")
def contradictions(request: Request, office: Shop, who: Who, body: str = "") -> Response:
    schema, extra, only = schema_of(office), office.settings.extra, only_of(who)

    def made() -> list[dict[str, Any]]:
        with office.session() as session:
            found = all_of(
                session,
                schema,
                rules_of(extra),
                measures_of(extra),
                today(),
                ledger_of(office),
                body,
                only,
                office.mirror(),
            )
        return [
            {k: v for k, v in asdict(c).items() if k not in ("rule", "arguments")} | {"rule_id": c.rule}
            for c in found
        ]

    result = office.lately(("contradictions", only, body), made)
    return shown(
        request, who, "contradictions.html", {}, result, CONTRADICTIONS, "矛盾", body=body, tab="resources"
    )


# ---- one body ------------------------------------------------------------------------------------------

ACCOUNT = {"section_name": "节", "name": "项目", "said": "数", "note": "说明", "cite": "出处"}
_ACCOUNT = {
    "body": "单位",
    "as_of": "以哪一天为准",
    "bodies": "没有写单位时：有哪些单位",
    "unknown": "不知道的",
    "contradictions": "矛盾",
}


@forms(router, "/account", ACCOUNT, _ACCOUNT, summary="一本账：一个单位的钱、项目、应用、数据、云、承诺")
def account(request: Request, office: Shop, who: Who, body: str = "") -> Response:
    schema, only, extra = schema_of(office), only_of(who), office.settings.extra
    ledger = ledger_of(office)

    def made() -> Any:
        with office.session() as session, together(ledger):
            known = sorted({*bodies(session), *(bodies_of(ledger) if ledger else ())})
            chosen = [b for b in known if only is None or b == only]
            if body and body not in chosen:
                raise NotHere
            if not body:
                return chosen, None
            return chosen, account_of(session, schema, body, today(), ledger, extra, office.mirror())

    known, found = office.lately(("account", only, body), made)
    if found is None:
        data = {"body": "", "as_of": today(), "bodies": known, "unknown": [], "contradictions": []}
        return shown(
            request,
            who,
            "account.html",
            data,
            [],
            ACCOUNT,
            "一本账",
            account=None,
            severities_of={},
            tab="account",
        )
    page = report(found)
    data = {k: page[k] for k in ("body", "as_of", "unknown", "contradictions")} | {"bodies": known}
    return shown(
        request,
        who,
        "account.html",
        data,
        rows(found),
        ACCOUNT,
        f"{body}一本账",
        account=found,
        severities_of=schema.words["severity"],
        tab="account",
    )
