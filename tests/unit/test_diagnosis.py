"""One cause for one error, the right cell first, whatever the order; rows and tables before numbers."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from tests.unit.structures import Structure, planted, seen, structure
from yibenzhang.balance.causes import Kind
from yibenzhang.balance.coverage import Standing, coverage, standings
from yibenzhang.balance.diagnose import diagnose
from yibenzhang.balance.mending import holds_all
from yibenzhang.model.relations import Outcome, Result

seeds = st.integers(0, 10**6)


def ids(spots: Iterable[tuple[str, int, int]]) -> set[str]:
    return {"/".join(map(str, at)) for at in spots}


def is_broken(results: list[Result]) -> bool:
    return any(r.outcome is Outcome.CONTRADICTED for r in results)


@settings(max_examples=examples(150), deadline=None)
@given(seeds)
def test_one_error_is_one_certain_cause(seed: int) -> None:
    random = Random(seed)
    made, [spot] = planted(structure(random), random)
    results = made.results()
    if sum(r.outcome is Outcome.CONTRADICTED for r in results) > 1:  # else within the rounding of sums
        [cause] = diagnose(results)
        assert cause.certain
        assert cause.culprits[0].fact.id in ids([spot])
        assert ids([spot]) == {c.fact.id for c in cause.culprits}


@settings(max_examples=examples(80), deadline=None)
@given(seeds, st.integers(2, 3))
def test_nobody_is_accused_for_another(seed: int, count: int) -> None:
    random = Random(seed)
    made, spots = planted(structure(random), random, count)
    for cause in diagnose(made.results()):
        if cause.certain and cause.kind is Kind.NUMBER:
            assert {c.fact.id for c in cause.culprits} <= ids(spots)


def test_two_and_three_errors_are_as_many_causes() -> None:
    right = 0
    for seed in range(100):
        random = Random(seed)
        made, spots = planted(structure(random), random, 2 + seed % 2)
        causes = diagnose(made.results())
        right += {c.culprits[0].fact.id for c in causes if c.culprits} == ids(spots) and len(causes) == len(
            spots
        )
    assert right >= 95


@settings(max_examples=examples(60), deadline=None)
@given(seeds, st.integers(1, 6))
def test_what_is_certain_mends_all_it_touches(seed: int, count: int) -> None:
    random = Random(seed)
    made, _ = planted(structure(random), random, count)
    results = made.results()
    causes = diagnose(results)
    touching: dict[str, list[Result]] = {}
    for r in results:
        for fact in r.relation.facts():
            touching.setdefault(fact.id, []).append(r)
    moved = {}
    for cause in causes:
        if cause.certain and cause.kind is Kind.NUMBER and len(causes) == 1:
            for c in cause.culprits:
                assert c.suggestion is not None and c.fact.interval is not None and c.fact.unit is not None
                moved[c.fact.id] = c.suggestion * c.fact.unit.factor - c.fact.interval.middle
    assert holds_all(moved, touching)


@pytest.mark.middle
@settings(max_examples=examples(60), deadline=None)
@given(seeds, st.integers(1, 25), st.randoms(use_true_random=False))
def test_the_order_of_relations_does_not_matter(seed: int, count: int, shuffle: Random) -> None:
    random = Random(seed)
    made, _ = planted(structure(random), random, count)
    results = made.results()
    other = list(results)
    shuffle.shuffle(other)
    assert {seen(c) for c in diagnose(results)} == {seen(c) for c in diagnose(other)}


# ---- rows, columns, tables ----------------------------------------------------------------------------


def of_table(made: Structure, table: str) -> Structure:
    """Only what one table says of itself."""
    sums = [s for s in made.sums if all(at[0] == table for _, at in s[4])]
    return replace(made.copy(), sums=sums)


def without_row(made: Structure, parent: str, row: int) -> Structure:
    """A row left out: its cells and what it restates are gone, the list does not count it."""
    out = made.copy()
    out.sums = []
    for name, law, family, mine, terms in made.sums:
        if mine == parent:
            terms = tuple((c, at) for c, at in terms if at[:2] != ("t1", row))
        if all(at[:2] != ("t1", row) for _, at in terms):
            out.sums.append((name, law, family, mine, terms))
    return out


def full(random: Random) -> Structure:
    """A structure without empty cells."""
    while True:
        made = structure(random)
        if all(made.cells.values()):
            return made


@pytest.mark.parametrize("seed", range(20))
def test_a_row_left_out_is_missing_and_no_total_is_wrong(seed: int) -> None:
    made = full(Random(seed))
    parent = sorted(made.lists)[seed % len(made.lists)]
    table, top, rows = made.lists[parent]
    if table != "t1" or top == 0:
        parent = next(k for k, v in made.lists.items() if v[0] == "t1" and v[1])
        rows = made.lists[parent][2]
    [cause] = diagnose(without_row(made, parent, rows[-1]).results())
    assert cause.kind is Kind.MISSING_ROW
    assert cause.missing_row and not cause.culprits


@pytest.mark.parametrize("seed", range(20))
def test_a_row_under_the_wrong_parent_is_one_cause(seed: int) -> None:
    random = Random(seed)
    made = full(random)
    a, b = random.sample([k for k, v in made.lists.items() if v[0] == "t1" and v[1]], 2)
    row = made.lists[a][2][0]
    wrong = made.copy()
    wrong.sums = []
    for name, law, family, mine, terms in made.sums:
        if mine == a:
            terms = tuple((c, at) for c, at in terms if at[1] != row)
        elif mine == b:
            column = terms[0][1][2]
            terms = (*terms, (-1, ("t1", row, column)))
        wrong.sums.append((name, law, family, mine, terms))
    [cause] = diagnose(wrong.results())
    assert (cause.kind, cause.certain, cause.from_list, cause.to_list) == (Kind.WRONG_PLACE, True, b, a)
    assert {c.fact.cell[0] for c in cause.culprits} == {row}


def test_a_row_counted_twice_is_one_too_many() -> None:
    made = full(Random(4))
    parent = next(k for k, v in made.lists.items() if v[0] == "t1" and v[1])
    other = next(v[2][0] for k, v in made.lists.items() if v[0] == "t1" and v[1] and k != parent)
    wrong = made.copy()
    wrong.sums = [
        (n, law, family, mine, (*terms, (-1, ("t1", other, terms[0][1][2])))) if mine == parent else (n, law, family, mine, terms)
        for n, law, family, mine, terms in made.sums
    ]  # fmt: skip
    [cause] = diagnose(wrong.results())
    assert (cause.kind, cause.from_list) == (Kind.EXTRA_ROW, parent)
    assert {c.fact.cell[0] for c in cause.culprits} == {other}


@pytest.mark.parametrize("seed", range(20))
def test_two_rows_in_each_others_place_are_one_cause(seed: int) -> None:
    random = Random(seed)
    made = full(random)
    lists = [v for v in made.lists.values() if v[0] == "t1" and v[1]]
    (_, _, one), (_, _, two) = random.sample(lists, 2)
    for c in {at[2] for at in made.cells if at[0] == "t1"}:
        a, b = ("t1", one[0], c), ("t1", two[0], c)
        made.cells[a], made.cells[b] = made.cells[b], made.cells[a]
    [cause] = diagnose(made.results())
    assert cause.swapped and cause.kind is Kind.SWAPPED
    assert {c.fact.cell[0] for c in cause.culprits} == {one[0], two[0]}


def test_two_columns_under_each_others_heading_are_one_cause() -> None:
    made = full(Random(2))
    for _, row, c in [at for at in made.cells if at[0] == "t1" and at[2] == 1]:
        a, b = ("t1", row, c), ("t1", row, 2)
        made.cells[a], made.cells[b] = made.cells[b], made.cells[a]
    [cause] = diagnose(made.results())
    assert cause.swapped
    assert {c.fact.cell[1] for c in cause.culprits} == {1, 2}


def test_a_table_in_another_unit_is_one_cause() -> None:
    made = full(Random(6))
    for at in made.cells:
        if at[0] == "t2":
            made.cells[at] = (made.cells[at] or 0) * 10000
    [cause] = diagnose(made.results())
    assert (cause.kind, cause.certain, cause.tables) == (Kind.UNIT, True, ("t2",))


def test_a_column_one_row_too_low_is_one_cause() -> None:
    made = full(Random(8))
    rows = sorted(at[1] for at in made.cells if at[0] == "t3" and at[2] == 1)
    values = [made.cells["t3", k, 1] for k in rows]
    for k, cents in zip(rows, [values[-1], *values[:-1]], strict=True):
        made.cells["t3", k, 1] = cents
    [cause] = diagnose(made.results())
    assert cause.kind is Kind.SHIFTED
    assert {c.fact.table for c in cause.culprits} == {"t3"}


# ---- standing, speed ----------------------------------------------------------------------------------


def test_proved_is_a_promise() -> None:
    made = of_table(structure(Random(1)), "t1")
    made.cells |= {("t9", 1, 0): 0, ("t9", 1, 1): 0}
    made.sums.append(("zeros", made.sums[0][1], "", "", ((1, ("t9", 1, 0)), (-1, ("t9", 1, 1)))))
    results = made.results()
    standing = standings(["t1/0/0", "t9/1/0", "nowhere"], results, set())
    assert list(standing.values()) == [Standing.PROVED, Standing.TRIVIAL, Standing.ALONE]
    assert coverage(standing).alone == 1
    weak = [replace(r, relation=replace(r.relation, accuses=False)) for r in results]
    assert set(standings(["t1/0/0", "t9/1/0"], weak, set()).values()) == {Standing.ALONE}


def test_a_weak_family_never_accuses() -> None:
    random = Random(3)
    made, _ = planted(structure(random), random)
    results = made.results()
    assert is_broken(results)
    assert not diagnose([replace(r, relation=replace(r.relation, accuses=False)) for r in results])


def test_a_hundred_broken_relations_are_worked_out_at_once() -> None:
    made, _ = planted(structure(Random(5), 8, 4), Random(5), 45)
    results = made.results()
    assert sum(r.outcome is Outcome.CONTRADICTED for r in results) >= 90
    begun = time.process_time()
    diagnose(results)
    assert time.process_time() - begun < 5  # a bound against hanging, no measurement
