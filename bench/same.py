"""`bench same`: the report of a folder byte for byte, with 1 and 2 workers and on a busy machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yibenzhang
from bench.tables import console, show

RUNS = (("1 worker", 1, False), ("2 workers", 2, False), ("2 workers, busy", 2, True))
AROUND = 120
"""Bytes shown on either side of the first difference."""


@contextmanager
def busy(burners: int) -> Iterator[None]:
    """Processes that use all the time they get."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(burners)]
    try:
        yield
    finally:
        for p in running:
            p.kill()
            p.wait()


def report_bytes(folder: Path, jobs: int) -> bytes:
    """What `yibenzhang check --format json` prints, from a process of its own with its own hash seed."""
    path = os.pathsep.join([str(Path(yibenzhang.__file__).resolve().parents[1]), *sys.path])
    code = "from yibenzhang.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        code,
        "check",
        str(folder),
        "--format",
        "json",
        "-j",
        str(jobs),
        "--timeout",
        "0",
    ]
    made = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True)
    if not made.stdout:
        raise RuntimeError(made.stderr.decode("utf-8", "replace").strip()[-500:])
    return made.stdout


def compare(folder: Path) -> list[dict[str, Any]]:
    """Each run beside the first: equal, or the first difference."""
    out = []
    first = b""
    for name, jobs, beside in RUNS:
        with busy(os.cpu_count() or 1 if beside else 0):
            made = report_bytes(folder, jobs)
        first = first or made
        out.append({"run": name, "bytes": len(made), "same": made == first} | difference(first, made))
    return out


def difference(one: bytes, other: bytes) -> dict[str, Any]:
    """Where two reports begin to differ, with what stands there."""
    if one == other:
        return {"at": None, "first": "", "here": ""}
    pairs = enumerate(zip(one, other, strict=False))
    at = next((k for k, (a, b) in pairs if a != b), min(len(one), len(other)))
    texts = (x[max(0, at - AROUND) : at + AROUND].decode("utf-8", "replace") for x in (one, other))
    return {"at": at, **dict(zip(("first", "here"), texts, strict=True))}


def show_rows(rows: list[dict[str, Any]]) -> None:
    """For people."""
    show({"run": "运行", "bytes": "字节", "same": "相同", "at": "首处不同"}, rows, "同一文件夹的 JSON 报告")
    for r in rows:
        if not r["same"]:
            console().print(f"\n--- 1 worker\n{r['first']}\n--- {r['run']}\n{r['here']}")
