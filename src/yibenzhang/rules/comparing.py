"""One statement of the text against another of the same thing somewhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from yibenzhang.balance.slips import slip_kind
from yibenzhang.model.digits import exact_number, whole_number
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Arguments, Issue, arguments, issue_at, issue_of
from yibenzhang.model.patterns import late
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_DIGITS = 6
"""Amounts with this many printed digits are not equal by chance."""
_NEARLY = Decimal("0.0005")
"""Changes this close to each other are meant to be the same one."""
_WORDS = patterns("comparing")
_OPEN = _WORDS["open"]
_NESTED = _WORDS["nested"]
_ASSESSED = _WORDS["assessed"]
_BUDGET_OF = _WORDS["budget_of"]


@rule("prose.year_before", needs=("text",), each_file=True)
def year_before(case: Case) -> Iterator[Issue]:
    """One amount of this year, said in two places to have grown by two different amounts."""
    for same in _changes_of_amounts(case.claims):
        groups: dict[Decimal, list[_Change]] = {}
        for found in same:
            groups.setdefault(found[2].sign * found[2].amount.base, []).append(found)
        usual, *others = sorted(groups.values(), key=len, reverse=True)
        for group in others:
            (one, _, first), (two, subject, second) = usual[0], group[0]
            if not _other_years(first, second) and _differ(
                first, second, subject_words(one) == subject_words(two)
            ):
                yield issue_of(
                    "prose.year_before",
                    (second.fact, first.fact),
                    amount=subject.amount.text,
                    unit=_unit(subject),
                    changes=(_moved(one, first), _moved(two, second)),
                )


def _other_years(one: Quantity, two: Quantity) -> bool:
    """Both name the year that they compare with, and not the same."""
    years = [set(_YEAR.findall(q.lead)) for q in (one, two)]
    return all(years) and years[0] != years[1]


_YEAR = late(r"20\d\d")
_Change = tuple[Claim, Quantity, Quantity]
"""A claim with its amount and the change of that."""


def _changes_of_amounts(claims: Iterable[Claim]) -> Iterable[list[_Change]]:
    """Claims of changes by the amount that they tell, in order."""
    out: dict[tuple[str, str], list[_Change]] = {}
    for claim in claims:
        now, change = claim.subject, claim.change
        if claim.says != Says.CHANGE or now is None or change is None or not change.sign or claim.loose:
            continue
        if len(now.amount.text.replace(",", "").replace(".", "")) < _DIGITS or _WORDS["part"].search(
            change.lead
        ):
            continue
        unit = now.amount.unit.name if now.amount.unit else ""
        out.setdefault((str(now.amount.value.normalize()), unit), []).append((claim, now, change))
    return out.values()


def _differ(one: Quantity, two: Quantity, same_words: bool) -> bool:
    """Two changes of one amount cannot both be; changes far from each other may be of another scope (the year before
    may have held what this year does not), unless the words are the same."""
    a, b = one.fact.interval, two.fact.interval
    if a is None or b is None or (a.low <= b.high and b.low <= a.high):
        return False
    near = one.sign == two.sign and abs(one.amount.base - two.amount.base) <= abs(a.high) * _NEARLY
    return near or same_words


def subject_words(claim: Claim) -> str:
    """The words just before the amount, as far as they name what it is."""
    lead = claim.subject.lead if claim.subject else ""
    return _WORDS["around"].sub("", re.split(r"[,。;]", lead)[-1])


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
    for k, p in enumerate(case.passages):
        for m in _OPEN.finditer(p.text):
            total, parts = _total_and_parts(p, case.numbers[k], m)
            missing = _missing_row(facts, total, parts) if total is not None else None
            if total is None or missing is None:
                continue
            yield issue_of(
                "prose.left_out",
                (total.fact, *(q.fact for q in parts)),
                words=p.clauses(total.start, total.end),
                parts=tuple(arguments(text=q.amount.text) for q in parts),
                rest=missing.text,
                name=bare(missing.row.label),
            )


def _total_and_parts(
    p: Passage, numbers: Sequence[Quantity], m: re.Match[str]
) -> tuple[Quantity | None, list[Quantity]]:
    """The amount before "其中" and those behind it in the sentence; none where the sentence says more than amounts, or
    that there are others."""
    stop = p.text.find("。", m.end())
    stop = len(p.text) if stop < 0 else stop
    begin = p.text.rfind("。", 0, m.start()) + 1
    money = [q for q in numbers if q.money and begin <= q.start < stop]
    totals = [q for q in money if q.start < m.start() and q.kind == Kind.VALUE]
    parts = [q for q in money if q.start >= m.end()]
    if not totals or len(parts) < 2 or any(q.kind != Kind.VALUE for q in parts):
        return None, parts
    return None if _WORDS["rest"].search(p.text, m.end(), stop) else totals[-1], parts


def _missing_row(facts: Sequence[Fact], total: Quantity, parts: Sequence[Quantity]) -> Fact | None:
    """The row of the balance that the parts of one of its totals lack exactly."""
    rest = total.amount.base - sum((q.amount.base for q in parts), Decimal(0))
    printed = [(f, f.amount.base) for f in facts if f.amount]
    if rest <= 0 or not any(f.row.role == "total" and base == total.amount.base for f, base in printed):
        return None
    return next((f for f, base in printed if f.row.role != "total" and f.side and base == rest), None)


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
        said = whole_number(match.group("n"))
        if len(found) < 3:
            continue
        words = p.verbatim(match.start(), match.end())
        facts = [q for q in case.numbers[k] if q.start >= match.start()]
        if len(found) != said and any(_WORDS["assessed_some"].search(q.text) for q in case.passages[k:]):
            continue
        if len(found) != said:
            first = [q.fact for q in facts][:1]
            yield issue_of("prose.assessed", first, template="count", words=words, found=len(found))
            continue
        total = sum((exact_number(n) or Decimal(0) for n in found), Decimal(0))
        slack = sum((Decimal(1).scaleb(-len(n.partition(".")[2])) / 2 for n in found), Decimal("0.005"))
        apart = abs(total - (exact_number(match.group("sum")) or Decimal(0)))
        if apart > slack:
            first = [q.fact for q in facts if q.money][:1]
            yield issue_of("prose.assessed", first, words=words, projects=said, total=total, apart=apart)


_SPENT_OF_NOTHING = _WORDS["spent_of_nothing"]
_ITEMS = {
    "abroad": _WORDS["abroad"],
    "cars": _WORDS["cars"],
    "car_buy": _WORDS["car_buy"],
    "car_run": _WORDS["car_run"],
    "reception": _WORDS["reception"],
}


@rule("prose.no_budget", needs=("text", "tables"), each_file=True)
def empty_budget(case: Case) -> Iterator[Issue]:
    """A completion rate of an item of 三公经费 that has no budget in the table."""
    budgeted = _budgeted(case.tables)
    if not any(budgeted.values()):
        return  # an empty table, or one without budgets, proves nothing
    for found in case.by_passage.values():
        for before, rate in zip(found, found[1:], strict=False):
            if rate.kind != Kind.COMPLETION or not before.money or not _SPENT_OF_NOTHING.search(rate.lead):
                continue
            clause = before.lead.replace("“", "").replace("”", "")
            item = next((k for k, pattern in _ITEMS.items() if pattern.search(clause)), None)
            if item is not None and budgeted.get(item) is False:
                begin = max(0, before.start - min(16, len(before.lead)))
                words = rate.passage.verbatim(begin, rate.end).strip()
                yield issue_of("prose.no_budget", (before.fact, rate.fact), words=words)


def _budgeted(tables: Sequence[TableFacts]) -> dict[str, bool]:
    """The items of 三公经费 with whether they have a budget."""
    out: dict[str, bool] = {}
    for t in tables:
        if t.table.standard is None or not t.table.standard.id.endswith(".three_public"):
            continue
        for f in t.facts():
            name, _, basis = f.measure.partition("@")
            if basis in ("budgeted", "adjusted"):
                out[name] = out.get(name, False) or bool(f.amount and f.amount.value)
    return out
