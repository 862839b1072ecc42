"""What a page shows of a checked document, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from yibenzhang.model.issues import Issue
from yibenzhang.model.leaves import Box, Leaf


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a finding: what stands there in words, as printed, and on which leaf (0: on none).

    ``key`` is a number's or, where words or an empty cell stand there, that of the place; ``box`` as in Mark;
    ``more`` are the boxes of the other lines where the words run over several.
    """

    key: str
    leaf: int
    box: Box | None
    words: str
    text: str
    more: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """One relation with its arithmetic in one line; ``outcome`` is held, within_rounding or contradicted."""

    rule: str
    name: str
    outcome: str
    arithmetic: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number; ``proofs`` are positions in View.proofs, those that contradict it first."""

    key: str
    leaf: int
    words: str
    text: str
    standing: str
    proofs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A number that may be the culprit; ``suggestion`` is the value that would mend everything, or empty."""

    words: str
    text: str
    suggestion: str
    why: str
    key: str


@dataclass(frozen=True, slots=True)
class ShownFinding(Issue):
    """A finding with its places on the pages, and what its rule is called; its relations fit on a line. ``id`` is
    unique in the view. ``suspicions`` are its suspects where they stand."""

    name: str = ""
    suspicions: tuple[Suspicion, ...] = ()
    spots: tuple[Spot, ...] = ()

    @property
    def leaf(self) -> int:
        """The leaf it begins on; 0 where it stands on none."""
        return self.spots[0].leaf if self.spots else 0


@dataclass(frozen=True, slots=True)
class Unchecked:
    """What could not be checked; ``key`` hashes rule, table and reason, ``table`` is the table's name."""

    key: str
    rule: str
    name: str
    reason: str
    table: str


@dataclass(frozen=True, slots=True)
class ViewFile:
    """One file handed in; ``pages`` counts its leaves."""

    name: str
    kind: str
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class Section:
    """A table or a section of the text, the standing of its numbers, and the leaf it begins on (0: not known)."""

    name: str
    numbers: int
    proved: int
    contradicted: int
    alone: int
    trivial: int
    leaf: int


@dataclass(frozen=True, slots=True)
class ReadingNotice:
    """Something about the reading; ``leaf`` is 0 where it concerns the whole file, ``unread`` where a page
    could not be read."""

    message: str
    leaf: int
    unread: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What the first page of a submission shows: its ``leaves`` may be without marks, texts and blocks.
    ``numbers_count`` to ``trivial`` are the coverage's counts; ``extent`` says how far the check went, without what
    was found, ``little`` that silence is no answer."""

    files: tuple[ViewFile, ...]
    extent: str
    little: bool
    body: str
    fiscal_year: int | None
    stage: str
    level: str
    region: str
    conflicts: tuple[str, ...]
    numbers_count: int
    proved: int
    contradicted: int
    alone: int
    trivial: int
    relations_count: int
    sections: tuple[Section, ...]
    leaves: tuple[Leaf, ...]
    findings: tuple[ShownFinding, ...]
    unchecked: tuple[Unchecked, ...]
    notices: tuple[ReadingNotice, ...]


@dataclass(frozen=True, slots=True)
class View(Outline):
    """Everything a page shows of one submission."""

    numbers: dict[str, Number]
    proofs: tuple[Proof, ...]
