"""There and back: invented bodies drafted into every format, read again, checked, and compared with what went in."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from yibenzhang.checking.check import Checked, check
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.invented import body
from yibenzhang.drafting.parts import Draft
from yibenzhang.drafting.pipeline import WRITERS
from yibenzhang.drafting.template import write_figures
from yibenzhang.drafting.workbook import read_workbook
from yibenzhang.model.issues import Severity
from yibenzhang.recognising.rows import bare
from yibenzhang.standards import Standards, load

READ_BACK = ("txt", "docx", "xlsx", "html", "pdf")
SHARE = 0.9
"""Of all numbers, with those of the text: one in the text that a single table restates is often not proved."""
YEARS = {"hubei": 2026, "shanghai": 2025, "jiangsu": 2019, "national": 2025}

_LISTS = ("budget.procurement", "budget.income")
"""Tables whose rows are told by several columns of words: their amounts are compared, not their labels."""

Address = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Trip:
    """One document there and back: what went wrong, and how many of its numbers were proved."""

    region: str
    stage: str
    number: int
    format: str
    numbers: int
    proved: int
    findings: tuple[str, ...]
    lost: int
    added: int
    asks: int = 0

    @property
    def good(self) -> bool:
        enough = self.proved >= SHARE * self.numbers
        return enough and not (self.findings or self.lost or self.added or self.asks)


def put_in(draft: Draft, standards: Standards) -> Counter[tuple[Address, str]]:
    """Every number of the drafted standard tables with its address."""
    out: Counter[tuple[Address, str]] = Counter()
    for grid in draft.grids():
        for p in grid.printed(standards):
            label = "" if p.code or p.standard in _LISTS else p.label
            out[(p.standard, p.side, p.code, label, p.measure), f"{p.value:.2f}"] += 1
    return out


def read_back(checked: Checked) -> Counter[tuple[Address, str]]:
    """The same of a document that was read."""
    out: Counter[tuple[Address, str]] = Counter()
    for t in checked.tables:
        if t.table.standard is None or t.table.standard.layout == "form":
            continue
        for f in t.facts():
            if f.amount is not None:
                standard = t.table.standard.id
                label = "" if f.row.code or standard in _LISTS else bare(f.row.label)
                key = (standard, f.side, f.row.code, label, f.measure)
                out[key, f"{f.amount.value:.2f}"] += 1
    return out


def figures_for(seed: int, number: int, region: str, stage: str, again: str = "") -> Figures:
    """An invented body with the year before it and, in accounts, its budget; ``again`` as in ``body``."""
    year = YEARS[region] - (1 if stage == "accounts" else 0)
    figures = body(seed, number, region, stage, year, again=again)
    first = number % 8 == 0
    if not first:
        before = body(seed, number, region, stage, year - 1)
        figures = replace(figures, last=compose(before).measures | dict(before.extra))
    if stage == "accounts":
        planned = compose(body(seed, number, region, "budget", year, again=again)).measures
        figures = replace(figures, planned=planned)
    return figures


def trips(
    seed: int, number: int, region: str, stage: str, formats: tuple[str, ...], workbook: bool = False
) -> Iterator[Trip]:
    """Draft one body, write it in each format, read it again and compare."""
    figures = figures_for(seed, number, region, stage)
    standards = load()
    with tempfile.TemporaryDirectory() as folder:
        if workbook:
            path = Path(folder) / "figures.xlsx"
            write_figures(figures, path)
            figures = read_workbook(path)
        composed = compose(figures)
        wanted = put_in(composed.draft, standards)
        for kind in formats:
            path = Path(folder) / f"draft.{kind}"
            WRITERS[kind](composed.draft, path)
            checked = check(path)
            got = read_back(checked)
            findings = tuple(
                f"{f.rule}：{f.message}" for f in checked.findings if f.severity != Severity.NOTICE
            )
            lost, added = wanted - got, got - wanted
            if lost or added:
                findings += tuple(f"少 {k}" for k in list(lost)[:2]) + tuple(
                    f"多 {k}" for k in list(added)[:2]
                )
            counted = checked.coverage
            yield Trip(
                region,
                stage,
                number,
                kind,
                counted.numbers,
                counted.proved,
                findings,
                lost.total(),
                added.total(),
                len(composed.asks),
            )
