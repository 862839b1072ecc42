"""Where the notice of a web page stands among menus, footers and the names of the site."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from yibenzhang.model.amounts import parse_amount

INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "ins",
        "label",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "o",
        "st1",
        "wbr",
        "nobr",
        "img",
        "input",
    }
)
FOOT = re.compile(
    r"版权所有|ICP备|网站标识码|公网安备|技术支持|建议使用.{0,12}(分辨率|浏览器)|您(的|当前)位置|^当前位置|访问量|"
    r"字体?(大小)?[:：]?\s*[\[【]?\s*大|打印本页|关闭窗口|扫一扫|分享到"
)
_SENTENCE = re.compile(r"[。；]")
_SHORT = 60
"""The name of a site, a path or a date is no longer than this."""


@dataclass(slots=True)
class Weight:
    """What an element holds: words outside links, sentences, number cells, words inside links, links."""

    words: int = 0
    sentences: int = 0
    numbers: int = 0
    linked: int = 0
    links: int = 0


class Layout:
    """What each element of a page holds."""

    def __init__(self, body: etree._Element) -> None:
        self.weights: dict[etree._Element, Weight] = {}
        self._weigh(body)

    def _weigh(self, body: etree._Element) -> None:
        order = list(body.iter(etree.Element))
        for node in order:
            self.weights[node] = Weight()
        for node in reversed(order):
            own = self.weights[node]
            self._add(own, node.text, node)
            if node.tag == "a" and not (node.get("href") or "#").startswith(("#", "javascript")):
                own.links += 1
            if node.tag in ("td", "th") and len(node) < 8:
                words = "".join(str(t) for t in node.itertext()) if own.words + own.linked < 30 else ""
                own.numbers += bool(parse_amount(words))
            parent = node.getparent()
            if parent is None or node is body:
                continue
            above = self.weights[parent]
            above.words += own.words
            above.sentences += own.sentences
            above.numbers += own.numbers
            above.linked += own.linked
            above.links += own.links
            self._add(above, node.tail, parent)

    def _add(self, weight: Weight, text: str | None, node: etree._Element) -> None:
        words = (text or "").strip()
        if not words:
            return
        link = node
        for _ in range(3):
            if link.tag == "a" and (link.get("href") or "#")[0] != "#":
                weight.linked += len(words)
                return
            up = link.getparent()
            if up is None:
                break
            link = up
        weight.words += len(words)
        weight.sentences += len(_SENTENCE.findall(words))

    def main(self, body: etree._Element) -> etree._Element:
        """The innermost element that leaves nothing of the notice outside."""
        node = body
        while True:
            inside = parts_of(node)
            best = max(inside, key=lambda c: self.weights[c].words, default=None)
            if best is None or best.tag in INLINE or best.tag in ("p", "h1", "h2", "h3", "li"):
                return node
            if best.tag == "table" and next(best.iterdescendants("table"), None) is None:
                return node
            bare = self.weights[node].words - sum(self.weights[c].words for c in inside)
            if bare > _SHORT or not all(c is best or self._beside(c) for c in inside):
                return node
            node = best

    def _beside(self, node: etree._Element) -> bool:
        """A menu, a footer, the name of the site: nothing of the notice itself."""
        weight = self.weights[node]
        if self.menu(node):
            return True
        if weight.numbers or weight.words > 300:
            return False
        words = "".join(str(t) for t in node.itertext())
        if FOOT.search(words):
            return True
        named = (
            node.tag in ("p", "h1", "h2", "h3", "h4")
            or next(node.iter("p", "h1", "h2", "h3"), None) is not None
        )
        return not weight.sentences and weight.words <= _SHORT and not named

    def numbers(self, node: etree._Element) -> int:
        """How many cells with numbers it holds."""
        weight = self.weights.get(node)
        return weight.numbers if weight else 0

    def menu(self, node: etree._Element) -> bool:
        weight = self.weights.get(node)
        if weight is None or weight.numbers > 3:
            return False
        return weight.links >= 3 and weight.linked > 2 * weight.words and not weight.sentences


def rows_of(table: etree._Element) -> list[etree._Element]:
    """The rows of a table as they are shown: those of its head first, those of its foot last."""
    out: list[tuple[int, etree._Element]] = []
    for child in table:
        if child.tag == "tr":
            out.append((1, child))
        elif child.tag in ("thead", "tbody", "tfoot"):
            at = ("thead", "tbody", "tfoot").index(child.tag)
            out.extend((at, tr) for tr in child if tr.tag == "tr")
    return [tr for _, tr in sorted(out, key=lambda pair: pair[0])]


def parts_of(node: etree._Element) -> list[etree._Element]:
    """The elements inside an element; of a table its cells."""
    if node.tag == "table":
        return [c for tr in rows_of(node) for c in tr if c.tag in ("td", "th")]
    return [c for c in node if isinstance(c.tag, str)]
