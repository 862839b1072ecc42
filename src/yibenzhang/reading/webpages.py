"""Web pages: the text and tables of a notice among menus and footers; nested tables that only lay out a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import etree

from yibenzhang.amounts import parse_amount
from yibenzhang.documents import Cell, Page, Paragraph, ReadingNotice, Table
from yibenzhang.places import FlowPlace
from yibenzhang.reading.blocks import Grid, blocks_of, lines_of, settled
from yibenzhang.reading.limits import (
    MAX_CELL_CHARS,
    MAX_GRID_POSITIONS,
    MAX_HTML_BYTES,
    MAX_HTML_DEPTH,
    MAX_SHEET_CELLS,
    ReadingError,
)

_DROPPED = frozenset({"script", "style", "noscript", "iframe", "select", "button", "textarea", "svg", "template",
    "nav", "footer", "aside", "object", "embed", "head", "map", "audio", "video", "option"})  # fmt: skip
_INLINE = frozenset({"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "ins", "label",
    "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "o", "st1", "wbr",
    "nobr", "img", "input"})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_SENTENCE = re.compile(r"[。；]")
_FOOT = re.compile(
    r"版权所有|ICP备|网站标识码|公网安备|技术支持|建议使用.{0,12}(分辨率|浏览器)|您(的|当前)位置|^当前位置|访问量|"
    r"字体?(大小)?[:：]?\s*[\[【]?\s*大|打印本页|关闭窗口|扫一扫|分享到"
)
_ATTACHED = re.compile(r"\.(docx?|xlsx?|wps|et|pdf|ofd|zip|rar|7z|csv|rtf)$", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_WIDEST = 1000
_MAIN_SHARE = 0.6


def decode_page(data: bytes) -> tuple[str, bool]:
    """The text of a page and whether all of it could be decoded: mark, then UTF-8, then what it declares."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), True
    try:
        return data.decode("utf-8-sig"), True  # text in GBK is hardly ever well-formed UTF-8
    except UnicodeDecodeError:
        pass
    found = _CHARSET.search(data[:8192])
    named = found.group(1).decode("ascii").lower() if found else "gb18030"
    if named.startswith(("gb", "utf", "x-gb")):
        named = "gb18030"
    for encoding in dict.fromkeys((named, "gb18030")):
        try:
            return data.decode(encoding), True
        except (UnicodeDecodeError, LookupError):
            continue
    text = data.decode("gb18030", "replace")
    if "utf" in (found.group(1).decode("ascii").lower() if found else ""):
        other = data.decode("utf-8", "replace")
        text = other if other.count("\ufffd") <= text.count("\ufffd") else text
    return text, False


def read_html(data: bytes) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """A saved page as one page of blocks. Raises ReadingError."""
    if len(data) > MAX_HTML_BYTES:
        raise ReadingError(f"网页超过 {MAX_HTML_BYTES // 1024 // 1024} MB，不予读取。")
    text, whole = decode_page(data)
    text = (
        "".join(c if c >= " " or c in "\t\n\r" else " " for c in text) if "\x00" in text[:100_000] else text
    )
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, etree.ParserError, ValueError) as error:
        raise ReadingError("网页已损坏或没有内容，无法读取。") from error
    if root is None:
        raise ReadingError("网页已损坏或没有内容，无法读取。")
    notices = [] if whole else [ReadingNotice("网页里有无法解码的字，已用“\ufffd”代替。")]
    if any("depth" in e.message.lower() for e in parser.error_log):
        notices.append(ReadingNotice("网页嵌套过深，过深的内容没有读取。", unread=True))
    reader = _Reader(root)
    blocks = reader.read()
    if not blocks:
        raise ReadingError("网页里没有任何正文或表格（可能内容由脚本生成，请另存为完整网页）。")
    notices += reader.notices
    return (Page(0, 0, 0, tuple(blocks)),), tuple(notices)


@dataclass(slots=True)
class _Weight:
    """What an element holds: words outside links, sentences, number cells, words inside links, links."""

    words: int = 0
    sentences: int = 0
    numbers: int = 0
    linked: int = 0
    links: int = 0


@dataclass(slots=True)
class _Text:
    """Inline words as they come; a paragraph ends where a block begins or ends."""

    lines: list[str] = field(default_factory=lambda: [""])

    def say(self, words: str) -> None:
        self.lines[-1] += words

    def end(self) -> None:
        if self.lines[-1].strip():
            self.lines.append("")

    def take(self) -> list[str]:
        out = [s for line in self.lines if (s := _SPACES.sub(" ", line).strip())]
        self.lines = [""]
        return out


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.notices: list[ReadingNotice] = []
        self.blocks: list[Paragraph | Table] = []
        self._text = _Text()
        self._weights: dict[etree._Element, _Weight] = {}
        self._paragraphs = self._tables = self._found = 0
        self._cells = MAX_SHEET_CELLS

    def read(self) -> list[Paragraph | Table]:
        self._attachments()
        for node in list(self.root.iter()):
            if node is not self.root and _dropped(node):
                _remove(node)
        body = next(self.root.iter("body"), self.root)
        self._weigh(body)
        main = self._main(body)
        self._walk(main, 0)
        self._flush()
        self._title(body, main)
        return self.blocks

    def _attachments(self) -> None:
        names = []
        for a in self.root.iter("a"):
            target = unquote((a.get("href") or "").partition("#")[0].partition("?")[0])
            words = _SPACES.sub(" ", "".join(str(t) for t in a.itertext())).strip()
            if _ATTACHED.search(target) or _ATTACHED.search(words):
                names.append(words or target.rpartition("/")[2])
        names = list(dict.fromkeys(n[:80] for n in names if n))
        if names:
            told = "、".join(names[:12]) + (" 等" if len(names) > 12 else "")
            self.notices.append(
                ReadingNotice(f"网页列有 {len(names)} 个附件，附件没有读取，请下载后一并检查：{told}。")
            )

    # ---- where the text is -----------------------------------------------------------------

    def _weigh(self, body: etree._Element) -> None:
        order = list(body.iter(etree.Element))
        for node in order:
            self._weights[node] = _Weight()
        for node in reversed(order):
            mine = self._weights[node]
            self._add(mine, node.text, node)
            if node.tag == "a" and not (node.get("href") or "#").startswith(("#", "javascript")):
                mine.links += 1
            if node.tag in ("td", "th") and len(node) < 8:
                words = "".join(str(t) for t in node.itertext()) if mine.words + mine.linked < 30 else ""
                mine.numbers += bool(parse_amount(words))
            parent = node.getparent()
            if parent is None or node is body:
                continue
            above = self._weights[parent]
            for name in ("words", "sentences", "numbers", "linked", "links"):
                setattr(above, name, getattr(above, name) + getattr(mine, name))
            self._add(above, node.tail, parent)

    def _add(self, weight: _Weight, text: str | None, node: etree._Element) -> None:
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

    def _main(self, body: etree._Element) -> etree._Element:
        """The innermost element that leaves no sentences and no tables of numbers outside."""
        node = body
        while True:
            parts = _parts(node)
            best = max(parts, key=lambda c: self._weights[c].words, default=None)
            if best is None or best.tag in _INLINE or best.tag in ("p", "h1", "h2", "h3", "li"):
                return node
            if best.tag == "table" and next(best.iterdescendants("table"), None) is None:
                return node
            whole, part = self._weights[node], self._weights[best]
            small = part.words < _MAIN_SHARE * whole.words
            if small or whole.sentences - part.sentences > 1 or whole.numbers - part.numbers > 3:
                return node
            node = best

    def _title(self, body: etree._Element, main: etree._Element) -> None:
        """The title of the page before the text, where it stands outside the main part."""
        metas = {(m.get("name") or "").lower(): m.get("content") or "" for m in self.root.iter("meta")}
        heads = ["".join(str(t) for t in h.itertext()) for h in body.iter("h1", "h2") if not _inside(h, main)]
        page = next(("".join(str(t) for t in t.itertext()) for t in self.root.iter("title")), "")
        parts = [s for s in re.split(r"[_|]|\s[-–—]+\s|--", page) if s.strip()]
        parts.sort(key=lambda s: not re.search("预算|决算", s))
        for text in (metas.get("articletitle", ""), *heads, *parts[:1]):
            words = _SPACES.sub(" ", text).strip()
            if not re.search("预算|决算", words) or len(words) > 80:
                continue
            shown = "".join(b.text for b in self.blocks[:12] if isinstance(b, Paragraph))
            if re.sub(r"\s", "", words) not in re.sub(r"\s", "", shown):
                self.blocks.insert(0, Paragraph(words, FlowPlace(0)))
            return

    # ---- blocks ----------------------------------------------------------------------------

    def _walk(self, node: etree._Element, depth: int) -> None:
        """Element and tail are the caller's; ``depth`` bounds the nesting that is followed."""
        if depth > MAX_HTML_DEPTH:
            self._text.say("".join(str(t) for t in node.itertext()))
            return
        if node.tag == "table":
            self._flush()
            self._table(node, depth)
            return
        self._text.say(node.text or "")
        for child in node:
            tag = child.tag
            if tag in _INLINE:
                self._walk(child, depth + 1)
            elif tag == "br":
                self._text.end()
            elif isinstance(tag, str) and not self._menu(child):
                self._text.end()
                self._walk(child, depth + 1)
                self._text.end()
            self._text.say(child.tail or "")

    def _menu(self, node: etree._Element) -> bool:
        weight = self._weights.get(node)
        if weight is None or weight.numbers > 3:
            return False
        return weight.links >= 3 and weight.linked > 2 * weight.words and not weight.sentences

    def _flush(self) -> None:
        for line in self._text.take():
            if _FOOT.search(line) and len(line) < 200:
                continue
            self._paragraphs += 1
            self.blocks.extend(lines_of(line, FlowPlace(self._paragraphs)))

    def _table(self, table: etree._Element, depth: int) -> None:
        rows = [[c for c in tr if c.tag in ("td", "th")] for tr in _rows(table)]
        if any(next(c.iterdescendants("table"), None) is not None for row in rows for c in row):
            if self._only_lays_out(rows):
                for row in rows:
                    for cell in row:
                        if not self._menu(cell):
                            self._walk(cell, depth + 1)
                            self._flush()
                return
        elif self._menu(table):
            return
        caption = next(table.iterchildren("caption"), None)
        if caption is not None:
            self._walk(caption, depth + 1)
            self._flush()
        self._tables += 1
        number = self._tables
        inner: list[etree._Element] = []
        cells, width = self._placed(rows, number, inner, depth)
        high = len(rows)
        grid = Grid(high, width, tuple(settled(cells, high, width)), None, True, "ruled")
        blocks = blocks_of(grid, lambda i, j: FlowPlace(0, number, i + 1, j + 1), self._found)
        self._found += sum(isinstance(b, Table) for b in blocks)
        self.blocks.extend(b for b in blocks if isinstance(b, Table) or not _FOOT.search(b.text))
        for child in inner:
            self._table(child, depth + 1)

    def _only_lays_out(self, rows: list[list[etree._Element]]) -> bool:
        """Its own cells hold fewer numbers than the tables inside it."""
        own = inside = 0
        for row in rows:
            for cell in row:
                numbers = self._weights[cell].numbers if cell in self._weights else 0
                if next(cell.iterdescendants("table"), None) is not None:
                    inside += numbers
                else:
                    own += numbers
        return own < 4 or own < inside

    def _placed(
        self, rows: list[list[etree._Element]], number: int, inner: list[etree._Element], depth: int
    ) -> tuple[list[Cell], int]:
        """Cells where rowspan and colspan put them."""
        cells: list[Cell] = []
        below: dict[int, int] = {}  # column → first row that is free again
        width = work = 0
        for r, row in enumerate(rows):
            c = 0
            for node in row:
                while below.get(c, 0) > r:
                    c += 1
                wide = max(1, min(_count(node.get("colspan")), _WIDEST))
                high = _count(node.get("rowspan"))
                high = min(high or len(rows), len(rows) - r)
                self._cells -= 1
                work += wide
                if self._cells < 0 or work > MAX_GRID_POSITIONS:
                    raise ReadingError("网页里的表格过大，不予读取。")
                text = self._cell_text(node, inner, depth)
                cells.append(Cell(r, c, high, wide, text, FlowPlace(0, number, r + 1, c + 1)))
                for k in range(c, c + wide):
                    below[k] = r + high
                c += wide
                width = max(width, c)
        if len(rows) * width > MAX_GRID_POSITIONS:
            raise ReadingError("网页里的表格过大，不予读取。")
        return cells, width

    def _cell_text(self, node: etree._Element, inner: list[etree._Element], depth: int) -> str:
        outside, self._text = self._text, _Text()
        self._cell_walk(node, inner, depth)
        lines = self._text.take()
        self._text = outside
        return "\n".join(lines)[:MAX_CELL_CHARS]

    def _cell_walk(self, node: etree._Element, inner: list[etree._Element], depth: int) -> None:
        self._text.say(node.text or "")
        for child in node:
            if child.tag == "table":
                inner.append(child)
            elif child.tag == "br":
                self._text.end()
            elif isinstance(child.tag, str) and depth < MAX_HTML_DEPTH:
                if child.tag not in _INLINE:
                    self._text.end()
                self._cell_walk(child, inner, depth + 1)
                if child.tag not in _INLINE:
                    self._text.end()
            self._text.say(child.tail or "")


def _count(text: str | None) -> int:
    match = re.match(r"\s*(\d{1,6})", text or "1")
    return int(match.group(1)) if match else 1


def _rows(table: etree._Element) -> list[etree._Element]:
    out = []
    for child in table:
        if child.tag == "tr":
            out.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            out.extend(tr for tr in child if tr.tag == "tr")
    return out


def _parts(node: etree._Element) -> list[etree._Element]:
    """The elements inside an element; of a table its cells."""
    if node.tag == "table":
        return [c for tr in _rows(node) for c in tr if c.tag in ("td", "th")]
    return [c for c in node if isinstance(c.tag, str)]


def _inside(node: etree._Element, outer: etree._Element) -> bool:
    at: etree._Element | None = node
    while at is not None:
        if at is outer:
            return True
        at = at.getparent()
    return False


def _dropped(node: Any) -> bool:
    tag = node.tag
    if not isinstance(tag, str):
        return True
    if tag in _DROPPED and tag != "head":
        return True
    if node.get("hidden") is not None:
        return True
    style = node.get("style")
    return bool(style and _HIDDEN.search(style))


def _remove(node: etree._Element) -> None:
    """Take an element out and leave the words after it."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)
