"""Where indicators stand: under another level than their own, twice in one form, as an effect and as an output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yibenzhang.model.issues import Arguments, Issue, arguments, issue_at
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_parts import single, unpaired
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import MOST_NAMED, about, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.model import LevelRule

_LEAST = 4
"""A shorter name is too general to be told twice."""
_LONGEST = 150
_LEVELS = ("quantity", "quality", "time", "benefit")
_NOT = "not_"
"""Begins what an indicator does not say, where no other level is named for it."""
_OWN = {
    "satisfaction": "satisfaction",
    "timeliness": "time",
    "cost": "cost",
    "quality_level": "quality",
    "quantity_level": "quantity",
    "ecological": "ecological",
    "sustainable": "sustainable",
    "economic_benefit": "economic",
}


@rule("goals.level", needs=("forms",))
def levels(case: Case) -> Iterator[Issue]:
    """An indicator under a level of the second order that is not its own (standards/indicators.toml)."""
    known, wanted = Vocabulary(words_of(case)), case.standards.levels
    seen: set[tuple[str, str]] = set()
    for form in case.forms:
        timed = any("time" in known.kinds(i.level2) for i in form.indicators)
        for i in single(form):
            key = (i.key, fold(i.level2))
            if key in seen or not i.level2 or len(i.key) > _LONGEST or unpaired(i):
                continue
            found = _wrong(i, known, [r for r in wanted if timed or not r.timed])
            if found is not None:
                seen.add(key)
                template = "foreign" if found.right.startswith(_NOT) else ""
                yield about("goals.level", form, i, template, second=i.level2, right=found.right)


def is_misplaced(case: Case, form: GoalForm, i: Indicator) -> bool:
    """An entry of standards/indicators.toml says that it stands under another level than its own."""
    known = Vocabulary(words_of(case))
    timed = any("time" in known.kinds(x.level2) for x in form.indicators)
    return _wrong(i, known, [r for r in case.standards.levels if timed or not r.timed]) is not None


def _wrong(i: Indicator, known: Vocabulary, wanted: Sequence[LevelRule]) -> LevelRule | None:
    """The first entry that says the indicator does not belong where it stands."""
    kinds, name = known.kinds(i.level2), known.name(i)
    if "satisfaction" not in kinds and any(w in i.level1 for w in known.of("satisfaction")):
        kinds |= {"satisfaction"}  # the first order says what the second leaves open
    possible = (r for r in wanted if not kinds.isdisjoint(r.under) and _OWN.get(r.right) not in kinds)
    return next((r for r in possible if _holds(r, i, name, known)), None)


def _holds(wanted: LevelRule, i: Indicator, name: str, known: Vocabulary) -> bool:
    """Name, value and unit are such as the entry wants."""
    if wanted.ends and not name.endswith(wanted.ends):
        return False
    if wanted.names and not re.search(wanted.names, name):
        return False
    if wanted.fails and re.search(wanted.fails, _said(wanted, name, i)):
        return False
    if wanted.values and not re.fullmatch(wanted.values, fold(i.value)):
        return False
    return not wanted.units or known.unit(i, target_of(i.value)) in wanted.units


def _said(wanted: LevelRule, name: str, i: Indicator) -> str:
    """What must not hold certain words: the name, with the value where it is in words (投诉率 beside 无差评)."""
    return name if wanted.values or wanted.units else name + fold(i.value)


@rule("goals.first", needs=("forms",))
def first_level(case: Case) -> Iterator[Issue]:
    """Effects in a form of its own that has no first level for them: it was left blank, or is that of outputs."""
    known = Vocabulary(words_of(case))
    effects = (*known.of("benefit"), *known.of("level_benefit"))
    for form in case.forms:
        firsts = {i.level1 for i in form.indicators} - {""}
        if (
            form.kind not in ("project", "overall")
            or not firsts
            or any(w in x for x in firsts for w in effects)
        ):
            continue
        found = next((i for i in form.indicators if known.under(i, "benefit")), None)
        if found is not None:
            yield about("goals.first", form, found, second=found.level2)


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
            if known.under(before, "benefit") != known.under(i, "benefit"):
                if known.under(before, *_LEVELS) and known.under(i, *_LEVELS):
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
