"""Versions of definitions and scores, in two files beside the observations of a ledger, only ever added to.

A score keeps the version, the counts it was made of and its totals, so that it can be repeated: worked out again from
the counts by the same version, it must be the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from yibenzhang.evidence.chains import Chain, broken
from yibenzhang.evidence.words import EvidenceError
from yibenzhang.supervision.counting import Count
from yibenzhang.supervision.definitions import Definition, as_data, definition_of
from yibenzhang.supervision.scoring import Standing, standings
from yibenzhang.supervision.words import say

SCHEMES, SCORES = "supervision-schemes.jsonl", "supervision-scores.jsonl"


@dataclass(frozen=True, slots=True)
class Version:
    definition: Definition
    number: int
    time: str
    by: str


@dataclass(frozen=True, slots=True)
class Score:
    """``totals``: (dimension, group) → total and rank as they were told then."""

    number: int
    version: Version
    period: str
    time: str
    by: str
    source: str
    counts: tuple[Count, ...]
    totals: Mapping[tuple[str, str], tuple[Decimal | None, int | None]]

    @property
    def gaps(self) -> list[Count]:
        return [c for c in self.counts if c.gap]


@dataclass(frozen=True, slots=True)
class Difference:
    dimension: str
    group: str
    then: str
    now: str


class Assessments:
    """The assessments of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._schemes, self._scores = Chain(folder / SCHEMES), Chain(folder / SCORES)

    def versions(self, name: str = "") -> list[Version]:
        """All versions, of one scheme where a name is given, the oldest first. Raises EvidenceError."""
        return [v for v in _versions(self._schemes.read()) if name in ("", v.definition.name)]

    def version(self, name: str, number: int = 0) -> Version:
        """A version, the newest where no number is given. Raises EvidenceError."""
        found = self.versions(name)
        if not found:
            raise EvidenceError(say("no_scheme", name=name))
        if not number:
            return found[-1]
        chosen = next((v for v in found if v.number == number), None)
        if chosen is None:
            raise EvidenceError(say("no_version", name=name, version=number))
        return chosen

    def save(self, definition: Definition, time: str, by: str, before: int | None = None) -> Version:
        """The next version. ``before``: the version a person saw; where there is a newer one, nothing is saved. Raises
        EvidenceError."""
        if not by.strip():
            raise EvidenceError(say("no_by"))
        data, kept = as_data(definition), []

        def made(lines: list[dict[str, Any]]) -> Sequence[Mapping[str, Any]]:
            there = [v for v in _versions(lines) if v.definition.name == definition.name]
            last = there[-1] if there else None
            number = last.number if last else 0
            if before is not None and before != number:
                named = (
                    {"by": last.by, "time": last.time[:16].replace("T", " ")}
                    if last
                    else {"by": "", "time": ""}
                )
                raise EvidenceError(say("stale", name=definition.name, now=number, from_=before, **named))
            if last and as_data(last.definition) == data:
                raise EvidenceError(say("same", name=definition.name, version=number))
            kept.append(Version(definition, number + 1, time, by.strip()))
            return [{"definition": data, "number": number + 1, "time": time, "by": by.strip()}]

        self._schemes.append(made)
        return kept[0]

    def scores(self, name: str = "") -> list[Score]:
        """All scores, the oldest first. Raises EvidenceError."""
        known = {(v.definition.name, v.number): v for v in self.versions()}
        found = [_score(n, line, known) for n, line in enumerate(self._scores.read(), start=1)]
        return [s for s in found if name in ("", s.version.definition.name)]

    def score(self, number: int) -> Score:
        found = next((s for s in self.scores() if s.number == number), None)
        if found is None:
            raise EvidenceError(say("no_score", number=number))
        return found

    def keep(
        self, version: Version, period: str, time: str, by: str, source: str, found: Sequence[Count]
    ) -> Score:
        """Add a score made of these counts."""
        ranking = standings(version.definition, found)
        kept: list[int] = []

        def made(lines: list[dict[str, Any]]) -> Sequence[Mapping[str, Any]]:
            kept.append(len(lines) + 1)
            return [
                {
                    "scheme": version.definition.name,
                    "version": version.number,
                    "period": period,
                    "time": time,
                    "by": by,
                    "source": source,
                    "counts": [_line(c) for c in found],
                    "totals": [[s.dimension, s.group, _text(s.total), s.rank] for s in ranking],
                }
            ]

        self._scores.append(made)
        return Score(kept[0], version, period, time, by, source, tuple(found), totals_of(ranking))


def totals_of(ranking: Sequence[Standing]) -> dict[tuple[str, str], tuple[Decimal | None, int | None]]:
    return {(s.dimension, s.group): (s.total, s.rank) for s in ranking}


def differences(score: Score, found: Sequence[Count] | None = None) -> list[Difference]:
    """What is not as it was told then, worked out again by the same version from the counts that were kept, or from
    others (``found``)."""
    now = totals_of(standings(score.version.definition, score.counts if found is None else found))
    out = []
    for key in sorted(set(now) | set(score.totals)):
        then, again = score.totals.get(key), now.get(key)
        if then != again:
            out.append(Difference(*key, _as_text(then), _as_text(again)))
    return out


def _as_text(pair: tuple[Decimal | None, int | None] | None) -> str:
    total, rank = pair or (None, None)
    return "—" if total is None else f"{total}（{rank}）"


def _versions(lines: Sequence[Mapping[str, Any]]) -> list[Version]:
    out = []
    for number, line in enumerate(lines, start=1):
        try:
            out.append(Version(definition_of(line["definition"]), line["number"], line["time"], line["by"]))
        except (KeyError, TypeError, EvidenceError) as error:
            raise broken(number) from error
    return out


def _score(number: int, line: Mapping[str, Any], known: Mapping[tuple[str, int], Version]) -> Score:
    try:
        return Score(
            number,
            known[line["scheme"], line["version"]],
            line["period"],
            line["time"],
            line["by"],
            line["source"],
            tuple(_count(c) for c in line["counts"]),
            {(d, g): (None if t is None else Decimal(t), r) for d, g, t, r in line["totals"]},
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise broken(number) from error


def _line(c: Count) -> dict[str, Any]:
    groups = {g: [_text(a), _text(b)] for g, (a, b) in c.groups.items()}
    return {
        "measure": c.measure,
        "dimension": c.dimension,
        "groups": groups,
        "query": c.query,
        "hash": c.hash,
        "gap": c.gap,
    }


def _count(data: Mapping[str, Any]) -> Count:
    groups = {g: (Decimal(a), None if b is None else Decimal(b)) for g, (a, b) in data["groups"].items()}
    return Count(data["measure"], data["dimension"], groups, data["query"], data["hash"], data["gap"])


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
