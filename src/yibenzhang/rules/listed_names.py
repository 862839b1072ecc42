"""How many sections or budget units there are, against their names in the sentence, the paragraphs or the table
below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yibenzhang.model.documents import Paragraph, Table
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.numbering import count_written
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.counts import Named, listing_words, named_things
from yibenzhang.standards.patterns import patterns

_INSIDE = late(r"\([^()]*\)")
_WORDS = patterns("listed_names")
_MOST_ROWS = 80
_SHORT = 4
"""A piece of so many characters may be the beginning of a name that a comma parts ("政策、法规科")."""


@rule("counts.names", each_file=True)
def names(case: Case) -> Iterator[Issue]:
    """Another number of names than is said."""
    below = _tables_below(case)
    for thing in named_things():
        for position, p in enumerate(case.passages):
            for start, end, said, listed in _stated(thing, case.passages, position, below):
                found = len(listed)
                if found and found != said and not _excused(p.text, start, end, said, listed):
                    words = p.verbatim(start, end).strip()
                    yield issue_at("counts.names", words, p.place(start), count=said, found=found)


def _excused(text: str, start: int, end: int, said: int, listed: Sequence[str]) -> bool:
    """The number leaves out what some do not count, or is one of several numbers."""
    known = listing_words()
    before = text[text.rfind("。", 0, start) + 1 : start]
    if known.among.search(before):
        return True
    own = sum(bool(known.own.search(x)) for x in listed)
    if own == 1 and len(listed) == said + 1 and known.without_own.search(before[-8:] + text[start:end]):
        return True
    return said < len(listed) <= said + sum(bool(known.extra.search(x)) for x in listed)


def _stated(
    thing: Named, passages: Sequence[Passage], position: int, below: dict[int, Table]
) -> Iterator[tuple[int, int, int, list[str]]]:
    """Where a number stands, the number, and the names listed with it; none where that cannot be said."""
    p = passages[position]
    for m in thing.first.finditer(p.text):
        said = count_written(m.group("n") or m.group("m"))
        goes_on = p.text.startswith(";", m.end("list"))
        yield m.start(), m.end(), said, [] if goes_on else _named(thing, m.group("list"), said)
    for m in thing.last.finditer(p.text):
        said = count_written(m.group("n"))
        found = _named(thing, m.group("list"), said)
        partly = _WORDS["some"].fullmatch(m.group("etc") or "") and len(found) < said
        yield m.start(), m.end(), said, [] if partly else found
    if (ending := thing.below.search(p.text)) is not None:
        said = count_written(ending.group("n") or ending.group("m"))
        table = below.get(id(p.pieces[-1][1]))
        found = _rows(thing, table) if table is not None else _entries(thing, passages[position + 1 :])
        yield ending.start(), ending.end(), said, found


def _named(thing: Named, listed: str, said: int) -> list[str]:
    """The names of a list, each with the end that such names have; none where one has not, or where more is said than
    names."""
    known = listing_words()
    if any(_WORDS["counted"].search(x) for x in _INSIDE.findall(listed)):
        return []
    bare = listed
    while _INSIDE.search(bare):
        bare = _INSIDE.sub("", bare)
    etc = bare.endswith("等")
    bare = bare.removesuffix("等").rstrip(",、")
    if not bare or known.open.search(bare) or "(" in bare:
        return []
    pieces: list[str] = []
    held = ""
    for piece in re.split("[、,]", bare):
        held += piece
        if thing.suffix.search(held):
            pieces += _parted(thing, held)
            held = ""
        elif len(held) > _SHORT:
            return []
    if held or len(pieces) < 2 or etc and len(pieces) < said:
        return []
    return pieces


def _parted(thing: Named, piece: str) -> list[str]:
    """Two names joined by "和", where what stands before it is a name, too."""
    for m in _WORDS["and"].finditer(piece):
        left, right = piece[: m.start()], piece[m.end() :]
        if thing.suffix.search(left) and thing.suffix.search(right) and len(left) > 2:
            return [*_parted(thing, left), *_parted(thing, right)]
    return [piece]


def _entries(thing: Named, following: Sequence[Passage]) -> list[str]:
    """The paragraphs below that begin with a number and are names."""
    found = []
    for p in following:
        m = _WORDS["entry"].match(p.text)
        if m is None:
            break
        name = _INSIDE.sub("", p.text[m.end() :]).rstrip("。;,")
        if not thing.suffix.search(name) or len(name) > 40:
            return []
        found.append(name)
    return found if len(found) > 1 else []


def _rows(thing: Named, table: Table) -> list[str]:
    """The rows of a table of names; none where it is no such table."""
    known = listing_words()
    texts = table.texts()
    head = next(
        (r for r, row in enumerate(texts[:2]) if any(known.row.fullmatch(fold(c)) for c in row)), None
    )
    if head is None or len(texts) > _MOST_ROWS:
        return []
    column = next(k for k, c in enumerate(texts[head]) if known.row.fullmatch(fold(c)))
    found = [fold(row[column]) for row in texts[head + 1 :] if any(fold(c) for c in row)]
    return found if all(thing.suffix.search(_INSIDE.sub("", x)) for x in found) else []


def _tables_below(case: Case) -> dict[int, Table]:
    """The table that stands right below a paragraph, by the paragraph's identity."""
    blocks = [b for b in case.document.blocks() if isinstance(b, Table) or flat(b.text)]
    pairs = zip(blocks, blocks[1:], strict=False)
    return {id(a): b for a, b in pairs if isinstance(a, Paragraph) and isinstance(b, Table)}
