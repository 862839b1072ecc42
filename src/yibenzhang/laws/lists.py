"""Laws of forms and lists: funds inside a form, rows known by how far their labels go, projects met by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.row_marks import Marks, RowMark

Cells = Mapping[tuple[int, int], Number]
_MOST_ROWS = 5000


# ---- inside a form ---------------------------------------------------------------------------------

Sums = Sequence[tuple[str, Sequence[Sequence[str]]]]
"""Amounts of a form with the groups of amounts that may make them up (standards/forms.toml)."""
_EXECUTED = ("", ".planned", ".budget", ".spent")


def fund_families(numbers: Numbers, view: int, sums: Sums) -> Iterator[Family]:
    """A form's total is the sum of its funds: one family over all forms and years of the document.

    Of the groups of parts that a total may have, the form prints one; where several could be meant the one that
    holds is taken.
    """
    title = numbers.views[view].title
    columns = {c.path[0]: n for n, c in enumerate(numbers.views[view].columns)}
    cells = numbers.of[view]
    found: dict[str, list[Instance]] = defaultdict(list)
    for suffix in _EXECUTED:
        for r in range(len(numbers.views[view].rows)):
            for total, groups in sums:
                made = _fund_sum(
                    cells, r, columns, f"{total}{suffix}", [[p + suffix for p in g] for g in groups]
                )
                if made is None:
                    continue
                lacking = made.residual > made.slack
                if not (lacking and _left_blank(cells, r, columns, groups, suffix)):
                    found["executed" if suffix else "planned"].append(made)
    for name, instances in found.items():
        yield Family(
            "total", "goals.funds", f"{title}/{name}", f"forms|{title}", instances, direction="columns"
        )
    if "total" in columns and "year" in columns:
        same = [
            i
            for r in range(len(numbers.views[view].rows))
            if (i := _fund_sum(cells, r, columns, "total", [["year"]])) is not None
        ]
        yield Family("equal", "goals.total", f"{title}/total=year", "forms|year", same, True, "years")


def _left_blank(
    cells: Cells, r: int, columns: Mapping[str, int], groups: Sequence[Sequence[str]], suffix: str
) -> bool:
    """A part has nothing in this column but money in another of its form: the sum lacks it, and blames nobody."""

    def printed(measure: str) -> bool:
        x = cells.get((r, columns.get(measure, -1)))
        return x is not None and not x.blank

    def money(measure: str) -> bool:
        x = cells.get((r, columns.get(measure, -1)))
        return x is not None and x.value != 0

    return any(
        not printed(part + suffix) and any(money(part + other) for other in _EXECUTED if other != suffix)
        for part in {p for g in groups for p in g}
    )


def _fund_sum(
    cells: Cells, r: int, columns: Mapping[str, int], total: str, groups: Sequence[Sequence[str]]
) -> Instance | None:
    whole = cells.get((r, columns.get(total, -1)))
    if whole is None:
        return None
    options = []
    for group in groups:
        parts = [x for p in group if (x := cells.get((r, columns.get(p, -1)))) is not None]
        made = instance(whole, [(1, x) for x in parts]) if parts else None
        if made is not None and (made.holds or (r, columns.get(group[0], -1)) in cells):
            options.append(made)  # without its first source a sum is taken only where it holds
    return next((o for o in options if o.holds), max(options, key=lambda o: len(o.terms), default=None))


# ---- grids and lists without a total ---------------------------------------------------------------


def side_families(numbers: Numbers, views: Sequence[int], grids: int) -> Iterator[Family]:
    """Grids of one form tell the same money by different divisions: what they come to is equal, each by itself or
    with the grid below it. Proves and never accuses."""
    by_table: dict[str, list[tuple[int, list[Number]]]] = defaultdict(list)
    for v in views:
        view = numbers.views[v]
        if any(r.total for r in view.rows) or len(view.columns) > 2:
            continue
        printed = [x for (_, c), x in sorted(numbers.of[v].items()) if c == 0 and not x.blank]
        if printed and len(printed) <= _MOST_SIDES:
            by_table[view.table].append((view.panel // grids, printed))
    for table, sides in by_table.items():
        sums = [printed for _, printed in sides]
        sums += [a + b for (n, a), (m, b) in _pairs(sides) if n < m]
        sums += [[x] for _, printed in sides for x in printed if len(printed) > 1]
        held = [
            i
            for k, a in enumerate(sums)
            for b in sums[k + 1 :]
            if not {id(x) for x in a} & {id(x) for x in b}
            and (i := _even(a, b)) is not None
            and i.holds
            and not i.trivial
        ]
        if held:
            yield Family("equal", "goals.overall", f"{table}/sides", "forms|sides", held, True, "sides")


_MOST_SIDES = 4
"""Longer lists are no division of the whole."""


def _pairs(
    sides: Sequence[tuple[int, list[Number]]],
) -> Iterator[tuple[tuple[int, list[Number]], tuple[int, list[Number]]]]:
    for k, a in enumerate(sides):
        for b in sides[k + 1 :]:
            yield a, b


def _even(left: Sequence[Number], right: Sequence[Number]) -> Instance | None:
    """Σ left = Σ right; None where both are the same single zero or one side is nothing."""
    terms = [(1, x) for x in left] + [(-1, x) for x in right]
    value = sum(c * x.value for c, x in terms)
    trivial = all(x.value == 0 for x in left) or all(x.value == 0 for x in right)
    return Instance(
        tuple(terms), value, sum(x.slack for _, x in terms), trivial, loose=sum(x.own for _, x in terms)
    )


def item_totals(
    numbers: Numbers, lists: Sequence[int], items: Mapping[int, str], others: Sequence[int]
) -> Iterator[Family]:
    """The meetings (or trainings) of a list come to what a budget table gives for that item. Proves, never accuses."""
    for v in lists:
        printed = [x for (_, c), x in sorted(numbers.of[v].items()) if c == 0 and not x.blank]
        if v not in items or not printed:
            continue
        found = [
            i
            for o in others
            for x in numbers.of[o].values()
            if x.at.item == items[v] and (i := _even([x], printed)) is not None and i.holds and not i.trivial
        ]
        if found:
            name = f"{numbers.views[v].table}/{items[v]}"
            yield Family("equal", "equal", name, "lists|item", found, True, "item")


# ---- rows of lists ---------------------------------------------------------------------------------


def step_families(numbers: Numbers, marks: Marks, views: Sequence[int]) -> Iterator[Family]:
    """Rows of lists as a tree: groups fill fewer label columns than goods, or have shorter codes."""
    for v in views:
        view, cells = numbers.views[v], numbers.of[v]
        rows = [k for k in sorted({r for r, _ in (*cells, *numbers.unreadable[v])}) if (v, k) in marks]
        if not 2 < len(rows) <= _MOST_ROWS:
            continue
        readings = []
        for cut in sorted({marks[v, k].last for k in rows})[1:_CUTS]:
            levels = [(0, 0, 0) if view.rows[k].total else _level(marks[v, k], cut) for k in rows]
            found = list(_summed(numbers, v, _tree(list(zip(rows, _headed(levels), strict=True)))))
            held = sum(i.holds for i in found if not i.trivial)
            if held:
                readings.append((2 * held - sum(not i.trivial for i in found), -cut, found))
        # of the ways to tell groups from goods the one that adds up most is meant
        best = max(readings, default=(0, 0, []), key=lambda x: x[:2])[2]
        for n, column in enumerate(view.columns):
            for whole in (True, False):
                some = [
                    i for i in best if i.explains.column == n and view.rows[i.explains.row].total == whole
                ]
                if some:
                    name = f"{view.table}/{view.panel}/filled/{whole}/{n}"
                    weak = view.open_end or column.coordinates.measure == "count"
                    yield Family("total", "total.rows", name, f"rows|filled|{whole}", some, weak, "rows")


_CUTS = 7


def _summed(numbers: Numbers, v: int, lists: Sequence[tuple[int, list[int]]]) -> Iterator[Instance]:
    view, cells = numbers.views[v], numbers.of[v]
    for n, column in enumerate(view.columns):
        if column.coordinates.measure in ("percent", "price"):
            continue
        for p, children in lists:
            total = cells.get((p, n))
            if total is not None and not any((c, n) in numbers.unreadable[v] for c in children):
                parts = [(1, x) for c in children if (x := cells.get((c, n))) is not None]
                made = instance(total, parts, f"{view.table}/{view.panel}/{view.rows[p].index}")
                if made is not None:
                    yield made


Level = tuple[int, int, int]
_GOODS = (1000, 0, 0)


def _level(mark: RowMark, cut: int) -> Level:
    """Goods fill the column ``cut`` or one beyond; groups differ by their last column and their code."""
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
    return list(below.items())


# ---- projects met by name --------------------------------------------------------------------------


def link_families(
    numbers: Numbers,
    marks: Marks,
    sources: Sequence[int],
    others: Sequence[int],
    goods: AbstractSet[int],
) -> Iterator[Family]:
    """The amount of a project in a form or goal list and in every other list that names it.

    Where a name stands on several rows their sums are compared. Only totals against totals may accuse: a fund
    equals the whole as long as the other funds are nothing, and so do the ``goods`` bought for a project.
    """
    named = {v: _by_name(numbers, marks, v) for v in {*sources, *others}}
    for s in sources:
        for o in others:
            one, other = numbers.views[s], numbers.views[o]
            if o == s or other.table == one.table or (o in sources and (o < s or other.title == one.title)):
                continue
            common = [n for n in named[s] if n in named[o]]
            if common:
                # of a list in pieces one piece does not tell all of a name
                torn = any(
                    v.title == other.title and v.table != other.table for v in numbers.views if other.title
                )
                yield from _links(numbers, named, common, s, o, o in goods or torn)


def _by_name(numbers: Numbers, marks: Marks, v: int) -> dict[str, list[int]]:
    out: dict[str, list[int]] = defaultdict(list)
    view = numbers.views[v]
    for k in sorted({r for r, _ in numbers.of[v]}):
        if (mark := marks.get((v, k))) is not None and not view.rows[k].total:
            for name in mark.names:
                out[name].append(k)
    return out


def _links(
    numbers: Numbers,
    named: Mapping[int, Mapping[str, list[int]]],
    common: Sequence[str],
    s: int,
    o: int,
    part: bool,
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
                    weak = a not in first_s or b not in first_o or way == "first" or part
                    # where no project meets its like the names are those of something else
                    met = any(i.holds and not i.trivial for i in found)
                    pool = "weak" if weak else "whole" if met else "none"
                    yield Family(
                        "equal",
                        "goals.projects",
                        f"{one.table}/{one.panel}/{a}~{other.table}/{other.panel}/{b}/{way}",
                        f"link|{pool}",
                        found,
                        weak=weak,
                        direction="link",
                    )


def _whole(numbers: Numbers, v: int) -> set[int]:
    """The columns of a view that hold whole amounts: those headed as totals, else the first."""
    columns = numbers.views[v].columns
    for amount in _AMOUNTS:
        if whole := {n for n, c in enumerate(columns) if c.path == amount}:
            return whole
    return {n for n, c in enumerate(columns) if c.total and len(c.path) <= 1} or {0}


_AMOUNTS = (("year",), ("total",))
"""The whole amounts of a form (recognising/forms.py): of the year, where forms give it."""


Side = tuple[int, int, Sequence[int]]


def _meeting(numbers: Numbers, one: Side, other: Side) -> Instance | None:
    left = [x for r in one[2] if (x := numbers.of[one[0]].get((r, one[1]))) is not None and not x.blank]
    right = [
        x for r in other[2] if (x := numbers.of[other[0]].get((r, other[1]))) is not None and not x.blank
    ]
    if not left or not right or len({x.fact.unit is None for x in (*left, *right)}) > 1:
        return None  # without a unit a number is compared with none that has one
    if len({x.value for x in left}) == 1 and left[0].value == sum(x.value for x in right):
        left = left[:1]  # the same project printed twice
    if abs(sum(x.value for x in left) - sum(x.value for x in right)) > sum(x.slack for x in (*left, *right)):
        left, right = _without_pairs(left, right)
        if not left or not right:
            return None  # a project of this name that the other list does not tell
    terms = [(1, x) for x in left] + [(-1, x) for x in right]
    value = sum(c * x.value for c, x in terms)
    slack = sum(x.slack for _, x in terms)
    if abs(value) > slack and len(left) > 1:
        return None  # projects of one name, of which is not known which is which
    return Instance(
        tuple(terms), value, slack, all(x.value == 0 for _, x in terms), loose=sum(x.own for _, x in terms)
    )


def _without_pairs(left: list[Number], right: list[Number]) -> tuple[list[Number], list[Number]]:
    """Projects of one name belong to several units: those of one amount on both sides are the same, and in order."""
    if len(left) == 1 or len(right) == 1:
        return left, right
    rest, other = [], list(right)
    for x in left:
        same = next((y for y in other if y.value == x.value), None)
        if same is None:
            rest.append(x)
        else:
            other.remove(same)
    return rest, other
