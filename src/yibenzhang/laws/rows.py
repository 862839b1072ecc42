"""Law of totals down a column: the trees the rows may form, by codes, numbering, indentation, steps, totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from yibenzhang.laws.beside_lists import running_on
from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.views import View, ViewRow

Lists = list[tuple[int, list[int]]]
"""Rows with the rows that make them up."""
_SAME_INDENT = 4.0
BESIDE = ("carried_in", "carried_out", "use_balance", "distributed")
"""What stands beside a numbered list without a number of its own."""
NOT_ADDED = ("percent", "price")
OPENED = 3
"""So many kinds of codes one below the other are no list of things beside each other."""
_RATES = ("rate", "share")


def row_families(numbers: Numbers) -> Iterator[Family]:
    """A family for each way to read the rows as a tree and each column that can be added up."""
    for position, view in enumerate(numbers.views):
        cells = numbers.of[position]
        filled = _filled(numbers, position)
        if len(filled) < 2:
            continue
        lost = numbers.unreadable[position]
        trees = _trees(numbers, position, filled)
        doubtful = {(p, n) for lists in trees.values() for p, cs in lists for c, n in lost if c in cs}
        for name, lists in trees.items():
            for n, column in enumerate(view.columns):
                at = column.coordinates
                if at.measure in NOT_ADDED or at.version in _RATES or at.stage == "completion":
                    continue
                found = [
                    i
                    for i in _instances(view, cells, lists, n, lost)
                    if i.holds or (i.explains.row, n) not in doubtful
                ]  # where a number of one reading is not known, no other reading of that sum accuses
                for kind in ("item", "total"):
                    some = [i for i in found if view.rows[i.explains.row].total == (kind == "total")]
                    if some:
                        yield Family(
                            "total",
                            "total.rows",
                            f"{view.table}/{view.panel}/{name}/{kind}/{n}",
                            f"rows|{name}|{kind}",
                            some,
                            weak=name in WEAK or view.open_end or at.measure == "count",
                            direction="rows",
                        )


def _trees(numbers: Numbers, position: int, filled: Sequence[int]) -> dict[str, Lists]:
    """The ways to read the rows of a list as a tree, each with the sums that no other has before it."""
    view = numbers.views[position]
    beyond, _ = running_on(numbers, position)
    seen: set[tuple[int, tuple[int, ...]]] = set()
    out: dict[str, Lists] = {}
    for name, make in TREES.items():
        lists = [
            (p, c)
            for p, c in make(view, filled)
            if (p, tuple(c)) not in seen and not (beyond and view.rows[p].code == beyond)
        ]
        seen |= {(p, tuple(c)) for p, c in lists}
        if lists:
            out[name] = lists
    return out


def beside_families(numbers: Numbers) -> Iterator[Family]:
    """A list without a total of its own beside one of the same side that has one: the total is that of both."""
    by_table: dict[tuple[str, str], list[int]] = {}
    for position, view in enumerate(numbers.views):
        if view.scope.side and len(view.columns) == 1:
            by_table.setdefault((view.table, view.scope.side), []).append(position)
    for (table, _), positions in by_table.items():
        with_totals = [p for p in positions if _has_total(numbers, p)]
        for position in positions if len(positions) > 1 and with_totals else ():
            view = numbers.views[position]
            filled = _filled(numbers, position)
            if position in with_totals or len(filled) < 2 or numbers.unreadable[position]:
                continue
            tops = _tops(view, filled)
            parts = [(1, x) for k in tops if (x := numbers.of[position].get((k, 0))) is not None]
            found = [
                made
                for p in with_totals
                for k, row in enumerate(numbers.views[p].rows)
                if row.total and (total := numbers.of[p].get((k, 0))) is not None
                if (made := instance(total, parts, f"{table}/{view.panel}/beside", True)) is not None
            ]
            if found:
                yield Family(
                    "total",
                    "total.rows",
                    f"{table}/{view.panel}/beside/0",
                    "rows|beside",
                    found,
                    weak=view.open_end,
                    direction=f"beside {table}/{view.panel}",
                )


def _filled(numbers: Numbers, position: int) -> list[int]:
    """The rows with cells for numbers; empty lines, of another list beside this one, are none."""
    rows = numbers.views[position].rows
    readable = {r for (r, _), n in numbers.of[position].items() if rows[r].label or not n.blank}
    return sorted(readable | {r for r, _ in numbers.unreadable[position]})


def _has_total(numbers: Numbers, position: int) -> bool:
    """A total row with a number in this list: one whose name runs over two lists may have it in the other."""
    rows = numbers.views[position].rows
    return any(rows[r].total and not n.blank for (r, _), n in numbers.of[position].items())


def _tops(view: View, filled: Sequence[int]) -> list[int]:
    """The rows that are part of no other row of the list, by codes or by numbering."""
    for make in (_coded, _numbered):
        lists = make(view, filled)
        if lists:
            inside = {c for _, children in lists for c in children}
            return [k for k in filled if k not in inside and not view.rows[k].partial]
    return [k for k in filled if not view.rows[k].partial]


def _instances(
    view: View, cells: dict[tuple[int, int], Number], lists: Lists, column: int, lost: set[tuple[int, int]]
) -> Iterator[Instance]:
    for parent, children in lists:
        total = cells.get((parent, column))
        if total is None or any((c, column) in lost for c in children):
            continue
        parts = [(1, x) for c in children if (x := cells.get((c, column))) is not None]
        if len(parts) == 0:
            continue
        row = view.rows[parent]
        made = instance(total, parts, f"{view.table}/{view.panel}/{row.index}", row.total)
        if made is not None:
            yield made


def _stacked(rows: Sequence[ViewRow], filled: Sequence[int], level: Callable[[ViewRow], int | None]) -> Lists:
    """A row belongs to the last row of a lower level; rows of no level are passed over."""
    below: dict[int, list[int]] = {}
    stack: list[tuple[int, int]] = []
    for k in filled:
        at = level(rows[k])
        if at is None:
            if rows[k].total:
                stack.clear()  # what follows a total stands outside the list above it
            continue
        while stack and stack[-1][0] >= at:
            stack.pop()
        if stack:
            below.setdefault(stack[-1][1], []).append(k)
        stack.append((at, k))
    return [(p, c) for p, c in below.items() if c]


def _totals(view: View, filled: Sequence[int], top: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Total rows with what they may add up: all below where it comes first, else what stands above it.

    Totals in a row (本年收入合计, then 收入总计) add up the one before and what stands between.
    """
    totals = [k for k in filled if view.rows[k].total]
    tops = [k for k in top if not view.rows[k].total]
    for n, k in enumerate(totals):
        above = [t for t in tops if t < k]
        below = [t for t in tops if t > k and (n + 1 == len(totals) or t < totals[n + 1])]
        if not above and below:
            yield k, below
            if n + 1 < len(totals):
                yield k, [t for t in tops if t > k]
        if above:
            yield k, above
            if n:
                between = [t for t in above if t > totals[n - 1]]
                yield k, [totals[n - 1], *between]
                if len(between) > 0:
                    yield k, between
        elif n:
            yield k, [totals[n - 1]]


def _code_level(row: ViewRow) -> int | None:
    if row.total or row.partial:
        return None
    if row.heads:
        return 1
    if row.classification == "unit":
        return 1 + len(row.code) // 3
    if row.classification == "project":
        return None
    return 10 + len(row.code) if row.code else None


def _coded(view: View, filled: Sequence[int]) -> Lists:
    """By code: a row's children are the next rows whose code goes on from its own; units hold what follows them."""
    rows = view.rows
    below: dict[int, list[int]] = {}
    stack: list[int] = []
    top: list[int] = []
    for k in filled:
        row = rows[k]
        level = _code_level(row)
        if level is None:
            continue
        while stack and not _under(rows[stack[-1]], row):
            stack.pop()
        if stack:
            below.setdefault(stack[-1], []).append(k)
        else:
            top.append(k)
        stack.append(k)
    others = sum(_code_level(rows[k]) is None and not rows[k].total and not rows[k].partial for k in filled)
    if not top or others * 4 > len(filled):
        return []
    named = [k for k in filled if rows[k].subtotal and not (rows[k].total or rows[k].code or rows[k].partial)]
    closing = [
        (k, above) for k in named if (above := [t for t in top if t < k])
    ]  # 人员经费合计 after 301 and 303
    return [*below.items(), *_totals(view, filled, top), *(closing if len(closing) == 1 else [])]


def _opened(view: View, filled: Sequence[int]) -> Lists:
    """By kinds of codes in the order in which they open the list: department, unit, category, project.

    For lists whose codes are not parts of each other; a row without a name at the head is the whole.
    """
    rows = view.rows
    kinds: dict[tuple[str, int], int] = {}
    level: dict[int, int] = {}
    for k in filled:
        row = rows[k]
        if row.total or row.partial or not (row.code or not row.label):
            continue
        level[k] = kinds.setdefault((row.classification, len(row.code)), len(kinds))
    if len(kinds) < OPENED or len(level) + sum(rows[k].total for k in filled) < len(filled):
        return []
    at = {id(rows[k]): n for k, n in level.items()}
    lists = _stacked(rows, filled, lambda r: at.get(id(r)))
    children = {c for _, found in lists for c in found}
    return [*lists, *_totals(view, filled, [k for k in level if k not in children])]


def _under(parent: ViewRow, row: ViewRow) -> bool:
    if parent.heads or parent.classification == "unit" != row.classification:
        return not row.heads and row.classification != "unit"
    return (
        parent.classification == row.classification
        and bool(parent.code)
        and len(row.code) > len(parent.code)
        and row.code.startswith(parent.code)
    )


def _numbered(view: View, filled: Sequence[int]) -> Lists:
    """By numbering; a row without a number belongs to the numbered row above it, if ``deep``, or stands beside."""
    return _by_numbers(view, filled, True)


def _numbered_flat(view: View, filled: Sequence[int]) -> Lists:
    return _by_numbers(view, filled, False)


def _by_numbers(view: View, filled: Sequence[int], deep: bool) -> Lists:
    rows = view.rows
    if all(rows[k].depth is None for k in filled):
        return []
    shallow = min((d for k in filled if (d := rows[k].depth) is not None), default=0)
    inner = _funds_below([rows[k] for k in filled])
    headings = _heading_totals(rows, filled, shallow)

    def level(row: ViewRow) -> int | None:
        if (row.total and id(row) not in headings) or row.partial or not row.label:
            return None
        if row.depth is None and row.subtotal:
            return shallow
        if row.depth is None and row.coordinates.period in BESIDE and id(row) not in inner:
            return shallow - 1 if deep else shallow  # it stands beside the list, or opens one of its own
        if row.depth is None:
            return 9 if deep else shallow
        return row.depth

    lists = _stacked(rows, filled, level)
    children = {c for _, cs in lists for c in cs}
    top = [k for k in filled if level(rows[k]) is not None and k not in children]
    return [*lists, *_totals(view, [k for k in filled if id(rows[k]) not in headings], top)]


def _heading_totals(rows: Sequence[ViewRow], filled: Sequence[int], shallow: int) -> set[int]:
    """Totals (by identity) with a number within the list that open one of a deeper level: they add up that alone."""
    out: set[int] = set()
    for k, following in pairwise(filled):
        own, after = rows[k].depth, rows[following].depth
        opens = own is not None and after is not None and shallow < own < after
        if opens and rows[k].total and not rows[following].total:
            out.add(id(rows[k]))
    return out


def _funds_below(rows: Sequence[ViewRow]) -> set[int]:
    """Rows (by identity) that name the funds of what was carried over, below the row of all of it."""
    out: set[int] = set()
    period = ""
    for row in rows:
        at = row.coordinates
        if at.period in BESIDE and not (at.fund or row.total):
            period = at.period
        elif period and at.fund and at.period == period:
            out.add(id(row))
        else:
            period = ""
    return out


def _indented(view: View, filled: Sequence[int]) -> Lists:
    rows = view.rows
    stops: list[float] = []
    for value in sorted({rows[k].indent for k in filled if rows[k].label and not rows[k].total}):
        if not stops or value - stops[-1] > _SAME_INDENT:
            stops.append(value)
    if len(stops) < 2:
        return []

    def level(row: ViewRow) -> int | None:
        if row.total or row.partial or not row.label:
            return None
        return max(n for n, s in enumerate(stops) if s <= row.indent + 0.01)

    lists = _stacked(rows, filled, level)
    children = {c for _, cs in lists for c in cs}
    top = [k for k in filled if level(rows[k]) is not None and k not in children]
    return [*lists, *_totals(view, filled, top)]


def _steps(view: View, filled: Sequence[int]) -> Lists:
    if not view.steps:
        return []
    lists = _stacked(view.rows, filled, lambda r: None if r.total or not r.label else r.level)
    children = {c for _, cs in lists for c in cs}
    top = [k for k in filled if not view.rows[k].total and view.rows[k].label and k not in children]
    return [*lists, *_totals(view, filled, top)]


def _partial(view: View, filled: Sequence[int]) -> Lists:
    """其中 rows as all the parts of the row above them."""
    out: Lists = []
    rows = view.rows
    for n, k in enumerate(filled):
        if rows[k].partial or rows[k].total:
            continue
        parts: list[int] = []
        for other in filled[n + 1 :]:
            if rows[other].partial or (
                parts
                and rows[other].depth is not None
                and rows[other].depth == rows[parts[0]].depth
                and rows[other].depth != rows[k].depth
            ):
                parts.append(other)
            else:
                break
        if len(parts) > 1:
            out.append((k, parts))
    return out


def _flat(view: View, filled: Sequence[int]) -> Lists:
    """Every row but totals, units and parts stands for itself: detail tables whose totals add up all of them."""
    return list(
        _totals(view, filled, [k for k in filled if not view.rows[k].partial and not view.rows[k].heads])
    )


TREES: dict[str, Callable[[View, Sequence[int]], Lists]] = {
    "codes": _coded,
    "kinds": _opened,
    "numbering": _numbered,
    "numbering beside": _numbered_flat,
    "indent": _indented,
    "steps": _steps,
    "flat": _flat,
    "of which": _partial,
}
WEAK = frozenset({"of which"})
