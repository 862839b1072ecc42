"""Codes and their Chinese words: programs get the codes, people read the words, in pages and in tables alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from yibenzhang.office.access import ROLE as ROLE
from yibenzhang.office.audit import ACTIONS, SUBJECTS
from yibenzhang.office.following import PERSON
from yibenzhang.office.models import ZONE
from yibenzhang.office.roster import STAGE, STATUS
from yibenzhang.office.rule_statistics import rule_names
from yibenzhang.office.states import table
from yibenzhang.standards import load
from yibenzhang.standards.divisions import divisions

SEVERITY = {"error": "错误", "warning": "疑问", "notice": "提示"}
VERDICT = {
    "": "未处理",
    "confirmed": "已确认",
    "dismissed": "已排除",
    "reopened": "重新打开",
    "solved": "已改好",
}
LEVEL = {"department": "部门", "unit": "单位", "": ""}
STATES: Mapping[str, str] = {state.value: name for state, name in table().states.items()}
STANDING = {"proved": "已印证", "contradicted": "有矛盾", "alone": "无可比对", "trivial": "零，不计"}
PROFILE = {"body": "单位", "fiscal_year": "年度", "stage": "内容", "level": "级次", "region": "地区"}
"""What is recognised of a file, and what people may put right in it."""
_BY_HAND = "人工补充"
WORDS: dict[str, Mapping[str, str]] = {
    "severity": SEVERITY,
    "verdict": VERDICT,
    "role": ROLE,
    "level": LEVEL,
    "stage": STAGE,
    "status": STATUS,
    "state": STATES,
    "standing": STANDING,
    "corrected": PROFILE,
    "action": ACTIONS,
    "subject": SUBJECTS,
    "rule": {PERSON: _BY_HAND},
}
"""By the name of a field, what its codes are in Chinese."""


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    provinces = {code: d.short for code, d in divisions().items() if not d.parent}
    return provinces | {r.id: r.name for r in load().regions}


@lru_cache(maxsize=4)
def rules(extra: str) -> Mapping[str, str]:
    """What each rule is called, also those of the layer in the folder ``extra``."""
    return {**rule_names(extra), PERSON: _BY_HAND}


def codes(field: str) -> Mapping[str, str]:
    """The codes a field may hold, with their words; empty for a field that holds none."""
    return _regions() if field == "region" else WORDS.get(field, {})


def worded(field: str, value: Any) -> Any:
    """What people read in a table where programs get ``value``: words for codes, China's time for moments; numbers,
    dates and yes or no stay what they are for ``office.spreadsheets`` to write."""
    if isinstance(value, str):
        return str(codes(field).get(value, value))
    if isinstance(value, datetime):
        return value.astimezone(ZONE).replace(tzinfo=None)
    if isinstance(value, Sequence):
        return "、".join(str(worded(field, v)) for v in value)
    return value


def cells(row: Mapping[str, Any], columns: Mapping[str, str]) -> list[Any]:
    """A row of a table as people read it, in the order of its columns."""
    return [worded(k, row.get(k)) for k in columns]
