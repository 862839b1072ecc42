"""Word files: what is published in them, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.unit.test_reading_hostile import RELS, W, docx_of, zipped
from yibenzhang.model.documents import Document, Table
from yibenzhang.reading import ReadingError, converting, read
from yibenzhang.reading.numbering import chinese, counted


def saved(book: Any, folder: Path) -> Document:
    path = folder / "a.pdf"  # a wrong name does not matter
    book.save(str(path))
    return read(path)


def raw(body: str, folder: Path) -> Document:
    path = folder / "a"
    path.write_bytes(docx_of(body))
    return read(path)


def texts(document: Document) -> list[str]:
    return [p.text for p in document.paragraphs()]


def only(document: Document) -> Table:
    [found] = document.tables()
    return found


def run(words: str) -> str:
    return f"<w:r><w:t>{words}</w:t></w:r>"


def cell(words: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(words)}</w:p></w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{r}</w:tr>' for r in rows)}</w:tbl>"


def test_merged_cells(tmp_path: Path) -> None:
    wide, down, on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    document = raw(
        table(
            cell("科目", down) + cell("支出", wide),
            cell("", on) + cell("基本") + cell("项目"),
            cell("合计") + cell("1.00") + cell("2.00"),
        ),
        tmp_path,
    )
    found = {c.text: (c.row, c.column, c.row_span, c.column_span) for c in only(document).cells}
    assert found["科目"] == (0, 0, 2, 1)
    assert found["支出"] == (0, 1, 1, 2)
    assert found["项目"] == (1, 2, 1, 1)
    place = next(c.place for c in only(document).cells if c.text == "2.00")
    assert (str(place), place.key, place.page) == ("第1个表第3行第3列", "d:t1r3c3", None)


def test_a_row_that_begins_later_and_old_merging(tmp_path: Path) -> None:
    late = "<w:trPr><w:gridBefore w:val='1'/></w:trPr>"
    old = cell("甲", '<w:hMerge w:val="restart"/>') + cell("", "<w:hMerge/>") + cell("乙")
    found = only(raw(table(late + cell("a") + cell("b"), old, cell("1") + cell("2") + cell("3")), tmp_path))
    assert found.texts() == [["", "a", "b"], ["甲", "", "乙"], ["1", "2", "3"]]
    assert next(c.column_span for c in found.cells if c.text == "甲") == 2


def test_edges_that_miss_each_other_by_a_hair_are_one(tmp_path: Path) -> None:
    grid = "<w:tblGrid>" + "".join(f'<w:gridCol w:w="{w}"/>' for w in (2000, 1230, 4, 1230)) + "</w:tblGrid>"
    wide = '<w:gridSpan w:val="2"/>'
    rows = [
        cell("项目") + cell("基本") + cell("项目支出", wide), cell("甲") + cell("1.00", wide) + cell("2.00"),
        cell("合计") + cell("1.00", wide) + cell("2.00"),
    ]  # fmt: skip
    found = only(raw(table(*rows).replace("<w:tbl>", f"<w:tbl>{grid}"), tmp_path))
    assert found.texts() == [["项目", "基本", "项目支出"], ["甲", "1.00", "2.00"], ["合计", "1.00", "2.00"]]
    assert {c.column_span for c in found.cells} == {1}


def test_tracked_changes_hidden_words_fields_and_notes(tmp_path: Path) -> None:
    words = (
        run("收入")
        + "<w:del><w:r><w:delText>旧数</w:delText></w:r></w:del>"
        + f"<w:moveFrom>{run('搬走')}</w:moveFrom>"
        + f"<w:ins>{run('1,234.50')}</w:ins>"
        + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        + '<w:r><w:footnoteReference w:id="2"/></w:r>'
        + '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        + f'{run("代码")}<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("万元")}'
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        + f"<w:hyperlink>{run('。')}</w:hyperlink>"
    )
    assert texts(raw(f"<w:p>{words}</w:p>", tmp_path)) == ["收入1,234.50万元。"]


def test_deleted_rows_are_gone(tmp_path: Path) -> None:
    gone = "<w:trPr><w:del/></w:trPr>" + cell("旧") + cell("9.00")
    found = only(raw(table(cell("项目") + cell("金额"), gone, cell("合计") + cell("1.00")), tmp_path))
    assert found.texts() == [["项目", "金额"], ["合计", "1.00"]]


def test_headers_and_footers_are_not_text(tmp_path: Path) -> None:
    book = docx.Document()
    book.add_paragraph("正文。")
    book.sections[0].header.paragraphs[0].text = "页眉"
    book.sections[0].footer.paragraphs[0].text = "— 1 —"
    assert texts(saved(book, tmp_path)) == ["正文。"]


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent><w:p>{run('框里的话。')}</w:p></w:txbxContent>"
    body = (
        f'<w:p xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">{run("前。")}<w:r>'
        f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(raw(body, tmp_path)) == ["前。", "框里的话。"]


def test_a_table_that_only_lays_out_dissolves(tmp_path: Path) -> None:
    inner = table(cell("项目") + cell("金额"), cell("合计") + cell("1.00"))
    outer = table(f"<w:tc><w:p>{run('标题表')}</w:p>{inner}<w:p/></w:tc>" + cell("旁边"))
    document = raw(outer, tmp_path)
    assert only(document).texts() == [["项目", "金额"], ["合计", "1.00"]]
    assert texts(document) == ["标题表", "旁边"]


def test_a_table_inside_a_table_of_numbers_stands_after_it(tmp_path: Path) -> None:
    inner = table(cell("指标") + cell("值"), cell("数量") + cell("3"))
    rows = [cell("项目") + cell("金额"), cell("甲") + cell("1.00"), f"{cell('乙')}<w:tc>{inner}<w:p/></w:tc>"]
    document = raw(table(*rows, cell("合计") + cell("1.00")), tmp_path)
    assert [t.texts()[0] for t in document.tables()] == [["项目", "金额"], ["指标", "值"]]


def test_title_and_unit_inside_the_table(tmp_path: Path) -> None:
    wide = '<w:gridSpan w:val="2"/>'
    rows = [cell("2026年部门收入预算总表", wide), cell("单位：万元", wide), cell("项目") + cell("预算数")]
    document = raw(table(*rows, cell("合计") + cell("1.00"), cell("注：本表含结转。", wide)), tmp_path)
    assert only(document).texts() == [["项目", "预算数"], ["合计", "1.00"]]
    assert texts(document) == ["2026年部门收入预算总表", "单位：万元", "注：本表含结转。"]


def test_automatic_numbers_are_printed(tmp_path: Path) -> None:
    book = docx.Document()
    part = book.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{k}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="{text}"/></w:lvl>'
        for k, text in enumerate(("%1、", "（%2）"))
    )
    part.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'))
    part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for level, words in ((0, "收入情况"), (0, "支出情况"), (1, "基本支出"), (1, "项目支出"), (0, "其他")):
        p = book.add_paragraph(words)
        numbered = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'
        p._p.get_or_add_pPr().append(parse_xml(numbered))
    assert texts(saved(book, tmp_path)) == [
        "一、收入情况", "二、支出情况", "（一）基本支出", "（二）项目支出", "三、其他",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("n", "style", "printed"),
    [(12, "chineseCounting", "十二"), (20, "chineseCounting", "二十"), (3, "decimalEnclosedCircle", "③"), (4, "lowerRoman", "iv"),
     (28, "upperLetter", "BB"), (7, "decimalZero", "07"), (5, "decimal", "5")],
)  # fmt: skip
def test_ways_of_counting(n: int, style: str, printed: str) -> None:
    assert counted(n, style) == printed
    assert (chinese(105), chinese(110), chinese(0)) == ("一百〇五", "一百一十", "0")


def test_a_picture_in_the_older_form_is_told(tmp_path: Path) -> None:
    """VML tells its size in points."""
    shape = (
        "<w:pict><v:shape xmlns:v='urn:v' style='width:{}pt;height:{}pt'><v:imagedata/></v:shape></w:pict>"
    )
    small, large = (
        f"<w:p>{run('章')}<w:r>{shape.format(w, h)}</w:r></w:p>" for w, h in ((30, 30), (420.5, 200))
    )
    assert raw(small, tmp_path).notices == ()
    [notice] = raw(small + large, tmp_path).notices
    assert notice.unread


def test_notes_come_after_the_body_in_the_order_of_their_marks(tmp_path: Path) -> None:
    def mark(number: int, kind: str = "footnote") -> str:
        raised = "<w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"
        return f"<w:r>{raised}<w:{kind}Reference w:id='{number}'/></w:r>"

    def note(number: int, words: str, kind: str = "footnote") -> str:
        return f"<w:{kind} w:id='{number}'><w:p><w:r><w:{kind}Ref/></w:r>{run(words)}</w:p></w:{kind}>"

    body = table(cell("甲") + cell("乙"), f"<w:tc><w:p>{run('合计')}{mark(3)}</w:p></w:tc>" + cell("1.00"))
    body += f"<w:p>{run('正文')}{mark(2)}{mark(5, 'endnote')}</w:p>"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="{k}" Type="{kinds}/{k}" Target="{k}.xml"/>' for k in ("footnotes", "endnotes")
    )
    path = tmp_path / "a"
    path.write_bytes(
        zipped(
            {
                "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
                "word/_rels/document.xml.rels": RELS.format(links),
                "word/footnotes.xml": f"<w:footnotes {W}>{note(2, '其二')}{note(3, '其三')}{note(4, '无处')}</w:footnotes>",
                "word/endnotes.xml": f"<w:endnotes {W}>{note(5, '尾注', 'endnote')}</w:endnotes>",
            }
        )
    )
    document = read(path)
    assert texts(document) == ["正文", "其三", "其二", "尾注"]
    assert only(document).texts() == [["甲", "乙"], ["合计", "1.00"]]


def test_a_large_picture_is_told(tmp_path: Path) -> None:
    size = '<wp:extent xmlns:wp="w" cx="{}" cy="{}"/>'
    small = f"<w:p>{run('章')}<w:r><w:drawing>{size.format(360000, 360000)}</w:drawing></w:r></w:p>"
    large = f"<w:p><w:r><w:drawing>{size.format(5400000, 3600000)}</w:drawing></w:r></w:p>"
    assert raw(small, tmp_path).notices == ()
    [notice] = raw(small + large, tmp_path).notices
    assert "1 处较大的图片" in notice.message
    assert notice.unread


def test_damaged_files(tmp_path: Path) -> None:
    out = io.BytesIO()
    book = docx.Document()
    book.add_paragraph("正文")
    book.save(out)
    for data in (out.getvalue()[:-200], out.getvalue()[:300]):
        (tmp_path / "a.docx").write_bytes(data)
        with pytest.raises(ReadingError, match="损坏"):
            read(tmp_path / "a.docx")


@pytest.mark.usefixtures("libreoffice")
def test_other_office_files_through_libreoffice(tmp_path: Path) -> None:
    """A flat sheet of OpenDocument becomes the zip of one, which is read under a wrong name."""
    cells = "".join(
        "<table:table-row>" + "".join(f"<table:table-cell><text:p>{t}</text:p></table:table-cell>" for t in row)
        + "</table:table-row>"
        for row in (("项目", "预算数"), ("合计", "12.50"), ("其他", "3.00"))
    )  # fmt: skip
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    flat = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>'
        f'<table:table table:name="表">{cells}</table:table></office:spreadsheet></office:body></office:document>'
    )
    made = converting.converted(flat.encode(), "fods", "ods")
    (tmp_path / "a.doc").write_bytes(made)
    document = read(tmp_path / "a.doc")
    assert document.kind == "ods"
    assert only(document).texts() == [["项目", "预算数"], ["合计", "12.50"], ["其他", "3.00"]]


@pytest.mark.usefixtures("libreoffice")
def test_rich_text_through_libreoffice(tmp_path: Path) -> None:
    rows = "".join(
        r"\trowd\cellx3000\cellx6000\pard\intbl " + "".join(rf"{words}\cell " for words in row) + r"\row "
        for row in ((r"\u39033?\u30446?", r"\u39044?\u31639?\u25968?"), (r"\u21512?\u35745?", "1,234.50"))
    )
    (tmp_path / "a.docx").write_bytes((r"{\rtf1\ansi " + rows + r"\pard\u27880?\par}").encode())
    try:
        document = read(tmp_path / "a.docx")
    except ReadingError as error:
        if "Writer" not in str(error):
            raise
        pytest.skip("LibreOffice is here without its word processor")
    assert document.kind == "rtf"
    assert only(document).texts() == [["项目", "预算数"], ["合计", "1,234.50"]]
    assert texts(document) == ["注"]


@pytest.mark.usefixtures("libreoffice")
def test_a_workbook_exported_as_xml_is_no_web_page(tmp_path: Path) -> None:
    data = (
        "".join(
            "<Row>" + "".join(f'<Cell ss:StyleID="a"><Data ss:Type="{kind}">{t}</Data></Cell>' for kind, t in row) + "</Row>"
            for row in ((("String", "项目"), ("String", "预算数")), (("String", "合计"), ("Number", "1234.5")))
        )
    )  # fmt: skip
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    (tmp_path / "a.xls").write_text(
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{name}" xmlns:ss="{name}">'
        '<Styles><Style ss:ID="a"><NumberFormat ss:Format="#,##0.00"/></Style></Styles>'
        f'<Worksheet ss:Name="收支"><Table>{data}</Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    assert only(read(tmp_path / "a.xls")).texts() == [["项目", "预算数"], ["合计", "1,234.50"]]


@pytest.mark.usefixtures("libreoffice")
def test_conversion_is_bounded_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "MAX_CONVERT_SECONDS", 0.01)
    (tmp_path / "a").write_bytes(rb"{\rtf1 hello}")
    with pytest.raises(ReadingError, match="已停止"):
        read(tmp_path / "a")
