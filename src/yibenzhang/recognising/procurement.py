"""Procurement lists as views: one panel, though codes, quantities and dates stand between names and amounts."""

from __future__ import annotations

from dataclasses import replace

from yibenzhang.model.views import View
from yibenzhang.recognising.panels import panels_of
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.views import Reader


def goods_views(frame: Framed, reader: Reader) -> list[View]:
    """The views of a procurement table; its columns read as two lists side by side are one list.

    A row of goods names its project as often as not, so that what is filled first is no step: how far the labels
    go tells groups from goods (laws/lists.py).
    """
    layout = panels_of(frame.table, frame.first, reader.lexicon)
    if layout is not None and len(layout.panels) > 1:
        numbers = {c.index for p in layout.panels for c in p.numbers}
        kept = {c.index for c in layout.panels[0].labels} | numbers
        cells = tuple(
            c for c in frame.table.cells if any(c.column <= k < c.column + c.column_span for k in kept)
        )
        frame = replace(frame, table=replace(frame.table, cells=cells))
    return [replace(v, steps=False) for v in reader.views([frame])]
