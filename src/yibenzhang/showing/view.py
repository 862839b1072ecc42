"""What a page shows of a checked document, as plain data that can be kept and loaded again quickly."""

from __future__ import annotations

import gc
import json
import zlib
from dataclasses import dataclass
from threading import Lock
from typing import Any

from yibenzhang.reading.limits import MAX_VIEW_BYTES

VERSION = 2
"""Of what ``dumped`` writes; views of another version must be made again from the file."""


class ViewError(ValueError):
    """Kept bytes that are no view of this version."""


Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of the page as it was read."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A printed number on a leaf; ``standing`` is proved, contradicted or alone; no box in flow leaves."""

    key: str
    text: str
    standing: str
    box: Box | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in a flow leaf; ``key`` and ``standing`` are empty where it is no number."""

    text: str
    key: str = ""
    standing: str = ""


@dataclass(frozen=True, slots=True)
class FlowCell:
    """A cell of a table in a flow leaf; ``head`` where it belongs to the table's header."""

    key: str
    pieces: tuple[Piece, ...]
    row_span: int = 1
    column_span: int = 1
    head: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph (``pieces``) or a table (``rows``) of a flow leaf; ``key`` is its place's key."""

    kind: str
    key: str
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[FlowCell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page to show. ``number`` counts from 1 over all files, ``file`` from 0; ``page`` is the page in its file.

    ``kind`` is *picture* (drawn from the file's bytes), *drawn* (from ``texts``) or *flow* (from ``blocks``).
    ``texts`` are boxes with their words; the first ``cells`` of them are cells of ruled tables. ``turn`` and
    ``skew`` are those of documents.Page. Width and height are points, 0 in flow leaves. ``scanned`` where
    what stands on it was recognised from an image.
    """

    number: int
    file: int
    page: int
    kind: str
    title: str
    width: float
    height: float
    marks: tuple[Mark, ...] = ()
    texts: tuple[tuple[Box, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    turn: int = 0
    skew: float = 0.0
    cells: int = 0
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a finding: what stands there in words, as printed, and on which leaf (0: on none).

    ``key`` is a number's or, where words or an empty cell stand there, that of the place; ``box`` as in Mark;
    ``more`` are the boxes of the other lines where the words run over several.
    """

    key: str
    leaf: int
    box: Box | None
    words: str
    text: str
    more: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """One relation with its arithmetic in one line; ``outcome`` is held, within_rounding or contradicted."""

    rule: str
    name: str
    outcome: str
    arithmetic: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number; ``proofs`` are positions in View.proofs, those that contradict it first."""

    key: str
    leaf: int
    words: str
    text: str
    standing: str
    proofs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """A broken relation under a finding."""

    name: str
    arithmetic: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A number that may be the culprit; ``suggestion`` is the value that would mend everything, or empty."""

    words: str
    text: str
    suggestion: str
    why: str
    key: str


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with its places; the numbers in it are decimal strings in ``unit`` or empty.

    ``id`` is unique in the view.
    """

    id: str
    rule: str
    name: str
    severity: str
    message: str
    reported: str
    expected: str
    difference: str
    unit: str
    certain: bool
    basis: tuple[str, ...]
    sums: tuple[Sum, ...]
    suspects: tuple[Suspicion, ...]
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Unchecked:
    """What could not be checked; ``key`` hashes rule, table and reason, ``table`` is the table's name."""

    key: str
    rule: str
    name: str
    reason: str
    table: str


@dataclass(frozen=True, slots=True)
class ViewFile:
    """One file handed in; ``pages`` counts its leaves."""

    name: str
    kind: str
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class Section:
    """A table or a section of the text, and the standing of its numbers."""

    name: str
    numbers: int
    proved: int
    contradicted: int
    alone: int


@dataclass(frozen=True, slots=True)
class Told:
    """Something about the reading; ``leaf`` is 0 where it concerns the whole file, ``unread`` where a page
    could not be read."""

    message: str
    leaf: int
    unread: bool


@dataclass(frozen=True, slots=True)
class View:
    """Everything a page shows of one submission. ``numbers_count`` to ``alone`` are the coverage's counts."""

    files: tuple[ViewFile, ...]
    body: str
    fiscal_year: int | None
    stage: str
    level: str
    region: str
    conflicts: tuple[str, ...]
    numbers_count: int
    proved: int
    contradicted: int
    alone: int
    relations_count: int
    sections: tuple[Section, ...]
    leaves: tuple[Leaf, ...]
    numbers: dict[str, Number]
    proofs: tuple[Proof, ...]
    findings: tuple[ShownFinding, ...]
    unchecked: tuple[Unchecked, ...]
    notices: tuple[Told, ...]


def dumped(view: View) -> bytes:
    """The view as compressed JSON, in short form: lists, with keys as positions in one list of keys."""
    names: dict[str, int] = {}

    def ref(key: str) -> int:
        return names.setdefault(key, len(names))

    def refs(keys: tuple[str, ...]) -> list[int]:
        return [names.setdefault(k, len(names)) for k in keys]

    def piece(p: Piece) -> Any:
        return [p.text, ref(p.key), p.standing] if p.key or p.standing else p.text

    def cell(c: FlowCell) -> Any:
        return [ref(c.key), [piece(p) for p in c.pieces], c.row_span, c.column_span, int(c.head)]

    def block(b: Block) -> Any:
        return [b.kind, ref(b.key), [piece(p) for p in b.pieces], [[cell(c) for c in r] for r in b.rows]]

    def leaf(x: Leaf) -> Any:
        marks = [[ref(m.key), m.text, m.standing, m.box] for m in x.marks]
        return [
            x.number, x.file, x.page, x.kind, x.title, x.width, x.height, marks,
            [[*box, text] for box, text in x.texts], [block(b) for b in x.blocks], x.turn, x.skew, x.cells,
            x.scanned,
        ]  # fmt: skip

    def finding(f: ShownFinding) -> Any:
        sums = [[s.name, s.arithmetic, refs(s.keys)] for s in f.sums]
        suspects = [[s.words, s.text, s.suggestion, s.why, ref(s.key)] for s in f.suspects]
        spots = [[ref(s.key), s.leaf, s.box, s.words, s.text, s.more] for s in f.spots]
        return [
            f.id, f.rule, f.name, f.severity, f.message, f.reported, f.expected, f.difference, f.unit,
            f.certain, f.basis, sums, suspects, spots,
        ]  # fmt: skip

    body = [
        [[f.name, f.kind, f.sha256, f.pages] for f in view.files],
        view.body, view.fiscal_year, view.stage, view.level, view.region, view.conflicts,
        view.numbers_count, view.proved, view.contradicted, view.alone, view.relations_count,
        [[s.name, s.numbers, s.proved, s.contradicted, s.alone] for s in view.sections],
        [leaf(x) for x in view.leaves],
        [[ref(k), ref(n.key), n.leaf, n.words, n.text, n.standing, n.proofs] for k, n in view.numbers.items()],
        [[p.rule, p.name, p.outcome, p.arithmetic, refs(p.keys)] for p in view.proofs],
        [finding(f) for f in view.findings],
        [[u.key, u.rule, u.name, u.reason, u.table] for u in view.unchecked],
        [[n.message, n.leaf, n.unread] for n in view.notices],
    ]  # fmt: skip
    text = json.dumps([VERSION, list(names), body], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def loaded(data: bytes) -> View:
    """The view that was dumped. Raises ViewError where the bytes are none, or of another version."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(data, MAX_VIEW_BYTES)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ViewError("保存的核对结果过大或不完整。")
        with _uncollected:
            got = json.loads(text)
            if not isinstance(got, list) or got[:1] != [VERSION]:
                raise ViewError("保存的核对结果是另一版本的，需要重新核对。")
            return _view(got[1], got[2])
    except ViewError:
        raise
    except (zlib.error, ValueError, TypeError, IndexError, KeyError, RecursionError) as error:
        raise ViewError("保存的核对结果已损坏，需要重新核对。") from error


class _Uncollected:
    """No garbage is looked for while a view is built: ten thousand small objects, none in a circle, would set
    off searches of everything the process holds, which take longer than the loading. Threads may overlap."""

    def __init__(self) -> None:
        self._lock, self._inside, self._was = Lock(), 0, False

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._was = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._was:
                gc.enable()


_uncollected = _Uncollected()


def _view(names: list[str], body: list[Any]) -> View:
    (files, who, year, stage, level, region, conflicts, count, proved, contradicted, alone, related,
     sections, leaves, numbers, proofs, findings, unchecked, notices) = body  # fmt: skip
    return View(
        tuple([ViewFile(*f) for f in files]), who, year, stage, level, region, tuple(conflicts),
        count, proved, contradicted, alone, related,
        tuple([Section(*s) for s in sections]),
        tuple([_leaf(x, names) for x in leaves]),
        {names[i]: Number(names[k], leaf, words, text, standing, tuple(p))
         for i, k, leaf, words, text, standing, p in numbers},
        tuple([Proof(rule, name, outcome, line, tuple([names[k] for k in keys]))
               for rule, name, outcome, line, keys in proofs]),
        tuple([_finding(f, names) for f in findings]),
        tuple([Unchecked(*u) for u in unchecked]),
        tuple([Told(*n) for n in notices]),
    )  # fmt: skip


def _box(box: list[float] | None) -> Box | None:
    if box is None:
        return None
    x0, top, x1, bottom = box
    return x0, top, x1, bottom


def _leaf(x: list[Any], names: list[str]) -> Leaf:
    number, file, page, kind, title, width, height, marks, texts, blocks, turn, skew, cells, scanned = x
    return Leaf(
        number, file, page, kind, title, width, height,
        tuple([Mark(names[k], text, standing, _box(box)) for k, text, standing, box in marks]),
        tuple([((a, b, c, d), text) for a, b, c, d, text in texts]),
        tuple([_block(b, names) for b in blocks]),
        turn, skew, cells, scanned,
    )  # fmt: skip


def _block(b: list[Any], names: list[str]) -> Block:
    kind, key, pieces, rows = b
    return Block(
        kind, names[key], _pieces(pieces, names),
        tuple([tuple([FlowCell(names[k], _pieces(found, names), down, across, bool(head))
                      for k, found, down, across, head in row]) for row in rows]),
    )  # fmt: skip


def _pieces(pieces: list[Any], names: list[str]) -> tuple[Piece, ...]:
    return tuple([Piece(p) if isinstance(p, str) else Piece(p[0], names[p[1]], p[2]) for p in pieces])


def _finding(f: list[Any], names: list[str]) -> ShownFinding:
    (name, rule, title, severity, message, reported, expected, difference, unit, certain,
     basis, sums, suspects, spots) = f  # fmt: skip
    return ShownFinding(
        name, rule, title, severity, message, reported, expected, difference, unit, certain, tuple(basis),
        tuple([Sum(name, line, tuple([names[k] for k in keys])) for name, line, keys in sums]),
        tuple([Suspicion(words, text, better, why, names[k]) for words, text, better, why, k in suspects]),
        tuple([Spot(names[k], leaf, _box(box), words, text, tuple([(a, b, c, d) for a, b, c, d in more]))
               for k, leaf, box, words, text, more in spots]),
    )  # fmt: skip
