"""`bench conditions`: one disclosure through many files, and what became of it in each."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from bench.conditions import (
    encodings,
    further,
    further_office,
    letters,
    ofds,
    office,
    painted,
    pdfs,
    scans,
    texts,
    webpages,
)
from bench.conditions.disclosure import AT, HEADER, ROWS
from bench.conditions.judging import FALSE, LOST, READ, TOLD, WRONG, Judged, judged
from yibenzhang.reading.extra import installed

NAMES = {READ: "读对", TOLD: "说明了", LOST: "漏了没说", WRONG: "读错", FALSE: "误报"}


def every(kinds: str = "") -> list[Judged]:
    """All conditions judged; ``kinds`` (with commas) for some kinds of files alone."""
    wanted = {k for k in kinds.split(",") if k}
    makers = [
        pdfs,
        letters,
        office,
        painted,
        texts,
        encodings,
        webpages,
        ofds,
        further,
        further_office,
        *([scans] if installed() else []),
    ]
    row = ROWS[AT[0]]
    changed = (row[0], HEADER[AT[1]])
    return [judged(c, changed) for m in makers for c in m.conditions() if not wanted or c.kind in wanted]


def conditions(
    kind: Annotated[
        str, typer.Option(help="只要这几种文件（pdf、docx、xlsx、csv、text、html、ofd、scan，逗号分隔）")
    ] = "",
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
    all: Annotated[bool, typer.Option("--all", help="读对的也逐条列出")] = False,
) -> None:
    """同一份虚构的公开文件做成各种情形的文件，看每种情形读对、说明、漏读还是误报；有漏读、读错或误报时退出码为 1。"""
    found = every(kind)
    bad = [j for j in found if j.verdict in (LOST, WRONG, FALSE)]
    if format == "json":
        told = [
            {"kind": j.condition.kind, "name": j.condition.name, "verdict": j.verdict, "detail": j.detail}
            for j in found
        ]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _show(found, all)
    raise typer.Exit(1 if bad else 0)


def _show(found: list[Judged], all: bool) -> None:
    console = Console(highlight=False)
    shown = RichTable(title=f"{len(found)} 种情形", show_edge=False)
    shown.add_column("文件")
    for name in NAMES.values():
        shown.add_column(name, justify="right")
    for kind in [*dict.fromkeys(j.condition.kind for j in found), ""]:
        count = Counter(j.verdict for j in found if not kind or j.condition.kind == kind)
        shown.add_row(kind or "合计", *(str(count[v]) for v in NAMES))
    console.print(shown)
    for j in found:
        if all or j.verdict not in (READ, TOLD):
            console.print(Text(f"{NAMES[j.verdict]} · {j.condition.kind} · {j.condition.name}　{j.detail}"))
