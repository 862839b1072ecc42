"""What the running text of a document says of projects: self-assessments, goals, purposes, commissions, evaluations."""

from __future__ import annotations

import hashlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from yibenzhang.model.amounts import narrow, parse_amount
from yibenzhang.model.documents import Document, Paragraph
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place, file_of
from yibenzhang.prose.passages import Passage
from yibenzhang.standards import HERE

_FURNITURE = late(r"[\s\-—–_·第页共/\d]*")
"""Lines of nothing but the number of a page."""
EVALUATION = "evaluation_report"
_MEASURES = ("budget", "executed", "planned")


@dataclass(frozen=True, slots=True)
class Counted:
    """One amount of an event (or none, ``measure`` empty): the row of the table project_events."""

    kind: str
    name: str
    code: str
    owner: str
    year: int | None
    place: Place
    measure: str = ""
    value: Decimal | None = None
    printed: str = ""
    words: str = ""
    begin: int | None = None
    end: int | None = None

    @property
    def event(self) -> str:
        """One id for all amounts of an event."""
        said = f"{self.kind}|{self.name}|{self.code}|{self.year}|{file_of(self.place)}|{self.place.key}"
        return hashlib.blake2b(said.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs under a heading that name projects: ``opening`` has to stand in the paragraph where it is given."""

    kind: str
    heading: re.Pattern[str]
    opening: re.Pattern[str] | None
    pattern: re.Pattern[str]
    words: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Fixed ways to speak of projects (standards/projects/texts.toml)."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    sections: tuple[Section, ...]
    evaluated: Mapping[str, tuple[re.Pattern[str], ...]]
    before: re.Pattern[str]
    never: re.Pattern[str]
    body: re.Pattern[str]
    heading: re.Pattern[str]
    programme: re.Pattern[str]


@lru_cache(maxsize=1)
def texts() -> Texts:
    """The ways to speak of projects, read once."""
    data = tomllib.loads((HERE / "projects" / "texts.toml").read_text(encoding="utf-8"))

    def filled(pattern: str) -> re.Pattern[str]:
        return late(pattern.replace("{n}", data["number"]).replace("{u}", data["unit"]))

    sections = (
        Section(
            s["kind"],
            late(s["heading"]),
            late(s["opening"]) if "opening" in s else None,
            filled(s["pattern"]),
            s.get("words", ""),
        )
        for s in data["section"]
    )
    return Texts(
        tuple((t["kind"], filled(t["pattern"])) for t in data["text"]),
        tuple(sections),
        {k: tuple(filled(p) for p in found) for k, found in data["evaluation"].items()},
        late(data["before"]),
        late(data["never"]),
        late(data["body"]),
        late(data["heading"]),
        late(data["programme"]),
    )


def told_in(
    document: Document, passages: Sequence[Passage], kind: str, year: int | None, body: str = ""
) -> Iterator[Counted]:
    """All that the text says; ``kind`` is that of the document, an evaluation report speaks of one project."""
    if kind == EVALUATION:
        yield from evaluated_in(document, year, body)
        return
    yield from said_in(document, year)
    yield from under_headings(passages, year)


def said_in(document: Document, year: int | None) -> Iterator[Counted]:
    """Self-assessments and goals that the running text tells, also across lines and pages that break a sentence."""
    text, starts, places = _running(document.paragraphs())
    for kind, pattern in texts().patterns:
        for found in pattern.finditer(text):
            name, at = _named(found)
            if name:
                place = places[bisect_right(starts, at) - 1]
                yield from _said(kind, name, year, place, found.groupdict())


def under_headings(passages: Sequence[Passage], year: int | None) -> Iterator[Counted]:
    """Projects that paragraphs name under a heading that announces them: what for, and what is commissioned."""
    for passage in passages:
        for section in texts().sections:
            if not any(section.heading.search(h) for h in passage.section):
                continue
            if section.opening is not None and not section.opening.search(passage.text):
                continue
            for found in section.pattern.finditer(passage.text):
                name, at = _named(found)
                if name and not texts().body.search(name):
                    groups = {"goal": section.words, **found.groupdict()}
                    yield from _said(section.kind, name, year, passage.place(at), groups)


def _named(found: re.Match[str]) -> tuple[str, int]:
    """The name without what stands before it, and where it begins; empty where it names no project."""
    printed = found["name"]
    name = texts().before.sub("", printed)
    if len(name) < 2 or texts().never.search(name):
        return "", 0
    return name, found.start("name") + len(printed) - len(name)


def _said(
    kind: str, name: str, year: int | None, place: Place, groups: Mapping[str, str | None]
) -> Iterator[Counted]:
    words = groups.get("goal") or ""
    for measure in _MEASURES:
        number, unit = groups.get(measure), groups.get(f"{measure}_unit")
        amount = parse_amount(f"{number}{unit}") if number else None
        if amount is not None:
            yield Counted(kind, name, "", "", year, place, measure, amount.base, f"{number}{unit}", words)


# ---- evaluation reports --------------------------------------------------------------------------------


def evaluated_in(document: Document, year: int | None, body: str = "") -> Iterator[Counted]:
    """The project that an evaluation report judges: its money, its points, its grade."""
    text, starts, places = _running(document.paragraphs())
    found = {k: _first(patterns, text) for k, patterns in texts().evaluated.items()}
    named = found.get("name")
    if named is None:
        return
    name, at = _named(named)
    name = name.removeprefix(body) if len(name.removeprefix(body)) >= 4 else name
    if not name:
        return

    def group(kind: str, part: str) -> str:
        match = found.get(kind)
        return (match[part] or "") if match is not None else ""

    words = "、".join(x for x in (group("grade", "grade"), group("date", "date")) if x)
    place = places[bisect_right(starts, at) - 1]
    stated = Counted("evaluation", name, "", group("owner", "owner"), year, place, words=words)
    money = [(m, group(m, "amount"), group(m, "unit")) for m in ("budget", "executed")]
    told_money = [(m, f"{number}{unit}") for m, number, unit in money if number]
    if score := group("score", "score"):
        told_money.append(("score", f"{score}分"))
    if not told_money:
        yield stated
    for measure, printed in told_money:
        amount = parse_amount(printed.removesuffix("分"))
        if amount is not None:
            yield replace(stated, measure=measure, value=amount.base, printed=printed)


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> re.Match[str] | None:
    return next((m for p in patterns if (m := p.search(text)) is not None), None)


# ---- the text as one string ----------------------------------------------------------------------------


def _running(paragraphs: Sequence[Paragraph]) -> tuple[str, list[int], list[Place]]:
    """All text in one string, half width and without blanks; where each paragraph begins in it, and its place.

    A full stop stands before numbered paragraphs and behind headings: they do not go on a sentence.
    """
    text: list[str] = []
    starts: list[int] = []
    places: list[Place] = []
    length = 0
    rules = texts()
    ended = True
    for p in paragraphs:
        if _FURNITURE.fullmatch(p.text):
            continue
        said = re.sub(r"\s", "", narrow(p.text))
        if not ended and rules.before.match(said):
            text[-1] += "。"
            length += 1
        ended = bool(rules.heading.search(said))
        said += "。" if ended else ""
        starts.append(length)
        places.append(p.place)
        text.append(said)
        length += len(said)
    return "".join(text), starts, places
