"""Law of change: this year minus last year; and of balance: what comes in pays for what goes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from yibenzhang.laws.families import Family, Instance
from yibenzhang.laws.numbers import Number, Numbers

_VERSIONS = ("", "previous", "change")


def change_families(numbers: Numbers) -> Iterator[Family]:
    """change = this year - last year, wherever a view prints all three at the same coordinates."""
    for position, view in enumerate(numbers.views):
        versions = {at.version for at in view.places.values()}
        if not versions.issuperset(_VERSIONS):
            continue
        groups: dict[tuple[object, ...], dict[str, list[Number]]] = defaultdict(lambda: defaultdict(list))
        for (r, c), number in numbers.of[position].items():
            if number.at.version in _VERSIONS and not number.at.measure:
                by_row = view.rows[r].coordinates.version != "" or not view.columns[c].coordinates.version
                line = (None, c) if by_row and _rows_differ(view.rows) else (r, None)
                groups[line, number.at.without("version").values()][number.at.version].append(number)
        found = []
        for group in groups.values():
            if set(group) == set(_VERSIONS) and all(len(v) == 1 for v in group.values()):
                this, last, change = (group[v][0] for v in _VERSIONS)
                value = change.value - this.value + last.value
                slack = change.slack + this.slack + last.slack
                if not change.blank and not (this.blank and last.blank):
                    trivial = not (change.value or this.value or last.value)
                    terms = ((1, change), (-1, this), (1, last))
                    found.append(Instance(terms, value, slack, trivial))
        if found:
            yield Family(
                "change", "change", f"{view.table}/{view.panel}/change", "change", found, direction="change"
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
