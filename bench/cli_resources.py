"""The command line: bench resources."""

from __future__ import annotations

import json
import resource
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.tables import show

if TYPE_CHECKING:
    from bench.resources import Found, Shown


def resources(
    seed: Annotated[int, typer.Option(help="随机数的种子")] = 1,
    database: Annotated[str, typer.Option(help="一个空的数据库的地址；不写用临时的 SQLite")] = "",
    only: Annotated[str, typer.Option(help="只测一项：city、harvest、quality；不写都测")] = "",
    lines: Annotated[int, typer.Option(help="账上另有这么多条目录时再测一遍各页，0 为不测")] = 370_000,
    tables: Annotated[int, typer.Option(help="采集有这么多张表的数据库")] = 2_000,
    source: Annotated[str, typer.Option(help="采集的表造在这个空的 PostgreSQL 里；不写用临时的 SQLite")] = "",
    rows: Annotated[int, typer.Option(help="造这么多行的 Parquet 来查质量，一亿行要 5 GB 磁盘")] = 1_000_000,
    work: Annotated[
        Path | None, typer.Option(help="造的数据放在这里，用完删除；不写用系统的临时文件夹")
    ] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
) -> None:
    """造一座城（61 个单位、400 个系统、6000 个数据资源、六万个字段，每种矛盾都埋了），看找到多少、报错多少、用多少时间。"""
    from bench.resources import measure

    timed: list[dict[str, object]] = []
    found: list[Found] = []
    shown: list[Shown] = []
    with tempfile.TemporaryDirectory(prefix="ybz-", dir=work) as folder:
        if only in ("", "city"):
            steps, found, shown = measure(Path(folder), seed, database, lines)
            timed += [asdict(s) for s in steps]
        if only in ("", "harvest"):
            from yibenzhang.cli.common import fail
            from yibenzhang.resources.sources import SourceError

            try:
                timed += _harvested(Path(folder), tables, source)
            except SourceError as error:
                raise fail(str(error)) from error
        if only in ("", "quality"):
            timed += _checked(Path(folder), rows)
    planted, told, false = (sum(getattr(f, k) for f in found) for k in ("planted", "told", "false"))
    summary = {
        "rule": "合计",
        "planted": planted,
        "told": told,
        "false": false,
        "recall": f"{100 * told / planted:.1f}" if planted else "",
        "precision": f"{100 * told / (told + false):.1f}" if planted else "",
    }
    if format == "json":
        print(
            json.dumps(
                {
                    "steps": timed,
                    "rules": [asdict(f) for f in found],
                    "summary": summary,
                    "pages": [asdict(p) for p in shown],
                },
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    show({"step": "步", "count": "条", "seconds": "秒", "processor": "处理器秒"}, timed, "一座造出来的城")
    if not found:
        return
    heads = {"page": "页", "times": "次", "middle": "秒", "slowest": "最慢", "processor": "处理器秒"}
    show(heads, [asdict(p) for p in shown], "网页")
    names = {
        "rule": "规则",
        "planted": "埋下",
        "told": "找到",
        "false": "误报",
        "recall": "找到 %",
        "precision": "准确 %",
    }
    show(names, [*(asdict(f) for f in found), summary], "矛盾")


def _timed(step: str, count: int, begun: tuple[float, float]) -> dict[str, object]:
    return {
        "step": step,
        "count": count,
        "seconds": round(time.perf_counter() - begun[0], 2),
        "processor": round(time.process_time() - begun[1], 2),
    }


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _harvested(folder: Path, tables: int, address: str) -> list[dict[str, object]]:
    from bench.resources import DOER, source
    from yibenzhang.office.database import Database, engine_of
    from yibenzhang.resources.deciding import accept, proposals
    from yibenzhang.resources.harvesting import harvest_database
    from yibenzhang.resources.proposing import propose
    from yibenzhang.resources.schema import load_schema
    from yibenzhang.resources.store import prepare

    name = "PostgreSQL" if address else "SQLite"
    address, schema = address or f"sqlite:///{folder / 'source.db'}", load_schema()
    source(address, tables)
    place = folder / "harvested"
    place.mkdir()
    engine = engine_of("", place)
    prepare(engine)
    begun = _now()
    found = harvest_database(schema, address, "某局")
    out = [_timed(f"采集 {name} 的表", len(found.found), begun)]
    with Database(engine).session() as session:
        begun = _now()
        propose(session, schema, found, DOER)
        some = proposals(session)
        out.append(_timed("　与账比较，记下差异", len(some), begun))
        begun = _now()
        out.append(_timed("　全部接受", accept(session, schema, some, DOER).done, begun))
    engine.dispose()
    return out


def _checked(folder: Path, count: int) -> list[dict[str, object]]:
    from bench.resource_rows import planted, rows, rules_of_rows
    from bench.resources import DAY
    from yibenzhang.resources.quality import check_source
    from yibenzhang.resources.quality_rules import rules_of
    from yibenzhang.resources.schema import load_schema

    begun = _now()
    root = rows(folder, count)
    out = [_timed("造数据（不算在质量里）", count, begun)]
    begun = _now()
    _, results = check_source(load_schema(), rules_of_rows(rules_of()), str(root), DAY)
    mine = [r for r in results if r.location == "person"]
    out.append(_timed(f"质量：Parquet，{len(mine)} 条规则，峰值 {_megabytes()} MB", count, begun))
    got = {(r.check.rule.id, r.check.field): (r.checked or 0) - (r.passed or 0) for r in mine}
    wrong = {
        k: n for k, n in got.items() if n != dict(planted(count)).get(k, n if k[0] == "reference" else 0)
    }
    out.append({"step": "　埋的不合格与查出的不同的规则", "seconds": "", "count": len(wrong)})
    return out


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
