"""The open-data folder: a Fiscal Data Package with CSV and Parquet, checksums, codes, and a page that explains it."""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from yibenzhang.ledger.comparing import AcrossFinding
from yibenzhang.ledger.store import Ledger
from yibenzhang.ledger.telling import csv_rows
from yibenzhang.standards import HERE
from yibenzhang.standards.registers import registers

_LISTED = 1000
"""So many sources with an address are named in datapackage.json; documents.csv has all."""
_ROWS = 100_000
_TYPES = {"string": pa.string(), "integer": pa.int64(), "number": pa.decimal128(38, 8)}


class PublishError(Exception):
    """What keeps a folder from being written; one sentence for people."""


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """The tables of the package with their words (standards/publishing/package.toml)."""
    return tomllib.loads((HERE / "publishing" / "package.toml").read_text(encoding="utf-8"))


def write_package(
    ledger: Ledger, folder: Path, findings: Sequence[AcrossFinding], licence: str, created: str = ""
) -> None:
    """Write the open-data folder beside its place and then there; the same ledger gives the same bytes.

    ``created``: an ISO date and time, empty for none. Raises PublishError for a folder that is not empty or an unknown
    licence, OSError where it cannot be written.
    """
    if licence not in words()["licences"]:
        raise PublishError(f"不认识的许可 {licence}；有：{'、'.join(words()['licences'])}。")
    beside = emptied(folder)
    try:
        resources = [_resource(beside, ledger, table) for table in words()["table"]]
        resources += [_across(beside, findings), _codes(beside)]
        _describe(beside, ledger, resources, licence, created)
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def emptied(folder: Path) -> Path:
    """A folder beside the one that is to be written, which must not be there or be empty."""
    if folder.exists():
        if not folder.is_dir() or any(folder.iterdir()):
            raise PublishError(f"{folder} 里已经有东西，不覆盖；请另给一个空文件夹。")
        folder.rmdir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    beside.mkdir()
    return beside


def _resource(folder: Path, ledger: Ledger, table: Mapping[str, Any]) -> dict[str, Any]:
    """One table as CSV and Parquet, row group by row group, and how it is described."""
    schema = pa.schema([(name, _TYPES[kind]) for name, kind, *_ in table["fields"]])
    with closing(ledger.connect(compared=False)) as con:
        return _written(folder, table, schema, con.sql(table["sql"]).to_arrow_reader(_ROWS))


def _written(folder: Path, table: Mapping[str, Any], schema: pa.Schema, batches: Any) -> dict[str, Any]:
    name = table["name"]
    csv, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
    plain = pa.schema([(f.name, pa.string() if pa.types.is_decimal(f.type) else f.type) for f in schema])
    rows = 0
    options = pcsv.WriteOptions(quoting_style="needed")
    with (
        pq.ParquetWriter(parquet, schema, compression="zstd") as out,
        pcsv.CSVWriter(csv, plain, write_options=options) as text,
    ):
        for batch in batches:
            part = pa.Table.from_batches([batch]).cast(schema)
            part = pa.Table.from_arrays([_said(c) for c in part.columns], schema=schema)
            out.write_table(part)
            text.write_table(pa.Table.from_arrays([_plain(c) for c in part.columns], schema=plain))
            rows += part.num_rows
    fields = [_field(*f) for f in table["fields"]]
    described: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table["key"]:
        described["primaryKey"] = list(table["key"])
    if any(f["name"] == "document" for f in fields) and name != "documents":
        described["foreignKeys"] = [
            {"fields": ["document"], "reference": {"resource": "documents", "fields": ["document"]}}
        ]
    return {
        "name": name,
        "title": table["title"],
        "path": csv.name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_sealed(csv),
        "rows": rows,
        "schema": described,
        "parquet": {
            "path": parquet.name,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            **_sealed(parquet),
        },
    }


def _said(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """What is not said is nothing, in CSV as in Parquet."""
    if not pa.types.is_string(column.type):
        return column
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals without zeros that say nothing."""
    if not pa.types.is_decimal(column.type):
        return column
    return pc.replace_substring_regex(column.cast(pa.string()), r"\.?0+$", "")


def _field(name: str, kind: str, description: str, column: str) -> dict[str, Any]:
    out = {"name": name, "type": kind, "description": description}
    return (
        out | ({"columnType": column} if column else {}) | ({"currency": "CNY"} if kind == "number" else {})
    )


def _sealed(file: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with file.open("rb") as f:
        while block := f.read(1 << 20):
            digest.update(block)
    return {"bytes": file.stat().st_size, "hash": f"sha256:{digest.hexdigest()}"}


def _across(folder: Path, findings: Sequence[AcrossFinding]) -> dict[str, Any]:
    """The questions across documents, both sides in one line."""
    names, rows = csv_rows(findings)
    kinds = {
        n: "integer" if n in ("year", "a_year", "b_year", "a_page", "b_page", "more") else "string"
        for n in names
    }
    described = words()["across"]
    table = {
        "name": "across",
        "title": described["title"],
        "key": ["id"],
        "fields": [
            [n, kinds[n], described["fields"].get(n.removeprefix("a_").removeprefix("b_"), ""), ""]
            for n in names
        ],
    }
    schema = pa.schema([(n, _TYPES[kinds[n]]) for n in names])
    columns = [
        pa.array([_typed(r[k], kinds[n]) for r in rows], _TYPES[kinds[n]]) for k, n in enumerate(names)
    ]
    return _written(folder, table, schema, pa.table(columns, schema=schema).to_batches())


def _typed(value: Any, kind: str) -> Any:
    if kind == "integer":
        return value
    return None if value in (None, "") else str(value)


def _codes(folder: Path) -> dict[str, Any]:
    """What the codes of the coordinates mean: the classifications and the values of the dimensions."""
    known = registers()
    rows: list[tuple[str, str, str, int | None, int | None]] = []
    for dimension, register in (
        ("function", known.function),
        ("department", known.department_economic),
        ("government", known.government_economic),
    ):
        rows += [
            (dimension, e.code, e.name, e.first_year or None, e.last_year or None) for e in register.entries
        ]
    rows += [
        (d, code, name, None, None) for d, names in words()["codes"].items() for code, name in names.items()
    ]
    kinds = ("string", "string", "string", "integer", "integer")
    described = words()["codes_table"]
    names = ("dimension", "code", "name", "first_year", "last_year")
    table = {
        "name": "codes",
        "title": described["title"],
        "key": [],
        "fields": [[n, k, described["fields"][n], ""] for n, k in zip(names, kinds, strict=True)],
    }
    schema = pa.schema([(n, _TYPES[k]) for n, k in zip(names, kinds, strict=True)])
    columns = [pa.array(c, t.type) for c, t in zip(zip(*rows, strict=True), schema, strict=True)]
    return _written(folder, table, schema, pa.table(columns, schema=schema).to_batches())


def _describe(
    folder: Path, ledger: Ledger, resources: Sequence[Mapping[str, Any]], licence: str, created: str
) -> None:
    """datapackage.json, and the page for people."""
    given = words()
    with closing(ledger.connect(compared=False)) as con:
        found = con.execute(
            "SELECT who, year, stage, address FROM documents WHERE kind = 'disclosure' AND address "
            "<> '' ORDER BY ALL LIMIT ?",
            [_LISTED],
        ).fetchall()
        years = con.execute(
            "SELECT min(year), max(year), count(*) FROM documents WHERE kind = 'disclosure'"
        ).fetchone() or (None, None, 0)
    sources = [{"title": f"{who} {year} {stage}", "path": address} for who, year, stage, address in found]
    described: dict[str, Any] = {
        "profile": "fiscal-data-package",
        "name": given["name"],
        "title": given["title"],
        "description": given["description"],
        "countryCode": "CN",
        "granularity": "aggregated",
        "licenses": [{"name": licence, **given["licences"][licence]}],
        "model": given["model"],
        "sources": sources or [{"title": given["sources"]}],
        "resources": list(resources),
    }
    if years[0]:
        described["fiscalPeriod"] = {"start": f"{years[0]}-01-01", "end": f"{years[1]}-12-31"}
    if created:
        described["created"] = created
    text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8", newline="")
    (folder / "README.md").write_text(_readme(given, resources, licence, years), encoding="utf-8", newline="")


def _readme(
    given: Mapping[str, Any], resources: Sequence[Mapping[str, Any]], licence: str, years: Sequence[Any]
) -> str:
    out = [f"# {given['title']}", "", given["description"], ""]
    out += [
        line.format(count=years[2], first=years[0], last=years[1], licence=licence)
        for line in given["readme"]
    ]
    for r in resources:
        out += [
            "",
            f"## {r['name']}：{r['title']}（{r['rows']} 行）",
            "",
            given["columns"],
            "| --- | --- | --- |",
        ]
        out += [f"| `{f['name']}` | {f['type']} | {f['description']} |" for f in r["schema"]["fields"]]
    return "\n".join(out) + "\n"
