"""What reviews say of problems and of the end of the work, against their own numbers and the project's form."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.reviews import Review, Said, pairs_of, reviews_of
from yibenzhang.rules.self_reached import points
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("review_words")
_LATE = {"late": _WORDS["late"], "delayed": _WORDS["delayed"]}
_LOW = Decimal("0.5")
"""Less than this share of the budget is not spent without a reason."""
_SHOWN = 60
_ALL = 100


def _rate(r: Review) -> Decimal | None:
    if r.spent is None or r.budget is None or not r.budget.base:
        return None
    return r.spent.base / r.budget.base


@rule("scores.denied", needs=("text",))
def denied(case: Case) -> Iterator[Issue]:
    """No problem, where little was spent, or where review or form say that the work is late or not done."""
    forms = {r.at: f for r, f in pairs_of(case)}
    for r in reviews_of(case):
        if r.problems is None or not _WORDS["none"].fullmatch(r.problems.text):
            continue
        rate = _rate(r)
        form = forms.get(r.at)
        late = _late(r.done, form)
        if rate is not None and rate < _LOW and r.spent and not _saved(r, form):
            yield issue_at(
                "scores.denied",
                r.problems.text.strip(",;。"),
                r.problems.place,
                (r.spent.text, r.spent.place),
                template="rate",
                name=r.name[-_SHOWN:],
                rate=f"{100 * rate:.2f}%",
                late=late[0] if late else None,
            )
        elif late:
            yield issue_at(
                "scores.denied",
                r.problems.text.strip(",;。"),
                r.problems.place,
                late,
                name=r.name[-_SHOWN:],
                said=late[0],
            )


def _saved(r: Review, form: GoalForm | None) -> bool:
    """Review or form say that what is left was saved, or is not due yet."""
    texts = [r.whole.text]
    if form is not None:
        texts += [t.text for t in form.texts] + [
            text for i in form.indicators for text in (i.reason, i.actual)
        ]
    return any(_WORDS["saved"].search(flat(t)) for t in texts)


def _late(done: Said | None, form: GoalForm | None) -> tuple[str, Place] | None:
    """The words that say the work is late or not done: of the review, then of the form, where points were taken off or
    the work was held up."""
    texts = [(done.text, done.place, "delayed")] if done else []
    if form is not None:
        texts += [(t.text, t.place, "delayed") for t in form.texts if t.kind == "goal.done"]
        texts += [(i.reason, i.place, "late" if _less(i) else "delayed") for i in form.indicators]
    for how in ("delayed", "late"):
        for text, place, most in texts:
            found = _clause(flat(text), how) if how in (most, "delayed") else None
            if found is not None:
                return found, place
    return None


def _clause(text: str, how: str) -> str | None:
    """What stands before such words in their sentence, and they; not where that sentence denies it."""
    for m in _LATE[how].finditer(text):
        begin = max(text.rfind(c, 0, m.start()) for c in "。;") + 1
        ends = [k for c in "。;" if (k := text.find(c, m.end())) >= 0]
        around = text[begin : m.start()], text[m.end() : min(ends, default=len(text))]
        if not any(_WORDS["not_late"].search(part) for part in around):
            return text[begin : m.end()][-_SHOWN:]
    return None


def _less(i: Indicator) -> bool:
    """Points were taken off."""
    weight, score = points(i.weight), points(i.score)
    return weight is not None and score is not None and score < weight


@rule("scores.finished", needs=("text",))
def finished(case: Case) -> Iterator[Issue]:
    """The whole is finished by the review, and the form's own indicator of that says in part."""
    for r, f in pairs_of(case):
        m = _WORDS["finished"].search(r.done.text) if r.done else None
        part = next((i for i in f.indicators if _in_part(i)), None) if m else None
        if m and part and r.done:
            yield issue_at(
                "scores.finished",
                m.group(),
                r.done.place,
                (part.name, part.place),
                name=r.name[-_SHOWN:],
                form=f.name,
                indicator=flat(part.name),
                reached=flat(part.actual),
            )


def _in_part(i: Indicator) -> bool:
    target, reached = target_of(i.value), target_of(i.actual)
    named = _WORDS["completion_name"].search(flat(i.name)) is not None
    if target is not None and (target.unit != "%" or target.number < _ALL):
        return False  # only a part was to be done
    return named and reached is not None and reached.unit == "%" and reached.number < _ALL


@rule("scores.satisfied", needs=("text",))
def satisfied(case: Case) -> Iterator[Issue]:
    """Satisfaction in the review that reaches the form's target, where the form tells less and takes points off."""
    for r, f in pairs_of(case):
        m = _WORDS["satisfied"].search(r.whole.text)
        rows = [i for i in f.indicators if _WORDS["satisfaction"].search(i.level1 + i.level2)]
        if m is None or len(rows) != 1 or not _WORDS["all_satisfied"].search(flat(rows[0].name)):
            continue
        one = rows[0]
        target, reached = (target_of(_WORDS["both"].sub("", flat(t))) for t in (one.value, one.actual))
        weight, score = points(one.weight), points(one.score)
        if target is None or reached is None or weight is None or score is None or score >= weight:
            continue
        if f"{reached.number.normalize():f}%" in r.whole.text:
            continue  # the review has both
        if reached.number < target.number <= Decimal(m["number"]):
            yield issue_at(
                "scores.satisfied",
                m.group(),
                r.whole.place,
                (one.name, one.place),
                name=r.name[-_SHOWN:],
                form=f.name,
                target=flat(one.value),
                reached=flat(one.actual),
                points=one.score,
            )
