"""What characters stand side by side in published disclosures, counted from files: `make_pairs.py FOLDER…`.

Writes standards/lexicon/pairs.txt (each character with those seen behind it twice or more) and fragments.txt (five
characters in a row that were seen in files of three folders or more). Only these facts are kept, nothing of the files.
Without folders phrases.txt alone: what stands side by side in the phrases of pypinyin's dictionary, which takes a third of
a second and 40 MB to load.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from yibenzhang import read
from yibenzhang.prose.passages import passages_of
from yibenzhang.standards import HERE

_RUN = re.compile(r"[\u4e00-\u9fff]+")
_READ = {".pdf", ".docx", ".html", ".txt", ".xlsx", ".xls", ".ofd"}
_LONG, _PLACES = 5, 3


def runs(path: Path) -> Iterator[str]:
    """The unbroken stretches of Chinese characters of a file's sentences and cells."""
    document = read(path)
    texts = [p.text for p in passages_of(document)]
    cells = ("".join(c.text.split()) for t in document.tables() for c in t.cells)
    for text in (*texts, *cells):
        yield from _RUN.findall(text)


def main(folders: list[str]) -> None:
    """Counts every readable file below the folders; a place is the first folder below one that is given."""
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    places: dict[str, set[str]] = defaultdict(set)
    for folder in map(Path, folders):
        for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in _READ):
            place = f"{folder.name}/{path.relative_to(folder).parts[0]}"
            for run in runs(path):
                for one, two in zip(run, run[1:], strict=False):
                    pairs[one][two] += 1
                for k in range(len(run) - _LONG + 1):
                    places[run[k : k + _LONG]].add(place)
    usual = sorted(f for f, seen in places.items() if len(seen) >= _PLACES)
    often = {one: "".join(sorted(two for two, n in found.items() if n > 1)) for one, found in pairs.items()}
    lines = [one + often[one] for one in sorted(often) if often[one]]
    for name, found in (("pairs.txt", lines), ("fragments.txt", usual)):
        (HERE / "lexicon" / name).write_text("\n".join(found) + "\n", encoding="utf-8")


def write_phrases() -> None:
    from pypinyin.phrases_dict import phrases_dict

    found: dict[str, set[str]] = defaultdict(set)
    for phrase in phrases_dict:
        for one, two in zip(phrase, phrase[1:], strict=False):
            if _RUN.fullmatch(one + two):
                found[one].add(two)
    lines = [one + "".join(sorted(found[one])) for one in sorted(found)]
    (HERE / "lexicon" / "phrases.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        main(sys.argv[1:])
    write_phrases()
