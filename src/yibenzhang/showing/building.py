"""From a checked document to the view of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from yibenzhang.checking.causes import arithmetic
from yibenzhang.checking.check import Checked
from yibenzhang.checking.relate import names_of_tables
from yibenzhang.model.documents import Box, Document, Paragraph
from yibenzhang.model.issues import Evidence, Issue, Suspect, evidence_of
from yibenzhang.model.relations import Outcome, Result
from yibenzhang.prose.passages import flat
from yibenzhang.reports.speech import extent_told
from yibenzhang.showing.leaves import Leaves, leaves_of
from yibenzhang.showing.printed import Keys, Printed, box_of, boxes_in, files_of, printed_numbers
from yibenzhang.showing.view import (
    Number,
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
from yibenzhang.standards import Standards, load

_LONGEST = 1200
"""Characters of arithmetic shown."""
_CUT = "表格过长，只显示了前面的部分；核对不受影响。"


def view_of(checked: Checked, names: Sequence[str], extra: str = "") -> View:
    """What a page shows of a checked document; ``names`` are what its files are called, in order.

    ``extra`` is the folder of standards the document was checked with, where there was one.
    """
    document, profile = checked.document, checked.profile
    standards = load(profile.region, extra)
    keys = Keys(document)
    printed = printed_numbers(checked, keys)
    leaves = leaves_of(checked, printed, keys)
    builder = _Builder(checked, standards, keys, printed, leaves)
    proofs, of_number = builder.proofs()
    numbers = {
        n.key: Number(
            n.key, builder.leaf(n), builder.words(n), n.text, n.standing, tuple(of_number.get(n.fact.id, ()))
        )
        for n in printed
    }
    c = checked.coverage
    return View(
        _files(document, names, leaves),
        extent_told(checked.extent),
        checked.extent.little or checked.extent.partial,
        profile.body,
        profile.fiscal_year,
        profile.stage,
        profile.level,
        profile.region,
        tuple(profile.conflicts),
        c.numbers,
        c.proved,
        c.contradicted,
        c.alone,
        c.trivial,
        len(checked.results),
        _sections(checked, numbers.values(), leaves),
        tuple(leaves.leaves),
        builder.findings(),
        builder.unchecked(),
        builder.notices(),
        numbers,
        proofs,
    )


def _sections(checked: Checked, numbers: Iterable[Number], leaves: Leaves) -> tuple[Section, ...]:
    """Of tables of one name the k-th begins on the k-th leaf of that name."""
    on: dict[str, dict[int, None]] = {}
    for number in numbers:
        if number.leaf:
            on.setdefault(number.words.partition("“")[0], {})[number.leaf] = None
    titles = {leaf.title: leaf.number for leaf in reversed(leaves.leaves) if leaf.title}
    count, met = Counter(name for name, _ in checked.sections), Counter[str]()
    out = []
    for name, s in checked.sections:
        found = list(on.get(name, ())) or [titles.get(name.rpartition(" › ")[2], 0)]
        leaf = found[met[name]] if len(found) >= count[name] > 1 else found[0]
        out.append(Section(name, s.numbers, s.proved, s.contradicted, s.alone, s.trivial, leaf))
        met[name] += 1
    return tuple(out)


def _files(document: Document, names: Sequence[str], leaves: Leaves) -> tuple[ViewFile, ...]:
    files = files_of(document)
    called = list(names) if len(names) == len(files) else list(document.names) or [document.path]
    count = [sum(leaf.file == n for leaf in leaves.leaves) for n in range(len(files))]
    return tuple(
        ViewFile(name, d.kind, d.sha256, pages) for name, d, pages in zip(called, files, count, strict=True)
    )


class _Builder:
    """What is told of a document, with every number by the key it has on its leaf."""

    def __init__(
        self, checked: Checked, standards: Standards, keys: Keys, printed: list[Printed], leaves: Leaves
    ) -> None:
        self._checked, self._standards, self._keys, self._leaves = checked, standards, keys, leaves
        self._names = names_of_tables(checked.tables)
        self._by_fact = {n.fact.id: n for n in printed}
        self._paragraphs: dict[str, list[Paragraph]] = {}
        for block in checked.document.blocks():
            if isinstance(block, Paragraph):
                self._paragraphs.setdefault(keys.of(block.place), []).append(block)

    def leaf(self, number: Printed) -> int:
        """The leaf the number's mark is on; 0 where that part of the file is not shown."""
        if number.page is not None:
            return self._leaves.by_page.get((number.file, number.page), 0)
        return self._leaves.by_key.get(number.spot, 0)

    def words(self, number: Printed) -> str:
        return self._words(evidence_of(number.fact, self._names.get(number.fact.table, "")))

    def _words(self, e: Evidence) -> str:
        if e.table == "prose":
            return f"正文“{e.row}”"
        if e.row or e.column:
            return e.words
        return self._leaves.tables.get(self._keys.of(e.place), e.table_name) or str(e.place)

    def _rule(self, rule: str) -> str:
        found = self._standards.rule_by_id.get(rule)
        return found.name if found else rule

    def proofs(self) -> tuple[tuple[Proof, ...], dict[str, list[int]]]:
        """All relations, and for each fact the positions of its own, contradicted ones first."""
        out: list[Proof] = []
        of: dict[str, list[int]] = {}
        order = sorted(self._checked.results, key=lambda r: r.outcome != Outcome.CONTRADICTED)
        for n, result in enumerate(order):
            keys: dict[str, None] = {}
            for fact in result.relation.facts():
                number = self._by_fact.get(fact.id)
                if number is not None and number.key not in keys:
                    keys[number.key] = None
                    of.setdefault(fact.id, []).append(n)
            rule = result.relation.rule
            out.append(Proof(rule, self._rule(rule), result.outcome.value, _line(result), tuple(keys)))
        return tuple(out), of

    def findings(self) -> tuple[ShownFinding, ...]:
        taken: dict[str, int] = {}
        out = []
        for f in self._checked.findings:
            taken[f.id] = taken.get(f.id, 0) + 1
            out.append(self._finding(f, f.id if taken[f.id] == 1 else f"{f.id}-{taken[f.id]}"))
        return tuple(out)

    def _finding(self, f: Issue, name: str) -> ShownFinding:
        spots: dict[tuple[str, str], Spot] = {}
        for e in [*f.evidence, *(e for b in f.broken for e in (b.total, *b.parts))]:
            spot = self._spot(e)
            spots.setdefault((spot.key, spot.text), spot)
        return ShownFinding(
            name,
            f.rule,
            self._rule(f.rule),
            f.severity.value,
            f.message,
            f.reported,
            f.expected,
            f.difference,
            f.unit,
            f.certain,
            f.basis,
            tuple(
                Sum(b.name, _short(b.arithmetic), tuple(dict.fromkeys(map(self._key, (b.total, *b.parts)))))
                for b in f.broken
            ),
            tuple(self._suspicion(s) for s in f.suspects),
            tuple(spots.values()),
        )

    def _key(self, e: Evidence) -> str:
        number = self._by_fact.get(e.fact)
        return number.key if number is not None else self._keys.of(e.place)

    def _suspicion(self, s: Suspect) -> Suspicion:
        return Suspicion(self._words(s.evidence), s.evidence.text, s.suggestion, s.why, self._key(s.evidence))

    def _spot(self, e: Evidence) -> Spot:
        number = self._by_fact.get(e.fact)
        if number is not None:
            return Spot(number.key, self.leaf(number), number.box, self._words(e), number.text)
        first, *more = self._boxes(e)
        at = self._keys.of(e.place), self._leaves.of(e.place)
        return Spot(*at, first, self._words(e), e.text, tuple(b for b in more if b))

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

    def unchecked(self) -> tuple[Unchecked, ...]:
        out = []
        taken: dict[str, int] = {}
        for n in self._checked.not_checked:
            table = self._names.get(n.table, n.table)
            key = hashlib.sha256(f"{n.rule}|{table}|{n.reason}".encode()).hexdigest()[:12]
            taken[key] = taken.get(key, 0) + 1
            key = key if taken[key] == 1 else f"{key}-{taken[key]}"
            out.append(Unchecked(key, n.rule, self._rule(n.rule), n.reason, table))
        return tuple(out)

    def notices(self) -> tuple[Told, ...]:
        document = self._checked.document
        told = [
            Told(n.message, self._leaves.of(n.place) if n.place else 0, n.unread) for n in document.notices
        ]
        return (*told, Told(_CUT, 0, False)) if self._leaves.cut else tuple(told)


def _line(result: Result) -> str:
    """The arithmetic of a relation; where it holds exactly, without what it is off by."""
    text = arithmetic(result)
    if result.residual:
        return _short(text)
    line = text.partition("，相差 ")[0]
    left, _, right = line.partition("，印为 ")
    return f"{left} = {right}" if right and not any(c in left for c in "=＝+÷") else _short(line)


def _short(line: str) -> str:
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
