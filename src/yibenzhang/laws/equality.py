"""Law of equality: numbers at the same coordinates are equal, also after summing up what one tells in detail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.views import View
from yibenzhang.standards.lexicon.words import Tree

Key = tuple[str, ...]
CODES = ("function", "department", "government")


@dataclass(frozen=True, slots=True)
class Told:
    """What a view tells at a key: one number, or several that make it up."""

    view: int
    column: int
    numbers: tuple[Number, ...]
    at: Coordinates
    rolled: bool = False

    @property
    def value(self) -> int:
        return sum(n.value for n in self.numbers)


def equality_families(
    numbers: Numbers,
    trees: Mapping[str, Tree],
    short: frozenset[str],
    before: Mapping[Key, list[Told]] | None = None,
    first_new: int = 0,
) -> Iterator[Family]:
    """A family for each pair of columns of two views (or of one) that meet at the same coordinates.

    The time a number speaks of is often unsaid, and a scope whose other parts are nothing equals its whole:
    columns that differ in fund or period alone are compared too, and stand on their own support.
    ``short`` are views (table/panel) whose lists lack rows: they are not summed up. ``before`` is what the
    views before ``first_new`` tell (see ``meetings_of``): only what the others tell is compared, with it and together.
    """
    meetings = meetings_of(numbers, short, first_new)
    if before:
        meetings = {key: [*before.get(key, ()), *found] for key, found in meetings.items()}
    pairs: dict[tuple[int, int, int, int, str], list[tuple[Told, Told]]] = defaultdict(list)
    for group in meetings.values():
        if 1 < len(group) <= 60:
            for k, a in enumerate(group):
                for b in group[k + 1 :]:
                    if b.view >= first_new and (kind := _kind(a, b, trees)) and _apart(a, b):
                        # the one whose time is unsaid is explained by those that say it
                        first, second = (
                            (a, b) if a.rolled == b.rolled and not a.at.period or b.rolled else (b, a)
                        )
                        pairs[first.view, first.column, second.view, second.column, kind].append(
                            (first, second)
                        )
    for (va, ca, vb, cb, kind), found in pairs.items():
        instances = [i for a, b in found if (i := _equal(a, b)) is not None]
        if instances:
            one, other = numbers.views[va], numbers.views[vb]
            name = f"{one.table}/{one.panel}/{ca}~{other.table}/{other.panel}/{cb}/{kind}"
            pool = _pool(kind, one, ca, other, cb)
            head = None
            if kind == "whole":
                # a part equals its whole only where its other parts are nothing: then the totals are equal too
                head = next((i for i in instances if one.rows[i.explains.row].total), None)
            yield Family(
                "equal", "equal", name, pool, instances,
                weak=kind == "whole" and head is None, head=head,
                direction=f"equal {kind}" if kind != "time" else f"time {va}~{vb}",
            )  # fmt: skip


def meetings_of(numbers: Numbers, short: frozenset[str], first: int = 0) -> dict[Key, list[Told]]:
    """What the views from position ``first`` on tell, by the key under which it meets."""
    out: dict[Key, list[Told]] = defaultdict(list)
    for t in _told(numbers, short, first):
        out[_loose(t.at)].append(t)
    return out


def _pool(kind: str, a: View, ca: int, b: View, cb: int) -> str:
    """Like families: by the kind of meeting, and whether all words of both columns are known."""
    sure = a.columns[ca].coordinates.sure and b.columns[cb].coordinates.sure
    return f"equal|{kind}" + ("" if sure else "|unsure")


def _told(numbers: Numbers, short: frozenset[str], first: int = 0) -> list[Told]:
    out: list[Told] = []
    for v, view in list(enumerate(numbers.views))[first:]:
        cells = numbers.of[v]
        at_key: dict[tuple[int, Key], list[tuple[tuple[int, int], Number]]] = defaultdict(list)
        for place, number in cells.items():
            at = number.at
            if at.residue or at.measure in ("percent", "price") or at.version in ("rate", "share"):
                continue
            if (
                (
                    not view.rows[place[0]].label
                    and not view.rows[place[0]].keys
                    and not view.rows[place[0]].total
                )
                and len(view.rows) > 1
                and any(r.label for r in view.rows)
            ):
                continue
            at_key[place[1], at.values()].append((place, number))
        hierarchical = {c: _hierarchical(view, cells, c) for c in range(len(view.columns))}
        for (column, _), found in at_key.items():
            if len(found) == 1:
                out.append(Told(v, column, (found[0][1],), found[0][1].at))
            elif not hierarchical[column] and all(view.rows[p[0]].keys for p, _ in found):
                out.append(Told(v, column, tuple(n for _, n in found), found[0][1].at, True))
        for column in range(len(view.columns)):
            if not hierarchical[column] and f"{view.table}/{view.panel}" not in short:
                out += _rolled(view, v, column, cells)
    return out


def _hierarchical(view: View, cells: Mapping[tuple[int, int], Number], column: int) -> bool:
    """Whether rows of shorter codes sum up those of longer ones, so that parents need no adding up."""
    codes = {(r.coordinates.unit, k, c) for r in view.rows for k, c in r.keys if k in CODES}
    return any(c[: len(c) - 2] and (u, k, c[:-2]) in codes for u, k, c in codes if len(c) > 3)


def _rolled(view: View, v: int, column: int, cells: Mapping[tuple[int, int], Number]) -> Iterator[Told]:
    """What the rows of a detail table come to for every code, and every code above it, of each classification."""
    rows = [
        (dict(r.keys), r, x)
        for k, r in enumerate(view.rows)
        if not r.total
        and not r.heads
        and any(kind in CODES for kind, _ in r.keys)
        and (x := cells.get((k, column)))
    ]
    many = any(sum(kind in CODES for kind in keys) > 1 for keys, _, _ in rows)
    for kind in CODES if len(rows) > 1 else ():
        if any(kind not in keys and x.value for keys, _, x in rows):
            continue
        sums: dict[tuple[str, str], list[Number]] = defaultdict(list)
        for keys, row, number in rows:
            code = keys.get(kind, "")
            for size in range(3, len(code) + 1, 2):
                sums[row.coordinates.unit, code[:size]].append(number)
        others = [c for c in CODES if c != kind]
        for (unit, code), found in sums.items():
            if len(found) == 1 and not many and getattr(found[0].at, kind) == code:
                continue  # printed as it stands
            at = found[0].at.without(*others).placed({"unit": unit, kind: code})
            yield Told(v, column, tuple(found), at, True)


def _loose(at: Coordinates) -> Key:
    """The key under which numbers meet: all but fund, period and side."""
    return at.without("fund", "period", "side").values()


def _side(at: Coordinates) -> str:
    if at.side:
        return at.side
    return "expenditure" if at.function or at.department or at.government or at.kind or at.item else ""


def _kind(a: Told, b: Told, trees: Mapping[str, Tree]) -> str:
    """How two meet: at the *same* coordinates, with the *time* unsaid by one, or as fund and its *whole*."""
    if _side(a.at) != _side(b.at):
        return ""
    same = a.at.period == b.at.period
    if not same and {a.at.period, b.at.period} not in ({"", "current"}, {"", "all"}):
        return ""
    if a.at.fund == b.at.fund:
        return "same" if same else "time"
    tree = trees["fund"]
    nested = tree.below(a.at.fund, b.at.fund) or tree.below(b.at.fund, a.at.fund)
    return "whole" if nested else ""


def _apart(a: Told, b: Told) -> bool:
    """Two views: within one, columns of the same coordinates are columns that were not told apart."""
    return a.view != b.view


def _equal(a: Told, b: Told) -> Instance | None:
    if not a.rolled and not b.rolled:
        x, y = a.numbers[0], b.numbers[0]
        if x.blank or y.blank:
            if x.value or y.value:
                return None
            return None
        alike = x.slack == y.slack
        value = x.value - y.value
        loose = max(2 * x.slack, 2 * y.slack, x.own + y.own)
        return Instance(
            ((1, x), (-1, y)), value, 0 if alike else x.slack + y.slack, not (x.value or y.value), loose=loose
        )
    if a.rolled and b.rolled:
        terms = [(1, n) for n in a.numbers] + [(-1, n) for n in b.numbers]
        value = a.value - b.value
        slack = sum(n.slack for _, n in terms)
        return Instance(tuple(terms), value, slack, all(n.value == 0 for _, n in terms))
    return instance(a.numbers[0], [(1, n) for n in b.numbers])


__all__ = ["Key", "Sequence", "Told", "equality_families", "meetings_of"]
