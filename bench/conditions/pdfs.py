"""Conditions of PDF: numbers in dress, what is not painted, tables drawn in many ways, what holds no characters."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pypdfium2 as pdfium
from PIL import Image

from bench.conditions.canvas import (
    LEFTS,
    STEP,
    TOP,
    WIDTH,
    box,
    cell,
    line,
    pdf,
    rules,
    text,
    wide,
)  # fmt: skip
from bench.conditions.disclosure import AT, GRID, HEADING, TITLE, UNIT, with_cell
from bench.conditions.dresses import DRESSES, NEGATIVE, TOLD_BY_RULE
from bench.conditions.judging import Condition

Grid = Sequence[Sequence[str]]
ROW, COLUMN = AT[0] + 1, AT[1]
_X = LEFTS[COLUMN]
_Y = TOP - (ROW + 1) * STEP


def head() -> str:
    return text(150, 800, HEADING, 14) + text(260, 775, TITLE, 12) + text(480, 755, UNIT)


def words(grid: Grid = GRID, before: str = "", skip: frozenset[tuple[int, int]] = frozenset()) -> str:
    out = ""
    for r, row in enumerate(grid):
        for c, w in enumerate(row):
            if w and (r, c) not in skip:
                for n, part in enumerate(w.split("\n")):
                    out += (
                        cell(r, c, part, c > 1 and r > 0, before)
                        if n == 0
                        else text(LEFTS[c] + 4, TOP - (r + 1) * STEP - 3, part)
                    )
    return out


def page(grid: Grid = GRID, rows: str | None = None, after: str = "", under: str = "", skip: frozenset[tuple[int, int]] = frozenset()) -> str:  # fmt: skip
    return under + head() + words(grid, skip=skip) + (rules(len(grid)) if rows is None else rows) + after


def one(content: str, extra: dict[str, str] | None = None, objects: Sequence[bytes] = ()) -> bytes:
    return pdf([content], extra, objects)


def dressed(words: str) -> bytes:
    return one(page(with_cell(words)))


def picture_of(data: bytes, dpi: int = 200) -> Image.Image:
    document = pdfium.PdfDocument(data)
    image: Image.Image = document[0].render(scale=dpi / 72).to_pil().convert("RGB")
    document.close()
    return image


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    head = f"<< /Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} /ColorSpace /DeviceRGB"
    data = out.getvalue()
    return (
        f"{head} /BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>\nstream\n".encode()
        + data
        + b"\nendstream"
    )


_NUMBER_BOX = frozenset({(ROW, COLUMN)})
_OWN = text(LEFTS[COLUMN + 1] - 4 - wide("1,399.60"), _Y + 6, "1,399.60")


def _dotted(step: float = 2.0, dot: float = 0.6) -> str:
    out = []
    bottom = TOP - len(GRID) * STEP
    for r in range(len(GRID) + 1):
        y = TOP - r * STEP
        x = LEFTS[0]
        while x < LEFTS[-1]:
            out.append(f"{x:.1f} {y:.1f} {dot} {dot} re f\n")
            x += step
    for x in LEFTS:
        y = bottom
        while y < TOP:
            out.append(f"{x:.1f} {y:.1f} {dot} {dot} re f\n")
            y += step
    return "".join(out)


def _levels(rows: Sequence[int], before: str = "0.7 w") -> str:
    return "".join(line(LEFTS[0], TOP - r * STEP, LEFTS[-1], TOP - r * STEP, before) for r in rows)


def _bands() -> str:
    return "".join(
        box(LEFTS[0], TOP - (r + 1) * STEP, LEFTS[-1], TOP - r * STEP) for r in range(0, len(GRID), 2)
    )


def _turned_heads(degrees: int) -> str:
    """The headings of the number columns run up (90) or down (270)."""
    out = head() + "".join(cell(0, c, GRID[0][c]) for c in range(2))
    matrix = "0 1 -1 0" if degrees == 90 else "0 -1 1 0"
    for c in range(2, 5):
        middle = (LEFTS[c] + LEFTS[c + 1]) / 2
        y = TOP - 46 if degrees == 90 else TOP - 4
        out += text(middle + (4 if degrees == 90 else -4), y, GRID[0][c], matrix=matrix)
    shifted = "".join(
        text(LEFTS[c] + 4 if c < 2 else LEFTS[c + 1] - 4 - wide(w), TOP - 50 - r * STEP + 6, w)
        for r, row in enumerate(GRID[1:], start=1)
        for c, w in enumerate(row)
        if w
    )
    ys = [TOP, *(TOP - 50 - r * STEP for r in range(len(GRID)))]
    drawn = "".join(line(LEFTS[0], y, LEFTS[-1], y) for y in ys) + "".join(
        line(x, ys[-1], x, TOP) for x in LEFTS
    )
    return out + shifted + drawn


def _field(value: str, appearance: bool) -> tuple[dict[str, str], list[bytes]]:
    rect = f"[{_X + 1} {_Y + 1} {LEFTS[COLUMN + 1] - 1} {_Y + STEP - 1}]"
    look = b""
    if appearance:
        stream = f"/Tx BMC q BT /Helv 10 Tf 0 g 20 5 Td ({value}) Tj ET Q EMC".encode()
        look = b"<< /Type /XObject /Subtype /Form /BBox [0 0 78 18] /Resources << /Font << /Helv 11 0 R >> >> /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)  # fmt: skip
    field = f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (n) /V ({value}) /Rect {rect} /F 4 /DA (/Helv 10 Tf 0 g)"
    field += " /AP << /N 12 0 R >>" if appearance else ""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    need = "" if appearance else "/NeedAppearances true"
    extra = {
        "page": "/Annots [10 0 R]",
        "catalog": f"/AcroForm << /Fields [10 0 R] {need} /DA (/Helv 10 Tf 0 g) /DR << /Font << /Helv 11 0 R >> >> >>",
    }
    return extra, [f"{field} >>".encode(), font, *([look] if appearance else [])]


def _form(appearance: bool) -> bytes:
    extra, objects = _field("1,399.60", appearance)
    return one(page(skip=_NUMBER_BOX), extra, objects)


def _note(hidden: bool) -> bytes:
    """A free text that holds the number, or one that is hidden and holds another."""
    value = "9.99" if hidden else "1,399.60"
    stream = f"q BT /Helv 10 Tf 0 g 20 5 Td ({value}) Tj ET Q".encode()
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    look = b"<< /Type /XObject /Subtype /Form /BBox [0 0 78 18] /Resources << /Font << /Helv 11 0 R >> >> /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)  # fmt: skip
    rect = f"[{_X + 1} {_Y + 1} {LEFTS[COLUMN + 1] - 1} {_Y + STEP - 1}]"
    note = f"<< /Type /Annot /Subtype /FreeText /Contents ({value}) /Rect {rect} /F {2 if hidden else 4} /DA (/Helv 10 Tf 0 g) /AP << /N 12 0 R >> >>"
    skip = frozenset() if hidden else _NUMBER_BOX
    return one(page(skip=skip), {"page": "/Annots [10 0 R]"}, [note.encode(), font, look])


def _layer(off: bool) -> bytes:
    state = "/OFF [10 0 R]" if off else "/ON [10 0 R]"
    extra = {
        "catalog": f"/OCProperties << /OCGs [10 0 R] /D << {state} /Order [10 0 R] >> >>",
        "resources": "/Properties << /MC0 10 0 R >>",
    }
    shown = _OWN if not off else text(_X + 4, _Y + 6, "9.99")
    content = page(skip=frozenset() if off else _NUMBER_BOX, after=f"/OC /MC0 BDC {shown} EMC\n")
    return one(content, extra, [b"<< /Type /OCG /Name (Draft) >>"])


def _form_of(content: str, extra: str = "", box: str = "0 0 595 842") -> bytes:
    """A form that draws on the page where it is called."""
    data = content.encode("latin-1")
    head = f"<< /Type /XObject /Subtype /Form /BBox [{box}] {extra} /Resources << /Font << /F1 3 0 R >> >>"
    return f"{head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _in_form(content: str, skip: bool, extra: str = "", box: str = "0 0 595 842", off: bool = False) -> bytes:
    layers = "/OCProperties << /OCGs [11 0 R] /D << /OFF [11 0 R] >> >>" if off else ""
    told = {"resources": "/XObject << /Fm1 10 0 R >>", "catalog": layers}
    objects = [_form_of(content, extra, box), b"<< /Type /OCG /Name (Draft) >>"]
    return one(page(skip=_NUMBER_BOX if skip else frozenset(), after="/Fm1 Do\n"), told, objects)


def _tiles(words: str, grey: str, slanted: bool = False) -> str:
    """Small words all over the page."""
    turned = "0.87 0.5 -0.5 0.87" if slanted else "1 0 0 1"
    return "".join(
        text(x, y, words, 12, before=grey, matrix=turned)
        for x in range(60, 560, 120)
        for y in range(105, 760, 80)
    )


def _image_page(share: str) -> bytes:
    """The whole page as a picture, the table alone as one, or a picture over the number."""
    control = one(page())
    if share == "page":
        return one(f"q {WIDTH} 0 0 842 0 0 cm /Im1 Do Q\n", {"resources": "/XObject << /Im1 10 0 R >>"}, [jpeg(picture_of(control))])  # fmt: skip
    image = picture_of(control)
    scale = 200 / 72
    bottom = TOP - len(GRID) * STEP - 2
    part = image.crop(
        (int(48 * scale), int((842 - TOP - 2) * scale), int(542 * scale), int((842 - bottom) * scale))
    )
    drawn = f"q {494} 0 0 {TOP + 2 - bottom} 48 {bottom} cm /Im1 Do Q\n"
    sentence = "".join(
        text(60, 300 - 20 * k, "示范市云湖区数据服务中心按照职责编制本年度部门预算，各项安排见上表。")
        for k in range(4)
    )
    return one(head() + drawn + sentence, {"resources": "/XObject << /Im1 10 0 R >>"}, [jpeg(part)])


def _seal(alpha: str) -> bytes:
    red = f"q {alpha} 0.9 0.1 0.1 rg {_X - 10} {_Y - 30} 90 80 re f Q\n"
    return one(page(after=red), {"resources": "/ExtGState << /G1 << /ca 0.35 >> >>"})


def _attached() -> bytes:
    extra = {"catalog": "/Names << /EmbeddedFiles << /Names [(a.xlsx) 10 0 R] >> >>"}
    return one(
        page(), extra, [b"<< /Type /Filespec /F (a.xlsx) /UF (a.xlsx) /EF << /F 11 0 R >> >>", b"<< /Type /EmbeddedFile /Length 3 >>\nstream\nabc\nendstream"]
    )  # fmt: skip


def _watermark(slanted: bool, size: float = 60, words: str = "征求意见稿", grey: str = "0.85 g") -> str:
    if slanted:
        return f"q BT {grey} /F1 {size} Tf 0.7 0.7 -0.7 0.7 160 380 Tm <{words.encode('utf-16-be').hex()}> Tj ET Q\n"
    return text(130, 560, words, size, before=grey)


def conditions() -> Iterator[Condition]:
    """All conditions of PDF."""
    made = partial(Condition, "pdf")
    yield made("control", lambda: one(page()))
    for name, shown, value in DRESSES:
        yield made(name, partial(dressed, shown), value, NEGATIVE if value.startswith("-") else TOLD_BY_RULE)
    simple: dict[str, Callable[[], bytes]] = {
        "line break in a number": lambda: one(page(with_cell("1,399.\n60"))),
        "small raised mark": lambda: one(page(after=text(LEFTS[COLUMN + 1] - 4, _Y + 11, "1", 5))),
        "invisible text": lambda: one(page(after=text(_X + 4, _Y + 6, "9.99", before="3 Tr"))),
        "white text": lambda: one(page(after=text(_X + 4, _Y + 6, "9.99", before="1 g"))),
        "clear text": lambda: one(
            page(after=text(_X + 4, _Y + 6, "9.99", before="/G1 gs")),
            {"resources": "/ExtGState << /G1 << /ca 0 >> >>"},
        ),
        "white words on a dark heading": lambda: one(
            head()
            + box(LEFTS[0], TOP - STEP, LEFTS[-1], TOP, "0.2 0.3 0.6 rg")
            + words(GRID[:1], "1 g")
            + words([[], *GRID[1:]])
            + rules(len(GRID))
        ),
        "covered number": lambda: one(
            page(
                skip=_NUMBER_BOX,
                after=text(LEFTS[COLUMN + 1] - 40, _Y + 6, "8,888.88")
                + box(_X + 1, _Y + 1, LEFTS[COLUMN + 1] - 1, _Y + STEP - 1, "1 g")
                + _OWN,
            )
        ),
        "cells filled one by one": lambda: one(
            head()
            + "".join(
                box(LEFTS[c], TOP - (r + 1) * STEP, LEFTS[c + 1], TOP - r * STEP, "0.95 g")
                + cell(r, c, w, c > 1 and r > 0)
                for r, row in enumerate(GRID)
                for c, w in enumerate(row)
            )
            + rules(len(GRID))
        ),
        "clipped number": lambda: one(
            page(after=f"q {_X} {_Y} 2 2 re W n {text(_X + 10, _Y + 6, '9.99')} Q\n")
        ),
        "clipped name": lambda: one(
            page(
                [
                    [
                        w + "（其中含以前年度结转的资金）" * 2 if (r, c) == (ROW, 1) else w
                        for c, w in enumerate(row)
                    ]
                    for r, row in enumerate(GRID)
                ],
                skip=frozenset({(ROW, 1)}),
                after=f"q {LEFTS[1]} {_Y} {LEFTS[2] - LEFTS[1]} {STEP} re W n {cell(ROW, 1, '一般行政管理事务' + '其中含以前年度结转的资金' * 2)} Q\n",
            )
        ),
        "off the page": lambda: one(page(after=text(700, _Y + 6, "9.99"))),
        "layer that is off": lambda: _layer(True),
        "layer that is on": lambda: _layer(False),
        "slanted watermark": lambda: one(page(under=_watermark(True))),
        "slanted watermark of digits": lambda: one(page(under=_watermark(True, 30, "20260101"))),
        "level watermark": lambda: one(page(under=_watermark(False, 70))),
        "page with its content turned": lambda: pdf([f"q 0 1 -1 0 842 0 cm {page()} Q"]).replace(
            b"[0 0 595 842]", b"[0 0 842 595]"
        ),
        "pale rules": lambda: one(page(rows=rules(len(GRID), "0.9 G 0.5 w"))),
        "white rules on a colour": lambda: one(
            box(LEFTS[0], TOP - len(GRID) * STEP, LEFTS[-1], TOP, "0.85 0.9 1 rg")
            + page(rows=rules(len(GRID), "1 G 1 w"))
        ),
        "coloured words": lambda: one(head() + words(before="1 0.2 0.2 rg") + rules(len(GRID))),
        "field with its look": lambda: _form(True),
        "field without its look": lambda: _form(False),
        "free text": lambda: _note(False),
        "hidden free text": lambda: _note(True),
        "dotted rules": lambda: one(page(rows=_dotted())),
        "dashed rules": lambda: one(page(rows=rules(len(GRID), "[3 2] 0 d 0.5 w"))),
        "three lines": lambda: one(page(rows=_levels((0, 1, len(GRID))))),
        "level rules alone": lambda: one(page(rows=_levels(range(len(GRID) + 1)))),
        "frame and level rules": lambda: one(
            page(
                rows=_levels(range(len(GRID) + 1))
                + "".join(line(x, TOP - len(GRID) * STEP, x, TOP) for x in (LEFTS[0], LEFTS[-1]))
            )
        ),
        "upright rules alone": lambda: one(
            page(rows="".join(line(x, TOP - len(GRID) * STEP, x, TOP) for x in LEFTS))
        ),
        "shaded rows": lambda: one(page(under=_bands(), rows="")),
        "shaded rows with rules": lambda: one(page(under=_bands())),
        "no rules": lambda: one(page(rows="")),
        "double rules": lambda: one(
            page(
                rows=rules(len(GRID))
                + "".join(
                    line(LEFTS[0], TOP - r * STEP - 1.5, LEFTS[-1], TOP - r * STEP - 1.5)
                    for r in range(len(GRID))
                )
            )
        ),
        "thick rules": lambda: one(page(rows=rules(len(GRID), "2.5 w"))),
        "open sides": lambda: one(
            page(
                rows=_levels(range(len(GRID) + 1))
                + "".join(line(x, TOP - len(GRID) * STEP, x, TOP) for x in LEFTS[1:-1])
            )
        ),
        "headings turned up": lambda: one(_turned_heads(90)),
        "headings turned down": lambda: one(_turned_heads(270)),
        "underlined numbers": lambda: one(
            page(
                after="".join(
                    line(
                        LEFTS[c + 1] - 4 - wide(w),
                        TOP - (r + 1) * STEP + 4.5,
                        LEFTS[c + 1] - 4,
                        TOP - (r + 1) * STEP + 4.5,
                    )
                    for r, row in enumerate(GRID)
                    for c, w in enumerate(row)
                    if c > 1 and r
                )
            )
        ),
        "drawn twice": lambda: one(page(after=words())),
        "character by character": lambda: one(
            head()
            + "".join(
                text(
                    (LEFTS[c] + 4 if c < 2 or not r else LEFTS[c + 1] - 4 - wide(w)) + wide(w[:k]),
                    TOP - (r + 1) * STEP + 6,
                    ch,
                )
                for r, row in enumerate(GRID)
                for c, w in enumerate(row)
                for k, ch in enumerate(w)
            )
            + rules(len(GRID))
        ),
        "number in a form": lambda: _in_form(_OWN, True),
        "form cut to nothing": lambda: _in_form(text(_X + 4, _Y + 6, "9.99"), False, box="0 0 10 10"),
        "form on a layer that is off": lambda: _in_form(
            text(_X + 4, _Y + 6, "9.99"), False, "/OC 11 0 R", off=True
        ),
        "wider than its cell": lambda: dressed("1,399.60（含结转）"),
        "much wider than its cell": lambda: dressed("1,399.60（其中含以前年度结转）"),
        "pale tiles": lambda: one(page(under=_tiles("内部资料", "0.9 g"))),
        "slanted tiles of digits": lambda: one(page(under=_tiles("20260101", "0.8 g", True))),
        "white by four colours": lambda: one(page(after=text(_X + 4, _Y + 6, "9.99", before="0 0 0 0 k"))),
        "nearly white": lambda: one(page(after=text(_X + 4, _Y + 6, "9.99", before="0.99 g"))),
        "of no width": lambda: one(page(after=text(_X + 4, _Y + 6, "9.99", before="0 Tz"))),
        "outside what is shown": lambda: one(
            page(after=text(560, _Y + 6, "9.99")), {"page": "/CropBox [0 0 550 842]"}
        ),
        "origin elsewhere": lambda: one(f"q 1 0 0 1 100 100 cm {page()} Q").replace(
            b"[0 0 595 842]", b"[100 100 695 942]"
        ),
        "measured in larger units": lambda: one(page(), {"page": "/UserUnit 2"}),
        "rules in pieces": lambda: one(
            page(
                rows="".join(
                    line(LEFTS[c] + 2, TOP - r * STEP, LEFTS[c + 1] - 2, TOP - r * STEP)
                    for r in range(len(GRID) + 1)
                    for c in range(5)
                )
                + "".join(
                    line(x, TOP - (r + 1) * STEP + 2, x, TOP - r * STEP - 2)
                    for x in LEFTS
                    for r in range(len(GRID))
                )
            )
        ),
        "shaded columns": lambda: one(
            page(
                under="".join(
                    box(LEFTS[c], TOP - len(GRID) * STEP, LEFTS[c + 1], TOP, "0.9 g") for c in (0, 2, 4)
                ),
                rows="",
            )
        ),
        "two rules": lambda: one(page(rows=_levels((0, len(GRID))))),
        "dotted level rules": lambda: one(page(rows=_levels(range(len(GRID) + 1), "[1 2] 0 d 0.5 w"))),
        "shadowed letters": lambda: one(page(under=words(before="0.8 g 1 0 0 1 1 -1 cm"))),
        "upside down": lambda: one(page(), {"page": "/Rotate 180"}),
        "page as a picture": lambda: _image_page("page"),
        "table as a picture": lambda: _image_page("table"),
        "seal over numbers": lambda: _seal("/G1 gs"),
        "solid patch over numbers": lambda: _seal(""),
        "attached file": _attached,
        "outlined letters": lambda: one(page([list(row) for row in GRID]).replace("BT ", "BT 1 Tr ")),
        "page turned": lambda: one(page(), {"page": "/Rotate 90"}),
    }
    for name, make in simple.items():
        yield made(name, make)
