"""`bench planted --real --prose`: real sentences changed one at a time, the whole check made again.

A digit, × 1.37 or the unit of a number; the direction of a change; a year; a level (类, 款, 项); the name of an item for
that of another. What is wrong afterwards is the paragraph: it is told where a new finding shows it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from bench import gross
from bench.running import Disclosure, Run, shown
from bench.standing import tightest
from bench.tables import between, console, share, show
from yibenzhang.balance.coverage import Standing
from yibenzhang.checking.check import check_document, check_together
from yibenzhang.model.documents import Document, Paragraph
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.places import InFile
from yibenzhang.processes.workers import Lost, run
from yibenzhang.prose.quantities import Quantity
from yibenzhang.recognising.profile import Profile
from yibenzhang.standards.registers import registers

CHUNK = 12
KIND_NAMES = {
    "digit": "错一位数字", "factor": "× 1.37", "direction": "增减方向", "year": "年度", "level": "类款项", "name": "项目名称",
    "unit": "单位",
}  # fmt: skip
KINDS = tuple(KIND_NAMES)
_MARKS = ("类", "款", "项")
_WAYS = (("增加", "减少"), ("增长", "下降"), ("减少", "增加"), ("下降", "增长"))
_UNITS = {"万元": "元", "元": "万元", "亿元": "万元"}
_DIGITS = 3
"""Numbers with fewer digits are many in a text, and a wrong one may be right elsewhere."""
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A range of a paragraph of a disclosure as read: which of its files, page and block, from where to where."""

    file: int
    page: int
    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Planted:
    """Words of a sentence made wrong; ``standing`` is that of the number the words belong to."""

    city: str
    document: str
    standing: str
    kind: str
    clause: str
    printed: str
    planted: str
    places: tuple[str, ...]
    """Where the sentence stands: the paragraphs it was put together from."""
    spot: Spot


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was told of it: new findings that show the paragraph, and others."""

    planted: Planted
    shows: int
    extra: int
    messages: tuple[str, ...]
    failed: str = ""


Task = tuple[tuple[Document, ...], tuple[str, ...], Profile | None, tuple[Key, ...], tuple[Planted, ...]]


def _paragraphs(d: Disclosure) -> dict[Key, tuple[int, int, int]]:
    out: dict[Key, tuple[int, int, int]] = {}
    for f, document in enumerate(d.documents):
        for p, page in enumerate(document.pages):
            for b, block in enumerate(page.blocks):
                if isinstance(block, Paragraph):
                    named = d.profile is not None and not isinstance(block.place, InFile)
                    key = f"{d.names[f]}#{block.place.key}" if named else block.place.key
                    out[key, block.text] = (f, p, b)
    return out


def _numbers(d: Disclosure) -> list[Quantity]:
    """The numbers of the text whose change says something, each once."""
    seen: set[tuple[str, int]] = set()
    out = []
    for q in d.checked.quantities:
        at = (q.passage.place(q.start).key, q.start)
        if q.amount.value and sum(c.isdigit() for c in q.amount.text) >= _DIGITS and at not in seen:
            seen.add(at)
            out.append(q)
    return out


def _change(
    q: Quantity, kind: str, names: Sequence[str], room: Decimal, random: Random
) -> tuple[int, int, str] | None:
    """Where the passage is changed, and to what; None where the kind does not apply."""
    text, end = q.passage.text, q.start + len(q.amount.text)
    begin = max(0, *(text.rfind(c, 0, q.start) + 1 for c in "。;"), q.start - 60)
    if kind in ("digit", "factor"):
        new = gross.changed(q.amount.text, kind, room, random)
        return (q.start, end, new) if new else None
    if kind == "unit":
        unit = text[end : q.end]
        return (end, q.end, _UNITS[unit]) if unit in _UNITS and q.amount.value else None
    if kind == "direction":
        way = next(((w, o) for w, o in _WAYS if q.sign and text.endswith(w, begin, q.start)), None)
        return (q.start - len(way[0]), q.start, way[1]) if way else None
    found = list(_PATTERNS[kind].finditer(text, begin, q.start))
    if kind in ("year", "level") and found:
        m = found[-1]
        if kind == "year":
            return m.start(1), m.end(1), str(int(m.group(1)) + random.choice((-1, 1)))
        return m.start(1), m.end(1), random.choice([x for x in _MARKS if x != m.group(1)])
    if kind == "name":
        lead = text[begin : q.start]
        name = max(
            (n for n in names if n in lead), key=lambda n: (lead.rfind(n) + len(n), len(n)), default=""
        )
        at = begin + lead.rfind(name)
        if name and len(lead) - lead.rfind(name) - len(name) <= 16:
            return (
                at,
                at + len(name),
                random.choice([n for n in names if n != name and n not in name and name not in n]),
            )
    return None


_PATTERNS = {
    "year": re.compile(r"(20\d\d)年"),
    "level": re.compile(r"\(([类款项])\)"),
    "name": re.compile("$^"),
}


def _room(q: Quantity, tight: dict[str, Decimal]) -> Decimal:
    """How far rounding lets the number be off before a relation that proves it breaks."""
    factor = q.amount.unit.factor if q.amount.unit and q.money else Decimal(1)
    return max(Decimal(1).scaleb(-q.amount.decimals), tight.get(q.fact.id, Decimal(0)) / factor)


def _names(d: Disclosure) -> list[str]:
    """Names of items that the tables of a disclosure print, as the registers know them."""
    known = registers()
    labels = {r.label for v in d.checked.views for r in v.rows if any(x.named(r.label) for x in known)}
    return sorted(n for n in labels if len(n) >= 3)


def plants(done: Run, most: int, seed: int) -> list[tuple[Disclosure, list[Planted]]]:
    """The changes: numbers drawn evenly, the kinds in turn."""
    disclosures = list(done.disclosures())
    every = [(k, q) for k, d in enumerate(disclosures) for q in _numbers(d) if not d.checked.document.scanned]
    random = Random(seed)
    drawn = random.sample(every, min(most, len(every)))
    where = {k: _paragraphs(disclosures[k]) for k in {k for k, _ in drawn}}
    names = {k: _names(disclosures[k]) for k in where}
    tight = {k: tightest(disclosures[k].checked) for k in where}
    chosen: dict[int, list[Planted]] = {}
    for n, (k, q) in enumerate(drawn):
        for kind in (KINDS[(n + i) % len(KINDS)] for i in range(len(KINDS))):
            known = names[k] if len(names[k]) > 3 else ()
            change = _change(q, kind, known, _room(q, tight[k]), random)
            made = _planted(done, disclosures[k], q, kind, change, where[k]) if change else None
            if made is not None:
                chosen.setdefault(k, []).append(made)
                break
    return [(disclosures[k], chosen[k]) for k in sorted(chosen)]


def _planted(
    done: Run,
    d: Disclosure,
    q: Quantity,
    kind: str,
    change: tuple[int, int, str],
    where: dict[Key, tuple[int, int, int]],
) -> Planted | None:
    start, end, new = change
    pieces = q.passage.printed(start, end)
    if len(pieces) != 1:
        return None
    paragraph, a, b = pieces[0]
    at = where.get((paragraph.place.key, paragraph.text))
    if at is None or paragraph.text.count(paragraph.text[a:b]) == 0:
        return None
    path = Path(d.paths[at[0]]).relative_to(done.folder).as_posix()
    standing = d.checked.standing.get(q.fact.id, Standing.ALONE).value
    clause = q.passage.text[max(0, q.start - 50) : q.end + 10]
    places = tuple(p.place.key for _, p in q.passage.pieces)
    return Planted(d.city, path, standing, kind, clause, paragraph.text[a:b], new, places, Spot(*at, a, b))


def verdicts(
    work: Sequence[tuple[Disclosure, list[Planted]]], jobs: int, step: Callable[[int], None] = lambda _: None
) -> list[Verdict]:
    """Each planted change judged, in the order of the work."""
    tasks: list[Task] = []
    for d, planted in work:
        before = tuple(_keys(d.checked.findings))
        for k in range(0, len(planted), CHUNK):
            tasks.append((d.documents, d.names, d.profile, before, tuple(planted[k : k + CHUNK])))
    found: dict[int, list[Verdict]] = {}
    for k, result in run(_judge_all, tasks, jobs):
        lost = isinstance(result, Lost)
        found[k] = [Verdict(p, 0, 0, (), result.value) for p in tasks[k][-1]] if lost else result
        step(len(found[k]))
    return [v for k in sorted(found) for v in found[k]]


def _judge_all(
    documents: tuple[Document, ...],
    names: tuple[str, ...],
    profile: Profile | None,
    before: tuple[Key, ...],
    planted: tuple[Planted, ...],
) -> list[Verdict]:
    out = []
    for p in planted:
        try:
            changed = tuple(_with(d, p) if k == p.spot.file else d for k, d in enumerate(documents))
            if profile is None:
                checked = check_document(changed[0])
            else:
                checked = check_together(changed, names, profile)
            out.append(_judged(p, checked.findings, Counter(before)))
        except Exception as error:  # a defect of the engine under test is counted, and the run goes on
            out.append(Verdict(p, 0, 0, (), f"{type(error).__name__}: {error}"))
    return out


def _with(document: Document, p: Planted) -> Document:
    page = document.pages[p.spot.page]
    block = page.blocks[p.spot.block]
    assert isinstance(block, Paragraph)
    text = block.text[: p.spot.start] + p.planted + block.text[p.spot.end :]
    blocks = tuple(replace(block, text=text) if k == p.spot.block else b for k, b in enumerate(page.blocks))
    pages = tuple(
        replace(page, blocks=blocks) if k == p.spot.page else x for k, x in enumerate(document.pages)
    )
    return replace(document, pages=pages)


def _keys(findings: Iterable[Issue]) -> Iterator[Key]:
    return ((f.rule, f.message) for f in findings if f.severity != Severity.NOTICE)


def _judged(p: Planted, findings: Iterable[Issue], before: Counter[Key]) -> Verdict:
    new: list[Issue] = []
    for f in findings:
        key = (f.rule, f.message)
        if f.severity == Severity.NOTICE:
            continue
        if before[key]:
            before[key] -= 1
        else:
            new.append(f)
    showing = [f for f in new if any(e.place.key in p.places for e in shown(f))]
    return Verdict(p, len(showing), max(0, len(new) - max(1, len(showing))), tuple(f.message for f in new))


def report(found: Sequence[Verdict]) -> dict[str, Any]:
    """For programs: by kind of those called proved, of the others, by city; and what was not told."""
    proved = [v for v in found if v.planted.standing == Standing.PROVED]
    others = [v for v in found if v.planted.standing != Standing.PROVED]
    return {
        "proved": _rows(proved, lambda v: v.planted.kind),
        "others": _rows(others, lambda v: v.planted.kind),
        "cities": _rows(proved, lambda v: v.planted.city),
        "all": _honest(found),
        "misses": [_flat(v) for v in proved if not v.shows],
    }


def _flat(v: Verdict) -> dict[str, Any]:
    p = v.planted
    return {
        "city": p.city,
        "document": p.document,
        "kind": p.kind,
        "clause": p.clause,
        "printed": p.printed,
        "planted": p.planted,
        "failed": v.failed,
        "messages": " | ".join(v.messages),
    }


def _rows(found: Sequence[Verdict], by: Callable[[Verdict], str]) -> list[dict[str, Any]]:
    groups: dict[str, list[Verdict]] = {}
    for v in found:
        groups.setdefault(by(v), []).append(v)
    return [_row(name, groups[name]) for name in sorted(groups)] + [_row("total", list(found))]


def _row(name: str, found: list[Verdict]) -> dict[str, Any]:
    n, told, extra = len(found), sum(v.shows > 0 for v in found), sum(v.extra for v in found)
    return {
        "name": name,
        "planted": n,
        "told": told,
        "told_share": share(told, n),
        "told_interval": between(told, n),
        "extra": extra,
        "extra_share": share(extra, n),
        "failed": sum(bool(v.failed) for v in found),
    }


def _honest(found: Sequence[Verdict]) -> dict[str, Any]:
    """Told, or of a number that was not called proved; findings too many."""
    n = len(found)
    honest = sum(v.shows > 0 or v.planted.standing != Standing.PROVED for v in found)
    extra = sum(v.extra for v in found)
    return {"planted": n, "honest": honest, "honest_share": share(honest, n), "extra_share": share(extra, n)}


def show_report(made: dict[str, Any]) -> None:
    """For people."""
    columns = {
        "name": "",
        "planted": "埋下",
        "told": "报出",
        "told_share": "%",
        "told_interval": "95 % 区间",
        "extra": "多报",
        "extra_share": "%",
        "failed": "程序出错",
    }
    for part, title in (
        ("proved", "印证了的数，按种类"),
        ("others", "其余的数，按种类"),
        ("cities", "印证了的数，按地区"),
    ):
        show(columns, [r | {"name": KIND_NAMES.get(r["name"], r["name"])} for r in made[part]], title)
        console().print("")
    every = made["all"]
    console().print(
        f"全部 {every['planted']} 处：报出或没有说成印证的 {every['honest_share']} %，多报 {every['extra_share']} %"
    )
