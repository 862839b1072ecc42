"""The tables that are no plain budget tables, as views: forms, lists of projects, goods and meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yibenzhang.model.row_marks import RowMark
from yibenzhang.model.views import View
from yibenzhang.recognising.form_views import FORMS, form_views
from yibenzhang.recognising.forms import LIST, GoalForm
from yibenzhang.recognising.list_rows import name_of, row_marks
from yibenzhang.recognising.lists import GRIDS, list_views
from yibenzhang.recognising.procurement import goods_views
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.table_kinds import header_words
from yibenzhang.recognising.views import Reader
from yibenzhang.standards.lexicon.table_kinds import table_kinds


@dataclass(frozen=True)
class Special:
    """All views of a document with those of its forms and lists, and what their rows name.

    ``budget``, ``goods``, ``lists``, ``grids`` (inside forms) and ``forms`` are positions in ``views``.
    """

    views: tuple[View, ...]
    marks: dict[tuple[int, int], RowMark]
    budget: tuple[int, ...]
    goods: tuple[int, ...]
    lists: tuple[int, ...]
    grids: tuple[int, ...]
    forms: tuple[int, ...]
    items: dict[int, str]
    """Of lists of meetings and trainings (positions): the item of the budget they are about."""


def _plain(frame: Framed, reader: Reader) -> Sequence[View]:
    return reader.views([frame])


BY_TABLE = ("budget", "procurement", "other")
"""Kinds whose tables are read as they stand."""


def special_views(
    frames: Sequence[Framed], kinds: Sequence[str], forms: Sequence[GoalForm], reader: Reader
) -> Special:
    """The views of a document, budget tables and all."""
    plain = [f for f, k in zip(frames, kinds, strict=True) if k in BY_TABLE]
    goods_at = {f"t{f.table.index + 1}" for f, k in zip(frames, kinds, strict=True) if k == "procurement"}
    first = [
        v for f in plain for v in (goods_views if f"t{f.table.index + 1}" in goods_at else _plain)(f, reader)
    ]
    lists = _own(list_views(frames, kinds, reader), forms)
    of_forms = form_views(forms)
    views = (*first, *lists, *of_forms)
    marks = row_marks(views, frames)
    start = len(first) + len(lists)
    for v in range(start, len(views)):
        for k, row in enumerate(views[v].rows):
            marks[v, k] = RowMark(tuple(n for n in (name_of(row.label),) if n), 0, 0)
    return Special(
        views,
        marks,
        tuple(k for k, v in enumerate(first) if v.table not in goods_at),
        tuple(k for k, v in enumerate(first) if v.table in goods_at),
        tuple(k for k in range(len(first), start) if views[k].panel < GRIDS),
        tuple(k for k in range(len(first), start) if views[k].panel >= GRIDS),
        tuple(k for k in range(start, len(views)) if views[k].table == FORMS),
        _items(views, frames),
    )


def _own(views: Sequence[View], forms: Sequence[GoalForm]) -> list[View]:
    """Without the grids that were read as parts of project forms; such a form speaks of its project alone."""
    read = {f.id for form in forms if form.kind != LIST for f in form.facts()}
    projects = {form.table for form in forms if form.kind not in ("overall", LIST)}
    out = []
    for v in views:
        if v.panel >= GRIDS:
            facts = [f for f in v.cells.values() if f.printed]
            if v.table in projects:
                if 2 * sum(f.id in read for f in facts) >= len(facts):
                    continue
                places = {k: replace(at, project=v.table) for k, at in v.places.items()}
                v = replace(v, places=places)
            v = replace(v, open_end=True)  # what stands in a form need not be all of it
        out.append(v)
    return out


def _items(views: Sequence[View], frames: Sequence[Framed]) -> dict[int, str]:
    words = table_kinds().items
    by_table = {
        f"t{f.table.index + 1}": item
        for f in frames
        for h in header_words(f)
        if (item := words.get(h)) is not None
    }
    return {k: by_table[v.table] for k, v in enumerate(views) if v.table in by_table}
