"""What the elements and attributes of an OFD hold: children by their names, rows of numbers, offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from yibenzhang.reading.ofd_paths import number

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_DELTA = re.compile(rf"[gG]|{_NUMBER.pattern}")


def tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def children(element: Element, *names: str) -> Iterator[Element]:
    """Descendants by a path of local names."""
    for child in element:
        if tag(child) == names[0]:
            if len(names) == 1:
                yield child
            else:
                yield from children(child, *names[1:])


def numbers(text: str | None, count: int) -> tuple[float, ...] | None:
    found = [number(m.group()) for m in _NUMBER.finditer((text or "")[:400])]
    return tuple(found[:count]) if len(found) >= count else None


def deltas(text: str | None, count: int) -> list[float] | None:
    """``count`` offsets from a list in which ``g n v`` stands for n times v; the last one goes on."""
    out: list[float] = []
    found = _DELTA.finditer(text or "")
    for m in found:
        if len(out) >= count:
            break
        if m.group() in "gG":
            times = next(found, None)
            value = next(found, None)
            if times is None or value is None or times.group() in "gG":
                break
            repeat = int(max(0.0, min(float(times.group()), count - len(out))))
            out += [number(value.group())] * repeat
        else:
            out.append(number(m.group()))
    if not out:
        return None
    return (out + [out[-1]] * (count - len(out)))[:count]
