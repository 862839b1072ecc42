"""`bench`: each measuring command on the shipped examples."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

import bench
from bench import leave_out, real, same, speed
from bench.cli import app
from bench.corpus import count
from bench.gross import KINDS, changed, value_of
from bench.leave_out import dropped, only_in
from bench.lookup import LABELS
from bench.paraphrases import TITLES, defects_of
from bench.running import Run, check_folder
from tests.conftest import ROOT
from yibenzhang.cli import app as product
from yibenzhang.standards import HERE, load

EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("corpus")
    for city, name in (
        ("hubei", "hubei-clean.txt"), ("hubei", "hubei-wrong-digit.txt"), ("jiangsu", "jiangsu-clean.pdf"),
    ):  # fmt: skip
        (out / city).mkdir(exist_ok=True)
        shutil.copy(EXAMPLES / name, out / city / name)
    return out


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    yield check_folder(folder, jobs=1)


def told(*arguments: object) -> Any:
    made = CliRunner().invoke(app, [*map(str, arguments), "--format", "json"])
    assert made.exit_code == 0, made.output
    return json.loads(made.stdout)


def test_bench_is_beside_the_package() -> None:
    assert Path(bench.__file__).parent == ROOT / "bench"
    imports = (p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py"))
    assert not any("from bench" in text or "\nimport bench" in text for text in imports)
    assert "leave-out" in CliRunner().invoke(product, ["bench", "--help"]).stdout


def test_without_a_checkout_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("yibenzhang.cli.bench.CHECKOUT", tmp_path)
    made = CliRunner().invoke(product, ["bench", "corpus", "."])
    assert made.exit_code == 2 and "源码目录" in made.output


def test_corpus_counts_by_city(run: Run) -> None:
    hubei, jiangsu, total = count(run)
    assert (hubei.city, jiangsu.city, total.city) == ("hubei", "jiangsu", "total")
    assert (hubei.files, jiangsu.files, total.files) == (2, 1, 3)
    assert hubei.errors >= 1 and jiangsu.errors == 0
    for c in (hubei, jiangsu):
        assert c.tables == c.understood > 0
    for where in total.marks:
        assert total.marks[where] == hubei.marks[where] + jiangsu.marks[where]


def test_corpus_and_errors_print(folder: Path) -> None:
    made = told("corpus", folder, "--regions", "jiangsu", "-j", 1, "--told")
    assert [c["city"] for c in made["cities"]] == ["jiangsu", "total"]
    assert float(made["cities"][0]["table"]["share"]) > 95
    [error, *_] = told("errors", folder, "--regions", "hubei", "-j", 1)
    assert error["document"] == "hubei/hubei-wrong-digit.txt" and error["severity"] == "error"


def test_judged_finds_labels_again(folder: Path, run: Run, tmp_path: Path) -> None:
    first = next(run.told())
    lines = [
        "document,rule,severity,page,verdict,reason",
        f"{first.document},{first.rule},error,,FALSE,x",
        f"{first.document},{first.rule}.other,error,,TRUE,y",
    ]
    (tmp_path / LABELS).write_text("\n".join(lines), encoding="utf-8")
    made = told("judged", folder, "--labels", tmp_path, "-j", 1)
    assert len(made["false_told"]) == 1 and len(made["true_missing"]) == 1
    assert made["no_disclosure"] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["1,234.50", "-70.05", "8.00", "120"])
def test_a_change_is_gross(text: str, kind: str) -> None:
    room = Decimal("0.02")
    new = changed(text, kind, room, Random(3))
    if new is None:
        assert (kind, text) in {("lost_point", "120"), ("swapped_digits", "8.00")}
    else:
        assert abs(value_of(new) - value_of(text)) > room


def test_within_rounding_nothing_is_planted() -> None:
    assert changed("0.01", "factor", Decimal("0.02"), Random(1)) is None


def test_planted_into_documents_as_read(run: Run) -> None:
    work = real.plants(run, 10, 1)
    assert work == real.plants(run, 10, 1)
    found = real.verdicts(work, 1)
    assert len(found) == 10 and not any(v.failed for v in found)
    assert sum(v.told for v in found) >= 8
    made = real.report(found)
    assert made["kinds"][-1]["name"] == "total" and made["kinds"][-1]["planted"] == 10


def test_words_of_one_city_are_dropped(tmp_path: Path) -> None:
    seen = tmp_path / leave_out.SEEN
    seen.write_text("word,city\n甲,a\n乙,a\n乙,b\n", encoding="utf-8")
    assert only_in("a", seen) == {"甲"}
    text = '[x]\nname = "甲"\nwords = ["甲", "乙",\n  "甲"]\nlast = "甲"\n'
    assert dropped(text, frozenset({"甲"})) == '[x]\nname = "甲"\nwords = ["乙",\n  ]\nlast = "甲"\n'


def test_leave_out_measures_with_the_standards_it_is_given(folder: Path) -> None:
    def nothing_left(city: str, into: Path) -> Path:
        made = leave_out.without(city, into)
        (made / "lexicon" / "words.toml").write_text("", encoding="utf-8")
        return made

    [row] = leave_out.leave_out(folder, ["jiangsu"], 1, nothing_left)
    assert row["with"]["table"]["proved"] > row["without"]["table"]["proved"]


def test_speed(folder: Path) -> None:
    found = speed.measure(folder / "jiangsu", memory=False)
    made = speed.report(found, [])
    assert made["pages"] > 0 and made["ms_a_page"]["all"] > 0


@pytest.mark.long
def test_growth() -> None:
    assert [g["times"] for g in speed.growth(rounds=1)] == [1, 4, 16]


def test_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same, "RUNS", same.RUNS[:2])
    assert all(r["same"] for r in same.compare(folder / "jiangsu"))
    assert same.difference(b"abc", b"abd")["at"] == 2


def test_labels_are_found_by_place_and_content(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "defects.jsonl"
    one = {
        "document": "hubei/hubei-wrong-digit.txt",
        "class": "arithmetic",
        "certainty": "definite",
        "severity": "error",
    }
    checked = next(
        r.checked for r in check_folder(folder, jobs=1).results if r.path.endswith("wrong-digit.txt")
    )
    assert checked is not None
    wrong = checked.findings[0]
    line = getattr(wrong.place, "line", 0)
    text = {"where_a": "", "where_b": "", "expected": "", "explain": ""}
    labels = [
        one | text | {"id": "1", "reported": wrong.reported, "source_lines": [line]},
        one | text | {"id": "2", "reported": wrong.reported, "source_lines": [line + 40]},  # elsewhere
        one | text | {"id": "3", "reported": "98765.43", "source_lines": [line]},  # another number
        one | text | {"id": "4", "reported": "98765.43", "source_lines": [line], "certainty": "questionable"},
    ]
    path.write_text("\n".join(json.dumps(x, ensure_ascii=False) for x in labels), encoding="utf-8")
    made = told("labels", folder, "--labels", path, "-j", 1)
    assert [r["id"] for r in made["found"]] == ["1"]
    assert [r["id"] for r in made["missed"]] == ["2", "3"]
    assert made["total"] == {"name": "合计", "labels": 3, "found": 1, "notices": 0, "recall": "33.3"}


def test_paraphrases_are_tried_in_their_disclosure(tmp_path: Path) -> None:
    made = told("paraphrases", Path(bench.__file__).parent / "wordings" / "example.toml")
    assert made["total"]["told"] == made["total"]["fires"] == made["total"]["by_rule"] == 3
    assert made["total"]["quiet"] == made["total"]["silent"] == 2
    wrong = tmp_path / "mine.toml"
    wrong.write_text(
        '[[wording]]\nid = "wording.rate"\nfires = ["增长 5.00%。"]\nsilent = ["增长 5.00。"]\n',
        encoding="utf-8",
    )
    made = told("paraphrases", wrong)
    assert [w["fires"] for w in made["wrong"]] == [True, False]


def test_the_defects_to_word_are_rules() -> None:
    standards = load()
    for defect in defects_of().values():
        assert defect.id in standards.rule_by_id
        assert defect.disclosure in TITLES or (HERE / "cases" / defect.disclosure).exists()
