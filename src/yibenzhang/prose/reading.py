"""What the words of a number say: coordinates, codes or the name of a row, and how they say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from yibenzhang.model.facts import Fact
from yibenzhang.model.patterns import late
from yibenzhang.prose.clauses import Clause, Distance, clauses_before, first_clauses
from yibenzhang.prose.cube import Cube, Wanted
from yibenzhang.prose.list_heads import divided, words_of_whole
from yibenzhang.prose.naming import Names, Path, path_of, unnumbered
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.standards.lexicon.sentences import SentenceWords
from yibenzhang.standards.model import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("reading")
_BRACKETS = late(r"\([^()]*\)")
_SHORTEST, _LONGEST = 3, 40
_EDGES = '的、,:”"》)'
_SPOKEN = ("side", "fund", "period", "kind", "item")
_NARROW = ("fund", "kind", "item")
"""What the whole of a list says of its parts."""
_SEPARATE = ("government_fund", "state_capital")  # their sections tell of nothing else
_OTHER = {"income": "expenditure", "expenditure": "income"}
_BARE = {"side", "period"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a clause says, and ``how``; ``residue``: words that nothing explains; ``total``: it says 合计."""

    wanted: Wanted
    how: str
    residue: tuple[str, ...] = ()
    total: bool = False

    @property
    def anonymous(self) -> bool:
        """It names a side or a period and not what of."""
        w = self.wanted
        return not (w.codes or w.label or self.residue) and {d for d, _ in w.values} <= _BARE

    @property
    def empty(self) -> bool:
        return self.anonymous and not self.wanted.values and not self.total


@dataclass(frozen=True, slots=True)
class Reading:
    """The numbers of the tables that stand where the words of a number say, the likeliest first.

    ``sums``: numbers that make it up where none states it; ``how``: the kind of binding, by which support is counted.
    """

    quantity: Quantity
    said: Said
    facts: tuple[Fact, ...]
    sums: tuple[tuple[Fact, ...], ...] = ()
    wider: bool = False
    """No number stands where all of the words say, only such of a wider scope: they are no measure."""

    @property
    def how(self) -> str:
        """The kind of binding; words of any dimensions are one kind."""
        how, comma, rest = self.said.how.partition(", ")
        return f"{how.split()[0]}{comma}{rest}"

    @property
    def sure(self) -> bool:
        """Every word is accounted for."""
        return not self.said.residue


def _stages(base: str) -> tuple[str, ...]:
    """The stages of last year's numbers that some words may mean: its budget or what was carried out of it."""
    clause = re.split("[,;。]", base)[-1]
    if _WORDS["final"].search(clause):
        return ("", "final")
    return ("", "initial") if _WORDS["budget"].search(clause) else ("", "initial", "final")


class SentenceReader:
    """Reads the words of numbers with the lexicon, the registers and the names of the tables."""

    def __init__(
        self,
        words: SentenceWords,
        names: Names,
        cube: Cube,
        stage: str,
        bodies: Sequence[str],
        above: Mapping[int, str],
    ) -> None:
        self._above = above
        self._words, self._names, self.cube = words, names, cube
        self._stage = stage
        self._bodies = [folded for b in bodies if (folded := fold(b))]
        self._known: dict[str, Said] = {}
        self._readings: dict[tuple[int, int, int, Kind], Reading | None] = {}

    def names_body(self, words: str) -> bool:
        """The words name the body whose disclosure this is."""
        return any(b in words for b in self._bodies)

    def read(self, q: Quantity) -> Reading | None:
        """The reading of an amount; None where its words say nothing. Several rules ask for the same."""
        key = (id(q.passage), q.start, q.end, q.kind)
        if key not in self._readings:
            self._readings[key] = self._read(q)
        return self._readings[key]

    def _read(self, q: Quantity) -> Reading | None:
        said = self.said(q)
        if said is None or not q.money:
            return None
        part = self._part(q, said)
        found = self._found(q, part)
        if part is said or found.facts:
            return found
        found = self._found(q, said)  # the tables do not tell the part of that whole
        return replace(found, said=replace(found.said, how=f"{found.said.how}, apart"))

    def _found(self, q: Quantity, said: Said) -> Reading:
        version, stages = self._version(q)
        wanted = replace(said.wanted, version=version, stages=stages, prefer=self._around(q, said))
        facts = tuple(self.cube.find(wanted))
        apart = () if facts else (*self._sums(wanted), *self.cube.of_funds(wanted))
        sums = (*apart, *self.cube.rolled(wanted))
        how = said.how if facts else f"{said.how}, sums"
        named = bool(wanted.codes or wanted.label)
        of_register = wanted.codes or self._names.known(wanted.label)  # a project is of its own kind alone
        if facts and named and of_register and self.cube.narrower(wanted):
            how += ", narrower"  # the tables tell of some kind of spending what the words say of all
        narrow = [(d, v) for d, v in wanted.values if d in _NARROW]
        close = [f for f in facts if named or all(self.cube.has(f, d, v) for d, v in narrow)]
        unsaid = [f for f in facts if self._unsaid(f, wanted)] if not (close or named) else []
        if unsaid:
            how += ", unsaid"  # a table of one item need not say of which fund it is
        elif facts and not close:
            how += ", broader"  # the tables tell the whole of what the words name a part of
        current = ("period", "current")
        if close and current in wanted.values and not any(self.cube.has(f, *current) for f in close):
            how += ", whole"  # the tables tell this year's and what was carried over together
        headed = [(d, v) for d, v in wanted.prefer if d == ("fund" if named else "kind") or v in _SEPARATE]
        if another := next((d for d, v in headed if facts and not self._as_headed(facts, d, v)), ""):
            how += f", another {another}"
        a_fund = not named and self._of_a_fund(facts, wanted)
        how += ", of a fund" if a_fund else ""  # the tables tell of one fund what the words say of all
        if not named and any(w in h for h in q.passage.section for w in self._words.elsewhere):
            how += ", elsewhere"
        said_all = [*narrow, *(x for x in wanted.values if x[0] == "period")]
        exact = any(all(self.cube.has(f, *x) for x in said_all) for f in facts)
        wider = a_fund or ", of unknown" in how or (not named and bool(facts) and not exact and not unsaid)
        blanks = () if exact and facts else tuple(self.cube.blanks(wanted))
        if blanks:
            blank = replace(said, wanted=wanted, how=f"{said.how}, blank")
            return Reading(q, blank, (*blanks, *facts), sums)
        if facts and not named and all(self.cube.place(f).residue for f in facts):
            how += ", unknown"  # the headings of all of them have words that nothing explains
        if not q.amount.value:  # some unit has nothing; that it holds of nothing says little of amounts
            facts = self.cube.of_body([f for f in facts if all(self.cube.has(f, *x) for x in said_all)])
            how += ", zero"
        return Reading(q, replace(said, wanted=wanted, how=how), facts, sums, wider)

    def _as_headed(self, facts: Sequence[Fact], dimension: str, value: str) -> bool:
        """Some table tells it of the fund or kind that the heading speaks of; of a code that one fund alone has, the
        fund above that tells the same."""
        if any(self.cube.has(f, dimension, value) for f in facts):
            return True
        return dimension == "fund" and self.cube.of_one_fund(facts, value)

    def _of_a_fund(self, facts: Sequence[Fact], wanted: Wanted) -> bool:
        """The words name no fund and no item, there are several funds, and all of the numbers are of one."""
        said = {d for d, _ in (*wanted.values, *wanted.prefer)}
        if {"fund", "item"} & said or not facts or not self.cube.several_funds:
            return False
        return all(self.cube.place(f).fund for f in facts)

    def _unsaid(self, fact: Fact, wanted: Wanted) -> bool:
        """The number stands where all of the words say, but for a fund, of which its table says nothing."""
        said = {d: v for d, v in wanted.values if d in _NARROW}
        fund = said.pop("fund", "")
        alike = all(self.cube.has(fact, d, v) for d, v in said.items())
        return bool(fund) and "item" in said and self.cube.has(fact, "fund", "") and alike

    def other_side(self, reading: Reading) -> list[Fact]:
        """The numbers that stand where the words say, on the other side: of income for expenditure, or the reverse."""
        said = dict(reading.said.wanted.values)
        side = _OTHER.get(said.get("side", ""))
        if side is None or reading.said.wanted.codes or reading.said.wanted.label:
            return []
        values = tuple((d, side if d == "side" else v) for d, v in reading.said.wanted.values)
        return list(self.cube.find(replace(reading.said.wanted, values=values)))

    def of_words(self, words: str) -> list[Fact]:
        """The numbers of the tables that stand where some words say, without a number of their own."""
        said = self._parsed(words)
        if said.residue or said.empty:
            return []
        stages = ("", "final") if self._stage == "accounts" else ("",)
        narrow = [(d, v) for d, v in said.wanted.values if d in _NARROW]
        found = self.cube.find(replace(said.wanted, stages=stages))
        return [f for f in found if all(self.cube.has(f, d, v) for d, v in narrow)]

    def means(self, q: Quantity, words: str) -> bool:
        """The words right before a number say the same."""
        said, other = self._parsed(words), self.said(q)
        if other is None or said.residue or other.residue or said.empty or "," in other.how:
            return False
        return (
            dict(said.wanted.values) == dict(other.wanted.values) and said.wanted.codes == other.wanted.codes
        )

    def before(self, reading: Reading, base: str = "") -> tuple[tuple[Fact, ...], ...]:
        """What the same words say of the year before: numbers, or such as make it up; ``base``: the words that say
        whether it is what was budgeted or what was carried out."""
        wanted = replace(reading.said.wanted, version="previous", stages=_stages(base))
        funds = [v for d, v in wanted.values if d == "fund"]
        found = [f for f in self.cube.find(wanted) if all(self.cube.has(f, "fund", v) for v in funds)]
        found = [f for f in found if self.cube.beside(f, reading.quantity.fact)]
        return tuple((f,) for f in found) or tuple(self.cube.of_funds(wanted))

    def _version(self, q: Quantity) -> tuple[str, tuple[str, ...]]:
        if q.kind == Kind.LAST:
            return "previous", _stages(q.lead)
        if q.kind == Kind.BUDGETED:
            return "", ("initial",) if self.opened(q) else ("initial", "adjusted")
        return "", ("", "final") if self._stage == "accounts" else ("",)

    def opened(self, q: Quantity) -> bool:
        """The budget is said to be that of the beginning of the year."""
        return any(w in q.lead for w in self._words.opened)

    def _sums(self, wanted: Wanted) -> Iterator[tuple[Fact, ...]]:
        said = {f"{d}.{v}" for d, v in wanted.values}
        for node, codes in self._words.sums:
            if node in said and not wanted.codes and not wanted.label:
                yield from self.cube.together(codes, wanted)

    def said(self, q: Quantity) -> Said | None:
        """What the clause before the number says, or where that names nothing, what it goes on about."""
        own: Said | None = None
        behind = _WORDS["bare_sum"].match(q.lead) or _WORDS["listed"].search(q.passage.text, 0, q.start)
        if behind and _WORDS["in_all"].search(q.lead):
            return None  # the sum of the list before it
        for clause in clauses_before(q):
            said = self._clause(clause, own is None)
            if said is None:
                continue
            if own is not None and said.residue and clause.distance == Distance.CLAUSE:
                return own if own.total else None  # it speaks of something that is not known
            if own is None and not said.anonymous:
                return said
            if own is None or (own.empty and said.anonymous):
                own = said
            elif not said.anonymous and not said.residue:
                values = {**dict(said.wanted.values), **dict(own.wanted.values)}
                wanted = replace(said.wanted, values=tuple(values.items()))
                return Said(wanted, f"{said.how}, {clause.distance}")
        return None if own is None or own.empty else own

    def _part(self, q: Quantity, said: Said) -> Said:
        """What is said of a part in a list, with what the whole says before it (其中)."""
        above = self._whole(q)
        if above is None and divided(q):
            return replace(said, how=f"{said.how}, divided")
        named = said.wanted.codes or said.wanted.label
        if above is None and named and self._parsed(words_of_whole(q)).residue:  # a part of something unknown
            return replace(said, how=f"{said.how}, of unknown")
        if above is None or said.residue:
            return said
        here, whole = dict(said.wanted.values), dict(above.wanted.values)
        own, trees = said.wanted, self._words.lexicon.trees
        apart = bool(above.wanted.label) and said.how == "name"  # a part of a project that has an item's name
        if apart or any(
            d in _NARROW and trees[d].joined(here.get(d, ""), v) is None for d, v in whole.items()
        ):
            return replace(said, how=f"{said.how}, of another")
        more = {d: v for d, v in whole.items() if d in _NARROW and d not in here}
        codes = own.codes or (() if own.label else above.wanted.codes)
        label = own.label or ("" if own.codes else above.wanted.label)
        if not more and codes == own.codes and label == own.label:
            return said
        how = "part by fund" if set(here) == {"fund"} and not own.codes and not own.label else "part"
        return Said(
            Wanted(tuple({**here, **more}.items()), codes, label), f"{said.how}, {how}", (), said.total
        )

    def _whole(self, q: Quantity) -> Said | None:
        """What is said of the whole of the list that a number stands in, in its sentence or in a paragraph above."""
        text = q.passage.text
        begin = text.rfind("。", 0, q.start) + 1
        opened = max(text.rfind(w, begin, q.start) for w in self._words.opening)
        inside = ((text.rfind(w, begin, q.start), len(w)) for w in self._words.inside)
        opened = max(opened, *(at + long - 1 for at, long in inside if at >= 0), -1)
        if opened < 0:
            return self._subject(divided(q) if begin else self._above.get(id(q.passage), ""))
        whole = Quantity(q.passage, opened, opened, "", q.amount, q.kind)
        # a sentence that begins with 其中 goes on with the list of the one before it
        near = {Distance.OWN, Distance.CLAUSE} if text[begin:opened] else {*Distance}
        for clause in clauses_before(whole):
            if clause.distance not in near:
                break
            found = self._clause(clause, False)
            if found is not None and not found.anonymous and not found.residue:
                return found
        return None

    def _subject(self, text: str) -> Said | None:
        """What a paragraph speaks of: its first clause that says so."""
        for clause in first_clauses(text):
            found = self._clause(clause, False)
            if found is not None and not found.anonymous and not found.residue:
                return found
        return None

    def _clause(self, clause: Clause, own: bool) -> Said | None:
        text = _WORDS["part"].sub("", clause.text)
        if not own and (not text or text.startswith(self._words.aside)):
            return None
        if (known := self._known.get(text)) is None:
            known = self._known[text] = self._parsed(text)
        return known

    def _parsed(self, text: str) -> Said:
        path = path_of(text)
        if path is not None and (codes := self._names.codes(path)):
            around = self._phrase(self._bare(path.head + path.tail))
            return Said(Wanted(around.wanted.values, codes), "code" if path.code else "path")
        plain = self._bare(text)
        said = self._phrase(plain)
        return said if not said.residue else self._named(plain) or said

    def _bare(self, text: str) -> str:
        plain = _WORDS["year"].sub("", unnumbered(fold(text)))
        for body in self._bodies:
            plain = re.sub(rf"{re.escape(body)}(?!\(?(?:本级|机关本级|本部))", "", plain)
        return plain

    def _named(self, plain: str) -> Said | None:
        """By the name of a row or of a register at the end of the clause."""
        for text in dict.fromkeys((plain, _BRACKETS.sub("", plain), *self._shortened(plain))):
            for start in range(max(0, len(text) - _LONGEST), len(text) - _SHORTEST + 1):
                before = text[:start]
                if start and text[start - 1] not in _EDGES and self._phrase(before).residue:
                    continue
                if (found := self._row(text[start:], before)) is not None:
                    return found
        return None

    def _row(self, name: str, before: str) -> Said | None:
        codes = self._names.codes(Path((name,))) if self._names.known(name) else ()
        if codes and (self.cube.coded(codes) or not self.cube.labelled(name)):
            how, name = "name", ""
        elif self.cube.labelled(name):
            how, codes = "label", ()
        else:
            return None
        around = self._phrase(before)
        return Said(Wanted(around.wanted.values, codes, name), how, around.residue)

    def _shortened(self, plain: str) -> Iterator[str]:
        """The clause without plain words at its end."""
        text = plain
        while word := next((w for w in self._words.tails if text.endswith(w) and len(text) > len(w) + 1), ""):
            text = text[: -len(word)]
            yield text

    def _phrase(self, text: str) -> Said:
        for word, same in self._words.same:
            text = text.replace(word, same)
        text = text.strip('“”"、,:')
        if not text:
            return Said(Wanted(), "words side")
        lexicon = self._words.lexicon
        phrase = lexicon.phrase(text)
        values = tuple((d, v) for d, v in phrase.values if d in _SPOKEN)
        sides = {w for w in phrase.words if any(d == "side" for d, _ in lexicon.meanings.get(w, ()))}
        residue = tuple(
            r
            for r in phrase.residue
            if _WORDS["word"].search(r) and not ("side" in phrase.several and r in sides)
        )
        how = "+".join(sorted(d for d, _ in values if d != "side")) or "side"
        return Said(Wanted(values), f"words {how}", residue, any(w in lexicon.totals for w in phrase.words))

    def _around(self, q: Quantity, said: Said) -> tuple[tuple[str, str], ...]:
        """The fund, the kind and the side that headings say, and the paragraph that announces a list."""
        here = {d for d, _ in said.wanted.values}
        around: dict[str, str] = {}
        above = self._above.get(id(q.passage), "")
        for heading in (*q.passage.section[-3:], *([above] if above else ())):
            spoken = self._phrase(self._bare(heading)).wanted.values
            around |= {d: v for d, v in spoken if d in ("fund", "kind", "side")}
        return tuple((d, v) for d, v in around.items() if d not in here)
