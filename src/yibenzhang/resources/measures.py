"""Counts and promises that disclosures tell, and how the account itself counts the same
(standards/resources/claims.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yibenzhang.model.documents import Document, Paragraph, Table
from yibenzhang.model.places import LinePlace, Place
from yibenzhang.recognising.indicators import target_of
from yibenzhang.resources.schema import merged
from yibenzhang.standards import StandardsError, fold


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted: by ``sql`` over the tables of ``contradictions.tables``; where the account holds nothing of its
    ``kind`` the count is unknown. ``own_body``: only what is of the body that says it."""

    id: str
    name: str
    kind: str
    units: frozenset[str]
    scale: Mapping[str, int]
    labels: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    sql: str
    own_body: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that a disclosure tells, as a condition (=, >=, <=, >, <), with where it stands and the words."""

    measure: Measure
    sign: str
    value: Decimal
    unit: str
    place: str
    words: str


_SIGNS = {"≥": ">=", "≤": "<=", ">": ">", "<": "<", "=": "=", "": "="}


def measures_of(extra: str = "") -> dict[str, Measure]:
    """The measures by id. Raises StandardsError."""
    return {i: _measure(i, e) for i, e in merged(extra, "claims").get("measure", {}).items()}


def _measure(name: str, e: Mapping[str, Any]) -> Measure:
    where = f"claims.toml [[measure]] {name}"
    try:
        patterns = tuple(re.compile(p) for p in e.get("patterns", ()))
        if any("value" not in p.groupindex for p in patterns):
            raise StandardsError(f"{where}: (?P<value>…)")
        return Measure(
            name,
            e["name"],
            e["kind"],
            frozenset(map(fold, e.get("units", ()))),
            {fold(k): v for k, v in e.get("scale", {}).items()},
            frozenset(map(fold, e.get("labels", ()))),
            patterns,
            e["sql"],
            bool(e.get("body", False)),
        )
    except KeyError as error:
        raise StandardsError(f"{where}: {error.args[0]}") from error
    except re.error as error:
        raise StandardsError(f"{where}: {error}") from error


def claims_in(document: Document, measures: Mapping[str, Measure]) -> list[Claim]:
    """What a document tells, each thing once: the same number in a table and a sentence is one claim."""
    out: dict[tuple[str, str, Decimal], Claim] = {}
    for block in document.blocks():
        found = _in_paragraph(block, measures) if isinstance(block, Paragraph) else _in_table(block, measures)
        for c in found:
            out.setdefault((c.measure.id, c.sign, c.value), c)
    return list(out.values())


def place_words(place: Place) -> str:
    """Where it stands, for people."""
    return f"第{place.line}行" if isinstance(place, LinePlace) else str(place)


def _in_paragraph(p: Paragraph, measures: Mapping[str, Measure]) -> Iterator[Claim]:
    yield from claims_in_text(p.text, place_words(p.place), measures)


def claims_in_text(text: str, place: str, measures: Mapping[str, Measure]) -> Iterator[Claim]:
    """What a sentence tells."""
    for m in measures.values():
        for pattern in m.patterns:
            for found in pattern.finditer(text):
                words = text[max(found.start() - 20, 0) : found.end() + 20]
                yield Claim(m, "=", Decimal(found["value"]), "", place, words)


def claims_in_row(
    texts: Sequence[str], places: str | Sequence[str], measures: Mapping[str, Measure]
) -> Iterator[Claim]:
    """A row of indicators: the name of one, and after it the last cell that is a number with its sign and unit."""
    by_label = {label: m for m in measures.values() for label in m.labels}
    at = [places] * len(texts) if isinstance(places, str) else places
    for k, text in enumerate(texts):
        m = by_label.get(fold(text))
        claim = _target(m, texts[k + 1 :], at[k + 1 :], text) if m else None
        if claim:
            yield claim
        yield from claims_in_text(text, at[k], measures)


def _in_table(t: Table, measures: Mapping[str, Measure]) -> Iterator[Claim]:
    rows: dict[int, list[Any]] = {}
    for cell in t.cells:
        rows.setdefault(cell.row, []).append(cell)
    for cells in rows.values():
        cells.sort(key=lambda c: c.column)
        yield from claims_in_row([c.text for c in cells], [place_words(c.place) for c in cells], measures)


def _target(m: Measure, texts: Sequence[str], places: Sequence[str], label: str) -> Claim | None:
    for text, place in zip(reversed(texts), reversed(places), strict=True):
        target = target_of(text)
        if target is None:
            continue
        factor = 1 if target.unit in m.units or not target.unit else m.scale.get(target.unit)
        if factor is not None:
            words = f"{label} {text}"
            unit = target.unit if factor == 1 else ""
            return Claim(m, _SIGNS[target.sign], target.number * factor, unit, place, words)
    return None
