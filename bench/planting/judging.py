"""The run: one error at a time, and what the checker told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from bench.planting import cells, words
from bench.planting.plants import Kind, Plant, Soil, planted
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.amounts import narrow
from yibenzhang.model.documents import Document
from yibenzhang.model.issues import Evidence, Issue, Severity

KINDS: dict[str, Kind] = words.KINDS | cells.KINDS


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was told of one planted error: the messages that are new, and whether they are right.

    ``once``: exactly one finding, and it shows the place; ``named``: it names the culprit first.
    """

    file: str
    plant: Plant
    told: tuple[str, ...]
    once: bool
    named: bool

    @property
    def missed(self) -> bool:
        return not self.told


@dataclass(frozen=True, slots=True)
class Tally:
    """The verdicts of one kind, counted; ``extra`` are findings beyond the first, ``elsewhere`` one at another place.

    ``alone`` errors contradict nothing in the document and are counted apart.
    """

    kind: str
    planted: int
    once: int
    named: int
    extra: int
    elsewhere: int
    missed: int
    alone: int


def verdicts(
    documents: Iterable[tuple[str, Document]],
    kinds: Iterable[str] = (),
    seed: int = 1,
    most: int = 0,
    step: Callable[[str], None] = lambda _: None,
) -> list[Verdict]:
    """Plants every kind into every document, at most ``most`` of a kind in each (0: all), and judges.

    Raises KeyError for a kind that is not known.
    """
    chosen = list(kinds) or list(KINDS)
    out = []
    for name, document in documents:
        before = {(f.rule, f.message) for f in _told(check_document(document))}
        for kind in chosen:
            random = Random(f"{seed}|{name}|{kind}")
            plants = list(KINDS[kind](Soil(document), random))
            if most and len(plants) > most:
                plants = random.sample(plants, most)
            for plant in plants:
                found = _told(check_document(planted(document, plant)))
                out.append(_judge(name, plant, [f for f in found if (f.rule, f.message) not in before]))
                step(kind)
    return out


def _told(result: Checked) -> list[Issue]:
    return [f for f in result.findings if f.severity != Severity.NOTICE or f.rule == "reading.shifted"]


def _judge(name: str, plant: Plant, found: list[Issue]) -> Verdict:
    once = named = False
    if len(found) == 1:
        [finding] = found
        first = [*finding.evidence[:1], *(s.evidence for s in finding.suspects[:2])]
        shown = [*first, *finding.evidence, *(e for b in finding.broken for e in b.numbers)]
        once = any(e.place.key in plant.spots for e in shown) or not plant.spots
        named = once and any(_names(e, plant) for e in first)
    return Verdict(name, plant, tuple(f.message for f in found), once, named)


def _names(evidence: Evidence, plant: Plant) -> bool:
    if evidence.place.key not in plant.spots:
        return False
    shown = [_plain(t) for t in (evidence.text, evidence.row)]
    wanted = [_plain(w) for w in plant.words if _plain(w)]
    return not wanted or any(w in s or (s and s in w) for w in wanted for s in shown)


def _plain(text: str) -> str:
    return "".join(narrow(text).split()).replace(",", "")


def tally(found: list[Verdict]) -> list[Tally]:
    """One line for each kind, in the order of the kinds."""
    out = []
    for kind in KINDS:
        mine = [v for v in found if v.plant.kind == kind and not v.plant.alone]
        alone = [v for v in found if v.plant.kind == kind and v.plant.alone]
        if mine or alone:
            out.append(
                Tally(
                    kind,
                    len(mine),
                    sum(v.once for v in mine),
                    sum(v.named for v in mine),
                    sum(max(0, len(v.told) - 1) for v in mine),
                    sum(len(v.told) == 1 and not v.once for v in mine),
                    sum(v.missed for v in mine),
                    len(alone),
                )
            )
    return out
