"""Forms of performance goals: read alike from drawn tables and from text, and wrong numbers in them found."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yibenzhang
from tests.conftest import EXAMPLES, sample
from yibenzhang import check, read
from yibenzhang.balance.coverage import Standing
from yibenzhang.checking.check import check_document
from yibenzhang.model.amounts import parse_amount
from yibenzhang.model.documents import Document, Table
from yibenzhang.model.places import LinePlace
from yibenzhang.proving import document_of
from yibenzhang.recognising.form_reading import forms_of
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Target, target_of
from yibenzhang.recognising.stitching import framed_tables
from yibenzhang.recognising.table_facts import table_facts
from yibenzhang.recognising.tables import recognise_tables
from yibenzhang.standards import load

FORMS = Path(yibenzhang.__file__).parent / "standards" / "cases" / "forms"
BASES = sorted(FORMS.glob("*.txt"))


def as_text(document: Document) -> str:
    """A document as somebody's extraction would leave it: paragraphs, and tables with tabs."""
    out: list[str] = []
    for block in document.blocks():
        if isinstance(block, Table):
            out.extend("\t".join(cell.replace("\n", " ") for cell in row) for row in block.texts())
            out.append("")
        else:
            out.append(block.text)
    return "\n".join(out)


def forms(document: Document, stage: str = "budget") -> tuple[GoalForm, ...]:
    framed = framed_tables(document)
    tables = [table_facts(t) for t in recognise_tables(framed, stage, load("hubei"))]
    return forms_of(framed, tables, load("hubei"))[0]


def told(form: GoalForm) -> tuple[object, ...]:
    """What a form says, without where it stands."""
    lists = (form.sources, form.items, form.purchases, form.projects, form.overview, form.former)
    return (
        form.kind,
        form.name,
        form.code,
        {k: f.text for k, f in form.amounts.items()},
        [[(i.name, i.fact.text, i.kind) for i in items] for items in lists],
        [(i.name, i.former, i.last, i.value) for i in form.indicators],
    )


@pytest.mark.parametrize("path", BASES, ids=[p.name for p in BASES])
def test_a_base_is_clean(path: Path) -> None:
    assert check(path).findings == ()


def test_drawn_tables_and_text_say_the_same() -> None:
    drawn = read(EXAMPLES / "hubei-goals-clean.pdf")
    from_pdf = forms(drawn)
    from_text = forms(document_of(as_text(drawn)))
    assert [f.kind for f in from_pdf] == ["overall", "project", "project", "project"]
    assert [told(f) for f in from_pdf] == [told(f) for f in from_text]
    first = from_pdf[1]
    assert (first.name, first.year.text if first.year else "") == ("市政道路巡查养护", "342.17")
    assert [(s.kind, s.fact.text) for s in first.sources][0] == ("sum", "342.17")
    assert len(first.items) == 3 and len(first.purchases) == 1 and len(first.indicators) == 5
    assert (first.indicators[0].former, first.indicators[0].last) == ("≥2600公里", "≥2800公里")


@pytest.mark.middle
def test_wrong_numbers_in_forms_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each proved number made wrong by 7: told as one finding, or by nothing where no sum must hold; never as two."""
    found = planted = 0
    for path in BASES:
        base, lines = check(path), path.read_text(encoding="utf-8").split("\n")
        drawn = [t for t in base.tables if t.table.standard and t.table.standard.layout == "form"]
        for fact in sample([f for t in drawn for f in t.facts()], 3):
            place, amount = fact.place, parse_amount(fact.text)
            if base.standing.get(fact.id) != Standing.PROVED or amount is None or "former" in fact.measure:
                continue
            assert isinstance(place, LinePlace)
            line = lines[place.line - 1]
            unit = "%" if "%" in fact.text else ""
            wrong = f"{line[: place.start]}{amount.value + 7:.{amount.decimals}f}{unit}{line[place.end :]}"
            changed = [*lines[: place.line - 1], wrong, *lines[place.line :]]
            (tmp_path / path.name).write_text("\n".join(changed), encoding="utf-8")
            findings = check(tmp_path / path.name).findings
            planted += 1
            found += len(findings) == 1
            assert len(findings) <= 1, (
                path.name,
                fact.measure,
                fact.row.label,
                [f.message for f in findings],
            )
    with capsys.disabled():
        print(f"\n{found} of {planted} wrong numbers in forms found, none told twice")
    assert found >= planted * (0.8 if planted > 100 else 0.75)  # of a third, one or two weigh more


def test_a_column_table_with_the_same_words_is_no_form() -> None:
    text = (
        "示范市示范局2026年部门预算\n项目清单\n项目名称\t项目编码\t主管部门\t其他资金\n"
        "网络运维\t42010026301T000000101\t示范局\t12.00\n机房\t42010026301T000000102\t示范局\t3.00"
    )
    assert forms(document_of(text)) == ()


def test_numbers_of_forms_are_counted_once() -> None:
    result = check(EXAMPLES / "hubei-goals-clean.pdf")
    ids = [f.id for t in result.tables for f in t.facts()]
    assert len(ids) == len(set(ids)) and result.coverage.contradicted == 0


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("≥95%", Target("≥", Decimal(95), "%")),
        ("$\\geq 95\\%$", Target("≥", Decimal(95), "%")),
        ("＞150.00(家)", Target(">", Decimal("150.00"), "家")),
        ("不低于50%", Target("≥", Decimal(50), "%")),
        ("90%以上", Target("≥", Decimal(90), "%")),
        ("13,459", Target("", Decimal(13459), "")),
        ("≤12升/100公里", Target("≤", Decimal(12), "升/100公里")),
        ("20G 人", Target("", Decimal(20), "G人")),
        ("持续提升", None),
        ("100G/400G", None),
        ("", None),
    ],
)
def test_targets(text: str, target: Target | None) -> None:
    assert target_of(text) == target


@given(st.text(max_size=60))
def test_a_target_is_read_from_anything(text: str) -> None:
    found = target_of(text)
    assert found is None or found.number >= 0


CELL = st.sampled_from(
    ["", "项目名称", "三级指标", "指标值", "前年", "合计", "12.5", "≥3", "金额", "品名", "全年执行数", "分值", "总分", "年度绩效目标表",
     "项目当年预算", "来源项目", "30 万元", "单位名称", "占比", "当年金额", "总体资金情况"]
)  # fmt: skip


@given(st.lists(st.lists(CELL, min_size=2, max_size=6), min_size=1, max_size=12))
def test_any_mixture_of_labels_is_read(rows: list[list[str]]) -> None:
    grid = "\n".join("\t".join(row) for row in rows)
    result = check_document(document_of(f"示范局2026年部门预算\n项目支出绩效目标表\n单位：万元\n{grid}\n尾"))
    assert result.coverage.numbers >= 0


NATIONAL = """示范省示范厅2023年部门预算
项目支出绩效目标表
项目名称\t信息化运维\t\t
主管部门及代码\t[123]示范厅\t实施单位\t示范厅本级
项目资金（万元）\t中期资金总额：\t900.00\t年度资金总额：\t300.00
\t其中：财政拨款\t900.00\t其中：财政拨款\t250.00
\t其他资金\t0.00\t其他资金\t50.00
绩效指标\t一级指标\t二级指标\t三级指标\t指标值\t二级指标\t三级指标\t指标值
\t产出指标\t数量指标\t运维系统数量\t≥60个\t数量指标\t运维系统数量\t≥20个
"""
EXPORTED = """示范市示范局2025年部门预算
项目绩效目标表
单位：万元
项目名称\t智慧园区运维\t项目代码\t420100250000030000102
\t年度资金总额：\t120.00\t
\t其中：财政拨款\t100.00\t
\t单位资金\t20.00\t
一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重
产出指标\t质量指标\t系统可用率\t≥\t99\t%\t20
效益指标\t社会效益指标\t使用便利度\t定性\t提升\t\t20
"""


def test_lists_for_several_years_and_for_one_stand_side_by_side() -> None:
    [form] = forms(document_of(NATIONAL))
    assert {k: f.text for k, f in form.amounts.items() if k.startswith("year")} == {
        "year": "300.00", "year.fiscal": "250.00", "year.other": "50.00"
    }  # fmt: skip
    assert [(i.name, i.value, i.period) for i in form.indicators] == [("运维系统数量", "≥20个", "annual")]


def test_sign_and_unit_may_have_columns_of_their_own() -> None:
    [form] = forms(document_of(EXPORTED))
    assert form.code == "420100250000030000102"
    assert [(i.name, i.value) for i in form.indicators] == [("系统可用率", "≥99%"), ("使用便利度", "提升")]
