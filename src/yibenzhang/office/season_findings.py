"""The findings of a whole season: by rule, body, severity, decision and round, searched and sorted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from yibenzhang.office.access import Actor, Refused, visible_submissions
from yibenzhang.office.desk_models import Assignment, SavedFilter
from yibenzhang.office.lateness import shows_lateness
from yibenzhang.office.models import Body, Decision, Entry, Matter, Season, State, Submission

PAGE = 100
MOST_FILTERS = 30
UNDECIDED = "open"
SORTS = {
    "worst": "程度",
    "body": "单位",
    "rule": "规则",
    "newest": "最近处理",
}
STANDS = (State.REVIEW, State.RETURNED, State.CLEAN)
"""States of a version that stands now and was checked."""
_SEVERITIES = ("error", "warning", "notice")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; empty is everything. ``round`` 0 is the version that stands now."""

    rule: str = ""
    family: str = ""
    body: str = ""
    severity: str = ""
    verdict: str = ""
    state: str = ""
    find: str = ""
    round: int = 0
    reviewer: int = 0
    sort: str = "worst"

    def query(self) -> dict[str, str]:
        """As an address has it; what is as usual is left out."""
        usual = Asked()
        values = {f.name: (getattr(self, f.name), getattr(usual, f.name)) for f in fields(self)}
        return {name: str(value) for name, (value, other) in values.items() if value != other}


def found(
    session: Session, actor: Actor, season: Season, asked: Asked, start: int, count: int
) -> list[dict[str, Any]]:
    """The findings asked for from position ``start``."""
    wanted = _wanted(actor, season, asked)
    columns = (
        Matter.id,
        Matter.rule,
        Matter.severity,
        Matter.message,
        Matter.verdict,
        Matter.leaf,
        Submission.id.label("submission"),
        Submission.round,
        Submission.state,
        Submission.name,
        Entry.id.label("entry"),
        Body.name.label("body"),
    )
    keys = {f"key{k}": key for k, key in enumerate(_order(asked.sort))}
    each = select(*columns, *(key.label(name) for name, key in keys.items()))
    listed: Any = union_all(*(of(each).where(*wanted) for of in _BOTH))
    ordered = listed.order_by(*(listed.selected_columns[name] for name in keys)).offset(start).limit(count)
    rows = [_row(r) for r in session.execute(ordered)]
    last = _last(session, [r["id"] for r in rows])
    return [r | last.get(r["id"], _NOBODY) for r in rows]


def numbers(session: Session, actor: Actor, season: Season, asked: Asked, most: int) -> list[int]:
    """The numbers of the findings asked for, one more than ``most`` where there are more."""
    wanted = _wanted(actor, season, asked)
    each = (of(select(Matter.id)).where(*wanted).order_by(Matter.id).limit(most + 1) for of in _BOTH)
    return sorted(n for listed in each for n in session.scalars(listed))[: most + 1]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings are asked for; how many of each rule, severity and decision, each with the other filters and
    without its own; ``undecided``: errors and doubts of the versions that stand that nobody has decided about, the same
    on every page."""

    total: int
    counts: dict[str, Counter[str]]
    undecided: int


def tally(session: Session, actor: Actor, season: Season, asked: Asked) -> Tally:
    """All these numbers from one walk over the findings; from two where there are filters of another kind."""
    others = replace(asked, rule="", family="", severity="", verdict="", sort="worst")
    groups = _groups(session, actor, season, others)
    whole = groups if others == Asked() else _groups(session, actor, season, Asked())
    out: dict[str, Counter[str]] = {"rule": Counter(), "severity": Counter(), "verdict": Counter()}
    total = 0
    for rule, severity, verdict, n, _ in groups:
        of_rule = _of_rule(asked, rule)
        of_severity = asked.severity in ("", severity)
        of_verdict = asked.verdict in ("", verdict)
        if of_severity and of_verdict:
            out["rule"][rule] += n
        if of_rule and of_verdict:
            out["severity"][severity] += n
        if of_rule and of_severity:
            out["verdict"][verdict] += n
        total += n if of_rule and of_severity and of_verdict else 0
    left = sum(n for _, s, v, n, of_file in whole if of_file and v == UNDECIDED and s != "notice")
    return Tally(total, out, left)


def _of_rule(asked: Asked, rule: str) -> bool:
    of_family = not asked.family or rule == asked.family or rule.startswith(f"{asked.family}.")
    return of_family and (not asked.rule or rule == asked.rule)


def _groups(
    session: Session, actor: Actor, season: Season, asked: Asked
) -> list[tuple[str, str, str, int, bool]]:
    """How many findings there are of each rule, severity and decision; true: of files, not of roster lines."""
    kinds = (Matter.rule, Matter.severity, Matter.verdict)
    wanted = _wanted(actor, season, asked)
    return [
        (rule, severity, UNDECIDED if verdict in ("", "reopened") else verdict, n, of is _of_files)
        for of in _BOTH
        for rule, severity, verdict, n in session.execute(
            of(select(*kinds, func.count())).where(*wanted).group_by(*kinds)
        )
    ]


def _of_files(asked: Any) -> Any:
    """Asked of what is about a file."""
    of_version = Submission.id == Matter.submission_id
    return _with_body(asked.select_from(Matter).join(Submission, of_version))


def _of_lines(asked: Any) -> Any:
    """Asked of the lateness of roster lines, with the versions that show it."""
    of_line = and_(Submission.entry_id == Matter.entry_id, shows_lateness())
    return _with_body(asked.select_from(Matter).join(Submission, of_line))


_BOTH = (_of_files, _of_lines)
"""One after the other: each by its index."""


def _with_body(asked: Any) -> Any:
    return asked.join(Entry, Entry.id == Submission.entry_id).join(Body, Body.id == Entry.body_id)


def _wanted(actor: Actor, season: Season, asked: Asked) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = [
        Submission.season_id == season.id,
        Submission.draft.is_(False),
        Submission.part_of_id.is_(None),
        Matter.gone.is_(False),
        visible_submissions(actor),
    ]
    out.append(Submission.round == asked.round if asked.round else Submission.state.in_(STANDS))
    if asked.round:
        out.append(Submission.state != State.WITHDRAWN)
    if asked.rule:
        out.append(Matter.rule == asked.rule)
    if asked.family:
        out.append(
            or_(Matter.rule == asked.family, Matter.rule.startswith(f"{asked.family}.", autoescape=True))
        )
    if asked.severity:
        out.append(Matter.severity == asked.severity)
    if asked.verdict:
        open_ = Matter.verdict.in_(("", "reopened"))
        out.append(open_ if asked.verdict == UNDECIDED else Matter.verdict == asked.verdict)
    if asked.state:
        out.append(Submission.state == asked.state)
    if asked.body:
        out.append(Body.name.contains(asked.body, autoescape=True))
    if asked.find:
        out += [Matter.message.contains(word, autoescape=True) for word in asked.find.split()[:8]]
    if asked.reviewer:
        own = aliased(Assignment)
        out.append(
            select(own.entry_id).where(and_(own.entry_id == Entry.id, own.user_id == asked.reviewer)).exists()
        )
    return out


def _order(sort: str) -> list[Any]:
    """Worst first, then by body and page; or as asked."""
    usual = [Body.name, Submission.id, Matter.leaf, Matter.rank, Matter.id]
    if sort == "body":
        return [Body.name, Submission.id, _worst(), *usual[2:]]
    if sort == "rule":
        return [Matter.rule, *usual]
    if sort == "newest":
        last = select(func.max(Decision.id)).where(Decision.matter_id == Matter.id).scalar_subquery()
        return [-func.coalesce(last, 0), *usual]
    return [_worst(), *usual]


def _worst() -> Any:
    return case({s: k for k, s in enumerate(_SEVERITIES)}, value=Matter.severity, else_=3)


def _row(r: Any) -> dict[str, Any]:
    return {
        "id": r[0],
        "rule": r[1],
        "severity": r[2],
        "message": r[3],
        "verdict": "" if r[4] == "reopened" else r[4],
        "leaf": r[5],
        "submission": r[6],
        "round": r[7],
        "state": r[8],
        "name": r[9],
        "entry": r[10],
        "body": r[11],
    }


_NOBODY: dict[str, Any] = {"reason": "", "decided_by": "", "decided_at": None}


def _last(session: Session, ids: list[int]) -> dict[int, dict[str, Any]]:
    """The last decision about each."""
    out: dict[int, dict[str, Any]] = {}
    for at in range(0, len(ids), 500):
        asked = select(Decision).where(Decision.matter_id.in_(ids[at : at + 500])).order_by(Decision.id)
        for d in session.scalars(asked):
            out[d.matter_id] = {"reason": d.reason, "decided_by": d.who, "decided_at": d.at}
    return out


def filters_of(session: Session, actor: Actor, page: str) -> list[SavedFilter]:
    """The filters a person keeps for a page."""
    asked = select(SavedFilter).where(SavedFilter.person == (actor.id or 0), SavedFilter.page == page)
    return list(session.scalars(asked.order_by(SavedFilter.name)))


def keep_filter(session: Session, actor: Actor, page: str, name: str, query: str) -> None:
    """Keep a filter under a name; one of the same name is replaced. Raises Refused."""
    name = " ".join(name.split())[:40]
    if not name:
        raise Refused("请给筛选条件起个名称。")
    kept = {f.name: f for f in filters_of(session, actor, page)}
    if name not in kept and len(kept) >= MOST_FILTERS:
        raise Refused(f"最多保存 {MOST_FILTERS} 个筛选条件，请先删去不用的。")
    if name in kept:
        kept[name].query = query[:1000]
    else:
        session.add(SavedFilter(person=actor.id or 0, page=page, name=name, query=query[:1000]))


def drop_filter(session: Session, actor: Actor, number: int) -> None:
    """Forget one of one's own filters."""
    kept = session.get(SavedFilter, number)
    if kept is not None and kept.person == (actor.id or 0):
        session.delete(kept)
