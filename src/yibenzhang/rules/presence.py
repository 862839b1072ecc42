"""What ought to be there: the tables that the contents list, statements under empty tables, the right statement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yibenzhang.model.amounts import CellState
from yibenzhang.model.documents import Document, Table
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.recognising.tables import match_title
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import Section
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("presence")
_FUND, _CAPITAL = _WORDS["fund"].pattern, _WORDS["capital"].pattern
_GENERAL = _WORDS["general"].pattern
_NONE = _WORDS["none"]


_NO_DENIAL = _WORDS["no_denial"]
"""What only looks like saying that there is none."""
_YEARS = _WORDS["years"]
_MONEY = _WORDS["money"]
_TALKS = 60
"""A document with fewer passages than this has no explanations: it is tables alone."""


_LONGEST_TITLE = 60
"""No title of a table is longer (characters)."""
_LONGEST_ENTRY = 400
"""An entry of the contents page is no longer than this (characters)."""


def _asked_of(section: Section, case: Case) -> bool:
    """The regulation asks it of a disclosure of this stage, region and year with such items."""
    here = not section.regions or case.profile.region in section.regions
    listed = not section.items or not case.functions or any(i in case.functions for i in section.items)
    return section.stage in ("", case.stage) and here and section.since <= (case.year or 0) and listed


@rule("presence.section", needs=("text", "pages"))
def required(case: Case) -> Iterator[Issue]:
    """Sections that the regulation asks for and that the text nowhere touches."""
    terms = next(s for s in case.standards.sections if s.id == "terms")
    text = (
        "".join(p.text for p in case.passages if not _below(p, terms.words)).replace("“", "").replace("”", "")
    )
    asked = [s for s in case.standards.sections if s.required and _asked_of(s, case)]
    whole = "".join(p.text for p in case.passages)
    missing = [s for s in asked if not any(w in (whole if s is terms else text) for w in s.told)]
    if len(case.passages) < _TALKS or len(missing) * 3 > len(asked):
        return
    if missing:
        sections = tuple(arguments(name=s.name) for s in missing)
        yield issue_at("presence.section", "", case.passages[0].place(0), sections=sections)


def _below(p: Passage, words: Sequence[str]) -> bool:
    """It stands below a heading with one of the words."""
    return any(w in heading for heading in p.section for w in words)


def _beginnings(passages: Sequence[Passage]) -> dict[str, int]:
    """The last heading that begins with each text; headings are short, so that this costs no more than their length."""
    return {p.text[:n]: k for k, p in enumerate(passages) if p.heading for n in range(1, len(p.text) + 1)}


@rule("presence.amount", needs=("text",))
def promised(case: Case) -> Iterator[Issue]:
    """A heading that announces an amount, and nothing under it that is an amount or says there is none."""
    passages = case.passages
    again = _beginnings(passages)
    for k, p in enumerate(passages):
        if not _announces_amount(p):
            continue
        named = [s for s in case.standards.sections if s.amount and any(w in p.text for w in s.words)]
        under = []
        for q in passages[k + 1 : k + 40]:
            if p.text not in q.section:
                break
            under.append(q.text)
        text = "".join(under)
        if again.get(p.text, k) > k:
            continue  # an entry of the contents page
        if not named or not text or _MONEY.search(text):
            continue
        if _says_otherwise(text):
            continue
        yield issue_at("presence.amount", p.verbatim(0, len(p.text)).strip(), p.place(0))


@rule("presence.listed", needs=("text", "pages"))
def listed_tables(case: Case) -> Iterator[Issue]:
    """Standard tables named in the contents but not found, where most of those named were found."""
    absent: dict[str, Passage] = {}
    for part in case.files:
        absent |= _listed(part.document, part.passages, case)
    for table, p in absent.items():
        words, name = p.verbatim(0, len(p.text)).strip(), case.standards.table_by_id[table].name
        yield issue_at("presence.listed", words, p.place(0), table=name, subject=table.partition(".")[2])


_COUNTED = _WORDS["counted"]
"""What is added to a title that stands several times."""


def _listed(document: Document, passages: Sequence[Passage], case: Case) -> dict[str, Passage]:
    """The tables with their entries in the contents of which neither the table nor its title is there."""
    stage, standards = case.stage, case.standards
    start = 0
    if not document.drawn:
        if (
            at := next((k for k, p in enumerate(passages[:60]) if _WORDS["contents"].fullmatch(p.text)), None)
        ) is None:
            return {}
        start = at + 1
    found = {t.table.standard.id for t in case.tables if t.table.standard}
    listed, last = _entries(document, passages, start, case)
    if missing := [i for i in listed if i not in found]:
        titles = [_COUNTED.sub("", p.text) for p in passages[last + 1 :] if len(p.text) < _LONGEST_TITLE]
        titles += [v.title for v in case.views]
        found |= {t.id for text in titles if (t := match_title(text, stage, standards))}
    missing = [i for i in missing if i not in found and not _ends_a_line(passages[last + 1 :], listed[i])]
    if not listed or len(missing) * 3 > len(listed):
        return {}
    return {i: listed[i] for i in missing}


def _entries(
    document: Document, passages: Sequence[Passage], start: int, case: Case
) -> tuple[dict[str, Passage], int]:
    """The standard tables that the contents name, each with its entry, and the position of the last entry."""
    listed: dict[str, Passage] = {}
    last = start
    for k, p in enumerate(passages[start : start + 60], start):
        if p.pieces[0][1].place.page and p.pieces[0][1].place.page > 4:
            break
        if not document.drawn and any(p.text == q.text for q in passages[start:k]):
            break
        for name in re.split(r"\d+$|[.…·]{3,}", p.text) if len(p.text) < _LONGEST_ENTRY else ():
            table = (
                match_title(name, case.stage, case.standards)
                if name.endswith("表") and len(name) < 50
                else None
            )
            if table is not None:
                listed.setdefault(table.id, p)
                last = k
    return listed, last


def _ends_a_line(passages: Sequence[Passage], entry: Passage) -> bool:
    """The title was joined with the line before it."""
    title = _WORDS["number_before"].sub("", re.split(r"\d+$|[.…·]{3,}", entry.text)[0])
    return len(title) >= _LEAST_TITLE and any(p.text.endswith(title) for p in passages)


_LEAST_TITLE = 6
_ATTACHED = _WORDS["attached"]


@rule("presence.attached", needs=("text", "pages"))
def attached(case: Case) -> Iterator[Issue]:
    """Tables that the text says are attached, in a disclosure with an explanation and no table at all."""
    if len(case.passages) < _TALKS or any(t.table.standard for t in case.tables):
        return
    for p in case.passages:
        if m := _ATTACHED.search(p.text):
            words = p.clauses(m.start(), m.end())
            yield issue_at("presence.attached", words, p.place(m.start()))
            return


_LABEL = _WORDS["label"]
_PART = _WORDS["part"]


@rule("presence.label")
def labelled(case: Case) -> Iterator[Issue]:
    """A number such as "附表-3" above nothing: the next table's number, or the next part, follows it at once."""
    for part in case.files:
        yield from _labelled(part.document)


def _stands_empty(k: int, labels: list[bool], texts: list[str]) -> bool:
    """A label with another or a new part right below it; not one in a list of numbers."""
    if not labels[k] or not (labels[k + 1] or _PART.match(texts[k + 1])):
        return False
    return texts[k] != texts[k + 1] and not (k > 0 and labels[k - 1] and labels[k + 1])


def _labelled(document: Document) -> Iterator[Issue]:
    blocks = [b for b in document.blocks() if isinstance(b, Table) or flat(b.text)]
    texts = ["" if isinstance(b, Table) else flat(b.text) for b in blocks]
    labels = [bool(_LABEL.fullmatch(t)) for t in texts]
    if sum(labels) < _LABELS:
        return
    for k, block in enumerate(blocks[:-1]):
        if isinstance(block, Table) or not _stands_empty(k, labels, texts):
            continue
        label, after = block.text.strip(), texts[k + 1][:30]
        yield issue_at("presence.label", label, block.place, after=after)


_SENTENCE = 30
_LABELS = 4
"""Fewer numbered tables say nothing about the numbering."""


_KEYS = ((".fund", _FUND), (".state_capital", _CAPITAL), (".three_public", _WORDS["three_public"].pattern))
"""What a text says there is none of, where the table is empty."""


def _announces_amount(p: Passage) -> bool:
    """A heading of a section on spending; not the title of a table."""
    plain = p.heading and ":" not in p.text and "表" not in p.text[-3:]
    plain = plain and not _WORDS["of_words"].search(p.text)
    return plain and bool(_WORDS["promises"].search(p.text))


_RUN_IN = _WORDS["run_in"]
"""A heading that the text goes on behind in the same line."""
_NUMBERED = _WORDS["numbered"]


@rule("presence.amount", needs=("text",))
def promised_in_line(case: Case) -> Iterator[Issue]:
    """The same of a heading in the line of its section, which ends where the next number or heading stands."""
    sections = [s for s in case.standards.sections if s.amount]
    for k, p in enumerate(case.passages):
        m = _RUN_IN.match(p.text) if not p.heading else None
        if m is None or not any(w in m["title"] for s in sections for w in s.words):
            continue
        text = p.text[m.end() :]
        for q in case.passages[k + 1 : k + 40]:
            if q.heading or _NUMBERED.match(q.text):
                break
            text += q.text
        if _MONEY.search(text) or _says_otherwise(text):
            continue
        yield issue_at("presence.amount", p.verbatim(0, m.end()).strip(), p.place(0))


def _says_otherwise(text: str) -> bool:
    """There is none, there is some number, or it stands elsewhere."""
    denied = _NONE.search(_NO_DENIAL.sub("", text)) or re.search(r"\d", _YEARS.sub("", text))
    return bool(denied) or bool(_WORDS["elsewhere"].search(text))


def _filled(t: TableFacts, standard: str) -> bool:
    """Some number is printed; where there is none, a printed zero is as empty as a blank."""
    nothing = {CellState.BLANK, CellState.DASH}
    if standard.endswith((".fund", ".state_capital")):
        nothing.add(CellState.ZERO)
    return any(f.state not in nothing for f in t.facts())


def _explained_empty(t: TableFacts, standard: str, text: str) -> bool:
    """The table or the text says that there is none."""
    inside = "".join(flat(c.text) for c in t.table.table.cells if c.row >= t.table.header.first)
    key = next((k for end, k in _KEYS if standard.endswith(end)), _GENERAL)
    before, after = _WORDS["denied"].pattern, _WORDS["nothing"].pattern
    denied = re.search(rf"{before}{key}|{key}[^。;\n]{{0,30}}{after}", text)
    return bool(_NONE.search(inside) or (denied and not standard.endswith(".three_public")))


@rule("presence.empty", needs=("tables", "pages"))
def empty(case: Case) -> Iterator[Issue]:
    """A table without a number, and nothing that says why."""
    alone = not any(len(p.text) >= _SENTENCE and "。" in p.text for p in case.passages)
    if alone and sum(t.table.standard is not None for t in case.tables) >= _LABELS:
        return  # tables alone: what is said of them stands in another file
    text = "\n".join(p.text for p in case.passages)
    for t in case.tables:
        standard = t.table.standard
        if standard is None or standard.layout == "form" or not t.blocks or t.table.statement:
            continue
        if _filled(t, standard.id) or _explained_empty(t, standard.id, text):
            continue
        yield issue_at("presence.empty", t.table.title, t.table.table.cells[0].place, table=t.table.name)


_EMPTY_NOTE = _WORDS["empty_note"]


@rule("presence.denied", needs=("tables",))
def denied(case: Case) -> Iterator[Issue]:
    """A table with numbers, whose note says that it is empty."""
    for t in case.tables:
        if t.table.standard is None or not _EMPTY_NOTE.search(flat(t.table.statement)):
            continue
        number = next((f for f in t.facts() if f.amount and f.amount.value), None)
        if number is not None:
            note, place, name = t.table.statement[:60], t.table.table.cells[-1].place, t.table.name
            there = (number.text, number.place)
            yield issue_at(
                "presence.denied", note, place, there, table=name, amount=number.text, subject=_subject(note)
            )


@rule("presence.other_note")
def other_notes(case: Case) -> Iterator[Issue]:
    """A statement about the funds under the state capital, or the other way round."""
    yield from _notes_in_sections(case)
    for t in case.tables:
        note, standard = flat(t.table.statement), t.table.standard
        if standard is None or not note or not _NONE.search(note):
            continue
        own, other = (_FUND, _CAPITAL) if standard.id.endswith(".fund") else (_CAPITAL, _FUND)
        if standard.id.endswith((".fund", ".state_capital")) and _speaks_of(other, own, note):
            words, place = t.table.statement[:60], t.table.table.cells[-1].place
            yield issue_at(
                "presence.other_note", words, place, table=standard.name, other=other, subject=_subject(words)
            )


def _notes_in_sections(case: Case) -> Iterator[Issue]:
    before: Passage | None = None
    for p in case.passages:
        heading = p.section[-1] if p.section else ""
        if before is not None and _WORDS["note_title"].fullmatch(before.text) and "。" in p.text:
            heading = before.text
        before, text = p, p.text
        if (titled := _WORDS["note_opens"].match(p.text)) is not None:
            heading, text = titled.group(), p.text[titled.end() :]
        for own, other in ((_CAPITAL, _FUND), (_FUND, _CAPITAL)):
            if _speaks_of(own, other, heading) and _speaks_of(other, own, text) and len(text) < _SHORT:
                words = p.verbatim(0, len(p.text)).strip()
                yield issue_at(
                    "presence.other_note",
                    words,
                    p.place(0),
                    template="section",
                    heading=heading,
                    other=other,
                    subject=_subject(words),
                )


def _speaks_of(one: str, other: str, text: str) -> bool:
    """Of one and not of the other."""
    return one in text and other not in text


_SHORT = 80
"""A longer paragraph may speak of both for some reason."""


def _subject(words: str) -> str:
    """Of which tables a note speaks, as the ends of their ids."""
    return " ".join(end for word, end in ((_FUND, "fund"), (_CAPITAL, "state_capital")) if word in words)
