"""What was read as valid Unicode: some files hold the two halves of a rare character (𠮷) as two characters, or one."""

from __future__ import annotations

from dataclasses import replace

from yibenzhang.model.documents import Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.text import broken, valid


def sound(
    pages: tuple[Page, ...], notices: tuple[ReadingNotice, ...]
) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """The same with halves joined and lone ones replaced; what has none, as nearly every document, is not copied."""
    if any(broken(n.message) for n in notices):
        notices = tuple(replace(n, message=valid(n.message)) for n in notices)
    if any(_broken(b) for p in pages for b in p.blocks):
        pages = tuple(
            replace(p, blocks=tuple(_sound(b) if _broken(b) else b for b in p.blocks)) for p in pages
        )
    return pages, notices


def _broken(block: Paragraph | Table) -> bool:
    if isinstance(block, Paragraph):
        return broken(block.text)
    return any(broken(c.text) for c in block.cells)


def _sound(block: Paragraph | Table) -> Paragraph | Table:
    if isinstance(block, Paragraph):
        text = valid(
            block.text
        )  # shorter by the joined halves: the edges of its characters are no longer its own
        return replace(block, text=text, lines=block.lines if len(text) == len(block.text) else ())
    return replace(block, cells=tuple(replace(c, text=valid(c.text)) for c in block.cells))
