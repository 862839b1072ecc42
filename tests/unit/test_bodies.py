"""Bodies over time: which printed names are one, what is only proposed, what people decided; nothing is ever rewritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.test_ledger import disclosure, put, taken
from yibenzhang.cli import app
from yibenzhang.ledger.asking import answer
from yibenzhang.ledger.bodies import (
    APART,
    SAME,
    UNDO,
    Decision,
    Printed,
    append_decision,
    bare,
    is_own,
    proposals,
    read_decisions,
    resolve,
)
from yibenzhang.ledger.store import Ledger, restore


def who(*printed: Printed, decisions: tuple[Decision, ...] = ()) -> list[str]:
    return [b.who for b in resolve(printed, decisions)]


def said(action: str, a: str, b: str) -> Decision:
    return Decision("2026-01-01T00:00:00+00:00", action, (a, b), "王", "三定方案")


@pytest.mark.parametrize(
    ("name", "stem", "own"),
    [
        ("示范市数据局（本级）", "示范市数据局", True),
        ("示范市 数据局", "示范市数据局", False),
        ("示范市数据局本级", "示范市数据局", True),
    ],
)
def test_names_are_compared_without_what_says_that_it_is_the_own_unit(
    name: str, stem: str, own: bool
) -> None:
    assert (bare(name), is_own(name)) == (stem, own)


def test_a_renamed_body_is_one_and_is_called_by_its_latest_name() -> None:
    old, new = (
        Printed("示范市环境保护局", "420100", "", 2018),
        Printed("示范市生态环境局", "420100", "", 2020),
    )
    assert who(old, new) == ["示范市生态环境局"] * 2


def test_bodies_of_other_places_are_others() -> None:
    assert len(set(who(Printed("市环境保护局", "420100"), Printed("市生态环境局", "430100")))) == 2
    one, other = who(Printed("市财政局", "420100"), Printed("市财政局", "430100"))
    assert one != other


def test_merged_bodies_are_proposed_and_not_taken_for_one() -> None:
    printed = (
        Printed("示范市工商行政管理局", "420100", "", 2018),
        Printed("示范市市场监督管理局", "420100", "", 2020),
    )
    assert len(set(who(*printed))) == 2
    [p] = proposals(printed)
    assert (set(p.names), p.reason, p.since) == ({x.name for x in printed}, "merged", 2018)


def test_a_unit_code_joins_names_that_are_alike_and_proposes_others() -> None:
    alike = (Printed("示范市数据局", "420100", "301001"), Printed("示范市数据管理局", "420100", "301001"))
    assert len(set(who(*alike))) == 1
    given_anew = (Printed("示范市数据局", "420100", "301001"), Printed("粮食储备中心", "420100", "301001"))
    assert len(set(who(*given_anew))) == 2
    assert [p.reason for p in proposals(given_anew)] == ["code"]


def test_people_decide_and_undo() -> None:
    printed = (Printed("市政务中心", "420000"), Printed("示范市政务中心", "420100"))
    assert [p.reason for p in proposals(printed)] == ["suffix"]
    same = said(SAME, *(p.name for p in printed))
    assert len(set(who(*printed, decisions=(same,)))) == 1
    assert not proposals(printed, (same,))
    undo = said(UNDO, printed[1].name, printed[0].name)
    assert len(set(who(*printed, decisions=(same, undo)))) == 2
    assert not proposals(printed, (said(APART, *(p.name for p in printed)),))


def test_apart_undoes_what_a_code_says() -> None:
    printed = (Printed("示范市数据局", "420100", "301001"), Printed("示范市数据管理局", "420100", "301001"))
    assert len(set(who(*printed, decisions=(said(APART, *(p.name for p in printed)),)))) == 2


def test_decisions_are_only_ever_added(tmp_path: Path) -> None:
    file = tmp_path / "bodies.jsonl"
    append_decision(file, said(SAME, "甲局", "乙局"))
    with file.open("a") as f:
        f.write('{"at": "2026')  # a kill
    append_decision(file, said(UNDO, "甲局", "乙局"))
    assert [d.action for d in read_decisions(file)] == [SAME, UNDO]


@pytest.mark.middle
def test_a_confirmed_body_is_compared_over_its_years(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    old = disclosure(2025).replace("示范市数据局", "示范市信息中心")
    taken(
        ledger,
        put(tmp_path, "去年.txt", old),
        put(tmp_path, "今年.txt", disclosure(2026, {"节能环保支出": 81.5})),
    )
    assert not answer(ledger, "SELECT * FROM across").rows
    at = ["--ledger", str(ledger.folder)]
    command = [
        "ledger",
        "bodies",
        "--same",
        "示范市信息中心",
        "示范市数据局",
        "--by",
        "王",
        "--why",
        "批复",
        *at,
    ]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert answer(ledger, "SELECT DISTINCT about_body FROM across").rows == (("示范市数据局",),)
    ledger.backup(tmp_path / "备份.tar")
    assert restore(tmp_path / "备份.tar", tmp_path / "另一本").decisions() == ledger.decisions()
    listed = CliRunner().invoke(app, ["ledger", "bodies", *at])
    assert "人工确认" in listed.stdout
