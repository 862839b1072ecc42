"""Work orders as rows for people and programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from yibenzhang.resources.mending import Order
from yibenzhang.resources.quality_rules import Rules
from yibenzhang.resources.schema import Schema

COLUMNS = {
    "code": "工单",
    "state_name": "状态",
    "body": "单位",
    "resource": "资源",
    "field": "字段",
    "rule_name": "规则",
    "failed": "不合格行数",
    "due_on": "期限",
    "told": "办理经过",
}


def row(schema: Schema, rules: Rules, order: Order, today: date) -> dict[str, Any]:
    words, first = schema.words["mending"], order.first
    late = order.late(today)
    steps = [
        "　".join(
            x
            for x in (
                f"{s.at:%Y-%m-%d}",
                words[s.event],
                s.who,
                s.note or ("" if s.failed is None else f"{s.failed}/{s.checked}"),
            )
            if x
        )
        for s in order.steps
    ]
    return {
        "code": order.code,
        "step": order.last.step,
        "state": order.state,
        "state_name": words[order.last.event] + (f"（{words['late']}）" if late else ""),
        "late": late,
        "body": first.body,
        "source": first.source,
        "resource": first.resource,
        "field": first.field,
        "rule_id": first.rule,
        "rule_name": rules.rules[first.rule].name if first.rule in rules.rules else first.rule,
        "failed": order.failed,
        "due_on": first.due_on,
        "told": "；".join(steps),
    }
