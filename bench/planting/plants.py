"""A planted error: which paragraphs or tables it changes, and where and what a finding must show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from yibenzhang.model.amounts import narrow
from yibenzhang.model.documents import Cell, Document, Paragraph, Table

Block = Paragraph | Table
At = tuple[int, int]
"""Page and block, counted from 0."""

NUMBER = re.compile(
    r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,.]*\d)|(?<![\d.,])\d+(?:\.\d+)?(?![\d,.]*\d)"
)


@dataclass(frozen=True, slots=True)
class Plant:
    """One error: ``was`` printed as ``now`` in ``sentence``.

    ``edits`` replace blocks (None takes the block away). ``spots`` are the keys of the places of which a
    finding must show one; ``words`` those of which its first evidence must hold one, as the culprit.
    ``alone``: nothing else in the document says what ought to stand there, so that nobody could find it.
    """

    kind: str
    edits: tuple[tuple[At, Block | None], ...]
    spots: tuple[str, ...]
    words: tuple[str, ...]
    was: str
    now: str
    sentence: str
    alone: bool = False


@dataclass(frozen=True)
class Soil:
    """A clean document to plant in, with the places of its blocks and how often each number is printed."""

    document: Document

    def blocks(self) -> Iterator[tuple[At, Block]]:
        for p, page in enumerate(self.document.pages):
            for b, block in enumerate(page.blocks):
                yield (p, b), block

    def paragraphs(self) -> list[tuple[At, Paragraph]]:
        """The running text: not the definitions at the end, whose numbers and words stand for nothing."""
        out: list[tuple[At, Paragraph]] = []
        heads = [k for k, (_, b) in enumerate(self.blocks()) if isinstance(b, Paragraph) and _defines(b.text)]
        last = heads[-1] if heads else None
        tables = [k for k, (_, b) in enumerate(self.blocks()) if isinstance(b, Table)]
        for k, (at, block) in enumerate(self.blocks()):
            if isinstance(block, Paragraph) and not (
                last is not None and k > last and (not tables or k > tables[-1])
            ):
                out.append((at, block))
        return out

    def tables(self) -> list[tuple[At, Table]]:
        return [(at, b) for at, b in self.blocks() if isinstance(b, Table)]

    def printed(self) -> Counter[str]:
        """How often each number with a point is printed, in tables and text, whatever its separators."""
        told: Counter[str] = Counter()
        for _, block in self.blocks():
            texts = [c.text for c in block.cells] if isinstance(block, Table) else [block.text]
            for text in texts:
                told.update(m.group().replace(",", "") for m in NUMBER.finditer(narrow(text)))
        return told


Kind = Callable[[Soil, Random], Iterator[Plant]]


def _defines(text: str) -> bool:
    return len(text) < 20 and text.strip().endswith("名词解释")


def planted(document: Document, plant: Plant) -> Document:
    """The document with that error."""
    changes = dict(plant.edits)
    pages = []
    for p, page in enumerate(document.pages):
        blocks = [changes.get((p, b), block) for b, block in enumerate(page.blocks)]
        pages.append(replace(page, blocks=tuple(b for b in blocks if b is not None)))
    return replace(document, pages=tuple(pages))


def in_text(
    kind: str,
    at: At,
    p: Paragraph,
    start: int,
    end: int,
    now: str,
    words: tuple[str, ...] = (),
    alone: bool = False,
) -> Plant:
    """An error in a paragraph: the characters from ``start`` to ``end`` printed as ``now``."""
    text = p.text[:start] + now + p.text[end:]
    begin = max(p.text.rfind(c, 0, start) for c in "。；;") + 1
    stop = min((k for c in "。；;" if (k := text.find(c, start + len(now))) >= 0), default=len(text))
    return Plant(
        kind,
        ((at, replace(p, text=text)),),
        (p.place.key,),
        words or (now,),
        p.text[start:end],
        now,
        text[begin : stop + 1].strip(),
        alone,
    )


def in_cells(
    kind: str, at: At, table: Table, changed: dict[Cell, str], sentence: str, alone: bool = False
) -> Plant:
    """An error in a table: cells printed otherwise."""
    cells = tuple(replace(c, text=changed[c]) if c in changed else c for c in table.cells)
    return Plant(
        kind,
        ((at, replace(table, cells=cells)),),
        tuple(c.place.key for c in changed),
        tuple(changed.values()),
        "、".join(c.text for c in changed),
        "、".join(changed.values()),
        sentence,
        alone,
    )


def wrong_digit(number: str, random: Random) -> str:
    """One digit misprinted, the last one aside: what a rounding explains is no error."""
    at = [k for k, c in enumerate(number) if c.isdigit()]
    whole = number.partition(".")[0]
    value = float(number.replace(",", ""))
    for _ in range(40):
        k = random.choice(at[:-1] or at)
        digit = random.choice([d for d in "0123456789" if d != number[k]])
        new = number[:k] + digit + number[k + 1 :]
        if len(whole) > 1 and new[0] == "0":
            continue
        if abs(float(new.replace(",", "")) - value) >= 0.002 * value:
            return new
    return number[: at[0]] + ("9" if number[at[0]] != "9" else "1") + number[at[0] + 1 :]


def swapped_digits(number: str, random: Random) -> str | None:
    """Two neighbouring digits exchanged; None where none differ."""
    at = [k for k, c in enumerate(number) if c.isdigit()]
    value = float(number.replace(",", ""))
    pairs = [(a, b) for a, b in zip(at, at[1:], strict=False) if number[a] != number[b]]
    random.shuffle(pairs)
    for a, b in pairs:
        new = number[:a] + number[b] + number[a + 1 : b] + number[a] + number[b + 1 :]
        if new[0] == "0" and number[0] != "0":
            continue
        if abs(float(new.replace(",", "")) - value) >= 0.002 * value:
            return new
    return None


def lost_point(number: str) -> str | None:
    """The decimal point left out; None where there is none."""
    return number.replace(".", "").lstrip("0") or None if "." in number else None
