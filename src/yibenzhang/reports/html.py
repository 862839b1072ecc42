"""A report in one HTML file: nothing to install, nothing fetched, every number coloured by its standing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from yibenzhang.balance.coverage import Coverage
from yibenzhang.batch import FileResult, failure
from yibenzhang.checking.check import Checked
from yibenzhang.checking.extent import over, share
from yibenzhang.checking.multi_file import Group
from yibenzhang.model.issues import Issue
from yibenzhang.model.relations import Outcome
from yibenzhang.prose.quantities import Quantity
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.reports.about import About, Sections, grouped_amount, summary, suspects
from yibenzhang.reports.words import (
    SEVERITY,
    coverage_line,
    first_line,
    group_result,
    grouped,
    places_line,
    profile_line,
    table_place,
    tables_of,
    tally,
)
from yibenzhang.reports.writing import write_text
from yibenzhang.standards import Standards

MOST_ROWS = 400
"""Tables longer than this are shown by their beginning; the findings show their own rows anyway."""
_AROUND = 2


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    row_span: int
    column_span: int
    style: str
    why: str = ""
    """The relations that prove or contradict the number, for the pointer that rests on it."""


def write_html(
    path: Path,
    results: Sequence[FileResult],
    standards: Standards,
    groups: Sequence[Group] = (),
    about: About | None = None,
) -> None:
    """Write the report of one run. Raises OSError; what stood there before then stands there still."""
    script = (Path(__file__).parent / "report.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(["html"]),
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        severity=SEVERITY, profile_line=profile_line, tally=tally, coverage_line=coverage_line,
        places_line=places_line, table_place=table_place, tables_of=tables_of,
        grouped=grouped, shown_table=shown_table, excerpts=excerpts, rule_of=standards.rule_by_id.get,
        about=about or About(), script=Markup(script), digest=_digest(script), families=_families(results, groups),
        summary=summary, amount=grouped_amount, suspects=suspects, sections=Sections, shares=_shares, first_line=first_line, percent=_percent, failure=failure,
        reasons_of=lambda checked: reasons_of(checked, standards),
        shown_prose=shown_prose, most=MOST_ROWS, group_result=group_result, places=_places,
    )  # fmt: skip
    text = environment.get_template("report.html").render(results=results, groups=groups)
    write_text(path, text)


def _digest(script: str) -> str:
    """What the page's own policy lets run: this script, and nothing that came with a document."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _families(results: Sequence[FileResult], groups: Sequence[Group]) -> list[str]:
    """The families of the rules that spoke."""
    found = [f for r in results if r.checked for f in r.checked.findings]
    found += [f for g in groups for f in g.findings]
    return sorted({f.rule.partition(".")[0] for f in found})


def _places(finding: Issue) -> list[str]:
    """Where the numbers of a finding between files stand."""
    return list(dict.fromkeys(str(e.place) for e in finding.evidence))[:6]


def _percent(c: Coverage) -> str:
    return f"{share(c)}%" if over(c) else "—"


def _shares(checked: Checked) -> list[tuple[str, str, int, float]]:
    c = checked.coverage
    whole = c.numbers or 1
    kinds = (
        ("proved", "已印证", c.proved),
        ("contradicted", "有矛盾", c.contradicted),
        ("alone", "无可比对", c.alone),
        ("trivial", "零", c.trivial),
    )
    return [(k, name, n, round(100 * n / whole, 2)) for k, name, n in kinds]


def shown_table(
    checked: Checked,
    table: TableFacts,
    rows: range | list[int] | None = None,
    marked: frozenset[str] = frozenset(),
    reasons: Reasons | None = None,
) -> list[list[ShownCell]]:
    """The cells of a table by row, with their spans cut to the rows shown and a style by standing."""
    by_cell = {f.cell: f for f in table.facts()}
    wanted = list(rows) if rows is not None else list(range(min(table.table.table.rows, MOST_ROWS)))
    head = table.table.header.first
    out: list[list[ShownCell]] = []
    grid = table.table.table.grid()
    seen: set[int] = set()
    for r in wanted:
        line = []
        for c, cell in enumerate(grid[r]):
            if cell is None or id(cell) in seen:
                continue
            seen.add(id(cell))
            span = sum(cell.row <= k < cell.row + cell.row_span for k in wanted)
            fact = by_cell.get((cell.row, cell.column))
            styles = ["head"] if r < head else []
            if fact is not None:
                styles.append("num")
                standing = checked.standing.get(fact.id)
                if standing:
                    styles.append(standing.value)
                if fact.id in marked:
                    styles.append("marked")
            width = min(cell.column_span, table.table.table.columns - c)
            why = "\n".join(reasons.get(fact.id, ())) if fact is not None and reasons else ""
            line.append(ShownCell(cell.text, span, width, " ".join(styles), why))
        out.append(line)
    return out


Reasons = dict[str, list[str]]


def reasons_of(checked: Checked, standards: Standards) -> Reasons:
    """For every number the names of the relations it takes part in, at most four."""
    out: Reasons = {}
    for result in checked.results:
        rule = standards.rule_by_id.get(result.relation.rule)
        mark = "✗ " if result.outcome == Outcome.CONTRADICTED else "✓ "
        for fact in result.relation.facts():
            names = out.setdefault(fact.id, [])
            name = mark + (rule.name if rule else result.relation.rule)
            if len(names) < 4 and name not in names:
                names.append(name)
    return out


def shown_prose(checked: Checked, reasons: Reasons) -> list[tuple[bool, list[tuple[str, str, str]]]]:
    """The text by passage: (is a heading, pieces of (words, style, reasons)); numbers are pieces of their own."""
    by_passage: dict[int, list[Quantity]] = {}
    for q in checked.quantities:
        by_passage.setdefault(id(q.passage), []).append(q)
    out = []
    for p in checked.passages:
        pieces: list[tuple[str, str, str]] = []
        at = 0
        for q in by_passage.get(id(p), ()):
            pieces.append((p.text[at : q.start], "", ""))
            fact = q.fact
            standing = checked.standing.get(fact.id)
            pieces.append(
                (
                    p.text[q.start : q.end],
                    standing.value if standing else "",
                    "\n".join(reasons.get(fact.id, ())),
                )
            )
            at = q.end
        pieces.append((p.text[at:], "", ""))
        out.append((p.heading, pieces))
    return out


def excerpts(checked: Checked, finding: Issue) -> list[tuple[TableFacts, list[list[ShownCell]]]]:
    """For each table a finding speaks of: the header, the rows concerned and a little around them."""
    marked = frozenset(e.fact for e in finding.evidence)
    out = []
    for table in checked.tables:
        rows = {f.cell[0] for f in table.facts() if f.id in marked}
        if not rows:
            continue
        last = table.table.table.rows
        keep = {k for r in rows for k in range(r - _AROUND, r + _AROUND + 1) if 0 <= k < last}
        keep |= set(range(table.table.header.first))
        out.append((table, shown_table(checked, table, sorted(keep), marked)))
    return out[:4]


__all__ = ["excerpts", "shown_table", "write_html"]
