"""Classifications named in sentences and in rows without codes, against the registers: year, level, code, spelling."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from yibenzhang.model.facts import Row
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.prose.naming import LEVEL_OF, LEVELS
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.mentions import Mention
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import is_title
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import Entry, Register, fold_name, registers

_WORDS = patterns("register_text")
_ORDINAL = _WORDS["ordinal"]
_SPELT = 0.72
"""So alike a name must be to the one that is meant."""
_LATE = 1
"""So many years after its end a name is still in place: last year's amounts bear it."""
_SHORT = 4


def _function() -> Register:
    return registers().function


def _economic(m: Mention) -> set[str]:
    """The levels that an economic item of this name has; none where there is none."""
    others = (registers().department_economic, registers().government_economic)
    found = (e for r in others for n in (m.name, m.name.removesuffix("支出")) for e in r.named(n))
    return {LEVEL_OF[len(e.code)] for e in found if len(e.code) in LEVEL_OF}


def _mentioned(case: Case) -> Iterator[Mention]:
    """The functions that sentences name; lists of economic items are none."""
    for found in case.mentions:
        economic = False
        for m in found:
            economic = m.level in _economic(m) if m.level == "类" else economic
            if not economic and not (m.level in _economic(m) and not m.at_level):
                yield m


def _rows(table: TableFacts) -> Iterator[Row]:
    for block in table.blocks:
        yield from block.rows


@rule("registers.former", needs=("year",))
def former(case: Case) -> Iterator[Issue]:
    """A name that the fiscal year no longer has, in a sentence or in a row without a code."""
    year, printed = case.year or 0, case.functions
    seen: set[str] = set()
    for m in _mentioned(case):
        if not m.exact or fold_name(m.name) in printed or m.name in seen:
            continue
        if entry := _replaced(m.at_level, m.name, year):
            seen.add(m.name)
            end = _end(entry, m.name)
            yield issue_at(
                "registers.former", m.words, m.passage.place(m.start), name=m.name, now=entry.name, year=end
            )
    for t in case.tables:
        for row, place in _uncoded(t):
            name = _ORDINAL.sub("", flat(row.label))
            found = [e for e in _function().named(name) if len(e.code) == LEVELS["类"]]
            if entry := _replaced(tuple(found), name, year):
                yield issue_at(
                    "registers.former",
                    row.label.strip(),
                    place,
                    template="row",
                    table=t.table.name,
                    name=name,
                    now=entry.name,
                    year=_end(entry, name),
                )


def _uncoded(table: TableFacts) -> Iterator[tuple[Row, Place]]:
    if table.table.standard is None or table.table.standard.layout == "form":
        return
    places = {c.row: c.place for c in reversed(table.table.table.cells)}
    for row in _rows(table):
        if not row.code and row.label and row.index in places:
            yield row, places[row.index]


def _replaced(entries: tuple[Entry, ...], name: str, year: int) -> Entry | None:
    """The entry that had this name up to some earlier year; None where any entry still has it."""
    own = fold_name(name)
    ended = None
    for e in entries:
        if fold_name(e.name) == own:
            return None
        for f in e.former:
            if fold_name(f.name) == own:
                if f.last_year is None or year <= f.last_year + _LATE:
                    return None
                ended = e
    return ended


def _end(entry: Entry, name: str) -> int | None:
    ends = [f.last_year for f in entry.former if fold_name(f.name) == fold_name(name)]
    return ends[0] if ends else None


@rule("wording.level", needs=("text",))
def levels(case: Case) -> Iterator[Issue]:
    """A classification named with a level that it has not, in the tables or, where they lack it, in the register."""
    printed = case.functions
    for m in _mentioned(case):
        if not m.level or not (m.exact or fold_name(m.name) in printed):
            continue
        table = {LEVEL_OF[len(c)] for c in printed.get(fold_name(m.name), ()) if len(c) in LEVEL_OF}
        right = table or _levels_in_register(m)
        if right and m.level not in right:
            yield issue_at(
                "wording.level",
                m.words,
                m.passage.place(m.start),
                template="" if table else "register",
                written=m.words,
                right=tuple(arguments(text=level) for level in sorted(right)),
            )


def _levels_in_register(m: Mention) -> set[str]:
    """The levels of the entries of a name, with or without 支出 behind it; none where one has the level that is
    printed."""
    names = {m.name, f"{m.name}支出", f"{m.name}等支出"}
    own = [e for e in m.entries if names & {*e.names, e.name}] or m.entries
    return set() if any(e in own for e in m.at_level) else {LEVEL_OF[len(e.code)] for e in own}


@rule("wording.level", needs=("text",))
def economic_levels(case: Case) -> Iterator[Issue]:
    """An economic item named with a level that it has not ("离休费（类）")."""
    for m in (m for found in case.mentions for m in found):
        right = _economic(m) if m.level in ("类", "款") and not m.entries else set()
        if right and m.level not in right:
            yield issue_at(
                "wording.level",
                m.words,
                m.passage.place(m.start),
                template="economic",
                written=m.words,
                right=tuple(arguments(text=level) for level in sorted(right)),
            )


_APART = late(r"[”“\"‘’》《\-—－]{0,2}")


@rule("registers.path", needs=("text",))
def paths(case: Case) -> Iterator[Issue]:
    """A classification named below one that it is no part of: "卫生健康支出（类）行政事业单位养老支出（款）"."""
    printed = case.functions
    seen: set[tuple[str, str]] = set()
    for one, two in pairwise(_mentioned(case)):
        if one.passage is not two.passage or not _APART.fullmatch(
            one.passage.text, one.end, max(one.end, two.start)
        ):
            continue
        above = _codes(one, printed)
        below = _codes(two, printed)
        goes_down = LEVELS.get(one.level, 9) < LEVELS.get(two.level, 0)
        if not goes_down or not above or not below or (one.name, two.name) in seen:
            continue
        if not _may_stand_below(above, below):
            seen.add((one.name, two.name))
            words = one.passage.verbatim(one.start, two.end).strip()
            homes = {b[: LEVELS[one.level]] for b in below}
            right = next((e.name for h in sorted(homes) if (e := _function().entry(h, case.year))), None)
            home = right if len(homes) == 1 else None
            yield issue_at("registers.path", words, one.passage.place(one.start), item=two.name, right=home)


_EVERYWHERE = 3
"""An item of so many classes may be one of any."""


def _may_stand_below(above: Collection[str], below: Collection[str]) -> bool:
    anywhere = len({b[: LEVELS["类"]] for b in below}) >= _EVERYWHERE
    return anywhere or any(b.startswith(a) for a in above for b in below)


def _codes(m: Mention, printed: dict[str, set[str]]) -> set[str]:
    """The codes of the level that is written, of the register and of the tables."""
    codes = {e.code for e in m.entries} | printed.get(fold_name(m.name), set())
    return {c for c in codes if len(c) == LEVELS.get(m.level)}


@rule("registers.text_code", needs=("text",))
def codes(case: Case) -> Iterator[Issue]:
    """A name with the code of another one behind it: "行政事业单位医疗（2101101）"."""
    printed = case.functions
    for m in _mentioned(case):
        yield from _own_digits(m, printed)
        if (
            len(m.code) != LEVELS.get(m.level, len(m.code))
            or not m.code
            or not m.exact
            or m.code in {e.code for e in m.entries} | printed.get(fold_name(m.name), set())
        ):
            continue
        other = _function().entry(m.code)
        if other is not None:
            right = " 或 ".join(sorted({e.code for e in m.entries})[:2])
            yield issue_at(
                "registers.text_code",
                m.words,
                m.passage.place(m.start),
                code=m.code,
                other=other.name,
                right=right,
            )


_PART = 2
"""Digits that each level has of its own: "（208 类）……（11 款）……（07 项）"."""


def _own_digits(m: Mention, printed: dict[str, set[str]]) -> Iterator[Issue]:
    """A name whose own digits of its level are those of another one beside it."""
    codes = sorted(_codes(m, printed))
    if len(m.code) != _PART or m.level == "类" or not m.exact or not codes:
        return
    other = _function().entry(codes[0][:-_PART] + m.code)
    if other is not None and not any(c.endswith(m.code) for c in codes):
        yield issue_at(
            "registers.text_code",
            m.words,
            m.passage.place(m.start),
            code=m.code,
            other=other.name,
            right=" 或 ".join(c[-_PART:] for c in codes[:2]),
        )


def _opening(passages: Sequence[Passage]) -> set[int]:
    """The paragraphs that begin anew: below a title or a sentence that ended."""
    return {id(p) for q, p in pairwise(passages) if is_title(q) or q.text.endswith(("。", ";", ":"))}


@rule("registers.unknown", needs=("text",))
def unknown(case: Case) -> Iterator[Issue]:
    """A classification that neither the registers nor a table has, though its level is written and one is like it."""
    printed = case.functions
    seen: set[str] = set()
    opens = _opening(case.passages)
    for m in _mentioned(case):
        folded = fold_name(m.name)
        if m.entries or _economic(m) or len(folded) < _SHORT or not m.level or _rest_of(folded):
            continue
        # else the name may go on from the line before
        begun = m.start or (id(m.passage) in opens and not _ends_another(folded))
        if not begun or any(folded in name or name in folded for name in printed if len(name) >= _SHORT):
            continue
        near = _nearest(folded, LEVELS[m.level], printed)
        if near is None or folded in seen:
            continue
        seen.add(folded)
        yield issue_at("registers.unknown", m.words, m.passage.place(m.start), name=m.name, near=near)


def _rest_of(name: str) -> bool:
    """What is left of an item that is known: "其他……支出" need not be in the register."""
    rest = name.removeprefix(_REST)
    return rest != name and any(len(e.code) < LEVELS["项"] for e in _function().named(rest))


_REST = "其他"


def _ends_another(name: str) -> bool:
    """The name is how a longer one ends: its beginning may stand elsewhere."""
    return any(fold_name(n).endswith(name) for e in _function().entries for n in e.names)


def _nearest(name: str, digits: int, printed: dict[str, set[str]]) -> str | None:
    """The name of that level most like this one, or the only one that goes on where it stops."""
    known = dict(_named_at(digits))
    known |= {n: n for n, codes in printed.items() if any(len(c) == digits for c in codes) and n not in known}
    longer = {n for n in known if n.startswith(name)}
    turned = {n for n in known if len(n) == len(name) and sorted(n) == sorted(name)}
    found = _most_like(name, known) or _only(turned) or _only(longer)
    return known[found] if found else None


@lru_cache(maxsize=8)
def _named_at(digits: int) -> Mapping[str, str]:
    """The names of the register's level, folded."""
    return {fold_name(n): n for e in _function().entries if len(e.code) == digits for n in e.names}


def _only(names: Collection[str]) -> str:
    """The one there is; empty where there are none or several."""
    return next(iter(names)) if len(names) == 1 else ""


def _most_like(name: str, known: Iterable[str]) -> str:
    """The name that is spelt most like this one, and nearly so."""
    best, ratio = "", _SPELT
    for other in known:
        if 2 * sum(c in other for c in name) < ratio * (len(name) + len(other)):
            continue  # no way to lay them side by side has more in common
        matcher = SequenceMatcher(None, name, other, autojunk=False)
        if matcher.quick_ratio() >= ratio and matcher.ratio() > ratio:
            best, ratio = other, matcher.ratio()
    return best
