"""The command line: bench resources."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bench.tables import show


def resources(
    seed: Annotated[int, typer.Option(help="随机数的种子")] = 1,
    database: Annotated[str, typer.Option(help="一个空的数据库的地址；不写用临时的 SQLite")] = "",
    tables: Annotated[int, typer.Option(help="另造一个有这么多张表的 SQLite 来采集，0 为不造")] = 2_000,
    rows: Annotated[int, typer.Option(help="另造这么多行的 Parquet 来查质量，0 为不造")] = 1_000_000,
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
) -> None:
    """造一座城（61 个单位、400 个系统、6000 个数据资源、六万个字段，每种矛盾都埋了），看找到多少、报错多少、用多少时间。"""
    from bench.resources import measure

    with tempfile.TemporaryDirectory(prefix="ybz-") as folder:
        steps, found = measure(Path(folder), seed, database)
        timed = [asdict(s) for s in steps]
        if tables:
            timed.append(_harvested(Path(folder), tables))
        if rows:
            timed += _checked(Path(folder), rows)
    planted, told, false = (sum(getattr(f, k) for f in found) for k in ("planted", "told", "false"))
    summary = {
        "rule": "合计",
        "planted": planted,
        "told": told,
        "false": false,
        "recall": f"{100 * told / planted:.1f}",
        "precision": f"{100 * told / (told + false):.1f}",
    }
    if format == "json":
        print(
            json.dumps(
                {"steps": timed, "rules": [asdict(f) for f in found], "summary": summary},
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    show({"step": "步", "count": "条", "seconds": "秒"}, timed, "一座造出来的城")
    names = {
        "rule": "规则",
        "planted": "埋下",
        "told": "找到",
        "false": "误报",
        "recall": "找到 %",
        "precision": "准确 %",
    }
    show(names, [*(asdict(f) for f in found), summary], "矛盾")


def _harvested(folder: Path, tables: int) -> dict[str, object]:
    from bench.resources import DOER, source
    from yibenzhang.office.database import Database, engine_of
    from yibenzhang.resources.deciding import accept, proposals
    from yibenzhang.resources.harvesting import harvest_database
    from yibenzhang.resources.proposing import propose
    from yibenzhang.resources.schema import load_schema
    from yibenzhang.resources.store import prepare

    address, schema = f"sqlite:///{folder / 'source.db'}", load_schema()
    source(address, tables)
    place = folder / "harvested"
    place.mkdir()
    engine = engine_of("", place)
    prepare(engine)
    begun = time.perf_counter()
    found = harvest_database(schema, address, "某局")
    with Database(engine).session() as session:
        propose(session, schema, found, DOER)
        decided = accept(session, schema, proposals(session), DOER)
    engine.dispose()
    return {
        "step": f"采集 {tables} 张表并全部接受",
        "seconds": round(time.perf_counter() - begun, 2),
        "count": decided.done,
    }


def _checked(folder: Path, rows: int) -> list[dict[str, object]]:
    from bench.resources import DAY, parquet
    from yibenzhang.resources.quality import check_source
    from yibenzhang.resources.quality_rules import rules_of
    from yibenzhang.resources.schema import load_schema

    path = parquet(folder, rows)
    begun = time.perf_counter()
    _, results = check_source(load_schema(), rules_of(), str(path), DAY)
    seconds = round(time.perf_counter() - begun, 2)
    wanted = {("id_number", "sfzh"): len(range(7, rows, 1000)), ("phone", "lxdh"): len(range(3, rows, 500))}
    got = {(r.check.rule.id, r.check.field): (r.checked or 0) - (r.passed or 0) for r in results}
    out: list[dict[str, object]] = [
        {"step": f"质量：{rows} 行 Parquet，{len(results)} 条规则", "seconds": seconds, "count": rows}
    ]
    out += [
        {"step": f"　{k[0]}：埋 {n}，不合格 {got.get(k)}", "seconds": "", "count": n}
        for k, n in wanted.items()
    ]
    return out
