"""What stands around tables, and tables that go on: small made-up pages of one invented body."""

from __future__ import annotations

import pytest

from yibenzhang.model.documents import Cell, Document, Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.recognising.furniture import furniture_of, is_page_number
from yibenzhang.recognising.stitching import Framed, framed_tables
from yibenzhang.recognising.titles import head_line, is_title

WIDE, HIGH = 842.0, 595.0
EDGES = (50.0, 150.0, 450.0, 550.0, 650.0, 790.0)
HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
BODY = "云溪市数据局"

_indices = iter(range(10_000))


def line(text: str, top: float, x0: float = 60, size: float = 10) -> Paragraph:
    return Paragraph(text, PagePlace(0, x0, top, x0 + size * len(text), top + size), size)


def middle(text: str, top: float, size: float = 16) -> Paragraph:
    return line(text, top, 420 - size * len(text) / 2, size)


def grid(
    rows: list[list[str]], top: float = 120, edges: tuple[float, ...] = EDGES, high: float = 18
) -> Table:
    """One cell for each text; "<" lengthens the cell at its left, "^" the one above."""
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            wide = high_rows = 1
            while c + wide < len(row) and row[c + wide] == "<":
                wide += 1
            while r + high_rows < len(rows) and rows[r + high_rows][c] == "^":
                high_rows += 1
            place = PagePlace(0, edges[c], top + high * r, edges[c + wide], top + high * (r + high_rows))
            cells.append(Cell(r, c, high_rows, wide, text, place))
    return Table(next(_indices), (0,), len(rows), len(rows[0]), tuple(cells), edges)


def document(*pages: list[Paragraph | Table], notices: tuple[ReadingNotice, ...] = ()) -> Document:
    out = []
    for n, blocks in enumerate(pages, 1):
        placed: list[Paragraph | Table] = []
        for b in blocks:
            if isinstance(b, Paragraph):
                assert isinstance(b.place, PagePlace)
                placed.append(Paragraph(b.text, _on(b.place, n), b.size))
                continue
            cells = []
            for c in b.cells:
                assert isinstance(c.place, PagePlace)
                cells.append(Cell(c.row, c.column, c.row_span, c.column_span, c.text, _on(c.place, n)))
            placed.append(Table(b.index, (n,), b.rows, b.columns, tuple(cells), b.edges))
        out.append(Page(n, WIDE, HIGH, tuple(placed)))
    return Document("a.pdf", "pdf", "", tuple(out), notices)


def _on(place: PagePlace, page: int) -> PagePlace:
    return PagePlace(page, place.x0, place.top, place.x1, place.bottom)


def row(code: str, name: str, *numbers: str) -> list[str]:
    return [code, name, *(numbers or ("9.00", "8.00", "1.00"))]


def block(number: str = "表3", title: str = "支出总表", holder: str = BODY) -> list[Paragraph]:
    return [
        line(number, 40),
        middle(title, 60),
        line(f"部门名称：{holder}    单位：万元", 90),
    ]


def only(*pages: list[Paragraph | Table]) -> Framed:
    [frame] = framed_tables(document(*pages))
    return frame


FIRST = [HEAD, row("", "合计"), row("201", "一般公共服务支出"), row("20104", "发展与改革事务")]
SECOND = [HEAD, row("2010401", "行政运行"), row("2010450", "事业运行")]


# ---- what goes on -----------------------------------------------------------------------------


def test_number_title_holder_unit_and_header_repeated_on_every_page() -> None:
    third = [HEAD, row("208", "社会保障和就业支出")]
    frame = only([*block(), grid(FIRST)], [*block(), grid(SECOND)], [*block(), grid(third)])
    assert [r[0] for r in frame.table.texts()] == [
        "科目编码", "", "201", "20104", "2010401", "2010450", "208",
    ]  # fmt: skip
    assert frame.table.pages == (1, 2, 3)
    assert (frame.titles, frame.number, frame.holder) == (("支出总表",), "表3", BODY)
    assert frame.unit and frame.unit.name == "万元"
    assert not frame.open_end


@pytest.mark.parametrize("number", ["— 1 {} —", "第 {} 页 共 9 页", "{}", "- {} -", "· {} ·", "{}/30", "iv"])
def test_running_heads_and_page_numbers_do_not_part_a_table(number: str) -> None:
    head = "云溪市数据局 2026 年度部门预算公开"
    pages = []
    for n, rows in enumerate([FIRST, SECOND[1:], [row("208", "社会保障和就业支出")]]):
        top = [] if n else block()
        foot = line(number.format(n + 3), 570, 400)
        pages.append([line(head, 12, 300), *top, grid(rows), foot])
    assert only(*pages).table.rows == 7


def test_no_header_on_the_following_page() -> None:
    assert only([*block(), grid(FIRST)], [grid(SECOND[1:], 40)]).table.rows == 6


def test_a_row_cut_in_two_by_the_page_end() -> None:
    first = [*FIRST, row("2080505", "机关事业单位基本养老保险缴费")]
    second = [["", "支出", "", "", ""], row("2080506", "机关事业单位职业年金缴费支出")]
    texts = only([*block(), grid(first)], [grid(second, 40)]).table.texts()
    assert texts[4][1] == "机关事业单位基本养老保险缴费支出"
    assert len(texts) == 6


def test_edges_that_differ_a_little_and_a_rule_that_is_lacking() -> None:
    moved = tuple(e + 12 + k * 0.4 for k, e in enumerate(EDGES))
    assert only([*block(), grid(FIRST)], [grid(SECOND, 40, moved)]).table.rows == 6
    fewer = (*EDGES[:3], *EDGES[4:])
    second = [["2010401", "行政运行", "9.00", "8.00"], ["2010450", "事业运行", "9.00", "8.00"]]
    assert only([*block(), grid(FIRST)], [grid(second, 40, fewer)]).table.columns == 5


def test_the_last_column_alone_on_the_next_pages() -> None:
    left, right = EDGES[:5], (300.0, 400.0)
    one = grid([r[:4] for r in FIRST], 120, left)
    two = grid([r[:4] for r in SECOND[1:]], 40, left)
    three = grid([[r[4]] for r in FIRST], 120, right)
    four = grid([["7.00"], ["6.00"]], 40, right)
    frame = only([*block(), one], [two], [middle("出总表", 60), three], [four])
    assert frame.table.pages == (1, 2, 3, 4)
    assert [r[4] for r in frame.table.texts()] == ["项目支出", "1.00", "1.00", "1.00", "7.00", "6.00"]


def test_the_last_columns_on_the_next_page_with_the_labels_repeated() -> None:
    left = grid([r[:4] for r in FIRST], 120, EDGES[:5])
    right = grid([[*r[:2], r[4]] for r in FIRST], 120, (50.0, 150.0, 450.0, 700.0))
    texts = only([*block(), left], [*block(), right]).table.texts()
    assert texts[0] == HEAD
    assert texts[3] == FIRST[3]


# ---- what does not go on ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        block("表4", "基本支出总表"),
        block("表4"),
        block(holder="云溪市大数据中心"),
        [middle("基本支出总表", 60)],
        [line("一、预算单位构成的情况说明如下。", 60)],
    ],
)
def test_another_title_number_or_holder_is_another_table(other: list[Paragraph]) -> None:
    assert len(framed_tables(document([*block(), grid(FIRST)], [*other, grid(SECOND)]))) == 2


def test_the_same_table_for_another_unit_begins_with_the_same_total() -> None:
    frames = framed_tables(document([*block(), grid(FIRST)], [*block(), grid(FIRST)]))
    assert len(frames) == 2


def test_another_header_without_a_gap_is_another_table() -> None:
    other = ["单位编码", "单位名称", "会议费", "培训费", "备注"]
    frames = framed_tables(document([*block(), grid(FIRST)], [grid([other, row("001", BODY)], 40)]))
    assert len(frames) == 2


def test_a_form_with_the_same_title_is_another_form() -> None:
    def form(name: str, amount: str) -> Table:
        rows = [
            ["项目名称", name, "<", "<", "<"],
            ["主管部门", BODY, "实施单位", BODY + name, "<"],
            ["资金金额（万元）", "年度资金总额", amount, "其中：财政拨款", amount],
            ["产出指标", "数量指标", "系统数量", "≥3", "10"],
        ]
        return grid(rows)

    title = middle("项目支出绩效目标表", 60)
    frames = framed_tables(document([title, form("甲项目", "5.00")], [title, form("乙项目", "6.00")]))
    assert len(frames) == 2
    assert [f.unit.name for f in frames if f.unit] == ["万元", "万元"]


# ---- titles, units, holders -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "number"),
    [
        ("收支总体情况表", "收支总体情况表", ""),
        ("预算01表收支总表", "收支总表", "预算01表"),
        ("预算表12 项目支出绩效目标表", "项目支出绩效目标表", "预算表12"),
        ("表1：2026年市级部门收支预算总表", "2026年市级部门收支预算总表", "表1"),
        ("公开 09 表", "", "公开 09 表"),
        ("部门公开表7", "", "部门公开表7"),
        ("表十一", "", "表十一"),
        ("附件2-1 支出预算表", "支出预算表", "附件2-1"),
        ("云溪大学收入预算表", "云溪大学收入预算表", ""),
        ("部门综合预算收入总表", "部门综合预算收入总表", ""),
        ("一般公共预算支出表（按功能分类科目）", "一般公共预算支出表（按功能分类科目）", ""),
        ("财政拨款支出表（单位：万元）", "财政拨款支出表", ""),
        ("表一般公共预算", "", ""),
        ("收支总表……………3", "", ""),
        ("收入总表 5", "", ""),
        ("表3显示，本年支出增加。", "", ""),
        ("具体情况见下表", "", ""),
        ("本部门无此项支出，故本表为空表", "", ""),
        ("注：本表按科目编列支出表", "", ""),
    ],
)  # fmt: skip
def test_a_line_is_parted_into_number_and_title(text: str, title: str, number: str) -> None:
    found = head_line(text)
    assert (found.title, found.number) == (title, number)


def test_title_and_holder_and_unit_read_as_one_line() -> None:
    found = head_line("2026年收入预算总表编制单位：云溪市数据局 单位：元")
    assert (found.title, found.holder) == ("2026年收入预算总表", BODY)
    assert found.unit and found.unit.name == "元"


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        (["单位：万元"], "万元"),
        (["金额单位：元"], "元"),
        (["单位:人民币万元"], "万元"),
        (["部门名称：云溪市数据局", "单位：万", "元"], "万元"),
        (["单位：", "千元"], "千元"),
        (["单位：云溪市数据局"], None),
        (["编制日期：2026年2月3日"], None),
    ],
)
def test_the_unit_also_on_two_lines(lines: list[str], unit: str | None) -> None:
    printed = [line(t, 75 + 12 * k) for k, t in enumerate(lines)]
    found = only([middle("支出总表", 50), *printed, grid(FIRST)]).unit
    assert (found.name if found else None) == unit


def test_a_holder_on_two_lines() -> None:
    lines = [middle("支出总表", 50), line("部门名称：云溪市数", 75), line("据局 单位：万元", 86)]
    assert only([*lines, grid(FIRST)]).holder == BODY


def test_a_title_on_two_lines_and_one_above_other_lines() -> None:
    two = [middle("一般公共预算支出明细表（按支出功能分类科目-", 40), middle("不含上年结转）", 58)]
    assert (
        only([*two, line("单位：元", 90), grid(FIRST)])
        .titles[0]
        .endswith("明细表（按支出功能分类科目-不含上年结转）")
    )
    lines = [middle("支出总表", 40), middle("（2026年度）", 60, 10), line("单位：元", 90)]
    assert only([*lines, grid(FIRST)]).titles == ("支出总表",)


def test_title_holder_and_unit_inside_the_grid() -> None:
    inner = [["支出总表", "<", "<", "<", "<"], ["部门名称：云溪市数据局", "<", "<", "单位：元", "<"]]
    frame = only([grid([*inner, *FIRST])])
    assert (frame.titles, frame.holder, frame.first) == (("支出总表",), BODY, 2)
    assert frame.unit and frame.unit.name == "元"
    both = only([grid([*inner, *FIRST])], [grid([*inner, *SECOND])])
    assert both.table.rows == 8


def test_contents_before_the_first_table_give_no_title() -> None:
    contents = [middle("目  录", 40), *(line(f"表{n} 收支总表", 60 + 20 * n) for n in range(1, 9))]
    frame = only(contents, [line("单位：万元", 90), grid(FIRST)])
    assert frame.titles == ()


def test_a_running_head_that_ends_like_a_title_is_none() -> None:
    def page(*blocks: Paragraph | Table) -> list[Paragraph | Table]:
        return [middle("云溪市数据局部门预算表", 14, 9), *blocks]

    frames = framed_tables(
        document(
            page(*block(), grid(FIRST)),
            page(grid(SECOND[1:])),
            page(*block("表4", "项目支出总表"), grid(FIRST)),
            page(line("部门预算情况说明", 100)),
        )
    )
    assert [f.titles for f in frames] == [("支出总表",), ("项目支出总表",)]
    assert frames[0].table.pages == (1, 2)


def test_a_title_left_on_the_page_before() -> None:
    before = [
        line("部门本年培训费预算较上年减少。", 400),
        middle("培训费明细表", 540, 12),
        line("单位：万元", 560),
    ]
    frame = only(before, [grid(FIRST, 40)])
    assert frame.titles == ("培训费明细表",)
    assert frame.unit and frame.unit.name == "万元"


def test_a_unit_that_all_other_tables_state_is_that_of_the_document() -> None:
    pages = [[*block(f"表{n}", f"{w}支出表"), grid(FIRST)] for n, w in enumerate("甲乙丙", 1)]
    silent = [middle("丁支出表", 60), grid(FIRST)]
    frames = framed_tables(document(*pages, silent))
    assert [f.unit.name for f in frames if f.unit] == ["万元"] * 4
    other = [middle("戊支出表", 60), line("单位：元", 90), grid(FIRST)]
    assert framed_tables(document(*pages, silent, other))[3].unit is None


# ---- where the end is open --------------------------------------------------------------------


def test_an_unread_page_between_leaves_the_end_open() -> None:
    notice = ReadingNotice("本页损坏。", PagePlace(2, 0, 0, 0, 0), True)
    frames = framed_tables(document([*block(), grid(FIRST)], [], [grid(SECOND, 40)], notices=(notice,)))
    assert [f.open_end for f in frames] == [True, True]


def test_a_last_table_before_an_unread_page_is_open() -> None:
    notice = ReadingNotice("本页损坏。", PagePlace(2, 0, 0, 0, 0), True)
    [frame] = framed_tables(document([*block(), grid(FIRST)], [], notices=(notice,)))
    assert frame.open_end


def test_an_empty_page_among_others_may_have_lost_the_rest() -> None:
    last = [*block("表4", "项目支出总表"), grid(FIRST)]
    frames = framed_tables(document([*block(), grid(FIRST)], [], last, [line("说明", 40)]))
    assert [f.open_end for f in frames] == [True, False]


def test_a_table_without_title_that_was_not_joined_leaves_both_open() -> None:
    other = [["单位编码", "单位名称", "会议费", "培训费", "备注"], row("001", BODY)]
    frames = framed_tables(document([*block(), grid(FIRST)], [grid(other, 40)]))
    assert [f.open_end for f in frames] == [True, True]


# ---- words ------------------------------------------------------------------------------------


def test_page_numbers_in_any_form() -> None:
    for text in ("3", "— 1 2 —", "第3页，共40页", "iii", "3 / 9", "第十二页", "－12－", "Page 3 of 9"):
        assert is_page_number(text), text
    for text in ("表1", "合计", "2026年", "单位：万元", "一、收入"):
        assert not is_page_number(text), text


def test_notes_repeated_at_other_heights_stay() -> None:
    pages = [[*block(f"表{n}"), grid(FIRST), line("注：尾差系四舍五入。", 200 + 30 * n)] for n in range(4)]
    made = document(*pages)
    assert not furniture_of(made)


def test_titles_end_as_titles_do() -> None:
    assert is_title("项目支出绩效目标表(含转移支付项目)")
    assert not is_title("反映本年支出的总表")
    assert not is_title("表")
