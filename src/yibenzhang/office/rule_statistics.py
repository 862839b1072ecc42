"""What people made of each rule: how often it was told, confirmed, dismissed and why, and what the program missed.

A finding and the same finding in later versions are one: the last version's decision counts. What a better reading
no longer reports is counted apart.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from yibenzhang.office.access import Actor
from yibenzhang.office.following import PERSON
from yibenzhang.office.models import Body, Decision, Entry, Matter, Submission, Verdict
from yibenzhang.office.statistics import of_lines, share, versions
from yibenzhang.standards import load

FEW = 5
"""Fewer decisions than this make no ratio."""
MOST_REASONS = 3_000
MOST_MISSED = 1_000
_CARRIED = re.compile(r"^(?:沿用第 \d+ 版的决定：?)+")


def family_of(rule: str) -> str:
    """The kind of a rule in words."""
    name = rule.partition(".")[0]
    return families().get(name, name)


@lru_cache(maxsize=1)
def families() -> dict[str, str]:
    """What the kinds of rules are called, by the first part of their ids (rule_families.toml)."""
    with Path(__file__).with_name("rule_families.toml").open("rb") as f:
        return dict(tomllib.load(f))


@lru_cache(maxsize=4)
def rule_names(extra: str = "") -> dict[str, str]:
    """What each rule says, over all regions and the layer in the folder ``extra``."""
    layers = [load(r.id, extra) for r in load("", extra).regions]
    return {i: r.name for layer in [*layers, load("", extra)] for i, r in layer.rule_by_id.items()}


@dataclass(frozen=True, slots=True)
class Judged:
    """How findings of a rule (or kind, or of all) were judged. Solved counts as confirmed: people saw that it was real.

    ``mended``: nobody decided, but the next version had it mended. ``gone``: no longer reported, and
    ``gone_confirmed`` those of them that people had confirmed.
    """

    name: str
    told: int = 0
    confirmed: int = 0
    dismissed: int = 0
    undecided: int = 0
    mended: int = 0
    gone: int = 0
    gone_confirmed: int = 0
    of_files: bool = True
    """False where it is about roster lines: no reading of a file tells it."""

    @property
    def decided(self) -> int:
        return self.confirmed + self.dismissed

    @property
    def few(self) -> bool:
        return self.decided < FEW

    @property
    def precision(self) -> float | None:
        """Per cent confirmed of what was decided; None where that is too little."""
        return None if self.few else share(self.confirmed, self.decided)


@dataclass(frozen=True, slots=True)
class Missed:
    """A defect that a person added: the program had not told it."""

    matter: int
    submission: int
    season: int
    body: str
    round: int
    severity: str
    words: str
    leaf: int
    text: str
    who: str
    at: datetime
    verdict: str


@dataclass(frozen=True, slots=True)
class Recall:
    """What people confirmed: told by the program, and not. Defects that nobody saw are in neither."""

    told: int
    missed: int
    lost: int
    """Confirmed, and no longer reported by the program as it is now."""

    @property
    def few(self) -> bool:
        return self.told + self.missed + self.lost < FEW

    @property
    def share(self) -> float | None:
        return None if self.few else share(self.told, self.told + self.missed + self.lost)


def rules(session: Session, actor: Actor, season: int) -> list[Judged]:
    """Every rule that told something in a season, most often told first."""
    return rules_of(session, actor, Submission.season_id == season)


def rules_of(session: Session, actor: Actor, where: ColumnElement[bool]) -> list[Judged]:
    """The same over the submissions ``where``."""
    ends = _last_of_its_line()
    asked = (
        select(Matter.rule, Matter.gone, Matter.verdict, Matter.fate, func.count())
        .where(Matter.rule != PERSON, ends)
        .group_by(Matter.rule, Matter.gone, Matter.verdict, Matter.fate)
    )
    count: dict[str, Counter[str]] = defaultdict(Counter)
    files, lines = (session.execute(asked.where(of)).all() for of in _hanging(actor, where))
    for rule, gone, verdict, fate, n in (*files, *lines):
        c = count[rule]
        confirmed = verdict in (Verdict.CONFIRMED, Verdict.SOLVED)
        if gone:
            c["gone"] += n
            c["gone_confirmed"] += n if confirmed else 0
            continue
        c["told"] += n
        c["confirmed" if confirmed else "dismissed" if verdict == Verdict.DISMISSED else "undecided"] += n
        if verdict in ("", Verdict.REOPENED) and fate == "fixed":
            c["mended"] += n
    late = {row[0] for row in lines}
    found = [Judged(rule, **c, of_files=rule not in late) for rule, c in count.items()]
    return sorted(found, key=lambda j: (-j.told, j.name))


def _hanging(actor: Actor, where: ColumnElement[bool]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What is about the versions that count, and the lateness of their lines: asked apart, each by its index."""
    return Matter.submission_id.in_(versions(actor, where)), of_lines(actor, where)


def _last_of_its_line() -> ColumnElement[bool]:
    """True for what no finding of a later version continues. What asks a person about it does not continue it."""
    later = aliased(Matter)
    return ~select(later.id).where(later.before_id == Matter.id, later.rule != PERSON).exists()


def together(name: str, found: Iterable[Judged]) -> Judged:
    """The sum of several."""
    names = ("told", "confirmed", "dismissed", "undecided", "mended", "gone", "gone_confirmed")
    listed = list(found)
    return Judged(name, **{k: sum(getattr(j, k) for j in listed) for k in names})


def kinds(found: Iterable[Judged]) -> list[Judged]:
    """The same by kind of rule."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for j in found:
        groups[family_of(j.name)].append(j)
    return sorted((together(k, g) for k, g in groups.items()), key=lambda j: (-j.told, j.name))


def reasons(session: Session, actor: Actor, season: int) -> list[tuple[str, str, int]]:
    """(rule, reason, how often) of what is dismissed, most often first."""
    later = aliased(Decision)
    asked = (
        select(Matter.rule, Decision.reason, func.count())
        .join(Matter, Matter.id == Decision.matter_id)
        .where(
            Matter.verdict == Verdict.DISMISSED,
            Matter.gone.is_(False),
            Decision.verdict == Verdict.DISMISSED,
            ~select(later.id).where(later.matter_id == Matter.id, later.id > Decision.id).exists(),
            _last_of_its_line(),
        )
        .group_by(Matter.rule, Decision.reason)
        .order_by(func.count().desc(), Matter.rule)
        .limit(MOST_REASONS)
    )
    sums: Counter[tuple[str, str]] = Counter()
    for rule, reason, n in (
        row
        for of in _hanging(actor, Submission.season_id == season)
        for row in session.execute(asked.where(of))
    ):
        sums[rule, _CARRIED.sub("", reason).strip() or "（没有写）"] += n
    return [(rule, reason, n) for (rule, reason), n in sums.most_common()]


def missed(session: Session, actor: Actor, season: int) -> list[Missed]:
    """What people added themselves and did not take back, newest first."""
    asked = (
        select(Matter, Submission, Body.name)
        .join(Submission, Submission.id == Matter.submission_id)
        .join(Entry, Entry.id == Submission.entry_id)
        .join(Body, Body.id == Entry.body_id)
        .where(*_added(actor, season))
        .order_by(Matter.id.desc())
        .limit(MOST_MISSED)
    )
    return [
        Missed(
            m.id,
            s.id,
            s.season_id,
            body,
            s.round,
            m.severity,
            m.message,
            m.leaf,
            str((m.spot or {}).get("text") or ""),
            m.who,
            m.made_at,
            m.verdict,
        )
        for m, s, body in session.execute(asked)
    ]


def _added(actor: Actor, season: int) -> tuple[ColumnElement[bool], ...]:
    """Those asked about again in a later version are not added anew."""
    of_season = versions(actor, Submission.season_id == season)
    return (
        Matter.rule == PERSON,
        Matter.before_id.is_(None),
        Matter.gone.is_(False),
        Matter.verdict != Verdict.DISMISSED,
        Matter.submission_id.in_(of_season),
    )


def recall(session: Session, actor: Actor, season: int, found: Iterable[Judged]) -> Recall:
    """What share of the defects of files that people confirmed or added the program told."""
    all_rules = together("", (j for j in found if j.of_files))
    added = session.scalar(select(func.count()).select_from(Matter).where(*_added(actor, season))) or 0
    return Recall(all_rules.confirmed, added, all_rules.gone_confirmed)
