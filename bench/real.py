"""`bench planted --real`: proved numbers of real documents changed one at a time, the whole check made again.

A document is read once; a worker gets it as read, with the cells to change in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from bench.gross import KINDS, changed, is_plain
from bench.running import Disclosure, Run, shown
from bench.standing import Mark, Where, numbers_of, tightest
from bench.tables import between, console, share, show
from yibenzhang.checking.check import check_document, check_together
from yibenzhang.model.documents import Document, Table
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.places import InFile
from yibenzhang.processes.workers import Lost, run
from yibenzhang.recognising.profile import Profile

CHUNK = 8
"""So many plants to a task: a long document does not keep one core busy at the end."""
KIND_NAMES = {
    "digit": "错一位数字", "swapped_digits": "两位数字颠倒", "factor": "× 1.37", "sign": "正负号", "lost_point": "丢了小数点",
}  # fmt: skip
Key = tuple[str, str]
"""Rule and message of a finding."""


@dataclass(frozen=True, slots=True)
class At:
    """A cell of a disclosure as read: which of its files, page, block, cell."""

    file: int
    page: int
    block: int
    cell: int


@dataclass(frozen=True, slots=True)
class Planted:
    """A number printed wrongly."""

    city: str
    document: str
    page: str
    table: str
    row: str
    column: str
    kind: str
    printed: str
    planted: str
    place: str
    at: At


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was told of it: ``shows`` new findings show the cell, ``extra`` do not; ``first`` blames it first."""

    planted: Planted
    shows: int
    extra: int
    first: bool
    messages: tuple[str, ...]
    failed: str = ""

    @property
    def told(self) -> bool:
        return self.shows > 0

    @property
    def folded(self) -> bool:
        """One new finding, and it shows the cell."""
        return self.shows == 1 and self.extra == 0


Task = tuple[tuple[Document, ...], tuple[str, ...], Profile | None, str, tuple[Key, ...], tuple[Planted, ...]]


def candidates(disclosure: Disclosure) -> list[tuple[Fact, At, Decimal]]:
    """The proved numbers of the tables that are no zero, with their cells as read and how far rounding lets
    them be off in their own unit; none of a scan, whose misread numbers the check puts right."""
    if disclosure.checked.document.scanned:
        return []
    cells = _cells(disclosure)
    room = tightest(disclosure.checked)
    out = []
    for n in numbers_of(disclosure.checked):
        fact, amount = n.fact, n.fact.amount
        found = cells.get((fact.place.key, fact.text.strip()), [])
        wanted = n.where in (Where.TABLE, Where.PROCUREMENT) and n.mark == Mark.PROVED
        if not wanted or amount is None or not amount.value or len(found) != 1:
            continue
        if fact.id in room and is_plain(fact.text.strip()):
            factor = amount.unit.factor if amount.unit else Decimal(1)
            out.append((fact, found[0], room[fact.id] / factor))
    return out


def _cells(disclosure: Disclosure) -> dict[Key, list[At]]:
    out: dict[Key, list[At]] = {}
    for d, document in enumerate(disclosure.documents):
        for p, page in enumerate(document.pages):
            for b, block in enumerate(page.blocks):
                for c, cell in enumerate(block.cells if isinstance(block, Table) else ()):
                    named = disclosure.profile is not None and not isinstance(cell.place, InFile)
                    key = f"{disclosure.names[d]}#{cell.place.key}" if named else cell.place.key
                    out.setdefault((key, cell.text.strip()), []).append(At(d, p, b, c))
    return out


def plants(done: Run, most: int, seed: int) -> list[tuple[Disclosure, list[Planted]]]:
    """The numbers to change: drawn evenly from all that can be, the kinds in turn."""
    disclosures = list(done.disclosures())
    every = [(k, *c) for k, d in enumerate(disclosures) for c in candidates(d)]
    random = Random(seed)
    drawn = random.sample(every, min(most, len(every)))
    chosen: dict[int, list[Planted]] = {}
    for n, (k, fact, at, room) in enumerate(drawn):
        for kind in (KINDS[(n + i) % len(KINDS)] for i in range(len(KINDS))):
            new = changed(fact.text.strip(), kind, room, random)
            if new is not None:
                d = disclosures[k]
                chosen.setdefault(k, []).append(_planted(done, d, fact, at, kind, new))
                break
    return [(disclosures[k], chosen[k]) for k in sorted(chosen)]


def _planted(done: Run, d: Disclosure, fact: Fact, at: At, kind: str, new: str) -> Planted:
    path = Path(d.paths[at.file]).relative_to(done.folder).as_posix()
    page = "" if fact.place.page is None else str(fact.place.page)
    return Planted(
        d.city,
        path,
        page or str(fact.place),
        fact.table,
        fact.row.label or fact.row.code,
        fact.column,
        kind,
        fact.text.strip(),
        new,
        fact.place.key,
        at,
    )


def verdicts(
    work: Sequence[tuple[Disclosure, list[Planted]]],
    jobs: int,
    standards: str = "",
    step: Callable[[int], None] = lambda _: None,
) -> list[Verdict]:
    """Each planted number judged, in the order of the work."""
    tasks: list[Task] = []
    for d, planted in work:
        before = tuple(_keys(d.checked.findings))
        for k in range(0, len(planted), CHUNK):
            part = tuple(planted[k : k + CHUNK])
            tasks.append((d.documents, d.names, d.profile, standards, before, part))
    found: dict[int, list[Verdict]] = {}
    for k, result in run(_judge_all, tasks, jobs):
        lost = isinstance(result, Lost)
        found[k] = [Verdict(p, 0, 0, False, (), result.value) for p in tasks[k][-1]] if lost else result
        step(len(found[k]))
    return [v for k in sorted(found) for v in found[k]]


def _judge_all(
    documents: tuple[Document, ...],
    names: tuple[str, ...],
    profile: Profile | None,
    standards: str,
    before: tuple[Key, ...],
    planted: tuple[Planted, ...],
) -> list[Verdict]:
    out = []
    for p in planted:
        try:
            changed_ones = tuple(_with(d, p) if k == p.at.file else d for k, d in enumerate(documents))
            if profile is None:
                checked = check_document(changed_ones[0], standards)
            else:
                checked = check_together(changed_ones, names, profile, standards)
            out.append(_judged(p, checked.findings, Counter(before)))
        except Exception as error:  # a defect of the engine under test is counted, and the run goes on
            out.append(Verdict(p, 0, 0, False, (), f"{type(error).__name__}: {error}"))
    return out


def _with(document: Document, p: Planted) -> Document:
    page = document.pages[p.at.page]
    table = page.blocks[p.at.block]
    assert isinstance(table, Table)
    cells = tuple(replace(c, text=p.planted) if k == p.at.cell else c for k, c in enumerate(table.cells))
    blocks = tuple(replace(table, cells=cells) if k == p.at.block else b for k, b in enumerate(page.blocks))
    pages = tuple(replace(page, blocks=blocks) if k == p.at.page else x for k, x in enumerate(document.pages))
    return replace(document, pages=pages)


def _counted(findings: Iterable[Issue]) -> Iterator[Issue]:
    return (f for f in findings if f.severity != Severity.NOTICE)


def _keys(findings: Iterable[Issue]) -> Iterator[Key]:
    return ((f.rule, f.message) for f in _counted(findings))


def _judged(p: Planted, findings: Iterable[Issue], before: Counter[Key]) -> Verdict:
    new: list[Issue] = []
    for f in _counted(findings):
        key = (f.rule, f.message)
        if before[key]:
            before[key] -= 1
        else:
            new.append(f)
    showing = [f for f in new if any(e.place.key == p.place for e in shown(f))]
    first = any(shown(f)[0].place.key == p.place for f in showing)
    return Verdict(p, len(showing), len(new) - len(showing), first, tuple(f.message for f in new))


def rows(found: Sequence[Verdict], by: Callable[[Verdict], str]) -> list[dict[str, Any]]:
    """Counts with 95 % intervals by kind or by city, and all together."""
    groups: dict[str, list[Verdict]] = {}
    for v in found:
        groups.setdefault(by(v), []).append(v)
    return [_row(name, groups[name]) for name in sorted(groups)] + [_row("total", list(found))]


def _row(name: str, found: list[Verdict]) -> dict[str, Any]:
    n, told = len(found), sum(v.told for v in found)
    folded, first, extra = (
        sum(v.folded for v in found),
        sum(v.first for v in found),
        sum(v.extra for v in found),
    )
    return {
        "name": name,
        "planted": n,
        "told": told,
        "told_share": share(told, n),
        "told_interval": between(told, n),
        "folded": folded,
        "folded_share": share(folded, told),
        "folded_interval": between(folded, told),
        "first": first,
        "first_share": share(first, told),
        "first_interval": between(first, told),
        "extra": extra,
        "extra_share": share(extra, n),
        "failed": sum(bool(v.failed) for v in found),
    }


def report(found: Sequence[Verdict]) -> dict[str, Any]:
    """For programs: by kind, by city, and the misses."""
    return {
        "kinds": rows(found, lambda v: v.planted.kind),
        "cities": rows(found, lambda v: v.planted.city),
        "misses": misses(found),
    }


def misses(found: Iterable[Verdict]) -> list[dict[str, Any]]:
    """What was not told, not in one finding, or not blamed first."""
    out = []
    for v in found:
        if not (v.told and v.folded and v.first):
            flat = {k: x for k, x in asdict(v.planted).items() if k not in ("at", "place")}
            state = {"told": v.shows, "extra": v.extra, "first": v.first, "failed": v.failed}
            out.append(flat | state | {"messages": " | ".join(v.messages)})
    return out


def show_report(made: dict[str, Any]) -> None:
    """For people."""
    columns = {
        "name": "",
        "planted": "埋下",
        "told": "报出",
        "told_share": "%",
        "told_interval": "95 % 区间",
        "folded": "合为一条",
        "folded_share": "%（报出的）",
        "folded_interval": "95 % 区间",
        "first": "首指正确",
        "first_share": "%（报出的）",
        "first_interval": "95 % 区间",
        "extra": "多报",
        "extra_share": "%",
        "failed": "程序出错",
    }
    kinds = [r | {"name": KIND_NAMES.get(r["name"], r["name"])} for r in made["kinds"]]
    show(columns, kinds, "按种类")
    console().print("")
    show(columns, made["cities"], "按地区")
