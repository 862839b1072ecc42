"""What reading the drafts of eighteen more files of twelve places against their sources found, each class with a twin that
must stay as it is; and how the tables stand on their pages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document as open_docx

from tests.drafting.test_three_states import FIGURES, FULL, again, prose, source
from yibenzhang.drafting.compose import _noted, compose
from yibenzhang.drafting.families import family
from yibenzhang.drafting.fitting import height, repeated, setting
from yibenzhang.drafting.invented import Shape, body
from yibenzhang.drafting.lookup import Lookup, tables_of
from yibenzhang.drafting.numbering import demoted
from yibenzhang.drafting.parts import UP, Draft, Grid
from yibenzhang.drafting.pdf import as_typst
from yibenzhang.drafting.pipeline import write_docx
from yibenzhang.drafting.prose import Writer
from yibenzhang.drafting.published import _going_on, published
from yibenzhang.drafting.source_texts import _joined, _Line
from yibenzhang.drafting.text import as_text
from yibenzhang.standards import load

# ---- paragraphs --------------------------------------------------------------------------------


def line(text: str, left: float = 73, right: float = 519) -> _Line:
    return _Line(text, left=left, right=right, size=16)


def test_a_full_line_goes_on_in_the_outdented_one_whatever_that_begins_with() -> None:
    torn = [
        line("（十二）职能转变。构建集中统", 106),
        line("一、全面覆盖、权威高效的审计监督体系。", right=300),
    ]
    assert len(_joined(torn)) == 1
    ended = [
        line("（四）县级市、区政府预算执行情况；", 106),
        line("使用市级财政资金的单位的财务收支。", right=300),
    ]
    assert len(_joined(ended)) == 1


@pytest.mark.parametrize(
    "lines",
    [
        [line("12.负责队伍建设。", 122, 505), line("13.完成市委、市政府交办的其他任务。", 90, 370)],
        [
            line("12.负责队伍建设。", 122, 200),
            line("此外，还承担领导小组的日常工作。", 90, 370),
            line("一", 90),
        ],
        [line("1.负责甲。", 106), line("2.负责乙。", 106)],
    ],
)
def test_what_is_a_paragraph_of_its_own_stays_one(lines: list[_Line]) -> None:
    """The next number, what stands behind a short line, and what is indented as the one before."""
    assert len(_joined(lines)) == len(lines)


# ---- sections ----------------------------------------------------------------------------------


def test_contents_without_page_numbers_are_no_terms(tmp_path: Path) -> None:
    """Shenzhen prints the last part's name once more, with the names of the tables below it, on the contents page."""
    path = source(tmp_path, FULL)
    text = path.read_text(encoding="utf-8")
    cut = text.rindex("第四部分 名词解释")
    head = "目 录\n\n第四部分 名词解释\n\n二、表格部分\n\n（一）收支总表\n\n（二）收入总表（按功能分类）\n\n"
    own = "一、机关运行经费：指含单位资金的公用经费。\n\n二、委托业务费：指委托外单位办理业务的费用。"
    path.write_text(
        head + text[:cut] + "第四部分 名词解释\n\n" + own + "\n\n二、表格部分\n\n表1\n", encoding="utf-8"
    )
    assert published(path).source.notes["terms"] == own.replace("\n\n", "\n")


BOTH = "本局贯彻落实方针政策。\n\n（一）负责甲项工作。\n\n（二）负责乙项工作。"


def test_one_heading_for_two_texts_is_parted_where_the_second_begins(tmp_path: Path) -> None:
    path = source(tmp_path, FULL)
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("（一）主要职能"), text.index("第二部分", text.index("（一）主要职能"))
    unit = "某局为正处级，设内设机构：办公室、综合处。"
    heading = "（一）主要职责及机构设置\n\n"
    path.write_text(text[:begin] + heading + f"{BOTH}\n\n{unit}\n\n" + text[end:], encoding="utf-8")
    notes = published(path).source.notes
    assert notes["duties"] == BOTH.replace("\n\n", "\n") and notes["institutions"] == unit
    path.write_text(text[:begin] + heading + f"{BOTH}\n\n" + text[end:], encoding="utf-8")
    assert "institutions" not in published(path).source.notes, "nobody says how it is set up"


@pytest.mark.parametrize(
    ("lines", "kept"), [("1.某局\n\n2.某中心", True), ("3.某站", False), ("1.某局\n\n3.某站", False)]
)
def test_a_list_that_is_announced_is_kept_where_it_is_whole(lines: str, kept: bool, tmp_path: Path) -> None:
    path = source(tmp_path, FULL)
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("（二）机构设置"), text.index("第二部分", text.index("（二）机构设置"))
    said = "（二）机构设置\n\n本部门预算包括局机关预算。\n\n纳入编制范围的单位包括：\n\n"
    path.write_text(text[:begin] + said + lines + "\n\n" + text[end:], encoding="utf-8")
    assert ("纳入编制范围" in published(path).source.notes["institutions"]) is kept


def test_tasks_are_carried_where_the_source_has_them(tmp_path: Path) -> None:
    path = source(tmp_path, FULL)
    assert "主要工作任务" not in as_text(again(path).draft)
    text = path.read_text(encoding="utf-8")
    at = text.index("第二部分", text.index("（二）机构设置"))
    path.write_text(
        text[:at] + "（三）2026年主要工作任务\n\n全面完成各项任务。\n\n" + text[at:], encoding="utf-8"
    )
    assert "（三）2026年主要工作任务\n\n全面完成各项任务。" in as_text(again(path).draft)


SERVICES = "政府购买服务预算120.00万元，比上年增加60.00万元，增长100.00%"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("，主要是新增了会务服务。", "增加的主要原因是新增了会务服务"),
        ("，主要是用于会务、印刷等开支，新增较多。", ""),
        ("，主要是会务和印刷。", ""),
    ],
)
def test_a_reason_behind_mainly_is_one_only_if_it_explains(said: str, why: str, tmp_path: Path) -> None:
    text = prose(again(source(tmp_path, FULL, (SERVICES + "。", SERVICES + said))))
    (found,) = [x for x in text.splitlines() if x.startswith("2026年政府购买服务预算")]
    assert why in found and ("主要原因" in found) is bool(why)


# ---- figures and tables ------------------------------------------------------------------------


def test_what_a_table_of_its_own_tells_is_not_what_another_leaves() -> None:
    """The table of general spending of a central ministry leaves out what was carried over: 18,728.94 was none of it."""
    kind = family("national", "budget")

    def grid(standard: str, column: str, amount: str) -> Grid:
        return Grid(standard, "表", "万元", (("项目", "数"),), (("支出总计", amount),), ("name", column))

    def general(*grids: Grid) -> Decimal | None:
        figures = replace(FIGURES, extra={}, elsewhere={"fund": Decimal(0), "state_capital": Decimal(100)})
        tables = tables_of(grids, "budget", load("", ""))
        lookup = Lookup(kind, tables, None, figures, complete=False)  # type: ignore[arg-type]
        return lookup.value("general")

    whole = grid("budget.fiscal_balance", "expenditure:total", "900.00")
    assert general(whole) == Decimal("8999900")
    assert general(whole, grid("budget.general_function", "planned", "700.00")) is None


def test_a_unit_that_nobody_printed_is_not_written(tmp_path: Path) -> None:
    path = source(tmp_path, FULL)
    assert "单位：万元" in as_text(again(path).draft)
    path.write_text(path.read_text(encoding="utf-8").replace("单位：万元\n\n", ""), encoding="utf-8")
    drafted = as_text(again(path).draft)
    assert "单位：万元" not in drafted and "单位：元" not in drafted


def test_a_table_that_goes_on_is_called_so() -> None:
    assert (
        _going_on("整体支出绩效目标表")
        == _going_on(_going_on("整体支出绩效目标表"))
        == "整体支出绩效目标表（续表）"
    )


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("注：金额可能存在尾数误差。", True),
        ("注：本部门没有此项支出。", False),
        ("注：本表本年无发生额。", False),
    ],
)
def test_the_note_of_a_table_with_figures_is_kept_unless_it_denies_them(note: str, kept: bool) -> None:
    grid = Grid(
        "budget.fund", "表", "万元", (("项目", "数"),), (("合计", "5.00"),), ("name", "total"), note=note
    )
    kind = family("national", "budget")
    writer = Writer(FIGURES, kind, None, None, None)  # type: ignore[arg-type]
    assert bool(_noted(grid, kind, writer).note) is kept


def test_tables_keep_their_printed_numbers(tmp_path: Path) -> None:
    path = source(tmp_path, FULL)
    assert [g.above for g in again(path).draft.grids()][:2] == ["附表-1", "附表-2"]


@pytest.mark.parametrize(
    ("name", "cover"),
    [
        ("上海市审计局", ("上海市2026年市级部门预算", "预算主管部门：上海市审计局")),
        ("上海市某区财政局", ("上海市某区2026年区级部门预算", "预算主管部门：上海市某区财政局")),
    ],
)
def test_the_cover_of_shanghai_has_the_level_of_the_place(name: str, cover: tuple[str, ...]) -> None:
    figures = body(4, 6, "shanghai", "budget", 2026, Shape(2, 3, carried=False))
    assert compose(replace(figures, body=name)).draft.cover == cover
    unit = compose(replace(figures, body=name, level="unit")).draft.cover
    assert unit[1] == f"预算单位：{name}" and "单位预算" in unit[0]


# ---- numbers below headings --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "lines", "below"),
    [
        (
            "（一）主要职能",
            ["主要职责是：", "（一）主管审计。", "（十二）其他。"],
            ["主要职责是：", "1.主管审计。", "12.其他。"],
        ),
        ("（八）绩效", ["一、范围", "（一）甲", "二、要求"], ["1.范围", "（1）甲", "2.要求"]),
        ("一、收支", ["（一）收入", "1.其中"], ["（一）收入", "1.其中"]),
        ("（九）其他", ["一、甲", "（一）乙", "1.丙"], ["一、甲", "（一）乙", "1.丙"]),
        ("第四部分 名词解释", ["一、财政拨款：指拨款。"], ["一、财政拨款：指拨款。"]),
    ],
)
def test_numbers_below_a_heading_are_below_its_own(heading: str, lines: list[str], below: list[str]) -> None:
    assert demoted(heading, lines) == below


# ---- pages -------------------------------------------------------------------------------------


def drafted(*grids: Grid) -> Draft:
    return Draft("某局", 2026, "budget", "national-budget", ("某局", "2026年部门预算"), grids)


def long(rows: int) -> Grid:
    lines = tuple((f"科目{k}", "1.00") for k in range(rows))
    return Grid("", "表", "万元", (("项目", "数"),), lines, ("name", "total"))


def test_a_table_a_little_too_long_is_set_smaller_and_a_long_one_is_not() -> None:
    sizes = [setting(drafted(long(n)), 0).points for n in (30, 56, 62, 200)]
    assert sizes[0] == sizes[3] == 9.0 and 6.5 <= sizes[2] <= sizes[1] < 9.0
    assert height(long(62), setting(drafted(long(62)), 0)) < 23


def test_columns_are_wide_enough_for_their_numbers_and_a_few_characters() -> None:
    header = (("单位名称", *(f"栏{k}" for k in range(21))),)
    grid = Grid(
        "",
        "表",
        "元",
        header,
        (("某市医疗保障经办服务中心", *["1234567"] * 21),),
        ("name", *["total"] * 21),
        landscape=True,
    )
    grid = replace(grid, widths=(1.0, *[10.0] * 21))
    how = setting(drafted(grid), 0)
    em = how.points * 2.54 / 72
    assert sum(how.widths) == pytest.approx(29.7 - 3.8, abs=0.01)
    assert how.widths[0] > 5 * em and min(how.widths[1:]) > 3.5 * em


def test_a_header_that_goes_on_into_the_rows_is_not_repeated(tmp_path: Path) -> None:
    """Every page of the PDF repeated forty rows of it, and the cells of the rows slid."""
    tall = Grid("", "表", "", (("年度指标", "名称"),), ((UP, "甲"), (UP, "乙")), ("name", "name"))
    plain = Grid("", "表", "", (("类", "名称"),), (("一", "甲"),), ("name", "name"))
    assert (repeated(tall), repeated(plain)) == (0, 1)
    assert "table.header" not in as_typst(drafted(tall)) and "table.header" in as_typst(drafted(plain))


def test_no_page_of_word_is_made_by_the_end_of_a_table(tmp_path: Path) -> None:
    write_docx(
        drafted(long(5), replace(long(5), title="又一张表"), replace(long(5), landscape=True)),
        tmp_path / "a.docx",
    )
    made = open_docx(str(tmp_path / "a.docx"))
    words = [p for p in made.paragraphs if p._p.xpath(".//w:br[@w:type='page']")]
    assert len(words) == 1, "the cover alone ends with a break"
    assert sum(bool(p.paragraph_format.page_break_before) for p in made.paragraphs) == 1
