"""Many files: found in folders and globs, checked on all cores, one bad file never stopping the rest."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibenzhang.checking.check import Checked, check, check_together
from yibenzhang.checking.multi_file import Group, doubted, groups_of, parted
from yibenzhang.model.documents import Document
from yibenzhang.processes.confined import DEFAULT, loss_sentence
from yibenzhang.processes.confining import Limits
from yibenzhang.processes.forking import once
from yibenzhang.processes.workers import Lost, run
from yibenzhang.reading import ReadingError, read
from yibenzhang.reading.archives import NO_FILE, bytes_of, is_archive, is_special, members_of
from yibenzhang.recognising.profile import Profile

if TYPE_CHECKING:
    from yibenzhang.batch.journal import Journal

_SKIPPED = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file with its result, or one sentence why there is none."""

    path: str
    checked: Checked | None
    error: str = ""
    group: int = 0
    """Which of the run's groups it belongs to, from 1; 0 where it stands alone."""
    failed: bool = False
    """The program itself failed, not the file."""


class Failure(str):
    """A sentence about an error of the program itself."""

    __slots__ = ()


def find_files(arguments: list[str]) -> tuple[list[str], list[FileResult]]:
    """Files named by paths, folders (all below but hidden ones and readmes), globs, and those inside archives;
    and what was not found or must not be read."""
    found: dict[str, None] = {}
    missing: list[FileResult] = []
    for argument in arguments:
        named, why = _named(argument)
        found.update(dict.fromkeys(named))
        if why:
            missing.append(FileResult(argument, None, why))
    files: dict[str, None] = {}
    for name in found:
        if not is_archive(Path(name)):
            files[name] = None
            continue
        try:
            inside, refused = members_of(Path(name), lambda n: not hidden(Path(n)))
        except ReadingError as error:
            inside, refused = [], [(name, str(error))]
        files.update(dict.fromkeys(inside))
        missing += [FileResult(where, None, why) for where, why in refused]
        if not inside and not refused:
            missing.append(FileResult(name, None, "压缩包里没有文件。"))
    return list(files), missing


def _named(argument: str) -> tuple[list[str], str]:
    """The files an argument names, or why it names none."""
    path = Path(argument)
    if path.is_dir():
        below = sorted(p for p in path.rglob("*") if p.is_file() and not hidden(p.relative_to(path)))
        return list(map(str, below)), "" if below else "文件夹里没有文件。"
    if is_special(path):
        return [], NO_FILE
    if path.exists():
        return [argument], ""
    if matches := sorted(glob.glob(argument, recursive=True)):  # noqa: PTH207 - may be absolute
        return [m for m in matches if Path(m).is_file()], ""
    if any(p.is_file() for p in path.parents):
        return [argument], ""  # a file in an archive
    return [], "没有这个文件或文件夹。"


def hidden(path: Path) -> bool:
    return (
        path.name.lower() in _SKIPPED
        or path.name.lower().startswith("readme")
        or any(part.startswith((".", "~$", "__MACOSX")) for part in path.parts)
        or any(part.endswith(("_files", ".files")) for part in path.parts[:-1])  # beside a saved web page
    )


def check_one(path: str, extra: str = "") -> FileResult:
    """Check a file; whatever goes wrong becomes a sentence."""
    try:
        return FileResult(path, check(path, extra))
    except ReadingError as error:
        return FileResult(path, None, str(error))
    except RecursionError:
        return FileResult(path, None, "文件结构嵌套过深，未能检查。")


def check_many(
    paths: list[str],
    extra: str = "",
    jobs: int = 0,
    limit: float = 0,
    journal: Journal | None = None,
    limits: Limits = DEFAULT,
) -> Iterator[FileResult]:
    """Results as they come: from the journal, else from workers; one file alone has a child of this process.

    ``limit`` is the most seconds of wall time for one file, 0 for none; ``limits`` what the system lets it have. A file
    whose worker dies, is late or is over its limits gets one sentence.
    """
    keys: dict[str, bytes] = {}
    left = []
    for path in paths:
        if journal is not None and (key := _key(journal, path)):
            keys[path] = key
            known = journal.get(key)
            if isinstance(known, Checked):
                yield FileResult(path, known)
                continue
        left.append(path)
    for path, result in _results(left, extra, jobs, replace(limits, wall=limit)):
        if journal is not None and path in keys and result.checked is not None:
            journal.put(keys[path], result.checked)
        yield result


def _results(paths: list[str], extra: str, jobs: int, limits: Limits) -> Iterator[tuple[str, FileResult]]:
    for k, result in _each(_guarded, [(p, extra) for p in paths], jobs, limits):
        lost = isinstance(result, Lost)
        yield paths[k], FileResult(paths[k], None, loss_sentence(result, limits)) if lost else result


def _each(
    function: Callable[..., Any], tasks: list[tuple[Any, ...]], jobs: int, limits: Limits
) -> Iterator[tuple[int, Any]]:
    """One task alone in a fork of this process, which is ready at once; several in workers."""
    if len(tasks) == 1:
        yield 0, once(function, tasks[0], limits)
    elif tasks:
        yield from run(function, tasks, jobs or os.cpu_count() or 1, limits.wall, limits)


def _key(journal: Journal, path: str) -> bytes | None:
    """The name counts too: places and the ending of a file name it."""
    try:
        return journal.key((Path(path).name, hashlib.sha256(bytes_of(path)).hexdigest()))
    except ReadingError:
        return None


def check_groups(
    results: list[FileResult],
    extra: str = "",
    jobs: int = 0,
    limit: float = 0,
    journal: Journal | None = None,
    limits: Limits = DEFAULT,
) -> tuple[list[FileResult], list[Group]]:
    """Files that are parts of one disclosure, checked together; each keeps its own share of what was found."""
    alone = {r.path: r.checked for r in results if r.checked}
    groups, doubts = groups_of(list(alone.items()))
    found = _together(groups, alone, extra, jobs, replace(limits, wall=limit), journal)
    out = {r.path: r for r in results}
    for path, why in doubts.items():
        out[path] = replace(out[path], checked=doubted(alone[path], why))
    for k, group in enumerate(groups):
        groups[k], shares = _shared(group, found[k], alone)
        out |= {path: FileResult(path, share, group=k + 1) for path, share in shares.items()}
    return [out[r.path] for r in results], groups


def _together(
    groups: Sequence[Group],
    alone: Mapping[str, Checked],
    extra: str,
    jobs: int,
    limits: Limits,
    journal: Journal | None,
) -> dict[int, Checked | str]:
    """Each group (by position) checked as one, or why it was not; from the journal where that knows it."""
    keys = [_group_key(journal, g, alone) for g in groups] if journal is not None else []
    found: dict[int, Checked | str] = {}
    for k, key in enumerate(keys):
        if journal is not None and isinstance(known := journal.get(key), Checked):
            found[k] = known
    left = [k for k in range(len(groups)) if k not in found]
    tasks = [_group_task(groups[k], alone, extra) for k in left]
    most = limits.times(max((len(t[0]) for t in tasks), default=1))
    for n, result in _each(_guarded_group, tasks, jobs, most):
        found[left[n]] = loss_sentence(result, most) if isinstance(result, Lost) else result
        if journal is not None and isinstance(result, Checked):
            journal.put(keys[left[n]], result)
    return found


def _group_task(
    group: Group, alone: Mapping[str, Checked], extra: str
) -> tuple[list[Document | str], tuple[str, ...], Profile, str]:
    files = [_read_before(alone[p]) or p for p in group.paths]
    return files, group.names, group.profile, extra


def _group_key(journal: Journal, group: Group, alone: Mapping[str, Checked]) -> bytes:
    named = zip(group.paths, group.names, strict=True)
    parts = [x for path, name in named for x in (name, alone[path].document.sha256)]
    return journal.key(["together", *parts, repr(group.profile)])


def _shared(
    group: Group, whole: Checked | str, alone: Mapping[str, Checked]
) -> tuple[Group, dict[str, Checked]]:
    """The group with what was found between its files, and each file's own share; none where it failed."""
    if isinstance(whole, str):
        return replace(group, error=whole, failed=isinstance(whole, Failure)), {}
    group, shares = parted(group, whole, [alone[p] for p in group.paths])
    return group, dict(zip(group.paths, shares, strict=True))


def _read_before(checked: Checked) -> Document | None:
    """The document as it was read; of a scan it is the one put right, and it is read again."""
    return None if checked.document.scanned else checked.document


def _guarded_group(
    files: list[Document | str], names: tuple[str, ...], profile: Profile, extra: str
) -> Checked | str:
    try:
        return check_together([read(f) if isinstance(f, str) else f for f in files], names, profile, extra)
    except ReadingError as error:
        return str(error)
    except MemoryError:  # told as a limit
        raise
    except Exception as error:
        return Failure(f"合并核对时程序出错（{type(error).__name__}：{error}），请把这几个文件报告给维护者。")


def _guarded(path: str, extra: str) -> FileResult:
    """A defect of the program itself is told with its kind, and the batch goes on."""
    try:
        return check_one(path, extra)
    except MemoryError:  # told as a limit
        raise
    except Exception as error:
        return FileResult(
            path, None, f"程序出错（{type(error).__name__}：{error}），请把此文件报告给维护者。", failed=True
        )
