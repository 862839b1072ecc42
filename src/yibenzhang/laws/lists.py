"""Laws of forms and lists: funds inside a form, rows told by how far their labels go, projects met by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.row_marks import Marks, RowMark

Cells = Mapping[tuple[int, int], Number]
_MOST_ROWS = 5000


# ---- inside a form ---------------------------------------------------------------------------------


def fund_families(numbers: Numbers, view: int, sums: Sequence[tuple[str, Sequence[Sequence[str]]]]) -> Iterator[Family]:
    """total = Σ parts by the names of the amounts; one family for each total and set of parts over all forms."""
    columns = {c.path[0]: n for n, c in enumerate(numbers.views[view].columns)}
    title = numbers.views[view].title
    for suffix in sorted({m.split(".")[-1] if m.count(".") and m.split(".")[-1] in _EXECUTED else "" for m in columns}):
        for total, groups in sums:
            whole = columns.get(f"{total}.{suffix}" if suffix else total)
            if whole is None:
                continue
            for group in groups:
                parts = [n for p in group if (n := columns.get(f"{p}.{suffix}" if suffix else p)) is not None]
                found = list(_row_sums(numbers.of[view], len(numbers.views[view].rows), whole, parts))
                if found:
                    name = f"{title}/{total}.{suffix}={'+'.join(group)}"
                    yield Family("total", "goals.funds", name, f"forms|{title}", found, direction="columns")


_EXECUTED = ("planned", "budget", "spent")


def _row_sums(cells: Cells, rows: int, whole: int, parts: Sequence[int]) -> Iterator[Instance]:
    for r in range(rows):
        total = cells.get((r, whole))
        found = [(1, x) for p in parts if (x := cells.get((r, p))) is not None]
        if total is not None and found and (made := instance(total, found)) is not None:
            yield made


# ---- rows of lists ---------------------------------------------------------------------------------


def step_families(numbers: Numbers, marks: Marks, views: Sequence[int]) -> Iterator[Family]:
    """Rows of lists as a tree: groups fill fewer label columns than goods, or have shorter codes."""
    for v in views:
        view, cells = numbers.views[v], numbers.of[v]
        rows = [k for k in sorted({r for r, _ in cells}) if (v, k) in marks]
        if not 2 < len(rows) <= _MOST_ROWS:
            continue
        seen: set[tuple[tuple[int, tuple[int, ...]], ...]] = set()
        for cut in sorted({marks[v, k].last for k in rows})[:6]:
            levels = [(0, 0, 0) if view.rows[k].total else _level(marks[v, k], cut) for k in rows]
            lists = _tree(list(zip(rows, _headed(levels), strict=True)))
            key = tuple((p, tuple(c)) for p, c in lists)
            if not lists or key in seen:
                continue
            seen.add(key)
            for n, column in enumerate(view.columns):
                if column.coordinates.measure in ("percent", "price"):
                    continue
                found = [
                    i for p, children in lists
                    if (total := cells.get((p, n))) is not None
                    and (i := instance(total, [(1, x) for c in children if (x := cells.get((c, n))) is not None],
                                       f"{view.table}/{view.panel}/{view.rows[p].index}")) is not None
                ]  # fmt: skip
                for total in (True, False):
                    some = [i for i in found if view.rows[i.explains.row].total == total]
                    if some:
                        name = f"{view.table}/{view.panel}/filled {cut}/{total}/{n}"
                        weak = view.open_end or column.coordinates.measure == "count"
                        yield Family("total", "total.rows", name, f"rows|filled|{total}", some, weak, "rows")


Level = tuple[int, int, int]
_GOODS = (1000, 0, 0)


def _level(mark: RowMark, cut: int) -> Level:
    """Goods fill the column ``cut`` or one beyond; groups are told apart by their last column and their code."""
    return _GOODS if mark.last >= cut > 0 else (1 + mark.last, mark.code, 0)


def _headed(levels: Sequence[Level]) -> list[Level]:
    """A group that another of its level follows at once, with nothing between, stands above it."""
    after = [*levels[1:], _GOODS]
    return [
        level if level == _GOODS or level != following else (level[0], level[1], -1)
        for level, following in zip(levels, after, strict=True)
    ]


def _tree(rows: Sequence[tuple[int, Level]]) -> list[tuple[int, list[int]]]:
    """A row belongs to the nearest row above of a level that came up before its own."""
    order = {level: n for n, level in enumerate(dict.fromkeys(level for _, level in rows))}
    if _GOODS in order:
        order[_GOODS] = len(order)
    below: dict[int, list[int]] = {}
    stack: list[tuple[int, int]] = []
    for k, level in rows:
        at = order[level]
        while stack and stack[-1][0] >= at:
            stack.pop()
        if stack:
            below.setdefault(stack[-1][1], []).append(k)
        stack.append((at, k))
    return [(p, c) for p, c in below.items()]


# ---- projects met by name --------------------------------------------------------------------------


def link_families(numbers: Numbers, marks: Marks, sources: Sequence[int], others: Sequence[int]) -> Iterator[Family]:
    """The amount of a project in a form or goal list and in every other list that names it.

    Where a name stands on several rows their sums are compared. Only totals against totals may accuse: a fund
    equals the whole as long as the other funds are nothing.
    """
    named = {v: _by_name(numbers, marks, v) for v in {*sources, *others}}
    for s in sources:
        for o in others:
            if o == s or numbers.views[o].table == numbers.views[s].table or (o in sources and o < s):
                continue
            common = [n for n in named[s] if n in named[o]]
            if common:
                yield from _links(numbers, named, common, s, o)


def _by_name(numbers: Numbers, marks: Marks, v: int) -> dict[str, list[int]]:
    out: dict[str, list[int]] = defaultdict(list)
    view = numbers.views[v]
    for k in sorted({r for r, _ in numbers.of[v]}):
        if (mark := marks.get((v, k))) is not None and not view.rows[k].total:
            for name in mark.names:
                out[name].append(k)
    return out


def _links(
    numbers: Numbers, named: Mapping[int, Mapping[str, list[int]]], common: Sequence[str], s: int, o: int
) -> Iterator[Family]:
    one, other = numbers.views[s], numbers.views[o]
    first_s, first_o = _whole(numbers, s), _whole(numbers, o)
    for a in range(len(one.columns)):
        for b in range(len(other.columns)):
            for way in ("all", "first"):
                found = []
                for name in common:
                    rows = named[o][name][:1] if way == "first" else named[o][name]
                    if way == "first" and len(named[o][name]) < 2:
                        continue
                    made = _meeting(numbers, (s, a, named[s][name]), (o, b, rows))
                    if made is not None:
                        found.append(made)
                if found:
                    weak = a not in first_s or b not in first_o or way == "first"
                    yield Family(
                        "equal", "goals.projects", f"{one.table}/{one.panel}/{a}~{other.table}/{other.panel}/{b}/{way}",
                        f"link|{'weak' if weak else 'whole'}", found, weak=weak, direction="link",
                    )  # fmt: skip


def _whole(numbers: Numbers, v: int) -> set[int]:
    """The columns of a view that hold whole amounts: those headed as totals, else the first."""
    columns = numbers.views[v].columns
    return {n for n, c in enumerate(columns) if c.total and len(c.path) <= 1} or {0}


Side = tuple[int, int, Sequence[int]]


def _meeting(numbers: Numbers, one: Side, other: Side) -> Instance | None:
    left = [x for r in one[2] if (x := numbers.of[one[0]].get((r, one[1]))) is not None and not x.blank]
    right = [x for r in other[2] if (x := numbers.of[other[0]].get((r, other[1]))) is not None and not x.blank]
    if not left or not right:
        return None
    terms = [(1, x) for x in left] + [(-1, x) for x in right]
    value = sum(c * x.value for c, x in terms)
    slack = sum(x.slack for _, x in terms)
    return Instance(tuple(terms), value, slack, all(x.value == 0 for _, x in terms), loose=sum(x.own for _, x in terms))
