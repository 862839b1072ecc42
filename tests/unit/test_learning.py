"""Unknown words are learnt from the relations they make hold, and never without two laws as witnesses."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from yibenzhang import check
from yibenzhang.checking.learning import learn_from, sources_of
from yibenzhang.cli import app
from yibenzhang.laws.learning import Learning, Learnt
from yibenzhang.standards import load
from yibenzhang.standards.lexicon.words import load_lexicon

HEAD = "云溪市数据局2025年部门预算\n"
CODES = (
    ("", "合计"), ("201", "一般公共服务支出"), ("20103", "政府办公厅（室）及相关机构事务"), ("2010301", "行政运行"),
    ("2010302", "一般行政管理事务"), ("221", "住房保障支出"), ("22102", "住房改革支出"), ("2210201", "住房公积金"),
)  # fmt: skip
FIRST = (600, 530, 530, 530, 0, 70, 70, 70)
SECOND = (300, 300, 300, 0, 300, 0, 0, 0)


def table(title: str, one: str, other: str, whole: str = "合计", first: tuple[int, ...] = FIRST) -> str:
    """A list by function with a total and two columns that make it up."""
    lines = [title, "单位：万元", f"科目编码\t科目名称\t{whole}\t{one}\t{other}"]
    for (code, name), a, b in zip(CODES, first, SECOND, strict=True):
        lines.append(f"{code}\t{name}\t{a + b}.00\t{a}.00\t{b}.00")
    return "\n".join(lines) + "\n\n"


def learnt(folder: Path, *texts: str) -> Learning:
    for n, text in enumerate(texts):
        (folder / f"{n}.txt").write_text(HEAD + text, encoding="utf-8")
    paths = sorted(str(p) for p in folder.glob("*.txt"))
    return learn_from([s for s, _, _ in sources_of(paths) if s is not None])


def word(learning: Learning, name: str) -> Learnt:
    return next(w for w in learning.words if w.word == name)


KNOWN = table("支出预算表", "基本支出", "项目支出")
FUNDS = table("支出来源表", "一般公共预算", "政府性基金预算")


@pytest.mark.parametrize(
    ("text", "name", "meaning"),
    [
        (table("支出总表", "日常履职支出", "项目支出") + KNOWN, "日常履职", "kind.basic"),
        (table("支出总表", "一般公共预算", "山河统筹款项") + FUNDS, "山河统筹款项", "fund.government_fund"),
        (table("支出总表", "基本支出", "项目支出", "全口径") + KNOWN, "全口径", "total"),
        (table("支出总表", "基本支出（云算）", "项目支出") + KNOWN, "云算", "plain"),
    ],
)
def test_a_word_is_learnt_from_two_laws(tmp_path: Path, text: str, name: str, meaning: str) -> None:
    learning = learnt(tmp_path, text)
    found = word(learning, name)
    assert [str(p.meaning) for p in found.proposals][:1] == [meaning]
    assert str(found.accepted) == meaning
    assert len(found.proposals[0].laws) == 2 and not found.proposals[0].failed
    assert learning.proved_after >= learning.proved_before


def test_sums_alone_do_not_tell_one_part_from_another(tmp_path: Path) -> None:
    found = word(learnt(tmp_path, table("支出总表", "日常履职支出", "项目支出")), "日常履职")
    assert found.accepted is None
    assert found.proposals and all(p.rivals or len(p.laws) < 2 for p in found.proposals)


def test_a_meaning_that_another_table_contradicts_is_not_accepted(tmp_path: Path) -> None:
    wrong = (610, 540, 540, 540, 0, 70, 70, 70)
    text = table("支出总表", "日常履职支出", "项目支出", first=wrong) + KNOWN
    found = word(learnt(tmp_path, text), "日常履职")
    assert found.accepted is None
    assert all(p.failed or p.broken or p.rivals or len(p.laws) < 2 for p in found.proposals)


def test_a_meaning_taken_beside_it_is_not_proposed(tmp_path: Path) -> None:
    learning = learnt(tmp_path, table("支出总表", "日常履职支出", "项目支出") + KNOWN)
    assert "kind.project" not in {str(p.meaning) for w in learning.words for p in w.proposals}


def test_documents_are_pooled(tmp_path: Path) -> None:
    """What one document contradicts is not accepted for the sake of another."""
    good = table("支出总表", "日常履职支出", "项目支出") + KNOWN
    bad = table("支出总表", "日常履职支出", "项目支出", first=(610, 540, 540, 540, 0, 70, 70, 70)) + KNOWN
    found = word(learnt(tmp_path, good, bad), "日常履职")
    assert len(found.documents) == 2 and found.accepted is None
    assert found.proposals[0].failed or found.proposals[0].broken or found.proposals[0].rivals


def test_known_words_are_not_listed(tmp_path: Path) -> None:
    assert learnt(tmp_path, KNOWN + FUNDS).words == ()


def test_the_folder_written_is_a_layer(tmp_path: Path) -> None:
    files, region = tmp_path / "files", tmp_path / "regions" / "yunxi"
    files.mkdir()
    text = HEAD + table("支出总表", "日常履职支出", "项目支出") + KNOWN
    (files / "a.txt").write_text(text, encoding="utf-8")
    command = ["learn", str(files), "--accept", "--region", "云溪", "--out", str(region)]
    made = CliRunner().invoke(app, command)
    assert made.exit_code == 0, made.output
    assert "日常履职" in (region / "lexicon" / "words.toml").read_text(encoding="utf-8")
    assert 'places = ["云溪"' in (region / "region.toml").read_text(encoding="utf-8")
    assert load("", str(region)) and load_lexicon("", str(region)).phrase("日常履职支出").residue == ()
    before, after = check(files / "a.txt"), check(files / "a.txt", str(region))
    assert [n for n in before.not_checked if "日常履职" in n.reason]
    assert not [n for n in after.not_checked if "日常履职" in n.reason]
    assert CliRunner().invoke(app, command).exit_code == 2  # a person's work is not written over


def test_without_accept_all_are_comments(tmp_path: Path) -> None:
    region = tmp_path / "regions" / "yunxi"
    (tmp_path / "a.txt").write_text(HEAD + table("支出总表", "日常履职支出", "项目支出") + KNOWN, "utf-8")
    made = CliRunner().invoke(app, ["learn", str(tmp_path), "--out", str(region), "--format", "json"])
    assert made.exit_code == 0, made.output
    lines = (region / "lexicon" / "words.toml").read_text(encoding="utf-8").splitlines()
    assert all(not line or line.startswith("#") for line in lines)
    assert "# [kind.basic]" in lines
