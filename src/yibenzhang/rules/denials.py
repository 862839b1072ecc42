"""What the text says there is none of, against the figures of the tables and of other sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import Address, fold
from yibenzhang.standards.lexicon.denials import Denied, denial_words

_YEAR = late(r"20[0-4]\d")
_BEFORE = 16
_DIMENSIONS = ("side", "fund", "period", "kind", "item")


@rule("presence.denied_text", needs=("text",))
def denied(case: Case) -> Iterator[Issue]:
    """A sentence that denies what a table or another sentence has an amount of, once for each matter."""
    denying = _denying(case)
    for matter in denial_words().denied:
        found = next(_denials(case, matter, denying), None)
        if found is None or (shown := _figure(case, matter, found[0])) is None:
            continue
        p, m = found
        words = p.clauses(m.start(), m.end())
        text, place, table = shown
        yield issue_at(
            "presence.denied_text", words, p.place(m.start()), (text, place), amount=text, table=table
        )


@rule("presence.denied_count", needs=("text",))
def no_cars(case: Case) -> Iterator[Issue]:
    """A sentence that says there is no car, beside another that counts some of the same year."""
    words = denial_words()
    stocks, none = (
        [(p, m) for p in case.passages for m in pattern.finditer(p.text) if stock(case, p, m)]
        for pattern in (words.stock, words.no_stock)
    )
    for p, m in (*[(p, m) for p, m in stocks if not int(m.group(1))], *none):
        for q, n in stocks:
            if int(n.group(1)) and same_year(p, m, q, n):
                said, text = p.clauses(m.start(), m.end()), q.verbatim(n.start(), n.end())
                there = (text, q.place(n.start()))
                yield issue_at("presence.denied_count", said, p.place(m.start()), there, amount=text)
                return


def denials(case: Case) -> Iterator[tuple[str, Passage, re.Match[str]]]:
    """What the text says the body has none of: the name of the figure in the drafts' data, and where."""
    denying = _denying(case)
    for matter in denial_words().denied:
        yield from ((matter.figure, p, m) for p, m in _denials(case, matter, denying))


def _denying(case: Case) -> list[Passage]:
    """The passages that deny something."""
    return [p for p in case.passages if denial_words().denying.search(p.text)]


def _denials(
    case: Case, matter: Denied, denying: Sequence[Passage]
) -> Iterator[tuple[Passage, re.Match[str]]]:
    for p in denying:
        for m in matter.said.finditer(p.text) if matter.named.search(p.text) else ():
            if _own(case, p, m, matter) and not _narrower(matter, p, m):
                yield p, m


def _narrower(matter: Denied, p: Passage, m: re.Match[str]) -> bool:
    """The sentence or its headings speak of a part."""
    if matter.narrower is None:
        return False
    begin = max(p.text.rfind(c, 0, m.start()) for c in "。;") + 1
    around = p.text[begin : m.start()] + "".join(p.section[-2:])
    return bool(matter.narrower.search(around))


def _own(case: Case, p: Passage, m: re.Match[str], matter: Denied) -> bool:
    """It speaks of the fiscal year, of the body as a whole, and of nothing but this."""
    words = denial_words()
    before = p.text[max(0, m.start() - _BEFORE) : m.start()].split("。")[-1]
    if words.other.search(before) or any(int(y) != case.year for y in _YEAR.findall(before)):
        return False
    if _others(case, _clause(p, m)):
        return False
    note = words.table_note.search(p.text[m.end() : m.end() + _BEFORE])
    if note and not _of_absent_table(case, p, m, matter):
        return False  # the note of a table, which is held against that table
    return words.terms not in "".join(p.section) and not words.others.search(
        p.text[m.end() - 4 : m.end() + 4]
    )


def _of_absent_table(case: Case, p: Passage, m: re.Match[str], matter: Denied) -> bool:
    """It names a table as empty that the document has not."""
    end = matter.table.partition(".")[2]
    named = denial_words().table_named.search(p.text, m.end(), m.end() + 2 * _BEFORE)
    return named is not None and not any(
        t.table.standard and t.table.standard.id.endswith(end) for t in case.tables
    )


def _figure(case: Case, matter: Denied, own: Passage) -> tuple[str, Place, str | None] | None:
    """An amount above nothing: of the table's total, of a number of other tables, or in a sentence of another
    passage."""
    facts = case.book.resolve(Address(matter.table, "total", matter.measure)).get("", [])
    for f in facts if len(facts) == 1 else ():
        if f.amount and f.amount.value > 0:
            name = next((t.table.name for t in case.tables if t.table.id == f.table), None)
            return f.text, f.place, name
    return _in_tables(case, matter) or _in_text(case, matter, own)


def _in_tables(case: Case, matter: Denied) -> tuple[str, Place, str | None] | None:
    """Where all that the tables tell of it is above nothing."""
    cells = [c for c in case.reader.cube.whole() if (c.named or c.at.item) and _stands(matter, c.at)]
    final = [c for c in cells if c.at.stage == "final"]
    budgets = (
        case.stage == "accounts" and "item" in matter.where
    )  # what was not spent was budgeted all the same
    found = [c.fact for c in (final if final or budgets else cells)]
    if not found or any(f.amount is None or f.amount.value <= 0 for f in found):
        return None
    name = next((t.table.name for t in case.tables if t.table.id == found[0].table), None)
    return found[0].text, found[0].place, name


def _stands(matter: Denied, at: object) -> bool:
    for dimension in _DIMENSIONS:
        wanted = matter.where.get(dimension, "")
        if getattr(at, dimension) not in (wanted if isinstance(wanted, list) else (wanted,)):
            return False
    return True


def _in_text(case: Case, matter: Denied, own: Passage) -> tuple[str, Place, None] | None:
    other = denial_words().other
    for q in case.quantities:
        if q.passage is own or not q.money or q.kind != Kind.VALUE or q.amount.base <= Decimal(0):
            continue
        clause = re.split(r"[。;,(]", q.lead)[-1]
        if matter.narrower and matter.narrower.search(clause + "".join(q.passage.section[-2:])):
            continue
        if matter.lead.search(clause) and not other.search(clause) and not _others_year(case, q.lead):
            words = q.passage.clauses(q.start, q.end)
            return words, q.passage.place(q.start), None
    return None


def _others_year(case: Case, lead: str) -> bool:
    return any(int(y) != case.year for y in _YEAR.findall(lead[-30:]))


def stock(case: Case, p: Passage, m: re.Match[str]) -> bool:
    """All cars that there are, not some that are to be bought or those of a unit."""
    clause = _clause(p, m)
    return (
        not p.heading
        and not _others(case, clause)
        and not denial_words().not_stock.search(clause + m.group())
    )


def _clause(p: Passage, m: re.Match[str]) -> str:
    """What stands before it in its clause."""
    return re.split(r"[。;,:]", p.text[: m.start()])[-1]


def _others(case: Case, clause: str) -> bool:
    """A clause begins with another unit than the body."""
    words, body = denial_words(), fold(case.profile.body)
    whose = words.whose.search(clause)
    unit = whose.group(1) if whose and not words.selves.search(whose.group(1)) else ""
    return bool(unit) and unit not in body and not unit.endswith(body)


def same_year(p: Passage, m: re.Match[str], q: Passage, n: re.Match[str]) -> bool:
    """Both speak of the same year, or one of none."""
    here, there = (
        _YEAR.findall(x.text[max(0, y.start() - 40) : y.start()])[-1:] for x, y in ((p, m), (q, n))
    )
    return not here or not there or here == there
