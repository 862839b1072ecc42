"""Figures by name for the prose: what the drafted tables print, else what the workbook gives beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from yibenzhang.drafting.families import Family
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
    """Figures of this year, last year and the opening budget by name, in 元."""

    family: Family
    tables: Tables
    tally: Tally
    extra: Mapping[str, Decimal]
    last: Mapping[str, Decimal]
    planned: Mapping[str, Decimal]

    def value(self, name: str) -> Decimal | None:
        """This year's amount in 元, or None where neither a table nor the workbook has it."""
        for address in self.family.figures.get(name, ()):
            found = self.tables.at(address)
            if found is not None:
                return found
        if name in self.extra:
            return self.extra[name]
        if of := self.family.computed.get(name):
            return self.tally.sum({"flow": "out", "source": "general"}, self.family.measures[of])[0]
        return None

    def wan(self, name: str) -> Decimal:
        """This year's amount as the prose prints it; nothing printed is nothing spent."""
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
