"""Lists whose rows hold one another without saying so: a project's row below that of its function."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.laws.families import Instance


def nested(instance: Instance) -> bool:
    """Whether the total is that of the rows that are left once each row that is the sum of those right below it takes
    them in."""
    parts = sorted(
        ((n.row, int(c) * n.value) for c, n in instance.terms[1:] if abs(c) == 1), key=lambda x: x[0]
    )
    values = [-value for _, value in parts if value]
    total = int(instance.terms[0][0]) * instance.terms[0][1].value
    tops = _tops(values, instance.slack)
    return len(tops) < len(values) and abs(sum(tops) - total) <= instance.slack


def _tops(values: Sequence[int], slack: int) -> list[int]:
    tops: list[int] = []
    k = 0
    while k < len(values):
        tops.append(values[k])
        k += 1 + _below(values, k, slack)
    return tops


def _below(values: Sequence[int], k: int, slack: int) -> int:
    """How many of the values right after one make it up; 0 where none do."""
    left = values[k]
    for count, value in enumerate(values[k + 1 :], start=1):
        left -= value
        if abs(left) <= slack:
            return count
        if left < 0:
            return 0
    return 0
