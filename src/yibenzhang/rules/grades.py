"""Results of evaluations told twice in one document: grades of one score, and the whole score of one report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("grades")
_SHARED = 6
_EXACT = 2
"""A score with fewer decimals may be that of several projects."""
_BEFORE = 120
_TITLES = 2
"""So many reports must have the year of their project."""
_NEAR = 6
"""Paragraphs of one report's results are not farther apart than this."""


@dataclass(frozen=True, slots=True)
class _Graded:
    passage: Passage
    found: re.Match[str]
    project: str
    """The name of a project that stands before it last; empty where none does."""

    @property
    def grade(self) -> str:
        return self.found["grade"]

    def disputes(self, other: _Graded) -> bool:
        """Another grade for what may be the same project."""
        names = sorted((self.project, other.project), key=len)
        return self.grade != other.grade and (not names[0] or names[1].endswith(names[0]))


@rule("scores.grade", needs=("text",), each_file=True)
def two_grades(case: Case) -> Iterator[Issue]:
    """One score with two grades."""
    by_score: dict[str, list[_Graded]] = {}
    for p in case.passages:
        for m in _WORDS["graded"].finditer(p.text):
            exact = len(m["score"].partition(".")[2]) >= _EXACT
            before = p.text[: m.end()]
            if exact and not _WORDS["by_others"].search(before[-_BEFORE - len(m.group()) :]):
                by_score.setdefault(m["score"], []).append(_Graded(p, m, _project(before[-_BEFORE:])))
    for score, stated in by_score.items():
        first = stated[0]
        other = next((g for g in stated if first.disputes(g)), None)
        if other is not None:
            there = (
                other.passage.verbatim(*other.found.span()).strip(),
                other.passage.place(other.found.start("grade")),
            )
            yield issue_at(
                "scores.grade",
                first.passage.verbatim(*first.found.span()).strip(),
                first.passage.place(first.found.start("grade")),
                there,
                score=score,
                first=first.grade,
                second=other.grade,
            )


def _project(text: str) -> str:
    names = [m["name"] for m in _WORDS["project"].finditer(text)]
    return next((n for n in reversed(names) if not _WORDS["no_project"].search(n)), "")


@rule("scores.whole", needs=("text",), each_file=True)
def whole_scores(case: Case) -> Iterator[Issue]:
    """Two whole scores in the results of one report."""
    before: tuple[int, Passage, re.Match[str]] | None = None
    for k, p in enumerate(case.passages):
        if _WORDS["another"].search(p.text):
            before = None
        for m in _WORDS["whole"].finditer(p.text):
            begin, end = sentence(p.text, m.start(), m.end())
            if _WORDS["apart"].search(p.text[begin:end]):
                continue
            own, near = _own_part(p, m), before is not None and k - before[0] <= _NEAR
            if own and near and before is not None and float(before[2]["score"]) != float(m["score"]):
                there = (before[1].verbatim(*before[2].span()).strip(), before[1].place(before[2].start()))
                yield issue_at(
                    "scores.whole", p.verbatim(*m.span()).strip(), p.place(m.start()), there, other=there[0]
                )
            before = (k, p, m)


def _own_part(p: Passage, m: re.Match[str]) -> bool:
    """Its sentence names no project and no year of its own, and tells of what it is the score."""
    begin, end = sentence(p.text, m.start(), m.end())
    return not _WORDS["named"].search(p.text[begin : m.start()]) and bool(
        _WORDS["part"].search(p.text[begin:end])
    )


@rule("scores.report_year", needs=("text",), each_file=True)
def report_years(case: Case) -> Iterator[Issue]:
    """The report on a project of one year that its title says is of another, where other reports have the year of
    their project."""
    stated = [
        (p, m)
        for p in case.passages
        for m in _WORDS["report"].finditer(p.text)
        if _same(m["name"], m["title"])
    ]
    wrong = [(p, m) for p, m in stated if m["year"] != m["title_year"]]
    if len(stated) - len(wrong) < _TITLES or len(wrong) > 1:
        return
    for p, m in wrong:
        if int(m["year"]) == int(m["title_year"]) + 1:
            continue  # assessed in the year after
        words = p.verbatim(m.start("title_year"), m.end("title")).strip()
        yield issue_at(
            "scores.report_year",
            words,
            p.place(m.start("title_year")),
            year=m["year"],
            name=p.verbatim(m.start("name"), m.end("name")).strip(),
        )


def _same(name: str, title: str) -> bool:
    """They share most of the shorter one's words in one piece."""
    size = SequenceMatcher(None, name, title, autojunk=False).find_longest_match().size
    return size >= _SHARED and size * 2 >= min(len(name), len(title))


@rule("scores.report_name", needs=("text",), each_file=True)
def report_names(case: Case) -> Iterator[Issue]:
    """The title of a report with a word doubled, which the report itself has once."""
    for p in case.passages:
        for m in _WORDS["doubled_title"].finditer(p.text):
            right = m["begin"] + m["end"]
            there = next((q for q in case.passages if right in q.text), None)
            if there is not None:
                at = there.text.find(right)
                own = (there.verbatim(at, at + len(right)).strip(), there.place(at))
                words = p.verbatim(m.start("begin"), m.end("end")).strip()
                yield issue_at("scores.report_name", words, p.place(m.start("begin")), own, right=own[0])
