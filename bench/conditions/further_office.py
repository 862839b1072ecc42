"""Still more conditions of web pages, Word, Excel, separated values and OFD: what lies over, folded away, or beside."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.conditions.disclosure import AT, GRID, HEADING, TITLE, UNIT
from bench.conditions.judging import Condition
from bench.conditions.ofds import (
    _NS,
    _XML,
    COLUMN,
    LEFTS,
    STEP,
    TOP,
    _number,
    _path,
    _rules,
    _wide,
    _words,
    ofd,
    text,
)
from bench.conditions.office import _at, _formatted, _word, _workbook
from bench.conditions.painted import _behind, _instead
from bench.conditions.texts import NUMBER, _cell, _csv, _html

ROW = AT[0] + 1
CARS = (("机要通信用车", "数量", "2"), ("应急保障用车", "数量", "3"), ("合计", "数量", "5"))
BESIDE = (("车辆用途", "数量"), ("机要通信用车", "2"), ("应急保障用车", "3"), ("合计", "5"))

CELLS = {
    "folded away": f"{NUMBER}<details><summary></summary>9</details>",
    "in a dialogue that is closed": f"{NUMBER}<dialog>9</dialog>",
    "in a template": f"{NUMBER}<template>9</template>",
    "for readers of screens": f"{NUMBER}<span style='position:absolute;clip:rect(0,0,0,0);overflow:hidden;width:1px;height:1px'>9</span>",
    "indented away": f"{NUMBER}<span style='display:block;text-indent:-9999px;overflow:hidden'>9</span>",
    "of no width": f"{NUMBER}<span style='display:inline-block;width:0;overflow:hidden'>9</span>",
    "of a clear colour": f"{NUMBER}<span style='color:transparent'>9</span>",
    "of a clear fill": f"{NUMBER}<span style='-webkit-text-fill-color:transparent'>9</span>",
    "words for a missing picture": f"{NUMBER}<img src='a.png' alt='9' width=1 height=1>",
    "place to break": "1,<wbr>399<wbr>.60",
    "words above words": f"<ruby>{NUMBER}<rt>9</rt></ruby>",
    "without scripts": f"{NUMBER}<noscript>9</noscript>",
    "words pointed at": f"<span title='9.99'>{NUMBER}</span>",
    "hidden for readers of screens": f"<span aria-hidden=true>{NUMBER}</span>",
    "boxes in reverse": "<span style='display:inline-flex;flex-direction:row-reverse'><span>.60</span><span>1,399</span></span>",
    "output of a form": f"<output>{NUMBER}</output>",
    "meter": f"<data value=9.99>{NUMBER}</data>",
    "number of a field": "<input type=number value=1399.60>",
    "field of a secret": f"{NUMBER}<input type=password value=9>",
    "small mark of a note": f"{NUMBER}<small>1</small>",
    "area of text that is hidden": f"{NUMBER}<textarea hidden>9</textarea>",
    "field hidden by its style": f"{NUMBER}<input style='display:none' value=9>",
    "number by its entities": "&#49;&comma;&#x33;99&period;60",
    "box that is ticked": f"{NUMBER}<input type=checkbox checked value=9>",
}


def _zipped(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """A package with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            part = old.read(item)
            new.writestr(item, change(part.decode()).encode() if item == name else part)
    return out.getvalue()


def _rich(runs: str) -> bytes:
    """The number as text in pieces that have fonts of their own."""

    def change(book: Any, sheet: Any) -> None:
        _at(sheet).value = "RICH"

    data = _workbook(change)
    return _zipped(
        data, "xl/worksheets/sheet1.xml", lambda x: x.replace("<is><t>RICH</t></is>", f"<is>{runs}</is>")
    )


def _run(words: str, properties: str = "") -> str:
    return f"<r><rPr>{properties}</rPr><t>{words}</t></r>"


def _spread(book: Any, sheet: Any) -> None:
    """Another table right beside, without an empty column, under a title of its own."""
    sheet.cell(3, 7, "车辆情况表")
    for r, row in enumerate(BESIDE, start=4):
        for c, v in enumerate(row, start=7):
            sheet.cell(r, c, int(v) if v.isdigit() else v)


def _shown_as(value: Any, code: str, book: Any, sheet: Any) -> None:
    _at(sheet).value = value
    _at(sheet).number_format = code


def _commented(book: Any, sheet: Any) -> None:
    from openpyxl.comments import Comment

    _at(sheet).comment = Comment("9.99", "a")


def _filtered(book: Any, sheet: Any) -> None:
    sheet.auto_filter.ref = f"A4:E{len(GRID) + 3}"


def _beside_csv(gap: int, separator: str = ",") -> bytes:
    grid = [[*row, *[""] * gap, *(BESIDE[r] if r < len(BESIDE) else ("", ""))] for r, row in enumerate(GRID)]
    return _csv(separator, grid).encode()


def _headed(between: str) -> bytes:
    """The row of headings in a table of its own."""
    first, mark, rest = _html().decode().partition("</tr>")
    return (first + mark + between + rest).encode()


def _first_row_apart(document: Any, table: Any) -> None:
    """The row of headings in a table of its own, right above."""
    from copy import deepcopy

    rows = table._tbl
    above = deepcopy(rows)
    for row in above.findall("{*}tr")[1:]:
        above.remove(row)
    rows.remove(rows.find("{*}tr"))
    rows.addprevious(above)


def _covering_html(z: int) -> bytes:
    """Another number in a box under one with a ground of its own."""
    under = f"<div style='position:relative;height:18px'><span style='position:absolute;left:0;top:0;width:80px;height:18px;z-index:1'>8,888.88</span><span style='position:absolute;left:0;top:0;width:80px;height:18px;background:#fff;z-index:{z}'>{NUMBER}</span></div>"
    return _cell(under)


def _collapsed() -> bytes:
    grid = [*GRID, ("2080599", "其他行政事业单位养老支出", "9.99", "9.99", "0.00")]
    return _html(grid, "tr:last-child{visibility:collapse}")


def _templated() -> bytes:
    """All of it on a template page that is drawn below the page."""
    files: dict[str, str | bytes] = {
        "Doc_0/Tpls/Tpl_0/Content.xml": f'{_XML}<ofd:Page {_NS}><ofd:Content><ofd:Layer ID="5" Type="Body">{_words() + _rules()}</ofd:Layer></ofd:Content></ofd:Page>',
        "Doc_0/Pages/Page_0/Content.xml": f'{_XML}<ofd:Page {_NS}><ofd:Template TemplateID="6" ZOrder="Background"/><ofd:Content/></ofd:Page>',
    }
    return ofd("", files, common='<ofd:TemplatePage ID="6" BaseLoc="Tpls/Tpl_0/Content.xml"/>')


def _two_documents() -> bytes:
    """A second document in the same file, which holds the table."""
    data = ofd(_words([list(GRID[0])]) + _rules())
    other = f'{_XML}<ofd:Document {_NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="100" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "OFD.xml":
                body = "<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
                part = part.decode().replace("</ofd:OFD>", body).encode()
            new.writestr(name, part)
        new.writestr("Doc_1/Document.xml", other)
        page = f'{_XML}<ofd:Page {_NS}><ofd:Content><ofd:Layer ID="2" Type="Body">{_words() + _rules()}</ofd:Layer></ofd:Content></ofd:Page>'
        new.writestr("Doc_1/Pages/Page_0/Content.xml", page)
    return out.getvalue()


def _ofd_attachment() -> bytes:
    files: dict[str, str | bytes] = {
        "Doc_0/Attachs/Attachments.xml": f'{_XML}<ofd:Attachments {_NS}><ofd:Attachment ID="1" Name="a.xlsx" Format="xlsx"><ofd:FileLoc>a.xlsx</ofd:FileLoc></ofd:Attachment></ofd:Attachments>',
        "Doc_0/Attachs/a.xlsx": b"abc",
    }
    return ofd(_words([]), files, "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>")


def _ofd_clipped() -> str:
    """A number outside of what its clip shows."""
    clip = '<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path ID="9" Boundary="0 0 1 1"><ofd:AbbreviatedData>M 0 0 L 1 0 L 1 1 L 0 1 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>'
    return _number("9.99", "", clip, shift=-12)


def _ofd_turned() -> str:
    """Headings of the numbers turned by a quarter."""
    out = text(50, 8, HEADING, size=5) + text(95, 13, TITLE) + text(170, 18, UNIT)
    high = 20.0
    for c, w in enumerate(GRID[0]):
        if c < 2:
            out += text(LEFTS[c] + 1, TOP - 5, w)
        else:
            x, wide = (LEFTS[c] + LEFTS[c + 1]) / 2 - 2, _wide(w)
            out += f'<ofd:TextObject ID="7" Boundary="{x} {TOP - high + 2} 5 {wide + 3}" Font="3" Size="3.5" CTM="0 -1 1 0 0 {wide + 2}"><ofd:TextCode X="0" Y="3.5" DeltaX="{" ".join(["3.5"] * (len(w) - 1))}">{w}</ofd:TextCode></ofd:TextObject>'
    for r, row in enumerate(GRID[1:]):
        for c, w in enumerate(row):
            if w:
                x = LEFTS[c] + 1 if c < 2 else LEFTS[c + 1] - 2 - _wide(w)
                out += text(x, TOP + r * STEP + 5, w)
    ys = [TOP - high, *(TOP + r * STEP for r in range(len(GRID)))]
    out += "".join(_path(LEFTS[0], y, LEFTS[-1], y) for y in ys)
    return out + "".join(_path(x, ys[0], x, ys[-1]) for x in LEFTS)


def conditions() -> Iterator[Condition]:
    """All of these conditions."""
    for name, words in CELLS.items():
        yield Condition("html", name, partial(_cell, words))
    pages: dict[str, Callable[[], bytes]] = {
        "headings in a table of their own": lambda: _headed("</table><table border=1>"),
        "headings that stay": lambda: _headed("</table></div><div class=body><table border=1>"),
        "box over another": lambda: _covering_html(2),
        "row that is collapsed": _collapsed,
        "headings that run upright": lambda: _html(style="tr:first-child td{writing-mode:vertical-rl;transform:rotate(180deg)}"),
        "style sheet elsewhere": lambda: _html().replace(b"<style></style>", b"<link rel=stylesheet href='a.css'>"),
        "upper layer of styles": lambda: _cell(f"{NUMBER}<span class=h>9</span>", "@layer a{.h{display:none}}"),
        "styles if supported": lambda: _cell(f"{NUMBER}<span class=h>9</span>", "@supports (display:grid){.h{display:none}}"),
        "cells laid out as a grid": lambda: (
            "<html><head><meta charset='utf-8'><style>.g{display:grid;grid-template-columns:repeat(5,160px)}</style></head><body>"
            f"<h1>{HEADING}</h1><p>{TITLE}</p><p>{UNIT}</p><div class=g>" + "".join(f"<div>{w}</div>" for row in GRID for w in row) + "</div></body></html>"
        ).encode(),
    }  # fmt: skip
    for name, make in pages.items():
        yield Condition("html", name, make)
    values: dict[str, tuple[Callable[[], bytes], tuple[tuple[str, str, str], ...]]] = {
        "two tables beside one another": (lambda: _beside_csv(1), CARS),
        "two tables far apart": (lambda: _beside_csv(3, ";"), CARS),
        "two tables in Unicode text": (lambda: b"\xff\xfe" + _beside_csv(1, "\t").decode().encode("utf-16-le"), CARS),
        "separator named with a mark": (lambda: b"\xef\xbb\xbf" + ("sep=,\r\n" + _csv()).encode(), ()),
        "tab named": (lambda: ("sep=\t\r\n" + _csv("\t")).encode("utf-16"), ()),
        "line break in a number": (lambda: _csv(grid=[[w.replace(NUMBER, "1,399\n.60") for w in r] for r in GRID]).encode(), ()),
        "zero bytes": (lambda: _csv().replace("数据事务", "数据\0事务").encode(), ()),
        "curved quotes": (lambda: _csv().replace('"', "”").encode(), ()),
        "single quotes": (lambda: _csv().replace('"', "'").encode(), ()),
    }  # fmt: skip
    for name, (make, more) in values.items():
        yield Condition("csv", name, make, more=more)
    raised = '<vertAlign val="superscript"/><sz val="11"/>'
    book: dict[str, tuple[Callable[[], bytes], tuple[tuple[str, str, str], ...]]] = {
        "number in pieces": (lambda: _rich(_run("1,3") + _run("99.60", "<b/>")), ()),
        "raised mark in pieces": (lambda: _rich(_run(NUMBER) + _run("1", raised)), ()),
        "white piece": (lambda: _rich(_run(NUMBER) + _run("9", '<color rgb="FFFFFFFF"/>')), ()),
        "struck piece": (lambda: _rich(_run("9.99", "<strike/>") + _run(NUMBER)), ()),
        "sounds of characters": (lambda: _rich(f'<t>{NUMBER}</t><rPh sb="0" eb="1"><t>9</t></rPh>'), ()),
        "remark on a cell": (lambda: _workbook(_commented), ()),
        "filter without a choice": (lambda: _workbook(_filtered), ()),
        "table beside with a title": (lambda: _workbook(_spread), CARS),
    }  # fmt: skip
    formats = {
        "rounded half up": (1399.595, "#,##0.00"), "number as a word of its format": (5, '"1,399.60"'),
        "in units of ten thousand": (13_996_000, "0!.0000"), "filled with stars": (1399.6, "**#,##0.00"),
        "shown as a date": (1399.6, "yyyy-mm-dd"), "shown as a time": (1399.6, "h:mm"), "kept as true": (True, "General"),
    }  # fmt: skip
    yield Condition("xlsx", "about before every number", partial(_workbook, _formatted('"约"0.00')))
    yield Condition("xlsx", "places left blank", partial(_workbook, _formatted("#,##0.??")))
    for name, (value, code) in formats.items():
        yield Condition("xlsx", name, partial(_workbook, partial(_shown_as, value, code)))
    for name, (make, more) in book.items():
        yield Condition("xlsx", name, make, more=more)
    word: dict[str, Callable[[Any, Any], None]] = {
        "headings in a table of their own": _first_row_apart,
        "digit of the font of symbols": _instead(
            '<w:r><w:t>1,</w:t><w:sym w:font="Symbol" w:char="F033"/><w:t>99.60</w:t></w:r>'
        ),
        "raised by its position": _behind('<w:position w:val="10"/><w:sz w:val="10"/>', "1"),
        "of one half point": _behind('<w:sz w:val="1"/>'),
        "scaled to one in a hundred": _behind('<w:w w:val="1"/>'),
        "break in a number": _instead("<w:r><w:t>1,399</w:t><w:br/><w:t>.60</w:t></w:r>"),
        "return in a number": _instead("<w:r><w:t>1,399</w:t><w:cr/><w:t>.60</w:t></w:r>"),
        "tab before a number": _instead(f"<w:r><w:tab/><w:t>{NUMBER}</w:t></w:r>"),
        "tag around a number": _instead(f'<w:smartTag w:element="a"><w:r><w:t>{NUMBER}</w:t></w:r></w:smartTag>'),
        "custom tag around a number": _instead(f'<w:customXml w:element="a"><w:r><w:t>{NUMBER}</w:t></w:r></w:customXml>'),
        "direction around a number": _instead(f'<w:dir w:val="ltr"><w:r><w:t>{NUMBER}</w:t></w:r></w:dir>'),
        "words above words": _instead(f"<w:r><w:ruby><w:rt><w:r><w:t>9</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>{NUMBER}</w:t></w:r></w:rubyBase></w:ruby></w:r>"),
        "note at the foot": _behind("", '</w:t><w:footnoteReference w:id="2"/><w:t>'),
        "simple field": _instead(f'<w:fldSimple w:instr="=1"><w:r><w:t>{NUMBER}</w:t></w:r></w:fldSimple>'),
        "no break in a number": _instead("<w:r><w:t>1,399.6</w:t><w:softHyphen/><w:t>0</w:t></w:r>"),
        "two kinds of drawing": _instead(
            f'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="w14"><w:r><w:t>{NUMBER}</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>9.99</w:t></w:r></mc:Fallback></mc:AlternateContent>'
        ),
    }  # fmt: skip
    for name, change in word.items():
        yield Condition("docx", name, partial(_word, change))
    base = _words() + _rules()
    drawn: dict[str, Callable[[], bytes]] = {
        "on a template page": _templated,
        "second document": _two_documents,
        "attached file": _ofd_attachment,
        "clipped by a path": lambda: ofd(base + _ofd_clipped()),
        "headings turned up": lambda: ofd(_ofd_turned()),
        "underlined numbers": lambda: ofd(base + "".join(_path(LEFTS[c + 1] - 2 - _wide(w), TOP + r * STEP + 5.6, LEFTS[c + 1] - 2, TOP + r * STEP + 5.6) for r, row in enumerate(GRID) for c, w in enumerate(row) if c > 1 and r)),
        "columns by upright rules": lambda: ofd(_words() + "".join(_path(x, TOP, x, TOP + len(GRID) * STEP) for x in LEFTS)),
        "drawn twice": lambda: ofd(base + _words()),
        "letters squeezed": lambda: ofd(_words(skip=True) + _rules() + _number(NUMBER, 'HScale="0.8"')),
        "layer of the foreground": lambda: ofd(base, layer='Type="Foreground"'),
        "layer of the background": lambda: ofd(base, layer='Type="Background"'),
        "raised mark": lambda: ofd(base + text(LEFTS[COLUMN + 1] - 2, TOP + ROW * STEP + 3, "1", size=1.8)),
    }  # fmt: skip
    for name, make in drawn.items():
        yield Condition("ofd", name, make)
