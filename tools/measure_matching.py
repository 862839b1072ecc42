"""How often the workbench tells rightly what became of a finding in the next version of a document.

Invented bodies are drafted and written as text, Word and PDF; several errors are planted in each, some are put
right, some changed to another wrong number, some planted only in the second version, and a page or paragraph is
put in before the rest; with --revised the second version is drafted anew with other amounts in every line. What
became of each is known, and compared with what `office.matching` tells.

    python tools/measure_matching.py --documents 10 --seed 1 [--misses]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from random import Random

from bench.planting.judging import KINDS
from bench.planting.plants import Plant, Soil
from bench.roundtrip import figures_for
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.checking.relate import names_of_tables
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.pipeline import WRITERS
from yibenzhang.model.documents import Document, Paragraph, Table
from yibenzhang.model.issues import Evidence, Issue, Severity, evidence_of
from yibenzhang.model.places import FlowPlace, LinePlace, PagePlace, Place
from yibenzhang.office.likeness import StoredFinding, fold, place_in_words, plain, stored_finding
from yibenzhang.office.matching import Version, compare, reread
from yibenzhang.reading import read
from yibenzhang.showing.view import ShownFinding, Spot

At = tuple[int, int]
FAMILIES = [(r, s) for r in ("hubei", "shanghai", "jiangsu") for s in ("budget", "accounts")]


# --- findings as the workbench keeps them


def as_stored(finding: Issue) -> StoredFinding:
    spots: dict[tuple[str, str, str], Spot] = {}
    for e in [*finding.evidence, *(e for b in finding.broken for e in b.numbers)]:
        spot = place_in_words(e.place.key, _words(e), e.text)
        spots.setdefault((spot.key, spot.words, spot.text), spot)
    own = {f.name: getattr(finding, f.name) for f in fields(finding)}
    return stored_finding(ShownFinding(**own, spots=tuple(spots.values())))


def _words(e: Evidence) -> str:
    if e.table == "prose":
        return f"正文“{e.row}”"
    return e.words if e.row or e.column else e.table_name or str(e.place)


def version(checked: Checked) -> Version:
    texts: list[str] = []
    for b in checked.document.blocks():
        texts += [b.text] if isinstance(b, Paragraph) else [c.text for c in b.cells]
    names = names_of_tables(checked.tables)
    numbers = [evidence_of(f, names[f.table]) for t in checked.tables for f in t.facts() if f.printed]
    numbers += [evidence_of(q.fact, "正文") for q in checked.quantities]
    return Version(
        tuple(as_stored(f) for f in kept(checked)),
        tuple(name for name, _ in checked.sections),
        tuple(texts),
        tuple((n.rule, n.table, n.reason) for n in checked.not_checked),
        tuple(n.message for n in checked.document.notices if n.unread),
        frozenset((_words(e), e.text) for e in numbers),
    )


def kept(checked: Checked) -> list[Issue]:
    return [f for f in checked.findings if f.severity != Severity.NOTICE]


# --- documents with several errors


def with_plants(document: Document, plants: list[Plant]) -> Document:
    """All errors at once: cells changed in one table by several plants are put together."""
    blocks: dict[At, Paragraph | Table | None] = {}
    whole = {(p, b): block for p, page in enumerate(document.pages) for b, block in enumerate(page.blocks)}
    for plant in plants:
        for at, new in plant.edits:
            now, was = blocks.get(at, whole[at]), whole[at]
            if (
                isinstance(new, Table)
                and isinstance(now, Table)
                and isinstance(was, Table)
                and now is not was
            ):
                changed = {
                    c.place.key: d.text for c, d in zip(was.cells, new.cells, strict=True) if c.text != d.text
                }
                cells = tuple(replace(c, text=changed.get(c.place.key, c.text)) for c in now.cells)
                blocks[at] = replace(now, cells=cells)
            else:
                blocks[at] = new
    pages = []
    for p, page in enumerate(document.pages):
        mine = [blocks.get((p, b), block) for b, block in enumerate(page.blocks)]
        pages.append(replace(page, blocks=tuple(b for b in mine if b is not None)))
    return replace(document, pages=tuple(pages))


def shifted(document: Document) -> tuple[Document, Callable[[Place], Place]]:
    """The document with a page (PDF) or a paragraph put in near its beginning."""
    sentence = "本单位认真落实上级部署，统筹做好各项重点工作，推动事业稳步发展。"

    def moved(place: Place) -> Place:
        if isinstance(place, LinePlace):
            return replace(place, line=place.line + 3) if place.line > 2 else place
        if isinstance(place, PagePlace):
            return replace(place, page=place.page + 1, top=place.top + 6, bottom=place.bottom + 6) if place.page > 1 else place  # fmt: skip
        if isinstance(place, FlowPlace):
            return replace(place, paragraph=place.paragraph + 1) if place.paragraph > 1 else place
        return place

    def block(b: Paragraph | Table) -> Paragraph | Table:
        if isinstance(b, Paragraph):
            return replace(b, place=moved(b.place))
        return replace(b, pages=tuple(p + (p > 1) for p in b.pages), cells=tuple(replace(c, place=moved(c.place)) for c in b.cells))  # fmt: skip

    pages = [replace(p, blocks=tuple(block(b) for b in p.blocks)) for p in document.pages]
    first = pages[0]
    if len(pages) > 1:
        extra = Paragraph(sentence, PagePlace(2, 60, 80, 500, 95))
        rest = [replace(p, number=p.number + 1) for p in pages[1:]]
        inserted = replace(first, number=2, blocks=(extra,))
        return replace(document, pages=(first, inserted, *rest)), moved
    at = next((b.place for b in first.blocks[1:] if isinstance(b, Paragraph)), None)
    place = LinePlace(4, 0, len(sentence)) if isinstance(at, LinePlace) else FlowPlace(2)
    blocks = (*first.blocks[:1], Paragraph(sentence, place), *first.blocks[1:])
    return replace(document, pages=(replace(first, blocks=blocks),)), moved


def drafts(documents: int, seed: int) -> Iterator[tuple[str, Document, Document]]:
    """A draft, and the same with other amounts."""
    with tempfile.TemporaryDirectory() as folder:
        for n in range(documents):
            for k, (region, stage) in enumerate(FAMILIES):
                kind = ("txt", "docx", "pdf")[(n + k) % 3]
                path = Path(folder) / f"draft.{kind}"
                both = []
                for again in ("", "again"):
                    WRITERS[kind](compose(figures_for(seed, n + 1, region, stage, again)).draft, path)
                    both.append(read(path))
                yield f"{region}-{stage}-{n}.{kind}", both[0], both[1]


def chosen(document: Document, random: Random, most: int) -> list[Plant]:
    """Errors of all kinds that do not touch the same places."""
    soil = Soil(document)
    offered = {k: [p for p in make(soil, random) if not p.alone] for k, make in KINDS.items()}
    out: list[Plant] = []
    blocks: set[At] = set()
    cells: set[str] = set()
    kinds = [k for k, found in offered.items() if found]
    for _ in range(most * 6):
        if len(out) >= most or not kinds:
            break
        kind = random.choice(kinds)
        plant = random.choice(offered[kind])
        ats = {at for at, _ in plant.edits}
        mixed = kind.startswith(("cell_", "swapped_columns", "swapped_rows"))
        if kind == "missing_table" and any(p.kind == kind for p in out):
            continue
        spots = set() if kind.startswith("missing_") else set(plant.spots)
        if spots & cells or (ats & blocks and not mixed) or any(
            ats & {a for a, _ in p.edits} and not p.kind.startswith(("cell_", "swapped_columns", "swapped_rows"))
            for p in out
        ):  # fmt: skip
            continue
        out.append(plant)
        blocks |= ats
        cells |= spots
    return out


def other_number(document: Document, plant: Plant, random: Random) -> Plant:
    """The same place printed wrong in another way, where there is one."""
    ats = [at for at, _ in plant.edits]
    found = [
        p
        for p in KINDS[plant.kind](Soil(document), Random(random.random()))
        if p.spots == plant.spots
        and p.was == plant.was
        and [a for a, _ in p.edits] == ats
        and p.now != plant.now
    ]
    return found[0] if len(found) == 1 else plant


def counterpart(document: Document, was: Document, plant: Plant) -> Plant | None:
    """The same error in a revised document, where it can be planted at the same row, column or words."""
    subject = _subject(was, plant)
    found = [
        p
        for p in KINDS[plant.kind](Soil(document), Random(1))
        if not p.alone and _subject(document, p) == subject
    ]
    return found[0] if len(found) == 1 else None


def _subject(document: Document, plant: Plant) -> tuple[object, ...]:
    """What an error touches, whatever the amounts: the labels of its rows, its columns, the words of its sentence."""
    if plant.kind.startswith("missing_"):
        return (plant.kind, fold(plant.sentence))
    out: list[object] = []
    for (p, b), _ in plant.edits:
        block = document.pages[p].blocks[b]
        if isinstance(block, Paragraph):
            before, _, _ = plain(block.text).partition(plain(plant.sentence)[:6])
            out += [fold(plant.sentence), fold(before), plain(plant.was) in plain(plant.sentence)]
            continue
        mine = [c for c in block.cells if c.place.key in plant.spots]
        labels = [fold(d.text) for c in mine for d in block.cells if d.row == c.row and d.column < 3]
        first = next((c.text for c in block.cells if c.text), "")
        out += [b, block.columns, fold(first), [c.column for c in mine], labels]
    return (*out,)


# --- what is told, and whether it is right


@dataclass
class Count:
    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    undecided: int = 0

    def add(self, what: str, right: bool, told: str) -> None:
        self.all[what] += 1
        self.right[what] += right
        if not right:
            self.misses.append(f"{what}: {told}")


class Attribution:
    """Which planted error a finding comes from: by what is told of the error alone, else by its first place."""

    def __init__(self, document: Document, plants: list[Plant]) -> None:
        self._plants = plants
        self._alone: dict[tuple[str, str], set[int]] = {}
        for k, p in enumerate(plants):
            for f in kept(check_document(with_plants(document, [p]))):
                self._alone.setdefault((f.rule, f.message), set()).add(k)

    def of(self, finding: Issue, there: set[int], moved: Callable[[Place], Place] | None = None) -> set[int]:
        known = self._alone.get((finding.rule, finding.message), set()) & there
        if known:
            return known
        everything = [*finding.evidence, *(e for b in finding.broken for e in b.numbers)]
        for group in (list(finding.evidence[:1]), [s.evidence for s in finding.suspects], everything):
            keys = {e.place.key for e in group}
            found = {
                k
                for k in there
                if not self._plants[k].kind.startswith("missing_") and keys & self._spots(k, moved)
            }
            if found:
                return found
        return set()

    def _spots(self, k: int, moved: Callable[[Place], Place] | None) -> set[str]:
        return set(self._plants[k].spots) if moved is None else self._moved[k]

    def follow(self, document: Document, moved: Callable[[Place], Place]) -> None:
        names: dict[str, str] = {}
        for b in document.blocks():
            for place in [b.place] if isinstance(b, Paragraph) else [c.place for c in b.cells]:
                names[place.key] = moved(place).key
        self._moved = [{names.get(s, s) for s in p.spots} for p in self._plants]


def one(name: str, document: Document, revised: Document, random: Random, count: Count) -> float:
    plants = chosen(document, random, random.randint(3, 12))
    fates = [random.choices(("mended", "stays", "changed", "new"), (4, 3, 2, 2))[0] for _ in plants]
    all_of = list(plants)
    second = [
        other_number(document, p, random) if f == "changed" else p for p, f in zip(plants, fates, strict=True)
    ]
    if revised is not document:
        kept_plants = [
            (p, q, f) for p, f in zip(plants, fates, strict=True) if (q := counterpart(revised, document, p))
        ]
        plants, second, fates = ([t[k] for t in kept_plants] for k in range(3))  # type: ignore[assignment]
        all_of = list(plants)
    clean = {(f.rule, f.message) for d in (document, revised) for f in kept(check_document(d))}
    before = {k for k, f in enumerate(fates) if f != "new"}
    after = {k for k, f in enumerate(fates) if f != "mended"}
    old = check_document(with_plants(document, [all_of[k] for k in sorted(before)]))
    again, moved = shifted(with_plants(revised, [second[k] for k in sorted(after)]))
    new = check_document(again)
    whose = Attribution(document, plants)
    whose2 = Attribution(revised, second)
    whose2.follow(revised, moved)
    a, b = version(old), version(new)
    began = time.perf_counter()
    result = compare(a, b)
    spent = time.perf_counter() - began
    origin = {as_stored(f): whose.of(f, before) for f in kept(old)}
    target = {as_stored(f): whose2.of(f, after, moved) for f in kept(new)}
    found_after = set().union(*target.values()) if target else set()
    own = {as_stored(f) for f in [*kept(old), *kept(new)] if (f.rule, f.message) in clean}
    for t in result.fixed:
        _judge(count, name, t, origin[t], after, found_after, "fixed", t in own)
    for t, why in result.gone:
        _judge(count, name, t, origin[t], after, found_after, f"gone（{why}）", t in own)
    for x, y in result.still:
        s, r = origin[x], target[y]
        if x in own or (not s and not r):
            count.undecided += 1
        elif s <= after and s:
            count.add(
                "still", bool(s & r), f"{name} 仍在配错：{x.message} ⇄ {y.message} {[fates[k] for k in s]}"
            )
        elif not s & after:
            count.add("fixed", not s, f"{name} 应为已改：{x.rule} {x.message} ⇄ {y.rule} {y.message}")
        else:
            count.undecided += 1
    for t in result.new:
        s = target[t]
        if t in own or not s or s & before and s - before:
            count.undecided += 1
        elif not s & before:
            count.add("new", True, "")
        elif any(s & r for r in origin.values()) and not any(
            s & target[y] & origin[x] for x, y in result.still
        ):
            count.add("still", False, f"{name} 应为仍在，报作新的：{t.rule} {t.message}")
        else:
            count.undecided += 1
    _simulated(a, random, count, name)
    return spent


def _judge(count: Count, name: str, t: StoredFinding, s: set[int], after: set[int], found: set[int], said: str, own: bool) -> None:  # fmt: skip
    if own or not s or (s & after and s - after):
        count.undecided += 1
    elif s & after:
        if s & found:
            count.add("still", False, f"{name} 应为仍在，报作 {said}：{t.rule} {t.message} {s}")
        else:
            count.undecided += 1  # the checker itself no longer tells it
    else:
        count.add("fixed", said == "fixed", f"{name} 应为已改，报作 {said}：{t.rule} {t.message}")


# --- the same file, read or judged by another version of the program


def perturbed(
    findings: tuple[StoredFinding, ...], random: Random
) -> tuple[list[StoredFinding], dict[int, int]]:
    """The findings as a better program might tell them, and where each went."""
    rules: dict[str, list[str]] = {}
    for t in findings:
        rules.setdefault(t.family, []).append(t.rule)
    out: list[tuple[int, StoredFinding]] = []
    for k, t in enumerate(findings):
        if random.random() < 0.1:
            continue  # no longer told
        spots = list(t.spots)
        if len(spots) > 1 and random.random() < 0.3:
            m = random.randrange(len(spots))
            spots = [spots[m], *spots[:m], *spots[m + 1 :]]  # another culprit among the same numbers
        if len(spots) > 2 and random.random() < 0.3:
            spots = spots[: -random.randint(1, len(spots) - 2)]
        if random.random() < 0.2:
            spots.append(place_in_words("p99:1,1,2,2", "支出总表“教育支出”“合计”", "1.00"))
        if spots and random.random() < 0.2:  # the boxes are read a little otherwise
            spots = [replace(s, key=f"{s.key}+") for s in spots]
        message = (
            t.message if random.random() < 0.6 else t.message.replace("，", "；").replace("应为", "宜为")
        )
        rule = random.choice(rules[t.family]) if random.random() < 0.15 else t.rule
        new_id = t.id if random.random() < 0.6 else f"{random.getrandbits(48):012x}"
        out.append((k, replace(t, id=new_id, rule=rule, message=message, spots=tuple(spots))))
    random.shuffle(out)
    return [t for _, t in out], {k: n for n, (k, _) in enumerate(out)}


def _simulated(v: Version, random: Random, count: Count, name: str) -> None:
    ids = Counter(t.id for t in v.findings)
    findings = tuple(t for t in v.findings if ids[t.id] == 1)
    new, went = perturbed(findings, random)
    answer = reread(findings, new)
    for k, t in enumerate(findings):
        right = new[went[k]].id if k in went else None
        got = answer.get(t.id)
        texts = {x.id: x.message for x in new}
        count.add("reread", got == right, f"{name} {t.rule} {t.message} → {texts.get(got or '', '无')}（应为 {texts.get(right or '', '无')}）")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--documents", type=int, default=10, help="of each family and stage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--revised", action="store_true", help="the second version has other amounts")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    count = Count()
    spent = 0.0
    made = 0
    for name, document, again in drafts(options.documents, options.seed):
        revised = again if options.revised else document
        spent += one(name, document, revised, Random(f"{options.seed}|{name}"), count)
        made += 1
    print(
        f"{made} documents, {1000 * spent / made:.1f} ms to compare one; {count.undecided} without a known truth"
    )
    for what in ("fixed", "still", "new", "reread"):
        print(
            f"{what:7} {count.right[what]:5} of {count.all[what]:5} right  {count.right[what] / max(count.all[what], 1):.2%}"
        )
    wrongly = sum("报作 fixed" in miss for miss in count.misses)
    print(f"{wrongly} told as fixed though they were still there")
    three = ("fixed", "still", "new")
    right, every = sum(count.right[w] for w in three), sum(count.all[w] for w in three)
    print(f"compare {right:5} of {every:5} right  {right / max(every, 1):.2%}")
    for miss in count.misses if options.misses else ():
        print(miss)


if __name__ == "__main__":
    main()
