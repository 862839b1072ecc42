"""Conditions of scans: the control as a picture, worn as copiers and stamps wear it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from bench.conditions.canvas import HEIGHT, LEFTS, STEP, TOP, WIDTH, pdf, rules
from bench.conditions.disclosure import GRID, with_cell
from bench.conditions.judging import Condition
from bench.conditions.pdfs import head, jpeg, one, page, picture_of, words

Corners = tuple[tuple[float, float], ...]


@cache
def _clean(dpi: int) -> Image.Image:
    return picture_of(one(page()), dpi)


def _as_pdf(image: Image.Image) -> bytes:
    content = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im1 Do Q\n"
    return pdf([content], {"resources": "/XObject << /Im1 10 0 R >>"}, [jpeg(image)])


def _as_file(image: Image.Image, kind: str, dpi: int = 200) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, dpi=(dpi, dpi))
    return out.getvalue()


def _askew(degrees: float, dpi: int = 200) -> Image.Image:
    return _clean(dpi).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))


def _sealed(image: Image.Image, dpi: int = 200) -> Image.Image:
    """A red seal over numbers."""
    scale = dpi / 72
    out = image.copy()
    over = Image.new("RGB", out.size, (255, 255, 255))
    draw = ImageDraw.Draw(over)
    x, y = LEFTS[3] * scale, (HEIGHT - TOP + 6 * STEP) * scale
    r = 55 * scale
    draw.ellipse((x - r, y - r, x + r, y + r), outline=(220, 30, 30), width=int(4 * scale))
    draw.ellipse((x - r / 3, y - r / 3, x + r / 3, y + r / 3), fill=(235, 60, 60))
    return Image.fromarray(np.minimum(np.asarray(out), np.asarray(over)))


def _noisy(sigma: float) -> Image.Image:
    grain = np.random.default_rng(1).normal(0, sigma, (_clean(200).height, _clean(200).width, 1))
    return Image.fromarray(
        np.clip(np.asarray(_clean(200), dtype=np.float64) + grain, 0, 255).astype(np.uint8)
    )


def _framed() -> Image.Image:
    """The black edge of a copier all around."""
    out = _clean(200).copy()
    ImageDraw.Draw(out).rectangle((8, 8, out.width - 9, out.height - 9), outline=(0, 0, 0), width=6)
    return out


def conditions() -> Iterator[Condition]:
    """All conditions of scans; they need the extra ``ocr``, without which every page is told."""
    made: dict[str, Callable[[], bytes]] = {
        "150 dpi": lambda: _as_pdf(_clean(150)),
        "300 dpi": lambda: _as_pdf(_clean(300)),
        "PNG": lambda: _as_file(_clean(200), "PNG"),
        "TIFF": lambda: _as_file(_clean(200), "TIFF"),
        "grey": lambda: _as_file(_clean(200).convert("L"), "PNG"),
        "black and white": lambda: _as_file(_clean(300).convert("1"), "PNG", 300),
        "askew by 1 degree": lambda: _as_pdf(_askew(1.0)),
        "askew by -2.4 degrees": lambda: _as_pdf(_askew(-2.4)),
        "upside down": lambda: _as_pdf(_clean(200).rotate(180)),
        "lying on its side": lambda: _as_file(_clean(200).rotate(90, expand=True), "PNG"),
        "noise": lambda: _as_pdf(_noisy(12)),
        "blurred": lambda: _as_pdf(_clean(200).filter(ImageFilter.GaussianBlur(0.8))),
        "seal over numbers": lambda: _as_pdf(_sealed(_clean(200))),
        "askew with a seal": lambda: _as_pdf(_sealed(_askew(2.0))),
        "frame of the copier": lambda: _as_pdf(_framed()),
        "grey paper": lambda: _as_pdf(Image.fromarray((np.asarray(_clean(200)) * 0.8).astype(np.uint8))),
        "blank page": lambda: _as_pdf(Image.new("RGB", (1654, 2339), (255, 255, 255))),
    }
    made |= {
        "askew by 4 degrees": lambda: _as_pdf(_askew(4.0)),
        "askew by 7 degrees": lambda: _as_pdf(_askew(7.0)),
        "dashed rules": lambda: _as_pdf(_drawn(rules(len(GRID), "[3 2] 0 d 0.5 w"))),
        "no rules": lambda: _as_pdf(_drawn("")),
        "coarse JPEG": lambda: _as_pdf(_coarse(15)),
        "100 dpi": lambda: _as_pdf(_clean(100)),
        "low contrast": lambda: _as_pdf(ImageEnhance.Contrast(_clean(200)).enhance(0.35)),
        "shadow from one side": lambda: _as_pdf(_shadowed()),
        "holes of a punch": lambda: _as_pdf(_punched()),
        "folds": lambda: _as_pdf(_folded()),
        "picture in strips": _in_strips,
        "unseen characters that say something else": _with_unseen,
        "black on clear": lambda: _as_file(_on_clear(), "PNG"),
        "turned by its mark": _marked_as_turned,
        "photograph": lambda: _as_file(
            _photographed(((0.08, 0.06), (0.93, 0.04), (0.98, 0.97), (0.02, 0.95))), "JPEG"
        ),
        "photograph that leans": lambda: _as_file(
            _photographed(((0.12, 0.02), (0.98, 0.14), (0.88, 0.97), (0.02, 0.86))), "JPEG"
        ),
        "photograph to its edges": lambda: _as_file(
            _photographed(((0.03, 0.03), (0.985, 0), (1, 1), (0, 0.97))), "JPEG"
        ),
        "photograph on light wood": lambda: _as_file(
            _photographed(((0.08, 0.06), (0.93, 0.04), (0.98, 0.97), (0.02, 0.95)), (150, 120, 90)), "JPEG"
        ),
    }
    for name, make in made.items():
        yield Condition("scan", name, make)


def _drawn(drawn: str) -> Image.Image:
    """The control with other rules."""
    return picture_of(one(page(rows=drawn)))


def _coarse(quality: int) -> Image.Image:
    out = io.BytesIO()
    _clean(200).save(out, "JPEG", quality=quality)
    out.seek(0)
    return Image.open(out).convert("RGB")


def _shadowed() -> Image.Image:
    light = np.linspace(1, 0.45, _clean(200).width)[None, :, None]
    return Image.fromarray((np.asarray(_clean(200), dtype=np.float64) * light).astype(np.uint8))


def _punched() -> Image.Image:
    out = _clean(200).copy()
    for y in (300, 1100, 1900):
        ImageDraw.Draw(out).ellipse((20, y, 80, y + 60), fill=(0, 0, 0))
    return out


def _folded() -> Image.Image:
    out = _clean(200).copy()
    ImageDraw.Draw(out).line((0, 1170, out.width, 1172), fill=(120, 120, 120), width=3)
    ImageDraw.Draw(out).line((820, 0, 822, out.height), fill=(150, 150, 150), width=3)
    return out


def _in_strips(count: int = 8) -> bytes:
    """The page as several pictures below one another, as copiers store it."""
    whole = _clean(200)
    high = whole.height // count
    objects, content = [], ""
    for k in range(count):
        bottom = (k + 1) * high if k < count - 1 else whole.height
        objects.append(jpeg(whole.crop((0, k * high, whole.width, bottom))))
        tall = HEIGHT * (bottom - k * high) / whole.height
        content += (
            f"q {WIDTH} 0 0 {tall:.3f} 0 {HEIGHT - HEIGHT * bottom / whole.height:.3f} cm /Im{k} Do Q\n"
        )
    named = " ".join(f"/Im{k} {10 + k} 0 R" for k in range(count))
    return pdf([content], {"resources": f"/XObject << {named} >>"}, objects)


def _with_unseen() -> bytes:
    """A scan with unseen characters over it, one of which is wrong: what is painted counts."""
    unseen = (head() + words(with_cell("9,399.60"))).replace("BT ", "BT 3 Tr ")
    content = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im1 Do Q\n{unseen}"
    return pdf([content], {"resources": "/XObject << /Im1 10 0 R >>"}, [jpeg(_clean(200))])


def _on_clear() -> Image.Image:
    out = Image.new("RGBA", _clean(200).size, (0, 0, 0, 0))
    out.putalpha(ImageOps.invert(_clean(200).convert("L")))
    return out


def _marked_as_turned() -> bytes:
    """A JPEG that lies on its side and says so."""
    out, mark = io.BytesIO(), Image.Exif()
    mark[0x112] = 6
    _clean(200).rotate(90, expand=True).save(out, "JPEG", exif=mark, quality=90)
    return out.getvalue()


def _photographed(corners: Corners, ground: tuple[int, int, int] = (90, 80, 70)) -> Image.Image:
    """The page seen from aside, on a table: where its corners lie, as shares of the picture."""
    import cv2  # needs the extra

    image = np.asarray(_clean(220))
    high, wide = image.shape[:2]
    square = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    seen = np.array([[wide * x, high * y] for x, y in corners], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(square, seen)
    return Image.fromarray(
        cv2.warpPerspective(image, matrix, (wide, high), flags=cv2.INTER_AREA, borderValue=ground)
    )
