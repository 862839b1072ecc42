"""Where pixels come from: image files frame by frame, and pages of a PDF that show a picture of text."""

from __future__ import annotations

import io
import warnings
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageOps

from yibenzhang.model.documents import Page, ReadingNotice, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.limits import MAX_SCAN_FRAMES, MAX_SCAN_PIXELS, ReadingError
from yibenzhang.reading.raster import Gray, gray_of
from yibenzhang.reading.scans import read_scan
from yibenzhang.reading.steps import begins

MOST_DPI = 220
LEAST_DPI = 150
_A4_INCHES = 11.69
_FORMATS = ("PNG", "JPEG", "TIFF")


def read_image(data: bytes) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """The pages of an image file, one a frame (TIFF may hold many). Raises ReadingError with one sentence."""
    broken = ReadingError("图片已损坏或不完整，无法打开；请重新扫描或导出。")
    pages: list[Page] = []
    notices: list[ReadingNotice] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, about damage and size: both are told below
        try:
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
            frames = int(getattr(image, "n_frames", 1))
        except Image.DecompressionBombError as error:
            most = MAX_SCAN_PIXELS // 1_000_000
            raise ReadingError(f"图片超过 {most} 百万像素，未识别；请以 200 至 300 dpi 重新扫描。") from error
        except Exception as error:  # Pillow's decoders raise whatever their damage makes them
            raise broken from error
        if frames > MAX_SCAN_FRAMES:
            notices.append(ReadingNotice(f"共 {frames} 页，只读取了前 {MAX_SCAN_FRAMES} 页。", cut=True))
        tables = 0
        for number in range(1, min(frames, MAX_SCAN_FRAMES) + 1):
            begins(number, min(frames, MAX_SCAN_FRAMES))
            try:
                image.seek(number - 1)
                got = _frame(image)
            except Exception as error:
                if frames == 1:
                    raise broken from error
                notices.append(ReadingNotice("本页图像损坏，未能读取。", _page(number), True))
                continue
            if got is None:
                notices.append(_too_large(number))
                continue
            page, stated = read_scan(*got, number, tables)
            tables += sum(isinstance(b, Table) for b in page.blocks)
            pages.append(page)
            notices.extend(stated)
    return tuple(pages), tuple(notices)


def read_picture(data: bytes, width: float, number: int, first: int) -> tuple[Page, list[ReadingNotice]]:
    """A page that is one picture ``width`` points wide. Raises ReadingError where it is damaged or too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data))
            if image.size[0] * image.size[1] > MAX_SCAN_PIXELS:
                raise ReadingError("图片过大。")
            dpi = 72 * image.size[0] / max(width, 1.0)
            gray = gray_of(np.asarray(image.convert("RGB")), dpi)
    except ReadingError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever their damage makes them
        raise ReadingError("图片已损坏。") from error
    return read_scan(*_fitting(gray, dpi), number, first)


def _page(number: int) -> PagePlace:
    return PagePlace(number, 0, 0, 0, 0)


def _too_large(number: int) -> ReadingNotice:
    most = MAX_SCAN_PIXELS // 1_000_000
    return ReadingNotice(f"本页图像超过 {most} 百万像素，未识别，内容未检查。", _page(number), True)


def _frame(image: Image.Image) -> tuple[Gray, float] | None:
    """Grey pixels and points a pixel of the current frame; None where it is too large to be unpacked."""
    width, height = image.size
    if width * height > MAX_SCAN_PIXELS:
        return None
    stated = image.info.get("dpi")
    dpi = _dpi(stated, max(width, height))
    frame = ImageOps.exif_transpose(image)
    if frame.mode not in ("L", "RGB"):
        if frame.mode in ("RGBA", "LA", "PA", "P") and (frame.mode != "P" or "transparency" in frame.info):
            frame = frame.convert("RGBA")
            paper = Image.new("RGBA", frame.size, (255, 255, 255, 255))
            frame = Image.alpha_composite(paper, frame)
        if frame.mode.startswith(("I", "F")):
            deep = np.asarray(frame, dtype=np.float64)
            return _fitting(np.asarray(np.clip(deep / max(deep.max(), 1) * 255, 0, 255), np.uint8), dpi)
        frame = frame.convert("L" if frame.mode == "1" else "RGB")
    return _fitting(gray_of(np.asarray(frame), dpi), dpi)


def _dpi(told: Any, longest: int) -> float:
    """Dots per inch as the file says, where that makes a page of sane size; else as if it were A4."""
    try:
        dpi = float(min(told))
    except (TypeError, ValueError, ZeroDivisionError):
        dpi = 0.0
    return dpi if dpi > 0 and 7 <= longest / dpi <= 24 else longest / _A4_INCHES


def _fitting(gray: Gray, dpi: float) -> tuple[Gray, float]:
    """Brought to a resolution the recogniser needs and no more."""
    target = min(max(dpi, LEAST_DPI), MOST_DPI)
    factor = target / dpi
    if abs(factor - 1) > 0.02:
        way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        gray = np.asarray(cv2.resize(gray, None, fx=factor, fy=factor, interpolation=way), dtype=np.uint8)
        dpi = target
    return gray, 72 / dpi


def read_scanned_page(
    page: pdfium.PdfPage, number: int, dpi: float, pixels: int, first: int
) -> tuple[Page, list[ReadingNotice]] | ReadingNotice:
    """A page of a PDF recognised from what it shows; ``pixels`` are those of its largest picture."""
    width, height = page.get_size()
    dpi = min(max(dpi, LEAST_DPI), MOST_DPI)
    area = max(width * height / 72 / 72, 1e-6)
    if area * dpi * dpi > MAX_SCAN_PIXELS / 2:
        dpi = (MAX_SCAN_PIXELS / 2 / area) ** 0.5
    if pixels > MAX_SCAN_PIXELS or dpi < 50:
        return _too_large(number)
    bitmap = page.render(scale=dpi / 72)
    try:
        shown = bitmap.to_numpy()[:, :, :3][:, :, ::-1]  # PDFium's bitmaps are blue, green, red
        gray = gray_of(shown, dpi)
    finally:
        bitmap.close()
    return read_scan(gray, 72 / dpi, number, first)
