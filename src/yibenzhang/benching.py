"""Speed and memory, measured side by side in one run: `yibenzhang bench read` and `bench check`.

Each reader works through the same files in a process of its own on one core, the readers taking turns, so
that a busy machine slows both.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """One reader over all files: seconds (best round of each file added up), pages, peak memory in MB."""

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


def bench_check(files: list[str]) -> list[Measured]:
    """Reading alone, and the whole way from file to findings."""
    return _compare(["yibenzhang", "check"], files)


def _compare(names: list[str], files: list[str]) -> list[Measured]:
    best: dict[str, dict[str, float]] = {n: {} for n in names}
    pages: dict[str, int] = dict.fromkeys(names, 0)
    memory: dict[str, float] = dict.fromkeys(names, 0.0)
    for _ in range(ROUNDS):
        for name in names:
            command = [sys.executable, "-m", "yibenzhang.benching", name, *files]
            out = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            pages[name] = out["pages"]
            memory[name] = max(memory[name], out["megabytes"])
            for file, seconds in out["seconds"].items():
                best[name][file] = min(seconds, best[name].get(file, seconds))
    return [Measured(n, sum(best[n].values()), pages[n], memory[n]) for n in names]


def _work(name: str, file: str) -> int:
    """Have one reader do its work on one file; returns the number of pages."""
    if name == "pdfplumber":
        import pdfplumber

        with pdfplumber.open(file) as pdf:
            count = len(pdf.pages)
            for page in pdf.pages:
                page.extract_tables()
                page.close()
        return count
    from yibenzhang.checking import check
    from yibenzhang.reading import read

    document = check(file).document if name == "check" else read(file)
    return len(document.pages)


def _child(name: str, files: list[str]) -> None:
    seconds: dict[str, float] = {}
    pages = 0
    _work(name, files[0])  # imports and caches are not what is measured
    for file in files:
        start = time.perf_counter()
        pages += _work(name, file)
        seconds[file] = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "pages": pages, "megabytes": round(peak, 1)}))


if __name__ == "__main__":
    _child(sys.argv[1], sys.argv[2:])
