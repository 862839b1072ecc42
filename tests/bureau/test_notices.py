"""Notices to departments: the template, and the Word and PDF files made from it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import docx
import pypdfium2
import pytest
import typst
from docx.shared import Cm
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from tests.conftest import EXAMPLES, examples
from tests.views import view_of
from yibenzhang.checking.check import check_document
from yibenzhang.drafting.parts import FontMissing
from yibenzhang.office.notice_docx import notice_docx
from yibenzhang.office.notice_layout import WIDTH, pictures_of, title_lines
from yibenzhang.office.notice_pdf import notice_pdf
from yibenzhang.office.notice_text import (
    PLACEHOLDERS,
    Notice,
    NoticeItem,
    Picture,
    default_template,
    fill,
    notice_of,
    problems,
)
from yibenzhang.office.returning import _place_name
from yibenzhang.reading import read_data
from yibenzhang.showing.view import Spot


def png(wide: int, high: int) -> bytes:
    image = Image.new("RGB", (wide, high), "white")
    ImageDraw.Draw(image).rectangle((10, 10, wide // 2, high // 2), outline="red", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


PAGE, CUT = png(620, 877), png(900, 200)
ITEMS = (
    NoticeItem(
        1, "error", "支出总表合计与各项之和不符，相差 100.00 万元。", "1,234.56", "1,334.56", "万元", "第 3 页，支出总表",
        ("《中华人民共和国预算法》第十四条",), ("834.56 + 500.00 = 1,334.56", "表中合计 1,234.56"), "请核对是否漏填。",
        (Picture(PAGE, "第 3 页"), Picture(CUT, "第 3 页（局部）")),
    ),
    NoticeItem(2, "warning", "文字写“增加”，比率写“下降 6.4%”。", where="第 8 页", pictures=(Picture(PAGE, "第 3 页"),)),
    NoticeItem(
        3, "error", "公务用车购置及运行费不等于其中两项之和。", rows=(("项目", "预算"), ("公务用车", "12.00"), ("其中：运行",)),
        marked=frozenset({(1, 1)}), body="云岭市青禾区第一中学",
    ),
)  # fmt: skip
VALUES = {
    "年度": "2026",
    "阶段": "预算",
    "级次": "部门",
    "联系人": "预算科 沈某",
    "联系电话": "0800-1234567",
}


def notice(**changed: Any) -> Notice:
    made = notice_of(
        changed.pop("template", default_template()), changed.pop("items", ITEMS), body="云岭市青禾区教育局",
        office="云岭市青禾区财政局", day=date(2026, 3, 2), due=date(2026, 3, 9), number="青财监〔2026〕3号", values=VALUES,
    )  # fmt: skip
    return replace(made, **changed)


def words_of_docx(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def words_of_pdf(data: bytes) -> str:
    pdf = pypdfium2.PdfDocument(data)
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in pdf)


@pytest.fixture
def fonts() -> None:
    try:
        notice_pdf(notice(items=(), lines=()))
    except FontMissing as error:
        pytest.skip(str(error))


# ---- the template --------------------------------------------------------------------------


def test_the_default_template_is_sound() -> None:
    assert problems(default_template()) == []
    filled = fill(default_template(), dict.fromkeys(PLACEHOLDERS, "某"))
    assert not filled.unknown and not filled.missing
    cited = set(re.findall(r"《[^》]+》(?:（[^）]+）|第[^条]+条)", default_template()))
    assert cited == {
        "《中华人民共和国预算法》第十四条",
        "《中华人民共和国预算法实施条例》第六条",
        "《地方预决算公开操作规程》（财预〔2016〕143号）",
    }


def test_a_notice_in_words() -> None:
    made = notice()
    assert made.title == "关于云岭市青禾区教育局2026年部门预算公开问题的整改通知"
    text = "\n".join(x.text for x in made.lines)
    assert "发现问题3个（错误2个、疑问1个）" in text
    assert "请于2026年3月9日前完成整改" in text
    assert "财预〔2016〕143号" in text
    assert "青财监〔2026〕3号" in text


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("# 通知\n〔单味〕：\n〔问题清单〕", "第 2 行的〔单味〕不认识，会照原样印出；是不是〔单位〕？"),
        ("# 通知\n你单位：", "模板里没有〔问题清单〕一行，通知里就不会列出问题。"),
        ("# 通知\n如下：〔问题清单〕", "第 2 行的〔问题清单〕要单独占一行，前后不能有别的字。"),
        ("# 通知\n〔问题清单〕\n〔问题清单〕", "〔问题清单〕出现了 2 次（第 2、3 行），只应有一次。"),
        ("通知\n〔问题清单〕", "模板里没有标题（以“# ”开头的一行）。"),
        ("# 通知〔单位\n〔问题清单〕", "第 1 行的〔 〕没有成对，或者里面的字太多。"),
    ],
)
def test_what_is_wrong_with_a_template(template: str, told: str) -> None:
    assert problems(template) == [told]


def test_missing_and_unknown_values() -> None:
    filled = fill("# 通知\n^ 〔文号〕\n请于〔期限〕前报〔某处〕。\n财预〔2016〕143号", {})
    assert [x.text for x in filled.lines] == ["通知", "请于＿＿＿＿＿＿前报〔某处〕。", "财预〔2016〕143号"]
    assert filled.missing == ("文号", "期限")
    assert filled.unknown == ("某处",)


def test_values_are_words_and_nothing_else() -> None:
    filled = fill(
        "〔单位〕：\n〔文件〕", {"单位": "# 甲〔落款〕\n> 乙", "文件": "〔问题清单〕", "落款": "丙"}
    )
    assert [(x.kind, x.text) for x in filled.lines] == [
        ("paragraph", "# 甲〔落款〕 > 乙："),
        ("paragraph", "〔问题清单〕"),
    ]


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("〔〕#^<>\n 单位问题清单反馈表年"), st.characters()), max_size=200
    )
)
def test_any_template_is_filled(template: str) -> None:
    assert all(p.endswith("。") or p.endswith("？") for p in problems(template))
    fill(template, {"单位": "某局"})


def test_a_long_title_breaks_where_its_words_allow() -> None:
    assert title_lines(notice().title) == ["关于云岭市青禾区教育局", "2026年部门预算公开问题的整改通知"]
    assert title_lines("整改通知") == ["整改通知"]


# ---- the pictures --------------------------------------------------------------------------


def test_a_page_is_printed_once_and_cut_outs_stand_beside_their_item() -> None:
    found = pictures_of(ITEMS)
    assert [p.caption for p in found.annex] == ["附图 1　第 3 页（问题 1、2）"]
    assert found.pointers == ("附图 1（第 3 页）", "附图 1（第 3 页）", "")
    assert [[p.caption for p in shown] for shown in found.inline] == [["第 3 页（局部）"], [], []]
    assert found.inline[0][0].width == WIDTH


@pytest.mark.parametrize("data", [b"", b"no picture", CUT[:60], CUT[:-30], b"GIF89a" + b"\0" * 30])
def test_a_picture_that_cannot_be_shown_is_told(data: bytes) -> None:
    items = (replace(ITEMS[1], pictures=(Picture(data, "第 8 页"),)),)
    assert pictures_of(items).inline[0][0].caption == "第 8 页：图片无法显示。"
    assert "第 8 页：图片无法显示。" in words_of_docx(notice_docx(notice(items=items)))


# ---- Word and PDF --------------------------------------------------------------------------

TOLD = [
    "1.【错误】支出总表合计与各项之和不符", "印为 1,234.56 万元，应为 1,334.56 万元", "834.56 + 500.00 = 1,334.56",
    "请核对是否漏填。", "2.【疑问】", "附图 1（第 3 页）", "第 3 页（局部）", "整改情况反馈表", "单位（盖章）：云岭市青禾区教育局",
    "云岭市青禾区财政局", "云岭市青禾区第一中学", "2026年3月2日", "其中：运行", "附图 1　第 3 页（问题 1、2）",
]  # fmt: skip


def test_the_word_file() -> None:
    data = notice_docx(notice())
    text = words_of_docx(data)
    assert [t for t in TOLD if t not in text] == []
    document = docx.Document(io.BytesIO(data))
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    assert [s.width <= room for s in document.inline_shapes] == [True, True]
    assert abs(document.inline_shapes[0].width - Cm(WIDTH)) < Cm(0.01)
    assert " PAGE " in section.footer._element.xml
    assert document.core_properties.title == notice().title


def test_the_same_notice_gives_the_same_word_file(monkeypatch: pytest.MonkeyPatch) -> None:
    first = notice_docx(notice())
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 5, 6, 7, 8, 10, 0, 0, 0))
    assert notice_docx(notice()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {i.date_time for i in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.usefixtures("fonts")
def test_the_pdf_file() -> None:
    data = notice_pdf(notice())
    assert notice_pdf(notice()) == data
    text = words_of_pdf(data)
    assert [t for t in TOLD if "".join(t.split()) not in text] == []
    pdf = pypdfium2.PdfDocument(data)
    assert "—1—" in "".join(pdf[0].get_textpage().get_text_bounded().split())
    images = [o for page in pdf for o in page.get_objects() if o.type == 3]
    assert len(images) == 2


EVIL = '#read("/etc/hostname") $x$ *粗* [a] \\u{41} </w:t><w:br/> & <b> @ref = 标题 \x07\ud800 // 注'


@pytest.mark.usefixtures("fonts")
def test_words_of_others_are_words_in_both_files() -> None:
    item = NoticeItem(1, "odd", EVIL, EVIL, EVIL, EVIL, EVIL, (EVIL,), (EVIL,), EVIL, (), ((EVIL,), (), (EVIL, EVIL)))  # fmt: skip
    made = notice(items=(item,), body=EVIL, office=EVIL, number=EVIL)
    for text in (words_of_docx(notice_docx(made)), words_of_pdf(notice_pdf(made))):
        flat = "".join(text.split())
        assert '#read("/etc/hostname")$x$*粗*[a]\\u{41}</w:t><w:br/>&<b>@ref=标题' in flat


@settings(max_examples=examples(15), deadline=None)
@given(st.text(max_size=40), st.lists(st.lists(st.text(max_size=6), max_size=14), max_size=4))
def test_any_words_make_a_word_file(words: str, rows: list[list[str]]) -> None:
    item = NoticeItem(1, "error", words, words, where=words, rows=tuple(tuple(r) for r in rows))
    template = f"# {words}\n〔问题清单〕\n> {words}\n〔反馈表〕"
    assert notice_docx(notice(template=template, items=(item,)))[:2] == b"PK"


@pytest.mark.usefixtures("fonts")
@settings(max_examples=examples(8), deadline=None)
@given(st.text(max_size=40), st.lists(st.lists(st.text(max_size=6), max_size=14), max_size=4))
def test_any_words_make_a_pdf(words: str, rows: list[list[str]]) -> None:
    item = NoticeItem(1, "error", words, words, where=words, rows=tuple(tuple(r) for r in rows))
    template = f"# {words}\n〔问题清单〕\n> {words}\n〔反馈表〕"
    assert notice_pdf(notice(template=template, items=(item,)))[:4] == b"%PDF"


def test_no_chinese_font_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoFonts:
        def families(self) -> list[str]:
            return ["DejaVu Sans"]

    monkeypatch.setattr(typst, "Fonts", NoFonts)
    with pytest.raises(FontMissing, match="没有找到中文字体"):
        notice_pdf(notice())


def test_a_file_without_pages_tells_the_table_or_the_heading_as_place() -> None:
    """The leaf's own title is that of the first thing on it, which stands far above."""
    name = "hubei-wrong-digit.txt"
    checked = check_document(read_data(name, (EXAMPLES / name).read_bytes()))
    view = view_of(checked, [name])
    leaf = next(x for x in view.leaves if sum(b.kind == "heading" for b in x.blocks) > 2)
    block = [b for b in leaf.blocks if b.kind == "paragraph"][-1]
    before = leaf.blocks[: leaf.blocks.index(block)]
    heading = [b for b in before if b.kind == "heading"][-1]
    words = "".join(p.text for p in heading.pieces).strip()[:40]
    assert _place_name(view, Spot(block.key, leaf.number, None, "正文", "")) == f"“{words}”"
    assert _place_name(view, Spot(block.key, leaf.number, None, "支出总表“合计”“小计”", "")) == "支出总表"
    assert _place_name(view, Spot("nowhere", leaf.number, None, "正文", "")) == leaf.title
