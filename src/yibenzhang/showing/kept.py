"""A view as bytes, in pieces of their own: a page reads the piece it shows, not the whole document."""

from __future__ import annotations

import gc
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from operator import attrgetter
from threading import Lock
from typing import Any

from yibenzhang.reading.limits import MAX_VIEW_BYTES
from yibenzhang.showing.view import (
    Block,
    Box,
    FlowCell,
    Leaf,
    Mark,
    Number,
    Outline,
    Piece,
    Proof,
    Section,
    ShownFinding,
    Spot,
    Sum,
    Suspicion,
    Told,
    Unchecked,
    View,
    ViewFile,
)

VERSION = 3
"""Of what ``dumped`` writes; views of another version must be made again from the file."""
_OUTLINE, _NUMBERS, _LEAVES = 0, 1, 2
"""The pieces, in order; one for each leaf at the end."""
_OUTLINE_FIELDS = (
    "extent",
    "little",
    "body",
    "fiscal_year",
    "stage",
    "level",
    "region",
    "conflicts",
    "numbers_count",
    "proved",
    "contradicted",
    "alone",
    "trivial",
    "relations_count",
)
_LEAF_FIELDS = (
    "number",
    "file",
    "page",
    "kind",
    "title",
    "width",
    "height",
    "turn",
    "skew",
    "cells",
    "scanned",
)
_FINDING_FIELDS = (
    "id",
    "rule",
    "name",
    "severity",
    "message",
    "reported",
    "expected",
    "difference",
    "unit",
    "certain",
    "basis",
)
"""What is written down as it is, in this order."""
_of_outline, _of_leaf = attrgetter(*_OUTLINE_FIELDS), attrgetter(*_LEAF_FIELDS)
_of_finding = attrgetter(*_FINDING_FIELDS)
_BROKEN = "保存的核对结果已损坏，需要重新核对。"


class ViewError(ValueError):
    """Kept bytes that are no view of this version."""


class _Names:
    """The keys of a piece, which are told as positions in one list."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def ref(self, key: str) -> int:
        return self._known.setdefault(key, len(self._known))

    def refs(self, keys: tuple[str, ...]) -> list[int]:
        return [self.ref(k) for k in keys]

    def packed(self, body: Any) -> bytes:
        text = json.dumps([list(self._known), body], ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(text.encode(), 6)


def dumped(view: View) -> bytes:
    """The view in pieces of compressed JSON, in short form: a line that says how long each is, then the pieces."""
    pieces = [_packed_outline(view), _packed_numbers(view), *(_packed_leaf(x) for x in view.leaves)]
    return json.dumps([VERSION, [len(p) for p in pieces]]).encode() + b"\n" + b"".join(pieces)


def _packed_outline(view: View) -> bytes:
    names = _Names()

    def finding(f: ShownFinding) -> Any:
        sums = [[s.name, s.arithmetic, names.refs(s.keys)] for s in f.sums]
        suspects = [[s.words, s.text, s.suggestion, s.why, names.ref(s.key)] for s in f.suspects]
        spots = [[names.ref(s.key), s.leaf, s.box, s.words, s.text, s.more] for s in f.spots]
        return [*_of_finding(f), sums, suspects, spots]

    body = [
        [[f.name, f.kind, f.sha256, f.pages] for f in view.files],
        *_of_outline(view),
        [[s.name, s.numbers, s.proved, s.contradicted, s.alone, s.trivial, s.leaf] for s in view.sections],
        [_of_leaf(x) for x in view.leaves],
        [finding(f) for f in view.findings],
        [[u.key, u.rule, u.name, u.reason, u.table] for u in view.unchecked],
        [[n.message, n.leaf, n.unread] for n in view.notices],
    ]
    return names.packed(body)


def _packed_numbers(view: View) -> bytes:
    names = _Names()
    numbers = [
        [names.ref(k), names.ref(n.key), n.leaf, n.words, n.text, n.standing, n.proofs]
        for k, n in view.numbers.items()
    ]
    proofs = [[p.rule, p.name, p.outcome, p.arithmetic, names.refs(p.keys)] for p in view.proofs]
    return names.packed([numbers, proofs])


def _packed_leaf(leaf: Leaf) -> bytes:
    names = _Names()

    def piece(p: Piece) -> Any:
        return [p.text, names.ref(p.key), p.standing] if p.key or p.standing else p.text

    def cell(c: FlowCell) -> Any:
        return [names.ref(c.key), [piece(p) for p in c.pieces], c.row_span, c.column_span, int(c.head)]

    marks = [[names.ref(m.key), m.text, m.standing, m.box] for m in leaf.marks]
    texts = [[*box, text] for box, text in leaf.texts]
    blocks = [
        [b.kind, names.ref(b.key), [piece(p) for p in b.pieces], [[cell(c) for c in r] for r in b.rows]]
        for b in leaf.blocks
    ]
    return names.packed([marks, texts, blocks])


def loaded(data: bytes) -> View:
    """The view that was dumped. Raises ViewError where the bytes are none, or of another version."""
    return Kept(data).whole()


class Kept:
    """A view as it was kept; a piece is read when it is asked for. Raises ViewError, also then."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        with _reading():
            end = data.index(b"\n")
            told = json.loads(data[:end])
            if not isinstance(told, list) or told[:1] != [VERSION]:
                raise ViewError("保存的核对结果是另一版本的，需要重新核对。")
            self._at = [end + 1]
            for length in told[1]:
                self._at.append(self._at[-1] + max(int(length), 0))
            if self._at[-1] != len(data):
                raise ViewError(_BROKEN)
            self.outline = _outline(self._text(_OUTLINE))
            if len(self.outline.leaves) != len(told[1]) - _LEAVES:
                raise ViewError(_BROKEN)

    def __len__(self) -> int:
        """Bytes as kept."""
        return len(self._data)

    def leaf(self, number: int) -> Leaf:
        """The leaf with this number, with all that stands on it."""
        with _reading():
            return _leaf(self.outline.leaves[number - 1], self._text(_LEAVES + number - 1))

    def numbers(self) -> Numbers:
        with _reading():
            return Numbers(self._text(_NUMBERS))

    def whole(self) -> View:
        with _reading():
            text = self._text(_NUMBERS)
            left, numbers, leaves = MAX_VIEW_BYTES - len(text), Numbers(text), []
            for k, leaf in enumerate(self.outline.leaves, start=_LEAVES):
                text = self._text(k, left)
                left -= len(text)
                leaves.append(_leaf(leaf, text))
            rest = {f.name: getattr(self.outline, f.name) for f in fields(Outline)} | {
                "leaves": tuple(leaves)
            }
            return View(**rest, numbers=dict(numbers.all()), proofs=numbers.proofs())

    def _text(self, k: int, most: int = MAX_VIEW_BYTES) -> bytes:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(self._data[self._at[k] : self._at[k + 1]], max(most, 1))
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ViewError("保存的核对结果过大或不完整。")
        return text


class Numbers:
    """The printed numbers and what proves them; made into objects where they are asked for."""

    def __init__(self, text: bytes) -> None:
        self._names, (numbers, self._proofs) = json.loads(text)
        self._numbers = {self._names[row[0]]: row for row in numbers}
        self.relations = len(self._proofs)

    def __len__(self) -> int:
        return len(self._numbers)

    def get(self, key: str) -> Number | None:
        row = self._numbers.get(key)
        return self._number(row) if row is not None else None

    def proof(self, position: int) -> Proof:
        rule, name, outcome, line, keys = self._proofs[position]
        return Proof(rule, name, outcome, line, tuple([self._names[k] for k in keys]))

    def all(self) -> Iterator[tuple[str, Number]]:
        return ((key, self._number(row)) for key, row in self._numbers.items())

    def proofs(self) -> tuple[Proof, ...]:
        return tuple([self.proof(k) for k in range(len(self._proofs))])

    def _number(self, row: list[Any]) -> Number:
        _, k, leaf, words, text, standing, proofs = row
        return Number(self._names[k], leaf, words, text, standing, tuple(proofs))


@contextmanager
def _reading() -> Iterator[None]:
    """What damaged bytes raise is a ViewError; no garbage is looked for meanwhile."""
    try:
        with _uncollected:
            yield
    except ViewError:
        raise
    except (zlib.error, ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        raise ViewError(_BROKEN) from error


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


def _outline(text: bytes) -> Outline:
    names, body = json.loads(text)
    files, *plain, sections, leaves, findings, unchecked, notices = body
    told = dict(zip(_OUTLINE_FIELDS, plain, strict=True))
    return Outline(
        files=tuple([ViewFile(*f) for f in files]),
        **told | {"conflicts": tuple(told["conflicts"])},
        sections=tuple([Section(*s) for s in sections]),
        leaves=tuple([Leaf(**dict(zip(_LEAF_FIELDS, x, strict=True))) for x in leaves]),
        findings=tuple([_finding(f, names) for f in findings]),
        unchecked=tuple([Unchecked(*u) for u in unchecked]),
        notices=tuple([Told(*n) for n in notices]),
    )


def _leaf(leaf: Leaf, text: bytes) -> Leaf:
    names, (marks, texts, blocks) = json.loads(text)
    return replace(
        leaf,
        marks=tuple([Mark(names[k], found, standing, _box(box)) for k, found, standing, box in marks]),
        texts=tuple([((a, b, c, d), found) for a, b, c, d, found in texts]),
        blocks=tuple([_block(b, names) for b in blocks]),
    )


def _box(box: list[float] | None) -> Box | None:
    if box is None:
        return None
    x0, top, x1, bottom = box
    return x0, top, x1, bottom


def _block(b: list[Any], names: list[str]) -> Block:
    kind, key, pieces, rows = b
    return Block(
        kind,
        names[key],
        _pieces(pieces, names),
        tuple(
            [
                tuple(
                    [
                        FlowCell(names[k], _pieces(found, names), down, across, bool(head))
                        for k, found, down, across, head in row
                    ]
                )
                for row in rows
            ]
        ),
    )


def _pieces(pieces: list[Any], names: list[str]) -> tuple[Piece, ...]:
    return tuple([Piece(p) if isinstance(p, str) else Piece(p[0], names[p[1]], p[2]) for p in pieces])


def _finding(f: list[Any], names: list[str]) -> ShownFinding:
    *plain, basis, sums, suspects, spots = f
    return ShownFinding(
        **dict(zip(_FINDING_FIELDS[:-1], plain, strict=True)),
        basis=tuple(basis),
        sums=tuple([Sum(name, line, tuple([names[k] for k in keys])) for name, line, keys in sums]),
        suspects=tuple(
            [Suspicion(words, text, better, why, names[k]) for words, text, better, why, k in suspects]
        ),
        spots=tuple(
            [
                Spot(names[k], leaf, _box(box), words, text, tuple([(a, b, c, d) for a, b, c, d in more]))
                for k, leaf, box, words, text, more in spots
            ]
        ),
    )
