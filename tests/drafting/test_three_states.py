"""Given, nothing, not known: what nobody gave is asked for, never written as nothing and never as a first year."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from yibenzhang.checking.check import check
from yibenzhang.cli import app
from yibenzhang.drafting.compose import Composed, compose
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.invented import Shape, body
from yibenzhang.drafting.parts import Words
from yibenzhang.drafting.published import before_the_next, figures_of, published
from yibenzhang.drafting.text import as_text
from yibenzhang.drafting.workbook import read_workbook
from yibenzhang.model.issues import Severity
from yibenzhang.processes import confined
from yibenzhang.processes.confining import Limits
from yibenzhang.reading import ReadingError

ZERO = Decimal(0)
NONE = ("没有安排", "没有机关", "没有政府采购", "车辆0辆", "首次编报", "没有单独编报", "不设项目")
FIGURES = body(4, 6, "hubei", "budget", 2026, Shape(2, 3, carried=False))


def prose(composed: Composed) -> str:
    return "\n".join(p.text for p in composed.draft.parts if isinstance(p, Words))


def keys(composed: Composed) -> set[str]:
    return {a.key for a in composed.asks}


@pytest.mark.parametrize("region", ["hubei", "shanghai", "jiangsu", "national"])
@pytest.mark.parametrize("stage", ["budget", "accounts"])
def test_what_nobody_gave_is_asked_for(region: str, stage: str) -> None:
    given = body(4, 6, region, stage, 2026, Shape(1, 2))
    composed = compose(replace(given, extra={}, counts={}, last={}, purchases=(), complete=False))
    asked = keys(composed)
    assert {"extra.procurement", "counts.车辆", "first_year", "last.income_total"} <= asked
    assert [w for w in NONE if w in prose(composed)] == []


def test_nothing_that_was_given_is_written_as_nothing() -> None:
    composed = compose(replace(FIGURES, extra={"procurement": ZERO, "purchased_services": ZERO}))
    assert composed.asks == ()
    assert "没有安排政府采购预算" in prose(composed)
    assert "没有安排政府购买服务预算" in prose(composed)


def test_a_first_year_is_one_only_where_somebody_says_so() -> None:
    assert "首次编报" in prose(compose(replace(FIGURES, complete=True, last={})))
    partly = compose(replace(FIGURES, complete=False, last={"income_total": Decimal(1)}))
    assert "last.three_public" in keys(partly) and "first_year" not in keys(partly)
    assert not any(w in prose(partly) for w in ("首次编报", "没有单独编报"))


def test_the_parts_of_a_whole_say_what_is_left() -> None:
    def asked(**extra: str) -> set[str]:
        amounts = {f"procurement{k}": Decimal(v) for k, v in extra.items()} | {"purchased_services": ZERO}
        return {k for k in keys(compose(replace(FIGURES, extra=amounts))) if "procurement" in k}

    assert asked(**{"": "900", "_goods": "900"}) == set()
    assert asked(**{"": "900", "_goods": "400", "_works": "0"}) == set()
    assert asked(_goods="400", _works="0", _services="500") == set()
    assert asked(**{"": "900", "_goods": "400"}) == {"extra.procurement_works", "extra.procurement_services"}


# ---- from a published document ----------------------------------------------------------------


def source(tmp_path: Path, figures: Figures, change: tuple[str, str] = ("", "")) -> Path:
    """The text of a drafted disclosure, as somebody else might have published it."""
    text = as_text(compose(figures).draft)
    assert change[0] in text
    path = tmp_path / "公开.txt"
    path.write_text(text.replace(*change) if change[0] else text, encoding="utf-8")
    return path


def again(path: Path) -> Composed:
    found = published(path)
    return compose(figures_of(found, {}), grids=list(found.grids))


FULL = replace(
    FIGURES,
    extra={
        "procurement": Decimal("48212000"), "procurement_goods": Decimal("8212000"),
        "procurement_works": ZERO, "procurement_services": Decimal("40000000"), "purchased_services": Decimal("1200000"),
    },
    counts={"机要通信用车": 3, "其他用车": 5, "单价100万元（含）以上设备（不含车辆）": 2},
    last={k: v * 2 for k, v in compose(FIGURES).measures.items()}
    | {"purchased_services": Decimal("600000"), "operating_cost": Decimal("2000000")},
)  # fmt: skip


def test_incomes_that_do_not_make_up_the_total_are_asked_for() -> None:
    """A source whose table of income lacks what was carried over: the list is not written as if it were whole."""
    from yibenzhang.drafting.prose import Writer

    class Known:
        values = {
            "income_total": Decimal("130"),
            "income_general": Decimal("100"),
            "income_business": Decimal("10"),
        }

        def value(self, name: str) -> Decimal | None:
            return self.values.get(name)

        def wan(self, name: str) -> Decimal:
            return self.values.get(name, ZERO)

    prose_ = Writer.__new__(Writer)
    prose_.lookup = Known()  # type: ignore[assignment]
    names = ["income_general", "income_business", "carry_in"]
    assert prose_._lacking(names, "income_total") == {"carry_in"}
    assert prose_._lacking(names, "") == frozenset() == prose_._lacking(names, "unknown")
    Known.values["income_total"] = Decimal("110.02")
    assert prose_._lacking(names, "income_total") == frozenset(), "what is printed was rounded"


def test_the_text_of_the_source_is_read(tmp_path: Path) -> None:
    composed = again(source(tmp_path, FULL))
    text = prose(composed)
    assert "政府采购预算4,821.20万元" in text and "车辆8辆" in text and "比上年减少" in text
    assert "政府购买服务预算120.00万元，比上年增加60.00万元" in text
    assert [w for w in NONE if w in text] == []
    assert not {a for a in keys(composed) if a.startswith(("extra.", "counts.", "last."))}
    assert {"duties"} & keys(composed) == set()


def test_the_draft_of_a_sound_source_has_no_error(tmp_path: Path) -> None:
    first = source(tmp_path, FULL)
    assert not [f for f in check(first).findings if f.severity == Severity.ERROR]
    second = tmp_path / "再编.txt"
    second.write_text(as_text(again(first).draft), encoding="utf-8")
    assert not [f.message for f in check(second).findings if f.severity == Severity.ERROR]


def test_a_source_without_the_sections_is_asked_about_them(tmp_path: Path) -> None:
    path = source(tmp_path, FULL)
    lines = path.read_text(encoding="utf-8").split("\n\n")
    kept = [p for p in lines if not any(w in p for w in ("政府采购预算", "共有车辆", "政府购买服务预算"))]
    path.write_text("\n\n".join(kept), encoding="utf-8")
    composed = again(path)
    assert {"extra.procurement", "counts.车辆", "extra.purchased_services"} <= keys(composed)
    assert [w for w in NONE if w in prose(composed)] == []


def test_what_the_source_says_twice_and_differently_is_asked_for(tmp_path: Path) -> None:
    heading = "（七）政府性基金预算支出情况说明"
    path = source(tmp_path, FULL, (heading, f"本部门2026年没有安排政府购买服务预算。\n\n{heading}"))
    assert "extra.purchased_services" in keys(again(path))


def test_a_rate_that_contradicts_the_change_gives_no_last_year(tmp_path: Path) -> None:
    sentence = "政府购买服务预算120.00万元，比上年增加60.00万元，增长100.00%"
    wrong = "政府购买服务预算120.00万元，比上年1.43万元，增加0.68%"
    assert "last.purchased_services" in keys(again(source(tmp_path, FULL, (sentence, wrong))))


@pytest.mark.parametrize(
    "words", ["比上年执行数增加60.00万元", "比2024年增加60.00万元", "比上年决算增加60.00万元"]
)
def test_other_comparisons_are_none_with_last_years_budget(words: str, tmp_path: Path) -> None:
    sentence = "政府购买服务预算120.00万元，比上年增加60.00万元，增长100.00%"
    changed = f"政府购买服务预算120.00万元，{words}"
    assert "last.purchased_services" in keys(again(source(tmp_path, FULL, (sentence, changed))))


def test_page_heads_and_numbers_are_no_text(tmp_path: Path) -> None:
    duties = "\n".join(f"{k}、承担第{k}类数据工作，按计划推进各项任务，确保按期完成。" for k in range(1, 9))
    path = source(tmp_path, replace(FULL, notes={**FULL.notes, "duties": duties}))
    text = path.read_text(encoding="utf-8")
    for k in (2, 3, 4, 5):  # a head, and a page number, between two halves of a sentence
        text = text.replace(
            f"{k}、承担第{k}类数据工作，按计划",
            f"{k}、承担第{k}类数据工作，按\n\n某局2026年部门预算公开\n\n- {k} -\n\n计划",
        )
    path.write_text(text, encoding="utf-8")
    told = published(path).source.notes["duties"]
    assert "预算公开" not in told and "- 3 -" not in told
    assert "2、承担第2类数据工作，按计划推进" in told


# ---- the command line -------------------------------------------------------------------------


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["draft", *args])


def test_the_documented_order(tmp_path: Path) -> None:
    """--new, filled in, --ask, answered in two goes, --notes."""
    from yibenzhang.drafting.template import write_figures

    assert run("--new", "budget", "--region", "hubei", "--out", str(tmp_path)).exit_code == 0
    filled, form, out = tmp_path / "编制工作簿-hubei-budget.xlsx", tmp_path / "待填.toml", tmp_path / "公开"
    empty = run(str(filled), "--ask", str(form), "--out", str(out))
    assert empty.exit_code == 1 and "基本信息!B1" in empty.output
    write_figures(replace(FIGURES, extra={}, counts={}, notes={}, complete=False), filled)
    first = run(str(filled), "--ask", str(form), "--out", str(out), "--format", "txt")
    assert first.exit_code == 1 and not out.exists()
    text = form.read_text(encoding="utf-8")
    assert '"extra.procurement" = ""' in text and '"first_year" = ""' in text
    form.write_text(text.replace('"extra.procurement" = ""', '"extra.procurement" = "0"'), encoding="utf-8")
    second = run(str(filled), "--ask", str(form), "--notes", str(form), "--out", str(out), "--format", "txt")
    assert second.exit_code == 1
    text = form.read_text(encoding="utf-8")
    assert '"extra.procurement" = "0"' in text, "what was answered stays"
    answers = {"first_year": "是", "duties": "1、略。", "extra.purchased_services": "3.5"}
    for line in [x for x in text.splitlines() if x.endswith('= ""')]:
        key = line.split('"')[1]
        if key.startswith("last."):
            continue  # there was no year before
        text = text.replace(line, f'"{key}" = "{answers.get(key, "0")}"')
    form.write_text(text, encoding="utf-8")
    third = run(str(filled), "--notes", str(form), "--out", str(out), "--format", "txt")
    assert third.exit_code == 0, third.output
    made = next(out.iterdir()).read_text(encoding="utf-8")
    assert "首次编报" in made and "政府购买服务预算3.50万元" in made and "没有安排政府采购预算" in made


def test_a_change_that_nobody_wants_told(tmp_path: Path) -> None:
    notes = tmp_path / "答.toml"
    notes.write_text(
        '"last.purchased_services" = "-"\nreason = { income_total = "按计划安排" }\n', encoding="utf-8"
    )
    path = source(tmp_path, replace(FULL, last={k: v for k, v in FULL.last.items() if "purchased" not in k}))
    path.write_text(
        path.read_text(encoding="utf-8").replace("预算120.00万元，上年没有单独编报", "预算120.00万元"),
        "utf-8",
    )
    good = run("--from", str(path), "--notes", str(notes), "--out", str(tmp_path / "o"), "--format", "txt")
    assert good.exit_code == 0, good.output
    assert "政府购买服务预算120.00万元。" in next((tmp_path / "o").iterdir()).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "told"), [('"extra.procurement" = "许多"', "应是数"), ('"counts.车辆" = "1.5"', "应是整数")]
)
def test_an_answer_that_is_no_number_is_told(line: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "n.toml").write_text(line, encoding="utf-8")
    bad = run(
        "--from", str(source(tmp_path, FULL)), "--notes", str(tmp_path / "n.toml"), "--out", str(tmp_path)
    )
    assert bad.exit_code == 2 and told in bad.output


def test_text_and_tables_in_two_files(tmp_path: Path) -> None:
    whole = as_text(compose(FULL).draft).split("\n\n")
    for name, wanted in (("文字.txt", False), ("表.txt", True)):
        kept = [
            p for k, p in enumerate(whole) if k < 2 or ("\t" in p) == wanted or (wanted and p.endswith("表"))
        ]
        (tmp_path / name).write_text("\n\n".join(kept), encoding="utf-8")
    alone = run("--from", str(tmp_path / "文字.txt"), "--out", str(tmp_path / "o"), "--format", "txt")
    assert alone.exit_code == 2
    both = published([str(tmp_path / "文字.txt"), str(tmp_path / "表.txt")])
    assert both.grids and both.source.amounts["procurement"] == Decimal("48212000")


def test_last_years_file_fills_in_the_next_workbook(tmp_path: Path) -> None:
    path = source(tmp_path, FULL)
    known = before_the_next(str(path), "budget")
    assert known.year == 2027 and known.last["procurement"] == Decimal("48212000")
    assert run("--new", "budget", "--last", str(path), "--out", str(tmp_path / "n.xlsx")).exit_code == 0
    book = load_workbook(tmp_path / "n.xlsx")
    assert book["基本信息"]["B1"].value == FULL.body
    rows = dict(r[:2] for r in book["上年数"].iter_rows(min_row=3, values_only=True))
    assert rows["政府采购总额"] == 4821.2 and "duties" in {r[0].value for r in book["文字说明"]["A2:A9"]}
    with pytest.raises(Exception, match="部门编码"):
        read_workbook(tmp_path / "n.xlsx")  # what only the body knows is not made up


@pytest.mark.parametrize("command", ["draft", "learn", "score"])
def test_other_peoples_files_are_read_within_limits(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = source(tmp_path, FULL)
    seen: list[Limits] = []

    def never(function: Any, arguments: Any, limits: Limits) -> Any:
        seen.append(limits)
        return confined.Lost.FULL

    monkeypatch.setattr(confined, "once", never)
    args = {"draft": ["--from", str(path)], "learn": [str(tmp_path)], "score": [str(path)]}[command]
    result = CliRunner().invoke(app, [command, *args, "--limits", "7,99"])
    assert result.exit_code == 2
    assert "99 MB" in result.output.replace("\n", "") and seen == [
        replace(Limits(), seconds=7.0, memory=99 << 20)
    ]


def test_a_failure_in_the_child_is_told_in_one_sentence() -> None:
    with pytest.raises(ReadingError):
        confined.within(published, ("没有这个文件.pdf", ""))
