"""The commands that take tables of contracts, payments and other events of projects into a ledger, and out again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import fail
from yibenzhang.cli.ledger import DEFAULT, Folder, opened

if TYPE_CHECKING:
    from yibenzhang.ledger.store import Ledger

By = Annotated[str, typer.Option(help="谁做的")]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def import_(
    kind: Annotated[
        str,
        typer.Argument(
            help="contract、payment 等（不认识的会列出有哪些）或其中文名；ocds 是采购发布包",
            show_default=False,
        ),
    ],
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV", show_default=False)],
    ledger: Folder = DEFAULT,
    body: Annotated[str, typer.Option(help="表里没有单位一列时，是哪个单位的")] = "",
    mapping: Annotated[Path | None, typer.Option(help="列名对照 TOML：列名 = 字段")] = None,
    rest: Annotated[bool, typer.Option("--rest", help="有不能收的行时，只收其余的")] = False,
    check: Annotated[bool, typer.Option("--check", help="只看，不收")] = False,
    by: By = "",
) -> None:
    """导入批复、合同、支付、验收、变更的表。退出码：0 收了，1 有不能收的行，2 不能运行。"""
    from yibenzhang.projects.importing import (
        RELEASES,
        ImportRefused,
        form_of,
        known_numbers,
        read_rows,
        take,
    )
    from yibenzhang.projects.words import say
    from yibenzhang.resources.importing import mapping_of
    from yibenzhang.standards import StandardsError

    store = opened(ledger)
    warn = Console(stderr=True, highlight=False, soft_wrap=True)
    if kind == RELEASES:
        _releases(store, file, body, rest, check, by)
        return
    try:
        form = form_of(kind)
        data = file.read_bytes()
        read = read_rows(
            data, form, body, mapping_of(mapping) if mapping else None, known_numbers(store.folder)
        )
        for refused in read.refused:
            warn.print(Text(refused.why))
        if read.unknown:
            warn.print(Text(say("unread", columns="、".join(read.unknown))))
        if check:
            print(say("taken", kind=form.kind.name, count=0))
            raise typer.Exit(int(bool(read.refused)))
        if read.refused and not rest:
            warn.print(Text(say("refused", count=len(read.refused))))
            raise typer.Exit(1)
        count = take(store.folder, read, data, file.name, now(), by, rest)
    except (ImportRefused, StandardsError) as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"{file}：{error.strerror}") from error
    print(say("taken", kind=form.kind.name, count=count))
    if read.refused:
        warn.print(Text(say("skipped", count=len(read.refused))))
        raise typer.Exit(1)


def undo_import(
    file: Annotated[str, typer.Argument(help="导入的文件名，或其哈希的开头", show_default=False)],
    ledger: Folder = DEFAULT,
    by: By = "",
) -> None:
    """撤销一次导入；记录留着。"""
    from yibenzhang.projects.importing import ImportRefused, forms, undo
    from yibenzhang.projects.words import say

    try:
        found = undo(opened(ledger).folder, file, now(), by)
    except ImportRefused as error:
        raise fail(str(error)) from error
    kind = forms()[found["kind"]].kind.name if found["kind"] in forms() else "OCDS"
    print(say("undone", file=found["file"], kind=kind, count=len(found["rows"])))


def _releases(store: Ledger, file: Path, body: str, rest: bool, check: bool, by: str) -> None:
    """Take a package of OCDS releases in."""
    from yibenzhang.projects.importing import ImportRefused, known_numbers, take_rows
    from yibenzhang.projects.ocds import releases_of
    from yibenzhang.projects.words import say

    warn = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        data = file.read_bytes()
        found = releases_of(data, body, known_numbers(store.folder))
        for why in found.refused:
            warn.print(Text(why))
        if check or (found.refused and not rest):
            print(say("taken", kind="OCDS", count=0))
            raise typer.Exit(int(bool(found.refused)))
        count = take_rows(store.folder, found.rows, data, file.name, now(), by)
    except ImportRefused as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"{file}：{error.strerror}") from error
    print(say("taken", kind="OCDS", count=count))
    raise typer.Exit(int(bool(found.refused)))
