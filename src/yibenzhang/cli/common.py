"""What the commands share: the option for own standards, the console, one sentence where a command cannot run."""

from __future__ import annotations

from difflib import get_close_matches
from errno import ENOSPC
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from yibenzhang.processes.confining import Limits
    from yibenzhang.standards import Standards

Layer = Annotated[
    str,
    typer.Option(
        "--standards", help="自己的标准目录（tables.toml、lexicon/words.toml 等），叠加在自带标准之上"
    ),
]
Bounds = Annotated[
    str, typer.Option("--limits", help="每个文件最多用多少秒处理器时间、多少 MB 内存，写成 60,1536；0 为不限")
]
Format = Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")]


def console(stderr: bool = False) -> Console:
    """Where people read: nothing that is printed is taken for markup."""
    from yibenzhang.reports.console import Terminal

    return Terminal(stderr=stderr, soft_wrap=stderr)


def why_not(error: OSError) -> str:
    """Why something could not be written, in words; a full disk by its name, whoever says so."""
    if error.errno == ENOSPC or "No space left" in str(error) or "disk is full" in str(error):
        return "磁盘满了"
    return error.strerror or str(error)


def fail(message: str) -> typer.Exit:
    """One sentence on standard error, and exit status 2."""
    from rich.text import Text

    console(stderr=True).print(Text(message, style="bold red"))
    return typer.Exit(2)


def bounds(text: str) -> Limits:
    """The limits that a person wrote; a sentence and exit where they cannot be read."""
    from yibenzhang.processes.confined import limits_of
    from yibenzhang.standards.speech import speech

    try:
        return limits_of(text)
    except ValueError as error:
        raise fail(speech()["confined"]["option"]) from error


def nearest(word: str, known: Iterable[str]) -> str:
    """“是不是…？” with what is nearest to a misspelt word, or nothing."""
    names = list(known)
    near = get_close_matches(word, names, 1, 0.55) or [n for n in names if word and word in n][:1]
    return f"是不是 {near[0]}？" if near else ""


def standards_of(extra: str) -> Standards:
    """The standards with the folder ``extra`` on top; a sentence and exit where they cannot be used."""
    from yibenzhang.standards import StandardsError, load
    from yibenzhang.standards.lexicon.words import load_lexicon

    try:
        load_lexicon("", extra)
        return load("", extra)
    except StandardsError as error:
        raise fail(str(error)) from error
