"""`bench start`: what a start costs: `--help` and a check of one small file, beside a bare interpreter, in one run.

Each command runs in a process of its own, the commands taking turns, so that a busy machine slows all of them. The
bytecode of every module is written beforehand, as an installation does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.tables import console, show

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "examples" / "hubei-clean.txt"
BOUNDS = {"help": (0.25, 0.0), "check": (0.8, 80.0)}
"""Seconds of wall time and MB at the peak on an idle machine of today; 0: no bound."""
_CHILD = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


@dataclass(frozen=True, slots=True)
class Started:
    """One command: seconds of wall time (best and median), seconds of processor time (best), MB at the peak."""

    name: str
    best: float
    median: float
    processor: float
    megabytes: float


def commands(file: Path) -> dict[str, list[str]]:
    ours = [sys.executable, "-m", "yibenzhang"]
    return {
        "python": [sys.executable, "-c", "pass"],
        "help": [*ours, "--help"],
        "check": [*ours, "check", str(file)],
    }


def measure(file: Path = SMALL, rounds: int = 7) -> list[Started]:
    """Each command so many times, in turns, after one round that only writes the bytecode."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory() as cache:
        told = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        told |= {"PYTHONPYCACHEPREFIX": cache, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path])}
        for turn in range(rounds + 1):
            for name, command in commands(file).items():
                one = _run(command, told)
                if turn:
                    found.setdefault(name, []).append(one)
    return [
        Started(
            name,
            min(wall for wall, _, _ in all_),
            median(wall for wall, _, _ in all_),
            min(used for _, used, _ in all_),
            max(peak for _, _, peak in all_),
        )
        for name, all_ in found.items()
    ]


def _run(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    made = subprocess.run(
        [sys.executable, "-c", _CHILD, *command], env=environment, capture_output=True, text=True, check=True
    )
    wall, used, peak = json.loads(made.stdout)
    return wall, used, peak


def report(found: list[Started]) -> list[dict[str, Any]]:
    """For programs: seconds, MB, and ``times``: processor time as a multiple of the bare interpreter's."""
    bare = next(s.processor for s in found if s.name == "python") or 0.001
    return [
        {
            "command": s.name,
            "best": round(s.best, 3),
            "median": round(s.median, 3),
            "processor": round(s.processor, 3),
            "times": round(s.processor / bare, 1),
            "megabytes": round(s.megabytes, 1),
        }
        for s in found
    ]


def over(found: list[Started]) -> list[str]:
    """The commands over a bound, by their best run."""
    return [
        s.name
        for s in found
        if s.name in BOUNDS and (s.best > BOUNDS[s.name][0] or 0 < BOUNDS[s.name][1] < s.megabytes)
    ]


def show_report(found: list[Started]) -> None:
    """For people."""
    names = {
        "command": "命令",
        "best": "最快 s",
        "median": "居中 s",
        "processor": "处理器 s",
        "times": "空解释器的倍数",
        "megabytes": "内存 MB",
    }
    show(names, report(found), "启动")
    out = console()
    for name in over(found):
        seconds, most = BOUNDS[name]
        out.print(f"{name} 超过目标：{seconds} s" + (f"，{most:g} MB" if most else ""))
