"""What stands on top of a report: who made it when, what must be corrected, what must be asked, what was not
checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from yibenzhang import __version__
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.places import InFile
from yibenzhang.reports.found import Found
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


def summary(found: Found) -> list[tuple[str, str]]:
    """(what is to be done: ``must``, ``ask``, ``style``, ``unchecked``; a sentence), what there is of them."""
    words = speech()["summary"]
    out = []
    for name, severity in (("must", Severity.ERROR), ("ask", Severity.WARNING), ("style", Severity.NOTICE)):
        of_severity = [f for f in found.findings if f.severity == severity]
        if of_severity:
            out.append((name, words[name].format(count=len(of_severity), places=_pages(of_severity))))
    if found.not_checked:
        reasons = Counter(n.reason.rstrip("。") for n in found.not_checked)
        most = "；".join(reason for reason, _ in reasons.most_common(3))
        more = words["more"] if len(reasons) > 3 else ""
        out.append(
            ("unchecked", words["unchecked"].format(count=len(found.not_checked), reasons=most + more))
        )
    return out


def _pages(found: Sequence[Issue]) -> str:
    """Where they stand, each place once; nothing where none has a place."""
    places = list(dict.fromkeys(str(f.place) for f in found if f.place is not None))
    more = speech()["summary"]["more"] if len(places) > _MOST else ""
    shown = "、".join(places[:_MOST]) + more
    return speech()["summary"]["places"].format(places=shown) if shown else ""


def places(finding: Issue, most: int = 6) -> Iterator[str]:
    """Where the numbers and words of a finding stand: pages or cells, each once, and the table or section they are
    in."""
    found: dict[str, dict[str, None]] = {}
    for e in finding.evidence:
        if sum(map(len, found.values())) >= most:
            break
        found.setdefault(e.section, {})[str(e.place)] = None
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
