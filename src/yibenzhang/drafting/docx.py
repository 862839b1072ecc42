"""A draft as a Word file with real styles and tables: a clerk can go on editing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document as NewDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from yibenzhang.drafting.fitting import MARGIN, Setting, repeated, setting
from yibenzhang.drafting.parts import LABELS, LEFT, UP, Draft, Grid, Heading, Words
from yibenzhang.drafting.text import listed, span

SERIF, SANS = "宋体", "黑体"
FALLBACK = {SERIF: "Noto Serif CJK SC", SANS: "Noto Sans CJK SC"}
_ALIGN = {"l": WD_ALIGN_PARAGRAPH.LEFT, "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT}


def write_docx(draft: Draft, path: Path) -> None:
    """Write the draft. Raises OSError where the file cannot be written."""
    document: Any = NewDocument()
    set_styles(document)
    section = document.sections[0]
    set_page(section, False)
    section.different_first_page_header_footer = True  # the cover bears no number
    _cover(document, draft)
    _contents(document, draft)
    turned = False
    for k, part in enumerate(draft.parts):
        if draft.wide(k) != turned:
            turned = not turned
            set_page(document.add_section(WD_SECTION.NEW_PAGE), turned)
            _tiny(document)
            fresh = False
        else:
            fresh = draft.alone(k) or (isinstance(part, Heading) and part.level == 0)
        if isinstance(part, Heading):
            heading = document.add_heading(part.text, level=part.level + 1)
            heading.paragraph_format.page_break_before = fresh
            _marked(heading, k)
        elif isinstance(part, Words):
            document.add_paragraph(part.text, style="Body Text")
        else:
            _marked(_grid(document, part, setting(draft, k), fresh), k)
    properties = document.core_properties
    properties.title, properties.author, properties.language = draft.title, draft.body, "zh-CN"
    document.save(str(path))


def set_fonts(element: Any, east: str, ascii_font: str = "Times New Roman") -> None:
    """The fonts of a style or run: one for Chinese, one for the rest, no theme font over them."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), ascii_font)
    fonts.set(qn("w:eastAsia"), east)
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        if fonts.get(qn(name)) is not None:
            del fonts.attrib[qn(name)]


def set_styles(document: Any) -> None:
    """Fonts, sizes and spacing of the styles that documents of this project use."""
    styles = document.styles
    normal = styles["Normal"]
    normal.font.size = Pt(12)
    set_fonts(normal.element, SERIF)
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), "en-US")
    lang.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(lang)
    body = styles["Body Text"]
    body.paragraph_format.line_spacing = 1.5
    body.paragraph_format.space_after = Pt(0)
    indent = body.element.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "480")
    for name, size, centred in (
        ("Title", 26, True),
        ("Subtitle", 20, True),
        ("Heading 1", 18, True),
        ("Heading 2", 14, False),
        ("Heading 3", 12, False),
        ("Caption", 14, True),
    ):
        style = styles[name]
        style.font.size, style.font.bold, style.font.italic = Pt(size), name != "Caption", False
        style.font.color.rgb = RGBColor(0, 0, 0)
        set_fonts(style.element, SANS)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(8)
        style.paragraph_format.keep_with_next = True
        if centred:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)
    _font_table(document)


def _font_table(document: Any) -> None:
    """Names another font for machines that have none of the first name."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            entries = "".join(
                f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
                for name, other in FALLBACK.items()
            )
            blob = relation.target_part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")
            relation.target_part._blob = blob


def set_page(section: Any, landscape: bool) -> None:
    """A4 with its margins and a page number in the footer."""
    long, short = Cm(29.7), Cm(21.0)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin = section.right_margin = Cm(MARGIN)
    section.top_margin = section.bottom_margin = Cm(2.2)
    footer = section.footer
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if not paragraph.runs:
        put_field(paragraph, "PAGE")


def put_field(paragraph: Any, code: str) -> None:
    """A field that Word works out, as PAGE."""
    _mark(paragraph, "begin")
    _instruction(paragraph, code)
    _mark(paragraph, "separate")
    _mark(paragraph, "end")


def _mark(paragraph: Any, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _instruction(paragraph: Any, code: str) -> None:
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._r.append(instruction)


def _cover(document: Any, draft: Draft) -> None:
    for _ in range(7):
        document.add_paragraph()
    for line in draft.cover:
        document.add_paragraph(line, style="Title" if line == draft.cover[0] else "Subtitle")
    document.add_page_break()


_AIRY = 29
"""Lines of contents that stand on one page with room between them."""


def _contents(document: Any, draft: Draft) -> None:
    """The contents: parts, sections and tables, each with a field for its page. A field for the whole (TOC) would
    show no page before Word has built it anew, and none in LibreOffice."""
    heading = document.add_paragraph("目　录")
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.runs[0].font.size = Pt(18)
    set_fonts(heading.runs[0]._r, SANS)
    entries = list(listed(draft))
    height = Pt(22 if len(entries) <= _AIRY else 18)
    for k, (text, level) in entries:
        line = document.add_paragraph()
        line.paragraph_format.left_indent = Cm(0.8 * level)
        line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = (
            WD_LINE_SPACING.EXACTLY,
            height,
        )
        line.paragraph_format.tab_stops.add_tab_stop(
            Cm(21.0 - 2 * MARGIN), alignment=WD_TAB_ALIGNMENT.RIGHT, leader=WD_TAB_LEADER.DOTS
        )
        line.add_run(f"{text}\t")
        put_field(line, f"PAGEREF {_bookmark(k)} \\h")
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    document.settings.element.append(update)


def _bookmark(k: int) -> str:
    return f"_Toc{k:08d}"


def _marked(paragraph: Any, k: int) -> None:
    """A bookmark around a heading, for its page number in the contents."""
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), str(k))
        if tag == "w:bookmarkStart":
            mark.set(qn("w:name"), _bookmark(k))
            paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, mark)
        else:
            paragraph._p.append(mark)


def _tiny(document: Any) -> None:
    """The paragraph that ends a section is next to nothing high: behind a table that fills its page it would make an
    empty one."""
    ends = [
        p for p in document.paragraphs if p._p.pPr is not None and p._p.pPr.find(qn("w:sectPr")) is not None
    ]
    form = ends[-1].paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)


def _grid(document: Any, grid: Grid, how: Setting, fresh: bool) -> Any:
    """The table with all that belongs to it; the paragraph of its title. ``fresh``: it begins a page."""
    title = None
    if grid.above:
        above = document.add_paragraph(grid.above)
        above.paragraph_format.keep_with_next = True
        above.paragraph_format.page_break_before = fresh
        above.paragraph_format.space_after = Pt(0)
        above.runs[0].font.size = Pt(10)
        fresh = False
    title = document.add_paragraph(grid.title, style="Caption")
    title.paragraph_format.page_break_before = fresh
    if grid.holder or grid.unit:
        line = document.add_paragraph()
        line.paragraph_format.keep_with_next = True
        line.paragraph_format.tab_stops.add_tab_stop(Cm(sum(how.widths)), alignment=2)
        line.paragraph_format.space_after = Pt(3)
        unit = f"单位：{grid.unit}" if grid.unit else ""
        run = line.add_run(f"{grid.holder}\t{unit}")
        run.font.size = Pt(9)
    lines = (*grid.header, *grid.rows)
    columns = len(grid.columns)
    table = document.add_table(rows=len(lines), cols=columns, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _padding(table, how)
    widths = how.widths
    for c, width in enumerate(widths):
        table.columns[c].width = Cm(width)
    cells = [list(row.cells) for row in table.rows]
    top = repeated(grid)
    for r, row in enumerate(lines):
        header = r < len(grid.header)
        properties = table.rows[r]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if r < top:
            properties.append(OxmlElement("w:tblHeader"))
        for c, text in enumerate(row):
            cell = cells[r][c]
            cell.width = Cm(widths[c])
            if text in (LEFT, UP):
                continue
            wide, high = span(lines, r, c)
            if wide > 1 or high > 1:
                cell = cell.merge(cells[r + high - 1][c + wide - 1])
            _cell(cell, text, header, wide, grid, c, how)
    if grid.note:
        note = document.add_paragraph(grid.note)
        note.runs[0].font.size = Pt(9)
    return title


def _padding(table: Any, how: Setting) -> None:
    """The room around the words of every cell of a table."""
    margins = OxmlElement("w:tblCellMar")
    for side, room in (
        ("top", how.above),
        ("left", how.beside),
        ("bottom", how.above),
        ("right", how.beside),
    ):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(room / 2.54 * 1440)))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        look.addprevious(margins)
    else:
        properties.append(margins)


def _cell(cell: Any, text: str, header: bool, wide: int, grid: Grid, column: int, how: Setting) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    form = paragraph.paragraph_format
    form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1.3 * how.points)
    run = paragraph.add_run(text)
    run.font.size = Pt(how.points)
    if header:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run.font.bold = True
        return
    letter = grid.align[column] if grid.align else ("l" if grid.columns[column] in LABELS else "r")
    number = text.replace(",", "").replace(".", "").replace("-", "").isdigit()
    centred = wide > 1 and not number and bool(grid.header)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else _ALIGN[letter]
