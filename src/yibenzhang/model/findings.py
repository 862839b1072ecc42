"""What a person is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yibenzhang.model.facts import Fact
from yibenzhang.model.places import Place


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
    """One contradicted relation under a finding: its rule and its arithmetic in one line."""

    rule: str
    name: str
    arithmetic: str
    total: Evidence
    parts: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, told once, with everything it broke as evidence.

    ``reported``, ``expected`` and ``difference`` are decimal strings in ``unit``; empty where they have
    no meaning.
    """

    id: str
    rule: str
    severity: Severity
    message: str
    reported: str
    expected: str
    difference: str
    unit: str
    basis: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    suspects: tuple[Suspect, ...] = ()
    broken: tuple[BrokenRelation, ...] = ()
    certain: bool = True
    """False where the document alone cannot decide which number is wrong: ``expected`` is then what the
    other numbers come to, not what should have been printed."""


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
