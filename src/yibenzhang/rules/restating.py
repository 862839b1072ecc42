"""Numbers of the text against the numbers of the tables they restate: equal, slipped, or in each other's place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from yibenzhang.balance.diagnose import slip_kind
from yibenzhang.balance.evaluate import evaluate
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Outcome, Relation, Term
from yibenzhang.prose.binding import Binder, Binding, Finder
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.addresses import Book
from yibenzhang.standards import Address


class TableFinder(Finder):
    def __init__(self, book: Book, tables: tuple[TableFacts, ...]) -> None:
        self._book = book
        self._cells = {
            (t.table.id, n, k, m): f
            for t in tables
            for n, b in enumerate(t.blocks)
            for (k, m), f in b.cells.items()
        }
        self._key_of = {f.id: key for key, f in self._cells.items()}

    def facts(self, address: object) -> list[Fact]:
        assert isinstance(address, Address)
        found = [fs for fs in self._book.resolve(address).values() if len(fs) == 1]
        return [f for fs in found for f in fs]

    def beside(self, fact: Fact, basis: str) -> Fact | None:
        table, n, k, measure = self._key_of.get(fact.id, ("", 0, 0, ""))
        if "@" not in measure:
            return fact
        return self._cells.get((table, n, k, measure.partition("@")[0] + basis))


def contradicted(relation: Relation) -> bool:
    return evaluate([relation])[0].outcome == Outcome.CONTRADICTED


def _bound(binding: Binding) -> Relation | None:
    """The number equals one of its candidates; where it must and does not, the first is its contradiction."""
    mine = binding.quantity.fact
    if not binding.candidates:
        whole = [
            Relation(f"prose.table|{mine.id}", "prose.table", (Term(1, mine), *(Term(-1, f) for f in parts)))
            for parts in binding.sums
        ]
        held = next((o for o in whole if not contradicted(o)), None)
        return held or (whole[0] if binding.sure else None)
    options = [_restates(mine, f) for f in binding.candidates]
    for option in options:
        if not contradicted(option):
            return option
    if not binding.sure:
        near = next((o for o in options if slipped(mine, o.terms[1].fact)), None)
        if near is None:
            return None
        return replace(near, rule="prose.rounding" if _cut(near, binding.quantity) else "prose.slip")
    preferred = [o for o in options if o.terms[1].fact.standard.endswith(".general_function")]
    chosen = (preferred or options)[0]
    return replace(chosen, rule="prose.rounding") if _cut(chosen, binding.quantity) else chosen


def _cut(relation: Relation, q: Quantity) -> bool:
    """The number was cut off instead of rounded."""
    [result] = evaluate([relation])
    one = Decimal(1).scaleb(-q.amount.decimals) * (q.amount.unit.factor if q.amount.unit else 1)
    return abs(result.residual) <= one and q.amount.decimals >= 2


def restated(everything: list[Quantity], binder: Binder) -> list[Relation]:
    """For each number that the words bind to a table: that it equals the one it restates."""
    relations: list[Relation] = []
    astray: list[Binding] = []
    bindings = [b for q in everything if (b := binder.bind(q))]
    table_of = _homes(bindings)
    for binding in bindings:
        made = _bound(_at_home(binding, table_of))
        if made is not None:
            relations.append(replace(made, family=f"prose.table|{binding.family}"))
        if made is None or contradicted(made):
            astray.append(binding)
    pairs = _crossed(astray)
    return [pairs.pop(r.id, r) for r in relations] + list(pairs.values())


def _homes(bindings: list[Binding]) -> dict[tuple[str, ...], str]:
    """The table that a section goes through item by item: the one that most of its items agree with."""
    agree: dict[tuple[str, ...], Counter[str]] = {}
    items: Counter[tuple[str, ...]] = Counter()
    own = {f.table: f.standard for b in bindings for f in b.candidates}
    for b in bindings:
        if b.how == "path" and b.sure:
            section = b.quantity.passage.section
            items[section] += 1
            tables = {f.table for f in b.candidates if not contradicted(_restates(b.quantity.fact, f))}
            agree.setdefault(section, Counter()).update(tables)
    out: dict[tuple[str, ...], str] = {}
    for section, count in agree.items():
        ranked, enough = count.most_common(2), max(3, 0.6 * items[section])
        named = [t for t, n in count.items() if n >= enough and own.get(t, "").endswith(_named_by(section))]
        if named:
            out[section] = named[0]
        elif ranked and ranked[0][1] >= enough and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            out[section] = ranked[0][0]
    return out


def _named_by(section: tuple[str, ...]) -> tuple[str, ...]:
    """The kind of table that the headings speak of; empty where they do not say."""
    for heading in reversed(section):
        if "一般公共预算" in heading:
            return (".general_function",)
        if "财政拨款" in heading:
            return (".fiscal_expenditure", ".general_function")
    return ()


_YEAR = re.compile(r"(20\d\d)年")


def other_year(q: Quantity, binder: Binder, year: int) -> str:
    """The year the clause names where the amount is this year's amount of the table; empty where all is well."""
    clause = re.split(r"[,;。]", q.lead)[-1]
    named = _YEAR.search(clause)
    if named is None or int(named.group(1)) == year or re.search(r"[比与较]|截至|底", clause):
        return ""
    text = q.passage.text
    stop = text.find("。", q.end)
    rest = text[q.end : stop if stop >= 0 else len(text)]
    if f"{named.group(1)}年" in rest or f"{year}年" in rest or len(q.amount.text.replace(",", "")) < 5:
        return ""  # compared with the same year, which is told, or with this one
    binding = binder.bind(replace(q, kind=Kind.VALUE))
    same = binding is not None and any(not contradicted(_restates(q.fact, f)) for f in binding.candidates)
    return named.group(1) if same else ""


def _at_home(binding: Binding, homes: dict[tuple[str, ...], str]) -> Binding:
    """The binding to the one table its section goes through, where that is known and has the item."""
    home = homes.get(binding.quantity.passage.section) if binding.how == "path" else None
    own = tuple(f for f in binding.candidates if f.table == home)
    return replace(binding, candidates=own) if own else binding


def _crossed(astray: list[Binding]) -> dict[str, Relation]:
    """Pairs of numbers near each other of which each is what the other ought to be, by relation id."""
    out: dict[str, Relation] = {}
    for a, b in combinations(astray, 2):
        p, q = a.quantity, b.quantity
        if p.passage is not q.passage and p.passage.section != q.passage.section:
            continue
        if p.amount.base == q.amount.base or not p.amount.value or not q.amount.value:
            continue
        x = next((f for f in a.candidates if not contradicted(_restates(q.fact, f))), None)
        y = next((f for f in b.candidates if not contradicted(_restates(p.fact, f))), None)
        if x is not None and y is not None:
            for made in (_restates(p.fact, x), _restates(q.fact, y)):
                out.setdefault(made.id, made)
    return out


def _restates(mine: Fact, other: Fact) -> Relation:
    return Relation(f"prose.table|{mine.id}", "prose.table", (Term(1, mine), Term(-1, other)))


def keyboard(whole: Relation) -> bool:
    """A list that comes to its whole, or would but for one slip of the keyboard; else it may not be complete."""
    [result] = evaluate([whole])
    if result.outcome != Outcome.CONTRADICTED:
        return True
    for t in whole.terms:
        amount, unit = t.fact.amount, t.fact.unit
        if amount is None or unit is None:
            continue
        right = amount.value - result.residual / t.coefficient / unit.factor
        if amount.value and any(
            abs(right - v) * unit.factor <= result.slack
            for v in (amount.value * 10_000, amount.value / 10_000)
        ):
            return True  # 元 for 万元
        if len(str(amount.value).replace(".", "").strip("0")) < 4:
            continue
        cents = min(_ROUNDED, int(result.slack / unit.factor * 100))
        for off in range(-cents, cents + 1):  # what rounding leaves open
            near = right + Decimal(off) / 100
            if near > 0 and slip_kind(f"{amount.value:f}", f"{near:.2f}") in _SLIPS:
                return True
    return False


_ROUNDED = 3
_SLIPS = ("错了一位数字", "两位数字颠倒", "多写或漏写一位数字", "小数点或位数错")


def slipped(mine: Fact, other: Fact) -> bool:
    """The number is the other one but for a slip of the keyboard, and long enough for that to be no chance."""
    if mine.amount is None or other.amount is None or not other.amount.value:
        return False
    factor = mine.unit.factor if mine.unit else Decimal(1)
    places = max(mine.amount.decimals, 2)
    right = (other.amount.base / factor).quantize(Decimal(1).scaleb(-places))
    kind = slip_kind(f"{mine.amount.value:f}", f"{right:f}")
    printed = str(mine.amount.value).replace(".", "")
    if kind == "小数点或位数错":
        return len(printed.strip("0")) >= 3
    return kind in _SLIPS and len(printed.lstrip("0")) >= 4 and mine.amount.decimals >= 2
