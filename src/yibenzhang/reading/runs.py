"""Runs of a Word document: which of them are painted, by themselves, their paragraph's style and their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from yibenzhang.model.digits import whole_number
from yibenzhang.reading.numbering import value
from yibenzhang.reading.packages import Package, local, parse

_OFF = ("0", "false", "off", "none")
_WHITE = "FFFFFF"
_NEARLY_WHITE = re.compile("(?:F[8-F]){3}")
_LIGHT = ("background1", "light1", "bg1")
_MOST_ANCESTORS = 20
_TINY = 3
"""Letters of this many half points or fewer are not there to be read."""
_AMOUNT = frozenset("0123456789.,-+()%")
_NARROW = 5
"""Nor those of so small a share (in a hundred) of their width."""
_RAISED = 4
"""What stands so many half points higher is raised as a mark is."""
_SHADES = re.compile("auto|FFFFFF|", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a style or a run says; None where it says nothing."""

    vanish: bool | None = None
    ink: str | None = None
    """Its colour; empty for that of every text."""
    tiny: bool | None = None
    raised: str | None = None
    shaded: bool | None = None
    struck: bool | None = None

    def over(self, below: _Look) -> _Look:
        pairs = ((getattr(self, n), getattr(below, n)) for n in _Look.__slots__)
        return _Look(*(a if a is not None else b for a, b in pairs))


class Runs:
    """The styles of a document as far as they say what is painted."""

    def __init__(self, package: Package, styles: str) -> None:
        self._own: dict[str, tuple[_Look, str]] = {}
        self._default = _Look()
        self._cache: dict[str, _Look] = {}
        self._coloured: set[str] = set()
        if styles not in package.members:
            return
        for node in parse(package.read(styles, 32 * 1024 * 1024)):
            if local(node) == "style":
                name = value(node, "styleId", own=True)
                self._own[name] = (_look(node.find("{*}rPr")), value(node, "basedOn"))
                if value(node, "type", own=True) == "table" and any(
                    is_shaded(s.getparent()) for s in node.iter("{*}shd")
                ):
                    self._coloured.add(name)
            elif local(node) == "docDefaults":
                self._default = _look(node.find("{*}rPrDefault/{*}rPr"))

    def unseen(self, run: etree._Element, paragraph: str = "", shaded: bool = False, fill: str = "") -> bool:
        """Hidden, white on white, or too small to see; ``paragraph`` is its paragraph's style, ``shaded``: its cell
        has a colour, ``fill`` where it is known."""
        look = self._of(run, paragraph)
        if look.vanish or look.tiny:
            return True
        if not look.ink or look.shaded:
            return False
        return look.ink == fill or (not shaded and _NEARLY_WHITE.fullmatch(look.ink) is not None)

    def struck(self, run: etree._Element, paragraph: etree._Element) -> bool:
        """Struck out, beside words of the same paragraph that are not."""
        if not self._of(run, "").struck:
            return False
        runs = [r for r in paragraph.iter("{*}r") if next(r.iter("{*}t"), None) is not None]
        return any(not self._of(r, "").struck for r in runs)

    def colours(self, table: etree._Element) -> bool:
        """The style of a table paints some of its cells."""
        properties = table.find("{*}tblPr")
        return properties is not None and value(properties, "tblStyle") in self._coloured

    def raised(self, run: etree._Element, paragraph: str = "") -> str:
        """superscript or subscript where it is set as one; else empty."""
        return self._of(run, paragraph).raised or ""

    def _of(self, run: etree._Element, paragraph: str) -> _Look:
        properties = run.find("{*}rPr")
        if properties is None:
            return self._style(paragraph) if paragraph else self._default
        own = _look(properties)
        return own.over(self._style(value(properties, "rStyle"))).over(self._style(paragraph))

    def _style(self, name: str) -> _Look:
        if not name:
            return self._default
        if name not in self._cache:
            look, at = _Look(), name
            for _ in range(_MOST_ANCESTORS):
                own, at = self._own.get(at, (_Look(), ""))
                look = look.over(own)
                if not at:
                    break
            self._cache[name] = look.over(self._default)
        return self._cache[name]


def is_mark(run: etree._Element, before: str, raised: str = "superscript") -> bool:
    """A raised run that marks a note after a number or a name, or a lowered one after a number, and is no power of a
    unit."""
    words = "".join(t.text or "" for t in run.iter("{*}t")).strip()
    last = before.rstrip()[-1:]
    if raised == "subscript":
        return len(words) <= 2 and words.isdecimal() and last in tuple("0123456789%)")
    return len(words) <= 3 and bool(last) and (not last.isascii() or last in "0123456789%)")


def sign_of(symbol: etree._Element) -> str:
    """A character told by its number in a font: of the font of symbols digits and the signs of amounts; else empty."""
    code = value(symbol, "char", own=True).upper().removeprefix("F0")
    sign = chr(int(code, 16)) if re.fullmatch("[0-7][0-9A-F]", code) else ""
    return sign if sign in _AMOUNT and value(symbol, "font", own=True) == "Symbol" else ""


def is_shaded(properties: etree._Element | None) -> bool:
    """A cell or paragraph with a colour behind its words."""
    return bool(fill_of(properties))


def fill_of(properties: etree._Element | None) -> str:
    """The colour behind the words of a cell or paragraph; empty where there is none."""
    shade = properties.find("{*}shd") if properties is not None else None
    said = value(shade, "fill", own=True).upper() if shade is not None else ""
    return "" if _SHADES.fullmatch(said) else said


def _look(properties: etree._Element | None) -> _Look:
    if properties is None or not len(properties):
        return _Look()
    vanish = tiny = shaded = struck = None
    ink = raised = None
    for node in properties:
        kind, said = local(node), value(node, "val", own=True)
        if kind == "vanish":
            vanish = said not in _OFF
        elif kind == "color":
            ink = _colour(node, said)
        elif kind == "textFill" and node.find("{*}noFill") is not None:
            vanish = True
        elif kind == "sz":
            tiny = whole_number(said, _TINY + 1) <= _TINY
        elif kind == "w":
            vanish = vanish or whole_number(said, 100) <= _NARROW
        elif kind == "position":
            raised = raised or ("superscript" if whole_number(said, 0) >= _RAISED else None)
        elif kind == "vertAlign":
            raised = said if said in ("superscript", "subscript") else ""
        elif kind in ("strike", "dstrike"):
            struck = said not in _OFF
        elif kind in ("shd", "highlight"):
            shaded = is_shaded(properties) if kind == "shd" else said not in _OFF
    return _Look(vanish, ink, tiny, raised, shaded, struck)


def _colour(node: etree._Element, said: str) -> str:
    """The colour of letters in six figures; empty for the usual one."""
    if value(node, "themeColor", own=True) in _LIGHT and not value(node, "themeShade", own=True):
        return _WHITE
    return "" if said.lower() == "auto" else said.upper()
