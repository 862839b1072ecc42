"""Patterns that are made when they are first used: a check knows a thousand and asks half of them, and to make one
takes longer than to search a document with it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

_USES = (
    "search",
    "match",
    "fullmatch",
    "finditer",
    "findall",
    "split",
    "sub",
    "subn",
    "groups",
    "groupindex",
)


class _Late:
    """Stands for a pattern; at its first use the methods of what is compiled become its own."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _USES:
            raise AttributeError(name)
        made = re.compile(self.pattern, self._flags)
        self.__dict__.update({use: getattr(made, use) for use in _USES})
        return self.__dict__[name]


@cache
def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile``, put off; a pattern that is none fails where it is first used. One object for each pattern.

    It has the methods of a compiled pattern, but the functions of ``re`` do not take it for one.
    """
    return cast("re.Pattern[str]", _Late(pattern, int(flags)))
