"""The straight line from a file to its findings, in one page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from yibenzhang.balance.coverage import Coverage, Standing, coverage, standings
from yibenzhang.balance.diagnose import diagnose
from yibenzhang.balance.evaluate import evaluate
from yibenzhang.balance.relations import NotChecked, Outcome, Relation, Result
from yibenzhang.documents import Document
from yibenzhang.facts import TableFacts, table_facts
from yibenzhang.findings import Evidence, Finding, Severity, evidence_of
from yibenzhang.prose.passages import Passage, passages_of
from yibenzhang.prose.quantities import Quantity
from yibenzhang.reading import read
from yibenzhang.recognising.form_reading import forms_of
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.profile import Profile, profile_of
from yibenzhang.recognising.stitching import framed_tables
from yibenzhang.recognising.tables import recognise_tables
from yibenzhang.rules.contents import contents
from yibenzhang.rules.goal_claims import goal_claims
from yibenzhang.rules.goal_projects import goal_projects
from yibenzhang.rules.goals import goal_money
from yibenzhang.rules.indicators import indicators
from yibenzhang.rules.likeness import likeness
from yibenzhang.rules.lists import Doubt, unexplained
from yibenzhang.rules.names import names as names_of
from yibenzhang.rules.presence import presence
from yibenzhang.rules.projects import projects
from yibenzhang.rules.prose import prose_of
from yibenzhang.rules.realign import realign
from yibenzhang.rules.reasons import reasons
from yibenzhang.rules.sums import build
from yibenzhang.rules.units import Misstated, misstated, restated
from yibenzhang.rules.wording import Remark, wording
from yibenzhang.standards import Standards, load
from yibenzhang.telling import findings_of, notice


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
    def sections(self) -> tuple[tuple[str, Coverage], ...]:
        """The coverage of each table that has numbers, then of each section of the text, in order."""
        out: list[tuple[str, Coverage]] = []
        for t in self.tables:
            mine = {f.id: self.standing[f.id] for f in t.facts() if f.id in self.standing}
            others = 0 if t.table.standard else sum(f.printed for f in t.facts())
            if mine or others:
                out.append((t.table.name, coverage(mine, others)))
        by_section: dict[str, dict[str, Standing]] = {}
        for q in self.quantities:
            name = " › ".join(q.passage.section[:2]) or "正文"
            if q.fact.id in self.standing:
                by_section.setdefault(name, {})[q.fact.id] = self.standing[q.fact.id]
        return (*out, *((name, coverage(mine)) for name, mine in by_section.items()))

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
    return _recognised(document, extra)[:3]


def _recognised(
    document: Document, extra: str
) -> tuple[Profile, tuple[TableFacts, ...], Standards, tuple[GoalForm, ...]]:
    profile = profile_of(document, load("", extra))
    standards = load(profile.region, extra)
    framed = framed_tables(document)
    recognised = recognise_tables(framed, profile.stage, standards)
    forms, tables = forms_of(framed, [table_facts(t) for t in recognised], standards)
    return profile, tables, standards, forms


def check_document(document: Document, extra: str = "") -> Checked:
    """Check a document that has been read."""
    profile, tables, standards, forms = _recognised(document, extra)
    results, not_checked = _relate(document, tables, profile, standards)
    tables, results, not_checked, shifted = _realigned(
        document, tables, results, not_checked, profile, standards
    )
    passages = passages_of(document)
    prose = prose_of(passages, tables, profile.stage, profile.fiscal_year, standards)
    every = [*results, *evaluate(prose.relations)]
    wrong_units = list(misstated(tables, every))
    if wrong_units:
        shifted += [_unit(tables[w.position], w, standards) for w in wrong_units]
        right = {w.position: w.unit for w in wrong_units}
        tables = tuple(restated(t, right[k]) if k in right else t for k, t in enumerate(tables))
        results, not_checked = _relate(document, tables, profile, standards)
        prose = prose_of(passages, tables, profile.stage, profile.fiscal_year, standards)
        every = [*results, *evaluate(prose.relations)]
    unread = any(n.unread for n in document.notices)
    goals = (
        goal_money(forms, tables, profile.stage, standards),
        goal_projects(forms, tables),
        goal_claims(forms, tables, passages, prose.quantities, profile.stage, profile.fiscal_year, unread),
    )
    results = [*every, *evaluate(r for g in goals for r in g.relations)]
    not_checked = [*not_checked, *(n for g in goals for n in g.not_checked)]
    causes = diagnose(results)
    names = {t.table.id: t.table.name for t in tables} | {"prose": "正文"}
    findings = findings_of(causes, names, standards)
    remarks = wording(passages, tables, profile, standards)
    doubts = _years_once(unexplained(prose.doubts, causes), remarks)
    findings += [_doubt(d, standards) for d in doubts]
    remarks += presence(document, passages, tables, profile, standards)
    remarks += contents(passages, tables, profile, standards)
    remarks += likeness(passages, profile, standards)
    remarks += reasons(passages, tables, profile, standards)
    remarks += names_of(passages, tables, standards)
    remarks += projects(tables, prose.quantities)
    broken = {f.place for c in causes for r in c.broken for f in r.relation.facts()}
    told = [r for g in goals for r in g.remarks if r.rule != "goals.total" or r.place not in broken]
    remarks += [*told, *indicators(forms, standards)]
    findings += [_remark(r, standards) for r in remarks]
    findings += [*shifted, *_reading(document, standards), *_conflicts(profile, standards)]
    suspected = {culprit.fact.id for c in causes if c.certain for culprit in c.culprits}
    ids = [f.id for t in tables for f in t.facts() if f.printed and t.table.standard]
    ids += [q.fact.id for q in prose.quantities]
    standing = standings(ids, results, suspected)
    if not any(t.table.standard for t in tables):
        not_checked = [NotChecked("", "没有识别到任何标准表，表内和表间加总均未核对"), *not_checked]
    order = list(Severity)
    return Checked(
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
        if not _confirmed(trial[position], moved.rows, after):
            continue  # a number moved out of every sum proves nothing
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


def _unit(table: TableFacts, wrong: Misstated, standards: Standards) -> Finding:
    printed = table.table.unit.name if table.table.unit else ""
    message = (
        f"{table.table.name}的单位印为“{printed}”，应为“{wrong.unit.name}”："
        f"与其他表和正文的 {len(wrong.broken)} 项关系因此不成立，改后全部成立。"
    )
    facts = {f.id: f for r in wrong.broken for f in r.relation.facts() if f.table == table.table.id}
    evidence = tuple(evidence_of(f, table.table.name) for f in facts.values())
    return notice("units.table", message, evidence, standards, table.table.id)


def _years_once(doubts: list[Doubt], remarks: list[Remark]) -> list[Doubt]:
    """Without the doubts about a year that a remark tells already: of the same sentence, or of the cover."""
    told = {r.place.key for r in remarks if r.rule == "wording.year"}
    mine = [d for d in doubts if d.rule == "prose.year"]
    if told and len(mine) >= 3:  # the year of the document itself is what is wrong
        return [d for d in doubts if d.rule != "prose.year"]
    return [d for d in doubts if d.rule != "prose.year" or d.quantities[0].fact.place.key not in told]


def _torn(document: Document, tables: tuple[TableFacts, ...]) -> frozenset[str]:
    """Tables that may go on over a page that could not be read."""
    unread = {n.place.page for n in document.notices if n.unread and n.place}
    return frozenset(
        t.table.id
        for t in tables
        if (pages := t.table.table.pages) and any(p in unread for p in range(pages[0] + 1, pages[-1] + 2))
    )


def _confirmed(table: TableFacts, rows: Collection[int], results: list[Result]) -> bool:
    """Every number but zero of these rows takes part in a relation that holds."""
    proved = {f.id for r in results if r.outcome != Outcome.CONTRADICTED for f in r.relation.facts()}
    moved = [f for f in table.facts() if f.row.index in rows and f.amount and f.amount.value]
    return all(f.id in proved for f in moved)


def _broken(results: list[Result], table: str) -> list[Result]:
    broken = [r for r in results if r.outcome == Outcome.CONTRADICTED]
    return [r for r in broken if any(f.table == table for f in r.relation.facts())] if table else broken


def _reading(document: Document, standards: Standards) -> list[Finding]:
    out = []
    for n in document.notices:
        where = f"{n.place}：" if n.place else ""
        evidence = (Evidence("", "", "", "", "", "", "", n.place),) if n.place else ()
        out.append(notice("reading.page", where + n.message, evidence, standards))
    return out


def _conflicts(profile: Profile, standards: Standards) -> list[Finding]:
    return [notice("profile.conflict", text, (), standards) for text in profile.conflicts]


def _remark(remark: Remark, standards: Standards) -> Finding:
    places = ((remark.words, remark.place), *remark.others)
    evidence = tuple(Evidence("", "", "正文", "", "", words, "", place) for words, place in places)
    return notice(remark.rule, remark.message, evidence, standards, remark.place.key)


def _doubt(doubt: Doubt, standards: Standards) -> Finding:
    evidence = tuple(evidence_of(q.fact, "正文") for q in doubt.quantities)
    if not evidence and doubt.place:
        evidence = (Evidence("", "", "正文", "", "", doubt.words, "", doubt.place),)
    return notice(doubt.rule, doubt.message, evidence, standards, evidence[0].fact if evidence else "")
