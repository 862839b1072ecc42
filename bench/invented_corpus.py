"""A corpus of invented bodies over several years, with a known number of planted errors of known kinds."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from random import Random

from yibenzhang.drafting.codes import Codes
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.data import FIELDS, records
from yibenzhang.drafting.families import family
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.invented import body
from yibenzhang.drafting.lookup import measured, tables_of
from yibenzhang.drafting.parts import LABELS, Draft, Grid, Words
from yibenzhang.drafting.pipeline import WRITERS
from yibenzhang.drafting.tables import Maker
from yibenzhang.drafting.tally import Tally
from yibenzhang.model.amounts import parse_amount
from yibenzhang.standards import load

REGIONS = ("hubei", "shanghai", "jiangsu", "national")
YEARS = 3
"""Years of each body; every year has a budget and accounts, the first year only a budget and accounts too."""
_LAST = {"hubei": 2026, "shanghai": 2025, "jiangsu": 2026, "national": 2026}
CHUNK = 200
"""Documents to one file of facts."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted error: its kind, the table (or 正文), the row and column, what it was and what it is now."""

    document: str
    kind: str
    table: str
    row: str
    column: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Which:
    """A document of the corpus: which body, region, year and stage."""

    number: int
    body: int
    region: str
    year: int
    stage: str

    @property
    def name(self) -> str:
        return f"{self.number:06d}-{self.region}-{self.year}-{self.stage}"


def which(number: int) -> Which:
    """The document of that number: bodies one after another, each with its years and both stages."""
    one, rest = divmod(number, YEARS * 2)
    region = REGIONS[one % len(REGIONS)]
    year = _LAST[region] - YEARS + 1 + rest // 2
    return Which(number, one, region, year, "budget" if rest % 2 == 0 else "accounts")


def figures_of(w: Which, seed: int) -> Figures:
    """The figures of a document, with those of the year before and of the budget it completes."""
    figures = body(seed, w.body, w.region, w.stage, w.year)
    last = _measures(seed, w.body, w.region, w.stage, w.year - 1) if w.number % (YEARS * 2) > 1 else {}
    planned = _measures(seed, w.body, w.region, "budget", w.year) if w.stage == "accounts" else {}
    return replace(figures, last=last, planned=planned)


def _measures(seed: int, number: int, region: str, stage: str, year: int) -> dict[str, Decimal]:
    """What the tables of that document print, without writing its text."""
    figures = body(seed, number, region, stage, year)
    grids = grids_of(figures)
    tables = tables_of(grids, stage, load("" if region == "national" else region))
    return measured(family(region, stage), tables) | dict(figures.extra)


def _three_public(seed: int, w: Which) -> dict[str, Decimal]:
    """The only budget figures that a table of the accounts prints."""
    budget = body(seed, w.body, w.region, "budget", w.year)
    tally, measures = Tally(budget.entries, budget.units), family(w.region, "budget").measures
    general = {"flow": "out", "source": "general"}
    names = ("three_public", "abroad", "cars", "car_buy", "car_run", "reception")
    return {name: tally.sum(general, measures[name])[0] for name in names}


def grids_of(figures: Figures) -> list[Grid]:
    return Maker(figures, family(figures.family, figures.stage), Codes(figures.year, figures.names)).grids()


# ---- planting ------------------------------------------------------------------------------


def digit(number: str, random: Random) -> str:
    at = random.choice([k for k, c in enumerate(number) if c.isdigit() and (k or len(number) == 1)] or [0])
    return number[:at] + random.choice([d for d in "123456789" if d != number[at]]) + number[at + 1 :]


def swapped(number: str, random: Random) -> str:
    digits = number.replace(",", "")
    pairs = [k for k in range(len(digits) - 1) if digits[k : k + 2].isdigit() and digits[k] != digits[k + 1]]
    if not pairs:
        return number
    at = random.choice(pairs)
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def lost_point(number: str, random: Random) -> str:
    return number.replace(".", "").replace(",", "")


_CELLS: dict[str, Callable[[str, Random], str]] = {
    "错一位数字": digit,
    "两位数字颠倒": swapped,
    "丢小数点": lost_point,
}
_RATE = re.compile(r"(?<=(?:增长|下降))\d+\.\d\d(?=%)")
_WAY = re.compile(r"增加(?=[\d,]+\.\d\d万元，增长)|减少(?=[\d,]+\.\d\d万元，下降)")
_AMOUNT = re.compile(r"(?<![\d,.])[\d,]+\.\d\d(?=万元)")
KINDS = (*_CELLS, "两栏颠倒", "漏一行", "正文错一位数字", "增长率错", "增减方向错")


def plant(draft: Draft, name: str, random: Random, kind: str) -> tuple[Draft, Planted] | None:
    """The draft with one error of a kind, or None where it has no place for one."""
    if kind in _CELLS:
        return _in_cell(draft, name, random, kind)
    if kind in ("两栏颠倒", "漏一行"):
        return _in_row(draft, name, random, kind)
    pattern, change = {
        "正文错一位数字": (_AMOUNT, digit),
        "增长率错": (_RATE, digit),
        "增减方向错": (_WAY, lambda w, _: "减少" if w == "增加" else "增加"),
    }[kind]
    places = [
        (k, m) for k, p in enumerate(draft.parts) if isinstance(p, Words) for m in pattern.finditer(p.text)
    ]
    places = [(k, m) for k, m in places if kind == "增减方向错" or m.group().strip("0.,")]
    if not places:
        return None
    k, m = random.choice(places)
    part = draft.parts[k]
    assert isinstance(part, Words)
    now = change(m.group(), random)
    text = part.text[: m.start()] + now + part.text[m.end() :]
    told = Planted(name, kind, "正文", part.text[max(0, m.start() - 20) : m.start()], "", m.group(), now)
    return _with(draft, k, Words(text)), told


def _with(draft: Draft, k: int, part: Words | Grid) -> Draft:
    return replace(draft, parts=(*draft.parts[:k], part, *draft.parts[k + 1 :]))


def _numbers(grid: Grid) -> Iterator[tuple[int, int]]:
    for r, row in enumerate(grid.rows):
        for c, kind in enumerate(grid.columns):
            if kind not in LABELS and (a := parse_amount(row[c])) and abs(a.value) >= 1:
                yield r, c


def _label(grid: Grid, r: int, c: int) -> str:
    words = [grid.rows[r][k] for k in range(c) if grid.columns[k] in LABELS and grid.rows[r][k] not in "<^"]
    return words[-1] if words else ""


def _grids(draft: Draft) -> list[tuple[int, Grid]]:
    return [(k, p) for k, p in enumerate(draft.parts) if isinstance(p, Grid) and p.header]


def _in_cell(draft: Draft, name: str, random: Random, kind: str) -> tuple[Draft, Planted] | None:
    places = [(k, g, r, c) for k, g in _grids(draft) for r, c in _numbers(g)]
    for _ in range(20 if places else 0):
        k, g, r, c = random.choice(places)
        was = g.rows[r][c]
        now = _CELLS[kind](was, random)
        if now.replace(",", "") != was.replace(",", ""):
            row = (*g.rows[r][:c], now, *g.rows[r][c + 1 :])
            made = replace(g, rows=(*g.rows[:r], row, *g.rows[r + 1 :]))
            return _with(draft, k, made), Planted(
                name, kind, g.standard, _label(g, r, c), g.columns[c], was, now
            )
    return None


def _in_row(draft: Draft, name: str, random: Random, kind: str) -> tuple[Draft, Planted] | None:
    grids = [(k, g) for k, g in _grids(draft) if "code" in g.columns and len(g.rows) > 3]
    random.shuffle(grids)
    for k, g in grids:
        rows = [(r, [c for q, c in _numbers(g) if q == r]) for r in range(1, len(g.rows) - 1)]
        rows = [(r, cs) for r, cs in rows if cs]
        if kind == "漏一行" and rows:
            r, cs = random.choice(rows)
            made = replace(g, rows=(*g.rows[:r], *g.rows[r + 1 :]))
            told = Planted(name, kind, g.standard, _label(g, r, cs[0]), "", g.rows[r][cs[0]], "")
            return _with(draft, k, made), told
        wide = [(r, cs) for r, cs in rows if len(cs) > 1 and len({g.rows[r][c] for c in cs}) > 1]
        if kind == "两栏颠倒" and wide:
            r, cs = random.choice(wide)
            a = cs[0]
            b = next(c for c in cs if g.rows[r][c] != g.rows[r][a])
            row = list(g.rows[r])
            row[a], row[b] = row[b], row[a]
            made = replace(g, rows=(*g.rows[:r], tuple(row), *g.rows[r + 1 :]))
            told = Planted(
                name, kind, g.standard, _label(g, r, a), f"{g.columns[a]}/{g.columns[b]}", row[b], row[a]
            )
            return _with(draft, k, made), told
    return None


def document(number: int, seed: int, errors: Decimal, prose: bool) -> tuple[Draft, list[Planted]]:
    """A document of the corpus with its planted errors; without prose only its tables are made."""
    w = which(number)
    if prose:
        draft = compose(figures_of(w, seed)).draft
    else:
        figures = body(seed, w.body, w.region, w.stage, w.year)
        if w.stage == "accounts":
            figures = replace(figures, planned=_three_public(seed, w))
        draft = Draft(figures.body, w.year, w.stage, f"{w.region}-{w.stage}", (), tuple(grids_of(figures)))
    random = Random(f"{seed}/plant/{number}")
    kinds = [k for k in KINDS if prose or k in _CELLS or k in ("两栏颠倒", "漏一行")]
    if random.random() >= float(errors):
        return draft, []
    # kinds in turn, so that their numbers are known and even
    for k in range(len(kinds)):
        found = plant(draft, w.name, random, kinds[(number + k) % len(kinds)])
        if found is not None:
            return found[0], [found[1]]
    return draft, []


# ---- writing -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    first: int
    last: int
    seed: int
    errors: Decimal
    folder: str
    formats: tuple[str, ...]


def write_corpus(
    folder: Path, documents: int, seed: int, errors: Decimal, formats: tuple[str, ...] = (), jobs: int = 1
) -> Iterator[tuple[int, list[Planted]]]:
    """Write documents as facts (compressed CSV, many to a file) or, with formats, as files; yields what is done.

    The planted errors are told to the caller and in errors.jsonl. The same seed gives the same corpus.
    """
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, documents, CHUNK)
    work = [Job(a, min(a + CHUNK, documents), seed, errors, str(folder), formats) for a in starts]
    with (folder / "errors.jsonl").open("w", encoding="utf-8") as out:
        for count, planted in _run(work, jobs):
            for p in planted:
                out.write(json.dumps(asdict(p), ensure_ascii=False) + "\n")
            yield count, planted


def _run(work: list[Job], jobs: int) -> Iterator[tuple[int, list[Planted]]]:
    if jobs < 2:
        yield from map(_chunk, work)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_chunk, work)


def _chunk(job: Job) -> tuple[int, list[Planted]]:
    planted: list[Planted] = []
    numbers = range(job.first, job.last)
    if job.formats:
        for n in numbers:
            draft, found = document(n, job.seed, job.errors, True)
            planted += found
            for kind in job.formats:
                WRITERS[kind](draft, Path(job.folder) / f"{which(n).name}.{kind}")
        return len(numbers), planted
    path = Path(job.folder) / f"facts-{job.first:06d}.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as f:
        writer = csv.writer(f)
        writer.writerow(("document", *FIELDS))
        for n in numbers:
            draft, found = document(n, job.seed, job.errors, False)
            planted += found
            name = which(n).name
            writer.writerows((name, *r.values()) for r in records(draft))
    return len(numbers), planted


def by_kind(planted: list[Planted]) -> dict[str, int]:
    """How many errors of each kind."""
    ordered = sorted(planted, key=lambda p: p.kind)
    return {kind: len(list(group)) for kind, group in groupby(ordered, key=lambda p: p.kind)}
