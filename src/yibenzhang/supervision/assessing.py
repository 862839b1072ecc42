"""An assessment from beginning to end: the mapping, the counts, the score that is kept; what is due; what is recorded
as evidence that it was done."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from yibenzhang.evidence.mappings import Mapped, mapping_of
from yibenzhang.evidence.measuring import entered
from yibenzhang.evidence.observations import Observation
from yibenzhang.evidence.packs import pack
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError
from yibenzhang.supervision.counting import Count, counts, span_of
from yibenzhang.supervision.definitions import Definition, fits
from yibenzhang.supervision.store import Assessments, Score, Version
from yibenzhang.supervision.words import say, words

PACK, INDICATOR = "supervision", "assessment"


def mapped_of(definition: Definition, folder: Path) -> Mapped:
    """The mapping of a definition in ``mappings`` of a ledger. Raises EvidenceError."""
    place = folder / "mappings"
    name = definition.mapping
    if name not in {f.name for f in place.glob("*.toml")}:
        raise EvidenceError(say("mapping_away", file=name, folder="mappings"))
    return mapping_of(place / name)


def save(
    store: Assessments, definition: Definition, time: str, by: str, before: int | None = None
) -> Version:
    """The next version, once it fits the pack of its mapping. Raises EvidenceError."""
    fits(definition, mapped_of(definition, store.folder).pack)
    return store.save(definition, time, by, before)


def assess(store: Assessments, version: Version, period: str, time: str, by: str, limits: Limits) -> Score:
    """Read, score and keep. Raises EvidenceError where it cannot even be asked; what could not be read is a gap."""
    called, source, found = read(store, version, period, time, limits)
    return store.keep(version, called, time, by, source, found)


def read(
    store: Assessments, version: Version, period: str, time: str, limits: Limits
) -> tuple[str, str, list[Count]]:
    """The period as it is called, the source, the counts as they are now."""
    called, span = span_of(version.definition, period)
    mapped = mapped_of(version.definition, store.folder)
    source, found = counts(version.definition, mapped, span, time, limits)
    return called, source, found


def last_period(every: str, today: date) -> str:
    """The last period that is over."""
    if every == "year":
        return str(today.year - 1)
    before = today.replace(day=1) - timedelta(days=1)
    if every == "month":
        return f"{before.year}-{before.month:02d}"
    quarter = (today.month - 1) // 3
    return f"{today.year}-Q{quarter}" if quarter else f"{today.year - 1}-Q4"


def due(store: Assessments, today: date) -> list[tuple[Version, str]]:
    """Schemes whose last whole period was not assessed without a gap yet, with that period."""
    newest = {v.definition.name: v for v in store.versions()}
    done = {(s.version.definition.name, s.period) for s in store.scores() if not s.gaps}
    asked = [(v, last_period(v.definition.every, today)) for v in newest.values()]
    return [(v, p) for v, p in asked if (v.definition.name, p) not in done]


def evidence_of(score: Score, mapped: Mapped, document: Path, time: str) -> Observation:
    """That the assessment is configured, drawn and many-sided, with its list as the document. Raises EvidenceError
    where this score does not show it."""
    definition = score.version.definition
    if mapped.pack.id != PACK:
        raise EvidenceError(say("record_pack", name=definition.name))
    if len(definition.dimensions) < 2:
        raise EvidenceError(say("record_dimensions", number=score.number))
    if score.gaps:
        raise EvidenceError(say("record_gaps", number=score.number))
    _, span = span_of(definition, score.period)
    year = span.end.year
    whole = type(span)(date(year, 1, 1), date(year, 12, 31))
    by = str(words()["report"]["by"])
    return entered(pack(PACK), INDICATOR, "1", document, mapped.subject, whole, time, by)
