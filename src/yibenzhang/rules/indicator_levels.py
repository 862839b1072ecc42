"""Where indicators stand: under another level than their own, twice in one form, as an effect and as an output."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.issues import Arguments, Issue, arguments, issue_at
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import MOST_NAMED, about, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_LEAST = 4
"""A shorter name is too general to be told twice."""
_LONGEST = 60
_SEVERAL = re.compile(r"[;；]")
_LEVELS = ("quantity", "quality", "time", "benefit")
_TIMES = ("小时", "分钟", "天", "日", "工作日", "个工作日")


@rule("goals.level", needs=("forms",))
def levels(case: Case) -> Iterator[Issue]:
    """An indicator under a level of the second order that is not its own, by the last words of its name."""
    known = Vocabulary(words_of(case))
    seen: set[tuple[str, str]] = set()
    for form in case.forms:
        timed = any(_under(known, i, "time") for i in form.indicators)
        for i in form.indicators:
            key = (i.key, fold(i.level2))
            if key in seen or not i.level2 or _SEVERAL.search(i.name) or len(i.key) > _LONGEST:
                continue
            if (right := _level(known, i, timed)) is not None:
                seen.add(key)
                template = "foreign" if right == "foreign" else ""
                yield about(
                    "goals.level", form, i, template, second=i.level2, right=right if not template else None
                )


def _under(known: Vocabulary, i: Indicator, *kinds: str) -> bool:
    return any(w in fold(i.level2) for kind in kinds for w in known.of(f"level_{kind}"))


def _level(known: Vocabulary, i: Indicator, times: bool) -> str | None:
    """The level an indicator belongs to, where it stands under another; "foreign" where it only does not belong.

    ``times``: the form has indicators of time, so that a time of response among those of quality was not meant as one.
    """
    name, target = known.name(i), target_of(i.value)
    satisfaction = any(w in i.level1 + i.level2 for w in known.of("satisfaction"))
    if name.endswith(known.of("satisfied")):
        return "satisfaction" if not satisfaction and _under(known, i, *_LEVELS) else None
    if satisfaction:
        rate = any(re.search(p, name) for p in known.of("not_satisfaction"))
        near = any(w in i.key + fold(i.value) for w in known.of("near_satisfaction"))
        return "foreign" if rate and not near else None
    if _under(known, i, "quantity", "quality"):
        timed = times and name.endswith(known.of("response")) and target is not None and target.unit in _TIMES
        if name.endswith(known.of("timely")) or timed:
            return "timeliness"
    if _under(known, i, "quantity", "quality", "time") and name.endswith(known.of("costs")):
        return None if any(w in name for w in known.of("not_costs")) else "cost"
    if _under(known, i, "quantity") and name.endswith(known.of("quality")):
        return "quality_level"
    return None


@rule("goals.again", "goals.effect", needs=("forms",))
def again(case: Case) -> Iterator[Issue]:
    """Indicators of one name in one form: as an output and as an effect, or under one level with two targets."""
    known = Vocabulary(words_of(case))
    for form in case.forms:
        if form.kind not in ("project", "list", "evaluation"):
            continue  # an overall form has the goals of several programmes
        first: dict[tuple[str, str], Indicator] = {}
        twice: list[tuple[Indicator, Indicator]] = []
        for i in form.indicators:
            name = known.name(i, brackets=True)
            if len(name) < _LEAST or not i.value:
                continue
            before = first.setdefault((name, i.period), i)
            if before is i:
                continue
            if _under(known, before, "benefit") != _under(known, i, "benefit"):
                if _under(known, before, *_LEVELS) and _under(known, i, *_LEVELS):
                    yield about("goals.effect", form, i, second=before.level2, third=i.level2)
            elif fold(before.level2) == fold(i.level2):
                twice.append((before, i))
        if twice:
            yield _again(form, twice)


def _again(form: GoalForm, twice: list[tuple[Indicator, Indicator]]) -> Issue:
    """All such of a form in one issue."""
    values: dict[str, list[Indicator]] = {}
    for before, i in twice:
        found = values.setdefault(before.key, [before])
        found.append(i)
    shown: tuple[Arguments, ...] = tuple(
        arguments(name=found[0].name, values="、".join(i.value for i in found)) for found in values.values()
    )
    before, i = twice[0]
    others = ((x.name, x.place) for _, x in twice[:MOST_NAMED])
    return issue_at(
        "goals.again",
        before.name,
        before.place,
        *others,
        form=form.name or None,
        indicators=shown[:MOST_NAMED],
        count=len(shown) if len(shown) > MOST_NAMED else None,
    )
