"""Where each number of a checked document is printed: its key, its page and box, or its run of a paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yibenzhang.balance.coverage import Standing, standings
from yibenzhang.checking import Checked
from yibenzhang.documents import Box, Document, Paragraph
from yibenzhang.facts import Fact
from yibenzhang.places import InFile, PagePlace, Place
from yibenzhang.prose.quantities import Quantity

_BLEED = 0.5
"""Points a box of characters is wider than they are, on each side."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A number where it is printed. ``spot`` is the key of its cell or paragraph; of a number in a sentence
    ``start`` and ``end`` bound it in the paragraph's text, of a cell both are -1."""

    key: str
    fact: Fact
    text: str
    standing: str
    file: int
    page: int | None
    box: Box | None
    spot: str
    start: int = -1
    end: int = -1


class Keys:
    """Keys of places: with the number of the file before them where there are several."""

    def __init__(self, document: Document) -> None:
        self._files = {name: n for n, name in enumerate(document.names)} if document.parts else {}

    def of(self, place: Place) -> str:
        if isinstance(place, InFile):
            return f"f{self._files.get(place.file, 0)}#{place.inner.key}"
        return place.key

    def file(self, place: Place) -> int:
        return self._files.get(place.file, 0) if isinstance(place, InFile) else 0


def inner(place: Place) -> Place:
    """The place in its own file."""
    return place.inner if isinstance(place, InFile) else place


def box_of(place: Place) -> Box | None:
    """The box of a place on a page; None where it has none."""
    at = inner(place)
    if not isinstance(at, PagePlace) or at.x1 <= at.x0 or at.bottom <= at.top:
        return None
    return at.x0, at.top, at.x1, at.bottom


def printed_numbers(checked: Checked, keys: Keys) -> list[Printed]:
    """Every number with a standing, once, each with a key of its own; then the numbers of tables of no known
    kind, which coverage counts as alone unless a relation reaches them."""
    standing = _standings(checked)
    taken: set[str] = set()
    out: list[Printed] = []
    for table in checked.tables:
        for fact in table.facts():
            if fact.id in standing:
                out.append(_in_cell(fact, standing[fact.id], keys, taken))
    for quantity in checked.quantities:
        fact = quantity.fact
        if fact.id in standing:
            out.append(_in_text(quantity, fact, standing[fact.id], keys, taken))
    return out


def _standings(checked: Checked) -> dict[str, Standing]:
    others = [f.id for t in checked.tables if not t.table.standard for f in t.facts() if f.printed]
    suspected = {s.evidence.fact for f in checked.findings if f.certain for s in f.suspects}
    return standings(others, list(checked.results), suspected) | checked.standing


def _free(key: str, taken: set[str]) -> str:
    name, n = key, 1
    while name in taken:
        n += 1
        name = f"{key}~{n}"
    taken.add(name)
    return name


def _in_cell(fact: Fact, standing: Standing, keys: Keys, taken: set[str]) -> Printed:
    place = fact.place
    spot = keys.of(place)
    return Printed(
        _free(spot, taken), fact, fact.text, standing.value, keys.file(place), place.page, box_of(place), spot
    )


def _in_text(q: Quantity, fact: Fact, standing: Standing, keys: Keys, taken: set[str]) -> Printed:
    text = q.amount.text
    runs = q.passage.printed(q.start, q.start + len(text) if text else q.end)
    paragraph, start, end = max(runs, key=lambda r: r[2] - r[1])  # over a page break: the longer part
    place = paragraph.place
    spot = keys.of(place)
    return Printed(
        _free(f"{spot}@{start}", taken),
        fact,
        text or q.passage.text[q.start : q.end],
        standing.value,
        keys.file(place),
        place.page,
        box_in(paragraph, start, end),
        spot,
        start,
        end,
    )


def box_in(paragraph: Paragraph, start: int, end: int) -> Box | None:
    """The box of some characters of a paragraph; where they run over lines, of their longest part."""
    boxes = paragraph.boxes(start, end)
    if not boxes:
        return box_of(paragraph.place)
    x0, top, x1, bottom = max(boxes, key=lambda b: b[2] - b[0])
    return round(x0 - _BLEED, 1), round(top, 1), round(x1 + _BLEED, 1), round(bottom, 1)


def by_spot(numbers: Iterable[Printed]) -> dict[str, list[Printed]]:
    """The numbers of each cell or paragraph, in order."""
    out: dict[str, list[Printed]] = {}
    for n in numbers:
        out.setdefault(n.spot, []).append(n)
    for found in out.values():
        found.sort(key=lambda n: n.start)
    return out


def files_of(document: Document) -> Sequence[Document]:
    """The files of a document: its parts, or itself."""
    return document.parts or (document,)
