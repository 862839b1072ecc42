"""`bench scans --real DIR`: pages of real files as scans at several resolutions, each clean, askew, grainy and sealed.

A sample that anyone can draw again: cities, files and pages by a seed. What is counted are numbers of table cells
right before any repair by sums, findings that only the scan has, and seconds a page; on demand RapidOCR beside on the
same images.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bench.scans import Scanned, Wear, as_pdf, images_of, plain, scanned, worn_image
from bench.tables import as_json, console, show
from yibenzhang.model.amounts import CellState, cell_state
from yibenzhang.model.documents import Document, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading import ReadingError, read

CITIES, FILES, PAGES = 5, 2, 6
DPIS = (150, 200, 300)
WEARS = {
    "clean": Wear(),
    "askew": Wear(skew=2.4),
    "noise": Wear(noise=10.0),
    "seal": Wear(seal=True),
}
_LEAST_NUMBERS = 4
"""A page with fewer numbers in its tables measures nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One file, its native reading, and the pages taken of it."""

    file: str
    native: Document
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """RapidOCR as it comes on one file's pages: processor seconds, numbers of table cells, those right."""

    pages: int
    seconds: float
    numbers: int
    right: int


def sample(folder: Path, seed: int) -> list[Sample]:
    """Of five cities (folders) two files each, of each file six pages with numbers in tables."""
    random = Random(seed)
    out: list[Sample] = []
    cities = [c for c in sorted(folder.iterdir()) if c.is_dir() and len(list(c.glob("*.pdf"))) >= FILES]
    for city in random.sample(cities, len(cities)):
        files = sorted(city.glob("*.pdf"))
        found: list[Sample] = []
        for file in random.sample(files, len(files)):
            try:
                native = read(str(file))
            except ReadingError:
                continue
            fit = [
                p.number
                for p in native.pages
                if not p.scanned and _numbers(native, p.number) >= _LEAST_NUMBERS
            ]
            if len(fit) >= PAGES:
                found.append(Sample(str(file), native, tuple(sorted(random.sample(fit, PAGES)))))
            if len(found) == FILES:
                break
        if len(found) == FILES:
            out += found
        if len(out) == CITIES * FILES:
            break
    return out


def _numbers(document: Document, number: int) -> int:
    page = next(p for p in document.pages if p.number == number)
    cells = [c for b in page.blocks if isinstance(b, Table) for c in b.cells]
    return sum(cell_state(c.text) not in (None, CellState.BLANK) for c in cells)


def worn(name: str, page: int) -> Wear:
    """The wear of that name on that page: pages lie askew either way, and not all as much."""
    wear = WEARS[name]
    return replace(wear, skew=wear.skew * (1, -0.25, 0.5, -1, 0.25, -0.5)[page % 6])


def measured(samples: list[Sample], dpis: list[int]) -> Iterator[tuple[int, str, Scanned]]:
    """Every file at every resolution and in every wear."""
    for dpi in dpis:
        for s in samples:
            images = images_of(s.file, list(s.pages), dpi)
            for name in WEARS:
                made = [worn_image(i, worn(name, n), n) for n, i in zip(s.pages, images, strict=True)]
                data = as_pdf(made, dpi, WEARS[name].quality)
                yield dpi, name, scanned(s.file, s.native, list(s.pages), data)


def beside(samples: list[Sample], dpi: int) -> Iterator[Beside]:
    """RapidOCR as it comes, one thread, on the clean images; a cell's number is what stands in boxes inside it."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "error",
        }
    )
    for s in samples:
        seconds, numbers, right = 0.0, 0, 0
        for number, image in zip(s.pages, images_of(s.file, list(s.pages), dpi), strict=True):
            start = time.process_time()
            result = engine(np.asarray(image.convert("RGB")))
            seconds += time.process_time() - start
            boxes = [] if result.boxes is None else list(zip(result.boxes, result.txts, strict=True))
            page = next(p for p in s.native.pages if p.number == number)
            for cell in [c for b in page.blocks if isinstance(b, Table) for c in b.cells]:
                if cell_state(cell.text) in (None, CellState.BLANK) or not isinstance(cell.place, PagePlace):
                    continue
                numbers += 1
                right += plain(_within(cell.place, boxes, 72 / dpi)) == plain(cell.text)
        yield Beside(len(s.pages), seconds, numbers, right)


def _within(place: PagePlace, boxes: list[tuple[Any, str]], scale: float) -> str:
    """What stands in boxes whose middle lies in that place, from top to bottom and left to right."""
    inside = []
    for box, text in boxes:
        x, y = np.asarray(box).mean(axis=0) * scale
        if place.x0 <= x <= place.x1 and place.top <= y <= place.bottom:
            inside.append((round(float(y)), float(x), text))
    return "".join(t for _, _, t in sorted(inside))


def show_real(folder: Path, dpis: list[int], seed: int, rapid: bool, format: str) -> None:
    """The measurement as a table by resolution and wear, with every number read otherwise; or as JSON."""
    out = console()
    samples = sample(folder, seed)
    groups: dict[tuple[int, str], list[Scanned]] = defaultdict(list)
    for dpi, name, one in measured(samples, dpis):
        groups[dpi, name].append(one)
        if format != "json":
            for m in one.misses:
                if m.number:
                    where = f"{Path(one.file).name} {dpi} dpi {name} 第{m.page}页"
                    out.print(f"{where}：{m.native!r} 识别为 {m.scanned!r}（{m.sure:.2f}）")
    rows = [_row(dpi, name, found) for (dpi, name), found in groups.items()]
    rows += [_row(dpi, "all", [o for k, f in groups.items() if k[0] == dpi for o in f]) for dpi in dpis]
    other = list(beside(samples, 200)) if rapid else []
    names = [{"file": Path(s.file).relative_to(folder).as_posix(), "pages": list(s.pages)} for s in samples]
    report = {"seed": seed, "files": names, "rows": rows, "rapidocr": _summed(other) if other else None}
    if format == "json":
        as_json(report)
        return
    columns = {
        "dpi": "dpi",
        "wear": "磨损",
        "pages": "页",
        "numbers": "表内数字",
        "right": "识别正确",
        "share": "%",
        "repaired_share": "按加总修正后 %",
        "new_errors": "多报错误",
        "new_warnings": "多报疑问",
        "lost": "少报",
        "seconds": "每页秒数",
    }
    show(columns, rows, f"{len(samples)} 个文件，{sum(len(s.pages) for s in samples)} 页")
    if other:
        out.print(f"RapidOCR（200 dpi，单线程）：{json.dumps(report['rapidocr'], ensure_ascii=False)}")


def _row(dpi: int, name: str, found: list[Scanned]) -> dict[str, Any]:
    total = {k: sum(getattr(f, k) for f in found) for k in ("pages", "numbers", "right", "repaired", "lost")}
    numbers = max(total["numbers"], 1)
    return {
        "dpi": str(dpi),
        "wear": name,
        **total,
        "share": f"{100 * total['right'] / numbers:.3f}",
        "repaired_share": f"{100 * total['repaired'] / numbers:.3f}",
        "new_errors": sum(f.new_errors for f in found),
        "new_warnings": sum(f.new - f.new_errors for f in found),
        "seconds": f"{sum(f.seconds for f in found) / max(total['pages'], 1):.2f}",
    }


def _summed(found: list[Beside]) -> dict[str, Any]:
    pages, numbers = sum(b.pages for b in found), sum(b.numbers for b in found)
    right = sum(b.right for b in found)
    return {
        "pages": pages,
        "seconds_a_page": round(sum(b.seconds for b in found) / max(pages, 1), 2),
        "numbers": numbers,
        "right": right,
        "share": round(100 * right / max(numbers, 1), 3),
    }
