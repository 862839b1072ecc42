"""Efficiency scored: the counts equal plain Python over the same rows on files, SQLite and PostgreSQL; conditions are
read or refused; versions and scores are only added to, and an old score is repeated."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from tests.web.conftest import Cluster, running_cluster
from yibenzhang.cli import app
from yibenzhang.evidence.guard import guarded
from yibenzhang.evidence.observations import Observations
from yibenzhang.evidence.packs import pack
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import FOLDER, EvidenceError
from yibenzhang.supervision.assessing import assess, due, last_period, save
from yibenzhang.supervision.conditions import as_sql, conditions
from yibenzhang.supervision.counting import span_of
from yibenzhang.supervision.definitions import Amount, Definition, as_data, definition_of, definition_of_text
from yibenzhang.supervision.scoring import standings
from yibenzhang.supervision.store import SCORES, Assessments, Score, differences

LIMITS = Limits(seconds=20)
TIME = "2026-04-02T08:00:00"
SCHEME = definition_of_text((FOLDER / "supervision" / "scheme.toml").read_text(encoding="utf-8"))
Row = dict[str, str]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    write_sample(pack("supervision"), tmp_path / "mappings")
    return tmp_path


def into_database(ledger: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sample in a database, and the mapping to it."""
    monkeypatch.setenv("SUPERVISION_URL", address)
    engine = create_engine(address.replace("postgresql:", "postgresql+pg8000:"))
    place = ledger / "mappings"
    with engine.begin() as connection:
        for table in pack("supervision").tables:
            rows = list(csv.DictReader((place / f"{table}.csv").open(encoding="utf-8")))
            names = list(rows[0])
            connection.execute(text(f"CREATE TABLE {table} ({', '.join(f'{n} TEXT' for n in names)})"))
            connection.execute(
                text(f"INSERT INTO {table} VALUES ({', '.join(f':{n}' for n in names)})"), rows
            )
    engine.dispose()
    file = place / "mapping.toml"
    written = file.read_text(encoding="utf-8").replace('"files"', '"database"\nvariable = "SUPERVISION_URL"')
    lines = (f'from = "{x[8:-5]}"' if x.startswith("file = ") else x for x in written.splitlines())
    file.write_text("\n".join(lines), encoding="utf-8")


def assessed(ledger: Path, definition: Definition = SCHEME, period: str = "2026-03") -> Score:
    store = Assessments(ledger)
    return assess(store, save(store, definition, TIME, "王某"), period, TIME, "王某", LIMITS)


# ------------------------------------------------------------------------- the same scheme in plain Python


def at(value: str) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _uploaded(r: Row) -> bool:
    uploaded, done = at(r["uploaded"]), at(r["done"])
    assert done is not None
    return uploaded is not None and uploaded <= done + timedelta(days=3)


def _answered(r: Row) -> bool:
    answered, limit = at(r["answered"]), at(r["due"])
    return answered is not None and limit is not None and answered <= limit


def _due_in_march(r: Row) -> bool:
    limit = at(r["due"])
    return limit is not None and limit < datetime(2026, 4, 1)


PLAIN: dict[str, tuple[str, str, Callable[[Row], Fraction], Callable[[Row], bool]]] = {
    "监管数据及时上报率": ("inspection", "done", lambda r: Fraction(_uploaded(r)), lambda _: True),
    "检查结果公示率": ("inspection", "done", lambda r: Fraction(bool(r["published"])), lambda _: True),
    "问题整改率": (
        "inspection",
        "done",
        lambda r: Fraction(bool(r["rectified"])),
        lambda r: r["problem"] == "是",
    ),
    "预警按时反馈率": ("warning", "raised", lambda r: Fraction(_answered(r)), _due_in_march),
    "每次检查平均用时": ("inspection", "done", lambda r: Fraction(r["hours"]), lambda r: bool(r["hours"])),
}


def plainly(ledger: Path) -> dict[tuple[str, str, str], tuple[Fraction, int]]:
    """Measure, dimension, group → numerator and denominator of March."""
    out: dict[tuple[str, str, str], tuple[Fraction, int]] = {}
    for name, (table, time, above, below) in PLAIN.items():
        for r in csv.DictReader((ledger / "mappings" / f"{table}.csv").open(encoding="utf-8")):
            if not r[time].startswith("2026-03") or not below(r):
                continue
            for dimension in SCHEME.dimensions:
                key = (name, dimension, r[dimension])
                had = out.get(key, (Fraction(0), 0))
                out[key] = (had[0] + above(r), had[1] + 1)
    return out


def plain_total(ledger: Path, dimension: str, group: str) -> Fraction:
    counts, gained, weights = plainly(ledger), Fraction(0), Fraction(0)
    for m in SCHEME.measures:
        above, below = counts.get((m.name, dimension, group), (Fraction(0), 0))
        if below:
            value = above * (100 if m.unit == "%" else 1) / below
            part = (value - Fraction(m.zero)) / (Fraction(m.full) - Fraction(m.zero))
            gained += Fraction(m.weight) * 100 * min(max(part, Fraction(0)), Fraction(1))
            weights += Fraction(m.weight)
    return gained / weights


def as_in_plain_python(ledger: Path, score: Score) -> None:
    assert not score.gaps, score.gaps
    found = {
        (c.measure, c.dimension, g): (Fraction(a), Fraction(b or 0))
        for c in score.counts
        for g, (a, b) in c.groups.items()
        if b
    }
    plain = plainly(ledger)
    assert set(found) == set(plain) and len(found) > 50
    for key, (above, below) in plain.items():
        assert found[key][1] == below, key
        assert abs(found[key][0] - above) < Fraction(1, 10**9), key
    for (dimension, group), (total, rank) in score.totals.items():
        exact = plain_total(ledger, dimension, group)
        assert total is not None and abs(Fraction(total) - exact) <= Fraction(1, 200), (dimension, group)
        others = [plain_total(ledger, dimension, g) for d, g in score.totals if d == dimension]
        assert rank == 1 + sum(o > exact for o in others)


def test_scores_of_files_equal_plain_python(ledger: Path) -> None:
    as_in_plain_python(ledger, assessed(ledger))


def test_scores_of_sqlite_equal_plain_python(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    into_database(ledger, f"sqlite:///{ledger}/jg.db", monkeypatch)
    as_in_plain_python(ledger, assessed(ledger))


def test_scores_of_postgresql_equal_plain_python(
    postgres: Cluster, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.fresh()
    into_database(ledger, address, monkeypatch)
    score = assessed(ledger)
    as_in_plain_python(ledger, score)
    as_on_files = {c.query for c in score.counts}
    assert all("pack_" in q for q in as_on_files)
    postgres.drop(address)


# ------------------------------------------------------------------------------------------ conditions

TABLE = pack("supervision").tables["inspection"]


def sql(written: str, dialect: str = "duckdb") -> str:
    return as_sql(conditions(written, TABLE, "m"), dialect, lambda n: f'"{n}"')


def test_conditions_become_sql_of_columns_and_literals() -> None:
    assert sql("数据上报时间 ≤ 检查时间") == '"uploaded" <= "done"'
    assert sql("uploaded<=检查时间+3天") == '"uploaded" <= ("done" + INTERVAL \'72\' HOUR)'
    assert sql("uploaded <= 检查时间 + 3 小时", "sqlite") == '"uploaded" <= datetime("done", \'+3 hours\')'
    assert sql("结果公示时间 不空； 发现问题 = 是") == '"published" IS NOT NULL AND "problem" = 1'
    assert sql("结果公示时间 空") == '"published" IS NULL'
    assert sql("检查用时（小时） 不空") == '"hours" IS NOT NULL'
    assert sql("方式 属于 专项、联合") == "\"kind\" IN ('专项', '联合')"
    assert sql("方式 不属于 日常") == "\"kind\" NOT IN ('日常')"
    assert sql("检查时间 ＜ 时段末") == '"done" < :end'
    assert sql("检查用时 > 1.50") == '"hours" > 1.50'
    assert sql("计划完成日期 ≥ 2026-02-28") == "\"planned\" >= '2026-02-28'"
    assert sql("") == "1 = 1"
    # a value that is also the name of a column, and the column itself
    assert sql("方式 = “地区”") == "\"kind\" = '地区'"
    assert sql("方式 = 地区") == '"kind" = "region"'


@pytest.mark.parametrize(
    "written",
    [
        "没有这一列 = 1",
        "方式",
        "方式 像 专项",
        "方式 > 专项",  # words have no order
        "发现问题 ≥ 是",
        "发现问题 = 也许",
        "检查用时 = 很久",
        "检查用时 = 1e999999",
        "检查用时 = nan",
        "计划完成日期 = 2026-13-01",
        "检查时间 < 昨天",
        "方式 属于 、",
        "方式 = a\\' OR 1=1 --",
    ],
)
def test_conditions_that_cannot_be_read_are_refused(written: str) -> None:
    with pytest.raises(EvidenceError):
        sql(written)


@pytest.mark.parametrize(
    "value",
    ["'; DROP TABLE inspection; --", "x' OR '1'='1", "')) UNION SELECT 1", '"; ATTACH', "pg_read_file('x')"],
)
def test_hostile_values_stay_text(value: str, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a literal they are but a value that no row has; the semicolon ends a condition, and the rest is none."""
    hostile = replace(SCHEME.measures[0], above=Amount("rows", where=f"方式 = {value}"), name="恶意")
    if ";" in value:
        with pytest.raises(EvidenceError):
            assessed(ledger, replace(SCHEME, measures=(hostile,)))
        return
    made = sql(f"方式 = {value}")
    guarded(f"SELECT count(*) AS n FROM inspection WHERE {made}")
    score = assessed(ledger, replace(SCHEME, measures=(hostile,)))
    assert not score.gaps
    assert {a for c in score.counts for a, _ in c.groups.values()} == {Decimal(0)}


# ------------------------------------------------------------------------------------------ scores


def test_a_share_is_counted_within_its_whole_and_blank_groups_have_no_rank(ledger: Path) -> None:
    file = ledger / "mappings" / "warning.csv"
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    for r in rows[:60]:
        r["region"] = ""
    with file.open("w", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    score = assessed(ledger)
    assert all(
        a <= b
        for c in score.counts
        for a, b in c.groups.values()
        if c.measure.endswith("率") and b is not None
    )
    blank = next(s for s in standings(SCHEME, score.counts) if s.dimension == "region" and not s.group)
    assert (blank.total, blank.rank) == (None, None)


def test_what_could_not_be_read_is_a_gap_and_nobody_is_ranked_without_it(ledger: Path) -> None:
    (ledger / "mappings" / "warning.csv").unlink()
    score = assessed(ledger)
    assert {c.measure for c in score.gaps} == {"预警按时反馈率"}
    assert all(pair == (None, None) for pair in score.totals.values()) and score.totals
    parts = {p.measure.name: p.points for s in standings(SCHEME, score.counts) for p in s.parts}
    assert parts["检查结果公示率"] is not None and parts["预警按时反馈率"] is None


def test_nothing_to_divide_by_is_left_out_and_the_others_weigh_more(ledger: Path) -> None:
    only = replace(
        SCHEME,
        dimensions=("body",),
        measures=(
            SCHEME.measures[1],
            replace(SCHEME.measures[2], below=Amount("rows", where="监管部门 = 城管局")),
        ),
    )
    found = {s.group: s for s in standings(only, assessed(ledger, only).counts)}
    alone = found["交通局"]
    assert alone.parts[1].points is None and alone.total == alone.parts[0].points
    both = found["城管局"]
    assert both.parts[1].points is not None


def test_equal_totals_share_a_rank(ledger: Path) -> None:
    flat = replace(
        SCHEME,
        dimensions=("region",),
        measures=(replace(SCHEME.measures[1], zero=Decimal(-2), full=Decimal(-1)),),
    )
    score = assessed(ledger, flat)
    assert set(score.totals.values()) == {(Decimal("100.00"), 1)}


def test_less_is_better_where_the_full_value_is_the_smaller(ledger: Path) -> None:
    only = replace(SCHEME, dimensions=("body",), measures=(SCHEME.measures[4],))
    found = standings(only, assessed(ledger, only).counts)
    values = [s.parts[0].value for s in found]
    assert values == sorted(values) and found[0].rank == 1  # type: ignore[type-var]


# ------------------------------------------------------------------------------------------ versions


def test_an_old_score_is_repeated_by_its_version_and_tells_that_the_source_changed(ledger: Path) -> None:
    store = Assessments(ledger)
    first = assessed(ledger)
    heavier = replace(
        SCHEME, measures=(replace(SCHEME.measures[0], weight=Decimal(60)), *SCHEME.measures[1:])
    )
    second = assessed(ledger, heavier)
    assert (first.version.number, second.version.number) == (1, 2)
    assert first.totals != second.totals
    again = store.score(1)
    assert again.version.definition == SCHEME and differences(again) == [] and again.totals == first.totals
    # with the newest version it would be another score; with the old one and the old source it is the same
    assert (
        assess(store, store.version(SCHEME.name, 1), "2026-03", TIME, "王某", LIMITS).totals == first.totals
    )
    file = ledger / "mappings" / "inspection.csv"
    kept = file.read_text(encoding="utf-8")
    file.write_text("\n".join(kept.splitlines()[:-300]), encoding="utf-8")
    changed = assess(store, store.version(SCHEME.name, 1), "2026-03", TIME, "王某", LIMITS)
    assert differences(store.score(1), changed.counts)
    assert differences(store.score(1)) == []  # the counts of then were kept


def test_a_score_that_was_changed_by_hand_is_noticed(ledger: Path) -> None:
    assessed(ledger)
    file = ledger / SCORES
    line = json.loads(file.read_text(encoding="utf-8"))
    line["totals"][0][2] = "99.99"
    file.write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    assert len(differences(Assessments(ledger).score(1))) == 1
    assessed_again = replace(SCHEME, every="year")
    assessed(ledger, assessed_again, "2026")
    file.write_text(file.read_text(encoding="utf-8").replace("99.99", "88.88"), encoding="utf-8")
    with pytest.raises(EvidenceError):
        Assessments(ledger).scores()


def test_who_saves_over_a_version_not_seen_is_told_and_loses_nothing(ledger: Path) -> None:
    store = Assessments(ledger)
    save(store, SCHEME, TIME, "甲")
    mine = replace(SCHEME, every="quarter")
    save(store, mine, TIME, "乙", before=1)
    with pytest.raises(EvidenceError, match="第 2 版（乙"):
        save(store, replace(SCHEME, every="year"), TIME, "丙", before=1)
    with pytest.raises(EvidenceError, match="一样"):
        save(store, mine, TIME, "丙", before=2)
    assert [v.by for v in store.versions(SCHEME.name)] == ["甲", "乙"]


def test_many_at_once_make_one_version_each_and_lose_none(ledger: Path) -> None:
    refused: list[str] = []

    def one(k: int) -> None:
        changed = replace(SCHEME, measures=(replace(SCHEME.measures[0], weight=Decimal(k + 1)),))
        for before in range(20):
            try:
                save(Assessments(ledger), changed, TIME, f"人{k}", before=before)
            except EvidenceError as error:
                refused.append(str(error))
            else:
                return

    threads = [threading.Thread(target=one, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    kept = Assessments(ledger).versions(SCHEME.name)
    assert [v.number for v in kept] == list(range(1, len(kept) + 1))
    assert len({v.by for v in kept}) == len(kept) >= 1 and all("没有保存" in r for r in refused)


def test_definitions_go_round_through_data(ledger: Path) -> None:
    assert definition_of(as_data(SCHEME)) == SCHEME


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": ""}, "名称"),
        ({"name": "../x"}, "名称"),
        ({"every": "day"}, "周期"),
        ({"mapping": ""}, "对应文件"),
        ({"dimensions": []}, "哪一列"),
        ({"dimensions": ["nothing"]}, "没有一个指标"),
        ({"measure": []}, "一个指标也没有"),
    ],
)
def test_definitions_that_cannot_be_used_say_why(ledger: Path, change: dict[str, object], why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        save(Assessments(ledger), definition_of({**as_data(SCHEME), **change}), TIME, "王某")
    assert Assessments(ledger).versions() == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"table": "none"}, "没有表"),
        ({"weight": "0"}, "权重"),
        ({"weight": "nan"}, "不是数"),
        ({"zero": "100"}, "不能一样"),
        ({"above": {"what": "all"}}, "数什么"),
        ({"above": {"what": "sum"}}, "哪一列"),
        ({"above": {"what": "sum", "column": "方式"}}, "不是数"),
        ({"above": {"what": "rows", "where": "没有 = 1"}}, "没有“没有”这一列"),
        ({"name": "检查结果公示率"}, "两个指标"),
    ],
)
def test_measures_that_cannot_be_used_say_why(ledger: Path, change: dict[str, object], why: str) -> None:
    data = as_data(SCHEME)
    data["measure"][0] = {**data["measure"][0], **change}
    with pytest.raises(EvidenceError, match=why):
        save(Assessments(ledger), definition_of(data), TIME, "王某")


def test_periods_are_those_of_the_definition() -> None:
    quarterly = replace(SCHEME, every="quarter")
    name, span = span_of(quarterly, "2026q2")
    assert (name, span.begin, span.end) == ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
    for definition, wrong in (
        (SCHEME, "2026"),
        (SCHEME, "2026-13"),
        (quarterly, "2026-05"),
        (quarterly, "2026-Q5"),
    ):
        with pytest.raises(EvidenceError):
            span_of(definition, wrong)
    assert [last_period(e, date(2026, 1, 5)) for e in ("month", "quarter", "year")] == [
        "2025-12",
        "2025-Q4",
        "2025",
    ]
    assert last_period("quarter", date(2026, 7, 1)) == "2026-Q2"


def test_what_is_due_is_run_once_and_again_only_where_it_was_not_read(ledger: Path) -> None:
    store = Assessments(ledger)
    version = save(store, SCHEME, TIME, "王某")
    day = date(2026, 4, 2)
    assert due(store, day) == [(version, "2026-03")]
    kept = (ledger / "mappings" / "warning.csv").read_bytes()
    (ledger / "mappings" / "warning.csv").unlink()
    assess(store, version, "2026-03", TIME, "王某", LIMITS)
    assert due(store, day) == [(version, "2026-03")]
    (ledger / "mappings" / "warning.csv").write_bytes(kept)
    assess(store, version, "2026-03", TIME, "王某", LIMITS)
    assert due(store, day) == []


# ------------------------------------------------------------------------------------------ the command line


def test_from_the_sample_to_the_promise_on_the_command_line(tmp_path: Path) -> None:
    run, store = CliRunner(), str(tmp_path)

    def told(*words: str, status: int = 0) -> str:
        answer = run.invoke(app, ["supervision", *words])
        assert answer.exit_code == status, answer.output
        return answer.output

    told("sample", store)
    told("save", str(tmp_path / "scheme.toml"), "--store", store, "--by", "王某", "--at", TIME)
    score = ("score", SCHEME.name, "--period", "2026-03", "--store", store, "--by", "王某", "--at", TIME)
    shown = told(*score, "--out", str(tmp_path / "out"), "--record")
    assert "按监管部门" in shown and "supervision.assessment" in shown
    assert len(list((tmp_path / "out").glob("*.csv"))) == 3
    assert "一个不差" in told("repeat", "1", "--store", store, "--again")
    assert json.loads(told("repeat", "1", "--store", store, "--format", "json"))["differences"] == []
    (tmp_path / "mappings" / "warning.csv").unlink()
    assert "没有总分" in told(*score, status=2)
    rows = json.loads(told("show", SCHEME.name, "--store", store, "--dimension", "地区", "--format", "json"))[
        "rows"
    ]
    assert {r["dimension"] for r in rows} == {"地区"} and {r["total"] for r in rows} == {None}
    assert told(
        *score, "--out", str(tmp_path / "o"), "--record", "--format", "csv", status=2
    )  # a gap is no proof
    assert len([o for o in Observations(tmp_path).read() if o.indicator == "supervision.assessment"]) == 1
    told("save", str(tmp_path / "scheme.toml"), "--store", store, "--by", "王某", status=2)
