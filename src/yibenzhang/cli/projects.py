"""The commands of projects: list, show, export, link, import, and questions to the portfolio."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import Layer, fail, standards_of
from yibenzhang.cli.ledger import DEFAULT, Folder, opened
from yibenzhang.cli.project_imports import By, import_, now, undo_import

if TYPE_CHECKING:
    from yibenzhang.projects.linking import Linked, Project
    from yibenzhang.projects.members import Member

app = typer.Typer(
    help="项目：从公开文件和导入的表里认出项目的全周期，归并、导出、提问。",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Format = Annotated[str, typer.Option("--format", "-f", help="text 给人看，json、csv 给程序用")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="写到这个文件")]
Body = Annotated[str, typer.Option(help="只看名称含这些字的单位")]


def _book(ledger: Path, standards: str, body: str = "", year: int = 0) -> Linked:
    from yibenzhang.projects.book import book_of
    from yibenzhang.standards import StandardsError

    standards_of(standards)
    try:
        found = book_of(opened(ledger), standards)
    except StandardsError as error:
        raise fail(str(error)) from error
    kept = tuple(p for p in found.projects if body in p.who and (not year or year in p.years))
    ids = {m.id for p in kept for m in p.members}
    return replace(
        found, projects=kept, proposals=tuple(x for x in found.proposals if {x.one, x.other} <= ids)
    )


def _put(text: str, output: Path | None) -> None:
    if output is None:
        Console(highlight=False, soft_wrap=True).print(Text(text), end="")
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise fail(f"{output} 写不进去：{error.strerror}。") from error


def _lines(found: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in found)


def _known(format: str, known: tuple[str, ...]) -> None:
    if format not in known:
        raise fail(f"不认识的格式 {format}，请用 {'、'.join(known)}。")


@app.command("list")
def list_(
    ledger: Folder = DEFAULT,
    body: Body = "",
    year: Annotated[int, typer.Option(help="只看这一年有事件的")] = 0,
    proposed: Annotated[bool, typer.Option("--proposed", help="只列可能是同一个项目、等人确认的")] = False,
    format: Format = "text",
    output: Output = None,
    standards: Layer = "",
) -> None:
    """列出项目：一个项目一行，各阶段的金额；最后是等人确认的归并。"""
    from yibenzhang.projects import telling

    _known(format, ("text", "json", "csv"))
    book = _book(ledger, standards, body, year)
    if format == "json":
        text = telling.json_of(book)
    elif format == "csv":
        text = telling.csv_of([telling.row_of(p) for p in book.projects], telling.LIST)
    else:
        text = _lines(telling.proposal_lines(book) if proposed else telling.list_lines(book))
    _put(text, output)


@app.command()
def show(
    project: Annotated[str, typer.Argument(help="编号、项目编码或名称", show_default=False)],
    ledger: Folder = DEFAULT,
    body: Body = "",
    format: Format = "text",
    output: Output = None,
    standards: Layer = "",
) -> None:
    """一个项目的时间线：每个事件的金额、文件和位置，归并的依据。"""
    import json

    from yibenzhang.projects import telling

    _known(format, ("text", "json", "csv"))
    one = _one(_book(ledger, standards, body), project)
    if format == "json":
        text = json.dumps(telling.project_json(one), ensure_ascii=False, indent=2) + "\n"
    elif format == "csv":
        text = telling.csv_of(list(telling.event_rows(one)), telling.EVENTS)
    else:
        text = _lines(telling.show_lines(one))
    _put(text, output)


def _one(book: Linked, asked: str) -> Project:
    from yibenzhang.projects.names import folded
    from yibenzhang.projects.words import say

    by_id = next((p for p in book.projects if any(m.id == asked for m in p.members)), None)
    if by_id is not None:
        return by_id
    name = folded(asked)
    found = [p for p in book.projects if asked in p.codes or any(folded(m.name) == name for m in p.members)]
    found = found or [p for p in book.projects if any(name in folded(m.name) for m in p.members)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise fail(say("no_project", asked=asked))
    known = "、".join(f"{p.id}（{p.who} {p.name}）" for p in found[:8])
    raise fail(say("many_projects", asked=asked, count=len(found), known=known))


@app.command()
def export(
    ledger: Folder = DEFAULT,
    format: Annotated[
        str, typer.Option("--format", "-f", help="oc4ids、json、csv 或 xlsx（一笔金额一行）")
    ] = "oc4ids",
    output: Output = None,
    body: Body = "",
    standards: Layer = "",
) -> None:
    """导出项目和全部事件：OC4IDS 的写法、JSON、CSV 或 Excel。"""
    from yibenzhang.projects import telling
    from yibenzhang.projects.oc4ids import package

    _known(format, ("oc4ids", "json", "csv", "xlsx"))
    if format == "xlsx" and output is None:
        raise fail("Excel 要用 -o 写到文件。")
    book = _book(ledger, standards, body)
    if format == "xlsx" and output is not None:
        try:
            output.write_bytes(telling.workbook_of(book.projects))
        except OSError as error:
            raise fail(f"{output} 写不进去：{error.strerror}。") from error
        return
    if format == "oc4ids":
        text = package(book.projects, now())
    elif format == "json":
        text = telling.json_of(book)
    else:
        text = telling.csv_of([r for p in book.projects for r in telling.event_rows(p)], telling.EVENTS)
    _put(text, output)


@app.command()
def link(
    one: Annotated[str, typer.Argument(help="成员的编号（list、show 里有）", show_default=False)],
    other: Annotated[str, typer.Argument(help="另一个", show_default=False)],
    apart: Annotated[bool, typer.Option("--apart", help="不是同一个项目")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="撤销对这两个的上一次确认")] = False,
    ledger: Folder = DEFAULT,
    by: By = "",
    why: Annotated[str, typer.Option(help="依据")] = "",
    standards: Layer = "",
) -> None:
    """确认两个是同一个项目，或分开、撤销；记在账本的 projects.jsonl 里，不改以前的。"""
    from yibenzhang.projects.decisions import APART, SAME, UNDO, Decision, append_decision
    from yibenzhang.projects.words import say

    members = {m.id: m for p in _book(ledger, standards).projects for m in p.members}
    a, b = (_member(members, x) for x in (one, other))
    if a is b:
        raise fail(say("apart_ids", asked=other))
    action = UNDO if undo else APART if apart else SAME
    append_decision(opened(ledger).folder, Decision(now(), action, (a.ref, b.ref), by, why))
    print(say("noted"))


def _member(members: dict[str, Member], asked: str) -> Member:
    from yibenzhang.projects.words import say

    if asked not in members:
        raise fail(say("apart_ids", asked=asked))
    return members[asked]


app.command("import")(import_)
app.command("undo-import")(undo_import)


@app.command()
def paper(
    project: Annotated[str, typer.Argument(help="编号、项目编码或名称", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="写到这个文件，.docx 或 .xlsx")],
    ledger: Folder = DEFAULT,
    body: Body = "",
    year: Annotated[int, typer.Option(help="哪一年的；不写为最近一次")] = 0,
    kind: Annotated[str, typer.Option(help="self_assessment 自评，monitoring 监控")] = "self_assessment",
    report: Annotated[bool, typer.Option("--report", help="自评报告，不是自评表")] = False,
    method: Annotated[Path | None, typer.Option(help="计分办法的 TOML 文件")] = None,
    standards: Layer = "",
) -> None:
    """填报过的自评表、自评报告、监控表，写成 Word 或 Excel。"""
    from yibenzhang.projects import records
    from yibenzhang.projects.method import method_of
    from yibenzhang.reports import performance_words as papers
    from yibenzhang.reports.performance_files import as_docx, as_xlsx
    from yibenzhang.standards import StandardsError

    if output.suffix not in (".docx", ".xlsx"):
        raise fail(f"{output.name} 应是 .docx 或 .xlsx。")
    one = _one(_book(ledger, standards, body), project)
    ids = {e.id for e in one.events}
    kept = [r for r in records.standing(opened(ledger).folder) if r.id in ids and r.kind == kind]
    found = max((r for r in kept if year in (0, r.year)), key=lambda r: (r.year, r.at), default=None)
    if found is None:
        raise fail(f"“{one.name}”没有这样的填报；在工作台的项目页里填。")
    try:
        by = method_of(str(method) if method else "")
    except StandardsError as error:
        raise fail(str(error)) from error
    if kind == records.MONITORING:
        made = papers.monitoring_table(found, by)
    else:
        made = papers.assessment_report(found, by) if report else papers.assessment_table(found, by)
    try:
        output.write_bytes(as_xlsx(made) if output.suffix == ".xlsx" else as_docx(made, not report))
    except OSError as error:
        raise fail(f"{output} 写不进去：{error.strerror}。") from error
    print(f"{output}　{made.title}{made.below}")


@app.command()
def draft(
    workbook: Annotated[
        Path, typer.Argument(help="决算的编制工作簿（draft --new accounts）", show_default=False)
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="写到这个文件，.xlsx")],
    year: Annotated[int, typer.Option(help="哪一年的自评")],
    ledger: Folder = DEFAULT,
    body: Body = "",
    method: Annotated[Path | None, typer.Option(help="计分办法的 TOML 文件")] = None,
) -> None:
    """把填报过的自评写进决算的编制工作簿：全年预算数、目标、指标和完成值。

    退出码：0 写了，1 没有对得上的项目，2 不能运行。
    """
    from zipfile import BadZipFile

    from yibenzhang.drafting.assessments import fill, unit_of
    from yibenzhang.projects import records
    from yibenzhang.projects.method import method_of
    from yibenzhang.reading import ReadingError
    from yibenzhang.standards import StandardsError

    kept = [
        r
        for r in records.standing(opened(ledger).folder)
        if r.kind == records.ASSESSMENT and r.year == year and body in r.body
    ]
    try:
        by = method_of(str(method) if method else "")
        names = fill(workbook, kept, by, output, unit_of(workbook))
    except (StandardsError, ReadingError) as error:
        raise fail(str(error)) from error
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        raise fail(f"{workbook.name} 不是编制工作簿，或写不到 {output.name}：{error}。") from error
    print(f"写进 {len(names)} 个项目的自评：{'、'.join(names)}" if names else "没有编码或名称对得上的项目。")
    raise typer.Exit(0 if names else 1)


@app.command()
def portfolio(
    ledger: Folder = DEFAULT,
    body: Body = "",
    rule: Annotated[str, typer.Option(help="只问这一条")] = "",
    format: Format = "text",
    output: Output = None,
    standards: Layer = "",
) -> None:
    """项目组合里要问的：先支付后签合同、付清才验收、期满还有预算、合同超批复……退出码：0 没有，1 有，2 不能运行。"""
    from yibenzhang.projects import telling
    from yibenzhang.projects.book import Keeper
    from yibenzhang.projects.portfolio import questions
    from yibenzhang.standards import StandardsError

    _known(format, ("text", "json", "csv"))
    standards_of(standards)
    try:
        rules = questions(standards)
        if rule and rule not in rules:
            raise fail(f"没有 {rule}；有：{'、'.join(rules)}。")
        every = Keeper().asked(opened(ledger), standards)
    except StandardsError as error:
        raise fail(str(error)) from error
    found = [a for a in every if body in a.body and rule in ("", a.rule)]
    if format == "json":
        text = telling.asked_json(found)
    elif format == "csv":
        text = telling.csv_of([telling.asked_row(a) for a in found], telling.ASKED)
    else:
        text = _lines(telling.asked_lines(found))
    _put(text, output)
    raise typer.Exit(int(bool(found)))
