"""The rules applied to a document: the case built, every rule run, what they yield evaluated."""

from __future__ import annotations

from dataclasses import dataclass

from yibenzhang.checking.containing import numbers_of
from yibenzhang.checking.deciding import decide
from yibenzhang.checking.form_support import supported
from yibenzhang.checking.relate import parts_with_tables
from yibenzhang.model.documents import Document
from yibenzhang.model.issues import Issue
from yibenzhang.model.relations import NotChecked, Result
from yibenzhang.model.views import View
from yibenzhang.prose.passages import passages_of
from yibenzhang.prose.precision import precise
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.profile import Profile
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case, Fault
from yibenzhang.rules.registry import apply
from yibenzhang.standards import Standards
from yibenzhang.standards.lexicon.words import Lexicon

TEXT = "prose"
"""The family of what sentences say."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What the rules came to."""

    text: tuple[Result, ...]
    """What the sentences say."""
    forms: tuple[Result, ...]
    """What the goals tables say."""
    issues: tuple[Issue, ...]
    not_checked: tuple[NotChecked, ...]
    faults: tuple[Fault, ...]

    @property
    def results(self) -> tuple[Result, ...]:
        return (*self.text, *self.forms)


def case_of(
    document: Document,
    profile: Profile,
    tables: tuple[TableFacts, ...],
    forms: tuple[GoalForm, ...],
    standards: Standards,
    views: tuple[View, ...] = (),
    lexicon: Lexicon | None = None,
) -> Case:
    """What the rules look at; of a disclosure in several files also each of them."""
    unread = any(n.unread for n in document.notices)
    parts = []
    failed: list[Fault] = []
    for part, seen in parts_with_tables(document, tables):
        passages = tuple(passages_of(part))
        numbers, faults = numbers_of(passages, profile)
        numbers = precise(numbers)
        failed += faults
        ids = {t.table.id for t in seen}
        own = tuple(v for v in views if not document.parts or v.table in ids)
        parts.append(
            Case(part, profile, seen, forms, passages, numbers, standards, unread, (), own, lexicon, faults)
        )
    if not document.parts:
        return parts[0]
    together = tuple(p for c in parts for p in c.passages)
    numbers = tuple(n for c in parts for n in c.numbers)
    return Case(
        document,
        profile,
        tables,
        forms,
        together,
        numbers,
        standards,
        unread,
        tuple(parts),
        views,
        lexicon,
        tuple(failed),
    )


def applied(case: Case) -> Applied:
    """All rules of the catalogue on one case. A relation that two rules yield counts once."""
    text: dict[object, Result] = {}
    forms: dict[object, Result] = {}
    issues: list[Issue] = []
    not_checked: list[NotChecked] = []
    faults: list[Fault] = []
    pooled: list[Result] = []
    for rule, found in apply(case, decide):
        if isinstance(found, Result) and rule.pooled:
            pooled.append(found)
        elif isinstance(found, Result):
            (text if rule.family == TEXT else forms).setdefault(found.relation, found)
        elif isinstance(found, Issue):
            issues.append(found)
        elif isinstance(found, NotChecked):
            not_checked.append(found)
        else:
            faults.append(found)
    for found in supported(pooled):
        forms.setdefault(found.relation, found)
    return Applied(
        tuple(text.values()), tuple(forms.values()), tuple(issues), tuple(not_checked), tuple(faults)
    )
