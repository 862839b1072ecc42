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
from yibenzhang.drafting.source_texts import ENDS, texts_of
from yibenzhang.model.facts import Fact
from yibenzhang.prose.claims import Claim
from yibenzhang.prose.cube import Cell
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.reading.paragraphs import STARTS
from yibenzhang.rules.case import Case
from yibenzhang.rules.denials import denials
from yibenzhang.standards import load
from yibenzhang.standards.lexicon.words import load_lexicon

Moves = Mapping[str, tuple[tuple[Decimal, Decimal], ...]]
_SPOKEN = ("side", "fund", "period", "kind", "item")
_ITEM = 7
"""Digits of the code of a function that a sentence compares."""


@dataclass(frozen=True)
class SourceFigures:
    """Amounts of this year and of the opening budget in 元 by name; ``moves``: pairs of this year's amount and last
    year's by name or ``function:CODE``; ``notes``: texts by key, as they are printed."""

    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    planned: Mapping[str, Decimal] = field(default_factory=dict)
    moves: Moves = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    """Figures of which the document tells two things."""


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
    moves, reasons = reader.moves()
    return SourceFigures(amounts, reader.planned(), moves, {**texts_of(case), **reasons}, doubtful)


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
            printed, said = self._in_tables(name), [q.fact for q in spoken.get(name, ())]
            agreed = _witnessed(printed, said)
            if agreed is None and not printed and not said and name in denied:
                agreed = Decimal(0)
            if agreed is not None and not (agreed and name in denied):
                out[name] = agreed
            elif printed or said:
                doubtful.add(name)
        return out, frozenset(doubtful)

    def planned(self) -> dict[str, Decimal]:
        """What the text of accounts says of the budget."""
        if self.case.stage != "accounts":
            return {}
        found = self._spoken((Kind.BUDGETED,))
        agreed = {name: _agreed([q.fact for q in quantities]) for name, quantities in found.items()}
        return {name: a for name, a in agreed.items() if a is not None}

    @cached_property
    def _cells(self) -> list[Cell]:
        other = source_words()["budgeted"] if self.case.stage == "accounts" else ""
        return [
            c for c in self.case.reader.cube.whole() if not (other and re.fullmatch(other, c.fact.column))
        ]

    def _in_tables(self, name: str) -> list[Fact]:
        for where in self.kind.wheres[name]:
            found = [c for c in self._cells if _stands(where, {d: getattr(c.at, d) for d in _SPOKEN})]
            named = {c.column[0] for c in found if c.named}
            if found:  # a row without a name is none of the total, where the table names that
                return [c.fact for c in found if c.named or c.column[0] not in named]
        return []

    def _spoken(self, kinds: tuple[Kind, ...]) -> dict[str, list[Quantity]]:
        out: dict[str, list[Quantity]] = defaultdict(list)
        for q in self.case.quantities:
            if q.kind in kinds and q.money and (name := self.names.get(q.fact.id)):
                out[name].append(q)
        return out

    @cached_property
    def names(self) -> dict[str, str]:
        """The figure, or ``function:CODE``, that the words of an amount name: all of them, and nothing else."""
        out = {}
        for q in self.case.quantities:
            if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED) and (name := self._name(q)):
                out[q.fact.id] = name
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

    def _name(self, q: Quantity) -> str:
        if self._of_another(q):
            return ""
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
        found = [n for n, wheres in self.kind.wheres.items() if any(_stands(w, values) for w in wheres)]
        return found[0] if len(found) == 1 else ""

    def _of_another(self, q: Quantity) -> bool:
        """The amount is of a sentence that begins elsewhere, of another year, or of a section that explains terms."""
        if id(q.passage) in self._torn and "。" not in q.passage.text[: q.start]:
            return True
        if any(int(y) != self.case.year for y in re.findall(r"20[0-4]\d", q.lead)):
            return True
        return any(_terms(h) for h in q.passage.section)

    # ---- last year -------------------------------------------------------------------------

    def moves(self) -> tuple[Moves, dict[str, str]]:
        """Last year's amounts as sentences tell them, and the reasons they give for the change."""
        found: dict[str, dict[Decimal, set[Decimal]]] = defaultdict(lambda: defaultdict(set))
        reasons: dict[str, str] = {}
        for q, last, end in (*self._changes(), *self._levels()):
            name = self.names.get(q.fact.id, "")
            if not name or q.fact.amount is None:
                continue
            found[name][q.amount.base].add(last)
            if why := self._reason(q.passage, end):
                reasons.setdefault(f"reason.{name}", why)
        moves = {
            name: tuple((now, *lasts) for now, lasts in pairs.items() if len(lasts) == 1)
            for name, pairs in found.items()
        }
        return moves, reasons  # type: ignore[return-value]

    def _changes(self) -> Iterator[tuple[Quantity, Decimal, int]]:
        compared = {id(c.subject) for c in self.case.claims if c.within is None}
        for claim in self.case.claims:
            q = claim.subject
            if q is None or claim.loose or q.passage is not claim.passage:
                continue
            if claim.within is not None and id(claim.within) not in compared:
                continue  # it may be the whole that moved
            last = self._last(claim, q)
            if last is not None and _meets(claim, q.amount.base, last):
                yield (
                    q,
                    last,
                    max(p.end for p in (q, claim.against, claim.change, claim.rate) if p is not None),
                )

    def _last(self, claim: Claim, q: Quantity) -> Decimal | None:
        """Last year's amount that a claim tells; none where it compares with what was carried out, or planned."""
        against, change = claim.against, claim.change
        other = source_words()["moves"]["executed" if self.case.stage == "budget" else "planned"]
        if against is not None and against.kind is Kind.LAST:
            return None if re.search(other, against.lead) else against.amount.base
        if change is None or not change.sign or not change.money or change.start < q.end:
            return None
        between = q.passage.text[q.end : change.start]
        if re.search(other, between) or not self._compares_with_last(between):
            return None
        return q.amount.base - change.sign * change.amount.base

    def _compares_with_last(self, between: str) -> bool:
        """The words between an amount and its change name last year, and no other."""
        years = {int(y) for y in re.findall(r"20\d\d", between)}
        if "。" in between or not years <= {(self.case.year or 0) - 1}:
            return False
        return bool(years or re.search(source_words()["moves"]["before"], between))

    def _levels(self) -> Iterator[tuple[Quantity, Decimal, int]]:
        """Amounts that are said to be those of last year."""
        words = source_words()["moves"]
        other = words["executed" if self.case.stage == "budget" else "planned"]
        for q in self.case.quantities:
            if q.fact.id not in self.names:
                continue
            match = re.search(words["level"], q.passage.text[q.end : q.end + 60])
            if match is None or re.search(other, match.group()) and self.case.stage == "budget":
                continue
            if self.case.stage == "accounts" and re.search(other, match.group()):
                continue
            years = {int(y) for y in re.findall(r"20\d\d", match.group())}
            if years <= {(self.case.year or 0) - 1}:
                yield q, q.amount.base, q.end + match.end()

    def _reason(self, passage: Passage, end: int) -> str:
        """The reason given right after a change, as it is printed."""
        words = source_words()["moves"]
        match = re.compile(words["reason"]).match(passage.text, end)
        if match is None or re.search(r"\d(?:万元|元|%)", match.group("between")):
            return ""
        why = match.group("why")
        if cut := re.search(words["cut"], why):
            why = why[: cut.start()]
        pieces = why.split(";")
        several = next(
            (k for k, piece in enumerate(pieces) if k and not re.match(words["counted"], piece)), len(pieces)
        )
        why = ";".join(pieces[:several])
        start = match.start("why")
        return passage.verbatim(start, start + len(why)).strip("，,；;。 ") if why else ""


def _function(codes: Iterable[tuple[str, str]]) -> str:
    """The one item of the functions among these codes."""
    found = {c for kind, c in codes if kind == "function" and len(c) == _ITEM}
    return f"function:{found.pop()}" if len(found) == 1 else ""


def _meets(claim: Claim, now: Decimal, last: Decimal) -> bool:
    """The rate that the claim tells is that of the two amounts: else one of them was misread, or misprinted."""
    rate = claim.rate
    if rate is None or rate.kind is not Kind.RATE:
        return True
    if last <= 0:
        return False
    change = rate.amount.value * (rate.sign or 1)
    slack = Decimal(2) / Decimal(10) ** rate.amount.decimals + abs(now) * 2 / last / 100
    return abs(100 * (now - last) / last - change) <= slack


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
