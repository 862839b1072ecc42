"""What was found out about a submission, as its pages show it; the last ones used stay in memory."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar

from yibenzhang.model.leaves import Leaf
from yibenzhang.office import stored_views
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.stored_views import StoredNumbers, StoredView
from yibenzhang.showing.stored import StoredError
from yibenzhang.showing.view import Number, Outline, Proof, Spot, View

MOST, MOST_NUMBERS = 128, 48
"""Views whose outline, and whose numbers, stay in memory: more than people who review at the same time."""
MOST_BYTES = 64 * 1024 * 1024
"""Of all views that stay, as kept."""
FULL_SEARCH = 1_000
"""Views loaded between two searches of everything for garbage."""
Key = tuple[str, int]
Made = TypeVar("Made")


class Checked(Protocol):
    """A submission, or so much of it as tells where its view lies."""

    @property
    def receipt(self) -> str: ...


class _Last(Generic[Made]):
    """The last ones used, by submission and moment of its analysis."""

    def __init__(self, most: int, most_bytes: int = 0) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[int, Made]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Key, make: Callable[[], tuple[int, Made]]) -> Made:
        """``make`` also tells how many bytes it counts for."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        made = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._bytes += made[0]
            while len(self._kept) > self._most or (self._bytes > self._most_bytes and len(self._kept) > 1):
                self._bytes -= self._kept.popitem(last=False)[1][0]
        return made[1]


NUMBERS = {"place": "位置", "words": "项目", "text": "印的数字", "standing": "核对结果", "arithmetic": "算式"}
RELATIONS = {
    "relations": "数字之间的算式：规则、名称、held 相符，within_rounding 尾差以内，"
    "contradicted 不符、算式、牵涉的数字的 key"
}
_OUTCOME = {"held": "相符", "within_rounding": "尾差以内", "contradicted": "不符"}
_SUMS = 3
"""Sums told beside a number; a total may take part in dozens."""


class Views:
    """Views by submission, read anew where the file was analysed again. Raises NotHere where there is none, Refused
    where this version of the program does not understand it."""

    def __init__(self, ledger: FileStore) -> None:
        self._ledger = ledger
        self._views: _Last[StoredView] = _Last(MOST, MOST_BYTES)
        self._numbers: _Last[StoredNumbers] = _Last(MOST_NUMBERS)
        self._lock = threading.Lock()
        self._loads = 0

    def outline(self, submission: Checked) -> Outline:
        return self._kept(submission)[1].outline

    def leaf(self, submission: Checked, number: int) -> tuple[Outline, Leaf]:
        """A leaf with all that stands on it."""
        kept = self._kept(submission)[1]
        if not 1 <= number <= len(kept.outline.leaves):
            raise NotHere
        with _stored_errors():
            return kept.outline, kept.leaf(number)

    def numbers(self, submission: Checked) -> StoredNumbers:
        key, kept = self._kept(submission)

        def make() -> tuple[int, StoredNumbers]:
            made = kept.numbers()
            self._aside()
            return 0, made

        with _stored_errors():
            return self._numbers.get(key, make)

    def of(self, submission: Checked) -> View:
        """All of it; this does not stay in memory."""
        with _stored_errors():
            return self._kept(submission)[1].whole()

    def report(self, submission: Checked, name: str) -> dict[str, Any]:
        """The report on it, by the contract of reports.json_report; ``name`` is what its file is called."""
        kept = self._kept(submission)[1]
        try:
            with _stored_errors():
                return stored_views.report_on(self._ledger, submission.receipt, kept, name)
        except FileNotFoundError as error:
            raise NotHere from error

    def _kept(self, submission: Checked) -> tuple[Key, StoredView]:
        path = stored_views.place_of(self._ledger, submission.receipt)

        def make() -> tuple[int, StoredView]:
            made = stored_views.read(path)
            self._aside()
            return len(made), made

        try:
            key = (submission.receipt, path.stat().st_mtime_ns)
            with _stored_errors():
                return key, self._views.get(key, make)
        except FileNotFoundError as error:
            raise NotHere from error

    def _aside(self) -> None:
        """Take what is loaded out of the search for garbage: views hold a million small objects, none in a circle, and
        looking through them stops every page for half a second. Now and then all is looked through once, because
        what was in a circle at such a moment would stay for ever."""
        with self._lock:
            self._loads += 1
            search = self._loads % FULL_SEARCH == 0
        if search:
            gc.unfreeze()
            gc.collect()
        gc.freeze()


@contextmanager
def _stored_errors() -> Iterator[None]:
    try:
        yield
    except StoredError as error:
        raise Refused(
            "这一版是用旧版程序检查的，现在的程序看不了；请到看板点“重新检查”，查完再看。"
        ) from error


def words_in(leaf: Leaf, box: tuple[float, float, float, float]) -> str:
    """The words whose middle lies in a box on a leaf."""
    x0, top, x1, bottom = box
    found = []
    for (a, b, c, d), text in leaf.texts:
        if x0 <= (a + c) / 2 <= x1 and top <= (b + d) / 2 <= bottom and text.strip():
            found.append(text.strip())
    return " ".join(found)[:300]


def spots_of(view: Outline) -> dict[str, list[dict[str, Any]]]:
    """For each finding the places to light: key, leaf, box and the words there; ``more`` where they run over lines."""
    return {f.id: [_lit(s) for s in f.spots if s.leaf] for f in view.findings}


def _lit(s: Spot) -> dict[str, Any]:
    place: dict[str, Any] = {"key": s.key, "leaf": s.leaf, "box": s.box}
    if s.box is None and s.text:
        place["text"] = s.text
    if s.more:
        place["more"] = s.more
    return place


def leafname(leaf: Leaf) -> str:
    """What a leaf is called in a short mention."""
    return f"第 {leaf.page} 页" if leaf.page else leaf.title or f"第 {leaf.number} 段"


def numbers_of(
    view: Outline, numbers: StoredNumbers, key: str = "", leaf: int = 0
) -> tuple[Iterator[dict[str, Any]], Iterator[Proof]]:
    """Printed numbers as rows of a table (all of them, or the one of ``key``, or those on a leaf), and the relations
    they take part in: ``proofs`` of a row are positions among these."""
    if not key and not leaf:
        found, places = (n for _, n in numbers.all()), range(numbers.relations)
        return (_number(view, numbers, n, places) for n in found), map(numbers.proof, places)
    one = numbers.get(key) if key else None
    chosen = [one] if one else [n for _, n in numbers.all() if n.leaf == leaf]
    used = sorted({k for n in chosen for k in n.proofs})
    place = {k: i for i, k in enumerate(used)}
    return (_number(view, numbers, n, place) for n in chosen), map(numbers.proof, used)


def _number(
    view: Outline, numbers: StoredNumbers, n: Number, place: Mapping[int, int] | Sequence[int]
) -> dict[str, Any]:
    """What proves a proved number stands before a sum that another number spoils."""
    proofs = [numbers.proof(k) for k in n.proofs]
    if n.standing != "contradicted":
        proofs.sort(key=lambda p: p.outcome == "contradicted")
    sums = [f"{_OUTCOME.get(p.outcome, '')}：{p.name}：{p.arithmetic}" for p in proofs[:_SUMS]]
    if len(n.proofs) > _SUMS:
        sums.append(f"另有 {len(n.proofs) - _SUMS} 个算式")
    return {
        "key": n.key,
        "leaf": n.leaf,
        "place": leafname(view.leaves[n.leaf - 1]) if n.leaf else "",
        "words": n.words,
        "text": n.text,
        "standing": n.standing,
        "proofs": [place[k] for k in n.proofs],
        "arithmetic": "；".join(sums),
    }
