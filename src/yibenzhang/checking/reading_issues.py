"""Issues about how a document was read: pages left out, scans, numbers put right, statements that disagree."""

from __future__ import annotations

from yibenzhang.checking.ocr_correction import Repair
from yibenzhang.model.documents import Document
from yibenzhang.model.issues import Arguments, Evidence, Issue, arguments, evidence_of
from yibenzhang.recognising.profile import Profile


def reading_issues(document: Document) -> list[Issue]:
    """What could not be read, and what was recognised from images."""
    out = [_scanned(part) for part in document.parts or (document,) if part.scanned]
    for n in document.notices:
        evidence = (Evidence("", "", "", "", "", "", "", n.place),) if n.place else ()
        values = arguments(place=str(n.place) if n.place else None, message=n.message)
        out.append(Issue("reading.page", values, evidence))
    return out


def conflict_issues(profile: Profile) -> list[Issue]:
    """Statements about body, year and stage that disagree."""
    return [Issue("profile.conflict", arguments(conflict=text)) for text in profile.conflicts]


def _scanned(document: Document) -> Issue:
    pages = sorted(page for _, page in document.scanned)
    if len(pages) == len(document.pages):
        return Issue("reading.scanned", arguments(count=len(pages)), template="all")
    return Issue("reading.scanned", arguments(pages=_runs(pages)))


def _runs(pages: list[int]) -> tuple[Arguments, ...]:
    """Page numbers as runs: 1 to 3, 7."""
    out: list[list[int]] = []
    for page in pages:
        if out and page == out[-1][-1] + 1:
            out[-1].append(page)
        else:
            out.append([page])
    return tuple(arguments(first=r[0], last=r[-1] if len(r) > 1 else None) for r in out)


def repair_issue(repair: Repair, name: str) -> Issue:
    """A number that was put right."""
    fact = repair.fact
    values = arguments(place=str(fact.place), where=f"{name}{fact.where}", read=fact.text, right=repair.text)
    return Issue("reading.repaired", values, (evidence_of(fact, name),))
