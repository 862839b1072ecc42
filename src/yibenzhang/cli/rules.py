"""`yibenzhang rules`: list, show, prove and begin rules, all of them data."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from yibenzhang.cli.common import Layer, fail, nearest, standards_of
from yibenzhang.model.issues import Severity
from yibenzhang.reports.console import Terminal
from yibenzhang.reports.speech import SEVERITY
from yibenzhang.standards import StandardsError

app = typer.Typer(help="规则：列出、说明、用例子检验、新建。", no_args_is_help=True, rich_markup_mode=None)

_NEW: dict[str, dict[str, str]] = {
    "phrase": {
        "wording.toml": """
[[phrase]]
id = "{name}"
name = "不该出现的说法"
severity = "warning"
pattern = '待定|另行通知'
scope = "text"
fires = "具体金额待定。"
twin = "具体金额已定。"
""",
    },
    "title": {
        "tables.toml": """
# 自带的一张表的另一个标题：id 用 yibenzhang tables 里看到的编号。
[[table]]
id = "budget.expenditure"
titles = ["{name}"]
""",
    },
    "word": {
        "lexicon/words.toml": """
# 一个词的意思：[维.值]，可用的写在自带的 lexicon/dimensions.toml。
[kind.basic]
words = ["{name}"]
""",
        "cases/cases.toml": """
# 在示例文件的第 line 行第 at 栏（从 0 数起）把 from 改成 to 必须恰好报一处；改成 honest 必须什么也不报。
[[case]]
rule = "total.columns"
base = "{name}.txt"
line = 7
at = 3
from = "530.00"
to = "580.00"
honest = "530.00"
""",
        "cases/{name}.txt": """示范省甲市乙局2026年部门预算

支出总表
单位：万元
科目编码	科目名称	合计	{name}	项目支出
	合计	970.00	600.00	370.00
201	一般公共服务支出	900.00	530.00	370.00
20101	人大事务	900.00	530.00	370.00
2010101	行政运行	530.00	530.00	0.00
2010104	人大会议	250.00	0.00	250.00
2010106	人大监督	120.00	0.00	120.00
221	住房保障支出	70.00	70.00	0.00
22102	住房改革支出	70.00	70.00	0.00
2210201	住房公积金	70.00	70.00	0.00
""",
    },
}
"""What ``rules new`` writes: for each kind, files of the folder and what is added to them."""


@app.command("list")
def list_rules(standards: Layer = "") -> None:
    """列出全部规则。"""
    shown = Table(show_edge=False)
    for name in ("规则", "程度", "内容"):
        shown.add_column(name, overflow="fold", no_wrap=name == "规则")
    for r in standards_of(standards).rule_by_id.values():
        shown.add_row(r.id, SEVERITY[Severity(r.severity)], r.name)
    Terminal().print(shown)


@app.command("show")
def show_rule(rule: Annotated[str, typer.Argument(help="规则编号")], standards: Layer = "") -> None:
    """说明一条规则：内容、程度、依据、例子。"""
    layer = standards_of(standards)
    console = Terminal()
    found = layer.rule_by_id.get(rule)
    if found is None:
        raise fail(f"没有规则 {rule}。{nearest(rule, layer.rule_by_id) or '用 rules list 列出全部。'}")
    console.print(Text(f"{found.id}  {found.name}", style="bold"))
    console.print(f"程度：{SEVERITY[Severity(found.severity)]}")
    for basis in found.basis:
        console.print(f"依据：{layer.bases[basis]}")
    console.print(f"例子：{found.example}")


def explain(
    rule: Annotated[str, typer.Argument(help="规则编号；不写则列出全部")] = "", standards: Layer = ""
) -> None:
    """说明一条规则：内容、依据、例子。"""
    if rule:
        show_rule(rule, standards)
    else:
        list_rules(standards)


@app.command("test")
def test_rules(
    rule: Annotated[str, typer.Argument(help="只检验这一条；不给就是全部")] = "", standards: Layer = ""
) -> None:
    """逐条检验：例子必须报、而且只报一处；看着一样的反例必须不报。"""
    from yibenzhang.proving import prove  # the whole line, and cases of many kinds

    standards_of(standards)
    console = Terminal()
    try:
        proofs = prove(standards, rule)
    except StandardsError as error:
        raise fail(str(error)) from error
    if not proofs:
        raise fail(f"没有规则 {rule}。")
    bad = [p for p in proofs if p.fault]
    for p in bad:
        console.print(Text(f"✗ {p.rule}  {p.case}：{p.fault}", style="red"))
    rules = Counter(p.rule for p in proofs)
    console.print(f"{len(rules)} 条规则，{len(proofs)} 个例子，{len(bad)} 个不合。")
    raise typer.Exit(1 if bad else 0)


@app.command("new")
def new_rule(
    kind: Annotated[
        str,
        typer.Argument(help="phrase 不该出现的说法，title 一张表的另一个标题，word 表头或行名里一个词的意思"),
    ],
    name: Annotated[str, typer.Argument(help="规则编号（如 mine.words），或印出来的标题、词")],
    folder: Annotated[Path, typer.Argument(help="自己的标准目录；没有就新建")],
) -> None:
    """在自己的标准目录里写第一项的样子，连同例子，供修改。"""
    if kind not in _NEW:
        raise fail(f"不认识的种类 {kind}，可用的是 {'、'.join(_NEW)}。")
    if not name or re.search(r'["\\\\/{}\s]', name):
        raise fail(f"{name!r} 里有不能用的字符。")
    console = Terminal()
    for where, text in _NEW[kind].items():
        path = folder / where.format(name=name)
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        if name in there:
            raise fail(f"{path} 里已经有 {name}。")
        if (table := re.search(r"^\[[\w.]+\]$", text, re.MULTILINE)) and table[0] in there:
            raise fail(f"{path} 里已经有 {table[0]} 一节，在它的 words 里加一个词就行。")
        with path.open("a", encoding="utf-8") as f:
            f.write(text.format(name=name))
        console.print(f"已写入 {path}")
    console.print(f"改好之后运行：yibenzhang rules test --standards {folder}")
