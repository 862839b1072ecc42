"""Checks of Parquet, where a column is read without the others: each column once for all its checks, and where it has
few different values each of these once. Keys of very many rows are counted in parts, so that they stay in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yibenzhang.resources.dialects import DIALECTS, aside, filled
from yibenzhang.resources.quality_rules import WHOLE, Check, condition
from yibenzhang.resources.quality_tables import Ask, Result, Table, masked
from yibenzhang.resources.sources import reason

FEW = 3_000_000
"""So many different values are counted before they are checked, where each stands in four rows or more."""
PART = 12_000_000
"""So many keys are held at a time."""

_PLAIN = re.compile("(U?(TINY|SMALL|BIG|HUGE)?INT|DECIMAL|FLOAT|DOUBLE|DATE|TIME|BOOLEAN)")


@dataclass(frozen=True)
class Columns:
    """The checks of one table by DuckDB. ``tables``: all by location, for references; ``blanks`` are no values,
    ``today`` is YYYYMMDD; ``no_target``: what is said where a reference leads nowhere."""

    ask: Ask
    table: Table
    tables: Mapping[str, Table]
    blanks: Sequence[str]
    today: str
    samples: int
    no_target: str

    def results(self, checks: Sequence[Check]) -> dict[int, Result]:
        """By the ``id`` of each check that this can make; a check that cannot be made spoils no other."""
        cells: dict[str, list[Check]] = {}
        keys: list[Check] = []
        for c in checks:
            if c.rule.check in ("unique", "reference"):
                keys.append(c)
            elif c.rule.check not in WHOLE:
                cells.setdefault(c.columns[0], []).append(c)
        asked = [*cells, *(", ".join(map(_quoted, c.columns)) for c in keys)]
        if not asked:
            return {}
        counted = [f"approx_count_distinct({_quoted(c)})" for c in cells]
        counted += [f"approx_count_distinct(hash({names}))" for names in asked[len(cells) :]]
        try:
            ((rows, *different),) = self.ask(f"SELECT count(*), {', '.join(counted)} FROM {self.table.sql}")
        except Exception as error:  # whatever a damaged file makes DuckDB say
            return {id(c): Result(self.table.location, c, None, None, reason(error)) for c in checks}
        out: dict[int, Result] = {}
        for (column, some), n in zip(cells.items(), different[: len(cells)], strict=True):
            out |= {id(r.check): r for r in self._column(column, some, n <= min(FEW, rows // 4))}
        for c, n in zip(keys, different[len(cells) :], strict=True):
            make = self._unique if c.rule.check == "unique" else self._reference
            try:
                out[id(c)] = make(c, 1 + int(n) // PART)
            except Exception as error:
                out[id(c)] = Result(self.table.location, c, None, None, reason(error))
        return out

    def _column(self, column: str, checks: Sequence[Check], few: bool) -> list[Result]:
        try:
            ((rows, looked, *found),) = self.ask(self._statement(column, checks, few))
        except Exception as error:
            if few:
                return self._column(column, checks, False)
            if len(checks) > 1:
                return [r for c in checks for r in self._column(column, [c], False)]
            return [Result(self.table.location, checks[0], None, None, reason(error))]
        out = []
        for n, c in enumerate(checks):
            passed, samples = int(found[2 * n] or 0), found[2 * n + 1] or ()
            checked = int((rows if c.rule.check == "complete" else looked) or 0)
            out.append(Result(self.table.location, c, checked, passed, "", tuple(masked(s) for s in samples)))
        return out

    def _statement(self, column: str, checks: Sequence[Check], few: bool) -> str:
        """Rows, those that are filled, and for each check those that pass and a few that do not."""
        d, raw = DIALECTS["duckdb"], _quoted(column)
        count = "sum(n)" if few else "count(*)"
        source = f"SELECT {raw} AS raw, count(*) AS n FROM {self.table.sql} GROUP BY raw"
        if not few:
            source = f"SELECT {raw} AS raw FROM {self.table.sql}"
        cell = "CAST(raw AS VARCHAR)"
        # trimming is slow, and hardly ever needed
        trimmed = f"CASE WHEN {cell} LIKE ' %' OR {cell} LIKE '% ' THEN trim({cell}) ELSE {cell} END"
        put, good, sums = [], [], []
        for k, c in enumerate(checks):
            if before := aside(d, c.rule.check, "x"):
                put.append(f", {before} AS aside{k}")
            met = condition(c.rule, d, "x", self.blanks, self.today, f"aside{k}" if before else "")
            good.append(
                f"f AS good{k}" if c.rule.check == "complete" else f"CASE WHEN f THEN {met} END AS good{k}"
            )
            sums.append(f"{count} FILTER (WHERE good{k})")
            wanted = self.samples and c.rule.check != "complete"
            sums.append(f"min(x, {self.samples}) FILTER (WHERE NOT good{k})" if wanted else "NULL")
        keep = "x, f, n" if few else "x, f"
        return (
            f"SELECT {count}, {count} FILTER (WHERE f), {', '.join(sums)} FROM ("
            f"SELECT {keep}, {', '.join(good)} FROM ("
            f"SELECT *, {filled(d, 'x', self.blanks)} AS f{''.join(put)} FROM ("
            f"SELECT *, {trimmed} AS x FROM ({source}))))"
        )

    def _filled(self, column: str) -> str:
        """A number or a day that is there is none of the words for nothing."""
        kind = next((c.type for c in self.table.columns if c.name == column), "")
        if _PLAIN.match(kind) and not any(ch.isdigit() for b in self.blanks for ch in b):
            return f"{_quoted(column)} IS NOT NULL"
        return filled(DIALECTS["duckdb"], DIALECTS["duckdb"].as_text(_quoted(column)), self.blanks)

    def _unique(self, check: Check, parts: int) -> Result:
        """Of rows with the same key the first passes."""
        names = ", ".join(_quoted(c) for c in check.columns)
        looked = " AND ".join(self._filled(c) for c in check.columns)
        first = DIALECTS["duckdb"].as_text(_quoted(check.columns[0]))
        checked = passed = 0
        again: list[tuple[str, int]] = []
        for part in range(parts):
            here = f"hash({names}) % {parts} = {part} AND ({looked})" if parts > 1 else looked
            groups = f"SELECT {names}, count(*) AS n FROM {self.table.sql} WHERE {here} GROUP BY {names}"
            met = f"min(CASE WHEN n > 1 THEN {{'x': {first}, 'n': n}} END, {max(1, self.samples)})"
            ((rows, keys, some),) = self.ask(f"SELECT sum(n), count(*), {met} FROM ({groups})")
            checked, passed = checked + int(rows or 0), passed + int(keys or 0)
            again += [(s["x"], s["n"]) for s in some or ()]
        samples = tuple(f"{masked(x)} ×{n}" for x, n in sorted(again)[: self.samples])
        return Result(self.table.location, check, checked, passed, "", samples)

    def _reference(self, check: Check, parts: int) -> Result:
        """Every value stands in the column it points to."""
        place, _, column = check.to.rpartition(".")
        other = self.tables.get(place)
        if other is None or column not in {c.name for c in other.columns}:
            return Result(self.table.location, check, None, None, self.no_target.format(name=check.to))
        d, raw = DIALECTS["duckdb"], _quoted(check.columns[0])
        checked = passed = 0
        left: list[str] = []
        for part in range(parts):
            here = f" WHERE hash({d.as_text(raw)}) % {parts} = {part}" if parts > 1 else ""
            there = f" WHERE hash({d.as_text(_quoted(column))}) % {parts} = {part}" if parts > 1 else ""
            own = f"SELECT {raw} AS raw, count(*) AS n FROM {self.table.sql}{here} GROUP BY raw"
            own = f"SELECT {d.as_text('raw')} AS v, sum(n) AS n FROM ({own}) GROUP BY v"
            # not WHERE, which would be asked of every row instead of every value
            own = f"SELECT v, CASE WHEN {filled(d, 'v', self.blanks)} THEN n END AS n FROM ({own})"
            referred = f"SELECT DISTINCT {d.as_text(_quoted(column))} AS w FROM {other.sql}{there}"
            met = f"min(CASE WHEN w IS NULL AND n > 0 THEN v END, {max(1, self.samples)})"
            ((rows, good, some),) = self.ask(
                f"SELECT sum(n), sum(CASE WHEN w IS NULL THEN 0 ELSE n END), {met} "
                f"FROM ({own}) a LEFT JOIN ({referred}) b ON a.v = b.w"
            )
            checked, passed = checked + int(rows or 0), passed + int(good or 0)
            left += some or ()
        samples = tuple(masked(v) for v in sorted(left)[: self.samples])
        return Result(self.table.location, check, checked, passed, "", samples)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
