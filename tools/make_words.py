"""How often words are used, and what disclosures share: `make_words.py DICTIONARY SHAPES FOLDER…`.

Writes standards/lexicon/words.txt, words of up to four characters by how often they are used, from a dictionary in the
form of jieba's (a word, its count and its kind in a line; jieba is under the MIT licence), and stretches.txt, four and five
characters in a row that were seen in files of two folders or more; only these facts are kept, nothing of the files. And
alike.txt, the characters of the first level of GB 2312 that sound alike, by pypinyin's dictionary of all their readings, or
look alike, by a list of such groups in lines (pycorrector's same_stroke.txt, under the Apache licence).
"""

from __future__ import annotations

import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from make_pairs import _READ, runs

from yibenzhang.standards import HERE
from yibenzhang.standards.lexicon.usage import LONGEST, STRETCH, followers, letter, stretch_lines

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LEAST = {1: 1, 2: 10, 3: 10, 4: 10}
"""Words that are used more seldom than so, by their length, are left out."""
_PLACES = 2
_FIRST_LEVEL = range(0xB0, 0xD8)
"""The high bytes of the characters of the first level of GB 2312."""


def costs(dictionary: Path) -> dict[str, float]:
    """Minus the logarithm of how often each word is used, to the half."""
    counts = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split()
        if _HAN.fullmatch(word):
            counts[word] = int(count)
    whole = sum(counts.values())
    kept = {w: n for w, n in counts.items() if len(w) <= LONGEST and n >= _LEAST[len(w)]}
    return {w: round(-2 * math.log10(n / whole)) / 2 for w, n in kept.items()}


def stretches(found: Iterable[tuple[str, str]], size: int) -> frozenset[str]:
    """The stretches of so many characters that stand in runs of several places; ``found``: each run with its place."""
    places: dict[str, set[str]] = defaultdict(set)
    for place, run in found:
        for k in range(len(run) - size + 1):
            places[run[k : k + size]].add(place)
    return frozenset(s for s, seen in places.items() if len(seen) >= _PLACES)


def alike(shapes: Path) -> list[str]:
    """Groups of characters that sound or look alike."""
    from pypinyin import Style, pinyin

    usual = [
        bytes((high, low)).decode("gb2312", "ignore") for high in _FIRST_LEVEL for low in range(0xA1, 0xFF)
    ]
    chars = {c for c in usual if len(c) == 1}
    groups: dict[str, set[str]] = defaultdict(set)
    for char in chars:
        for sound in pinyin(char, style=Style.NORMAL, heteronym=True)[0]:
            groups[_blurred(sound)].add(char)
    lines = (
        {c for c in line.split() if c in chars} for line in shapes.read_text(encoding="utf-8").splitlines()
    )
    return sorted("".join(sorted(g)) for g in (*groups.values(), *lines) if len(g) > 1)


def _blurred(sound: str) -> str:
    """A sound as it is heard and typed in many places: zh as z, ing as in."""
    if sound[:2] in ("zh", "ch", "sh"):
        sound = sound[0] + sound[2:]
    return sound[:-1] if sound.endswith("ng") else sound


def lines(words: dict[str, float]) -> str:
    """The words by their first character, as standards/lexicon/usage.py reads them."""
    two: dict[str, list[str]] = defaultdict(list)
    longer: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        (two if len(word) < 3 else longer)[word[0]].append(word)
    inner = followers(w for w in words if len(w) > 2)
    found = []
    for char in sorted({*two, *longer, *inner}):
        short = "".join(w[1:] or "*" for w in two[char])
        codes = "".join(letter(words[w]) for w in two[char])
        rest = "".join(f" {w[1:]}{letter(words[w])}" for w in longer[char])
        found.append("\t".join((char, short, codes, rest, inner.get(char, ""))))
    return "\n".join(found) + "\n"


def write(words: dict[str, float], groups: list[str], found: list[tuple[str, str]]) -> None:
    """The three files."""
    shared = {s for size in (STRETCH, STRETCH + 1) for s in stretches(found, size)}
    files = {
        "words.txt": lines(words),
        "alike.txt": "\n".join(groups) + "\n",
        "stretches.txt": stretch_lines(shared),
    }
    for name, text in files.items():
        (HERE / "lexicon" / name).write_text(text, encoding="utf-8")


def _found(folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The runs of every readable file; a place is the first folder below one that is given."""
    for folder in map(Path, folders):
        for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in _READ):
            place = f"{folder.name}/{path.relative_to(folder).parts[0]}"
            yield from ((place, run) for run in runs(path))


if __name__ == "__main__":
    write(costs(Path(sys.argv[1])), alike(Path(sys.argv[2])), list(_found(sys.argv[3:])))
