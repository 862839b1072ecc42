"""Sample data of a pack, the same every time: how a column is filled is told in its contract.

``serial:GD`` GD0001…; ``row`` the number of the row; ``each:a|b`` in turn; ``pick:a|b`` any; ``yes:90`` 是 in 90 of
100; ``number:1..9`` a whole number, ``number:0..99/10`` with decimals; ``day:2026-01-01..2026-12-31``, ``moment:…``
with a time; ``month:2025`` the first of each month from there on; ``after:column+2..48`` hours later than another
column; ``blank:20|…`` nothing in 20 of 100, else what follows. No clock and no generator of the language's is used.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from yibenzhang.evidence.packs import Pack, Table
from yibenzhang.evidence.words import evidence_words

Row = dict[str, str]


def sample(pack: Pack, table: Table) -> list[Row]:
    """The rows of a table as text, as a CSV file has them."""
    rows: list[Row] = []
    for number in range(table.sample_rows):
        row: Row = {}
        for name, column in table.columns.items():
            seed = f"{pack.id}.{table.name}.{name}.{number}"
            row[name] = _filled(column.sample, seed, number, row)
        rows.append(row)
    return rows


def write_sample(pack: Pack, folder: Path) -> Path:
    """A CSV file for each table, and the mapping to them, which is returned; a mapping that is there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in pack.tables.items():
        (folder / f"{name}.csv").write_text(_csv(table, sample(pack, table)), encoding="utf-8")
    file = folder / "mapping.toml"
    if not file.exists():
        file.write_text(mapping_text(pack), encoding="utf-8")
    return file


def mapping_text(pack: Pack) -> str:
    """A mapping that fits the sample data, to be changed to one's own tables and columns."""
    said = evidence_words()["sample"]
    out = [
        f"pack = {json.dumps(pack.id)}",
        f'subject = "{said["subject"]}"',
        "",
        "[source]",
        'kind = "files"',
    ]
    for name, table in pack.tables.items():
        out += [
            "",
            f"# {table.meaning}",
            f"[tables.{name}]",
            f'file = "{name}.csv"',
            f"[tables.{name}.columns]",
        ]
        for column in table.columns.values():
            kind = evidence_words()["kind"][column.kind]
            out.append(f'{column.name} = "{column.name}"  # {column.meaning}（{kind}）')
    return "\n".join(out) + "\n"


def _csv(table: Table, rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table.columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _drawn(seed: str, count: int) -> int:
    """A whole number from 0 below ``count`` that only depends on ``seed``."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % count


def _filled(spec: str, seed: str, number: int, row: Row) -> str:
    kind, _, rest = spec.partition(":")
    if kind == "blank":
        share, _, spec = rest.partition("|")
        return "" if _drawn(seed + "?", 100) < int(share) else _filled(spec, seed, number, row)
    if kind == "serial":
        return f"{rest}{number + 1:04d}"
    if kind == "row":
        return str(number + 1)
    if kind in ("each", "pick"):
        choices = rest.split("|")
        return choices[(number if kind == "each" else _drawn(seed, len(choices))) % len(choices)]
    if kind == "yes":
        return str(evidence_words()["sample"]["yes" if _drawn(seed, 100) < int(rest) else "no"])
    if kind == "month":
        return date(int(rest) + number // 12, number % 12 + 1, 1).isoformat()
    return _between(kind, rest, seed, row)


def _between(kind: str, rest: str, seed: str, row: Row) -> str:
    if kind == "number":
        span, _, parts = rest.partition("/")
        low, high = map(int, span.split(".."))
        value = low + _drawn(seed, high - low + 1)
        return str(Decimal(value) / int(parts)) if parts else str(value)
    if kind in ("day", "moment"):
        first, last = map(date.fromisoformat, rest.split(".."))
        day = first + timedelta(days=_drawn(seed, (last - first).days + 1))
        if kind == "day":
            return day.isoformat()
        minutes = _drawn(seed + "m", 24 * 60)
        return f"{day.isoformat()} {minutes // 60:02d}:{minutes % 60:02d}:00"
    if kind == "after":
        column, _, span = rest.partition("+")
        low, high = map(int, span.split(".."))
        begun = datetime.fromisoformat(row[column])
        return (begun + timedelta(minutes=low * 60 + _drawn(seed, (high - low) * 60 + 1))).isoformat(sep=" ")
    raise ValueError(kind)
