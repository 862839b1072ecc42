"""Where each number of a checked document is printed: its key, its page and box, or its run of a paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yibenzhang.balance.coverage import Standing, standings
from yibenzhang.checking.check import Checked
from yibenzhang.model.documents import Box, Document, Paragraph
from yibenzhang.model.facts import Fact
from yibenzhang.model.places import InFile, PagePlace, Place
from yibenzhang.prose.passages import Passage

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
    """Every number with a standing, once, each with a key of its own; also the numbers of tables of no known
    kind, which coverage counts as alone, and counts in sentences that take part in a relation, which it does
    not count."""
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
            end = quantity.start + len(fact.text) if fact.text else quantity.end
            passage = quantity.passage
            out.append(_in_text(passage, quantity.start, end, fact, standing[fact.id], keys, taken))
    counts = _counts(checked)
    holding: dict[str, list[Passage]] = {}
    for passage in checked.passages if counts else ():
        for _, paragraph in passage.pieces:
            holding.setdefault(keys.of(paragraph.place), []).append(passage)
    for fact in counts.values():
        start, end = fact.cell[1], fact.cell[1] + len(fact.text)
        for passage in holding.get(keys.of(fact.place), ()):
            if passage.text[start:end] == fact.text and passage.place(start) == fact.place:
                out.append(_in_text(passage, start, end, fact, standing[fact.id], keys, taken))
                break
    return out


def _counts(checked: Checked) -> dict[str, Fact]:
    """Counts in sentences ("车辆 3 辆") that relations speak of."""
    known = {q.fact.id for q in checked.quantities}
    facts = (f for r in checked.results for f in r.relation.facts())
    return {f.id: f for f in facts if f.table == "prose" and f.printed and f.id not in known}


def _standings(checked: Checked) -> dict[str, Standing]:
    others = [f.id for t in checked.tables if not t.table.standard for f in t.facts() if f.printed]
    others += _counts(checked)
    suspected = {s.evidence.fact for f in checked.findings for s in f.suspects}
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


def _in_text(
    passage: Passage, first: int, last: int, fact: Fact, standing: Standing, keys: Keys, taken: set[str]
) -> Printed:
    runs = passage.printed(first, last)
    paragraph, start, end = max(runs, key=lambda r: r[2] - r[1])  # over a page break: the longer part
    place = paragraph.place
    spot = keys.of(place)
    return Printed(
        _free(f"{spot}@{start}", taken),
        fact,
        passage.text[first:last],
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
    return _bled(max(boxes, key=lambda b: b[2] - b[0]))


def boxes_in(paragraph: Paragraph, start: int, end: int) -> tuple[Box, ...]:
    """The boxes of some characters of a paragraph, one a line; none where the lines are not known."""
    return tuple(_bled(b) for b in paragraph.boxes(start, end))


def _bled(box: Box) -> Box:
    x0, top, x1, bottom = box
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
