"""Codes and names of coded tables against the registers: the name, the level, the fiscal year.

The registers are not complete, and many numbers look like codes: a code that is not known says nothing, and a
column is judged only where the registers explain nearly all of what it prints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.issues import Arguments, Issue, arguments, words_at
from yibenzhang.model.places import Place
from yibenzhang.recognising.coded_rows import CodedRow
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.registers import LENGTHS, Entry, Register, fold_name, registers

_SUPPORT = 4
"""So many codes of a column must be explained by the registers before one that is not is remarked on."""
_SHARE = 8
"""And so many times as many as are not."""
_LATE = 1
"""Tables also print the year before: so many years after its end a code or a name is still in place."""


@dataclass(frozen=True, slots=True)
class _Column:
    """The coded rows of one column of one table that belong to one classification."""

    table: TableFacts
    register: Register
    rows: tuple[CodedRow, ...]


@rule("registers.level", "registers.name", "registers.year")
def register_codes(case: Case) -> Iterator[Issue]:
    """Codes and names against the registers, each once with every place."""
    columns = [c for t in case.tables for c in _columns(t, case.coded_rows[id(t.table.table)])]
    found: dict[tuple[str, str, Arguments], list[tuple[str, Place]]] = {}
    for identity, code, name, place, values in (
        *_names(columns),
        *_levels(columns),
        *_order(columns),
        *_years(columns, case.year),
    ):
        template = values.pop("variant", "")
        places = found.setdefault((identity, template, arguments(code=code, name=name, **values)), [])
        if place.key not in {p.key for _, p in places[:1]}:
            places.append((name, place))
    for (identity, template, said), places in found.items():
        yield Issue(identity, said, tuple(words_at(w, p) for w, p in places), template)


_Found = tuple[str, str, str, Place, dict[str, str]]


def _columns(table: TableFacts, coded: tuple[CodedRow, ...]) -> Iterator[_Column]:
    by: dict[tuple[int, str], list[CodedRow]] = {}
    for row in coded:
        kind = _kind(row.code)
        if kind:
            by.setdefault((row.column, kind), []).append(row)
    for (_, kind), rows in by.items():
        yield _Column(table, registers().of(kind), tuple(rows))


def _kind(code: str) -> str | None:
    """The classification of a code; also of one that lost or gained a digit."""
    return registers().classify(code if len(code) in LENGTHS else code[:3])


def _explained(register: Register, row: CodedRow) -> bool:
    """Whether the printed name is one of the code's, or a part of one: narrow cells cut names, and swallow more.

    A part that is the whole name of the code beside it (电费, 邮电费) is taken for that.
    """
    name = fold_name(row.name)
    names = [fold_name(n) for e in register.meanings(row.code) for n in e.names]
    if name in names:
        return True
    beside = any(
        e.code[:-2] == row.code[:-2] for e in register.named(row.name) if len(e.code) == len(row.code)
    )
    return not beside and any(name in n or n in name for n in names)


def _trusted(columns: list[_Column]) -> Iterator[tuple[_Column, list[CodedRow]]]:
    """The columns that the registers explain but for a few rows, with these."""
    good: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    split = []
    for c in columns:
        rows = [r for r in c.rows if r.code in c.register]
        odd = [r for r in rows if not _explained(c.register, r)]
        split.append((c, odd))
        if len(rows) > 2 * len(odd):
            good[c.register.kind] += len({r.code for r in rows} - {r.code for r in odd})
            bad[c.register.kind] += len({(r.code, r.name) for r in odd})
    for c, odd in split:
        kind = c.register.kind
        known = sum(r.code in c.register for r in c.rows)
        if known > 2 * len(odd) and good[kind] >= max(_SUPPORT, _SHARE * bad[kind]):
            yield c, odd


def _names(columns: list[_Column]) -> Iterator[_Found]:
    for c, odd in _trusted(columns):
        for row in odd:
            entry = c.register.meanings(row.code)[-1]
            other = _owner(c.register, row)
            if not (entry.seen or (other and other.seen)):
                continue  # names that no document bears out accuse none
            values = {"register": entry.name}
            if other:
                values |= {"variant": "other", "other": other.code}
            yield "registers.name", row.code, row.name, row.place, values


def _owner(register: Register, row: CodedRow) -> Entry | None:
    """The one code whose name was printed: the nearest in the tree, else the only one."""
    found = [e for e in register.named(row.name) if len(e.code) == len(row.code)]
    beside = [e for e in found if e.code[:-2] == row.code[:-2]]
    nearest = beside or found
    return nearest[0] if len({e.code for e in nearest}) == 1 else None


def _levels(columns: list[_Column]) -> Iterator[_Found]:
    """A code with a number of digits that no level has, beside the name of a code."""
    for c, _ in _trusted(columns):
        longest = max(len(e.code) for e in c.register.entries)
        for row in c.rows:
            if len(row.code) not in LENGTHS and len(row.code) < longest and c.register.named(row.name):
                yield "registers.level", row.code, row.name, row.place, {}


def _order(columns: list[_Column]) -> Iterator[_Found]:
    """A code below another upper level than its own, which the column prints too."""
    for c, _ in _trusted(columns):
        for length in (5, 7):
            printed = {r.code for r in c.rows if len(r.code) == length - 2}
            above, fine, wrong = "", 0, []
            for row in c.rows:
                if len(row.code) == length - 2:
                    above = row.code
                elif len(row.code) == length and above:
                    right = row.code.startswith(above)
                    fine += right
                    if not right and row.code[:-2] in printed:
                        wrong.append((row, above))
            if fine >= max(_SUPPORT, _SHARE * len(wrong)):
                for row, upper in wrong:
                    values = {"variant": "order", "other": upper, "upper": row.code[:-2]}
                    yield "registers.level", row.code, row.name, row.place, values


def _years(columns: list[_Column], year: int | None) -> Iterator[_Found]:
    """Codes and names that were not in use in the fiscal year, as far as their years are known."""
    if year is None:
        return
    for c, odd in _trusted(columns):
        for row in c.rows:
            if row in odd:
                continue
            named = [e for e in c.register.meanings(row.code) if e.called(row.name)]
            if not named or any(_in_use(e, row.name, year) for e in named):
                continue
            yield "registers.year", row.code, row.name, row.place, _out_of_use(named[-1], year)


def _in_use(entry: Entry, name: str, year: int) -> bool:
    if not (entry.in_force(year) or entry.in_force(year - _LATE)):
        return False
    folded = fold_name(name)
    if folded == fold_name(entry.name):
        return True
    ends = [f.last_year for f in entry.former if fold_name(f.name) == folded]
    return any(end is None or year <= end + _LATE for end in ends)


def _out_of_use(entry: Entry, year: int) -> dict[str, str]:
    if entry.first_year and year < entry.first_year:
        return {"variant": "early", "year": str(entry.first_year)}
    if entry.last_year and year > entry.last_year:
        return {"variant": "late", "year": str(entry.last_year)}
    return {"variant": "renamed", "register": entry.name}
