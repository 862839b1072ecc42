"""One statement of the text against another of the same thing somewhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.balance.slips import slip_kind
from yibenzhang.model.digits import exact_number, whole_number
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Arguments, Issue, arguments, issue_at, issue_of
from yibenzhang.prose.claims import Claim, Says
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule

_DIGITS = 6
"""Amounts with this many printed digits are not equal by chance."""
_NEARLY = Decimal("0.0005")
"""Changes this close to each other are meant to be the same one."""
_OPEN = re.compile(r"其中[:：]?|\(其中")
_NESTED = re.compile(
    r"(?<!\d)(?P<whole>\d{4,18}(?:\.\d+)?)(?P<unit>平方米|平米|㎡|亩|公里|万元|元)\(其中(?P<parts>[^()]{6,120})\)"
)
_ASSESSED = re.compile(
    r"(?:共|共计)?涉及(?:预算)?项目(?P<n>\d+)个,?(?:涉及)?(?:预算)?资金(?P<sum>\d[\d,]*(?:\.\d+)?)万元"
)
_BUDGET_OF = re.compile(
    r"(?:项目)?(?:全年|年初|调整)预算数?(?:为|是)?(?P<n>\d[\d,]*(?:\.\d+)?)万元,?(?:全年)?执行数"
)


@rule("prose.year_before", needs=("text",), each_file=True)
def year_before(case: Case) -> Iterator[Issue]:
    """One amount of this year, said in two places to have grown by two different amounts."""
    first: dict[tuple[str, str], list[Claim]] = {}
    for claim in case.claims:
        now, change = claim.subject, claim.change
        if claim.says != Says.CHANGE or now is None or change is None or not change.sign or claim.loose:
            continue
        if len(now.amount.text.replace(",", "").replace(".", "")) < _DIGITS or "其中" in change.lead:
            continue
        unit = now.amount.unit.name if now.amount.unit else ""
        first.setdefault((str(now.amount.value.normalize()), unit), []).append(claim)
    for same in first.values():
        groups: dict[Decimal, list[Claim]] = {}
        for claim in same:
            if claim.change:
                groups.setdefault(claim.change.sign * claim.change.amount.base, []).append(claim)
        if len(groups) < 2:
            continue
        usual, *others = sorted(groups.values(), key=len, reverse=True)
        for group in others:
            one, two = usual[0], group[0]
            if one.change is None or two.change is None or two.subject is None:
                continue
            a, b = one.change.fact.interval, two.change.fact.interval
            if a is None or b is None or (a.low <= b.high and b.low <= a.high):
                continue
            apart = abs(one.change.amount.base - two.change.amount.base)
            near = one.change.sign == two.change.sign and apart <= abs(a.high) * _NEARLY
            if not near and subject_words(one) != subject_words(two):
                continue  # the year before may have held what this year does not: another scope
            changes = tuple(_moved(c, c.change) for c in (one, two) if c.change)
            facts, unit = (two.change.fact, one.change.fact), _unit(two.subject)
            yield issue_of(
                "prose.year_before", facts, amount=two.subject.amount.text, unit=unit, changes=changes
            )


def subject_words(claim: Claim) -> str:
    """The words just before the amount, as far as they name what it is."""
    lead = claim.subject.lead if claim.subject else ""
    return re.sub(r"20\d\d年?度?|[\d“”]|[为共计是:]+$", "", re.split(r"[,。;]", lead)[-1])


def _unit(q: Quantity) -> str:
    return q.amount.unit.name if q.amount.unit else ""


def _moved(claim: Claim, change: Quantity) -> Arguments:
    way = "increase" if change.sign > 0 else "decrease"
    where = str(claim.passage.place(claim.at))
    return arguments(where=where, way=way, change=change.amount.text, change_unit=_unit(change))


@rule("prose.left_out", needs=("text", "tables"), each_file=True)
def left_out(case: Case) -> Iterator[Issue]:
    """ "其中：" with parts of a total that fall short by exactly one row of the balance nobody names."""
    facts = [f for f in _balance(case.tables) if f.printed and f.amount]
    rows = [f for f in facts if f.amount and f.amount.value and f.row.role != "total" and f.side]
    totals = [f for f in facts if f.row.role == "total"]
    for k, p in enumerate(case.passages):
        for m in _OPEN.finditer(p.text):
            stop = p.text.find("。", m.end())
            stop = len(p.text) if stop < 0 else stop
            begin = p.text.rfind("。", 0, m.start()) + 1
            whole = [
                q
                for q in case.numbers[k]
                if begin <= q.start < m.start() and q.money and q.kind == Kind.VALUE
            ]
            parts = [q for q in case.numbers[k] if m.end() <= q.start < stop and q.money]
            if not whole or len(parts) < 2 or any(q.kind != Kind.VALUE for q in parts):
                continue
            total = next((t for t in totals if t.amount and t.amount.base == whole[-1].amount.base), None)
            rest = whole[-1].amount.base - sum((q.amount.base for q in parts), Decimal(0))
            if total is None or rest <= 0 or "等" in p.text[m.end() : stop]:
                continue
            missing = [f for f in rows if f.amount and f.amount.base == rest]
            if not missing:
                continue
            words = p.clauses(whole[-1].start, whole[-1].end)
            yield issue_of(
                "prose.left_out", (whole[-1].fact, *(q.fact for q in parts)), words=words,
                parts=tuple(arguments(text=q.amount.text) for q in parts), rest=missing[0].text,
                name=bare(missing[0].row.label),
            )  # fmt: skip


def _balance(tables: tuple[TableFacts, ...]) -> Iterator[Fact]:
    """The numbers of the balance of income and expenditure."""
    for t in tables:
        standard = t.table.standard
        if standard and standard.id.endswith(".balance") and ".fiscal" not in standard.id:
            yield from t.facts()


@rule("prose.nested", needs=("text",), each_file=True)
def nested_parts(case: Case) -> Iterator[Issue]:
    """ "8013平方米（其中计容7998平方米，不计容105平方米）": two parts and their whole, a slip of the keyboard apart."""
    for p in case.passages:
        for m in _NESTED.finditer(p.text):
            parts = re.findall(rf"(\d+(?:\.\d+)?){m.group('unit')}", m.group("parts"))
            if len(parts) < 2:
                continue
            right = sum((exact_number(x) or Decimal(0) for x in parts), Decimal(0))
            if right == exact_number(m.group("whole")) or not slip_kind(m.group("whole"), f"{right:f}"):
                continue
            words = p.verbatim(m.start(), m.end()).strip()
            listed = tuple(arguments(text=x) for x in parts)
            whole, place = m.group("whole"), p.place(m.start())
            yield issue_at("prose.nested", words, place, parts=listed, right=right, whole=whole)


@rule("prose.assessed", needs=("text",), each_file=True)
def assessed(case: Case) -> Iterator[Issue]:
    """ "共涉及项目 11 个，资金 3401.54 万元" against the projects reported one by one below it."""
    for k, p in enumerate(case.passages):
        match = _ASSESSED.search(p.text)
        if not match:
            continue
        found = [m.group("n") for q in case.passages[k + 1 :] for m in _BUDGET_OF.finditer(q.text)]
        said, asked = whole_number(match.group("n")), exact_number(match.group("sum")) or Decimal(0)
        if len(found) < 3 or len(found) != said:
            if len(found) >= 3:
                words = p.verbatim(match.start(), match.end())
                first = [q.fact for q in case.numbers[k] if q.start >= match.start()][:1]
                yield issue_of("prose.assessed", first, template="count", words=words, found=len(found))
            continue
        total = sum((exact_number(n) or Decimal(0) for n in found), Decimal(0))
        slack = sum((Decimal(1).scaleb(-len(n.partition(".")[2])) / 2 for n in found), Decimal("0.005"))
        if abs(total - asked) > slack:
            words = p.verbatim(match.start(), match.end())
            first = [q.fact for q in case.numbers[k] if q.start >= match.start() and q.money][:1]
            apart = abs(total - asked)
            yield issue_of("prose.assessed", first, words=words, projects=said, total=total, apart=apart)


_SPENT_OF_NOTHING = re.compile(r"完成(?:年初|全年|调整)?预算(?:数)?的?(?:比例)?$")
_ITEMS = {
    "abroad": re.compile(r"因公出国"),
    "cars": re.compile(r"公务用车购置(?:及|和)运行"),
    "car_buy": re.compile(r"公务用车购置(?!及|和)"),
    "car_run": re.compile(r"公务用车运行"),
    "reception": re.compile(r"公务接待"),
}


@rule("prose.no_budget", needs=("text", "tables"), each_file=True)
def empty_budget(case: Case) -> Iterator[Issue]:
    """A completion rate of an item of 三公经费 that has no budget in the table."""
    budgeted: dict[str, bool] = {}
    for t in case.tables:
        if t.table.standard is None or not t.table.standard.id.endswith(".three_public"):
            continue
        for f in t.facts():
            name, _, basis = f.measure.partition("@")
            if basis in ("budgeted", "adjusted"):
                budgeted[name] = budgeted.get(name, False) or bool(f.amount and f.amount.value)
    if not any(budgeted.values()):
        return  # an empty table, or one without budgets, proves nothing
    for found in case.by_passage.values():
        for before, rate in zip(found, found[1:], strict=False):
            if rate.kind != Kind.COMPLETION or not before.money or not _SPENT_OF_NOTHING.search(rate.lead):
                continue
            clause = before.lead.replace("“", "").replace("”", "")
            item = next((k for k, pattern in _ITEMS.items() if pattern.search(clause)), None)
            if item is not None and budgeted.get(item) is False:
                words = rate.passage.verbatim(
                    max(0, before.start - min(16, len(before.lead))), rate.end
                ).strip()
                yield issue_of("prose.no_budget", (before.fact, rate.fact), words=words)
