"""Conditions of OFD: visibility, colours, clips, templates, notes, pictures."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from xml.sax.saxutils import escape

from bench.conditions.disclosure import AT, GRID, HEADING, TITLE, UNIT, with_cell
from bench.conditions.dresses import DRESSES, NEGATIVE, TOLD_BY_RULE
from bench.conditions.judging import Condition
from bench.conditions.pdfs import one, page, picture_of

_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
LEFTS = (15.0, 40.0, 105.0, 135.0, 165.0, 195.0)
TOP, STEP, SIZE = 40.0, 7.0, 3.5
ROW, COLUMN = AT[0] + 1, AT[1]
NUMBER = "1,399.60"


def _wide(words: str, size: float = SIZE) -> float:
    return sum(size if c >= "\u2e80" else size / 2 for c in words)


def text(x: float, y: float, words: str, more: str = "", inside: str = "", size: float = SIZE) -> str:
    steps = " ".join(f"{size if c >= chr(0x2E80) else size / 2:.3f}" for c in words[:-1])
    delta = f' DeltaX="{steps}"' if steps else ""
    return (
        f'<ofd:TextObject ID="7" Boundary="{x} {y - size} {_wide(words, size) + 2} {size + 2}" Font="3" Size="{size}" {more}>'
        f'{inside}<ofd:TextCode X="0" Y="{size}"{delta}>{escape(words)}</ofd:TextCode></ofd:TextObject>'
    )


def _path(x0: float, y0: float, x1: float, y1: float, more: str = "", inside: str = "") -> str:
    data = (
        f"M 0 0 L {x1 - x0} {y1 - y0}"
        if "Fill" not in more
        else f"M 0 0 L {x1 - x0} 0 L {x1 - x0} {y1 - y0} L 0 {y1 - y0} C"
    )
    return f'<ofd:PathObject ID="8" Boundary="{x0} {y0} {x1 - x0} {y1 - y0}" LineWidth="0.2" {more}>{inside}<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'


def _number(words: str = NUMBER, more: str = "", inside: str = "", shift: float = 0.0) -> str:
    return text(LEFTS[COLUMN + 1] - 2 - _wide(words) + shift, TOP + ROW * STEP + 5, words, more, inside)


def _words(grid: list[list[str]] | tuple[tuple[str, ...], ...] = GRID, skip: bool = False) -> str:
    out = text(50, 20, HEADING, size=5) + text(95, 28, TITLE) + text(170, 36, UNIT)
    for r, row in enumerate(grid):
        for c, w in enumerate(row):
            if w and not (skip and (r, c) == (ROW, COLUMN)):
                x = LEFTS[c] + 1 if c < 2 or not r else LEFTS[c + 1] - 2 - _wide(w)
                out += text(x, TOP + r * STEP + 5, w)
    return out


def _rules() -> str:
    bottom = TOP + len(GRID) * STEP
    out = "".join(_path(LEFTS[0], TOP + r * STEP, LEFTS[-1], TOP + r * STEP) for r in range(len(GRID) + 1))
    return out + "".join(_path(x, TOP, x, bottom) for x in LEFTS)


def ofd(content: str, files: dict[str, str | bytes] | None = None, document: str = "", common: str = "", layer: str = 'Type="Body"') -> bytes:  # fmt: skip
    parts: dict[str, str | bytes] = {
        "OFD.xml": f'{_XML}<ofd:OFD {_NS} Version="1.0"><ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f"{_XML}<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        f'</ofd:PhysicalBox></ofd:PageArea>{common}</ofd:CommonData><ofd:Pages><ofd:Page ID="100" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>{document}</ofd:Document>',
        "Doc_0/Pages/Page_0/Content.xml": f'{_XML}<ofd:Page {_NS}><ofd:Content><ofd:Layer ID="2" {layer}>{content}</ofd:Layer></ofd:Content></ofd:Page>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in (parts | (files or {})).items():
            z.writestr(name, data)
    return out.getvalue()


def _picture_page(whole: bool) -> bytes:
    image = io.BytesIO()
    picture = picture_of(one(page()))
    if not whole:
        picture = picture.crop((0, int(picture.height * 0.1), picture.width, int(picture.height * 0.45)))
    picture.save(image, "JPEG", quality=85)
    res = f'{_XML}<ofd:Res {_NS} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="50" Type="Image"><ofd:MediaFile>a.jpg</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>'
    place = "0 0 210 297" if whole else "0 40 210 104"
    words = (
        ""
        if whole
        else text(50, 20, HEADING, size=5)
        + "".join(
            text(20, 200 + 8 * k, "本中心按照职责编制本年度部门预算，各项安排见上表。") for k in range(4)
        )
    )
    return ofd(
        f'<ofd:ImageObject ID="9" ResourceID="50" Boundary="{place}" CTM="210 0 0 297 0 0"/>{words}',
        {"Doc_0/DocumentRes.xml": res, "Doc_0/Res/a.jpg": image.getvalue()}, common="<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>",
    )  # fmt: skip


def _noted(hidden: bool) -> bytes:
    value = "9.99" if hidden else NUMBER
    note = f'<ofd:Annot ID="60" Type="Stamp" Visible="{"false" if hidden else "true"}"><ofd:Appearance Boundary="0 0 210 297">{_number(value)}</ofd:Appearance></ofd:Annot>'
    files: dict[str, str | bytes] = {
        "Doc_0/Annots/Annotations.xml": f'{_XML}<ofd:Annotations {_NS}><ofd:Page PageID="100"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>',
        "Doc_0/Annots/Page_0/Annotation.xml": f"{_XML}<ofd:PageAnnot {_NS}>{note}</ofd:PageAnnot>",
    }
    return ofd(
        _words(skip=not hidden) + _rules(), files, "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
    )


def conditions() -> Iterator[Condition]:
    """All conditions of OFD."""
    yield Condition("ofd", "control", lambda: ofd(_words() + _rules()))
    for name, shown, value in DRESSES:
        finds = NEGATIVE if value.startswith("-") else TOLD_BY_RULE
        make = partial(lambda words: ofd(_words(with_cell(words)) + _rules()), shown)
        yield Condition("ofd", name, make, value, finds)
    base = _words() + _rules()
    white = '<ofd:FillColor Value="255 255 255"/>'
    wrong = partial(_number, "9.99", shift=-12)
    x0, y0 = LEFTS[COLUMN], TOP + ROW * STEP
    simple: dict[str, Callable[[], bytes]] = {
        "object not visible": lambda: ofd(base + wrong('Visible="false"')),
        "block not visible": lambda: ofd(base + f'<ofd:PageBlock Visible="false">{wrong()}</ofd:PageBlock>'),
        "white text": lambda: ofd(base + wrong("", white)),
        "clear text": lambda: ofd(base + wrong('Alpha="0"')),
        "neither filled nor stroked": lambda: ofd(base + wrong('Fill="false"')),
        "clear colour": lambda: ofd(base + wrong("", '<ofd:FillColor Value="0 0 0" Alpha="0"/>')),
        "covered number": lambda: ofd(_words(skip=True) + _number("8,888.88", shift=-5) + _path(x0 + 0.5, y0 + 0.5, LEFTS[COLUMN + 1] - 0.5, y0 + STEP - 0.5, 'Fill="true" Stroke="false"', white) + _number() + _rules()),
        "clipped away": lambda: ofd(base + f'<ofd:TextObject ID="7" Boundary="{x0} {y0} 3 3" Font="3" Size="3.5"><ofd:TextCode X="40" Y="30">9.99</ofd:TextCode></ofd:TextObject>'),
        "slanted watermark": lambda: ofd(text(60, 150, "征求意见稿", 'CTM="0.7 -0.7 0.7 0.7 0 0"', size=20) + base),
        "dashed rules": lambda: ofd(_words() + _rules().replace("LineWidth", 'DashPattern="1 1" LineWidth')),
        "no rules": lambda: ofd(_words()),
        "shaded rows": lambda: ofd("".join(_path(LEFTS[0], TOP + r * STEP, LEFTS[-1], TOP + (r + 1) * STEP, 'Fill="true" Stroke="false"', '<ofd:FillColor Value="220 220 220"/>') for r in range(0, len(GRID), 2)) + _words()),
        "three lines": lambda: ofd(_words() + "".join(_path(LEFTS[0], TOP + r * STEP, LEFTS[-1], TOP + r * STEP) for r in (0, 1, len(GRID)))),
        "radicals": lambda: ofd(_words([[w.replace("行", "⾏").replace("支", "⽀") for w in row] for row in GRID]) + _rules()),
        "zero width": lambda: ofd(_words(with_cell("1,3\u200b99.60")) + _rules()),
        "page as a picture": lambda: _picture_page(True),
        "table as a picture": lambda: _picture_page(False),
        "note that is painted": lambda: _noted(False),
        "note that is hidden": lambda: _noted(True),
    }  # fmt: skip
    for name, build in {**simple, **_MORE}.items():
        yield Condition("ofd", name, build)


def _curves() -> str:
    """Six letters as filled curves in the cell of the number."""
    x, y = LEFTS[COLUMN] + 10, TOP + ROW * STEP + 2
    data = "M 0 0 B 1 1 2 2 1.5 0 Q 2 1 0 3 C"
    return "".join(
        f'<ofd:PathObject ID="8" Boundary="{x + 2 * k} {y} 1.5 3" Fill="true" Stroke="false">'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
        for k in range(6)
    )


def _pasted() -> bytes:
    """A picture in the cell of the number."""
    out = io.BytesIO()
    picture_of(one(page())).crop((0, 0, 60, 16)).save(out, "PNG")
    res = f'{_XML}<ofd:Res {_NS} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="50" Type="Image"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>'
    drawn = f'<ofd:ImageObject ID="9" ResourceID="50" Boundary="{LEFTS[COLUMN] + 2} {TOP + ROW * STEP + 1} 20 5" CTM="20 0 0 5 0 0"/>'
    return ofd(
        _words(skip=True) + _rules() + drawn,
        {"Doc_0/DocumentRes.xml": res, "Doc_0/Res/a.png": out.getvalue()},
        common="<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>",
    )


def _resources(inner: str) -> dict[str, str | bytes]:
    return {"Doc_0/PublicRes.xml": f"{_XML}<ofd:Res {_NS}>{inner}</ofd:Res>"}


_SHARED = "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
_WHITE = '<ofd:FillColor Value="255 255 255"/>'


def _white_by(chain: str, use: str) -> bytes:
    params = f"<ofd:DrawParams>{chain}</ofd:DrawParams>"
    return ofd(_words() + _rules() + _number("9.99", use, shift=-12), _resources(params), common=_SHARED)


def _composed() -> bytes:
    """The number in a unit that is drawn on the page."""
    unit = f'<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="60" Width="210" Height="297"><ofd:Content>{_number()}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>'
    use = '<ofd:CompositeObject ID="9" ResourceID="60" Boundary="0 0 210 297"/>'
    return ofd(_words(skip=True) + _rules() + use, _resources(unit), common=_SHARED)


def _pale_tiles() -> bytes:
    grey = '<ofd:FillColor Value="230 230 230"/>'
    tiles = "".join(text(x, y, "内部资料", "", grey) for x in range(20, 180, 40) for y in range(50, 200, 25))
    return ofd(tiles + _words() + _rules())


_MORE: dict[str, Callable[[], bytes]] = {
    "number as curves": lambda: ofd(_words(skip=True) + _rules() + _curves()),
    "number as a picture": _pasted,
    "pale tiles": _pale_tiles,
    "white by a parameter": lambda: _white_by(
        f'<ofd:DrawParam ID="70">{_WHITE}</ofd:DrawParam>', 'DrawParam="70"'
    ),
    "white by an inherited parameter": lambda: _white_by(
        f'<ofd:DrawParam ID="70">{_WHITE}</ofd:DrawParam><ofd:DrawParam ID="71" Relative="70"/>',
        'DrawParam="71"',
    ),
    "composed": _composed,
    "spacing told once": lambda: ofd(
        _words(skip=True) + _rules() + re.sub(r'DeltaX="[^"]*"', 'DeltaX="g 7 1.75"', _number())
    ),
    "wider than its cell": lambda: ofd(_words(with_cell("1,399.60（含结转）")) + _rules()),
}
