"""What ought to be there: the tables that the contents list, statements under empty tables, the right statement."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.amounts import CellState
from yibenzhang.model.documents import Document, Table
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.recognising.profile import Profile
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.recognising.tables import match_title
from yibenzhang.rules.wording import Remark
from yibenzhang.standards import Standards

_FUND, _CAPITAL = "政府性基金", "国有资本"
_NONE = re.compile(r"无|没有|未安排|空表|为空|不涉及|未发生")


def presence(
    document: Document,
    passages: list[Passage],
    tables: tuple[TableFacts, ...],
    profile: Profile,
    standards: Standards,
) -> list[Remark]:
    """Remarks on what is missing or stands in the wrong place."""
    absent: dict[str, Remark] = {}
    unread = any(n.unread for n in document.notices)
    for part in () if unread else document.parts or (document,):
        own = {id(p) for p in part.paragraphs()} if document.parts else set()
        mine = [p for p in passages if not own or id(p.pieces[0][1]) in own]
        absent |= _listed(part, mine, tables, profile, standards)
    notes = [*_other_notes(passages, tables), *_denied(tables)]
    out = [r for r in notes if not _orphaned(r.words, absent)]
    out += [*_promised(passages, tables, standards), *absent.values()]
    for part in document.parts or (document,):
        out.extend(_labelled(part))
    if not unread:
        out.extend(_empty(passages, tables))
        out.extend(_required(passages, profile, standards))
    return out


def _orphaned(note: str, absent: dict[str, Remark]) -> bool:
    """The note is that of a table that is not there, which is told."""
    words = {_FUND: ".fund", _CAPITAL: ".state_capital"}
    return any(w in note and i.endswith(end) for w, end in words.items() for i in absent)


_TALKS = 60
"""A document with fewer passages than this has no explanations: it is tables alone."""


def _required(passages: list[Passage], profile: Profile, standards: Standards) -> Iterator[Remark]:
    """Sections that the regulation asks for and that the text nowhere touches."""
    text = "".join(p.text for p in passages).replace("“", "").replace("”", "")
    asked = [
        s
        for s in standards.sections
        if s.required
        and s.stage in ("", profile.stage)
        and (not s.regions or profile.region in s.regions)
        and s.since <= (profile.fiscal_year or 0)
    ]
    missing = [s for s in asked if not any(w in text for w in s.told)]
    if len(passages) < _TALKS or len(missing) * 3 > len(asked):
        return
    if missing:
        names = "、".join(f"“{s.name}”" for s in missing)
        yield Remark("presence.section", f"全文没有{names}。", "", passages[0].place(0))


def _promised(
    passages: list[Passage], tables: tuple[TableFacts, ...], standards: Standards
) -> Iterator[Remark]:
    """A heading that announces an amount, and nothing under it that is an amount or says there is none."""
    for k, p in enumerate(passages):
        if (
            not p.heading
            or ":" in p.text
            or "表" in p.text[-3:]
            or not re.search(r"情况|说明|安排|支出|经费", p.text)
        ):
            continue
        named = [s for s in standards.sections if s.amount and any(w in p.text for w in s.words)]
        under = []
        for q in passages[k + 1 : k + 40]:
            if p.text not in q.section:
                break
            under.append(q.text)
        told = "".join(under)
        if any(q.heading and q.text.startswith(p.text) for q in passages[k + 1 :]):
            continue  # an entry of the contents page
        if not named or not told or re.search(r"\d+(?:\.\d+)?(?:万元|元|亿元)|[零〇]元", told):
            continue
        if _NONE.search(told) or re.search(r"\d", told) or "见" in told or "附" in told:
            continue
        words = p.verbatim(0, len(p.text)).strip()
        message = f"“{words}”一节没有金额，也没有说明没有这项支出。"
        yield Remark("presence.amount", message, words, p.place(0))


def _listed(
    document: Document,
    passages: list[Passage],
    tables: tuple[TableFacts, ...],
    profile: Profile,
    standards: Standards,
) -> dict[str, Remark]:
    """Standard tables named in the contents but not found, where most of those named were found; by table.

    In text that others extracted, which loses tables, only where the title is not there either.
    """
    start = 0
    if not document.drawn:
        if (at := next((k for k, p in enumerate(passages[:60]) if p.text in ("目录", "目次")), None)) is None:
            return {}
        start = at + 1
    found = {t.table.standard.id for t in tables if t.table.standard}
    listed: dict[str, Passage] = {}
    last = start
    for k, p in enumerate(passages[start : start + 60], start):
        if p.pieces[0][1].place.page and p.pieces[0][1].place.page > 4:
            break
        if not document.drawn and any(p.text == q.text for q in passages[start:k]):
            break
        for name in re.split(r"\d+$|[.…·]{3,}", p.text):
            if (
                name.endswith("表")
                and len(name) < 50
                and (table := match_title(name, profile.stage, standards))
            ):
                listed.setdefault(table.id, p)
                last = k
    if not document.drawn:
        short = [p.text for p in passages[last + 1 :] if len(p.text) < 60]
        found |= {t.id for text in short if (t := match_title(text, profile.stage, standards))}
    missing = [i for i in listed if i not in found]
    if not listed or len(missing) * 3 > len(listed):
        return {}
    out: dict[str, Remark] = {}
    for i in missing:
        p = listed[i]
        words = p.verbatim(0, len(p.text)).strip()
        out[i] = Remark(
            "presence.listed",
            f"目录列有“{words}”，正文没有找到“{standards.table_by_id[i].name}”。",
            words,
            p.place(0),
        )
    return out


_LABEL = re.compile(r"(?:附表|表|附件)[-—]?\d+(?:[-—.]\d+)?|公开\d+表")
_PART = re.compile(r"第[一二三四五六七八九十]+部分")


def _labelled(document: Document) -> Iterator[Remark]:
    """A number such as "附表-3" above nothing: the next table's number, or the next part, follows it at once."""
    blocks = [b for b in document.blocks() if isinstance(b, Table) or flat(b.text)]
    texts = ["" if isinstance(b, Table) else flat(b.text) for b in blocks]
    labels = [bool(_LABEL.fullmatch(t)) for t in texts]
    if sum(labels) < _LABELS:
        return
    for k, block in enumerate(blocks[:-1]):
        if not labels[k] or isinstance(block, Table) or not (labels[k + 1] or _PART.match(texts[k + 1])):
            continue
        if texts[k] == texts[k + 1] or (k and labels[k - 1] and labels[k + 1]):
            continue  # a list of numbers
        label, after = block.text.strip(), texts[k + 1][:30]
        yield Remark("presence.label", f"“{label}”下面没有表，紧接着就是“{after}”。", label, block.place)


_SENTENCE = 30
_LABELS = 4
"""Fewer numbered tables say nothing about the numbering."""


_GENERAL = "一般公共预算"
_KEYS = ((".fund", _FUND), (".state_capital", _CAPITAL), (".three_public", "三公"))
"""What a text says there is none of, where the table is empty."""


def _empty(passages: list[Passage], tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    alone = not any(len(p.text) >= _SENTENCE and "。" in p.text for p in passages)
    if alone and sum(t.table.standard is not None for t in tables) >= _LABELS:
        return  # tables alone: what is said of them stands in another file
    text = "\n".join(p.text for p in passages)
    for t in tables:
        standard = t.table.standard
        if standard is None or standard.layout == "form" or not t.blocks or t.table.statement:
            continue
        nothing = {CellState.BLANK, CellState.DASH}
        if standard.id.endswith((".fund", ".state_capital")):
            nothing.add(CellState.ZERO)  # where there is none, a printed zero is as empty as a blank
        if any(f.state not in nothing for f in t.facts()):
            continue
        inside = "".join(flat(c.text) for c in t.table.table.cells if c.row >= t.table.header.first)
        key = next((k for end, k in _KEYS if standard.id.endswith(end)), _GENERAL)
        none = r"(?:无|没有|(?<![\d.,])0(?:\.0+)?(?:万?元|[,;。]))"
        told = re.search(rf"(?:无|没有|未)[^。;\n]{{0,12}}{key}|{key}[^。;\n]{{0,30}}{none}", text)
        if _NONE.search(inside) or (told and key != "三公"):
            continue
        message = f"“{t.table.name}”是空表，没有说明（如“本单位没有这项支出，本表无数据”）。"
        yield Remark("presence.empty", message, t.table.title, t.table.table.cells[0].place)


_EMPTY_NOTE = re.compile(r"(?:故|因此)?(?:本|此|该)表(?:为空|是空表|无数据|没有数据)")


def _denied(tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    """A table with numbers, whose note says that it is empty."""
    for t in tables:
        if t.table.standard is None or not _EMPTY_NOTE.search(flat(t.table.statement)):
            continue
        told = next((f for f in t.facts() if f.amount and f.amount.value), None)
        if told is not None:
            note = t.table.statement[:60]
            message = f"“{t.table.name}”的说明写“{note}”，表中却有数（如 {told.text}）。"
            place = t.table.table.cells[-1].place
            yield Remark("presence.denied", message, note, place, ((told.text, told.place),))


def _other_notes(passages: list[Passage], tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    for t in tables:
        note, standard = flat(t.table.statement), t.table.standard
        if standard is None or not note or not _NONE.search(note):
            continue
        mine, other = (_FUND, _CAPITAL) if standard.id.endswith(".fund") else (_CAPITAL, _FUND)
        if standard.id.endswith((".fund", ".state_capital")) and other in note and mine not in note:
            message = f"“{standard.name}”下的说明写的是{other}：“{t.table.statement[:60]}”。"
            yield Remark(
                "presence.other_note", message, t.table.statement[:60], t.table.table.cells[-1].place
            )
    for p in passages:
        heading = p.section[-1] if p.section else ""
        for mine, other in ((_CAPITAL, _FUND), (_FUND, _CAPITAL)):
            if (
                mine in heading
                and other not in heading
                and other in p.text
                and mine not in p.text
                and len(p.text) < 80
            ):
                words = p.verbatim(0, len(p.text)).strip()
                message = f"“{heading}”一节写的是{other}：“{words}”。"
                yield Remark("presence.other_note", message, words, p.place(0))
