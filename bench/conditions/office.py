"""Conditions of Word and Excel files: tracked changes, hidden text and cells, formats, several tables on a sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.conditions.disclosure import AT, GRID, HEADING, TITLE, UNIT, with_cell
from bench.conditions.dresses import DRESSES, NEGATIVE, TOLD_BY_RULE
from bench.conditions.judging import Condition

ROW, COLUMN = AT[0] + 1, AT[1]
NUMBER = "1,399.60"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _word(change: Callable[[Any, Any], None] | None = None, grid: Any = GRID) -> bytes:
    """A document; ``change`` gets it and its table."""
    from docx import Document

    document = Document()
    for words in (HEADING, TITLE, UNIT):
        document.add_paragraph(words)
    table = document.add_table(len(grid), len(grid[0]))
    table.style = "Table Grid"
    for r, row in enumerate(grid):
        for c, words in enumerate(row):
            table.cell(r, c).text = words
    if change:
        change(document, table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _xml(words: str) -> Any:
    from docx.oxml import parse_xml

    return parse_xml(
        words.replace("<w:", "<w:", 1).replace(">", f' xmlns:w="{_W}">', 1)
        if "xmlns:w" not in words
        else words
    )


def _run(table: Any, words: str, properties: str = "", wrap: str = "") -> None:
    """One more run at the end of the changed cell's paragraph."""
    inner = f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"
    if wrap == "del":
        inner = inner.replace("w:t>", "w:delText>")
    if wrap:
        inner = f'<w:{wrap} w:id="7" w:author="a" w:date="2026-01-01T00:00:00Z">{inner}</w:{wrap}>'
    from docx.oxml import parse_xml

    first = inner.index(">")
    table.cell(ROW, COLUMN).paragraphs[0]._p.append(
        parse_xml(f'{inner[:first]} xmlns:w="{_W}"{inner[first:]}')
    )


def _deleted_row(document: Any, table: Any) -> None:
    from docx.oxml import parse_xml

    row = table.add_row()
    for c, words in enumerate(("2080599", "其他行政事业单位养老支出", "9.99", "9.99", "0.00")):
        row.cells[c].text = words
    row._tr.get_or_add_trPr().append(parse_xml(f'<w:del xmlns:w="{_W}" w:id="8" w:author="a"/>'))


def _deleted_column(document: Any, table: Any) -> None:
    from docx.oxml import parse_xml
    from docx.shared import Cm

    table.add_column(Cm(2))
    for r in range(len(GRID)):
        cell = table.cell(r, len(GRID[0]))
        cell.text = "上年" if r == 0 else "9.99"
        cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:cellDel xmlns:w="{_W}" w:id="9" w:author="a"/>'))


def _hidden_style(document: Any, table: Any, white: bool = False) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import RGBColor

    style = document.styles.add_style("Unseen", WD_STYLE_TYPE.CHARACTER)
    if white:
        style.font.color.rgb = RGBColor(255, 255, 255)
    else:
        style.font.hidden = True
    table.cell(ROW, COLUMN).paragraphs[0].add_run("9").style = style


def _header_on_colour(document: Any, table: Any) -> None:
    from docx.oxml import parse_xml
    from docx.shared import RGBColor

    for c, words in enumerate(GRID[0]):
        cell = table.cell(0, c)
        cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd xmlns:w="{_W}" w:val="clear" w:fill="1F3864"/>'))
        cell.text = ""
        cell.paragraphs[0].add_run(words).font.color.rgb = RGBColor(255, 255, 255)


def _split_runs(document: Any, table: Any) -> None:
    paragraph = table.cell(ROW, COLUMN).paragraphs[0]
    for run in list(paragraph.runs):
        run._r.getparent().remove(run._r)
    for part in ("1,3", "99", ".60"):
        paragraph.add_run(part)


def _field(document: Any, table: Any) -> None:
    from docx.oxml import parse_xml

    paragraph = table.cell(ROW, COLUMN).paragraphs[0]
    for run in list(paragraph.runs):
        run._r.getparent().remove(run._r)
    for part in ('<w:fldChar w:fldCharType="begin"/>', "<w:instrText> =SUM(ABOVE) </w:instrText>",
                 '<w:fldChar w:fldCharType="separate"/>', f"<w:t>{NUMBER}</w:t>", '<w:fldChar w:fldCharType="end"/>'):  # fmt: skip
        paragraph._p.append(parse_xml(f'<w:r xmlns:w="{_W}">{part}</w:r>'))


def _control(document: Any, table: Any) -> None:
    """The number in a content control."""
    from docx.oxml import parse_xml

    paragraph = table.cell(ROW, COLUMN).paragraphs[0]
    for run in list(paragraph.runs):
        run._r.getparent().remove(run._r)
    paragraph._p.append(
        parse_xml(
            f'<w:sdt xmlns:w="{_W}"><w:sdtContent><w:r><w:t>{NUMBER}</w:t></w:r></w:sdtContent></w:sdt>'
        )
    )


def _picture(document: Any, table: Any) -> None:
    from docx.shared import Cm

    from bench.conditions.pdfs import one, page, picture_of

    table._tbl.getparent().remove(table._tbl)
    image = io.BytesIO()
    picture_of(one(page()), 100).save(image, "PNG")
    image.seek(0)
    document.add_picture(image, width=Cm(15))


def _workbook(
    change: Callable[[Any, Any], None] | None = None, grid: Any = GRID, numbers: bool = True
) -> bytes:
    """A workbook with borders; ``numbers``: amounts are stored as numbers with a format."""
    from openpyxl import Workbook
    from openpyxl.styles import Border, Side

    book = Workbook()
    sheet: Any = book.active
    sheet.title = TITLE
    for r, words in enumerate((HEADING, TITLE, UNIT), start=1):
        sheet.cell(r, 1, words)
    side = Side(style="thin")
    for r, row in enumerate(grid, start=4):
        for c, words in enumerate(row, start=1):
            cell = sheet.cell(r, c)
            cell.border = Border(side, side, side, side)
            if numbers and r > 4 and c > 2 and re.fullmatch(r"\d{1,3}(,\d{3})*\.\d\d", words):
                cell.value = float(words.replace(",", ""))
                cell.number_format = "#,##0.00"
            elif words:
                cell.value = words
    if change:
        change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _at(sheet: Any) -> Any:
    return sheet.cell(ROW + 4, COLUMN + 1)


def _more(sheet: Any, hide: Callable[[Any, int], None], column: bool) -> None:
    """One more column or row, hidden."""
    if column:
        for r in range(len(GRID)):
            sheet.cell(r + 4, 6, "上年" if r == 0 else 9.99)
        hide(sheet, 6)
    else:
        for c, v in enumerate(("2080599", "其他行政事业单位养老支出", 9.99, 9.99, 0), start=1):
            sheet.cell(len(GRID) + 4, c, v)
        hide(sheet, len(GRID) + 4)


def _hide_column(sheet: Any, n: int) -> None:
    sheet.column_dimensions["F"].hidden = True


def _narrow_column(sheet: Any, n: int) -> None:
    sheet.column_dimensions["F"].width = 0.1


def _hide_row(sheet: Any, n: int) -> None:
    sheet.row_dimensions[n].hidden = True


def _second(book: Any, state: str) -> None:
    sheet = book.create_sheet("底稿")
    for r, row in enumerate(GRID, start=1):
        for c, v in enumerate(row, start=1):
            sheet.cell(r, c, v if r == 1 or c < 3 else 9.99)
    sheet.sheet_state = state


def _blanked(sheet: Any, code: str) -> None:
    """A note beside the table under a format that prints nothing."""
    cell = sheet.cell(ROW + 4, 7, 9.99)
    cell.number_format = code


def _white(sheet: Any) -> None:
    from openpyxl.styles import Font

    sheet.cell(ROW + 4, 7, 9.99).font = Font(color="FFFFFFFF")


def _white_heads(sheet: Any) -> None:
    from openpyxl.styles import Font, PatternFill

    for c in range(1, 6):
        sheet.cell(4, c).font = Font(color="FFFFFFFF")
        sheet.cell(4, c).fill = PatternFill("solid", fgColor="FF1F3864")


def _formatted(code: str) -> Callable[[Any, Any], None]:
    def change(book: Any, sheet: Any) -> None:
        for r in range(5, len(GRID) + 4):
            for c in range(3, 6):
                sheet.cell(r, c).number_format = code

    return change


def _beside(gap: int) -> Callable[[Any, Any], None]:
    """A list of cars at the right of the table."""

    def change(book: Any, sheet: Any) -> None:
        from openpyxl.styles import Border, Side

        side = Side(style="thin")
        for r, row in enumerate(
            (("车辆用途", "数量"), ("机要通信用车", 2), ("应急保障用车", 3), ("合计", 5)), start=4
        ):
            for c, v in enumerate(row, start=6 + gap):
                cell = sheet.cell(r, c, v)
                cell.border = Border(side, side, side, side)

    return change


def _below(gap: int) -> Callable[[Any, Any], None]:
    def change(book: Any, sheet: Any) -> None:
        at = len(GRID) + 4 + gap
        for r, row in enumerate(
            (
                ("政府采购预算表",),
                ("单位：万元",),
                ("项目", "金额"),
                ("货物", 3.5),
                ("服务", 6.5),
                ("合计", 10.0),
            )
        ):
            for c, v in enumerate(row, start=1):
                cell = sheet.cell(at + r, c, v)
                if isinstance(v, float):
                    cell.number_format = "0.00"

    return change


def _no_borders(book: Any, sheet: Any) -> None:
    from openpyxl.styles import Border

    for row in sheet.iter_rows():
        for cell in row:
            cell.border = Border()


CARS = (("机要通信用车", "数量", "2"), ("应急保障用车", "数量", "3"), ("合计", "数量", "5"))
BOUGHT = (("货物", "金额", "3.50"), ("服务", "金额", "6.50"), ("合计", "金额", "10.00"))


def conditions() -> Iterator[Condition]:
    """All conditions of Word and Excel."""
    for kind, make in (("docx", _word), ("xlsx", _workbook)):
        made = partial(Condition, kind)
        yield made("control", make)
        for name, shown, value in DRESSES:
            finds = NEGATIVE if value.startswith("-") else TOLD_BY_RULE
            yield made(name, partial(make, None, with_cell(shown)), value, finds)
        for name, shown in (("zero width", "1,3\u200b99\u2060.60"), ("direction marks", "\u202a1,399.60\u202c"), ("soft hyphen", "1,399\u00ad.60"),
                            ("no-break blank", "1,399.60\u00a0"), ("thin blank", "1\u2009399.60"), ("byte order mark", "\ufeff1,399.60"), ("superscript digit", "1,399.60¹")):  # fmt: skip
            yield made(name, partial(make, None, with_cell(shown)))
    word: dict[str, Callable[[], bytes]] = {
        "deleted run": lambda: _word(lambda d, t: _run(t, "9", wrap="del")),
        "inserted run": lambda: (
            _word(lambda d, t: _run(t, "0.60", wrap="ins"), with_cell("1,399"))
            if False
            else _word(lambda d, t: _run(t, "60", wrap="ins"), with_cell("1,399."))
        ),
        "moved away run": lambda: _word(lambda d, t: _run(t, "9", wrap="moveFrom")),
        "hidden run": lambda: _word(lambda d, t: _run(t, "9", "<w:vanish/>")),
        "hidden by style": lambda: _word(lambda d, t: _hidden_style(d, t)),
        "white run": lambda: _word(lambda d, t: _run(t, "9", '<w:color w:val="FFFFFF"/>')),
        "white by style": lambda: _word(lambda d, t: _hidden_style(d, t, True)),
        "white on colour": lambda: _word(_header_on_colour),
        "raised run": lambda: _word(lambda d, t: _run(t, "1", '<w:vertAlign w:val="superscript"/>')),
        "struck run": lambda: _word(lambda d, t: _run(t, "9", "<w:strike/>")),
        "deleted row": lambda: _word(_deleted_row),
        "deleted column": lambda: _word(_deleted_column),
        "runs in pieces": lambda: _word(_split_runs),
        "calculated field": lambda: _word(_field),
        "content control": lambda: _word(_control),
        "picture of the table": lambda: _word(_picture),
    }
    for name, build in word.items():
        yield Condition("docx", name, build)
    book: dict[str, Callable[[], bytes]] = {
        "numbers as text": lambda: _workbook(numbers=False),
        "hidden column": lambda: _workbook(lambda b, s: _more(s, _hide_column, True)),
        "column of no width": lambda: _workbook(lambda b, s: _more(s, _narrow_column, True)),
        "hidden row": lambda: _workbook(lambda b, s: _more(s, _hide_row, False)),
        "hidden sheet": lambda: _workbook(lambda b, s: _second(b, "hidden")),
        "very hidden sheet": lambda: _workbook(lambda b, s: _second(b, "veryHidden")),
        "format of nothing": lambda: _workbook(lambda b, s: _blanked(s, ";;;")),
        "white letters": lambda: _workbook(lambda b, s: _white(s)),
        "white letters on a colour": lambda: _workbook(lambda b, s: _white_heads(s)),
        "accounting format": lambda: _workbook(
            _formatted('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ')
        ),
        "yuan format": lambda: _workbook(_formatted('"¥"#,##0.00')),
        "format with a unit": lambda: _workbook(_formatted('#,##0.00"万元"')),
        "table at the right": lambda: _workbook(_beside(2)),
        "table right beside": lambda: _workbook(_beside(1)),
        "table below": lambda: _workbook(_below(2)),
        "table right below": lambda: _workbook(_below(0)),
        "merged title": lambda: _workbook(lambda b, s: s.merge_cells("A2:E2")),
        "formula without a result": lambda: _workbook(lambda b, s: setattr(_at(s), "value", "=1399.6")),
        "fault of a formula": lambda: _workbook(lambda b, s: setattr(_at(s), "value", "#REF!")),
        "no borders": lambda: _workbook(_no_borders),
    }
    for name, build in book.items():
        more = CARS if "right" in name and "below" not in name else BOUGHT if "below" in name else ()
        yield Condition("xlsx", name, build, more=more)
