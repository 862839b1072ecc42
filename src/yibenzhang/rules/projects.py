"""The project table against the text: codes, names, and projects left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.recognising.profile import named_as_body
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_NAME = late(r"(?:^|[:：。;；]|\(\d+\)|\d+[.、])([^:：。;；()]*(?:\([^()]*\)[^:：。;；()]*)*)$")
_ALIKE = 0.62
_WORDS = patterns("projects")


def _leaves(tables: tuple[TableFacts, ...]) -> Iterator[list[Fact]]:
    """The projects of each list of a project table."""
    for table in tables:
        if table.table.standard is None or table.table.standard.id != "budget.projects":
            continue
        for block in table.blocks:
            yield [
                f for (k, m), f in block.cells.items() if m == "total" and block.rows[k].leaf and f.printed
            ]


@rule("projects.code", needs=("tables",))
def codes(case: Case) -> Iterator[Issue]:
    """One project code for two projects of the table."""
    for leaves in _leaves(case.tables):
        yield from _codes(leaves)


@rule("projects.name", "projects.missing", needs=("tables", "text"))
def listed(case: Case) -> Iterator[Issue]:
    """The projects that the text goes through one by one, against the table."""
    for leaves in map(_single, _leaves(case.tables)):
        if len(leaves) >= 3:
            yield from _text(
                [f for f in leaves if not _is_unit(f.row.label, case.profile.body)], case.quantities
            )


def _is_unit(label: str, body: str) -> bool:
    """A row that is the body or a unit of it: it bears the name of the same place, and that of a body."""
    return bool(body) and fold(label)[:_PLACE] == body[:_PLACE] and named_as_body(fold(label))


def _single(leaves: list[Fact]) -> list[Fact]:
    """Without rows that are the sum of the rows right below them: units and groups that no code or level marks."""
    below: list[Fact] = []
    heads: set[str] = set()
    for f in reversed(leaves):
        left, taken = f.amount.base if f.amount else Decimal(0), 0
        for other in below:
            if left <= _CENT * taken:
                break
            left -= other.amount.base if other.amount else Decimal(0)
            taken += 1
        if taken and abs(left) <= _CENT * taken:
            heads.add(f.id)
            below = below[taken:]
        below = [f, *below]
    return [f for f in leaves if f.id not in heads]


_CENT = Decimal(100)
_PLACE = 2
"""So many letters of a body's name say where it is."""


def _codes(leaves: list[Fact]) -> Iterator[Issue]:
    count = Counter(f.row.code for f in leaves if len(f.row.code) > 8)
    for code, n in count.items():
        same = [f for f in leaves if f.row.code == code]
        if n > 1 and len({fold(f.row.label) for f in same}) > 1:
            others = ((f.row.label, f.place) for f in same[:-1])
            names = tuple(arguments(name=f.row.label) for f in same)
            yield issue_at("projects.code", code, same[-1].place, *others, projects=names)


def _named(quantities: tuple[Quantity, ...]) -> Iterator[tuple[Quantity, str]]:
    """Amounts with a name right before them, in paragraphs that do not choose."""
    for q in quantities:
        if (
            q.kind == Kind.VALUE
            and q.money
            and not _WORDS["selected"].search(q.passage.text)
            and (name := _name(q))
        ):
            yield q, name


def _text(leaves: list[Fact], quantities: tuple[Quantity, ...]) -> Iterator[Issue]:
    """Names in the text's list of projects: the same, another name with the same amount, or none."""
    named = list(_named(quantities))
    table = {_bare(f.row.label): f for f in leaves}
    listed = _list_of(named, table, leaves)
    if not listed:
        return
    seen: set[str] = {label for label, f in table.items() if label and _said(label, f, quantities)}
    others = [f for f in leaves if _bare(f.row.label) not in seen]
    for q, name in listed:
        if same := _ends_with(name, table):
            seen.add(same)
        elif fact := _nearest(name, q, others):
            seen.add(_bare(fact.row.label))
            words = q.passage.verbatim(q.start - min(len(name), q.start), q.end).strip()
            label, place = fact.row.label, q.passage.place(q.start)
            there = (label, fact.place)
            yield issue_at("projects.name", words, place, there, listed=label, name=name, amount=fact.text)
    amounts = [q.amount.base for q, _ in listed]
    of_one = any(_WORDS["parts_of_one"].search(q.passage.text) for q, _ in listed)
    if not of_one and not _grouped_otherwise(leaves, amounts):
        yield from _missing([f for label, f in table.items() if label not in seen], set(amounts), leaves)


def _list_of(
    named: Sequence[tuple[Quantity, str]], table: Mapping[str, Fact], leaves: list[Fact]
) -> list[tuple[Quantity, str]]:
    """What the section says that lists the projects: most of them, by their names or by names like theirs."""
    exact = [(q, n) for q, n in named if _ends_with(n, table)]
    lists = Counter(q.passage.section[:2] for q, _ in exact)
    near = Counter(q.passage.section[:2] for q, n in named if _nearest(n, q, leaves))
    home = max({**lists, **near}, key=lambda s: lists[s] + near[s], default=None)
    if home is None or lists[home] + near[home] < max(3, len(leaves) * 0.6):
        return []
    return [(q, name) for q, name in named if q.passage.section[:2] == home]


def _ends_with(name: str, labels: Iterable[str]) -> str:
    """The project whose name ends the words; empty where there is none."""
    return next((label for label in labels if label and _bare(name).endswith(label)), "")


def _grouped_otherwise(leaves: Sequence[Fact], amounts: Sequence[Decimal]) -> bool:
    """The text groups the projects otherwise, but leaves no money out."""
    total = sum((f.amount.base for f in leaves if f.amount), Decimal(0))
    together = sum((a for a in amounts if a < total * Decimal("0.98")), Decimal(0))
    return abs(together - total) <= len(leaves) * Decimal(100)


def _missing(missing: Sequence[Fact], listed: set[Decimal], leaves: Sequence[Fact]) -> Iterator[Issue]:
    """Projects of the table that the text does not have, neither by their amount nor together with others."""
    for fact in missing:
        if fact.amount is None or not fact.amount.value or fact.amount.base in listed:
            continue
        if not any(_merged(fact, other, listed) for other in leaves):
            yield issue_at("projects.missing", fact.row.label, fact.place, amount=fact.text)


def _said(label: str, fact: Fact, quantities: tuple[Quantity, ...]) -> bool:
    """The text names the project with its amount, in whatever section."""
    if fact.amount is None:
        return False
    own = (q for q in quantities if q.money and abs(q.amount.base - fact.amount.base) <= _CENT)
    return any(_bare(_WORDS["around"].sub("", fold(q.lead))).endswith(label) for q in own)


def _merged(fact: Fact, other: Fact, listed: set[Decimal]) -> bool:
    """The text names both as one: it has an amount of both together."""
    if other is fact or fact.amount is None or other.amount is None:
        return False
    return fact.amount.base + other.amount.base in listed


def _name(q: Quantity) -> str:
    match = _NAME.search(q.lead)
    name = _WORDS["numbered"].sub("", match.group(1)) if match else ""
    name = name.lstrip("、,，和及与")
    return name if 4 <= len(name) <= 50 else ""


def _bare(name: str) -> str:
    return _WORDS["free"].sub("", fold(name))


def _nearest(name: str, q: Quantity, leaves: list[Fact]) -> Fact | None:
    """The project with the same amount and a similar name."""
    printed = q.fact.interval
    for f in leaves:
        other = f.interval
        if printed is None or other is None or printed.high < other.low or printed.low > other.high:
            continue
        if SequenceMatcher(None, _bare(name), _bare(f.row.label), autojunk=False).ratio() >= _ALIKE:
            return f
    return None
