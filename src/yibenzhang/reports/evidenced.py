"""Promises against observations for people, for programs and as tables; packs as pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from yibenzhang.evidence.availability import Verdict
from yibenzhang.evidence.observations import Observation, latest
from yibenzhang.evidence.packs import Indicator, Pack, Promise
from yibenzhang.evidence.verdicts import verdict
from yibenzhang.evidence.words import evidence_words

SCHEMA = "yibenzhang/evidence/1"
_SHOWN = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Line:
    """A promise, what was seen of it last, and what became of it; ``why`` is a word of words.toml."""

    pack: Pack
    promise: Promise
    seen: Observation | None
    verdict: Verdict
    why: str

    @property
    def indicator(self) -> Indicator:
        return self.pack.indicators[self.promise.indicator]


def promised(
    pack: Pack,
    promises: Sequence[Promise],
    observations: Sequence[Observation],
    subject: str,
    begin: date,
    end: date,
) -> list[Line]:
    """Each promise of a pack with the last observation of this subject and period. How far the period was over is
    known by the observation's own time."""
    of = (subject, begin.isoformat(), end.isoformat())
    seen = {o.indicator: o for o in latest(observations) if (o.subject, o.begin, o.end) == of}
    out = []
    for promise in promises:
        one = seen.get(f"{pack.id}.{promise.indicator}")
        at = date.fromisoformat(one.time[:10]) if one else begin
        out.append(Line(pack, promise, one, *verdict(promise, pack.indicators[promise.indicator], one, at)))
    return out


def shown(value: Decimal | None) -> str:
    """A value for people: at most six decimals, cut off and not rounded, so that 99.9999999 % is not 100 %."""
    if value is None:
        return ""
    cut = value.quantize(_SHOWN, ROUND_FLOOR) if value.as_tuple().exponent < -6 else value  # type: ignore[operator]
    text = f"{cut:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_text(seen: Observation) -> str:
    """The value with its unit, or the reason of a gap; what is a yes or a no, so."""
    if seen.value is None:
        return seen.gap
    if seen.unit == evidence_words()["report"]["yes_unit"] and seen.value in (0, 1):
        return str(evidence_words()["sample"]["yes" if seen.value else "no"])
    return shown(seen.value) + seen.unit


def promise_text(promise: Promise) -> str:
    return f"{promise.sign}{promise.target}{promise.unit}"


def lines(found: Sequence[Line]) -> Iterator[str]:
    said = evidence_words()["report"]
    for x in found:
        if x.seen is None:
            value = said["never"]
        elif x.seen.value is None:
            value = said["missing"].format(gap=x.seen.gap)
        else:
            value = said["measured"].format(value=value_text(x.seen), end=x.seen.time[:10])
        yield said["line"].format(
            verdict=evidence_words()["verdict"][x.verdict.value],
            name=x.promise.name,
            promise=promise_text(x.promise),
            value=value,
            why=evidence_words()["why"][x.why],
        )


def row(x: Line) -> dict[str, Any]:
    seen = x.seen
    return {
        "pack": x.pack.id,
        "indicator": x.promise.indicator,
        "name": x.promise.name,
        "promise": promise_text(x.promise),
        "period": x.promise.period,
        "value": None if seen is None or seen.value is None else f"{seen.value:f}",
        "unit": x.indicator.unit,
        "verdict": x.verdict.value,
        "why": x.why,
        **{
            k: getattr(seen, k) if seen else ""
            for k in ("gap", "begin", "end", "time", "source", "query", "hash", "by")
        },
    }


def report(found: Sequence[Line]) -> Mapping[str, Any]:
    return {"schema": SCHEMA, "promises": [row(x) for x in found]}


def observed_rows(found: Sequence[Observation]) -> list[dict[str, Any]]:
    """Observations for programs: numbers as strings, None for what is not known."""
    names = Observation.__dataclass_fields__
    out = []
    for o in found:
        values = {n: getattr(o, n) for n in names}
        out.append({n: f"{v:f}" if isinstance(v, Decimal) else v for n, v in values.items()})
    return out


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV; nothing where there are none."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: _safe(v) for k, v in r.items()} for r in rows)
    return out.getvalue()


def _safe(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") and not _is_number(value):
        return "'" + value
    return value


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def pack_rows(found: Sequence[Pack]) -> list[dict[str, Any]]:
    out = []
    for p in found:
        asked = sum(i.asked for i in p.indicators.values())
        out.append(
            {
                "id": p.id,
                "name": p.name,
                "tables": len(p.tables),
                "computed": len(p.indicators) - asked,
                "asked": asked,
                "promises": len(p.promises),
            }
        )
    return out


def pack_page(pack: Pack) -> str:
    """The page of a pack in Markdown: what it promises, which tables it needs, how it measures."""
    said = evidence_words()["page"]
    out = [f"# {pack.name}（`{pack.id}`）", said["made"], pack.about, f"## {said['promises']}"]
    out.append(
        _grid(
            said["promise_head"],
            [[x.name, promise_text(x), x.period, f"`{x.indicator}`", _kept(x)] for x in pack.promises],
        )
    )
    if pack.tables:
        out.append(f"## {said['tables']}")
    for t in pack.tables.values():
        kinds = evidence_words()["kind"]
        period = said["events"].format(time=t.time) if t.time else said["register"]
        rows = [
            [f"`{c.name}`", kinds[c.kind], said["blank"] if c.blank else "", c.meaning]
            for c in t.columns.values()
        ]
        out += [f"### `{t.name}`", f"{t.meaning}。{period}", _grid(said["column_head"], rows)]
    out.append(f"## {said['indicators']}")
    for i in pack.indicators.values():
        how = f"```sql\n{i.query}\n```" if i.query else said["asked"].format(document=i.document)
        out += [f"### `{i.id}` {i.name}（{i.unit}）", how]
    return "\n\n".join(out) + "\n"


def _kept(promise: Promise) -> str:
    return (
        evidence_words()["why"]["no_target"]
        if promise.limit is None
        else f"{promise.by} {shown(promise.limit)}"
    )


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    made = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in r) + " |" for r in made)


def evidence_page(found: Sequence[tuple[Pack, Mapping[str, Observation]]]) -> str:
    """Every promise with its pack, indicator, query and value on the sample data."""
    said = evidence_words()["page"]
    rows = []
    for pack, seen in found:
        for x in pack.promises:
            i, one = pack.indicators[x.indicator], seen.get(f"{pack.id}.{x.indicator}")
            how = f"`{i.query}`" if i.query else said["asked"].format(document=i.document)
            value = f"{shown(one.value)}{i.unit}" if one and one.value is not None else "—"
            rows.append([pack.name, x.name, promise_text(x), x.period, f"`{pack.id}.{i.id}`", how, value])
    return _grid(said["evidence_head"], rows)
