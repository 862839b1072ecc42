"""What every face tells of some files, as text in a folder: two folders, of two versions, are compared with diff -r.

    python tools/write_faces.py FOLDER FILE…

The files are checked once; Excel is written as its cells. Then every table and number as it was read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl

READ = ("tables", "facts")
FORMATS = ("json", "text", "concise", "github", "sarif")


def cells(path: Path) -> Iterator[str]:
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            yield "\t".join([sheet.title, *(repr(c.value) for c in row)])


def run_of(*arguments: str) -> bytes:
    """What a command prints."""
    command = [sys.executable, "-m", "yibenzhang", *arguments]
    return subprocess.run(command, capture_output=True, check=False).stdout


def main() -> int:
    folder, files = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as beside:
        excel = Path(beside) / "list.xlsx"
        command = [
            sys.executable,
            "-m",
            "yibenzhang",
            "check",
            *files,
            "-j",
            "1",
            "--resume",
            f"{beside}/journal",
        ]
        for name in FORMATS:
            more = ["--html", str(folder / "report.html"), "--excel", str(excel)] if name == "json" else []
            more += ["--all"] if name == "text" else []
            run = subprocess.run(
                [*command, "-f", name, *more],
                capture_output=True,
                env={**os.environ, "COLUMNS": "120", "TZ": "UTC"},
                check=False,
            )
            (folder / f"{name}.txt").write_bytes(run.stdout)
            (folder / f"{name}.status").write_text(f"{run.returncode}\n", encoding="utf-8")
            if run.returncode == 3:
                print(run.stderr.decode(), file=sys.stderr)
        (folder / "excel.txt").write_text("\n".join(cells(excel)) + "\n", encoding="utf-8")
    for name in READ:
        found = [run_of(name, file, "--format", "json") for file in files]
        (folder / f"{name}.txt").write_bytes(b"".join(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
