"""Across documents: one cause is one finding, both sides are cited, what is no disclosure is never compared."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.test_ledger import ITEMS, disclosure, put, taken
from yibenzhang.cli import app
from yibenzhang.ledger.asking import answer
from yibenzhang.ledger.causes import Difference, causes
from yibenzhang.ledger.comparing import AcrossFinding, compare
from yibenzhang.ledger.merging import merge
from yibenzhang.ledger.store import Ledger

pytestmark = pytest.mark.middle


def found(folder: Path, *texts: str) -> list[AcrossFinding]:
    ledger = Ledger(folder / "账本")
    taken(ledger, *(put(folder, f"{k}.txt", text) for k, text in enumerate(texts)))
    return compare(ledger)


def difference(
    gap: str, depth: int, pair: tuple[int, int] = (1, 2), at: tuple[int, int] = (0, 0)
) -> Difference:
    return Difference(pair, Decimal(gap), Decimal("0.01"), depth, at)


def test_a_total_that_differs_with_its_part_is_one_finding(tmp_path: Path) -> None:
    [f] = found(tmp_path, disclosure(2025), disclosure(2026, {"节能环保支出": 81.5}, factor=1.05))
    assert (f.rule, f.who, f.year, f.gap) == ("across.previous", "示范市数据局", 2025, Decimal(630000))
    assert [(s.year, s.label, s.printed, Path(s.file).name) for s in f.sides] == [
        (2026, "节能环保支出", "81.50", "1.txt"),
        (2025, "节能环保支出", "18.50", "0.txt"),
    ]
    assert [s.label for two in f.more for s in two] == ["支出合计", "支出合计"]


def test_causes_of_a_sum() -> None:
    total = difference("5", 0), difference("2", 3), difference("3", 3)
    assert causes(total) == [[2, 0], [1]]
    assert causes([difference("5", 0), difference("2", 3)]) == [[0], [1]]
    other = difference("7", 1, (1, 3), (9, 7)), difference("4", 1, (4, 9), (9, 7))
    assert causes(other) == [[0, 1]]  # one printed number that two documents contradict


def test_what_is_no_disclosure_is_never_compared(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    assessment = "示范市数据局2025年度项目支出绩效自评表\n项目名称\t数据共享\n全年预算数\t全年执行数\n30\t29\n自评得分 95"
    circular = (
        "关于批复2025年部门预算的通知\n示范市数据局：\n" + disclosure(2025, factor=1.01).partition("\n")[2]
    )
    taken(
        ledger,
        *(put(tmp_path, f"{k}.txt", t) for k, t in enumerate((assessment, circular, disclosure(2026)))),
    )
    kinds = dict(answer(ledger, "SELECT path, kind FROM documents").rows)
    others = [p for p, k in kinds.items() if k != "disclosure"]
    compared = answer(ledger, "SELECT path FROM known WHERE comparable").rows
    assert others and not {p for (p,) in compared} & set(others)


def test_merging_changes_nothing_that_is_asked(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    for k, year in enumerate((2024, 2025, 2026)):
        taken(
            ledger, put(tmp_path / str(k), f"{year}.txt", disclosure(year, {"教育支出": 93.3} if k else None))
        )
    before = compare(ledger), answer(ledger, "SELECT * FROM facts ORDER BY ALL")
    assert len(before[0]) == 2
    merge(ledger)
    assert len(ledger.batch_folders()) == 1
    assert (compare(ledger), answer(ledger, "SELECT * FROM facts ORDER BY ALL")) == before
    assert ledger.verify() == []


def test_a_merge_that_was_killed_counts_nothing_twice(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    for year in (2024, 2025):
        taken(ledger, put(tmp_path / str(year), f"{year}.txt", disclosure(year)))
    ledger.remove_replaced = lambda: None  # type: ignore[method-assign]
    merge(ledger)
    again = Ledger(ledger.folder)
    assert (len(again.batch_folders()), len(list(again.batches.iterdir()))) == (1, 3)
    assert answer(again, "SELECT count(*) FROM documents").rows == ((2,),)


def test_the_command_tells_text_json_and_csv(tmp_path: Path) -> None:
    found(tmp_path, disclosure(2025), disclosure(2026, {"节能环保支出": 81.5}))
    at = ["ledger", "check", "--ledger", str(tmp_path / "账本")]
    text = CliRunner().invoke(app, at)
    assert text.exit_code == 1
    assert "81.50" in text.stdout and "1.txt" in text.stdout and "另有 1 个数随之不同" in text.stdout
    [one] = json.loads(CliRunner().invoke(app, [*at, "-f", "json"]).stdout)["findings"]
    assert [s["printed"] for s in one["sides"]] == ["81.50", "18.50"]
    [row] = csv.DictReader(CliRunner().invoke(app, [*at, "-f", "csv"]).stdout.splitlines())
    assert (row["a_value"], row["b_value"], row["gap"]) == ("815000", "185000", "630000")
    assert CliRunner().invoke(app, [*at, "--body", "别的局"]).exit_code == 0
    assert CliRunner().invoke(app, [*at, "-f", "xml"]).exit_code == 2


def test_what_sentences_say_of_last_year(tmp_path: Path) -> None:
    """This year's amount less its change is last year's own; told where no table prints last year."""

    def text(year: int, changes: dict[str, float]) -> str:
        rows = [f"示范市数据局{year}年部门预算", "支出预算总表", "单位：万元", "支出项目\t本年预算数"]
        rows += [f"{n}\t{v + changes.get(n, 0):.2f}" for n, v in ITEMS]
        rows.append(f"支出合计\t{sum(v + changes.get(n, 0) for n, v in ITEMS):.2f}")
        rows += ["", "预算安排情况说明", ""]
        rows += [
            f"{n}{v + changes[n]:.2f}万元，比上年增加{told(n, changes):.2f}万元。"
            for n, v in ITEMS
            if n in changes
        ]
        return "\n".join(rows) + "\n"

    def told(name: str, changes: dict[str, float]) -> float:
        return changes[name] + (9 if name == "教育支出" else 0)

    changes = {n: 10.0 + k for k, (n, _) in enumerate(ITEMS[:10])}
    [f] = found(tmp_path, text(2025, {}), text(2026, changes))
    assert (f.rule, f.sides[0].sentence, f.sides[1].label) == ("across.previous", True, "教育支出")
    assert "即上年为 24.9万元" in f.message


CODED = (
    ("2010101", "人大事务", "行政运行", 812.35), ("2010102", "人大事务", "一般行政管理事务", 120.4),
    ("2010104", "人大事务", "人大会议", 27.66), ("2010106", "人大事务", "人大监督", 18.5),
    ("2010108", "人大事务", "代表工作", 15.27), ("2080505", "行政事业单位养老支出", "机关事业单位基本养老保险缴费支出", 61.08),
    ("2101101", "行政事业单位医疗", "行政单位医疗", 33.9), ("2210201", "住房改革支出", "住房公积金", 44.3),
    ("2210202", "住房改革支出", "提租补贴", 39.94),
)  # fmt: skip


def coded(year: int, grown: float = 0, names: dict[str, str] | None = None) -> str:
    """A budget by code; each number ``grown`` since the year before."""
    rows = [
        f"示范市人大办公室{year}年部门预算",
        "一般公共预算支出表",
        "单位：万元",
        "科目编码\t科目名称\t合计",
    ]
    rows += [f"{c}\t{(names or {}).get(c, n)}\t{v + grown:.2f}" for c, _, n, v in CODED]
    return "\n".join([*rows, f"\t合计\t{sum(v + grown for *_, v in CODED):.2f}"]) + "\n"


def prose(sentence: str, wrong: float = 9, grown: float = 2, names: dict[str, str] | None = None) -> str:
    """What the text says of each code; of 住房公积金 it says what is wrong by ``wrong``."""
    rows = ["", "一、一般公共预算支出情况说明", ""]
    for k, (code, m, n, v) in enumerate(CODED):
        told = {"now": v + grown, "change": grown + wrong * (code == "2210201"), "before": v}
        rows.append(f"{k + 1}.{m}（款）{(names or {}).get(code, n)}（项）" + sentence.format(**told))
    return "\n".join(rows) + "\n"


GROWN = "支出{now:.2f}万元，与上年相比增加{change:.2f}万元。"


def test_parts_of_a_list_speak_of_last_year(tmp_path: Path) -> None:
    [f] = found(tmp_path, coded(2025), coded(2026, 2) + prose(GROWN))
    assert (f.rule, f.gap, f.sides[1].label) == ("across.previous", Decimal(-90000), "住房公积金")
    assert found(tmp_path / "也对", coded(2025), coded(2026, 2) + prose(GROWN, 0)) == []


def test_a_text_without_tables_speaks_by_its_words(tmp_path: Path) -> None:
    title = "示范市人大办公室2026年部门预算\n"
    [f] = found(tmp_path, coded(2025), title + prose(GROWN))
    assert (f.sides[0].sentence, f.sides[1].label) == (True, "住房公积金")
    assert found(tmp_path / "也对", coded(2025), title + prose(GROWN, 0)) == []


def test_as_last_year_says_last_year(tmp_path: Path) -> None:
    same = "支出{now:.2f}万元，与上年预算数相等。"
    wrong = coded(2025).replace("44.30", "43.40").replace("1173.40", "1172.50")
    [f] = found(tmp_path, wrong, coded(2026) + prose(same, grown=0))
    assert f.sides[1].printed == "43.40" and "与上年预算数相等”" in f.message
    assert found(tmp_path / "也对", coded(2025), coded(2026) + prose(same, grown=0)) == []


def test_what_was_spent_last_year_is_not_its_budget(tmp_path: Path) -> None:
    spent = "支出{now:.2f}万元，上年决算数为{before:.2f}万元，比上年决算数增加{change:.2f}万元。"
    assert found(tmp_path, coded(2025, 1), coded(2026, 2) + prose(spent, 0)) == []


def test_a_code_of_another_name_is_another_thing(tmp_path: Path) -> None:
    other = {"2210201": "公诉、审判、侦查、执行等检察监督支出"}
    assert found(tmp_path, coded(2025), coded(2026, 2, other) + prose(GROWN, names=other)) == []
