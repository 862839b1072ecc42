"""As many items as a sentence announces: quoted, numbered, or one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.model.patterns import late
from yibenzhang.prose.numbering import count_written, ordinal
from yibenzhang.prose.passages import Passage
from yibenzhang.standards.patterns import patterns

_QUOTED = late(r"“[^“”]{2,40}”")
_WORDS = patterns("enumerating")
_NUMBERS = (_WORDS["number_is"], _WORDS["number"], _WORDS["bracketed"], late(r"(?P<n>[①-⑳])"))


def miscounted(passages: Sequence[Passage], position: int) -> tuple[int, int, int] | None:
    """Where a paragraph announces a number of projects, and how many are listed, where that is another number.

    What is named after 其中, or stands below it, may be some of them; what is numbered in its paragraph is all.
    """
    text = passages[position].text
    for m in _WORDS["announced"].finditer(text):
        said = count_written(m.group("one") or m.group("two"))
        stop = text.find("。", m.end())
        rest = text[m.end() : stop if stop >= 0 else len(text)]
        found = _numbered(text[m.end() - 1 :], said)
        if not found and not m.group("among"):
            found = _named(rest, said) if rest else numbered_below(passages, position + 1)
        if found and found != said:
            return m.start(), m.end(), found
    return None


def _numbered(text: str, said: int) -> int:
    """How many items are numbered from one on without a gap; of several ways of numbering that which comes to so many
    as are said, else the first; 0 where they are not numbered."""
    counts = []
    for pattern in _NUMBERS:
        numbers = [ordinal(m.group("n")) for m in pattern.finditer(text)]
        if len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1)):
            counts.append(len(numbers))
    return said if said in counts else next(iter(counts), 0)


def numbered_below(passages: Sequence[Passage], first: int) -> int:
    """The same of the paragraphs from there on, each of which begins with its number."""
    for pattern in _NUMBERS:
        begun = []
        for k in range(first, len(passages)):
            if not (m := pattern.match(passages[k].text)):
                break
            begun.append(ordinal(m.group("n")))
        if len(begun) > 1 and begun == list(range(1, len(begun) + 1)):
            return len(begun)
    return 0


def _named(rest: str, said: int) -> int:
    """How many items are quoted, or named one after the other: then only fewer than said are too few, since a name may
    have the marks in it."""
    quoted = _QUOTED.findall(rest)
    if len(quoted) > 1 and not _WORDS["open"].search(_QUOTED.sub("", rest)):
        return len(quoted) if _WORDS["joins"].fullmatch(_QUOTED.sub("", rest)) else 0
    if with_amounts := _WORDS["with_amounts"].fullmatch(rest):
        return len(_WORDS["amount"].findall(with_amounts.group()))
    parts = _WORDS["parted"].split(rest)
    each = len(parts) > 1 and all(_WORDS["kind"].search(p) for p in parts)
    return len(parts) if (each or 1 < len(parts) < said) and not _WORDS["open"].search(rest) else 0
