"""What a published document says of the named figures of a draft: in whatever tables it prints, and in its text.

A figure counts only where every word of its place is accounted for and all that is told of it agrees; what is told
twice and not the same is not known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from yibenzhang.checking.applying import case_of
from yibenzhang.checking.check import Checked
from yibenzhang.drafting.families import Family, source_words
from yibenzhang.drafting.source_moves import Moves, Steady, moved
from yibenzhang.drafting.source_texts import ENDS, texts_of, titled
from yibenzhang.model.facts import Fact
from yibenzhang.prose.cube import Cell
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.reading.paragraphs import STARTS
from yibenzhang.rules.case import Case
from yibenzhang.rules.denials import denials
from yibenzhang.standards import load
from yibenzhang.standards.lexicon.words import load_lexicon

_SPOKEN = ("side", "fund", "period", "kind", "item")
ZERO = Decimal(0)
SLACK = Decimal(100)
"""元: what an amount printed in 万元 may be off."""
_AMOUNTS = (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED, Kind.DELTA)
_ITEM = 7
"""Digits of the code of a function that a sentence compares."""


@dataclass(frozen=True)
class SourceFigures:
    """Amounts of this year and of the opening budget in 元 by name; ``moves``: pairs of this year's amount and last
    year's by name or ``function:CODE``; ``steady``: amounts of this year that are said to be about those of the last;
    ``called``: what the budget of an amount is called, where it is not the opening one; ``notes``: texts by key, as
    they are printed."""

    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    planned: Mapping[str, Decimal] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    moves: Moves = field(default_factory=dict)
    steady: Steady = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    """Figures of which the document tells two things."""
    spoken: tuple[TextAmount, ...] = ()
    """The amounts that its text tells."""


@dataclass(frozen=True, slots=True)
class TextAmount:
    """An amount that the text of a document tells, with the clause and the heading it stands in."""

    amount: Decimal
    printed: str
    clause: str
    heading: str


def source_figures(checked: Checked, kind: Family, extra: str = "") -> SourceFigures:
    """What a checked document tells of the figures of a family."""
    region = checked.profile.region
    case = case_of(
        checked.document,
        checked.profile,
        checked.tables,
        checked.forms,
        load(region, extra),
        checked.views,
        load_lexicon(region, extra),
    )
    reader = _Source(case, kind)
    amounts, doubtful = reader.amounts()
    moves, steady, reasons = moved(case, reader.names)
    planned, called = reader.planned()
    notes = {**texts_of(case), **reasons}
    return SourceFigures(
        amounts, planned, called, moves, steady, notes, doubtful, tuple(reader.text_amounts())
    )


@dataclass
class _Source:
    case: Case
    kind: Family

    # ---- amounts ---------------------------------------------------------------------------

    def amounts(self) -> tuple[dict[str, Decimal], frozenset[str]]:
        """Every figure that the tables or the text tell, and those of which they tell two things; a denial tells
        nothing spent."""
        out: dict[str, Decimal] = {}
        doubtful = set()
        spoken = self._spoken((Kind.VALUE, Kind.ACTUAL))
        denied = {name for name, _, _ in denials(self.case)}
        for name in self.kind.wheres:
            printed, said = list(self._in_tables(name)), [q.fact for q in spoken.get(name, ())]
            agreed = next((a for p in printed or [[]] if (a := _witnessed(p, said)) is not None), None)
            if agreed is None and not printed and not said and name in denied:
                agreed = Decimal(0)
            if agreed is not None and not (agreed and name in denied):
                out[name] = agreed
            elif printed or said:
                doubtful.add(name)
        self._made_up(out)
        return out, frozenset(doubtful)

    def _made_up(self, out: dict[str, Decimal]) -> None:
        """Parts that do not come to their whole, where other tables tell parts that do: those with what was carried
        over in them, as one table has them, for those of this year alone."""
        for whole, parts, carried in self.kind.sums:
            total = out.get(whole)
            slack = SLACK * len(parts)
            if (
                total is None
                or abs(total - sum((out.get(p, ZERO) for p in (*parts, carried)), ZERO)) <= slack
            ):
                continue
            others = {p: a for p in parts if (a := self._last_printed(p)) is not None}
            if others and abs(total - sum((others.get(p, out.get(p, ZERO)) for p in parts), ZERO)) <= slack:
                out |= others
                out.pop(carried, None)

    def _last_printed(self, name: str) -> Decimal | None:
        found = list(self._in_tables(name))
        return _agreed(found[-1]) if found else None

    def text_amounts(self) -> Iterator[TextAmount]:
        """The amounts of the text, but not of sections that explain terms."""
        for q in self.case.quantities:
            if q.money and q.kind in _AMOUNTS and not any(_terms(h) for h in q.passage.section):
                text = q.passage.text
                begin = max(text.rfind(c, 0, q.start) for c in "。;") + 1
                clause = text[max(begin, q.start - 40) : q.end]
                yield TextAmount(
                    q.amount.base, text[q.start : q.end], clause, next(iter(q.passage.section[-1:]), "")
                )

    def planned(self) -> tuple[dict[str, Decimal], dict[str, str]]:
        """What the text of accounts says of the budget, and what it calls it where that is not the opening one."""
        if self.case.stage != "accounts":
            return {}, {}
        found = self._spoken((Kind.BUDGETED,))
        agreed = {n: a for n, qs in found.items() if (a := _agreed([q.fact for q in qs])) is not None}
        opening = re.compile(source_words()["opening"])
        plain = {n for n in agreed if not all(opening.search(q.lead) for q in found[n])}
        lines = {n.replace("function:", "general_function:"): a for n, a in agreed.items() if n not in plain}
        named = {n: a for n, a in agreed.items() if n in plain and not n.startswith("function:")}
        return {**lines, **named}, {n: source_words()["budget"] for n in named}

    @cached_property
    def _cells(self) -> list[Cell]:
        other = source_words()["budgeted"] if self.case.stage == "accounts" else ""
        return [
            c for c in self.case.reader.cube.whole() if not (other and re.fullmatch(other, c.fact.column))
        ]

    def _in_tables(self, name: str) -> Iterator[list[Fact]]:
        """What the tables tell of a figure, for each way in which it can be told."""
        for where in self.kind.wheres[name]:
            found = [c for c in self._cells if _stands(where, {d: getattr(c.at, d) for d in _SPOKEN})]
            named = {c.column[0] for c in found if c.named}
            if found:  # a row without a name is none of the total, where the table names that
                yield [c.fact for c in found if c.named or c.column[0] not in named]

    def _spoken(self, kinds: tuple[Kind, ...]) -> dict[str, list[Quantity]]:
        out: dict[str, list[Quantity]] = defaultdict(list)
        for q in self.case.quantities:
            if q.kind in kinds and q.money:
                for name in self.names.get(q.fact.id, ()):
                    out[name].append(q)
        return out

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The figures, or ``function:CODE``, that the words of an amount name: all of them, and nothing else."""
        out = {}
        for q in self.case.quantities:
            if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED) and (names := self._names(q)):
                out[q.fact.id] = names
        return out

    @cached_property
    def _torn(self) -> set[int]:
        """Passages that go on a sentence of the page before: their first words are not all of it."""
        out = set()
        before = ""
        for p in self.case.passages:
            if re.fullmatch(source_words()["furniture"], p.text):
                continue
            if len(before) > 15 and not before.endswith((*ENDS, ")")) and not STARTS.match(p.text):
                out.add(id(p))
            before = "" if p.heading else p.text
        return out

    def _names(self, q: Quantity) -> tuple[str, ...]:
        if self._of_another(q):
            return ()
        if said := tuple(n for n, words in self.kind.said.items() if re.search(words, q.lead)):
            return said
        return (name,) if (name := self._name(q)) else ()

    def _name(self, q: Quantity) -> str:
        reading = self.case.reader.read(q)
        if reading is None or not reading.sure or reading.said.wanted.label:
            return ""
        wanted = reading.said.wanted
        if wanted.codes:
            return _function(wanted.codes)
        values = {**dict(wanted.prefer), **dict(wanted.values)}
        own = dict(wanted.values)
        if "elsewhere" in reading.how or not own or values.get("kind", "") != own.get("kind", ""):
            return ""
        if "heading" in reading.how and "item" not in own:
            return ""  # the heading says of what, and the sentence may speak of more
        if not values.get("side") and re.search(source_words()["income"], q.lead):
            values["side"] = "income"
        found = [n for n, wheres in self.kind.wheres.items() if any(_stands(w, values) for w in wheres)]
        return found[0] if len(found) == 1 else ""

    def _of_another(self, q: Quantity) -> bool:
        """The amount is of a sentence that begins elsewhere, of another year, or of a section that explains terms."""
        if id(q.passage) in self._torn and "。" not in q.passage.text[: q.start]:
            return True
        if any(int(y) != self.case.year for y in re.findall(r"20[0-4]\d", re.split("[;。]", q.lead)[-1])):
            return True
        return id(q.passage) not in self._titled and any(_terms(h) for h in q.passage.section)

    @cached_property
    def _titled(self) -> set[int]:
        """Passages behind a title without a number: no longer of the section that explains terms."""
        return {id(p) for p in titled(self.case.passages)}


def _function(codes: Iterable[tuple[str, str]]) -> str:
    """The one item of the functions among these codes."""
    found = {c for kind, c in codes if kind == "function" and len(c) == _ITEM}
    return f"function:{found.pop()}" if len(found) == 1 else ""


def _terms(heading: str) -> bool:
    return bool(re.search(_no_section(), heading))


@lru_cache(maxsize=1)
def _no_section() -> str:
    return str(source_words()["terms"])


def _stands(where: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    """The values are those of the place, and nothing else is said."""
    for dimension in _SPOKEN:
        wanted, here = where.get(dimension, ""), values.get(dimension, "")
        if here not in (wanted if isinstance(wanted, list) else (wanted,)):
            return False
    return True


def _witnessed(printed: list[Fact], said: list[Fact]) -> Decimal | None:
    """What all tables tell and a sentence, if any, with them; else what sentences agree on and a table tells too."""
    tables, text = _agreed(printed), _agreed(said)
    if tables is not None and (not said or any(_agreed([*printed, f]) is not None for f in said)):
        return tables
    if text is not None and (not printed or any(_agreed([*said, f]) is not None for f in printed)):
        return text
    return None


def _agreed(facts: Iterable[Fact]) -> Decimal | None:
    """The amount that all of them tell, as finely as one of them does; None where they differ or there is none."""
    known = [(f, f.interval) for f in facts if f.amount is not None]
    spans = [x for _, x in known if x is not None]
    if not spans or max(x.low for x in spans) > min(x.high for x in spans):
        return None
    finest = min((x.high - x.low, k) for k, (_, x) in enumerate(known) if x is not None)[1]
    amount = known[finest][0].amount
    return None if amount is None else amount.base
