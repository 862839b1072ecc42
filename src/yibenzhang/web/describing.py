"""The HTTP interface in words, from what the application says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_KINDS = {"integer": "整数", "string": "文字", "boolean": "true 或 false", "number": "数"}
_WORDS = {
    "number": "编号", "leaf": "第几页", "key": "编号", "status": "只要这种状态", "find": "只要名称或编码里有这些字的", "name": "文件名",
    "delivery": "同一批文件写同一个：自己定的 32 位十六进制数", "entry": "名录行的编号；不写则按文件内容判断", "draft": "只作自查，不算交件",
    "person": "操作人", "action": "操作的代号", "subject": "对象的种类", "subject_id": "对象编号", "since": "从这天起（2026-02-10）",
    "until": "到这天止", "page": "第几页，从 1 起", "year": "年度", "stage": "budget 预算，accounts 决算", "rule": "规则编号", "kind": "种类",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """``where`` is path or query."""

    name: str
    where: str
    needed: bool
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address; ``summary`` is what it does, in Chinese."""

    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]


def operations(schema: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """What an OpenAPI description tells, by subject."""
    out: dict[str, list[Operation]] = {}
    for path, methods in schema.get("paths", {}).items():
        for method, told in methods.items():
            found = tuple(_parameter(p) for p in told.get("parameters", ()))
            made = Operation(method.upper(), path, told.get("summary", ""), found)
            out.setdefault((told.get("tags") or ["其他"])[0], []).append(made)
    return out


def _parameter(told: Mapping[str, Any]) -> Parameter:
    schema = told.get("schema", {})
    kinds = [schema, *schema.get("anyOf", ())]
    kind = next((_KINDS[k["type"]] for k in kinds if k.get("type") in _KINDS), "")
    words = told.get("description") or _WORDS.get(told["name"], "")
    return Parameter(told["name"], told["in"], bool(told.get("required")), kind, words)
