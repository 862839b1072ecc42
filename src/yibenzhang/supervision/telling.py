"""An assessment as rows and sentences, for the command line, the page and the lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from yibenzhang.evidence.packs import Pack
from yibenzhang.supervision.conditions import title
from yibenzhang.supervision.definitions import Amount
from yibenzhang.supervision.scoring import Part, Standing, standings
from yibenzhang.supervision.store import Score, Version
from yibenzhang.supervision.words import words

RANKED = ("scheme", "version", "period", "dimension", "rank", "group", "total")
PARTS = ("measure", "numerator", "denominator", "value", "unit", "points", "weight")
COLUMNS: Mapping[str, str] = {k: words()["heads"][k] for k in (*RANKED, *PARTS)}


def dimension_title(pack: Pack | None, name: str) -> str:
    """What a dimension is called; its id where the pack is not here."""
    found = [t.columns[name] for t in pack.tables.values() if name in t.columns] if pack else []
    return title(found[0]) if found else name


def group_title(name: str) -> str:
    return name or str(words()["terms"]["blank"])


def chosen(score: Score, dimension: str = "", group: str | None = None) -> list[Standing]:
    """The standings of a score, of one dimension and one group where they are given."""
    found = standings(score.version.definition, score.counts)
    return [s for s in found if dimension in ("", s.dimension) and group in (None, s.group)]


def rows(score: Score, found: Sequence[Standing], pack: Pack | None) -> Iterator[dict[str, Any]]:
    """A row for each group and measure."""
    for s in found:
        head = {
            "scheme": score.version.definition.name,
            "version": score.version.number,
            "period": score.period,
            "dimension": dimension_title(pack, s.dimension),
            "rank": s.rank,
            "group": group_title(s.group),
            "total": _plain(s.total),
        }
        for part in s.parts:
            yield {**head, **_part(part)}


def _part(p: Part) -> dict[str, Any]:
    return {
        "measure": p.measure.name,
        "numerator": _plain(p.above),
        "denominator": _plain(p.below),
        "value": _plain(p.value),
        "unit": p.measure.unit,
        "points": _plain(p.points),
        "weight": _plain(p.measure.weight),
    }


def _plain(value: Decimal | None) -> str | None:
    """A number without an exponent and without zeros that say nothing."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_csv(score: Score, found: Sequence[Standing], pack: Pack | None) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS.values())
    for row in rows(score, found, pack):
        writer.writerow([_safe(row[k]) for k in COLUMNS])
    return out.getvalue()


def _safe(value: object) -> object:
    """No cell of a list is a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _number(text) else text


def _number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def sentences(score: Score, found: Sequence[Standing], pack: Pack | None) -> Iterator[str]:
    """The ranking for people."""
    said = words()["report"]
    definition = score.version.definition
    seen = ""
    for s in found:
        if s.dimension != seen:
            seen = s.dimension
            yield said["head"].format(
                name=definition.name,
                version=score.version.number,
                period=score.period,
                dimension=dimension_title(pack, seen),
            )
        parts = "；".join(
            said["part"].format(
                measure=p.measure.name,
                value="—" if p.value is None else f"{_plain(p.value)}{p.measure.unit}",
                points="—" if p.points is None else _plain(p.points),
            )
            for p in s.parts
        )
        total = said["no_total"] if s.total is None else f"{_plain(s.total)}"
        rank = "—" if s.rank is None else str(s.rank)
        line = said["line"].format(rank=rank, group=group_title(s.group), total=total, parts=parts)
        yield line.replace(f"{said['no_total']} 分", said["no_total"])
    missing = dict.fromkeys((c.measure, c.gap) for c in score.gaps)
    for measure, gap in missing:
        yield said["gap"].format(measure=measure, gap=gap)


def definition_rows(version: Version) -> list[dict[str, Any]]:
    """A version's measures as people read them."""
    return [
        {
            "measure": m.name,
            "table": m.table,
            "above": amount_text(m.above),
            "below": amount_text(m.below) if m.below else "",
            "unit": m.unit,
            "weight": _plain(m.weight),
            "zero": _plain(m.zero),
            "full": _plain(m.full),
        }
        for m in version.definition.measures
    ]


def amount_text(amount: Amount) -> str:
    """``合计 检查用时：方式 = 双随机``."""
    head = " ".join(x for x in (words()["what"][amount.what], amount.column) if x)
    return f"{head}：{amount.where}" if amount.where else head
