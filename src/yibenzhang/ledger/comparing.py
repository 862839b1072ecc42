"""The rules across documents: what several documents of the ledger say of the same, told as questions with both
sides."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from yibenzhang.ledger.causes import Difference, causes
from yibenzhang.ledger.connecting import KEPT
from yibenzhang.ledger.parquet import write_rows
from yibenzhang.ledger.parting import asked
from yibenzhang.model.amounts import unit_named
from yibenzhang.standards import RuleEntry, Standards, load
from yibenzhang.standards.templates import fill

if TYPE_CHECKING:
    import duckdb

    from yibenzhang.ledger.store import Ledger

RULES = ("equal", "sums", "carried", "vanished", "project", "peers")
"""The queries of the rules (across/*.sql), those that speak first before others of the same cause."""
_ALONE = frozenset({"across.project", "across.peers", "across.vanished"})
"""What these say of two numbers is no difference that another explains."""
_UNNAMED = re.compile(r"[^一-鿿]|[类款项]$")
_ALIKE = 0.6
"""Names of one code that share fewer of their characters are names of two things."""


@dataclass(frozen=True, slots=True)
class Side:
    """A number of one document: what stands where. ``value`` in 元; ``sentence``: what a sentence comes to."""

    document: str
    body: str
    year: int
    stage: str
    level: str
    path: str
    address: str
    file: str
    page: int | None
    place: str
    title: str
    label: str
    heading: str
    printed: str
    unit: str
    value: Decimal
    key: str
    depth: int
    sentence: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class AcrossFinding:
    """One question across documents. ``who`` and ``year``: of whom and when; ``sides``: the two numbers; ``more``: the
    other numbers that differ from the same cause, two by two; ``gap`` in 元, None where it has no meaning."""

    id: str
    rule: str
    severity: str
    name: str
    message: str
    basis: tuple[str, ...]
    who: str
    year: int
    gap: Decimal | None
    sides: tuple[Side, ...]
    more: tuple[tuple[Side, ...], ...]


_At: TypeAlias = "tuple[int, int | None, bool, int]"
"""Where a number is: the number of its document, its place (across/told.sql), whether a sentence says it, its cell."""


@dataclass(frozen=True, slots=True)
class _Row:
    rule: str
    template: str
    a: _At
    b: _At
    values: Mapping[str, Any]


def compare(
    ledger: Ledger, extra: str = "", spill: Path | None = None, memory: str = "4GB", spark: Any = None
) -> list[AcrossFinding]:
    """All findings across the documents of a ledger. ``spill``: a folder for what memory does not hold; ``spark``: a
    session that asks the rules instead of DuckDB (ledger.spark)."""
    with closing(ledger.connect(memory=memory, spill=spill, compared=False)) as con:
        if spark is None:
            rows = [_row(*r) for r in asked(con, ledger.batch_folders(), RULES)]
        else:
            from yibenzhang.ledger.spark import asked as asked_there

            rows = sorted((_row(*r) for r in asked_there(ledger, con, RULES, spark)), key=_first)
        sides = _sides(con, rows)
        whole = _documents(con, rows)
    rows = [r for r in rows if r.a in sides and (r.b in sides or r.b[1] is None)]
    return _findings(rows, sides, whole, load("", extra))


_SIDE = ("document", "year", "stage", "file", "page", "title", "label", "heading", "printed", "unit")


def keep(ledger: Ledger, findings: Sequence[AcrossFinding]) -> None:
    """Keep the findings in the ledger, as table asked_across of its connections, in place of those kept before."""
    rows = [
        {
            **{n: getattr(f, n) for n in ("id", "rule", "severity", "message", "who", "year", "gap")},
            "more": len(f.more),
            **{f"{x}_{n}": getattr(s, n) for x, s in zip("ab", f.sides, strict=True) for n in _SIDE},
        }
        for f in findings
    ]
    write_rows(rows, ledger.folder / KEPT)


def _row(
    rule: str,
    template: str,
    a: int,
    a_place: int | None,
    a_sentence: bool,
    b: int,
    b_place: int | None,
    cell: int,
    b_cell: int,
    more: Mapping[str, Any],
) -> _Row:
    return _Row(rule, template, (a, a_place, a_sentence, cell), (b, b_place, False, b_cell), more)


_ORDER = ("across.carried", "across.vanished", "across.project", "across.peers")


def _first(row: _Row) -> tuple[Any, ...]:
    """The order in which DuckDB gives the rows: rule by rule, those of the sums after the equalities."""
    nth = 1 if row.template == "sum" else 2 + _ORDER.index(row.rule) if row.rule in _ORDER else 0
    absent = [(x is None, x) for x in (row.a[1], row.b[1])]
    return nth, row.rule, row.template, row.a[0], absent[0], row.a[2], row.b[0], absent[1], row.a[3], row.b[3]


_SIDES = """
SELECT w.n, w.place, w.sentence, w.cell, d.document, d.body, d.year, d.stage, d.level, d.path, d.address,
       coalesce(nullif(f.file, ''), d.path), f.page, f.place, f.title, f.label, f.heading, f.printed,
       f.unit_name, f.value, f.key,
       length(f.function) + length(f.department) + length(f.government) + (f.project <> '')::INT + (f.item <> '')::INT
         + (f.kind <> '')::INT + (f.fund <> '')::INT - f.total::INT AS depth, w.sentence, f.function ||
         f.department || f.government AS code, f.fact AS fact
FROM wanted w JOIN known d USING (n) JOIN all_facts f ON f.document = d.document AND f.batch = d.batch AND
f.cell = w.cell
  AND at_place(f.unit, f.version, f.told_stage) = w.place
WHERE NOT w.sentence
UNION ALL
SELECT w.n, w.place, w.sentence, w.cell, d.document, d.body, d.year, d.stage, d.level, d.path, d.address,
       coalesce(nullif(f.file, ''), d.path), f.page, f.place, f.section, f.label, f.words, f.printed,
       f.unit_name, f.value, '',
       length(f.function) + length(f.department) + length(f.government) + (f.project <> '')::INT + (f.item <> '')::INT
         + (f.kind <> '')::INT + (f.fund <> '')::INT, w.sentence, f.function || f.department || f.government, f.fact
FROM wanted w JOIN known d USING (n) JOIN all_statements f ON f.document = d.document AND f.batch = d.batch AND
f.cell = w.cell
  AND at_place('', f.version, f.told_stage) = w.place
WHERE w.sentence
ORDER BY 1, 2, 3, 4, f.page, fact
"""


def _sides(con: duckdb.DuckDBPyConnection, rows: Sequence[_Row]) -> dict[_At, Side]:
    """What stands where of every number that the rules speak of, read in one go; the first where it stands twice."""
    con.execute("CREATE TEMP TABLE wanted (n INTEGER, place UBIGINT, sentence BOOLEAN, cell BIGINT)")
    wanted = sorted({x for r in rows for x in (r.a, r.b) if x[1] is not None})
    if wanted:
        con.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?)", wanted)
    out: dict[_At, Side] = {}
    for n, place, sentence, cell, *rest, _ in con.execute(_SIDES).fetchall():
        out.setdefault((n, place, sentence, cell), Side(*rest))
    return out


def _documents(con: duckdb.DuckDBPyConnection, rows: Sequence[_Row]) -> dict[int, tuple[str, int, Side]]:
    """Body and year of each document, and the document as a side without a number."""
    wanted = sorted({x[0] for r in rows for x in (r.a, r.b)})
    found = con.execute(
        "SELECT n, who, document, body, year, stage, level, path, address FROM known WHERE list_contains(?, n)",
        [wanted],
    )
    return {
        n: (
            who,
            year,
            Side(
                document,
                body,
                year,
                stage,
                level,
                path,
                address,
                "",
                None,
                "",
                "",
                "",
                "",
                "",
                "",
                Decimal(0),
                "",
                0,
            ),
        )
        for n, who, document, body, year, stage, level, path, address in found.fetchall()
    }


def _findings(
    rows: Sequence[_Row],
    sides: Mapping[Any, Side],
    whole: Mapping[int, tuple[str, int, Side]],
    standards: Standards,
) -> list[AcrossFinding]:
    spoken: list[tuple[_Row, Side, Side]] = [(r, sides[r.a], sides.get(r.b, whole[r.b[0]][2])) for r in rows]
    differing = [x for x in spoken if x[0].rule not in _ALONE and not rebuilt(*x[1:])]
    out = [
        _finding([differing[k] for k in group], whole, standards)
        for group in causes([_difference(*x) for x in differing])
    ]
    alone: dict[tuple[Any, ...], list[tuple[_Row, Side, Side]]] = {}
    for x in spoken:
        if x[0].rule in _ALONE:
            alone.setdefault(_together(*x), []).append(x)
    for group in alone.values():
        group.sort(key=lambda x: -x[1].depth)
        out.append(_finding(group, whole, standards))
    order = {"error": 0, "warning": 1, "notice": 2}
    return sorted(out, key=lambda f: (order[f.severity], f.who, f.year, f.rule, f.id))


def _together(row: _Row, a: Side, b: Side) -> tuple[Any, ...]:
    """What one of these rules says of one cause: a vanished number with those above it that have its value."""
    if row.rule == "across.vanished":
        return row.rule, row.a[0], row.b[0], a.value
    return row.rule, row.template, row.a, row.b


def rebuilt(a: Side, b: Side) -> bool:
    """One code under two names that are not alike: the classification was made anew, the numbers are of two things."""
    one, other = (_UNNAMED.sub("", s.label) for s in (a, b))
    if not (a.code and b.code and one and other) or one in other or other in one:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() < _ALIKE


def _difference(row: _Row, a: Side, b: Side) -> Difference:
    pair = (min(row.a[0], row.b[0]), max(row.a[0], row.b[0]))
    slack = Decimal("0.5") if min(a.value, b.value) > 10_000 else Decimal("0.005")
    return Difference(pair, _gap(row, a, b), slack, max(a.depth, b.depth), (row.b[0], row.b[3]))


def _gap(row: _Row, a: Side, b: Side) -> Decimal:
    return Decimal(row.values.get("total") or a.value) - b.value


def _finding(
    group: Sequence[tuple[_Row, Side, Side]], whole: Mapping[int, tuple[str, int, Side]], standards: Standards
) -> AcrossFinding:
    """The finding of one cause: its first row speaks, the others stand with it."""
    row, a, b = group[0]
    entry = standards.rule_by_id[row.rule]
    assert isinstance(entry, RuleEntry)
    gap = None if row.rule in _ALONE else _gap(row, a, b)
    # what stands in the other document is not known where only one of them has the number
    more = tuple(x[1:] for x in group[1:])
    values = {
        **_values("a", a),
        **_values("b", b),
        **{k: _plain(v) for k, v in row.values.items()},
        "more_count": len(more) or None,
    }
    if gap is not None:
        scale = _scale(b.unit)
        values |= {"gap": _plain(abs(gap) / scale), "gap_unit": b.unit}
        if row.values.get("total") is not None:
            values["total"] = _plain(Decimal(row.values["total"]) / scale)
    message = fill(entry.message, row.template, values, standards.message_words)
    who, year, _ = whole[row.b[0]]
    seal = hashlib.sha256(
        "|".join((row.rule, a.document, a.key or a.place, b.document, b.key or b.place)).encode()
    )
    basis = tuple(standards.bases[x] for x in entry.basis)
    return AcrossFinding(
        seal.hexdigest()[:12],
        row.rule,
        entry.severity,
        entry.name,
        message,
        basis,
        who,
        year,
        gap,
        (a, b),
        more,
    )


def _scale(unit: str) -> Decimal:
    found = unit_named(unit)
    return found.factor if found else Decimal(1)


def _values(side: str, s: Side) -> dict[str, Any]:
    where = "".join(f"“{x}”" for x in (s.label, s.heading) if x and not s.sentence)
    scale = _scale(s.unit)
    return {
        f"{side}_body": s.body,
        f"{side}_year": s.year,
        f"{side}_stage": s.stage,
        f"{side}_title": f"《{s.title}》" if s.title else "",
        f"{side}_label": s.label,
        f"{side}_where": where,
        f"{side}_printed": s.printed,
        f"{side}_unit": s.unit,
        f"{side}_words": s.heading,
        f"{side}_value": _plain(s.value / scale),
    }


def _plain(value: Any) -> Any:
    """Numbers without zeros that say nothing."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
