"""The view of an Analysis as it was stored: a page reads what it shows, not the whole document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cached_property
from typing import Any

from yibenzhang.model.analysis import Analysis
from yibenzhang.model.issues import TEXT
from yibenzhang.model.leaves import Block, FlowCell, Leaf, Mark, Piece
from yibenzhang.model.relations import Outcome
from yibenzhang.paging.building import short
from yibenzhang.reports.found import Found
from yibenzhang.reports.speech import extent_sentence
from yibenzhang.showing.stored import BROKEN, Stored, StoredError, reading
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

_Many = dict[tuple[Any, ...], list[Any]]


class Kept:
    """A stored analysis as pages show it; a piece is read when it is asked for. Raises StoredError, also then."""

    def __init__(self, data: bytes) -> None:
        self._length = len(data)
        self._stored = Stored(data)
        self.analysis = Analysis(self._stored.document, self._stored)
        with reading():
            self.outline = _outline(self.analysis)

    def __len__(self) -> int:
        """Bytes as stored."""
        return self._length

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self._stored.begin()
        with reading():
            yield

    def leaf(self, number: int) -> Leaf:
        """The leaf with this number, with all that stands on it."""
        with self._reading():
            return self._leaf(self.outline.leaves[number - 1])

    def numbers(self) -> Numbers:
        with self._reading():
            return Numbers(self.analysis)

    def whole(self) -> View:
        with self._reading():
            numbers = Numbers(self.analysis)
            rest = {f.name: getattr(self.outline, f.name) for f in fields(Outline)}
            rest["leaves"] = tuple([self._leaf(x) for x in self.outline.leaves])
            return View(**rest, numbers=dict(numbers.all()), proofs=numbers.proofs())

    def _leaf(self, leaf: Leaf) -> Leaf:
        def on(table: str) -> Iterator[tuple[Any, ...]]:
            return self._stored.on_leaf(table, leaf.number)

        pieces: _Many = {}
        for block, cell, *piece in on("pieces"):
            pieces.setdefault((block, cell), []).append(Piece(*piece))
        rows: dict[int, dict[int, list[FlowCell]]] = {}
        for block, row, cell, key, down, across, head in on("block_cells"):
            found = tuple(pieces.get((block, cell), ()))
            rows.setdefault(block, {}).setdefault(row, []).append(FlowCell(key, found, down, across, head))
        return replace(
            leaf,
            marks=tuple([Mark(*mark) for mark in on("marks")]),
            texts=tuple(on("texts")),
            blocks=tuple(
                [
                    Block(
                        kind,
                        key,
                        tuple(pieces.get((block, None), ())),
                        tuple(map(tuple, rows.get(block, {}).values())),
                    )
                    for block, kind, key in on("blocks")
                ]
            ),
        )


def _outline(analysis: Analysis) -> Outline:
    found = Found(analysis)
    p, c, extent = found.profile, found.coverage, found.extent
    leaves = tuple([Leaf(*row) for row in _leaves(analysis)])
    files = zip(
        analysis.columns("shown_files", "called", "leaves"),
        analysis.columns("files", "format", "sha256"),
        strict=True,
    )
    sections = zip(found.sections, analysis.columns("section_leaves", "leaf"), strict=True)
    return Outline(
        files=tuple([ViewFile(name, kind, sha256, pages) for (name, pages), (kind, sha256) in files]),
        extent=extent_sentence(extent),
        little=extent.little or extent.partial,
        body=p.body,
        fiscal_year=p.fiscal_year,
        stage=p.stage,
        level=p.level,
        region=p.region,
        conflicts=p.conflicts,
        numbers_count=c.numbers,
        proved=c.proved,
        contradicted=c.contradicted,
        alone=c.alone,
        trivial=c.trivial,
        relations_count=found.relations,
        sections=tuple(
            [
                Section(name, s.numbers, s.proved, s.contradicted, s.alone, s.trivial, leaf)
                for (name, s), (leaf,) in sections
            ]
        ),
        leaves=leaves,
        findings=tuple(_findings(found, len(leaves))),
        unchecked=tuple(_unchecked(found)),
        notices=tuple([ReadingNotice(*n) for n in analysis.columns("notices", "message", "leaf", "unread")]),
    )


def _leaves(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    names = ("number", "file", "page", "kind", "title", "width", "height", "turn", "skew", "cells", "scanned")
    for *head, turn, skew, cells, scanned in analysis.columns("leaves", *names):
        yield (*head, (), (), (), turn, skew, cells, scanned)


def _rules(analysis: Analysis) -> dict[str, str]:
    return dict(analysis.columns("rules", "rule", "name"))


def _findings(found: Found, leaves: int) -> Iterator[ShownFinding]:
    """The findings with their places, each with an id of its own."""
    rules = _rules(found.analysis)
    spots, suspects, keys = _Many(), _Many(), _Many()
    names = ("number", "role", "key", "leaf", "box", "words", "printed", "more")
    for number, role, *spot in found.analysis.columns("spots", *names):
        if not 0 <= spot[1] <= leaves:
            raise StoredError(BROKEN)
        (spots if role == "spot" else suspects).setdefault((number,), []).append(Spot(*spot))
    for number, nth, key in found.analysis.columns("sum_keys", "number", "nth", "key"):
        keys.setdefault((number, nth), []).append(key)
    taken: dict[str, int] = {}
    for f in found.findings:
        taken[f.id] = taken.get(f.id, 0) + 1
        name = f.id if taken[f.id] == 1 else f"{f.id}-{taken[f.id]}"
        broken = [
            replace(b, arithmetic=short(b.arithmetic), keys=tuple(keys.get((f.number, k), ())))
            for k, b in enumerate(f.broken)
        ]
        doubted = zip(f.suspects, suspects.get((f.number,), ()), strict=True)
        plain = {x.name: getattr(f, x.name) for x in fields(f)}
        yield ShownFinding(
            **plain | {"id": name, "broken": tuple(broken)},
            name=rules.get(f.rule, f.rule),
            suspicions=tuple(
                [Suspicion(at.words, at.text, s.suggestion, s.why, at.key) for s, at in doubted]
            ),
            spots=tuple(spots.get((f.number,), ())),
        )


def _unchecked(found: Found) -> Iterator[Unchecked]:
    rules, names = _rules(found.analysis), {t.id: t.called for t in found.tables} | {"prose": TEXT}
    taken: dict[str, int] = {}
    for n in found.not_checked:
        table = names.get(n.table, n.table)
        key = hashlib.sha256(f"{n.rule}|{table}|{n.reason}".encode()).hexdigest()[:12]
        taken[key] = taken.get(key, 0) + 1
        key = key if taken[key] == 1 else f"{key}-{taken[key]}"
        yield Unchecked(key, n.rule, rules.get(n.rule, n.rule), n.reason, table)


class Numbers:
    """The printed numbers and what proves them; made into objects where they are asked for."""

    def __init__(self, analysis: Analysis) -> None:
        names = ("key", "fact", "leaf", "words", "printed", "standing")
        self._numbers = {row[0]: row for row in analysis.columns("numbers", *names)}
        self._by_fact = {row[1]: row[0] for row in self._numbers.values()}
        self._rules = _rules(analysis)
        self._relations = list(analysis.columns("relations", "rule", "outcome"))
        self._lines = [line for (line,) in analysis.columns("proofs", "arithmetic")]
        self._facts: list[list[str]] = [[] for _ in self._relations]
        for relation, fact in analysis.columns("terms", "relation", "fact"):
            self._facts[relation].append(fact)
        broken = [outcome != Outcome.CONTRADICTED for _, outcome in self._relations]
        self._order = sorted(range(len(broken)), key=broken.__getitem__)
        """The relations as they are shown, contradicted ones first."""
        if len(self._lines) != len(self._relations):
            raise StoredError(BROKEN)
        self.relations = len(self._relations)

    def __len__(self) -> int:
        return len(self._numbers)

    def get(self, key: str) -> Number | None:
        row = self._numbers.get(key)
        return self._number(row) if row is not None else None

    def proof(self, position: int) -> Proof:
        n = self._order[position]
        rule, outcome = self._relations[n]
        return Proof(rule, self._rules.get(rule, rule), outcome, self._lines[n], tuple(self._shown(n)))

    def _shown(self, relation: int) -> dict[str, str]:
        """The numbers of a relation that are on a page: key → fact."""
        out: dict[str, str] = {}
        for fact in self._facts[relation]:
            key = self._by_fact.get(fact)
            if key is not None:
                out.setdefault(key, fact)
        return out

    @cached_property
    def _proofs(self) -> dict[str, list[int]]:
        """For each fact the positions of its relations."""
        out: dict[str, list[int]] = {}
        for position, n in enumerate(self._order):
            for fact in self._shown(n).values():
                out.setdefault(fact, []).append(position)
        return out

    def all(self) -> Iterator[tuple[str, Number]]:
        return ((key, self._number(row)) for key, row in self._numbers.items())

    def proofs(self) -> tuple[Proof, ...]:
        return tuple([self.proof(k) for k in range(self.relations)])

    def _number(self, row: tuple[Any, ...]) -> Number:
        key, fact, leaf, words, text, standing = row
        return Number(key, leaf, words, text, standing, tuple(self._proofs.get(fact, ())))
