"""Fixed words of every disclosure, and the document's own project names, with one character wrong.

A stretch of the text is a word mistyped if it is as long as the word and differs by one character of its inside, by two
neighbours exchanged, or by one character doubled; the name of a class, and some long words, also where one of its
inside is missing. The first and the last character are not looked at: there a sentence
goes on in its own way ("公务接待费", "公务接待批次").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import add

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold, load, readings
from yibenzhang.standards.registers import CLASS, registers

_SEED = 2
"""So many characters at one end of a word must be as they ought to be."""
_CODE = 8
"""A longer code is that of a project, also where others stand below it."""
_ITEM = 4
"""A shorter item may be another word by chance."""
_NAME, _SHORT_NAME = 7, 5
"""A project's name of fewer characters may be another project's by chance."""
_LONG = 6
"""A shorter word without a character may be another."""
_JOINS = frozenset("和与及、的等")
_Hit = tuple[int, str, str]


@rule("wording.term", needs=("text",))
def terms(case: Case) -> Iterator[Issue]:
    """A fixed word with a wrong character ("公务用处运行")."""
    words, allowed = case.standards.lists["terms"], set(case.standards.lists["terms_allowed"])
    index = _index(words)
    items = _index(n for n in _items() if n not in words)
    for p in case.passages:
        near = [*_near(p.text, index), *(h for h in _near(p.text, items) if _one_mistaken(*h[1:]))]
        for at, wrong, right in [*near, *_lacking(p.text)]:
            if not any(wrong in a or a in wrong for a in allowed):
                shown = p.verbatim(max(0, at - 4), at + len(wrong) + 4).strip()
                yield issue_at("wording.term", shown, p.place(at), written=wrong, right=right)


@lru_cache(maxsize=1)
def _items() -> tuple[str, ...]:
    """The names of economic items, of which one character is held against its sound and its look."""
    found = (n for e in registers().department_economic.entries for n in e.names)
    return tuple(sorted({fold(n) for n in found if len(fold(n)) >= _ITEM}))


@rule("names.project", needs=("text",))
def projects(case: Case) -> Iterator[Issue]:
    """A project of a table or form, named in the text with one character wrong."""
    listed = _projects(case)
    names = [n for n in listed if len(n) >= _SHORT_NAME]
    index = _index(names)
    seen: set[str] = set()
    for p in case.passages if names else ():
        for at, wrong, right in _near(p.text, index):
            if wrong in seen or any(wrong in n for n in listed):
                continue
            if len(right) < _NAME and not _one_mistaken(wrong, right):
                continue
            seen.add(wrong)
            yield issue_at("names.project", p.verbatim(at, at + len(wrong)).strip(), p.place(at), right=right)


def _projects(case: Case) -> set[str]:
    """The projects of forms and of project tables."""
    out = {fold(f.name) for f in case.forms if f.kind == "project"}
    for t in case.tables:
        if t.table.standard is not None and t.table.standard.layout == "projects":
            out |= {fold(r.label) for b in t.blocks for r in b.rows if r.leaf or len(r.code) > _CODE}
    return out


_Index = dict[str, tuple[list[str], list[str]]]
"""Words by two characters: those that begin with them, and those that end with them."""


def _index(words: Iterable[str]) -> _Index:
    out: _Index = defaultdict(lambda: ([], []))
    for word in words:
        out[word[:_SEED]][0].append(word)
        out[word[-_SEED:]][1].append(word)
    return dict(out)


@lru_cache(maxsize=1)
def _shortened() -> dict[str, list[tuple[str, str]]]:
    """Names of classes and some long words without one character of their inside, by the first two characters."""
    functions = registers().function.entries
    words = {fold(n) for e in functions if e.level == CLASS for n in e.names} | {*load().lists["terms_long"]}
    known = "\n".join(fold(n) for r in registers() for e in r.entries for n in e.names)
    known += "\n".join(words)
    out: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for word in sorted(w for w in words if len(w) >= _LONG and all(map(_han, w))):
        for k in range(1, len(word) - 1):
            short = word[:k] + word[k + 1 :]
            if word[k] not in _JOINS and short not in known:
                out[short[:_SEED]].append((short, word))
    return dict(out)


def _lacking(text: str) -> Iterator[_Hit]:
    shortened = _shortened()
    for at, seed in enumerate(map(add, text, text[1:])):
        found = [(at, s, w) for s, w in shortened.get(seed, ()) if text.startswith(s, at)]
        yield from sorted(found, key=lambda hit: len(hit[1]))[-1:]


def _near(text: str, index: _Index) -> Iterator[_Hit]:
    found: set[tuple[int, str]] = set()
    for at, seed in enumerate(map(add, text, text[1:])):
        if seed not in index:
            continue
        begun, ended = index[seed]
        for word in begun:
            half = len(word) // 2
            rest = word[half + 1 :]
            if not (
                text.startswith(word[: half - 1], at)
                or text.startswith(rest, at + half + 1)
                or text.startswith(rest, at + half + 2)
            ):
                continue  # one slip leaves one half as it is: most words that begin alike end here
            for length in (len(word), len(word) + 1):
                yield from _hits(at, text[at : at + length], word, found)
        for word in ended:
            start = at + _SEED - len(word)
            half = len(word) // 2
            if start >= 0 and text.startswith(word[half + 1 :], start + half + 1):
                yield from _hits(start, text[start : at + _SEED], word, found)


def _hits(at: int, piece: str, word: str, found: set[tuple[int, str]]) -> Iterator[_Hit]:
    if piece != word and (at, word) not in found and _mistyped(piece, word):
        found.add((at, word))
        yield at, piece, word


def _mistyped(piece: str, word: str) -> bool:
    if len(piece) == len(word):
        apart = [k for k, (a, b) in enumerate(zip(piece, word, strict=True)) if a != b]
        if len(apart) == 1:
            k = apart[0]
            inside = _SEED <= k < len(word) - _SEED and not {piece[k], word[k]} <= _JOINS
            return _han(piece[k]) and (inside or mistaken(piece[k], word[k]))
        two = len(apart) == 2 and apart[1] == apart[0] + 1
        return two and piece[apart[0]] == word[apart[1]] and piece[apart[1]] == word[apart[0]]
    if len(piece) == len(word) + 1:
        k = next((k for k in range(len(word)) if piece[k] != word[k]), len(word))
        return 0 < k < len(word) and piece[k] == piece[k - 1] and piece[:k] + piece[k + 1 :] == word
    return False


def _one_mistaken(piece: str, word: str) -> bool:
    """They differ by one character that is typed for the other by its sound or its look."""
    apart = [(a, b) for a, b in zip(piece, word, strict=False) if a != b]
    return len(piece) == len(word) and len(apart) == 1 and mistaken(*apart[0])


@lru_cache(maxsize=65536)
def mistaken(one: str, two: str) -> bool:
    """One character is typed for the other: it sounds or looks like it, and they are not two ways to write one word."""
    lists, sounds = load().lists, readings()
    if frozenset((one, two)) in {frozenset(pair) for pair in lists["homophones"]}:
        return False
    alike = any(one in group and two in group for group in lists["lookalikes"])
    return alike or sounds.get(one, one) == sounds.get(two, two)


def _han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"
