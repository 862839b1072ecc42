"""Rules of quality: each with what holds and what fails, in every database; rates, samples, masks."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from tests.conftest import examples
from tests.resources.conftest import ME
from tests.web.conftest import Cluster
from yibenzhang.office.database import Database
from yibenzhang.resources import quality_columns
from yibenzhang.resources.dialects import DIALECTS
from yibenzhang.resources.measuring import keep, last_run, rates
from yibenzhang.resources.models import Quality
from yibenzhang.resources.quality import check_source
from yibenzhang.resources.quality_rules import Rules, condition, rules_of
from yibenzhang.resources.quality_tables import Result, masked, rate
from yibenzhang.resources.schema import Schema, load_schema
from yibenzhang.standards import StandardsError

DAY = date(2026, 3, 1)
CASES = [
    (rule.id, value, good)
    for rule in rules_of().rules.values()
    for good, values in ((True, rule.holds), (False, rule.fails))
    for value in values
]
Ask = Callable[[str], Any]


@pytest.fixture(scope="module", params=["duckdb", "sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[tuple[str, Ask]]:
    if request.param == "duckdb":
        con = duckdb.connect()
        yield "duckdb", lambda s: con.execute(s).fetchone()
    elif request.param == "sqlite":
        lite = sqlite3.connect(":memory:")
        lite.create_function("regexp", 2, lambda p, x: re.search(p, x) is not None)
        yield "sqlite", lambda s: lite.execute(s).fetchone()
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        engine = create_engine(cluster.fresh().replace("postgresql:", "postgresql+pg8000:"))
        with engine.connect() as c:
            yield "postgresql", lambda s: c.execute(text(s)).fetchone()
        engine.dispose()


def test_every_rule_has_its_cases(schema: Schema) -> None:
    rules = rules_of()
    assert [r.id for r in rules.rules.values() if not (r.holds and r.fails)] == [
        "unique",
        "reference",
        "fresh",
        "readable",
    ]
    assert {r.property for r in rules.rules.values()} == set(rules.properties) and len(rules.properties) == 6


@pytest.mark.parametrize(("rule", "value", "good"), CASES)
def test_what_holds_holds_and_what_fails_fails(
    database: tuple[str, Ask], schema: Schema, rule: str, value: str, good: bool
) -> None:
    name, ask = database
    d = DIALECTS[name]
    asked = condition(rules_of().rules[rule], d, d.as_text("v"), schema.words["blank"]["words"], "20260301")
    [found] = ask(
        f"SELECT CASE WHEN {asked} THEN 1 ELSE 0 END FROM (SELECT CAST('{value}' AS VARCHAR(60)) AS v) t"
    )
    assert bool(found) is good


_CON = duckdb.connect()


def _one(rule: str, value: str) -> bool:
    d = DIALECTS["duckdb"]
    asked = condition(
        rules_of().rules[rule], d, d.as_text("v"), load_schema().words["blank"]["words"], "20260301"
    )
    row = _CON.execute(f"SELECT {asked} FROM (SELECT ? AS v)", [value]).fetchone()
    return bool(row and row[0])


@settings(max_examples=examples(100))
@given(
    st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9)
)
def test_identity_numbers_as_the_standard_says(born: date, order: int, at: int, more: int) -> None:
    """Made by the rule of GB 11643 as it is written; one digit changed, it fails."""
    body = f"420106{born:%Y%m%d}{order:03d}"
    weights = [2 ** (17 - k) % 11 for k in range(17)]
    number = body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]
    assert _one("id_number", number)
    digit = number[at] if number[at].isdigit() else "0"
    changed = f"{number[:at]}{(int(digit) + more) % 10}{number[at + 1 :]}"
    assert changed == number or not _one("id_number", changed)


@settings(deadline=None, max_examples=examples(100))
@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(0, 30))
def test_credit_codes_as_the_standard_says(organisation: str, wrong: int) -> None:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91420100{organisation}"
    check = (31 - sum(letters.index(c) * pow(3, k, 31) for k, c in enumerate(body)) % 31) % 31
    assert _one("credit_code", body + letters[check])
    assert _one("credit_code", body + letters[wrong]) is (wrong == check)


@settings(deadline=None, max_examples=examples(100))
@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
def test_days_as_the_calendar_says(day: date) -> None:
    assert all(
        _one("date", told) for told in (f"{day:%Y%m%d}", day.isoformat(), f"{day.year}/{day.month}/{day.day}")
    )
    assert _one("not_future", day.isoformat()) is (day <= DAY)


@pytest.mark.parametrize("year", [1900, 2000, 2023, 2024])
def test_days_that_there_are_not(year: int) -> None:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    assert _one("date", f"{year}-02-29") is leap
    assert not any(
        _one("date", f"{year}-{md}") for md in ("02-30", "04-31", "00-10", "13-01", "01-00", "01-32")
    )


LAYER = """
[[rule]]
id = "grade"
name = "等级"
property = "conformity"
values = ["甲", "乙"]
columns = ["dj"]
[[rule]]
id = "long"
name = "够长"
property = "conformity"
sql = "length({x}) >= 2"
columns = ["mc"]
[[apply]]
id = "a"
table = "house"
column = "owner"
rule = "reference"
to = "person.id"
[[apply]]
id = "b"
table = "person"
column = "updated"
rule = "fresh"
days = 31
[[apply]]
id = "c"
table = "person"
column = "sfzh"
rule = "unique"
"""


@pytest.fixture
def mine(tmp_path: Path) -> Rules:
    folder = tmp_path / "layer" / "resources"
    folder.mkdir(parents=True)
    (folder / "quality.toml").write_text(LAYER, encoding="utf-8")
    return rules_of(str(tmp_path / "layer"))


TABLES = (
    "CREATE TABLE person (id INTEGER PRIMARY KEY, sfzh VARCHAR(30), dj VARCHAR(9), mc VARCHAR(9), updated DATE)",
    "INSERT INTO person VALUES (1, '11010519491231002X', '甲', '甲乙', '2026-02-20'), (2, '11010519491231002X', '丙', '甲', '2026-01-01'),"
    " (3, '110105194912310021', '', '甲乙', NULL), (4, NULL, '乙', NULL, NULL)",
    "CREATE TABLE house (id INTEGER, owner INTEGER)",
    "INSERT INTO house VALUES (1, 1), (2, 9), (3, NULL), (4, 2)",
)


def _found(results: list[Result]) -> dict[tuple[str, str, str], tuple[int | None, int | None]]:
    return {(r.location, r.check.rule.id, r.check.field): (r.checked, r.passed) for r in results}


EXPECTED = {
    ("house", "readable", ""): (1, 1),
    ("house", "reference", "owner"): (3, 2),
    ("person", "readable", ""): (1, 1),
    ("person", "fresh", "updated"): (1, 1),
    ("person", "unique", "sfzh"): (3, 2),
    ("person", "id_number", "sfzh"): (3, 2),
    ("person", "grade", "dj"): (3, 2),
    ("person", "long", "mc"): (3, 2),
    ("person", "unique", "id"): (4, 4),
}


def test_a_database_is_checked_where_it_lies(schema: Schema, mine: Rules, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s.db") as c:
        c.executescript(";".join(TABLES))
    called, results = check_source(schema, mine, f"sqlite:///{tmp_path / 's.db'}", DAY)
    assert called.startswith("sqlite://") and _found(results) == EXPECTED
    samples = {s for r in results for s in r.samples}
    assert "110*************21" in samples and not any("110105" in s for s in samples)


def test_postgresql_is_checked_where_it_lies(
    postgres: Cluster, schema: Schema, mine: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.fresh()
    engine = create_engine(address.replace("postgresql:", "postgresql+pg8000:"))
    with engine.begin() as c:
        for statement in TABLES:
            c.execute(text(statement))
    engine.dispose()
    monkeypatch.setenv("SOURCE", address)
    called, results = check_source(schema, mine, "env:SOURCE", DAY)
    assert "postgres@" not in called and _found(results) == EXPECTED


def test_files_are_checked_by_duckdb(schema: Schema, mine: Rules, tmp_path: Path) -> None:
    con = duckdb.connect()
    for statement in TABLES:
        con.execute(statement)
    (tmp_path / "lake").mkdir()
    for name in ("person", "house"):
        con.execute(f"COPY {name} TO '{tmp_path / 'lake' / name}.csv'")
    (tmp_path / "lake" / "bad.parquet").write_bytes(b"PAR1")
    _, results = check_source(schema, mine, str(tmp_path / "lake"), DAY)
    found = _found([r for r in results if not r.problem])
    assert found[("person.csv", "id_number", "sfzh")] == (3, 2) and found[("person.csv", "grade", "dj")] == (
        3,
        2,
    )
    assert [r.checked for r in results if r.problem] == [None]


def test_a_rule_that_fails_takes_no_other_with_it(schema: Schema, tmp_path: Path) -> None:
    folder = tmp_path / "layer" / "resources"
    folder.mkdir(parents=True)
    (folder / "quality.toml").write_text(
        '[[rule]]\nid = "odd"\nname = "x"\nproperty = "accuracy"\nsql = "no_such_function({x})"\ncolumns = ["sfzh"]\n',
        encoding="utf-8",
    )
    with sqlite3.connect(tmp_path / "s.db") as c:
        c.executescript(";".join(TABLES))
    results = check_source(schema, rules_of(str(tmp_path / "layer")), f"sqlite:///{tmp_path / 's.db'}", DAY)[
        1
    ]
    assert _found(results)[("person", "id_number", "sfzh")] == (3, 2)
    [odd] = [r for r in results if r.check.rule.id == "odd"]
    assert odd.checked is None and "no_such_function" in odd.problem


def test_a_rule_that_is_none_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "resources"
    folder.mkdir()
    for words in (
        'property = "beauty"\npattern = "x"',
        'property = "accuracy"\npattern = "("',
        'property = "accuracy"\ncheck = "magic"',
    ):
        (folder / "quality.toml").write_text(f'[[rule]]\nid = "odd"\nname = "x"\n{words}\n', encoding="utf-8")
        with pytest.raises(StandardsError, match="odd"):
            rules_of(str(tmp_path))


def test_rates_are_cut_off_and_never_rounded_up() -> None:
    assert str(rate(100_000, 99_999)) == "99.99" and str(rate(3, 3)) == "100.00" and str(rate(3, 0)) == "0.00"
    assert rate(0, 0) is None and rate(None, None) is None
    [one, whole] = rates([("a", "accuracy", 10, 9), ("a", "accuracy", None, None)])
    assert (one.checked, one.passed, one.unmade, whole.aspect) == (10, 9, 1, "")


def test_what_is_masked_tells_nobody() -> None:
    assert (
        masked("11010519491231002X") == "110*************2X"
        and masked("张三") == "张*"
        and masked("张") == "*"
    )
    assert masked("13812345678") == "1*********8"


def test_runs_are_kept_by_the_codes_of_the_account(
    desk: Database, schema: Schema, mine: Rules, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "s.db") as c:
        c.executescript(";".join(TABLES))
    called, results = check_source(schema, mine, f"sqlite:///{tmp_path / 's.db'}", DAY)
    with desk.session() as session:
        for run in ("1", "2"):
            keep(session, called, "青禾区数据局", results, run, ME)
        assert session.query(Quality).count() == 2 * len(EXPECTED)
        kept = last_run(session)
        assert len(kept) == len(EXPECTED) and {q.run for q in kept} == {"2"}
        assert "11010519491231002X" not in str([q.samples for q in kept])


# ---- Parquet, column by column -------------------------------------------------------------------------

NUMBERS = (
    "11010519491231002X",
    " 11010519491231002X",
    "110105194912310021",
    "440524188001010014",
    "",
    " ",
    "-",
    "x",
    None,
)
DAYS = ("2024-02-29", "20240229", "2023-02-29", "2999-01-01", " 2024/2/9 ", "今天", "", None)
CELLS = st.tuples(
    st.integers(1, 12) | st.none(),
    st.sampled_from(NUMBERS),
    st.sampled_from(DAYS),
    st.sampled_from(("甲", "丙", " 乙", "", None)),
)
OWN = """
[[rule]]
id = "grade"
name = "等级"
property = "conformity"
values = ["甲", "乙"]
columns = ["dj"]
[[rule]]
id = "short"
name = "是数"
property = "conformity"
sql = "CAST({x} AS BIGINT) > 0"
columns = ["id"]
[[rule]]
id = "odd"
name = "没有这样的函数"
property = "accuracy"
sql = "no_such_function({x})"
columns = ["dj"]
[[apply]]
id = "a"
table = "person"
column = "id"
rule = "unique"
[[apply]]
id = "b"
table = "person"
columns = ["sfzh", "dj"]
rule = "unique"
[[apply]]
id = "c"
table = "person"
column = "sfzh"
rule = "reference"
to = "known.sfzh"
[[apply]]
id = "d"
table = "person"
column = "dj"
rule = "complete"
"""


@pytest.mark.parametrize(("few", "part"), [(3_000_000, 12_000_000), (0, 2)])
@settings(deadline=None, max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(st.lists(CELLS, min_size=1, max_size=40))
def test_columns_say_what_one_pass_says(
    tmp_path_factory: pytest.TempPathFactory, few: int, part: int, rows: list[tuple[Any, ...]]
) -> None:
    """The same rows as CSV, checked in one pass, and as Parquet: by values or by rows, keys whole or in parts."""
    root = tmp_path_factory.mktemp("both")
    (root / "resources").mkdir()
    (root / "resources" / "quality.toml").write_text(OWN, encoding="utf-8")
    rules, con = rules_of(str(root)), duckdb.connect()
    con.execute("CREATE TABLE person (id BIGINT, sfzh VARCHAR, csrq VARCHAR, dj VARCHAR)")
    con.executemany("INSERT INTO person VALUES (?, ?, ?, ?)", rows)
    con.execute("CREATE TABLE known AS SELECT '11010519491231002X' AS sfzh")
    told = []
    for ending in ("csv", "parquet"):
        for name in ("person", "known"):
            for k in range(2):  # files of one folder are one table
                folder = root / ending / name
                folder.mkdir(parents=True, exist_ok=True)
                con.execute(f"COPY (FROM {name} WHERE rowid % 2 = {k}) TO '{folder / str(k)}.{ending}'")
        with mock.patch.multiple(quality_columns, FEW=few, PART=part):
            results = check_source(load_schema(), rules, str(root / ending), DAY)[1]
        told.append(
            {
                (r.location, r.check.rule.id, r.check.field): (r.checked, r.passed, len(r.samples))
                for r in results
            }
        )
    one_pass, columns = told
    assert {
        k: columns[k] for k in one_pass
    } == one_pass  # days in a CSV are no texts to DuckDB, and then not checked
    assert len(columns) == 13 and columns[("person", "odd", "dj")][0] is None


def test_the_latest_day_of_a_column_of_days(schema: Schema, tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "quality.toml").write_text(
        '[[apply]]\nid = "a"\ntable = "p.parquet"\ncolumn = "at"\nrule = "fresh"\ndays = 31\n',
        encoding="utf-8",
    )
    duckdb.execute(
        f"COPY (SELECT unnest([TIMESTAMP '2026-02-20 08:00', NULL, TIMESTAMP '2025-01-01']) AS at) TO '{tmp_path / 'p.parquet'}'"
    )
    rules = rules_of(str(tmp_path))
    for day, good in ((DAY, 1), (date(2026, 4, 1), 0)):
        [fresh] = [
            r
            for r in check_source(schema, rules, str(tmp_path / "p.parquet"), day)[1]
            if r.check.rule.id == "fresh"
        ]
        assert (fresh.checked, fresh.passed) == (1, good)
