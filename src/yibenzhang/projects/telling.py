"""Projects for people, for programs, as tables, and in the shape of OC4IDS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from yibenzhang.projects.events import Event, Source, kinds, measures
from yibenzhang.projects.linking import Link, Linked, Project
from yibenzhang.projects.members import Member
from yibenzhang.projects.portfolio import Asked
from yibenzhang.projects.words import say, words

SCHEMA = "yibenzhang/projects/1"
SHOWN = ("requested", "approved", "budget", "executed", "contracted", "paid")
"""The amounts of a project in a list."""
_ADDED = frozenset({"contracted", "changed", "paid"})
"""Measures whose amounts are parts of the whole; of others the latest year's is told."""


def year_of(project: Project, measure: str) -> int | None:
    """The year that money_of tells, where it is one year's."""
    if measure in _ADDED:
        return None
    return max((e.year for e in project.events if e.year and e.amount(measure) is not None), default=None)


def money_of(project: Project, measure: str) -> Decimal | None:
    """Contracts with their changes and payments added up; of other measures the last year's, the largest that is told
    of it; None where nothing is told."""
    asked = ("contracted", "changed") if measure == "contracted" else (measure,)
    found = [(e, m) for e in project.events for m in e.amounts if m.measure in asked and m.value is not None]
    if measure in _ADDED:
        return sum((m.value for _, m in found if m.value is not None), Decimal(0)) if found else None
    last = max((e.year or 0 for e, _ in found), default=0)
    return max((m.value for e, m in found if (e.year or 0) == last and m.value is not None), default=None)


def plain(value: Decimal | None) -> str:
    """A decimal without zeros that say nothing; empty where it is not known."""
    if value is None:
        return ""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def reasons_of(project: Project) -> list[str]:
    """Why what is in a project was put together, each reason once."""
    reasons = words()["reason"]
    found = [x.reason for x in project.links]
    if any(len({e.origin or e.source.document for e in m.events}) > 1 and m.code for m in project.members):
        found.append("code")
    return [reasons[r] for r in dict.fromkeys(found)]


# ---- rows ----------------------------------------------------------------------------------------------


def row_of(project: Project) -> dict[str, str]:
    """A project as a row of a list."""
    return {
        "id": project.id,
        "body": project.who,
        "name": project.name,
        "codes": "、".join(project.codes),
        "years": "、".join(map(str, project.years)),
        **{m: plain(money_of(project, m)) for m in SHOWN},
        "events": str(len(project.events)),
        "links": "、".join(reasons_of(project)),
    }


def event_rows(project: Project) -> Iterator[dict[str, str]]:
    """Every amount of every event as a row, with where it is written."""
    for e in project.events:
        for m in e.amounts or (None,):
            yield {
                "project": project.id,
                "body": project.who,
                "name": e.name,
                "codes": e.code,
                "kind": kinds()[e.kind].name,
                "year": str(e.year or ""),
                "date": e.date,
                "measure": measures()[m.measure] if m else "",
                "value": plain(m.value) if m else "",
                "printed": m.printed if m else "",
                "words": e.words,
                "supplier": e.supplier,
                "file": e.source.file,
                "place": e.source.place,
                "event": e.id,
            }


def asked_row(one: Asked) -> dict[str, str]:
    """A place to ask about as a row."""
    source = one.source or Source("", "", "")
    return {
        "rule": one.title,
        "body": one.body,
        "name": one.name,
        "message": one.message,
        "project": one.project,
        "event": one.event,
        "file": source.file,
        "place": source.place,
    }


def csv_of(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> str:
    """Rows with Chinese headings; what a spreadsheet would take for a formula is set off."""
    from yibenzhang.office.spreadsheets import write_csv

    heads = words()["column"]
    return write_csv([heads[c] for c in columns], [[r[c] for c in columns] for r in rows]).decode("utf-8-sig")


def workbook_of(projects: Sequence[Project]) -> bytes:
    """Every amount of every event as an Excel sheet; amounts are numbers."""
    from yibenzhang.office.spreadsheets import write_sheet

    heads = words()["column"]
    rows = ([_excel(r, c) for c in EVENTS] for p in projects for r in event_rows(p))
    return write_sheet(heads["name"], [heads[c] for c in EVENTS], rows)


def _excel(row: Mapping[str, str], column: str) -> str | Decimal | None:
    if column == "value":
        return Decimal(row[column]) if row[column] else None
    return row[column]


LIST = ("id", "body", "name", "codes", "years", *SHOWN, "events", "links")
EVENTS = (
    "project",
    "body",
    "name",
    "codes",
    "kind",
    "year",
    "date",
    "measure",
    "value",
    "printed",
    "words",
    "supplier",
    "file",
    "place",
    "event",
)
ASKED = ("rule", "body", "name", "message", "project", "event", "file", "place")


# ---- text ----------------------------------------------------------------------------------------------


def shown(value: Decimal | None, measure: str = "") -> str:
    """An amount for people: 万元 with what it has of decimals; points as they are."""
    if value is None:
        return ""
    return plain(value) if measure == "score" else f"{plain(value / 10000)}万元"


def list_lines(linked: Linked) -> Iterator[str]:
    """The projects body by body, a line each, then what waits for a person."""
    body = None
    for p in linked.projects:
        if p.who != body:
            body = p.who
            yield body
        money = "　".join(
            f"{_year(p, m)}{measures()[m]} {shown(v)}" for m in SHOWN if (v := money_of(p, m)) is not None
        )
        years = "、".join(map(str, p.years))
        yield f"  {p.id}　{p.name}　{years}　{money}".rstrip()
    yield from proposal_lines(linked)
    yield say("projects", count=len(linked.projects), events=sum(len(p.events) for p in linked.projects))


def _year(project: Project, measure: str) -> str:
    """Of which year an amount is, where the project has several."""
    year = year_of(project, measure) if len(project.years) > 1 else None
    return str(year) if year else ""


def proposal_lines(linked: Linked) -> Iterator[str]:
    """Members that may be one project, the likeliest first."""
    members = {m.id: m for p in linked.projects for m in p.members}
    for x in linked.proposals:
        a, b = members[x.one], members[x.other]
        yield say(
            "proposed",
            one=_named(a),
            one_id=a.id,
            other=_named(b),
            other_id=b.id,
            score=f"{x.score:.2f}",
            reason=words()["reason"][x.reason],
        )


def _named(m: Member) -> str:
    return f"{m.name} {m.year}" if m.year != 9999 else m.name


def show_lines(project: Project) -> Iterator[str]:
    """A project as a time line, each event with its source, and why its parts were put together."""
    yield f"{project.name}　{project.who}　{'、'.join(project.codes)}".rstrip("　")
    for e in project.events:
        when = e.date or str(e.year or "？")
        money = "，".join(f"{measures()[m.measure]} {m.printed}" for m in e.amounts)
        said = "　".join(
            x for x in (e.name if e.name != project.name else "", money, e.supplier, e.words[:40]) if x
        )
        yield f"  {when}　{kinds()[e.kind].name}　{said}　〔{e.source.file} {e.source.place}〕"
    members = {m.id: m for m in project.members}
    for x in project.links:
        one, other = members[x.one], members[x.other]
        yield (
            f"  {_named(one)}（{one.id}）＝ {_named(other)}（{other.id}）："
            f"{words()['reason'][x.reason]}　{x.score:.2f}"
        )


def asked_lines(found: Sequence[Asked]) -> Iterator[str]:
    """Places to ask about, question by question."""
    rule = None
    for one in found:
        if one.rule != rule:
            rule = one.rule
            yield f"{one.title}（{one.rule}）"
        where = f"　〔{one.source.file} {one.source.place}〕" if one.source else ""
        yield f"  {one.body}　{one.message}{where}"
    yield say("asked", count=len(found)) if found else say("clean")


# ---- JSON ----------------------------------------------------------------------------------------------


def project_json(project: Project) -> dict[str, Any]:
    """A project with all its events, members and links; amounts are strings in 元."""
    return {
        "id": project.id,
        "body": project.who,
        "name": project.name,
        "codes": list(project.codes),
        "years": list(project.years),
        "money": {m: plain(money_of(project, m)) or None for m in SHOWN},
        "members": [{"id": m.id, "name": m.name, "code": m.code} for m in project.members],
        "links": [_link(x) for x in project.links],
        "events": [_event(e) for e in project.events],
    }


def _link(x: Link) -> dict[str, Any]:
    return {"one": x.one, "other": x.other, "reason": x.reason, "score": f"{x.score:.2f}"}


def _event(e: Event) -> dict[str, Any]:
    return {
        "id": e.id,
        "kind": e.kind,
        "name": e.name,
        "code": e.code,
        "body": e.body,
        "year": e.year,
        "date": e.date or None,
        "amounts": [
            {"measure": m.measure, "value": plain(m.value) or None, "printed": m.printed} for m in e.amounts
        ],
        "words": e.words,
        "supplier": e.supplier,
        "begin": e.begin,
        "end": e.end,
        "source": _source(e.source),
    }


def _source(s: Source) -> dict[str, Any]:
    return {"document": s.document, "file": s.file, "place": s.place, "address": s.address or None}


def json_of(linked: Linked) -> str:
    """All projects, and what waits for a person."""
    made = {
        "schema": SCHEMA,
        "projects": [project_json(p) for p in linked.projects],
        "proposals": [_link(x) for x in linked.proposals],
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def asked_json(found: Sequence[Asked]) -> str:
    """Places to ask about, each with its rule, arguments and source."""
    rows = [
        {
            "rule": a.rule,
            "body": a.body,
            "project": a.project or None,
            "name": a.name,
            "message": a.message,
            "event": a.event,
            "arguments": dict(a.arguments),
            "source": _source(a.source) if a.source else None,
        }
        for a in found
    ]
    return (
        json.dumps({"schema": "yibenzhang/portfolio/1", "asked": rows}, ensure_ascii=False, indent=2) + "\n"
    )
