"""Numbers on scans: what looks like one, whether its ink agrees with what was read, and a second opinion."""

from __future__ import annotations

import re
from dataclasses import replace

from yibenzhang.model.amounts import cell_state, parse_amount
from yibenzhang.reading.ocr import Reading, Recogniser, crop_of
from yibenzhang.reading.raster import Sheet, sharpened
from yibenzhang.reading.strips import Strip, boxes_of

SETTLED = 0.97
"""A number whose every character is surer than this, and agrees with its ink, is not looked at again."""
LONE = 0.6
"""A single digit is never that sure: it has no neighbours."""
DISPUTED = 0.5
"""The sureness of a number that two looks read differently."""
_NUMBER = re.compile(r"[-—–−一]?[\d,.，。．、 ]*\d[\d,.，。．、 ]*%?|[-—–−一]+")
_DIGITS = str.maketrans(
    {"O": "0", "o": "0", "Q": "0", "〇": "0", "○": "0", "D": "0", "l": "1", "I": "1", "|": "1"}
)
"""Letters that digits are taken for; alone among digits they are digits."""
_SEPARATED = re.compile(r"(-?\d{1,3})((?:[.,]\d{3})+)[.,](\d{2})")


def looks_like_a_number(text: str) -> bool:
    """True for digits with the signs of numbers, and for a dash."""
    return _NUMBER.fullmatch(text.strip().translate(_DIGITS)) is not None


def agrees(text: str, strip: Strip) -> bool:
    """True where no character can have been passed over: there is no more ink than was read (characters
    that touch are one piece)."""
    return len(boxes_of(strip)) <= len(text) + 2 * text.count("%")


def number_of(reading: Reading, reader: Recogniser, sheet: Sheet, strip: Strip) -> Reading:
    """A number with its doubts: looked at a second time, larger and sharper, where the first is not sure."""
    first = _well_formed(reading)
    sound = parse_amount(first.text) is not None or cell_state(first.text) is not None
    enough = SETTLED if len(first.text) > 1 else LONE
    if first.least >= enough and sound and agrees(first.text, strip):
        return first
    second = _well_formed(reader.read(sharpened(crop_of(sheet, strip, 0.16, 0.5)))[1])
    if second.text == first.text:
        return replace(first, sure=tuple(max(a, b) for a, b in zip(first.sure, second.sure, strict=True)))
    best = max((first, second), key=lambda r: (_sound(r.text), agrees(r.text, strip), r.least))
    return replace(best, sure=tuple(min(s, DISPUTED) for s in best.sure))


def _sound(text: str) -> bool:
    return parse_amount(text) is not None


def _well_formed(reading: Reading) -> Reading:
    """A point among the thousands is a comma, a comma before two last digits is a point: shape tells."""
    text = reading.text.strip()
    if text != reading.text or parse_amount(text) is not None:
        return reading
    if found := _SEPARATED.fullmatch(text):
        right = found.group(1) + found.group(2).replace(".", ",") + "." + found.group(3)
        return replace(reading, text=right)
    return reading
