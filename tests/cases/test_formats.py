"""One disclosure as text or PDF, Word, Excel and web page: the same facts and the same findings."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import checked, sampled
from tests.office import VARIANTS, as_csv, documents
from yibenzhang import check, read
from yibenzhang.checking.check import Checked
from yibenzhang.model.places import FlowPlace, SheetPlace

pytestmark = pytest.mark.middle

NAMES = sorted(documents())
SLID = "hubei-shifted-row.txt"
"""Its planted fault is one of text extraction, which no cell of Word or Excel can have."""
PAIRS = [
    (n, s) for n in NAMES if n != SLID for s in VARIANTS if s in (".docx", ".xlsx", ".html") or "clean" in n
]


def short() -> set[tuple[str, str]]:
    """Every example in one format, each time the next, and every clean one in two."""
    kinds = [n for n in NAMES if "clean" in n], [n for n in NAMES if "clean" not in n and n != SLID]
    chosen = set()
    for names, often in zip(kinds, (2, 1), strict=True):
        for k, name in enumerate(names):
            own = [p for p in PAIRS if p[0] == name]
            chosen |= {own[(k + 3 * again) % len(own)] for again in range(often)}
    return chosen


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)  # a PDF does not store the blanks of a label


def facts(found: Checked) -> Counter[tuple[str, ...]]:
    return Counter(
        (
            f.standard, f.side, f.row.code, bare(f.row.label), f.row.role, f.measure, f.state.value,
            str(f.amount.value), f.amount.unit.name if f.amount.unit else "",
        )
        for t in found.tables if t.table.standard
        for f in t.facts() if f.amount
    )  # fmt: skip


def findings(found: Checked) -> Counter[tuple[str, ...]]:
    return Counter((f.rule, f.severity.value, bare(f.message), f.expected) for f in found.findings)


@pytest.mark.parametrize(("name", "suffix"), sampled(PAIRS, short()))
def test_the_same_facts_and_findings(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "no-suffix"  # files are known by their bytes
    path.write_bytes(VARIANTS[suffix](documents()[name]))
    made, wanted = check(path), checked(name)
    assert sum(facts(wanted).values()) > 100
    assert facts(made) - facts(wanted) == Counter()
    assert facts(wanted) - facts(made) == Counter()
    assert findings(made) == findings(wanted)
    assert bool(made.findings) == ("clean" not in name)
    assert made.profile == wanted.profile
    places = {type(f.place) for t in made.tables for f in t.facts()}
    assert places == {SheetPlace if "xls" in suffix else FlowPlace}


@pytest.mark.parametrize(
    "name", ["hubei-clean.txt", "shanghai-budget-clean.pdf", "shanghai-accounts-clean.pdf"]
)
def test_csv_has_the_same_facts(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(as_csv(documents()[name]))
    assert facts(check(path)) == facts(checked(name))


def test_keys_of_places_are_unique_and_stable(tmp_path: Path) -> None:
    for suffix, make in VARIANTS.items():
        path = tmp_path / f"a{suffix}"
        path.write_bytes(make(documents()["hubei-clean.txt"]))
        runs = []
        for _ in range(2):
            document = read(path)
            keys = [p.place.key for p in document.paragraphs()]
            keys += [c.place.key for t in document.tables() for c in t.cells]
            runs.append(keys)
        assert runs[0] == runs[1]
        assert len(set(runs[0])) == len(runs[0])


def test_a_slid_row_of_a_workbook_is_its_own_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(VARIANTS["-plain.xlsx"](documents()[SLID]))
    rules = {f.rule.removesuffix(".unconfirmed") for f in check(path).findings}
    assert rules == {"total.rows", "total.columns"}  # the total of the slid row is left blank
