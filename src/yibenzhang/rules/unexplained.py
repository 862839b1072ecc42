"""Outturns that differ from their budget and say no reason, where the entries beside them do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("unexplained")
_ITEM, _PLAIN, _REASON = _WORDS["item"], _WORDS["plain"], _WORDS["reason"]
_OPENS = _WORDS["opens"]
"""A reason told before the amounts."""
_THREE = _WORDS["three"]
_BEGINS = _WORDS["begins"]
"""How the paragraph of another entry begins."""
_LEAST = 3
"""So many entries with reasons show that a section gives them."""
_ONE_IN = 4
"""Where more than one entry in so many gives none, the section does not give them item by item."""
_BOTH = {Kind.BUDGETED, Kind.ACTUAL}


@dataclass(frozen=True, slots=True)
class _Entry:
    """Budget and outturn of an item that differ, and what follows them up to the next entry."""

    first: Quantity
    second: Quantity
    section: tuple[str, ...]
    of_item: bool
    before: str
    after: str

    @property
    def explained(self) -> bool:
        return bool(_REASON.search(self.after) or _OPENS.search(self.before))


@rule("reasons.unexplained", needs=("text",), stages=("accounts",), each_file=True)
def unexplained(case: Case) -> Iterator[Issue]:
    """An item whose outturn is not its budget, without a reason, in a section whose other items have theirs."""
    sections: dict[tuple[str, ...], list[_Entry]] = {}
    for entry in _entries(case) if case.stage == "accounts" else ():
        if entry.of_item:
            sections.setdefault(entry.section[:1], []).append(entry)
    for entries in sections.values():
        silent = [e for e in entries if not e.explained]
        if len(entries) - len(silent) >= _LEAST and len(silent) * _ONE_IN <= len(entries):
            yield from (_issue("reasons.unexplained", e) for e in silent)


@rule("reasons.unexplained_three", needs=("text",), stages=("accounts",), each_file=True)
def three_public(case: Case) -> Iterator[Issue]:
    """Costs of journeys, cars or receptions that are not their budget, in a section without any reason."""
    if case.stage != "accounts":
        return
    seen: set[tuple[str, ...]] = set()
    for entry in _entries(case):
        top = entry.section[:1]
        if top in seen or not any(_THREE.search(s) for s in entry.section):
            continue
        seen.add(top)
        if not any(_REASON.search(p.text) for p in case.passages if p.section[:1] == top):
            yield _issue("reasons.unexplained_three", entry)


def _issue(identity: str, entry: _Entry) -> Issue:
    words = entry.first.passage.clauses(entry.first.start, entry.second.end)
    return issue_of(identity, (entry.first.fact, entry.second.fact), words=words)


def _entries(case: Case) -> Iterator[_Entry]:
    """Each pair of a budget and an outturn, one right behind the other, that cannot be one amount."""
    for position, p in enumerate(case.passages):
        money = [q for q in case.by_passage.get(position, []) if q.money]
        for k, (one, two) in enumerate(zip(money, money[1:], strict=False)):
            if {one.kind, two.kind} == _BOTH and _PLAIN.search(two.lead) and not agree(one.fact, two.fact):
                begin = money[k - 1].end if k else 0
                of_item = bool(_ITEM.search(p.text, begin, one.start))
                following = _ITEM.search(p.text, two.end)
                after = p.text[two.end : following.start() if following else len(p.text)]
                after += "" if following else _below(case, position)
                yield _Entry(one, two, p.section, of_item, p.text[begin : one.start], after)


def _below(case: Case, position: int) -> str:
    """What the paragraphs below say that go on with the entry."""
    out: list[str] = []
    for k in range(position + 1, min(position + 1 + _LONGEST, len(case.passages))):
        p = case.passages[k]
        if p.heading or _BEGINS.match(p.text) or _ITEM.search(p.text):
            break
        out.append(p.text)
    return "".join(out)


_LONGEST = 3
"""So many paragraphs an entry may go on in."""
