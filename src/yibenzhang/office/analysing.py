"""What a worker process does with a submission: read, check, store the Analysis, and tell the records their part."""

from __future__ import annotations

import errno
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from yibenzhang.batch.journal import version_of
from yibenzhang.checking.check import Checked, check_document, check_together
from yibenzhang.checking.multi_file import groups_of, role_of
from yibenzhang.model.documents import PARTS, Document
from yibenzhang.office import stored_views
from yibenzhang.office.file_store import FileStore, write
from yibenzhang.paging.building import analysis_to_show
from yibenzhang.processes.confined import DEFAULT
from yibenzhang.processes.confining import another_file
from yibenzhang.reading import ReadingError, read_data
from yibenzhang.reading.steps import telling
from yibenzhang.recognising.profile import Profile
from yibenzhang.reports.found import Found
from yibenzhang.reports.speech import UNUSABLE
from yibenzhang.showing.kept import Kept
from yibenzhang.showing.stored import dumped
from yibenzhang.showing.view import ShownFinding

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OFTEN = 0.4
"""Seconds between two words about pages."""


@dataclass(frozen=True, slots=True)
class Task:
    """A submission to be analysed: its files as (name, hash), and what a person put right in its profile."""

    folder: str
    receipt: str
    files: tuple[tuple[str, str], ...]
    given: Profile | None = None
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Analysed:
    """What the office keeps of an analysis; ``error`` is one sentence where there is none."""

    receipt: str
    error: str = ""
    kind: str = ""
    pages: int = 0
    role: str = ""
    """whole, tables, text, or empty: which part of a disclosure it is."""
    profile: Profile = Profile()
    numbers: int = 0
    proved: int = 0
    contradicted: int = 0
    unchecked: int = 0
    findings: tuple[ShownFinding, ...] = ()
    extent: str = ""
    """How far the check went, in a sentence."""
    usable: bool = True
    """False for a template or what is no disclosure."""
    too_little: bool = False
    open_keys: tuple[str, ...] = ()
    """The keys of what could not be checked."""
    version: str = ""
    apart: bool = False
    """Several files were given as one disclosure and turned out to be none: only the first was checked."""


@lru_cache(maxsize=8)
def present(extra: str = "") -> str:
    """The version of the program and its standards that this process works with, as it was when first asked for."""
    return version_of(extra)


def analyse(task: Task) -> Analysed:
    """Analyse a submission; whatever goes wrong becomes a sentence."""
    steps = _Steps(FileStore(Path(task.folder)).analysis(task.receipt, "progress"))
    try:
        return _analyse(task, steps)
    except FileNotFoundError:
        return Analysed(task.receipt, "账本里找不到这个文件的原件，未能检查；请重新交一次。")
    except ReadingError as error:
        return Analysed(task.receipt, str(error))
    except MemoryError:  # told as a limit
        raise
    except RecursionError:
        return Analysed(task.receipt, "文件结构嵌套过深，未能检查。")
    except OSError as error:
        why = "服务器磁盘已满" if error.errno in _FULL else error.strerror or str(error)
        return Analysed(task.receipt, f"检查完了，但结果没有存下来（{why}）；处理后请重新检查。")
    except Exception as error:
        message = f"程序出错（{type(error).__name__}：{error}），请把此文件报告给维护者。"
        return Analysed(task.receipt, message[:500])
    finally:
        steps.end()


def _analyse(task: Task, steps: _Steps) -> Analysed:
    ledger = FileStore(Path(task.folder))
    documents = []
    for k, (name, sha256) in enumerate(task.files, start=1):
        if k > 1:
            another_file(DEFAULT)
        steps.file = f"第 {k} 个文件" if len(task.files) > 1 else ""
        steps.tell(f"读取{steps.file}")
        with telling(steps.page):
            documents.append(read_data(name, ledger.data(sha256)))
    steps.tell("核对")
    checked = [check_document(d, task.extra, task.given) for d in documents]
    whole, apart = checked[0], False
    names: tuple[str, ...] = (task.files[0][0],)
    if len(documents) > 1:
        together = _together(task, documents, checked)
        apart = together is None
        whole, names = together or (whole, names)
    steps.tell("整理")
    stored = dumped(analysis_to_show(whole, names, task.extra))
    stored_views.put(ledger, task.receipt, stored)
    return replace(_analysed(task, Kept(stored), role_of(whole), whole.profile), apart=apart)


def _together(
    task: Task, documents: list[Document], checked: list[Checked]
) -> tuple[Checked, tuple[str, ...]] | None:
    """The files as one disclosure; None where they do not complete each other."""
    labels = [f"{k}/{name}" for k, (name, _) in enumerate(task.files)]
    groups, _ = groups_of([(f"d/{label}", c) for label, c in zip(labels, checked, strict=True)])
    if len(groups) != 1 or len(groups[0].paths) != len(documents):
        return None
    by_path = {f"d/{label}": k for k, label in enumerate(labels)}
    order = [by_path[p] for p in groups[0].paths]
    names = groups[0].names
    profile = groups[0].profile.corrected(task.given) if task.given else groups[0].profile
    return check_together([documents[k] for k in order], names, profile, task.extra), names


def _analysed(task: Task, kept: Kept, role: str, profile: Profile) -> Analysed:
    view, found = kept.outline, Found(kept.analysis)
    c = found.coverage
    return Analysed(
        task.receipt,
        kind=view.files[0].kind if len(view.files) == 1 else PARTS,
        pages=len(view.leaves),
        role=role,
        profile=profile,
        numbers=c.numbers,
        proved=c.proved,
        contradicted=c.contradicted,
        unchecked=len(view.unchecked),
        findings=view.findings,
        extent=view.extent,
        usable=found.extent.kind not in UNUSABLE,
        too_little=found.extent.too_little,
        open_keys=tuple(u.key for u in view.unchecked),
        version=present(task.extra),
    )


class _Steps:
    """How far it has come, in a file that the pages look into. That it cannot be written stops nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = float("-inf")
        self.file = ""

    def tell(self, step: str) -> None:
        self._last = time.monotonic()
        with suppress(OSError):
            write(self._path, step.encode(), lasting=False)

    def page(self, number: int, count: int) -> None:
        """A page begins; told now and then, for pages that are read fast."""
        if time.monotonic() - self._last >= _OFTEN:
            self.tell(f"读取{self.file}第 {number}/{count} 页")

    def end(self) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
