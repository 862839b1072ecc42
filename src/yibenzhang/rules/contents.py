"""The contents page against the document: names and order; and headings numbered twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from yibenzhang.model.amounts import narrow
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.prose.numbering import ordinal
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.recognising.tables import match_title
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold, fold_title
from yibenzhang.standards.patterns import patterns

_PAGE_NUMBER = late(r"[.…·\s]*[-—]?\d{0,3}[-—]?$")
_WORDS = patterns("contents")
_PART = _WORDS["part"]
_ORDINAL = _WORDS["ordinal"]
_YEAR = _WORDS["year"]
_SUFFIX = _WORDS["suffix"]
_FILLER = _WORDS["filler"]
"""Words whose absence does not make another name of a heading."""
_DOUBLED = late(r"(\w\w)\1")
_LONGEST = 80
"""A contents page lists no more entries than this."""
_ALIKE = 0.6
_SAME_TABLE = 0.8
Entry = tuple[str, Passage]


@rule("contents.name", "contents.style", "contents.order", needs=("text",))
def contents(case: Case) -> Iterator[Issue]:
    """The contents page against titles and headings."""
    entries, rest = _entries(case.passages)
    if len(entries) >= 4:
        yield from _tables(entries, case)
        yield from _headings(entries, rest, case)


def _entries(passages: Sequence[Passage]) -> tuple[list[Entry], Sequence[Passage]]:
    """The entries of the contents page, without page numbers, and all passages after it."""
    start = next((k for k, p in enumerate(passages[:60]) if _WORDS["contents"].fullmatch(p.text)), None)
    if start is None:
        return [], passages
    out: list[Entry] = []
    seen: set[str] = set()
    for k, p in enumerate(passages[start + 1 : start + _LONGEST], start + 1):
        name = _PAGE_NUMBER.sub("", p.text)
        if name in seen or len(name) > 60 or re.search(r"[。;]", name):
            return out, passages[k:]
        seen.add(name)
        if _ORDINAL.match(name) or _PART.match(name):
            out.append((name, p))
        elif len(out) >= 4 and not _WORDS["ends"].search(name):
            return out, passages[k:]
    return [], passages


def _by_standard(tables: Sequence[TableFacts]) -> dict[str, list[TableFacts]]:
    """The tables with a title, by their standard."""
    titles: dict[str, list[TableFacts]] = {}
    for t in tables:
        if t.table.standard and t.table.title:
            titles.setdefault(t.table.standard.id, []).append(t)
    return titles


def _tables(entries: list[Entry], case: Case) -> Iterator[Issue]:
    """A standard table listed under another name than it bears, or in another order."""
    titles = _by_standard(case.tables)
    order: list[tuple[str, TableFacts]] = []
    listed = {_core(name) for name, _ in entries}
    for name, p in entries:
        standard = match_title(name, case.stage, case.standards)
        alike = [] if standard else _alike(name, case.tables)
        found = (
            titles.get(standard.id, [])
            if standard
            else [t for t in alike if _core(t.table.title) not in listed]
        )
        if not found:
            continue
        order.append((name, found[0]))
        if all(_core(t.table.title) != _core(name) for t in found):
            form = standard is not None and standard.layout == "form"
            title = found[0].table
            yield from _differs(name, title.title, p, "title", title.table.cells[0].place, form)
    at = [case.tables.index(t) for _, t in order]
    if len(at) >= 4 and at != sorted(at):
        k = next(k for k in range(1, len(at)) if at[k] < at[k - 1])
        first, second = _bare(order[k - 1][0]), _bare(order[k][0])
        words = f"{first}、{second}"
        yield issue_at("contents.order", words, entries[0][1].place(0), first=first, second=second)


def _headings(entries: list[Entry], rest: Sequence[Passage], case: Case) -> Iterator[Issue]:
    """An entry whose heading, found by its number in the same part, is worded otherwise."""
    where_listed: dict[str, str] = {}
    for part, (name, _) in zip(_parts(name for name, _ in entries), entries, strict=True):
        where_listed.setdefault(_core(name), part)
    headings, exact = _printed_headings(rest)
    for part, (name, p) in zip(_parts(name for name, _ in entries), entries, strict=True):
        if _PART.match(name) or not _ordinal(name):
            continue
        found = headings.get((part, _ordinal(name)), [])
        for text, where in found:
            elsewhere = where_listed.get(_core(text), part)
            if elsewhere != part and _core(text) != _core(name):  # the heading of another part
                yield from _differs(name, text, p, "heading", where)
        if _core(name) not in exact:
            others = [(text, at) for text, at in found if where_listed.get(_core(text)) != part]
            for text, where in _worded_otherwise(name, others, case)[:1]:
                yield from _differs(name, text, p, "heading", where)


def _parts(texts: Iterable[str]) -> Iterator[str]:
    """The part that each of these stands in, itself where it begins one."""
    part = ""
    for text in texts:
        if match := _PART.match(text):
            part = match.group()
        yield part


def _printed_headings(
    rest: Sequence[Passage],
) -> tuple[dict[tuple[str, str], list[tuple[str, Place]]], set[str]]:
    """The headings of the text by part and number, and how they are worded, also with the line that follows."""
    headings: dict[tuple[str, str], list[tuple[str, Place]]] = {}
    exact: set[str] = set()
    for part, p, following in zip(_parts(p.text for p in rest), rest, [*rest[1:], None], strict=False):
        if (p.heading and len(p.section) <= 1) or (
            len(p.text) <= 80 and len(p.text.split("。")[0]) <= 40 and _ORDINAL.match(p.text)
        ):
            exact |= {_core(p.text), _core(p.text + (following.text if following else ""))}
            headings.setdefault((part, _ordinal(p.text)), []).append((p.text, p.place(0)))
    return headings, exact


def _worded_otherwise(name: str, found: Sequence[tuple[str, Place]], case: Case) -> list[tuple[str, Place]]:
    """The headings that are like an entry and not the same title of a table."""
    inside = match_title(name, case.stage, case.standards) is not None
    found = [x for x in found if not (inside and fold_title(x[0]) == fold_title(name))]
    like = (SequenceMatcher(None, _core(name), _core(text), autojunk=False).ratio() for text, _ in found)
    return [x for x, ratio in zip(found, like, strict=True) if ratio >= _ALIKE]


def _alike(name: str, tables: tuple[TableFacts, ...]) -> list[TableFacts]:
    """The table whose title is nearly the entry, where the entry is no title that the standards know."""
    if not _WORDS["table"].search(name):
        return []
    core = _core(name)
    if any(_core(t.table.title) == core for t in tables if t.table.title):
        return []  # it is there, if the standards do not know it
    named = [t for t in tables if t.table.standard and t.table.title]
    apart = [SequenceMatcher(None, core, _core(t.table.title), autojunk=False).ratio() for t in named]
    best = max(apart, default=0)
    return [named[apart.index(best)]] if best >= _SAME_TABLE else []


_CUT = 10
"""An entry of so many characters with which the heading begins was cut off at the end of its line."""


def _differs(
    name: str, other: str, p: Passage, where: str, place: Place, form: bool = False
) -> Iterator[Issue]:
    one, two = _bare(name), _bare(narrow(other).strip().split("。")[0])
    if bool(_DOUBLED.search(two)) != bool(_DOUBLED.search(one)):
        return  # a doubled word, which is another rule's
    if len(one) >= _CUT and two.startswith(one):
        return  # the entry goes on in another line
    same = form or _FILLER.sub("", _core(name)) == _FILLER.sub("", _core(other))
    identity = "contents.style" if same else "contents.name"
    yield issue_at(identity, one, p.place(0), (two, place), where=where, other=two)


def _ordinal(text: str) -> str:
    match = _ORDINAL.match(text)
    return match.group() if match else ""


def _bare(name: str) -> str:
    return _WORDS["table_number"].sub("", _ORDINAL.sub("", name, count=1).strip())


def _core(name: str) -> str:
    """A name as it is compared: no ordinal, year, level word or page number."""
    first = fold(name).split("。")[0]
    return _SUFFIX.sub("", _YEAR.sub("", fold_title(_PAGE_NUMBER.sub("", _bare(first)))))


_NUMBERED = _WORDS["numbered"]
_Heading: TypeAlias = tuple[str, Passage, tuple[str, ...]]
"""Its number, itself, and the headings it stands below with its own."""


def _beside(before: _Heading, p: Passage) -> bool:
    """Under one heading, and neither is the other in fewer words."""
    _, earlier, below = before
    return (
        below[:-1] in (p.section, p.section[:-1])
        and earlier.text not in p.text
        and p.text not in earlier.text
    )


@rule("wording.numbering", needs=("text",))
def numbered(case: Case) -> Iterator[Issue]:
    """Two headings of one kind in a row with the same number: "（二）…" and again "（二）…"."""
    last: dict[str, _Heading] = {}
    broken = False  # a short line without a number may be a heading under which numbers begin anew
    opened = False  # so do those of a list that the line above announces
    for p in case.passages:
        if not p.heading:
            opened = p.text.endswith(":")
            broken = broken or not p.text.endswith(("。", ";", ":"))
            continue
        match = _NUMBERED.match(p.text)
        if not match:
            continue
        kind = match.lastgroup or ""
        if kind == "part":
            last = {k: v for k, v in last.items() if k == kind}  # below a part numbers begin anew
        before = last.get(kind)
        anew = _begins_anew(match, broken, opened)
        if before and before[0] == match.group() and not anew and _beside(before, p):
            words = p.verbatim(0, len(p.text)).strip()
            there = (before[1].text[:40], before[1].place(0))
            yield issue_at(
                "wording.numbering", words, p.place(0), there, before=before[1].text[:30], after=words[:30]
            )
        broken = opened = False
        last[kind] = (match.group(), p, (*p.section, p.text))
    yield from _in_a_row(case.passages)


def _begins_anew(number: re.Match[str], broken: bool, opened: bool) -> bool:
    """A number behind a line that may be a heading without one, or the first behind a line that announces a list."""
    if _WORDS["first"].fullmatch(number.group()):
        return broken or opened
    return broken and number.lastgroup in ("part", "digit")


def _in_a_row(passages: Sequence[Passage]) -> Iterator[Issue]:
    """Three paragraphs in a row of which the last has the number of the second: "1.", "2.", "2."."""
    for one, two, three in zip(passages, passages[1:], passages[2:], strict=False):
        found = [_NUMBERED.match(p.text) for p in (one, two, three)]
        if any(m is None or m.lastgroup != found[0].lastgroup for m in found if found[0]) or not found[0]:
            continue
        numbers = [ordinal(m.group()) for m in found if m]
        same = two.text[:_LIKE] == three.text[:_LIKE] or two.heading != three.heading
        if numbers != [numbers[2] - 1, numbers[2], numbers[2]] or same or (two.heading and one.heading):
            continue
        words, there = three.verbatim(0, len(three.text)).strip(), (two.text[:40], two.place(0))
        yield issue_at(
            "wording.numbering", words[:40], three.place(0), there, before=two.text[:30], after=words[:30]
        )


_LIKE = 8
"""Paragraphs that begin alike are one that is printed twice."""
