"""The short names by which a text calls its own body: “区文旅局2026年…” of “青石市东区文化和旅游局”."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from yibenzhang.prose.passages import Passage

_BEFORE_YEAR = re.compile(r"(?:^|[。;,])([一-鿿]{3,12})(?=20\d\d年)")
_TWICE = 2


def short_names(passages: Sequence[Passage], body: str) -> tuple[str, ...]:
    """What sentences begin with before a year, more than once, where all its characters stand in the body's name in
    the same order, the last at its end; the longest first."""
    found = Counter(m.group(1) for p in passages for m in _BEFORE_YEAR.finditer(p.text))
    names = [n for n, times in found.items() if times >= _TWICE and n != body and _shortened(n, body)]
    return tuple(sorted(names, key=lambda n: (-len(n), n)))


def _shortened(name: str, body: str) -> bool:
    rest = iter(body)
    return name[-1:] == body[-1:] and all(c in rest for c in name)
