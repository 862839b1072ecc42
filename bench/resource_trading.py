"""Trading of a made city: projects, complaints and drawn experts, with planted faults and twins that look alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any


def trading(
    add: Callable[..., Any], plant: Callable[[str, str], None], bodies: Sequence[str], planted: int
) -> None:
    """Codes follow from the order: experts before projects before draws."""
    draws: list[dict[str, Any]] = []
    experts, trades = _Coded(add, "expert", "ZJ"), _Coded(add, "trade", "JY")

    def drawn(trade: str, expert: str, on: str) -> None:
        draws.append({"trade": trade, "expert": expert, "name": "一", "drawn_on": on})

    for n in range(planted):
        body = bodies[n % len(bodies)]
        for k, (listed, platform) in enumerate(((True, False), (True, True), (False, False), (True, None))):
            trades.add(name=f"交易{n}之{k}", body=body, listed=listed, platform=platform)
        plant("trade.outside", f"交易{n}之0")
        _complaints(add, plant, n, body)
        for k, (employer, told) in enumerate(
            ((f"投标{n}公司", True), (body, True), (f"投标{n}", False), (None, False))
        ):
            expert = experts.add(number=f"A{n}-{k}", name=f"避专家{n}之{k}", employer=employer)
            trade = trades.add(name=f"回避{n}之{k}", body=body, bidders=f"投标{n}公司、别的{n}公司")
            drawn(trade, expert, "2026-02-01")
            if told:
                plant("expert.avoidance", f"避专家{n}之{k}")
        for k, (days, told) in enumerate(
            (((0, 90, 180, 300), True), ((0, 90, 180, 400), False), ((0, 0, 90, 180), False))
        ):
            expert = experts.add(number=f"B{n}-{k}", name=f"轮专家{n}之{k}")
            first = date(2024, 9, 1)
            codes = [trades.add(name=f"轮换{n}之{k}之{j}", body=body) for j in range(4)]
            for j, day in enumerate(days):  # in the last twin two draws are of one project
                code = codes[0] if days[1] == 0 and j == 1 else codes[j]
                draws.append(
                    {
                        "trade": code,
                        "expert": expert,
                        "name": f"第{j}次",
                        "drawn_on": str(first + timedelta(days=day)),
                    }
                )
            if told:
                plant("expert.rotation", f"轮专家{n}之{k}")
        for k, (left, told) in enumerate((("2025-12-31", True), ("2026-02-01", False), (None, False))):
            expert = experts.add(number=f"C{n}-{k}", name=f"出专家{n}之{k}", left_on=left)
            drawn(trades.add(name=f"出库{n}之{k}", body=body), expert, "2026-02-01")
            if told:
                plant("expert.left", f"出专家{n}之{k}")
    for one in draws:
        add("draw", **one)


def _complaints(add: Callable[..., Any], plant: Callable[[str, str], None], n: int, body: str) -> None:
    for k, (due, handled, told) in enumerate(
        (
            ("2026-03-01", "2026-03-02", True),
            ("2026-08-31", None, True),
            ("2026-03-01", "2026-03-01", False),
            ("2026-09-01", None, False),
            (None, None, False),
        )
    ):
        add(
            "complaint",
            name=f"投诉{n}之{k}",
            body=body,
            received_on="2026-01-05",
            due_on=due,
            handled_on=handled,
        )
        if told:
            plant("complaint.late", f"投诉{n}之{k}")


class _Coded:
    """Drafts of a kind, with the codes that they will get."""

    def __init__(self, add: Callable[..., Any], kind: str, prefix: str) -> None:
        self._add, self._kind, self._prefix, self._count = add, kind, prefix, 0

    def add(self, **values: Any) -> str:
        self._add(self._kind, **values)
        self._count += 1
        return f"{self._prefix}{self._count:06d}"
