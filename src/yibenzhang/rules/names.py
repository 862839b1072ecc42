"""Names of classifications: the same code under two names, items listed in the text against the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain

from yibenzhang.model.amounts import narrow
from yibenzhang.model.facts import Row
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import Standards, fold
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import registers

_FUNCTION = (".expenditure", ".general_function", ".fiscal_expenditure", ".income")
_WORDS = patterns("names")
CLASSES = {
    "工资福利支出和对个人和家庭的补助": ("301", "303"),
    "人员经费": ("301", "303"),
    "公用经费": ("302", "309", "310"),
    "工资福利支出": ("301",),
    "对个人和家庭的补助": ("303",),
    "商品和服务支出": ("302",),
}
_FORMERLY = frozenset({"社会保障缴费"})
"""Names of several items of today together."""
_TEMPLATE = 3
"""A list of which more than one in so many is not in the table was not written for this budget."""
_LONG_LIST = 12
_CLASS = 3
"""Digits of a class of the economic items."""


@rule("names.code", needs=("tables",))
def codes(case: Case) -> Iterator[Issue]:
    """One function code under two names in two tables of the same document."""
    first: dict[str, tuple[str, TableFacts, int]] = {}
    for t in case.tables:
        if t.table.standard is None or not t.table.standard.id.endswith(_FUNCTION):
            continue
        for block in t.blocks:
            for row in block.rows:
                label = bare(row.label)
                if len(row.code) not in (3, 5, 7) or not row.code.startswith("2") or not label:
                    continue
                known, where, index = first.setdefault(row.code, (label, t, row.index))
                cut = known.startswith(label) or label.startswith(known)  # a narrow column cuts names
                if known != label and not cut and where is not t:
                    yield issue_at(
                        "names.code",
                        label,
                        _row_place(t, row.index),
                        (known, _row_place(where, index)),
                        code=row.code,
                        first_table=where.table.name,
                        first_name=known,
                        table=t.table.name,
                    )


_ITEM = 7
"""Digits of an item's code."""


@rule("names.code", needs=("tables",))
def two_codes(case: Case) -> Iterator[Issue]:
    """One item of a group under two codes in two tables, each of which has it once; a name that a narrow column cuts is
    that of no item."""
    first: dict[tuple[str, str], tuple[Row, TableFacts]] = {}
    seen: set[tuple[str, str]] = set()
    for t in case.tables:
        for key, row in _items_once(t).items():
            known, where = first.setdefault(key, (row, t))
            if known.code == row.code or (row.label, row.code) in seen or not _named(case, known, row):
                continue
            seen.add((row.label, row.code))
            places = _row_place(t, row.index), (row.label, _row_place(where, known.index))
            yield issue_at(
                "names.code",
                row.label,
                *places,
                template="codes",
                first_table=where.table.name,
                first_code=known.code,
                code=row.code,
                table=t.table.name,
            )


def _items_once(t: TableFacts) -> dict[tuple[str, str], Row]:
    """The items of a table by name and group, without those that stand there under several codes."""
    found: dict[tuple[str, str], list[Row]] = {}
    if t.table.standard is not None and t.table.standard.id.endswith(_FUNCTION):
        for row in (r for block in t.blocks for r in block.rows):
            if len(row.code) == _ITEM and row.code.startswith("2") and row.label:
                found.setdefault((bare(row.label), row.code[:5]), []).append(row)
    return {key: rows[0] for key, rows in found.items() if len({r.code for r in rows}) == 1}


def _named(case: Case, *rows: Row) -> bool:
    """The register gives one of the codes the very name."""
    entries = [(r, registers().function.entry(r.code, case.year)) for r in rows]
    return any(e is not None and bare(r.label) == bare(e.name) for r, e in entries)


def _row_place(t: TableFacts, index: int) -> Place:
    return next(c.place for c in t.table.table.cells if c.row <= index < c.row + c.row_span)


def basic_items(tables: tuple[TableFacts, ...]) -> dict[str, tuple[str, bool]]:
    """The economic items of the tables of basic expenditure by name: code, and whether any has an amount."""
    out: dict[str, tuple[str, bool]] = {}
    for t in tables:
        if t.table.standard and t.table.standard.id.endswith((".general_basic", ".fiscal_basic")):
            for block in t.blocks:
                for k, row in enumerate(block.rows):
                    if len(row.code) == 5:
                        name = bare(row.label)
                        printed = any(
                            f.amount and f.amount.value for (r, _), f in block.cells.items() if r == k
                        )
                        out[name] = (row.code, out.get(name, ("", False))[1] or printed)
    return out


def item_lists(passages: Sequence[Passage]) -> Iterator[tuple[Passage, re.Match[str], list[str]]]:
    """The items that the text lists as parts of a kind of expenditure."""
    for p in passages:
        plain = (
            ()
            if any(_WORDS["glossary"].search(s) for s in p.section)
            else _WORDS["listed_plain"].finditer(p.text)
        )
        for m in chain(_WORDS["listed"].finditer(p.text), _WORDS["total_behind"].finditer(p.text), plain):
            items = [i.split(",")[0] for i in _WORDS["made"].sub("", _items(m)).split("、")]
            yield p, m, [fold(i) for item in items for i in _both(item)]


def _both(item: str) -> list[str]:
    """The two economic items that a list joins at its end ("公务用车运行维护费和办公设备购置")."""
    for joined in _WORDS["joins"].finditer(item):
        two = [item[: joined.start()], item[joined.end() :]]
        if all(registers().department_economic.named(t) for t in two):
            return two
    return [item]


def group_of(m: re.Match[str]) -> str:
    return _WORDS["group_joins"].sub("和", m.group("group"))


def _items(m: re.Match[str]) -> str:
    """The items of a list, as words or in brackets, without their numbers and amounts."""
    items = _WORDS["amount"].sub("", m.group("items") or m.group("inside") or "")
    items = _WORDS["also"].sub("、", items)
    return re.sub(r";?(?:(?<!\d)\d{1,2}[.、](?!\d)|[①-⑳])", "、", items).lstrip("、")


@rule("names.listed", needs=("text",))
def listed(case: Case) -> Iterator[Issue]:
    """Economic items the text lists, though the table has no amount for them."""
    for p, m, names, absent in absent_items(case):
        if copied(m, names, absent):
            continue  # from the template: it was not written for this budget
        for name in absent:
            economic = case.standards.economic.get(narrow(name), "0")[:3]
            yield issue_at("names.listed", name, p.place(m.start()), group=group_of(m), subject=economic)
    yield from _unspent(case.passages, case.standards)


def absent_items(case: Case) -> Iterator[tuple[Passage, re.Match[str], list[str], list[str]]]:
    """The lists of economic items of the text, and those of each that no table of basic expenditure has an amount
    for."""
    items = basic_items(case.tables)
    printed = {code for code, has in items.values() if has}
    for p, m, names in item_lists(case.passages) if len(items) >= 5 else ():
        absent = []
        for name in names:
            code, has = items.get(name, ("", False))
            own_sentence = "。" in m.group()
            code = code or ("" if own_sentence and name in _FORMERLY else economic_code(name, case.standards))
            of_group = len(code) > _CLASS and code[:3] in CLASSES[group_of(m)]
            if of_group and not has and code not in printed:
                absent.append(name)
        yield p, m, names, absent


def copied(m: re.Match[str], names: Sequence[str], absent: Sequence[str]) -> bool:
    """So much of a list is not in the tables that it is the template's."""
    return _TEMPLATE * len(absent) > len(names) > (_TEMPLATE if "。" in m.group() else _LONG_LIST)


@rule("names.left_out", needs=("text", "tables"))
def left_out(case: Case) -> Iterator[Issue]:
    """Economic items with an amount in the table, which a list without "等" lacks."""
    items = basic_items(case.tables)
    for p, m, names in item_lists(case.passages) if len(items) >= 5 else ():
        if re.search(_WORDS["etc"].pattern, _items(m)) or len(names) < 4 or not re.search(r"\d", m.group()):
            continue
        for name, (code, printed) in items.items():
            inside = printed and code[:3] in CLASSES[group_of(m)]
            if inside and name not in names and _near(name, names) is None:
                yield issue_at("names.left_out", name, p.place(m.start()), group=m.group("group"))


def economic_code(item: str, standards: Standards) -> str:
    """The code of an economic item, also where the text writes its name a little otherwise."""
    if code := standards.economic.get(item, ""):
        return code
    near = _near(item, list(standards.economic), 0.85) if len(item) >= 6 else None
    return standards.economic[near] if near else ""


def _unspent(passages: Sequence[Passage], standards: Standards) -> Iterator[Issue]:
    """Items the text lists as part of the public expenditure and elsewhere says there were none of."""
    text = "".join(p.text for p in passages)
    for p in passages:
        for m in _WORDS["listed"].finditer(p.text):
            for words in standards.lists["unspent"]:
                item, none = words.split("=")
                if re.search(item, _items(m)) and re.search(none, text):
                    name = re.search(item, _items(m))
                    said = name.group() if name else item
                    yield issue_at(
                        "names.listed",
                        said,
                        p.place(m.start()),
                        template="denied",
                        group=m.group("group"),
                        subject=standards.economic.get(narrow(said), "0")[:3],
                    )


@rule("names.spelt", needs=("text", "tables"))
def spelt(case: Case) -> Iterator[Issue]:
    """An item named in the text as no table names it, but nearly as one does ("其它" for "其他")."""
    codes = {
        row.code: bare(row.label)
        for t in case.tables
        if t.table.standard and t.table.standard.id.endswith(_FUNCTION)
        for block in t.blocks
        for row in block.rows
        if len(row.code) == 7
    }
    labels = set(codes.values())
    for p in case.passages:
        for m in _WORDS["path_item"].finditer(p.text):
            name = bare(m.group(1)).lstrip("【[〔")
            if not labels or any(name.endswith(label) for label in labels):
                continue  # it is written so, perhaps behind "一是" or a year
            of_code = codes.get(m.group()[-8:-1])
            right = (
                _near(name, sorted(labels), 0.88)
                or _longer(name, labels)
                or (_near(name, [of_code]) if of_code else None)
            )
            if right and _core(right) != _core(name):
                words = p.verbatim(m.start(), m.end()).strip()
                yield issue_at("names.spelt", words, p.place(m.start()), right=right)


def _longer(name: str, labels: set[str]) -> str | None:
    """The one label that goes on where the name stops: "一般行政管理" for "一般行政管理事务"."""
    found = [label for label in labels if len(name) >= 5 and label.startswith(name)]
    return found[0] if len(found) == 1 else None


def _core(name: str) -> str:
    """A name without the endings that texts add or drop freely."""
    return _WORDS["free"].sub("", name)


def _near(name: str, others: list[str], ratio: float = 0.7) -> str | None:
    best = max(others, key=lambda o: SequenceMatcher(None, name, o, autojunk=False).ratio(), default=None)
    if best is None or SequenceMatcher(None, name, best, autojunk=False).ratio() < ratio:
        return None
    return best
