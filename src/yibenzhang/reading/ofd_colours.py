"""What colour an object of an OFD is painted in, as far as it can be seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

SEEN, WHITE, CLEAR, PALE = 0, 1, 2, 3
_LIGHT = 250
_PALE, _THIN = 150, 120
_FAINT = 8
_VALUE = re.compile(r"#([0-9A-Fa-f]{1,2})|(\d{1,3}(?:\.\d+)?)")


def colour_of(e: Element, what: str, param: str, params: Mapping[str, Element], letters: bool = False) -> int:
    """SEEN, WHITE or CLEAR, of ``letters`` PALE as well; the colour (``what``) stands on the object or in its draw
    parameters."""
    alpha = _number(e.get("Alpha"), 255)
    if alpha <= _FAINT:
        return CLEAR
    seen = PALE if letters and alpha <= _THIN else SEEN
    color = _child(e, what)
    for _ in range(5):
        found = params.get(param)
        if color is not None or found is None:
            break
        color = _child(found, what)
        param = found.get("Relative", "")
    if color is None:
        return seen
    alpha = _number(color.get("Alpha"), 255)
    if alpha <= _FAINT:
        return CLEAR
    seen = PALE if letters and alpha <= _THIN else seen
    values = [
        int(m.group(1), 16) if m.group(1) else float(m.group(2))
        for m in _VALUE.finditer(color.get("Value", ""))
    ]
    if len(values) == 4:  # cyan, magenta, yellow, black
        return seen if max(values) > 5 else WHITE
    if values and min(values) >= _LIGHT:
        return WHITE
    return PALE if letters and values and min(values) >= _PALE else seen


def _child(e: Element, name: str) -> Element | None:
    return next((k for k in e if k.tag.rpartition("}")[2] == name), None)


def _number(text: str | None, default: float) -> float:
    try:
        return float(text) if text else default
    except ValueError:
        return default
