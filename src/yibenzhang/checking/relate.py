"""From the tables to relations that hold or do not: slid rows put back, several files read together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from yibenzhang.balance.evaluate import evaluate
from yibenzhang.checking.column_shift import realign
from yibenzhang.checking.messages import notice
from yibenzhang.checking.unit_error import Misstated
from yibenzhang.model.documents import Document
from yibenzhang.model.findings import Evidence, Finding, evidence_of
from yibenzhang.model.places import file_of
from yibenzhang.model.relations import NotChecked, Outcome, Relation, Result
from yibenzhang.recognising.profile import Profile
from yibenzhang.recognising.table_facts import TableFacts, table_facts
from yibenzhang.rules.copies import copies, file_of_table, view
from yibenzhang.rules.sums import build
from yibenzhang.standards import Standards


def relate(
    document: Document, tables: tuple[TableFacts, ...], profile: Profile, standards: Standards
) -> tuple[list[Result], list[NotChecked]]:
    """What the sums of the standards say of the tables, and what could not be checked."""
    torn = _torn(document, tables)
    built: list[Relation | NotChecked] = []
    for _, seen in views(document, tables):
        built += build(seen, profile.stage, profile.region, standards, torn)
    if document.parts:
        built = [*_once(built), *copies(tables)]
    return evaluate(b for b in built if isinstance(b, Relation)), [
        b for b in built if isinstance(b, NotChecked)
    ]


def views(
    document: Document, tables: tuple[TableFacts, ...]
) -> list[tuple[Document, tuple[TableFacts, ...]]]:
    """Each file with the tables it is to be checked against: its own, and what only the others have."""
    if not document.parts:
        return [(document, tables)]
    return [(p, view(tables, name)) for p, name in zip(document.parts, document.names, strict=True)]


def _once(built: list[Relation | NotChecked]) -> list[Relation | NotChecked]:
    """A table that several files share is related once."""
    seen: dict[object, Relation | NotChecked] = {}
    for b in built:
        key = (b.rule, tuple((t.coefficient, t.fact.id) for t in b.terms)) if isinstance(b, Relation) else b
        seen.setdefault(key, b)
    return list(seen.values())


def names_of_tables(tables: tuple[TableFacts, ...]) -> dict[str, str]:
    """What each table is called; one that is printed in two files is told apart by the file."""
    count = Counter(t.table.name for t in tables)
    files = {t.table.id: file_of_table(t) for t in tables}
    told = {
        t.table.id: f"{t.table.name}（{files[t.table.id]}）"
        if count[t.table.name] > 1 and files[t.table.id]
        else t.table.name
        for t in tables
    }
    return told | {"prose": "正文"}


def realigned(
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
        after, missing = relate(document, trial, profile, standards)
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
        before = {c.place.key: c.column for c in table.table.table.cells}
        slid = [
            c for c in moved.table.table.cells if before.get(c.place.key, c.column) != c.column and c.text
        ]
        evidence = tuple(
            Evidence("", table.table.id, table.table.name, rows[c.row].text, "", c.text, "", c.place)
            for c in (*rows.values(), *slid)
        )
        told.append(notice("reading.shifted", message, evidence, standards, table.table.id))
    return tables, results, not_checked, told


def told_unit(table: TableFacts, wrong: Misstated, standards: Standards) -> Finding:
    printed = table.table.unit.name if table.table.unit else ""
    why = f"与其他表和正文的 {len(wrong.broken)} 项关系因此不成立，改后全部成立。"
    if wrong.same:
        why = f"表中的 {'、'.join(f.text for f in wrong.same[:2])} 在别处单位是“{wrong.unit.name}”。"
    message = f"{table.table.name}的单位印为“{printed}”，应为“{wrong.unit.name}”：{why}"
    facts = {f.id: f for r in wrong.broken for f in r.relation.facts() if f.table == table.table.id}
    facts |= {f.id: f for f in wrong.same}
    facts |= {f.id: f for f in list(table.facts())[:1] if f.printed}  # near the unit
    evidence = tuple(evidence_of(f, table.table.name) for f in facts.values())
    return notice("units.table", message, evidence, standards, table.table.id)


def _torn(document: Document, tables: tuple[TableFacts, ...]) -> frozenset[str]:
    """Tables that may go on over a page that could not be read."""
    unread = {(file_of(n.place), n.place.page) for n in document.notices if n.unread and n.place}
    return frozenset(
        t.table.id
        for t in tables
        if (pages := t.table.table.pages)
        and any((file_of_table(t), p) in unread for p in range(pages[0] + 1, pages[-1] + 2))
    )


def _confirmed(table: TableFacts, rows: Collection[int], results: list[Result]) -> bool:
    """Every number but zero of these rows takes part in a relation that holds."""
    proved = {f.id for r in results if r.outcome != Outcome.CONTRADICTED for f in r.relation.facts()}
    moved = [f for f in table.facts() if f.row.index in rows and f.amount and f.amount.value]
    return all(f.id in proved for f in moved)


def _broken(results: list[Result], table: str) -> list[Result]:
    broken = [r for r in results if r.outcome == Outcome.CONTRADICTED]
    return [r for r in broken if any(f.table == table for f in r.relation.facts())] if table else broken
