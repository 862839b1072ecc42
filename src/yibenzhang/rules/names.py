"""Names of classifications: the same code under two names, items listed in the text against the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
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
    out = [
        *_codes(tables),
        *_items(passages, tables, standards),
        *_unspent(passages, standards),
        *_spelt(passages, tables),
    ]
    return list(dict.fromkeys(out))


def _codes(tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    """One function code under two names in two tables of the same document."""
    first: dict[str, tuple[str, TableFacts, int]] = {}
    for t in tables:
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
                    message = f"科目 {row.code} 名称不一：{where.table.name}作“{known}”，{t.table.name}作“{label}”。"
                    others = ((known, _row_place(where, index)),)
                    yield Remark("names.code", message, label, _row_place(t, row.index), others)


def _row_place(t: TableFacts, index: int) -> Place:
    return next(c.place for c in t.table.table.cells if c.row <= index < c.row + c.row_span)


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
                code = codes.get(item) or _economic(item, standards)
                if code[:3] not in classes or amounts.get(item, False):
                    continue
                if any(printed and codes[name] == code for name, printed in amounts.items()):
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


def _economic(item: str, standards: Standards) -> str:
    """The code of an economic item, also where the text writes its name a little otherwise."""
    if code := standards.economic.get(item, ""):
        return code
    near = _near(item, list(standards.economic), 0.85) if len(item) >= 6 else None
    return standards.economic[near] if near else ""


def _unspent(passages: list[Passage], standards: Standards) -> Iterator[Remark]:
    """Items the text lists as part of the public expenditure and elsewhere says there were none of."""
    text = "".join(p.text for p in passages)
    for p in passages:
        for m in _LISTED.finditer(p.text):
            for words in standards.lists["unspent"]:
                item, none = words.split("=")
                if re.search(item, m.group("items")) and re.search(none, text):
                    name = re.search(item, m.group("items"))
                    said = name.group() if name else item
                    message = f"正文把“{said}”列为{m.group('group')}的构成，别处说没有这项支出。"
                    yield Remark("names.listed", message, said, p.place(m.start()))


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
            right = _near(name, sorted(labels), 0.88) or _longer(name, labels)
            if right and _core(right) != _core(name):
                words = p.verbatim(m.start(), m.end()).strip()
                yield Remark("names.spelt", f"正文作“{words}”，表中作“{right}”。", words, p.place(m.start()))


def _longer(name: str, labels: set[str]) -> str | None:
    """The one label that goes on where the name stops: "一般行政管理" for "一般行政管理事务"."""
    found = [label for label in labels if len(name) >= 5 and label.startswith(name)]
    return found[0] if len(found) == 1 else None


def _core(name: str) -> str:
    """A name without the endings that texts add or drop freely."""
    return re.sub(r"支出|费|的", "", name)


def _near(name: str, others: list[str], ratio: float = 0.7) -> str | None:
    best = max(others, key=lambda o: SequenceMatcher(None, name, o, autojunk=False).ratio(), default=None)
    if best is None or SequenceMatcher(None, name, best, autojunk=False).ratio() < ratio:
        return None
    return best
