"""What was found out about a submission, as its pages show it; the last ones used stay in memory."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from typing import Any

from yibenzhang.ledger.files import Ledger
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.models import Submission
from yibenzhang.showing.view import Spot, View, ViewError, loaded

MOST = 48
FULL_SEARCH = 1_000
"""Views loaded between two searches of everything for garbage."""


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
            raise Refused(
                "这一版是用旧版程序检查的，现在的程序看不了；请到看板点“重新检查”，查完再看。"
            ) from error
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
    """For each finding the places to light: key, leaf, box and the words there; ``more`` where they run over lines."""
    return {f.id: [_lit(s) for s in f.spots if s.leaf] for f in view.findings}


def _lit(s: Spot) -> dict[str, Any]:
    place: dict[str, Any] = {"key": s.key, "leaf": s.leaf, "box": s.box}
    if s.box is None and s.text:
        place["text"] = s.text
    if s.more:
        place["more"] = s.more
    return place
