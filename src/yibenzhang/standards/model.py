"""What the data files of the standards hold, as dataclasses; :func:`yibenzhang.standards.load` fills them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from yibenzhang.model.amounts import narrow
from yibenzhang.model.patterns import late
from yibenzhang.standards.templates import Message


@dataclass(frozen=True)
class TableDef:
    """A standard table: ``layout`` says how its rows hang together (see tables.toml)."""

    id: str
    stage: str
    name: str
    layout: str
    titles: tuple[str, ...]
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowDef:
    """A row of a table without codes, known by its name."""

    id: str
    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Address:
    """Where a number stands in the standard tables; ``row`` is an id of rows.toml or a code."""

    table: str
    row: str
    measure: str
    side: str = ""


@dataclass(frozen=True)
class RuleEntry:
    """A rule: what it is called, how grave it is, and its sentences.

    ``by`` names the part of the program that yields it, where that is no rule of the package ``rules``.
    """

    id: str
    name: str
    severity: str
    basis: tuple[str, ...]
    example: str
    by: str = ""
    message: Message = Message()


@dataclass(frozen=True)
class Precedence:
    """An issue of ``rule`` is not given where one of ``unless`` speaks of the same thing.

    Both are ids, or families with ``.*``; among ``unless``, ``sum:`` before them means a contradicted relation.
    ``same`` says what must be the same (see checking.precedence), ``templates`` which sentences of the other rule
    count (all where none is named), ``at_least`` how many issues of ``rule`` there must be. ``first``: only what was
    found before counts. ``moves``: the places of what is not given go to the other issue.
    """

    rule: str
    unless: tuple[str, ...]
    same: str
    why: str
    templates: tuple[str, ...] = ()
    at_least: int = 0
    first: bool = False
    moves: bool = False


@dataclass(frozen=True)
class HeaderWord:
    """What a header text means: ``kind`` is label, wrapper, subtotal, absolute, relative or basis."""

    kind: str
    id: str


@dataclass(frozen=True)
class Concept:
    """A phrase of the text and the table numbers it may restate; ``sure``: it must equal one of them."""

    names: tuple[str, ...]
    at: tuple[Address, ...]
    sure: bool = False
    section: tuple[str, ...] = ()
    not_section: tuple[str, ...] = ()
    not_lead: tuple[str, ...] = ()
    sums: tuple[tuple[Address, ...], ...] = ()
    """Rows that make the number up, for tables that do not state it."""

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return tuple(fold(n) for n in self.names)


@dataclass(frozen=True)
class Split:
    """A whole and all its parts, as sentences list them."""

    id: str
    name: str
    total: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    example: str
    apart: tuple[tuple[str, ...], ...] = ()
    """Its parts where one of them is told in two."""
    without: str = ""
    short: tuple[tuple[str, ...], ...] = ()
    """Its parts where a sentence does not have that word."""


@dataclass(frozen=True)
class Phrase:
    """Words that must not stay in a published text: a pattern over flat text, with an example and its twin."""

    id: str
    name: str
    severity: str
    pattern: str
    fires: str
    twin: str
    unless: str = ""
    scope: str = "text"
    heading: bool = True
    before: str = ""
    """Words earlier in the paragraph that excuse it."""


@dataclass(frozen=True)
class Section:
    """A part of the explanations: known by ``words`` in its heading, covered where any of ``told`` is said.

    ``required``: the regulation asks for it; ``amount``: its heading promises an amount.
    """

    id: str
    name: str
    words: tuple[str, ...]
    told: tuple[str, ...]
    stage: str = ""
    required: bool = False
    amount: bool = False
    since: int = 0
    """The first fiscal year that it is asked of."""
    regions: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    """It is asked of bodies that have one of these functions."""


@dataclass(frozen=True)
class FormSum:
    """A sum inside a form, by measures; where several groups of parts are given, one that holds will do."""

    rule: str
    total: str
    parts: tuple[tuple[str, ...], ...]

    @property
    def id(self) -> str:
        return self.rule


@dataclass(frozen=True)
class LevelRule:
    """Indicators that stand under a level not their own: ``right`` names their own level (a word of messages.toml).

    ``under``: the levels they are wrong at, by the words of forms.toml (``level_…``); ``ends``: the last words of the
    name; ``names`` and ``values``: patterns of the name and of the whole value; ``units``: of the target; ``fails``:
    patterns of names it does not hold for; ``timed``: only in forms that have indicators of time. An entry holds where
    all it gives holds.
    """

    id: str
    right: str
    under: tuple[str, ...]
    ends: tuple[str, ...] = ()
    names: str = ""
    values: str = ""
    fails: str = ""
    units: tuple[str, ...] = ()
    timed: bool = False


@dataclass(frozen=True)
class Region:
    """``division``: the code of its province in the register of divisions."""

    id: str
    name: str
    places: tuple[str, ...]
    division: str = ""


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Text as the standards compare it: half width, no blanks, no quotation marks."""
    return re.sub(r"[\s“”‘’\"'「」『』《》*_]", "", narrow(text)).replace("：", ":")


@dataclass(frozen=True)
class Standards:
    """All data of one layering; built by :func:`load`."""

    tables: tuple[TableDef, ...]
    rows: tuple[RowDef, ...]
    entries: tuple[RuleEntry, ...]
    words: dict[str, dict[str, list[str]]]
    bases: dict[str, str]
    classes: dict[str, str]
    regions: tuple[Region, ...]
    concepts: tuple[Concept, ...] = ()
    splits: tuple[Split, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    economic: dict[str, str] = field(default_factory=dict)
    """Economic classifications by name, as printed over the years."""
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Lists of words by name, for rules that need them."""
    sections: tuple[Section, ...] = ()
    forms: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Labels of forms by kind and meaning (forms.toml)."""
    form_sums: tuple[FormSum, ...] = ()
    levels: tuple[LevelRule, ...] = ()
    """Where indicators belong, the first that holds first (indicators.toml)."""
    precedence: tuple[Precedence, ...] = ()
    message_words: dict[str, str] = field(default_factory=dict)
    """Words that sentences look up (messages.toml)."""
    messages: dict[str, Message] = field(default_factory=dict)
    """Sentences that are no single rule's: of causes, of phrases, of what was not checked."""

    @cached_property
    def titles(self) -> dict[str, list[TableDef]]:
        out: dict[str, list[TableDef]] = {}
        for table in self.tables:
            for title in table.titles:
                out.setdefault(fold_title(title), []).append(table)
        return out

    @cached_property
    def bare_titles(self) -> dict[str, list[TableDef]]:
        """By what is left of the titles without the words that places add or leave out; none that two tables share."""
        out: dict[str, list[TableDef]] = {}
        for table in self.tables:
            for bare in {bare_title(fold_title(title)) for title in table.titles}:
                out.setdefault(bare, []).append(table)
        return {b: ts for b, ts in out.items() if len({t.stage for t in ts}) == len(ts)}

    @cached_property
    def table_by_id(self) -> dict[str, TableDef]:
        return {t.id: t for t in self.tables}

    @cached_property
    def row_names(self) -> dict[str, RowDef]:
        return {fold(name): row for row in self.rows for name in row.names}

    @cached_property
    def header_words(self) -> dict[str, HeaderWord]:
        out: dict[str, HeaderWord] = {}
        for kind, groups in self.words.items():
            if kind == "basis":
                continue
            for identity, names in groups.items():
                for name in names:
                    out.setdefault(fold(name), HeaderWord(kind, identity))
        return out

    @cached_property
    def basis_words(self) -> dict[str, str]:
        return {fold(n): i for i, names in self.words.get("basis", {}).items() for n in names}

    @cached_property
    def rule_by_id(self) -> dict[str, RuleEntry]:
        phrase = self.messages.get("phrase", Message())
        parts = (RuleEntry(s.id, s.name, "error", ("budget-law-14",), s.example) for s in self.splits)
        words = (RuleEntry(p.id, p.name, p.severity, (), p.fires, message=phrase) for p in self.phrases)
        return {r.id: r for r in (*self.entries, *parts, *words)}

    def region_of(self, text: str) -> str:
        """The region whose place names stand earliest in ``text``, or an empty string."""
        best: tuple[int, str] | None = None
        for region in self.regions:
            for place in region.places:
                at = text.find(place)
                if at >= 0 and (best is None or at < best[0]):
                    best = (at, region.id)
        return best[1] if best else ""


_TITLE_ADDED = late(r"情况|明细|预算|决算|综合|当年|本年|公开")


def bare_title(folded: str) -> str:
    """A folded title without the words that change nothing of what the table tells: "收支总体情况表" is "收支总表"."""
    return _TITLE_ADDED.sub("", folded).replace("总体", "总").replace("汇总", "总")


_BODY_BEFORE = late(r"^[^表预决收支\d]{4,30}(?=20\d\d年)")
"""The body's name before the year of a title."""
_TITLE_NOISE = late(r"20\d\d年度?|区级|市级|省级|县级|本级|年度|部门|预算单位|(?<!分)单位")
_TITLE_PREFIX = late(
    r"^(?:附?表[-\d]*(?:[-.]\d+)*[.、:]?|(?:公开|预算|决算)\d+表[:.]?|"
    r"[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+[、.]|\d+[.、])"
)


def fold_title(text: str) -> str:
    """A table title as the standards compare it: no year, number, level word or full stop."""
    out = _BODY_BEFORE.sub("", fold(text))
    for _ in range(3):
        out = _TITLE_PREFIX.sub("", out)
    return _TITLE_NOISE.sub("", out).rstrip("。.:")
