"""Names of classifications: the same code under two names, items listed in the text against the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from yibenzhang.facts import TableFacts
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.rows import bare
from yibenzhang.rules.wording import Remark
from yibenzhang.standards import Standards, fold

_FUNCTION = (".expenditure", ".general_function", ".fiscal_expenditure", ".income")
_LISTED = re.compile(
    r"(?P<group>人员经费|公用经费|工资福利支出|对个人和家庭的补助|商品和服务支出)[\d,.]+(?:万元|元),?"
    r"(?:主要)?(?:包括|用于)[:：]?(?P<items>[^。;]{4,400})"
)
_CLASSES = {
    "人员经费": ("301", "303"),
    "公用经费": ("302", "309", "310"),
    "工资福利支出": ("301",),
    "对个人和家庭的补助": ("303",),
    "商品和服务支出": ("302",),
}
_PATH_ITEM = re.compile(r"([^,。;:“”\"、()\d.]{4,30})\(项\)")


def names(passages: list[Passage], tables: tuple[TableFacts, ...], standards: Standards) -> list[Remark]:
    """All remarks on names, in the order of the document."""
    out = [*_codes(tables), *_items(passages, tables, standards), *_spelt(passages, tables)]
    return list(dict.fromkeys(out))


def _codes(tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    """One function code under two names in two tables of the same document."""
    first: dict[str, tuple[str, TableFacts]] = {}
    for t in tables:
        if t.table.standard is None or not t.table.standard.id.endswith(_FUNCTION):
            continue
        for block in t.blocks:
            for row in block.rows:
                label = bare(row.label)
                if len(row.code) not in (3, 5, 7) or not row.code.startswith("2") or not label:
                    continue
                known = first.setdefault(row.code, (label, t))
                cut = known[0].startswith(label) or label.startswith(known[0])  # a narrow column cuts names
                if known[0] != label and not cut and known[1] is not t:
                    cells = t.table.table.cells
                    here = (c for c in cells if c.row <= row.index < c.row + c.row_span)
                    place = next(here).place
                    message = f"科目 {row.code} 名称不一：{known[1].table.name}作“{known[0]}”，{t.table.name}作“{label}”。"
                    yield Remark("names.code", message, label, place)


def _items(passages: list[Passage], tables: tuple[TableFacts, ...], standards: Standards) -> Iterator[Remark]:
    """Economic items the text lists, though the table has no amount for them; and the other way round."""
    amounts: dict[str, bool] = {}
    codes: dict[str, str] = {}
    for t in tables:
        if t.table.standard and t.table.standard.id.endswith((".general_basic", ".fiscal_basic")):
            for block in t.blocks:
                for k, row in enumerate(block.rows):
                    if len(row.code) == 5:
                        name = bare(row.label)
                        printed = any(
                            f.amount and f.amount.value for (r, _), f in block.cells.items() if r == k
                        )
                        amounts[name] = amounts.get(name, False) or printed
                        codes[name] = row.code
    if len(amounts) < 5:
        return
    for p in passages:
        for m in _LISTED.finditer(p.text):
            listed = [fold(i) for i in re.split(r"、", re.sub(r"等(?:支出|费用)?$", "", m.group("items")))]
            classes = _CLASSES[m.group("group")]
            for item in listed:
                code = codes.get(item) or standards.economic.get(item, "")
                if code[:3] not in classes or amounts.get(item, False):
                    continue
                place = p.place(m.start())
                yield Remark(
                    "names.listed",
                    f"正文把“{item}”列为{m.group('group')}的构成，表中没有这项支出。",
                    item,
                    place,
                )
            if not re.search(r"等(?:支出|费用)?$", m.group("items")) and len(listed) >= 4:
                for name, printed in amounts.items():
                    if (
                        printed
                        and codes[name][:3] in classes
                        and name not in listed
                        and _near(name, listed) is None
                    ):
                        message = f"{m.group('group')}的构成里没有列出“{name}”，表中有这项支出。"
                        yield Remark("names.left_out", message, name, p.place(m.start()))


def _spelt(passages: list[Passage], tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    """An item named in the text as no table names it, but nearly as one does ("其它" for "其他")."""
    labels = {
        bare(row.label)
        for t in tables
        if t.table.standard and t.table.standard.id.endswith(_FUNCTION)
        for block in t.blocks
        for row in block.rows
        if len(row.code) == 7
    }
    for p in passages:
        for m in _PATH_ITEM.finditer(p.text):
            name = bare(m.group(1))
            if not labels or name in labels:
                continue
            right = _near(name, sorted(labels), 0.88)
            if right and _core(right) != _core(name):
                words = p.verbatim(m.start(), m.end()).strip()
                yield Remark("names.spelt", f"正文作“{words}”，表中作“{right}”。", words, p.place(m.start()))


def _core(name: str) -> str:
    """A name without the endings that texts add or drop freely."""
    return re.sub(r"支出|费|的", "", name)


def _near(name: str, others: list[str], ratio: float = 0.7) -> str | None:
    best = max(others, key=lambda o: SequenceMatcher(None, name, o, autojunk=False).ratio(), default=None)
    if best is None or SequenceMatcher(None, name, best, autojunk=False).ratio() < ratio:
        return None
    return best
