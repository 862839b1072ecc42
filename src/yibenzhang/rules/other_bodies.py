"""Sentences of the body's money that speak of another body of its place: left from the text they were copied from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.short_names import place_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("other_bodies")


@rule("names.other_body", needs=("text",), each_file=True)
def other_bodies(case: Case) -> Iterator[Issue]:
    """A body of the same place that nothing else in the document knows, as the subject of a sentence on its money."""
    own = fold(case.profile.body)
    yield from _of_its_kind(case, own)
    place = place_of(own)
    if len(place) < _PLACE:
        return
    begins, ends, tells = _WORDS["begins"].pattern, _WORDS["ends"].pattern, _WORDS["tells"].pattern
    pattern = late(f"{begins}(?P<name>{re.escape(place)}{ends}){tells}")
    known = "".join(p.text for p in case.passages) + "".join(
        fold(c.text) for t in case.tables for c in t.table.table.cells
    )
    for p in case.passages:
        for m in pattern.finditer(p.text):
            name = m["name"]
            if (
                known.count(name) > 1
                or _same(own[len(place) :], name[len(place) :])
                or _of_another(p, m, own)
            ):
                continue
            words = p.clauses(m.start("name"), m.end())
            yield issue_at(
                "names.other_body", words, p.place(m.start("name")), name=name, body=case.profile.body
            )


def _same(one: str, other: str) -> bool:
    """One of two names has all characters of the other in its order: a short name, or one of a part."""
    few, many = sorted((one, other), key=len)
    rest = iter(many)
    return all(c in rest for c in few)


def _of_another(p: Passage, m: re.Match[str], own: str) -> bool:
    """The sentence may well speak of another body: a unit's cars, one of its own units, what others decide."""
    at = m.start("name")
    if _WORDS["unit"].search(m["name"]) and _WORDS["cars"].match(p.text, m.end("name")):
        return True  # a unit's cars are told one by one
    if _WORDS["published"].match(p.text, m.start()):
        return False
    begin, stop = p.text.rfind("。", 0, at) + 1, p.text.find("。", m.end())
    sentence = p.text[begin : stop if stop >= 0 else len(p.text)]
    beside = own in p.text[begin:at] or own in p.text[max(begin - 40, 0) : begin]
    return beside or _WORDS["of_others"].search(sentence) is not None


def _of_its_kind(case: Case, own: str) -> Iterator[Issue]:
    """Another street, town or township, told once, where the own short name begins such sentences again and again."""
    short = _WORDS["short"].search(own)
    if short is None:
        return
    begins, tells = _WORDS["begins"].pattern, _WORDS["tells"].pattern
    pattern = re.compile(f"{begins}(?P<name>[一-鿿]{{2,4}}?{short['kind']}){tells}")
    found = [(p, m) for p in case.passages for m in pattern.finditer(p.text)]
    others = [(p, m) for p, m in found if m["name"] != short["name"]]
    known = "".join(p.text for p in case.passages)
    if len(others) == 1 and len(found) - 1 >= _USUAL and known.count(others[0][1]["name"]) == 1:
        p, m = others[0]
        words = p.clauses(m.start("name"), m.end())
        yield issue_at(
            "names.other_body", words, p.place(m.start("name")), name=m["name"], body=case.profile.body
        )


_USUAL = 3
"""So many sentences begin with the own short name."""
_PLACE = 3
"""Characters of the shortest place that a name begins with ("某县" alone says too little)."""
