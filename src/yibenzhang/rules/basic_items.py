"""Items said to be basic expenditure, which the tables have under projects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.reasons import NAMED_ITEM, clauses_of_items
from yibenzhang.rules.registry import rule

_BASIC_REASON = re.compile(
    r"(?:原因|主要是)[^。;]*?(?:压减|增加|减少|压缩|调整)(?:了)?(?:日常)?(?:公用经费|人员经费|人员工资)"
)
_BASIC = re.compile(
    r"(?<![不非未])用于[^。;]*?(?:等|的)基本支出|(?<![不非未])(?:用于|全部为|均为|全部是|属于|主要是|主要为|元,(?:同样|同为|均|都|也|亦|全部|全|皆)?(?:系|为|属))(?!项目)[^。;,除外]{0,16}基本支出(?!以外|之外|外|和项目|、项目|增|减|压|下降|上升|的?变)"
    r"|(?<![不非未])用途(?:主要)?(?:是|为|系|:)+(?!项目)[^。;,除外]{0,24}基本支出(?!以外|之外|外|和项目|、项目|增|减|压|下降|上升|的?变)"
    r"|为保障[^。;,]{0,24}的基本支出|(?<![不未])(?<!没有)(?<!不应)(?<!不再)(?:列入?|列为|列支于|计入)基本支出(?!以外|之外|外|和项目|、项目)"
)
_CALLED_BASIC = re.compile(
    r"(?:该|此|本)(?:科目|项)?(?:支出|经费|资金)?(?:反映的)?(?:是|为|系|属于)(?:单位|机构|机关)?的?基本支出"
)
"""What is said of an item right behind its amount."""
_ONLY_BASIC = re.compile(
    r",其中:?(?:人员经费|(?:日常)?公用经费)\d[\d,.]*(?:万元|元),(?:人员经费|(?:日常)?公用经费)\d"
    r"|用于[^。;]{0,60}(?:等|的)日常公用(?:支出|经费)(?=[。;,]|$)"
)
"""What no project is for."""
_BASIC_ITEMS = re.compile(r"(?:用于|属于|列入)基本支出的(?:科目)?(?:有|为|是|包括)[^。;]{4,200}")
_SPENDING = (".expenditure", ".general_function")
"""Tables that have basic expenditure and projects in columns of their own."""


@rule("reasons.basic", needs=("text", "tables"))
def basic(case: Case) -> Iterator[Issue]:
    """An item said to be for basic expenditure, where the table has it under projects, or under both."""
    spent = _basic_and_projects(case.tables)
    for p, start, end, name in clauses_of_items(case.passages):
        split = spent.get(name, {})
        if len(split) < 2 or not split["project"]:
            continue
        if not split["basic"]:
            for m in _BASIC_REASON.finditer(p.text, start, end):
                words = p.verbatim(m.start(), m.end()).strip()
                yield issue_at("reasons.basic", words, p.place(m.start()), template="reason", item=name)
        found = _BASIC.search(p.text, start, end)
        if found is None and not split["basic"]:
            found = _ONLY_BASIC.search(p.text, start, end)
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


def _plainly_basic(passages: Sequence[Passage], spent: dict[str, dict[str, bool]]) -> Iterator[Issue]:
    """The same of an item that is named without its level: its name, its amount and the purpose in one sentence."""
    names = [n for n, split in spent.items() if len(split) == 2 and split["project"] and not split["basic"]]
    if not names:
        return
    known = "|".join(re.escape(n) for n in names if len(n) >= _ITEM_NAME)
    plain = re.compile(rf"({known})(?:预算|安排|支出|为){{0,3}}\d[\d,.]*(?:万元|元)[,:]") if known else None
    for p in passages if plain else ():
        for m in plain.finditer(p.text) if plain else ():
            stop = _SENTENCE_END.search(p.text, m.end())
            end = stop.start() if stop else len(p.text)
            found = _BASIC.match(p.text, m.end(), end) or _CALLED_BASIC.match(p.text, m.end(), end)
            if found:
                words = p.clauses(m.start(), found.end())
                yield issue_at(
                    "reasons.basic", words, p.place(found.start()), item=m.group(1), kind="only_project"
                )


_ITEM_NAME = 6
_SENTENCE_END = re.compile("[。;]")


def _called_basic(passages: Sequence[Passage], spent: dict[str, dict[str, bool]]) -> Iterator[Issue]:
    """A list of the items that are basic expenditure, with one among them that the table has under projects alone."""
    for p in passages:
        for whole in _BASIC_ITEMS.finditer(p.text):
            for m in NAMED_ITEM.finditer(p.text, whole.start(), whole.end()):
                name = bare(m.group(1))
                split = spent.get(name, {})
                if len(split) == 2 and split["project"] and not split["basic"]:
                    words = p.clauses(m.start(), m.end())
                    yield issue_at("reasons.basic", words, p.place(m.start()), item=name, kind="only_project")
