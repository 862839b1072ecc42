"""Words in a cell of a workbook whose pieces have fonts of their own: which of them are printed and are no marks."""

from __future__ import annotations

import re

from lxml import etree

from yibenzhang.reading.cell_styles import is_white
from yibenzhang.reading.packages import local
from yibenzhang.reading.runs import is_mark

_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_OFF = ("0", "false")


def _unseen(runs: list[etree._Element]) -> list[bool]:
    """Which runs are white or struck out where others are not."""
    white = [_is(run, "color") for run in runs]
    struck = [_is(run, "strike") for run in runs]
    return [(p and not all(white)) or (g and not all(struck)) for p, g in zip(white, struck, strict=True)]


def _raised(run: etree._Element) -> str:
    raised = next(run.iterfind("{*}rPr/{*}vertAlign"), None)
    return raised.get("val", "") if raised is not None else ""


def rich_words(item: etree._Element) -> str:
    """The words of a string: its runs, without the readings printed above East Asian words, the raised marks of notes,
    and what is white or struck out beside runs that are not."""
    runs = [n for n in item if local(n) == "r"]
    if not runs:
        return _unescaped("".join(t.text or "" for t in item if local(t) == "t"))
    out, unseen = "", _unseen(runs)
    for run in (r for r, hidden in zip(runs, unseen, strict=True) if not hidden):
        how = _raised(run)
        if how in ("superscript", "subscript") and is_mark(run, out, how):
            continue
        out += "".join(t.text or "" for t in run.iterchildren("{*}t"))
    return _unescaped(out)


def _is(run: etree._Element, kind: str) -> bool:
    """The run has white letters (``color``), or is struck out (``strike``)."""
    found = next(run.iterfind(f"{{*}}rPr/{{*}}{kind}"), None)
    if kind == "color":
        return is_white(found)
    return found is not None and found.get("val", "1") not in _OFF


def _unescaped(text: str) -> str:
    return _CODE.sub(lambda m: _character(m.group(1)), text)


def _character(code: str) -> str:
    char = chr(int(code, 16))
    return char if char.isprintable() or char in "\n\t" else ""
