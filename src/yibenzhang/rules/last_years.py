"""The year before under another year's name: in sentences ("上年（2024年）" in a budget of 2026) and above columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.documents import Cell
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("last_years")
_HEADER = 4
"""So many rows at most are the head of a table."""


@rule("wording.last_year", needs=("year",), each_file=True)
def last_year(case: Case) -> Iterator[Issue]:
    """The last year, named by its number, is the one before the document's own or before one that the sentence
    names."""
    year = case.year or 0
    for p in case.passages:
        for m in _WORDS["last"].finditer(p.text):
            begin, end = sentence(p.text, m.start(), m.end())
            named = [int(y) for y in _WORDS["year"].findall(p.text, begin, m.start())]
            found = int(m["year"])
            if case.stage != "accounts" and _WORDS["settled"].match(p.text, m.end()):
                continue
            compared = _WORDS["moved_by"].search(p.text, m.end(), end)
            if compared and not _base(p.text, m) and found not in {year - 1, *(y - 1 for y in named)}:
                words = p.clauses(m.start(), m.end())
                yield issue_at(
                    "wording.last_year", words, p.place(m.start()), found=found, year=year, right=year - 1
                )


def _base(text: str, m: re.Match[str]) -> bool:
    """The clause tells by what something was reckoned."""
    begin = max(text.rfind(c, 0, m.start()) for c in ",。;:") + 1
    stop = min((k for c in ",。;" if (k := text.find(c, m.end())) >= 0), default=len(text))
    return _WORDS["base"].search(text, begin, stop) is not None


@rule("wording.column_year", needs=("year", "tables"))
def column_year(case: Case) -> Iterator[Issue]:
    """Columns of a table of this year: the only year above them is another one, or the one beside this year's is
    not the year before."""
    year = case.year or 0
    for t in case.tables:
        title = flat(t.table.title)
        if f"{year}年" not in title and (t.table.standard is None or _WORDS["year"].search(title)):
            continue
        head, found = _head(t)
        years = {int(m["year"]) for _, m in found}
        kinds = {m["kind"] for _, m in found}
        if not years or any(_WORDS["other"].search(h) for h in head):
            continue
        wrong = years - {year, year - 1} if year in years else years
        moved = any(_WORDS["moved"].search(h) for h in head)
        if (
            len(wrong) != 1
            or len(years) > 2
            or len(kinds) > 1
            or (len(years) > 1 and not (moved and year in years))
        ):
            continue
        if year not in years and (moved or _other_amounts(t, [c for c, _ in found])):
            continue  # this year's column may stand there without its year
        cell = next(c for c, m in found if int(m["year"]) in wrong)
        values = {"found": wrong.pop(), "year": year, "right": year - 1 if year in years else year}
        template = "beside" if year in years else ""
        yield issue_at(
            "wording.column_year",
            cell.text.strip(),
            cell.place,
            template=template,
            table=t.table.name,
            **values,
        )


def _other_amounts(t: TableFacts, heads: list[Cell]) -> bool:
    """A column that is not of the year has an amount, or says in the head that it is one."""
    of_year = {k for c in heads for k in range(c.column, c.column + c.column_span)}
    for row in t.table.table.grid():
        for k, cell in enumerate(row):
            if cell is not None and k not in of_year and _WORDS["amount"].fullmatch(flat(cell.text)):
                return True
    return False


def _head(t: TableFacts) -> tuple[list[str], list[tuple[Cell, re.Match[str]]]]:
    """What the first rows say, and the columns of a year among it."""
    cells: dict[int, Cell] = {}
    for row in t.table.table.grid()[:_HEADER]:
        cells |= {id(c): c for c in row if c is not None}
    texts = [flat(c.text) for c in cells.values()]
    matches = ((c, _WORDS["column"].fullmatch(x)) for c, x in zip(cells.values(), texts, strict=True))
    return texts, [(c, m) for c, m in matches if m]
