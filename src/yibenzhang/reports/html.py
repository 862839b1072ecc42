"""A report in one HTML file: nothing to install, nothing fetched, every number coloured by its standing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from yibenzhang import __version__
from yibenzhang.batch import FileResult
from yibenzhang.checking import Checked
from yibenzhang.facts import TableFacts
from yibenzhang.findings import Finding
from yibenzhang.reports.words import SEVERITY, coverage_line, grouped, profile_line, tally
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
    anchor: str


def write_html(path: Path, results: list[FileResult], standards: Standards) -> None:
    """Write the report of one run."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(["html"]),
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        severity=SEVERITY, profile_line=profile_line, tally=tally, coverage_line=coverage_line,
        grouped=grouped, shown_table=shown_table, excerpts=excerpts, rule_of=standards.rule_by_id.get,
        version=__version__, shares=_shares, most=MOST_ROWS,
    )  # fmt: skip
    text = environment.get_template("report.html").render(results=results)
    path.write_text(text, encoding="utf-8")


def _shares(checked: Checked) -> list[tuple[str, str, int, float]]:
    c = checked.coverage
    whole = c.numbers or 1
    kinds = (
        ("proved", "已印证", c.proved),
        ("contradicted", "有矛盾", c.contradicted),
        ("alone", "无可比对", c.alone),
    )
    return [(k, name, n, round(100 * n / whole, 2)) for k, name, n in kinds]


def shown_table(
    checked: Checked,
    table: TableFacts,
    rows: range | list[int] | None = None,
    marked: frozenset[str] = frozenset(),
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
            anchor = f"{table.table.id}-{cell.row}-{cell.column}"
            line.append(ShownCell(cell.text, span, width, " ".join(styles), anchor))
        out.append(line)
    return out


def excerpts(checked: Checked, finding: Finding) -> list[tuple[TableFacts, list[list[ShownCell]]]]:
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
