"""How the cells of a workbook are dressed: the format of their numbers, their sides, white letters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from yibenzhang.reading.numberformats import builtin, is_date, on_colour
from yibenzhang.reading.packages import Package, local, parse


@dataclass(frozen=True, slots=True)
class Style:
    code: str
    ruled: bool
    indent: float
    white: bool = False
    """White letters on no colour: nothing is seen of them."""


_PLAIN = Style("General", False, 0.0)


def dated_style(style: Style) -> Style:
    """The style with dates printed as 2026-02-10."""
    return replace(style, code="yyyy-mm-dd") if is_date(style.code) else style


def styles_of(package: Package, part: str) -> list[Style]:
    """The styles of cells (.xlsx), by their numbers; none where the part is missing."""
    if part not in package.members:
        return []
    root = parse(package.read(part, 32 * 1024 * 1024))
    parts = _StyleParts()
    out: list[Style] = []
    for section in root:
        name = local(section)
        if name == "numFmts":
            parts.codes = {whole(n.get("numFmtId")): n.get("formatCode") or "General" for n in section}
        elif name == "borders":
            parts.sided = [_has_sides(border) for border in section]
        elif name == "fonts":
            parts.whites = [is_white(next(font.iterchildren("{*}color"), None)) for font in section]
        elif name == "fills":
            parts.plain = [_is_plain(fill) for fill in section]
        elif name == "cellXfs":
            out += [parts.style(xf) for xf in section]
    return out


@dataclass(slots=True)
class _StyleParts:
    """What the styles of cells are put together from, by number."""

    codes: dict[int, str] = field(default_factory=dict)
    sided: list[bool] = field(default_factory=list)
    """Borders with a rule at the left or right."""
    whites: list[bool] = field(default_factory=list)
    """Fonts of white letters."""
    plain: list[bool] = field(default_factory=list)
    """Fills without a colour."""

    def style(self, xf: etree._Element) -> Style:
        number, border = whole(xf.get("numFmtId")), whole(xf.get("borderId"))
        font, fill = whole(xf.get("fontId")), whole(xf.get("fillId"))
        indent = max((whole(a.get("indent")) for a in xf.iter("{*}alignment")), default=0)
        ruled = 0 <= border < len(self.sided) and self.sided[border]
        white = 0 <= font < len(self.whites) and self.whites[font]
        plain = fill >= len(self.plain) or self.plain[fill]
        code = self.codes.get(number) or builtin(number)
        return Style(code if plain else on_colour(code), ruled, float(indent), white and plain)


def is_white(color: etree._Element | None) -> bool:
    """The colour of a font is white."""
    if color is None or color.get("tint"):
        return False
    return (
        (color.get("rgb") or "").upper().endswith("FFFFFF")
        or color.get("theme") == "0"
        or color.get("indexed") == "9"
    )


def _is_plain(fill: etree._Element) -> bool:
    """No colour behind the letters, or white."""
    pattern = next(fill.iterchildren("{*}patternFill"), None)
    if pattern is None or (pattern.get("patternType") or "none") == "none":
        return pattern is not None or not len(fill)
    return is_white(next(pattern.iterchildren("{*}fgColor"), None))


def _has_sides(border: etree._Element) -> bool:
    """A rule at the left or right: titles and units have none, table cells do."""
    return any(
        local(side) in ("left", "right", "start", "end") and (side.get("style") or "none") != "none"
        for side in border
    )


def whole(value: str | None) -> int:
    """A whole number of an attribute; 0 where there is none."""
    return int(value) if value and re.fullmatch(r"-?\d{1,9}", value) else 0


def style_at(styles: list[Style], number: int) -> Style:
    """The style of a cell; that of plain cells where there is none of that number."""
    return styles[number] if 0 <= number < len(styles) else _PLAIN


def old_style(book: Any, xf: Any) -> Style:
    """The style of cells of a workbook of the old binary kind (xlrd)."""
    found = book.format_map.get(xf.format_key)
    border = xf.border
    ruled = bool(border.left_line_style or border.right_line_style)
    font = book.font_list[xf.font_index] if xf.font_index < len(book.font_list) else None
    white = font is not None and font.colour_index == 9 and xf.background.fill_pattern == 0
    return Style(found.format_str if found else "General", ruled, float(xf.alignment.indent_level), white)
