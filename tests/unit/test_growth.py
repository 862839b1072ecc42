"""What checking costs grows with the text: words that the grammars know, repeated 1, 10 and 100 times as long.

The words come from standards/, so that a new word or pattern is under the test by being there.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import yibenzhang
from yibenzhang.checking.check import check_document
from yibenzhang.reading import read_data
from yibenzhang.reading.limits import MAX_PARAGRAPH_CHARS

pytestmark = pytest.mark.middle
STANDARDS = Path(yibenzhang.__file__).parent / "standards"
FORMS = ("{}", "{}10万元,", "{}、", "({})", "《{}》", "{}增长20%,")
"""A word alone, before an amount, in a list, in brackets, as a name, before a rate."""
SHORT = 30
STEEP = 4.0
"""Ten times the text may cost so many times ten: what lies within one passage is bounded, not linear to the letter."""
DUST = 0.5
"""Seconds that say nothing on a busy machine."""


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)


@lru_cache(maxsize=1)
def tokens() -> tuple[str, ...]:
    """The words and marks of all grammars: of the lexicon, the rules, the patterns, the frames."""
    found: set[str] = set()
    for path in STANDARDS.rglob("*.toml"):
        if not {"cases", "drafts"} & set(path.parts):
            for text in _strings(tomllib.loads(path.read_text(encoding="utf-8"))):
                found.update(
                    w for w in re.findall(r"[\u4e00-\u9fff]+|[%()、,;:《》“”〔〕.\-]", text) if len(w) <= 8
                )
    return tuple(sorted(found))


def cost(text: str) -> float:
    """Seconds of processor time that reading and checking a text takes."""
    begun = time.process_time()
    check_document(read_data("a.txt", text.encode()))
    return time.process_time() - begun


def repeated(words: tuple[str, ...], length: int) -> str:
    """A paragraph of each word, over and over, so many characters long."""
    paragraphs = [(w * (length // len(w) + 1))[:length] for w in words]
    return "一、收入支出预算总体情况说明\n" + "".join(f"{p}。\n" for p in paragraphs)


def holds(words: tuple[str, ...]) -> bool:
    """Ten times the text costs about ten times as much, twice over."""
    times = [cost(repeated(words, SHORT * n)) for n in (1, 10, 100)]
    return all(after <= 10 * STEEP * before + DUST for before, after in zip(times, times[1:], strict=False))


def blamed(words: tuple[str, ...]) -> list[str]:
    """The words that are to blame: looked at a second time, one by one."""
    return [] if holds(words) else [w for w in words if not holds((w,))]


def test_the_words_come_from_the_standards() -> None:
    assert len(tokens()) > 2000
    assert {"和", "的", "其中", "万元", "(", "、"} <= set(tokens())


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Standards are loaded once."""
    cost(repeated(("预算",), 30))


@pytest.mark.parametrize("form", FORMS)
def test_a_sample_grows_with_its_length(form: str) -> None:
    sample = ("和", "的", *tokens()[FORMS.index(form) :: 733])
    assert blamed(tuple(form.format(w) for w in sample)) == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(5))
def test_words_grow_with_their_length(part: int) -> None:
    """A tenth of the words, each in one of the forms."""
    words = [FORMS[k % len(FORMS)].format(t) for k, t in enumerate(tokens()[part::50])]
    groups = [tuple(words[k : k + 40]) for k in range(0, len(words), 40)]
    assert [w for g in groups for w in blamed(g)] == []


@pytest.mark.parametrize("word", ["和", pytest.param("10万元、", marks=pytest.mark.long)])
def test_a_hundred_thousand_characters_of_one_word_take_seconds(word: str) -> None:
    text = repeated((word,), 37_000)
    assert cost(text) < 40  # 23 s for 和 once; cut into passages with a notice
    document = read_data("a.txt", text.encode())
    assert max(len(p.text) for p in document.paragraphs()) <= MAX_PARAGRAPH_CHARS
    assert sum(len(p.text) for p in document.paragraphs()) >= 37_000
    assert any(str(MAX_PARAGRAPH_CHARS) in n.message for n in document.notices)


ROWS = {
    "rows": ("收入支出决算总表\n单位：万元\n项目\t行次\t决算数\n", "项目{k}\t{k}\t{k}.10\n"),
    "codes": ("一般公共预算支出表\n单位：万元\n科目编码\t科目名称\t合计\n", "{code}\t行政{k}\t{k}.10\n"),
    "lines": ("一、说明\n", "{k}.本单位安排项目{k}支出{k}.10万元，比上年增加{k}.00万元。\n"),
    "short": ("一、说明\n", "一二三{k}\n"),
    "tables": ("一、说明\n", "表{k}\n单位：万元\n项目\t决算数\n甲\t{k}.10\n合计\t3\n\n说明文字第{k}段。\n\n"),
}


@pytest.mark.parametrize("kind", ROWS)
def test_many_rows_lines_and_tables_grow_with_their_number(kind: str) -> None:
    head, row = ROWS[kind]
    few, many = (
        cost(head + "".join(row.format(k=k, code=2010000 + k % 9999) for k in range(n))) for n in (300, 3000)
    )
    assert many <= 10 * STEEP * few + DUST


def test_many_headings_grow_with_their_number() -> None:
    few, many = (cost("".join(f"（{k}）支出\n" for k in range(n))) for n in (1500, 15_000))
    assert many <= 10 * 2 * few + DUST, "each looked through all that came after it"
