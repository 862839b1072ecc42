"""A folder checked as `yibenzhang check` does it: its folders are cities, files of one disclosure are grouped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yibenzhang.batch import FileResult, check_groups, check_many, find_files
from yibenzhang.checking.check import Checked
from yibenzhang.checking.multi_file import Group
from yibenzhang.model.documents import Document
from yibenzhang.model.issues import Evidence, Issue
from yibenzhang.model.places import Place, file_of
from yibenzhang.recognising.profile import Profile

NO_DISCLOSURE = "no-disclosure"
"""The folder of files that are none: they are counted apart from the total."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One file, or several that are one disclosure, with what was found out; ``profile`` is set of several."""

    city: str
    paths: tuple[str, ...]
    names: tuple[str, ...]
    documents: tuple[Document, ...]
    checked: Checked
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with the document (path below the folder) and the page or place to look it up."""

    city: str
    document: str
    page: str
    pages: tuple[int, ...]
    rule: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that was checked below a folder."""

    folder: Path
    results: tuple[FileResult, ...]
    groups: tuple[Group, ...]

    def city(self, path: str) -> str:
        """The first folder below the one given."""
        parts = Path(path).relative_to(self.folder).parts
        return parts[0] if len(parts) > 1 else "."

    def disclosures(self) -> Iterator[Disclosure]:
        """Files alone and groups whole, in the order of the files."""
        checked = {r.path: r.checked for r in self.results if r.checked is not None}
        seen: set[int] = set()
        for r in self.results:
            if r.checked is None or r.group in seen:
                continue
            group = self.groups[r.group - 1] if r.group else None
            if group is None or group.checked is None:
                yield Disclosure(self.city(r.path), (r.path,), ("",), (r.checked.document,), r.checked)
                continue
            seen.add(r.group)
            documents = tuple(checked[p].document for p in group.paths)
            yield Disclosure(
                self.city(r.path), group.paths, group.names, documents, group.checked, group.profile
            )

    def told(self, severities: tuple[str, ...] = ("error",)) -> Iterator[Told]:
        """The findings of these severities, of each file and between the files of a disclosure."""
        for r in self.results:
            for f in r.checked.findings if r.checked else ():
                if f.severity.value in severities:
                    yield self._told(f, r.path)
        for g in self.groups:
            paths = dict(zip(g.names, g.paths, strict=True))
            for f in g.findings:
                if f.severity.value in severities:
                    name = file_of(f.evidence[0].place) if f.evidence else ""
                    yield self._told(f, paths.get(name, g.paths[0]))

    def _told(self, finding: Issue, path: str) -> Told:
        places = [e.place for e in shown(finding)]
        pages = tuple(dict.fromkeys(p.page for p in places if p.page is not None))
        return Told(
            self.city(path),
            Path(path).relative_to(self.folder).as_posix(),
            _page(places),
            pages,
            finding.rule,
            finding.severity.value,
            finding.message,
        )


def _page(places: list[Place]) -> str:
    if not places:
        return ""
    return str(places[0].page) if places[0].page is not None else str(places[0])


def shown(finding: Issue) -> list[Evidence]:
    """Every number a finding shows, the one to blame first."""
    broken = [e for b in finding.broken for e in b.numbers]
    return [
        *(s.evidence for s in finding.suspects[:1]),
        *finding.evidence,
        *(s.evidence for s in finding.suspects[1:]),
        *broken,
    ]


def check_folder(folder: Path, regions: tuple[str, ...] = (), jobs: int = 0, standards: str = "") -> Run:
    """Check the files below ``folder``, or only those of some cities; raises OSError where there are none."""
    homes = [str(folder / r) for r in regions] or [str(folder)]
    paths, missing = find_files(homes)
    if not paths:
        raise FileNotFoundError(str(folder))
    order = {p: k for k, p in enumerate(paths)}
    jobs = jobs or os.cpu_count() or 1
    results = sorted(check_many(paths, standards, jobs), key=lambda r: order[r.path])
    grouped, groups = check_groups(results, standards, jobs) if len(paths) > 1 else (results, [])
    return Run(folder, (*missing, *grouped) if not regions else tuple(grouped), tuple(groups))
