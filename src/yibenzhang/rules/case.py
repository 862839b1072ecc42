"""What a rule may look at: one document as it was read and recognised, built once in checking."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from yibenzhang.model.documents import Document
from yibenzhang.model.views import View
from yibenzhang.prose.claim import Claim
from yibenzhang.prose.claims import claims_of
from yibenzhang.prose.cube import Cube
from yibenzhang.prose.naming import Names
from yibenzhang.prose.numbering import announced
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.reading import SentenceReader
from yibenzhang.prose.short_names import short_names
from yibenzhang.recognising.coded_rows import CodedRow, coded_rows
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.profile import Profile
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.addresses import Book
from yibenzhang.rules.finder import TableFinder
from yibenzhang.rules.mentions import Mention, mentions
from yibenzhang.standards import Standards, fold
from yibenzhang.standards.lexicon.sentences import sentence_words
from yibenzhang.standards.lexicon.words import Lexicon
from yibenzhang.standards.registers import fold_name, registers


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule, a table or a passage that the program failed on, with the error and the line it came from: for the log,
    not for the reader of a report."""

    rule: str
    error: str
    where: str


@dataclass(frozen=True)
class Case:
    """One document, or one file of a disclosure in several with the tables it is read with.

    ``numbers`` are all numbers of the text, passage by passage; ``files`` the files of a disclosure in several, each
    a case of its own; where there is one file they hold this case alone.
    """

    document: Document
    profile: Profile
    tables: tuple[TableFacts, ...]
    forms: tuple[GoalForm, ...]
    passages: tuple[Passage, ...]
    numbers: tuple[tuple[Quantity, ...], ...]
    standards: Standards
    unread: bool
    """Some page could not be read."""
    parts: tuple[Case, ...] = ()
    views: tuple[View, ...] = ()
    """Every number of the tables with its coordinates."""
    lexicon: Lexicon | None = None
    """The words of the region and of a user's own layer; None: the national ones."""
    failed: tuple[Fault, ...] = ()
    """Passages that the program failed on: what they say is not known."""

    @property
    def files(self) -> tuple[Case, ...]:
        return self.parts or (self,)

    @property
    def stage(self) -> str:
        return self.profile.stage

    @property
    def year(self) -> int | None:
        return self.profile.fiscal_year

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The amounts and percentages of the text that can be read."""
        return tuple(
            q
            for found in self.numbers
            for q in found
            if (q.money or q.percent) and q.kind not in (Kind.BROKEN, Kind.NO_CLAIM)
        )

    @cached_property
    def no_claims(self) -> tuple[Quantity, ...]:
        """The amounts and percentages that say nothing of income or spending."""
        return tuple(q for found in self.numbers for q in found if q.kind == Kind.NO_CLAIM)

    @cached_property
    def by_passage(self) -> dict[int, list[Quantity]]:
        """All numbers by the position of their passage."""
        return {k: list(found) for k, found in enumerate(self.numbers)}

    @cached_property
    def coded_rows(self) -> dict[int, tuple[CodedRow, ...]]:
        """The rows of each table that print a code with its name, by the table's identity."""
        return {id(t.table.table): coded_rows(t.table.table) for t in self.tables}

    @cached_property
    def functions(self) -> dict[str, set[str]]:
        """The functions (功能分类) that the tables print: their codes by folded name."""
        out: dict[str, set[str]] = {}
        for t in self.tables:
            for block in t.blocks:
                for row in block.rows:
                    if row.code.startswith("2"):
                        out.setdefault(fold_name(bare(row.label)), set()).add(row.code)
        return out

    @cached_property
    def mentions(self) -> tuple[tuple[Mention, ...], ...]:
        """The functions that sentences name, passage by passage."""
        register = registers().function
        return tuple(tuple(mentions(p, register, self.functions)) for p in self.passages)

    @cached_property
    def claims(self) -> list[Claim]:
        """What the sentences say of the numbers."""
        return claims_of(list(self.passages), self.by_passage)

    @cached_property
    def book(self) -> Book:
        """The numbers of the standard tables by address."""
        return Book(self.tables, self.stage)

    @cached_property
    def finder(self) -> TableFinder:
        return TableFinder(self.book, self.tables)

    @cached_property
    def above(self) -> dict[int, str]:
        """What announces the paragraphs that are numbered below it, by their identity."""
        return announced(self.passages)

    @cached_property
    def reader(self) -> SentenceReader:
        """What the words of a number say, and the numbers of the tables that stand there."""
        words = sentence_words(self.lexicon)
        names = Names(self.views, registers(), self.year)
        cube = Cube(self.views, words.lexicon.trees, self.year)
        body = self.profile.body
        bodies = (body, *short_names(self.passages, fold(body)))
        return SentenceReader(words, names, cube, self.stage, bodies, self.above)
