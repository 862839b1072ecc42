"""The digits of a page as shapes: what the network has read surely, it need not read again.

A page prints all its numbers in one or two faces. Each digit, point and comma the network was sure of is kept
as a small picture; a number all of whose pieces of ink are plainly one of them is read from these alone,
at a hundredth of the cost. Whatever is not plain (worn, touching, another face) goes to the network.
"""

from __future__ import annotations

import re

import cv2
import numpy as np
import numpy.typing as npt

from yibenzhang.reading.ocr import Reading
from yibenzhang.reading.raster import Sheet
from yibenzhang.reading.strips import Strip, boxes_of

WIDE, HIGH = 12, 18
NEAR = 0.16
"""Mean squared difference (of ink from 0 to 1) up to which two pictures may be one character."""
TIGHT = 0.03
"""The same as long as a digit that looks like it was not seen on the page: a first 6 is nearest to 0."""
_ALIKE = {"0": "689", "1": "47", "3": "589", "5": "368", "6": "058", "7": "1", "8": "03569", "9": "038"}
CLEARER = 2.2
"""The nearest other character must be this many times as far off."""
MOST = 30
PLAIN = 0.97
"""The sureness of a character read from its shape."""
_MONEY = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d\d)?|-+")
_LEARNT = frozenset("0123456789.,-")

Pictures = npt.NDArray[np.float32]


class Shapes:
    """The pictures of one page with the characters they are."""

    def __init__(self) -> None:
        self._known: dict[str, list[npt.NDArray[np.float32]]] = {}
        self._stack: Pictures | None = None
        self._labels = np.array([], dtype="U1")

    def learn(self, reading: Reading, seen: Pictures) -> None:
        """Keep what the network read surely, piece by piece."""
        if len(reading.text) != len(seen) or reading.least < 0.99 or not set(reading.text) <= _LEARNT:
            return
        for char, picture in zip(reading.text, seen, strict=True):
            own = self._known.setdefault(char, [])
            if len(own) < MOST:
                own.append(picture)
                self._stack = None

    def read(self, seen: Pictures) -> str:
        """The number those pieces are; an empty string where one of them is not plain, or where a point and a
        comma may have been taken for one another."""
        text = self._text(seen)
        return text if _MONEY.fullmatch(text) else ""

    def _text(self, seen: Pictures) -> str:
        if self._stack is None:
            if len(self._known) < 4:
                return ""
            self._stack = np.stack([p for ps in self._known.values() for p in ps])
            self._labels = np.array([c for c, ps in self._known.items() for _ in ps])
        far = ((seen[:, None, :] - self._stack[None]) ** 2).sum(axis=2) / (WIDE * HIGH)
        text = ""
        for row in far:
            best = self._labels[int(row.argmin())]
            same = np.sort(row[self._labels == best])
            other = row[self._labels != best].min()
            # one example may be a misreading; two that agree are not
            near = NEAR if self._known.keys() >= set(_ALIKE.get(str(best), "")) else TIGHT
            if len(same) < 2 or same[1] > near or other < CLEARER * same[1]:
                return ""
            text += str(best)
        return text


def pictures_of(sheet: Sheet, strip: Strip) -> Pictures | None:
    """The pieces of a strip as pictures, left to right; None where they cannot be single digits."""
    if strip.home is None:
        return None
    boxes = boxes_of(strip)
    high = max(b.height for b in boxes)
    if len(boxes) > 18 or high * sheet.scale < 3.5 or any(b.width > 0.85 * high for b in boxes):
        return None
    out = np.empty((len(boxes), WIDE * HIGH + 3), dtype=np.float32)
    paper = float(np.percentile(sheet.gray[strip.top : strip.bottom, strip.x0 : strip.x1], 90))
    for k, b in enumerate(boxes):
        part = sheet.gray[b.top : b.bottom, b.x0 : b.x1]
        ink = np.clip((paper - part.astype(np.float32)) / max(paper, 1.0), 0, 1)
        picture = cv2.resize(ink, (WIDE, HIGH), interpolation=cv2.INTER_AREA)
        picture /= max(float(picture.max()), 0.2)
        out[k, :-3] = picture.ravel()
        # how high it is, where it stands and how wide tell points, commas, dashes and ones from the rest
        shape = np.array([b.height, strip.bottom - b.bottom, b.width]) / high
        out[k, -3:] = shape * np.array([5.0, 5.0, 5.0])
    return out
