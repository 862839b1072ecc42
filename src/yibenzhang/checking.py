"""The straight line from a file to its findings, in one page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from yibenzhang.balance.coverage import Coverage, Standing, coverage, standings
from yibenzhang.balance.diagnose import Cause, diagnose
from yibenzhang.balance.evaluate import evaluate
from yibenzhang.balance.relations import NotChecked, Outcome, Relation, Result
from yibenzhang.documents import Document
from yibenzhang.facts import TableFacts, table_facts
from yibenzhang.findings import Evidence, Finding, Severity, evidence_of
from yibenzhang.prose.passages import Passage, passages_of
from yibenzhang.prose.quantities import Quantity
from yibenzhang.reading import read
from yibenzhang.recognising.profile import Profile, profile_of
from yibenzhang.recognising.stitching import framed_tables
from yibenzhang.recognising.tables import recognise_tables
from yibenzhang.repairing import Repair, capped, repaired, repairs_of
from yibenzhang.rules.lists import Doubt
from yibenzhang.rules.names import names as names_of
from yibenzhang.rules.presence import presence
from yibenzhang.rules.projects import projects
from yibenzhang.rules.prose import prose_of
from yibenzhang.rules.realign import realign
from yibenzhang.rules.sums import build
from yibenzhang.rules.wording import Remark, wording
from yibenzhang.standards import Standards, load
from yibenzhang.telling import findings_of, notice

REPAIR_ROUNDS = 3
"""A number put right may show another one: so many times over."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that was found out about one document."""

    document: Document
    profile: Profile
    tables: tuple[TableFacts, ...]
    results: tuple[Result, ...]
    standing: dict[str, Standing]
    coverage: Coverage
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    passages: tuple[Passage, ...]
    quantities: tuple[Quantity, ...]

    @property
    def shares(self) -> tuple[Coverage, Coverage]:
        """The coverage of the numbers in standard tables, and of those in the text."""
        text = {q.fact.id for q in self.quantities}
        inside = {i: s for i, s in self.standing.items() if i not in text}
        return coverage(inside), coverage({i: s for i, s in self.standing.items() if i in text})

    @property
    def worst(self) -> Severity | None:
        order = list(Severity)
        return min((f.severity for f in self.findings), key=order.index, default=None)


def check(path: str | Path, extra: str = "") -> Checked:
    """Read one file and check it. ``extra`` is a folder with a layer of standards of one's own.

    Raises ReadingError where the file cannot be read, StandardsError where the data cannot be used.
    """
    return check_document(read(path), extra)


def facts_of(document: Document, extra: str = "") -> tuple[Profile, tuple[TableFacts, ...], Standards]:
    """Profile and facts of a document, and the standards of its region."""
    profile = profile_of(document, load("", extra))
    standards = load(profile.region, extra)
    recognised = recognise_tables(framed_tables(document), profile.stage, standards)
    return profile, tuple(table_facts(t) for t in recognised), standards


def check_document(document: Document, extra: str = "") -> Checked:
    """Check a document that has been read; what its sums show to be misread on a scan is put right first."""
    told: list[Finding] = []
    for _ in range(REPAIR_ROUNDS):
        checked, causes = _checked(document, extra)
        repairs = repairs_of(causes, document)
        if not repairs:
            break
        told += [_repair(r, checked) for r in repairs]
        document = repaired(document, repairs)
    else:
        checked, _ = _checked(document, extra)
    return replace(checked, findings=(*checked.findings, *told))


def _checked(document: Document, extra: str) -> tuple[Checked, list[Cause]]:
    profile, tables, standards = facts_of(document, extra)
    results, not_checked = _relate(document, tables, profile, standards)
    tables, results, not_checked, shifted = _realigned(
        document, tables, results, not_checked, profile, standards
    )
    passages = passages_of(document)
    prose = prose_of(passages, tables, profile.stage, profile.fiscal_year, standards)
    results = [*results, *evaluate(prose.relations)]
    causes = diagnose(results)
    names = {t.table.id: t.table.name for t in tables} | {"prose": "正文"}
    findings = findings_of(causes, names, standards)
    findings += [_doubt(d, standards) for d in prose.doubts]
    remarks = wording(passages, tables, profile, standards)
    remarks += presence(document, passages, tables, profile, standards)
    remarks += names_of(passages, tables, standards)
    remarks += projects(tables, prose.quantities)
    findings += [_remark(r, standards) for r in remarks]
    findings += [*shifted, *_reading(document, standards), *_conflicts(profile, standards)]
    suspected = {culprit.fact.id for c in causes if c.certain for culprit in c.culprits}
    ids = [f.id for t in tables for f in t.facts() if f.printed and t.table.standard]
    ids += [q.fact.id for q in prose.quantities]
    standing = standings(ids, results, suspected)
    if not any(t.table.standard for t in tables):
        not_checked = [NotChecked("", "没有识别到任何标准表，表内和表间加总均未核对"), *not_checked]
    findings = [capped(f, document.scanned) for f in findings]
    order = list(Severity)
    checked = Checked(
        document,
        profile,
        tables,
        tuple(results),
        standing,
        coverage(standing, sum(f.printed for t in tables if not t.table.standard for f in t.facts())),
        tuple(sorted(findings, key=lambda f: order.index(f.severity))),
        tuple(dict.fromkeys(not_checked)),
        tuple(passages),
        prose.quantities,
    )
    return checked, causes


def _relate(
    document: Document, tables: tuple[TableFacts, ...], profile: Profile, standards: Standards
) -> tuple[list[Result], list[NotChecked]]:
    built = build(tables, profile.stage, profile.region, standards, _torn(document, tables))
    return evaluate(b for b in built if isinstance(b, Relation)), [
        b for b in built if isinstance(b, NotChecked)
    ]


def _realigned(
    document: Document,
    tables: tuple[TableFacts, ...],
    results: list[Result],
    not_checked: list[NotChecked],
    profile: Profile,
    standards: Standards,
) -> tuple[tuple[TableFacts, ...], list[Result], list[NotChecked], list[Finding]]:
    """Slid rows put back, table by table, where that leaves no relation of the table broken."""
    told: list[Finding] = []
    for position, table in enumerate(tables):
        mine = _broken(results, table.table.id)
        if not mine or (moved := realign(table, standards)) is None:
            continue
        trial = (*tables[:position], table_facts(moved.table), *tables[position + 1 :])
        after, missing = _relate(document, trial, profile, standards)
        if _broken(after, table.table.id) or len(_broken(after, "")) >= len(_broken(results, "")):
            continue
        tables, results, not_checked = trial, after, missing
        rows = {c.row: c for c in reversed(moved.table.table.cells) if c.row in moved.rows}
        lines = "、".join(str(rows[r].place) for r in sorted(rows))
        message = (
            f"{table.table.name}：来源文本{lines}错栏，移回后加总全部成立；"
            "这是文本提取的问题，不是文件的错误。"
        )
        evidence = tuple(
            Evidence("", table.table.id, table.table.name, c.text, "", c.text, "", c.place)
            for c in rows.values()
        )
        told.append(notice("reading.shifted", message, evidence, standards, table.table.id))
    return tables, results, not_checked, told


def _torn(document: Document, tables: tuple[TableFacts, ...]) -> frozenset[str]:
    """Tables that may go on over a page that could not be read."""
    unread = {n.place.page for n in document.notices if n.unread and n.place}
    return frozenset(
        t.table.id
        for t in tables
        if (pages := t.table.table.pages) and any(p in unread for p in range(pages[0] + 1, pages[-1] + 2))
    )


def _broken(results: list[Result], table: str) -> list[Result]:
    broken = [r for r in results if r.outcome == Outcome.CONTRADICTED]
    return [r for r in broken if any(f.table == table for f in r.relation.facts())] if table else broken


def _reading(document: Document, standards: Standards) -> list[Finding]:
    out = []
    if pages := sorted(document.scanned):
        whole = len(pages) == len(document.pages)
        which = f"全部 {len(pages)} 页" if whole else "第" + "、".join(_runs(pages)) + "页"
        message = f"{which}是扫描件，文字和数字由识别得来；据此发现的问题最多列为疑问，请核对原件。"
        out.append(notice("reading.scanned", message, (), standards))
    for n in document.notices:
        where = f"{n.place}：" if n.place else ""
        evidence = (Evidence("", "", "", "", "", "", "", n.place),) if n.place else ()
        out.append(notice("reading.page", where + n.message, evidence, standards))
    return out


def _runs(pages: list[int]) -> list[str]:
    """Page numbers as runs: 1 至 3、7."""
    out: list[list[int]] = []
    for page in pages:
        if out and page == out[-1][-1] + 1:
            out[-1].append(page)
        else:
            out.append([page])
    return [f"{r[0]} 至 {r[-1]}" if len(r) > 1 else str(r[0]) for r in out]


def _repair(repair: Repair, checked: Checked) -> Finding:
    fact, standards = repair.fact, load(checked.profile.region)
    name = {t.table.id: t.table.name for t in checked.tables}.get(fact.table, "")
    message = (
        f"{fact.place}：{name}{fact.where}识别为 {fact.text}，按加总应为 {repair.text}，"
        "已按后者核对；这是识别的疑问，不是文件的错误，请核对原件。"
    )
    return notice("reading.repaired", message, (evidence_of(fact, name),), standards, fact.id)


def _conflicts(profile: Profile, standards: Standards) -> list[Finding]:
    return [notice("profile.conflict", text, (), standards) for text in profile.conflicts]


def _remark(remark: Remark, standards: Standards) -> Finding:
    evidence = (Evidence("", "", "正文", "", "", remark.words, "", remark.place),)
    return notice(remark.rule, remark.message, evidence, standards, remark.place.key)


def _doubt(doubt: Doubt, standards: Standards) -> Finding:
    evidence = tuple(evidence_of(q.fact, "正文") for q in doubt.quantities)
    return notice(doubt.rule, doubt.message, evidence, standards, evidence[0].fact if evidence else "")
