"""The smallest set of wrong numbers: as small as any, and right where few are wrong."""

from __future__ import annotations

import time
from itertools import combinations
from random import Random

import pytest

from bench.planting.plants import wrong_digit
from yibenzhang.balance.around import Steps
from yibenzhang.balance.diagnose import diagnose
from yibenzhang.balance.hitting import STEPS, smallest
from yibenzhang.balance.localise import smallest_set
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.relations import Outcome, Result
from yibenzhang.proving import document_of


def table(random: Random, wrong: int) -> tuple[str, set[tuple[str, str]]]:
    """An expenditure table of 3 classes with 3 items each, and the numbers made wrong in it: printed, right."""
    rows = [("", "合计", [0, 0])]
    for c in ("201", "205", "208"):
        items = [
            (f"{c}01{k:02d}", f"事务{c}{k}", [random.randint(100, 99999) for _ in "ab"]) for k in range(1, 4)
        ]
        sums = [sum(i[2][m] for i in items) for m in (0, 1)]
        rows += [(c, f"支出{c}", sums), (f"{c}01", f"款{c}", sums), *items]
        rows[0] = ("", "合计", [rows[0][2][m] + sums[m] for m in (0, 1)])
    lines = [[code, name, *(f"{v / 100:.2f}" for v in (sum(v), *v))] for code, name, v in rows]
    changed = set()
    for at in random.sample([(r, c) for r in range(len(lines)) for c in (2, 3, 4)], wrong):
        right = lines[at[0]][at[1]]
        lines[at[0]][at[1]] = wrong_digit(right, random)
        changed.add((lines[at[0]][at[1]], right))
    head = "示范市示范局2026年部门预算\n支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    return head + "\n".join("\t".join(line) for line in lines), changed


def broken_of(checked: Checked) -> list[Result]:
    return [r for r in checked.results if r.outcome == Outcome.CONTRADICTED]


@pytest.mark.parametrize("seed", range(12))
def test_the_sets_are_as_small_as_those_of_the_program(seed: int) -> None:
    random = Random(seed)
    text, changed = table(random, random.choice((2, 3, 4)))
    checked = check_document(document_of(text))
    touching: dict[str, list[Result]] = {}
    for r in checked.results:
        for fact in r.relation.facts():
            touching.setdefault(fact.id, []).append(r)
    group = broken_of(checked)
    mine, other = smallest(group, touching, Steps(STEPS)), smallest_set(group, touching)
    assert mine is not None
    assert other is not None
    assert len(mine) == len(other)
    texts = {f.id: f.text for r in group for f in r.relation.facts()}
    wrong = {printed for printed, _ in changed}  # the program does not know that no amount is negative
    assert {i for i, sure in mine if sure and texts[i] not in wrong} <= {i for i, _ in other}


@pytest.mark.parametrize("seed", range(12))
def test_nobody_is_accused_wrongly(seed: int) -> None:
    text, changed = table(Random(100 + seed), 2)
    for cause in diagnose(list(check_document(document_of(text)).results)):
        if cause.certain and not cause.swapped:
            [culprit] = cause.culprits
            assert culprit.fact.text in {printed for printed, _ in changed}


def test_a_document_with_everything_wrong_is_given_up_with_a_word() -> None:
    random = Random(7)
    text, _ = table(random, 25)
    begun = time.process_time()
    checked = check_document(document_of(text))
    assert time.process_time() - begun < 30  # a bound against hanging, no measurement
    assert checked.findings
    assert sum(len(f.broken) for f in checked.findings) == len(broken_of(checked))


def test_two_rows_in_each_others_place_are_one_cause() -> None:
    text, _ = table(Random(3), 0)
    lines = text.split("\n")
    codes = {line.split("\t")[0]: k for k, line in enumerate(lines)}
    a, b = codes["2010101"], codes["2050102"]
    one, two = lines[a].split("\t"), lines[b].split("\t")
    lines[a], lines[b] = "\t".join([*one[:2], *two[2:]]), "\t".join([*two[:2], *one[2:]])
    [finding] = check_document(document_of("\n".join(lines))).findings
    assert "两行的数互换了" in finding.message
    assert all(x != y for x, y in combinations([e.row for e in finding.evidence[:2]], 2))
