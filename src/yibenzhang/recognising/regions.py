"""In which province a document's body is: the folder of its region, else the division's code; empty is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from yibenzhang.standards import Standards
from yibenzhang.standards.divisions import division_of, divisions

_OFTEN, _FAR = 3, 3
"""A place decides only where so many paragraphs name it, and so many times more of them than any other."""


def region_of(body: str, front: Sequence[str], head: Sequence[str], standards: Standards) -> str:
    """By the body's own name first, then by the title page, then by the places its text names over and over:
    a place that the duties name once decides nothing."""
    if found := _named(body, standards):
        return found
    if body.startswith(standards.lists.get("central_bodies", ())):
        return ""
    on_front = {r for line in front if (r := _named(line, standards))}
    if len(on_front) == 1:
        return on_front.pop()
    counted = _counted(head, standards).most_common(2)
    if not counted or counted[0][1] < _OFTEN:
        return ""
    return counted[0][0] if len(counted) == 1 or counted[0][1] >= _FAR * counted[1][1] else ""


def _named(text: str, standards: Standards) -> str:
    """The region of the first division that a name begins with or names in full."""
    if not text:
        return ""
    for region in standards.regions:
        if text.startswith(region.places):
            return region.id
    division = division_of(text)
    return _folder(division.parent or division.code, standards) if division else standards.region_of(text)


def _folder(province: str, standards: Standards) -> str:
    return next((r.id for r in standards.regions if r.division == province), province)


def _counted(texts: Sequence[str], standards: Standards) -> Counter[str]:
    """In how many paragraphs each region is named."""
    places = [(_folder(d.parent or d.code, standards), d.name) for d in divisions().values()]
    places += [(r.id, place) for r in standards.regions for place in r.places]
    return Counter(region for text in texts for region in {r for r, place in places if place in text})
