"""The report a person reads in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from yibenzhang.checking.extent import over
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.reports.about import grouped_amount, summary, suspects
from yibenzhang.reports.found import Found, FoundFile, FoundGroup, failure
from yibenzhang.reports.speech import UNUSABLE
from yibenzhang.reports.words import (
    SEVERITY,
    coverage_line,
    first_line,
    group_result,
    grouped,
    places_line,
    profile_line,
    tables_of,
    tally,
)
from yibenzhang.standards import Standards

_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
_SUMMARY = {"must": "bold red", "ask": "yellow", "style": "cyan", "unchecked": "dim"}
_MOST_REASONS = 4


def show(
    console: Console,
    results: Sequence[FoundFile],
    standards: Standards,
    everything: bool,
    groups: Sequence[FoundGroup] = (),
) -> None:
    """All documents, what was found between the files of one disclosure, then a summary if there are several.

    ``everything`` lists also what was not checked.
    """
    for number, result in enumerate(results):
        if number:
            console.print()
        _file(console, result, standards, everything)
        if result.group:
            others = [p for p in groups[result.group - 1].paths if p != result.path]
            console.print(Text(f"与 {'、'.join(others)} 是同一份公开，已合并核对。", style="dim"))
    for group in groups:
        _group(console, group)
    if len(results) > 1:
        _summary(console, results)


def _file(console: Console, result: FoundFile, standards: Standards, everything: bool) -> None:
    console.rule(Text(result.path, style="bold"), align="left", style="dim")
    if result.found is None:
        console.print(Text(f"{failure(result)}：{result.error}", style="bold magenta"))
        return
    found = result.found
    console.print(Text(first_line(found, result.left_out), style=_style(found)))
    if found.extent.kind in UNUSABLE:
        return
    console.print(Text(profile_line(found.profile), style="bold"))
    for name, sentence in summary(found):
        console.print(Text(sentence, style=_SUMMARY[name]))
    console.print(Text(f"sha256 {found.sha256}", style="dim"))
    read = sum(not t.part for t in found.tables)
    console.print(f"读到 {read} 张表，核对了 {found.relations} 项加总和相等关系。")
    _bar(console, found)
    for number, finding in enumerate(found.findings, start=1):
        _finding(console, number, finding)
    _not_checked(console, found, standards, everything)


def _style(found: Found) -> str:
    if found.worst:
        return _STYLE[found.worst]
    return "yellow" if found.extent.little or found.extent.partial else "green"


def _group(console: Console, group: FoundGroup) -> None:
    console.print()
    console.rule(Text(f"同一份公开 {'、'.join(group.names)}", style="bold"), align="left", style="dim")
    console.print(
        Text(
            f"{profile_line(group.profile)}：{group_result(group)}",
            style="magenta" if group.error else "bold",
        )
    )
    for number, finding in enumerate(group.findings, start=1):
        _finding(console, number, finding)


def _bar(console: Console, found: Found) -> None:
    c = found.coverage
    width = 40
    if c.numbers:
        proved = round(width * c.proved / c.numbers)
        wrong = (
            min(max(1, round(width * c.contradicted / c.numbers)), width - proved) if c.contradicted else 0
        )
        bar = Text("█" * proved, style="green")
        bar.append("█" * wrong, style="red")
        bar.append("░" * (width - proved - wrong), style="dim")
        console.print(bar, end=" ")
    console.print(coverage_line(found), style="dim")


def _finding(console: Console, number: int, f: Issue) -> None:
    style = _STYLE[f.severity]
    body = Text(f.message)
    if f.expected:
        reported, expected, difference = map(grouped_amount, (f.reported, f.expected, f.difference))
        right = "应为" if f.certain else "算得"
        body.append(
            f"\n印为 {reported or '空'}  {right} {expected}  相差 {difference or '—'} {f.unit}", style="bold"
        )
    for b in f.broken[:6]:
        body.append(f"\n· {b.name}", style="dim")
        body.append(f"\n  {b.arithmetic}", style="dim")
    if len(f.broken) > 6:
        body.append(f"\n· 另有 {len(f.broken) - 6} 项关系不成立", style="dim")
    if doubtful := suspects(f):
        body.append(f"\n可能有误的数：{'；'.join(doubtful)}", style="dim")
    places = places_line(f)
    body.append(f"\n位置：{places}" if places else "", style="dim")
    title = Text(f" {number} {SEVERITY[f.severity]} · {f.rule} ", style=style)
    console.print(Panel(body, title=title, title_align="left", border_style=style, padding=(0, 1)))


def _not_checked(console: Console, found: Found, standards: Standards, everything: bool) -> None:
    if not found.not_checked:
        return
    console.print(Text(f"未能核对 {len(found.not_checked)} 项（不等于没有问题）：", style="bold"))
    groups = grouped(found.not_checked)
    for reason, items in groups if everything else groups[:_MOST_REASONS]:
        tables = tables_of(found, items)
        line = f"  · {tables}：{reason}" if tables else f"  · {reason}"
        console.print(line + (f"（{len(items)} 项）" if len(items) > 1 else ""), style="dim")
        for item in items if everything else ():
            rule = standards.rule_by_id.get(item.rule)
            if rule:
                console.print(f"      {rule.id}  {rule.name}", style="dim")
    if not everything and len(groups) > _MOST_REASONS:
        console.print(f"  · 还有 {len(groups) - _MOST_REASONS} 种原因，加 --all 列出全部", style="dim")


def _summary(console: Console, results: Sequence[FoundFile]) -> None:
    table = Table(title="汇总", title_justify="left", title_style="bold", show_edge=False)
    table.add_column("文件", overflow="fold")
    table.add_column("单位和年度", overflow="fold")
    table.add_column("结果")
    table.add_column("印证", justify="right")
    for result in results:
        if result.found is None:
            table.add_row(result.path, "", Text(f"{failure(result)}：{result.error}", style="magenta"), "")
            continue
        found = result.found
        extent = found.extent
        proved = f"{extent.share}%" if over(extent.counted) else "—"
        table.add_row(
            result.path,
            profile_line(found.profile),
            Text(tally(found, result.left_out), style=_style(found)),
            proved,
        )
    console.print()
    console.print(table)
