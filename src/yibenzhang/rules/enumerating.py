"""As many items as a sentence announces: quoted, numbered, or one after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yibenzhang.prose.numbering import count_written, ordinal
from yibenzhang.prose.passages import Passage

_N = r"(?<![\d.一二三四五六七八九十第])(?P<{}>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})[个项]"
_SAID = re.compile(
    rf"(?:{_N.format('one')}[\u4e00-\u9fff]{{0,4}}(?:项目|专项(?:资金项目)?(?!债|经|资|业))|项目[\u4e00-\u9fff]{{0,3}}?{_N.format('two')})"
    r"(?:[,:]?(?:分别(?:是|为)|即|具体(?:为|是|包括|如下)|包括|如下|(?P<among>其中)):?|(?:实行|实施|开展|纳入|进行|列入)[\u4e00-\u9fff]{2,8}:|由[\u4e00-\u9fff]{2,14}:|(?:为|是)?:)"
)
_QUOTED = re.compile(r"“[^“”]{2,40}”")
_NUMBERS = (
    re.compile(r"(?:^|[;,。:])(?P<n>[一二三四五六七八九十]+)是"),
    re.compile(r"(?:^|[;,。:])(?P<n>\d{1,2})[.、](?!\d)"),
    re.compile(r"(?:^|[;,。、:\u4e00-\u9fff])\((?P<n>\d{1,2}|[一二三四五六七八九十]+)\)"),
    re.compile(r"(?P<n>[①-⑳])"),
)
_OPEN = re.compile(r"等|(?<!\d)\d+(?:\.\d+)?(?:万元|亿元|元|个|项)")
_AMOUNT = re.compile(r"(?<!\d)\d[\d,]*(?:\.\d+)?(?:万元|亿元|元)")
_NAMED_AMOUNT = r"(?:(?!其中|合计|共计|总计|包括|比|较|人均|每)[\u4e00-\u9fff“”()]){3,30}\d[\d,]*(?:\.\d+)?(?:万元|亿元|元)"
_WITH_AMOUNTS = re.compile(rf"{_NAMED_AMOUNT}(?:[、;,]?(?:和|及|以及)?{_NAMED_AMOUNT})+")
"""Projects each with its amount, and nothing else."""
_KIND = re.compile("[\u4e00-\u9fff]{2,}(?:项目|专项|工程)$")
_PARTED = re.compile("[、,;和及与]")


def miscounted(passages: Sequence[Passage], position: int) -> tuple[int, int, int] | None:
    """Where a paragraph announces a number of projects, and how many are listed, where that is another number.

    What is named after 其中, or stands below it, may be some of them; what is numbered in its paragraph is all.
    """
    text = passages[position].text
    for m in _SAID.finditer(text):
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
    if len(quoted) > 1 and not _OPEN.search(_QUOTED.sub("", rest)):
        return len(quoted) if re.fullmatch("[、,;和及以与项目专工程]*", _QUOTED.sub("", rest)) else 0
    if with_amounts := _WITH_AMOUNTS.fullmatch(rest):
        return len(_AMOUNT.findall(with_amounts.group()))
    parts = _PARTED.split(rest)
    each = len(parts) > 1 and all(_KIND.search(p) for p in parts)
    return len(parts) if (each or 1 < len(parts) < said) and not _OPEN.search(rest) else 0
