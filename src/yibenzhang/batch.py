"""Many files: found in folders and globs, checked on all cores, one bad file never stopping the rest."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from yibenzhang.checking import Checked, check
from yibenzhang.reading import ReadingError

_SKIPPED = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file with its result, or one sentence why there is none."""

    path: str
    checked: Checked | None
    error: str = ""


def find_files(arguments: list[str]) -> tuple[list[str], list[FileResult]]:
    """Files named by paths, folders (all below but hidden ones and readmes) and globs; and what was not found."""
    found: dict[str, None] = {}
    missing: list[FileResult] = []
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            below = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
            found.update({str(p): None for p in below})
            if not below:
                missing.append(FileResult(argument, None, "文件夹里没有文件。"))
        elif path.exists():
            found[argument] = None
        elif matches := sorted(glob.glob(argument, recursive=True)):  # noqa: PTH207 - may be absolute
            found.update({m: None for m in matches if Path(m).is_file()})
        else:
            missing.append(FileResult(argument, None, "没有这个文件或文件夹。"))
    return list(found), missing


def _hidden(path: Path) -> bool:
    return (
        path.name.lower() in _SKIPPED
        or path.name.lower().startswith("readme")
        or any(part.startswith((".", "~$")) for part in path.parts)
        or any(part.endswith(("_files", ".files")) for part in path.parts[:-1])  # beside a saved web page
    )


def check_one(path: str, extra: str = "") -> FileResult:
    """Check a file; whatever goes wrong becomes a sentence."""
    try:
        return FileResult(path, check(path, extra))
    except ReadingError as error:
        return FileResult(path, None, str(error))
    except MemoryError:
        return FileResult(path, None, "文件太大，内存不足，未能检查。")
    except RecursionError:
        return FileResult(path, None, "文件结构嵌套过深，未能检查。")


def check_many(paths: list[str], extra: str = "", jobs: int = 0) -> Iterator[FileResult]:
    """Results as they come. With one file or one job all runs in this process."""
    jobs = jobs or os.cpu_count() or 1
    if len(paths) < 2 or jobs < 2:
        for path in paths:
            yield _guarded(path, extra)
        return
    left = list(paths)
    with ProcessPoolExecutor(max_workers=min(jobs, len(paths))) as pool:
        futures: dict[Future[FileResult], str] = {pool.submit(_guarded, p, extra): p for p in paths}
        try:
            for future in as_completed(futures):
                result = future.result()
                left.remove(futures[future])
                yield result
        except BrokenProcessPool:
            pass
    for path in left:  # a worker died: the rest one by one, each in a process of its own
        with ProcessPoolExecutor(max_workers=1) as pool:
            try:
                yield pool.submit(_guarded, path, extra).result()
            except BrokenProcessPool:
                yield FileResult(path, None, "检查这个文件的进程意外中止，其余文件已继续检查。")


def _guarded(path: str, extra: str) -> FileResult:
    """A defect of the program itself is told with its kind, and the batch goes on."""
    try:
        return check_one(path, extra)
    except Exception as error:
        return FileResult(
            path, None, f"程序出错（{type(error).__name__}：{error}），请把此文件报告给维护者。"
        )
