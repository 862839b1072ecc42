"""Items said to be basic expenditure, which the tables have under projects."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.reasons import NAMED_ITEM, clauses_of_items
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("basic_items")
_ITEM_NAME = 6
_SENTENCE_END = late("[。;]")
_SPENDING = (".expenditure", ".general_function")
"""Tables that have basic expenditure and projects in columns of their own."""


@rule("reasons.basic", needs=("text", "tables"))
def basic(case: Case) -> Iterator[Issue]:
    """An item said to be for basic expenditure, where the table has it under projects, or under both."""
    spent = _basic_and_projects(case.tables)
    for p, start, end, name in clauses_of_items(case.passages):
        name = _known_at_end(name, spent)
        split = spent.get(name, {})
        if len(split) < 2 or not split["project"]:
            continue
        if not split["basic"]:
            for m in _WORDS["reason"].finditer(p.text, start, end):
                words = p.verbatim(m.start(), m.end()).strip()
                yield issue_at("reasons.basic", words, p.place(m.start()), template="reason", item=name)
        found = _WORDS["basic"].search(p.text, start, end)
        if found is None and not split["basic"]:
            found = _WORDS["only_basic"].search(p.text, start, end)
        if found:
            words = p.verbatim(found.start(), found.end()).strip()
            kind = "also_project" if split["basic"] else "only_project"
            yield issue_at("reasons.basic", words, p.place(found.start()), item=name, kind=kind)
    yield from _called_basic(case.passages, spent)
    yield from _plainly_basic(case.passages, spent)


def _basic_and_projects(tables: Sequence[TableFacts]) -> dict[str, dict[str, bool]]:
    """The items of the expenditure tables, and whether they have money under basic expenditure and under projects."""
    spent: dict[str, dict[str, bool]] = {}
    for t in tables:
        if t.table.standard is None or not t.table.standard.id.endswith(_SPENDING):
            continue
        for block in t.blocks:
            for (k, measure), fact in block.cells.items():
                row = block.rows[k]
                if len(row.code) == 7 and measure in ("basic", "project"):
                    columns = spent.setdefault(bare(row.label), {})
                    columns[measure] = columns.get(measure, False) or bool(fact.amount and fact.amount.value)
    return spent


def _known_at_end(words: str, spent: Collection[str]) -> str:
    """The item of the tables with whose name words end ("列入一般行政管理事务"); the words where there is none."""
    ends = [n for n in spent if words.endswith(n) and not words.removesuffix(n).endswith("其他")]
    return max(ends, key=len, default=words)


def _plainly_basic(passages: Sequence[Passage], spent: dict[str, dict[str, bool]]) -> Iterator[Issue]:
    """The same of an item that is named without its level: its name, its amount and the purpose in one sentence."""
    names = [n for n, split in spent.items() if len(split) == 2 and split["project"] and not split["basic"]]
    if not names:
        return
    known = [re.escape(n) for n in names if len(n) >= _ITEM_NAME]
    plain = late(rf"({'|'.join(known)})(?!\(项){_WORDS['between'].pattern}") if known else None
    for p in passages if plain else ():
        for m in plain.finditer(p.text) if plain else ():
            stop = _SENTENCE_END.search(p.text, m.end())
            end = stop.start() if stop else len(p.text)
            found = _WORDS["basic"].match(p.text, m.end(), end) or _WORDS["called"].match(
                p.text, m.end(), end
            )
            if found:
                words = p.clauses(m.start(), found.end())
                yield issue_at(
                    "reasons.basic", words, p.place(found.start()), item=m.group(1), kind="only_project"
                )


def _called_basic(passages: Sequence[Passage], spent: dict[str, dict[str, bool]]) -> Iterator[Issue]:
    """A list of the items that are basic expenditure, with one among them that the table has under projects alone."""
    for p in passages:
        for whole in _WORDS["list"].finditer(p.text):
            for m in NAMED_ITEM.finditer(p.text, whole.start(), whole.end()):
                name = bare(m.group(1))
                split = spent.get(name, {})
                if len(split) == 2 and split["project"] and not split["basic"]:
                    words = p.clauses(m.start(), m.end())
                    yield issue_at("reasons.basic", words, p.place(m.start()), item=name, kind="only_project")
