"""Numbers of paragraphs below a numbered heading: words that come from elsewhere go on one level below it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from yibenzhang.drafting.tables import numeral

_CHINESE = {numeral(n): n for n in range(1, 100)}
_LEVELS = (
    (re.compile(r"([一二三四五六七八九十]{1,3})、"), "{cn}、"),
    (re.compile(r"[（(]([一二三四五六七八九十]{1,3})[）)]"), "（{cn}）"),
    (re.compile(r"(\d{1,2})[.．、](?!\d)"), "{n}."),
    (re.compile(r"[（(](\d{1,2})[）)]"), "（{n}）"),
)


def demoted(heading: str, lines: Iterable[str]) -> list[str]:
    """The lines below a heading. Where one bears a number of its level, or of one above it, all of them go down; where
    there are not levels enough they stay."""
    out = list(lines)
    above = _level(heading)
    levels = sorted({k for line in out if (k := _level(line)) is not None})
    if above is None or not levels or levels[0] > above or above + len(levels) >= len(_LEVELS):
        return out
    down = {level: above + 1 + k for k, level in enumerate(levels)}
    return [_numbered(line, down) for line in out]


def number_of(line: str) -> tuple[int, int, int] | None:
    """The level of the number that a line begins with, the number, and where it ends."""
    for k, (pattern, _) in enumerate(_LEVELS):
        match = pattern.match(line)
        if match and (match.group(1).isdigit() or match.group(1) in _CHINESE):
            n = int(match.group(1)) if match.group(1).isdigit() else _CHINESE[match.group(1)]
            return k, n, match.end()
    return None


def _level(line: str) -> int | None:
    found = number_of(line)
    return None if found is None else found[0]


def _numbered(line: str, down: dict[int, int]) -> str:
    found = number_of(line)
    if found is None:
        return line
    level, n, end = found
    return _LEVELS[down[level]][1].format(n=n, cn=numeral(n)) + line[end:].lstrip()
