"""Ruling lines to table grids: one builder for everything that has lines and characters on a page."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict

from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.glyphs import Glyph, Line, cell_text, lines_of, unmapped
from yibenzhang.reading.limits import MAX_GRID_POSITIONS
from yibenzhang.reading.rules import GAP, Rule, without_underlines
from yibenzhang.reading.stacked import unstacked
from yibenzhang.reading.torn import goes_on as _goes_on
from yibenzhang.reading.torn import rejoin
from yibenzhang.reading.turned import is_turned, turned_lines

SNAP = 2.0
"""Rules this close (points) are one rule."""
SPECK = 4.0
"""Rules shorter than this are drawn corners, dots or glyph parts."""
OVERHANG = 6.0
"""Crossing rules that run on this far past the last rule mean one more row or column."""


def _snap(rules: list[Rule]) -> list[Rule]:
    """Rules at nearly the same position and touching each other become one."""
    out: list[Rule] = []
    cluster: list[Rule] = []
    for rule in sorted(rules, key=lambda r: r.at):
        if cluster and rule.at - cluster[0].at > SNAP:
            out.extend(_join(cluster))
            cluster = []
        cluster.append(rule)
    out.extend(_join(cluster))
    return [r for r in out if r.end - r.start >= SPECK]


def _join(cluster: list[Rule]) -> list[Rule]:
    if not cluster:
        return []
    length = sum(max(r.end - r.start, 0.01) for r in cluster)
    at = sum(r.at * max(r.end - r.start, 0.01) for r in cluster) / length
    out: list[Rule] = []
    for r in sorted(cluster, key=lambda r: r.start):
        if out and r.start <= out[-1].end + GAP:
            out[-1] = Rule(at, out[-1].start, max(out[-1].end, r.end))
        else:
            out.append(Rule(at, r.start, r.end))
    return out


def groups_of(hs: list[Rule], vs: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that touch one another, each with rules both ways."""
    parent = list(range(len(hs) + len(vs)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    order = sorted(range(len(vs)), key=lambda j: vs[j].at)
    positions = [vs[j].at for j in order]
    for i, h in enumerate(hs):
        lo = bisect_right(positions, h.start - GAP)
        hi = bisect_right(positions, h.end + GAP)
        for j in order[lo:hi]:
            v = vs[j]
            if v.start - GAP <= h.at <= v.end + GAP:
                parent[find(i)] = find(len(hs) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, h in enumerate(hs):
        groups[find(i)][0].append(h)
    for j, v in enumerate(vs):
        groups[find(len(hs) + j)][1].append(v)
    out = [g for g in groups.values() if g[0] and g[1]]
    _take_open_columns(out, [v for g in groups.values() if not g[0] for v in g[1]])
    return out


def _take_open_columns(groups: list[tuple[list[Rule], list[Rule]]], lone: list[Rule]) -> None:
    """Vertical rules that no horizontal one touches, as high as the table beside them: columns of cells that
    begin before this page and end after it."""
    frames = [(min(h.at for h in g[0]), max(h.at for h in g[0]), g[1]) for g in groups if len(g[0]) > 2]
    for v in lone:
        beside = [
            vs for top, bottom, vs in frames if abs(v.start - top) <= GAP and abs(v.end - bottom) <= GAP
        ]
        if beside:
            min(beside, key=lambda vs: min(abs(v.at - w.at) for w in vs)).append(v)


def _positions(rules: list[Rule], crossing: list[Rule]) -> list[float]:
    """Grid positions of ``rules``, with an outer edge where crossing rules run on past the last one."""
    at: list[float] = []
    for r in sorted(rules, key=lambda r: r.at):
        if not at or r.at - at[-1] > SNAP:
            at.append(r.at)
    for end, sign in ((at[0], -1), (at[-1], 1)):
        tips = [c.start if sign < 0 else c.end for c in crossing]
        beyond = sorted(t for t in tips if sign * (t - end) > OVERHANG)
        if len(beyond) >= 2:
            tip = beyond[len(beyond) // 2]
            if sum(abs(t - tip) <= GAP for t in beyond) >= max(2, len(beyond) // 2):
                if sign < 0:
                    at.insert(0, tip)
                else:
                    at.append(tip)
    return at


def _covers(rules: list[Rule], start: float, end: float) -> bool:
    """Rules at one position cover most of the way from ``start`` to ``end``."""
    got = 0.0
    for _, first, last in rules:
        if first < end and last > start:
            got += (last if last < end else end) - (first if first > start else start)
    return got >= 0.6 * (end - start)


def tables_of(
    page: int, hs: list[Rule], vs: list[Rule], glyphs: list[Glyph], first: int
) -> tuple[list[Table], list[Glyph]]:
    """The ruled tables of a page, top to bottom, and the glyphs that stand in none of them."""
    hs, vs = _snap(hs), _snap(vs)
    hs = without_underlines(hs, vs, glyphs)
    grids: list[tuple[list[float], list[float], list[Rule], list[Rule]]] = []
    for ghs, gvs in groups_of(hs, vs):
        ys, xs = _positions(ghs, gvs), _positions(gvs, ghs)
        rows, cols = len(ys) - 1, len(xs) - 1
        if rows < 1 or cols < 1 or rows * cols < 3 or rows * cols > MAX_GRID_POSITIONS:
            continue
        if cols == 1 and rows < 3:
            continue
        grids.append((ys, xs, ghs, gvs))
    grids.sort(key=lambda g: (g[0][0], g[1][0]))
    free = glyphs
    tables: list[Table] = []
    for ys, xs, ghs, gvs in grids:
        inside: list[Glyph] = []
        outside: list[Glyph] = []
        x0, x1, y0, y1 = 2 * xs[0], 2 * xs[-1], 2 * ys[0], 2 * ys[-1]
        for g in free:
            box = y0 <= g[2] + g[4] <= y1 and x0 <= g[1] + g[3] <= x1  # the centre: top, bottom, x0, x1
            (inside if box else outside).append(g)
        if not inside and len(grids) > 1 and len(xs) < 4:
            continue  # an empty frame beside real tables: a chart's axes, a drawn box
        free = outside
        tables.append(_table(page, first + len(tables), ys, xs, ghs, gvs, inside))
    return tables, free


def _table(
    page: int,
    index: int,
    ys: list[float],
    xs: list[float],
    hs: list[Rule],
    vs: list[Rule],
    glyphs: list[Glyph],
) -> Table:
    rows, cols = len(ys) - 1, len(xs) - 1
    right, below = _edges(ys, xs, hs, vs)
    inside = _placed(ys, xs, glyphs)
    xs, ys = [round(x, 1) for x in xs], [round(y, 1) for y in ys]
    taken = [[False] * cols for _ in range(rows)]
    cells: list[Cell] = []
    printed: dict[tuple[int, int], list[Line]] = {}
    for r in range(rows):
        for c in range(cols):
            if taken[r][c]:
                continue
            r1, c1 = _corner(r, c, right, below, taken)
            found: list[Glyph] = []
            for i in range(r, r1 + 1):
                for k in range(c, c1 + 1):
                    taken[i][k] = True
                    found.extend(inside.get((i, k), ()))
            lines = lines_of(found)
            if len(lines) > 1 and is_turned(lines):
                lines = turned_lines(lines, found, glyphs)
            printed[r, c] = lines
            cells.append(_cell(page, r, c, r1, c1, ys, xs, found, lines))
    return unstacked(Table(index, (page,), rows, cols, tuple(cells), tuple(xs)), printed)


def _corner(
    r: int, c: int, right: list[list[bool]], below: list[list[bool]], taken: list[list[bool]]
) -> tuple[int, int]:
    """The last row and column of the cell that begins at ``r`` and ``c``: up to the next drawn edge either way."""
    rows, cols = len(taken), len(taken[0])
    c1 = c
    while c1 + 1 < cols and not right[r][c1] and not taken[r][c1 + 1]:
        c1 += 1
    r1 = r
    while r1 + 1 < rows and not any(below[r1][c : c1 + 1]):
        if any(right[r1 + 1][c:c1]) or any(taken[r1 + 1][c : c1 + 1]):
            break
        r1 += 1
    return r1, c1


def _placed(ys: list[float], xs: list[float], glyphs: list[Glyph]) -> dict[tuple[int, int], list[Glyph]]:
    """The glyphs of each position of the grid, by their centres; most stand where the one before does."""
    rows, cols = len(ys) - 1, len(xs) - 1
    out: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
    here: list[Glyph] = []
    torn: list[tuple[list[Glyph], list[Glyph]]] = []
    left = right = top = bottom = math.inf
    for g in glyphs:
        x, y = (g[1] + g[3]) / 2, (g[2] + g[4]) / 2
        if left <= x < right and top <= y < bottom:
            here.append(g)
            continue
        r, c = bisect_right(ys, y, 1, rows) - 1, bisect_right(xs, x, 1, cols) - 1
        before, here = here, out[r, c]
        if before and not here and _goes_on(before[-1], g):
            torn.append((before, here))
        here.append(g)
        left, right, top, bottom = xs[c], xs[c + 1], ys[r], ys[r + 1]
    for before, after in torn:
        rejoin(before, after)
    return out


def _edges(
    ys: list[float], xs: list[float], hs: list[Rule], vs: list[Rule]
) -> tuple[list[list[bool]], list[list[bool]]]:
    """For every grid position: is there a rule at its right, is there one below it."""
    rows, cols = len(ys) - 1, len(xs) - 1
    vs_at: dict[int, list[Rule]] = defaultdict(list)
    for v in vs:
        for k, x in enumerate(xs):
            if abs(v.at - x) <= SNAP:
                vs_at[k].append(v)
    hs_at: dict[int, list[Rule]] = defaultdict(list)
    for h in hs:
        for k, y in enumerate(ys):
            if abs(h.at - y) <= SNAP:
                hs_at[k].append(h)
    right = [
        [c == cols - 1 or _covers(vs_at[c + 1], ys[r], ys[r + 1]) for c in range(cols)] for r in range(rows)
    ]
    below = [
        [r == rows - 1 or _covers(hs_at[r + 1], xs[c], xs[c + 1]) for c in range(cols)] for r in range(rows)
    ]
    return right, below


def _cell(
    page: int,
    r: int,
    c: int,
    r1: int,
    c1: int,
    ys: list[float],
    xs: list[float],
    glyphs: list[Glyph],
    lines: list[Line],
) -> Cell:
    x0, x1 = xs[c], xs[c1 + 1]
    place = PagePlace(page, x0, ys[r], x1, ys[r1 + 1])
    if not glyphs:
        return Cell(r, c, r1 - r + 1, c1 - c + 1, "", place)
    text = cell_text(lines, x1 - x0)
    bad = not text.isascii() and any(unmapped(ch) for ch in text)
    sure = 1.0 if glyphs[0].sure == 1.0 else min(g.sure for g in glyphs)
    return Cell(r, c, r1 - r + 1, c1 - c + 1, text, place, round(lines[0].x0 - x0, 1), bad, sure)
