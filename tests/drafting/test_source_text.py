"""What a draft takes from the text of its source: last year in the ways of several cities, budgets, reasons; and what it
must not take."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.drafting.test_three_states import FULL, again, keys, prose, run, source
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.invented import Shape, body
from yibenzhang.drafting.leaving_out import LEFT_OUT, without_left_out
from yibenzhang.drafting.lines import rate
from yibenzhang.drafting.omitted import by_heading, omitted
from yibenzhang.drafting.published import figures_of, published
from yibenzhang.drafting.source import TextAmount, _Source
from yibenzhang.drafting.source_texts import _joined, _Line, _Texts
from yibenzhang.drafting.text import as_text

SERVICES = "政府购买服务预算120.00万元，比上年增加60.00万元，增长100.00%"
ACCOUNTS = body(4, 6, "national", "accounts", 2026, Shape(2, 3, carried=False))
THREE = "“三公”经费财政拨款支出决算为7.49万元"


def accounts(tmp_path: Path, old: str, new: str) -> Path:
    text = as_text(compose(ACCOUNTS).draft)
    assert old in text
    path = tmp_path / "决算.txt"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


# ---- last year ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "政府购买服务预算120.00万元，主要用于会务。政府购买服务预算比2025年增加60.00万元",
        "政府购买服务预算120.00万元。与2025年相比，政府购买服务预算增加60.00万元，增长100.00%",
        "政府购买服务预算120.00万元，主要用于会务、印刷，比2025年增加60.00万元",
        "政府购买服务预算120.00万元，其中：会务100.00万元。比上年增加60.00万元，增长100.00%",
    ],
)
def test_last_year_is_told_in_several_ways(words: str, tmp_path: Path) -> None:
    composed = again(source(tmp_path, FULL, (SERVICES, words)))
    assert SERVICES in prose(composed) and "last.purchased_services" not in keys(composed)


@pytest.mark.parametrize(
    "words",
    [
        "政府购买服务预算120.00万元。比2025年增加60.00万元",  # of what, nobody says
        "政府购买服务预算120.00万元。与2024年相比，政府购买服务预算增加60.00万元，增长100.00%",
        "政府购买服务预算120.00万元。与2025年相比，培训费预算增加60.00万元",
        "政府购买服务预算120.00万元，其中：会务100.00万元。比上年增加60.00万元，增长80.00%",
    ],
)
def test_what_may_be_another_comparison_is_asked_for(words: str, tmp_path: Path) -> None:
    assert "last.purchased_services" in keys(again(source(tmp_path, FULL, (SERVICES, words))))


def test_a_change_of_nothing_says_nothing_of_the_whole(tmp_path: Path) -> None:
    """ "比上年增加0万元，增长0%" of one part was taken for the whole: any amount meets a rate of nothing."""
    whole = "“三公”经费预算7.61万元，比上年减少7.61万元，下降50.00%"
    part = "因公出国（境）费0.00万元，与上年持平"
    words = f"{whole}。其中：因公出国（境）费0.00万元，比上年增加0.00万元，增长0%"
    path = source(tmp_path, FULL, (whole, words))
    text = path.read_text(encoding="utf-8").replace(f"1、{part}", "1、因公出国（境）费0.00万元")
    path.write_text(text, encoding="utf-8")
    assert whole in prose(again(path))


def test_about_the_same_is_said_as_it_is(tmp_path: Path) -> None:
    words = "政府购买服务预算120.00万元，与上年基本持平"
    composed = again(source(tmp_path, FULL, (SERVICES, words)))
    assert words in prose(composed) and "last.purchased_services" not in keys(composed)
    exact = again(source(tmp_path, FULL, (SERVICES, words.replace("基本", ""))))
    assert words.replace("基本", "") in prose(exact)
    other = again(source(tmp_path, FULL, (SERVICES, words.replace("上年", "2023年"))))
    assert "last.purchased_services" in keys(other)


@pytest.mark.parametrize(
    ("lead", "other"), [("主要原因是2025年另有安排;公务接待费", False), ("2025年公务接待费", True)]
)
def test_the_year_of_a_reason_is_none_of_the_amount_behind_it(lead: str, other: bool) -> None:
    reader = _Source.__new__(_Source)
    reader.case = SimpleNamespace(year=2026, passages=[])  # type: ignore[assignment]
    passage = SimpleNamespace(text=lead, section=())
    q = SimpleNamespace(passage=passage, start=len(lead), lead=lead)
    assert reader._of_another(q) == other  # type: ignore[arg-type]


def test_a_whole_moves_as_all_its_parts_do(tmp_path: Path) -> None:
    old = "公务用车购置及运行费6.04万元，比上年减少6.04万元，下降50.00%。其中"
    path = source(tmp_path, FULL, (old, "公务用车购置及运行费6.04万元。其中"))
    assert old in prose(again(path))
    lacking = path.read_text(encoding="utf-8").replace(
        "公务用车购置费0.00万元，与上年持平", "公务用车购置费0.00万元"
    )
    path.write_text(lacking, encoding="utf-8")
    assert "last.cars" in keys(again(path))


# ---- reasons -----------------------------------------------------------------------------------


def test_reasons_of_parts_are_kept(tmp_path: Path) -> None:
    old = "公务接待费1.56万元，比上年减少1.56万元，下降50.00%"
    composed = again(source(tmp_path, FULL, (old, f"{old}，主要原因是来访减少")))
    assert f"{old}，减少的主要原因是来访减少。" in prose(composed)
    broken = again(source(tmp_path, FULL, (f"{old}。", f"{old}，主要原因是：")))
    assert "原因是是" not in prose(broken) and "原因是：" not in prose(broken)


def test_reasons_that_are_counted_over_several_sentences_are_whole(tmp_path: Path) -> None:
    counted = "一是系统建成，运维增加；二是会务减少。变化较大的是运维项目；三是合同到期"
    composed = again(source(tmp_path, FULL, (SERVICES, f"{SERVICES}，主要原因是：{counted}")))
    assert f"增加的主要原因：{counted}。" in prose(composed)
    single = again(
        source(tmp_path, FULL, (SERVICES, f"{SERVICES}，主要原因是：一是会务减少。另有培训三是安排"))
    )
    assert "增加的主要原因：一是会务减少。" in prose(single)


# ---- budgets of accounts -----------------------------------------------------------------------


def test_a_budget_is_called_what_the_source_calls_it(tmp_path: Path) -> None:
    said = "“三公”经费财政拨款支出预算为9.00万元，支出决算为7.49万元，决算数小于预算数的主要原因：压减"
    composed = again(accounts(tmp_path, THREE, said))
    assert "“三公”经费财政拨款支出预算为9.00万元，支出决算为7.49万元，完成预算的83.22%" in prose(composed)
    assert "年初预算为9.00万元" not in prose(composed)
    opening = again(accounts(tmp_path, THREE, said.replace("支出预算为", "支出年初预算为")))
    assert "“三公”经费财政拨款支出年初预算为9.00万元" in prose(opening)


def test_functions_have_their_budgets_and_reasons(tmp_path: Path) -> None:
    line = "财政国库业务（项）支出决算为45.17万元"
    said = "财政国库业务（项）。年初预算为50.00万元，支出决算为45.17万元。决算数小于预算数的主要原因：系统推迟上线"
    whole = "一般公共预算财政拨款支出5,578.63万元，占"
    path = accounts(tmp_path, line, said)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            whole, f"一般公共预算财政拨款支出年初预算为5,578.63万元，支出决算为5,578.63万元。{whole}"
        ),
        encoding="utf-8",
    )
    composed = again(path)
    assert "年初预算为50.00万元，支出决算为45.17万元，完成年初预算的90.34%" in prose(composed)
    assert "决算数小于预算数的主要原因：系统推迟上线。" in prose(composed)
    assert not [k for k in keys(composed) if k.startswith("against.general_function:")]


def test_what_is_reserved_for_small_businesses_is_not_given_to_them(tmp_path: Path) -> None:
    end = "政府采购服务支出64.18万元"
    given = again(accounts(tmp_path, end, f"{end}。政府采购授予中小企业合同金额60.00万元"))
    assert "授予中小企业合同金额60.00万元" in prose(given)
    reserved = again(accounts(tmp_path, end, f"{end}。面向中小企业预留政府采购项目预算金额60.00万元"))
    assert "中小企业" not in prose(reserved)


# ---- parts of a whole --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "last", "chosen"), [("150", "140", "140"), ("130", "140", "120"), ("150", "139", "120")]
)
def test_parts_that_come_to_their_whole_are_taken(total: str, last: str, chosen: str) -> None:
    """A table has the incomes of this year alone, another with what was carried over: the list uses those that add up."""
    reader = _Source.__new__(_Source)
    reader.kind = SimpleNamespace(sums=(("whole", ("a", "b"), "carried"),))  # type: ignore[assignment]
    amounts = {"a": Decimal(last) * 10000}
    reader._last_printed = lambda name: amounts.get(name)  # type: ignore[method-assign]
    out = {k: Decimal(v) * 10000 for k, v in {"whole": total, "a": "120", "b": "10"}.items()}
    reader._made_up(out)
    assert out["a"] == Decimal(chosen) * 10000


# ---- nothing is said, and what is not said -----------------------------------------------------


def test_nothing_is_said_of_what_a_person_leaves_out() -> None:
    left = compose(replace(FULL, left_out=frozenset({"purchased_services"})))
    text = as_text(left.draft)
    assert "政府购买服务" not in text and "（六）政府性基金预算支出情况说明" in text
    assert not [k for k in keys(left) if "purchased_services" in k]
    none = compose(replace(FULL, extra={**FULL.extra, "purchased_services": Decimal(0)}))
    assert "没有安排政府购买服务预算" in as_text(none.draft)


def test_only_sentences_that_tell_it_are_left_out() -> None:
    text = f"# 一\n## （一）甲\n甲{LEFT_OUT}。\n\n## （二）乙\n乙1。丙{LEFT_OUT}。\n## （三）丁\n@tables\n"
    assert without_left_out(text).split("\n") == [
        "# 一",
        "",
        "## （一）乙",
        "乙1。",
        "## （二）丁",
        "@tables",
    ]
    assert without_left_out("## （二）乙\n乙1。") == "## （二）乙\n乙1。"


def test_what_the_source_says_and_the_draft_does_not_is_listed(tmp_path: Path) -> None:
    heading = "（七）政府性基金预算支出情况说明"
    more = f"委托业务费预算33.30万元。\n\n{heading}"
    found = published(source(tmp_path, FULL, (heading, more)))
    composed = compose(figures_of(found, {}), grids=list(found.grids))
    left = omitted(composed.draft, found.source.spoken)
    assert [a.printed for a in left] == ["33.30万元"] and "委托业务费" in left[0].clause
    assert len(by_heading(left)) == 1
    whole = published(source(tmp_path, FULL))
    composed = compose(figures_of(whole, {}), grids=list(whole.grids))
    assert omitted(composed.draft, whole.source.spoken) == []
    yuan = TextAmount(Decimal("56716500"), "56716500元", "", "")
    assert omitted(composed.draft, [yuan]) == [], "the draft says it in 万元"


def test_answers_say_nothing_and_more(tmp_path: Path) -> None:
    heading = "（七）政府性基金预算支出情况说明"
    path = source(tmp_path, FULL, (f"2026年{SERVICES}。", "委托业务费预算33.30万元。"))
    asked = tmp_path / "答" / "待填.toml"
    result = run("--from", str(path), "--ask", str(asked), "--out", str(tmp_path), "-f", "txt")
    assert result.exit_code == 1 and "extra.purchased_services" in asked.read_text(encoding="utf-8")
    assert "33.30万元" in asked.read_text(encoding="utf-8")
    asked.write_text(
        '"extra.purchased_services" = "-"\nmore = "委托业务费预算33.30万元。"\n', encoding="utf-8"
    )
    result = run("--from", str(path), "--notes", str(asked), "--out", str(tmp_path / "出"), "-f", "txt")
    assert result.exit_code == 0, result.stderr
    (made,) = (tmp_path / "出").iterdir()
    text = made.read_text(encoding="utf-8")
    assert "政府购买服务" not in text and "委托业务费预算33.30万元。" in text and heading not in text


# ---- texts -------------------------------------------------------------------------------------


def test_a_heading_is_no_beginning_of_a_sentence() -> None:
    sentence = "2026年项目支出全面实施绩效目标管理。"
    assert _joined([_Line("（一）总体情况", True), _Line(sentence)]) == ["（一）总体情况", sentence]
    torn = [_Line("7、承担各类数据工作，管理其他单位受托管理", True), _Line("的数据资源。")]
    assert _joined(torn) == ["7、承担各类数据工作，管理其他单位受托管理的数据资源。"]


def test_a_title_ends_the_section_that_explains_terms(tmp_path: Path) -> None:
    """Shanghai prints the terms first, and then the text under a title without a number."""
    figures = replace(body(4, 6, "shanghai", "budget", 2026, Shape(2, 3, carried=False)), complete=True)
    text = as_text(compose(figures).draft)
    (line,) = [x for x in text.splitlines() if x.startswith("财政拨款支出预算")]
    path = tmp_path / "公开.txt"
    path.write_text(
        text.replace(line, line.split("，")[0] + "，比2025年预算增加60.00万元。"), encoding="utf-8"
    )
    found = published(path).source
    assert "fiscal_spent" in found.moves and "比2025年预算增加" not in found.notes.get("terms", "")


# ---- what two independent readers found -----------------------------------------------------------


def test_terms_are_explained_in_the_words_of_the_source(tmp_path: Path) -> None:
    """Our own explanation of 机关运行经费 was none of a body whose figure has more in it."""
    path = source(tmp_path, FULL)
    text = path.read_text(encoding="utf-8")
    cut = text.index("（一）一般公共预算拨款收入：指")
    own = "（一）机关运行经费：指含单位资金的公用经费。\n\n（二）委托业务费：指委托外单位办理业务的费用。\n"
    path.write_text(text[:cut] + own, encoding="utf-8")
    drafted = as_text(again(path).draft)
    assert drafted.endswith(own) and "参照公务员法管理" not in drafted
    path.write_text(text[:cut].replace("第四部分 名词解释", "第四部分\n\n名词解释") + own, encoding="utf-8")
    assert as_text(again(path).draft).endswith(own), "a title of its own, at the end"
    path.write_text(text[: text.rindex("第四部分")], encoding="utf-8")
    assert "参照公务员法管理" in as_text(again(path).draft), "without any, our own"


def test_the_contents_page_is_not_the_section_that_explains_terms(tmp_path: Path) -> None:
    """Yantai prints the part's number and its name in two lines, and both in one on the contents page."""
    path = source(tmp_path, FULL)
    text = path.read_text(encoding="utf-8")
    cut = text.rindex("第四部分")
    own = "一、机关运行经费：指含单位资金的公用经费。\n\n二、委托业务费：指委托外单位办理业务的费用。\n"
    head = "目录\n\n第四部分名词解释\n\n第一部分\n\n部门概况\n\n"
    path.write_text(head + text[:cut] + "第四部分\n\n名词解释\n\n" + own, encoding="utf-8")
    assert published(path).source.notes["terms"].split("\n") == own.replace("\n\n", "\n").strip().split("\n")


@pytest.mark.parametrize(
    ("line", "kept"), [("表一", False), ("附表2", False), ("见表一", True), ("表一。", True)]
)
def test_the_number_of_the_next_table_is_no_word_of_the_sentence(line: str, kept: bool) -> None:
    parts = [(SimpleNamespace(text=t), 0, len(t)) for t in ("联系方式：8", line)]
    document = SimpleNamespace(blocks=lambda: [])
    texts = _Texts(SimpleNamespace(document=document))  # type: ignore[arg-type]
    passage = SimpleNamespace(printed=lambda _a, _b: parts)
    assert texts._text(passage, 0, 1) == "联系方式：8" + (line if kept else "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026年委托业务费预算12.30万元，主要用于课题研究。", True),
        ("委托业务费指委托外单位办理业务的费用。", False),
    ],
)
def test_what_is_entrusted_to_others_is_carried_word_for_word(said: str, kept: bool, tmp_path: Path) -> None:
    """A section of its own in several cities, which no style has: printed last; a definition alone is none."""
    path = source(tmp_path, FULL)
    text = path.read_text(encoding="utf-8")
    cut = text.rindex("第四部分")
    path.write_text(text[:cut] + f"（九）委托业务费情况\n\n{said}\n\n" + text[cut:], encoding="utf-8")
    assert (published(path).source.notes.get("more") == said) is kept
    assert (said in as_text(again(path).draft)) is kept


def test_a_share_of_something_is_not_nothing() -> None:
    assert rate(Decimal("7.09"), Decimal("154304.22")) == "0.005"
    assert rate(Decimal("0.01"), Decimal("1000000")) == "0.000001"
    assert [rate(Decimal(n), Decimal(100)) for n in ("0", "0.005", "12.345", "-3")] == [
        "0.00",
        "0.01",
        "12.35",
        "3.00",
    ]


def test_tables_keep_their_titles_their_percentages_and_all_of_them(tmp_path: Path) -> None:
    path = source(tmp_path, FULL)
    text = path.read_text(encoding="utf-8")
    title = "2026年专项资金绩效目标申报表（一级项目）"
    form = f"{title}\n\n项目名称\t数据平台运维\n项目总预算\t20.00\t占比\t35.00%\n年度目标\t平台稳定运行\n一级指标\t二级指标\t三级指标\t指标值\n产出指标\t数量指标\t平台数\t≥1个\n"
    path.write_text(
        text.replace("第三部分 2026年部门预算编制", f"{form}\n\n第三部分 2026年部门预算编制", 2).replace(
            f"{form}\n\n第三部分", "第三部分", 1
        ),
        encoding="utf-8",
    )
    titles = {g.title: g for g in published(path).grids}
    assert title in titles, list(titles)
    assert any("%" in cell for row in (*titles[title].header, *titles[title].rows) for cell in row)


def test_units_of_another_section_are_kept(tmp_path: Path) -> None:
    figures = replace(FULL, units=(), notes={**FULL.notes, "institutions": "设办公室、业务处。"})
    path = source(tmp_path, figures)
    text = path.read_text(encoding="utf-8")
    more = "设办公室、业务处。\n\n（三）部门预算构成\n\n纳入预算的有本级和数据中心。"
    path.write_text(text.replace("设办公室、业务处。", more), encoding="utf-8")
    told = published(path).source.notes["institutions"]
    assert told == "设办公室、业务处。\n纳入预算的有本级和数据中心。"


def test_the_cover_has_its_lines_and_no_sentence_stands_twice(tmp_path: Path) -> None:
    figures = replace(body(4, 6, "shanghai", "budget", 2026, Shape(2, 3, carried=False)), complete=True)
    assert as_text(compose(figures).draft).split("\n\n")[1].startswith("预算主管部门：")
    said = "“三公”经费财政拨款支出年初预算为7.49万元，支出决算为7.49万元"
    path = accounts(tmp_path, THREE, said)
    composed = compose(
        replace(figures_of(published(path), {}), unsaid=frozenset({"three_public"})),
        grids=list(published(path).grids),
    )
    assert prose(composed).count("“三公”经费财政拨款支出") == 1
