"""`yibenzhang rules`: list, show, prove and begin rules, all of them data."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yibenzhang.model.issues import Severity
from yibenzhang.proving import prove
from yibenzhang.reports.words import SEVERITY
from yibenzhang.standards import Standards, StandardsError, SumRule, load

app = typer.Typer(help="规则：列出、说明、用例子检验、新建。", no_args_is_help=True, rich_markup_mode=None)

Layer = Annotated[
    str, typer.Option("--standards", help="自己的标准目录（tables.toml、sums.toml 等），叠加在自带标准之上")
]
_STAGES = ("budget.", "accounts.")

_NEW = {
    "sum": (
        "sums.toml",
        """
[[columns]]
id = "{id}"
name = "合计＝甲＋乙"
tables = ["budget.expenditure"]
total = "total"
parts = ["basic", "project"]
without = ["reserve"]
basis = ["budget-law-14"]
example = "支出总表某行：合计 3.00，基本支出 1.00，项目支出 2.00。"
""",
        "cases/cases.toml",
        """
# 在示例文件的第 line 行第 at 栏（从 0 数起）把 from 改成 to 必须恰好报一处；改成 honest 必须什么也不报。
[[case]]
rule = "{id}"
base = "hubei.txt"
line = 31
at = 2
from = "300.00"
to = "310.00"
honest = "300.01"
""",
    ),
    "phrase": (
        "wording.toml",
        """
[[phrase]]
id = "{id}"
name = "不该出现的说法"
severity = "warning"
pattern = '待定|另行通知'
scope = "text"
fires = "具体金额待定。"
twin = "具体金额已定。"
""",
        "",
        "",
    ),
    "concept": (
        "prose.toml",
        """
# 正文里的说法对应的表内数：不相等时，sure = true 就报错。
[[concept]]
names = ["网络安全经费"]
sure = false
at = [{{ table = "*.expenditure", row = "total", measure = "project" }}]
""",
        "",
        "",
    ),
}


def fail(message: str) -> typer.Exit:
    """One sentence on standard error, and exit status 2."""
    Console(stderr=True, highlight=False).print(Text(message, style="bold red"))
    return typer.Exit(2)


def standards_of(extra: str) -> Standards:
    """The standards with the folder ``extra`` on top; a sentence and exit where they cannot be used."""
    try:
        return load("", extra)
    except StandardsError as error:
        raise fail(str(error)) from error


@app.command("list")
def list_rules(standards: Layer = "") -> None:
    """列出全部规则。"""
    shown = Table(show_edge=False)
    for name in ("规则", "程度", "内容"):
        shown.add_column(name, overflow="fold", no_wrap=name == "规则")
    for r in standards_of(standards).rule_by_id.values():
        shown.add_row(r.id, SEVERITY[Severity(r.severity)], r.name)
    Console(highlight=False).print(shown)


@app.command("show")
def show_rule(rule: Annotated[str, typer.Argument(help="规则编号")], standards: Layer = "") -> None:
    """说明一条规则：内容、依据、适用的表、例子。"""
    layer = standards_of(standards)
    console = Console(highlight=False)
    found = layer.rule_by_id.get(rule)
    if found is None:
        near = [i for i in layer.rule_by_id if rule in i][:5]
        raise fail(
            f"没有规则 {rule}。" + (f"相近的有：{'、'.join(near)}" if near else "用 rules list 列出全部。")
        )
    console.print(Text(f"{found.id}  {found.name}", style="bold"))
    console.print(f"程度：{SEVERITY[Severity(found.severity)]}")
    for basis in found.basis:
        console.print(f"依据：{layer.bases[basis]}")
    if isinstance(found, SumRule):
        used = [
            *found.tables,
            *(a.table.replace("*.", s) for a in (found.left, *found.right) if a for s in _STAGES),
        ]
        names = [layer.table_by_id[t].name for t in used if t in layer.table_by_id]
        if names:
            console.print(f"适用：{'、'.join(dict.fromkeys(names))}")
    console.print(f"例子：{found.example}")
    if isinstance(found, SumRule):
        console.print("允许的误差：由印出的小数位数推出（每个数半个末位之和），不能设定。")


@app.command("test")
def test_rules(standards: Layer = "") -> None:
    """逐条检验：例子必须报、而且只报一处；看着一样的反例必须不报。"""
    standards_of(standards)
    console = Console(highlight=False)
    try:
        proofs = prove(standards)
    except StandardsError as error:
        raise fail(str(error)) from error
    bad = [p for p in proofs if p.fault]
    for p in bad:
        console.print(Text(f"✗ {p.rule}  {p.case}：{p.fault}", style="red"))
    rules = Counter(p.rule for p in proofs)
    console.print(f"{len(rules)} 条规则，{len(proofs)} 个例子，{len(bad)} 个不合。")
    raise typer.Exit(1 if bad else 0)


@app.command("new")
def new_rule(
    kind: Annotated[str, typer.Argument(help="sum 加总，phrase 不该出现的说法，concept 正文说法与表的对应")],
    name: Annotated[str, typer.Argument(help="规则编号，如 mine.total")],
    folder: Annotated[Path, typer.Argument(help="自己的标准目录；没有就新建")],
) -> None:
    """在自己的标准目录里写一条新规则的样子，连同例子，供修改。"""
    if kind not in _NEW:
        raise fail(f"不认识的种类 {kind}，可用的是 {'、'.join(_NEW)}。")
    file, entry, case_file, case = _NEW[kind]
    console = Console(highlight=False)
    for where, text in ((file, entry), (case_file, case)):
        if not where:
            continue
        path = folder / where
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and f'"{name}"' in path.read_text(encoding="utf-8"):
            raise fail(f"{path} 里已经有 {name}。")
        with path.open("a", encoding="utf-8") as f:
            f.write(text.format(id=name))
        console.print(f"已写入 {path}")
    console.print(f"改好之后运行：yibenzhang rules test --standards {folder}")
