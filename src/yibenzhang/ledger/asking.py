"""Questions to the ledger: ready ones that are SQL files, and plain SQL, read only and within limits."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from threading import Timer
from typing import Any

from yibenzhang.ledger.index import batches_of, fresh, opened
from yibenzhang.ledger.store import Ledger
from yibenzhang.standards import HERE

_FOLDER = HERE / "queries"
_COMPARED = re.compile(
    "pairs|supported|across|show|describe|summarize|schema|duckdb|sqlite|pg_|pragma|query", re.IGNORECASE
)
"""What a question has in it that asks the views of what is compared, or what views there are."""
WIDEST = 40
"""Letters of a column as a table for people."""


class QueryError(Exception):
    """A question that cannot be answered; one sentence for people."""


@dataclass(frozen=True, slots=True)
class Question:
    """A ready question: its first line says what it answers; ``$body`` and ``$year`` narrow it."""

    name: str
    title: str
    sql: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``cut``: there were more rows than asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool


@lru_cache(maxsize=1)
def ready() -> Mapping[str, Question]:
    """The ready questions by name (standards/queries/*.sql)."""
    out = {}
    for path in sorted(_FOLDER.glob("*.sql")):
        first, _, sql = path.read_text(encoding="utf-8").partition("\n")
        out[path.stem] = Question(path.stem, first.lstrip("- ").strip(), sql)
    return out


def answer(
    ledger: Ledger,
    sql: str,
    body: str = "",
    year: int = 0,
    most: int = 10_000,
    seconds: float = 60,
    narrow: bool = False,
) -> Answer:
    """The answer to one SELECT. ``body`` and ``year`` are its parameters $body and $year where it has them.

    ``narrow``: it asks of those bodies and that year only, as the ready questions do; where the index of the ledger is
    up to date, only their batches are read then.

    Raises QueryError: for anything but one SELECT, for what cannot be worked out, and past the time.
    """
    import duckdb

    only = _batches(ledger, body, year) if narrow and body else None
    con = ledger.connect(only=only, compared=_COMPARED.search(sql) is not None)
    timer = Timer(seconds, con.interrupt)
    try:
        statements = con.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise QueryError("只能是一句 SELECT。")
        given = {"body": body, "year": year}
        asked = {k: v for k, v in given.items() if k in statements[0].named_parameters}
        timer.start()
        found = con.execute(statements[0], asked)
        columns = tuple(d[0] for d in found.description or ())
        rows = found.fetchmany(most + 1)
        return Answer(columns, tuple(rows[:most]), len(rows) > most)
    except duckdb.InterruptException as error:
        raise QueryError(f"超过 {seconds:g} 秒没有算完，停下了。") from error
    except duckdb.Error as error:
        raise QueryError(f"SQL 有误：{str(error).splitlines()[0]}") from error
    finally:
        timer.cancel()
        con.close()


def _batches(ledger: Ledger, body: str, year: int) -> list[Path] | None:
    """The batches of some bodies by the index; None where there is none that is up to date."""
    if not fresh(ledger):
        return None
    with closing(opened(ledger)) as con:
        return [ledger.batches / b for b in batches_of(con, body, year)]


def written(found: Answer, format: str, output: Path | None) -> str:
    """The answer in a format: the text, or nothing where it went to a file."""
    if format in ("parquet", "arrow") and output is not None:
        _columns(found, format, output)
        return ""
    text = {"table": _table, "csv": _csv, "json": _json}[format](found)
    if output is None:
        return text
    output.write_text(text, encoding="utf-8", newline="")
    return ""


def _plain(value: Any) -> str:
    """Numbers without zeros that say nothing."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _csv(found: Answer) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(found.columns)
    writer.writerows([_plain(v) for v in row] for row in found.rows)
    return out.getvalue()


def _json(found: Answer) -> str:
    rows = [
        {
            n: v if isinstance(v, int | bool | None) else _plain(v)
            for n, v in zip(found.columns, row, strict=True)
        }
        for row in found.rows
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _columns(found: Answer, format: str, output: Path) -> None:
    import pyarrow as pa
    import pyarrow.feather as feather
    import pyarrow.parquet as pq

    columns = list(zip(*found.rows, strict=True)) or [() for _ in found.columns]
    table = pa.table({n: list(c) for n, c in zip(found.columns, columns, strict=True)})
    if format == "parquet":
        pq.write_table(table, output)
    else:
        feather.write_feather(table, output)  # the file format of Arrow


def _table(found: Answer) -> str:
    rows = [list(found.columns), *([_shown(v) for v in row] for row in found.rows)]
    widths = [max((_width(r[k]) for r in rows), default=0) for k in range(len(found.columns))]
    lines = [
        "  ".join(c + " " * (w - _width(c)) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows
    ]
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    text = f"{value:,.2f}" if isinstance(value, Decimal) else _plain(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
