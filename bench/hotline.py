"""The hotline measured on made orders: what of the planted groups is found, what is found that is none, and how fast."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.hotline_orders import Made, columns, make
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import period_of, run
from yibenzhang.evidence.sources import Limits
from yibenzhang.hotline.finding import daily
from yibenzhang.hotline.linking import link
from yibenzhang.hotline.orders import take, workplace
from yibenzhang.hotline.reading import orders_of
from yibenzhang.hotline.surges import surges

if TYPE_CHECKING:
    import duckdb

NAMES = {"id": "工单编号", "received": "受理时间", "caller": "来电人", "phone": "来电号码", "address": "家庭住址",
         "place": "事发地址", "content": "诉求内容", "due": "时限", "finished": "办结时间", "satisfied": "满意",
         "reopened": "重办", "transfers": "转办"}  # fmt: skip
LIMITS = Limits(seconds=600, memory="4GB")


@dataclass(frozen=True, slots=True)
class Found:
    """By pairs of orders: of those found together, the part that belongs together, and the other way about."""

    what: str
    pairs: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Step:
    step: str
    seconds: float
    processor: float


def as_table(made: Made) -> Any:
    """The made orders with what the other indicators need."""
    import pyarrow as pa

    of = dict(columns(made))
    hours = [(k * 7919) % 260 for k in range(len(made.rows))]
    of["due"] = [t + timedelta(hours=120) for t in of["received"]]
    of["finished"] = [
        None if h < 12 else t + timedelta(hours=h) for t, h in zip(of["received"], hours, strict=True)
    ]
    of["satisfied"] = [None if h % 3 else "是" if h % 8 else "否" for h in hours]
    of["reopened"] = ["否" if h % 20 else "是" for h in hours]
    of["transfers"] = [h % 5 for h in hours]
    return pa.table({NAMES[k]: v for k, v in of.items()})


def mapping_file(folder: Path, source: str, place: str) -> Path:
    lines = [
        'pack = "hotline"',
        'subject = "示例市热线办"',
        "[source]",
        source,
        "[tables.work_order]",
        place,
        "[tables.work_order.columns]",
    ]
    lines += [f'{k} = "{v}"' for k, v in NAMES.items()]
    file = folder / "mapping.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def measured(file: Path, truth: Any, memory: int = 4) -> tuple[list[Step], list[Found]]:
    """Indicators, reading, linking and warning through a mapping, and what was found against what was made."""
    mapped, period = mapping_of(file), period_of("2026")
    steps: list[Step] = []

    def timed(name: str, begun: tuple[float, float]) -> None:
        steps.append(Step(name, time.monotonic() - begun[0], time.process_time() - begun[1]))

    begun = time.monotonic(), time.process_time()
    run(mapped, period, "2026-12-31", LIMITS)
    timed("指标", begun)
    with workplace(f"{memory}GB") as con:
        begun = time.monotonic(), time.process_time()
        given, _ = orders_of(mapped, period, LIMITS)
        take(con, given)
        del given
        timed("读工单", begun)
        begun = time.monotonic(), time.process_time()
        link(con)
        timed("一人多次、多人一事", begun)
        begun = time.monotonic(), time.process_time()
        counts, series = daily(con)
        surges(counts, period.begin, period.end, of=series)
        timed("突增预警", begun)
        found = list(judged(con, truth))
    steps.append(Step("合计", sum(s.seconds for s in steps), sum(s.processor for s in steps)))
    return steps, found


def truth_of(made: Made) -> Any:
    """Of each order its person and its matter."""
    import pyarrow as pa

    return pa.table({"id": [r["id"] for r in made.rows], "person": made.persons, "matter": made.matters})


def judged(con: duckdb.DuckDBPyConnection, truth: Any) -> Iterator[Found]:
    con.register("given_truth", truth)
    con.execute(
        "CREATE OR REPLACE TABLE truth AS SELECT o.n, t.person, t.matter, p.person AS found_person, m.matter AS found_matter "
        "FROM given_truth t JOIN orders o USING (id) LEFT JOIN order_person p USING (n) LEFT JOIN order_matter m USING (n)"
    )
    for what, of, found in (("一人多次", "person", "found_person"), ("多人一事", "matter", "found_matter")):
        true, told, both = _pairs(con, of), _pairs(con, found), _pairs(con, f"{of}, {found}", found)
        yield Found(what, true, both / max(1, told), both / max(1, true))


def _pairs(con: duckdb.DuckDBPyConnection, by: str, there: str = "") -> int:
    where = there or by
    row = con.execute(
        f"SELECT coalesce(sum(k * (k - 1) // 2), 0) FROM (SELECT count(*) AS k FROM truth WHERE {where} IS NOT NULL GROUP BY {by})"
    ).fetchone()
    return int(row[0]) if row else 0


def warned(seed: int, series: int = 2_000) -> Mapping[str, float]:
    """Made series with days of the week, a season and more spread than chance; in each twentieth a surge of three days.

    How many surges are told on their first or second day, and how many days a week are told that are none.
    """
    of = np.random.default_rng(seed)
    first, days = date(2026, 1, 1), 365
    week = [1.1, 1.15, 1.1, 1.05, 1.0, 0.8, 0.75]
    shape = np.array(
        [
            week[(first + timedelta(days=d)).weekday()] * (1 + 0.35 * np.sin(2 * np.pi * (d - 60) / 365))
            for d in range(days)
        ]
    )
    rows: list[tuple[str, date, int]] = []
    planted: list[tuple[str, int]] = []
    for i, mean in enumerate(np.exp(of.normal(-0.5, 1.3, series))):
        counts = of.poisson(mean * shape * of.gamma(8, 1 / 8, days))
        if i % 20 == 0:
            day, size = int(of.integers(90, 350)), max(8, int(6 * mean))
            counts[day : day + 3] += [of.poisson(size), of.poisson(size), of.poisson(size / 2)]
            planted.append((f"s{i}", day))
        rows += [(f"s{i}", first + timedelta(days=d), int(k)) for d, k in enumerate(counts) if k]
    told = {
        (s.series, (s.day - first).days) for s in surges(rows, first, first + timedelta(days=days - 1), 1.0)
    }
    found = sum(any((n, d + j) in told for j in (0, 1)) for n, d in planted)
    beside = {(n, d + j) for n, d in planted for j in range(4)}
    return {
        "planted": len(planted),
        "found": found,
        "wanted": 1.0,
        "false_a_week": round(len(told - beside) / ((days - 63) / 7), 2),
    }


def made_orders(orders: int, seed: int, wordings: str) -> Made:
    return make(orders, seed, wordings=wordings)


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
