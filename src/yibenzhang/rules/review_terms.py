"""Names and units of self-assessments and of the text that tells the same results: people counted as things, a
body's name cut short, a form under the title of another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.documents import Paragraph, Table
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import words_of
from yibenzhang.rules.registry import rule
from yibenzhang.rules.reviews import pairs_of
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("review_terms")
_LEAST = 6
"""A shorter name stands in the text by chance."""
_SHORT = 4
_NEAR = 3
"""The title of a form stands so many paragraphs above it at most."""
_LONG = 5


@rule("scores.text_unit", needs=("text",), each_file=True)
def in_text(case: Case) -> Iterator[Issue]:
    """The result of an indicator as the text tells it: with its name, and in people what the form counts as things."""
    known = Vocabulary(words_of(case))
    counted = frozenset(known.of("counted"))
    for form in case.forms:
        for one in form.indicators if form.kind == "evaluation" else ():
            name = _WORDS["counting"].sub("", known.name(one))
            reached = target_of(one.actual)
            if reached is None or reached.unit not in counted or reached.sign:
                continue
            if (
                len(name) < _LEAST
                or _WORDS["people"].fullmatch(reached.unit)
                or not _WORDS["things"].search(name)
            ):
                continue
            for p in case.passages:
                if name in p.text:
                    yield from _as_people(form, one, name, reached.number, p)


def _as_people(form: GoalForm, one: Indicator, name: str, number: Decimal, p: Passage) -> Iterator[Issue]:
    """People in the text where the form counts places or objects."""
    for m in re.finditer(re.escape(name) + _WORDS["counted"].pattern, p.text):
        if Decimal(m["number"]) == number and _WORDS["people"].fullmatch(m["unit"]):
            words = p.verbatim(m.start(), m.end("unit")).strip()
            yield issue_at(
                "scores.text_unit",
                words,
                p.place(m.start("number")),
                (one.name, one.place),
                form=form.name or None,
                indicator=flat(one.name),
                reached=flat(one.actual),
            )


@rule("scores.body", needs=("text",))
def bodies(case: Case) -> Iterator[Issue]:
    """The body that begins a review's title, without the letter that says what kind of body it is, where other titles
    have it whole."""
    begun = []
    for r, f in pairs_of(case):
        name = _WORDS["ending"].sub("", flat(f.name))
        title = _WORDS["ending"].sub("", r.name)
        if title.endswith(name) and len(title) - len(name) >= _SHORT:
            begun.append((title[: -len(name)], name, r))
    count = Counter(b for b, _, _ in begun)
    for body, name, r in begun:
        whole = [
            b for b in count if len(b) == len(body) + 1 and b.startswith(body) and count[b] > count[body]
        ]
        if len(whole) == 1 and _cut(body, whole[0][-1], name):
            yield issue_at("scores.body", r.name, r.place, body=body, right=whole[0])


def _cut(body: str, letter: str, name: str) -> bool:
    """The letter ends bodies, what is left does not, and the project's name does not begin with it (学校安保)."""
    kind = _WORDS["kind"]
    return bool(kind.fullmatch(letter)) and not kind.search(body) and not name.startswith(letter)


@rule("scores.title")
def titles(case: Case) -> Iterator[Issue]:
    """A form under the title of another project of the document."""
    blocks = [b for b in case.document.blocks() if isinstance(b, Table) or flat(b.text)]
    at = {f"t{b.index + 1}": k for k, b in enumerate(blocks) if isinstance(b, Table)}
    names = {_bare(f.name) for f in case.forms if f.kind == "evaluation"}
    for form in case.forms:
        own = _bare(form.name)
        if form.kind != "evaluation" or form.table not in at or not own:
            continue
        title = _title_above(blocks, at[form.table])
        called = _bare(_WORDS["title"].sub("", flat(title.text))) if title else ""
        others = [
            n for n in names if n != own and len(n) >= _LONG and called.endswith(n) and not own.endswith(n)
        ]
        if title is not None and not called.endswith(own) and others:
            yield issue_at(
                "scores.title",
                flat(title.text),
                title.place,
                (form.name, form.place),
                form=form.name,
                other=max(others, key=len),
            )


def _bare(name: str) -> str:
    return _WORDS["ending"].sub("", fold(name))


def _title_above(blocks: list[Paragraph | Table], at: int) -> Paragraph | None:
    for block in reversed(blocks[max(0, at - _NEAR) : at]):
        if isinstance(block, Table):
            return None
        if _WORDS["title"].search(flat(block.text)):
            return block
    return None
