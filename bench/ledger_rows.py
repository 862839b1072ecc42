"""Rows of generated analyses, whole batches at a time, with every column of the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from yibenzhang.ledger.parquet import arrow_schema
from yibenzhang.model.analysis import LEDGER, VERSION
from yibenzhang.standards.registers import registers

FACTS, RELATIONS, TERMS = 1500, 300, 6
GROUPS = FACTS // TERMS
"""Totals with their parts; the relations beyond so many say the same again."""
BATCH = 1000
"""Documents of a batch, as merged ones have."""
UNITS = 9
"""Bodies under each department."""
WRONG_EVERY = 100
LISTED = 4
"""Numbers of each unit in its department's table."""
PASSAGES, PROJECTS = 40, 5
_REASONS = (
    "主要用于",
    "增加的原因是",
    "减少的原因是",
    "与上年持平，仍用于",
    "按照过紧日子要求压减",
    "新增",
    "完成了",
)
_THINGS = (
    "政务服务热线运行维护", "数据共享交换平台建设", "城市运行管理服务平台", "电子政务外网租赁", "公共数据授权运营", "网络安全等级保护测评",
    "信用信息归集", "办公用房修缮", "档案数字化加工", "基层治理队伍培训", "人才引进和安居补贴", "规划编制和评估", "应急物资储备更新",
    "老旧小区加装电梯", "河湖水质监测", "残疾人就业帮扶", "义务教育薄弱环节改善", "重大传染病防控", "农村公路养护", "知识产权保护",
)  # fmt: skip
_LAYOUTS = 25
"""So many different forms of tables; each document is of one of them, and a body keeps its own."""
_PANELS = ("收入支出总表", "支出总表", "财政拨款收支总表", "一般公共预算支出表", "基本支出表", "项目支出表")
_FUNDS = ("", "general", "government_fund")
_WAN = 10**8 * 100
"""A hundredth of 万元 in units of the store's decimals (10^-8 元)."""


@dataclass(frozen=True)
class _Layout:
    """What all documents of one form print beside the amounts: a value for each of the 1,500 numbers."""

    columns: dict[str, list[Any]]

    @cached_property
    def arrays(self) -> dict[str, pa.Array]:
        """The columns as Arrow has them."""
        left_out = ("document", "value", "low", "high", "printed")
        return {
            n: pa.array(self.columns[n], _PLAIN[k]) for n, k in LEDGER["facts"].items() if n not in left_out
        }


_PLAIN = {"text": pa.string(), "int": pa.int64(), "bool": pa.bool_(), "decimal": pa.decimal128(38, 8)}


def batches(documents: int) -> Iterator[tuple[dict[str, pa.Table], list[tuple[int, str]]]]:
    """Tables of a batch, and the number and hash of each of its documents: all of the earlier year first."""
    bodies = (documents + 1) // 2
    layouts = [_layout(k) for k in range(_LAYOUTS)]
    everything = [(b, y) for y in (2025, 2026) for b in range(bodies)][:documents]
    for first in range(0, documents, BATCH):
        part = everything[first : first + BATCH]
        yield _tables(part, layouts), [(2 * b + y - 2025, _hash(b, y)) for b, y in part]


def _hash(body: int, year: int) -> str:
    return hashlib.sha256(f"{body}/{year}".encode()).hexdigest()


def amounts(body: int, year: int) -> Any:
    """The amounts of a body's budget in hundredths of 万元, each total before its parts."""
    half = FACTS // 2
    own: Any = np.random.default_rng((body, year)).integers(1, 500_000, half)
    groups = own.reshape(-1, TERMS)
    groups[:, 0] = groups[:, 1:].sum(axis=1)
    return own


def _layout(number: int) -> _Layout:
    """The half of this year and the half of the year before have the same coordinates."""
    random = np.random.default_rng(number)
    codes = [e for e in registers().function.entries if len(e.code) == 7]
    chosen = [codes[k] for k in random.permutation(len(codes))[: FACTS // 2 // len(_FUNDS)]]
    columns: dict[str, list[Any]] = {name: [] for name in LEDGER["facts"]}
    for half, version in enumerate(("", "previous")):
        for nth in range(FACTS // 2):
            entry, fund = chosen[nth % len(chosen)], _FUNDS[nth // len(chosen) % len(_FUNDS)]
            panel = _PANELS[nth * len(_PANELS) // (FACTS // 2)]
            row, column = nth % 60 + 2, nth // 60 % 8 + 2 * half + 2
            heading = "本年预算数" if not half else "上年预算数"
            identity = hashlib.sha256(f"{number}/{half}/{nth}".encode()).hexdigest()[:16]
            cell = int.from_bytes(
                hashlib.blake2b(f"{fund}|{entry.code}".encode(), digest_size=8).digest(), "big", signed=True
            )
            values = {
                "fact": identity,
                "key": f"{panel}/1|{entry.code}|{heading}",
                "table": f"t{_PANELS.index(panel) + 1}",
                "title": panel,
                "panel": 0,
                "row": row,
                "column": column,
                "code": entry.code,
                "label": entry.name,
                "heading": heading,
                "total": nth % TERMS == 0,
                "state": "printed",
                "unit_name": "万元",
                "dimension": "money",
                "decimals": 2,
                "fund": fund,
                "version": version,
                "side": "expenditure",
                "function": entry.code,
                "standing": "proved",
                "page": 5 + row // 20,
                "place": f"p{5 + row // 20}.r{row}.c{column}",
                "cell": cell,
                "file": "",
            }
            for name in LEDGER["facts"]:
                columns[name].append(values.get(name, ""))
    return _Layout(columns)


def _tables(part: list[tuple[int, int]], layouts: list[_Layout]) -> dict[str, pa.Table]:
    values = np.empty((len(part), FACTS), dtype=np.int64)
    half = FACTS // 2
    for k, (body, year) in enumerate(part):
        values[k, :half] = amounts(body, year)
        values[k, half:] = amounts(body, year - 1) if year == 2026 else values[k, :half]
        if year == 2026 and body % WRONG_EVERY == 7:
            values[k, half + 1] += 1000  # not what the document of the year before says
    hashes = np.array([_hash(b, y) for b, y in part])
    kinds = [layouts[b % _LAYOUTS] for b, _ in part]
    return {
        "documents": _documents(part, hashes),
        "facts": _facts(part, values, hashes, layouts),
        **_laws(values, hashes, kinds),
        **_others(part, hashes),
    }


def _documents(part: list[tuple[int, int]], hashes: Any) -> pa.Table:
    rows = {
        "document": hashes,
        "schema": VERSION,
        "body": [_name(b) for b, _ in part],
        "year": [y for _, y in part],
        "stage": "budget",
        "level": ["unit" if b % (UNITS + 1) else "department" for b, _ in part],
        "region": "hubei",
        "division": "420000",
        "code": [_code(b) for b, _ in part],
        "kind": "disclosure",
        "files": 1,
        "pages": 30,
        "numbers": FACTS,
        "proved": FACTS,
        "contradicted": 0,
        "alone": 0,
        "trivial": 0,
        "errors": 0,
        "warnings": 0,
    }
    return _made("documents", rows, len(part))


def _name(body: int) -> str:
    department, unit = divmod(body, UNITS + 1)
    return f"虚构市第{department}局" + (f"第{unit}所" if unit else "")


def _code(body: int) -> str:
    department, unit = divmod(body, UNITS + 1)
    return f"{100000 + department}" + (f"{unit:03d}" if unit else "")


def _facts(part: list[tuple[int, int]], values: Any, hashes: Any, layouts: list[_Layout]) -> pa.Table:
    """The facts of the forms, and for departments the rows of their units."""
    kinds = [layouts[b % _LAYOUTS] for b, _ in part]
    departments = [(k, b, y) for k, (b, y) in enumerate(part) if b % (UNITS + 1) == 0]
    names = kinds[0].arrays
    columns: dict[str, Any] = {n: pa.concat_arrays([layout.arrays[n] for layout in kinds]) for n in names}
    columns["document"] = _repeated(hashes, FACTS)
    columns |= _money(values.ravel())
    main = pa.table([columns[n] for n in LEDGER["facts"]], schema=arrow_schema("facts"))
    rows = [(k, b + u, y, n) for k, b, y in departments for u in range(1, UNITS + 1) for n in range(LISTED)]
    if not rows:
        return main
    listed: dict[str, Any] = dict.fromkeys(LEDGER["facts"], "")
    told = np.array([amounts(b, y)[n] for _, b, y, n in rows])
    listed |= {
        "document": [hashes[k] for k, *_ in rows],
        "fact": [hashlib.sha256(f"{b}/{n}/unit".encode()).hexdigest()[:16] for _, b, _, n in rows],
        "key": [f"部门支出总表/1|{_code(b)}|{n}" for _, b, _, n in rows],
        "table": "t9",
        "title": "部门支出总表",
        "panel": 0,
        "row": [b % 10 + 2 for _, b, _, _ in rows],
        "column": [n + 2 for *_, n in rows],
        "code": [_code(b) for _, b, _, _ in rows],
        "label": [_name(b) for _, b, _, _ in rows],
        "heading": [str(n) for *_, n in rows],
        "total": False,
        "state": "printed",
        "unit_name": "万元",
        "dimension": "money",
        "decimals": 2,
        "side": "expenditure",
        "unit": [_code(b) for _, b, _, _ in rows],
        "standing": "proved",
        "page": 4,
        "place": [f"p4.r{b % 10}.c{n}" for _, b, _, n in rows],
        "cell": [
            layouts[b % _LAYOUTS].columns["cell"][n] for _, b, _, n in rows
        ],  # as in the unit's own form
        **_money(told),
    }
    return pa.concat_tables([main, _made("facts", listed, len(rows))])


def _laws(values: Any, hashes: Any, kinds: list[_Layout]) -> dict[str, pa.Table]:
    """Totals and their parts as relations of six terms; the relations beyond the groups say the same again."""
    count = len(hashes)
    picked = np.arange(RELATIONS)[:, None] % GROUPS * TERMS + np.arange(TERMS)
    ids = {id(k): k.arrays["fact"].take(pa.array(picked.ravel())) for k in {id(k): k for k in kinds}.values()}
    signs = np.tile(np.where(np.arange(TERMS) == 0, 1, -1), count * RELATIONS)
    terms = {
        "document": _repeated(hashes, RELATIONS * TERMS),
        "relation": np.tile(np.repeat(np.arange(RELATIONS), TERMS), count),
        "fact": pa.concat_arrays([ids[id(layout)] for layout in kinds]),
        "coefficient": _decimal(signs * 10**8),
        "value": _decimal(values[:, picked.ravel()].ravel() * _WAN),
    }
    number = np.tile(np.arange(RELATIONS), count)
    rows = {
        "document": _repeated(hashes, RELATIONS),
        "relation": number,
        "rule": "total.rows",
        "law": "total",
        "family": pa.array([f"t{n % 6}|rows|c{n % 8}" for n in range(RELATIONS)]).take(pa.array(number)),
        "outcome": "held",
        "residual": _decimal(np.zeros(count * RELATIONS, dtype=np.int64)),
        "slack": _decimal(np.full(count * RELATIONS, 3 * _WAN)),
        "accuses": True,
        "explains": pa.concat_arrays([ids[id(layout)][::TERMS] for layout in kinds]),
        "constant": _decimal(np.zeros(count * RELATIONS, dtype=np.int64)),
    }
    return {
        "terms": _made("terms", terms, count * RELATIONS * TERMS),
        "relations": _made("relations", rows, count * RELATIONS),
    }


def _others(part: list[tuple[int, int]], hashes: Any) -> dict[str, pa.Table]:
    files = {"document": hashes, "file": "", "sha256": hashes, "format": "pdf", "pages": 30}
    out = {"files": _made("files", files, len(part))}
    left = {
        "document": _repeated(hashes, 3),
        "rule": "goals.code",
        "table": "",
        "reason": "没有识别到绩效目标表",
    }
    out["not_checked"] = _made("not_checked", left, 3 * len(part))
    for name in ("indicators", "figures", "statements", "issues", "evidence"):
        out[name] = arrow_schema(name).empty_table()
    out["passages"] = _passages(part, hashes)
    out["project_events"] = _projects(part, hashes)
    return out


def _passages(part: list[tuple[int, int]], hashes: Any) -> pa.Table:
    """What the text of each document says: duties and reasons of many kinds with the body's own numbers."""
    count = len(part) * PASSAGES
    names = [e.name for e in registers().function.entries if len(e.code) == 7]
    printed = [
        f"{_name(b)}{y}年{names[(31 * b + 7 * k) % len(names)]}安排{(97 * b + 13 * k) % 90000 / 100:.2f}万元，"
        f"{_REASONS[(b + k) % len(_REASONS)]}{_THINGS[(3 * b + 5 * k + y) % len(_THINGS)]}。"
        for b, y in part
        for k in range(PASSAGES)
    ]
    rows = {
        "document": _repeated(hashes, PASSAGES),
        "printed": printed,
        "heading": False,
        "file": "",
        "page": np.tile(np.arange(PASSAGES) // 10 + 5, len(part)),
        "place": "",
    }
    return _made("passages", rows, count)


def _projects(part: list[tuple[int, int]], hashes: Any) -> pa.Table:
    """The projects of each document, the same in both years of a body."""
    count = len(part) * PROJECTS
    each = [(b, y, k) for b, y in part for k in range(PROJECTS)]
    rows: dict[str, Any] = dict.fromkeys(LEDGER["project_events"], "")
    rows |= {
        "document": _repeated(hashes, PROJECTS),
        "event": [f"{b}/{y}/{k}" for b, y, k in each],
        "kind": "goals",
        "name": [f"{_THINGS[(b + k) % len(_THINGS)]}第{b % 97}期" for b, _, k in each],
        "about_year": [y for _, y, _ in each],
        "begin": 2025,
        "end": 2026,
        "value": _decimal(np.array([(7 * b + k) % 5000 * _WAN for b, _, k in each])),
        "page": 20,
    }
    return _made("project_events", rows, count)


def _money(values: Any) -> dict[str, Any]:
    """The amounts as printed, in 元, and what they can mean."""
    printed = pa.array(values).cast(pa.decimal128(19, 0))
    hundredth = pa.Array.from_buffers(pa.decimal128(19, 2), len(values), printed.buffers())
    base = values.astype(np.int64) * _WAN
    return {
        "printed": hundredth.cast(pa.string()),
        "value": _decimal(base),
        "low": _decimal(base - _WAN // 2),
        "high": _decimal(base + _WAN // 2),
    }


def _decimal(values: Any) -> pa.Array:
    """Whole numbers of 10^-8 as decimals of the store."""
    wide = np.empty((len(values), 2), dtype=np.int64)
    wide[:, 0], wide[:, 1] = values, np.asarray(values) >> 63
    return pa.Array.from_buffers(pa.decimal128(38, 8), len(values), [None, pa.py_buffer(wide.tobytes())])


def _repeated(values: Any, times: int) -> pa.Array:
    return pa.array(values).take(pa.array(np.repeat(np.arange(len(values)), times)))


def _made(name: str, columns: dict[str, Any], rows: int) -> pa.Table:
    schema = arrow_schema(name)
    arrays = []
    for field in schema:
        value = columns[field.name]
        if isinstance(value, str | int | bool):
            value = pa.array([value], field.type).take(pa.array(np.zeros(rows, dtype=np.int64)))
        arrays.append(value.cast(field.type) if isinstance(value, pa.Array) else pa.array(value, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
