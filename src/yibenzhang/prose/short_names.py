"""The short names by which a text calls its own body: “区文旅局2026年…” of “青石市东区文化和旅游局”."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from yibenzhang.prose.passages import Passage
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("short_names")
_TWICE = 2
_SHORTEST = 4
_SHORTEST_KIND = 3
"""林业局: what a body is, without its place."""


def short_names(passages: Sequence[Passage], body: str) -> tuple[str, ...]:
    """What sentences begin with before a year, more than once, where all its characters stand in the body's name in
    the same order, the last at its end; and its name without the places it begins with; the longest first."""
    found = Counter(m.group(1) for p in passages for m in _WORDS["before_year"].finditer(p.text))
    names = {n for n, times in found.items() if times >= _TWICE and n != body and _shortened(n, body)}
    return tuple(sorted(names | without_places(body), key=lambda n: (-len(n), n)))


def without_places(body: str) -> set[str]:
    """“某省某市某区文旅局” without 某省, without 某省某市, and by what is left of it, where that is a name still."""
    names, rest = set(), body
    while (place := _WORDS["place"].match(rest)) and len(rest) - place.end() >= _SHORTEST:
        rest = rest[place.end() :]
        names.add(rest)
    return names


def place_of(body: str) -> str:
    """“某省某市” of “某省某市林业局”; empty where the name begins with no place."""
    at = 0
    while (place := _WORDS["place"].match(body, at)) and len(body) - place.end() >= _SHORTEST_KIND:
        at = place.end()
    return body[:at]


def _shortened(name: str, body: str) -> bool:
    rest = iter(body)
    return name[-1:] == body[-1:] and all(c in rest for c in name)
