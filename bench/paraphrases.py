"""`bench paraphrases`: defects in words that the authors of the rules did not write.

wordings/defects.toml says what each defect is and in which invented disclosure it is tried; a file of wordings gives
sentences with the defect, and sentences without it that look alike. A wording with the defect is *told* if the check
of the disclosure with it tells an error or a warning that the disclosure alone is not told; *by its rule* if that is of
the rule's id. A wording without the defect must be told nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.tables import console, share, show
from yibenzhang.checking.check import check_document
from yibenzhang.model.issues import Severity
from yibenzhang.proving import document_of
from yibenzhang.standards import HERE

DEFECTS = Path(__file__).parent / "wordings" / "defects.toml"
TITLES = {"": "示范市示范局2026年部门预算", "accounts": "示范市示范局2024年度部门决算"}
"""Disclosures that are a title alone."""
FIRES, SILENT = 5, 3
"""So many wordings of each kind a defect should have."""


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong in a sentence, and the disclosure in which wordings of it are tried."""

    id: str
    disclosure: str
    what: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One wording and what it was told."""

    id: str
    words: str
    fires: bool
    told: tuple[str, ...]

    @property
    def by_rule(self) -> bool:
        return self.id in self.told

    @property
    def right(self) -> bool:
        return bool(self.told) == self.fires


def defects_of(path: Path = DEFECTS) -> dict[str, Defect]:
    """The defects by id; raises OSError, ValueError and KeyError."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["defect"]
    return {e["id"]: Defect(e["id"], e["disclosure"], e["what"]) for e in entries}


def wordings_of(path: Path) -> list[tuple[str, str, bool]]:
    """Id, words and whether they have the defect, of every wording of a file."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["wording"]
    return [
        (e["id"], words, kind == "fires")
        for e in entries
        for kind in ("fires", "silent")
        for words in e.get(kind, ())
    ]


def tried(wordings: Iterable[tuple[str, str, bool]], defects: dict[str, Defect]) -> Iterator[Tried]:
    """Each wording in its disclosure; raises KeyError for a defect that is not in the list."""
    for identity, words, fires in wordings:
        base = _base(defects[identity].disclosure)
        before = list(_told(base))
        told = list(_told(f"{base}\n{words}"))
        for rule in before:
            if rule in told:
                told.remove(rule)
        yield Tried(identity, words, fires, tuple(told))


@lru_cache(maxsize=64)
def _base(name: str) -> str:
    if name in TITLES:
        return TITLES[name]
    return (HERE / "cases" / name).read_text(encoding="utf-8").rstrip("\n")


def _told(text: str) -> Iterator[str]:
    """The rules of the errors and warnings, and those of relations that an issue stands for."""
    for f in check_document(document_of(text)).findings:
        if f.severity != Severity.NOTICE:
            yield f.rule


def report(found: Iterable[Tried], defects: dict[str, Defect]) -> dict[str, Any]:
    """Shares told and kept silent, by defect and in all."""
    every = list(found)
    rows = []
    for identity in dict.fromkeys(t.id for t in every):
        rows.append(_row(identity, [t for t in every if t.id == identity]))
    return {
        "total": _row("合计", every),
        "defects": rows,
        "wrong": [_wrong(t) for t in every if not t.right],
        "without_wordings": [d.id for d in defects.values() if d.id not in {t.id for t in every}],
    }


def _row(name: str, found: list[Tried]) -> dict[str, Any]:
    fires, silent = [t for t in found if t.fires], [t for t in found if not t.fires]
    told, quiet = sum(t.right for t in fires), sum(t.right for t in silent)
    return {
        "name": name,
        "fires": len(fires),
        "told": told,
        "by_rule": sum(t.by_rule for t in fires),
        "told_share": share(told, len(fires)),
        "silent": len(silent),
        "quiet": quiet,
        "quiet_share": share(quiet, len(silent)),
    }


def _wrong(t: Tried) -> dict[str, Any]:
    return {"id": t.id, "fires": t.fires, "words": t.words, "told": list(t.told)}


def show_report(made: dict[str, Any]) -> None:
    """For people."""
    columns = {
        "name": "毛病",
        "fires": "该报",
        "told": "报了",
        "by_rule": "由这条规则",
        "told_share": "报出 %",
        "silent": "不该报",
        "quiet": "没有报",
        "quiet_share": "没有报 %",
    }
    show(columns, [*made["defects"], made["total"]], "别人写的说法")
    out = console()
    for w in made["wrong"]:
        head = "该报没有报" if w["fires"] else f"不该报，报了 {'、'.join(w['told'])}"
        out.print(f"{w['id']} {head}：{w['words']}", soft_wrap=True)
    out.print(f"还没有说法的毛病：{len(made['without_wordings'])}（{'、'.join(made['without_wordings'])}）")
