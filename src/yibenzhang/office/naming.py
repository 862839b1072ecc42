"""Which body of the roster a recognised name is: exactly, by an alias, or scored with the reason."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from math import log
from pathlib import Path

from yibenzhang.standards import fold

DEPARTMENT, UNIT = "department", "unit"
_LEVELS = {DEPARTMENT: "部门", UNIT: "单位"}
_SAME = {"name": "名称相同", "alias": "与名录里的别名相同"}
_CANDIDATES = 5
_TAKEN = 0.82
"""A name that is only like another is taken from here on, where no other comes near."""
_CLEAR = 0.1
_SHOWN = 0.3
_LOOKED_AT = 40
_LONGEST = 120
_BODY = re.compile(r"(?:局|委|办|厅|院|所|站|会|馆|社|队|署|校|园|台|政府|中心|街道|团|室|处)$")


@dataclass(frozen=True, slots=True)
class Named:
    """A body of the roster. ``level`` is "department", "unit" or ""; ``parent`` the name of its department."""

    id: int
    name: str
    code: str = ""
    level: str = ""
    aliases: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One that it may be, with why."""

    id: int
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """``id`` is None where nobody clearly is it; then ``candidates`` (at most five, best first) may be asked about."""

    id: int | None
    how: str
    score: float
    reason: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    shorter: tuple[tuple[str, str], ...]
    rewrites: tuple[tuple[re.Pattern[str], str], ...]
    levels: tuple[tuple[re.Pattern[str], str], ...]
    regions: tuple[re.Pattern[str], ...]
    generic: re.Pattern[str]
    organisations: re.Pattern[str]
    light: tuple[str, ...]
    telling: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads(Path(__file__).with_name("naming.toml").read_text(encoding="utf-8"))
    return _Words(
        tuple((a, b) for a, b in data["shorter"]),
        tuple((re.compile(a), b) for a, b in data["rewrites"]),
        tuple((re.compile(p), level) for level in (DEPARTMENT, UNIT) for p in data[level]),
        tuple(re.compile(p) for p in data["regions"]),
        re.compile(data["generic"]),
        re.compile(data["organisations"]),
        tuple(sorted(data["light"], key=len, reverse=True)),
        re.compile(data["telling"]),
    )


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as compared. ``keys``: it without more and more of its region, each with the part taken off."""

    text: str
    level: str
    keys: tuple[tuple[str, str], ...]
    others: tuple[str, ...] = ()
    """Further names in brackets, as 政府办公室（外事办公室）."""

    @property
    def core(self) -> str:
        return self.keys[-1][0]

    @property
    def region(self) -> str:
        return self.keys[-1][1]


@lru_cache(maxsize=50_000)
def _name(words: str) -> _Name:
    data = _words()
    text = fold(words[:_LONGEST]).lower().replace("[", "(").replace("]", ")").strip("。.,;:、-")
    level = ""
    for pattern, kind in data.levels:
        if pattern.search(text) and len(pattern.sub("", text)) >= 2:
            text, level = pattern.sub("", text), level or kind
    others = tuple(o for o in re.findall(r"\(([^()]{3,})\)", text) if _BODY.search(o))
    for other in others:
        text = text.replace(f"({other})", "")
    text = _shortened(re.sub(r"[()·•,、]", "", text))
    return _Name(text, level, tuple(_keys(text)), tuple(_shortened(o) for o in others))


def _shortened(text: str) -> str:
    data = _words()
    for long, short in data.shorter:
        text = text.replace(long, short)
    for pattern, instead in data.rewrites:
        text = pattern.sub(instead, text)
    return text


def _keys(text: str) -> Iterator[tuple[str, str]]:
    yield text, ""
    if _words().organisations.match(text):
        return
    taken = ""
    for pattern in _words().regions:
        rest = text[len(taken) :]
        found = pattern.match(rest)
        if found and len(rest) - found.end() >= 2:
            taken += found.group()
            yield text[len(taken) :], taken
    if not taken and (generic := _words().generic.match(text)) and len(text) - generic.end() >= 2:
        yield text[generic.end() :], generic.group()


def _places(region: str) -> dict[int, str]:
    """上海市青禾区 as its parts: province, city and county by their rank."""
    out = {}
    for rank, pattern in enumerate(_words().regions):
        if found := pattern.match(region):
            out[rank] = found.group()
            region = region[found.end() :]
    return out


def _one_region(a: str, b: str, home: str) -> bool:
    """Whether two regions before one and the same rest of a name can be one region; none means that of the roster."""
    a, b = a or home, b or home
    if not a or not b or a == b:
        return True
    if len(a) <= 2 or len(b) <= 2:  # 区, 本区, 市
        return a[-1] == b[-1]
    first, second = _places(a), _places(b)
    if not first or not second:
        return False
    last, other = first.pop(max(first)), second.pop(max(second))
    return last == other and all(second.get(rank, place) == place for rank, place in first.items())


class Index:
    """A roster made ready for many questions."""

    def __init__(self, bodies: Sequence[Named]) -> None:
        self.bodies = {b.id: b for b in bodies}
        self._names: dict[int, _Name] = {b.id: _name(b.name) for b in bodies}
        regions = Counter(n.region for n in self._names.values() if len(n.region) > 2)
        common = regions.most_common(1)
        self.home = common[0][0] if common and common[0][1] * 2 >= len(bodies) else ""
        self._keys: dict[str, list[tuple[int, str, str]]] = {}
        self._grams: dict[str, list[int]] = {}
        for b in bodies:
            self._add(b.id, self._names[b.id], "name")
            for other in self._names[b.id].others:
                self._add(b.id, _name(other), "alias")
            for alias in b.aliases:
                self._add(b.id, _name(alias), "alias")
            if b.parent and b.parent != b.name:
                self._add(b.id, _name(b.parent + self._names[b.id].core), "alias")
            for gram in _grams(self._names[b.id].core):
                self._grams.setdefault(gram, []).append(b.id)
        self._many = max(len(bodies), 1)

    def _add(self, body: int, name: _Name, how: str) -> None:
        for key, region in name.keys:
            self._keys.setdefault(key, []).append((body, region, how))

    def match(self, body: str, level: str = "") -> Match:
        """The body of this name; ``level`` is that of the file, "" where it does not say."""
        return self.exact(body, level) or self._similar(_name(body), level)

    def exact(self, body: str, level: str = "") -> Match | None:
        """As :meth:`match`, by name and alias alone; None where nobody is called so."""
        name = _name(body)
        if not name.text:
            return Match(None, "", 0.0, "没有认出单位名称。")
        for how in ("name", "alias"):
            found = self._exact(name, how)
            if not found and how == "alias":
                found = [i for o in name.others for i in self._exact(_name(o), "name")]
            if found:
                return self._levelled(name, level, list(dict.fromkeys(found)), how)
        return None

    def _exact(self, name: _Name, how: str) -> list[int]:
        """Those with the same words after as little as possible of the regions is taken off."""
        for key, region in name.keys:
            hits = self._keys.get(key, ())
            found = [i for i, r, h in hits if h == how and self._fits(key, region, r)]
            if found:
                return list(dict.fromkeys(found))
        return []

    def _fits(self, key: str, a: str, b: str) -> bool:
        if a == b:
            return True
        if not (a and b) and len(_name(key).keys) > 1 and len(_name(key).region) > 1:
            return True  # what both have still names the region: 青禾区财政局 beside 云岭市青禾区财政局
        return _one_region(a, b, self.home)

    def _level(self, body: int) -> str:
        return self.bodies[body].level or self._names[body].level

    def _levelled(self, name: _Name, level: str, found: list[int], how: str) -> Match:
        named = name.level or level
        levels = {i: self._level(i) for i in found}
        same = _SAME[how]
        right = [i for i in found if named and levels[i] == named]
        if not right and (named or len(found) == 1):
            right = [i for i in found if not levels[i]]
        if len(right) == 1:
            return Match(right[0], how, 1.0, f"{same}。")
        if len(found) == 1:
            return self._of_other_level(name, named, found[0], how, same)
        reason = "名录里有不止一个单位叫这个名称"
        if not right and not named:
            reason = "名录里同名的有部门也有单位，文件没有写明是哪一级"
        listed = tuple(_same_name(i, same, levels[i]) for i in (right or found)[:_CANDIDATES])
        return Match(None, "", 0.9, f"{reason}，请指定。", listed)

    def _of_other_level(self, name: _Name, named: str, body: int, how: str, same: str) -> Match:
        """The only body of a name, which the file does not say to be of its level."""
        if not named:
            return Match(body, how, 0.98, f"{same}；文件没有写明是部门还是单位。")
        level = self._level(body)
        reason = f"{same}，但文件是{_LEVELS.get(named, '')}的，名录里只有{_LEVELS.get(level, '')}"
        if name.level or self._names[body].level:  # 本级 in so many words
            return Match(None, "", 0.6, f"{reason}。", (Candidate(body, 0.6, f"{reason}。"),))
        return Match(body, how, 0.9, f"{reason}，按它认。")

    # ---- only like another

    def _weight(self, gram: str) -> float:
        """How much a pair of characters tells: one that stands in every other name tells little."""
        return log(1 + self._many / (1 + len(self._grams.get(gram, ())))) + 0.05

    def _similar(self, name: _Name, level: str) -> Match:
        scored = self._scored(name, level)
        listed = tuple(Candidate(i, s, reason) for s, i, reason, _ in scored[:_CANDIDATES])
        if not scored:
            return Match(None, "", 0.0, "名录里没有名称相近的单位。")
        score, body, reason, possible = scored[0]
        second = scored[1][0] if len(scored) > 1 else 0.0
        if possible and score >= _TAKEN and score - second >= _CLEAR:
            return Match(body, "similar", score, reason, listed)
        return Match(None, "", score, "名录里没有完全一致的名称，最接近的有下列单位，请指定或新增。", listed)

    def _scored(self, name: _Name, level: str) -> list[tuple[float, int, str, bool]]:
        """The bodies whose names have pairs of characters in common, best first: score, id, reason, and whether it
        can be this one."""
        weights = {g: self._weight(g) for g in _grams(name.core)}
        shared: dict[int, float] = {}
        for gram, weight in weights.items():
            for i in self._grams.get(gram, ()):
                shared[i] = shared.get(i, 0.0) + weight
        whole = sum(weights.values())
        named = name.level or level
        scored: list[tuple[float, int, str, bool]] = []
        for i, common in sorted(shared.items(), key=lambda s: (-s[1], s[0]))[:_LOOKED_AT]:
            other = self._names[i]
            other_weight = sum(self._weight(g) for g in _grams(other.core))
            score = 2 * common / (whole + other_weight) if whole + other_weight else 0.0
            own_level = self._level(i)
            score, reason, possible = _judged(name, other, score, self.home)
            if named and own_level and named != own_level:
                score, reason = score * 0.95, reason + f"；级次不同（名录里是{_LEVELS[own_level]}）"
            if score >= _SHOWN:
                scored.append((round(score, 3), i, reason + "。", possible))
        return sorted(scored, key=lambda s: (-s[0], s[1]))


def _same_name(body: int, same: str, level: str) -> Candidate:
    return Candidate(body, 0.9, f"{same}{f'（{_LEVELS[level]}）' if level else ''}。")


def _judged(name: _Name, other: _Name, score: float, home: str) -> tuple[float, str, bool]:
    """The score, the reason in words, and whether the difference may be one of writing alone."""
    a, b = name.core, other.core
    missing, more = _difference(a, b)
    if not _one_region(name.region, other.region, home):
        return min(score, 0.6), f"区划不同（{name.region or home}、{other.region or home}）", False
    if missing and more:
        return min(score, 0.75), f"“{missing}”与“{more}”不同", False
    left = missing or more
    where = "名录里的名称少" if missing else "名录里的名称多"
    if not left:
        return min(score, 0.75), "用字相同而次序不同", False
    rest = left
    for word in _words().light:
        rest = rest.replace(word, "")
    if _words().telling.search(rest) or a[-1:] != b[-1:]:
        return min(score, 0.75), f"{where}“{left}”", False
    if not rest and min(len(a), len(b)) >= 3:
        return max(score, 0.9), f"只差“{left}”，其余一致", True
    if other.text.endswith(name.text):
        return score, f"文件里没写“{other.text.removesuffix(name.text)}”，其余一致", True
    return score, f"{where}“{left}”，其余一致", True


def _difference(a: str, b: str) -> tuple[str, str]:
    """What only the first and only the second has."""
    first, second = [], []
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind != "equal":
            first.append(a[i:j])
            second.append(b[k:m])
    return "".join(first), "".join(second)


def _grams(text: str) -> tuple[str, ...]:
    marked = f"^{text}$"
    return tuple(dict.fromkeys(marked[i : i + 2] for i in range(len(marked) - 1)))


@lru_cache(maxsize=8)
def _index(bodies: tuple[Named, ...]) -> Index:
    return Index(bodies)


def match(body: str, level: str, all: Sequence[Named]) -> Match:
    """Which of ``all`` a recognised name is; only a clear single one is taken."""
    return _index(tuple(all)).match(body, level)
