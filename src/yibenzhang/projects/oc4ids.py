"""Projects in the shape of the Open Contracting for Infrastructure Data Standard (OC4IDS 0.9): a project package with
budget, contracting processes, milestones and documents. What the standard has no place for stays out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from yibenzhang.projects.events import Event, kinds
from yibenzhang.projects.linking import Project
from yibenzhang.projects.telling import money_of, plain

VERSION = "0.9"


def package(projects: Sequence[Project], published: str) -> str:
    """All projects as one package; ``published`` is an ISO date and time."""
    made = {
        "version": VERSION,
        "publishedDate": published,
        "publisher": {"name": "yibenzhang"},
        "projects": [project(p) for p in projects],
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def project(p: Project) -> dict[str, Any]:
    """One project. Money in CNY; dates only where a day is known, else the fiscal year's period."""
    out: dict[str, Any] = {"id": p.id, "title": p.name, "status": _status(p)}
    if p.years:
        ends = [e.end for e in p.events if e.end]
        out["period"] = {
            "startDate": f"{p.years[0]}-01-01T00:00:00Z",
            "endDate": f"{max([*ends, p.years[-1]])}-12-31T00:00:00Z",
        }
    out["publicAuthority"] = {"id": p.who, "name": p.who}
    if p.codes:
        out["identifiers"] = [{"id": code, "scheme": "CN-BUDGET-PROJECT"} for code in p.codes]
    budget = money_of(p, "budget")
    if budget is not None:
        out["budget"] = {
            "amount": _value(budget),
            "budgetBreakdowns": [{"id": "1", "budgetBreakdown": _breakdown(p)}],
        }
    contracts = [e for e in p.events if e.kind == "contract"]
    if contracts:
        out["contractingProcesses"] = [_process(p, e) for e in contracts]
    milestones = [_milestone(e) for e in p.events if e.kind in ("approval", "acceptance", "termination")]
    if milestones:
        out["milestones"] = milestones
    out["documents"] = _documents(p)
    return out


def _status(p: Project) -> str:
    statuses = [kinds()[e.kind].status for e in p.events if kinds()[e.kind].status]
    return statuses[-1] if statuses else "identification"


def _value(amount: Decimal) -> dict[str, Any]:
    return {"amount": _number(amount), "currency": "CNY"}


def _number(amount: Decimal) -> int | float:
    """JSON of the standard wants numbers: whole ones stay exact, others have at most two decimals of 元."""
    return int(amount) if amount == amount.to_integral_value() else float(plain(amount))


def _breakdown(p: Project) -> list[dict[str, Any]]:
    rows = []
    for year in p.years:
        found = [
            m.value
            for e in p.events
            if e.year == year
            for m in e.amounts
            if m.measure == "budget" and m.value
        ]
        if found:
            rows.append(
                {
                    "id": str(year),
                    "amount": _value(max(found)),
                    "period": {"startDate": f"{year}-01-01T00:00:00Z", "endDate": f"{year}-12-31T00:00:00Z"},
                }
            )
    return rows


def _process(p: Project, e: Event) -> dict[str, Any]:
    summary: dict[str, Any] = {"ocid": f"ocds-yibenzhang-{e.id}", "title": e.name, "status": "active"}
    if e.supplier:
        summary["suppliers"] = [{"id": e.supplier, "name": e.supplier}]
    if (value := e.amount("contracted")) is not None:
        summary["contractValue"] = _value(value)
    paid = [x for x in p.events if x.kind == "payment"]
    if paid and len([x for x in p.events if x.kind == "contract"]) == 1:
        summary["transactions"] = [
            {"id": x.id, "date": f"{x.date}T00:00:00Z", "value": _value(v)}
            for x in paid
            if (v := x.amount("paid")) is not None
        ]
    return {"id": f"ocds-yibenzhang-{e.id}", "summary": summary}


def _milestone(e: Event) -> dict[str, Any]:
    out: dict[str, Any] = {"id": e.id, "title": kinds()[e.kind].name, "status": "met"}
    if e.date:
        out["dateMet"] = f"{e.date}T00:00:00Z"
    return out


def _documents(p: Project) -> list[dict[str, Any]]:
    out: dict[str, dict[str, Any]] = {}
    for e in p.events:
        s = e.source
        one = out.setdefault(s.document, {"id": s.document[:16], "title": s.file, "pageStart": s.place})
        if s.address:
            one["url"] = s.address
    return list(out.values())
