"""Pages of a PDF whose content breaks off: PDFium draws what it can of a damaged stream and says nothing."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.digits import whole_number
from yibenzhang.reading.replaced import ACTUAL_TEXT

_MOST_BYTES = 8_000_000
"""What is longer than this unpacked is no page's content, or is bounded elsewhere."""
_MOST_STREAMS = 20_000
_LONGEST_HEAD = 2000
_DEEPEST = 40
_OTHER = (b"/Length1", b"/Type", b"/DecodeParms", b"/FunctionType", b"/Alternate")
_NUMBER = re.compile(rb"(\d+)\s+\d+\s*$")
_OBJECT = re.compile(rb"(\d+)\s+\d+\s+obj\b(.*?)(?:endobj|stream\r?\n)", re.DOTALL)
_PARTS = re.compile(rb"/Type\s*/ObjStm\b")
_REFERENCE = re.compile(rb"(\d+)\s+\d+\s+R")
_ENDS = re.compile(rb"(?:^|[\s\]>)])(?:Q|ET|EMC|S|s|f|F|f\*|B|B\*|b|b\*|n|Do|W|sh|EI|EX)\s*$")
"""What the content of a page ends with: an operator that paints or closes something."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Pages (from 1) whose content breaks off, and how many damaged pieces belong to no page that was found;
    ``replaced``: some words may be told otherwise than they are painted."""

    pages: frozenset[int] = frozenset()
    elsewhere: int = 0
    replaced: bool = False


def damage(data: bytes) -> Damage:
    """Which pages of a file are damaged; the tree of its pages is looked at only where something is. What is encrypted
    cannot be judged."""
    if b"/Encrypt" in data:
        return Damage(replaced=True)
    short = _breaks_off(data)
    replaced = ACTUAL_TEXT in data
    lost: set[int] = set()
    for number, packed in _streams(data):
        whole, text = _unpacked(packed)
        replaced = replaced or ACTUAL_TEXT in text
        if not whole:
            lost.add(number)
    if not lost:
        return Damage(elsewhere=int(short), replaced=replaced)
    objects = _objects(data)
    pages: set[int] = set()
    of_pages: set[int] = set()
    for position, page in enumerate(_pages(objects), start=1):
        contents = _contents(objects, page)
        of_pages |= contents
        if contents & lost:
            pages.add(position)
    return Damage(frozenset(pages), len(lost - of_pages) + short, replaced)


def _breaks_off(data: bytes) -> bool:
    """The file ends before its end: within a stream, or without the place of its table of objects."""
    opened = max(data.rfind(b"stream\r\n"), data.rfind(b"stream\n"))
    within = opened > 0 and data[opened - 3 : opened] != b"end" and data.find(b"endstream", opened) < 0
    return within or b"startxref" not in data


def _streams(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and packed bytes of the streams that may be content: no pictures, fonts or tables."""
    at = 0
    for _ in range(_MOST_STREAMS):
        at = data.find(b"stream", at)
        if at < 0:
            return
        begin = data.rfind(b" obj", max(0, at - _LONGEST_HEAD), at)
        end = data.find(b"endstream", at + 6)
        if end < 0:
            return
        head = data[begin:at] if begin >= 0 else b""
        number = _NUMBER.search(data, max(0, begin - 20), begin) if head else None
        start = at + (8 if data[at + 6 : at + 8] == b"\r\n" else 7)
        at = end + 9
        plain = not any(word in head for word in _OTHER) and (b"/Subtype" not in head or b"/Form" in head)
        plain = plain or _PARTS.search(head) is not None
        if number and b"/FlateDecode" in head and head.count(b"Decode") == 1 and plain:
            yield whole_number(number[1]), data[start:end]


def _unpacked(packed: bytes) -> tuple[bool, bytes]:
    """What is packed; False where unpacking fails or breaks off within something that is drawn."""
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(packed, _MOST_BYTES)
    except zlib.error:
        return False, b""
    if unpacking.eof or unpacking.unconsumed_tail:
        return True, text
    whole = _ENDS.search(text[-200:]) is not None and text.count(b"BT") == text.count(b"ET")
    return whole, text


def _objects(data: bytes) -> dict[int, bytes]:
    """The dictionaries of a file by number, also those that are packed; the last of a number counts."""
    out: dict[int, bytes] = {}
    for match in _OBJECT.finditer(data):
        out[whole_number(match[1])] = match[2]
        if _PARTS.search(match[2]):
            out.update(_packed(match[2], data[match.end() : match.end() + _MOST_BYTES]))
    return out


def _packed(head: bytes, packed: bytes) -> dict[int, bytes]:
    first = re.search(rb"/First\s+(\d+)", head)
    try:
        text = zlib.decompressobj().decompress(packed, _MOST_BYTES)
    except zlib.error:
        return {}
    if not first:
        return {}
    offset = whole_number(first[1])
    index = [whole_number(n) for n in text[:offset].split() if n.isdigit()]
    starts = [offset + n for n in index[1::2]]
    return {n: text[a:b] for n, a, b in zip(index[::2], starts, [*starts[1:], len(text)], strict=False)}


def _pages(objects: dict[int, bytes]) -> Iterator[bytes]:
    """The pages in order, by the tree of the last catalogue."""
    catalogues = [o for o in objects.values() if re.search(rb"/Type\s*/Catalog\b", o)]
    root = re.search(rb"/Pages\s+(\d+)\s+\d+\s+R", catalogues[-1]) if catalogues else None
    stack = [(whole_number(root[1]), 0)] if root else []
    seen: set[int] = set()
    while stack:
        number, depth = stack.pop()
        node = objects.get(number, b"")
        if number in seen or depth > _DEEPEST:
            continue
        seen.add(number)
        kids = re.search(rb"/Kids\s*\[(.*?)\]", node, re.DOTALL)
        if kids:
            stack += [(whole_number(n), depth + 1) for n in reversed(_REFERENCE.findall(kids[1]))]
        elif node:
            yield node


def _contents(objects: dict[int, bytes], page: bytes) -> set[int]:
    """The numbers of the streams a page is made of."""
    found = re.search(rb"/Contents\s*(\[.*?\]|\d+\s+\d+\s+R)", page, re.DOTALL)
    numbers = {whole_number(n) for n in _REFERENCE.findall(found[1])} if found else set()
    for n in list(numbers):
        listed = objects.get(n, b"").strip()
        if listed.startswith(b"["):
            numbers |= {whole_number(k) for k in _REFERENCE.findall(listed)}
    return numbers
