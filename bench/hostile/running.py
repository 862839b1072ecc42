"""Each input read and checked as the command line does it, in a process of its own, and what that took."""

from __future__ import annotations

import os
import pickle
import resource
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.hostile.inputs import Input
from bench.hostile.offices import archives, documents, ofds, opened, workbooks
from bench.hostile.pdfs import pdfs
from bench.hostile.pictures import pictures
from bench.hostile.texts import separated, texts, webpages
from yibenzhang.batch import check_many, find_files
from yibenzhang.processes.confined import DEFAULT
from yibenzhang.processes.confining import MEGABYTE, Limits

EXAMPLES = Path(__file__).parents[2] / "examples"
MOST_MEMBERS = 4
"""So many files of an archive are checked; all are listed."""
SLACK = 1.05
"""The system counts whole seconds."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of an input: one sentence, or "" where it was checked; the most that one process took for it."""

    name: str
    sentence: str
    seconds: float
    wall: float
    memory: int
    """Bytes, with what the program itself has."""
    failed: bool = False
    """The program failed, or said nothing."""

    @property
    def stopped(self) -> bool:
        """The system had to end it."""
        return "上限" in self.sentence and "已停止" in self.sentence


def inputs(seed: int) -> list[Input]:
    """All inputs of this seed, at least 300."""
    made = (
        pdfs(EXAMPLES, seed),
        workbooks(seed),
        documents(seed),
        opened(),
        ofds(seed),
        archives(seed),
        texts(EXAMPLES, seed),
        separated(),
        webpages(seed),
        pictures(seed),
    )
    return [i for some in made for i in some]


def tried(some: list[Input], limits: Limits = DEFAULT) -> Iterator[Tried]:
    """What became of each; a file is there only while it is checked."""
    with tempfile.TemporaryDirectory(prefix="yibenzhang-hostile-") as folder:
        for one in some:
            path = Path(folder) / one.name
            begun = time.monotonic()
            _apart(partial(_written, path, one))
            found = _apart(partial(_checked, str(path), limits))
            wall = time.monotonic() - begun
            path.unlink(missing_ok=True)
            if isinstance(found, tuple):
                sentence, seconds, memory, failed = found
                yield Tried(one.name, sentence, seconds, wall, memory, failed)
            else:
                yield Tried(one.name, str(found), 0.0, wall, 0, True)


def _written(path: Path, one: Input) -> int:
    return path.write_bytes(one.make())


def _checked(path: str, limits: Limits) -> tuple[str, float, int, bool]:
    """In a fork: the sentences on a file, the most processor time and memory that one process took, and a failure."""
    found, missing = find_files([path])
    taken = [_of(resource.RUSAGE_SELF)]
    told = [m.error for m in missing]
    failed = any(not m.error for m in missing)
    for member in found[:MOST_MEMBERS]:
        before = _of(resource.RUSAGE_CHILDREN)
        (result,) = check_many([member], limits=limits)
        after = _of(resource.RUSAGE_CHILDREN)
        taken.append((after[0] - before[0], after[1]))
        told.append(result.error)
        failed = failed or result.failed or (result.checked is None and not result.error)
        failed = failed or "意外中止" in result.error or bool(result.checked and result.checked.faults)
    told = [t for t in dict.fromkeys(told) if t]
    return " ".join(told)[:300], max(s for s, _ in taken), max(m for _, m in taken), failed


def _of(who: int) -> tuple[float, int]:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def _apart(work: Callable[[], object]) -> object:
    """The result of ``work`` in a fork of this process, whose figures are its own; a sentence where it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(work(), pipe)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(data) if data else "died"


def over(one: Tried, limits: Limits = DEFAULT) -> str:
    """What is wrong with what became of an input; empty where nothing is."""
    if one.failed:
        return "failed"
    if one.seconds > limits.seconds * SLACK + 1:
        return "seconds"
    if one.memory > limits.memory + 400 * MEGABYTE:  # what the program has before it begins
        return "memory"
    return ""
