"""The first line of a report: what the document is, what share of its numbers was proved, what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from yibenzhang.balance.coverage import Coverage
from yibenzhang.checking.extent import Extent, over, share
from yibenzhang.model.issues import Severity
from yibenzhang.standards.speech import speech

if TYPE_CHECKING:
    from yibenzhang.reports.found import Found

SEVERITY = {Severity.ERROR: "错误", Severity.WARNING: "疑问", Severity.NOTICE: "提示"}
UNUSABLE = ("no_disclosure", "template")
"""Kinds of documents in which nothing is to be checked."""
_MOST = 3
"""So many tables are named."""


def first_line(found: Found, left_out: int = 0) -> str:
    """Kind, extent and result in one line; ``left_out``: so many findings are not told."""
    sentence = extent_sentence(found.extent)
    return sentence if found.extent.kind in UNUSABLE else f"{sentence}{tally(found, left_out)}。"


def extent_sentence(extent: Extent) -> str:
    """Kind and extent, without what was found."""
    kind = speech()["kind"].get(extent.kind, "")
    return kind if extent.kind in UNUSABLE else f"{kind}{extent_line(extent)}。"


def extent_line(extent: Extent) -> str:
    """What share of how many numbers was proved, and which tables were not understood; without a full stop."""
    words = speech()["extent"]
    tables, text = extent.tables, extent.text
    little = "_little" if extent.little else ""
    if over(tables):
        parts = [_filled(words["tables" + little], tables)]
        parts[0] += _filled(words["zeros"], tables) if tables.trivial else ""
        parts += [_filled(words["text"], text)] if over(text) else []
    elif over(text):
        parts = [words["no_tables"], _filled(words["text"], text)]
        parts = [_filled(words["text_little"], text)] if little else parts
    else:
        return words["nothing"]
    if extent.lost:
        parts.append(words["unread"].format(count=extent.lost))
    if extent.cut:
        parts.append(words["cut"])
    if unknown := extent.not_understood:
        names = "、".join(f"“{n}”" for n in unknown[:_MOST])
        names = words["more"].format(names=names) if len(unknown) > _MOST else names
        parts.append(words["not_understood"].format(count=len(unknown), names=names))
    return "；".join(parts)


def tally(found: Found, left_out: int = 0) -> str:
    """How many findings of each severity; that there are none is never said alone where little was checked."""
    many = counted(f.severity for f in found.findings)
    extent = found.extent
    if extent.kind in UNUSABLE:
        return speech()["kind"][extent.kind].rstrip("。")
    if left_out:
        return speech()["left_out"]["found" if many else "clean"].format(found=many, count=left_out)
    return (
        many
        or speech()["result"][
            "little" if extent.little or extent.unread else "partial" if extent.partial else "clean"
        ]
    )


def counted(severities: Iterable[Severity]) -> str:
    count = Counter(severities)
    return "，".join(f"{count[s]} 个{SEVERITY[s]}" for s in Severity if count[s])


def _filled(sentence: str, c: Coverage) -> str:
    return sentence.format(over=over(c), proved=c.proved, share=share(c), trivial=c.trivial)
