"""Patterns made at their first use, records pickled in short, rules read without their cases: the same, only sooner."""

from __future__ import annotations

import gc
import pickle
import re
import tomllib
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import yibenzhang
from yibenzhang.model.amounts import parse_amount
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.patterns import late
from yibenzhang.model.places import PagePlace
from yibenzhang.rules.misprints import _between
from yibenzhang.standards import StandardsError, load
from yibenzhang.standards.entries import prove, rule_of
from yibenzhang.standards.lexicon import counts, denials
from yibenzhang.standards.patterns import patterns

STANDARDS = Path(yibenzhang.__file__).parent / "standards"


def test_a_pattern_is_made_when_it_is_first_used() -> None:
    wrong = late("(没有写完")
    assert wrong.pattern == "(没有写完"
    with pytest.raises(re.error):
        wrong.search("没有写完")


def test_a_late_pattern_does_what_a_pattern_does() -> None:
    text = "三公经费 3 万元，会议费 5 万元"
    made, known = late(r"(?P<n>\d) 万元"), re.compile(r"(?P<n>\d) 万元")
    assert late(r"(?P<n>\d) 万元") is made
    assert made.findall(text) == known.findall(text)
    assert made.sub("x", text) == known.sub("x", text)
    assert made.groupindex == known.groupindex
    assert [m.span("n") for m in made.finditer(text, 8)] == [m.span("n") for m in known.finditer(text, 8)]
    assert late("^a", re.MULTILINE).findall("a\na") == ["a", "a"]
    with pytest.raises(AttributeError):
        made.nothing_of_a_pattern  # type: ignore[attr-defined]  # noqa: B018


def test_all_shipped_patterns_can_be_made() -> None:
    for region in ("", *(r.id for r in load().regions)):
        standards = load(region)
        prove(standards.phrases, standards.levels)
    for file in (STANDARDS / "patterns").glob("*.toml"):
        assert patterns(file.stem)
    for words in (counts, denials):
        for function in vars(words).values():
            if getattr(function, "__module__", "") == words.__name__ and hasattr(function, "cache_info"):
                function()
    for package in ("rules", "prose"):
        for module in walk_packages([str(STANDARDS.parent / package)], f"yibenzhang.{package}."):
            import_module(module.name)
    gc.unfreeze()  # what is frozen is not listed
    waiting = [o for o in gc.get_objects() if type(o) is type(late("")) and "(没有写完" not in o.pattern]
    assert len(waiting) > 300
    for pattern in waiting:
        assert pattern.groups >= 0  # made: to search is put off where no word of the pattern is there


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        (
            "wording.toml",
            '[[phrase]]\nid = "wording.own"\nname = "自己的"\nseverity = "warning"\npattern = "（(甲"\nfires = "（甲"\n'
            'twin = "乙"\n',
        ),
        ("indicators.toml", '[[level]]\nid = "own"\nright = "数量"\nunder = ["质量"]\nnames = ["(甲"]\n'),
    ],
)
def test_a_wrong_pattern_of_an_own_layer_is_told_at_once(tmp_path: Path, name: str, entry: str) -> None:
    (tmp_path / name).write_text(entry, encoding="utf-8")
    with pytest.raises(StandardsError, match="own"):
        load("", str(tmp_path))


def test_records_come_back_from_pickling_as_they_were() -> None:
    at = Coordinates(side="income", item="car", residue=("甲",))
    place = PagePlace(3, 1.0, 2.0, 3.0, 4.0)
    for record in (at, place, parse_amount("1,234.50")):
        assert pickle.loads(pickle.dumps(record)) == record
        assert hash(pickle.loads(pickle.dumps(record))) == hash(record)


def test_rules_are_read_as_they_stand_without_their_cases() -> None:
    read = {entry.id: entry for entry in load().entries}
    for file in sorted((STANDARDS / "rules").glob("*.toml")):
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]:
            assert read[entry["id"]] == rule_of(entry), file.name


def test_characters_between_two_words() -> None:
    whole = "甲乙丙\n甲丁丙\n甲3丙\n乙丙"
    assert list(_between("甲", "丙", whole)) == ["乙", "丁"]
    assert list(_between("", "丙", whole)) == ["乙", "丁", "乙"]
    assert list(_between("乙", "", "乙甲乙乙丁")) == ["甲", "乙", "丁"]
    assert list(_between("甲乙", "丁戊己", "甲乙丙丁戊己")) == ["丙"]
    assert list(_between("甲", "乙", "乙")) == []
