"""The ledger: taken in once, asked within limits, safe against kills, full disks and hostile SQL; laws across files."""

from __future__ import annotations

import errno
import io
import json
import tarfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.feather as feather
import pytest
from typer.testing import CliRunner

import yibenzhang.ledger.parquet as parquet
from yibenzhang.checking.analysis import analysis_of
from yibenzhang.checking.check import check, check_document
from yibenzhang.cli import app
from yibenzhang.ledger.asking import QueryError, answer, ready
from yibenzhang.ledger.ingesting import Origin, Taken, ingest
from yibenzhang.ledger.merging import merge
from yibenzhang.ledger.store import Ledger, LedgerError, restore
from yibenzhang.model.analysis import SCHEMA
from yibenzhang.model.pages import PAGES
from yibenzhang.reading import read_data

ITEMS = [
    ("一般公共服务支出", 812.35), ("公共安全支出", 61.08), ("教育支出", 33.9), ("科学技术支出", 120.4),
    ("文化旅游体育与传媒支出", 27.66), ("社会保障和就业支出", 96.71), ("卫生健康支出", 44.02), ("节能环保支出", 18.5),
    ("城乡社区支出", 205.3), ("农林水支出", 15.27), ("交通运输支出", 39.94), ("资源勘探工业信息等支出", 52.15),
    ("商业服务业等支出", 23.8), ("住房保障支出", 71.13),
]  # fmt: skip
NOW = "2026-03-01T00:00:00+00:00"


def disclosure(year: int, previous: dict[str, float] | None = None, factor: float = 1.0) -> str:
    """A budget of two columns: last year's as it tells it, and its own."""
    rows = [f"示范市数据局{year}年部门预算", "支出预算总表", "单位：万元", "支出项目\t上年预算数\t本年预算数"]
    told = {**dict(ITEMS), **(previous or {})}
    rows += [f"{n}\t{told[n]:.2f}\t{v * factor:.2f}" for n, v in ITEMS]
    rows.append(f"支出合计\t{sum(told.values()):.2f}\t{sum(v * factor for _, v in ITEMS):.2f}")
    return "\n".join(rows) + "\n"


def put(folder: Path, name: str, text: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def taken(ledger: Ledger, *paths: str, jobs: int = 1) -> Taken:
    made = list(ingest(ledger, paths, NOW, Origin({}), jobs=jobs))
    return made[-1]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "账本")


def count(ledger: Ledger, table: str = "documents") -> int:
    found: int = answer(ledger, f"SELECT count(*) FROM {table}").rows[0][0]
    return found


def test_an_analysis_has_every_table_and_column() -> None:
    made = analysis_of(check_document(read_data("a.txt", disclosure(2026).encode())))
    assert {name: len(columns) for name, columns in made.tables.items()} == {
        n: len(c) for n, c in SCHEMA.items() if n not in PAGES
    }
    (document,) = made.rows("documents")
    assert (document["body"], document["year"], document["stage"]) == ("示范市数据局", 2026, "budget")
    facts = made.rows("facts")
    assert len(facts) == 30
    assert {f["version"] for f in facts} == {"", "previous"} or {f["version"] for f in facts} == {
        "current_year",
        "previous",
    }
    total = max(facts, key=lambda f: f["value"])
    assert total["low"] < total["value"] < total["high"]
    assert all(t["fact"] in {f["fact"] for f in facts} for t in made.rows("terms"))


def test_what_is_known_is_passed_over(ledger: Ledger, tmp_path: Path) -> None:
    one = put(tmp_path / "文件", "一.txt", disclosure(2025))
    assert taken(ledger, one).disclosures == 1
    again = taken(ledger, one)
    assert (again.files, again.known) == (0, 1)
    two = put(tmp_path / "文件", "二.txt", disclosure(2026))
    assert (taken(ledger, one, two).files, count(ledger)) == (1, 2)


def test_the_later_version_of_a_disclosure_counts(ledger: Ledger, tmp_path: Path) -> None:
    list(ingest(ledger, [put(tmp_path, "一.txt", disclosure(2026))], "2026-03-01", Origin({})))
    changed = put(tmp_path, "二.txt", disclosure(2026, factor=1.1))
    list(ingest(ledger, [changed], "2026-03-02", Origin({})))
    assert (count(ledger), count(ledger, "every_document")) == (1, 2)
    assert answer(ledger, "SELECT path FROM documents").rows == ((changed,),)


@pytest.mark.middle
def test_the_same_bytes_with_one_and_two_workers(tmp_path: Path) -> None:
    paths = [put(tmp_path / "文件", f"{y}.txt", disclosure(y)) for y in (2024, 2025, 2026)]
    batches = []
    for jobs in (1, 2):
        store = Ledger(tmp_path / f"账本{jobs}")
        taken(store, *paths, jobs=jobs)
        batches.append(
            [p.name for p in store.batches.iterdir()]
        )  # a batch is called by the hash of its bytes
    assert batches[0] == batches[1]


def test_a_batch_that_was_not_finished_is_not_there(ledger: Ledger, tmp_path: Path) -> None:
    taken(ledger, put(tmp_path, "一.txt", disclosure(2026)))
    (ledger.batches / ".half").mkdir()
    (ledger.batches / ".half" / "documents.parquet").write_bytes(b"PAR1")
    assert (count(ledger), ledger.verify()) == (1, [])


def test_a_full_disk_loses_nothing(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(ledger, put(tmp_path, "一.txt", disclosure(2025)))

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parquet.pq, "write_table", full)
    two = put(tmp_path, "二.txt", disclosure(2026))
    with pytest.raises(OSError, match="space"):
        taken(ledger, two)
    monkeypatch.undo()
    assert (count(ledger), len(list(ledger.batches.iterdir()))) == (1, 1)
    assert (taken(ledger, two).disclosures, count(ledger)) == (1, 2)


def test_two_ingests_of_the_same_file_count_once(tmp_path: Path) -> None:
    one = put(tmp_path, "一.txt", disclosure(2026))
    first, second = Ledger(tmp_path / "账本"), Ledger(tmp_path / "账本")
    running = ingest(first, [one], NOW, Origin({}))
    other = ingest(second, [one], "2026-03-02T00:00:00+00:00", Origin({}))
    list(running), list(other)
    taken(first, one)
    assert count(first) == 1


def test_backup_restore_and_damage(ledger: Ledger, tmp_path: Path) -> None:
    taken(ledger, put(tmp_path, "一.txt", disclosure(2026)))
    ledger.backup(tmp_path / "备份.tar")
    other = restore(tmp_path / "备份.tar", tmp_path / "另一本")
    assert (count(other), other.verify()) == (1, [])
    with pytest.raises(LedgerError, match="不覆盖"):
        restore(tmp_path / "备份.tar", tmp_path / "另一本")
    (batch,) = other.batches.iterdir()
    data = bytearray((batch / "facts.parquet").read_bytes())
    data[len(data) // 3] ^= 1  # one bit, and the columns are still there
    (batch / "facts.parquet").write_bytes(bytes(data))
    assert other.verify()
    (batch / "facts.parquet").write_bytes(b"PAR1 no more")
    assert "facts.parquet 读不了" in other.verify()[0]


def test_a_ledger_of_version_3_is_read_and_goes_on(tmp_path: Path) -> None:
    """tests/stored/ledger-3.tar was written by a program whose analyses were analysis/3."""
    ledger = restore(Path(__file__).parent.parent / "stored" / "ledger-3.tar", tmp_path / "旧账本")
    assert (count(ledger), ledger.verify()) == (1, [])
    taken(ledger, put(tmp_path, "二.txt", disclosure(2026)))
    (told,) = answer(ledger, "SELECT count(DISTINCT document), count(*) FROM facts").rows
    assert (count(ledger), told[0], told[1] > 30) == (2, 2, True)
    merge(ledger)
    assert (len(list(ledger.batches.iterdir())), count(ledger), ledger.verify()) == (1, 2, [])
    assert answer(ledger, "SELECT count(DISTINCT document), count(*) FROM facts").rows[0] == told


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "别的", "一.txt", "x")
    with pytest.raises(LedgerError, match="不是账本"):
        Ledger(tmp_path / "别的")


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("COPY facts TO 'x.csv'", "SELECT"), ("ATTACH 'x.db'", "SELECT"), ("SELECT 1; SELECT 2", "SELECT"),
        ("SELECT * FROM read_csv('/etc/passwd')", "SQL"), ("SELECT * FROM read_text('/etc/passwd')", "SQL"),
        ("SELECT * FROM glob('/etc/*')", "SQL"), ("INSTALL httpfs", "SELECT"), ("LOAD httpfs", "SELECT"),
        ("SET enable_external_access = true", "SELECT"), ("SELECT nothing FROM facts", "SQL"), ("", "SELECT"),
        ("SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range * b.range = 7", "秒"),
    ],
)  # fmt: skip
def test_hostile_sql_is_refused_or_stopped(ledger: Ledger, sql: str, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        answer(ledger, sql, seconds=1)


def test_an_answer_is_cut_where_it_is_too_long(ledger: Ledger) -> None:
    found = answer(ledger, "SELECT * FROM range(100000)", most=10)
    assert (len(found.rows), found.cut) == (10, True)


@pytest.mark.middle
def test_every_ready_question_can_be_asked(ledger: Ledger, tmp_path: Path) -> None:
    taken(ledger, put(tmp_path, "一.txt", disclosure(2026)))
    for question in ready().values():
        assert question.title
        answer(ledger, question.sql, "数据局", 2026)
    assert len(answer(ledger, ready()["文件"].sql).rows) == 1
    wan = [row[-2] for row in answer(ledger, ready()["收支"].sql).rows]
    assert wan and all(isinstance(w, Decimal) for w in wan)  # money is never a binary float


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM pairs",
        *(
            pytest.param(sql, marks=pytest.mark.middle)
            for sql in (
                "SELECT * FROM Supported",
                'SELECT * FROM "ACROSS"',
                "SELECT * FROM query_table('pai' || 'rs')",
            )
        ),
        "SELECT * FROM query('FROM acr' || 'oss')",
    ],
)
def test_the_views_of_what_is_compared_are_there_for_whoever_asks(ledger: Ledger, sql: str) -> None:
    """However they are named; a connection that does not ask them need not make them."""
    assert answer(ledger, sql).rows == ()
    listed = (
        "SELECT view_name FROM duckdb_views() WHERE view_name IN ('documents', 'pai' || 'rs') ORDER BY ALL"
    )
    assert answer(ledger, listed).rows == (("documents",), ("pairs",))


@pytest.mark.middle
def test_budget_and_accounts_late_and_codes(ledger: Ledger, tmp_path: Path) -> None:
    budget = put(tmp_path, "1.txt", disclosure(2025))
    accounts = put(
        tmp_path,
        "2.txt",
        disclosure(2025, factor=0.9).replace("部门预算", "部门决算").replace("本年预算数", "决算数"),
    )
    dates = {"1.txt": ("", "2025-02-01"), "2.txt": ("", "2026-08-30")}
    list(ingest(ledger, [budget], NOW, Origin(dates)))
    list(ingest(ledger, [accounts], NOW, Origin(dates)))
    [row] = answer(ledger, ready()["预算执行"].sql, "数据局", 2025).rows
    assert row[:3] + row[5:6] == ("示范市数据局", "department", 2025, 90.0)
    late = answer(ledger, ready()["公开晚"].sql, "", 0).rows
    assert sorted((r[0], str(r[3]), r[4]) for r in late) == [
        ("示范市数据局", "2025-02-01", 0),
        ("示范市数据局", "2026-08-30", 0),
    ]


def listing(file: Path, *rows: str) -> Path:
    file.write_text("file,address,published\n" + "".join(f"{r}\n" for r in rows), encoding="utf-8")
    return file


@pytest.mark.middle
def test_a_list_of_downloads(tmp_path: Path) -> None:
    for year in (2025, 2026):  # two files of one name
        put(tmp_path / "下载" / str(year), "预算.txt", disclosure(year))
    rows = ("2025/预算.txt,https://a.gov.cn/1,2025-02-01", "2026/预算.txt,https://a.gov.cn/2,2026-02-10")
    asked = "SELECT year, address, published FROM documents ORDER BY ALL"
    wanted = ((2025, "https://a.gov.cn/1", "2025-02-01"), (2026, "https://a.gov.cn/2", "2026-02-10"))

    def run(ledger: str, *given: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["ingest", *given, "-l", str(tmp_path / ledger), "-j", "1"])
        return done.exit_code, done.output

    # the list alone, and with the folder; in a ledger that had the files before, what is listed is told of them
    whole = listing(tmp_path / "下载" / "清单.csv", *rows)
    assert run("一", "--addresses", str(whole))[0] == 0
    assert run("二", str(tmp_path / "下载" / "2025"), str(tmp_path / "下载" / "2026"))[0] == 0
    folders = [str(tmp_path / "下载" / str(y)) for y in (2025, 2026)]
    assert run("二", *folders, "--addresses", str(whole))[0] == 0
    for name in ("一", "二"):
        assert answer(Ledger(tmp_path / name), asked).rows == wanted
    assert "2 个文件以前收过" in run("二", *folders, "--addresses", str(whole))[1]
    assert run("二", *folders)[0] == 0 and answer(Ledger(tmp_path / "二"), asked).rows == wanted

    # what fits no file or several is told, and nothing is guessed
    short = listing(
        tmp_path / "短.csv", "预算.txt,https://a.gov.cn/3,2025-02-01", "没有.pdf,https://a.gov.cn/4,"
    )
    status, said = run("三", *folders, "--addresses", str(short))
    assert status == 2 and "对得上几个文件" in said and "没有找到这个文件" in said
    assert {r[1:] for r in answer(Ledger(tmp_path / "三"), asked).rows} == {("", "")}
    for wrong in ("预算.txt,x,2026年2月", "预算.txt,x,2026-02-10\n预算.txt,y,2026-02-10"):
        status, said = run("四", *folders, "--addresses", str(listing(tmp_path / "错.csv", wrong)))
        assert status == 2 and "第" in said and not (tmp_path / "四").exists()
    assert run("四")[0] == 2


@pytest.mark.middle
def test_an_answer_as_arrow(ledger: Ledger, tmp_path: Path) -> None:
    taken(ledger, put(tmp_path, "一.txt", disclosure(2026)))
    file, at = tmp_path / "答.arrow", ["query", "收支", "-l", str(ledger.folder), "-f", "arrow"]
    assert CliRunner().invoke(app, at).exit_code == 2
    assert CliRunner().invoke(app, [*at, "-o", str(file)]).exit_code == 0
    assert feather.read_table(file).num_rows == len(answer(ledger, ready()["收支"].sql).rows)


def test_last_year_as_told_against_last_year_s_own(ledger: Ledger, tmp_path: Path) -> None:
    taken(ledger, put(tmp_path, "去年.txt", disclosure(2025)))
    taken(ledger, put(tmp_path, "今年.txt", disclosure(2026, {"节能环保支出": 81.5}, factor=1.05)))
    found = answer(
        ledger, "SELECT label, later_printed, own_printed, held, failed FROM across ORDER BY label"
    ).rows
    assert [(r[0], r[1], r[2]) for r in found if r[0] != "支出合计"] == [("节能环保支出", "81.50", "18.50")]
    assert {r[3:] for r in found} == {(13, 1)}  # the total differs with it, from one cause


@pytest.mark.parametrize("factor", [1.0, pytest.param(1.37, marks=pytest.mark.middle)])
def test_what_agrees_and_what_differs_altogether_is_no_finding(
    ledger: Ledger, tmp_path: Path, factor: float
) -> None:
    """All equal; or all other, as after a reform: then the two speak of something else."""
    taken(ledger, put(tmp_path, "去年.txt", disclosure(2025)))
    taken(ledger, put(tmp_path, "今年.txt", disclosure(2026, {n: v * factor for n, v in ITEMS})))
    assert not answer(ledger, "SELECT * FROM across").rows


def test_the_commands(tmp_path: Path) -> None:
    put(tmp_path / "文件", "一.txt", disclosure(2026))
    put(tmp_path / "文件", "坏.pdf", "%PDF-1.4 nothing")
    at = ["--ledger", str(tmp_path / "账本")]
    result = CliRunner().invoke(app, ["ingest", str(tmp_path / "文件"), *at, "--jobs", "1"])
    assert result.exit_code == 2, result.output  # one file could not be read; the other is in
    listed = CliRunner().invoke(app, ["query", "文件", *at, "--format", "json"])
    assert [r["单位"] for r in json.loads(listed.stdout)] == ["示范市数据局"]
    assert "收支" in CliRunner().invoke(app, ["query", *at]).stdout
    assert CliRunner().invoke(app, ["query", "没有", *at]).exit_code == 2
    assert CliRunner().invoke(app, ["ledger", "verify", *at]).exit_code == 0
    out = tmp_path / "答案.parquet"
    assert CliRunner().invoke(app, ["query", "文件", *at, "-f", "parquet", "-o", str(out)]).exit_code == 0
    assert parquet.pq.read_table(out).num_rows == 1


def test_every_term_is_a_number_of_the_analysis() -> None:
    for example in ("hubei-clean.txt", "shanghai-accounts.txt"):
        path = Path(__file__).parents[2] / "examples" / example
        if path.exists():
            made = analysis_of(check(path))
            known = {f["fact"] for table in ("facts", "figures") for f in made.rows(table)}
            assert {t["fact"] for t in made.rows("terms")} <= known


def test_what_a_kill_left_behind_can_be_removed(ledger: Ledger) -> None:
    (ledger.batches / ".half").mkdir()
    ledger.clean()
    assert not list(ledger.batches.iterdir())


@pytest.mark.parametrize(
    "name", ["../x.parquet", "/tmp/x.parquet", "batches/0123456789abcdef/../../x.parquet", "x.py"]
)
def test_a_backup_writes_nothing_but_a_ledger(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "坏.tar", "w") as archive:
        info = tarfile.TarInfo(name)
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(LedgerError, match="不认识"):
        restore(tmp_path / "坏.tar", tmp_path / "新")
