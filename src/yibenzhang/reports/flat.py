"""The findings of a run one by one: for lines of a log, for GitHub, for SARIF, for counting, for a baseline."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from yibenzhang.batch import FileResult
from yibenzhang.checking.multi_file import Group
from yibenzhang.model.fact_keys import FactKey, fact_keys
from yibenzhang.model.issues import Issue
from yibenzhang.model.places import InFile, LinePlace, Place, file_of
from yibenzhang.recognising.profile import Profile

UNCONFIRMED = ".unconfirmed"
"""How the rule of a doubt ends that another finding made less sure."""


@dataclass(frozen=True, slots=True)
class Told:
    """One finding: the path of its file, whose disclosure it is in, and its key, which stays the same when lines and
    pages move."""

    path: str
    disclosure: str
    finding: Issue
    key: str
    surer: str = ""
    """Of a doubt: the key of the error it would be if the document decided it."""

    @property
    def place(self) -> Place | None:
        """Where it stands in its file."""
        place = self.finding.place
        return place.inner if isinstance(place, InFile) else place

    @property
    def line(self) -> int | None:
        """The line of a text file."""
        return self.place.line if isinstance(self.place, LinePlace) else None


def told(results: Sequence[FileResult], groups: Sequence[Group] = ()) -> Iterator[Told]:
    """File by file, then between the files of one disclosure."""
    for r in results:
        if r.checked is not None:
            whose = disclosure_of(r.path, r.checked.profile)
            keys = fact_keys(r.checked.views) if r.checked.findings else {}
            for f in r.checked.findings:
                yield Told(r.path, whose, f, key_of(f, keys), _surer(f, keys))
    for g in groups:
        keys = fact_keys(g.checked.views) if g.checked and g.findings else {}
        paths = dict(zip(g.names, g.paths, strict=True))
        for f in g.findings:
            path = paths.get(file_of(f.place), g.paths[0])
            whose = disclosure_of(g.paths[0], g.profile)
            yield Told(path, whose, f, key_of(f, keys), _surer(f, keys))


def disclosure_of(path: str, profile: Profile) -> str:
    """Whose disclosure: body, year and stage; the name of the file where one of them is not known."""
    return disclosure_named(path, profile.body, profile.fiscal_year, profile.stage)


def disclosure_named(path: str, body: str | None, year: int | None, stage: str | None) -> str:
    if body and year and stage:
        return f"{body}|{year}|{stage}"
    return path.replace("\\", "/").rpartition("/")[2]


def _surer(finding: Issue, keys: dict[str, FactKey]) -> str:
    if not finding.rule.endswith(UNCONFIRMED):
        return ""
    return key_of(replace(finding, rule=finding.rule.removesuffix(UNCONFIRMED)), keys)


def key_of(finding: Issue, keys: dict[str, FactKey]) -> str:
    """Rule, what is spoken of (the key of the number, or the printed words) and what is printed there: no line, no
    page, no order. A number that was changed and is still wrong is another finding."""
    first = finding.evidence[0] if finding.evidence else None
    if first is None:
        about = finding.message
    elif first.fact:
        known = keys.get(first.fact)
        about = f"{known or '|'.join((first.table_name, first.row, first.column))}|{first.text}"
    else:
        about = first.text or finding.message
    told = f"{finding.rule}|{''.join(about.split())}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
