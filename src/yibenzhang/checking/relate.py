"""From framed tables to relations that hold or do not: views, laws, rows of an extraction that slid put back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from yibenzhang.checking.closing import closed
from yibenzhang.checking.column_shift import realign
from yibenzhang.checking.unit_error import Misstated
from yibenzhang.laws.engine import Laws, laws_of
from yibenzhang.laws.families import Family, Instance, State
from yibenzhang.laws.short_lists import ShortList
from yibenzhang.laws.special import special_families
from yibenzhang.laws.support import measured
from yibenzhang.model.documents import Cell, Document
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import SCALE
from yibenzhang.model.issues import Evidence, Issue, arguments, evidence_of
from yibenzhang.model.places import file_of
from yibenzhang.model.relations import Law, NotChecked, Outcome, Relation, Result, Term
from yibenzhang.model.views import View
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.special import special_views
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.recognising.table_kinds import kinds_of
from yibenzhang.recognising.views import Reader
from yibenzhang.rules.copies import view
from yibenzhang.standards import Standards


@dataclass(frozen=True)
class Related:
    """The tables of a disclosure in the cube: frames as they count (slid rows put back), views, laws, results.

    ``results``: relations that hold or are contradicted; ``across``: pairs of equal coordinates in different
    tables whatever their family's state, to see a unit that is off; ``issues``: about rows that slid or lack.
    """

    frames: tuple[Framed, ...]
    views: tuple[View, ...]
    laws: Laws
    results: tuple[Result, ...]
    across: tuple[Result, ...]
    not_checked: tuple[NotChecked, ...]
    issues: tuple[Issue, ...]
    kinds: Mapping[str, str]
    """What kind of table each table (id) is; see recognising.table_kinds."""

    @property
    def not_understood(self) -> tuple[str, ...]:
        """Tables (ids) with number columns whose headings are not known."""
        return tuple(dict.fromkeys(v.table for v in self.views for c in v.columns if c.coordinates.residue))


def relate(
    frames: Sequence[Framed],
    reader: Reader,
    names: dict[str, str],
    standards: Standards,
    forms: Sequence[GoalForm] = (),
) -> Related:
    """The laws applied to these tables; ``names`` gives the name of each table id."""
    views, laws = _laws(frames, reader, standards, forms)
    issues: list[Issue] = []
    frames = list(frames)
    broken = _broken(laws)
    for k, frame in enumerate(frames):
        if frame.table.confidence != "tabbed" or not broken[f"t{frame.table.index + 1}"]:
            continue
        own = [v for v in views if v.table == f"t{frame.table.index + 1}"]
        moved = realign(frame.table, own[0], reader.lexicon.trees) if len(own) == 1 else None
        if moved is None:
            continue
        trial = [*frames[:k], replace(frame, table=moved.table), *frames[k + 1 :]]
        after, settled = _laws(trial, reader, standards, forms)
        if len(settled.contradicted) >= len(laws.contradicted) or _broken(settled)[own[0].table]:
            continue
        if not _confirmed(after, own[0].table, moved.rows, settled):
            continue  # a number moved out of every sum proves nothing
        issues.append(_slid(frame, moved.rows, moved.cells, names, standards))
        frames, views, laws = trial, after, settled
        broken = _broken(laws)
    issues += [_short(s, names, standards) for s in laws.short]
    return Related(
        tuple(frames),
        tuple(views),
        laws,
        tuple(_results(laws)),
        tuple(_across(laws)),
        tuple(_left(views, laws)),
        tuple(issues),
        {f"t{f.table.index + 1}": k for f, k in zip(frames, kinds_of(frames), strict=True)},
    )


def _laws(
    frames: Sequence[Framed], reader: Reader, standards: Standards, forms: Sequence[GoalForm]
) -> tuple[Sequence[View], Laws]:
    """All views of these tables and forms, and what the laws say of them."""
    special = special_views(frames, kinds_of(frames), forms, reader)
    sums = [(s.total, s.parts) for s in standards.form_sums]
    more = partial(special_families, special, sums)
    return special.views, laws_of(special.views, reader.lexicon.trees, measured(), more)


_SLIDING = ("columns|coordinates", "columns|headings", "rows|codes|item", "rows|codes|total")
"""Kinds of sums that a slid row breaks."""


def _broken(laws: Laws) -> Counter[str]:
    """How many sums of each table fail, in whatever state their family is."""
    return Counter(
        i.explains.fact.table
        for f in laws.families
        if f.pool in _SLIDING
        for i in f.instances
        if not i.holds and not i.trivial
    )


def _confirmed(views: Sequence[View], table: str, rows: tuple[int, ...], laws: Laws) -> bool:
    """Every number but zero of these rows takes part in a relation that holds."""
    proved = {n.fact.id for _, i in laws.held if not i.trivial for _, n in i.terms}
    moved = [f for v in views if v.table == table for f in v.cells.values() if f.row.index in rows]
    return all(f.id in proved for f in moved if f.amount and f.amount.value)


_LAW = {
    "total": Law.TOTAL,
    "equal": Law.EQUAL,
    "balance": Law.BALANCE,
    "change": Law.CHANGE,
    "rate": Law.RATE,
}
UNCONFIRMED = ".unconfirmed"
"""A contradiction that stands alone in a small family: a question, not an error."""


def _results(laws: Laws) -> list[Result]:
    out = []
    seen: set[tuple[tuple[int | Decimal, str], ...]] = set()
    ordered = sorted(
        [(f, i) for f, i in laws.held if not i.trivial],
        key=lambda x: x[0].robust not in (State.LAW, State.WITNESS),
    )
    for family, i in ordered:
        key = tuple(sorted((c, n.fact.id) for c, n in i.terms))
        if key not in seen:
            seen.add(key)
            out.append(_result(family, i, family.rule))
    for family, i in laws.contradicted:
        key = tuple(sorted((c, n.fact.id) for c, n in i.terms))
        if key not in seen:
            seen.add(key)
            out.append(
                _result(family, i, family.rule if id(i) in laws.certain else family.rule + UNCONFIRMED)
            )
    return out


def _result(family: Family, i: Instance, rule: str) -> Result:
    terms = tuple(Term(c, n.fact) for c, n in i.terms)
    if family.law == "equal" and len({file_of(t.fact.place) for t in terms}) > 1:
        rule = rule.replace("equal", "together.same")
    accuses = not i.holds or family.robust in (State.LAW, State.WITNESS)
    relation = Relation(
        f"{family.name}|{i.explains.fact.id}",
        rule,
        terms,
        i.parent,
        law=_LAW[family.law],
        family=family.name,
        explains="" if family.law == "equal" else i.explains.fact.id,
        accuses=accuses,
        constant=i.constant,
        note=i.note,
    )
    outcome = Outcome.CONTRADICTED
    if i.holds:
        outcome = Outcome.WITHIN_ROUNDING if i.residual else Outcome.HELD
    return Result(relation, outcome, Decimal(i.residual).scaleb(-SCALE), Decimal(i.slack).scaleb(-SCALE))


def _across(laws: Laws) -> list[Result]:
    return [
        _result(f, i, f.rule)
        for f in laws.families
        if f.law == "equal" and f.pool == "equal|same"
        for i in f.instances
        if not i.trivial and len({n.fact.table for _, n in i.terms}) == 2
    ]


def _left(views: Sequence[View], laws: Laws) -> list[NotChecked]:
    """What could not be put to the test: numbers that cannot be read, headings that are not known, tables that may go
    on, lists that lack rows."""
    out: list[NotChecked] = []
    for v in views:
        for fact in v.cells.values():
            if fact.state == "unreadable":
                out.append(_open("total.rows", "unreadable", v, where=fact.where))
        unknown = [c for c in v.columns if c.coordinates.residue]
        if unknown:
            columns = "、".join("/".join(c.path) or f"第{c.index + 1}栏" for c in unknown[:3])
            out.append(_open("equal", "unknown", v, columns=columns))
        if v.open_end:
            out.append(_open("total.rows", "open_end", v))
    tables = [short.instances[0].explains.fact.table for short in laws.short]
    out += [NotChecked("total.incomplete", table=t, template="rows_lacking") for t in tables]
    return list(dict.fromkeys(out))


def _open(rule: str, template: str, view: View, **values: str) -> NotChecked:
    return NotChecked(rule, table=view.table, template=template, arguments=arguments(**values))


def names_of_tables(tables: tuple[TableFacts, ...]) -> dict[str, str]:
    """What each table is called; one that is printed in two files is distinguished by the file."""
    count = Counter(t.table.name for t in tables)
    files = {t.table.id: file_of(c.place) for t in tables for c in t.table.table.cells[:1]}
    names = {
        t.table.id: f"{t.table.name}（{files[t.table.id]}）"
        if count[t.table.name] > 1 and files.get(t.table.id)
        else t.table.name
        for t in tables
    }
    return names | {"prose": "正文"}


def titled(table: TableFacts, names: Mapping[str, str]) -> str:
    """A table by its name; of no known kind by its title and page."""
    if table.table.standard:
        return names[table.table.id]
    pages = "、".join(map(str, table.table.table.pages[:1]))
    where = f"第 {pages} 页的表" if pages else table.table.id
    return f"{table.table.title}（{where}）" if table.table.title else where


def _slid(
    frame: Framed, rows: tuple[int, ...], cells: tuple[Cell, ...], names: dict[str, str], standards: Standards
) -> Issue:
    table = f"t{frame.table.index + 1}"
    name = names.get(table, "")
    first = {c.row: c for c in reversed(frame.table.cells) if c.row in rows}
    lines = "、".join(str(first[r].place) for r in sorted(first))
    evidence = tuple(
        Evidence("", table, name, first[c.row].text, "", c.text, "", c.place)
        for c in (*first.values(), *cells)
    )
    return closed(Issue("reading.shifted", arguments(table=name, lines=lines), evidence), standards)


def _short(short: ShortList, names: dict[str, str], standards: Standards) -> Issue:
    """A list that lacks rows: how much is missing in each column."""
    total = short.instances[0].explains.fact
    name = names.get(total.table, "")
    gaps = tuple(arguments(column=i.explains.fact.column or "金额", gap=_gap(i)) for i in short.instances[:4])
    values = arguments(table=name, row=total.row.label or "合计", gaps=gaps)
    facts = [n.fact for i in short.instances for _, n in i.terms[:1]]
    evidence = tuple(evidence_of(f, name) for f in facts)
    return closed(Issue("total.incomplete", values, evidence), standards, key=total.id)


def _gap(i: Instance) -> str:
    fact = i.explains.fact
    factor = fact.unit.factor if fact.unit else Decimal(1)
    return f"{abs(Decimal(i.residual).scaleb(-SCALE)) / factor:,.{fact.decimals}f}"


def issue_of_unit(table: TableFacts, wrong: Misstated, standards: Standards) -> Issue:
    """The unit of a table that all its relations with the rest show to be wrong."""
    printed = table.table.unit.name if table.table.unit else ""
    values = arguments(
        table=table.table.name,
        printed=printed,
        right=wrong.unit.name,
        broken=len(wrong.broken),
        numbers=tuple(arguments(text=f.text) for f in wrong.same[:2]),
    )
    facts: dict[str, Fact] = {
        f.id: f for r in wrong.broken for f in r.relation.facts() if f.table == table.table.id
    }
    facts |= {f.id: f for f in wrong.same}
    facts |= {f.id: f for f in list(table.facts())[:1] if f.printed}  # near the unit
    evidence = tuple(evidence_of(f, table.table.name) for f in facts.values())
    issue = Issue("units.table", values, evidence, "alike" if wrong.same else "")
    return closed(issue, standards, key=table.table.id)


def parts_with_tables(
    document: Document, tables: tuple[TableFacts, ...]
) -> list[tuple[Document, tuple[TableFacts, ...]]]:
    """Each file with the tables its text is checked against: its own, and what only the others have."""
    if not document.parts:
        return [(document, tables)]
    return [(p, view(tables, name)) for p, name in zip(document.parts, document.names, strict=True)]
