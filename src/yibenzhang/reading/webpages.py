"""Web pages: the text and tables of a notice among menus and footers; nested tables that only lay out a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from urllib.parse import unquote

from lxml import etree

from yibenzhang.model.documents import Cell, Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.places import FlowPlace
from yibenzhang.reading.articles import FOOT, INLINE, Layout, rows_of
from yibenzhang.reading.blocks import Grid, blocks_of, lines_of, settled
from yibenzhang.reading.boxes import positioned
from yibenzhang.reading.folding import plain
from yibenzhang.reading.headed import take_headings
from yibenzhang.reading.limits import (
    MAX_CELL_CHARS,
    MAX_GRID_POSITIONS,
    MAX_HTML_BYTES,
    MAX_HTML_DEPTH,
    MAX_HTML_TAGS,
    MAX_SHEET_CELLS,
    ReadingError,
)
from yibenzhang.reading.painting import is_picture_only, painted, unread_parts

_ATTACHED = re.compile(r"\.(docx?|xlsx?|wps|et|pdf|ofd|zip|rar|7z|csv|rtf)$", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_WIDEST = 1000
_LOOSE = re.compile(r"-?[\d,]*\d\.\d\d")
_MOST_LOOSE = 6


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


def read_mhtml(data: bytes) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """A page saved with all its parts in one file (Word and browsers). Raises ReadingError."""
    try:
        parts = list(message_from_bytes(data).walk())
        sheets = [
            s
            for p in parts
            if p.get_content_type() == "text/css" and isinstance(s := p.get_payload(decode=True), bytes)
        ]
        for part in parts:
            if part.get_content_type() == "text/html":
                page = part.get_payload(decode=True)
                if isinstance(page, bytes) and page.strip():
                    return read_html(page, "\n".join(decode_page(s)[0] for s in sheets))
    except (ValueError, LookupError, TypeError, AttributeError, MessageError) as error:
        raise ReadingError("网页存档已损坏，无法读取。") from error
    raise ReadingError("网页存档里没有网页。")


def read_html(data: bytes, sheets: str = "") -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """A saved page as one page of blocks; ``sheets``: the style sheets saved beside it. Raises ReadingError."""
    if len(data) > MAX_HTML_BYTES:
        raise ReadingError(f"网页超过 {MAX_HTML_BYTES // 1024 // 1024} MB，不予读取。")
    text, whole = decode_page(data)
    if text.count("<") > MAX_HTML_TAGS:
        raise ReadingError("网页内容过多（标记超过上限），不予读取。")
    text = (
        "".join(c if c >= " " or c in "\t\n\r" else " " for c in text) if "\x00" in text[:100_000] else text
    )
    text = plain(text)
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
    reader = _Reader(root, sheets)
    blocks = reader.read()
    if reader.pages:
        return tuple(reader.pages), tuple(notices + reader.notices)
    if not blocks:
        raise ReadingError("网页里没有任何正文或表格（可能内容由脚本生成，请另存为完整网页）。")
    notices += reader.notices
    return (Page(0, 0, 0, tuple(blocks)),), tuple(notices)


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
    def __init__(self, root: etree._Element, sheets: str = "") -> None:
        self.root = root
        self._sheets = sheets
        self.notices: list[ReadingNotice] = []
        self.pages: list[Page] = []  # of a document in boxes placed one by one
        self.blocks: list[Paragraph | Table] = []
        self._text = _Text()
        self._paragraphs = self._tables = self._found = 0
        self._cells = MAX_SHEET_CELLS

    def read(self) -> list[Paragraph | Table]:
        self._attachments()
        styles = painted(self.root, self._sheets)
        take_headings(self.root, "table")
        self.pages = positioned(self.root, styles)
        body = next(self.root.iter("body"), self.root)
        self._layout = Layout(body)
        main = self._layout.main(body)
        self._walk(main, 0)
        self._flush()
        self._title(body, main)
        self.notices += unread_parts(main)
        if styles.unknown:
            stated = (
                f"网页样式里有 {styles.unknown} 条隐藏内容的规则没有看懂，读到的可能有页面上不显示的内容。"
            )
            self.notices.append(ReadingNotice(stated))
        loose = sum(isinstance(b, Paragraph) and bool(_LOOSE.fullmatch(b.text.strip())) for b in self.blocks)
        if loose >= _MOST_LOOSE:
            self.notices.append(ReadingNotice(f"网页里有 {loose} 个数字单独成行，不在表格里，没有按表核对。"))
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
            stated = "、".join(names[:12]) + (" 等" if len(names) > 12 else "")
            self.notices.append(
                ReadingNotice(f"网页列有 {len(names)} 个附件，附件没有读取，请下载后一并检查：{stated}。")
            )

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
            if tag in INLINE:
                self._walk(child, depth + 1)
            elif tag == "br":
                self._text.end()
            elif isinstance(tag, str) and not self._layout.menu(child):
                self._text.end()
                self._walk(child, depth + 1)
                self._text.end()
            self._text.say(child.tail or "")

    def _flush(self) -> None:
        for line in self._text.take():
            if FOOT.search(line) and len(line) < 200:
                continue
            self._paragraphs += 1
            self.blocks.extend(lines_of(line, FlowPlace(self._paragraphs)))

    def _table(self, table: etree._Element, depth: int) -> None:
        rows = [[c for c in tr if c.tag in ("td", "th")] for tr in rows_of(table)]
        nested = any(next(c.iterdescendants("table"), None) is not None for row in rows for c in row)
        if nested and self._only_lays_out(rows):
            self._cells_apart(rows, depth)
            return
        if not nested and self._layout.menu(table):
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
        self.blocks.extend(b for b in blocks if isinstance(b, Table) or not FOOT.search(b.text))
        for child in inner:
            self._table(child, depth + 1)

    def _cells_apart(self, rows: list[list[etree._Element]], depth: int) -> None:
        """The cells of a table that only lays out the page, each for itself."""
        for row in rows:
            for cell in row:
                if not self._layout.menu(cell):
                    self._walk(cell, depth + 1)
                    self._flush()

    def _only_lays_out(self, rows: list[list[etree._Element]]) -> bool:
        """Its own cells hold fewer numbers than the tables inside it."""
        own = inside = 0
        for row in rows:
            for cell in row:
                numbers = self._layout.numbers(cell)
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
                if self._cells < 0 or max(work, len(rows) * (c + wide)) > MAX_GRID_POSITIONS:
                    raise ReadingError("网页里的表格过大，不予读取。")
                text = self._cell_text(node, inner, depth)
                drawn = not text and is_picture_only(node)
                cells.append(
                    Cell(r, c, high, wide, text, FlowPlace(0, number, r + 1, c + 1), unreadable=drawn)
                )
                for k in range(c, c + wide):
                    below[k] = r + high
                c += wide
                width = max(width, c)
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
            if child.tag == "table" and _is_one_line(child):
                self._cell_walk(child, inner, depth + 1)
            elif child.tag == "table":
                inner.append(child)
            elif child.tag == "br":
                self._text.end()
            elif isinstance(child.tag, str) and depth < MAX_HTML_DEPTH:
                if child.tag not in INLINE:
                    self._text.end()
                self._cell_walk(child, inner, depth + 1)
                if child.tag not in INLINE:
                    self._text.end()
            self._text.say(child.tail or "")


def _is_one_line(table: etree._Element) -> bool:
    """A table of one row in a cell: a number with its unit, put side by side."""
    rows = rows_of(table)
    return len(rows) == 1 and len(rows[0]) <= 2 and next(table.iterdescendants("table"), None) is None


def _count(text: str | None) -> int:
    match = re.match(r"\s*(\d{1,6})", text or "1")
    return int(match.group(1)) if match else 1


def _inside(node: etree._Element, outer: etree._Element) -> bool:
    at: etree._Element | None = node
    while at is not None:
        if at is outer:
            return True
        at = at.getparent()
    return False
