"""Amounts that are said to be all of the expenditure on projects, and are it but for a slip of the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree, slip_of
from yibenzhang.standards.lexicon.counts import whole_of_projects


@rule("counts.whole")
def wholes(case: Case) -> Iterator[Issue]:
    """The amount before "占项目支出总额的 100%" against all projects of the tables."""
    stated = _projects(case)
    for position, p in enumerate(case.passages if stated else ()):
        for m in whole_of_projects().finditer(p.text):
            before = [q for q in case.by_passage[position] if q.money and q.end <= m.start()]
            if not before or "。" in p.text[before[-1].end : m.start()]:
                continue
            part = before[-1]
            if any(agree(part.fact, f) for f in stated):
                continue
            other = next((f for f in stated if slip_of(part.fact, f)), None)
            if other is not None and other.unit is not None:
                words, facts = p.verbatim(part.start, m.end()).strip(), (part.fact, other)
                yield issue_of("counts.whole", facts, words=words, whole=other.text, unit=other.unit.name)


def _projects(case: Case) -> list[Fact]:
    """What the tables print for all projects together, of one fund or of all."""
    out = []
    for view in case.views:
        for at, f in view.cells.items():
            c = view.places[at]
            parts = (c.function, c.department, c.government, c.unit, c.project, c.item, c.residue)
            if (
                c.kind == "project"
                and not any(parts)
                and f.amount
                and f.amount.value
                and c.version != "previous"
            ):
                out.append(f)
    return out
