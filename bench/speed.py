"""`bench speed`: milliseconds a page, peak memory of a document, and whether time grows as the rows do."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench.tables import console, show
from yibenzhang.batch import find_files
from yibenzhang.checking.check import check_document
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.invented import body
from yibenzhang.drafting.text import as_text
from yibenzhang.processes.collecting import seldom
from yibenzhang.reading import ReadingError, read

TIMES = (1, 4, 16)
ROWS = 32
"""So many times the rows of a small body is the first size: the rest of a disclosure does not grow with its rows."""
SEED, BODY, YEAR = 7, 3, 2026
_PATH = os.pathsep.join([str(Path(__file__).resolve().parents[1]), *sys.path])  # a child finds bench, too


@dataclass(frozen=True, slots=True)
class Timed:
    """One document: pages (0 where its kind has none), processor milliseconds of reading and checking, peak MB."""

    document: str
    pages: int
    reading: float
    checking: float
    megabytes: float = 0.0


def measure(folder: Path, memory: bool = True) -> list[Timed]:
    """Every document timed in this process on one core; its memory in a child of its own."""
    seldom()
    paths = find_files([str(folder)])[0]
    out: list[Timed] = []
    for k, path in enumerate([*paths[:1], *paths]):  # the first one twice: imports are not what is measured
        with suppress(ReadingError):
            timed = _timed(path)
            name = Path(path).relative_to(folder).as_posix()
            if k:
                out.append(replace(timed, document=name, megabytes=_memory(path) if memory else 0.0))
    return out


def _timed(path: str) -> Timed:
    start = time.process_time()
    document = read(path)
    middle = time.process_time()
    check_document(document)
    end = time.process_time()
    pages = sum(p.number > 0 for p in document.pages) if document.kind in ("pdf", "ofd") else 0
    return Timed(path, pages, 1000 * (middle - start), 1000 * (end - middle))


def _memory(path: str) -> float:
    made = subprocess.run(
        [sys.executable, "-m", "bench.speed", path],
        env=os.environ | {"PYTHONPATH": _PATH},
        capture_output=True,
        text=True,
    )
    return float(json.loads(made.stdout)) if made.returncode == 0 else 0.0


def grown(figures: Figures, times: int) -> Figures:
    """The same body with so many times the units, and with them projects, entries and purchases."""
    copies = [str(k) if k else "" for k in range(times)]

    def code(old: str, k: str) -> str:
        return f"{old[:3]}{int(old[3:] or 0) + 20 * int(k or 0):03d}" if old else old

    return replace(
        figures,
        units=tuple(replace(u, code=code(u.code, k), name=u.name + k) for k in copies for u in figures.units),
        projects=tuple(
            replace(p, code=p.code + k, name=p.name + k, unit=code(p.unit, k))
            for k in copies
            for p in figures.projects
        ),
        entries=tuple(
            replace(e, unit=code(e.unit, k), project=e.project + k if e.project else "")
            for k in copies
            for e in figures.entries
        ),
        purchases=figures.purchases * times,
        extra={k: v * times for k, v in figures.extra.items()},
        last={},
    )


def growth(rounds: int = 2) -> Iterator[dict[str, Any]]:
    """An invented disclosure of many units with 1, 4 and 16 times the rows: best times, and how they grow beside the numbers."""
    first: dict[str, float] = {}
    figures = body(SEED, BODY, "hubei", "budget", YEAR)
    with tempfile.TemporaryDirectory() as folder:
        for times in TIMES:
            path = Path(folder) / f"{times}.txt"
            path.write_text(as_text(compose(grown(figures, ROWS * times)).draft), encoding="utf-8")
            checked = check_document(read(path))
            best = [_timed(str(path)) for _ in range(rounds)]
            now = {
                "numbers": float(checked.coverage.numbers),
                "reading": min(t.reading for t in best),
                "checking": min(t.checking for t in best),
            }
            first = first or now
            yield {
                "times": times,
                "numbers": checked.coverage.numbers,
                "findings": len(checked.findings),
                "reading_ms": round(now["reading"], 1),
                "checking_ms": round(now["checking"], 1),
                **{f"{k}_ratio": round(v / first[k], 2) for k, v in now.items()},
            }


def report(found: list[Timed], grows: list[dict[str, Any]]) -> dict[str, Any]:
    """For programs."""
    paged = [t for t in found if t.pages]
    pages = max(sum(t.pages for t in paged), 1)
    reading, checking = sum(t.reading for t in paged), sum(t.checking for t in paged)
    return {
        "documents": [
            asdict(t) | {"reading": round(t.reading, 1), "checking": round(t.checking, 1)} for t in found
        ],
        "pages": sum(t.pages for t in paged),
        "ms_a_page": {
            "reading": round(reading / pages, 2),
            "checking": round(checking / pages, 2),
            "all": round((reading + checking) / pages, 2),
        },
        "peak_mb": max((t.megabytes for t in found), default=0.0),
        "growth": grows,
    }


def show_report(made: dict[str, Any]) -> None:
    """For people: the means, the slowest and the largest documents, the growth."""
    out = console()
    m = made["ms_a_page"]
    out.print(
        f"{made['pages']} 页，每页毫秒（单核）：读取 {m['reading']}，检查 {m['checking']}，合计 {m['all']}；内存最多 {made['peak_mb']:.0f} MB"
    )
    columns = {
        "document": "文件",
        "pages": "页",
        "reading": "读取 ms",
        "checking": "检查 ms",
        "megabytes": "内存 MB",
    }
    slow = sorted(made["documents"], key=lambda t: -(t["reading"] + t["checking"]))[:8]
    large = sorted(made["documents"], key=lambda t: -t["megabytes"])[:8]
    show(columns, slow, "最慢的")
    out.print("")
    show(columns, large, "最占内存的")
    out.print("")
    show(
        {
            "times": "行数倍数",
            "numbers": "数",
            "reading_ms": "读取 ms",
            "checking_ms": "检查 ms",
            "numbers_ratio": "数的倍数",
            "reading_ratio": "读取的倍数",
            "checking_ratio": "检查的倍数",
            "findings": "问题",
        },
        made["growth"],
        "虚构的文件，行数 1、4、16 倍",
    )


def _child(path: str) -> None:
    with suppress(ReadingError):
        check_document(read(path))
    print(round(_peak(), 1))


def _peak() -> float:
    """MB. Linux counts it anew when a program starts; what getrusage tells includes the parent's peak at the fork."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _child(sys.argv[1])
