"""Small OFD files made for the tests, by hand or from the characters and lines of a PDF."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

import pypdfium2 as pdfium

from yibenzhang.reading import pdf as reader
from yibenzhang.reading.glyphs import Glyph
from yibenzhang.reading.pdf_paths import Frame, drawn_on
from yibenzhang.reading.pdfium_calls import handle
from yibenzhang.reading.rules import Rule

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
MM = 25.4 / 72
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)  # of no time: the same bytes in every run
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            z.writestr(info, data)
    return out.getvalue()


def ofd(
    pages: list[str],
    size: tuple[float, float] = (210, 297),
    templates: dict[str, str] | None = None,
    resources: str = "",
    sizes: list[tuple[float, float]] | None = None,
    used: str = "",
) -> bytes:
    """An OFD whose pages hold the given objects; ``templates`` {id: objects}, all used by every page."""
    templates = templates or {}
    common = f"<ofd:PageArea><ofd:PhysicalBox>0 0 {size[0]} {size[1]}</ofd:PhysicalBox></ofd:PageArea>"
    common += "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>" if resources else ""
    common += "".join(f'<ofd:TemplatePage ID="{t}" BaseLoc="Tpls/Tpl_{t}/Content.xml"/>' for t in templates)
    listed = "".join(f'<ofd:Page ID="{100 + k}" BaseLoc="Pages/Page_{k}/Content.xml"/>' for k in range(len(pages)))  # fmt: skip
    files: dict[str, str | bytes] = {
        "OFD.xml": f'{XML}<ofd:OFD {NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"{XML}<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID>{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    if resources:
        files["Doc_0/DocumentRes.xml"] = f'{XML}<ofd:Res {NS} BaseLoc="Res">{resources}</ofd:Res>'
    use = used or "".join(f'<ofd:Template TemplateID="{t}" ZOrder="Background"/>' for t in templates)
    for k, content in enumerate(pages):
        area = (
            f"<ofd:Area><ofd:PhysicalBox>0 0 {sizes[k][0]} {sizes[k][1]}</ofd:PhysicalBox></ofd:Area>"
            if sizes
            else ""
        )
        files[f"Doc_0/Pages/Page_{k}/Content.xml"] = f"{XML}<ofd:Page {NS}>{use}{area}{body(content)}</ofd:Page>"  # fmt: skip
    for t, content in templates.items():
        files[f"Doc_0/Tpls/Tpl_{t}/Content.xml"] = f"{XML}<ofd:Page {NS}>{body(content)}</ofd:Page>"
    return zipped(files)


def body(content: str) -> str:
    return f'<ofd:Content><ofd:Layer ID="2" Type="Body">{content}</ofd:Layer></ofd:Content>'


def text(
    x: float,
    y: float,
    words: str,
    size: float = 3.5,
    delta: str | None = None,
    more: str = "",
    inside: str = "",
) -> str:
    """A text object whose baseline begins at (x, y) millimetres."""
    delta = " ".join(["2"] * (len(words) - 1)) if delta is None else delta
    told = f" DeltaX={quoteattr(delta)}" if delta else ""
    return (
        f'<ofd:TextObject ID="7" Boundary="{x} {y - size} {size * len(words) + 2} {size + 2}" Font="3" Size="{size}" {more}>'
        f'{inside}<ofd:TextCode X="0" Y="{size}"{told}>{escape(words)}</ofd:TextCode></ofd:TextObject>'
    )


def path(data: str, boundary: str = "0 0 210 297", more: str = "", inside: str = "") -> str:
    return (
        f'<ofd:PathObject ID="8" Boundary="{boundary}" LineWidth="0.25" {more}>{inside}'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def table(rows: list[list[str]], x: float = 20, y: float = 30, wide: float = 40, high: float = 8) -> str:
    """A ruled table of ASCII texts, half an em apart."""
    out = ""
    right, low = x + wide * len(rows[0]), y + high * len(rows)
    for r in range(len(rows) + 1):
        out += path(f"M {x} {y + high * r} L {right} {y + high * r}")
    for c in range(len(rows[0]) + 1):
        out += path(f"M {x + wide * c} {y} L {x + wide * c} {low}")
    for r, row in enumerate(rows):
        for c, words in enumerate(row):
            out += text(x + wide * c + 1, y + high * r + 5, words, delta="g 99 1.75")
    return out


# ---- from a PDF ----------------------------------------------------------------------------


def marks_of(data: bytes) -> list[tuple[tuple[float, float], list[Glyph], list[Rule], list[Rule]]]:
    """Size, characters and lines of each page, upright, in points."""
    document = pdfium.PdfDocument(data)
    out = []
    for page in document:
        left, bottom, right, top = page.get_bbox()
        words = page.get_textpage()
        turn = reader._turn(handle(words.raw), words.count_chars(), page.get_rotation())
        frame = Frame(left, bottom, right - left, top - bottom, turn)
        glyphs = reader._glyphs(words.raw, frame).all
        drawn = drawn_on(handle(page.raw), frame)
        hs, vs = drawn.hs, drawn.vs
        out.append((frame.size, glyphs, hs, vs))
    return out


STYLES = ("list", "repeat", "ctm", "single", "codes", "turned")


def from_pdf(data: bytes, style: str = "list", rules: str = "stroke") -> bytes:
    """The same pages as an OFD. ``style`` is how text is set, ``rules`` stroke, thin, template or unit."""
    pages, sizes = [], []
    for (width, height), glyphs, hs, vs in marks_of(data):
        size = (width * MM, height * MM)
        lines = "".join(_rule(r, True, rules) for r in hs) + "".join(_rule(r, False, rules) for r in vs)
        words = "".join(_run(run, style) for run in _runs(glyphs))
        if style == "turned":  # drawn a quarter turn on a page that stands upright
            words = f"<ofd:PageBlock>{words}</ofd:PageBlock>"
        pages.append(lines + words)
        sizes.append(size)
    if style == "turned":
        unit = '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="{}" Width="900" Height="900"><ofd:Content>{}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>'
        res = "".join(unit.format(500 + k, p) for k, p in enumerate(pages))
        # x' = H - y, y' = x: clockwise by a quarter
        turned = [
            f'<ofd:CompositeObject ID="9" ResourceID="{500 + k}" Boundary="0 0 900 900" CTM="0 1 -1 0 {sizes[k][1]} 0"/>'
            for k in range(len(pages))
        ]
        return ofd(turned, resources=res, sizes=[(h, w) for w, h in sizes])
    return ofd(pages, sizes=sizes)


def _runs(glyphs: list[Glyph]) -> list[list[Glyph]]:
    out: list[list[Glyph]] = []
    for g in glyphs:
        last = out[-1][-1] if out else None
        if last is not None and abs(g.base - last.base) < 0.01 and g.size == last.size and 0 < g.x0 - last.x0 < 60:  # fmt: skip
            out[-1].append(g)
        else:
            out.append([g])
    return out


def _run(run: list[Glyph], style: str) -> str:
    size = run[0].size * MM
    x, y = run[0].x0 * MM, run[0].base * MM
    steps = [(b.x0 - a.x0) * MM for a, b in zip(run, run[1:], strict=False)]
    words = escape("".join(g.text for g in run))
    wide = sum(steps) + 2 * size
    box = f"{x:.3f} {y - size:.3f} {wide:.3f} {1.4 * size:.3f}"
    head = f'<ofd:TextObject ID="7" Boundary="{box}" Font="3"'
    if style == "single":
        return "".join(
            f'<ofd:TextObject ID="7" Boundary="{g.x0 * MM:.3f} {y - size:.3f} {size:.3f} {1.4 * size:.3f}" Font="3" Size="{size:.3f}">'
            f'<ofd:TextCode X="0" Y="{size:.3f}">{escape(g.text)}</ofd:TextCode></ofd:TextObject>'
            for g in run
        )
    if style == "ctm":
        told = " ".join(f"{s / size:.4f}" for s in steps)
        code = f'<ofd:TextCode X="0" Y="1" DeltaX="{told}">{words}</ofd:TextCode>'
        return f'{head} Size="1" CTM="{size:.4f} 0 0 {size:.4f} 0 0">{code}</ofd:TextObject>'
    if style == "codes":
        codes = "".join(
            f'<ofd:TextCode X="{g.x0 * MM - x:.3f}"' + (f' Y="{size:.3f}"' if k == 0 else "") + f">{escape(g.text)}</ofd:TextCode>"
            for k, g in enumerate(run)
        )  # fmt: skip
        return f'{head} Size="{size:.3f}">{codes}</ofd:TextObject>'
    told = " ".join(f"{s:.3f}" for s in steps)
    if style == "repeat":
        told, k = "", 0
        while k < len(steps):
            n = next((j for j in range(k, len(steps)) if round(steps[j], 3) != round(steps[k], 3)), len(steps)) - k  # fmt: skip
            told += f" g {n} {steps[k]:.3f}" if n > 1 else f" {steps[k]:.3f}"
            k += n
    code = f'<ofd:TextCode X="0" Y="{size:.3f}" DeltaX="{told.strip()}">{words}</ofd:TextCode>'
    return f'{head} Size="{size:.3f}">{code}</ofd:TextObject>'


def _rule(r: Rule, lying: bool, rules: str) -> str:
    at, start, end = r.at * MM, r.start * MM, r.end * MM
    x0, y0, x1, y1 = (start, at, end, at) if lying else (at, start, at, end)
    if rules == "thin":
        half = 0.09
        x0, y0, x1, y1 = (x0, y0 - half, x1, y1 + half) if lying else (x0 - half, y0, x1 + half, y1)
        data = f"M 0 0 L {x1 - x0:.3f} 0 L {x1 - x0:.3f} {y1 - y0:.3f} L 0 {y1 - y0:.3f} C"
        box = f"{x0:.3f} {y0:.3f} {x1 - x0:.3f} {y1 - y0:.3f}"
        return path(data, box, 'Stroke="false" Fill="true"', '<ofd:FillColor Value="0 0 0"/>')
    return path(f"M 0 0 L {x1 - x0:.3f} {y1 - y0:.3f}", f"{x0:.3f} {y0:.3f} {x1 - x0:.3f} {y1 - y0:.3f}")
