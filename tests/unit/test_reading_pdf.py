"""The PDF reader on pages made for one purpose each."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from tests.pdfs import IMAGE, grid, pdf, table, text
from yibenzhang.model.documents import Document, Table
from yibenzhang.reading import ReadingError, read

ROWS = [["code", "name", "total"], ["201", "general", "1,234.50"], ["208", "social", "20.00"]]


def written(tmp_path: Path, data: bytes) -> Document:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    return read(path)


def only(document: Document) -> Table:
    [found] = document.tables()
    return found


@pytest.mark.parametrize("thin", [False, True])
def test_stroked_lines_and_thin_boxes_rule_alike(tmp_path: Path, thin: bool) -> None:
    assert only(written(tmp_path, pdf([table(ROWS, thin=thin)]))).texts() == ROWS


def test_missing_outer_edges(tmp_path: Path) -> None:
    page = grid([140, 230], [780, 762, 744, 726]).replace("140 780", "50 780")  # no rule left and right
    page = "".join(f"50 {y} m 320 {y} l S\n" for y in (780, 762, 744, 726))
    page += "".join(f"{x} 726 m {x} 780 l S\n" for x in (140, 230))
    for r, row in enumerate(ROWS):
        for c, words in enumerate(row):
            page += text(53 + 90 * c, 767 - 18 * r, words)
    assert only(written(tmp_path, pdf([page]))).texts() == ROWS


def test_a_wrapped_number_is_one_and_two_numbers_are_two(tmp_path: Path) -> None:
    page = grid([50, 90, 200], [780, 740, 700])
    page += text(52, 768, "4,33") + text(52, 750, "5.95") + text(100, 768, "1.00") + text(100, 750, "2.00")
    page = page.replace("50 740", "50 740")
    found = only(written(tmp_path, pdf([page.replace("(4,33) Tj", "(214,33) Tj")])))
    assert found.texts()[0][0] == "214,335.95"
    assert found.texts()[0][1] == "1.00\n2.00"


def test_several_printed_rows_in_one_ruled_row(tmp_path: Path) -> None:
    page = grid([50, 140, 230, 320], [780, 762, 700, 682])
    for k, (code, name, total, basic) in enumerate(
        [
            ("201", "general", "5.00", "4.00"),
            ("20101", "office", "3.00", "2.00"),
            ("20102", "data", "2.00", "2.00"),
        ]
    ):
        y = 750 - 18 * k
        page += text(53, y, f"{code}{name}") + text(143, y, total) + text(233, y, basic)
    page += text(53, 767, "name") + text(143, 767, "total") + text(233, 767, "basic")
    page += text(53, 687, "sum") + text(143, 687, "5.00") + text(233, 687, "4.00")
    found = only(written(tmp_path, pdf([page])))
    assert [r[1:] for r in found.texts()] == [
        ["total", "basic"], ["5.00", "4.00"], ["3.00", "2.00"], ["2.00", "2.00"], ["5.00", "4.00"],
    ]  # fmt: skip
    assert [r[0] for r in found.texts()][1:4] == ["201general", "20101office", "20102data"]


def test_long_decimals_that_wrap_are_one_number(tmp_path: Path) -> None:
    page = grid([50, 110, 200], [780, 740, 700]) + text(52, 768, "11,542.0000") + text(52, 755, "00")
    page += text(52, 728, "11,542.00") + text(52, 715, "0000")
    texts = only(written(tmp_path, pdf([page]))).texts()
    assert [texts[0][0], texts[1][0]] == ["11,542.000000", "11,542.000000"]


def test_text_drawn_twice_counts_once(tmp_path: Path) -> None:
    page = table(ROWS) + text(233, 749, "1,234.50") + text(233.3, 749, "1,234.50")
    assert only(written(tmp_path, pdf([page]))).texts()[1][2] == "1,234.50"


def test_text_off_the_page_is_not_published(tmp_path: Path) -> None:
    document = written(tmp_path, pdf([table(ROWS) + text(900, 400, "earlier draft") + text(50, 100, "note")]))
    assert [p.text for p in document.paragraphs()] == ["note"]


def test_a_name_that_runs_on_unseen_behind_the_next_cell(tmp_path: Path) -> None:
    name = "q 140 744 90 18 re W n\n" + text(143, 749, "social security and employment") + "Q\n"
    page = table([ROWS[0], ["208", "", "1,234.50"]]).replace("()", "( )") + name
    [row] = only(written(tmp_path, pdf([page]))).texts()[1:]
    assert row[2] == "1,234.50"
    assert row[1].startswith("socialsecurity") and not row[1].endswith("employment")


def test_a_watermark_is_left_out_and_leaning_words_are_not(tmp_path: Path) -> None:
    across = "BT /F1 60 Tf 0.7 0.7 -0.7 0.7 120 600 Tm (draft) Tj ET\n"
    leaning = "BT /F1 10 Tf 1 0 0.33 1 50 100 Tm (13.48%) Tj ET\n"
    document = written(tmp_path, pdf([table(ROWS) + across + leaning]))
    assert only(document).texts() == ROWS
    assert [p.text for p in document.paragraphs()] == ["13.48%"]


def test_underlined_words_make_no_rows(tmp_path: Path) -> None:
    under = "".join(f"{x} 747 m {x + 69} 747 l S\n" for x in (52, 142)) + "233 729 m 260 729 l S\n"
    rows = [ROWS[0], ["2" * 12, "9" * 12, "1,234.50"], ROWS[2]]
    assert only(written(tmp_path, pdf([table(rows) + under]))).texts() == rows


def test_the_raised_mark_of_a_note_is_no_digit(tmp_path: Path) -> None:
    mark = text(274, 753, "1", 6)
    assert only(written(tmp_path, pdf([table(ROWS) + mark]))).texts() == ROWS


def test_a_number_behind_a_repeated_header_is_not_read(tmp_path: Path) -> None:
    hidden = "q 50 500 270 244 re W n\n" + text(236, 767, "77.00") + "Q\n"
    assert only(written(tmp_path, pdf([table(ROWS) + hidden]))).texts() == ROWS


def test_a_clip_in_another_measure_hides_nothing(tmp_path: Path) -> None:
    page = table(ROWS) + "q 0 0 3 3 re W n\n" + "".join(text(50, 100 + 12 * k, f"note {k}") for k in range(2))
    document = written(tmp_path, pdf(["q 0 0 1 1 re W n\n" + text(50, 100, "note") + "Q\n"]))
    assert [p.text for p in document.paragraphs()] == ["note"]
    assert only(written(tmp_path, pdf([page + "Q\n"]))).texts() == ROWS


def test_columns_of_cells_that_run_over_the_whole_page(tmp_path: Path) -> None:
    page = "".join(f"140 {y} m 320 {y} l S\n" for y in (780, 762, 744, 726))
    page += "".join(f"{x} 726 m {x} 780 l S\n" for x in (50, 140, 230, 320))
    page += text(53, 750, "project") + text(143, 767, "a") + text(233, 767, "1.00")
    found = only(written(tmp_path, pdf([page])))
    assert (found.rows, found.columns) == (3, 3)
    assert (found.cells[0].text, found.cells[0].row_span) == ("project", 3)


BROKEN = "本页的数据已损坏，只有一部分能读出，其余内容未检查，请看原件。"


def test_a_page_whose_content_breaks_off_is_told(tmp_path: Path) -> None:
    """What PDFium draws of it is read; a stream without its last bytes that draws all is no damage."""
    pages = ["".join(text(50, 800 - 20 * k, f"line {p} {k}") for k in range(30)) for p in range(3)]
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(pages, kept={1: 0.5}))
    document = read(path)
    assert [(n.message, n.place and n.place.page, n.unread) for n in document.notices] == [(BROKEN, 2, True)]
    lines = [len(p.blocks) for p in document.pages]
    assert lines[0] == lines[2] > lines[1] > 0
    path.write_bytes(pdf(pages, kept={}))
    assert read(path).notices == ()


def test_a_stream_without_its_checksum_is_whole(tmp_path: Path) -> None:
    content = "".join(text(50, 800 - 20 * k, f"line {k}") for k in range(30))
    share = 1 - 4 / len(zlib.compress(content.encode()))
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([content], kept={0: share}))
    document = read(path)
    assert document.notices == () and len(document.pages[0].blocks) == 30


def test_a_turned_page_is_read_upright(tmp_path: Path) -> None:
    turned = "0 1 -1 0 595 0 cm\n" + table(ROWS, y=500)
    found = only(written(tmp_path, pdf([turned], rotate=90)))
    assert found.texts() == ROWS


def test_a_merged_cell_knows_its_span(tmp_path: Path) -> None:
    page = "50 780 m 320 780 l S 50 762 m 320 762 l S 140 744 m 320 744 l S 50 726 m 320 726 l S\n"
    page += "50 780 m 50 726 l S 140 780 m 140 726 l S 230 762 m 230 726 l S 320 780 m 320 726 l S\n"
    page += (
        text(53, 767, "label")
        + text(143, 767, "basic")
        + text(143, 749, "personnel")
        + text(233, 749, "public")
    )
    found = only(written(tmp_path, pdf([page])))
    wide = next(c for c in found.cells if c.text == "basic")
    assert (wide.row_span, wide.column_span) == (1, 2)
    tall = next(c for c in found.cells if c.column == 0 and c.row == 1)
    assert tall.row_span == 2


def test_an_image_only_pdf_says_so(tmp_path: Path) -> None:
    document = written(tmp_path, pdf([IMAGE, IMAGE]))
    assert len(document.notices) == 1
    assert "没有文字层" in document.notices[0].message


def test_one_scanned_page_among_others_is_told(tmp_path: Path) -> None:
    document = written(tmp_path, pdf([table(ROWS), IMAGE]))
    assert [(n.unread, str(n.place)) for n in document.notices] == [(True, "第2页")]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空的"),
        (b"  \n\n", "空的"),
        (pdf([table(ROWS)])[:300], "损坏"),
        (b"%PDF-1.4\nnothing", "损坏"),
        (pdf([table(ROWS)], encrypt=True), "加密"),
        (b"PK\x03\x04rest", "损坏"),
        (b"\x89PNG\r\n\x1a\n", "图片已损坏"),
        (b"\x00\x01\x02\x03" * 100, "不是可识别的文本"),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(tmp_path: Path, data: bytes, word: str) -> None:
    path = tmp_path / "renamed.pdf"
    path.write_bytes(data)
    with pytest.raises(ReadingError) as caught:
        read(path)
    assert word in str(caught.value)
    assert str(caught.value).count("。") == 1


def test_a_renamed_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "really.txt"
    path.write_bytes(pdf([table(ROWS)]))
    assert read(path).kind == "pdf"


def test_a_text_in_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(
        "收支总表\n单位：万元\n项目\t预算数\n一、一般公共预算拨款收入\t12.00\n".encode("gb18030")
    )
    assert read(path).tables()[0].texts()[1] == ["一、一般公共预算拨款收入", "12.00"]


def test_five_hundred_pages_and_ten_thousand_rows(tmp_path: Path) -> None:
    assert len(written(tmp_path, pdf([table(ROWS)] * 500)).pages) == 500
    lines = ["科目编码\t科目名称\t合计"] + [f"20101{k:02d}\t甲\t{k}.00" for k in range(100)] * 100
    path = tmp_path / "long.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert read(path).tables()[0].rows == 10_001


def test_thousands_of_lines_do_not_hang(tmp_path: Path) -> None:
    page = "".join(f"{x % 590} 10 m {x % 590} 800 l S\n" for x in range(0, 30_000))
    document = written(tmp_path, pdf([page + text(50, 400, "x")]))
    assert any("线条过多" in n.message for n in document.notices)


@pytest.mark.parametrize(("line", "told"), [("", 0), ("\x00" * 300, 1)])
def test_a_picture_of_one_colour_holds_nothing_unread(tmp_path: Path, line: str, told: int) -> None:
    shown = (line + "\xff" * 45_000)[:45_000]
    image = f"q 400 0 0 200 50 200 cm BI /W 300 /H 150 /CS /G /BPC 8 ID {shown} EI Q\n"
    found = written(tmp_path, pdf([image + text(60, 300, "a title over it") + table(ROWS)]))
    assert sum("图片" in n.message for n in found.notices) == told
