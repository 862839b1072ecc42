"""What a text must contain for a pattern to match in it, read off the pattern: one of a few literals.

To look for a word takes a tenth of the time that a pattern takes, and most patterns match in no sentence of a document.
What is not understood of a pattern only makes it ask for less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Words = frozenset[str]
_MOST = 16
"""More literals than this take as long as the pattern."""
_MOST_IN_ALL = 64
_MOST_COMPARED = 48
"""Of more than this no few are left when those that contain another one are taken out."""
_LEAST_LIKELY = 0.25
"""How much less likely one more character makes a literal in a text."""
_ONE = 0.01
"""What it costs to look for one more literal, beside how likely it is there."""

_PLAIN = r"[^\\\[\](){}.*+?^$|]"
_BACK = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
"""A number of a group, which changes where alternatives are left out."""
_TOKEN = re.compile(
    rf"(?P<run>{_PLAIN}+)(?![?*+{{])|\(\?:(?P<words>{_PLAIN}+(?:\|{_PLAIN}+)*)\)|"
    r"\\u(?P<u>[0-9a-fA-F]{4})|\\x(?P<x>[0-9a-fA-F]{2})|\\(?P<escaped>.)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|\(\?(?:P<\w+>|:)(?P<open>)|\(\?(?:=|<=)(?P<ahead>)|\(\?(?:!|<!)(?P<not>)|(?P<odd>\(\?)|\((?P<plain>)"
    r"|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<times>[?*+]|\{\d+(?:,\d*)?\}|\{,\d+\})[?+]?"
    r"|(?P<zero>[\^$])|(?P<any>\.)|(?P<char>.)",
    re.DOTALL,
)
_MEMBER = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\(.)|(.)", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_NOTHING = frozenset({""})


class _NotUnderstoodError(Exception):
    """A construction this module does not know."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a pattern: ``exact``, all it can match, where that is a few strings; ``needed``, one of which any text
    that it matches contains (none known: empty)."""

    exact: Words | None
    needed: Words = frozenset()


_ZERO = _Part(_NOTHING)
_UNKNOWN = _Part(None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text in which a pattern matches contains one of the words or is matched by the rest of its alternatives (empty:
    none is left). No words: nothing is known."""

    words: tuple[str, ...] = ()
    rest: str = ""


def wanted(pattern: str, flags: int = 0) -> Wanted:
    """What every text must have in which the pattern matches."""
    found = _parted(pattern) if not flags & (re.IGNORECASE | re.VERBOSE) else []
    rest = "|".join(text for text, words in found if not words)
    words = _least(frozenset(w for _, own in found for w in own))
    if not words or len(words) > _MOST_IN_ALL or (rest and _BACK.search(pattern)):
        return Wanted()
    return Wanted(tuple(sorted(words, key=lambda w: (len(w), w))), rest)


def alternatives(pattern: str) -> tuple[str, ...]:
    """The patterns one of which matches wherever the whole does; the whole where groups are named by number."""
    parts = () if _BACK.search(pattern) else tuple(text for text, _ in _parted(pattern))
    return parts or (pattern,)


def _parted(pattern: str) -> list[tuple[str, Words]]:
    """The alternatives of a pattern, each with the words of which it needs one (not known: none); nothing where the
    pattern is not understood."""
    found: list[tuple[str, Words]] = []
    tokens = _Tokens(pattern)
    begin = 0
    try:
        while True:
            part = _sequence(tokens)
            words = _least(_better(part.exact or frozenset(), part.needed))
            found.append((pattern[begin : tokens.at], words))
            if tokens.kind != "bar":
                return [] if tokens.kind else found
            begin = tokens.at + 1
            tokens.step()
    except _NotUnderstoodError:
        return []


class _Tokens:
    """The tokens of a pattern, one at a time; ``kind`` is empty at the end."""

    def __init__(self, pattern: str) -> None:
        self._rest: Iterator[re.Match[str]] = _TOKEN.finditer(pattern)
        self.kind = ""
        self.text = ""
        self.at = 0
        self._end = len(pattern)
        self.step()

    def step(self) -> None:
        found = next(self._rest, None)
        self.kind = str(found.lastgroup) if found else ""
        self.text = found[self.kind] if found else ""
        self.at = found.start() if found else self._end


def _either(tokens: _Tokens) -> _Part:
    """Alternatives, up to the bracket that closes them or to the end."""
    parts = [_sequence(tokens)]
    while tokens.kind == "bar":
        tokens.step()
        parts.append(_sequence(tokens))
    if len(parts) == 1:
        return parts[0]
    exact: Words | None = None
    if all(p.exact is not None for p in parts):
        exact = _few(frozenset(w for p in parts for w in p.exact or ()))
    needs = [_better(p.exact or frozenset(), p.needed) for p in parts]
    if not all(needs):
        return _Part(exact)
    every = frozenset(w for n in needs for w in n)
    return _Part(exact, (len(every) <= _MOST_COMPARED and _few(_least(every))) or frozenset())


def _sequence(tokens: _Tokens) -> _Part:
    """Parts one behind the other: the strings that stand together, and the best of what must be there."""
    exact: Words = _NOTHING
    whole = True
    needed: Words = frozenset()
    while tokens.kind not in ("", "bar", "close"):
        part, goes_on = _repeated(tokens)
        needed = _better(needed, part.needed)
        if part.exact is None:
            needed, exact, whole = _better(needed, exact), _NOTHING, False
            continue
        if len(exact) * len(part.exact) > _MOST:
            needed, exact, whole = _better(needed, exact), part.exact, False
        else:
            exact = frozenset([a + b for a in exact for b in part.exact])
        if not goes_on:
            needed, exact, whole = _better(needed, exact), _NOTHING, False
    return _Part(exact if whole else None, _better(needed, exact))


def _repeated(tokens: _Tokens) -> tuple[_Part, bool]:
    """The next part with how often it may stand there; whether what follows stands right behind its ``exact``."""
    part = _single(tokens)
    if tokens.kind != "times":
        return part, True
    times = tokens.text
    tokens.step()
    if times in ("?", "{0,1}", "{,1}"):
        return _Part(None if part.exact is None else _few(part.exact | _NOTHING)), True
    least = re.match(r"\{(\d+)", times)
    if times != "+" and not (least and int(least[1])):
        return _UNKNOWN, True
    return part, False


def _single(tokens: _Tokens) -> _Part:
    """One character, class or group."""
    kind, text = tokens.kind, tokens.text
    tokens.step()
    if kind in ("open", "plain", "ahead", "not"):
        inner = _either(tokens)
        if tokens.kind != "close":
            raise _NotUnderstoodError
        tokens.step()
        if kind == "not":
            return _ZERO
        return (
            _Part(_NOTHING, _better(inner.exact or frozenset(), inner.needed)) if kind == "ahead" else inner
        )
    if kind == "words":
        return _words(frozenset(text.split("|")))
    if kind in ("u", "x"):
        return _Part(frozenset({chr(int(text, 16))}))
    if kind == "escaped":
        return _escaped(text)
    if kind in ("char", "run"):
        return _Part(frozenset({text}))
    if kind == "zero":
        return _ZERO
    if kind == "set":
        return _Part(_members(text[1:-1]))
    if kind == "any":
        return _UNKNOWN
    raise _NotUnderstoodError


def _words(words: Words) -> _Part:
    if len(words) > _MOST_COMPARED:
        return _UNKNOWN
    return _Part(_few(words), _few(_least(words)) or frozenset())


def _escaped(text: str) -> _Part:
    if text in "bBAZ":
        return _ZERO
    if text in _CONTROL:
        return _Part(frozenset({_CONTROL[text]}))
    return _UNKNOWN if text.isalnum() else _Part(frozenset({text}))


def _members(inside: str) -> Words | None:
    """The characters of a class, where they are few and told one by one."""
    if inside.startswith("^"):
        return None
    found = set()
    for m in _MEMBER.finditer(inside):
        hexadecimal, escaped, char = m[1] or m[2], m[3], m[4]
        if char == "-" or (escaped and escaped.isalnum() and escaped not in _CONTROL):
            return None
        found.add(
            chr(int(hexadecimal, 16)) if hexadecimal else _CONTROL.get(escaped, escaped) if escaped else char
        )
    return _few(frozenset(found))


def _few(words: Words) -> Words | None:
    return words if len(words) <= _MOST else None


def _least(words: Words) -> Words:
    """Without those that contain another one."""
    return frozenset([w for w in words if not any(o in w for o in words if o is not w)])


def _better(one: Words, other: Words) -> Words:
    """Of two that are needed both, the one that is seldom in a text and quickly looked for."""
    if not other or "" in other:
        return frozenset() if "" in one else one
    if not one or "" in one:
        return other
    return other if _cost(other) < _cost(one) else one


def _cost(words: Words) -> float:
    return sum([_ONE + _LEAST_LIKELY ** len(w) for w in words])
