"""Automatic numbers of Word paragraphs: 一、 and （二） are printed although they stand in no text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from yibenzhang.reading.packages import Package, parse

_ROMAN = {
    1000: "M",
    900: "CM",
    500: "D",
    400: "CD",
    100: "C",
    90: "XC",
    50: "L",
    40: "XL",
    10: "X",
    9: "IX",
    5: "V",
    4: "IV",
    1: "I",
}
_DIGITS = "〇一二三四五六七八九"
_CHINESE = (
    "chinesecounting",
    "chinesecountingthousand",
    "japanesecounting",
    "taiwanesecounting",
    "taiwanesecountingthousand",
    "ideographdigital",
    "japanesedigitaltenthousand",
)
_DEEPEST = 9


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    legal: bool = False


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Gives each numbered paragraph its printed number; asked in reading order, since it counts."""

    def __init__(self, package: Package, numbering: str, styles: str) -> None:
        self._lists: dict[str, _List] = {}
        self._of_number: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._of_style: dict[str, tuple[str, int]] = {}
        if numbering in package.members:
            self._read(parse(package.read(numbering)))
        if self._lists and styles in package.members:
            self._read_styles(parse(package.read(styles)))

    def _read(self, root: etree._Element) -> None:
        for node in root.iterchildren("{*}abstractNum"):
            levels = {}
            for lvl in node.iterchildren("{*}lvl"):
                levels[_number(value(lvl, "ilvl", own=True))] = _Level(
                    _number(value(lvl, "start"), 1),
                    value(lvl, "numFmt") or "decimal",
                    value(lvl, "lvlText"),
                    lvl.find("{*}isLgl") is not None,
                )
            self._lists[value(node, "abstractNumId", own=True)] = _List(levels)
        for node in root.iterchildren("{*}num"):
            number = value(node, "numId", own=True)
            self._of_number[number] = value(node, "abstractNumId")
            self._restarts[number] = {
                _number(value(o, "ilvl", own=True)): _number(value(o, "startOverride"), 1)
                for o in node.iterchildren("{*}lvlOverride")
                if o.find("{*}startOverride") is not None
            }

    def _read_styles(self, root: etree._Element) -> None:
        own: dict[str, tuple[str, int]] = {}
        based: dict[str, str] = {}
        for style in root.iterchildren("{*}style"):
            name = value(style, "styleId", own=True)
            based[name] = value(style, "basedOn")
            found = style.find("{*}pPr/{*}numPr")
            if found is not None:
                own[name] = (value(found, "numId"), _number(value(found, "ilvl")))
        for name in based:
            at, seen = name, 0
            while at and at not in own and seen < 20:
                at, seen = based.get(at, ""), seen + 1
            if at in own:
                self._of_style[name] = own[at]

    def of(self, paragraph: etree._Element) -> str:
        """The number printed before this paragraph; empty where there is none."""
        if not self._lists:
            return ""
        properties = paragraph.find("{*}pPr")
        if properties is None:
            return ""
        numbered = properties.find("{*}numPr")
        style = self._of_style.get(value(properties, "pStyle"), ("", 0))
        number, level = style
        if numbered is not None:
            number = value(numbered, "numId") or number
            level = _number(value(numbered, "ilvl"), level)
        found = self._lists.get(self._of_number.get(number, ""))
        if found is None or number in ("", "0") or level not in found.levels:
            return ""
        for at, start in self._restarts.pop(number, {}).items():
            found.counts[at] = start - 1
        for deeper in [k for k in found.counts if k > level]:
            del found.counts[deeper]
        found.counts[level] = found.counts.get(level, found.levels[level].start - 1) + 1
        return self._printed(found, level)

    @staticmethod
    def _printed(found: _List, level: int) -> str:
        shown = found.levels[level]
        if shown.style in ("bullet", "none"):
            return ""

        def put(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            here = found.levels.get(at, _Level())
            return counted(found.counts.get(at, here.start), "decimal" if shown.legal else here.style)

        return re.sub(r"%([1-9])", put, shown.text[:40])


def counted(n: int, style: str) -> str:
    """A number in one of Word's ways of counting."""
    name = style.lower()
    if name in _CHINESE or "chinese" in name:
        return chinese(n) if "circle" not in name else _circled(n)
    if "circle" in name:
        return _circled(n)
    if name == "decimalzero":
        return f"{n:02d}"
    if name.startswith("decimalfullwidth"):
        return str(n).translate({48 + d: 0xFF10 + d for d in range(10)})
    if name in ("upperletter", "lowerletter") and 0 < n <= 26 * 20:
        letter = chr(65 + (n - 1) % 26) * ((n - 1) // 26 + 1)
        return letter if name.startswith("upper") else letter.lower()
    if name in ("upperroman", "lowerroman") and 0 < n < 4000:
        roman = _roman(n)
        return roman if name.startswith("upper") else roman.lower()
    return str(n)


def _circled(n: int) -> str:
    return chr(0x2460 + n - 1) if 1 <= n <= 20 else str(n)


def chinese(n: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十, 105 → 一百〇五."""
    if not 0 < n < 1000:
        return str(n)
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    out = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        out += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        out += "〇"
    return out + (_DIGITS[ones] if ones else "")


def _roman(n: int) -> str:
    out = ""
    for worth, letters in _ROMAN.items():
        out += letters * (n // worth)
        n %= worth
    return out


def value(node: etree._Element, name: str, own: bool = False) -> str:
    """``w:val`` of the child of that name, or the node's own attribute; empty where there is none."""
    if own:
        return next((str(v) for k, v in node.attrib.items() if str(k).rpartition("}")[2] == name), "")
    child = node.find("{*}" + name)
    return value(child, "val", own=True) if child is not None else ""


def _number(text: str, default: int = 0) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else default
