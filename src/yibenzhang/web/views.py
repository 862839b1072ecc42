"""What was found out about a submission, as its pages show it; the last ones used stay in memory."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

from yibenzhang.ledger.files import Ledger
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.models import Submission
from yibenzhang.showing.view import Leaf, Number, Proof, View, ViewError, loaded

MOST = 48
FULL_SEARCH = 1_000
"""Views loaded between two searches of everything for garbage."""

NUMBERS = {"place": "位置", "words": "项目", "text": "印的数字", "standing": "核对结果", "arithmetic": "算式"}
RELATIONS = {
    "relations": "数字之间的算式：规则、名称、held 相符，within_rounding 尾差以内，contradicted 不符、算式、牵涉的数字的 key"
}
_OUTCOME = {"held": "相符", "within_rounding": "尾差以内", "contradicted": "不符"}
_SUMS = 3
"""Sums told beside a number; a total may take part in dozens."""


class Views:
    """Views by submission, read anew where the file was analysed again."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], View] = OrderedDict()
        self._loads = 0

    def of(self, submission: Submission) -> View:
        """Raises NotHere where there is none, or none that this version of the program understands."""
        path = self._ledger.analysis(submission.receipt, "view")
        try:
            key = (submission.receipt, path.stat().st_mtime_ns)
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            view = loaded(path.read_bytes())
        except FileNotFoundError as error:
            raise NotHere from error
        except ViewError as error:
            raise Refused("这一版是用旧版程序检查的，现在的程序看不了；请重新检查后再看。") from error
        with self._lock:
            self._kept[key] = view
            self._aside()
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return view

    def _aside(self) -> None:
        """Take what is loaded out of the search for garbage: views hold a million small objects, none in a circle, and
        looking through them stops every page for half a second. Now and then all is looked through once, because
        what was in a circle at such a moment would stay for ever."""
        self._loads += 1
        if self._loads % FULL_SEARCH == 0:
            gc.unfreeze()
            gc.collect()
        gc.freeze()


def words_in(view: View, leaf: int, box: tuple[float, float, float, float]) -> str:
    """The words whose middle lies in a box on a leaf."""
    x0, top, x1, bottom = box
    found = []
    for (a, b, c, d), text in view.leaves[leaf - 1].texts:
        if x0 <= (a + c) / 2 <= x1 and top <= (b + d) / 2 <= bottom and text.strip():
            found.append(text.strip())
    return " ".join(found)[:300]


def spots_of(view: View) -> dict[str, list[dict[str, Any]]]:
    """For each finding the places to light: key, leaf and box."""
    return {
        f.id: [{"key": s.key, "leaf": s.leaf, "box": s.box} for s in f.spots if s.leaf] for f in view.findings
    }


def leafname(leaf: Leaf) -> str:
    """What a leaf is called in a short mention."""
    return f"第 {leaf.page} 页" if leaf.page else leaf.title or f"第 {leaf.number} 段"


def numbers_of(
    view: View, chosen: Sequence[Number] | None = None
) -> tuple[Iterator[dict[str, Any]], Iterator[Proof]]:
    """Printed numbers (all of them, or those chosen) as rows of a table, and the relations they take part in: ``proofs`` of
    a row are positions among these."""
    if chosen is None:
        place = {k: k for k in range(len(view.proofs))}
    else:
        place = {k: i for i, k in enumerate(sorted({k for n in chosen for k in n.proofs}))}
    rows = (_number(view, n, place) for n in (view.numbers.values() if chosen is None else chosen))
    return rows, (view.proofs[k] for k in place)


def _number(view: View, n: Number, place: dict[int, int]) -> dict[str, Any]:
    """What proves a proved number stands before a sum that another number spoils."""
    proofs = [view.proofs[k] for k in n.proofs]
    if n.standing != "contradicted":
        proofs.sort(key=lambda p: p.outcome == "contradicted")
    sums = [f"{_OUTCOME.get(p.outcome, '')}：{p.name}：{p.arithmetic}" for p in proofs[:_SUMS]]
    if len(n.proofs) > _SUMS:
        sums.append(f"另有 {len(n.proofs) - _SUMS} 个算式")
    return {
        "key": n.key, "leaf": n.leaf, "place": leafname(view.leaves[n.leaf - 1]) if n.leaf else "", "words": n.words, "text": n.text,
        "standing": n.standing, "proofs": [place[k] for k in n.proofs], "arithmetic": "；".join(sums),
    }  # fmt: skip
