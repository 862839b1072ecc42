"""Forms of a PDF that draw one another: a few kilobytes may come to billions of objects before anything can be
bounded."""

from __future__ import annotations

import re
import zlib

from yibenzhang.model.digits import whole_number

_FORM = re.compile(rb"/Subtype\s*/Form\b")
_XOBJECTS = re.compile(rb"/XObject\s*<<(.*?)>>", re.DOTALL)
_RESOURCES = re.compile(rb"/Resources\s+(\d{1,9})\s+\d+\s+R")
_REFERENCE = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d{1,9})\s+\d+\s+R")
_DRAWN = re.compile(rb"/([^\s/<>\[\]()]+)\s+Do\b")
_NUMBER = re.compile(rb"(\d{1,9})\s+\d{1,5}\s*$")
_FAR = 6000
_MOST_FORMS = 5000
_MOST_CONTENT = 1_000_000
_MOST_DEEP = 60


def expands_too_far(data: bytes, most: int) -> bool:
    """The forms of the file draw more than ``most`` forms in all, each counted as often as it is drawn."""
    children: dict[int, dict[int, int]] = {}
    for n, match in enumerate(_FORM.finditer(data)):
        if n >= _MOST_FORMS:
            break
        found = _form(data, match.start())
        if found is not None and found[1]:
            children[found[0]] = found[1]
    if len(children) < 3:
        return False
    known: dict[int, int] = {}
    return any(_weight(k, children, known, 0) > most for k in children)


def _form(data: bytes, at: int) -> tuple[int, dict[int, int]] | None:
    """The number of the form around this place, and how often it draws which others."""
    begin = data.rfind(b"obj", max(0, at - _FAR), at)
    stream = data.find(b"stream", at, at + _FAR)
    number = _NUMBER.search(data[max(0, begin - 20) : begin]) if begin >= 0 else None
    if number is None or stream < 0:
        return None
    head = data[begin:stream]
    if shared := _RESOURCES.search(head):
        other = data.find(shared.group(1) + b" 0 obj")
        head += data[other : other + _FAR] if other >= 0 else b""
    names = {n: whole_number(i) for part in _XOBJECTS.findall(head) for n, i in _REFERENCE.findall(part)}
    if not names:
        return whole_number(number.group(1)), {}
    start = stream + 6 + (2 if data[stream + 6 : stream + 8] == b"\r\n" else 1)
    content = data[start : start + _MOST_CONTENT]
    if b"/FlateDecode" in head or b"/Fl" in head:
        try:
            content = zlib.decompressobj().decompress(content, _MOST_CONTENT)
        except zlib.error:
            return None
    else:
        content = content.partition(b"endstream")[0]
    drawn: dict[int, int] = {}
    for name in _DRAWN.findall(content):
        if name in names:
            drawn[names[name]] = drawn.get(names[name], 0) + 1
    return whole_number(number.group(1)), drawn


def _weight(form: int, children: dict[int, dict[int, int]], known: dict[int, int], deep: int) -> int:
    if form in known or deep > _MOST_DEEP:
        return known.get(form, 1)
    known[form] = 1  # one that draws itself is not followed
    known[form] = 1 + sum(
        n * _weight(c, children, known, deep + 1) for c, n in children.get(form, {}).items()
    )
    return known[form]
