"""Plain text with tab-separated tables, as other people's extraction leaves it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from yibenzhang.model.documents import Cell, Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.places import LinePlace
from yibenzhang.reading.folding import FOLDED
from yibenzhang.reading.limits import MAX_LINE_CHARS, MAX_TEXT_LINES, ReadingError
from yibenzhang.reading.paragraphs import STARTS

_TAGS = re.compile(r"</?(?:p|br|b|i|span|div|strong)\s*/?>", re.IGNORECASE)
_MARKUP = re.compile(r"^\s*(?:[-*#]+\s+)|\*\*")
_CONTENTS = re.compile(r"(?:\.{2,}|…+|·{2,})[\s.]*\d*\s*$|^\s*第[一二三四五]部分[^\t]*\t\d+\s*$")
_ENDS = tuple("。；：！？;:!?")
_LONGEST_HEADING = 44
_FULL_LINE = 24
"""A line shorter than this many characters was not broken by the width of a page."""


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or GB18030. Raises ReadingError otherwise."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\x00" in data[:4096]:
        candidates = _wide(data[:4096])
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        odd = sum(1 for c in text[:20000] if ord(c) < 32 and c not in "\t\r\n\f\v")
        if odd > len(text[:20000]) // 100:
            break
        if encoding == "gb18030" and _is_big5(data, text):
            raise ReadingError("文件是繁体中文（大五码，Big5）的文本，没有读取；请另存为 UTF-8。")
        return text
    raise ReadingError(
        "文件不是可识别的文本（UTF-8、UTF-16 或 GB18030），也不是 PDF；请核对文件内容与扩展名。"
    )


def _is_big5(data: bytes, text: str) -> bool:
    """Read as GB18030 it has characters that nobody has given a meaning, and as Big5 it has none that is unknown."""
    private = sum("\ue000" <= c <= "\uf8ff" for c in text[:20000])
    wide = sum(c > "\x7f" for c in text[:20000])
    if not private or private * 50 < wide:
        return False
    try:
        data.decode("big5hkscs")
    except UnicodeDecodeError:
        return False
    return True


def _wide(head: bytes) -> list[str]:
    """Text of two bytes a character without a mark: digits and separators have their zero byte on one side."""
    odd, even = head[1::2].count(0), head[::2].count(0)
    if min(odd, even) * 10 > max(odd, even):
        return []
    return ["utf-16-le" if odd > even else "utf-16-be"]


def read_text(data: bytes) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """A text file as one page: paragraphs and tab-separated tables in order."""
    lines = decode(data).translate(FOLDED).splitlines()
    notices: list[ReadingNotice] = []
    if len(lines) > MAX_TEXT_LINES:
        notices.append(ReadingNotice(f"共 {len(lines)} 行，只读取了前 {MAX_TEXT_LINES} 行。", cut=True))
        lines = lines[:MAX_TEXT_LINES]
    blocks: list[Paragraph | Table] = []
    rows: list[tuple[int, str]] = []
    tables = 0
    goes_on = False
    by_width = _broken_by_width(lines)
    parting = _empty_lines_part(lines, by_width)
    full = _FULL * _longest(lines) if by_width else _LONG_LINE
    gap, before = False, ""
    for number, raw in enumerate(lines, start=1):
        line = raw[:MAX_LINE_CHARS]
        if "\t" in line and line.strip() and not _CONTENTS.search(line):
            rows.append((number, line))
            continue
        if rows:
            blocks.append(_table(tables, rows))
            tables += 1
            rows = []
        text = _MARKUP.sub("", _TAGS.sub("", line)).strip()
        if not text:
            gap = True
            continue
        last, apart = blocks[-1] if blocks else None, gap and parting and len(before) < full
        gap, before = False, text
        if isinstance(last, Paragraph) and goes_on and not apart and not STARTS.match(text):
            blocks[-1] = replace(last, text=last.text + text)
        else:
            blocks.append(Paragraph(text, LinePlace(number, 0, len(line)), apart=apart))
        goes_on = by_width and _is_broken(text)
    if rows:
        blocks.append(_table(tables, rows))
    if not blocks:
        raise ReadingError("文件是空的，没有任何内容。")
    return (Page(0, 0, 0, tuple(blocks)),), tuple(notices)


_LONG_LINE = 60
"""A line so long may be the head of a paragraph that the end of a page broke, whatever stands below it."""
_WIDEST = 160
"""No page is so wide: where a line is longer each is a paragraph."""


_FULL = Decimal("0.6")
"""A line that the width of a page broke has at least this share of the longest one."""


def _broken_by_width(lines: list[str]) -> bool:
    """Whether lines end where the page does: none is too wide, and most that end in the middle of a sentence are
    full."""
    longest = _longest(lines)
    open_ended = [text for line in lines if "\t" not in line and _is_broken(text := line.strip())]
    full = sum(len(line) >= _FULL * longest for line in open_ended)
    return longest <= _WIDEST and 2 * full >= len(open_ended)


def _longest(lines: list[str]) -> int:
    return max((len(line.strip()) for line in lines if "\t" not in line), default=0)


_CLOSE_IN = 5
"""Where fewer than one line in so many stands right below another, the text is printed with wide gaps."""


def _empty_lines_part(lines: list[str], by_width: bool) -> bool:
    """Whether an empty line parts paragraphs: not where nearly every line of a page has one below it."""
    numbers = [k for k, line in enumerate(lines) if line.strip() and "\t" not in line]
    close = sum(b == a + 1 for a, b in pairwise(numbers))
    return not by_width or close * _CLOSE_IN >= len(numbers)


def _is_broken(text: str) -> bool:
    """A full line without an end, which the width of a page broke: what follows goes on with it."""
    if len(text) < _FULL_LINE or text.endswith(_ENDS):
        return False
    heading = len(text) <= _LONGEST_HEADING and STARTS.match(text) and not re.search(r"[，。；,;]", text)
    return not heading


def _table(index: int, rows: list[tuple[int, str]]) -> Table:
    cells: list[Cell] = []
    columns = 0
    for r, (number, line) in enumerate(rows):
        start = 0
        parts = line.split("\t")
        columns = max(columns, len(parts))
        for c, part in enumerate(parts):
            text = _TAGS.sub("", part)
            indent = float(len(text) - len(text.lstrip()))
            place = LinePlace(number, start, start + len(part))
            cells.append(Cell(r, c, 1, 1, text.strip(), place, indent))
            start += len(part) + 1
    return Table(index, (), len(rows), columns, tuple(cells), (), "tabbed")
