"""Pictures of pages as they were read, and what is cut out of them. Plain functions: they run in worker processes.

PDFium is not thread-safe: call these in one thread of a process only.
"""

from __future__ import annotations

import ctypes
import io
import time
import warnings
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageDraw, ImageOps

from yibenzhang.model.leaves import Box, Leaf
from yibenzhang.reading.limits import MAX_PICTURE_PIXELS, MAX_SCAN_PIXELS, PICTURE_SECONDS, ReadingError

LEAST_WIDTH, MOST_WIDTH = 60, 3200
MOST_OPEN, MOST_OPEN_BYTES = 4, 32 * 1024 * 1024
"""PDFs that stay open, and their bytes together; a larger one is open alone."""
_FORMATS = ("PNG", "JPEG", "TIFF")
_GRAY = 10
"""Channels that differ by no more than this (of 255) are a shade of grey."""
_CONTEXT = 48.0
"""Points above and below a box that are cut out with it: about two rows."""
_ROW = 40.0
"""Points; what is taller is no row of print."""
_APART = 30
"""Strips closer than so many points are one."""
_RED = (208, 32, 32)
MAX_DRAWN_TEXTS = 20_000
_BROKEN = "本页图像无法生成，文件可能已损坏；请打开原文件查看。"
_SLOW = "本页过于复杂，未能生成图像；请打开原文件查看。"
_LARGE = "本页图像太大，未能生成；请打开原文件查看。"


def picture(data: bytes, kind: str, leaf: Leaf, width_px: int = 1400) -> bytes:
    """A PNG of one page, ``width_px`` wide, turned and straightened as it was read, so that boxes fit.

    ``data`` is the whole file, ``kind`` its Document.kind: pdf or image. Raises ReadingError, one sentence for
    a person, where the page cannot be drawn.
    """
    return Drawer().picture(lambda: data, "", kind, leaf, width_px)


class _Opened:
    """A PDF with the page drawn last, which is not closed before the next: with its last page its fonts would go."""

    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self._document = pdfium.PdfDocument(data)
        self._page: pdfium.PdfPage | None = None

    def page(self, number: int) -> pdfium.PdfPage:
        before, self._page = self._page, self._document[number - 1]
        if before is not None:
            before.close()
        return self._page

    def close(self) -> None:
        if self._page is not None:
            self._page.close()
        self._document.close()


class Drawer:
    """Draws page after page in one thread. The last PDFs stay open: what the pages of a document share, fonts above
    all, is read once."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, _Opened] = OrderedDict()

    def picture(self, read: Callable[[], bytes], name: str, kind: str, leaf: Leaf, width_px: int) -> bytes:
        """As ``picture``; ``read`` gives the bytes of the file with this name, which never change."""
        if leaf.kind != "picture" or kind not in ("pdf", "image"):
            raise ReadingError("这种文件没有页面图像。")
        size = _size(leaf, width_px)
        if kind == "image":
            return _finished(lambda: _of_image(read(), leaf, size), leaf)
        sound = False
        try:
            made = _finished(lambda: _of_pdf(self._opened(read, name), leaf, size), leaf)
            sound = True
            return made
        finally:
            if not sound or not name:
                self._close(name)

    def _opened(self, read: Callable[[], bytes], name: str) -> _Opened:
        if name in self._open:
            self._open.move_to_end(name)
            return self._open[name]
        made = _Opened(read())
        while self._open and (
            len(self._open) >= MOST_OPEN
            or made.size + sum(x.size for x in self._open.values()) > MOST_OPEN_BYTES
        ):
            self._close(next(iter(self._open)))
        self._open[name] = made
        return made

    def _close(self, name: str) -> None:
        found = self._open.pop(name, None)
        if found is not None:
            found.close()


def _finished(draw: Callable[[], Image.Image], leaf: Leaf) -> bytes:
    """The PNG of what is drawn, straightened. Raises ReadingError."""
    try:
        image = draw()
    except ReadingError:
        raise
    except Exception as error:  # decoders raise whatever damage makes them
        raise ReadingError(_BROKEN) from error
    if leaf.skew:
        image = _plain(image).rotate(-leaf.skew, Image.Resampling.BICUBIC, fillcolor="white")
    return _png(image)


def _size(leaf: Leaf, width_px: int) -> tuple[int, int]:
    """Pixels of the picture; a page much longer than wide gets a smaller one."""
    width = min(max(width_px, LEAST_WIDTH), MOST_WIDTH)
    ratio = max(leaf.height, 1.0) / max(leaf.width, 1.0)
    if width * width * ratio > MAX_PICTURE_PIXELS:
        width = int((MAX_PICTURE_PIXELS / ratio) ** 0.5)
    height = round(width * ratio)
    if width < 1 or height < 1:
        raise ReadingError(_LARGE)
    return width, height


def _of_pdf(opened: _Opened, leaf: Leaf, size: tuple[int, int]) -> Image.Image:
    page = opened.page(leaf.page)
    _bounded(page)
    return _rendered(page, size, leaf.turn)


def _bounded(page: pdfium.PdfPage) -> None:
    """Raises ReadingError where the page's pictures would take too much room when unpacked."""
    across, down = ctypes.c_uint(), ctypes.c_uint()
    left = 4 * MAX_SCAN_PIXELS
    for obj in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        if raw.FPDFImageObj_GetImagePixelSize(obj.raw, across, down):
            left -= across.value * down.value
        if left < 0:
            raise ReadingError(_LARGE)


def _rendered(page: pdfium.PdfPage, size: tuple[int, int], turn: int) -> Image.Image:
    """What a viewer shows, turned; broken off where it takes too long."""
    until = time.monotonic() + PICTURE_SECONDS
    bitmap = pdfium.PdfBitmap.new_native(*size, raw.FPDFBitmap_BGRx)
    try:
        raw.FPDFBitmap_FillRect(bitmap.raw, 0, 0, *size, 0xFFFFFFFF)
        late = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(raw.IFSDK_PAUSE))(
            lambda _: int(time.monotonic() > until)
        )
        pause = raw.IFSDK_PAUSE(version=1, NeedToPauseNow=late)
        status = raw.FPDF_RenderPageBitmap_Start(
            bitmap.raw, page.raw, 0, 0, *size, turn // 90 % 4, raw.FPDF_ANNOT, pause
        )
        raw.FPDF_RenderPage_Close(page.raw)
        if status == raw.FPDF_RENDER_TOBECONTINUED:
            raise ReadingError(_SLOW)
        if status != raw.FPDF_RENDER_DONE:
            raise ReadingError(_BROKEN)
        image: Image.Image = bitmap.to_pil()  # a copy, with a fourth band that says nothing
        return image
    finally:
        bitmap.close()


def _of_image(data: bytes, leaf: Leaf, size: tuple[int, int]) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, about damage and size
        try:
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
            image.seek(leaf.page - 1)
        except Image.DecompressionBombError as error:
            raise ReadingError(_LARGE) from error
        if image.width * image.height > MAX_SCAN_PIXELS:
            raise ReadingError(_LARGE)
        image.draft("RGB", (2 * size[0], 2 * size[1]))  # a JPEG is unpacked no larger than needed
        shown = _plain(ImageOps.exif_transpose(image))
    if leaf.turn:
        shown = shown.transpose(_TURNS[leaf.turn])
    return shown.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


_TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns the other way
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def _plain(image: Image.Image) -> Image.Image:
    """Grey or RGB on white paper."""
    if image.mode in ("L", "RGB"):
        return image
    if image.mode in ("RGBA", "LA", "PA") or (image.mode == "P" and "transparency" in image.info):
        over = image.convert("RGBA")
        paper = Image.new("RGBA", over.size, (255, 255, 255, 255))
        return Image.alpha_composite(paper, over).convert("RGB")
    if image.mode.startswith(("I", "F")):
        deep = image.convert("F")
        most = float(deep.getextrema()[1]) or 1.0  # type: ignore[arg-type]
        return deep.point(lambda v: v * (255 / most)).convert("L")
    return image.convert("L" if image.mode == "1" else "RGB")


def _png(image: Image.Image) -> bytes:
    """Sixteen greys, or 64 colours where there are any: a third of the size of full colour, as quickly."""
    out = io.BytesIO()
    if image.mode == "L" or not _coloured(image):
        shades = image.convert("L").point([round(v / 17) for v in range(256)])
        packed = Image.frombytes("P", shades.size, shades.tobytes())
        packed.putpalette([v for k in range(16) for v in (17 * k,) * 3])
        packed.save(out, "PNG", bits=4, compress_level=3, compress_type=zlib.Z_RLE)
    else:
        image.convert("RGB").quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            out, "PNG", compress_level=3
        )
    return out.getvalue()


def _coloured(image: Image.Image) -> bool:
    red, green, blue = image.reduce(3).split()[:3]
    most = [ImageChops.difference(a, b).getextrema()[1] for a, b in ((red, green), (green, blue))]
    return max(int(m) for m in most) > _GRAY  # type: ignore[arg-type]


def cut_out(shown: bytes | None, leaf: Leaf, boxes: Sequence[Box], context: float = _CONTEXT) -> bytes | None:
    """A PNG of the rows around those boxes of a page's picture, each box in a red frame; rows far apart are
    set one below the other. None where the leaf has no picture or there is nothing to show.

    ``shown`` is what ``picture`` made of the leaf; boxes and ``context`` are points.
    """
    found = [b for b in boxes if b[2] > b[0] and b[3] > b[1]]
    if shown is None or leaf.kind != "picture" or not found or leaf.width <= 0:
        return None
    try:
        image = Image.open(io.BytesIO(shown), formats=("PNG",)).convert("RGB")
    except Exception as error:
        raise ReadingError(_BROKEN) from error
    scale = image.width / leaf.width
    pen = ImageDraw.Draw(image)
    thick = max(2, round(1.4 * scale))
    for x0, top, x1, bottom in found:
        pen.rectangle(
            (
                (x0 - 1) * scale - thick,
                (top - 1) * scale - thick,
                (x1 + 1) * scale + thick,
                (bottom + 1) * scale + thick,
            ),
            outline=_RED,
            width=thick,
        )
    strips = [image.crop(s) for s in _strips(found, leaf, context, scale, image.size)]
    if not strips:
        return None
    gap = round(8 * scale)
    out = Image.new(
        "RGB", (strips[0].width, sum(s.height for s in strips) + gap * (len(strips) - 1)), (235, 235, 235)
    )
    at = 0
    for strip in strips:
        out.paste(strip, (0, at))
        at += strip.height + gap
    return _png(out)


def _strips(
    boxes: Sequence[Box], leaf: Leaf, context: float, scale: float, size: tuple[int, int]
) -> list[tuple[int, int, int, int]]:
    """The strips of the page to cut out, in pixels, from top to bottom and as wide as what is printed."""
    bands: list[list[float]] = []
    for _, top, _, bottom in sorted(boxes, key=lambda b: b[1]):
        top, bottom = _band(leaf, top, bottom, context)
        if bands and top - bands[-1][1] < _APART:
            bands[-1][1] = max(bands[-1][1], bottom)
        else:
            bands.append([top, bottom])
    printed = [box for box, _ in leaf.texts] + list(boxes)
    left = max(0, round((min(b[0] for b in printed) - 12) * scale))
    right = min(size[0], round((max(b[2] for b in printed) + 12) * scale))
    out = [(left, max(0, round(a * scale)), right, min(size[1], round(b * scale))) for a, b in bands]
    return [s for s in out if s[2] > s[0] and s[3] > s[1]]


def _band(leaf: Leaf, top: float, bottom: float, context: float) -> tuple[float, float]:
    """What is shown above and below a box: no row of print is cut in two, and nothing where print has ended."""
    rows = [(a, b) for (_, a, _, b), text in leaf.texts if text and b - a <= _ROW]
    above, below = top - context, bottom + context
    above = min([a for a, b in rows if a < above < b], default=above) - 2
    below = max([b for a, b in rows if a < below < b], default=below) + 2
    if rows:
        above = max(above, min(a for a, _ in rows) - 8)
        below = min(below, max(b for _, b in rows) + 8)
    return max(0.0, min(above, top - 8)), min(leaf.height, max(below, bottom + 8))


def drawn(leaf: Leaf) -> str:
    """A leaf as SVG from what was read of it: ruled cells and their words, lines of text.

    The view box is in points, so that boxes fit; only shapes and text, all text escaped.
    """
    shapes: list[str] = []
    for k, ((x0, top, x1, bottom), text) in enumerate(leaf.texts[:MAX_DRAWN_TEXTS]):
        if k < leaf.cells:
            shapes.append(
                f'<rect x="{x0:.1f}" y="{top:.1f}" width="{x1 - x0:.1f}" height="{bottom - top:.1f}"/>'
            )
            shapes += _words(text, (x0, top, x1, bottom))
        elif text.strip():
            size = max(2.0, 0.86 * (bottom - top))
            shapes.append(_text(text, x0, top + 0.88 * (bottom - top), size, x1 - x0))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {leaf.width:.1f} {leaf.height:.1f}" '
        'font-family="Noto Serif CJK SC, SimSun, serif"><g fill="none" stroke="#333" stroke-width="0.6">'
        + "".join(s for s in shapes if s.startswith("<rect"))
        + '</g><g fill="#111">'
        + "".join(s for s in shapes if not s.startswith("<rect"))
        + "</g></svg>"
    )


def _words(text: str, box: Box) -> list[str]:
    """The words of a cell in lines that fit it: numbers at the right, other words at the left."""
    x0, top, x1, bottom = box
    width, height = max(x1 - x0 - 3, 1.0), max(bottom - top, 1.0)
    size = 10.5
    lines = _lines(text, width / size)
    while size > 3 and 1.2 * size * len(lines) > height:
        size -= 0.5
        lines = _lines(text, width / size)
    at = top + (height - 1.2 * size * len(lines)) / 2 + 0.95 * size
    out = []
    for k, line in enumerate(lines):
        long = _ems(line) * size
        x = x1 - 1.5 - long if line and line[-1].isdigit() and "." in line else x0 + 1.5
        out.append(_text(line, x, at + 1.2 * size * k, size, min(long, width)))
    return out


def _lines(text: str, most: float) -> list[str]:
    """Broken into lines of at most so many times the size of the print."""
    out: list[str] = []
    for part in text.split("\n"):
        line = ""
        for char in part:
            if line and _ems(line + char) > most:
                out.append(line)
                line = ""
            line += char
        if line:
            out.append(line)
    return out


def _ems(text: str) -> float:
    return sum(1.0 if c >= "\u2e80" else 0.52 for c in text)


def _text(text: str, x: float, y: float, size: float, width: float) -> str:
    kept = escape("".join(c for c in text if c >= " " and not "\ud800" <= c <= "\udfff"))
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" textLength="{max(width, 1):.1f}" '
        f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{kept}</text>'
    )
