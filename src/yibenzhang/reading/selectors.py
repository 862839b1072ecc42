"""Selectors of style sheets: which elements a rule is meant for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from yibenzhang.model.digits import whole_number

_SIMPLE = re.compile(
    r"[.#][\w\u4e00-\u9fff-]+|\[\s*([\w-]+)\s*(?:([~^$*|]?)=\s*[\"']?([^\"'\]]*)[\"']?)?\s*\]|"
    r":nth-(?:child|of-type)\(\s*(\w+)\s*\)|:(?:first|last)-(?:child|of-type)|:not\(([^()]*)\)|[\w-]+|\*"
)
_CHOICE = re.compile(r":(?:is|where|matches|any)\(([^()]*)\)")
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
_MOMENTARY = re.compile(
    r"::|:(?:hover|focus|active|visited|link|target|checked|disabled|enabled|empty|before|after|selection|placeholder|"
    r"first-letter|first-line|invalid|valid|required|root|fullscreen|lang)",
    re.IGNORECASE,
)
_MOST_CHOICES = 20


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that must be there, and what its value must be: ``how`` is empty, ~, ^, $, * or |."""

    name: str
    how: str
    value: str | None

    def fits(self, node: etree._Element) -> bool:
        said = node.get(self.name)
        if said is None:
            return False
        wanted = self.value
        if wanted is None:
            return True
        if not wanted and self.how:
            return False
        return {
            "": said == wanted,
            "~": wanted in said.split(),
            "^": said.startswith(wanted),
            "$": said.endswith(wanted),
            "*": wanted in said,
            "|": said == wanted or said.startswith(wanted + "-"),
        }[self.how]


@dataclass(frozen=True, slots=True)
class Part:
    """One compound of a selector: tag, classes, id, attributes, place among its siblings (1 first, -1 last), and what
    it must not be."""

    tag: str
    classes: frozenset[str]
    id: str
    attributes: tuple[Attribute, ...]
    nth: str
    others: tuple[Part, ...] = ()

    def fits(self, node: etree._Element) -> bool:
        if self.tag and node.tag != self.tag or self.id and node.get("id") != self.id:
            return False
        if self.classes and not self.classes <= set((node.get("class") or "").split()):
            return False
        if not all(a.fits(node) for a in self.attributes) or any(o.fits(node) for o in self.others):
            return False
        return not self.nth or self._nth(node)

    @property
    def weight(self) -> int:
        """By this the rule that counts is chosen among several: ids before classes before tags."""
        own = 100 * bool(self.id) + 10 * (len(self.classes) + bool(self.nth) + len(self.attributes))
        return own + bool(self.tag) + sum(o.weight for o in self.others)

    def _nth(self, node: etree._Element) -> bool:
        parent = node.getparent()
        siblings = [c for c in parent if isinstance(c.tag, str)] if parent is not None else [node]
        at = siblings.index(node) + 1
        if self.nth in ("odd", "even"):
            return at % 2 == (self.nth == "odd")
        return at == (len(siblings) if self.nth == "last" else whole_number(self.nth, -1))


def choices(selector: str) -> Iterator[str]:
    """A selector for each of the alternatives that :is() and its like name."""
    waiting, count = [selector], 0
    while waiting and count < _MOST_CHOICES:
        at = waiting.pop()
        match = _CHOICE.search(at)
        if match is None:
            count += 1
            yield at
            continue
        waiting += [
            at[: match.start()] + one.strip() + at[match.end() :] for one in match.group(1).split(",")
        ]


def momentary(selector: str) -> bool:
    """It is about what is so only while somebody points at it, or about what is added to an element."""
    return _MOMENTARY.search(selector) is not None


def parts_of(selector: str) -> tuple[Part, ...]:
    """The compounds of a selector, outermost first; empty where it says something that is not understood."""
    out = []
    for word in re.split(r"\s*>\s*|\s+", unescaped(selector)):
        part = _part(word)
        if part is None:
            return ()
        out.append(part)
    return tuple(out)


def unescaped(text: str) -> str:
    """A text of a style sheet with the characters that its escapes stand for."""
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    if match.group(2):
        return match.group(2)
    code = int(match.group(1), 16)
    return chr(code) if 32 < code < 0x110000 else ""


def _part(word: str) -> Part | None:
    found = list(_SIMPLE.finditer(word))
    if not found or "".join(m.group() for m in found) != word:
        return None
    tag = ident = nth = ""
    classes: list[str] = []
    attributes: list[Attribute] = []
    others: list[Part] = []
    for m in found:
        token = m.group()
        if token[0] == ".":
            classes.append(token[1:])
        elif token[0] == "#":
            ident = token[1:]
        elif token[0] == "[":
            attributes.append(Attribute(m.group(1).lower(), m.group(2) or "", m.group(3)))
        elif token.startswith(":not("):
            inner = [_part(one.strip()) for one in m.group(5).split(",")]
            if any(one is None for one in inner):
                return None
            others += [one for one in inner if one]
        elif token[0] == ":":
            nth = m.group(4) or ("1" if token.startswith(":first") else "last")
        elif token != "*":
            tag = token.lower()
    return Part(tag, frozenset(classes), ident, tuple(attributes), nth, tuple(others))


def matches(parts: tuple[Part, ...], node: etree._Element) -> bool:
    """The element fits the last compound, its ancestors the others in their order."""
    if not parts[-1].fits(node):
        return False
    left = len(parts) - 2
    at = node.getparent()
    while left >= 0 and at is not None:
        if isinstance(at.tag, str) and parts[left].fits(at):
            left -= 1
        at = at.getparent()
    return left < 0
