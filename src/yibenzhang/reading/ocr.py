"""Strips of ink to characters: the recognition network of RapidOCR (PP-OCR), strip by strip.

The model and its characters lie inside the rapidocr wheel and are run by onnxruntime directly: nothing is
downloaded, and a strip costs its own width only (a batch would pad each to the widest).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from yibenzhang.reading.limits import ReadingError
from yibenzhang.reading.raster import Gray, Sheet
from yibenzhang.reading.strips import Strip

HEIGHT = 48
STEP = 8
"""One output of the network for so many pixels of its input."""
MAX_WIDTH = 1600
ABOVE = 0.36
"""The margin of a crop above and below, in characters; a smaller one makes the network see more than is there."""
BESIDE = 0.3
"""The margin of a crop at its left and right, in characters."""
NUMERIC = "0123456789,.-%"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a strip says: its characters, the sureness of each (0 to 1), and where each stands across it
    (0 the left end of the strip, 1 the right)."""

    text: str
    sure: tuple[float, ...]
    at: tuple[float, ...]

    @property
    def least(self) -> float:
        return min(self.sure, default=0.0)


class Recogniser:
    """The network with its characters; one thread, since files are spread over processes."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # found, not imported: the package would bring in its detector and its downloader
        spec = find_spec("rapidocr")
        homes = [Path(h) / "models" for h in (spec.submodule_search_locations or ())] if spec else []
        found = sorted(str(p) for h in homes for p in h.glob("*_rec_*.onnx"))
        if not found:
            raise ReadingError("文字识别模型缺失，请重新安装：pip install 'yibenzhang[ocr]'。")
        self._session = onnxruntime.InferenceSession(found[0], options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        known = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.characters = ["", *known, " "]
        index = {c: k for k, c in enumerate(self.characters)}
        self._numeric = np.array([0, *(index[c] for c in NUMERIC)])

    def read(self, crop: Gray) -> tuple[Reading, Reading]:
        """The strip as it reads best, and as it reads if it must be a number."""
        height, width = crop.shape
        wide = min(MAX_WIDTH, max(16, round(width * HEIGHT / height)))
        way = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC
        scaled = cv2.resize(crop, (wide, HEIGHT), interpolation=way).astype(np.float32)
        padded = np.full((HEIGHT, -(-wide // STEP) * STEP), 255.0, dtype=np.float32)
        padded[:, :wide] = scaled
        image = np.broadcast_to((padded / 127.5 - 1.0)[None, None], (1, 3, *padded.shape))
        chances = self._session.run(None, {self._input: np.ascontiguousarray(image)})[0][0]
        share = padded.shape[1] / wide
        free = _decoded(chances, np.arange(chances.shape[1]), self.characters, share)
        return free, _decoded(chances[:, self._numeric], self._numeric, self.characters, share)


def _decoded(
    chances: npt.NDArray[np.float32], index: npt.NDArray[np.int64], characters: list[str], share: float
) -> Reading:
    """Greedy decoding of connectionist outputs: repeats without a blank between them are one character."""
    best = chances.argmax(axis=1)
    steps = len(best)
    text: list[str] = []
    sure: list[float] = []
    at: list[float] = []
    start = 0
    while start < steps:
        end = start
        while end < steps and best[end] == best[start]:
            end += 1
        char = characters[int(index[best[start]])]
        if char:
            text.append(char[0])
            sure.append(float(chances[start:end, best[start]].max()))
            at.append(min(1.0, (start + end) / 2 / steps * share))
        start = end
    return Reading("".join(text), tuple(sure), tuple(at))


@cache
def recogniser() -> Recogniser:
    """The recogniser, loaded once a process."""
    return Recogniser()


def crop_of(sheet: Sheet, strip: Strip, above: float = ABOVE, beside: float = BESIDE) -> Gray:
    """The strip cut out with a margin (in characters); a low strip (a dash, digits) keeps a character's
    height, so that it is not blown up. Beyond the nearest pixels the margin is paper: the lines above and
    below are not seen."""
    short = max(0.0, strip.em - strip.height)
    up = round(min(above, 0.16) * strip.em + short / 2)
    side = round(beside * strip.em)
    height, width = sheet.gray.shape
    top, bottom = max(0, strip.top - up), min(height, strip.bottom + up)
    left, right = max(0, strip.x0 - side), min(width, strip.x1 + side)
    crop = sheet.gray[top:bottom, left:right]
    more = round(max(0.0, above - 0.16) * strip.em)
    if not more:
        return crop
    paper = float(np.percentile(crop, 80))
    return np.asarray(
        cv2.copyMakeBorder(crop, more, more, 0, 0, cv2.BORDER_CONSTANT, value=(paper,)), dtype=np.uint8
    )
