"""A word written for another that sounds or looks like it, known by the words about it (confused.toml)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.pieces import pieces
from yibenzhang.rules.registry import rule
from yibenzhang.standards.lexicon.confused import places

_BEFORE, _BEHIND = 8, 6


@rule("wording.confused")
def confused(case: Case) -> Iterator[Issue]:
    """Each word once, where it stands first."""
    sources = list(pieces(case))
    starts, at = [], 0
    for source in sources:
        starts.append(at)
        at += len(source.text) + 1
    done: set[str] = set()
    for at, entry in sorted(places("\n".join(s.text for s in sources)), key=lambda x: x[0]):
        if entry.wrong not in done:
            done.add(entry.wrong)
            k = bisect_right(starts, at) - 1
            piece, begin = sources[k], at - starts[k]
            about = piece.text[max(0, begin - _BEFORE) : begin + len(entry.wrong) + _BEHIND]
            place = piece.place(begin)
            yield issue_at("wording.confused", entry.wrong, place, right=entry.right, about=about)
