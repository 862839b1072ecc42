"""Small pale words all over a page, again and again: a watermark in tiles."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.reading.glyphs import Glyph

_MOST_OFTEN = 6
"""Words printed so often, and pale, are a watermark."""
_NEARLY_ALL = 0.9


def tiles(glyphs: Sequence[Glyph], pale: Sequence[int]) -> set[int]:
    """Which of the pale characters (their positions, in order) are words that stand at several heights and places, as
    nothing else does that is as pale."""
    if not pale:
        return set()
    runs: list[list[int]] = []
    for k in pale:
        g, last = glyphs[k], glyphs[runs[-1][-1]] if runs else None
        beside = last is not None and g.base == last.base and 0 <= g.x0 - last.x0 < 2 * g.size
        if beside and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    said: dict[str, list[list[int]]] = {}
    for run in runs:
        said.setdefault("".join(glyphs[k].text for k in run), []).append(run)
    out: set[int] = set()
    for words, at in said.items():
        heights, lefts = {round(glyphs[run[0]].base) for run in at}, {round(glyphs[run[0]].x0) for run in at}
        several = len(at) >= _MOST_OFTEN and len(heights) > 1 and len(lefts) > 1
        if several and len(words) > 1 and not words.isdecimal():
            out.update(k for run in at for k in run)
    return out if len(out) >= _NEARLY_ALL * len(pale) else set()
