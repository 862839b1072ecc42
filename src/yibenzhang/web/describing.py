"""The HTTP interface in words, from what the application says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from yibenzhang.web.words import codes

_KINDS = {"integer": "整数", "string": "文字", "boolean": "true 或 false", "number": "数"}
_PARAMETERS = {
    "number": "编号",
    "leaf": "第几页",
    "key": "编号",
    "kind": "docx 或 pdf",
    "width": "宽多少像素",
    "status": f"只要这种状态：{'，'.join(f'{k} {w}' for k, w in codes('status').items())}",
    "find": "只要名称或编码里有这些字的",
    "name": "文件名",
    "delivery": "同一批文件写同一个：自己定的 32 位十六进制数",
    "entry": "名录行的编号；不写则按文件内容判断",
    "draft": "只作自查，不算交件",
    "x0": "左，点",
    "top": "上，点",
    "x1": "右，点",
    "bottom": "下，点",
    "season": "移到哪一季的编号",
    "sure": "true：与文件写的不同也照填的保存",
    "undo": "true：撤回，或重新打开",
    "days": "批复后几天内公开",
    "verdict": "confirmed 确认，dismissed 排除，solved 已改好，reopened 重新打开",
    "reason": "理由，排除时必填",
    "words": "问题是什么，或看的结果",
    "severity": "error 错误，warning 疑问，notice 提示",
    "box": "页上的方框“左,上,右,下”，点",
    "text": "框里的字",
    "done": "是否看过",
    "notice": "文号，不写则自动编",
    "due": "答复期限（2026-02-10）",
    "person": "操作人",
    "action": "操作的代号",
    "subject": "对象的种类",
    "subject_id": "对象编号",
    "since": "从这天起（2026-02-10）",
    "until": "到这天止",
    "page": "第几页，从 1 起",
    "table": "哪张表：kinds、rules、reasons、missed、departments、rounds、days、lateness、years",
    "body": "单位的全称",
    "source": "来源",
    "version": "看到的是第几版",
    "turn": "true：只要轮到本人办的",
    "never": "true：只要交付了没有用过的",
    "codes": "资源的编码，可写多个",
    "purpose": "用途",
    "scene": "应用场景",
    "begins_on": "从哪一天开始使用，不写为今天",
    "ends_on": "使用到哪一天（2026-12-31）",
    "interface": "交付的接口或库表；使用记录按它认",
    "order": "次序：budget、contracted、paid、executed 从大到小，不写按单位和名称",
    "step": "只要有这一步的：contract 合同，payment 支付，acceptance 验收，self_assessment 自评……",
    "record": "填报的编号",
    "one": "项目（或它的一部分）的编号",
    "other": "另一个的编号",
    "why": "依据",
    "remove": "true：删除",
    "digest": "文件的 SHA-256",
    "form": "table 表，report 报告",
    "ending": "docx 或 xlsx",
    "phone": "联系电话",
    "rest": "有不收的行时，其余的照收",
    "numbers": "差异的号，可写多个",
    "whole": "true 为全部",
    "family": "规则的类，如 total",
    "state": "文件的状态：review、returned、clean",
    "round": "第几版，不写为现在的一版",
    "reviewer": "审核人的编号",
    "sort": "按什么排列",
    "matters": "问题的编号，可写多个",
    "asked": "筛选条件，写法同网址里 ? 后面的",
    "batch": "这一批的编号",
    "act": "assign 分派，due 改最晚公开，remind 催报",
    "entries": "名录行的编号，可写多个",
    "late": "true：只要逾期的",
    "changed": "true：只要上次看过之后有变化的",
    "forget": "要删去的筛选条件的编号",
    "year": "年度",
    "stage": "budget 预算，accounts 决算",
    "rule": "规则编号",
    "part": "只用于网页：第几段，从 1 起；0 为全部",
}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WRONG = {
    401: "要登录，或要有效的接口密钥",
    403: "角色不够，或请求不是来自本站的页面",
    404: "没有这一项，或不在本人的范围内",
    409: "现在不能这样做，原因见 error",
    422: "参数不完整或格式不对",
    503: "数据库暂时连不上，没有保存；请稍后再试",
}
_THING = {
    "seasons": "公开季",
    "entries": "名录行",
    "submissions": "文件",
    "matters": "问题",
    "notices": "通知",
    "bodies": "单位",
    "users": "账号",
    "resources": "资源",
    "requests": "申请",
}
_AT = {
    ("/deliveries/", "key"): "这批文件的编号，交文件时自己定的",
    ("/numbers", "key"): "一个数字的 key，不写则全部",
    ("/ticks", "key"): "未能核对的一项的 key",
    ("/defects", "key"): "框里的数字的 key",
    ("/seasons", "name"): "公开季的名称，不写则按年度和内容起",
    ("/seasons", "days"): "批复后几天内公开，不写为 20",
    ("/entries/", "approved_on"): "批复日期（2026-02-10）",
    ("/entries/", "due_on"): "最晚公开的日期，不写则按批复日期算",
    ("/entries/", "published_on"): "实际公开的日期",
    ("/entries/", "published_url"): "公开网址",
    ("/entries/", "contact"): "联系人",
    ("/profile", "add"): "要加进名录的单位全称",
    ("/profile", "level"): "department 部门，unit 单位",
    ("/accept", "undo"): "true 为撤回通过",
    ("/roster", "file"): "名录文件",
    ("/numbers", "part"): "只用于网页：第几段，从 1 起",
    ("/resources", "kind"): "只要这种资源",
    (
        "/resources",
        "state",
    ): "只要这个编目状态：draft 草稿，checked 已核对，published 已发布，withdrawn 已撤回",
    ("/resources", "find"): "只要名称、编码、单位里有这些字的",
    ("/resources.xlsx", "kind"): "哪种资源，不写为数据资源",
    ("/resources.xlsx", "state"): "只要这个编目状态",
    ("/resource-import", "kind"): "哪种资源",
    ("/resource-import", "file"): "Excel 或 CSV 文件",
    ("/move", "action"): "check 核对，return 退回，publish 发布，revise 修订，withdraw 撤回，restore 恢复",
    ("/move", "reason"): "理由",
    ("/proposals", "kind"): "只要这种资源",
    ("/proposals", "action"): "accept 接受，refuse 不接受",
    (
        "/requests",
        "state",
    ): "只要这个状态：provider 待提供方意见，authority 待主管部门意见，delivery 待交付，delivered 已交付，used 使用中，"
    "ended 已结束，refused 不同意，withdrawn 已撤回，expired 已到期",
    ("/requests", "kind"): "只要这种资源：data_resource、cloud、link",
    ("/requests", "find"): "只要编号、资源、单位里有这些字的",
    ("/requests", "due"): "只要要提醒的：late 逾期，soon 快到期限，ending 快到使用期",
    ("/requests", "body"): "申请单位；部门的账号不用写",
    ("/requests", "user"): "使用人",
    ("/request-new", "kind"): "只要这种资源：data_resource、cloud、link",
    ("/request-new", "find"): "只要名称、编码、单位、摘要里有这些字的",
    ("/request-usage", "file"): "Excel 或 CSV 文件",
    (
        "/step",
        "action",
    ): "provider_agree 提供方同意，provider_refuse 提供方不同意，authority_agree 主管部门同意，"
    "authority_refuse 主管部门不同意，deliver 交付，withdraw 撤回，end 结束使用",
    ("/step", "reason"): "意见或理由；不同意和结束必填",
    ("/project-import", "kind"): "哪种表：contract 合同、payment 支付……，ocds 采购发布包",
    ("/project-import", "file"): "Excel、CSV，或 OCDS 的 JSON",
    ("/ledger-bodies", "action"): "same 是同一个单位，apart 不是，undo 撤销",
    ("/ledger-bodies", "one"): "账本里印的一个名称",
    ("/ledger-bodies", "other"): "账本里印的另一个名称",
    ("/ledger-bodies", "why"): "依据",
    ("/project-link", "action"): "same 是同一个，apart 不是，undo 撤销",
    ("/project-performance", "kind"): "monitoring 年中监控，self_assessment 年度自评",
    ("/projects-views", "name"): "视图的名称",
    ("/projects-portfolio", "rule"): "只要这一条问题",
    ("/template", "template"): "正文，空的即恢复自带的模板",
    ("/template", "office_name"): "落款",
    ("/template", "contact"): "联系人",
    ("/template", "phone"): "联系电话",
}
"""Parameters that mean something of their own at some addresses: by a part of the path."""
_DONE = {"200": "成功", "201": "已收下并存好", "303": "已办好；Location 是显示结果的页面"}
WRONG: dict[int | str, dict[str, Any]] = {
    code: {
        "description": words,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "error": {"type": "string", "description": "一句话：出了什么问题，怎么办"}
                    },
                    "required": ["error"],
                },
            }
        },
    }
    for code, words in _WRONG.items()
}
"""What goes wrong at any address; a page asked for without .json or .csv says the same sentence."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """``where`` is path, query or form."""

    name: str
    where: str
    needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address; ``words`` is what it does, in Chinese; ``table`` is the address of the same as CSV, or empty."""

    method: str
    path: str
    words: str
    parameters: tuple[Parameter, ...]
    table: str = ""


def json_answer(
    columns: Mapping[str, str], tells: Mapping[str, str], table: str
) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI describes the .json form of a page: what else it tells, and its table, by field."""
    row = {
        "type": "object",
        "properties": {k: {"description": _field(k, head)} for k, head in columns.items()},
    }
    fields: dict[str, Any] = {k: {"description": words} for k, words in tells.items()}
    fields[table] = {
        "type": "array",
        "description": "表里的各行；字段比这里列的多时，多的是编号和代码",
        "items": row,
    }
    schema = {"type": "object", "properties": fields, "required": [table]}
    words = "页面的数据；代码不译成中文，日期和时间按 ISO 8601（时间为 UTC）"
    return {200: {"description": words, "content": {"application/json": {"schema": schema}}}}


def csv_answer(columns: Mapping[str, str]) -> dict[int | str, dict[str, Any]]:
    """The same for the .csv form."""
    heads = list(columns.values())
    words = "表格：UTF-8 带标记，Excel 可直接打开；代码写成中文，时间为北京时间。"
    words += "各列：" + "、".join(heads) if heads else ""
    content: dict[str, Any] = {"schema": {"type": "string"}}
    if heads:
        content["example"] = f"{','.join(heads)}\r\n"
    return {200: {"description": words, "content": {"text/csv": content}}}


def _field(name: str, head: str) -> str:
    meanings = "，".join(f"{k} {w}" for k, w in codes(name).items() if k and w)
    return f"{head}：{meanings}" if meanings and len(meanings) < 300 else head


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The description as FastAPI makes it, with Chinese words where it has English ones or none."""
    wrong = {str(code) for code in WRONG}
    for path, methods in schema.get("paths", {}).items():
        for operation in methods.values():
            if not _CHINESE.search(operation.get("description", "")):
                operation.pop("description", None)  # a docstring, for those who read the source
            for p in operation.get("parameters", ()):
                p.setdefault(
                    "description", _parameter(path, p["name"], p["in"], False, p.get("schema", {})).words
                )
            for code, answer in operation.get("responses", {}).items():
                if not _CHINESE.search(answer.get("description", "")):
                    answer["description"] = _DONE.get(code, "答复")
                if code == "303":
                    answer.pop("content", None)
                elif code in wrong:  # the same everywhere: once in the description, not a hundred times
                    operation["responses"][code] = {"$ref": f"#/components/responses/{code}"}
            for form in _forms(operation, schema):
                for name, kind in form.get("properties", {}).items():
                    kind.setdefault("description", _parameter(path, name, "form", False, kind).words)
    schema.setdefault("components", {})["responses"] = {str(code): answer for code, answer in WRONG.items()}
    return schema


def operations(schema: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """What an OpenAPI description tells, by subject."""
    out: dict[str, list[Operation]] = {}
    for path, methods in schema.get("paths", {}).items():
        for method, operation in methods.items():
            made = Operation(
                method.upper(),
                path,
                operation.get("summary", ""),
                tuple(_parameters(path, operation, schema)),
            )
            of_tag = out.setdefault((operation.get("tags") or ["其他"])[0], [])
            if of_tag and path.endswith(".csv") and of_tag[-1].path == f"{path[:-4]}.json":
                of_tag[-1] = replace(of_tag[-1], table=path)
            else:
                of_tag.append(made)
    return out


def _forms(operation: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the forms of an operation hold."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        yield schema.get("components", {}).get("schemas", {}).get(name, {})


def _parameters(path: str, operation: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Parameter]:
    for p in operation.get("parameters", ()):
        yield _parameter(path, p["name"], p["in"], bool(p.get("required")), p.get("schema", {}))
    for form in _forms(operation, schema):
        for field, kind in form.get("properties", {}).items():
            yield _parameter(path, field, "form", field in form.get("required", ()), kind)


def _parameter(path: str, name: str, where: str, needed: bool, schema: Mapping[str, Any]) -> Parameter:
    kinds = [schema, *schema.get("anyOf", ())]
    kind = next((_KINDS[k["type"]] for k in kinds if k.get("type") in _KINDS), "")
    words = next((w for (part, n), w in _AT.items() if n == name and _within(path, part)), "")
    thing = _THING.get(path.split("/")[1], "") if where == "path" and name == "number" else ""
    return Parameter(
        name, where, needed, words or (f"{thing}的编号" if thing else _PARAMETERS.get(name, kind))
    )


def _within(path: str, part: str) -> bool:
    """True where a part beginning an address with / and ending so stands in it, and any other ends it."""
    plain = path.removesuffix(".json").removesuffix(".csv")
    return part in plain if part.endswith("/") else plain.endswith(part)
