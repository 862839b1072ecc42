"""Speed and memory, measured side by side in one run: `yibenzhang bench read` and `bench check`.

Each reader works through the same files in a process of its own on one core, the readers taking turns, so
that a busy machine slows both; `bench read` counts processor time and recognises no pictures, as pdfplumber does not.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar
from unittest.mock import patch

from bench.planting import cells
from bench.planting.plants import Soil, planted
from yibenzhang.balance.diagnose import diagnose
from yibenzhang.checking.check import check_document
from yibenzhang.model.documents import Document
from yibenzhang.model.relations import Outcome
from yibenzhang.reading import ReadingError, pdf, read

ROUNDS = 2
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """One reader over all files: processor seconds (best round of each file added up), pages, peak memory in MB."""

    name: str
    seconds: float
    pages: int
    megabytes: float

    @property
    def per_page(self) -> float:
        """Milliseconds a page."""
        return 1000 * self.seconds / max(self.pages, 1)


def bench_read(files: list[str]) -> list[Measured]:
    """This reader and, where it is installed, pdfplumber's table extraction, over the same PDFs."""
    names = ["yibenzhang", *(["pdfplumber"] if importlib.util.find_spec("pdfplumber") else [])]
    return _compare(names, [f for f in files if Path(f).suffix.lower() == ".pdf"])


@dataclass(frozen=True, slots=True)
class Checking:
    """One document: milliseconds of reading, of recognition with claims and rules, and of diagnosis (best round).

    ``gave_up`` counts the findings without a culprit because the diagnosis ran out of time.
    """

    name: str
    pages: int
    numbers: int
    relations: int
    broken: int
    reading: float
    rules: float
    diagnosis: float
    findings: int
    gave_up: int


MOST_RELATIONS = 2000
"""The document made wrong in many places is made of one of ordinary size."""
MADE_BROKEN = 100
"""So many relations are broken in the document made to measure the diagnosis."""
_PATH = os.pathsep.join([str(Path(__file__).resolve().parents[1]), *sys.path])  # a child finds bench, too


def bench_check(files: list[str]) -> list[Checking]:
    """Every document step by step; at the end the one with the most relations, made wrong in many places."""
    out = []
    largest: tuple[int, str, Document] | None = None
    for file in files:
        try:
            document, reading = _timed(lambda f=file: read(f))  # type: ignore[misc]
        except ReadingError:
            continue
        measured = _checking(Path(file).name, document, reading)
        out.append(measured)
        if measured.relations <= MOST_RELATIONS and (largest is None or measured.relations > largest[0]):
            largest = (measured.relations, measured.name, document)
    if largest is not None:
        made = _made_wrong(largest[2])
        out.append(_checking(f"{largest[1]}（改错多处）", made, 0.0))
    return out


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """The result and the milliseconds of the best of some rounds."""
    best = 0.0
    for k in range(ROUNDS + 1):
        start = time.perf_counter()
        result = work()
        took = 1000 * (time.perf_counter() - start)
        best = took if k == 0 else min(best, took)
    return result, best


def _checking(name: str, document: Document, reading: float) -> Checking:
    checked, all_rules = _timed(lambda: check_document(document))
    causes, diagnosis = _timed(lambda: diagnose(list(checked.results)))
    broken = sum(r.outcome == Outcome.CONTRADICTED for r in checked.results)
    return Checking(
        name,
        len(document.pages),
        checked.coverage.numbers,
        len(checked.results),
        broken,
        round(reading, 1),
        round(all_rules - diagnosis, 1),
        round(diagnosis, 1),
        len(checked.findings),
        sum(c.gave_up for c in causes),
    )


def _made_wrong(document: Document) -> Document:
    """Digits of cells misprinted one after the other until so many relations are broken, or a number is no more."""
    random = Random(MADE_BROKEN)
    for _ in range(3 * MADE_BROKEN):
        plants = list(cells.digit(Soil(document), random))
        if not plants:
            break
        document = planted(document, random.choice(plants))
        results = check_document(document).results
        if sum(r.outcome == Outcome.CONTRADICTED for r in results) >= MADE_BROKEN:
            break
    return document


def _compare(names: list[str], files: list[str]) -> list[Measured]:
    best: dict[str, dict[str, float]] = {n: {} for n in names}
    pages: dict[str, int] = dict.fromkeys(names, 0)
    memory: dict[str, float] = dict.fromkeys(names, 0.0)
    for _ in range(ROUNDS):
        for name in names:
            command = [sys.executable, "-m", "bench.timing", name, *files]
            out = json.loads(
                subprocess.run(
                    command,
                    check=True,
                    capture_output=True,
                    text=True,
                    env=os.environ | {"PYTHONPATH": _PATH},
                ).stdout
            )
            pages[name] = out["pages"]
            memory[name] = max(memory[name], out["megabytes"])
            for file, seconds in out["seconds"].items():
                best[name][file] = min(seconds, best[name].get(file, seconds))
    return [Measured(n, sum(best[n].values()), pages[n], memory[n]) for n in names]


def _work(name: str, file: str) -> int:
    """Have one reader do its work on one file; returns the number of pages."""
    if name == "pdfplumber":
        import pdfplumber

        with pdfplumber.open(file) as opened:
            count = len(opened.pages)
            for page in opened.pages:
                page.extract_tables()
                page.close()
        return count
    return len(read(file).pages)


def _child(name: str, files: list[str]) -> None:
    seconds: dict[str, float] = {}
    pages = 0
    with patch.object(pdf, "installed", return_value=False):
        _work(name, files[0])  # imports and caches are not what is measured
        for file in files:
            start = time.process_time()
            pages += _work(name, file)
            seconds[file] = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "pages": pages, "megabytes": round(peak, 1)}))


if __name__ == "__main__":
    _child(sys.argv[1], sys.argv[2:])
