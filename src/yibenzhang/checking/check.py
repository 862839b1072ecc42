"""The straight line from a file to its findings, in one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from yibenzhang.balance.coverage import Coverage, Standing, coverage, standings
from yibenzhang.balance.diagnose import Cause, diagnose
from yibenzhang.checking.applying import applied, case_of
from yibenzhang.checking.causes import in_question, issues_of
from yibenzhang.checking.closing import closed, reason_of
from yibenzhang.checking.containing import contained, not_checked
from yibenzhang.checking.extent import Extent
from yibenzhang.checking.goal_causes import weighed
from yibenzhang.checking.ocr_correction import (
    Repair,
    capped,
    doubted,
    is_misread,
    regrouped,
    repaired,
    repairs_of,
)
from yibenzhang.checking.ordering import ordered
from yibenzhang.checking.placing import Whereabouts
from yibenzhang.checking.precedence import Broken, settled
from yibenzhang.checking.prose_support import supported
from yibenzhang.checking.reading_issues import conflict_issues, reading_issues, repair_issue
from yibenzhang.checking.relate import (
    Related,
    issue_of_unit,
    names_of_tables,
    relate,
    titled,
)
from yibenzhang.checking.statements import Statement, statements_of
from yibenzhang.checking.unit_error import misstated
from yibenzhang.checking.unread_cells import unread_cells
from yibenzhang.model.documents import Document, together
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.relations import NotChecked, Result
from yibenzhang.model.views import View
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Quantity
from yibenzhang.reading import read
from yibenzhang.recognising.document_kinds import DISCLOSURE, EXTRACT, NO_DISCLOSURE, TEMPLATE, document_kind
from yibenzhang.recognising.form_reading import forms_of
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.profile import Profile, profile_of
from yibenzhang.recognising.stitching import Framed, framed_tables
from yibenzhang.recognising.table_facts import TableFacts, table_facts
from yibenzhang.recognising.tables import recognise_tables
from yibenzhang.recognising.views import Reader
from yibenzhang.rules.case import Case, Fault
from yibenzhang.standards import Standards, load
from yibenzhang.standards.lexicon.document_kinds import document_kinds
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
    findings: tuple[Issue, ...]
    not_checked: tuple[NotChecked, ...]
    passages: tuple[Passage, ...]
    quantities: tuple[Quantity, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    """What kind of table each table (id) is; see recognising.table_kinds."""
    faults: tuple[Fault, ...] = ()
    """Rules that failed; what they would have found is among ``not_checked``."""
    document_kind: str = DISCLOSURE
    """What the document is; see recognising.document_kinds."""
    statements: tuple[Statement, ...] = ()
    """What sentences say of the year before, where numbers of the tables stand."""
    forms: tuple[GoalForm, ...] = ()
    """Goals, applications and self-assessments."""

    @property
    def extent(self) -> Extent:
        """How far the check went."""
        unknown = {v.table for v in self.views if _unproved(v, self.standing)}
        names = names_of_tables(self.tables)
        named = (titled(t, names) for t in self.tables if t.table.id in unknown)
        lost, seen = self.document.lost, {p.number for p in self.document.pages}
        pages = len(self.document.pages) + sum(page not in seen for _, page in lost)
        return Extent(
            self.document_kind,
            *self.shares,
            tuple(dict.fromkeys(named)),
            self.worst,
            len(lost),
            pages,
            self.document.cut,
        )

    @property
    def shares(self) -> tuple[Coverage, Coverage]:
        """The coverage of the numbers in standard tables, and of those in the text."""
        text = {q.fact.id for q in self.quantities}
        inside = {i: s for i, s in self.standing.items() if i not in text}
        return coverage(inside), coverage({i: s for i, s in self.standing.items() if i in text})

    @property
    def by_kind(self) -> dict[str, Coverage]:
        """The coverage of the numbers in tables by kind of table."""
        found: dict[str, dict[str, Standing]] = {}
        for v in self.views:
            own = {f.id: self.standing[f.id] for f in v.cells.values() if f.id in self.standing}
            found.setdefault(self.kinds.get(v.table, "goal_form"), {}).update(own)
        return {kind: coverage(own) for kind, own in found.items() if own}

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
        return (*out, *((name, coverage(own)) for name, own in by_section.items()))

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


def case_related_of(document: Document, extra: str = "") -> tuple[Related, Case]:
    """What the laws say of a document's tables, and the document as its rules see it: what support is counted from."""
    parts = document.parts or (document,)
    read = _recognised(parts, profile_of(parts[0], load("", extra)), extra)
    lexicon, views = read.reader.lexicon, read.related.views
    case = case_of(document, read.profile, read.tables, read.forms, read.standards, views, lexicon)
    return read.related, case


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
    faults: tuple[Fault, ...] = ()
    """Tables that the program failed on, and left out."""


def _recognised(parts: Sequence[Document], profile: Profile, extra: str) -> _Recognised:
    """The files of one disclosure recognised together."""
    standards = load(profile.region, extra)
    reader = Reader(load_lexicon(profile.region, extra), registers(), profile.fiscal_year)
    frames = [f for part in parts for f in framed_tables(part)]
    return _related(frames, profile, standards, reader)


def _related(frames: Sequence[Framed], profile: Profile, standards: Standards, reader: Reader) -> _Recognised:
    made, faults = contained(frames, lambda some: _together(some, profile, standards, reader))
    return replace(made, faults=faults) if faults else made


def _together(
    frames: Sequence[Framed], profile: Profile, standards: Standards, reader: Reader
) -> _Recognised:
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
    _, repairs_made, checked = _mended(document, extra, given)
    return replace(checked, findings=(*checked.findings, *repairs_made))


def _profile(document: Document, extra: str, given: Profile | None) -> Profile:
    profile = profile_of(document, load("", extra))
    return profile.corrected(given) if given else profile


REPAIR_ROUNDS = 3
"""A number put right may show another one: so many times over."""


def _mended(
    document: Document, extra: str = "", given: Profile | None = None
) -> tuple[Document, list[Issue], Checked]:
    """The document with the numbers put right that were misread on a scan, the issues about these, and its check."""
    repairs_made: list[Issue] = []
    for rounds_left in range(REPAIR_ROUNDS, -1, -1):
        read = _recognised([document], _profile(document, extra, given), extra)
        checked, causes = _checked(document, read)
        repairs: list[Repair] = []
        if document.scanned and rounds_left:
            repairs = repairs_of(causes, document) or _regrouped(document, extra, given)
        if not repairs:
            break
        names = names_of_tables(checked.tables)
        standards = load(checked.profile.region, extra)
        repairs_made += [closed(repair_issue(r, names.get(r.fact.table, "")), standards) for r in repairs]
        document = repaired(document, repairs)
    return document, repairs_made, checked


def _regrouped(document: Document, extra: str, given: Profile | None) -> list[Repair]:
    """What the sums put right of numbers whose marks of thousands were misread; the others stay unreadable."""
    variant, lost = regrouped(document)
    if not lost:
        return []
    _, causes = _checked(variant, _recognised([variant], _profile(variant, extra, given), extra))
    return [
        replace(r, fact=replace(r.fact, text=lost[r.fact.place]))
        for r in repairs_of(causes, variant)
        if r.fact.place in lost
    ]


def check_together(
    documents: Sequence[Document], names: Sequence[str], profile: Profile, extra: str = ""
) -> Checked:
    """Check several files that are one disclosure, also against each other; ``names`` tell them apart."""
    mended = [_mended(d, extra) if d.scanned else (d, [], None) for d in documents]
    whole = together([d for d, _, _ in mended], names)
    checked, _ = _checked(whole, _recognised(whole.parts, profile, extra))
    return replace(checked, findings=(*checked.findings, *(i for _, made, _ in mended for i in made)))


def _checked(document: Document, read: _Recognised) -> tuple[Checked, list[Cause]]:
    profile, standards = read.profile, read.standards
    units: list[Issue] = []
    lexicon = read.reader.lexicon
    case = case_of(document, profile, read.tables, read.forms, standards, read.related.views, lexicon)
    ruled = applied(case)
    wrong_units = list(misstated(read.tables, [*read.related.across, *ruled.results], case.quantities))
    if wrong_units:
        units = [issue_of_unit(read.tables[w.position], w, standards) for w in wrong_units]
        right = {read.tables[w.position].table.id: w.unit for w in wrong_units}
        frames = [replace(f, unit=right.get(f"t{f.table.index + 1}", f.unit)) for f in read.related.frames]
        read = replace(_related(frames, profile, standards, read.reader), faults=read.faults)
        case = case_of(document, profile, read.tables, read.forms, standards, read.related.views, lexicon)
        ruled = applied(case)
    tables, related = read.tables, read.related
    text = supported(ruled.text, related.views, case.quantities)
    results = [*related.results, *text.results, *_new(ruled.forms, related.results)]
    causes = weighed(diagnose(results), read.forms, results)
    found = settled(ruled.issues, Broken(tuple(results), tuple(causes)), standards.precedence)
    found = [i for i in found if not is_misread(i, document.scanned)]
    printed = Whereabouts(document)
    issues = issues_of(causes, names_of_tables(tables), standards)
    issues += [closed(i, standards, printed) for i in found]
    issues += [*units, *related.issues]
    issues += [closed(i, standards) for i in unread_cells(related.views, names_of_tables(tables), found)]
    issues += [closed(i, standards) for i in (*reading_issues(document), *conflict_issues(profile))]
    issues = [doubted(capped(i, document.scanned), document.lost) for i in issues]
    ids = dict.fromkeys(f.id for v in related.views for f in v.cells.values() if f.printed)
    ids |= dict.fromkeys(f.id for t in tables for f in t.facts() if f.printed and t.table.standard)
    ids |= dict.fromkeys(q.fact.id for q in case.quantities)
    standing = standings(ids, results, in_question(causes))
    counted = coverage(standing)
    kind = document_kind(document, related.views, tables, related.kinds, counted.numbers - counted.trivial)
    if kind == NO_DISCLOSURE and profile.stated is not None:
        kind = DISCLOSURE  # a person says whose it is
    telling = document_kinds().telling[kind]
    issues = [i for i in issues if telling.allows(i.rule)]
    left_out = [] if related.views or kind == NO_DISCLOSURE else [NotChecked("", template="no_tables")]
    left_out += [
        NotChecked("reading.page", f"{n.place or ''}{n.message}") for n in document.notices if n.unread
    ]
    if kind != NO_DISCLOSURE:
        left_out += [*related.not_checked, *text.not_checked, *ruled.not_checked]
        left_out += not_checked((*read.faults, *case.failed))
    checked = Checked(
        document,
        _profile_as(kind, profile),
        tables,
        related.views,
        tuple(results),
        standing,
        counted,
        ordered(issues, document),
        tuple(dict.fromkeys(reason_of(n, standards) for n in left_out)),
        case.passages,
        case.quantities,
        related.kinds,
        (*ruled.faults, *read.faults, *case.failed),
        kind,
        statements_of(case),
        read.forms,
    )
    return checked, causes


def _new(results: Sequence[Result], known: Sequence[Result]) -> list[Result]:
    """Without what the laws say already of the same numbers of tables and forms."""
    ids = {frozenset(f.id for f in r.relation.facts()) for r in known if r.relation.accuses}
    return [r for r in results if frozenset(f.id for f in r.relation.facts()) not in ids]


def _profile_as(kind: str, profile: Profile) -> Profile:
    """The profile of what is no disclosure is unknown, that of what is no budget has no stage; what a person gave
    stays."""
    if kind in (DISCLOSURE, EXTRACT, TEMPLATE) or profile.stated is not None:  # what a person gave
        return profile
    return Profile() if kind == NO_DISCLOSURE else replace(profile, stage="")


def _unproved(view: View, standing: Mapping[str, Standing]) -> bool:
    """A column with unknown headings has a number that nothing proves."""
    unknown = {k for k, c in enumerate(view.columns) if c.coordinates.residue}
    settled = (Standing.PROVED, Standing.TRIVIAL)
    return any(
        column in unknown and f.id in standing and standing[f.id] not in settled
        for (_, column), f in view.cells.items()
    )
