"""Causes to findings: one plain sentence each, with the arithmetic a pocket calculator can follow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal

from yibenzhang.balance.diagnose import Cause, Culprit
from yibenzhang.checking.arithmetic import arithmetic, money, rate_of, summed, value_of
from yibenzhang.checking.closing import message_of
from yibenzhang.checking.places_text import Said, place_of
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import (
    Arguments,
    BrokenRelation,
    Issue,
    Severity,
    Suspect,
    Value,
    arguments,
    evidence_of,
    nested,
)
from yibenzhang.model.relations import Result
from yibenzhang.standards import RuleEntry, Standards

MOST_SUSPECTS = 8
MOST_FOLLOWING = 2
"""So many other numbers are named that a correction makes wrong."""
_RESTATED = ("prose.table", "prose.rounding", "prose.slip")


def issues_of(causes: list[Cause], names: dict[str, str], standards: Standards) -> list[Issue]:
    """One finding per cause; ``names`` gives the name of each table id."""
    return [_issue(cause, names, standards) for cause in causes]


def in_question(causes: list[Cause]) -> set[str]:
    """The ids of the numbers that the findings hold to be wrong: the culprit; where the document cannot decide, every
    candidate, also one that another sum bears out; where there is none, all that the broken relations are made of, or
    their totals where a row seems left out."""
    out: set[str] = set()
    for cause in causes:
        lead = _lead(cause).relation
        if cause.culprits:
            held = (
                [lead.terms[-1].fact] if lead.note and not cause.certain else [c.fact for c in cause.culprits]
            )
            out |= {f.id for f in held}
        elif cause.missing_row:
            out |= {r.relation.total.id for r in cause.broken}
        else:
            out |= {f.id for r in cause.broken for f in r.relation.facts()}
    return out


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What is said of a cause: the template and its values, the number spoken of and what it ought to be."""

    template: str
    values: Arguments
    about: Fact
    reported: Decimal | None
    expected: Decimal | None
    place: bool = False
    """It is no number that is to blame, but where it stands."""


def _issue(cause: Cause, names: dict[str, str], standards: Standards) -> Issue:
    lead = _lead(cause)
    rule = standards.rule_by_id[lead.relation.rule]
    severities = [Severity(standards.rule_by_id[r.relation.rule].severity) for r in cause.broken]
    said = _said(lead, cause, names, standards)
    worked = said.template == WORKED_OUT
    ordered = _ordered(said, lead, cause)
    difference = None
    if said.reported is not None and said.expected is not None:
        difference = said.reported - said.expected
    issue = Issue(
        rule=lead.relation.rule,
        arguments=said.values,
        evidence=tuple(evidence_of(f, names.get(f.table, "")) for f in ordered),
        template=said.template,
        id=hashlib.sha256(f"{lead.relation.rule}|{ordered[0].id}".encode()).hexdigest()[:12],
        severity=_severity(said, severities),
        reported=_text(said.reported),
        expected=_text(said.expected),
        difference=_text(difference),
        unit=said.about.unit.name if said.about.unit else "",
        basis=tuple(standards.bases[b] for b in rule.basis),
        suspects=() if said.place or (worked and cause.certain) else _suspects(cause, names, standards),
        broken=tuple(_broken(r, names, standards) for r in cause.broken),
        certain=cause.certain or worked,
    )
    return replace(issue, message=nested(message_of(issue, standards)))


def _severity(said: _Sentence, severities: list[Severity]) -> Severity:
    if said.place:
        return Severity.WARNING
    return Severity.ERROR if Severity.ERROR in severities else severities[0]


def _said(lead: Result, cause: Cause, names: dict[str, str], standards: Standards) -> _Sentence:
    """The wrong percentage, else what stands in a wrong place, else the number to blame."""
    if not cause.structural and (worked := _worked_out(lead, cause, names)):
        return worked
    if (place := place_of(cause, names)) is not None:
        return _Sentence(*place, lead.relation.total, None, None, place=True)
    return _located(lead, cause, names, standards)


def _suspects(cause: Cause, names: dict[str, str], standards: Standards) -> tuple[Suspect, ...]:
    alone = cause.certain and not cause.swapped
    shown = cause.culprits[: 1 if alone else MOST_SUSPECTS]
    return tuple(_suspect(c, names, cause.swapped, standards.message_words) for c in shown)


def _ordered(said: _Sentence, lead: Result, cause: Cause) -> list[Fact]:
    """The printed numbers of the broken relations, those spoken of first."""
    facts: dict[str, Fact] = {}
    for r in [lead, *cause.broken]:
        for fact in r.relation.facts():
            if fact.printed:
                facts.setdefault(fact.id, fact)
    first: list[Fact] = []
    if said.template == WORKED_OUT:
        first = [said.about]
    elif said.place:
        first = [c.fact for c in cause.culprits] or [r.relation.total for r in cause.broken]
    elif cause.certain:
        first = [c.fact for c in cause.culprits]
    own = {f.id for f in first}
    return [*first, *(f for f in facts.values() if f.id not in own)]


def _located(lead: Result, cause: Cause, names: dict[str, str], standards: Standards) -> _Sentence:
    """The number to blame, where it is known; else what contradicts what."""
    listed = _lists(lead.relation.rule, standards)
    if not (cause.certain and cause.culprits):
        return _uncertain(cause, lead, names, listed)
    culprit = cause.culprits[0]
    template, values = _swapped(cause, names) if cause.swapped else _certain(culprit, cause, names, listed)
    return _Sentence(template, values, culprit.fact, value_of(culprit.fact), culprit.suggestion)


def _lists(rule: str, standards: Standards) -> bool:
    """The rule says what its summands are called."""
    entry = standards.rule_by_id[rule]
    return isinstance(entry, RuleEntry) and "summands" in entry.message.each


WORKED_OUT = "worked_out"


def _worked_out(lead: Result, cause: Cause, names: dict[str, str]) -> _Sentence | None:
    """Printed and right percentage, where the percentage is what most likely is wrong."""
    relation = lead.relation
    rate = relation.terms[-1].fact
    if not relation.note or rate.amount is None:
        return None
    if cause.certain and (not cause.culprits or cause.culprits[0].fact.id != rate.id):
        return None
    coefficient = Decimal(relation.terms[-1].coefficient)
    if coefficient == 0:
        return None
    places = Decimal(1).scaleb(-rate.amount.decimals)
    expected = abs((rate.amount.value - lead.residual / coefficient).quantize(places))
    table = names.get(rate.table, names.get("prose", ""))
    values = arguments(table=table, quoted=rate.said, note=relation.note, printed=rate_of(rate))
    return _Sentence(WORKED_OUT, values, rate, rate.amount.value, expected)


def _lead(cause: Cause) -> Result:
    """The relation to speak of first: one whose total is the culprit, else one of the fewest parts."""
    if cause.certain and cause.culprits:
        culprit = cause.culprits[0].fact.id
        own = [r for r in cause.broken if r.relation.total.id == culprit]
        if own:
            return min(own, key=lambda r: len(r.relation.terms))
    return min(cause.broken, key=lambda r: len(r.relation.terms))


def _certain(culprit: Culprit, cause: Cause, names: dict[str, str], listed: bool) -> Said:
    fact, lead = culprit.fact, cause.broken[0]
    relation, count = lead.relation, len(cause.broken)
    right = money(culprit.suggestion, fact.unit) if culprit.suggestion is not None else ""
    rounded = right if relation.rule == "prose.rounding" else None
    slip = (culprit.slip or None) if rounded is None else None
    quoted = fact.said if fact.table == "prose" else ""
    partner = [t.fact for t in relation.terms if t.fact.id != fact.id]
    if count == 1 and relation.rule in _RESTATED and fact.table == "prose":
        other = partner[0]
        shown = f"{other.text} {other.unit.name if other.unit else ''}".strip()
        there = names.get(other.table, "")
        return "restated", arguments(
            quoted=quoted, table=there, where=other.where, shown=shown, slip=slip, rounded=rounded
        )
    if count == 1 and listed and fact.table == "prose":
        total = summed(lead)
        gap = money(abs((value_of(fact) or Decimal(0)) - total), fact.unit)
        return "summed", arguments(
            quoted=quoted,
            summands=_counted(len(partner)),
            expected=money(total, fact.unit),
            gap=gap,
            slip=slip,
            rounded=rounded,
        )
    parts = sum((t.fact.amount.value for t in relation.parts if t.fact.amount), Decimal(0))
    template = "along" if cause.along else "several" if count > 1 else "certain"
    return template, arguments(
        table=names.get(fact.table, ""),
        where=fact.where,
        **_printed(fact),
        right=right,
        slip=slip,
        rounded=rounded,
        count=count,
        total=relation.total.said,
        parts=parts,
        following=_following(cause, names),
    )


def _following(cause: Cause, names: dict[str, str]) -> tuple[Arguments, ...]:
    """What has to change with the number: the other numbers of what will not hold any more."""
    wrong = cause.culprits[0].fact.id
    facts = {f.id: f for r in cause.along for f in r.relation.facts() if f.id != wrong and f.printed}
    where = (
        (names.get(f.table, ""), f.said if f.table == "prose" else f"{f.where}（{f.text}）")
        for f in facts.values()
    )
    return tuple(arguments(other_table=table, other=said) for table, said in dict.fromkeys(where))[
        :MOST_FOLLOWING
    ]


def _counted(count: int) -> tuple[Arguments, ...]:
    """How many summands there are, for the rule to say what they are called."""
    return (arguments(count=count),)


def _printed(fact: Fact, name: str = "printed") -> dict[str, Value | None]:
    """What is printed of a number, or that nothing is."""
    return {name: fact.text if fact.printed else None, "blank": None if fact.printed else "blank"}


def _swapped(cause: Cause, names: dict[str, str]) -> Said:
    a, b = (c.fact for c in cause.culprits[:2])
    count = len(cause.broken)
    if a.table == b.table == "prose":
        return "swapped_text", arguments(first=a.said, second=b.said, count=count)
    rows = a.cell[0] != b.cell[0]
    one, two = (f.row.label or f.row.code for f in (a, b)) if rows else (a.column, b.column)
    return "swapped_rows" if rows else "swapped_columns", arguments(
        table=names.get(a.table, ""),
        row=a.row.label or a.row.code,
        first=one,
        second=two,
        count=count,
        first_text=a.text or None,
        first_empty=None if a.text else "empty",
        second_text=b.text or None,
        second_empty=None if b.text else "empty",
    )


def _uncertain(cause: Cause, lead: Result, names: dict[str, str], listed: bool) -> _Sentence:
    relation = lead.relation
    total, expected = relation.total, summed(lead)
    gap = abs((value_of(total) or Decimal(0)) - expected)
    count = sum(t.fact.printed for t in relation.parts)
    if len(relation.parts) > 1 and listed:
        template = "uncertain_summed"
    elif len(relation.parts) == 1 or len({t.fact.table for t in relation.terms}) > 1:
        template = "uncertain_unequal"
    else:
        template = "uncertain_sum"
    others = tuple(
        arguments(
            other_table=names.get(t.fact.table, ""),
            other=t.fact.where,
            text="" if t.fact.table == "prose" else t.fact.text,
        )
        for t in relation.parts
        if t.fact.printed
    )
    values = arguments(
        table=names.get(total.table, ""),
        where=total.where,
        **_printed(total),
        others=others,
        count=count,
        summands=_counted(count),
        expected=money(expected, total.unit),
        gap=money(gap, total.unit),
        more=len(cause.broken) - 1 or None,
        **_tail(cause),
    )
    return _Sentence(template, values, total, value_of(total), expected)


def _tail(cause: Cause) -> dict[str, Value | None]:
    """What is known of the number to blame."""
    first = cause.culprits[0] if cause.culprits else None
    if not cause.gave_up and first is not None and first.slip:
        right = money(first.suggestion, first.fact.unit)
        return {"likely": first.fact.where, "likely_slip": first.slip, "likely_right": right}
    return {"tail": "gave_up" if cause.gave_up else "missing_row" if cause.missing_row else "undecided"}


def _suspect(culprit: Culprit, names: dict[str, str], swapped: bool, words: dict[str, str]) -> Suspect:
    suggestion = culprit.suggestion
    return Suspect(
        evidence_of(culprit.fact, names.get(culprit.fact.table, "")),
        _text(suggestion),
        words["swapped"]
        if swapped
        else culprit.slip or words["mends_all" if suggestion is not None else "breaks_several"],
    )


def _broken(result: Result, names: dict[str, str], standards: Standards) -> BrokenRelation:
    relation = result.relation
    return BrokenRelation(
        relation.rule,
        standards.rule_by_id[relation.rule].name,
        arithmetic(result),
        tuple(
            evidence_of(f, names.get(f.table, ""))
            for f in (relation.total, *(t.fact for t in relation.parts if t.fact.printed))
        ),
    )


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
