"""One cause, one issue: which rule is silent where another speaks of the same thing (standards/precedence.toml)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from yibenzhang.balance.diagnose import Cause
from yibenzhang.model.issues import Issue
from yibenzhang.model.relations import Outcome, Result
from yibenzhang.prose.passages import flat
from yibenzhang.standards import Precedence, fold

_SUM = "sum:"
Keys = frozenset[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """What is contradicted: the relations, and the causes they were diagnosed to."""

    results: tuple[Result, ...]
    causes: tuple[Cause, ...]


def settled(issues: Iterable[Issue], broken: Broken, order: Sequence[Precedence]) -> list[Issue]:
    """The issues that are left when each entry was applied, in its order; each equal one is there once."""
    left = list(dict.fromkeys(issues))
    for entry in order:
        left = _applied(entry, left, broken)
    return left


def matches(pattern: str, rule: str) -> bool:
    """An id, or a family with ``.*``; ``*`` is all."""
    return pattern in (rule, "*") or (pattern.endswith(".*") and rule.startswith(pattern[:-1]))


def _applied(entry: Precedence, issues: list[Issue], broken: Broken) -> list[Issue]:
    meant = [i for i in issues if matches(entry.rule, i.rule)]
    if len(meant) < max(1, entry.at_least):
        return issues
    own, others = ISSUES[entry.same]
    spoken = _of_sums(entry, broken)
    speakers = [i for i in issues if _speaks(entry, i)]
    if not entry.first:
        spoken = spoken.union(*(others(i) for i in speakers))
    out: list[Issue] = []
    silent: list[Issue] = []
    for issue in issues:
        if matches(entry.rule, issue.rule) and _said(own(issue), spoken, entry.same):
            silent.append(issue)
            continue
        out.append(issue)
        if entry.first and _speaks(entry, issue):
            spoken |= others(issue)
    return _moved(entry, out, silent) if entry.moves and silent else out


def _speaks(entry: Precedence, issue: Issue) -> bool:
    if entry.templates and issue.template not in entry.templates:
        return False
    return any(matches(u, issue.rule) for u in entry.unless)


def _said(own: Keys, spoken: Keys, same: str) -> bool:
    if same == "within":
        return any(one in text for one in own for text in spoken)
    return bool(own & spoken)


def _moved(entry: Precedence, issues: list[Issue], silent: list[Issue]) -> list[Issue]:
    """The places of the silent ones beside those of the first that speaks."""
    at = next(k for k, i in enumerate(issues) if _speaks(entry, i))
    places = tuple(i.evidence[0] for i in silent if i.evidence)
    speaker = issues[at]
    return [*issues[:at], replace(speaker, evidence=(*speaker.evidence, *places)), *issues[at + 1 :]]


# ---- what is the same ------------------------------------------------------------------------------


def _facts(issue: Issue) -> Keys:
    return frozenset(e.fact for e in issue.evidence if e.fact)


def _place(issue: Issue) -> Keys:
    return frozenset((issue.place.key,) if issue.place is not None else ())


def _words(issue: Issue) -> Keys:
    return frozenset((fold(issue.words),)) - {""}


def _any_words(issue: Issue) -> Keys:
    return frozenset(fold(e.text) for e in issue.evidence) - {""}


def _within(issue: Issue) -> Keys:
    return frozenset((flat(issue.words),))


def _subject(issue: Issue) -> Keys:
    return frozenset(str(issue.values.get("subject", "")).split())


def _document(issue: Issue) -> Keys:
    return frozenset(("document",))


ISSUES: dict[str, tuple[Callable[[Issue], Keys], Callable[[Issue], Keys]]] = {
    "amount": (_facts, _facts),
    "place": (_place, _place),
    "words": (_words, _words),
    "any_words": (_any_words, _any_words),
    "within": (_within, _within),
    "subject": (_subject, _subject),
    "class": (_subject, _subject),
    "table": (_subject, _subject),
    "projects": (_document, _document),
    "document": (_document, _document),
}
"""Of what an issue speaks, by what must be the same: as the one that may be silent, and as the one that speaks."""


def _of_sums(entry: Precedence, broken: Broken) -> Keys:
    """Of what the contradicted relations of those rules speak."""
    patterns = [u.removeprefix(_SUM) for u in entry.unless if u.startswith(_SUM)]
    if not patterns:
        return frozenset()
    if entry.same in ("class", "projects"):
        return _short(patterns, broken.causes, entry.same)
    if entry.same == "amount":
        return _accused(patterns, broken.causes)
    meant = [r for r in broken.results if any(matches(p, r.relation.rule) for p in patterns)]
    facts = [f for r in meant if r.outcome == Outcome.CONTRADICTED for f in r.relation.facts()]
    return frozenset(f.table if entry.same == "table" else f.place.key for f in facts)


def _accused(patterns: list[str], causes: Iterable[Cause]) -> Keys:
    """The numbers that are held to be wrong: the culprits where they are known, else all that may be."""
    out: set[str] = set()
    for cause in causes:
        if not any(matches(p, r.relation.rule) for p in patterns for r in cause.broken):
            continue
        known = cause.certain or cause.swapped
        facts = (
            [c.fact for c in cause.culprits]
            if known
            else [f for r in cause.broken for f in r.relation.facts()]
        )
        out |= {f.id for f in facts}
    return frozenset(out)


def _short(patterns: list[str], causes: Iterable[Cause], same: str) -> Keys:
    """The lists whose parts are less than their total, for no known number: a row may be left out of them."""
    short = [
        r.relation.total
        for c in causes
        if not c.certain
        for r in c.broken
        if r.residual > 0 and any(matches(p, r.relation.rule) for p in patterns)
    ]
    if same == "projects":
        return frozenset("document" for f in short if f.standard == "budget.projects")
    return frozenset(f.row.code for f in short)
