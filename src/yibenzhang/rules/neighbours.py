"""The numbers around a claim: those before it, under its heading, beside it in the tables."""

from __future__ import annotations

from dataclasses import replace

from yibenzhang.model.facts import Fact
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.subjects import moved_by, named_alike
from yibenzhang.rules.case import Case
from yibenzhang.standards import Address, fold

_NAMED = 4
"""So many characters name an amount."""


class Neighbours:
    """Other numbers a share may be taken of, or a change belong to."""

    def __init__(self, case: Case) -> None:
        self._all = [q for found in case.numbers for q in found if q.money and q.kind != Kind.BROKEN]
        self._finder = case.finder
        self._shares = [c for c in case.claims if c.says == Says.SHARE]
        self._reader = case.reader
        self._spoken: dict[str, list[Fact]] = {}
        self._standards = case.standards
        self._above = case.above

    def before(self, claim: Claim) -> list[Quantity]:
        """Amounts named earlier in the passage, nearest first."""
        near = [q for q in self._all if q.passage is claim.passage and q.end <= claim.at]
        return [q for q in reversed(near) if q.kind in (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED)]

    def section(self, claim: Claim) -> list[Quantity]:
        """Amounts named anywhere under the same heading, or within the text, that could be a whole."""
        top = claim.passage.section[:2]
        return [q for q in self._all if q.passage.section[:2] == top and q.kind in (Kind.VALUE, Kind.ACTUAL)]

    def siblings(self, claim: Claim) -> list[Claim]:
        """The other shares of the same passage that name no whole, or the same; where none does, those of its sentence
        of which one alone names a whole: the others go on about it."""
        others = [c for c in self._shares if c.passage is claim.passage and c is not claim]
        same = [c for c in others if c.base == claim.base]
        return same or [c for c in others if not (c.base and claim.base) and self._in_sentence(c, claim)]

    def enumerated(self, claim: Claim) -> list[Quantity]:
        """The amounts of its sentence before a share, behind a colon if there is one, those in brackets apart."""
        text = claim.passage.text
        begin = max(text.rfind(c, 0, claim.at) for c in "。:") + 1
        near = [q for q in self._all if q.passage is claim.passage and begin <= q.start and q.end <= claim.at]
        return [q for q in near if text.count("(", begin, q.start) == text.count(")", begin, q.start)]

    def going_on(self, claim: Claim) -> Claim:
        """A share that names no whole goes on about the one that the first of its sentence names ("甲 3 万元，占项目
        支出的 30%；乙 2 万元，占 20%")."""
        before = [c for c in self._shares if c.passage is claim.passage and c.at < claim.at]
        first = next((c for c in before if self._in_sentence(c, claim)), None)
        if claim.base or first is None or not first.base:
            return claim
        return replace(claim, base=first.base, against=None)

    def _in_sentence(self, one: Claim, other: Claim) -> bool:
        begin, end = sorted((one.at, other.at))
        return "。" not in one.passage.text[begin:end]

    def same_words(self, claim: Claim) -> list[Fact]:
        """An amount that the passage named before in the very words of the whole, where all such agree."""
        base = fold(claim.base)
        if len(base) < _NAMED:
            return []
        found = [q.fact for q in self.before(claim) if fold(q.lead).rstrip("为共计约").endswith(base)]
        return found[:1] if len({f.amount and f.amount.base for f in found}) == 1 else []

    def cousins(self, claim: Claim) -> list[Claim]:
        """The other shares below the same heading that name the same whole; of those that name none, the first of each
        paragraph below the same announcement, or below the same headings."""
        if not claim.base:
            return self._beside(claim)
        top = claim.passage.section[:1]
        same = [
            c for c in self._shares if claim.base and c.base == claim.base and c.passage.section[:1] == top
        ]
        near = [c for c in same if c.passage.section[:2] == claim.passage.section[:2]]
        return [c for c in near if c is not claim]

    def _beside(self, claim: Claim) -> list[Claim]:
        announced = self._above.get(id(claim.passage))
        first: dict[int, Claim] = {}
        for c in self._shares:
            alike = c.passage.section == claim.passage.section
            if self._above.get(id(c.passage)) == announced and (announced or alike):
                first.setdefault(id(c.passage), c)
        if first.get(id(claim.passage)) is not claim or any(c.base for c in first.values()):
            return []
        return [c for c in first.values() if c is not claim]

    def planned(self, actual: Quantity) -> list[Fact]:
        """The budget that stands beside the actual amount in the table the number restates."""
        reading = self._reader.read(actual)
        facts = reading.facts if reading is not None and reading.sure and not reading.wider else ()
        beside = [self._finder.planned(f) for f in facts]
        return [f for f in beside if f is not None and f.printed]

    def named_by(self, change: Quantity) -> Quantity | None:
        """The one amount told before a change in its paragraph, under the words by which it names what moved."""
        levels = (
            q
            for q in self._all
            if q.passage is change.passage and q.kind in (Kind.VALUE, Kind.ACTUAL) and q.end <= change.start
        )
        found = {q.amount.base: q for q in named_alike(change, levels) if q.money}
        return next(iter(found.values())) if len(found) == 1 else None

    def spoken_by(self, change: Quantity) -> list[Fact]:
        """The one amount told elsewhere of what a change names, in the tables or the text."""
        words = moved_by(change)
        return self.spoken(words) if words else []

    def called(self, words: str) -> list[Fact] | None:
        """Table numbers that the standards call so; None where they do not know the words."""
        name = fold(words)
        known = [c for c in self._standards.concepts if any(name.endswith(n) for n in c.folded)]
        out = [f for c in known for a in c.at for f in self._finder.facts(a) if f.printed]
        return out if known else None

    def spoken(self, words: str) -> list[Fact]:
        """The one amount that the words stand for in the tables, or where there are none in the text; else nothing."""
        if words not in self._spoken:
            found = self._reader.of_words(words) or [
                q.fact
                for q in self._all
                if q.kind in (Kind.VALUE, Kind.ACTUAL) and self._reader.means(q, words)
            ]
            self._spoken[words] = found if len({f.amount and f.amount.base for f in found}) == 1 else []
        return self._spoken[words]

    def named(self, words: str) -> list[Fact]:
        """Table numbers that words such as "本年支出合计" or "预算总额" may name."""
        name = fold(words)
        out = self.called(words) or []
        if "总" in name or "合计" in name or not name:
            for table in ("*.balance", "*.fiscal_balance", "*.general_function"):
                for row in ("total", "this_year"):
                    for side in ("income", "expenditure", ""):
                        address = Address(table, row, "total", side)
                        out.extend(f for f in self._finder.facts(address) if f.printed)
        return list(dict.fromkeys(out))
