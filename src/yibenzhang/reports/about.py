"""What stands on top of a report: who made it when, what must be corrected, what must be asked, what was not checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

from yibenzhang import __version__
from yibenzhang.checking.check import Checked
from yibenzhang.checking.relate import names_of_tables
from yibenzhang.model.issues import Evidence, Issue, Severity
from yibenzhang.model.places import InFile, Place
from yibenzhang.standards.speech import speech

_MOST = 8
"""So many pages are named in the summary."""


@dataclass(frozen=True, slots=True)
class About:
    """``date`` is given by who asks for the report: nothing here looks at a clock."""

    date: str = ""

    @property
    def line(self) -> str:
        """Program, version and date."""
        words = speech()["about"]
        return words["dated" if self.date else "line"].format(version=__version__, date=self.date)


def grouped_amount(text: str) -> str:
    """An amount with marks of thousands; what is no number as it is."""
    try:
        return f"{Decimal(text):,}" if text and len(text) < 60 else text
    except InvalidOperation:
        return text


def summary(checked: Checked) -> list[tuple[str, str]]:
    """(what is to be done: ``must``, ``ask``, ``style``, ``unchecked``; a sentence), what there is of them."""
    words = speech()["summary"]
    out = []
    for name, severity in (("must", Severity.ERROR), ("ask", Severity.WARNING), ("style", Severity.NOTICE)):
        found = [f for f in checked.findings if f.severity == severity]
        if found:
            out.append((name, words[name].format(count=len(found), places=_pages(found))))
    if checked.not_checked:
        reasons = Counter(n.reason.rstrip("。") for n in checked.not_checked)
        told = "；".join(reason for reason, _ in reasons.most_common(3))
        more = words["more"] if len(reasons) > 3 else ""
        out.append(
            ("unchecked", words["unchecked"].format(count=len(checked.not_checked), reasons=told + more))
        )
    return out


def _pages(found: Sequence[Issue]) -> str:
    """Where they stand, each place once; nothing where none has a place."""
    places = list(dict.fromkeys(str(f.place) for f in found if f.place is not None))
    more = speech()["summary"]["more"] if len(places) > _MOST else ""
    told = "、".join(places[:_MOST]) + more
    return speech()["summary"]["places"].format(places=told) if told else ""


class Sections:
    """The table or the section of the text a place stands in."""

    def __init__(self, checked: Checked) -> None:
        self._checked = checked

    @cached_property
    def _of(self) -> dict[Place, str]:
        out: dict[Place, str] = {}
        for p in self._checked.passages:
            for _, paragraph in p.pieces:
                out.setdefault(paragraph.place, " › ".join(p.section[-2:]))
        names = names_of_tables(self._checked.tables)
        for t in self._checked.tables:
            for cell in t.table.table.cells:
                out.setdefault(cell.place, names.get(t.table.id, ""))
        return out

    def of(self, e: Evidence) -> str:
        """The table of a number or of words in a cell, the headings above words of the text."""
        return e.table_name if e.table else self._of.get(e.place, "")


def places(finding: Issue, sections: Sections | None, most: int = 6) -> Iterator[str]:
    """Where the numbers and words of a finding stand: pages or cells, each once, and the table or section they are in."""
    found: dict[str, dict[str, None]] = {}
    for e in finding.evidence:
        if sum(map(len, found.values())) >= most:
            break
        found.setdefault(sections.of(e) if sections else "", {})[str(e.place)] = None
    for inside, at in found.items():
        yield "、".join(at) + (f"（{inside}）" if inside else "")


def suspects(finding: Issue) -> list[str]:
    """Each number that may be the wrong one, with what it ought to be; nothing where there is no choice."""
    if len(finding.suspects) < 2:
        return []
    words = speech()["suspect"]
    out = []
    for s in finding.suspects:
        where = s.evidence.place.inner if isinstance(s.evidence.place, InFile) else s.evidence.place
        name = "known" if s.suggestion else "unknown"
        out.append(
            words[name].format(
                what=s.evidence.words,
                printed=s.evidence.text,
                right=grouped_amount(s.suggestion),
                where=where,
            )
        )
    return out
