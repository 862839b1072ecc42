"""Disclosures of invented bodies in the styles of seven provinces, exact by construction, written without sight of the
program: nothing is told of them, and a number made wrong is."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest

from yibenzhang.balance.coverage import Standing, coverage
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.issues import Severity
from yibenzhang.reading import read, read_data

FOLDER = Path(__file__).parent
STYLES = sorted(p.stem for p in FOLDER.glob("*.html"))
LEAST = {
    "anhui-accounts": (0.99, 0.95),
    "guangdong-budget": (0.86, 0.54),
    "hebei-budget": (0.95, 0.71),
    "sichuan-budget": (0.98, 0.92),
    "tianjin-accounts": (0.93, 0.93),
    "yunnan-budget": (0.93, 0.77),
    "zhejiang-accounts": (0.99, 0.89),
}
"""Least shares of the numbers in tables and in sentences that are proved, zeros apart; they may only rise."""

pytestmark = pytest.mark.middle


@lru_cache
def checked(style: str) -> Checked:
    return check_document(read(str(FOLDER / f"{style}.html")))


def told(found: Checked) -> list[tuple[str, str]]:
    return [
        (i.rule, str(i.severity)) for i in found.findings if i.severity in (Severity.ERROR, Severity.WARNING)
    ]


@pytest.mark.parametrize("style", STYLES)
def test_nothing_is_told_of_a_disclosure_that_is_exact(style: str) -> None:
    assert told(checked(style)) == []


@pytest.mark.parametrize("style", STYLES)
def test_so_much_is_proved(style: str) -> None:
    found = checked(style)
    said = {q.fact.id for q in found.quantities}
    shares = []
    for ids in (found.standing.keys() - said, found.standing.keys() & said):
        c = coverage({i: found.standing[i] for i in ids})
        shares.append(c.proved / (c.numbers - c.trivial))
    assert tuple(s >= least for s, least in zip(shares, LEAST[style], strict=True)) == (True, True), shares


@pytest.mark.parametrize("style", STYLES)
def test_a_proved_number_made_wrong_is_told(style: str) -> None:
    """The first long amount of the sentences that is proved, a third larger wherever that sentence prints it."""
    found = checked(style)
    q = next(
        q
        for q in found.quantities
        if found.standing.get(q.fact.id) == Standing.PROVED
        and re.fullmatch(r"[1-9]\d{3,}\.\d\d", q.amount.text.replace(",", ""))
    )
    lead = q.passage.text[max(0, q.start - 6) : q.start]
    text = (FOLDER / f"{style}.html").read_text(encoding="utf-8")
    assert f"{lead}{q.amount.text}" in text
    wrong = f"{q.amount.value * 4 / 3:.2f}"
    data = text.replace(f"{lead}{q.amount.text}", f"{lead}{wrong}", 1).encode()
    assert told(check_document(read_data(f"{style}.html", data))) != []
