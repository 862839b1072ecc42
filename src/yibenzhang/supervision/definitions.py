"""What is assessed: measures with numerator, denominator and weight, the sides from which bodies are looked at, how
often. A definition is data, from a file or a page, and is only ever replaced by a new version."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from yibenzhang.evidence.packs import Column, Pack, Table
from yibenzhang.evidence.words import EvidenceError
from yibenzhang.supervision.conditions import column_of, conditions
from yibenzhang.supervision.words import say, words, wrong

NAME = re.compile(r"[\w\-（）()+·]{1,40}")


@dataclass(frozen=True, slots=True)
class Amount:
    """``what``: rows, distinct or sum; ``column``: of what; ``where``: conditions as a person wrote them."""

    what: str
    column: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """``above`` over ``below``, or ``above`` alone. ``time``: the column that says to which period a row belongs, where
    it is not the table's. ``zero`` and ``full``: the values that score 0 and 100."""

    name: str
    table: str
    above: Amount
    below: Amount | None
    unit: str
    weight: Decimal
    zero: Decimal
    full: Decimal
    time: str = ""

    @property
    def scale(self) -> Decimal:
        return Decimal(100 if self.unit == "%" else 1)


@dataclass(frozen=True, slots=True)
class Definition:
    """``mapping``: the name of a mapping file; ``dimensions``: columns by which groups are made."""

    name: str
    mapping: str
    every: str
    dimensions: tuple[str, ...]
    measures: tuple[Measure, ...]


def definition_of_text(text: str) -> Definition:
    """The definition of a TOML file. Raises EvidenceError."""
    try:
        return definition_of(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise EvidenceError(say("definition_wrong", why=error)) from error


def definition_of(data: Mapping[str, Any]) -> Definition:
    """The definition of plain data: what can be told wrong without a pack is told. Raises EvidenceError."""
    name, every = str(data.get("name", "")).strip(), str(data.get("every", ""))
    mapping = str(data.get("mapping", ""))
    dimensions = tuple(dict.fromkeys(str(d).strip() for d in data.get("dimensions", ()) if str(d).strip()))
    if not name:
        raise wrong("no_name")
    if not NAME.fullmatch(name):
        raise wrong("name_wrong", name=name)
    if every not in words()["every"]:
        raise wrong("no_every", every=every)
    if not mapping:
        raise wrong("no_mapping")
    if not dimensions:
        raise wrong("no_dimensions")
    given = data.get("measure", ())
    if not isinstance(given, Sequence) or not given:
        raise wrong("no_measures")
    measures = tuple(_measure(m) for m in given)
    for measure in measures:
        if sum(m.name == measure.name for m in measures) > 1:
            raise wrong("measure_twice", name=measure.name)
    return Definition(name, mapping, every, dimensions, measures)


def as_data(definition: Definition) -> dict[str, Any]:
    """Plain data, numbers as text, of which ``definition_of`` makes the same definition again."""
    out = asdict(definition)
    measures = [
        {k: str(v) if isinstance(v, Decimal) else v for k, v in m.items() if v not in (None, "")}
        for m in out.pop("measures")
    ]
    return {**out, "dimensions": list(definition.dimensions), "measure": measures}


def fits(definition: Definition, pack: Pack) -> None:
    """Whether it can be asked of a pack's tables. Raises EvidenceError."""
    for measure in definition.measures:
        table = pack.tables.get(measure.table)
        if table is None:
            raise wrong("no_table", name=measure.name, table=measure.table)
        if measure.time:
            column_of(measure.time, table, measure.name)
        for amount in (measure.above, measure.below):
            if amount is not None:
                _amount_fits(amount, table, measure.name)
    for dimension in definition.dimensions:
        if not any(dimension in pack.tables[m.table].columns for m in definition.measures):
            raise wrong("no_dimension", column=dimension)


def _amount_fits(amount: Amount, table: Table, name: str) -> None:
    if amount.what != "rows":
        column: Column = column_of(amount.column, table, name)
        if amount.what == "sum" and column.kind not in ("integer", "decimal", "yes"):
            raise wrong("sum_kind", name=name, column=amount.column)
    conditions(amount.where, table, name)


def _measure(data: Mapping[str, Any]) -> Measure:
    name = str(data.get("name", "")).strip()
    if not name:
        raise wrong("measure_no_name")
    above, below = data.get("above"), data.get("below")
    counted, whole = _amount(above or {}, name), _amount(below, name) if below else None
    unit = str(data.get("unit", "")).strip() or ("%" if whole else "")
    weight, zero, full = (_number(str(data.get(k, "")), name) for k in ("weight", "zero", "full"))
    if weight <= 0:
        raise wrong("weight_wrong", name=name)
    if zero == full:
        raise wrong("scale_same", name=name)
    table, time = str(data.get("table", "")), str(data.get("time", "")).strip()
    return Measure(name, table, counted, whole, unit, weight, zero, full, time)


def _amount(data: Mapping[str, Any], name: str) -> Amount:
    what, column = str(data.get("what", "")), str(data.get("column", "")).strip()
    if what not in words()["what"]:
        raise wrong("what_wrong", name=name, what=what)
    if what != "rows" and not column:
        raise wrong("what_column", name=name, what=words()["what"][what])
    return Amount(what, "" if what == "rows" else column, str(data.get("where", "")).strip())


def _number(text: str, name: str) -> Decimal:
    try:
        made = Decimal(text.strip())
    except InvalidOperation:
        made = Decimal("nan")
    if not made.is_finite() or abs(made.adjusted()) > 15:
        raise wrong("number_wrong", name=name, text=text)
    return made
