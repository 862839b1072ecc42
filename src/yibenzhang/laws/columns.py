"""Law of totals by coordinates and headings: columns, or rows without codes, that are all the parts of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.coordinates import DIMENSIONS, Coordinates
from yibenzhang.model.views import View, ViewColumn
from yibenzhang.standards.lexicon.words import Tree

SOURCES = ("fund", "period")
"""Where money comes from: what was carried in stands beside the funds of the year."""
GROUPS: tuple[tuple[str, ...], ...] = (SOURCES, ("kind",), ("item",))
_NAMED = ("fund", "period", "kind", "item")
_NOT_ADDED = ("percent", "price")


def column_families(numbers: Numbers, trees: Mapping[str, Tree]) -> Iterator[Family]:
    """A family for each total column and each set of columns that may make it up."""
    for position, view in enumerate(numbers.views):
        if len(view.columns) < 2:
            continue
        cells = numbers.of[position]
        seen: set[tuple[int, frozenset[int]]] = set()
        for total, parts, kind in (*by_coordinates(view, trees), *by_headings(view)):
            key = (total, frozenset(parts))
            if len(parts) < 2 or key in seen:
                continue
            seen.add(key)
            found = list(_instances(view, cells, total, parts, numbers.unreadable[position]))
            if found:
                name = f"{view.table}/{view.panel}/{total}={'+'.join(map(str, parts))}"
                yield Family(
                    "total",
                    "total.columns",
                    name,
                    f"columns|{kind}",
                    found,
                    weak=kind == "run",
                    direction="columns",
                )


def said(at: Coordinates) -> str:
    """The values that are said, without codes, units and years."""
    names = ("side", "fund", "period", "kind", "item", "version", "stage", "measure")
    return ",".join(v for n in names if (v := getattr(at, n))) + ("?" if at.residue else "")


def _instances(
    view: View,
    cells: dict[tuple[int, int], Number],
    total: int,
    parts: Sequence[int],
    lost: set[tuple[int, int]],
) -> Iterator[Instance]:
    for r in range(len(view.rows)):
        whole = cells.get((r, total))
        if whole is None or whole.at.version in ("rate", "share") or any((r, p) in lost for p in parts):
            continue
        found = [(1, x) for p in parts if (x := cells.get((r, p))) is not None]
        if found and (made := instance(whole, found)) is not None:
            yield made


def _added(column: ViewColumn) -> bool:
    at = column.coordinates
    return at.measure not in _NOT_ADDED and at.version not in ("rate", "share") and at.stage != "completion"


def by_coordinates(view: View, trees: Mapping[str, Tree]) -> Iterator[tuple[int, list[int], str]]:
    """Each column with the columns that are parts of it in one group of dimensions and like it in all others."""
    columns = [(n, c.coordinates) for n, c in enumerate(view.columns) if _added(c)]
    for total, parts in partitions(columns, trees):
        yield total, parts, "coordinates"


def partitions(
    lines: Sequence[tuple[int, Coordinates]], trees: Mapping[str, Tree]
) -> Iterator[tuple[int, list[int]]]:
    """Of lines (columns or rows) with coordinates: each that has parts among the others, with its largest parts."""
    for group in GROUPS:
        for n, whole in lines:
            inside = [(m, at) for m, at in lines if m != n and _within(at, whole, group, trees)]
            top = [
                (m, at)
                for m, at in inside
                if not any(k != m and _within(at, other, group, trees) for k, other in inside)
            ]
            if top and len({at.values() for _, at in top}) == len(top):
                yield n, [m for m, _ in top]


def item_families(numbers: Numbers, trees: Mapping[str, Tree]) -> Iterator[Family]:
    """Rows that name parts of what another row names ("公务用车购置费" of "公务用车购置及运行费")."""
    for position, view in enumerate(numbers.views):
        lines = [
            (k, r.coordinates.without("unit"))
            for k, r in enumerate(view.rows)
            if not r.keys and (r.total or any(getattr(r.coordinates, d) for d in _NAMED))
        ]
        whole_lines = {at.values() for k, at in lines if not view.rows[k].partial}
        lines = [
            (k, at) for k, at in lines if not (view.rows[k].partial and at.values() in whole_lines)
        ]  # 其中：动用上年结转 below 上年结转
        if len({at.values() for _, at in lines}) < len(lines):
            continue
        cells = numbers.of[position]
        for total, parts in partitions(lines, trees) if len(lines) > 1 else ():
            for n, column in enumerate(view.columns):
                if any((p, n) in numbers.unreadable[position] for p in parts):
                    continue
                whole = cells.get((total, n))
                found = [(1, x) for p in parts if (x := cells.get((p, n))) is not None]
                if whole is None or len(found) < 2 or not _added(column):
                    continue
                made = instance(whole, found, f"{view.table}/{view.panel}/{view.rows[total].index}")
                if made is not None:
                    yield Family(
                        "total",
                        "total.rows",
                        f"{view.table}/{view.panel}/items/{total}/{n}",
                        "rows|coordinates",
                        [made],
                        direction="rows",
                    )


def _within(part: Coordinates, whole: Coordinates, group: tuple[str, ...], trees: Mapping[str, Tree]) -> bool:
    """True where the first is a part of the second in the group's dimensions, and the same in all others."""
    deeper = False
    for dimension in DIMENSIONS:
        a, b = getattr(part, dimension), getattr(whole, dimension)
        if a == b or (dimension == "side" and not (a and b)):
            continue
        if dimension not in group or not trees[dimension].below(a, b):
            return False
        deeper = True
    return deeper


def by_headings(view: View) -> Iterator[tuple[int, list[int], str]]:
    """A column that says 合计 or 小计 with the other columns under the heading it stands below."""
    columns = view.columns
    for n, column in enumerate(columns):
        if not column.total or not _added(column) or not column.path:
            continue
        above = column.path[:-1]
        group = [
            m
            for m, c in enumerate(columns)
            if m != n and c.path and _added(c) and c.path[: len(above)] == above
        ]
        if not above:
            group = [m for m in group if m > n] or group
        parts = _heads(columns, [m for m in group if not columns[m].partial], len(above))
        if len(parts) > 1:
            yield n, parts, "headings"
            for size in range(2, len(parts)):
                yield n, parts[:size], "run"


def _heads(columns: Sequence[ViewColumn], group: Sequence[int], depth: int) -> list[int]:
    """For each heading at that depth its own 小计, or all columns below it where it has none."""
    out: list[int] = []
    done: set[str] = set()
    for m in group:
        path = columns[m].path
        head = path[depth] if len(path) > depth else f"#{m}"
        if len(path) <= depth + 1:
            out.append(m)
            continue
        if head in done:
            continue
        done.add(head)
        inner = [k for k in group if len(columns[k].path) > depth + 1 and columns[k].path[depth] == head]
        totals = [k for k in inner if columns[k].total and len(columns[k].path) == depth + 2]
        out += totals[:1] or _heads(columns, inner, depth + 1)
    return out
