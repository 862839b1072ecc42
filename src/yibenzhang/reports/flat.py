"""The findings of a run one by one: for lines of a log, for GitHub, for SARIF, for counting, for a baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibenzhang.model.issues import Issue
from yibenzhang.model.places import InFile, LinePlace, Place, file_of
from yibenzhang.recognising.profile import Profile
from yibenzhang.reports.found import FoundFile, FoundGroup


@dataclass(frozen=True, slots=True)
class FlatFinding:
    """One finding: the path of its file, and whose disclosure it is in."""

    path: str
    disclosure: str
    finding: Issue

    @property
    def place(self) -> Place | None:
        """Where it stands in its file."""
        place = self.finding.place
        return place.inner if isinstance(place, InFile) else place

    @property
    def line(self) -> int | None:
        """The line of a text file."""
        return self.place.line if isinstance(self.place, LinePlace) else None


def flat_findings(results: Sequence[FoundFile], groups: Sequence[FoundGroup] = ()) -> Iterator[FlatFinding]:
    """File by file, then between the files of one disclosure."""
    for r in results:
        if r.found is not None:
            whose = disclosure_of(r.path, r.found.profile)
            yield from (FlatFinding(r.path, whose, f) for f in r.found.findings)
    for g in groups:
        paths = dict(zip(g.names, g.paths, strict=True))
        whose = disclosure_of(g.paths[0], g.profile)
        for f in g.findings:
            yield FlatFinding(paths.get(file_of(f.place), g.paths[0]), whose, f)


def disclosure_of(path: str, profile: Profile) -> str:
    """Whose disclosure: body, year and stage; the name of the file where one of them is not known."""
    return disclosure_named(path, profile.body, profile.fiscal_year, profile.stage)


def disclosure_named(path: str, body: str | None, year: int | None, stage: str | None) -> str:
    if body and year and stage:
        return f"{body}|{year}|{stage}"
    return path.replace("\\", "/").rpartition("/")[2]
