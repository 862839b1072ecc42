"""The straight line from a file to its findings, in one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from yibenzhang.balance.coverage import Coverage, Standing, coverage, standings
from yibenzhang.balance.diagnose import Cause, diagnose
from yibenzhang.balance.evaluate import evaluate
from yibenzhang.checking.messages import findings_of, in_question
from yibenzhang.checking.ocr_correction import capped, repaired, repairs_of
from yibenzhang.checking.placing import Whereabouts
from yibenzhang.checking.prose_support import supported
from yibenzhang.checking.relate import (
    Related,
    issue_of_unit,
    names_of_tables,
    parts_with_tables,
    relate,
)
from yibenzhang.checking.remarks import (
    remarks_of,
    told_conflicts,
    told_doubts,
    told_reading,
    told_remark,
    told_repair,
)
from yibenzhang.checking.unit_error import misstated
from yibenzhang.model.documents import Document, together
from yibenzhang.model.findings import Finding, Severity
from yibenzhang.model.relations import NotChecked, Result
from yibenzhang.model.views import View
from yibenzhang.prose.passages import Passage, passages_of
from yibenzhang.prose.quantities import Quantity
from yibenzhang.reading import read
from yibenzhang.recognising.form_reading import forms_of
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.profile import Profile, profile_of
from yibenzhang.recognising.stitching import Framed, framed_tables
from yibenzhang.recognising.table_facts import TableFacts, table_facts
from yibenzhang.recognising.tables import recognise_tables
from yibenzhang.recognising.views import Reader
from yibenzhang.rules.gaps import explained
from yibenzhang.rules.goal_claims import goal_claims, told_once
from yibenzhang.rules.goal_projects import goal_projects
from yibenzhang.rules.goals import Goals, goal_money
from yibenzhang.rules.indicators import indicators
from yibenzhang.rules.lists import Doubt
from yibenzhang.rules.prose import prose_of
from yibenzhang.standards import Standards, load
from yibenzhang.standards.lexicon.words import load_lexicon
from yibenzhang.standards.registers import registers


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that was found out about one document."""

    document: Document
    profile: Profile
    tables: tuple[TableFacts, ...]
    views: tuple[View, ...]
    results: tuple[Result, ...]
    standing: dict[str, Standing]
    coverage: Coverage
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    passages: tuple[Passage, ...]
    quantities: tuple[Quantity, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    """What kind of table each table (id) is; see recognising.table_kinds."""

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
        names = names_of_tables(self.tables)
        by_table: dict[str, dict[str, Standing]] = {}
        for v in self.views:
            found = {f.id: self.standing[f.id] for f in v.cells.values() if f.id in self.standing}
            by_table.setdefault(v.table, {}).update(found)
        out += [(names.get(table, table), coverage(found)) for table, found in by_table.items() if found]
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
    read = _recognised([document], profile_of(document, load("", extra)), extra)
    return read.profile, read.tables, read.standards


def related_of(document: Document, extra: str = "") -> Related:
    """The views of a document's tables and what the laws say of them, without its sentences."""
    return _recognised([document], profile_of(document, load("", extra)), extra).related


def recognised_parts(
    document: Document, extra: str = ""
) -> tuple[Profile, tuple[Framed, ...], tuple[GoalForm, ...], Standards]:
    """What words are learnt from: profile, whole tables (slid rows put back) and forms, and the standards."""
    read = _recognised([document], profile_of(document, load("", extra)), extra)
    return read.profile, read.related.frames, read.forms, read.standards


Tables = tuple[TableFacts, ...]
Forms = tuple[GoalForm, ...]


@dataclass(frozen=True)
class _Recognised:
    """A disclosure as tables, forms and views, with what the laws say of them."""

    profile: Profile
    standards: Standards
    reader: Reader
    related: Related
    tables: Tables
    forms: Forms


def _recognised(parts: Sequence[Document], profile: Profile, extra: str) -> _Recognised:
    """The files of one disclosure recognised together."""
    standards = load(profile.region, extra)
    reader = Reader(load_lexicon(profile.region, extra), registers(), profile.fiscal_year)
    frames = [f for part in parts for f in framed_tables(part)]
    return _related(frames, profile, standards, reader)


def _related(frames: Sequence[Framed], profile: Profile, standards: Standards, reader: Reader) -> _Recognised:
    names = {f"t{f.table.index + 1}": f.titles[0] if f.titles else "" for f in frames}
    forms, tables = _forms(frames, profile, standards)
    related = relate(frames, reader, names, standards, forms)
    if list(related.frames) != list(frames):  # slid rows were put back
        forms, tables = _forms(related.frames, profile, standards)
    return _Recognised(profile, standards, reader, related, tables, forms)


def _forms(frames: Sequence[Framed], profile: Profile, standards: Standards) -> tuple[Forms, Tables]:
    recognised = recognise_tables(frames, profile.stage, standards)
    return forms_of(list(frames), [table_facts(t) for t in recognised], standards)


def check_document(document: Document, extra: str = "", given: Profile | None = None) -> Checked:
    """Check a document that has been read; what its sums show to be misread on a scan is put right first.

    ``given`` is what a person knows better of the profile; its unknown fields are as recognised.
    """
    document, told = _mended(document, extra, given)
    profile = _profile(document, extra, given)
    checked, _ = _checked(document, _recognised([document], profile, extra))
    return replace(checked, findings=(*checked.findings, *told))


def _profile(document: Document, extra: str, given: Profile | None) -> Profile:
    profile = profile_of(document, load("", extra))
    return profile.corrected(given) if given else profile


REPAIR_ROUNDS = 3
"""A number put right may show another one: so many times over."""


def _mended(document: Document, extra: str, given: Profile | None = None) -> tuple[Document, list[Finding]]:
    """The document with the numbers put right that were misread on a scan, and what is told of them."""
    told: list[Finding] = []
    for _ in range(REPAIR_ROUNDS if document.scanned else 0):
        read = _recognised([document], _profile(document, extra, given), extra)
        checked, causes = _checked(document, read)
        repairs = repairs_of(causes, document)
        if not repairs:
            break
        names = names_of_tables(checked.tables)
        standards = load(checked.profile.region, extra)
        told += [told_repair(r, names.get(r.fact.table, ""), standards) for r in repairs]
        document = repaired(document, repairs)
    return document, told


def check_together(
    documents: Sequence[Document], names: Sequence[str], profile: Profile, extra: str = ""
) -> Checked:
    """Check several files that are one disclosure, also against each other; ``names`` tell them apart."""
    mended = [_mended(d, extra) for d in documents]
    whole = together([d for d, _ in mended], names)
    checked, _ = _checked(whole, _recognised(whole.parts, profile, extra))
    return replace(checked, findings=(*checked.findings, *(f for _, told in mended for f in told)))


def _checked(document: Document, read: _Recognised) -> tuple[Checked, list[Cause]]:
    profile, standards = read.profile, read.standards
    told: list[Finding] = []
    text = _text(document, read.tables, profile, standards)
    goals = _goals(document, read.tables, read.forms, text, profile, standards)
    promised = evaluate(r for g in goals for r in g.relations)
    across = [*read.related.across, *text.results, *promised]
    wrong_units = list(misstated(read.tables, across, text.quantities))
    if wrong_units:
        told += [issue_of_unit(read.tables[w.position], w, standards) for w in wrong_units]
        units = {read.tables[w.position].table.id: w.unit for w in wrong_units}
        frames = [replace(f, unit=units.get(f"t{f.table.index + 1}", f.unit)) for f in read.related.frames]
        read = _related(frames, profile, standards, read.reader)
        text = _text(document, read.tables, profile, standards)
        goals = _goals(document, read.tables, read.forms, text, profile, standards)
        promised = evaluate(r for g in goals for r in g.relations)
    tables, forms, related = read.tables, read.forms, read.related
    told += related.issues
    related_ids = {frozenset(f.id for f in r.relation.facts()) for r in related.results if r.relation.accuses}
    promised = [r for r in promised if frozenset(f.id for f in r.relation.facts()) not in related_ids]
    said = supported(text.results, related.views, text.quantities)
    results = [*related.results, *said.results, *promised]
    not_checked = [*related.not_checked, *said.not_checked, *(n for g in goals for n in g.not_checked)]
    causes = diagnose(results)
    findings = findings_of(causes, names_of_tables(tables), standards)
    remarks = remarks_of(document, text.passages, tables, text.quantities, profile, standards)
    findings += told_doubts(text.doubts, causes, remarks, standards)
    broken = {f.place for c in causes for r in c.broken for f in r.relation.facts()}
    remarks = explained(remarks, causes, standards)
    told_goals = explained(told_once([r for g in goals for r in g.remarks]), causes, standards)
    remarks += [r for r in told_goals if r.rule != "goals.total" or r.place not in broken]
    remarks += indicators(forms, standards)
    printed = Whereabouts(document)
    findings += [told_remark(r, standards, printed) for r in remarks]
    findings += [*told, *told_reading(document, standards), *told_conflicts(profile, standards)]
    findings = [capped(f, document.scanned) for f in findings]
    ids = dict.fromkeys(f.id for v in related.views for f in v.cells.values() if f.printed)
    ids |= dict.fromkeys(f.id for t in tables for f in t.facts() if f.printed and t.table.standard)
    ids |= dict.fromkeys(q.fact.id for q in text.quantities)
    standing = standings(ids, results, in_question(causes))
    if not related.views:
        not_checked = [NotChecked("", "没有识别到任何有数字的表，表内和表间加总均未核对"), *not_checked]
    order = list(Severity)
    checked = Checked(
        document,
        profile,
        tables,
        related.views,
        tuple(results),
        standing,
        coverage(standing),
        tuple(sorted(findings, key=lambda f: order.index(f.severity))),
        tuple(dict.fromkeys(not_checked)),
        tuple(text.passages),
        text.quantities,
        related.kinds,
    )
    return checked, causes


@dataclass(frozen=True, slots=True)
class _Text:
    """What the text of a document, or of each of its files, says."""

    passages: list[Passage]
    quantities: tuple[Quantity, ...]
    results: list[Result]
    doubts: list[Doubt]


def _goals(
    document: Document, tables: Tables, forms: Forms, text: _Text, profile: Profile, standards: Standards
) -> tuple[Goals, ...]:
    """What the goals tables say: inside, against the project table, against the text."""
    year, unread = profile.fiscal_year, any(n.unread for n in document.notices)
    return (
        goal_money(forms, tables, profile.stage, standards),
        goal_projects(forms, tables),
        goal_claims(forms, tables, text.passages, text.quantities, profile.stage, year, unread),
    )


def _text(document: Document, tables: Tables, profile: Profile, standards: Standards) -> _Text:
    passages: list[Passage] = []
    quantities: list[Quantity] = []
    results: list[Result] = []
    doubts: list[Doubt] = []
    for part, seen in parts_with_tables(document, tables):
        mine = passages_of(part)
        prose = prose_of(mine, seen, profile.stage, profile.fiscal_year, standards)
        results += evaluate(prose.relations)
        passages += mine
        quantities += prose.quantities
        doubts += prose.doubts
    return _Text(passages, tuple(quantities), results, doubts)
