"""预算 written for 决算 and the other way round, in titles and in sentences about the year itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.prose.passages import Passage, flat
from yibenzhang.recognising.profile import Profile
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.wording import Remark, is_title, sentence
from yibenzhang.standards import Standards

_WORDS = {"budget": ("预算", "决算"), "accounts": ("决算", "预算")}
_PAGE_NUMBER = re.compile(r"[.…·]*[-—]?\d{0,3}[-—]?$")
_YEAR = re.compile(r"20[0-4]\d(?=年)")
_QUOTED = re.compile(r"《[^《》]*》")
_SURE = 3
"""So many titles must name the document's own stage for each one that names the other."""


def stages(
    passages: list[Passage], tables: tuple[TableFacts, ...], profile: Profile, standards: Standards
) -> list[Remark]:
    """Titles and sentences that name the other stage, where the document's own stage is sure."""
    if profile.stage not in _WORDS or not profile.fiscal_year:
        return []
    own, other = _WORDS[profile.stage]
    out = [*_titles(passages, tables, profile, standards), *_sentences(passages, profile, standards)]
    mine = sum(is_title(p) and own in p.text for p in passages)
    if mine < _SURE * len(out):
        return []
    what = f"{profile.fiscal_year} 年{own}"
    return [
        Remark(
            "wording.stage", f"本文件是{what}，这里“{own}”和“{other}”写混了：“{r.words}”。", r.words, r.place
        )
        for r in out
    ]


def _titles(
    passages: list[Passage], tables: tuple[TableFacts, ...], profile: Profile, standards: Standards
) -> Iterator[Remark]:
    wrong = [re.compile(w) for w in standards.lists[f"stage_{profile.stage}_title"]]
    unless = [re.compile(w) for w in standards.lists["stage_unless"]]
    told: set[str] = set()
    for p in passages:
        text = _PAGE_NUMBER.sub("", p.text)
        if not is_title(p) or any(u.search(s) for u in unless for s in (*p.section, text)):
            continue
        if found := _wrong(text, wrong, profile):
            told.add(text)
            yield Remark("wording.stage", "", p.verbatim(0, len(p.text)).strip(), p.place(found.end() - 1))
    for t in tables:
        title = flat(t.table.title)
        if t.table.standard is None or any(title in one or one in title for one in told):
            continue
        if _wrong(title, wrong, profile) and not any(u.search(title) for u in unless):
            yield Remark("wording.stage", "", t.table.title, t.table.table.cells[0].place)


def _wrong(text: str, wrong: list[re.Pattern[str]], profile: Profile) -> re.Match[str] | None:
    """The wrong word of a title without another year in it, and with the other stage outside of names of rules."""
    if any(int(y) != profile.fiscal_year for y in _YEAR.findall(text)):
        return None
    bare = _QUOTED.sub(lambda m: "·" * len(m.group()), text)
    return next((m for w in wrong if (m := w.search(bare))), None)


def _sentences(passages: list[Passage], profile: Profile, standards: Standards) -> Iterator[Remark]:
    year = profile.fiscal_year or 0
    years = {"year": str(year), "last": str(year - 1)}
    wrong = [re.compile(w % years) for w in standards.lists[f"stage_{profile.stage}_text"]]
    for p in passages:
        quoted = [m.span() for m in _QUOTED.finditer(p.text)]
        for m in (m for w in wrong for m in w.finditer(p.text) if not is_title(p)):
            if any(a <= m.start() < b or a < m.end() <= b for a, b in quoted):
                continue
            begin, end = sentence(p.text, m.start(), m.end())
            words = p.verbatim(max(begin, m.start() - 12), min(end, m.end() + 16)).strip()
            yield Remark("wording.stage", "", words, p.place(m.start()))
