"""Traditional characters in a text that is written in simplified ones.

Known by the two standards of encoding: a character that is frequent in Big5 and that GB 2312 does not have. Where many
of a text are, the text is written so, or was converted, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("traditional")
_FIRST, _LAST = "\u4e00", "\u9fff"
_FREQUENT = range(0xA440, 0xC67F)
"""The first level of Big5."""
_SELDOM = 100
"""One character in so many may be traditional in a simplified text."""
_MOST = 8
"""So many different ones are no slips."""


@rule("wording.traditional", needs=("text",))
def traditional(case: Case) -> Iterator[Issue]:
    """Each such character once, where there are few of them; not in the titles of books."""
    text = "".join(p.text for p in case.passages)
    found = {c for c in set(text) if _FIRST <= c <= _LAST and _only_traditional(c)}
    characters = sum(_FIRST <= c <= _LAST for c in text) if found else 0
    if len(found) > _MOST or sum(map(text.count, found)) * _SELDOM > characters:
        return
    for p in case.passages:
        quoted = [m.span() for m in _WORDS["quoted"].finditer(p.text)]
        for at, char in enumerate(p.text):
            if char in found and not any(a <= at < b for a, b in quoted):
                found.remove(char)
                words = p.clauses(at, at + 1)
                yield issue_at("wording.traditional", words, p.place(at), character=char)


@cache
def _only_traditional(char: str) -> bool:
    """Only traditional texts have it."""
    return (
        _level(char, "big5") in _FREQUENT
        and not _level(char, "gb2312")
        and not _WORDS["simplified"].match(char)
    )


def _level(char: str, encoding: str) -> int:
    """The two bytes of a character as a number; 0 where the encoding does not have it."""
    try:
        return int.from_bytes(char.encode(encoding))
    except UnicodeEncodeError:
        return 0
