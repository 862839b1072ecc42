"""Law of change: this year minus last year; and of balance: what comes in pays for what goes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from yibenzhang.laws.families import Family, Instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.views import View

_VERSIONS = ("", "previous", "change")


Groups = dict[tuple[object, ...], dict[str, dict[str, list[Number]]]]
"""Coordinates but version and stage → version → stage → numbers there."""


def change_families(numbers: Numbers) -> Iterator[Family]:
    """change = this year - last year, wherever a view prints all three at the same coordinates.

    Last year's accounts are compared with this year's budget ("上年执行数"), so the stages need not be the same;
    of several stages each pair is a reading of its own.
    """
    for position, view in enumerate(numbers.views):
        versions = {at.version for at in view.places.values()}
        if not versions.issuperset(_VERSIONS):
            continue
        groups = _groups(numbers, position, view)
        found: dict[tuple[str, str], list[Instance]] = defaultdict(list)
        for group in groups.values():
            for pair in _pairs(group):
                if (made := _change(group, pair)) is not None:
                    found[pair].append(made)
        for (now, before), instances in found.items():
            name = f"{view.table}/{view.panel}/change"
            if len(found) > 1:
                name = f"{name}/{now}-{before}"
            yield Family("change", "change", name, "change", instances, direction="change")


def _groups(numbers: Numbers, position: int, view: View) -> Groups:
    groups: Groups = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for (r, c), number in numbers.of[position].items():
        if number.at.version in _VERSIONS and not number.at.measure:
            by_row = view.rows[r].coordinates.version != "" or not view.columns[c].coordinates.version
            line = (None, c) if by_row and _rows_differ(view.rows) else (r, None)
            at = number.at.without("version", "stage").values()
            groups[line, at][number.at.version][number.at.stage].append(number)
    return groups


def _pairs(group: dict[str, dict[str, list[Number]]]) -> list[tuple[str, str]]:
    """The stages of this year and last year that the change may be between: the same ones where there are some."""
    every = [(now, before) for now in group.get("", ()) for before in group.get("previous", ())]
    return [p for p in every if p[0] == p[1]] or every


def _change(group: dict[str, dict[str, list[Number]]], pair: tuple[str, str]) -> Instance | None:
    stages = group.get("change", {})
    changes = stages.get(pair[0]) or [n for of_stage in stages.values() for n in of_stage]
    found = (changes, group[""][pair[0]], group["previous"][pair[1]])
    if any(len(v) != 1 for v in found):
        return None
    change, this, last = (v[0] for v in found)
    if change.blank or (this.blank and last.blank):
        return None
    trivial = not (change.value or this.value or last.value)
    terms = ((1, change), (-1, this), (1, last))
    return Instance(
        terms, change.value - this.value + last.value, change.slack + this.slack + last.slack, trivial
    )


def _rows_differ(rows: object) -> bool:
    return any(r.coordinates.version for r in rows)  # type: ignore[attr-defined]


def balance_families(numbers: Numbers) -> Iterator[Family]:
    """The total of what comes in and the total of what goes out, where one table prints both."""
    totals: dict[str, dict[str, list[Number]]] = defaultdict(lambda: defaultdict(list))
    for position, view in enumerate(numbers.views):
        last = max((k for k, r in enumerate(view.rows) if r.total), default=None)
        if last is None or view.scope.side not in ("income", "expenditure"):
            continue
        number = numbers.of[position].get((last, 0))
        if number is not None and not number.blank:
            totals[view.table][view.scope.side].append(number)
    for table, sides in totals.items():
        if len(sides.get("income", ())) == 1 and len(sides.get("expenditure", ())) == 1:
            a, b = sides["income"][0], sides["expenditure"][0]
            made = Instance(((1, a), (-1, b)), a.value - b.value, 0, not (a.value or b.value))
            yield Family("balance", "balance", f"{table}/balance", "balance", [made], direction="balance")
