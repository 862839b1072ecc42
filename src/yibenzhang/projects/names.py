"""Names of projects as they are compared: without width, place, years and words that say little."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from yibenzhang.projects.events import FOLDER
from yibenzhang.standards import fold
from yibenzhang.standards.divisions import divisions

_SIGNS = re.compile(r"[\s()\[\]、,，。.:;·\-—_/&+]")


@dataclass(frozen=True, slots=True)
class Shape:
    """A name: ``core`` is what is compared, ``numbers`` what tells one of a row of projects from the next (years,
    phases, parts): names whose numbers differ are never one project by likeness. ``own`` is the core without the unit
    that stands before it and without light words, however short; of equal amounts it tells that a project is the
    same."""

    core: str
    numbers: tuple[str, ...]
    pairs: frozenset[tuple[str, int]]
    own: str = ""


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...], re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads((FOLDER / "texts.toml").read_text(encoding="utf-8"))
    patterns = (re.compile(data[k]) for k in ("numbers", "ending", "unit_before", "joining"))
    numbers, ending, unit, joining = patterns
    return numbers, ending, tuple(data["places"]), unit, joining


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """A name without width, blanks, quotation marks and signs: equal names are printed equal but for these."""
    return _SIGNS.sub("", fold(name))


def unjoined(name: str) -> str:
    """A folded name without the words that join, which one document prints and another leaves out."""
    return _words()[4].sub("", folded(name))


@lru_cache(maxsize=65536)
def shape_of(name: str, place: str = "") -> Shape:
    """The shape of a name; ``place`` is the name of the body's division, which may stand before it or not."""
    numbers, ending, levels, unit, _ = _words()
    core = folded(name)
    for before in (place, *((place.removesuffix(x) for x in levels) if place else ()), *levels):
        if before and core.startswith(before) and len(core) > len(before) + 3:
            core = core[len(before) :]
            break
    own = ending.sub("", unit.sub("", core))
    shorter = ending.sub("", core)
    core = shorter if len(shorter) >= 3 else core
    grams = Counter(core[k : k + 2] for k in range(len(core) - 1))
    pairs = frozenset((g, n) for g, count in grams.items() for n in range(count))
    return Shape(core, tuple(sorted(numbers.findall(core))), pairs, own)


def likeness(a: Shape, b: Shape) -> float:
    """How much of two names is the same, from 0 to 1, by pairs of letters; a name that holds the other is 0.9 at
    least."""
    if not a.pairs or not b.pairs:
        return float(a.core == b.core)
    dice = 2 * len(a.pairs & b.pairs) / (len(a.pairs) + len(b.pairs))
    short, long = sorted((a.core, b.core), key=len)
    return max(dice, 0.9) if len(short) >= 5 and short in long else dice


@lru_cache(maxsize=4096)
def place_of_body(body: str) -> str:
    """The division that a body's name begins with; empty where it begins with none."""
    named = [d.name for d in divisions().values() if body.startswith(d.name)]
    return max(named, key=len, default="")
