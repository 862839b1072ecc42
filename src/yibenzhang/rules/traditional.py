"""Traditional characters in a text that is written in simplified ones.

Known by the two standards of encoding: a character that is frequent in Big5 and that GB 2312 does not have. Where many
of a text are, the text is written so, or was converted, and nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("traditional")
_HAN = re.compile(r"[\u4e00-\u9fff]")
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
    pattern = _traditional()
    found = set(pattern.findall(text))
    if not found or len(found) > _MOST or len(pattern.findall(text)) * _SELDOM > len(_HAN.findall(text)):
        return
    seen: set[str] = set()
    for p in case.passages:
        quoted = [m.span() for m in _WORDS["quoted"].finditer(p.text)]
        for m in pattern.finditer(p.text):
            if m.group() in seen or any(a <= m.start() < b for a, b in quoted):
                continue
            seen.add(m.group())
            words = p.clauses(m.start(), m.end())
            yield issue_at("wording.traditional", words, p.place(m.start()), character=m.group())


@lru_cache(maxsize=1)
def _traditional() -> re.Pattern[str]:
    """Any of the characters that only traditional texts have."""
    return re.compile(f"[{''.join(c for c in map(chr, range(0x4E00, 0xA000)) if _only_traditional(c))}]")


def _only_traditional(char: str) -> bool:
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
