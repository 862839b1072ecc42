"""Issues: what a rule found, as structured data; the sentence is made last, from a template of the standards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from yibenzhang.model.facts import Fact
from yibenzhang.model.places import Place

Value: TypeAlias = "str | int | Decimal | tuple[Arguments, ...]"
"""One value of a sentence; a list of groups of values where the sentence names several of a kind."""
Arguments: TypeAlias = "tuple[tuple[str, Value], ...]"
"""Values by name, hashable: two issues with the same arguments at the same place are one."""


def arguments(**values: Value | None) -> Arguments:
    """The values of a sentence; what is None is not there."""
    return tuple((k, v) for k, v in values.items() if v is not None)


class Severity(StrEnum):
    """*error*: certainly wrong; *warning*: a reviewer would ask; *notice*: for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A number on the page with the words that say what it is; ``value`` is a decimal string in its unit."""

    fact: str
    table: str
    table_name: str
    row: str
    column: str
    text: str
    value: str
    place: Place
    section: str = ""
    """The table it stands in, or the headings above words of the text; the Analysis says it, as it does ``key``."""
    key: str = ""
    """Of a number in a table: model.fact_keys."""

    @property
    def words(self) -> str:
        row = f"“{self.row}”" if self.row else ""
        return f"{self.table_name}{row}“{self.column or '金额'}”"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A number that may be the culprit; ``suggestion`` is the value that would mend everything, or empty."""

    evidence: Evidence
    suggestion: str
    why: str


@dataclass(frozen=True, slots=True)
class BrokenRelation:
    """One contradicted relation under a finding: its rule and its arithmetic in one line; its ``numbers``, the total
    first, where they are at hand, and the ``keys`` of those that are on a page."""

    rule: str
    name: str
    arithmetic: str
    numbers: tuple[Evidence, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One cause of one rule, with everything it broke as evidence.

    A rule gives ``rule``, ``arguments``, ``template`` (which of the rule's sentences; empty: its own) and
    ``evidence``, the place it speaks of first. ``severity``, ``message``, ``basis`` and ``id`` are filled in
    when it is closed (checking.closing). ``reported``, ``expected`` and ``difference`` are decimal strings in
    ``unit``; empty where they have no meaning. ``number``, ``key`` and ``surer`` are said by the Analysis
    (model.findings): its position there, its name in every version of the document, and the key of the error that
    a doubt would be if the document decided it. What is read from an Analysis has no ``arguments``: its sentence is
    made.
    """

    rule: str
    arguments: Arguments = ()
    evidence: tuple[Evidence, ...] = ()
    template: str = ""
    id: str = ""
    severity: Severity = Severity.NOTICE
    message: str = ""
    reported: str = ""
    expected: str = ""
    difference: str = ""
    unit: str = ""
    basis: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    broken: tuple[BrokenRelation, ...] = ()
    certain: bool = True
    """False where the document alone cannot decide which number is wrong: ``expected`` is then what the
    other numbers come to, not what should have been printed."""
    number: int = 0
    key: str = ""
    surer: str = ""

    @property
    def values(self) -> Mapping[str, Value]:
        return dict(self.arguments)

    @property
    def words(self) -> str:
        """The printed words it speaks of first."""
        return self.evidence[0].text if self.evidence else ""

    @property
    def place(self) -> Place | None:
        """Where those stand."""
        return self.evidence[0].place if self.evidence else None


def words_at(words: str, place: Place) -> Evidence:
    """Printed words as evidence; an issue that speaks of words has these, one that speaks of numbers their facts."""
    return Evidence("", "", TEXT, "", "", words, "", place)


def issue_at(
    rule: str,
    words: str,
    place: Place,
    *others: tuple[str, Place],
    template: str = "",
    **values: Value | None,
) -> Issue:
    """An issue about printed words; ``others`` are the other places its sentence speaks of."""
    evidence = tuple(words_at(w, p) for w, p in ((words, place), *others))
    return Issue(rule, arguments(words=words, **values), evidence, template)


def issue_of(rule: str, facts: Iterable[Fact], template: str = "", **values: Value | None) -> Issue:
    """An issue about numbers of the text."""
    return Issue(rule, arguments(**values), tuple(evidence_of(f, TEXT) for f in facts), template)


TEXT = "正文"
"""What the place of words is called beside the names of tables."""


def nested(message: str) -> str:
    """A sentence with ‘’ where it quotes inside a quotation (GB/T 15834); one whose marks are no pairs as it is."""
    out, depth = [], 0
    for char in message:
        depth += char == "“"
        out.append({"“": "‘", "”": "’"}.get(char, char) if depth > 1 else char)
        depth -= char == "”"
        if depth < 0:
            return message
    return message if depth else "".join(out)


def evidence_of(fact: Fact, table_name: str) -> Evidence:
    """The evidence for one fact."""
    return Evidence(
        fact=fact.id,
        table=fact.table,
        table_name=table_name,
        row=fact.row.label or fact.row.code,
        column=fact.column,
        text=fact.text,
        value=str(fact.amount.value) if fact.amount else "",
        place=fact.place,
    )
