"""Findings carried over: to a better reading of the same file, and to the next version of a document.

Pure: findings in, pairs out; one to one, and no old finding is lost on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from yibenzhang.office.likeness import (
    SURE,
    StoredFinding,
    alike,
    fold,
    fold_table,
    grams,
    plain,
    sentence_of,
    stored_finding,
    table_of,
)

_READ_AGAIN = 0.5
"""So much of a sentence must stand in the new version for it to count as read again."""
_MOST_PAIRS = 200_000
"""Of more pairs than this only those are looked at that are about a same thing: a second of work."""
_BEFORE = 60
"""So many characters before the words of a finding tell which sentence it is about."""
_EQUAL = frozenset({"equal", "columns", "prose.table", "prose.slip"})
"""Families and rules whose contradictions can only end by changing one of the numbers shown."""
_OF_WORDS = frozenset({"wording", "presence", "names", "reading", "profile"})
"""Families that are about words: where these are gone, the finding is."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Version:
    """What was found in one version of a document, and what of it could be read.

    ``tables``: names of the tables with numbers; ``texts``: everything printed; ``unchecked``: (rule, table,
    reason) of what could not be checked; ``unread``: sentences about pages that could not be read.
    """

    findings: tuple[StoredFinding, ...]
    tables: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    unchecked: tuple[tuple[str, str, str], ...] = ()
    unread: tuple[str, ...] = ()
    numbers: frozenset[tuple[str, str]] = frozenset()
    """What each printed number is, in the words of a spot, and the number as printed."""


@dataclass(frozen=True)
class Compared:
    """Every old finding stands in exactly one of ``fixed``, ``still`` and ``gone``, every new one in ``still`` or
    ``new``. ``gone``: no longer told, but with the reason why that does not mean it was put right."""

    fixed: tuple[StoredFinding, ...]
    still: tuple[tuple[StoredFinding, StoredFinding], ...]
    new: tuple[StoredFinding, ...]
    gone: tuple[tuple[StoredFinding, str], ...] = field(default=())


def version_of(view: Any) -> Version:
    """A version of anything that has the fields of showing.View."""
    texts: list[str] = []
    for leaf in view.leaves:
        texts += [text for _, text in leaf.texts]
        for block in leaf.blocks:
            texts.append("".join(p.text for p in block.pieces))
            texts += ["".join(p.text for p in cell.pieces) for row in block.rows for cell in row]
    return Version(
        tuple(stored_finding(f) for f in view.findings),
        tuple(s.name for s in view.sections),
        tuple(texts),
        tuple((u.rule, u.table, u.reason) for u in view.unchecked),
        tuple(n.message for n in view.notices if n.unread),
        frozenset((n.words, n.text) for n in view.numbers.values()),
    )


def reread(old: Sequence[StoredFinding], new: Sequence[StoredFinding]) -> dict[str, str]:
    """Old id to new id, where the same file was read or judged anew; an old finding that is missing from the
    answer is no longer told.

    The same id comes first, then the same rule at the same places, then the likest of the same places or words.
    """
    a, b = _ordered(old), _ordered(new)
    pairs = _exactly(a, b, lambda t: (t.id, t.rule), lambda x, y: x.keys == y.keys or alike(x, y, True) > 0.3)
    pairs |= _exactly(a, b, lambda t: (t.rule, tuple(sorted(t.keys)), _same(t)), taken=pairs)
    pairs |= _exactly(a, b, lambda t: (t.rule, tuple(sorted(t.keys))) if t.keys else None, taken=pairs)
    pairs |= _likest(a, b, pairs, placed=True)
    pairs |= _exactly(a, b, lambda t: (t.id, t.rule), taken=pairs)
    return {a[i].id: b[k].id for i, k in pairs.items()}


def compare(old: Version, new: Version) -> Compared:
    """What became of each finding in another version of the document, whose pages, places and amounts may all be
    others: what a finding is about says which it is."""
    olds, news = _ordered(old.findings), _ordered(new.findings)
    a, b = _placed(olds, old.texts), _placed(news, new.texts)
    pairs = _exactly(a, b, lambda t: (t.rule, _same(t), t.message, t.context))
    pairs |= _exactly(a, b, lambda t: (t.rule, _same(t), t.message), taken=pairs)
    pairs |= _exactly(a, b, lambda t: (t.rule, _same(t)), taken=pairs)
    pairs |= _likest(a, b, pairs)
    matched = set(pairs.values())
    again = _Again(old, new)
    left = [(t, again.why_not(t)) for i, t in enumerate(olds) if i not in pairs]
    return Compared(
        fixed=tuple(t for t, why in left if not why),
        still=tuple((olds[i], news[k]) for i, k in sorted(pairs.items())),
        new=tuple(t for k, t in enumerate(news) if k not in matched),
        gone=tuple((t, why) for t, why in left if why),
    )


def _placed(findings: list[StoredFinding], texts: tuple[str, ...]) -> list[StoredFinding]:
    """The findings about the text with the words before them."""
    whole = plain("".join(texts))
    out: list[StoredFinding] = []
    for finding in findings:
        words = plain(sentence_of(finding.spots[0])) if finding.spots else ""
        at = whole.find(words) if words else -1
        before = fold(whole[max(0, at - _BEFORE) : at]) if at > 0 else ""
        out.append(replace(finding, context=grams(before)) if before else finding)
    return out


def _whole(words: str, text: str) -> str:
    """Words with what stands before them in their sentence."""
    words = plain(words)
    at = text.find(words) if words else -1
    if at < 0:
        return words
    before = text[max(0, at - _BEFORE) : at]
    return before[max(before.rfind(c) for c in "。；;") + 1 :] + words


def _same(finding: StoredFinding) -> tuple[tuple[tuple[str, ...], str], ...]:
    return tuple((s.names, s.text) for s in finding.about)


def _ordered(findings: Iterable[StoredFinding]) -> list[StoredFinding]:
    """In an order that depends on nothing but the findings: as they stand in the document."""
    return sorted(findings, key=lambda t: (t.rule, [_natural(s.key) for s in t.spots], t.message, t.id))


def _natural(key: str) -> tuple[tuple[int, str], ...]:
    out: list[tuple[int, str]] = []
    last = 0
    for m in _DIGITS.finditer(key):
        out += [(-1, key[last : m.start()]), (int(m.group()), "")]
        last = m.end()
    return (*out, (-1, key[last:]))


def _exactly(
    old: list[StoredFinding],
    new: list[StoredFinding],
    key: Callable[[StoredFinding], object],
    agree: Callable[[StoredFinding, StoredFinding], bool] = lambda _, __: True,
    taken: dict[int, int] | None = None,
) -> dict[int, int]:
    """Positions of findings of the same key, in order."""
    pairs = taken or {}
    used = set(pairs.values())
    waiting: dict[object, list[int]] = {}
    for k in range(len(new) - 1, -1, -1):
        if k not in used:
            waiting.setdefault(key(new[k]), []).append(k)
    out: dict[int, int] = {}
    for i, t in enumerate(old):
        name = key(t)
        found = waiting.get(name)
        if i not in pairs and name is not None and found and agree(t, new[found[-1]]):
            out[i] = found.pop()
    return out


def _likest(
    old: list[StoredFinding], new: list[StoredFinding], taken: dict[int, int], placed: bool = False
) -> dict[int, int]:
    """The most alike first, each once."""
    used = set(taken.values())
    free = [k for k in range(len(new)) if k not in used]
    many = (len(old) - len(taken)) * len(free) > _MOST_PAIRS
    found = [
        (score, i, k)
        for i, t in enumerate(old)
        if i not in taken
        for k in free
        if (
            (t.rule == new[k].rule and not many)
            or t.things & new[k].things
            or (placed and t.keys & new[k].keys)
        )
        and (score := alike(t, new[k], placed)) >= SURE
    ]
    out: dict[int, int] = {}
    done: set[int] = set()
    for _, i, k in sorted(found, key=lambda x: (-x[0], x[1], x[2])):
        if i not in out and k not in done:
            out[i] = k
            done.add(k)
    return out


class _Again:
    """Whether what a finding of the old version was about could be read again in the new one."""

    def __init__(self, old: Version, new: Version) -> None:
        self._before = {fold_table(t) for t in old.tables}
        self._now = {fold_table(t) for t in new.tables}
        known = {(rule, fold_table(table), reason) for rule, table, reason in old.unchecked}
        self._unchecked = {
            (rule, fold_table(table)): reason
            for rule, table, reason in new.unchecked
            if (rule, fold_table(table), reason) not in known
        }
        self._unread = new.unread
        self._has_texts = bool(new.texts)
        self._old = plain("".join(old.texts))
        self._numbers = new.numbers
        self._blamed = {
            s.names: t.message for t in new.findings for s in t.about[: 1 + ("互换" in t.message)]
        }
        self._grams = frozenset(g for text in new.texts for g in grams(fold(text), 4))

    def why_not(self, finding: StoredFinding) -> str:
        """Empty where it could; else the reason, one sentence."""
        tables = list(dict.fromkeys(filter(None, map(table_of, finding.spots))))
        return (
            self._table_lost(finding, tables)
            or self._not_checked(finding, tables)
            or self._blamed_again(finding)
            or self._nothing_changed(finding)
            or self._sentence_lost(finding, tables)
        )

    def _table_lost(self, finding: StoredFinding, tables: list[str]) -> str:
        lost = [t for t in tables[:1] if t in self._before and t not in self._now]
        if not lost or finding.rule.partition(".")[0] == "copies":
            return ""
        name = next(s.words.partition("“")[0] for s in finding.spots if table_of(s) == lost[0])
        return f"新版中没有读到“{name}”，这个问题是否改正无从核对{self._pages()}。"

    def _not_checked(self, finding: StoredFinding, tables: list[str]) -> str:
        for table in tables or [""]:
            reason = self._unchecked.get((finding.rule, table))
            if reason:
                return f"新版中这一项没能核对：{reason.rstrip('。')}。"
        return ""

    def _blamed_again(self, finding: StoredFinding) -> str:
        """Another finding is about the same number of a table."""
        in_table = finding.spots and table_of(finding.spots[0])
        blamed = self._blamed.get(finding.about[0].names) if in_table else None
        return f"新版就同一个数另报了一个问题：{blamed.rstrip('。')}。" if blamed else ""

    def _nothing_changed(self, finding: StoredFinding) -> str:
        """The numbers that cannot all be right stand as they did."""
        if not finding.spots or not {finding.family, finding.rule} & _EQUAL or not self._unchanged(finding):
            return ""
        return "新版没有再报，但所涉及的数一个也没有改，请核对。"

    def _sentence_lost(self, finding: StoredFinding, tables: list[str]) -> str:
        if not finding.spots or tables or not self._has_texts or self._printed(finding):
            return ""
        if finding.family in _OF_WORDS and not self._unread:
            return ""
        return f"新版中没有找到原来这句话，是否改正无从核对{self._pages()}。"

    def _unchanged(self, finding: StoredFinding) -> bool:
        return all((s.words, s.text) in self._numbers for s in finding.spots)

    def _printed(self, finding: StoredFinding) -> bool:
        """Most of the sentence stands in the new version, whatever its numbers."""
        words = fold(_whole(sentence_of(finding.spots[0]), self._old))
        wanted = grams(words, 4)
        return len(words) < 6 or len(wanted & self._grams) >= _READ_AGAIN * len(wanted)

    def _pages(self) -> str:
        return f"（新版有没能读出的内容：{self._unread[0].rstrip('。')}）" if self._unread else ""
