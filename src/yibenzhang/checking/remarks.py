"""Everything a document is told that is no equation: wording, names, reasons, completeness, goals, reading."""

from __future__ import annotations

from yibenzhang.balance.diagnose import Cause
from yibenzhang.checking.messages import notice
from yibenzhang.checking.ocr_correction import Repair
from yibenzhang.checking.placing import Whereabouts
from yibenzhang.model.documents import Document
from yibenzhang.model.findings import Evidence, Finding, evidence_of
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.prose.quantities import Quantity
from yibenzhang.recognising.profile import Profile
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.contents import contents
from yibenzhang.rules.counting import counting
from yibenzhang.rules.gaps import gaps
from yibenzhang.rules.likeness import likeness
from yibenzhang.rules.lists import Doubt, unexplained
from yibenzhang.rules.names import names
from yibenzhang.rules.presence import presence
from yibenzhang.rules.projects import projects
from yibenzhang.rules.reasons import reasons
from yibenzhang.rules.register_codes import register_codes
from yibenzhang.rules.stages import stages
from yibenzhang.rules.wording import GIVEN, Remark, wording
from yibenzhang.standards import Standards


def remarks_of(
    document: Document,
    passages: list[Passage],
    tables: tuple[TableFacts, ...],
    quantities: tuple[Quantity, ...],
    profile: Profile,
    standards: Standards,
) -> list[Remark]:
    """All remarks on the text and the tables, rule by rule."""
    worded = [
        *wording(passages, tables, profile, standards),
        *stages(passages, tables, profile, standards),
    ]
    named = names(passages, tables, standards)
    return [
        *worded,
        *presence(document, passages, tables, profile, standards),
        *contents(passages, tables, profile, standards),
        *([] if any(n.unread for n in document.notices) else gaps(tables)),
        *likeness(passages, profile, standards),
        *reasons(passages, tables, profile, standards),
        *named,
        *register_codes(tables, profile, standards, [r for r in named if r.rule == "names.code"]),
        *(r for r in projects(tables, quantities) if not _named_in(r, worded)),
        *counting(passages, tables, quantities),
    ]


def _named_in(remark: Remark, worded: list[Remark]) -> bool:
    """A project said to be missing, whose amount in the text is broken, which is told."""
    return remark.rule == "projects.missing" and any(flat(remark.words) in flat(r.words) for r in worded)


def told_doubts(
    doubts: list[Doubt], causes: list[Cause], remarks: list[Remark], standards: Standards
) -> list[Finding]:
    """The doubts that neither a cause nor a remark tells already, as findings."""
    counted = {r.place.key for r in remarks if r.rule == "projects.count"}
    left = [
        d
        for d in _years_once(unexplained(doubts, causes), remarks)
        if d.rule != "prose.count" or d.quantities[0].fact.place.key not in counted
    ]
    return [_doubt(d, standards) for d in left]


def told_remark(remark: Remark, standards: Standards, printed: Whereabouts) -> Finding:
    """The remark as a finding, with the places where its words are printed."""
    places = ((remark.words, remark.place), *remark.others)
    evidence = tuple(
        Evidence("", "", "正文", "", "", words, "", printed.of(words, place)) for words, place in places
    )
    return notice(remark.rule, remark.message, evidence, standards, remark.place.key)


def _years_once(doubts: list[Doubt], remarks: list[Remark]) -> list[Doubt]:
    """Without the doubts about a year that a remark tells already: of the same sentence, or of the cover."""
    told = {r.place.key for r in remarks if r.rule == "wording.year"}
    mine = [d for d in doubts if d.rule == "prose.year"]
    cover = any(r.rule == "wording.year" and r.message.startswith(("封面", GIVEN)) for r in remarks)
    if cover or (told and len(mine) >= 3):  # the year of the document itself is what is wrong
        return [d for d in doubts if d.rule != "prose.year"]
    return [d for d in doubts if d.rule != "prose.year" or d.quantities[0].fact.place.key not in told]


def _doubt(doubt: Doubt, standards: Standards) -> Finding:
    evidence = tuple(evidence_of(q.fact, "正文") for q in doubt.quantities)
    if not evidence and doubt.place:
        evidence = (Evidence("", "", "正文", "", "", doubt.words, "", doubt.place),)
    return notice(doubt.rule, doubt.message, evidence, standards, evidence[0].fact if evidence else "")


def told_reading(document: Document, standards: Standards) -> list[Finding]:
    """What could not be read, and what was recognised from images."""
    out = [_scanned(part, standards) for part in document.parts or (document,) if part.scanned]
    for n in document.notices:
        where = f"{n.place}：" if n.place else ""
        evidence = (Evidence("", "", "", "", "", "", "", n.place),) if n.place else ()
        out.append(notice("reading.page", where + n.message, evidence, standards))
    return out


def told_conflicts(profile: Profile, standards: Standards) -> list[Finding]:
    return [notice("profile.conflict", text, (), standards) for text in profile.conflicts]


def _scanned(document: Document, standards: Standards) -> Finding:
    pages = sorted(page for _, page in document.scanned)
    whole = len(pages) == len(document.pages)
    which = f"全部 {len(pages)} 页" if whole else "第" + "、".join(_runs(pages)) + "页"
    message = f"{which}是扫描件，文字和数字由识别得来；据此发现的问题最多列为疑问，请核对原件。"
    return notice("reading.scanned", message, (), standards)


def _runs(pages: list[int]) -> list[str]:
    """Page numbers as runs: 1 至 3、7."""
    out: list[list[int]] = []
    for page in pages:
        if out and page == out[-1][-1] + 1:
            out[-1].append(page)
        else:
            out.append([page])
    return [f"{r[0]} 至 {r[-1]}" if len(r) > 1 else str(r[0]) for r in out]


def told_repair(repair: Repair, name: str, standards: Standards) -> Finding:
    """A number that was put right, once."""
    fact = repair.fact
    message = (
        f"{fact.place}：{name}{fact.where}识别为 {fact.text}，按加总应为 {repair.text}，"
        "已按后者核对；这是识别的疑问，不是文件的错误，请核对原件。"
    )
    return notice("reading.repaired", message, (evidence_of(fact, name),), standards, fact.id)
