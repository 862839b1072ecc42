"""How many of the known errors of a synthetic corpus are found, and how much of what is told is one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.invented_corpus import Planted
from yibenzhang.checking.check import check
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.reading import ReadingError

CLEAN = "没有埋错的文件"


@dataclass(frozen=True, slots=True)
class Judged:
    """One document: the kind of its error (CLEAN: none), how many errors and warnings it is told, and whether
    one of them stands where the error was planted."""

    document: str
    kind: str
    told: int
    right: bool
    sentences: tuple[str, ...]


def errors_of(folder: Path) -> dict[str, Planted]:
    """The planted errors by document. Raises OSError where the folder holds no errors.jsonl."""
    lines = (folder / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    return {p.document: p for p in (Planted(**json.loads(line)) for line in lines)}


def judged(folder: Path) -> Iterator[Judged]:
    """Every document of the corpus checked, in the order of their names.

    Raises OSError where the folder cannot be read; a file that cannot be read is told as such.
    """
    planted = errors_of(folder)
    for path in sorted(p for p in folder.iterdir() if p.is_file() and p.name[:6].isdigit()):
        error = planted.get(path.stem)
        try:
            found = [f for f in check(path).findings if f.severity != Severity.NOTICE]
        except ReadingError as unread:
            yield Judged(path.name, error.kind if error else CLEAN, 0, False, (str(unread),))
            continue
        right = error is not None and any(_meets(f, error) for f in found)
        told = tuple(f.message for f in found)
        yield Judged(path.name, error.kind if error else CLEAN, len(found), right, told)


def _meets(finding: Issue, error: Planted) -> bool:
    """The finding shows the number that was planted, or the words or the row around it."""
    told = _bare(finding.message + finding.reported + "".join(e.text + e.row for e in finding.evidence))
    told += "".join(_bare(s.evidence.text) for s in finding.suspects)
    broken = "".join(f.text + f.row for b in finding.broken for f in b.numbers)
    if not error.now:  # a row left out: the sum that lacks it
        return _bare(error.was) in told + _bare(broken + finding.difference) or "漏列" in finding.message
    words = [w for w in (error.now, error.row[-8:]) if len(w) >= 2]
    return any(_bare(w) in told + _bare(broken) for w in words)


def _bare(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c not in ",，“”")
