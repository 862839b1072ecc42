"""What the program stored before there were stored Analyses: a view in pieces, version 3. Only read, never written."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from yibenzhang.model.issues import BrokenRelation, Severity
from yibenzhang.model.leaves import Block, Box, FlowCell, Leaf, Mark, Piece
from yibenzhang.reading.limits import MAX_VIEW_BYTES
from yibenzhang.showing.stored import BROKEN, StoredError, reading
from yibenzhang.showing.view import (
    Number,
    Outline,
    Proof,
    ReadingNotice,
    Section,
    ShownFinding,
    Spot,
    Suspicion,
    Unchecked,
    View,
    ViewFile,
)

VERSION = 3
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


class Former:
    """A view as it was stored; a piece is read when it is asked for. Raises StoredError, also then."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        with reading():
            end = data.index(b"\n")
            head = json.loads(data[:end])
            if not isinstance(head, list) or head[:1] != [VERSION]:
                raise StoredError("保存的核对结果是另一版本的，需要重新核对。")
            self._at = [end + 1]
            for length in head[1]:
                self._at.append(self._at[-1] + max(int(length), 0))
            if self._at[-1] != len(data):
                raise StoredError(BROKEN)
            self.outline = _outline(self._text(_OUTLINE))
            if len(self.outline.leaves) != len(head[1]) - _LEAVES:
                raise StoredError(BROKEN)

    def __len__(self) -> int:
        """Bytes as kept."""
        return len(self._data)

    def leaf(self, number: int) -> Leaf:
        """The leaf with this number, with all that stands on it."""
        with reading():
            return _leaf(self.outline.leaves[number - 1], self._text(_LEAVES + number - 1))

    def numbers(self) -> FormerNumbers:
        with reading():
            return FormerNumbers(self._text(_NUMBERS))

    def whole(self) -> View:
        with reading():
            text = self._text(_NUMBERS)
            left, numbers, leaves = MAX_VIEW_BYTES - len(text), FormerNumbers(text), []
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
            raise StoredError("保存的核对结果过大或不完整。")
        return text


class FormerNumbers:
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


def _outline(text: bytes) -> Outline:
    names, body = json.loads(text)
    files, *plain, sections, leaves, findings, unchecked, notices = body
    fields = dict(zip(_OUTLINE_FIELDS, plain, strict=True))
    return Outline(
        files=tuple([ViewFile(*f) for f in files]),
        **fields | {"conflicts": tuple(fields["conflicts"])},
        sections=tuple([Section(*s) for s in sections]),
        leaves=tuple([Leaf(**dict(zip(_LEAF_FIELDS, x, strict=True))) for x in leaves]),
        findings=tuple([_finding(k, f, names) for k, f in enumerate(findings)]),
        unchecked=tuple([Unchecked(*u) for u in unchecked]),
        notices=tuple([ReadingNotice(*n) for n in notices]),
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


def _finding(number: int, f: list[Any], names: list[str]) -> ShownFinding:
    *plain, basis, sums, suspects, spots = f
    values: dict[str, Any] = dict(zip(_FINDING_FIELDS[:-1], plain, strict=True))
    return ShownFinding(
        **values | {"severity": Severity(values["severity"])},
        number=number,
        basis=tuple(basis),
        broken=tuple(
            [
                BrokenRelation("", name, line, keys=tuple([names[k] for k in keys]))
                for name, line, keys in sums
            ]
        ),
        suspicions=tuple(
            [Suspicion(words, text, better, why, names[k]) for words, text, better, why, k in suspects]
        ),
        spots=tuple(
            [
                Spot(names[k], leaf, _box(box), words, text, tuple([(a, b, c, d) for a, b, c, d in more]))
                for k, leaf, box, words, text, more in spots
            ]
        ),
    )
