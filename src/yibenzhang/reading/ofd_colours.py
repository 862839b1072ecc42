"""What colour an object of an OFD is painted in, as far as it can be seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

SEEN, WHITE, CLEAR = 0, 1, 2
_LIGHT = 250
_FAINT = 8
_VALUE = re.compile(r"#([0-9A-Fa-f]{1,2})|(\d{1,3}(?:\.\d+)?)")


def colour_of(e: Element, what: str, param: str, params: Mapping[str, Element]) -> int:
    """SEEN, WHITE or CLEAR; the colour (``what``) stands on the object or in its draw parameters."""
    if _number(e.get("Alpha"), 255) <= _FAINT:
        return CLEAR
    color = _child(e, what)
    for _ in range(5):
        found = params.get(param)
        if color is not None or found is None:
            break
        color = _child(found, what)
        param = found.get("Relative", "")
    if color is None:
        return SEEN
    if _number(color.get("Alpha"), 255) <= _FAINT:
        return CLEAR
    values = [
        int(m.group(1), 16) if m.group(1) else float(m.group(2))
        for m in _VALUE.finditer(color.get("Value", ""))
    ]
    if len(values) == 4:  # cyan, magenta, yellow, black
        return SEEN if max(values) > 5 else WHITE
    return WHITE if values and min(values) >= _LIGHT else SEEN


def _child(e: Element, name: str) -> Element | None:
    return next((k for k in e if k.tag.rpartition("}")[2] == name), None)


def _number(text: str | None, default: float) -> float:
    try:
        return float(text) if text else default
    except ValueError:
        return default
