"""What a document is: a disclosure, or something that only looks like one. By what stands in it, never by its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from yibenzhang.model.documents import Document
from yibenzhang.model.views import View
from yibenzhang.recognising.profile import front_of, joined
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.recognising.table_kinds import BUDGET
from yibenzhang.standards.lexicon.document_kinds import DocumentKinds, document_kinds
from yibenzhang.standards.patterns import patterns

DISCLOSURE, EXTRACT, TEMPLATE, NO_DISCLOSURE = "disclosure", "extract", "template", "no_disclosure"

_MONEY = ("side", "fund", "kind", "item")
"""Dimensions that only tables of a budget or of accounts name."""
_SURE = 2
"""So many different nodes of these, read without residue, make a table one of them."""
_TITLE = 60
"""Longer than this is a sentence, no title."""
_HEADING = 40
"""Longer than this is no heading."""
_SPARSE = 3
"""A template has fewer numbers than this for each of its placeholders."""


def document_kind(
    document: Document,
    views: Sequence[View],
    tables: Sequence[TableFacts],
    kinds: Mapping[str, str],
    numbers: int,
) -> str:
    """disclosure, extract (one part published by itself), template, no_disclosure or a kind of document_kinds.toml.

    ``kinds``: what kind of table each table (id) is; ``numbers``: how many that are not zero stand in the document.
    """
    words = document_kinds()
    if _is_template(document, numbers, words):
        return TEMPLATE
    front = _titles(document, tables)
    circular = any(line.endswith(words.circular) for line in front)
    if not circular and _names_any(front, words.cover):
        return DISCLOSURE
    if kind := next((k for k, named in words.titles if _names_any(front, named)), ""):
        return kind
    found = _budget_tables(views, tables, kinds)
    if circular:
        return DISCLOSURE if len(found) >= words.circular_least else NO_DISCLOSURE
    known = found or (kinds and _names_any(front, words.part)) or _headed(document, words)
    if known:
        return DISCLOSURE
    return EXTRACT if _is_extract(document, front, words) else NO_DISCLOSURE


_WORDS = patterns("document_kinds")


def _is_extract(document: Document, front: Sequence[str], words: DocumentKinds) -> bool:
    """One of the first lines is the title of a part that is published by itself, or the text tells of several kinds of
    expenses as only a body's own explanation does; and amounts follow."""
    texts = ["".join(p.text.split()) for p in document.paragraphs()]
    if sum(len(_WORDS["amount"].findall(t)) for t in texts) < words.extract_least:
        return False
    if any(words.extract.search(line) for line in (*front, *_spread(front))):
        return True
    if front and _WORDS["headline"].match("".join(front[0].split())):
        return False
    expenses = {m.group(1) for t in texts for m in words.statement.finditer(t)}
    return len(expenses) >= words.statements and not any(words.never.search(t) for t in texts)


def _spread(lines: Sequence[str]) -> Iterator[str]:
    """Titles that go over two or three lines."""
    plain = ["".join(line.split()) for line in lines]
    for many in (2, 3):
        yield from ("".join(plain[k : k + many]) for k in range(len(plain) - many + 1))


def _names_any(lines: Sequence[str], words: Iterable[str]) -> bool:
    return any(w in line for line in lines for w in words)


def _budget_tables(views: Sequence[View], tables: Sequence[TableFacts], kinds: Mapping[str, str]) -> set[str]:
    """The tables (ids) of a budget or of accounts: those that speak of money, and standard tables with rows."""
    standard = {t.table.id for t in tables if (s := t.table.standard) and s.layout != "form" and t.blocks}
    return standard | {v.table for v in views if kinds.get(v.table) == BUDGET and _speaks_of_money(v)}


def _headed(document: Document, words: DocumentKinds) -> bool:
    """Headings of the explanations that only a disclosure has: its text was published without its tables."""
    short = [p.text for p in document.paragraphs() if len(p.text) <= _HEADING]
    return sum(any(w in text for text in short) for w in words.headings) >= words.headings_least


def _titles(document: Document, tables: Sequence[TableFacts]) -> list[str]:
    """The lines of the first page of each part that may be titles, and the title of the first table."""
    lines = [line for part in document.parts or (document,) for line in joined(front_of(part))]
    return [*(line for line in lines if len(line) <= _TITLE), *(t.table.title for t in tables[:1])]


def _speaks_of_money(view: View) -> bool:
    places = [c.coordinates for c in view.columns] + [r.coordinates for r in view.rows]
    nodes = {(d, n) for at in places if at.sure for d in _MONEY if (n := getattr(at, d))}
    return len(nodes) >= _SURE


def _is_template(document: Document, numbers: int, words: DocumentKinds) -> bool:
    """Placeholders everywhere and hardly any number."""
    texts = [p.text for p in document.paragraphs()] + [c.text for t in document.tables() for c in t.cells]
    count = sum(len(words.placeholder.findall(t)) for t in texts)
    return count >= words.placeholder_least and numbers < _SPARSE * count
