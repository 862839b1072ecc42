"""Procurement lists as views: one panel, though codes, quantities and dates stand between names and amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yibenzhang.model.views import View
from yibenzhang.recognising.panels import panels_of
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.views import Reader


def goods_views(frame: Framed, reader: Reader) -> Sequence[View]:
    """The views of a procurement table; its columns read as two lists side by side are one list."""
    layout = panels_of(frame.table, frame.first, reader.lexicon)
    if layout is None or len(layout.panels) < 2:
        return reader.views([frame])
    numbers = {c.index for p in layout.panels for c in p.numbers}
    first = layout.panels[0]
    kept = {c.index for c in first.labels} | numbers
    cells = tuple(c for c in frame.table.cells if any(c.column <= k < c.column + c.column_span for k in kept))
    return reader.views([replace(frame, table=replace(frame.table, cells=cells))])
