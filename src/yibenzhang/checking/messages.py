"""Causes to findings: one plain sentence each, with the arithmetic a pocket calculator can follow."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from yibenzhang.balance.diagnose import Cause, Culprit
from yibenzhang.checking.places_text import sentence_of
from yibenzhang.model.amounts import Unit
from yibenzhang.model.facts import Fact
from yibenzhang.model.findings import (
    BrokenRelation,
    Evidence,
    Finding,
    Severity,
    Suspect,
    evidence_of,
    nested,
)
from yibenzhang.model.relations import Relation, Result
from yibenzhang.standards import Standards

MOST_SUSPECTS = 8
_PARTS = {
    "goals.claimed": "项目绩效目标表 {} 张金额", "goals.named": "所列 {} 个项目", "goals.items": "明细测算 {} 项",
    "goals.sources": "所列 {} 项来源", "goals.funds": "所列 {} 项资金", "goals.overall": "所列 {} 项",
    "goals.weights": "{} 个分值", "goals.scores": "{} 项得分", "goals.projects": "项目支出表同名的 {} 项",
}  # fmt: skip
"""What the parts of a sum are, where its parts stand in several tables or the sum in the text."""
_RESTATED = ("prose.table", "prose.rounding", "prose.slip")


def findings_of(causes: list[Cause], names: dict[str, str], standards: Standards) -> list[Finding]:
    """One finding per cause; ``names`` gives the name of each table id."""
    return [_finding(cause, names, standards) for cause in causes]


def in_question(causes: list[Cause]) -> set[str]:
    """The ids of the numbers that the findings hold to be wrong: the culprit; where the document cannot decide, every
    candidate, also one that another sum bears out; where there is none, all that the broken relations are made of, or
    their totals where a row seems left out."""
    out: set[str] = set()
    for cause in causes:
        lead = _lead(cause).relation
        if cause.culprits:
            told = (
                [lead.terms[-1].fact] if lead.note and not cause.certain else [c.fact for c in cause.culprits]
            )
            out |= {f.id for f in told}
        elif cause.missing_row:
            out |= {r.relation.total.id for r in cause.broken}
        else:
            out |= {f.id for r in cause.broken for f in r.relation.facts()}
    return out


def _finding(cause: Cause, names: dict[str, str], standards: Standards) -> Finding:
    lead = _lead(cause)
    rule = standards.rule_by_id[lead.relation.rule]
    severities = [Severity(standards.rule_by_id[r.relation.rule].severity) for r in cause.broken]
    severity = Severity.ERROR if Severity.ERROR in severities else severities[0]
    broken = tuple(_broken(r, names, standards) for r in cause.broken)
    facts: dict[str, Fact] = {}
    for r in [lead, *cause.broken]:
        for fact in r.relation.facts():
            if fact.printed:
                facts.setdefault(fact.id, fact)
    told = cause.culprits[:1] if cause.certain and not cause.swapped else cause.culprits[:MOST_SUSPECTS]
    suspects = tuple(_suspect(c, names, cause.swapped) for c in told)
    unit = lead.relation.total.unit
    worked = None if cause.structural else _worked_out(lead, cause, names)
    reported: Decimal | None
    expected: Decimal | None
    if worked is not None:
        reported, expected, message = worked
        rate = lead.relation.terms[-1].fact
        unit = rate.unit
        suspects = suspects if not cause.certain else ()
        ordered = [rate, *(f for f in facts.values() if f.id != rate.id)]
    elif place := sentence_of(cause, names):
        reported, expected, message, suspects = None, None, place, ()
        first = [c.fact for c in cause.culprits] or [r.relation.total for r in cause.broken]
        ordered = [*first, *(f for f in facts.values() if f.id not in {c.id for c in first})]
        severity = Severity.WARNING
    elif cause.certain and cause.culprits:
        culprit = cause.culprits[0]
        reported, expected = _value(culprit.fact), culprit.suggestion
        message = _swapped(cause, names) if cause.swapped else _certain(culprit, cause, names)
        unit = culprit.fact.unit
        first = [c.fact for c in cause.culprits]
        ordered = [*first, *(f for f in facts.values() if f.id not in {c.id for c in first})]
    else:
        reported, expected = _value(lead.relation.total), _sum(lead)
        message = _uncertain(cause, lead, names)
        ordered = list(facts.values())
    difference = reported - expected if reported is not None and expected is not None else None
    return Finding(
        id=hashlib.sha256(f"{lead.relation.rule}|{ordered[0].id}".encode()).hexdigest()[:12],
        rule=lead.relation.rule,
        severity=severity,
        message=nested(message),
        reported=_text(reported),
        expected=_text(expected),
        difference=_text(difference),
        unit=unit.name if unit else "",
        basis=tuple(standards.bases[b] for b in rule.basis),
        evidence=tuple(evidence_of(f, names.get(f.table, "")) for f in ordered),
        suspects=suspects,
        broken=broken,
        certain=cause.certain or worked is not None,
    )


def _worked_out(
    lead: Result, cause: Cause, names: dict[str, str]
) -> tuple[Decimal | None, Decimal, str] | None:
    """Printed and right percentage with their sentence, where the percentage is what most likely is wrong."""
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
    message = f"{names.get(rate.table, '正文')}“{rate.said}”：{relation.note}，印为 {rate.text}%。"
    return rate.amount.value, expected, message


def _lead(cause: Cause) -> Result:
    """The relation to tell first: one whose total is the culprit, else one of the fewest parts."""
    if cause.certain and cause.culprits:
        culprit = cause.culprits[0].fact.id
        own = [r for r in cause.broken if r.relation.total.id == culprit]
        if own:
            return min(own, key=lambda r: len(r.relation.terms))
    return min(cause.broken, key=lambda r: len(r.relation.terms))


def _certain(culprit: Culprit, cause: Cause, names: dict[str, str]) -> str:
    fact = culprit.fact
    printed = f"印为 {fact.text}" if fact.printed else "没有填数"
    right = money(culprit.suggestion, fact.unit) if culprit.suggestion is not None else ""
    slip = f"（{culprit.slip}）" if culprit.slip else ""
    if cause.broken[0].relation.rule == "prose.rounding":
        slip = f"，四舍五入应为 {right}"
    count = len(cause.broken)
    partner = [t.fact for t in cause.broken[0].relation.terms if t.fact.id != fact.id]
    if count == 1 and cause.broken[0].relation.rule in _RESTATED and fact.table == "prose":
        other = partner[0]
        shown = f"{other.text} {other.unit.name if other.unit else ''}".strip()
        return f"正文“{fact.said}”，而{names.get(other.table, '')}{other.where}为 {shown}{slip}。"
    if count == 1 and cause.broken[0].relation.rule in _PARTS and fact.table == "prose":
        expected = money(_sum(cause.broken[0]), fact.unit)
        gap = money(abs((_value(fact) or Decimal(0)) - _sum(cause.broken[0])), fact.unit)
        what = _PARTS[cause.broken[0].relation.rule].format(len(partner))
        return f"正文“{fact.said}”，而{what}合计 {expected}，相差 {gap}{slip}。"
    if cause.broken[0].relation.rule == "prose.vehicles":
        total = cause.broken[0].relation.total
        parts = sum(
            (t.fact.amount.value for t in cause.broken[0].relation.parts if t.fact.amount), Decimal(0)
        )
        return f"正文“{total.said}”，而所列各类车辆之和为 {parts} 辆。"
    why = f"{count} 项关系不成立，改后全部成立" if count > 1 else "改后加总成立，其他关系不受影响"
    if cause.along:
        why = f"{count} 项关系不成立；改后还须一并更正与之加总的数"
    return f"{names.get(fact.table, '')}{fact.where}{printed}，应为 {right}{slip}：{why}。"


def _swapped(cause: Cause, names: dict[str, str]) -> str:
    a, b = (c.fact for c in cause.culprits[:2])
    if a.table == b.table == "prose":
        return f"正文“{a.said}”与“{b.said}”：两个数互换了位置，换回后 {len(cause.broken)} 项关系全部成立。"
    if a.cell[0] != b.cell[0]:
        one, two = (f"“{f.row.label or f.row.code}”（{f.text or '空'}）" for f in (a, b))
        return f"{names.get(a.table, '')}{one}与{two}两行的数互换了：{len(cause.broken)} 项关系不成立，换回后全部成立。"
    return (
        f"{names.get(a.table, '')}“{a.row.label or a.row.code}”行“{a.column}”（{a.text}）与“{b.column}”（{b.text or '空'}）"
        f"两栏的数互换了：{len(cause.broken)} 项关系不成立，换回后全部成立。"
    )


def _uncertain(cause: Cause, lead: Result, names: dict[str, str]) -> str:
    relation = lead.relation
    total = relation.total
    expected = _sum(lead)
    gap = (_value(total) or Decimal(0)) - expected
    head = f"{names.get(total.table, '')}{total.where}{_printed(total)}"
    if len(relation.parts) > 1 and relation.rule in _PARTS:
        what = _PARTS[relation.rule].format(sum(t.fact.printed for t in relation.parts))
        body = f"而{what}合计 {money(expected, total.unit)}，相差 {money(abs(gap), total.unit)}"
    elif len(relation.parts) == 1 or len({t.fact.table for t in relation.terms}) > 1:
        other = "、".join(
            f"{names.get(t.fact.table, '')}{t.fact.where}{'' if t.fact.table == 'prose' else t.fact.text}"
            for t in relation.parts
            if t.fact.printed
        )
        body = f"与{other}不相等，相差 {money(abs(gap), total.unit)}"
    else:
        body = f"而所列 {sum(t.fact.printed for t in relation.parts)} 项之和为 {money(expected, total.unit)}"
        body += f"，相差 {money(abs(gap), total.unit)}"
    more = f"；另有 {len(cause.broken) - 1} 项关系同时不成立" if len(cause.broken) > 1 else ""
    if cause.gave_up:
        tail = "；牵涉的数字太多，未能定位"
    elif cause.culprits and cause.culprits[0].slip:
        first = cause.culprits[0]
        tail = f"；最可能是{first.fact.where}{first.slip}，应为 {money(first.suggestion, first.fact.unit)}"
    elif cause.missing_row:
        tail = "；可能其中一个数有误，也可能漏列了一行"
    else:
        tail = "；单凭本文件不能确定哪一个数有误"
    return f"{head}，{body}{more}{tail}。"


def _suspect(culprit: Culprit, names: dict[str, str], swapped: bool) -> Suspect:
    suggestion = culprit.suggestion
    return Suspect(
        evidence_of(culprit.fact, names.get(culprit.fact.table, "")),
        _text(suggestion),
        "两栏的数互换"
        if swapped
        else culprit.slip
        or ("改为此数后，牵涉的关系全部成立" if suggestion is not None else "与多项关系不符"),
    )


def _broken(result: Result, names: dict[str, str], standards: Standards) -> BrokenRelation:
    relation = result.relation
    return BrokenRelation(
        relation.rule,
        standards.rule_by_id[relation.rule].name,
        arithmetic(result),
        evidence_of(relation.total, names.get(relation.total.table, "")),
        tuple(evidence_of(t.fact, names.get(t.fact.table, "")) for t in relation.parts if t.fact.printed),
    )


def arithmetic(result: Result) -> str:
    """The relation in one line: parts = sum, the printed total, the difference and the rounding allowed."""
    relation = result.relation
    if relation.note:
        return f"{relation.note}，印为 {relation.terms[-1].fact.text}%"
    factor = _factor(relation)
    shown: list[str] = []
    parts = [t for t in relation.parts if t.fact.printed and (t.fact.amount and t.fact.amount.value)]
    for t in parts:
        value = t.fact.amount.base / factor if t.fact.amount else Decimal(0)
        sign = " - " if t.coefficient > 0 else " + "
        shown.append(f"{sign if shown or t.coefficient > 0 else ''}{_plain(value)}")
    total_text = relation.total.text
    gap, slack = abs(result.residual) / factor, result.slack / factor
    left = _converted(parts[0].fact, relation.total) if len(parts) == 1 else ""
    left = left or "".join(shown) or "0"
    left += "（其余各项为 0）" if len(parts) == 1 < sum(t.fact.printed for t in relation.parts) else ""
    together = f" = {_plain(_sum(result))}" if len(parts) > 1 else ""
    rounding = f"，四舍五入最多可差 {_plain(_two(slack))}" if slack else ""
    return f"{left}{together}，印为 {total_text}，相差 {_plain(gap)}{rounding}"


def _converted(part: Fact, total: Fact) -> str:
    """A number printed in another unit than the one it is compared with, in both; empty where it is not."""
    if (
        part.amount is None
        or part.unit is None
        or total.unit is None
        or part.unit.factor == total.unit.factor
    ):
        return ""
    other = _plain(part.amount.base / total.unit.factor)
    return f"{part.text} {part.unit.name} ＝ {other} {total.unit.name}"


def _two(value: Decimal) -> Decimal:
    """A bound to two digits: 0.0050005 is read as 0.0050."""
    return round(value, 1 - value.adjusted()) if value else value


def _factor(relation: Relation) -> Decimal:
    unit = relation.total.unit
    return unit.factor if unit else Decimal(1)


def _sum(result: Result) -> Decimal:
    """What the parts of a relation come to, in the total's unit."""
    total = _value(result.relation.total) or Decimal(0)
    exact = total - result.residual / _factor(result.relation)
    printed = exact.quantize(Decimal(1).scaleb(-result.relation.total.decimals))
    return printed if printed == exact else exact


def _value(fact: Fact) -> Decimal | None:
    return fact.amount.value if fact.amount else None


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    if "." in text:
        whole, _, decimals = text.partition(".")
        text = f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
    return text


def money(value: Decimal | None, unit: Unit | None) -> str:
    """A value with thousands separators and its unit."""
    return "" if value is None else f"{_plain(value)}{' ' + unit.name if unit else ''}"


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def notice(
    rule: str, message: str, evidence: tuple[Evidence, ...], standards: Standards, key: str = ""
) -> Finding:
    """A finding that is not a broken relation: about the reading or the profile."""
    found = standards.rule_by_id[rule]
    return Finding(
        id=hashlib.sha256(f"{rule}|{message}|{key}".encode()).hexdigest()[:12],
        rule=rule,
        severity=Severity(found.severity),
        message=nested(message),
        reported="",
        expected="",
        difference="",
        unit="",
        basis=tuple(standards.bases[b] for b in found.basis),
        evidence=evidence,
    )


def _printed(fact: Fact) -> str:
    return f"印为 {fact.text}" if fact.printed else "没有填数"
