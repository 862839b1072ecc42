"""Law of equality: numbers at the same coordinates are equal, also after adding up what one view gives in detail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Numbers
from yibenzhang.laws.statements import Key, Statement, statements
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.views import View
from yibenzhang.standards.lexicon.words import Tree

MOST_PAIRED = 40
"""Of more statements at one place each is compared with the first alone."""
Pair = tuple[int, int, int, int, str]
"""View and column of the one, view and column of the other, how they meet."""


def equality_families(
    numbers: Numbers,
    trees: Mapping[str, Tree],
    short: frozenset[str],
    before: Mapping[Key, list[Statement]] | None = None,
    first: int = 0,
) -> Iterator[Family]:
    """A family for each pair of columns of two views that meet at the same coordinates.

    The time a number speaks of is often unsaid, and a scope whose other parts are nothing equals its whole:
    columns that differ in fund or period alone are compared too, and stand on their own support.
    ``short`` are views (table/panel) whose lists lack rows: they are not added up. ``before``: what the
    views before position ``first`` state (see ``meetings_of``); only what the others state is compared, with it
    and among themselves.
    """
    meetings = meetings_of(numbers, short, first)
    if before:
        meetings = {key: [*before.get(key, ()), *found] for key, found in meetings.items()}
    pairs: dict[Pair, list[Instance]] = defaultdict(list)
    for group in meetings.values():
        for a, b in _paired(group):
            if a.view != b.view and b.view >= first and (kind := _kind(a, b, trees)):
                if kind == "whole" and (_own_fund(numbers, a) or _own_fund(numbers, b)):
                    continue
                one, other = _ordered(a, b)
                if (made := _equal(one, other)) is not None:
                    pairs[one.view, one.column, other.view, other.column, kind].append(made)
    carried = _carried(numbers)
    for pair, instances in pairs.items():
        yield _family(numbers, pair, _without_carried(instances, carried))


def _carried(numbers: Numbers) -> frozenset[int]:
    """What was carried over from last year, wherever it is told."""
    found = (
        n for cells in numbers.of for n in cells.values() if n.at.period == "carried_in" and not n.at.unit
    )
    return frozenset(n.value for n in found if n.value)


def _without_carried(instances: list[Instance], carried: frozenset[int]) -> list[Instance]:
    """Without those that differ by what was carried over, one by one or together: one of the two tells this year's
    money alone, and does not say so."""
    apart = [i for i in instances if not i.holds]
    if not apart or not carried:
        return instances
    lengths: dict[int, list[Instance]] = defaultdict(list)
    for i in apart:
        lengths[len(i.explains.at.function)].append(i)
    if any(len(found) > 1 and _is_carried(found, carried) for found in lengths.values()):
        lost = {id(i) for i in apart}
    else:
        lost = {id(i) for i in apart if _is_carried([i], carried)}
    return [i for i in instances if id(i) not in lost]


def _is_carried(found: list[Instance], carried: frozenset[int]) -> bool:
    residual, slack = abs(sum(i.residual for i in found)), sum(max(i.slack, i.loose) for i in found)
    return any(abs(residual - value) <= slack for value in carried)


def _own_fund(numbers: Numbers, statement: Statement) -> bool:
    """Its row names the fund: it stands among the parts of the whole, one of several."""
    return any(numbers.views[statement.view].rows[n.row].coordinates.fund for n in statement.numbers)


def meetings_of(numbers: Numbers, short: frozenset[str], first: int = 0) -> dict[Key, list[Statement]]:
    """What the views from position ``first`` on state, by the key under which it meets."""
    out: dict[Key, list[Statement]] = defaultdict(list)
    for statement in statements(numbers, short, first):
        out[_loose(statement.at)].append(statement)
    return out


def _paired(group: list[Statement]) -> Iterator[tuple[Statement, Statement]]:
    if len(group) > MOST_PAIRED:
        yield from ((group[0], b) for b in group[1:])
        return
    for k, a in enumerate(group):
        yield from ((a, b) for b in group[k + 1 :])


def _ordered(a: Statement, b: Statement) -> tuple[Statement, Statement]:
    """A printed number is explained by those that make it up, one whose time is unsaid by one that says it."""
    if a.rolled != b.rolled:
        return (a, b) if b.rolled else (b, a)
    return (a, b) if not a.at.period else (b, a)


def _of_a_part(one: View, other: View) -> bool:
    """One of them has fewer rows and a title with words that nothing explains: it may list some part of what the other
    lists."""
    fewer, more = sorted((one, other), key=lambda v: len(v.rows))
    return not fewer.entitled and len(fewer.rows) < len(more.rows)


def _family(numbers: Numbers, pair: Pair, instances: list[Instance]) -> Family:
    va, ca, vb, cb, kind = pair
    one, other = numbers.views[va], numbers.views[vb]
    head = None
    if kind == "whole":
        # a part equals its whole only where its other parts are nothing: then the totals are equal too
        head = next((i for i in instances if one.rows[i.explains.row].total), None)
    weak = (kind == "whole" and head is None) or _untold(one, ca) or _untold(other, cb)
    if _of_a_part(one, other):
        instances = [i for i in instances if i.holds or not one.rows[i.explains.row].total]
    return Family(
        "equal",
        "equal",
        f"{one.table}/{one.panel}/{ca}~{other.table}/{other.panel}/{cb}/{kind}",
        _pool(kind, one, ca, other, cb),
        instances,
        weak=weak,
        head=head,
        direction=f"time {va}~{vb}" if kind == "time" else f"equal {kind}",
    )


def _untold(view: View, column: int) -> bool:
    """Neither the title nor the heading says whether the numbers are all spending or some: they contradict nobody."""
    return not view.entitled and not view.columns[column].coordinates.kind


def _pool(kind: str, a: View, ca: int, b: View, cb: int) -> str:
    """Like families: by the kind of meeting, and whether all words of both columns are known."""
    sure = a.columns[ca].coordinates.sure and b.columns[cb].coordinates.sure
    return f"equal|{kind}" + ("" if sure else "|unsure")


def _loose(at: Coordinates) -> Key:
    """The key under which statements meet: all but fund, period and side."""
    return at.without("fund", "period", "side").values()


def _side(at: Coordinates) -> str:
    if at.side:
        return at.side
    spent = at.function or at.department or at.government or at.kind or at.item
    return "expenditure" if spent else ""


def _kind(a: Statement, b: Statement, trees: Mapping[str, Tree]) -> str:
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


def _equal(a: Statement, b: Statement) -> Instance | None:
    """The two as an instance; None where a printed number meets an empty cell."""
    if a.rolled:
        terms = [(1, n) for n in a.numbers] + [(-1, n) for n in b.numbers]
        trivial = all(n.value == 0 for _, n in terms)
        return Instance(tuple(terms), a.value - b.value, sum(n.slack for _, n in terms), trivial)
    if b.rolled:
        return instance(a.numbers[0], [(1, n) for n in b.numbers])
    x, y = a.numbers[0], b.numbers[0]
    if x.blank or y.blank:
        return None
    # two printings with the same decimals must be equal; a difference of one in the last digit is minor
    slack = 0 if x.slack == y.slack else x.slack + y.slack
    loose = max(2 * x.slack, 2 * y.slack, x.own + y.own)
    return Instance(((1, x), (-1, y)), x.value - y.value, slack, not (x.value or y.value), loose=loose)
