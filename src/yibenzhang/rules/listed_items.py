"""Lists of classifications in sentences: items left out that a table or another section has, and items named twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.naming import LEVELS
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.mentions import Mention
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import fold_name, registers

_TABLES = (".general_function", ".fiscal_expenditure", ".expenditure")
_WORDS = patterns("listed_items")
_AMOUNT = _WORDS["amount"]
_CODED_ITEM = _WORDS["coded_item"]
_ZERO = _WORDS["zero"]
_MANY = 5
"""So many names are a list, whatever they are; fewer are one where the registers know them."""
_LED = _WORDS["led"]
_BOTH = _WORDS["both"]
_CIRCLED = late(r"(?<![;、,])[①-⑳]")
_HAN = late(r"[\u4e00-\u9fff()]+")
_TAIL = _WORDS["tail"]
_STRUCTURE = _WORDS["structure"]
_CHAPTER = _WORDS["chapter"]
_CLOSE = 16
_ALIKE = 0.7
_SURE = 3
"""So many items of a list must be those of the table."""


def _lists(case: Case) -> dict[tuple[str, ...], dict[str, Mention]]:
    """The items (项) that each section of the text names with an amount behind them, by name."""
    by: dict[tuple[str, ...], dict[str, Mention]] = {}
    for p, found in zip(case.passages, case.mentions, strict=True):
        for m in found:
            item = LEVELS.get(m.level, len(m.code)) == LEVELS["项"]
            if item and _AMOUNT.search(p.text, m.end):
                by.setdefault(p.section, {}).setdefault(_same(m.name), m)
        for m in _coded(p):
            by.setdefault(p.section, {}).setdefault(_same(m.name), m)
    return by


def _coded(p: Passage) -> Iterator[Mention]:
    """The items of a sentence that have their code before them and an amount behind ("2014101行政运行300.00万元")."""
    for m in _CODED_ITEM.finditer(p.text):
        entries = tuple(e for e in registers().function.named(m["name"]) if e.code == m["code"])
        if entries:
            yield Mention(p, m["name"], "", m["code"], m.start("name"), m.end("name"), entries, True)


def _same(name: str) -> str:
    return fold_name(name).replace("其它", "其他")


@rule("names.item_left_out", needs=("tables", "text"))
def items(case: Case) -> Iterator[Issue]:
    """An item with an amount in the table that a section going through the table's items leaves out."""
    for table in (t for t in case.tables if t.table.standard and t.table.standard.id.endswith(_TABLES[0])):
        have = _amounts(table)
        for section, names in _lists(case).items():
            missing = _left_out(have, section, names, case)
            inside = sum(n in have for n in names)
            if inside < max(_SURE, len(names) - 1) or not missing or 2 * len(missing) > inside:
                continue
            first = next(iter(names.values()))
            listed = tuple(arguments(name=have[n].row.label.strip(), amount=have[n].text) for n in missing)
            yield issue_at(
                "names.item_left_out",
                first.words,
                first.passage.place(first.start),
                *((have[n].row.label, have[n].place) for n in missing),
                items=listed,
                table=table.table.name,
                count=inside,
            )


def _left_out(
    have: dict[str, Fact], section: tuple[str, ...], names: Mapping[str, Mention], case: Case
) -> list[str]:
    """The items of a table that a section does not name in any way, and whose class it does not name instead."""
    only, codes = _only_items(have), _classes_named(section, case)
    odd = [n for n in names if n not in have]
    missing = [n for n in have if n not in names and not _named(n, section, odd, case)]
    missing = [n for n in missing if only.get(n) not in codes]
    return [n for n in missing if not any(agree(have[n], f) for f in case.reader.cube.carried)]


def _amounts(table: TableFacts) -> dict[str, Fact]:
    """The items (项) of a table by name that have an amount in all."""
    out: dict[str, Fact] = {}
    for block in table.blocks:
        for (k, measure), fact in block.cells.items():
            row = block.rows[k]
            seven = len(row.code) == LEVELS["项"] and row.code.startswith("2")
            if seven and measure == "total" and fact.amount and fact.amount.value:
                out.setdefault(_same(bare(row.label)), fact)
    return out


def _only_items(have: dict[str, Fact]) -> dict[str, str]:
    """The items that are all of their class, with the code of that: what is said of the class is said of them."""
    times = Counter(f.row.code[:3] for f in have.values())
    return {n: f.row.code[:3] for n, f in have.items() if times[f.row.code[:3]] == 1}


def _classes_named(section: tuple[str, ...], case: Case) -> set[str]:
    """The codes of the classes that a section names with an amount."""
    return {
        m.at_level[0].code
        for p, found in zip(case.passages, case.mentions, strict=True)
        if p.section == section
        for m in found
        if m.level == "类" and m.at_level and _spent(m)
    }


def _named(name: str, section: tuple[str, ...], odd: list[str], case: Case) -> bool:
    """The words stand in the section, if not as a classification, or a name like it that no table has."""
    if any(SequenceMatcher(None, name, other, autojunk=False).ratio() >= _ALIKE for other in odd):
        return True
    return any(name in fold_name(p.text) for p in case.passages if p.section == section)


@rule("names.class_left_out", needs=("text",))
def classes(case: Case) -> Iterator[Issue]:
    """A class with an amount in a chapter on its structure, none of whose items the chapter's details go through."""
    only = {code for t in case.tables for code in _only_items(_amounts(t)).values()}
    for name, chapter in _chapters(case).items():
        missing = [m for c, m in chapter.classes.items() if c not in chapter.explained and c not in only]
        few = 1 if any("具体" in s for m in chapter.details for s in m.passage.section[-1:]) else 2
        if len(chapter.classes) < 2 or len(chapter.details) < few:
            continue
        if not missing or len(missing) == len(chapter.classes):
            continue
        names = tuple(arguments(name=m.name) for m in missing)
        there = (missing[0].words, missing[0].passage.place(missing[0].start))
        first = chapter.details[0]
        words, place = first.passage.clauses(first.start, first.end), first.passage.place(first.start)
        yield issue_at("names.class_left_out", words, place, there, classes=names, section=name[-1])


@dataclass(frozen=True, slots=True)
class _Chapter:
    """Classes with amounts by their code, the items gone through, and the classes of these."""

    classes: dict[str, Mention] = field(default_factory=dict)
    details: list[Mention] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)


def _chapters(case: Case) -> dict[tuple[str, ...], _Chapter]:
    """The chapters that name classes with amounts, in order."""
    out: dict[tuple[str, ...], _Chapter] = {}
    for p, found in zip(case.passages, case.mentions, strict=True):
        name = _chapter(p)
        for m, below in zip_longest(found, found[1:]):
            chapter = out.setdefault(name, _Chapter())
            if m.level == "项":
                chapter.details.append(m)
            goes_on = below is not None and below.start - m.end <= 1
            if m.level == "类" and not goes_on and _spent(m) and name:
                chapter.classes.setdefault(m.at_level[0].code if m.at_level else m.name, m)
            elif m.level and len(codes := {e.code[:3] for e in m.at_level}) == 1:
                chapter.explained.update(codes)
    return out


@rule("names.class_left_out", needs=("text",), stages=("accounts",))
def classes_below(case: Case) -> Iterator[Issue]:
    """The same where no headings part structure and details: a sentence on the classes, then numbered items."""
    only = {code for t in case.tables for code in _only_items(_amounts(t)).values()}
    for k, p in enumerate(case.passages):
        named = {m.at_level[0].code: m for m in _classes_of(p, case.mentions[k])}
        after = case.passages[k + 1 : k + 1 + _NEXT]
        opened = next((n for n, q in enumerate(after, k + 1) if _opens(q.text[:_OPENING])), None)
        headed = _chapter(p) and any(m.level == "类" for m in case.mentions[k])
        few = _SURE - 1 if "结构" in p.text[:_OPENING] or _whole(p) else _SURE
        if len(named) < few or opened is None or headed:
            continue
        below = list(_numbered(case.passages, opened))
        items = [m for n in below for m in case.mentions[n]]
        missing = _classes_left_out(case, named, below, only)
        count = sum(m.level == "项" for m in items)
        if count < _FEW or not _ITEM_NUMBER.match(case.passages[below[0]].text if below else "1."):
            missing = _nowhere_below(case, missing, opened)
        if not count or not missing or 2 * len(missing) > len(named):
            continue
        first, there = items[0], (missing[0].words, p.place(missing[0].start))
        names = tuple(arguments(name=m.name) for m in missing)
        words, place = first.passage.clauses(first.start, first.end), first.passage.place(first.start)
        section = case.passages[opened].text[:_OPENING].rstrip(":")
        yield issue_at("names.class_left_out", words, place, there, classes=names, section=section)


def _classes_left_out(
    case: Case, named: dict[str, Mention], below: list[int], only: set[str]
) -> list[Mention]:
    """The classes that the paragraphs below neither name nor go through the items of."""
    stated = "".join(case.passages[n].text for n in below)
    have = {code for n in below for code in _homes(case.mentions[n])} | only
    return [m for c, m in named.items() if c not in have and m.name.removesuffix("支出") not in stated]


def _nowhere_below(case: Case, missing: Sequence[Mention], opened: int) -> list[Mention]:
    """Those of which no later paragraph speaks either: without numbers it is not sure where the items end."""
    rest = "".join(p.text for p in case.passages[opened:])
    code = {m.at_level[0].code: m for m in missing if m.name.removesuffix("支出") not in rest}
    for name, home in _own_items().items():
        if home in code and name in rest:
            del code[home]
    return list(code.values())


@lru_cache(maxsize=1)
def _own_items() -> dict[str, str]:
    """The names of items that one class alone has, with the code of that."""
    homes: dict[str, set[str]] = {}
    for entry in registers().function.entries:
        if len(entry.code) == LEVELS["项"]:
            for name in entry.names:
                homes.setdefault(name, set()).add(entry.code[:3])
    return {n: min(codes) for n, codes in homes.items() if len(codes) == 1 and len(n) >= _NAMED}


def _classes_of(p: Passage, found: Iterable[Mention]) -> Iterator[Mention]:
    """The classes with an amount that a passage names, with their level in brackets or without."""
    marked = [m for m in found if m.level == "类" and m.at_level and _spent(m)]
    yield from marked
    for m in () if marked or not _AS_STRUCTURE.search(p.text) else _PLAIN_CLASS.finditer(p.text):
        entries = tuple(e for e in registers().function.named(m.group(1)) if len(e.code) == LEVELS["类"])
        plain = Mention(p, m.group(1), "类", "", m.start(1), m.end(1), entries, True)
        if entries and _spent(plain):
            yield plain


def _homes(found: Iterable[Mention]) -> set[str]:
    """The classes that a paragraph names or its names are of; where none is sure, all that they may be of."""
    each = [{e.code[:3] for e in m.at_level} for m in found]
    sure = [codes for codes in each if len(codes) == 1]
    return {code for codes in sure or each for code in codes}


def _numbered(passages: Sequence[Passage], opened: int) -> Iterator[int]:
    """Where the items stand below the words that open them; where these are one of them, with them."""
    for n in range(opened + 1, len(passages)):
        if not (_ITEM_NUMBER.match(passages[n].text) or _ITEM_NAMED.match(passages[n].text)):
            return
        yield n


def _opens(text: str) -> bool:
    """The words announce the details of all items, not of some."""
    return _DETAILS.search(text) is not None and not _WORDS["some"].search(text)


def _whole(p: Passage) -> bool:
    """Its shares come to the whole, so its classes are all there are; or it goes by function and has amounts alone."""
    shares = [Decimal(m.group(1)) for m in _WORDS["share"].finditer(p.text)]
    if shares:
        return abs(sum(shares, Decimal(0)) - 100) <= _ROUNDED
    return bool(_WORDS["by_function"].match(p.text)) and "等" not in p.text


_NAMED = 4
"""A shorter name of an item may be a word of the sentence."""
_FEW = 2
"""Of fewer items it is not sure that they are all."""
_ROUNDED = Decimal("0.1")
_NEXT, _OPENING = 2, 30
_DETAILS = _WORDS["details"]
_AS_STRUCTURE = _WORDS["as_structure"]
_PLAIN_CLASS = _WORDS["plain_class"]
_ITEM_NAMED = _WORDS["item_named"]
_ITEM_NUMBER = late(r"\(?\d{1,2}[).、]|[①-⑳]")


def _chapter(p: Passage) -> tuple[str, ...]:
    """The headings above a passage down to the first of the kind "五、……"; none where there is no such heading."""
    at = next((k for k, s in enumerate(p.section) if _CHAPTER.match(s)), None)
    if (
        at is None
        and (k := next((k for k, s in enumerate(p.section) if _STRUCTURE.search(s)), None)) is not None
    ):
        return (*p.section[:k], "支出决算")
    return p.section[: at + 1] if at is not None else ()


def _spent(m: Mention) -> bool:
    """An amount that is not nothing stands right behind the mention."""
    amount = _AMOUNT.search(m.passage.text, m.end, m.end + _CLOSE)
    if amount is not None:
        return not _ZERO.fullmatch(amount.group())
    share = _WORDS["share"].search(m.passage.text, m.end, m.end + _CLOSE)
    return share is not None and bool(Decimal(share.group(1)))


@rule("names.twice", needs=("text",))
def twice(case: Case) -> Iterator[Issue]:
    """One item twice in a list: "基本工资、奖金、津贴补贴、奖金"."""
    for p in case.passages:
        done: set[str] = set()
        for m in _WORDS["run"].finditer(_CIRCLED.sub("、", p.text)):
            found = _items(m.group())
            for name, times in Counter(found).items():
                sure = _economic(name) or (";" not in m.group() and len(found) >= _MANY)
                if times > 1 and len(name) >= 2 and _HAN.fullmatch(name) and sure:
                    done.add(name)
                    yield _twice(p, m.start(), m.end(), name)
        for name in _in_a_row(p.text):
            if name not in done:
                yield _twice(p, 0, len(p.text), name)


def _in_a_row(text: str) -> Iterator[str]:
    """Economic items that stand twice in a row of nothing else, whatever parts them."""
    row: list[str] = []
    pieces = (piece for sentence in text.split("。") for piece in (*_WORDS["parted"].split(sentence), ""))
    for piece in pieces:
        name = piece if _economic(piece) else _WORDS["together"].sub("", piece)
        led = _WORDS["led"].sub("", name)
        if name and _economic(name):
            row.append(name)
            continue
        yield from _doubled(row)
        row = [led] if led != name and _economic(led) else []


def _doubled(row: list[str]) -> Iterator[str]:
    """Those that a row of several has twice."""
    yield from (n for n, times in Counter(row).items() if times > 1 and len(row) > _SURE)


def _items(run: str) -> list[str]:
    """The names of a list; one that goes on behind a semicolon does so with the name of an economic item."""
    out: list[str] = []
    for part in run.split(";"):
        pieces = [_TAIL.sub("", i) for i in part.split("、")]
        if out and not _economic(pieces[0]):
            break
        led = _LED.sub("", pieces[0])
        if _economic(led):
            pieces[0] = led
        for piece in pieces:
            both = _BOTH.split(piece)
            out += both if len(both) > 1 and all(map(_economic, both)) else [piece]
    return out


def _economic(name: str) -> bool:
    """It is the name of an economic item."""
    return bool(registers().department_economic.named(name))


def _twice(p: Passage, begin: int, end: int, name: str) -> Issue:
    start = p.text.rfind(name, begin, end)
    words = p.verbatim(max(begin, start - 16), min(end, start + len(name) + 8)).strip()
    return issue_at("names.twice", words, p.place(start), name=name)
