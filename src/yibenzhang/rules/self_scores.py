"""Scores of self-assessments in the text: against the forms, their average, what is said of all, and how many there
are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, evidence_of, issue_at, issue_of, words_at
from yibenzhang.model.relations import Alternatives, Made, Relation, Term
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_projects import bare
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import slips
from yibenzhang.rules.supporting import holds
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.lexicon.counts import score_words
from yibenzhang.standards.patterns import patterns

_MOST, _LEAST_POINTS = 100, 60
"""Fewer points are those of a part of what is assessed."""
_FEW = 3
"""The average of fewer scores is another one by chance."""
_FOLLOWING = 4
"""Results stand at most so many paragraphs below the sentence that sums them up."""
_LEAST_NAME = 4
_CENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Scored:
    """A score of the text, and the last amount of its clause."""

    points: Decimal
    passage: Passage
    start: int
    end: int
    money: Quantity | None


@rule("scores.form")
def against_forms(case: Case) -> Iterator[Issue]:
    """A project's score in the text that its form prints otherwise."""
    printed: dict[str, list[Fact]] = {}
    for form in case.forms:
        totals = [i.fact for i in form.scores if i.kind == "sum" and i.fact.amount]
        if form.kind == "evaluation" and len(totals) == 1 and len(bare(form.name)) >= _LEAST_NAME:
            printed.setdefault(bare(form.name), []).append(totals[0])
    for name, found in printed.items():
        total = found[0]
        if len(found) != 1 or total.amount is None:
            continue
        for p, start, m in _told(case, name, printed):
            said = Decimal(m.group("n"))
            if total.amount.value.quantize(said) != said:
                words = p.verbatim(start, m.end()).strip()
                given = arguments(words=words, form=name, score=total.text)
                said_at = words_at(words, p.place(m.start("n")))
                yield Issue("scores.form", given, (said_at, evidence_of(total, name)))


def _told(case: Case, name: str, others: Iterable[str]) -> Iterator[tuple[Passage, int, re.Match[str]]]:
    """The score in the clause of a project's name, before any other project's."""
    for p in case.passages:
        for at in (x.start() for x in re.finditer(re.escape(name), p.text)):
            m = score_words().score.search(p.text, at)
            between = p.text[at + len(name) : m.start()] if m else ""
            known = score_words()
            whole = known.begins.search(p.text[:at]) and known.ends.match(p.text, at + len(name))
            assessed = m and whole and score_words().assessed.search(p.text, 0, m.end())
            if (
                m
                and assessed
                and not re.search("[;。]", between)
                and not any(n != name and n in between for n in others)
            ):
                yield p, at, m


@rule("scores.floor", "scores.average", each_file=True)
def summed_up(case: Case) -> Iterator[Issue]:
    """What is said of all scores, which one of them is not, and an average that is not theirs."""
    known = score_words()
    for position, p in enumerate(case.passages):
        for m in known.floor.finditer(p.text):
            least = Decimal(m.group("n"))
            low = [x for x in _scored(case, position, 0) if x.points < least]
            if least <= _MOST and low:
                first = low[0]
                there = (
                    first.passage.verbatim(first.start, first.end).strip(),
                    first.passage.place(first.start),
                )
                words = p.clauses(m.start(), m.end())
                yield issue_at("scores.floor", words, p.place(m.start()), there, score=there[0])
        for m in known.average.finditer(p.text):
            listed = _averaged(case, position, m)
            if listed and not _is_mean(Decimal(m.group("n")), listed):
                mean = sum((x.points for x in listed), Decimal(0)) / len(listed)
                words = p.clauses(m.start(), m.end())
                places = (
                    (x.passage.verbatim(x.start, x.end).strip(), x.passage.place(x.start)) for x in listed
                )
                yield issue_at(
                    "scores.average",
                    words,
                    p.place(m.start("n")),
                    *places,
                    count=len(listed),
                    mean=round(mean, 2),
                )


def _averaged(case: Case, position: int, m: re.Match[str]) -> list[_Scored]:
    """The scores an average is of: as many as the sentence says there are projects, or those listed right before it."""
    p = case.passages[position]
    listed = _scored(case, position, 0)
    begin, end = sentence(p.text, m.start(), m.end())
    said = [
        c
        for c in score_words().projects.finditer(p.text, 0, m.start())
        if not _WORDS["graded"].search(p.text[: c.start()])
    ]
    if said and len(listed) == int(said[-1].group("n") or said[-1].group("m")):
        return listed
    inside = [x for x in listed if x.passage is p and begin <= x.start < m.start()]
    return inside if not said and len(inside) > 1 and len(inside) == len(listed) else []


_WORDS = patterns("self_scores")


def _is_mean(said: Decimal, listed: Sequence[_Scored]) -> bool:
    """Rounded or cut off, plain or weighed by the amounts."""
    unit = Decimal(1).scaleb(int(said.as_tuple().exponent))
    means = [sum((x.points for x in listed), Decimal(0)) / len(listed)]
    weights = [x.money.amount.base for x in listed if x.money is not None]
    whole = sum(weights, Decimal(0))
    if len(weights) == len(listed) and whole:
        weighed = (x.points * w for x, w in zip(listed, weights, strict=True))
        means.append(sum(weighed, Decimal(0)) / whole)
    return any(abs(mean - said) < unit for mean in means)


@rule("scores.projects", "scores.amounts", each_file=True)
def projects(case: Case) -> Iterator[Made]:
    """How many projects were assessed, and their amount, against the results that are listed."""
    known = score_words()
    for position, p in enumerate(case.passages):
        for m in known.projects.finditer(p.text):
            begin, end = sentence(p.text, m.start(), m.end())
            begin = max(p.text.rfind("。", 0, m.start()) + 1, 0)
            if not known.assessed.search(p.text[begin:end]) or known.not_projects.search(
                p.text[begin : m.start()]
            ):
                continue
            listed = _scored(case, position, m.end())
            if len(listed) < 2:
                continue
            said = int(m.group("n") or m.group("m"))
            whole = next((q for q in case.by_passage[position] if m.end() <= q.start < end and q.money), None)
            yield from _listed(p, m, said, whole, listed, known.average)
            break


def _listed(
    p: Passage,
    m: re.Match[str],
    said: int,
    whole: Quantity | None,
    listed: Sequence[_Scored],
    average: re.Pattern[str],
) -> Iterator[Made]:
    parts = [x.money for x in listed if x.money is not None]
    every = len(parts) == len(listed)
    if said == len(listed):
        if every and whole is not None and len({q.fact.id for q in (whole, *parts)}) == len(parts) + 1:
            terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in parts))
            made = Relation(f"scores.amounts|{whole.fact.id}", "scores.amounts", terms)
            yield _wrong(p, m, made)
        return
    summed = every and whole is not None and _comes_to(whole, parts)
    if summed or _mean_of(listed, average.search(p.text, m.end())):
        words = p.verbatim(m.start(), m.end()).strip()
        places = ((x.passage.verbatim(x.start, x.end).strip(), x.passage.place(x.start)) for x in listed)
        yield issue_at(
            "scores.projects",
            words,
            p.place(m.start()),
            *places,
            template="" if summed else "mean",
            found=len(listed),
        )


def _comes_to(whole: Quantity, parts: Sequence[Quantity]) -> bool:
    left = whole.amount.base - sum((q.amount.base for q in parts), Decimal(0))
    return abs(left) <= _CENT * len(parts)


def _mean_of(listed: Sequence[_Scored], mean: re.Match[str] | None) -> bool:
    """The average that is told is that of the listed projects."""
    plain = [replace(x, money=None) for x in listed]
    return mean is not None and len(listed) >= _FEW and _is_mean(Decimal(mean.group("n")), plain)


def _wrong(p: Passage, m: re.Match[str], made: Relation) -> Made:
    """The sum where one of its numbers can be a slip; where several can, nothing says which. Where none can the results
    may tell what was spent of it."""
    suspects = list(islice(slips(made), 2))
    if holds(made):
        return made
    if len(suspects) < 2:
        return made if suspects else Alternatives((made,))
    parts = [t.fact for t in made.parts if t.fact.amount]
    found = sum((f.amount.base for f in parts if f.amount), Decimal(0))
    unit = made.total.unit
    words, said = p.verbatim(m.start(), m.end()).strip(), made.total.text
    return issue_of(
        "scores.amounts",
        (made.total, *parts),
        template="several",
        words=words,
        said=said,
        count=len(parts),
        found=found / unit.factor if unit else found,
        unit=unit.name if unit else None,
    )


def _scored(case: Case, position: int, start: int) -> list[_Scored]:
    """The scores in a paragraph from there on; where it has none, in the paragraphs right below."""
    for first, begin in ((position, start), (position + 1, 0)):
        out: list[_Scored] = []
        last = position + 1 if first == position else min(position + 1 + _FOLLOWING, len(case.passages))
        for k in range(first, last):
            p = case.passages[k]
            previous = begin
            for m in score_words().score.finditer(p.text, begin):
                points = Decimal(m.group("n"))
                if not _LEAST_POINTS <= points <= _MOST or score_words().part.search(p.text[: m.start()]):
                    continue
                at = max(previous, max(p.text.rfind(c, 0, m.start()) for c in ";。") + 1)
                money = [
                    q
                    for q in case.by_passage[k]
                    if at <= q.start < m.start() and q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)
                ]
                out.append(_Scored(points, p, m.start(), m.end(), money[-1] if len(money) == 1 else None))
                previous = m.end()
            if out and first != position:
                return out
        if out:
            return out
    return []
