"""The HTTP interface in words, from what the application says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_KINDS = {"integer": "整数", "string": "文字", "boolean": "true 或 false", "number": "数"}
_PARAMETERS = {
    "number": "编号", "leaf": "第几页", "key": "编号", "kind": "docx 或 pdf", "width": "宽多少像素", "status": "只要这种状态",
    "find": "只要名称或编码里有这些字的", "name": "文件名", "delivery": "同一批文件写同一个：自己定的 32 位十六进制数",
    "entry": "名录行的编号；不写则按文件内容判断", "draft": "只作自查，不算交件", "x0": "左，点", "top": "上，点", "x1": "右，点", "bottom": "下，点",
    "season": "移到哪一季的编号", "sure": "true：与文件写的不同也照填的保存", "undo": "true：撤回，或重新打开", "days": "批复后几天内公开",
    "verdict": "confirmed 确认，dismissed 排除，solved 已改好，reopened 重新打开", "reason": "理由，排除时必填", "words": "问题是什么，或看的结果",
    "severity": "error 错误，warning 疑问，notice 提示", "box": "页上的方框“左,上,右,下”，点", "text": "框里的字", "done": "是否看过",
    "notice": "文号，不写则自动编", "due": "答复期限（2026-02-10）", "late": "是否写上逾期", "person": "操作人", "action": "操作的代号",
    "subject": "对象的种类", "subject_id": "对象编号", "since": "从这天起（2026-02-10）", "until": "到这天止", "page": "第几页，从 1 起",
    "table": "哪张表：kinds、rules、reasons、missed、departments、rounds、days、lateness、years",
    "year": "年度", "stage": "budget 预算，accounts 决算", "rule": "规则编号",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """``where`` is path, query or form."""

    name: str
    where: str
    needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address; ``words`` is what it does, in Chinese."""

    method: str
    path: str
    words: str
    parameters: tuple[Parameter, ...]


def operations(schema: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """What an OpenAPI description tells, by subject."""
    out: dict[str, list[Operation]] = {}
    for path, methods in schema.get("paths", {}).items():
        for method, told in methods.items():
            made = Operation(method.upper(), path, told.get("summary", ""), tuple(_parameters(told, schema)))
            out.setdefault((told.get("tags") or ["其他"])[0], []).append(made)
    return out


def _parameters(told: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Parameter]:
    for p in told.get("parameters", ()):
        yield _parameter(p["name"], p["in"], bool(p.get("required")), p.get("schema", {}))
    for content in told.get("requestBody", {}).get("content", {}).values():
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        form = schema.get("components", {}).get("schemas", {}).get(name, {})
        for field, kind in form.get("properties", {}).items():
            yield _parameter(field, "form", field in form.get("required", ()), kind)


def _parameter(name: str, where: str, needed: bool, schema: Mapping[str, Any]) -> Parameter:
    kinds = [schema, *schema.get("anyOf", ())]
    kind = next((_KINDS[k["type"]] for k in kinds if k.get("type") in _KINDS), "")
    return Parameter(name, where, needed, _PARAMETERS.get(name, kind))
