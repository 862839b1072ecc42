"""A character typed twice ("部门门预算"), where the words on both sides need it once.

Two words may meet in the same character ("公务用车车辆", "法律法规规定"), and some words are made by doubling
("天天"). So a character is told where the words around it stand with one of it elsewhere, in the document or in
other disclosures; more of them where the dictionary has a word on both sides. A character that is a word of its own
is never told.
"""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.lexicon.pairs import MIDDLE, in_dictionary, in_fragment
from yibenzhang.standards.patterns import patterns

_TWICE = late("(?<=[\u4e00-\u9fff])([\u4e00-\u9fff])\\1(?=[\u4e00-\u9fff])")
_WORDS = patterns("doubled")
_ALONE = _WORDS["alone"]
_HAN, _HAN_BEFORE = late("[\u4e00-\u9fff]+"), late("[\u4e00-\u9fff]+$")
_MOST = 2
"""What stands so more often is no slip."""


@rule("wording.doubled_character", needs=("text",), each_file=True)
def doubled(case: Case) -> Iterator[Issue]:
    """A character right behind itself, which the same words have once elsewhere."""
    whole = "\n".join(p.text for p in case.passages)
    for p in case.passages:
        for m in _TWICE.finditer(p.text):
            if _meant_once(p.text, m.start(), whole):
                words = p.clauses(m.start(), m.end())
                twice = p.verbatim(m.start(), m.end()).strip()
                yield issue_at("wording.doubled_character", words, p.place(m.start()), twice=twice)


def _meant_once(text: str, at: int, whole: str) -> bool:
    """The words on both sides, so many characters, stand elsewhere with one of it; of what stands before it more
    where a clause ends behind it."""
    char, before, after = text[at], text[at - 1], text[at + 2]
    if char in (before, after) or _ALONE.match(char) or in_dictionary(char * 2):
        return False
    if whole.count(before + char * 2 + after) > _MOST:
        return False
    two_words = in_dictionary(before + char) and in_dictionary(char + after)
    size = MIDDLE + two_words
    after_it = _HAN.match(text, at + 2, at + 2 + size)
    behind = after_it.group() if after_it else ""
    begun = _HAN_BEFORE.search(text[:at][-(2 * size - len(behind)) :])
    ahead = begun.group() if begun else ""
    if len(ahead) + len(behind) < 2 * size:
        return False
    return ahead + char + behind in whole or (not two_words and char in in_fragment(ahead, behind))
