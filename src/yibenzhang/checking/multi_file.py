"""Which files are parts of one disclosure (text in one, tables in another), and what each part is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import PurePath

from yibenzhang.balance.coverage import coverage
from yibenzhang.checking.check import Checked
from yibenzhang.model.issues import Issue
from yibenzhang.model.patterns import late
from yibenzhang.model.places import file_of
from yibenzhang.model.relations import NotChecked
from yibenzhang.recognising.document_kinds import DISCLOSURE
from yibenzhang.recognising.profile import Profile
from yibenzhang.rules.copies import file_of_table
from yibenzhang.standards import fold

_FEW = 3
"""A file of tables with no more numbers in sentences than this has no text of its own: notes, headings."""
_END = 4
"""A short name of a body has at least so many characters, and the full name ends with them."""
_PARTY = late(r"中国共产党|中共")
_SAME = (("委员会", "委"), ("人民政府", "政府"))


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are one disclosure: by their paths, text first; ``findings`` are those between the files."""

    paths: tuple[str, ...]
    names: tuple[str, ...]
    profile: Profile
    findings: tuple[Issue, ...] = ()
    checked: Checked | None = None
    error: str = ""
    failed: bool = False
    """The program itself failed, not the files."""

    @property
    def related(self) -> int:
        """How many relations tie numbers of one file to numbers of another."""
        results = self.checked.results if self.checked else ()
        return sum(len({file_of(f.place) for f in r.relation.facts()}) > 1 for r in results)


_MOST = 200
"""So many groups are looked at for a file that does not say whose it is."""
_SHARED = 4
"""So many amounts in common are no chance."""
_LARGE = 100_000
"""Smaller amounts (元) are the same in many files."""


def _by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(str(PurePath(path).parent), []).append(path)
    return folders


def groups_of(results: Sequence[tuple[str, Checked]]) -> tuple[list[Group], dict[str, str]]:
    """Groups among checked files, first within each folder, then among all that were given together.

    Only parts that complete each other are grouped: one text at most, and tables that are not twice the same.
    Also returned: {path: sentence} for files that may belong together but cannot be told apart.
    """
    groups: list[Group] = []
    doubts: dict[str, str] = {}
    left = {path: c for path, c in results if role_of(c)}
    folders = _by_folder(left)
    levels = [*folders.values(), list(left)] if len(folders) > 1 else list(folders.values())
    for n, level in enumerate(levels):
        inside = n < len(folders)
        for paths in _clusters([p for p in level if p in left], left, inside):
            why = _clash([left[p] for p in paths])
            parts = {role_of(left[p]) for p in paths} - {"whole"}
            if why and inside and parts:  # whole files of one body and year are versions, not parts
                doubts |= dict.fromkeys(paths, why)
            elif not why:
                paths.sort(key=lambda p: role_of(left[p]) == "tables")
                groups.append(Group(tuple(paths), _names(paths), _joint([left[p].profile for p in paths])))
                for p in paths:
                    del left[p]
    return groups, {p: why for p, why in doubts.items() if p in left}


def role_of(c: Checked) -> str:
    """whole, tables, text, or empty for a file with neither."""
    if c.document_kind != DISCLOSURE:
        return ""
    tables = any(t.table.standard for t in c.tables)
    text = len(c.quantities) > _FEW
    return ("whole" if text else "tables") if tables else ("text" if text else "")


def _clusters(paths: list[str], files: dict[str, Checked], inside: bool) -> list[list[str]]:
    """Files of one body, year and stage; what one of them does not say is taken from its folder-mates only
    where these leave no choice."""
    found: list[list[str]] = []
    by_end: dict[str, list[list[str]]] = {}  # names of one body end alike: a province has thousands of files
    vague: list[str] = []
    for path in paths:
        p = files[path].profile
        if not (p.body and p.fiscal_year and p.stage):
            vague.append(path)
            continue
        near = by_end.setdefault(_bare(p.body)[-_END:], [])
        fits = list(islice(_fitting(p, near, files), 2))
        if len(fits) == 1:
            fits[0].append(path)
        else:
            found.append([path])
            near.append(found[-1])
    for path in vague if inside else ():
        p = files[path].profile
        near = by_end.get(_bare(p.body)[-_END:], []) if p.body else found
        fits = list(islice(_fitting(p, near, files), _MOST))
        if role_of(files[path]) != "whole" and (own := _own(path, fits, files)) is not None:
            own.append(path)
    return [g for g in found if len(g) > 1]


def _own(path: str, fits: list[list[str]], files: dict[str, Checked]) -> list[str] | None:
    """The group a file belongs to: the only one that fits, else the one that tells the same amounts of money."""
    if len(fits) < 2:
        return fits[0] if fits else None
    amounts = _amounts(files[path])
    shared = sorted(((len(amounts & _amounts(files[g[0]])), -k) for k, g in enumerate(fits)), reverse=True)
    (most, at), (next_most, _) = shared[:2]
    return fits[-at] if most >= _SHARED and most >= 2 * next_most else None


def _amounts(c: Checked) -> frozenset[int]:
    """The larger amounts of a file to the hundredth of 万元, as texts give them."""
    facts = [f for v in c.views for f in v.cells.values()] + [q.fact for q in c.quantities if q.money]
    found = (f.amount.base for f in facts if f.amount is not None and f.unit is not None)
    return frozenset(round(base / 100) for base in found if base >= _LARGE)


def _fitting(p: Profile, groups: list[list[str]], files: dict[str, Checked]) -> Iterator[list[str]]:
    return (g for g in groups if all(_agree(p, files[q].profile) for q in g[:_FEW]))


def _agree(a: Profile, b: Profile) -> bool:
    """No statement of one contradicts the other."""
    pairs = ((a.fiscal_year, b.fiscal_year), (a.stage, b.stage), (a.level, b.level), (a.region, b.region))
    return all(not x or not y or x == y for x, y in pairs) and same_body(a.body, b.body)


def same_body(a: str, b: str) -> bool:
    """The same body, by its full or its short name ("中国共产党某省委员会办公厅", "某省委办公厅")."""
    a, b = _bare(a), _bare(b)
    return not a or not b or a == b or (min(len(a), len(b)) >= _END and (a.endswith(b) or b.endswith(a)))


@lru_cache(maxsize=20_000)
def _bare(body: str) -> str:
    body = _PARTY.sub("", fold(body))
    for long, short in _SAME:
        body = body.replace(long, short)
    return re.sub(r"\(本级\)|\(机关\)|本级$|机关$", "", body)


def _clash(parts: list[Checked]) -> str:
    """Why files of one body and year are not parts of one disclosure; empty where they are."""
    roles = [role_of(c) for c in parts]
    if roles.count("whole") + roles.count("text") > 1:
        return "文件夹里有同一单位、同一年度的几份文件，各有正文，视为不同版本，没有互相核对"
    seen: set[tuple[str, str]] = set()
    for c, role in zip(parts, roles, strict=True):
        own = {(c.document.kind, t.table.standard.id) for t in c.tables if t.table.standard}
        if role == "tables":
            if own & seen:
                return "文件夹里有同一单位、同一年度的几份表格，无法确定用哪一份，没有互相核对"
            seen |= own
    return ""


def _names(paths: Sequence[str]) -> tuple[str, ...]:
    """What the parts are called: their file names, or the whole paths where those are the same."""
    names = tuple(PurePath(p).name for p in paths)
    return names if len(set(names)) == len(names) else tuple(paths)


def _joint(profiles: list[Profile]) -> Profile:
    """The profile of the first part, what it does not say from the others."""
    out = profiles[0]
    for p in profiles[1:]:
        out = Profile(
            out.body or p.body,
            out.fiscal_year or p.fiscal_year,
            out.stage or p.stage,
            out.level or p.level,
            out.region or p.region,
            tuple(dict.fromkeys((*out.conflicts, *p.conflicts))),
            out.stated,
        )
    return out


def between(finding: Issue) -> bool:
    """True for a finding that speaks of more than one file."""
    return len({file_of(e.place) for e in finding.evidence}) > 1


def parted(group: Group, whole: Checked, alone: Sequence[Checked]) -> tuple[Group, list[Checked]]:
    """A group with what was found between its files, and for each file its own share of the result."""
    shares = []
    for k, (name, kept) in enumerate(zip(group.names, alone, strict=True)):
        tables = tuple(t for t in whole.tables if file_of_table(t) == name)
        quantities = tuple(q for q in whole.quantities if file_of(q.fact.place) == name)
        ids = {t.table.id for t in tables}
        views = tuple(v for v in whole.views if v.table in ids)
        facts = {f.id for t in tables for f in t.facts()} | {q.fact.id for q in quantities}
        facts |= {f.id for v in views for f in v.cells.values()}
        standing = {i: s for i, s in whole.standing.items() if i in facts}
        own = kept.profile
        shares.append(
            replace(
                kept,
                profile=replace(_joint([own, group.profile]), conflicts=own.conflicts),
                tables=tables,
                views=views,
                kinds={t: k for t, k in whole.kinds.items() if t in ids},
                results=tuple(r for r in whole.results if any(f.id in facts for f in r.relation.facts())),
                standing=standing,
                coverage=coverage(standing),
                findings=tuple(f for f in whole.findings if not between(f) and _home(f, group.names) == k),
                not_checked=tuple(n for n in whole.not_checked if n.table in ids or (not n.table and k == 0)),
                passages=tuple(p for p in whole.passages if file_of(p.place(0)) == name),
                quantities=quantities,
            )
        )
    across = tuple(f for f in whole.findings if between(f))
    return replace(group, findings=across, checked=whole), shares


def _home(finding: Issue, names: tuple[str, ...]) -> int:
    """The part a finding is told under; one without a place (about the profile) under the first."""
    files = [file_of(e.place) for e in finding.evidence]
    return names.index(files[0]) if files and files[0] in names else 0


def doubted(checked: Checked, why: str) -> Checked:
    """A file that may have been part of a disclosure: that it was checked alone is said."""
    return replace(checked, not_checked=(*checked.not_checked, NotChecked("together.same", why)))
