"""How names sound to one who writes them down: pinyin without tones, and without what is hard to tell apart."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from yibenzhang.hotline.words import words


@lru_cache(maxsize=20_000)
def syllable(character: str) -> str:
    """The folded syllable of a character; what has none stands for itself."""
    said = str(lazy_pinyin(character, style=Style.NORMAL, v_to_u=False)[0]).lower()
    rules = words()["names"]
    for heard, written in rules["initials"]:
        if said.startswith(heard):
            said = written + said[len(heard) :]
            break
    for heard, written in rules["finals"]:
        if said.endswith(heard):
            return f"{said[: -len(heard)]}{written}"
    return said


def sound(name: str) -> str:
    """The syllables of a name, apart by blanks."""
    return " ".join(syllable(c) for c in name)


def near(one: str, other: str) -> bool:
    """Whether two sounds of as many syllables differ in a letter of one syllable at most, and not in the first."""
    left, right = one.split(), other.split()
    if len(left) != len(right) or not left or left[0] != right[0]:
        return False
    apart = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return not apart or (len(apart) == 1 and _one_letter(*apart[0]))


def _one_letter(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1 and len(one) > 2
    return len(other) - len(one) == 1 and any(other[:k] + other[k + 1 :] == one for k in range(len(other)))
