"""What the text of a published document says of the year before, and the reasons it gives.

A comparison counts only where it names last year, and where the amount that it compares is sure: it stands right
before, or it is named again in the same words, or the printed rate is that of the two amounts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yibenzhang.drafting.families import source_words
from yibenzhang.prose.claim import Claim
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case

Moves = Mapping[str, tuple[tuple[Decimal, Decimal], ...]]
Steady = Mapping[str, tuple[Decimal, ...]]
Names = Mapping[str, tuple[str, ...]]
_AMOUNTS = (Kind.VALUE, Kind.ACTUAL)


@dataclass(frozen=True, slots=True)
class _Move:
    """An amount of this year with last year's, and where the sentence that tells it ends."""

    quantity: Quantity
    last: Decimal
    end: int


def moved(case: Case, names: Names) -> tuple[Moves, Steady, dict[str, str]]:
    """Last year's amounts as sentences tell them, those of this year that are about the same, and the reasons given."""
    return _Moved(case, names).all()


@dataclass
class _Moved:
    case: Case
    names: Names

    def all(self) -> tuple[Moves, Steady, dict[str, str]]:
        found: dict[str, dict[Decimal, set[Decimal]]] = defaultdict(lambda: defaultdict(set))
        reasons: dict[str, str] = dict(self._against())
        for move in (*self._changes(), *self._restated(), *self._levels()):
            for name in self.names.get(move.quantity.fact.id, ()):
                found[name][move.quantity.amount.base].add(move.last)
                if why := self._reason(move.quantity.passage, move.end):
                    reasons.setdefault(f"reason.{name}", why)
        moves = {
            name: tuple((now, *lasts) for now, lasts in pairs.items() if len(lasts) == 1)
            for name, pairs in found.items()
        }
        return moves, self._steady(), reasons  # type: ignore[return-value]

    @property
    def _other(self) -> str:
        """Words of a comparison with what was carried out, or planned."""
        return str(source_words()["moves"]["executed" if self.case.stage == "budget" else "planned"])

    # ---- changes ---------------------------------------------------------------------------

    def _changes(self) -> Iterator[_Move]:
        compared = {id(c.subject) for c in self.case.claims if c.within is None}
        for claim in self.case.claims:
            q, whole = claim.subject, claim.within
            if q is None or claim.loose or q.passage is not claim.passage or q.fact.amount is None:
                continue
            if whole is not None and id(whole) not in compared and whole.amount.base != q.amount.base:
                continue  # it may be the whole that moved
            last = self._last(claim, q)
            if last is not None and _meets(claim, q.amount.base, last):
                ends = [p.end for p in (q, claim.against, claim.change, claim.rate) if p is not None]
                yield _Move(q, last, max(ends))

    def _last(self, claim: Claim, q: Quantity) -> Decimal | None:
        """Last year's amount that a claim tells; none where it compares with what was carried out, or planned."""
        against, change = claim.against, claim.change
        if against is not None and against.kind is Kind.LAST:
            return None if re.search(self._other, against.lead) else against.amount.base
        if change is None or not change.sign or not change.money or change.start < q.end:
            return None
        between = q.passage.text[q.end : change.start]
        compares = self._compares_with_last(between)
        if compares is None:
            return None
        rated = claim.rate is not None and claim.rate.kind is Kind.RATE
        if "。" in between and not rated and not self._same_words(compares, q.lead):
            return None
        return q.amount.base - change.sign * change.amount.base

    def _compares_with_last(self, between: str) -> str | None:
        """The words behind a comparison with last year, and no other year, in the last sentence of ``between``; None
        where there is none."""
        matches = list(re.finditer(source_words()["moves"]["compares"], re.split("[。;]", between)[-1]))
        if not matches:
            return None
        match = matches[-1]
        behind = match.string[match.end() :]
        years = {int(y) for y in re.findall(r"20\d\d", match.group())}
        said = re.sub(source_words()["moves"]["funds"], "", match.group() + behind)
        if not years <= {(self.case.year or 0) - 1} or re.search(self._other, said):
            return None
        return behind

    @staticmethod
    def _same_words(behind: str, lead: str) -> bool:
        """What a comparison names again is what the amount before it was called."""
        words = re.sub(source_words()["moves"]["direction"], "", behind).strip(",")
        return bool(words) and words in lead

    def _restated(self) -> Iterator[_Move]:
        """Changes of an amount that is named again, in a sentence of its own: of the one amount so named before it."""
        claims = sorted(self.case.claims, key=lambda c: c.rate is not None)
        of = {id(c.change): c for c in claims if c.change is not None}
        for change in self.case.quantities:
            if change.kind is not Kind.DELTA or not change.sign or not change.money:
                continue
            behind = self._compares_with_last(change.lead)
            reading = self.case.reader.read(change) if behind is not None else None
            if reading is None or reading.said.wanted.label or reading.said.wanted.codes:
                continue
            values = dict(reading.said.wanted.values)
            before = self._named_before(change, values)
            claim = of.get(id(change))
            subject, rate = (claim.subject, claim.rate) if claim else (None, None)
            named = _own_words(change.lead, behind or "") or (reading.sure and rate and subject is None)
            if before is None or not named or (subject and subject.amount.base != before.amount.base):
                continue
            last = before.amount.base - change.sign * change.amount.base
            if claim is None or _meets(claim, before.amount.base, last):
                yield _Move(before, last, max(change.end, rate.end if rate else 0))

    def _named_before(self, change: Quantity, values: dict[str, str]) -> Quantity | None:
        """The amount before it in its passage that has these words, where there is but one amount."""
        if not values:
            return None
        found = []
        for q in self.case.quantities:
            if q.passage is change.passage and q.end <= change.start and q.kind in _AMOUNTS and q.money:
                reading = self.case.reader.read(q)
                same = reading is not None and reading.sure and dict(reading.said.wanted.values) == values
                if same and q.fact.id in self.names:
                    found.append(q)
        return found[0] if len({q.amount.base for q in found}) == 1 else None

    # ---- no change -------------------------------------------------------------------------

    def _levels(self) -> Iterator[_Move]:
        """Amounts that are said to be those of last year."""
        for q, match in self._after(source_words()["moves"]["level"]):
            yield _Move(q, q.amount.base, q.end + match.end())
        for q, match in self._after(source_words()["moves"]["neither"]):
            if not q.amount.base:
                yield _Move(q, q.amount.base, q.end + match.end())

    def _steady(self) -> Steady:
        out: dict[str, set[Decimal]] = defaultdict(set)
        for q, _ in self._after(source_words()["moves"]["about"]):
            for name in self.names[q.fact.id]:
                out[name].add(q.amount.base)
        return {name: tuple(sorted(amounts)) for name, amounts in out.items()}

    def _after(self, words: str) -> Iterator[tuple[Quantity, re.Match[str]]]:
        """Named amounts with such words right behind them, of last year and of no other."""
        for q in self.case.quantities:
            if q.fact.id not in self.names or q.fact.amount is None:
                continue
            match = re.search(words, q.passage.text[q.end : q.end + 60])
            if match is None or re.search(self._other, match.group()):
                continue
            if {int(y) for y in re.findall(r"20\d\d", match.group())} <= {(self.case.year or 0) - 1}:
                yield q, match

    # ---- reasons ---------------------------------------------------------------------------

    def _against(self) -> Iterator[tuple[str, str]]:
        """The reasons that accounts give where an amount is more or less than its opening budget."""
        for claim in self.case.claims if self.case.stage == "accounts" else ():
            q, plan = claim.subject, claim.against
            if q is None or plan is None or plan.kind is not Kind.BUDGETED or claim.loose:
                continue
            if q.passage is not claim.passage or claim.within not in (None, plan):
                continue
            end = max(p.end for p in (q, plan, claim.rate, claim.change) if p is not None)
            for name in self.names.get(q.fact.id, ()):
                if why := self._reason(claim.passage, end):
                    yield f"against.{name.replace('function:', 'general_function:')}", why

    def _reason(self, passage: Passage, end: int) -> str:
        """The reason given right after a change, as it is printed."""
        words: dict[str, Any] = source_words()["moves"]
        if parts := re.compile(words["parts"]).match(passage.text, end):
            end = parts.end()  # of what it is made up, and then why it moved
        match = re.compile(words["reason"]).match(passage.text, end)
        if match is None or re.search(r"\d(?:万元|元|%)", match.group("between")):
            return ""
        start = match.start("why")
        why = _counted(passage.text, start) or match.group("why")
        if cut := re.search(words["cut"], why):
            why = why[: cut.start()]
        pieces = why.split(";")
        several = next(
            (k for k, piece in enumerate(pieces) if k and not re.match(words["counted"], piece)), len(pieces)
        )
        why = why if "。" in why else ";".join(pieces[:several])
        return passage.verbatim(start, start + len(why)).strip("，,；;。 ") if why else ""


_COUNTERS = "一二三四五六七八"


def _counted(text: str, start: int) -> str:
    """Reasons that are counted, up to the end of the last, where that stands in another sentence than the first; ""
    where they do not, or an amount stands among them."""
    if not text.startswith("一是", start):
        return ""
    at = start
    for counter in _COUNTERS[1:]:
        following = re.compile(rf"[;。,]{counter}是").search(text, at)
        if following is None:
            break
        at = following.end()
    end = re.compile("[;。]|$").search(text, at)
    why = text[start : end.start() if end else len(text)]
    return why if at > start and "。" in why and not re.search(r"\d(?:万元|元)", why) else ""


def _own_words(lead: str, behind: str) -> bool:
    """A comparison has a subject of its own: "收入比上年增加", "与上年相比,收入减少"."""
    words = source_words()["moves"]
    before = re.sub(words["compares"], "", lead[: len(lead) - len(behind)] if behind else lead)
    return bool(re.sub(f"{words['direction']}|[,(]", "", before + behind))


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
