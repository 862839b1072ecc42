"""`bench leave-out`: each city checked with standards from which what was learnt from it is left out.

The product is copied, its standards replaced, and the copy measured by processes of their own.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yibenzhang
from bench.tables import console, show

HOME = Path(yibenzhang.__file__).resolve().parent
ROOT = Path(__file__).resolve().parents[1]
SEEN = "seen.csv"
"""In a folder of the standards: word, city; one line for each city in which a word of the folder was seen."""
Without = Callable[[str, Path], Path]
"""(city, empty folder) → folder of whole standards, made in it, without what was learnt from the city."""


def without(city: str, into: Path, cities: int = 1) -> Path:
    """The standards of this checkout without the words seen in that city and in at most ``cities`` together."""
    folder = into / "standards"
    shutil.copytree(HOME / "standards", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for seen in sorted(folder.rglob(SEEN)):
        words = only_in(city, seen, cities)
        for file in sorted(seen.parent.glob("*.toml")) if words else ():
            file.write_text(dropped(file.read_text(encoding="utf-8"), words), encoding="utf-8")
    _without_region(city, folder / "support.csv")
    return folder


def _without_region(city: str, support: Path) -> None:
    """The measured support without what was measured in that city."""
    with support.open(encoding="utf-8", newline="") as f:
        head, *rows = list(csv.reader(f))
    with support.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([head, *(r for r in rows if r[1] != city)])


def only_in(city: str, seen: Path, most: int = 1) -> frozenset[str]:
    """The words that were seen in that city and at most in ``most`` cities together: by default nowhere else."""
    cities: dict[str, set[str]] = {}
    with seen.open(encoding="utf-8-sig", newline="") as f:
        for row in csv.DictReader(f):
            cities.setdefault(row["word"], set()).add(row["city"])
    return frozenset(w for w, c in cities.items() if city in c and len(c) <= most)


_COMMENT = re.compile(r"\s*#")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*,[ \t]*)?')


def dropped(text: str, words: frozenset[str]) -> str:
    """TOML with those words taken out of its lists; keys and plain values stay as they are."""
    out = []
    inside = False
    for line in text.splitlines(keepends=True):
        opens = bool(re.match(r"\s*[^#\[\"]+=\s*\[", line))
        if (inside or opens) and not _COMMENT.match(line):
            head, sign, tail = line.partition("=") if opens else ("", "", line)
            bare = _WORD.sub("", tail)
            inside = bare.count("[") + inside > bare.count("]")
            line = head + sign + _WORD.sub(lambda m: "" if m.group(1) in words else m.group(), tail)
        out.append(line)
    return "".join(out)


def leave_out(
    folder: Path, cities: Iterable[str], jobs: int = 0, make: Without = without, learn: bool = False
) -> Iterator[dict[str, Any]]:
    """For each city: its figures with everything and without what was learnt from it.

    ``learn``: then also with what is learnt again from its files, *alone* and as a *person* accepts it."""
    for city in cities:
        with tempfile.TemporaryDirectory(prefix="yibenzhang-leave-out-") as place:
            standards = make(city, Path(place))
            product = Path(place) / "src" / "yibenzhang"
            skip = shutil.ignore_patterns("__pycache__", "standards")
            shutil.copytree(HOME, product, ignore=skip)
            shutil.copytree(standards, product / "standards")
            row = {
                "city": city,
                "with": _measured(HOME.parent, folder, city, jobs),
                "without": _measured(product.parent, folder, city, jobs),
            }
            if learn:
                out = Path(place) / "learnt"
                row["learnt"] = _learnt(product.parent, folder / city, out)
                row |= {n: _measured(product.parent, folder, city, jobs, out / n) for n in LEARNT}
            yield row


LEARNT = ("alone", "person")


def _learnt(source: Path, files: Path, out: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.learning", str(files), str(out), str(HOME / "standards")]
    made: dict[str, Any] = json.loads(_run(source, command, files.name))
    return made


def _measured(source: Path, folder: Path, city: str, jobs: int, layer: Path | None = None) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench", "corpus", str(folder), "--regions", city, "--jobs", str(jobs)]
    command += ["--standards", str(layer)] if layer else []
    report: dict[str, Any] = json.loads(_run(source, [*command, "--format", "json", "--told"], city))
    city_row: dict[str, Any] = report["cities"][0]
    return city_row | {"told": report["told"]}


def _run(source: Path, command: list[str], city: str) -> str:
    path = os.pathsep.join([str(source), str(ROOT)])
    made = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": path}, cwd=ROOT, capture_output=True, text=True
    )
    if made.returncode:
        raise RuntimeError(f"{city}: {made.stderr.strip()[-500:]}")
    return made.stdout


def changed(row: dict[str, Any], how: str = "without") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Errors told only without (or ``how`` else), and only with, what was learnt from the city."""

    def errors(key: str) -> list[dict[str, Any]]:
        return [t for t in row[key]["told"] if t["severity"] == "error"]

    one, other = errors("with"), errors(how)
    return [t for t in other if t not in one], [t for t in one if t not in other]


def show_rows(rows: list[dict[str, Any]]) -> None:
    """For people."""
    flat = []
    for r in rows:
        a, b = r["with"], r["without"]
        flat.append(
            {
                "city": r["city"],
                "numbers": b["table"]["numbers"],
                "with": a["table"]["share"],
                "without": b["table"]["share"],
                "tables_with": a["understood_share"],
                "tables_without": b["understood_share"],
                "errors_with": a["errors"],
                "errors_without": b["errors"],
                "new": len(changed(r)[0]),
            }
        )
    _show_learnt([r for r in rows if "learnt" in r])
    shares = [float(r["without"]) for r in flat if r["without"]]
    show(
        {
            "city": "地区",
            "numbers": "表里金额",
            "with": "印证 %",
            "without": "不用本地词 %",
            "tables_with": "懂的表 %",
            "tables_without": "不用本地词 %",
            "errors_with": "错误",
            "errors_without": "不用本地词",
            "new": "新报",
        },
        flat,
        "留出一地：用全部标准，和不用从该地学来的",
    )
    if shares:
        console().print(f"\n不用本地词的印证率，各地平均 {sum(shares) / len(shares):.1f} %")


def _show_learnt(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    flat = []
    for r in rows:
        told = {n: r["learnt"][n] for n in LEARNT}
        flat.append(
            {"city": r["city"], "without": r["without"]["table"]["share"]}
            | {n: r[n]["table"]["share"] for n in LEARNT}
            | {f"tables_{n}": r[n]["understood_share"] for n in ("without", *LEARNT)}
            | {f"accepted_{n}": len(told[n]["accepted"]) for n in LEARNT}
            | {f"wrong_{n}": len(told[n]["wrong"]) for n in LEARNT}
            | {f"new_{n}": len(changed(r, n)[0]) for n in LEARNT}
        )
    print()
    show(
        {
            "city": "地区",
            "without": "不用本地词 %",
            "alone": "自动采用 %",
            "person": "人看过 %",
            "tables_without": "懂的表 %",
            "tables_alone": "自动 %",
            "tables_person": "人看过 %",
            "accepted_alone": "自动采用的词",
            "wrong_alone": "其中错",
            "accepted_person": "人采用的词",
            "wrong_person": "其中错",
            "new_alone": "自动新报",
            "new_person": "人看过新报",
        },
        flat,
        "不用从该地学来的，再从该地的文件里学",
    )
    for name, heading in (("alone", "自动采用后"), ("person", "人看过后")):
        shares = [float(r[name]) for r in flat]
        print(f"{heading}的印证率，各地平均 {sum(shares) / len(shares):.1f} %")
