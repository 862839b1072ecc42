"""Names of units and projects in tables, with one character wrong or two exchanged against other tables; and in the
text with two words exchanged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.rules.case import Case
from yibenzhang.rules.misspelt import mistaken
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.counts import name_columns
from yibenzhang.standards.patterns import patterns

_LEAST, _SWAPPED = 6, 8
"""Shorter names may be other names by chance."""
_MOST = 3000
_HEAD = 3
_WORDS = patterns("cell_names")
_HAN = late(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class _Named:
    text: str
    table: int
    place: Place


@rule("names.cell")
def cells(case: Case) -> Iterator[Issue]:
    """A name that stands in one table as it stands nowhere else, and in others nearly so."""
    known = name_columns()
    text = "\n".join(p.text for p in case.passages)
    for pattern in (known.unit, known.project):
        names: dict[str, list[_Named]] = defaultdict(list)
        for table in case.document.tables():
            for name, cell in _names(table, pattern):
                names[name].append(_Named(cell.text.strip(), table.index, cell.place))
        if len(names) > _MOST:
            continue
        for wrong, right in _pairs(names):
            a, b = names[wrong], names[right]
            said_wrong, said_right = len(a) + text.count(wrong), len(b) + text.count(right)
            together = {x.table for x in a} & {x.table for x in b}
            if len({x.table for x in a}) > 1 or said_wrong * 2 > said_right or text.count(wrong):
                continue
            if together and not _typed_for(wrong, right):
                continue
            yield issue_at("names.cell", a[0].text, a[0].place, (b[0].text, b[0].place), other=right)


def _headed(grid: Sequence[Sequence[Cell | None]], heading: re.Pattern[str]) -> set[int]:
    """The columns with such a heading."""
    return {
        k
        for row in grid[:_HEAD]
        for k, c in enumerate(row)
        if c is not None and heading.fullmatch(fold(c.text))
    }


def _names(table: Table, heading: re.Pattern[str]) -> Iterator[tuple[str, Cell]]:
    """The cells below such headings, and right of such labels."""
    if not any(heading.fullmatch(fold(c.text)) for c in table.cells):
        return
    grid, known = table.grid(), name_columns().not_name
    columns = _headed(grid, heading)
    done: set[tuple[int, int]] = set()
    for row in grid:
        label = False
        for k, cell in enumerate(row):
            if cell is None or (k and cell is row[k - 1]):
                continue
            folded = fold(cell.text)
            if (k in columns or label) and (cell.row, cell.column) not in done:
                done.add((cell.row, cell.column))
                name = _bare(folded)
                if len(name) >= _LEAST and _HAN.fullmatch(name) and not known.search(name):
                    yield name, cell
            label = bool(heading.fullmatch(folded))


def _bare(text: str) -> str:
    while (cut := _WORDS["code"].sub("", text)) != text:
        text = cut
    return text


def _pairs(names: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Names that differ by one character or by two neighbours exchanged, each way round."""
    by_mask: dict[tuple[int, str], list[str]] = defaultdict(list)
    for name in names:
        for k in range(len(name)):
            by_mask[k, name[:k] + name[k + 1 :]].append(name)
        for k in range(len(name) - 1):
            if name[k] != name[k + 1]:
                both = "".join(sorted(name[k : k + 2]))
                by_mask[-k - 1, f"{name[:k]}{both}{name[k + 2 :]}"].append(name)
    seen: set[tuple[str, str]] = set()
    for (k, _), found in sorted(by_mask.items()):
        for one in found:
            for other in found:
                if one != other and len(one) == len(other) and (one, other) not in seen:
                    seen.add((one, other))
                    if k < 0 or not _two_things(one[k], other[k]):
                        yield one, other


def _two_things(one: str, other: str) -> bool:
    apart = name_columns().apart
    return bool(apart.fullmatch(one) and apart.fullmatch(other))


def _typed_for(wrong: str, right: str) -> bool:
    """By one character that sounds or looks like it, or two exchanged."""
    differ = [(a, b) for a, b in zip(wrong, right, strict=True) if a != b]
    return len(differ) == 2 or mistaken(*differ[0])


@rule("names.swapped", needs=("text",))
def swapped(case: Case) -> Iterator[Issue]:
    """A unit's name with two of its words or characters exchanged."""
    known = name_columns()
    units: dict[str, int] = defaultdict(int)
    for table in case.document.tables():
        for name, _ in _names(table, known.unit):
            units[name] += 1
    own = "".join(_HAN.findall(fold(case.profile.body)))  # that names.own speaks of
    text = "\n".join(p.text for p in case.passages)
    names = {n for n, count in units.items() if count > 1 and len(n) >= _SWAPPED and n != own}
    for name in sorted(names):
        for variant in sorted(_variants(name)):
            if variant in units or text.count(variant) != 1:
                continue
            p = next(p for p in case.passages if variant in p.text)
            at = p.text.index(variant)
            words = p.verbatim(at, at + len(variant)).strip()
            yield issue_at("names.swapped", words, p.place(at), unit=name)


def _variants(name: str) -> set[str]:
    """The name with two neighbouring pieces of one to three characters exchanged, its first two kept."""
    out = set()
    for start in range(2, len(name)):
        for a in (1, 2, 3):
            for b in (1, 2, 3):
                if start + a + b <= len(name):
                    one, two = name[start : start + a], name[start + a : start + a + b]
                    out.add(name[:start] + two + one + name[start + a + b :])
    return out - {name}
