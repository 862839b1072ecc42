"""What is published: a Fiscal Data Package that frictionless and a fresh DuckDB read, and a site that opens from a folder."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import duckdb
import jsonschema
import pytest
from typer.testing import CliRunner

from tests.unit.test_ledger import disclosure, put, taken
from yibenzhang.cli import app
from yibenzhang.ledger.store import Ledger

pytestmark = pytest.mark.middle


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    ledger = Ledger(folder / "账本")
    other = "关于批复部门预算的通知\n示范市教育局：\n现批复你局预算 12.00 万元。\n"
    taken(
        ledger,
        put(folder, "去年.txt", disclosure(2025)),
        put(folder, "今年.txt", disclosure(2026, {"节能环保支出": 81.5})),
        put(folder, "通知.txt", other),
    )
    at = [
        "publish",
        "--ledger",
        str(ledger.folder),
        "--data",
        str(folder / "数据"),
        "--site",
        str(folder / "网站"),
    ]
    result = CliRunner().invoke(app, at)
    assert result.exit_code == 0, result.output
    assert CliRunner().invoke(app, at).exit_code == 2  # nothing is written over
    return folder


def test_checksums_and_codes(published: Path) -> None:
    folder = published / "数据"
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert [r["name"] for r in package["resources"]] == [
        "documents",
        "facts",
        "issues",
        "bodies",
        "across",
        "codes",
    ]
    for r in package["resources"]:
        for one in (r, r["parquet"]):
            data = (folder / one["path"]).read_bytes()
            assert (one["bytes"], one["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_a_fresh_duckdb_reads_it_from_its_documentation_alone(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(published / "数据")
    sql = re.findall(r"```sql\n(.*?)```", Path("README.md").read_text(encoding="utf-8"), re.S)[0]
    first, second = (s for s in sql.split(";") if s.strip())
    totals = duckdb.connect().execute(first).fetchall()
    assert totals == [
        ("示范市数据局", 2025, "budget", totals[0][3]),
        ("示范市数据局", 2026, "budget", totals[1][3]),
    ]
    assert Decimal(str(totals[0][3])) == sum(Decimal(str(v)) for v in (812.35, 61.08, 33.9, 120.4, 27.66, 96.71, 44.02, 18.5, 205.3, 15.27, 39.94, 52.15, 23.8, 71.13))  # fmt: skip
    assert len(duckdb.connect().execute(second).fetchall()) == 10
    for name in ("documents", "facts", "issues", "bodies", "across", "codes"):
        one = duckdb.connect().execute(f"SELECT count(*) FROM '{name}.csv'").fetchone()
        assert one == duckdb.connect().execute(f"SELECT count(*) FROM '{name}.parquet'").fetchone()


def test_frictionless_finds_it_valid(published: Path) -> None:
    """The profile of the package is on the web; all else is checked here."""
    frictionless = pytest.importorskip("frictionless")
    package = json.loads((published / "数据" / "datapackage.json").read_text(encoding="utf-8"))
    del package["profile"]
    (published / "数据" / "plain.json").write_text(json.dumps(package), encoding="utf-8")
    report = frictionless.validate(str(published / "数据" / "plain.json"))
    (published / "数据" / "plain.json").unlink()
    assert report.valid, report.flatten(["message"])


def test_the_fiscal_profile_finds_it_valid(published: Path) -> None:
    """The profile as the package datapackage carries it. It is that of tabular packages, which allows no other name than
    its own, and more: so no package that calls itself fiscal, as the specification asks, can pass the first line of it."""
    found = find_spec("datapackage")
    if found is None or not found.submodule_search_locations:
        pytest.skip("the package datapackage, which carries the fiscal profile, is not installed")
    place = Path(found.submodule_search_locations[0]) / "profiles" / "fiscal-data-package.json"
    profile = json.loads(place.read_text(encoding="utf-8"))
    package = json.loads((published / "数据" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["profile"] == "fiscal-data-package"
    checker = jsonschema.validators.validator_for(profile)(profile)
    assert [list(e.path) for e in checker.iter_errors(package)] == [["profile"]]
    assert not list(checker.iter_errors({**package, "profile": "tabular-data-package"}))
    assert list(checker.iter_errors({**package, "profile": "tabular-data-package", "model": {}}))


class _Page(HTMLParser):
    """Links, and whether anything comes from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sources: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag in ("script", "img", "link", "iframe"):
            self.sources.append(str(given))


def test_the_site_opens_from_a_folder(published: Path) -> None:
    site = published / "网站"
    index = _Page((site / "index.html").read_text(encoding="utf-8"))
    assert len(index.links) == 1 and not index.sources
    text = (site / index.links[0]).read_text(encoding="utf-8")
    body = _Page(text)
    assert not body.sources and all((site / "bodies" / x).exists() for x in body.links)
    assert "教育局" not in text  # a circular is no disclosure
    row = re.search(r'<th scope="row">支出总计</th>(.*?)</tr>', text, re.S)
    assert row and re.findall(
        r'<td class="n">([\d,.]+)<small title="印为 ([\d.]+万元)，(.*?)">［(\d)］', row[1]
    ) == [
        ("1,622.21", "1622.21万元", "去年.txt", "1"),
        ("1,622.21", "1622.21万元", "今年.txt", "2"),
    ]
    assert "81.50" in text and "今年文件里的上年数" in text
