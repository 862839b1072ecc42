"""What ends a command becomes one sentence and its own exit status; a failure of the program is never 1.

0 clean, 1 errors, 2 could not, 3 the program itself failed, 130 ended by Ctrl+C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer

COULD_NOT = 2
FAILED = 3
TRACE = "YIBENZHANG_TRACE"
"""With this variable set the whole traceback is printed, for a report to the maintainers."""


@contextmanager
def guarded(sentence_of: Callable[[Any], str]) -> Iterator[None]:
    """Run a command. ``told`` makes the sentence of a usage error; an empty one leaves it as it is."""
    try:
        yield
    except (typer.Exit, KeyboardInterrupt):
        raise
    except (typer.Abort, EOFError) as error:
        tell("没有输入，已停止。")
        raise typer.Exit(COULD_NOT) from error
    except BrokenPipeError as error:
        unwritable()
        raise typer.Exit(COULD_NOT) from error
    except Exception as error:
        if hasattr(error, "exit_code") and hasattr(error, "show"):  # wrong usage: its own kind in each Typer
            if sentence := sentence_of(error):
                error.message, error.possibilities = sentence, ()  # type: ignore[attr-defined]
                error.format_message = lambda: sentence  # type: ignore[attr-defined]
            raise
        raise typer.Exit(failed(error)) from error


def failed(error: BaseException) -> int:
    """Tell a failure of the program itself, or of the machine; its exit status."""
    if os.environ.get(TRACE):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, MemoryError):
        tell("内存不足，程序中止。")
    elif isinstance(error, OSError) and error.errno is not None:
        where = f"：{error.filename}" if error.filename else ""
        tell(f"没有完成：{error.strerror}{where}")
        return COULD_NOT
    else:
        tell(
            f"程序出错（{type(error).__name__}：{error}）。请设环境变量 {TRACE}=1 再运行一次，把输出报告给维护者。"
        )
    return FAILED


def tell(sentence: str) -> None:
    """One sentence on standard error, whatever it holds."""
    from yibenzhang.model.text import shown

    with suppress(OSError, ValueError):
        print(shown(sentence), file=sys.stderr, flush=True)


def unwritable() -> None:
    """Nobody reads what is printed any more: nothing is flushed at the end, which would be a failure of its own."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
