"""Headings that stand in a table of their own right above the rows they belong to: grids of the web whose headings stay
while the rows move, and tables of Word that were cut below their first row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from lxml import etree

from yibenzhang.reading.packages import local

_LEAST = 3
"""Fewer headings are a line of words beside one another."""
_NUMBER = re.compile(r"[\d,]*\d\.\d+|\d{1,3}(,\d{3})+|\d+")


def take_headings(root: etree._Element, table: str) -> None:
    """Move rows of headings, in place, into the tables they belong to; ``table`` is what a table is called."""
    found = [node for node in root.iter(f"{{*}}{table}") if _row(node) is not None]
    for node in reversed(found):
        row, below = _row(node), _next(node, table)
        if row is None or below is None:
            continue
        first = next(iter(_rows(below)), None)
        if first is not None and _are_headings(row) and _has_numbers(first) and _wide(first) == _wide(row):
            parent = first.getparent()
            assert parent is not None
            parent.insert(parent.index(first), row)


def _rows(table: etree._Element) -> Iterable[etree._Element]:
    return (n for n in table.iter("{*}tr"))


def _row(table: etree._Element) -> etree._Element | None:
    """The only row of a table that has one."""
    rows = list(islice(_rows(table), 2))
    return rows[0] if len(rows) == 1 else None


def _cells(row: etree._Element) -> list[etree._Element]:
    return [n for n in row if local(n) in ("td", "th", "tc")]


def _wide(row: etree._Element) -> int:
    return len(_cells(row))


def _words(node: etree._Element) -> str:
    return "".join(str(t) for t in node.itertext()).strip()


def _are_headings(row: etree._Element) -> bool:
    words = [_words(c) for c in _cells(row)]
    return len(words) >= _LEAST and sum(map(bool, words)) >= _LEAST and not any(map(_NUMBER.fullmatch, words))


def _has_numbers(row: etree._Element) -> bool:
    return any(_NUMBER.fullmatch(_words(c)) for c in _cells(row))


def _last_of(node: etree._Element) -> etree._Element | None:
    """The element, or the outermost one that ends with it; None at the end of a cell or of the page."""
    at: etree._Element | None = node
    while at is not None and not (at.tail or "").strip() and at.getnext() is None:
        at = at.getparent()
        if at is not None and local(at) in ("td", "th", "tc", "body"):
            return None
    return at


def _next(node: etree._Element, table: str) -> etree._Element | None:
    """The table that follows, where nothing is printed between."""
    at = _last_of(node)
    if at is None or (at.tail or "").strip():
        return None
    found = at.getnext()
    while found is not None and local(found) != table:
        if (found.text or "").strip():
            return None
        if len(found) and next(found.iter(f"{{*}}{table}"), None) is not None:
            found = found[0]
        elif _words(found) or (found.tail or "").strip():
            return None
        else:
            found = found.getnext()
    return found
