"""What counts as proof: only what would be told if it were wrong."""

from __future__ import annotations

import pytest

from yibenzhang.balance.coverage import Standing
from yibenzhang.checking.check import check_document
from yibenzhang.proving import document_of

pytestmark = pytest.mark.fast

TITLE = "示范市示范局2024年度部门决算\n"


def standings(text: str) -> dict[str, Standing]:
    """The standing of each number of a text, by how it is printed."""
    found = check_document(document_of(TITLE + text))
    return {q.amount.text: found.standing[q.fact.id] for q in found.quantities}


def test_whole_numbers_that_agree_only_by_rounding_prove_nothing() -> None:
    text = "“三公”经费支出{}万元，其中：因公出国（境）费0万元；公务用车购置及运行费75万元；公务接待费6万元。"
    assert set(standings(text.format(81)).values()) <= {Standing.PROVED, Standing.TRIVIAL}
    assert Standing.PROVED not in standings(text.format(79)).values()


@pytest.mark.parametrize(("whole", "wrong"), [("5.18", False), ("5.48", True)])
def test_a_bare_zero_is_nothing(whole: str, wrong: bool) -> None:
    text = f"“三公”经费支出{whole}万元，其中：因公出国（境）费0万元；公务用车购置及运行费3.98万元；公务接待费1.20万元。"
    assert (standings(text)[whole] == Standing.CONTRADICTED) is wrong
