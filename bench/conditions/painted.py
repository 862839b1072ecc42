"""More conditions of Word and Excel files: colours that hide, fields that choose, drawings in cells, heads of pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PIL import Image

from bench.conditions.disclosure import AT, GRID
from bench.conditions.judging import Condition
from bench.conditions.office import _W, NUMBER, _at, _blanked, _more, _word, _workbook

ROW, COLUMN = AT[0] + 1, AT[1]
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _parsed(xml: str) -> Any:
    from docx.oxml import parse_xml

    at = min(i for i in (xml.find(" "), xml.find(">"), xml.find("/>")) if i > 0)
    return parse_xml(f'{xml[:at]} xmlns:w="{_W}" xmlns:w14="{_W14}" xmlns:m="{_M}"{xml[at:]}')


def _behind(properties: str, words: str = "9", cell: str = "") -> Callable[[Any, Any], None]:
    """One more run behind the number; ``cell``: a property of its cell."""

    def change(document: Any, table: Any) -> None:
        at = table.cell(ROW, COLUMN)
        if cell:
            at._tc.get_or_add_tcPr().append(_parsed(cell))
        at.paragraphs[0]._p.append(_parsed(f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"))

    return change


def _instead(xml: str) -> Callable[[Any, Any], None]:
    """Something else in the place of the number."""

    def change(document: Any, table: Any) -> None:
        paragraph = table.cell(ROW, COLUMN).paragraphs[0]
        for run in list(paragraph.runs):
            run._r.getparent().remove(run._r)
        paragraph._p.append(_parsed(xml))

    return change


def _png(wide: int, high: int) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (wide, high), "white").save(out, "PNG")
    out.seek(0)
    return out


def _picture_in_cell(document: Any, table: Any) -> None:
    paragraph = table.cell(ROW, COLUMN).paragraphs[0]
    for run in list(paragraph.runs):
        run._r.getparent().remove(run._r)
    paragraph.add_run().add_picture(_png(60, 16))


def _in_the_head(document: Any, table: Any) -> None:
    """The table stands in the head of the page."""
    table._tbl.getparent().remove(table._tbl)
    document.sections[0].header._element.append(table._tbl)


def _wrapped(level: str) -> Callable[[Any, Any], None]:
    """A cell, a row or the table inside a content control."""

    def change(document: Any, table: Any) -> None:
        inner = {"cell": table.cell(ROW, COLUMN)._tc, "row": table.rows[ROW]._tr, "table": table._tbl}[level]
        parent = inner.getparent()
        at = parent.index(inner)
        parent.remove(inner)
        holder = _parsed("<w:sdt><w:sdtContent/></w:sdt>")
        holder[0].append(inner)
        parent.insert(at, holder)

    return change


def _embedded(document: Any, table: Any) -> None:
    """A web page stored as a part of the document in the place of the table."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    table._tbl.getparent().remove(table._tbl)
    part = Part(PackURI("/word/chunk.html"), "text/html", b"<table></table>", document.part.package)
    number = document.part.relate_to(part, f"{_R}/aFChunk")
    document.element.body.insert(3, _parsed(f'<w:altChunk xmlns:r="{_R}" r:id="{number}"/>'))


def _over(wide: int, high: int, at: str, empty: bool = False) -> Callable[[Any, Any], None]:
    """A picture over cells of a sheet; ``empty``: over all of them, with nothing stored below."""

    def change(book: Any, sheet: Any) -> None:
        from openpyxl.drawing.image import Image as Picture

        _at(sheet).value = None
        for r in range(4, len(GRID) + 4) if empty else ():
            for c in range(1, 6):
                sheet.cell(r, c).value = None
        sheet.add_image(Picture(_png(wide, high)), at)

    return change


def _by_theme(book: Any, sheet: Any) -> None:
    from openpyxl.styles import Font
    from openpyxl.styles.colors import Color

    sheet.cell(ROW + 4, 7, 9.99).font = Font(color=Color(theme=0))


def _low_row(sheet: Any, n: int) -> None:
    sheet.row_dimensions[n].height = 0.3


def _grouped(sheet: Any, n: int) -> None:
    sheet.column_dimensions.group("F", "H", hidden=True)


def _white_on_blue(book: Any, sheet: Any) -> None:
    """Numbers white by their format, on a ground that has a colour."""
    from openpyxl.styles import PatternFill

    for r in range(5, len(GRID) + 4):
        for c in range(3, 6):
            sheet.cell(r, c).number_format = "[White]#,##0.00"
            sheet.cell(r, c).fill = PatternFill("solid", fgColor="FF1F3864")


LIST = (
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="9.99"/>'
    f'<w:listEntry w:val="{NUMBER}"/></w:ddList></w:ffData></w:fldChar><w:instrText>FORMDROPDOWN</w:instrText>'
    '<w:fldChar w:fldCharType="end"/></w:r>'
)
IN_CELL = f"{'ABCDE'[COLUMN]}{ROW + 4}"


def conditions() -> Iterator[Condition]:
    """All of these conditions."""
    fill = '<w:shd w:val="clear" w:fill="D9D9D9"/>'
    word: dict[str, Callable[[Any, Any], None]] = {
        "white by theme": _behind('<w:color w:val="auto" w:themeColor="background1"/>'),
        "nearly white": _behind('<w:color w:val="FEFEFE"/>'),
        "of its cell's colour": _behind('<w:color w:val="D9D9D9"/>', cell=fill),
        "letters without a fill": _behind("<w14:textFill><w14:noFill/></w14:textFill>"),
        "lowered mark": _behind('<w:vertAlign w:val="subscript"/>', "1"),
        "grey on its cell's colour": _instead(
            f'<w:r><w:rPr><w:color w:val="808080"/></w:rPr><w:t>{NUMBER}</w:t></w:r>'
        ),
        "list to choose from": _instead(LIST),
        "equation": _instead(f"<m:oMath><m:r><m:t>{NUMBER}</m:t></m:r></m:oMath>"),
        "hidden on the web alone": _instead(f"<w:r><w:rPr><w:webHidden/></w:rPr><w:t>{NUMBER}</w:t></w:r>"),
        "link": _instead(f'<w:hyperlink w:anchor="a"><w:r><w:t>{NUMBER}</w:t></w:r></w:hyperlink>'),
        "moved here": _instead(f'<w:moveTo w:id="7" w:author="a"><w:r><w:t>{NUMBER}</w:t></w:r></w:moveTo>'),
        "picture in a cell": _picture_in_cell,
        "table in the head of the page": _in_the_head,
        "control around a cell": _wrapped("cell"),
        "control around a row": _wrapped("row"),
        "control around the table": _wrapped("table"),
        "part of another kind": _embedded,
    }
    for name, change in word.items():
        yield Condition("docx", name, partial(_word, change))
    book: dict[str, Callable[[Any, Any], None]] = {
        "row of no height": lambda b, s: _more(s, _low_row, False),
        "columns folded away": lambda b, s: _more(s, _grouped, True),
        "white by its format": lambda b, s: _blanked(s, "[White]0.00"),
        "white by theme": _by_theme,
        "white by its format on a colour": _white_on_blue,
        "picture in a cell": _over(60, 16, IN_CELL),
        "picture of the table": _over(900, 600, "A4", empty=True),
    }
    for name, change in book.items():
        yield Condition("xlsx", name, partial(_workbook, change))
