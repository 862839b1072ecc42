"""Patterns that are made when they are first needed, and searched with only where they can match: a check knows a
thousand of them, asks each in every sentence, and most match in none."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from yibenzhang.model.literals import Wanted, alternatives, wanted

_NOTHING_FOUND: dict[str, Any] = {"search": None, "match": None, "fullmatch": None, "finditer": iter(())}
"""What each use of a pattern comes to in a text where it does not match."""
_SEARCHING = ("search", "finditer")
"""Where a pattern is tried at every character: it takes longer than to look for a word."""
_OTHERS = ("findall", "split", "sub", "subn", "groups", "groupindex")


class _Late:
    """Stands for a pattern; each use becomes its own when it is first asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _NOTHING_FOUND and name not in _OTHERS:
            raise AttributeError(name)
        use = self._guarded(name) if name in _NOTHING_FOUND else self._made(name)
        self.__dict__[name] = use
        return use

    def _made(self, name: str) -> Any:
        return getattr(_compiled(self.pattern, self._flags), name)

    def _guarded(self, name: str) -> Callable[..., Any]:
        """The use of the pattern, made and asked only for a text in which it may match."""
        needs = _wanted(self.pattern, self._flags)
        words = needs.words
        searches = name in _SEARCHING
        if not words or (needs.rest and not searches):
            return cast("Callable[..., Any]", self._made(name))
        rest = late(needs.rest, self._flags) if needs.rest else None
        nothing = _NOTHING_FOUND[name]
        use: Callable[..., Any] | None = None

        def guarded(text: str, *limits: Any) -> Any:
            nonlocal use
            for word in words:
                if word in text:
                    break
            else:
                if rest is None or (
                    not limits and rest.search(text) is None
                ):  # limits: no part is tried apart
                    return nothing
            if use is None:
                use = self._made(name)
            return use(text, *limits)

        def until_made(text: str, *limits: Any) -> Any:
            if not any(word in text for word in words):
                return nothing
            self.__dict__[name] = made = self._made(name)
            return made(text, *limits)

        return guarded if searches else until_made


@cache
def _wanted(pattern: str, flags: int) -> Wanted:
    return wanted(pattern, flags)


@cache
def _compiled(pattern: str, flags: int) -> re.Pattern[str]:
    return re.compile(pattern, flags)


@cache
def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile``, put off; a pattern that is none fails where it is first used. One object for each pattern.

    It has the methods of a compiled pattern, but the functions of ``re`` do not take it for one.
    """
    return cast("re.Pattern[str]", _Late(pattern, int(flags)))


def occurs(pattern: str, flags: int, text: str) -> bool:
    """Whether a pattern of many alternatives is found in a long text: most of them have no word in it."""
    return any(one.search(text) for one in _alternatives(pattern, flags))


@cache
def _alternatives(pattern: str, flags: int) -> tuple[re.Pattern[str], ...]:
    return tuple(late(one, flags) for one in alternatives(pattern))
