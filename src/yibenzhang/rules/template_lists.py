"""Lists that were copied from the template: more of their items than a few have no amount in the tables.

Economic items behind 人员经费 or 公用经费, told once for a list where the table is read whole (its amounts come to
that of the sentence); classes of expenditure named one after the other, of which the tables have some and not the
others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.names import CLASSES, absent_items, copied, group_of
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import CLASS, registers

_BASIC = (".general_basic", ".fiscal_basic")
_CODE = 5
_CENT = Decimal(100)
_FEW = 3
"""So many items are named in the message."""
_LEAST = 3
_WORDS = patterns("template_lists")


@rule("names.template", needs=("text", "tables"))
def templates(case: Case) -> Iterator[Issue]:
    """A list of economic items of which more than a third have no amount, once for the same list."""
    seen: set[tuple[str, ...]] = set()
    for p, m, names, absent in absent_items(case):
        key = (group_of(m), *names)
        if not copied(m, names, absent) or key in seen or not _whole(case, p, m):
            continue
        seen.add(key)
        words = "、".join(absent[:_FEW])
        yield issue_at(
            "names.template",
            words,
            p.place(m.start()),
            group=group_of(m),
            count=len(names),
            absent=len(absent),
        )


def _whole(case: Case, p: Passage, m: re.Match[str]) -> bool:
    """The items of the table come to an amount of the sentence: all of them were read."""
    stated = [q for q in case.quantities if q.passage is p and q.money and m.start() <= q.start <= m.end()]
    return any(_near(q, total, count) for q in stated for total, count in _totals(case, CLASSES[group_of(m)]))


def _totals(case: Case, classes: tuple[str, ...]) -> list[tuple[Decimal, int]]:
    """What the items of some classes come to, column by column, and how many there are."""
    out = []
    for t in case.tables:
        if t.table.standard is None or not t.table.standard.id.endswith(_BASIC):
            continue
        columns: dict[str, list[Decimal]] = defaultdict(list)
        for block in t.blocks:
            for (k, column), f in block.cells.items():
                code = block.rows[k].code
                if len(code) == _CODE and code.startswith(classes) and f.amount and f.amount.value:
                    columns[column].append(f.amount.base)
        out += [(sum(found, Decimal(0)), len(found)) for found in columns.values()]
    return out


def _near(q: Quantity, total: Decimal, count: int) -> bool:
    return bool(total) and abs(q.amount.base - total) <= _CENT * max(count, 1)


@rule("names.classes", needs=("text", "tables"))
def classes(case: Case) -> Iterator[Issue]:
    """Classes of expenditure that a list of classes names and no table of functions has an amount for."""
    have = _printed(case)
    if len(have) < _LEAST - 1:
        return
    seen: set[str] = set()
    for p in case.passages:
        if p.heading or _WORDS["terms"].search("".join(p.section)):
            continue
        for m in _WORDS["run"].finditer(p.text):
            begin, end = sentence(p.text, m.start(), m.end())
            listed = _classes(m.group(), case.year)
            known = len(set(listed) & have)
            said = p.text[begin:end]
            if not _WORDS["own"].search(said) or _WORDS["other"].search(said):
                continue
            if len(listed) < _LEAST or 2 * known < len(listed):
                continue
            for code in sorted(set(listed) - have - seen):
                seen.add(code)
                entry = registers().function.entry(code, case.year)
                name = entry.name if entry else code
                yield issue_at("names.classes", p.clauses(m.start(), m.end()), p.place(m.start()), name=name)


def _classes(listed: str, year: int | None) -> list[str]:
    """The codes of the classes of a list; a name may have a joining word in it."""
    out = []
    for piece in _WORDS["lead"].sub("", listed).split("、"):
        whole = _class(piece, year)
        out += [whole] if whole else [_class(x, year) for x in re.split("[和及与]", piece)]
    return [code for code in out if code]


def _class(text: str, year: int | None) -> str:
    """The code of a class by its name, with or without 支出; empty where it is none."""
    bare = _WORDS["level"].sub("", text)
    found = (e for n in (bare, f"{bare}支出") for e in registers().function.named(n, year))
    return next((e.code for e in found if e.level == CLASS), "")


def _printed(case: Case) -> set[str]:
    """The classes that have an amount in any table."""
    have: set[str] = set()
    for t in case.tables:
        for block in t.blocks:
            for (k, _), f in block.cells.items():
                row = block.rows[k]
                code = row.code[:3] if row.code.startswith("2") else _class(row.label, case.year)
                if code and f.amount and f.amount.value:
                    have.add(code)
    return have
