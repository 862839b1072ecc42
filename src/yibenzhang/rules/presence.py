"""What ought to be there: the tables that the contents list, statements under empty tables, the right statement."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.amounts import CellState
from yibenzhang.documents import Document
from yibenzhang.facts import TableFacts
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.recognising.profile import Profile
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
    out = list(_other_notes(passages, tables))
    if not any(n.unread for n in document.notices):
        out.extend(_listed(document, passages, tables, profile, standards))
        out.extend(_empty(passages, tables))
    return out


def _listed(
    document: Document,
    passages: list[Passage],
    tables: tuple[TableFacts, ...],
    profile: Profile,
    standards: Standards,
) -> Iterator[Remark]:
    """Standard tables named in the contents but not found, where most of those named were found.

    Only in files whose tables were drawn: other people's text extraction loses tables.
    """
    if document.kind in ("text", "csv"):
        return
    found = {t.table.standard.id for t in tables if t.table.standard}
    listed: dict[str, Passage] = {}
    for p in passages[:60]:
        if p.pieces[0][1].place.page and p.pieces[0][1].place.page > 4:
            break
        for name in re.split(r"\d+$|[.…·]{3,}", p.text):
            if (
                name.endswith("表")
                and len(name) < 50
                and (table := match_title(name, profile.stage, standards))
            ):
                listed.setdefault(table.id, p)
    missing = [i for i in listed if i not in found]
    if not listed or len(missing) * 3 > len(listed):
        return
    for i in missing:
        p = listed[i]
        words = p.verbatim(0, len(p.text)).strip()
        yield Remark(
            "presence.listed",
            f"目录列有“{words}”，正文没有找到“{standards.table_by_id[i].name}”。",
            words,
            p.place(0),
        )


def _empty(passages: list[Passage], tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    text = "".join(p.text for p in passages)
    for t in tables:
        standard = t.table.standard
        if standard is None or standard.layout == "form" or not t.blocks or t.table.statement:
            continue
        if any(f.state not in (CellState.BLANK, CellState.DASH) for f in t.facts()):
            continue
        inside = "".join(flat(c.text) for c in t.table.table.cells if c.row >= t.table.header.first)
        key = _FUND if "fund" in standard.id else _CAPITAL if "state_capital" in standard.id else "三公"
        told = re.search(rf"(?:无|没有|未)[^。;]{{0,12}}{key}|{key}[^。;]{{0,30}}(?:无|没有|为0|0万元)", text)
        if _NONE.search(inside) or (told and key != "三公"):
            continue
        message = f"“{t.table.name}”没有一个数，也没有说明（如“本表无数据”）。"
        yield Remark("presence.empty", message, t.table.title, t.table.table.cells[0].place)


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
