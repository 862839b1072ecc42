"""``check --watch``: check again when a file changes. The folder is looked at once in a while, never in a busy loop."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from yibenzhang.batch import find_files
from yibenzhang.cli.common import console
from yibenzhang.standards.speech import speech

EVERY = 0.5
"""Seconds between two looks; a file that is being written is checked when it has been still for so long."""
State = dict[str, tuple[int, int, int]]


def watched(files: Sequence[str], run: Callable[[], int]) -> int:
    """Run now and after every change, until Ctrl+C; the status of the last run."""
    say = console(stderr=True)
    status = 0
    try:
        while True:
            seen = _state(files)
            if sys.stdout.isatty():
                console().clear()
            try:
                status = run()
            except typer.Exit as stopped:  # a report that could not be written, told already
                status = stopped.exit_code
            sys.stdout.flush()
            say.print(speech()["watch"]["waiting"])
            _changed(files, seen)
    except KeyboardInterrupt:
        return status


def _changed(files: Sequence[str], seen: State) -> None:
    """Return when the files are others than they were and have come to rest."""
    last = seen
    while True:
        time.sleep(EVERY)
        now = _state(files)
        if now != seen and now == last and now:
            return
        last = now


def _state(files: Sequence[str]) -> State:
    """Time, size and number of each file: an editor may write in place or move a new one there."""
    out: State = {}
    for path in find_files(list(files))[0]:
        try:
            stat = Path(path).stat()
        except OSError:  # gone, or inside an archive
            continue
        out[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return out
