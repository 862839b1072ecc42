"""Projects of a list of goals that have no indicator of a kind which nearly all others have."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicators import MOST_NAMED, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_KINDS = ("quantity_level", "cost", "benefit", "satisfaction")
_WORDS = {"quantity_level": "level_quantity"}
_FEWEST = 4
"""A project with fewer indicators may have been read in part."""
_SHARE = 4
"""At most one project in so many lacks the kind, else it is not asked for there."""


@rule("goals.lacking_listed", needs=("forms",), stages=("budget",))
def lacking_listed(case: Case) -> Iterator[Issue]:
    """All projects of a list that lack a kind of indicator, kind by kind."""
    words = words_of(case)
    forms = [f for f in case.forms if f.kind == "list" and f.name and len(f.indicators) >= _FEWEST]
    forms = [f for f in forms if all(i.level2 for i in f.indicators)]
    for kind in _KINDS:
        wanted = words.get(_WORDS.get(kind, kind), ())
        lacking = [f for f in forms if not _has(f, wanted)]
        if lacking and _SHARE * len(lacking) <= len(forms):
            first, *others = lacking
            shown = tuple(arguments(name=f.name) for f in lacking[:MOST_NAMED])
            count = len(lacking) if len(lacking) > MOST_NAMED else None
            places = ((f.name, f.indicators[0].place) for f in others[: MOST_NAMED - 1])
            yield issue_at(
                "goals.lacking_listed",
                first.name,
                first.indicators[0].place,
                *places,
                forms=shown,
                count=count,
                kind=kind,
                others=len(forms) - len(lacking),
            )


def _has(form: GoalForm, words: tuple[str, ...]) -> bool:
    return any(w in fold(i.level1 + i.level2) for i in form.indicators for w in words)
