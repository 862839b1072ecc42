"""Files checked for a command, with progress, and the exit status of what came of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yibenzhang.batch import FileResult, check_groups, check_many, find_files
from yibenzhang.cli.common import console
from yibenzhang.model.issues import Severity
from yibenzhang.reports.speech import UNUSABLE

if TYPE_CHECKING:
    from yibenzhang.batch.journal import Journal
    from yibenzhang.checking.multi_file import Group
    from yibenzhang.processes.confining import Limits
    from yibenzhang.reports.found import FoundFile, FoundGroup

EVERY = 10.0
"""Seconds between two lines on the progress where standard error is no terminal."""


def checked(
    files: list[str],
    standards: str,
    jobs: int,
    timeout: float,
    resume: Path | None,
    grouped: bool,
    limits: Limits,
) -> tuple[list[FileResult], list[Group]]:
    """Everything these arguments name, in order, what was not found first. Raises OSError, StandardsError."""
    paths, missing = find_files(files)
    limit = timeout if len(paths) > 1 else 0
    journal = _journal(resume, standards)
    results = missing + _checked(paths, standards, jobs, limit, journal, limits)
    order = {p: k for k, p in enumerate(paths)}
    results.sort(key=lambda r: order.get(r.path, -1))
    if not grouped or len(paths) < 2:
        return results, []
    return check_groups(results, standards, jobs, limit, journal, limits)


def _journal(resume: Path | None, standards: str) -> Journal | None:
    if resume is None:
        return None
    from yibenzhang.batch.journal import Journal

    return Journal(resume, standards)


def _checked(
    paths: list[str], standards: str, jobs: int, limit: float, journal: Journal | None, limits: Limits
) -> list[FileResult]:
    made = check_many(paths, standards, jobs, limit, journal, limits)
    if len(paths) < 2:
        return list(made)
    if not sys.stderr.isatty():
        return list(_with_progress(made, len(paths)))
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("检查"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    out = []
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=len(paths))
        for result in made:
            out.append(result)
            progress.update(task, advance=1, description=Path(result.path).name)
    return out


def _with_progress(results: Iterator[FileResult], total: int) -> Iterator[FileResult]:
    """A line on the progress now and then, for a log that is no terminal."""
    begun = last = time.monotonic()
    for done, result in enumerate(results, start=1):
        now = time.monotonic()
        if now - last >= EVERY and done < total:
            last = now
            left = round((now - begun) / done * (total - done))
            print(f"已检查 {done}/{total} 个文件，约剩 {left} 秒", file=sys.stderr, flush=True)
        yield result


def failed(results: Sequence[FileResult], groups: Sequence[Group]) -> bool:
    """The program itself failed somewhere."""
    faulty = any(r.failed or (r.checked and r.checked.faults) for r in results)
    return faulty or any(g.failed for g in groups)


def could_not(results: Sequence[FileResult], groups: Sequence[Group]) -> bool:
    """Something could not be checked, or too little of it."""
    unread = any(r.checked is None or _too_little(r, groups) for r in results)
    return unread or any(g.error for g in groups) or not results


def errors(results: Sequence[FoundFile], groups: Sequence[FoundGroup]) -> bool:
    """Something is told that is certainly wrong."""
    return Severity.ERROR in [*(r.found.worst for r in results if r.found), *(g.worst for g in groups)]


def _too_little(result: FileResult, groups: Sequence[Group]) -> bool:
    """A part of a disclosure counts by the whole."""
    whole = groups[result.group - 1].checked if result.group else None
    found = whole or result.checked
    return found is not None and (found.extent.kind in UNUSABLE or found.extent.too_little)
