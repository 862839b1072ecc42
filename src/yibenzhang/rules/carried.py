"""What was carried in, came in and went out leaves what is carried on, where a sentence tells all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yibenzhang.model.relations import Relation, Term
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("carried")
_LEVELS = (Kind.VALUE, Kind.ACTUAL, Kind.LAST)
_IN, _INCOME, _SPENT, _OUT = "carried_in", "income", "spent", "carried_out"
_MADE_UP, _SHARED = "made_up", "shared"
_ROLES = {
    _OUT: (1, _WORDS["carried_out"]),
    _IN: (-1, _WORDS["carried_in"]),
    _INCOME: (-1, _WORDS["income"]),
    _MADE_UP: (-1, _WORDS["made_up"]),
    _SPENT: (1, _WORDS["spent"]),
    _SHARED: (1, _WORDS["shared"]),
}
"""What is carried on = carried in + income + what makes up a deficit - expenditure - what is shared out."""
_ALL = (_OUT, _IN, _INCOME, _SPENT)
_FURTHER = frozenset({_MADE_UP, _SHARED})


@rule("prose.carried", needs=("text",), each_file=True)
def carried(case: Case) -> Iterator[Relation]:
    """A sentence, or else a paragraph, that tells each of these once and no other amount."""
    for found in case.by_passage.values():
        amounts = [q for q in found if q.money]
        if len(amounts) < len(_ALL) or _WORDS["taken_back"].search(amounts[0].passage.text):
            continue
        for some in (*_sentences(amounts), amounts):
            roles = _roles(some)
            if roles is not None:
                terms = tuple(Term(_ROLES[role][0], q.fact) for role, q in roles)
                yield Relation(f"prose.carried|{terms[0].fact.id}", "prose.carried", terms)
                if some is amounts:
                    break


def _sentences(amounts: Sequence[Quantity]) -> Iterator[list[Quantity]]:
    """The amounts of each sentence, where there are several sentences."""
    out: list[list[Quantity]] = [[]]
    for q in amounts:
        if out[-1] and "。" in q.passage.text[out[-1][-1].end : q.start]:
            out.append([])
        out[-1].append(q)
    return iter(out if len(out) > 1 else ())


def _roles(amounts: Sequence[Quantity]) -> list[tuple[str, Quantity]] | None:
    """The amounts by what they are, what is carried on first; None where one is something else or told twice, where one
    of the four is missing, or where there may be more: of a fund nothing is shared out, of all money the sentence says
    what was."""
    found: dict[str, Quantity] = {}
    funds: set[str] = set()
    for q in amounts:
        role, fund = _role(q)
        if not role or role in found or q.kind not in _LEVELS:
            return None
        found[role] = q
        funds.add(fund)
    if not all(role in found for role in _ALL):
        return None
    if len(funds - {""}) > 1:
        return None  # of several funds
    of_a_fund = "" not in funds
    if not of_a_fund and not found.keys() >= _FURTHER:
        return None
    return [(role, found[role]) for role in _ROLES if role in found]


def _role(q: Quantity) -> tuple[str, str]:
    """What an amount is, and the fund that its words name."""
    clause = _WORDS["pause"].split(q.lead)[-1]
    role = next((r for r, (_, words) in _ROLES.items() if words.search(clause)), "")
    fund = _WORDS["fund"].search(clause)
    return role, fund.group() if fund else ""
