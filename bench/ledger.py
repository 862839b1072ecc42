"""`bench ledger`: generated analyses of many documents as Parquet, and what asking all of them costs.

A document has 1,500 numbers and 300 relations of six terms, each exact; every body has two years, whose later tells the
amounts of the earlier one. Only the tables and columns the laws need are written, all
documents have the same coordinates, and a body's years lie in one file: real ledgers are larger, and theirs are apart.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FACTS, RELATIONS, TERMS = 1500, 300, 6
GROUPS = FACTS // TERMS
"""Totals with their parts; the relations beyond so many say the same again."""
BROKEN = 2
SHARD = 1000
"""Documents in one Parquet file; an even number, so that a body's years stay together."""
_FUNCTIONS = np.array([f"2{n:06d}" for n in range(250)])
_FUNDS = np.array(["", "general", "government_fund"])

EVALUATE = """
SELECT count(*), count(*) FILTER (abs(residual) > slack) FROM (
  SELECT t.document, t.relation, sum(t.coefficient * f.mantissa * f.factor * 100) AS residual,
         sum(abs(t.coefficient) * f.factor * 50) AS slack
  FROM read_parquet('{terms}') t JOIN read_parquet('{facts}') f USING (document, fact) GROUP BY ALL)
"""
"""Σ c·v against Σ |c|·h in units of 10^-4 元: whole numbers, so that it is exact."""
ACROSS = """
WITH told AS MATERIALIZED (
  SELECT d.body, d.fiscal_year - coalesce(f.version = 'previous', false)::INTEGER AS year, f.function, f.fund, f.version, f.mantissa
  FROM read_parquet('{facts}') f JOIN read_parquet('{documents}') d USING (document))
SELECT count(*), count(*) FILTER (high - low > 1) FROM (
  SELECT min(mantissa) AS low, max(mantissa) AS high FROM told
  GROUP BY body, year, function, fund HAVING count(*) > 1 AND count(version) BETWEEN 1 AND count(*) - 1)
"""
"""The same coordinates of one body and year, as told by its own document and by the next year's: grouped, not joined."""


def generate(folder: Path, documents: int) -> int:
    """Write the analyses of so many documents; their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    size = 0
    for first in range(0, documents, SHARD):
        count = min(SHARD, documents - first)
        for name, table in _shard(random, first, count).items():
            path = folder / f"{name}-{first // SHARD:05d}.parquet"
            pq.write_table(table, path, compression="zstd")
            size += path.stat().st_size
    return size


def _shard(random: Any, first: int, count: int) -> dict[str, pa.Table]:
    half = FACTS // 2
    numbers = np.arange(first, first + count)
    values = random.integers(1, 5_000_000, (count, FACTS))
    # a total and its five parts stand side by side
    groups = values.reshape(count, GROUPS, TERMS)
    groups[:, :, 0] = groups[:, :, 1:].sum(axis=2)
    values[1::2, half:] = values[0::2, :half][: len(values[1::2])]  # the later year tells the earlier one
    values[0, 1] += 1000  # one number of each file is wrong: BROKEN relations and one number across say so
    fact = np.tile(np.arange(FACTS), count)
    version = pa.array(np.full(count * FACTS, "previous"), mask=fact < half)
    coordinate = fact % half
    facts = pa.table(
        {
            "document": np.repeat(numbers, FACTS), "fact": fact, "mantissa": values.ravel(),
            "decimals": np.full(count * FACTS, 2), "factor": np.full(count * FACTS, 10_000),
            "function": _FUNCTIONS[coordinate % 250], "fund": _FUNDS[coordinate // 250], "version": version,
        }
    )  # fmt: skip
    relation = np.tile(np.repeat(np.arange(RELATIONS), TERMS), count)
    nth = np.tile(np.arange(TERMS), count * RELATIONS)
    terms = pa.table(
        {
            "document": np.repeat(numbers, RELATIONS * TERMS), "relation": relation, "nth": nth,
            "fact": relation % GROUPS * TERMS + nth, "coefficient": np.where(nth == 0, 1, -1),
        }
    )  # fmt: skip
    documents = pa.table({"document": numbers, "body": numbers // 2, "fiscal_year": 2025 + numbers % 2})
    return {"facts": facts, "terms": terms, "documents": documents}


def measure(folder: Path, documents: int, memory: str = "4GB") -> list[dict[str, Any]]:
    """Seconds and bytes of each step, shard by shard: memory does not grow with the documents."""
    begun = time.perf_counter()
    size = generate(folder, documents)
    rows: list[dict[str, Any]] = [_row("generate", documents, time.perf_counter() - begun, size // documents)]
    connection = duckdb.connect(config={"memory_limit": memory, "threads": 2})
    connection.execute("SET enable_progress_bar = false")
    for name, sql in (("relations", EVALUATE), ("across", ACROSS)):
        begun, found, broken = time.perf_counter(), 0, 0
        for facts in sorted(folder.glob("facts-*.parquet")):
            shard = facts.name.removeprefix("facts-")
            paths = {t: str(folder / f"{t}-{shard}") for t in ("facts", "terms", "documents")}
            n, wrong = connection.execute(sql.format(**paths)).fetchone() or (0, 0)
            found, broken = found + n, broken + wrong
        rows.append(
            _row(name, documents, time.perf_counter() - begun, 0) | {"count": found, "broken": broken}
        )
    return rows


def _row(step: str, documents: int, seconds: float, size: int) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "step": step,
        "documents": documents,
        "seconds": round(seconds, 2),
        "bytes": size,
        "peak_mb": peak,
    }
