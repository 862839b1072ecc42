"""Conditions as people write them, made into SQL: ``办结时间 ≤ 时限；方式 = 双随机；结果 不空``. Only columns of the
contract and literals come into it; the words stand in standards/supervision/words.toml."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from yibenzhang.evidence.packs import Column, Table
from yibenzhang.evidence.words import evidence_words
from yibenzhang.supervision.words import words, wrong

_HEAD = re.compile(r"[，；。（(]")
_TIMES = ("time", "date")
_QUOTED = re.compile(r"[“\"](.*)[”\"]")
"""A value that is also the name of a column is written so."""
_ORDERED = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Later:
    """A column, and so many days and hours later."""

    column: Column
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """``sign`` as SQL has it, or in, not in, filled, empty; ``values``: literals, a column, or ``:begin``, ``:end``."""

    column: Column
    sign: str
    values: tuple[str | Later, ...]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    signs = words()["signs"]
    longest = sorted(signs, key=len, reverse=True)
    bare = "|".join(re.escape(s) for s in longest if signs[s] in ("filled", "empty"))
    other = "|".join(re.escape(s) for s in longest if signs[s] not in ("filled", "empty"))
    return re.compile(rf"(.+?)\s*(?:(?:\s|(?<=[）)]))({bare})\s*|({other})\s*(.+))")


def conditions(text: str, table: Table, name: str) -> tuple[Condition, ...]:
    """The conditions of a text; all must hold. ``name``: of the measure, for the sentence. Raises EvidenceError."""
    parts = re.split(f"[{re.escape(words()['terms']['apart'])}]", text)
    return tuple(_condition(p.strip(), table, name) for p in parts if p.strip())


def column_of(text: str, table: Table, name: str) -> Column:
    """A column by its id, its meaning or the beginning of its meaning. Raises EvidenceError."""
    found = _found(text, table)
    if len(found) > 1:
        raise wrong("column_twice", name=name, column=text)
    if not found:
        raise wrong("no_column", name=name, table=table.meaning, column=text)
    return found[0]


def title(column: Column | Table) -> str:
    """What a column or table is called, shortly."""
    return _HEAD.split(column.meaning, maxsplit=1)[0] or column.meaning


def _found(text: str, table: Table) -> list[Column]:
    text = text.strip()
    columns = list(table.columns.values())
    exact = [c for c in columns if text == c.name or text == c.meaning]
    return exact[:1] or [c for c in columns if text == title(c)]


def _condition(text: str, table: Table, name: str) -> Condition:
    found = _pattern().fullmatch(text)
    if found is None:
        raise wrong("condition_wrong", name=name, text=text)
    left, bare, sign, right = found.groups()
    column, known = column_of(left, table, name), words()["signs"][bare or sign]
    if bare:
        return Condition(column, known, ())
    if known in _ORDERED and column.kind in ("text", "yes"):
        kind = evidence_words()["kind"][column.kind]
        raise wrong("sign_kind", name=name, text=text, kind=kind)
    if known in ("in", "not in"):
        each = [v.strip() for v in re.split(f"[{re.escape(words()['terms']['listed'])}]", right) if v.strip()]
        if not each:
            raise wrong("condition_wrong", name=name, text=text)
        return Condition(column, known, tuple(_literal(v, column, text, name) for v in each))
    return Condition(column, known, (_value(right.strip(), column, table, text, name),))


def _value(right: str, column: Column, table: Table, text: str, name: str) -> str | Later:
    """The right side: the ends of the period, a column (and some time later), or a literal."""
    terms = words()["terms"]
    if column.kind in _TIMES:
        for place in ("begin", "end"):
            if right in terms[place]:
                return f":{place}"
    later = re.fullmatch(
        rf"(.+?)\s*[+＋]\s*(\d{{1,5}})\s*({'|'.join(terms['days'] + terms['hours'])})", right
    )
    base, hours = (
        (later[1], int(later[2]) * (24 if later[3] in terms["days"] else 1)) if later else (right, 0)
    )
    other = _found(base, table)
    timed = column.kind in _TIMES
    if len(other) == 1 and (other[0].kind in _TIMES) == timed and (timed or not later):
        return Later(other[0], hours)
    return _literal(_QUOTED.sub(r"\1", right), column, text, name)


def _literal(value: str, column: Column, text: str, name: str) -> str:
    """A literal as SQL has it, of the column's kind. Raises EvidenceError."""
    try:
        if column.kind in ("integer", "decimal"):
            number = Decimal(value)
            if not number.is_finite() or abs(number.adjusted()) > 20:
                raise ValueError
            return f"{number:f}"
        if column.kind == "yes":
            known = evidence_words()["yes"]
            return {**dict.fromkeys(known["yes"], "1"), **dict.fromkeys(known["no"], "0")}[value.lower()]
        if column.kind == "date":
            return f"'{date.fromisoformat(value).isoformat()}'"
        if column.kind == "time":
            return f"'{datetime.fromisoformat(value).replace(tzinfo=None).isoformat(sep=' ')}'"
    except (ValueError, KeyError, InvalidOperation):
        kind = evidence_words()["kind"][column.kind]
        raise wrong("value_wrong", name=name, text=text, value=value, kind=kind) from None
    if "\\" in value or "\0" in value:
        raise wrong("value_wrong", name=name, text=text, value=value, kind=evidence_words()["kind"]["text"])
    return "'" + value.replace("'", "''") + "'"


def as_sql(found: Sequence[Condition], dialect: str, named: Callable[[str], str]) -> str:
    """One SQL condition; of none, one that always holds. ``named``: how the source quotes a name."""
    return " AND ".join(_one(c, dialect, named) for c in found) or "1 = 1"


def _one(c: Condition, dialect: str, named: Callable[[str], str]) -> str:
    left = named(c.column.name)
    if c.sign in ("filled", "empty"):
        return f"{left} IS {'NOT ' if c.sign == 'filled' else ''}NULL"
    right = [v if isinstance(v, str) else _later(v, dialect, named) for v in c.values]
    if c.sign in ("in", "not in"):
        return f"{left} {c.sign.upper()} ({', '.join(right)})"
    return f"{left} {c.sign} {right[0]}"


def _later(v: Later, dialect: str, named: Callable[[str], str]) -> str:
    column = named(v.column.name)
    if not v.hours:
        return column
    if dialect == "sqlite":
        return f"datetime({column}, '+{v.hours} hours')"
    return f"({column} + INTERVAL '{v.hours}' HOUR)"
