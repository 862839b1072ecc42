"""What reports tell of a run: its files, and of each what its Analysis holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from yibenzhang.balance.coverage import Coverage
from yibenzhang.batch import FileResult
from yibenzhang.checking.analysis import analysis_of
from yibenzhang.checking.extent import Extent
from yibenzhang.checking.multi_file import Group, between
from yibenzhang.model.analysis import Analysis
from yibenzhang.model.findings import findings_of
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.places import Place, placed
from yibenzhang.model.relations import NotChecked
from yibenzhang.recognising.profile import Profile


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table as it was recognised; ``part`` where another table begins the form it belongs to. One of the same name in
    two files is ``called`` also by its file."""

    id: str
    standard: str
    name: str
    called: str
    title: str
    kind: str | None
    part: bool
    pages: tuple[int, ...]
    rows: int
    columns: int
    header: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell of a table, with the number in it and that one's standing."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    fact: str
    standing: str


@dataclass(frozen=True)  # no slots: cached properties
class Found:
    """An Analysis as reports read it."""

    analysis: Analysis

    @cached_property
    def _document(self) -> dict[str, Any]:
        return self.analysis.rows("documents")[0]

    @property
    def sha256(self) -> str:
        return str(self._document["sha256"])

    @property
    def relations(self) -> int:
        """How many were checked."""
        return int(self._document["relations"])

    @cached_property
    def profile(self) -> Profile:
        """As it was checked by; what the document itself says where a person gave something else is not in it."""
        d = self._document
        return Profile(d["body"], d["year"], d["stage"], d["level"], d["region"], tuple(d["conflicts"]))

    @cached_property
    def findings(self) -> tuple[Issue, ...]:
        return findings_of(self.analysis)

    @cached_property
    def not_checked(self) -> tuple[NotChecked, ...]:
        found = self.analysis.rows("not_checked")
        return tuple(NotChecked(n["rule"], n["reason"], n["table"]) for n in found)

    @cached_property
    def tables(self) -> tuple[FoundTable, ...]:
        return tuple(_table(t) for t in self.analysis.rows("tables"))

    @cached_property
    def cells(self) -> dict[str, list[FoundCell]]:
        """The cells of each table."""
        out: dict[str, list[FoundCell]] = {t.id: [] for t in self.tables}
        for _, table, *cell in zip(*self.analysis.tables["cells"], strict=True):
            out[table].append(FoundCell(*cell))
        return out

    @property
    def figures(self) -> int:
        """How many numbers stand in sentences."""
        return len(self.analysis.tables["figures"][0])

    @property
    def worst(self) -> Severity | None:
        return worst(self.findings)

    @cached_property
    def extent(self) -> Extent:
        """How far the check went."""
        d, c, unknown = self._document, self._coverage, tuple(self._document["not_understood"])
        return Extent(
            d["kind"], c["tables"], c["text"], unknown, self.worst, d["lost"], d["expected"], d["cut"]
        )

    @property
    def coverage(self) -> Coverage:
        return self._coverage["all"]

    @cached_property
    def _coverage(self) -> dict[str, Coverage]:
        return {c["scope"]: _counted(c) for c in self.analysis.rows("coverage")}

    @property
    def by_kind(self) -> tuple[tuple[str, Coverage], ...]:
        """The coverage of the numbers in tables by kind of table."""
        return self._sections("kind")

    @property
    def sections(self) -> tuple[tuple[str, Coverage], ...]:
        """The coverage of each table that has numbers, then of each section of the text, in order."""
        return self._sections("section")

    def _sections(self, scope: str) -> tuple[tuple[str, Coverage], ...]:
        rows = self.analysis.rows("sections")
        return tuple((c["name"], _counted(c)) for c in rows if c["scope"] == scope)

    def only(self, numbers: Collection[int]) -> Found:
        """With these findings and no others."""
        return Found(self.analysis.only(numbers))


def _counted(c: dict[str, Any]) -> Coverage:
    return Coverage(c["numbers"], c["proved"], c["contradicted"], c["alone"], c["trivial"])


def _table(t: dict[str, Any]) -> FoundTable:
    return FoundTable(
        t["table"],
        t["standard"],
        t["name"],
        t["called"],
        t["title"],
        t["kind"],
        t["part"],
        tuple(t["pages"]),
        t["rows"],
        t["columns"],
        t["header"],
        placed(t["at"], t["file"]) if t["at"] else None,
    )


def worst(findings: Iterable[Issue]) -> Severity | None:
    return min((f.severity for f in findings), key=list(Severity).index, default=None)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a run with what was found in it, or one sentence why nothing was; ``group`` and ``failed`` as in
    batch.FileResult; so many findings are ``left_out`` of ``found``: rules not asked for, or known before."""

    path: str
    found: Found | None
    error: str = ""
    group: int = 0
    failed: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """Files that are one disclosure; ``findings`` are those between the files, ``found`` what was found in all of them,
    ``related`` counts the relations that tie numbers of one file to numbers of another."""

    paths: tuple[str, ...]
    names: tuple[str, ...]
    profile: Profile
    found: Found | None
    findings: tuple[Issue, ...] = ()
    related: int = 0
    error: str = ""
    failed: bool = False

    @property
    def worst(self) -> Severity | None:
        return worst(self.findings)


def worst_first(results: Sequence[FoundFile]) -> list[FoundFile]:
    """The files of a run, those with the most errors first, then those that could not be read, then by doubts and
    notices; what is alike stays in its order."""

    def rank(r: FoundFile) -> tuple[int, ...]:
        if r.found is None:
            return (0, -1, 0, 0)
        count = Counter(f.severity for f in r.found.findings)
        errors, warnings, notices = (-count[s] for s in (Severity.ERROR, Severity.WARNING, Severity.NOTICE))
        return (errors, 0, warnings, notices)

    return sorted(results, key=rank)


def run_line(results: Sequence[FoundFile]) -> str:
    """A run in a sentence: how many files, and how many of them have to be looked at."""
    found = [r.found for r in results if r.found]
    errors = [f for r in found for f in r.findings if f.severity == Severity.ERROR]
    bad = sum(any(f.severity == Severity.ERROR for f in r.findings) for r in found)
    doubtful = sum(bool(r.findings) and r.worst == Severity.WARNING for r in found)
    clean = sum(not r.findings for r in found)
    unread = len(results) - len(found)
    stated = [f"{bad} 份有错误（共 {len(errors)} 个）"] if bad else ["没有发现错误"]
    stated += [f"{doubtful} 份只有疑问"] if doubtful else []
    stated += [f"{clean} 份没有发现问题"] if clean else []
    stated += [f"{unread} 份没有读出"] if unread else []
    return f"{len(results)} 份文件：{'，'.join(stated)}。"


def found_of(
    results: Sequence[FileResult], groups: Sequence[Group] = ()
) -> tuple[list[FoundFile], list[FoundGroup]]:
    """A run as reports read it."""
    return [_file(r) for r in results], [_group(g) for g in groups]


def _file(r: FileResult) -> FoundFile:
    found = Found(analysis_of(r.checked)) if r.checked is not None else None
    return FoundFile(r.path, found, r.error, r.group, r.failed)


def _group(g: Group) -> FoundGroup:
    found = Found(analysis_of(g.checked)) if g.checked is not None else None
    findings = tuple(f for f in found.findings if between(f)) if found else ()
    return FoundGroup(g.paths, g.names, g.profile, found, findings, g.related, g.error, g.failed)


def failure(file: FoundFile) -> str:
    """What an error is about: the program, or the file."""
    return "检查中断" if file.failed else "未能读取"
