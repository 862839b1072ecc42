"""A report in one HTML file: nothing to install, nothing fetched, every number coloured by its standing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from yibenzhang.balance.coverage import Coverage
from yibenzhang.checking.extent import over, share
from yibenzhang.model.documents import spread
from yibenzhang.model.issues import Issue
from yibenzhang.model.relations import Outcome
from yibenzhang.reports.about import About, grouped_amount, summary, suspects
from yibenzhang.reports.found import Found, FoundFile, FoundGroup, FoundTable, failure, run_line, worst_first
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
    results: Sequence[FoundFile],
    standards: Standards,
    groups: Sequence[FoundGroup] = (),
    about: About | None = None,
) -> None:
    """Write the report of one run. Raises OSError; what stood there before then stands there still."""
    script = (Path(__file__).parent / "report.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        severity=SEVERITY,
        profile_line=profile_line,
        tally=tally,
        coverage_line=coverage_line,
        places_line=places_line,
        table_place=table_place,
        tables_of=tables_of,
        grouped=grouped,
        shown_table=shown_table,
        excerpts=excerpts,
        rule_of=standards.rule_by_id.get,
        about=about or About(),
        script=Markup(script),
        digest=_digest(script),
        families=_families(results, groups),
        summary=summary,
        amount=grouped_amount,
        suspects=suspects,
        shares=_shares,
        first_line=first_line,
        percent=_percent,
        failure=failure,
        reasons_of=lambda found: reasons_of(found, standards),
        shown_prose=shown_prose,
        most=MOST_ROWS,
        group_result=group_result,
        places=_places,
    )
    results = worst_first(results)
    run = run_line(results) if len(results) > 1 else ""
    text = environment.get_template("report.html").render(results=results, groups=groups, run=run)
    write_text(path, text)


def _digest(script: str) -> str:
    """What the page's own policy lets run: this script, and nothing that came with a document."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _families(results: Sequence[FoundFile], groups: Sequence[FoundGroup]) -> list[str]:
    """The families of the rules that spoke."""
    found = [f for r in results if r.found for f in r.found.findings]
    found += [f for g in groups for f in g.findings]
    return sorted({f.rule.partition(".")[0] for f in found})


def _places(finding: Issue) -> list[str]:
    """Where the numbers of a finding between files stand."""
    return list(dict.fromkeys(str(e.place) for e in finding.evidence))[:6]


def _percent(c: Coverage) -> str:
    return f"{share(c)}%" if over(c) else "—"


def _shares(found: Found) -> list[tuple[str, str, int, float]]:
    c = found.coverage
    whole = c.numbers or 1
    kinds = (
        ("proved", "已印证", c.proved),
        ("contradicted", "有矛盾", c.contradicted),
        ("alone", "无可比对", c.alone),
        ("trivial", "零", c.trivial),
    )
    return [(k, name, n, round(100 * n / whole, 2)) for k, name, n in kinds]


def shown_table(
    found: Found,
    table: FoundTable,
    rows: range | list[int] | None = None,
    marked: frozenset[str] = frozenset(),
    reasons: Reasons | None = None,
) -> list[list[ShownCell]]:
    """The cells of a table by row, with their spans cut to the rows shown and a style by standing."""
    wanted = list(rows) if rows is not None else list(range(min(table.rows, MOST_ROWS)))
    out: list[list[ShownCell]] = []
    grid = spread(found.cells[table.id], table.rows, table.columns)
    seen: set[int] = set()
    for r in wanted:
        line = []
        for c, cell in enumerate(grid[r]):
            if cell is None or id(cell) in seen:
                continue
            seen.add(id(cell))
            span = sum(cell.row <= k < cell.row + cell.row_span for k in wanted)
            styles = ["head"] if r < table.header else []
            if cell.fact:
                styles += ["num", cell.standing] if cell.standing else ["num"]
                if cell.fact in marked:
                    styles.append("marked")
            width = min(cell.column_span, table.columns - c)
            why = "\n".join(reasons.get(cell.fact, ())) if reasons else ""
            line.append(ShownCell(cell.text, span, width, " ".join(styles), why))
        out.append(line)
    return out


Reasons = Mapping[str, Sequence[str]]


def reasons_of(found: Found, standards: Standards) -> Reasons:
    """For every number the names of the relations it takes part in, at most four."""
    names = []
    for rule, outcome in found.analysis.columns("relations", "rule", "outcome"):
        known = standards.rule_by_id.get(rule)
        mark = "✗ " if outcome == Outcome.CONTRADICTED else "✓ "
        names.append(mark + (known.name if known else rule))
    out: dict[str, list[str]] = {}
    for relation, fact in found.analysis.columns("terms", "relation", "fact"):
        reasons = out.setdefault(fact, [])
        if len(reasons) < 4 and names[relation] not in reasons:
            reasons.append(names[relation])
    return out


def shown_prose(found: Found, reasons: Reasons) -> list[tuple[bool, list[tuple[str, str, str]]]]:
    """The text by passage: (is a heading, pieces of (words, style, reasons)); numbers are pieces of their own."""
    inside: dict[int, list[tuple[str, str, int, int]]] = {}
    for passage, *figure in found.analysis.columns("figures", "passage", "fact", "standing", "start", "end"):
        inside.setdefault(passage, []).append((figure[0], figure[1], figure[2], figure[3]))
    out = []
    for n, (text, heading) in enumerate(found.analysis.columns("passages", "printed", "heading")):
        pieces: list[tuple[str, str, str]] = []
        at = 0
        for fact, standing, start, end in inside.get(n, ()):
            pieces.append((text[at:start], "", ""))
            pieces.append((text[start:end], standing, "\n".join(reasons.get(fact, ()))))
            at = end
        pieces.append((text[at:], "", ""))
        out.append((heading, pieces))
    return out


def excerpts(found: Found, finding: Issue) -> list[tuple[FoundTable, list[list[ShownCell]]]]:
    """For each table a finding speaks of: the header, the rows concerned and a little around them."""
    marked = frozenset(e.fact for e in finding.evidence if e.fact)
    out = []
    for table in found.tables if marked else ():
        rows = {cell.row for cell in found.cells[table.id] if cell.fact in marked}
        if not rows:
            continue
        keep = {k for r in rows for k in range(r - _AROUND, r + _AROUND + 1) if 0 <= k < table.rows}
        keep |= set(range(table.header))
        out.append((table, shown_table(found, table, sorted(keep), marked)))
    return out[:4]


__all__ = ["excerpts", "shown_table", "write_html"]
