"""The rules of quality as data (standards/resources/quality.toml), and which of them look at which column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yibenzhang.resources import dialects
from yibenzhang.resources.dialects import CHECKS, PREPARED, Dialect
from yibenzhang.resources.schema import merged
from yibenzhang.standards import StandardsError

WHOLE = frozenset({"unique", "reference", "fresh", "readable"})
"""Checks that look at more than one cell."""
_TEXTUAL = re.compile(r"char|text|string|clob", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; ``columns`` are the names and comments of columns that it looks at by itself."""

    id: str
    name: str
    property: str
    check: str = ""
    pattern: str = ""
    values: tuple[str, ...] = ()
    sql: str = ""
    columns: frozenset[str] = frozenset()
    textual: bool = False
    standard: str = ""
    holds: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """That a bureau wants a rule for these columns of a table. ``to`` is table.column of a reference, ``days`` how old
    the latest date may be."""

    table: str
    columns: tuple[str, ...]
    rule: str
    to: str = ""
    days: int = 0


@dataclass(frozen=True)
class Rules:
    """``properties``: the six of GB/T 36344 with their names."""

    rules: Mapping[str, Rule]
    properties: Mapping[str, str]
    applied: tuple[Applied, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what its source calls it and what it says of it."""

    name: str
    type: str = ""
    label: str = ""
    required: bool = False
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One rule for one column (or several, or none) of a table."""

    rule: Rule
    columns: tuple[str, ...]
    to: str = ""
    days: int = 0

    @property
    def field(self) -> str:
        return "、".join(self.columns)


def rules_of(extra: str = "") -> Rules:
    """The rules with the layer ``extra`` on top. Raises StandardsError."""
    data = merged(extra, "quality")
    properties = data.get("properties", {})
    rules = {i: _rule(i, e, properties) for i, e in data.get("rule", {}).items()}
    applied = tuple(_applied(e, rules) for e in data.get("apply", {}).values())
    return Rules(rules, properties, applied)


def _rule(name: str, e: Mapping[str, Any], properties: Mapping[str, Any]) -> Rule:
    where = f"quality.toml [[rule]] {name}"
    check = e.get("check", "")
    known = {*CHECKS, *WHOLE, "complete", "not_future"}
    if sum(bool(e.get(k)) for k in ("check", "pattern", "values", "sql")) != 1 or (
        check and check not in known
    ):
        raise StandardsError(f"{where}: check（{'、'.join(sorted(known))}）、pattern、values、sql")
    if e.get("property") not in properties:
        raise StandardsError(f"{where}: property = {'、'.join(properties)}")
    try:
        re.compile(e.get("pattern", ""))
    except re.error as error:
        raise StandardsError(f"{where}: pattern: {error}") from error
    return Rule(
        name,
        e.get("name", name),
        e["property"],
        check,
        e.get("pattern", ""),
        tuple(e.get("values", ())),
        e.get("sql", ""),
        frozenset(map(_fold, e.get("columns", ()))),
        e.get("types") == "text",
        e.get("standard", ""),
        tuple(e.get("holds", ())),
        tuple(e.get("fails", ())),
    )


def _applied(e: Mapping[str, Any], rules: Mapping[str, Rule]) -> Applied:
    where = f"quality.toml [[apply]] {e.get('id', '')}"
    if e.get("rule") not in rules or not e.get("table"):
        raise StandardsError(f"{where}: table, rule = {'、'.join(rules)}")
    columns = e.get("columns", [e["column"]] if "column" in e else [])
    return Applied(
        str(e["table"]), tuple(map(str, columns)), str(e["rule"]), str(e.get("to", "")), int(e.get("days", 0))
    )


def _fold(text: str) -> str:
    return (
        re.sub(r"[\s_（(].*$|[\s_]", "", text.lower())
        if re.search(r"[（(]", text)
        else re.sub(r"[\s_]", "", text.lower())
    )


def checks_of(rules: Rules, table: str, columns: Sequence[Column]) -> Iterator[Check]:
    """What is looked at in a table: that it can be read, what must be filled, its key, columns that rules know by name
    or comment, and what a bureau applied."""
    named = {c.name: c for c in columns}
    if "readable" in rules.rules:
        yield Check(rules.rules["readable"], ())
    done: set[tuple[str, tuple[str, ...]]] = set()
    for a in rules.applied:
        if a.table == table and all(c in named for c in a.columns):
            done.add((a.rule, a.columns))
            yield Check(rules.rules[a.rule], a.columns, a.to, a.days)
    automatic = [c for column in columns for c in _automatic(rules, column)]
    key = tuple(c.name for c in columns if c.primary)
    if key and "unique" in rules.rules:
        automatic.append(Check(rules.rules["unique"], key))
    yield from (c for c in automatic if (c.rule.id, c.columns) not in done)


def _automatic(rules: Rules, c: Column) -> Iterator[Check]:
    """What is looked at in a column without being told."""
    known = {_fold(c.name), _fold(c.label)} - {""}
    for r in rules.rules.values():
        if known & r.columns and (not r.textual or _TEXTUAL.search(c.type)):
            yield Check(r, (c.name,))
    if c.required and "complete" in rules.rules:
        yield Check(rules.rules["complete"], (c.name,))


def condition(rule: Rule, d: Dialect, x: str, blanks: Sequence[str], today: str, put_aside: str = "") -> str:
    """The SQL that a text of ``rule`` is as it should be; only asked of what is filled. ``today``: YYYYMMDD;
    ``put_aside``: where what ``dialects.aside`` says stands."""
    if put_aside:
        return PREPARED[rule.check](d, x, put_aside)
    if rule.check in CHECKS:
        return CHECKS[rule.check](d, x)
    if rule.check == "complete":
        return dialects.filled(d, x, blanks)
    if rule.check == "not_future":
        return dialects.not_future(d, x, today)
    if rule.pattern:
        return d.matches(x, rule.pattern)
    if rule.values:
        return f"({x} IN ({', '.join(_literal(v) for v in rule.values)}))"
    return f"({rule.sql.format(x=x)})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
