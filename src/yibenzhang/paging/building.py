"""From a checked document to its Analysis with all that a page shows of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from yibenzhang.checking.analysis import analysis_of
from yibenzhang.checking.arithmetic import arithmetic, arithmetic_that_holds
from yibenzhang.checking.check import Checked
from yibenzhang.checking.relate import names_of_tables
from yibenzhang.model.analysis import Analysis, columns_of
from yibenzhang.model.documents import Box, Document, Paragraph
from yibenzhang.model.issues import Evidence, evidence_of
from yibenzhang.model.leaves import Leaf
from yibenzhang.model.relations import Result
from yibenzhang.paging.leaves import Leaves, leaves_of
from yibenzhang.paging.printed import Keys, Printed, box_of, boxes_in, files_of, printed_numbers
from yibenzhang.prose.passages import flat
from yibenzhang.standards import load

Row = tuple[Any, ...]
_LONGEST = 1200
"""Characters of arithmetic shown."""
_CUT = "表格过长，只显示了前面的部分；核对不受影响。"


def analysis_to_show(checked: Checked, names: Sequence[str], extra: str = "") -> Analysis:
    """The analysis of a checked document with its pages; ``names`` are what its files are called, in order.

    ``extra`` is the folder of standards the document was checked with, where there was one.
    """
    keys = Keys(checked.document)
    printed = printed_numbers(checked, keys)
    leaves = leaves_of(checked, printed, keys)
    builder = _Builder(checked, keys, printed, leaves)
    rows: dict[str, Iterable[Row]] = {
        "shown_files": _files(checked.document, names, leaves),
        "leaves": map(_leaf, leaves.leaves),
        "texts": ((x.number, box, text) for x in leaves.leaves for box, text in x.texts),
        "marks": ((x.number, m.key, m.text, m.standing, m.box) for x in leaves.leaves for m in x.marks),
        "blocks": (
            (x.number, n, block.kind, block.key) for x in leaves.leaves for n, block in enumerate(x.blocks)
        ),
        "block_cells": (row for x in leaves.leaves for row in _cells(x)),
        "pieces": (row for x in leaves.leaves for row in _pieces(x)),
        "numbers": builder.numbers(),
        "proofs": ((n, _line(r)) for n, r in enumerate(checked.results)),
        "spots": builder.spots(),
        "sum_keys": builder.sum_keys(),
        "section_leaves": _section_leaves(checked, builder.named(), leaves),
        "notices": builder.notices(),
        "rules": _rules(checked, extra),
    }
    analysis = analysis_of(checked)
    return analysis.along(
        {name: partial(columns_of, name, analysis.document, found) for name, found in rows.items()}
    )


def _leaf(x: Leaf) -> Row:
    return (
        x.number,
        x.file,
        x.page,
        x.kind,
        x.title,
        x.width,
        x.height,
        x.turn,
        x.skew,
        x.cells,
        x.scanned,
    )


def _cells(x: Leaf) -> Iterator[Row]:
    """The cells of the tables on a flow leaf, counted through."""
    placed = ((n, r, c) for n, block in enumerate(x.blocks) for r, row in enumerate(block.rows) for c in row)
    for k, (n, r, c) in enumerate(placed):
        yield x.number, n, r, k, c.key, c.row_span, c.column_span, c.head


def _pieces(x: Leaf) -> Iterator[Row]:
    """The runs of text on a flow leaf: of its blocks, and of their cells."""
    k = 0
    for n, block in enumerate(x.blocks):
        for p in block.pieces:
            yield x.number, n, None, p.text, p.key, p.standing
        for row in block.rows:
            for c in row:
                for p in c.pieces:
                    yield x.number, n, k, p.text, p.key, p.standing
                k += 1


def _section_leaves(checked: Checked, numbers: Iterable[tuple[str, int]], leaves: Leaves) -> Iterator[Row]:
    """The leaf each section begins on (0: not known); of tables of one name the k-th begins on the k-th leaf of that
    name."""
    on: dict[str, dict[int, None]] = {}
    for name, leaf in numbers:
        if leaf:
            on.setdefault(name, {})[leaf] = None
    titles = {leaf.title: leaf.number for leaf in reversed(leaves.leaves) if leaf.title}
    count, met = Counter(name for name, _ in checked.sections), Counter[str]()
    for name, _ in checked.sections:
        found = list(on.get(name, ())) or [titles.get(name.rpartition(" › ")[2], 0)]
        yield (found[met[name]] if len(found) >= count[name] > 1 else found[0],)
        met[name] += 1


def _files(document: Document, names: Sequence[str], leaves: Leaves) -> Iterator[Row]:
    files = files_of(document)
    called = list(names) if len(names) == len(files) else list(document.names) or [document.path]
    for n, name in enumerate(called):
        yield name, sum(leaf.file == n for leaf in leaves.leaves)


def _rules(checked: Checked, extra: str) -> Iterator[Row]:
    """The rules that are spoken of, by their names."""
    known = load(checked.profile.region, extra).rule_by_id
    spoken = dict.fromkeys(f.rule for f in checked.findings)
    spoken |= dict.fromkeys(r.relation.rule for r in checked.results)
    spoken |= dict.fromkeys(n.rule for n in checked.not_checked)
    return ((rule, known[rule].name) for rule in spoken if rule in known)


class _Builder:
    """What is told of a document, with every number by the key it has on its leaf."""

    def __init__(self, checked: Checked, keys: Keys, printed: list[Printed], leaves: Leaves) -> None:
        self._checked, self._keys, self._printed, self._leaves = checked, keys, printed, leaves
        self._names = names_of_tables(checked.tables)
        self._by_fact = {n.fact.id: n for n in printed}
        self._paragraphs: dict[str, list[Paragraph]] = {}
        for block in checked.document.blocks():
            if isinstance(block, Paragraph):
                self._paragraphs.setdefault(keys.of(block.place), []).append(block)

    def numbers(self) -> Iterator[Row]:
        for n in self._printed:
            words = self._words(evidence_of(n.fact, self._names.get(n.fact.table, "")))
            yield n.key, n.fact.id, self._leaf(n), words, n.text, n.standing

    def named(self) -> Iterator[tuple[str, int]]:
        """The table of each number, and its leaf."""
        return ((self._names.get(n.fact.table, ""), self._leaf(n)) for n in self._printed)

    def _leaf(self, number: Printed) -> int:
        """The leaf the number's mark is on; 0 where that part of the file is not shown."""
        if number.page is not None:
            return self._leaves.by_page.get((number.file, number.page), 0)
        return self._leaves.by_key.get(number.spot, 0)

    def _words(self, e: Evidence) -> str:
        if e.table == "prose":
            return f"正文“{e.row}”"
        if e.row or e.column:
            return e.words
        return self._leaves.tables.get(self._keys.of(e.place), e.table_name) or str(e.place)

    def spots(self) -> Iterator[Row]:
        """The places of each finding, then the numbers that may be its culprits."""
        for n, f in enumerate(self._checked.findings):
            spots: dict[tuple[str, str], Row] = {}
            for e in [*f.evidence, *(e for b in f.broken for e in b.numbers)]:
                key, leaf, box, words, text, more = self._spot(e)
                spots.setdefault((key, text), (key, leaf, box, words, text, more))
            for k, spot in enumerate(spots.values()):
                yield n, "spot", k, *spot
            for k, s in enumerate(f.suspects):
                yield (
                    n,
                    "suspect",
                    k,
                    self._key(s.evidence),
                    0,
                    None,
                    self._words(s.evidence),
                    s.evidence.text,
                    (),
                )

    def sum_keys(self) -> Iterator[Row]:
        """The numbers of each sum that a finding broke."""
        for n, f in enumerate(self._checked.findings):
            for k, b in enumerate(f.broken):
                yield from ((n, k, key) for key in dict.fromkeys(map(self._key, b.numbers)))

    def _key(self, e: Evidence) -> str:
        number = self._by_fact.get(e.fact)
        return number.key if number is not None else self._keys.of(e.place)

    def _spot(self, e: Evidence) -> Row:
        number = self._by_fact.get(e.fact)
        if number is not None:
            return number.key, self._leaf(number), number.box, self._words(e), number.text, ()
        first, *more = self._boxes(e)
        at = self._keys.of(e.place), self._leaves.of(e.place)
        return *at, first, self._words(e), e.text, tuple(b for b in more if b)

    def _boxes(self, e: Evidence) -> tuple[Box | None, ...]:
        """The box of a cell, or of the words within their paragraph, line by line, where they stand in it as told."""
        for paragraph in self._paragraphs.get(self._keys.of(e.place), ()):
            at = _found(paragraph.text, e.row if e.table == "prose" else e.text)
            if at is not None and e.table == "prose":  # the words before the number, which ends them
                number = paragraph.text.rfind(e.text, *at) if e.text else -1
                at = (number, number + len(e.text)) if number >= 0 else at
            if at is not None:
                return boxes_in(paragraph, *at) or (box_of(e.place),)
        return (box_of(e.place),)

    def notices(self) -> Iterator[Row]:
        for n in self._checked.document.notices:
            yield n.message, self._leaves.of(n.place) if n.place else 0, n.unread
        if self._leaves.cut:
            yield _CUT, 0, False


def _line(result: Result) -> str:
    """The arithmetic of a relation; where it holds exactly, without what it is off by."""
    return short(arithmetic(result) if result.residual else arithmetic_that_holds(result))


def short(line: str) -> str:
    """A sum of very many parts by its first ones."""
    parts, equals, total = line.partition(" = ")
    if len(line) <= _LONGEST or not equals:
        return line
    shown = parts[: _LONGEST // 2].rpartition(" ")[0].removesuffix(" +").removesuffix(" -")
    count = parts.count(" + ") + parts.count(" - ") + 1
    return f"{shown} + …（共 {count} 项） = {total}"


def _found(text: str, words: str) -> tuple[int, int] | None:
    """Where words stand in a paragraph, blanks and widths of letters apart."""
    wanted = flat(words)
    if not wanted:
        return None
    kept = [(k, c) for k, char in enumerate(text) for c in flat(char)]
    at = "".join(c for _, c in kept).find(wanted)
    return (kept[at][0], kept[at + len(wanted) - 1][0] + 1) if at >= 0 else None
