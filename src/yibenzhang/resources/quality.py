"""Quality measured where the data lies: rules become SQL, run in the source or by DuckDB over Parquet and CSV.

What comes back are counts and a few failing cells, masked before they leave this module.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from yibenzhang.resources import dialects
from yibenzhang.resources.dialects import DIALECTS, Dialect
from yibenzhang.resources.harvesting import folder_tables, location_of, opened, reader, tables_of_database
from yibenzhang.resources.quality_columns import Columns
from yibenzhang.resources.quality_rules import WHOLE, Check, Column, Rules, checks_of, condition
from yibenzhang.resources.quality_tables import SAMPLES, Ask, Result, Table, masked
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.sources import SourceError, engine_of, is_address, reason

_DAYS = re.compile("date|timestamp", re.IGNORECASE)
"""Types of columns whose latest is the greatest."""


def check_source(
    schema: Schema,
    rules: Rules,
    source: str,
    as_of: date,
    only: Sequence[str] = (),
    samples: int = SAMPLES,
    known: Mapping[str, Mapping[str, Column]] | None = None,
) -> tuple[str, list[Result]]:
    """The source's name without credentials, and what every check of its tables found. ``only``: these tables.
    ``known``: what the account says of columns, by location. Raises SourceError."""
    if is_address(source):
        return _in_database(schema, rules, source, as_of, only, samples, known or {})
    return _in_folder(schema, rules, Path(source), as_of, only, samples, known or {})


def _in_database(
    schema: Schema,
    rules: Rules,
    source: str,
    as_of: date,
    only: Sequence[str],
    samples: int,
    known: Mapping[str, Mapping[str, Column]],
) -> tuple[str, list[Result]]:
    engine, called = engine_of(schema, source)
    name = engine.dialect.name
    if name not in DIALECTS:
        raise SourceError(schema.say("source_driver", name=name))
    try:
        tables = list(_tables(engine, known))
        with engine.connect() as connection:

            def ask(statement: str) -> list[tuple[Any, ...]]:
                with connection.begin():
                    return [tuple(r) for r in connection.execute(text(statement.replace(":", "\\:")))]

            run = Run(
                schema,
                rules,
                DIALECTS[name],
                ask,
                as_of,
                samples,
                _quoted(engine),
                {t.location: t for t in tables},
            )
            return called, [r for t in tables if not only or t.location in only for r in run.table(t)]
    except (SQLAlchemyError, OSError) as error:
        raise SourceError(schema.say("source_away", why=reason(error))) from error
    finally:
        engine.dispose()


def _quoted(engine: Engine) -> Callable[[str], str]:
    quote = engine.dialect.identifier_preparer.quote_identifier
    return lambda name: quote(name)


def _tables(engine: Engine, known: Mapping[str, Mapping[str, Column]]) -> Iterator[Table]:
    for location, path, columns, keys in tables_of_database(engine, inspect(engine)):
        said = known.get(location, {})
        yield Table(
            location,
            path,
            tuple(
                _column(
                    Column(c["name"], str(c["type"]), c.get("comment") or "", False, c["name"] in keys), said
                )
                for c in columns
            ),
        )


def _column(found: Column, said: Mapping[str, Column]) -> Column:
    """What the account says of a column, where the source says nothing."""
    known = said.get(found.name)
    if known is None:
        return found
    return Column(
        found.name, found.type, found.label or known.label, known.required, found.primary or known.primary
    )


def _in_folder(
    schema: Schema,
    rules: Rules,
    folder: Path,
    as_of: date,
    only: Sequence[str],
    samples: int,
    known: Mapping[str, Mapping[str, Column]],
) -> tuple[str, list[Result]]:
    if not folder.exists():
        raise SourceError(schema.say("source_empty", where=str(folder)))
    root = folder.parent if folder.is_file() else folder
    problems: list[str] = []
    out: list[Result] = []
    with opened() as con, tempfile.TemporaryDirectory(prefix="ybz-") as beside:
        tables = []
        for name, shapes in folder_tables(con, schema, folder, Path(beside), problems):
            columns: dict[str, str] = {}
            for _, _, shape in shapes:
                columns |= {n: t for n, t in shape if n not in columns}
            location = location_of(name, shapes, root)
            said = known.get(location, {})
            described = tuple(_column(Column(n, t), said) for n, t in columns.items())
            files = [p for _, p, _ in shapes]
            columnar = files[0].suffix.lower() == ".parquet"
            tables.append(Table(location, reader(files, plain=True), described, columnar))

        def ask(statement: str) -> list[tuple[Any, ...]]:
            return con.execute(statement).fetchall()

        run = Run(
            schema, rules, DIALECTS["duckdb"], ask, as_of, samples, _plain, {t.location: t for t in tables}
        )
        for t in tables:
            if not only or t.location in only:
                out += run.table(t)
    readable = rules.rules.get("readable")
    if readable:
        out += [Result(p, Check(readable, ()), None, None, p) for p in problems]
    return str(folder), out


def _plain(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Run:
    """The checks of one source. ``tables``: all of them by location, for references."""

    schema: Schema
    rules: Rules
    dialect: Dialect
    ask: Ask
    as_of: date
    samples: int
    quote: Callable[[str], str]
    tables: Mapping[str, Table]

    def table(self, t: Table) -> list[Result]:
        """All checks of a table; those that look at cells in one pass."""
        checks = list(checks_of(self.rules, t.location, t.columns))
        if t.columnar:
            no_target = str(self.schema.words["says"]["no_target"])
            found = Columns(
                self.ask, t, self.tables, self._blanks, f"{self.as_of:%Y%m%d}", self.samples, no_target
            ).results(checks)
        else:
            found = {id(r.check): r for r in self._cells(t, [c for c in checks if c.rule.check not in WHOLE])}
        out = [found.get(id(c)) or self._guarded(t, c, _WHOLE[c.rule.check]) for c in checks]
        order = {id(c): n for n, c in enumerate(checks)}
        return sorted(out, key=lambda r: order[id(r.check)])

    def _guarded(self, t: Table, check: Check, make: Callable[[Run, Table, Check], Result]) -> Result:
        try:
            return make(self, t, check)
        except Exception as error:  # whatever a source says of a statement
            return Result(t.location, check, None, None, reason(error))

    # ---- single cells ------------------------------------------------------------------------------

    def _text(self, column: str) -> str:
        return self.dialect.as_text(self.quote(column))

    @property
    def _blanks(self) -> Sequence[str]:
        blanks: Sequence[str] = self.schema.words["blank"]["words"]
        return blanks

    def _filled(self, column: str) -> str:
        return dialects.filled(self.dialect, self._text(column), self._blanks)

    def _conditions(self, check: Check) -> tuple[str, str]:
        """Which rows are looked at, and which of them are as they should be."""
        (column,) = check.columns
        good = condition(check.rule, self.dialect, self._text(column), self._blanks, f"{self.as_of:%Y%m%d}")
        return ("1 = 1" if check.rule.check == "complete" else self._filled(column)), good

    def _cells(self, t: Table, checks: Sequence[Check]) -> list[Result]:
        if not checks:
            return []
        sums = []
        for c in checks:
            looked, good = self._conditions(c)
            sums.append(f"sum(CASE WHEN {looked} THEN 1 ELSE 0 END)")
            sums.append(f"sum(CASE WHEN {looked} AND {good} THEN 1 ELSE 0 END)")
        try:
            (row,) = self.ask(f"SELECT {', '.join(sums)} FROM {t.sql}")
        except Exception as error:
            if len(checks) == 1:
                return [Result(t.location, checks[0], None, None, reason(error))]
            return [r for c in checks for r in self._cells(t, [c])]  # one of them is at fault: each alone
        out = []
        for n, c in enumerate(checks):
            checked, passed = int(row[2 * n] or 0), int(row[2 * n + 1] or 0)
            out.append(
                Result(t.location, c, checked, passed, "", self._failing(t, c) if passed < checked else ())
            )
        return out

    def _failing(self, t: Table, check: Check) -> tuple[str, ...]:
        if not self.samples or check.rule.check == "complete":
            return ()
        looked, good = self._conditions(check)
        x = self._text(check.columns[0])
        rows = self.ask(f"SELECT {x} FROM {t.sql} WHERE {looked} AND NOT {good} LIMIT {self.samples}")
        return tuple(masked(r[0]) for r in rows)

    # ---- whole tables ------------------------------------------------------------------------------

    def readable(self, t: Table, check: Check) -> Result:
        """Every row that is there was read; a table of nothing passes nothing."""
        ((rows,),) = self.ask(f"SELECT count(*) FROM {t.sql}")
        return Result(t.location, check, 1, 1 if rows else 0)

    def unique(self, t: Table, check: Check) -> Result:
        """Of rows with the same key the first passes."""
        names = ", ".join(self.quote(c) for c in check.columns)
        looked = " AND ".join(self._filled(c) for c in check.columns)
        groups = f"SELECT count(*) AS n FROM {t.sql} WHERE {looked} GROUP BY {names}"
        ((rows, keys),) = self.ask(f"SELECT sum(n), count(*) FROM ({groups}) grouped")
        checked, passed = int(rows or 0), int(keys or 0)
        samples: tuple[str, ...] = ()
        if passed < checked and self.samples:
            x = self._text(check.columns[0])
            found = self.ask(
                f"SELECT min({x}), count(*) FROM {t.sql} WHERE {looked} GROUP BY {names} HAVING "
                f"count(*) > 1 LIMIT {self.samples}"
            )
            samples = tuple(f"{masked(v)} ×{n}" for v, n in found)
        return Result(t.location, check, checked, passed, "", samples)

    def reference(self, t: Table, check: Check) -> Result:
        """Every value stands in the column it points to."""
        place, _, column = check.to.rpartition(".")
        other = self.tables.get(place)
        if other is None or column not in {c.name for c in other.columns}:
            return Result(t.location, check, None, None, self.schema.say("no_target", name=check.to))
        x, y = self._text(check.columns[0]), self._text(column)
        looked = self._filled(check.columns[0])
        own = f"SELECT {x} AS v, count(*) AS n FROM {t.sql} WHERE {looked} GROUP BY {x}"
        referred = f"SELECT DISTINCT {y} AS w FROM {other.sql}"
        joined = f"FROM ({own}) a LEFT JOIN ({referred}) b ON a.v = b.w"
        ((rows, good),) = self.ask(f"SELECT sum(n), sum(CASE WHEN w IS NULL THEN 0 ELSE n END) {joined}")
        checked, passed = int(rows or 0), int(good or 0)
        samples: tuple[str, ...] = ()
        if passed < checked and self.samples:
            samples = tuple(
                masked(r[0]) for r in self.ask(f"SELECT v {joined} WHERE w IS NULL LIMIT {self.samples}")
            )
        return Result(t.location, check, checked, passed, "", samples)

    def fresh(self, t: Table, check: Check) -> Result:
        """The latest date is not older than so many days."""
        name = check.columns[0]
        kind = next((c.type for c in t.columns if c.name == name), "")
        if _DAYS.match(kind) and self.dialect.name != "sqlite":
            latest = self.dialect.as_text(f"max({self.quote(name)})")
        else:
            latest = f"max({self._text(name)})"
        ((latest,),) = self.ask(f"SELECT {latest} FROM {t.sql}")
        if latest is None:
            return Result(t.location, check, 1, 0)
        text = str(latest)[:10].replace("/", "-").replace(".", "-")
        day = date.fromisoformat(text if "-" in text else f"{text[:4]}-{text[4:6]}-{text[6:8]}")
        good = day >= self.as_of - timedelta(days=check.days)
        return Result(t.location, check, 1, int(good), "", () if good else (day.isoformat(),))


_WHOLE: Mapping[str, Callable[[Run, Table, Check], Result]] = {
    "readable": Run.readable,
    "unique": Run.unique,
    "reference": Run.reference,
    "fresh": Run.fresh,
}
