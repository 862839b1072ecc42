"""Figures by name for the prose: what the drafted tables print, else what the workbook gives beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from yibenzhang.drafting.families import Family
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.parts import Grid, Printed
from yibenzhang.drafting.tally import Tally
from yibenzhang.model.amounts import unit_named
from yibenzhang.standards import Address, Standards

CENT = Decimal("0.01")
WAN = Decimal(10000)


def wan(amount: Decimal) -> Decimal:
    """元 as 万元 with two decimals, as the prose prints it."""
    return (amount / WAN).quantize(CENT, ROUND_HALF_UP)


@dataclass
class Tables:
    """The printed numbers of all tables, by address, in 元."""

    stage: str
    cells: dict[tuple[str, str, str, str], Decimal] = field(default_factory=dict)
    rows: dict[str, list[Printed]] = field(default_factory=dict)
    factor: dict[str, Decimal] = field(default_factory=dict)

    def add(self, printed: Iterable[Printed], standard: str, unit: str, single: bool) -> None:
        """Take in the numbers of one table; in a table of one row that row is its total."""
        known = unit_named(unit)
        factor = known.factor if known else Decimal(1)
        self.factor[standard] = factor
        for p in printed:
            self.rows.setdefault(standard, []).append(p)
            value = p.value * factor
            keys = {p.code, p.token, "label:" + p.label} | ({"total"} if single else set())
            for key in keys - {""}:
                for side in {p.side, ""}:
                    self.cells.setdefault((standard, side, key, p.measure), value)

    def at(self, address: Address) -> Decimal | None:
        """The amount at an address in 元, or None where nothing is printed."""
        standard = address.table.replace("*", self.stage, 1) if address.table[0] == "*" else address.table
        basis = {"budget": "@budgeted", "accounts": "@actual"}[self.stage]
        for measure in (address.measure, address.measure + basis):
            found = self.cells.get((standard, address.side, address.row, measure))
            if found is not None:
                return found
        return None


def tables_of(grids: Iterable[Grid], stage: str, standards: Standards) -> Tables:
    """The printed numbers of drafted tables."""
    out = Tables(stage)
    for g in grids:
        out.add(g.printed(standards), g.standard, g.unit, len(g.rows) == 1)
    return out


@dataclass
class Lookup:
    """Figures of this year, last year and the opening budget by name, in 元. What nobody gave is None, not nothing.

    ``complete``: the tables were made from the entries of a workbook, so that what no entry has is nothing.
    """

    family: Family
    tables: Tables
    tally: Tally
    figures: Figures
    complete: bool = True

    def value(self, name: str) -> Decimal | None:
        """This year's amount in 元, or None where it is not known."""
        found = self._plain(name)
        return self._by_parts(name) if found is None and name not in self.figures.doubtful else found

    def _plain(self, name: str) -> Decimal | None:
        """What a table, the workbook or the document says; None where they say nothing, or two different things."""
        given, stated = self.figures.extra.get(name, self._bought(name)), self.figures.elsewhere.get(name)
        found = None if name in self.figures.doubtful else self._printed(name)
        if found is not None:
            if name in self.family.beside and self.complete and not found and given is None:
                return None  # an empty list of purchases
            return given if stated is not None and wan(found) != wan(stated) else found
        if given is not None:
            return given
        if stated is not None or not self.complete:
            return stated
        if of := self.family.computed.get(name):
            return self.tally.sum({"flow": "out", "source": "general"}, self.family.measures[of])[0]
        return None if name in self.family.beside else Decimal(0)

    def _bought(self, name: str) -> Decimal | None:
        """What the list of purchases comes to, where there is one."""
        kind, bought = self.family.bought.get(name), self.figures.purchases
        if kind is None or not bought:
            return None
        return sum((p.amount for p in bought if kind in ("*", p.kind)), Decimal(0))

    def _printed(self, name: str) -> Decimal | None:
        for address in self.family.figures.get(name, ()):
            if (found := self.tables.at(address)) is not None:
                return found
        return None

    def _by_parts(self, name: str) -> Decimal | None:
        """The sum of its parts, or what the other parts leave of a whole."""
        if (found := self._below(name)) is not None:
            return found
        for whole, of in self.family.wholes.items():
            if name not in of or (total := self._plain(whole)) is None:
                continue
            known = [v for p in of if p != name and (v := self._below(p, plain=True)) is not None]
            left = total - sum(known, Decimal(0))
            if not wan(left):
                return Decimal(0)
            if left > 0 and len(known) == len(of) - 1 and not self._in_own_table(name):
                return left
        return None

    def _in_own_table(self, name: str) -> bool:
        """A table of its own tells it, which may leave out what was carried over, in a column that is not known."""
        standards = {a.table.replace("*", self.tables.stage, 1) for a in self.family.figures.get(name, ())}
        return any(p.value for s in standards for p in self.tables.rows.get(s, ()))

    def _below(self, name: str, plain: bool = False) -> Decimal | None:
        """What the parts of a figure come to, where all of them are known; ``plain``: what is said of itself first."""
        if plain and (found := self._plain(name)) is not None:
            return found
        values = [self._below(p, plain=True) for p in self.family.wholes.get(name, ())]
        known = [v for v in values if v is not None]
        return sum(known, Decimal(0)) if values and len(known) == len(values) else None

    def last(self, key: str, now: Decimal | None) -> Decimal | None:
        """The amount of the year before in 元; what a sentence says of it counts only where it restates ``now``."""
        if (found := self.figures.last.get(key)) is not None:
            return found
        table, _, code = key.rpartition(":")
        pairs = self.figures.moves.get(f"function:{code}" if table else key, ())
        found = next((last for then, last in pairs if now is not None and wan(then) == wan(now)), None)
        return self._last_by_parts(key, now) if found is None else found

    def _last_by_parts(self, key: str, now: Decimal | None) -> Decimal | None:
        """The sum of last year's parts, where all are known and this year's make up the whole."""
        parts = [
            (v, self.last(p, v)) for p in self.family.wholes.get(key, ()) if (v := self.value(p)) is not None
        ]
        lasts = [last for _, last in parts if last is not None]
        if now is None or not parts or len(lasts) != len(self.family.wholes[key]):
            return None
        return sum(lasts, Decimal(0)) if wan(sum((v for v, _ in parts), Decimal(0))) == wan(now) else None

    def steady(self, key: str, now: Decimal | None) -> bool:
        """A sentence says that it is about what it was, and restates ``now``."""
        table, _, code = key.rpartition(":")
        amounts = self.figures.steady.get(f"function:{code}" if table else key, ())
        return now is not None and any(wan(a) == wan(now) for a in amounts)

    def whole_table(self, key: str) -> bool:
        """Last year's figures have the table of this key: a code that is not among them was not there."""
        table = key.rpartition(":")[0]
        return bool(table) and any(k.startswith(f"{table}:") for k in self.figures.last)

    def wan(self, name: str) -> Decimal:
        """This year's amount as the prose prints it; what is not known counts as nothing in sums alone."""
        return wan(self.value(name) or Decimal(0))

    def title(self, name: str) -> str:
        return self.family.figure_names.get(name, name)


def measured(family: Family, tables: Tables) -> dict[str, Decimal]:
    """Every named figure that the tables print, and every function code: what next year compares with."""
    out = {}
    for name, addresses in family.figures.items():
        for address in addresses:
            if (found := tables.at(address)) is not None:
                out[name] = found
                break
    for table in ("general_function", "fund", "state_capital", "expenditure", "fiscal_expenditure"):
        standard = f"{tables.stage}.{table}"
        for p in tables.rows.get(standard, ()):
            if p.measure == "total" and p.code:
                out[f"{table}:{p.code}"] = p.value * tables.factor[standard]
    return out
