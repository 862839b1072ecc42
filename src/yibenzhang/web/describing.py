"""The HTTP interface in words, from what the application says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

WORDS = {
    "/seasons": "公开季一览，各有多少单位处于各种状态",
    "/seasons/{number}": "看板：每个单位交没交、查得怎样",
    "/seasons/{number}/board.xlsx": "看板，Excel 文件",
    "/seasons/{number}/statistics": "一季的统计",
    "/seasons/{number}/statistics/{table}": "统计里的一张表",
    "/bodies/{number}": "一个单位各季的情况",
    "/entries/{number}": "一个单位在一季里的日期、各版文件",
    "/seasons/{number}/files": "交一个文件：请求正文就是文件的内容；zip 会拆开。答复 201 时已存好",
    "/deliveries/{key}": "一批交来的文件各到哪一步",
    "/submissions/{number}": "一份文件的检查报告、问题和处理",
    "/submissions/{number}/original": "原件",
    "/submissions/{number}/leaves/{leaf}.png": "一页的图像",
    "/submissions/{number}/leaves/{leaf}/words": "一页上方框里印的字",
    "/submissions/{number}/numbers": "印出的每个数字和它参加的关系",
    "/matters/{number}/decisions": "处理一个问题",
    "/submissions/{number}/defects": "补充一个程序没有查出的问题",
    "/submissions/{number}/ticks": "记下未能核对的一项已由人看过",
    "/submissions/{number}/return": "退回，按已确认的问题生成通知",
    "/submissions/{number}/changes": "与上一版比较：已改正、仍存在、不能确定、新出现",
    "/notices/{number}": "一份通知",
    "/notices/{number}.{kind}": "通知的 Word（docx）或 PDF（pdf）文件",
    "/me": "自己的账号和接口密钥",
    "/users": "全部账号（管理员）",
    "/audit": "操作记录，新的在前（负责人和管理员）；.csv 是全部，.json 每页 100 条",
}
"""What each address does; the forms .json and .csv are one."""
_KINDS = {"integer": "整数", "string": "文字", "boolean": "true 或 false", "number": "数"}
_PARAMETERS = {
    "number": "编号", "leaf": "第几页", "key": "编号", "kind": "docx 或 pdf", "width": "宽多少像素", "status": "只要这种状态",
    "find": "只要名称或编码里有这些字的", "name": "文件名", "delivery": "同一批文件写同一个：自己定的 32 位十六进制数",
    "entry": "名录行的编号；不写则按文件内容判断", "draft": "只作自查，不算交件", "x0": "左，点", "top": "上，点", "x1": "右，点", "bottom": "下，点",
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
            base = path.removesuffix(".json").removesuffix(".csv")
            words = WORDS.get(base, told.get("description") or told.get("summary", ""))
            made = Operation(method.upper(), path, words, tuple(_parameters(told, schema)))
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
