"""The numbers that paragraphs of a list begin with: how deep they stand, which they are, what announces them."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.model.digits import whole_number
from yibenzhang.prose.passages import Passage
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("numbering")
NUMBER = _WORDS["number"]
DEPTH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def announced(passages: Sequence[Passage]) -> dict[int, str]:
    """What a paragraph that ends with a colon says, by the identity of each paragraph numbered below it."""
    out: dict[int, str] = {}
    stack: list[tuple[int, str]] = []
    for passage in passages:
        number = NUMBER.match(passage.text)
        depth = DEPTH[number.lastgroup or "five"] if number else 0
        stack = [s for s in stack if s[0] < depth]
        if stack:
            out[id(passage)] = stack[-1][1]
        if passage.text.endswith(":"):
            stack.append((depth, passage.text))
    return out


_CHINESE = {c: n for n, c in enumerate("一二三四五六七八九", 1)}


def ordinal(number: str) -> int:
    """The number of a list item: "(3)", "十二、", "⑤"; 0 where it is none."""
    digits = "".join(c for c in number if c not in "(),.、")
    if digits.isascii() and digits.isdigit():
        return whole_number(digits)
    if len(digits) == 1 and "①" <= digits <= "⑳":
        return ord(digits) - ord("①") + 1
    tens, ten, ones = digits.partition("十")
    value = _CHINESE.get(ones, 0) if ten else _CHINESE.get(tens, 0)
    return value + (10 * _CHINESE.get(tens, 1) if ten else 0)


def count_written(written: str) -> int:
    """A count in digits or in Chinese; 0 where it is none."""
    return whole_number(written) if written.isdigit() else ordinal(written.replace("两", "二"))


def flags_by_numbers(text: str, begin: int, at: Sequence[int], flags: list[str]) -> list[str]:
    """How a list is told, as far as numbers before its items say: complete, or with items that tell no amount."""
    if numbered_through(text, begin, at):
        return ["numbered"]
    return [*flags, "open"] if _numbered_further(text, begin, at) else flags


def numbered_through(text: str, begin: int, at: Sequence[int]) -> bool:
    """Each of the positions stands in an item of its own, and the items from ``begin`` on are numbered from one without
    a gap: the list is complete."""
    items = _items(text, begin, at[-1])
    if [n for _, n in items] != list(range(1, len(at) + 1)) or len(at) < 2:
        return False
    starts = [k for k, _ in items]
    return all(a < q for a, q in zip(starts, at, strict=True)) and all(
        q < b for q, b in zip(at, starts[1:], strict=False)
    )


def _numbered_further(text: str, begin: int, at: Sequence[int]) -> bool:
    """The items are numbered from one, and there are more of them than positions: some tell no amount."""
    numbers = [n for _, n in _items(text, begin, at[-1])]
    return len(numbers) > len(at) and numbers == list(range(1, len(numbers) + 1))


def _items(text: str, begin: int, last: int) -> list[tuple[int, int]]:
    """Where the numbers of the items of a sentence stand, with the numbers."""
    stop = min((k for c in "。" if (k := text.find(c, last)) >= 0), default=len(text))
    items = ((m.start("n"), ordinal(m.group("n"))) for m in _WORDS["item"].finditer(text, max(begin - 1, 0)))
    return [i for i in items if i[0] < stop]
