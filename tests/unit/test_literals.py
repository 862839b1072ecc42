"""What a text must have for a pattern to match, read off the pattern: never more than the pattern asks for."""

from __future__ import annotations

import re

import pytest

from tests.unit.test_late_patterns import STANDARDS
from yibenzhang.model.literals import alternatives, wanted
from yibenzhang.model.patterns import late, occurs
from yibenzhang.standards import load
from yibenzhang.standards.patterns import patterns


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("持平|一致", ("一致", "持平")),
        ("(?:增加|减少)额?", ("减少", "增加")),
        ("预算(?:数)?为", ("预算为", "预算数为")),
        (r"\d+万?元", ("元",)),
        ("(?:^|[。;])一是", ("一是",)),
        ("公务(?!费)用", ("公务用",)),
        ("a(?:bc)?d{2}e*", ("ad", "abcd")),
        ("x*y?", ()),
        ("[^,]{2,}", ()),
        ("[XY]{2,}", ("X", "Y")),
        (r"\(\u6bcf\)", ("(每)",)),
        ("(?i:abc)", ()),
    ],
)
def test_words_of_a_pattern(pattern: str, words: tuple[str, ...]) -> None:
    found = wanted(pattern)
    assert (found.words, found.rest) == (words, "")


def test_alternatives_without_words_are_kept_apart() -> None:
    found = wanted(r"示例文字|\d{2}[a-z]|模板")
    assert found.words == ("模板", "示例文字")
    assert found.rest == r"\d{2}[a-z]"


def test_no_alternatives_are_kept_apart_where_groups_are_named_by_number() -> None:
    assert wanted(r"(\d)\1|示例文字").words == ()


def test_a_pattern_is_found_where_one_of_its_alternatives_is() -> None:
    assert alternatives(r"甲(?:乙|丙)|\(丁\|戊\)|[|)]己") == ("甲(?:乙|丙)", r"\(丁\|戊\)", "[|)]己")
    assert alternatives(r"(甲)\1|乙") == (r"(甲)\1|乙",)
    assert occurs("^甲|乙$", re.MULTILINE, "丙\n甲")
    assert not occurs("^甲|乙$", re.MULTILINE, "丙甲\n乙丙")


def test_case_is_not_told_apart_by_words() -> None:
    assert wanted("abc", re.IGNORECASE).words == ()


def _shipped() -> list[tuple[str, int]]:
    found = [
        (p.pattern, 0) for f in (STANDARDS / "patterns").glob("*.toml") for p in patterns(f.stem).values()
    ]
    return found + [(p.pattern, re.MULTILINE) for p in load().phrases]


def test_shipped_patterns_find_what_they_found() -> None:
    texts = list(dict.fromkeys(t for r in load().entries for t in (r.example, r.name) if t))
    texts += [
        p for f in (STANDARDS / "patterns").glob("*.toml") for p in f.read_text(encoding="utf-8").split('"')
    ]
    texts = list(dict.fromkeys(t for t in texts if 4 < len(t) < 200))[::7]
    whole = "\n".join(texts)
    for pattern, flags in _shipped():
        plain, guarded = re.compile(pattern, flags), late(pattern, flags)
        assert [m.span() for m in plain.finditer(whole)] == [m.span() for m in guarded.finditer(whole)], (
            pattern
        )
        assert occurs(pattern, flags, whole) == bool(plain.search(whole)), pattern
        for text in texts[::5]:
            for use in ("search", "match", "fullmatch"):
                one, other = getattr(plain, use)(text), getattr(guarded, use)(text)
                assert (one and one.span()) == (other and other.span()), (pattern, text)
            assert [m.span() for m in plain.finditer(text)] == [m.span() for m in guarded.finditer(text)]
