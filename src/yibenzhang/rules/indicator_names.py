"""Names and values that nobody has written: the level's name for the indicator's, a place to be filled in, a choice
that was not made, the last letter left out."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.recognising.indicators import target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import about, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("indicator_names")
_LEAST = 4


@rule("goals.unnamed", needs=("forms",))
def unnamed(case: Case) -> Iterator[Issue]:
    """An indicator whose name is that of its level."""
    for form in case.forms:
        for i in form.indicators:
            if _WORDS["level"].fullmatch(i.key) and i.key in (fold(i.level1), fold(i.level2)) and i.value:
                yield about("goals.unnamed", form, i)


@rule("goals.placeholder", needs=("forms",))
def placeholders(case: Case) -> Iterator[Issue]:
    """Words that stand for what is still to be written, and a question where its answer is due."""
    for form in case.forms:
        for i in form.indicators:
            value = fold(i.value)
            words = next((t for t in (i.name, i.value) if _WORDS["waiting"].search(fold(t))), "")
            if words:
                yield about("goals.placeholder", form, i, left=words)
            elif _WORDS["choice"].fullmatch(value) and not _WORDS["asked"].search(i.key):
                yield about("goals.placeholder", form, i, "choice")


@rule("goals.renamed", needs=("forms",))
def shortened(case: Case) -> Iterator[Issue]:
    """A satisfaction without its last letter, which the same indicator has elsewhere."""
    known = Vocabulary(words_of(case))
    rates = [
        (form, i, known.name(i))
        for form in case.forms
        for i in form.indicators
        if (target := target_of(i.value)) is not None and target.unit == "%"
    ]
    whole = {name[:-1]: i for _, i, name in rates if _WORDS["whole"].fullmatch(name[-1:])}
    seen: set[str] = set()
    for form, i, name in rates:
        other = whole.get(name)
        if (
            other is not None
            and len(name) >= _LEAST
            and _WORDS["satisfied"].search(name)
            and name not in seen
        ):
            seen.add(name)
            yield issue_at(
                "goals.renamed",
                i.name,
                i.place,
                (other.name, other.place),
                template="short",
                form=form.name or None,
                other=other.name,
            )
