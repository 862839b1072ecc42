"""Web pages whose words stand in boxes placed one by one (converted from PDF): their characters and hairlines, for the
page builder that PDF and OFD use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from yibenzhang.model.documents import Page, Table
from yibenzhang.reading.assembly import page_of
from yibenzhang.reading.glyphs import Glyph
from yibenzhang.reading.limits import MAX_CHARS_PER_PAGE, MAX_PAGES
from yibenzhang.reading.rules import Rule
from yibenzhang.reading.styles import Styles

_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(px|pt|em|rem|mm|cm|in)?")
_TRANSLATED = re.compile(r"translate(?:3d)?\(\s*([^,()]+)(?:,\s*([^,()]+))?")
_MATRIX = re.compile(r"matrix\((?:[^,()]+,){4}\s*([^,()]+),\s*([^,()]+)\)")
_POINTS = {"pt": 1.0, "em": 12.0, "rem": 12.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0}
_PIXEL = 0.75
_FEWEST = 20
_SIZE = 12.0
_HAIR = 2.0
_MOST_ANCESTORS = 40


@dataclass(slots=True)
class _Sheet:
    """What one container shows."""

    glyphs: list[Glyph] = field(default_factory=list)
    hs: list[Rule] = field(default_factory=list)
    vs: list[Rule] = field(default_factory=list)
    right: float = 0.0
    bottom: float = 0.0


def positioned(root: etree._Element, styles: Styles) -> list[Page]:
    """The pages of a document most of whose words stand in placed boxes; empty where it is no such document."""
    body = next(root.iter("body"), root)
    boxes = [n for n in body.iter(etree.Element) if _is_placed(styles.of(n))]
    words = sum(len(_own(n)) for n in boxes)
    whole = sum(len(t.strip()) for t in map(str, body.itertext()))
    if len(boxes) < _FEWEST or 10 * words < 6 * whole:
        return []
    placed = set(boxes)
    sheets: dict[etree._Element | None, _Sheet] = {}
    for node in boxes:
        x, y, container = _origin(node, styles, placed)
        _draw(node, x, y, styles, sheets.setdefault(container, _Sheet()))
    pages: list[Page] = []
    tables = 0
    for number, sheet in enumerate([s for s in sheets.values() if s.glyphs][:MAX_PAGES], start=1):
        size = (sheet.right + 20, sheet.bottom + 20)
        page = page_of(number, size, sheet.glyphs[:MAX_CHARS_PER_PAGE], sheet.hs, sheet.vs, tables)
        tables += sum(isinstance(b, Table) for b in page.blocks)
        pages.append(page)
    return pages


def _is_placed(values: dict[str, str]) -> bool:
    return values.get("position") in ("absolute", "fixed") and any(
        k in values for k in ("left", "top", "transform")
    )


def _own(node: etree._Element) -> str:
    """The words of a box but not those of boxes inside it that are placed themselves; inline parts count."""
    out = [node.text or ""]
    for child in node:
        if child.tag in ("span", "b", "i", "font", "a", "em", "strong", "u", "sup", "sub"):
            out.append("".join(str(t) for t in child.itertext()))
        out.append(child.tail or "")
    return re.sub(r"\s+", " ", "".join(out)).strip()


def _length(text: str, em: float = _SIZE) -> float:
    match = _LENGTH.match(text.strip()) if text else None
    if not match:
        return 0.0
    unit = match.group(2) or "px"
    return float(match.group(1)) * (em if unit == "em" else _POINTS.get(unit, _PIXEL))


def _origin(
    node: etree._Element, styles: Styles, placed: set[etree._Element]
) -> tuple[float, float, etree._Element | None]:
    """Where a box begins, and the container its place counts from."""
    x = y = 0.0
    at: etree._Element | None = node
    for _ in range(_MOST_ANCESTORS):
        if at is None:
            break
        values = styles.of(at)
        if at in placed or at is node:
            right, down = _moved(values.get("transform", ""))
            x += _length(values.get("left", "")) + right
            y += _length(values.get("top", "")) + down
        elif values.get("position") == "relative":
            return x, y, at
        at = at.getparent()
    return x, y, None


def _moved(transform: str) -> tuple[float, float]:
    """How far a transform moves a box, right and down."""
    match = _TRANSLATED.search(transform) or _MATRIX.search(transform)
    if match is None:
        return 0.0, 0.0
    return _length(match.group(1)), _length(match.group(2) or "")


def _draw(node: etree._Element, x: float, y: float, styles: Styles, sheet: _Sheet) -> None:
    values = styles.of(node)
    wide, high = _length(values.get("width", "")), _length(values.get("height", ""))
    words = _own(node)
    if not words:
        if wide > 0 and 0 < high <= _HAIR:
            sheet.hs.append(Rule(y + high / 2, x, x + wide))
        elif high > 0 and 0 < wide <= _HAIR:
            sheet.vs.append(Rule(x + wide / 2, y, y + high))
        return
    size = _size(node, styles)
    base = y + 0.85 * size
    for char in words:
        step = size if char >= "\u2e80" else 0.5 * size
        if char > " ":
            sheet.glyphs.append(Glyph(char, x, y, x + step, y + size, base, size))
        x += step
    sheet.right, sheet.bottom = max(sheet.right, x), max(sheet.bottom, y + size)


def _size(node: etree._Element, styles: Styles) -> float:
    at: etree._Element | None = node
    for _ in range(_MOST_ANCESTORS):
        if at is None:
            break
        if size := styles.of(at).get("font-size"):
            return max(_length(size), 2.0) or _SIZE
        at = at.getparent()
    return _SIZE
