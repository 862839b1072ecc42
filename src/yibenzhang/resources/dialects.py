"""Conditions on one text in the SQL of SQLite, PostgreSQL, MySQL and DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yibenzhang.standards.divisions import divisions

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""Of GB 11643: 2^(18-i) mod 11."""
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of GB 32100, by their values."""
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database says what all of them can do; ``x`` is always a text expression."""

    name: str
    text: str
    match: str
    whole: str
    position: str
    divided: str
    cut: str = "substr({x}, {a}, {n})"
    tried: str = ""
    """A cast that gives nothing where it cannot be made; only some have one."""

    def as_text(self, column: str) -> str:
        return self.text.format(x=column)

    def matches(self, x: str, pattern: str) -> str:
        escaped = pattern.replace("'", "''")
        if self.name == "mysql":
            escaped = escaped.replace("\\", "\\\\")
        return self.match.format(x=x, p=escaped)

    def number(self, x: str) -> str:
        return self.whole.format(x=x)

    def at(self, letters: str, x: str) -> str:
        """The place of a letter among these, from 1; 0 where it is none."""
        return self.position.format(letters=f"'{letters}'", x=x)

    def div(self, a: str, b: int) -> str:
        return self.divided.format(a=a, b=b)

    def part(self, x: str, first: int | str, count: int) -> str:
        return self.cut.format(x=x, a=first, n=count)


DIALECTS: Mapping[str, Dialect] = {
    "sqlite": Dialect(
        "sqlite",
        "trim(CAST({x} AS TEXT))",
        "({x} REGEXP '{p}')",
        "CAST({x} AS INTEGER)",
        "instr({letters}, {x})",
        "({a} / {b})",
    ),
    "postgresql": Dialect(
        "postgresql",
        "trim(CAST({x} AS TEXT))",
        "({x} ~ '{p}')",
        "CAST({x} AS BIGINT)",
        "strpos({letters}, {x})",
        "({a} / {b})",
    ),
    "mysql": Dialect(
        "mysql",
        "trim(CAST({x} AS CHAR))",
        "REGEXP_LIKE({x}, '{p}', 'c')",
        "CAST({x} AS SIGNED)",
        "locate({x}, {letters})",
        "({a} DIV {b})",
    ),
    "duckdb": Dialect(
        "duckdb",
        "trim(CAST({x} AS VARCHAR))",
        "regexp_matches({x}, '{p}')",
        "CAST({x} AS BIGINT)",
        "instr({letters}, {x})",
        "({a} // {b})",
        tried="TRY_CAST({x} AS BIGINT)",
    ),
}


def filled(d: Dialect, x: str, blanks: Sequence[str]) -> str:
    """That something is written: blank is not checked as to its form."""
    listed = ", ".join(
        "'" + b.replace("'", "''").replace("\\", "\\\\" if d.name == "mysql" else "\\") + "'" for b in blanks
    )
    return f"({x} IS NOT NULL AND {x} NOT IN ({listed}))"


def guarded(condition: str, then: str) -> str:
    """``then`` is only worked out where the condition holds: casts of other texts would fail."""
    return f"(CASE WHEN {condition} THEN (CASE WHEN {then} THEN 1 ELSE 0 END) ELSE 0 END = 1)"


def id_number(d: Dialect, x: str, number: str = "") -> str:
    """GB 11643: 17 digits and a check character, with a date of birth that is one. ``number``: where the first 17
    digits stand as a number, if they were put aside (``aside``)."""
    first = number or d.number(d.part(x, 1, 17))
    digits = [f"({d.div(first, 10 ** (16 - k))} % 10) * {w}" for k, w in enumerate(_WEIGHTS)]
    place = f"(({' + '.join(digits)}) % 11) + 1"
    # PostgreSQL counts letters by small numbers only
    check = d.part("'10X98765432'", place if d.name == "mysql" else f"CAST({place} AS INTEGER)", 1)
    if number:
        born = _is_day(d, *(f"({d.div(number, 10**k)} % {m})" for k, m in ((7, 10_000), (5, 100), (3, 100))))
    else:
        born = _is_day(d, *(d.number(d.part(x, a, n)) for a, n in ((7, 4), (11, 2), (13, 2))))
    return guarded(d.matches(x, "^[1-9][0-9]{16}[0-9Xx]$"), f"upper({d.part(x, 18, 1)}) = {check} AND {born}")


def credit_code(d: Dialect, x: str) -> str:
    """GB 32100: 18 characters without I, O, S, V, Z, the last of which checks the others."""
    sums = [f"({d.at(_CREDIT, d.part(x, k + 1, 1))} - 1) * {w}" for k, w in enumerate(_CREDIT_WEIGHTS)]
    check = f"((31 - (({' + '.join(sums)}) % 31)) % 31) = {d.at(_CREDIT, d.part(x, 18, 1))} - 1"
    return guarded(d.matches(x, f"^[{_CREDIT}]{{2}}[0-9]{{6}}[{_CREDIT}]{{10}}$"), check)


def division(d: Dialect, x: str) -> str:
    """GB/T 2260: a province that there is; 6 digits, or 9 and 12 with what lies below."""
    provinces = sorted({code[:2] for code in divisions()})
    listed = ", ".join(f"'{p}'" for p in provinces)
    return guarded(d.matches(x, "^([0-9]{6}|[0-9]{9}|[0-9]{12})$"), f"{d.part(x, 1, 2)} IN ({listed})")


def _is_day(d: Dialect, year: str, month: str, day: str) -> str:
    leap = f"(CASE WHEN ({year} % 4 = 0 AND {year} % 100 <> 0) OR {year} % 400 = 0 THEN 29 ELSE 28 END)"
    last = f"(CASE WHEN {month} = 2 THEN {leap} WHEN {month} IN (4, 6, 9, 11) THEN 30 ELSE 31 END)"
    return f"({year} >= 1800 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND {last})"


_EIGHT = "^[0-9]{8}([ T].*)?$"


def date(d: Dialect, x: str) -> str:
    """A day that there is, as 20240229, 2024-02-29 or 2024/2/29, with or without a time."""
    eight = _is_day(d, *(d.number(d.part(x, a, n)) for a, n in ((1, 4), (5, 2), (7, 2))))
    parts = [_parted(d, x, m, n) for m in (1, 2) for n in (1, 2)]
    return f"({guarded(d.matches(x, _EIGHT), eight)} OR {' OR '.join(parts)})"


def _parted(d: Dialect, x: str, month: int, day: int) -> str:
    """With a month and a day of so many digits."""
    shape = f"^[0-9]{{4}}[-/.][0-9]{{{month}}}[-/.][0-9]{{{day}}}([ T].*)?$"
    numbers = (d.number(d.part(x, a, n)) for a, n in ((1, 4), (6, month), (7 + month, day)))
    return guarded(d.matches(x, shape), _is_day(d, *numbers))


def not_future(d: Dialect, x: str, today: str) -> str:
    """A date not later than a day (YYYYMMDD); what is no date is another rule's matter."""
    limit = int(today)
    eight = guarded(d.matches(x, _EIGHT), f"{d.number(d.part(x, 1, 8))} > {limit}")
    later = [eight]
    for month in (1, 2):
        for day in (1, 2):
            shape = f"^[0-9]{{4}}[-/.][0-9]{{{month}}}[-/.][0-9]{{{day}}}([ T].*)?$"
            y, m, n = (d.number(d.part(x, a, k)) for a, k in ((1, 4), (6, month), (7 + month, day)))
            later.append(guarded(d.matches(x, shape), f"({y} * 10000 + {m} * 100 + {n}) > {limit}"))
    return f"(NOT ({' OR '.join(later)}))"


CHECKS: Mapping[str, Callable[[Dialect, str], str]] = {
    "id_number": id_number,
    "credit_code": credit_code,
    "division": division,
    "date": date,
}
"""Checks of one text that a rule may name."""


def aside(d: Dialect, check: str, x: str) -> str:
    """What a check works out of a text many times over, to be worked out once before; nothing where there is none."""
    return d.tried.format(x=d.part(x, 1, 17)) if check == "id_number" and d.tried else ""


PREPARED: Mapping[str, Callable[[Dialect, str, str], str]] = {"id_number": id_number}
"""The same checks with what was put aside."""
