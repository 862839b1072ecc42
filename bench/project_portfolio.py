"""A made portfolio: projects of many bodies over five years with faults of each kind planted, as events and as a ledger."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from yibenzhang.ledger.store import Ledger, Source
from yibenzhang.projects.importing import FILE

YEARS = (2021, 2022, 2023, 2024, 2025)
_WHAT = ("政务云", "热线", "电子证照", "政务外网", "数据目录", "视频会议", "信用平台", "审批系统", "监管平台", "档案系统", "应急指挥", "信访系统")  # fmt: skip
_OF = ("市级", "企业", "社区", "园区", "窗口", "移动端", "共享", "开放", "安全", "备份", "统一", "综合", "分析", "采集")  # fmt: skip
_DO = ("建设", "运行维护", "升级改造", "租用", "等保测评", "监理", "迁移", "培训推广")
_LIGHT = ("项目", "经费", "费", "")
FAULTS = (
    "payment.before_contract", "acceptance.after_payment", "budget.after_end", "contract.above_approved",
    "paid.above_contracted", "project.no_goals", "goals.no_results", "goals.nothing_measured", "goals.weaker",
    "goals.unchanged", "goals.all_full", "goals.levels", "goals.effect_repeats", "goals.no_unit", "goals.one_weight",
    "money.unspent", "acceptance.missing", "acceptance.late", "paid.twice", "operation.high",
)  # fmt: skip
CHANGES = ("renamed", "recoded")
"""Projects that get another name, or another code, after their first year."""
_SPANS = {
    "goals.unchanged": (2021, 2024),
    "acceptance.missing": (2021, 2023),
    "acceptance.late": (2021, 2022),
    "operation.high": (2021, 2024),
}
"""Faults that need more years, or years that are over."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a made project; ``rows`` are its indicators (level1, name, target, actual, weight)."""

    project: str
    body: str
    kind: str
    year: int
    name: str
    code: str
    money: tuple[tuple[str, Decimal], ...]
    date: str = ""
    end: int | None = None
    supplier: str = ""
    rows: tuple[tuple[str, str, str, str, str], ...] = ()

    @property
    def imported(self) -> bool:
        return bool(self.date)


@dataclass(frozen=True, slots=True)
class Made:
    """All events, and the faults planted: rule and project."""

    said: tuple[Said, ...]
    planted: frozenset[tuple[str, str]]


def portfolio(count: int, seed: int = 1, each: int = 20) -> Made:
    """``count`` projects, 50 a body; every fault in ``each`` of them. The same seed gives the same."""
    chance = random.Random(seed)
    every = (*FAULTS, *CHANGES)
    faults = [f for f in every for _ in range(min(each, count // (2 * len(every))))]
    faulty = dict(zip(chance.sample(range(count), len(faults)), faults, strict=True))
    names = [f"{of}{what}{do}" for what in _WHAT for of in _OF for do in _DO]
    said: list[Said] = []
    for first in range(0, count, 50):
        body = f"示范{first // 50:03d}局"
        for k, name in enumerate(chance.sample(names, min(50, count - first))):
            said += _project(chance, body, first + k, name, faulty.get(first + k, ""))
    chance.shuffle(said)
    return Made(tuple(said), frozenset((f, str(n)) for n, f in faulty.items()))


def _project(chance: random.Random, body: str, number: int, name: str, fault: str) -> Iterator[Said]:
    code = f"4201{number:08d}T001" if chance.random() < 0.7 or fault in CHANGES else ""
    money = Decimal(chance.randrange(100_000, 20_000_000, 1000))
    first, last = _SPANS.get(fault) or sorted(chance.sample(YEARS, 2))

    def say(
        kind: str, year: int, told: str, *amounts: tuple[str, Decimal], coded: bool = False, **more: Any
    ) -> Said:
        own = f"{code}2" if fault == "recoded" and year > first and not coded else code
        own = own if coded or kind == "budget" else ""
        return Said(str(number), body, kind, year, told, own, amounts, **more)

    for year in range(first, last + 1):
        told = name + (chance.choice(_LIGHT) if fault != "recoded" else "")
        told = f"{name}和新一代平台" if fault == "renamed" and year > first else told
        budget = money if year <= first + 1 or fault == "operation.high" else money / 10
        spent = budget * 4 / 10 if fault == "money.unspent" and year == first else budget
        yield say("budget", year, told, ("budget", budget))
        if fault != "project.no_goals" or year != last:
            end = last - 1 if fault == "budget.after_end" else last
            yield say("goals", year, told, ("budget", budget), end=end, rows=_goals(fault, first, year, last))
        if fault != "goals.no_results" or year != last:
            rows = _results(fault, first, year, last)
            yield say("self_assessment", year, told, ("budget", budget), ("executed", spent), rows=rows)
    yield from _contracted(say, name, number, money, fault, first)


def _contracted(
    say: Callable[..., Said], name: str, number: int, money: Decimal, fault: str, first: int
) -> Iterator[Said]:
    supplier = f"供应商{number % 37}"

    def coded(kind: str, day: str, *amounts: tuple[str, Decimal]) -> Said:
        made: Said = say(kind, first, name, *amounts, coded=True, date=f"{first}-{day}", supplier=supplier)
        return made

    yield coded(
        "approval", "01-10", ("approved", money * 2 if fault != "contract.above_approved" else money / 2)
    )
    yield coded("contract", "03-10", ("contracted", money))
    part = money / 4 if fault == "paid.twice" else money / 2
    yield coded("payment", "02-10" if fault == "payment.before_contract" else "05-10", ("paid", part))
    rest = money if fault == "paid.above_contracted" else part
    late = {"acceptance.after_payment": "07-20", "paid.twice": "05-13"}.get(fault, "11-20")
    if fault != "acceptance.late":  # else all would be paid before it
        yield coded("payment", late, ("paid", rest))
    if fault != "acceptance.missing":
        late_by = 5 if fault == "acceptance.late" else 0
        yield replace(coded("acceptance", "09-01"), date=f"{first + late_by}-09-01", year=first + late_by)


def _goals(fault: str, first: int, year: int, last: int) -> tuple[tuple[str, str, str, str, str], ...]:
    if fault == "goals.unchanged":
        return tuple((a, b, t, "", "") for a, b, t in _base(0))
    rows = {b: (a, b, t, "", "") for a, b, t in _base(year - first)}
    if year == last:
        rows.update(_WRONG.get(fault, {}))
        if fault == "goals.levels":
            del rows["用户满意度"]
        if fault in ("goals.nothing_measured", "goals.all_full"):
            rows = {
                k: (a, b, "明显提升" if fault == "goals.nothing_measured" else "100%", "", "")
                for k, (a, b, *_) in rows.items()
            }
    return tuple(rows.values())


_WRONG: Mapping[str, Mapping[str, tuple[str, str, str, str, str]]] = {
    "goals.weaker": {"系统数量": ("产出指标", "系统数量", "≥1个", "", "")},
    "goals.no_unit": {"系统数量": ("产出指标", "系统数量", "≥99", "", "")},
    "goals.effect_repeats": {"减少跑动": ("效益指标", "响应时间", "≤2小时", "", "")},
}


def _base(grown: int) -> tuple[tuple[str, str, str], ...]:
    return (
        ("成本指标", "总成本", "≤100万元"),
        ("产出指标", "系统数量", f"≥{10 + grown}个"),
        ("产出指标", "可用率", "≥99%"),
        ("产出指标", "响应时间", "≤2小时"),
        ("效益指标", "减少跑动", "≥100次"),
        ("满意度指标", "用户满意度", "≥90%"),
    )


def _results(fault: str, first: int, year: int, last: int) -> tuple[tuple[str, str, str, str, str], ...]:
    heavy = fault == "goals.one_weight" and year == last
    grown = 0 if fault == "goals.unchanged" else year - first
    weights = ("45", "9", "9", "9", "9", "9") if heavy else ("15",) * 6
    return tuple((a, b, t, t.strip("≥≤"), w) for (a, b, t), w in zip(_base(grown), weights, strict=True))


# ---- as a ledger ---------------------------------------------------------------------------------------


def stored(made: Made, folder: Path, first: int = 0) -> tuple[Ledger, dict[str, str]]:
    """The portfolio as a ledger's batch and its imports; which project each event is of, by the event's id. ``first``:
    where the numbers of its documents begin."""
    import pyarrow as pa

    from yibenzhang.ledger.parquet import arrow_schema, arrow_tables

    ledger = Ledger(folder)
    documents: dict[tuple[str, int, str], str] = {}
    truth: dict[str, str] = {}
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    imports: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for n, s in enumerate(made.said):
        if s.imported:
            line = len(imports[s.kind]) + 2
            truth[f"{_digest(s.kind)[:12]}-{line}"] = s.project
            amount = {"amount": f"{s.money[0][1]:f}"} if s.money else {}
            own = {
                "line": line,
                "name": s.name,
                "body": s.body,
                "date": s.date,
                "supplier": s.supplier,
                "number": f"{s.kind}{n}",
            }
            imports[s.kind].append({**own, **({"code": s.code} if s.code else {}), **amount})
            continue
        stage = "accounts" if s.kind == "self_assessment" else "budget"
        document = documents.setdefault((s.body, s.year, stage), f"{first + len(documents):012d}")
        event = f"e{n}"
        truth[f"{document}-{event}"] = s.project
        place = {"file": f"{s.year}-{stage}.pdf", "page": n % 90 + 1, "place": ""}
        owner = "" if s.kind == "budget" else s.body
        for measure, value in s.money:
            rows["project_events"].append(
                {
                    "document": document,
                    "event": event,
                    "kind": s.kind,
                    "name": s.name,
                    "code": s.code,
                    "owner": owner,
                    "about_year": s.year,
                    "begin": None,
                    "end": s.end,
                    "measure": measure,
                    "value": value,
                    "printed": f"{value}元",
                    "words": "",
                    **place,
                }
            )
        for level, name, target, actual, weight in s.rows:
            rows["indicators"].append(
                {
                    "document": document,
                    "event": event,
                    "form": "evaluation" if actual else "project",
                    "name": s.name,
                    "level1": level,
                    "level2": "",
                    "indicator": name,
                    "target": target,
                    "former": "",
                    "last": "",
                    "actual": actual,
                    "period": "annual",
                    "weight": weight,
                    "score": weight,
                    **place,
                }
            )
    for (body, year, stage), document in documents.items():
        rows["documents"].append(
            {
                "document": document,
                "body": body,
                "year": year,
                "stage": stage,
                "level": "department",
                "kind": "disclosure",
                "numbers": 100,
            }
        )
    tables = dict(arrow_tables([]))
    for table, found in rows.items():
        schema = arrow_schema(table)
        columns = [pa.array([_cell(r.get(f.name), f.type) for r in found], f.type) for f in schema]
        tables[table] = pa.Table.from_arrays(columns, schema=schema)
    at = "2026-01-01T00:00:00+00:00"
    sources = [Source(d, f"{b}{y}{s}.pdf", d, at, "", "", "made") for (b, y, s), d in documents.items()]
    ledger.add_arrow(tables, sources)
    with (folder / FILE).open("w", encoding="utf-8") as out:
        for kind, found in imports.items():
            told = {
                "action": "take",
                "at": at,
                "kind": kind,
                "file": f"{kind}.csv",
                "sha256": _digest(kind),
                "by": "",
                "rows": found,
            }
            out.write(json.dumps(told, ensure_ascii=False) + "\n")
    return ledger, truth


def _digest(kind: str) -> str:
    import hashlib

    return hashlib.sha256(kind.encode()).hexdigest()


def _cell(value: Any, kind: Any) -> Any:
    import pyarrow as pa

    if value is None and pa.types.is_string(kind):
        return ""
    return value.quantize(Decimal("0.00000001")) if isinstance(value, Decimal) else value


def pairs(made: Sequence[tuple[str, Sequence[str]]]) -> tuple[int, int]:
    """Of events put together (each with the project it truly is of): pairs that are right, pairs that are wrong."""
    right = wrong = 0
    for _, truly in made:
        inside: dict[str, int] = defaultdict(int)
        for project in truly:
            inside[project] += 1
        same = sum(n * (n - 1) // 2 for n in inside.values())
        right += same
        wrong += len(truly) * (len(truly) - 1) // 2 - same
    return right, wrong
