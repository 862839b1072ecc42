"""The style sheets of a web page, as far as they say what is not shown, and what is shown besides the words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from yibenzhang.reading.selectors import Part, choices, matches, momentary, parts_of, unescaped

GONE = "gone"
"""Not there at all: what follows moves up."""
BLANK = "blank"
"""Its place is kept, but nothing is painted in it."""
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_MEDIA = re.compile(r"@media([^{}@]*)\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}", re.IGNORECASE)
_WIDTHS = re.compile(r"(max|min)-(?:device-)?width\s*:\s*(\d{1,5})px")
_SCREEN = 1280
"""So many pixels wide is the screen that a page is read on."""
_AT = re.compile(r"@[^{};@]*(?:;|\{[^{}]*\})")
_ADDED = re.compile(r"^(.*?)::?(before|after)$", re.IGNORECASE)
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_MOST_RULES = 5000
_LONGEST_QUOTING = 2000
"""In longer ones a semicolon inside quotation marks parts as well."""
_WATCHED = frozenset(
    {
        "display",
        "visibility",
        "opacity",
        "font-size",
        "font",
        "color",
        "background",
        "background-color",
        "background-image",
        "left",
        "top",
        "margin-left",
        "text-indent",
        "position",
        "clip",
        "clip-path",
        "mso-hide",
        "height",
        "width",
        "max-height",
        "max-width",
        "overflow",
        "text-decoration",
        "transform",
        "zoom",
        "filter",
        "content",
        "content-visibility",
        "vertical-align",
        "-webkit-text-fill-color",
    }
)
_NONE = r"(?:0(?:\.0\d*)?|\.0\d*|[0-4]%)"
_CLEAR = (
    rf"transparent|(?:rgb|hsl)a?\((?:[^,()]+,){{3}}\s*{_NONE}\s*\)|(?:rgb|hsl)a?\([^,()/]+/\s*{_NONE}\s*\)|"
    r"#[0-9a-f]{6}0[0-9a-f]|#[0-9a-f]{3}0"
)
_WHITE = re.compile(
    r"white|#f[9-f]f[9-f]f[9-f]|#fff|rgba?\(\s*25[0-5]\s*,?\s*25[0-5]\s*,?\s*25[0-5].*\)|"
    rf"hsla?\([^, ]+[, ]+[^, ]+[, ]+(?:9[89]|100)%.*\)|{_CLEAR}"
)
_UNSEEN_COLOUR = re.compile(_CLEAR)
_FAR = re.compile(r"-\d{3,}(\.\d+)?(px|pt|em|rem)?")
_NOTHING = re.compile(r"0(\.0+)?(px|pt|em|rem|%)?")
_FAINT = re.compile(r"0?\.0[0-5]?\d*|0|[0-5]%")
_TINY = re.compile(r"(0|0?\.\d+|1(\.0+)?)(px|pt)?")
_CLIPPED = re.compile(r"(inset|polygon|circle)\(\s*(100%|50%|0 0, 0 0|0(px|%)?\s*(at.*)?\)).*")
_SCALED = re.compile(r".*scale[xy3d]*\(\s*0[,)\s].*")
_GROUNDS = ("background-color", "background", "background-image")


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: tuple[Part, ...]
    """Outermost first; each is an ancestor of the next."""
    values: dict[str, str]
    weight: tuple[bool, int, int]
    """What is said to be important counts before what is more precise, that before what comes later."""


class Styles:
    """What the style sheets and the elements of a page say of being shown. ``unknown`` counts rules that hide
    something and whose selector is not understood."""

    def __init__(self, root: etree._Element, more: str = "") -> None:
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        self._added: dict[str, list[_Rule]] = defaultdict(list)
        self._named: dict[str, str] = {}
        self.unknown = 0
        for count, (selector, values, important) in enumerate(_sheets(root, more)):
            if count > _MOST_RULES:
                return
            for one in choices(selector):
                self._take(one, values, important, count)

    def _take(self, selector: str, values: dict[str, str], important: bool, count: int) -> None:
        self._named |= {k: v for k, v in values.items() if k.startswith("--")}
        rules = self._rules
        if (added := _ADDED.match(selector)) is not None:
            if "content" not in values:
                return
            rules = self._added
            selector, values = added.group(1) or "*", values | {"where": added.group(2).lower()}
        elif momentary(selector):
            return
        parts = parts_of(selector)
        if not parts:
            self.unknown += bool(_hides(values))
            return
        last = parts[-1]
        key = f"#{last.id}" if last.id else f".{min(last.classes)}" if last.classes else last.tag
        weight = (important, sum(p.weight for p in parts), count)
        rules[key].append(_Rule(parts, values, weight))

    def _found(self, node: etree._Element, rules: dict[str, list[_Rule]]) -> list[_Rule]:
        if not rules:
            return []
        classes = (f".{c}" for c in (node.get("class") or "").split())
        keys = [str(node.tag), "", *classes, f"#{node.get('id')}"]
        found = [r for k in keys for r in rules.get(k, ()) if matches(r.parts, node)]
        return sorted(found, key=lambda r: r.weight)

    def of(self, node: etree._Element) -> dict[str, str]:
        """The watched properties of one element: its own style before all that is not important."""
        out: dict[str, str] = {}
        found = self._found(node, self._rules)
        for rule in found:
            if not rule.weight[0]:
                out |= rule.values
        if style := node.get("style"):
            out |= _values(style)
        for rule in found:
            if rule.weight[0]:
                out |= rule.values
        if style and "!" in style:
            out |= _values(style, True)
        return out

    def added(self, node: etree._Element) -> dict[str, str]:
        """The words that a style sheet puts before and after those of an element (keys before and after)."""
        out = {}
        for rule in self._found(node, self._added):
            content = rule.values["content"]
            if (match := re.fullmatch(r"attr\(\s*([\w-]+)\s*\)", content)) is not None:
                out[rule.values["where"]] = node.get(match.group(1).lower()) or ""
            elif content[:1] in "\"'" and content[-1:] == content[:1]:
                out[rule.values["where"]] = unescaped(content[1:-1])
            else:
                out[rule.values["where"]] = ""
        return out

    def hidden(self, node: etree._Element) -> str:
        """GONE or BLANK where an element and all in it is not painted; else empty."""
        if _closed(node):
            return GONE
        values = self.of(node)
        if node.tag == "font" and node.get("color"):
            values.setdefault("color", (node.get("color") or "").strip().lower())
        if not values:
            return ""
        if values.get("display") == "none" or values.get("mso-hide") == "all":
            return GONE
        if _invisible(values) or _moved_away(values):
            return BLANK
        color = self._resolved(values.get("-webkit-text-fill-color") or values.get("color", ""))
        return BLANK if color and _WHITE.fullmatch(color) and not self._on_colour(node, color) else ""

    def _resolved(self, value: str) -> str:
        """A value with the variables in it replaced by what the page says of them."""
        for _ in range(3):
            if "var(" not in value:
                break
            value = _VARIABLE.sub(lambda m: self._named.get(m.group(1), m.group(2) or "").strip(), value)
        return value.strip()

    def _on_colour(self, node: etree._Element, color: str) -> bool:
        """White letters on a ground that has a colour; clear letters are never seen."""
        if _UNSEEN_COLOUR.fullmatch(color):
            return False
        at: etree._Element | None = node
        while at is not None:
            values = self.of(at)
            grounds = [self._resolved(values[g]) for g in _GROUNDS if g in values]
            for ground in (
                *grounds,
                (at.get("bgcolor") or "").lower(),
                "url()" if at.get("background") else "",
            ):
                if ground and not _WHITE.match(ground) and ground not in ("none", "inherit", "initial"):
                    return True
            at = at.getparent()
        return False


def _sheets(root: etree._Element, more: str) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Selectors and values of all style sheets of a page; ``more``: of those that were saved beside it."""
    if more:
        yield from _parsed(more)
    for sheet in root.iter("style"):
        if not _is_for(sheet.get("media") or ""):
            continue
        yield from _parsed("".join(str(t) for t in sheet.itertext()))


def _is_for(media: str) -> bool:
    """A style sheet, or a part of one, that is for the screen on which the page is read."""
    stated = media.lower()
    if "print" in stated and "screen" not in stated:
        return False
    widths = [(m.group(1), int(m.group(2))) for m in _WIDTHS.finditer(stated)]
    return all(w >= _SCREEN if most == "max" else w <= _SCREEN for most, w in widths)


def _hides(values: dict[str, str]) -> bool:
    return values.get("display") == "none" or values.get("visibility") == "hidden"


def _closed(node: etree._Element) -> bool:
    return node.get("hidden") is not None or (node.tag == "dialog" and node.get("open") is None)


def _invisible(values: dict[str, str]) -> bool:
    """Hidden, clear, or of no size."""
    if values.get("visibility") in ("hidden", "collapse") or values.get("content-visibility") == "hidden":
        return True
    if _FAINT.fullmatch(values.get("opacity", "1")) or re.fullmatch(
        r"opacity\(0%?\)", values.get("filter", "")
    ):
        return True
    size = values.get("font-size") or values.get("font", "").partition("/")[0].rpartition(" ")[2]
    if _TINY.fullmatch(size) or _zero(values, "zoom") or _SCALED.fullmatch(values.get("transform", "")):
        return True
    sides = ("height", "width", "max-height", "max-width")
    return values.get("overflow") in ("hidden", "clip") and any(_zero(values, s) for s in sides)


def _moved_away(values: dict[str, str]) -> bool:
    """Far off the page, or clipped to nothing where it stands."""
    if any(_FAR.fullmatch(values.get(name, "")) for name in ("text-indent", "margin-left")):
        return True
    if _CLIPPED.fullmatch(values.get("clip-path", "")):
        return True
    if values.get("position") not in ("absolute", "fixed"):
        return False
    if any(_FAR.fullmatch(values.get(side, "")) for side in ("left", "top")):
        return True
    return bool(re.match(r"rect\(\s*[01](px)?[ ,]+[01]", values.get("clip", "")))


def _zero(values: dict[str, str], name: str) -> bool:
    return bool(values.get(name) and _NOTHING.fullmatch(values[name]))


def _parsed(text: str) -> Iterator[tuple[str, dict[str, str], bool]]:
    text = _COMMENT.sub(" ", text[:1_000_000])
    text = _MEDIA.sub(lambda m: m.group(2) if _is_for(m.group(1)) else " ", text)
    for rule in _AT.sub(" ", text).split("}")[:-1]:
        head, opened, declared = rule.rpartition("{")
        if not opened:
            continue
        for important in (False, True):
            values = _values(declared, important) if not important or "!" in declared else {}
            if not values:
                continue
            for selector in _listed(_selector(head)):
                yield selector, values, important


def _selector(head: str) -> str:
    """The selector before a brace: one that is nested in another stands inside that."""
    *outer, own = head.split("{")
    own = own.rpartition(";")[2].strip()
    above = outer[-1].rpartition(";")[2].strip() if outer else ""
    if own.startswith("&"):
        return f"{above}{own[1:]}" if own[1:2] not in (" ", ">") else f"{above} {own[1:].strip()}"
    return own


def _listed(selector: str) -> list[str]:
    """The selectors parted by commas, not those inside brackets."""
    return [s.strip() for s in re.split(r",(?![^(]*\))", selector) if s.strip()]


def _values(text: str, important: bool = False) -> dict[str, str]:
    """The watched values of a rule; ``important``: those alone that are said to be important."""
    out = {}
    for declaration in (
        re.split(r";(?=(?:[^\"']*[\"'][^\"']*[\"'])*[^\"']*$)", text)
        if "content" in text and len(text) < _LONGEST_QUOTING
        else text.split(";")
    ):
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        if name not in _WATCHED and not name.startswith("--"):
            continue
        plain = value.replace("!important", "").replace("! important", "").strip()
        if important and plain == value.strip():
            continue
        out[name] = plain if name == "content" else plain.lower()
    return out
