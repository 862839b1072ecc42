"""Rows of people as Parquet with planted faults, and the twenty rules that look at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from yibenzhang.resources.quality_rules import Applied, Rule, Rules
from yibenzhang.standards.divisions import divisions

CHUNK = 1_000_000
FILE = 10_000_000
"""Rows made at one go, and rows of one file."""
COMPANIES = 1_000_000
FAULTY = {
    ("id_number", "sfzh"): 1_000,
    ("complete", "xm"): 2_500,
    ("phone", "lxdh"): 500,
    ("date", "csrq"): 4_000,
    ("not_future", "djrq"): 5_000,
    ("division", "xzqhdm"): 8_000,
    ("credit_code", "tyshxydm"): 3_000,
    ("unique", "id"): 10_000,
    ("sex", "xb"): 6_000,
    ("postcode", "yzbm"): 7_000,
}
"""Every so manieth row is wrong."""
_FIRST = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌宇浩凯欣怡佳雪梅琳晨阳"


@dataclass(frozen=True, slots=True)
class Parts:
    """Pieces that identity numbers are put together of, each with its part of the weighted sum of GB 11643."""

    texts: Any
    sums: Any


def rules_of_rows(rules: Rules) -> Rules:
    """The program's rules with three of a bureau, and what is applied to the columns that rules do not know by name."""
    own = {
        "sex": Rule("sex", "性别代码", "conformity", values=("0", "1", "2", "9")),
        "nation": Rule("nation", "民族代码", "conformity", pattern="^[0-5][0-9]$"),
        "postcode": Rule("postcode", "邮政编码", "conformity", pattern="^[0-9]{6}$"),
        "long_enough": Rule("long_enough", "姓名至少两个字", "accuracy", sql="length({x}) >= 2"),
    }
    applied = [
        ("unique", "id"),
        *(("complete", c) for c in ("xm", "sfzh", "csrq", "lxdh")),
        ("sex", "xb"),
        ("nation", "mz"),
        ("postcode", "yzbm"),
        ("long_enough", "xm"),
    ]
    some = [Applied("person", (c,), r) for r, c in applied]
    some.append(Applied("person", ("tyshxydm",), "reference", to="company.parquet.tyshxydm"))
    some.append(Applied("person", ("gxsj",), "fresh", days=400))
    return Rules({**rules.rules, **own}, rules.properties, tuple(some))


def rows(folder: Path, count: int, seed: int = 1) -> Path:
    """``company.parquet`` and the files of ``person`` below a folder; as random as such columns are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    of = np.random.default_rng(seed)
    root = folder / "rows"
    (root / "person").mkdir(parents=True)
    companies = _credit_codes(of, min(COMPANIES, max(1_000, count // 100)))
    pq.write_table(pa.table({"tyshxydm": companies}), root / "company.parquet")
    made = _pieces()
    writer, name = None, ""
    for start in range(0, count, CHUNK):
        table = _chunk(of, start, min(CHUNK, count - start), made, companies)
        file = min(FILE, -(-count // 2))
        if name != f"{start // file:03d}":
            if writer:
                writer.close()
            name = f"{start // file:03d}"
            writer = pq.ParquetWriter(
                root / "person" / f"part-{name}.parquet", table.schema, compression="zstd"
            )
        assert writer is not None
        writer.write_table(table, row_group_size=122_880)
    if writer:
        writer.close()
    return root


def _pieces() -> Mapping[str, Any]:
    import pyarrow as pa

    codes = [f"{c[:4]}{k:02d}" for c in sorted(divisions()) for k in range(1, 9)]
    born = [date(1940, 1, 1) + timedelta(days=k) for k in range(30_000)]
    return {
        "places": Parts(pa.array(codes), _weighted(codes, 0)),
        "days": Parts(pa.array([f"{d:%Y%m%d}" for d in born]), _weighted([f"{d:%Y%m%d}" for d in born], 6)),
        "dashed": pa.array([d.isoformat() for d in born]),
        "orders": Parts(pa.array([f"{k:03d}" for k in range(1_000)]), _weighted([f"{k:03d}" for k in range(1_000)], 14)),
        "checks": pa.array(list("10X98765432")),
        "names": pa.array([s + a + b for s in _SURNAMES for a in _GIVEN for b in ("", *_GIVEN)]),
        "phones": pa.array([f"{k:04d}" for k in range(10_000)]),
        "heads": pa.array(["138", "139", "150", "158", "177", "186", "198"]),
        "registered": pa.array([(date(2000, 1, 1) + timedelta(days=k)).isoformat() for k in range(9_000)]),
        "posts": pa.array([f"4{k:05d}" for k in range(0, 100_000, 10)]),
        "nations": pa.array([f"{k:02d}" for k in range(1, 57)]),
    }  # fmt: skip


def _weighted(texts: Sequence[str], at: int) -> Any:
    digits = np.array([[int(c) for c in t] for t in texts])
    return digits @ _FIRST[at : at + digits.shape[1]] % 11


def _credit_codes(of: np.random.Generator, count: int) -> Any:
    import pyarrow as pa

    values = np.empty((count, 17), dtype=np.int64)
    values[:, 0], values[:, 1] = 9, 1
    values[:, 2:8] = np.array([4, 2, 0, 1, 0, 6])
    values[:, 8:] = of.integers(0, 31, (count, 9))
    last = (31 - values @ _CREDIT_WEIGHTS % 31) % 31
    letters = np.array(list(_CREDIT))
    whole = np.concatenate([letters[values], letters[last][:, None]], axis=1)
    return pa.array(["".join(r) for r in whole])


def _chunk(of: np.random.Generator, start: int, n: int, made: Mapping[str, Any], companies: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    i = np.arange(start, start + n)

    def wrong(rule: str, column: str) -> Any:
        return i % FAULTY[(rule, column)] == 7

    def pick(some: Any) -> Any:
        return some.take(pa.array(of.integers(0, len(some), n)))

    def spoilt(texts: Any, where: Any, to: str | None) -> Any:
        return pc.if_else(pa.array(where), pa.scalar(to, pa.string()), texts)

    at = {k: of.integers(0, len(made[k].texts), n) for k in ("places", "days", "orders")}
    sums = sum(made[k].sums[v] for k, v in at.items()) % 11
    sums = np.where(wrong("id_number", "sfzh"), (sums + 1) % 11, sums)
    pieces = [made[k].texts.take(pa.array(v)) for k, v in at.items()]
    numbers = pc.binary_join_element_wise(*pieces, made["checks"].take(pa.array(sums)), "")
    phones = pc.binary_join_element_wise(pick(made["heads"]), pick(made["phones"]), pick(made["phones"]), "")
    credit = pick(companies)
    cut = pc.utf8_slice_codeunits(credit, 0, 17)
    ids = np.where(i % FAULTY[("unique", "id")] == 7, i - 1, i) * 2_654_435_761 % (1 << 40)
    return pa.table({
        "id": ids,
        "xm": spoilt(pick(made["names"]), wrong("complete", "xm"), None),
        "sfzh": numbers,
        "xb": spoilt(pa.array(np.array(["1", "2"])[of.integers(0, 2, n)]), wrong("sex", "xb"), "男"),
        "mz": pick(made["nations"]),
        "csrq": spoilt(made["dashed"].take(pa.array(at["days"])), wrong("date", "csrq"), "1990-02-30"),
        "lxdh": spoilt(phones, wrong("phone", "lxdh"), "138123"),
        "xzqhdm": spoilt(made["places"].texts.take(pa.array(at["places"])), wrong("division", "xzqhdm"), "990100"),
        "tyshxydm": pc.if_else(pa.array(wrong("credit_code", "tyshxydm")), pc.binary_join_element_wise(cut, "I", ""), credit),
        "djrq": spoilt(pick(made["registered"]), wrong("not_future", "djrq"), "2999-01-01"),
        "yzbm": spoilt(pick(made["posts"]), wrong("postcode", "yzbm"), "43007"),
        "gxsj": pa.array(np.datetime64("2026-01-01T00:00:00", "us") + of.integers(0, 200 * 86_400, n).astype("timedelta64[s]")),
    })  # fmt: skip


def planted(count: int) -> Iterator[tuple[tuple[str, str], int]]:
    """How many rows fail each rule that is planted."""
    for key, every in FAULTY.items():
        yield key, len(range(7, count, every))
