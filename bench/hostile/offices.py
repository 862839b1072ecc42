"""Hostile workbooks, documents, OpenDocument, OFD, archives and old office files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

from bench.hostile.inputs import Input, damaged, zipped

_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_O = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
Texts = dict[str, Callable[[], bytes]]


def xlsx(sheet: str, sheets: int = 1, more: dict[str, str | bytes] | None = None) -> bytes:
    """A workbook whose sheets are all alike."""
    names = "".join(f'<sheet name="表{k}" sheetId="{k}" r:id="a{k}"/>' for k in range(1, sheets + 1))
    links = "".join(
        f'<Relationship Id="a{k}" Type="{_KIND}worksheet" Target="worksheets/sheet{k}.xml"/>'
        for k in range(1, sheets + 1)
    )
    links += f'<Relationship Id="s" Type="{_KIND}sharedStrings" Target="sharedStrings.xml"/>'
    links += f'<Relationship Id="t" Type="{_KIND}styles" Target="styles.xml"/>'
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": f"<workbook {_S} {_R}><sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _RELS.format(links),
    }
    parts |= {
        f"xl/worksheets/sheet{k}.xml": f"<worksheet {_S}>{sheet}</worksheet>" for k in range(1, sheets + 1)
    }
    return zipped(parts | (more or {}), 1)


def docx(body: str, more: dict[str, str | bytes] | None = None, head: str = "") -> bytes:
    return zipped(
        {"word/document.xml": f"{head}<w:document {_W}><w:body>{body}</w:body></w:document>"} | (more or {}),
        1,
    )


def _rows(rows: int, columns: int, text: str = "<v>1.5</v>") -> str:
    cells = f"<c>{text}</c>" * columns
    return "<sheetData>" + f"<row>{cells}</row>" * rows + "</sheetData>"


def _inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def _p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _cell(text: str, span: int = 1) -> str:
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{_p(text)}</w:tc>'


_ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "'
    + "ha" * 1000
    + '"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


def workbooks(seed: int) -> Iterator[Input]:
    """About forty."""
    shared = f"<sst {_S}>" + "<si><t>支出和收入</t></si>" * 300_000 + "</sst>"
    code = "#,##0.00;" * 60
    formats = "".join(f'<numFmt numFmtId="{200 + k}" formatCode="{code}"/>' for k in range(5000))
    xfs = '<xf numFmtId="200"/>' * 60_000
    styles = f"<styleSheet {_S}><numFmts>{formats}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>"
    merges = "".join(f'<mergeCell ref="A{k}:XFD{k}"/>' for k in range(1, 60_000))
    made: Texts = {
        "cells-90000": lambda: xlsx(_rows(9000, 10)),
        "cells-190000": lambda: xlsx(_rows(19_000, 10)),
        "cells-1000000": lambda: xlsx(_rows(10_000, 100)),
        "cells-5000000": lambda: xlsx(_rows(50_000, 100)),
        "sheets-500": lambda: xlsx(_rows(20, 5), 500),
        "sheets-3000": lambda: xlsx(_rows(2, 2), 3000),
        "shared": lambda: xlsx(
            "<sheetData>" + '<row><c t="s"><v>299999</v></c></row>' * 50_000 + "</sheetData>",
            1,
            {"xl/sharedStrings.xml": shared},
        ),
        "styles": lambda: xlsx(
            "<sheetData>" + '<row><c s="59999"><v>1.5</v></c></row>' * 30_000 + "</sheetData>",
            1,
            {"xl/styles.xml": styles},
        ),
        "merges": lambda: xlsx(_rows(2000, 5) + f"<mergeCells>{merges}</mergeCells>"),
        "merge-all": lambda: xlsx(
            _rows(300, 5) + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>' * 1000
        ),
        "corner": lambda: xlsx(
            '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
        ),
        "diagonal": lambda: xlsx(
            "<sheetData>"
            + "".join(f'<row r="{k}"><c r="{_letters(k)}{k}"><v>{k}</v></c></row>' for k in range(1, 16_000))
            + "</sheetData>"
        ),
        "long-cells": lambda: xlsx(
            "<sheetData>" + f"<row>{_inline('支出和' * 10_000)}</row>" * 300 + "</sheetData>"
        ),
        "one-cell": lambda: xlsx(f"<sheetData><row>{_inline('9' * 50_000_000)}</row></sheetData>"),
        "runs": lambda: xlsx(
            '<sheetData><row><c t="inlineStr"><is>'
            + "<r><t>支</t></r>" * 1_000_000
            + "</is></c></row></sheetData>"
        ),
        "huge-number": lambda: xlsx(_rows(50, 5, "<v>1e999999999</v>")),
        "long-number": lambda: xlsx(_rows(50, 5, f"<v>{'9' * 5000}</v>")),
        "no-number": lambda: xlsx(_rows(50, 5, "<v>NaN</v>")),
        "bad-index": lambda: xlsx(
            "<sheetData>"
            + '<row r="-5"><c r="ZZZZ99999999" t="s" s="99999999"><v>99999999</v></c></row>' * 5000
            + "</sheetData>"
        ),
        "deep": lambda: xlsx("<a>" * 100_000),
        "entities": lambda: xlsx(
            "",
            1,
            {
                "xl/worksheets/sheet1.xml": _ENTITY
                + f"<worksheet {_S}><sheetData><row><c><v>&c;</v></c></row></sheetData></worksheet>"
            },
        ),
        "zeros": lambda: xlsx("", 1, {"xl/worksheets/sheet1.xml": bytes(200_000_000)}),
        "blanks": lambda: xlsx("", 1, {"xl/worksheets/sheet1.xml": b" " * 200_000_000}),
        "empty-rows": lambda: xlsx("<sheetData>" + "<row/>" * 1_000_000 + "</sheetData>"),
        "parts": lambda: zipped({"xl/workbook.xml": "<a/>"} | {f"xl/x{k}": "" for k in range(25_000)}),
        "no-sheet": lambda: zipped({"xl/workbook.xml": f"<workbook {_S}/>"}),
        "links": lambda: xlsx(
            _rows(5, 5),
            1,
            {
                "xl/_rels/workbook.xml.rels": _RELS.format(
                    f'<Relationship Id="a1" Type="{_KIND}worksheet" Target="../../../../etc/passwd"/>'
                )
            },
        ),
        "formulas": lambda: xlsx(_rows(20_000, 4, "<f>" + "SUM(A1:A9)+" * 30 + "1</f><v>1</v>")),
        "comments": lambda: xlsx(_rows(5, 5), 1, {f"xl/comments{k}.xml": "<a/>" * 10_000 for k in range(50)}),
    }
    yield from _inputs(made, "xlsx")
    sound = xlsx(
        "<sheetData>"
        + f"<row>{_inline('项目')}{_inline('合计')}<c><v>1.5</v></c></row>" * 50
        + "</sheetData>"
    )
    yield from _damaged(sound, "xlsx", seed, 10)


def documents(seed: int) -> Iterator[Input]:
    """About forty."""
    loop = f'<w:styles {_W}><w:style w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    made: Texts = {
        "paragraphs-60000": lambda: docx(_p("支出10.5万元，增长5%。") * 60_000),
        "paragraphs-600000": lambda: docx(_p("支") * 600_000),
        "one-paragraph": lambda: docx(_p("和" * 3_000_000)),
        "runs": lambda: docx("<w:p>" + "<w:r><w:t>支</w:t></w:r>" * 600_000 + "</w:p>"),
        "cells-150000": lambda: docx("<w:tbl>" + f"<w:tr>{_cell('1.00') * 10}</w:tr>" * 15_000 + "</w:tbl>"),
        "cells-500000": lambda: docx("<w:tbl>" + f"<w:tr>{_cell('1') * 50}</w:tr>" * 10_000 + "</w:tbl>"),
        "spans": lambda: docx("<w:tbl>" + f"<w:tr>{_cell('1', 99_999_999) * 3}</w:tr>" * 3000 + "</w:tbl>"),
        "spans-60": lambda: docx("<w:tbl>" + f"<w:tr>{_cell('1', 60) * 30}</w:tr>" * 1500 + "</w:tbl>"),
        "tables": lambda: docx(
            f"<w:tbl><w:tr>{_cell('项目')}{_cell('1.00')}</w:tr></w:tbl>{_p('说明')}" * 8000
        ),
        "nested-60": lambda: docx("<w:tbl><w:tr><w:tc>" * 60 + _p("内") + "</w:tc></w:tr></w:tbl>" * 60),
        "nested-2000": lambda: docx("<w:tbl><w:tr><w:tc>" * 2000 + _p("内")),
        "deep": lambda: docx("<w:sdt><w:sdtContent>" * 50_000),
        "styles": lambda: docx(_p("支出") * 100, {"word/styles.xml": loop}),
        "notes": lambda: docx(
            "<w:p>" + '<w:r><w:footnoteReference w:id="1"/></w:r>' * 50_000 + "</w:p>",
            {
                "word/footnotes.xml": f'<w:footnotes {_W}><w:footnote w:id="1">{_p("注" * 1000)}<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p></w:footnote></w:footnotes>'
            },
        ),
        "fields": lambda: docx(
            "<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 100_000 + "</w:p>"
        ),
        "deleted": lambda: docx(
            "<w:p>" + "<w:del><w:r><w:delText>1</w:delText></w:r></w:del>" * 200_000 + "</w:p>"
        ),
        "numbering": lambda: docx(
            '<w:p><w:pPr><w:numPr><w:ilvl w:val="8"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>支出</w:t></w:r></w:p>'
            * 30_000,
            {
                "word/numbering.xml": f'<w:numbering {_W}><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="8"><w:start w:val="999999999"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%9%9%9"/></w:lvl></w:abstractNum></w:numbering>'
            },
        ),
        "entities": lambda: docx(_p("&c;&b;"), None, _ENTITY),
        "zeros": lambda: zipped({"word/document.xml": bytes(200_000_000)}),
        "attributes": lambda: docx("<w:p " + " ".join(f'a{k}="1"' for k in range(300_000)) + "/>"),
        "attribute": lambda: docx(f'<w:p a="{"x" * 20_000_000}"/>'),
        "long-cells": lambda: docx("<w:tbl>" + f"<w:tr>{_cell('支出和' * 10_000)}</w:tr>" * 100 + "</w:tbl>"),
        "pictures": lambda: docx("<w:p><w:r><w:drawing/><w:pict/><w:object/></w:r></w:p>" * 60_000),
        "breaks": lambda: docx("<w:p><w:r>" + "<w:br/><w:t>支</w:t>" * 200_000 + "</w:r></w:p>"),
        "tabs": lambda: docx("<w:p><w:r>" + "<w:tab/><w:t>1</w:t>" * 200_000 + "</w:r></w:p>"),
    }
    yield from _inputs(made, "docx")
    yield from _damaged(
        docx(
            _p("支出10万元。") * 30
            + "<w:tbl>"
            + f"<w:tr>{_cell('项目')}{_cell('1.00')}</w:tr>" * 30
            + "</w:tbl>"
        ),
        "docx",
        seed,
        10,
    )


def opened() -> Iterator[Input]:
    """OpenDocument, old office files and RTF: without LibreOffice they are refused, but not before a look."""

    def ods(rows: str) -> bytes:
        return zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": f"<office:x>{rows}</office:x>",
            },
            1,
        )

    row = '<table:table-row table:number-rows-repeated="{0}"><table:table-cell table:number-columns-repeated="{0}" office:value="1"></table:table-cell></table:table-row>'
    made: Texts = {
        "repeated.ods": lambda: ods(row.format(999_999_999)),
        "repeated-low.ods": lambda: ods(row.format(300)),
        "rows.ods": lambda: ods(row.format(1) * 60_000),
        "open.ods": lambda: ods("<table:table-row>" * 200_000),
        "cells.ods": lambda: ods("<table:table-cell " * 1_000_000),
        "words.odt": lambda: zipped(
            {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<text:p>支" * 500_000}
        ),
        "deep.rtf": lambda: b"{\\rtf1 " + b"{" * 500_000,
        "long.rtf": lambda: b"{\\rtf1 " + b"\\u20013?" * 500_000,
        "ole.doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000),
        "ole-loop.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 508 + b"\0\0\0\0" * 100_000,
        "ole-random.xls": lambda: (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes((k * 37) % 251 for k in range(100_000))
        ),
        "flat.fods": lambda: ("<?xml version='1.0'?><office:document>" + row.format(999_999)).encode(),
    }
    for name, make in made.items():
        yield Input(name, make)


def ofd(objects: str, pages: int = 1, more: dict[str, str | bytes] | None = None) -> bytes:
    """An OFD whose pages are all alike."""
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    listed = "".join(f'<ofd:Page ID="{k + 10}" BaseLoc="Pages/P/Content.xml"/>' for k in range(pages))
    parts: dict[str, str | bytes] = {
        "OFD.xml": f'<ofd:OFD {_O} DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f"<ofd:Document {_O}><ofd:CommonData>{area}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        "Doc_0/Pages/P/Content.xml": f'<ofd:Page {_O}>{area}<ofd:Content><ofd:Layer ID="2">{objects}</ofd:Layer></ofd:Content></ofd:Page>',
    }
    return zipped(parts | (more or {}), 1)


def ofds(seed: int) -> Iterator[Input]:
    """About twenty-five."""

    def text(words: str, deltas: str = "g 99 3", at: int = 9) -> str:
        return f'<ofd:TextObject ID="3" Boundary="9 {at} 190 9" Font="1" Size="3"><ofd:TextCode X="0" Y="3" DeltaX="{deltas}">{words}</ofd:TextCode></ofd:TextObject>'

    def line(data: str) -> str:
        return f'<ofd:PathObject ID="4" Boundary="0 0 210 297" LineWidth="0.2"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'

    made: Texts = {
        "letters": lambda: ofd(text("支出", at=9) * 50_000),
        "one-text": lambda: ofd(text("支" * 3_000_000)),
        "deltas": lambda: ofd(text("支出" * 100, "g 999999999 3 " * 1000)),
        "delta-words": lambda: ofd(text("支出" * 1000, "g 1e309 nan " * 1000)),
        "lines": lambda: ofd(line("M 0 0 L 9 9 ") * 100_000),
        "points": lambda: ofd(line("M 0 0 " + "L 9 9 " * 2_000_000)),
        "curves": lambda: ofd(line("M 0 0 " + "B 1 1 2 2 3 3 " * 300_000)),
        "grid": lambda: ofd(
            "".join(
                line(f"M 0 {k / 5} L 200 {k / 5}") + line(f"M {k / 7} 0 L {k / 7} 290") for k in range(1400)
            )
        ),
        "grid-filled": lambda: ofd(
            "".join(
                line(f"M 0 {k * 4} L 200 {k * 4}") + line(f"M {k * 4} 0 L {k * 4} 290") for k in range(60)
            )
            + text("1.00") * 20_000
        ),
        "pages-5000": lambda: ofd(text("支出10万元"), 5000),
        "pages-heavy": lambda: ofd(text("支出10万元" * 20) * 300, 3000),
        "self": lambda: ofd(
            '<ofd:CompositeObject ID="5" ResourceID="6" Boundary="0 0 9 9"/>' * 50,
            1,
            {
                "Doc_0/PublicRes.xml": f'<ofd:Res {_O}><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="6"><ofd:Content>'
                + '<ofd:CompositeObject ResourceID="6" Boundary="0 0 9 9"/>' * 50
                + "</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
            },
        ),
        "deep": lambda: ofd("<ofd:PageBlock>" * 5000 + "</ofd:PageBlock>" * 5000),
        "entities": lambda: zipped({"OFD.xml": _ENTITY + f"<ofd:OFD {_O}/>"}),
        "pictures": lambda: ofd('<ofd:ImageObject ID="7" ResourceID="8" Boundary="0 0 210 297"/>' * 50_000),
        "numbers": lambda: ofd(text("1.00").replace("9 9 190 9", "1e38 nan inf -1e38") * 1000),
        "away": lambda: ofd(
            "",
            1,
            {
                "Doc_0/Document.xml": f'<ofd:Document {_O}><ofd:Pages><ofd:Page BaseLoc="../../../etc/passwd"/></ofd:Pages></ofd:Document>'
            },
        ),
        "no-pages": lambda: ofd("", 0),
        "zeros": lambda: ofd("", 1, {"Doc_0/Pages/P/Content.xml": bytes(100_000_000)}),
    }
    yield from _inputs(made, "ofd")
    yield from _damaged(ofd(text("支出10万元") * 20 + line("M 0 0 L 99 99")), "ofd", seed, 8)


def archives(seed: int) -> Iterator[Input]:
    """About twenty-five."""
    good = "一、说明\n2026年支出10万元。\n"

    def nested(deep: int, width: int) -> bytes:
        data = zipped({"a.txt": good})
        for _ in range(deep):
            data = zipped({f"{k}.zip": data for k in range(width)})
        return data

    def told(change: Callable[[zipfile.ZipInfo], None]) -> bytes:
        out, info = io.BytesIO(), zipfile.ZipInfo("a.txt")
        change(info)
        with zipfile.ZipFile(out, "w") as z:
            z.writestr(info, good)
            z.writestr("b.txt", good)
        return out.getvalue()

    def lying(data: bytes) -> bytes:
        out = bytearray(data)
        at = out.rindex(b"PK\x01\x02")
        out[at + 24 : at + 28] = (100).to_bytes(4, "little")
        return bytes(out)

    made: Texts = {
        "nested-1": lambda: nested(1, 3),
        "nested-5": lambda: nested(5, 2),
        "nested-wide": lambda: nested(2, 12),
        "bomb": lambda: zipped({"a.txt": bytes(300_000_000)}),
        "bombs": lambda: zipped({f"{k}.txt": bytes(20_000_000) for k in range(10)}),
        "packed-bomb": lambda: zipped({"b.zip": zipped({"a.txt": bytes(300_000_000)})}),
        "lying": lambda: lying(zipped({"a.txt": b"1" * 30_000_000})),
        "entries-70000": lambda: zipped({f"{k}.txt": "" for k in range(70_000)}, 1),
        "entries-12": lambda: zipped({f"{k}.txt": good for k in range(12)}),
        "up": lambda: zipped({"../../a.txt": good, "/etc/a.txt": good, "c:\\a.txt": good}),
        "same": lambda: told(lambda i: setattr(i, "filename", "b.txt")),
        "locked": lambda: told(lambda i: setattr(i, "flag_bits", 1)),
        "link": lambda: told(lambda i: setattr(i, "external_attr", 0o120777 << 16)),
        "long-name": lambda: told(lambda i: setattr(i, "filename", "长" * 20_000 + ".txt")),
        "odd-name": lambda: told(lambda i: setattr(i, "filename", "a\x1b[31m\u202e\n[b]{{7*7}}.txt")),
        "empty": lambda: zipped({}),
        "comment": lambda: zipped({"a.txt": good})[:-2] + b"\xff\xff" + b"PK\x05\x06" * 16_000,
        "begun": lambda: zipped({"a.txt": good})[:60],
        "only-begun": lambda: b"PK\x03\x04" * 100_000,
        "rar": lambda: b"Rar!\x1a\x07\x00" + bytes(1000),
    }
    yield from _inputs(made, "zip")
    yield from _damaged(zipped({f"{k}.txt": good for k in range(4)}), "zip", seed, 6)


def _inputs(made: Texts, kind: str) -> Iterator[Input]:
    for name, make in made.items():
        yield Input(f"{name}.{kind}", make)


def _damaged(data: bytes, kind: str, seed: int, count: int) -> Iterator[Input]:
    for k in range(count):
        yield Input(f"damaged-{k}.{kind}", lambda k=k: damaged(data, seed + k))  # type: ignore[misc]


def _letters(n: int) -> str:
    out = ""
    while n:
        n, d = divmod(n - 1, 26)
        out = chr(65 + d) + out
    return out
