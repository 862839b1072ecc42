"""The style sheets of a web page, as far as they say what is not shown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from yibenzhang.model.digits import whole_number

GONE = "gone"
"""Not there at all: what follows moves up."""
BLANK = "blank"
"""Its place is kept, but nothing is painted in it."""
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_MEDIA = re.compile(r"@media([^{}@]*)\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}", re.IGNORECASE)
_AT = re.compile(r"@[^{};@]*(?:;|\{[^{}]*\})")
_SIMPLE = re.compile(
    r"[.#][\w\u4e00-\u9fff-]+|\[\s*([\w-]+)\s*(?:=\s*[\"']?([^\"'\]]*)[\"']?)?\s*\]|:nth-(?:child|of-type)\(\s*(\w+)\s*\)|"
    r":(?:first|last)-(?:child|of-type)|[\w-]+|\*"
)
_MOST_RULES = 5000
_WATCHED = frozenset(
    {
        "display",
        "visibility",
        "opacity",
        "font-size",
        "color",
        "background",
        "background-color",
        "left",
        "top",
        "text-indent",
        "position",
        "clip",
        "clip-path",
        "mso-hide",
        "height",
        "width",
        "overflow",
        "text-decoration",
    }
)
_WHITE = re.compile(
    r"white|#fff(fff)?|transparent|rgba?\(\s*25[0-5]\s*,\s*25[0-5]\s*,\s*25[0-5].*\)|rgba\(.*,\s*0(\.0+)?\s*\)"
)
_FAR = re.compile(r"-\d{3,}(\.\d+)?(px|pt|em|rem)?")
_NOTHING = re.compile(r"0(\.0+)?(px|pt|em|rem|%)?")


@dataclass(frozen=True, slots=True)
class _Part:
    """One compound of a selector: tag, classes, id, attributes, place among its siblings (1 first, -1 last)."""

    tag: str
    classes: frozenset[str]
    id: str
    attributes: tuple[tuple[str, str | None], ...]
    nth: str

    def fits(self, node: etree._Element) -> bool:
        if self.tag and node.tag != self.tag or self.id and node.get("id") != self.id:
            return False
        if self.classes and not self.classes <= set((node.get("class") or "").split()):
            return False
        for name, value in self.attributes:
            if node.get(name) is None or value is not None and node.get(name) != value:
                return False
        return not self.nth or self._nth(node)

    @property
    def weight(self) -> int:
        """By this the rule that counts is chosen among several: ids before classes before tags."""
        return 100 * bool(self.id) + 10 * (len(self.classes) + bool(self.nth)) + bool(self.tag)

    def _nth(self, node: etree._Element) -> bool:
        parent = node.getparent()
        siblings = [c for c in parent if isinstance(c.tag, str)] if parent is not None else [node]
        at = siblings.index(node) + 1
        if self.nth in ("odd", "even"):
            return at % 2 == (self.nth == "odd")
        return at == (len(siblings) if self.nth == "last" else whole_number(self.nth, -1))


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: tuple[_Part, ...]
    """Outermost first; each is an ancestor of the next."""
    values: dict[str, str]
    weight: tuple[int, int]


class Styles:
    """What the style sheets and the elements of a page say of being shown."""

    def __init__(self, root: etree._Element) -> None:
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        count = 0
        for sheet in root.iter("style"):
            if "print" in (sheet.get("media") or "") and "screen" not in (sheet.get("media") or ""):
                continue
            for selector, values in _parsed("".join(str(t) for t in sheet.itertext())):
                count += 1
                if count > _MOST_RULES:
                    return
                parts = _parts(selector)
                if parts:
                    last = parts[-1]
                    key = f"#{last.id}" if last.id else f".{min(last.classes)}" if last.classes else last.tag
                    self._rules[key].append(_Rule(parts, values, (sum(p.weight for p in parts), count)))

    def of(self, node: etree._Element) -> dict[str, str]:
        """The watched properties of one element, its own style last."""
        found: list[_Rule] = []
        if self._rules:
            keys = [
                str(node.tag),
                "",
                *(f".{c}" for c in (node.get("class") or "").split()),
                f"#{node.get('id')}",
            ]
            found = [r for k in keys for r in self._rules.get(k, ()) if _matches(r.parts, node)]
        out: dict[str, str] = {}
        for rule in sorted(found, key=lambda r: r.weight):
            out |= rule.values
        style = node.get("style")
        return out | _values(style) if style else out

    def hidden(self, node: etree._Element) -> str:
        """GONE or BLANK where an element and all in it is not painted; else empty."""
        if node.get("hidden") is not None:
            return GONE
        values = self.of(node)
        if not values:
            return ""
        if values.get("display") == "none" or values.get("mso-hide") == "all":
            return GONE
        if _invisible(values) or _moved_away(values):
            return BLANK
        color = values.get("color", "")
        return BLANK if color and _WHITE.fullmatch(color) and not self._on_colour(node, color) else ""

    def _on_colour(self, node: etree._Element, color: str) -> bool:
        """White letters on a ground that has a colour; clear letters are never seen."""
        if color == "transparent" or color.startswith("rgba"):
            return False
        at: etree._Element | None = node
        while at is not None:
            values = self.of(at)
            ground = (
                values.get("background-color")
                or values.get("background")
                or (at.get("bgcolor") or "").lower()
            )
            if ground and not _WHITE.match(ground) and ground not in ("none", "inherit", "initial"):
                return True
            at = at.getparent()
        return False


def _invisible(values: dict[str, str]) -> bool:
    """Hidden, clear, or of no size."""
    if values.get("visibility") in ("hidden", "collapse"):
        return True
    if _zero(values, "opacity") or _zero(values, "font-size"):
        return True
    return values.get("overflow") == "hidden" and (_zero(values, "height") or _zero(values, "width"))


def _moved_away(values: dict[str, str]) -> bool:
    """Far off the page, or clipped to nothing where it stands."""
    if _FAR.fullmatch(values.get("text-indent", "")):
        return True
    if values.get("position") not in ("absolute", "fixed"):
        return False
    if any(_FAR.fullmatch(values.get(side, "")) for side in ("left", "top")):
        return True
    return bool(re.match(r"rect\(\s*[01](px)?[ ,]+[01]", values.get("clip", "")))


def _zero(values: dict[str, str], name: str) -> bool:
    return bool(_NOTHING.fullmatch(values.get(name, "")))


def _parsed(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    text = _COMMENT.sub(" ", text[:1_000_000])
    text = _MEDIA.sub(
        lambda m: " " if "print" in m.group(1) and "screen" not in m.group(1) else m.group(2), text
    )
    for rule in _AT.sub(" ", text).split("}")[:-1]:
        head, opened, declared = rule.rpartition("{")
        if opened and (values := _values(declared)):
            for selector in head.rpartition("{")[2].split(","):
                yield selector.strip(), values


def _values(text: str) -> dict[str, str]:
    out = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        if name in _WATCHED:
            out[name] = value.replace("!important", "").strip().lower()
    return out


def _parts(selector: str) -> tuple[_Part, ...]:
    """The compounds of a selector; empty where it says something that is not understood."""
    out = []
    for word in re.split(r"\s*>\s*|\s+", selector):
        found = list(_SIMPLE.finditer(word))
        if not found or "".join(m.group() for m in found) != word:
            return ()
        tag = ident = nth = ""
        classes: list[str] = []
        attributes: list[tuple[str, str | None]] = []
        for m in found:
            token = m.group()
            if token[0] == ".":
                classes.append(token[1:])
            elif token[0] == "#":
                ident = token[1:]
            elif token[0] == "[":
                attributes.append((m.group(1).lower(), m.group(2)))
            elif token[0] == ":":
                nth = m.group(3) or ("1" if token.startswith(":first") else "last")
            elif token != "*":
                tag = token.lower()
        out.append(_Part(tag, frozenset(classes), ident, tuple(attributes), nth))
    return tuple(out)


def _matches(parts: tuple[_Part, ...], node: etree._Element) -> bool:
    if not parts[-1].fits(node):
        return False
    left = len(parts) - 2
    at = node.getparent()
    while left >= 0 and at is not None:
        if isinstance(at.tag, str) and parts[left].fits(at):
            left -= 1
        at = at.getparent()
    return left < 0
