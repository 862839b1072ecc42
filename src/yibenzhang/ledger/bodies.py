"""Bodies over time: which printed names are one body. Decisions of people first, then unit codes, then curated
renamings; what only looks alike is proposed with its reason, and a person confirms it or undoes it."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from yibenzhang.ledger.appending import append_line, lines_of
from yibenzhang.standards import HERE, fold

SAME, APART, UNDO = "same", "apart", "undo"
_CODE = 3
"""Shorter unit codes say nothing: they are numbers of rows."""
_ALIKE = 0.5
"""Names of one unit code in one place are one body if they are at least so alike: codes are given anew after a
reform."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A body as documents print it: name, administrative division, unit code (empty: not known), its last year."""

    name: str
    division: str = ""
    code: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True)
class Body:
    """A printed name and the body it is, ``who``: the latest of its names, with its division where others share it.

    ``how``: name, code, renamed, plate or decision; ``own``: the name says that it is the department's own unit (本级).
    """

    name: str
    division: str
    who: str
    how: str
    own: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two names that may be one body: ``score`` from 0 to 1 and the ``reason``, a word of messages.toml."""

    names: tuple[str, str]
    score: float
    reason: str
    since: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of two names: ``action`` same, apart, or undo of the last that was said of them."""

    at: str
    action: str
    names: tuple[str, str]
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    former: str
    name: str
    kind: str
    since: int


@dataclass(frozen=True, slots=True)
class _Words:
    own: re.Pattern[str]
    light: re.Pattern[str]
    shorter: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads((HERE / "registers" / "bodies.toml").read_text(encoding="utf-8"))
    changes = [Change(c["former"], c["name"], c["kind"], c.get("since", 0)) for c in data["change"]]
    changes.sort(key=lambda c: -len(c.former))  # the longest ending that fits is meant
    return _Words(
        re.compile(data["own"]),
        re.compile("|".join(map(re.escape, data["light"]))),
        tuple((a, b) for a, b in data["shorter"]),
        tuple(changes),
    )


def bare(name: str) -> str:
    """A name as names are compared: half width, without blanks and without what says that it is the own unit."""
    return _words().own.sub("", fold(name))


def own_pattern() -> str:
    """What the end of a name says where it is the department's own unit, as a regular expression."""
    return _words().own.pattern


def is_own(name: str) -> bool:
    """The name says that it is the department's own unit."""
    return bool(_words().own.search(fold(name)))


# ---- what people decided -------------------------------------------------------------------------------


def read_decisions(file: Path) -> tuple[Decision, ...]:
    """All decisions in their order; the last line of a write that was cut off is no decision."""
    return tuple(Decision(**{**found, "names": tuple(found["names"])}) for found in lines_of(file))


def append_decision(file: Path, decision: Decision) -> None:
    """One line more, on the disk when this returns; nothing that was written is ever changed."""
    append_line(file, json.dumps(asdict(decision), ensure_ascii=False))


def standing(decisions: Iterable[Decision]) -> Mapping[tuple[str, str], str]:
    """What holds of each pair of names today: same or apart."""
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for d in decisions:
        pair = _pair(*d.names)
        if d.action == UNDO:
            if said[pair]:
                said[pair].pop()
        else:
            said[pair].append(d.action)
    return {pair: actions[-1] for pair, actions in said.items() if actions}


def _pair(a: str, b: str) -> tuple[str, str]:
    first, second = sorted((bare(a), bare(b)))
    return first, second


# ---- who is who ----------------------------------------------------------------------------------------


class _Sets:
    """Names put together; ``how`` each was."""

    def __init__(self, apart: frozenset[tuple[str, str]]) -> None:
        self._of: dict[tuple[str, str], tuple[str, str]] = {}
        self._members: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._apart = apart
        self.how: dict[tuple[str, str], str] = {}

    def root(self, key: tuple[str, str]) -> tuple[str, str]:
        if key not in self._of:
            self._of[key], self._members[key] = key, [key]
        return self._of[key]

    def join(self, a: tuple[str, str], b: tuple[str, str], how: str) -> None:
        one, other = self.root(a), self.root(b)
        if one == other:
            return
        if how != "decision" and any(
            _pair(x[0], y[0]) in self._apart for x in self._members[one] for y in self._members[other]
        ):
            return
        for key in self._members.pop(other):
            self._of[key] = one
            self._members[one].append(key)
        self.how.setdefault(a, how)
        self.how.setdefault(b, how)


def resolve(printed: Sequence[Printed], decisions: Iterable[Decision] = ()) -> list[Body]:
    """Which body each printed name is, in the order given. The same names and decisions give the same answer."""
    said = standing(decisions)
    sets = _Sets(frozenset(pair for pair, action in said.items() if action == APART))
    keys = [(bare(p.name), p.division) for p in printed]
    by_name: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in dict.fromkeys(keys):
        sets.root(key)
        by_name[key[0]].append(key)
    for (a, b), action in said.items():
        if action == SAME:
            for one in by_name.get(a, ()):
                for other in by_name.get(b, ()):
                    sets.join(one, other, "decision")
    for one, other in _by_code(printed, keys):
        sets.join(one, other, "code")
    for key in dict.fromkeys(keys):
        for change in _changes_of(key[0]):
            now = (key[0][: -len(change.former)] + change.name, key[1])
            if change.kind in ("renamed", "plate") and now in by_name.get(now[0], ()):
                sets.join(now, key, change.kind)
    return _named(printed, keys, sets)


def _named(printed: Sequence[Printed], keys: Sequence[tuple[str, str]], sets: _Sets) -> list[Body]:
    latest: dict[tuple[str, str], tuple[int, int, str]] = {}
    for p, key in zip(printed, keys, strict=True):
        root, rank = sets.root(key), (p.year, len(key[0]), key[0])
        latest[root] = max(latest.get(root, rank), rank)
    shared: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for root, (_, _, name) in latest.items():
        shared[name].add(root)
    out = []
    for p, key in zip(printed, keys, strict=True):
        root = sets.root(key)
        name = latest[root][2]
        who = name if len(shared[name]) == 1 else f"{name}@{root[1]}"
        out.append(Body(p.name, p.division, who, sets.how.get(key, "name"), is_own(p.name)))
    return out


def _by_code(
    printed: Sequence[Printed], keys: Sequence[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for names in _coded(printed, keys).values():
        for k, one in enumerate(names):
            for other in names[k + 1 :]:
                if alike(one[0], other[0]) >= _ALIKE:
                    yield one, other


def _coded(
    printed: Sequence[Printed], keys: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    """Names by division and unit code."""
    out: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for p, key in zip(printed, keys, strict=True):
        if len(p.code) >= _CODE and p.division and key not in out[p.division, p.code]:
            out[p.division, p.code].append(key)
    return out


def _changes_of(name: str) -> Iterator[Change]:
    """The renamings that may have been the body's; of two endings that both fit, the longer alone."""
    longest = 0
    for change in _words().changes:
        if name.endswith(change.former) and not name.endswith(change.name) and len(change.former) >= longest:
            longest = len(change.former)
            yield change


def alike(a: str, b: str) -> float:
    """How much of two names is the same, from 0 to 1."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


# ---- what may be one -----------------------------------------------------------------------------------


def proposals(printed: Sequence[Printed], decisions: Iterable[Decision] = ()) -> list[Proposal]:
    """Pairs of names that may be one body and are not taken for one, the likeliest first."""
    decisions = tuple(decisions)
    who = {(bare(b.name), b.division): b.who for b in resolve(printed, decisions)}
    said = standing(decisions)
    found: dict[tuple[str, str], Proposal] = {}
    for p in (*_alike_codes(printed), *_reformed(who), *_shortened(who), *_folded(who)):
        pair = _pair(*p.names)
        if pair[0] != pair[1] and pair not in said and (pair not in found or p.score > found[pair].score):
            found[pair] = p
    return sorted(found.values(), key=lambda p: (-p.score, p.names))


def _alike_codes(printed: Sequence[Printed]) -> Iterator[Proposal]:
    keys = [(bare(p.name), p.division) for p in printed]
    for names in _coded(printed, keys).values():
        for k, one in enumerate(names):
            for other in names[k + 1 :]:
                if (score := alike(one[0], other[0])) < _ALIKE:
                    yield Proposal((one[0], other[0]), round(0.5 + score / 2, 2), "code")


def _reformed(who: Mapping[tuple[str, str], str]) -> Iterator[Proposal]:
    for name, division in who:
        for change in _changes_of(name):
            now = (name[: -len(change.former)] + change.name, division)
            if now in who and who[now] != who[name, division]:
                yield Proposal((name, now[0]), 0.6, change.kind, change.since)


def _shortened(who: Mapping[tuple[str, str], str]) -> Iterator[Proposal]:
    """A name that another ends with, which puts a place before it; the fewer such others, the likelier."""
    longer: dict[str, list[tuple[str, str]]] = defaultdict(list)
    short = {name for name, _ in who if len(name) >= 4}
    for name, division in who:
        for cut in range(1, min(len(name) - 3, 12)):
            if name[cut:] in short:
                longer[name[cut:]].append((name, division))
    for name, division in who:
        near = [n for n in longer.get(name, ()) if n[1][:2] == division[:2] or not division]
        for other in near:
            if who[other] != who[name, division]:
                yield Proposal((name, other[0]), round(0.9 / len(near), 2), "suffix")


def _folded(who: Mapping[tuple[str, str], str]) -> Iterator[Proposal]:
    """Names of one place that differ by words that say little."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, division in who:
        core = _words().light.sub("", name)
        for long, short in _words().shorter:
            core = core.replace(long, short)
        groups[core, division].append(name)
    for (_, division), names in groups.items():
        for k, one in enumerate(names):
            for other in names[k + 1 :]:
                if who[one, division] != who[other, division]:
                    yield Proposal((one, other), round(0.5 + alike(one, other) / 2.5, 2), "light")
