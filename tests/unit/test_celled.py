"""Tables that an extraction left with one cell a line, and paragraphs of a text file."""

from __future__ import annotations

from yibenzhang.model.documents import Document, Paragraph
from yibenzhang.prose.passages import passages_of
from yibenzhang.reading import read_data

_TITLE = "示范局2024年“三公”经费预算情况说明"


def _read(*lines: str) -> Document:
    return read_data("a.txt", "\n".join((_TITLE, *lines)).encode())


def _tables(document: Document) -> list[list[list[str]]]:
    return [t.texts() for t in document.tables()]


def _cells(document: Document) -> list[str]:
    return [b.text for b in document.blocks() if isinstance(b, Paragraph) and b.cell]


def test_rows_of_cells_with_bars() -> None:
    lines = [
        "单位:万元",
        "项目 |",
        "2023年 |",
        "2024年 |",
        "合计 |",
        "79 |",
        "75.50 |",
        "出国费 |",
        "4 |",
        "0 |",
    ]
    assert _tables(_read(*lines, "二、情况说明")) == [
        [["项目", "2023年", "2024年"], ["合计", "79", "75.50"], ["出国费", "4", "0"]]
    ]


def test_bars_of_merged_cells_tell_the_width() -> None:
    lines = [
        "单位:万元 |",
        "|||||",
        "项目 |",
        "上年 |",
        "本年 |",
        "增减情况 |",
        "||",
        "增减额 |",
        "增减幅度 |",
        "||||",
    ]
    lines += [
        "合计 |",
        "7.08 |",
        "6.09 |",
        "-0.99 |",
        "-13.98% |",
        "|",
        "出国费 |",
        "|||||",
        "接待费 |",
        "3.55 |",
        "2.65 |",
    ]
    (table,) = _tables(_read(*lines, "-0.90 |", "-25.35% |", "附件"))
    assert table[0] == ["项目", "上年", "本年", "增减情况", "增减情况"]
    assert table[1] == ["项目", "上年", "本年", "增减额", "增减幅度"]
    assert table[3] == ["出国费", "", "", "", ""]
    assert table[4] == ["接待费", "3.55", "2.65", "-0.90", "-25.35%"]


def test_a_header_that_may_stand_over_either_is_not_guessed() -> None:
    lines = [
        "甲项费用 |",
        "乙项费用 |",
        "||",
        "一月 |",
        "二月 |",
        "三月 |",
        "||||",
        "1.10 |",
        "2.20 |",
        "3.30 |",
        "4.40 |",
    ]
    document = _read(*lines)
    assert not _tables(document) and "1.10" in _cells(document)


def test_a_row_a_line() -> None:
    lines = ["项目 | 2024年决算 |", "因公出国（境）费 | 0 |", "公务接待费 | 1.30 |"]
    assert _tables(_read(*lines)) == [
        [["项目", "2024年决算"], ["因公出国（境）费", "0"], ["公务接待费", "1.30"]]
    ]


def test_cells_without_bars_are_no_sentences_and_are_told() -> None:
    rows = [
        ("合计", "77.00", "68.30"),
        ("出国费", "0.00"),
        ("接待费", "35.00", "26.40"),
        ("用车费", "42.00", "41.90"),
    ]
    document = _read(
        "项目", "预算数", "决算数", *(c for row in rows for c in row), "二、情况说明", "接待费26.40万元。"
    )
    assert not _tables(document)
    assert [p.text for p in passages_of(document)][1:] == ["二、情况说明", "接待费26.40万元。"]
    assert ["7 个数字" in n.message for n in document.notices] == [True]


def test_contents_with_page_numbers_are_no_cells() -> None:
    document = _read(
        "目录", "一、收支总表", "3", "二、收入总表", "4", "三、支出总表", "5", "四、名词解释", "6"
    )
    assert not _cells(document)


def _passages(*lines: str) -> list[str]:
    return [p.text for p in passages_of(_read(*lines))][1:]


_LONG = "示范局负责全市示范工作的规划、组织和监督，" * 9 + "完成交办的其他任务。"


def test_an_empty_line_parts_short_paragraphs() -> None:
    one, two = "公务用车购置费预算安排0万元,与2021年预算持平", "公务用车运行维护费预算安排8万元。"
    assert _passages(_LONG, "", one, "", two)[1:] == [one, two]
    broken = "实行绩效管理的项目有13个，其中：运维费58万元，" + "绩效目标：保持稳定，" * 20 + "绩"
    assert len(_passages(_LONG, "", broken, "", "效目标：保障运行。")) == 2


def test_lines_broken_by_the_width_of_a_page_go_on_over_empty_ones() -> None:
    lines = [
        "示范局负责全市示范工作的规划、组织和监督，承担示范点的建",
        "",
        "设和管理，指导各县区开展示范工作，组织交流和培训，推广示",
        "",
        "范成果。",
    ]
    assert len(_passages(*lines)) == 1


def test_a_title_stands_by_itself() -> None:
    title = "关于示范省财政厅财政拨款“三公”经费2014年预算情况的说明"
    document = read_data("a.txt", f"{title}\n示范省财政厅“三公”经费2014年预算情况如下:\n{_LONG}".encode())
    assert len(passages_of(document)) == 3
    wrapped = read_data("a.txt", f"{title}\n如下:\n{_LONG}".encode())
    assert len(passages_of(wrapped)) == 2
