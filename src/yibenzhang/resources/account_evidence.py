"""The section of 一本账 that says what was measured: each promise with its newest observation and its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.observations import Observation, Observations
from yibenzhang.evidence.packs import Pack, Promise, pack
from yibenzhang.evidence.verdicts import verdict
from yibenzhang.evidence.words import EvidenceError, evidence_words
from yibenzhang.ledger.store import Ledger
from yibenzhang.resources.account_page import Figure, Page


def evidence(page: Page, ledger: Ledger | None, body: str) -> None:
    """Of the observations beside the ledger those of this body."""
    if ledger is None:
        page.add("evidence", ())
        return
    try:
        seen = [o for o in Observations(ledger.folder).read() if o.subject == body]
    except EvidenceError as error:
        page.add("evidence", (), [str(error)])
        return
    if not seen:
        page.add("evidence", (), [page.unknown("no_evidence")])
        return
    own = _own(ledger.folder / "mappings", body)
    newest: dict[str, Observation] = {}
    for o in seen:
        before = newest.get(o.indicator)
        if before is None or o.end >= before.end:
            newest[o.indicator] = o
    page.add("evidence", [f for o in newest.values() for f in _figures(page, o, own)])


def _own(folder: Path, body: str) -> Mapping[str, Sequence[Promise]]:
    """The promises by pack that the body's own mappings hold themselves against."""
    out: dict[str, Sequence[Promise]] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            mapped = mapping_of(file)
        except EvidenceError:  # state where mappings are looked after
            continue
        if mapped.subject == body:
            out[mapped.pack.id] = mapped.promises
    return out


def _figures(page: Page, seen: Observation, own: Mapping[str, Sequence[Promise]]) -> Iterator[Figure]:
    name, _, indicator = seen.indicator.partition(".")
    try:
        chosen: Pack = pack(name)
    except EvidenceError:
        return  # a pack of one's own, which is not here
    if indicator not in chosen.indicators:
        return
    words = evidence_words()
    period = (
        seen.begin[:4]
        if (seen.begin[4:], seen.end[4:]) == ("-01-01", "-12-31")
        else f"{seen.begin}..{seen.end}"
    )
    cite = page.words["cites"]["observation"].format(
        source=seen.source or "—", time=seen.time[:10], hash=seen.hash[:12] or "—"
    )
    for promise in own.get(name, chosen.promises):
        if promise.indicator != indicator:
            continue
        state, why = verdict(promise, chosen.indicators[indicator], seen, date.fromisoformat(seen.time[:10]))
        target = f"{promise.sign or promise.by}{promise.target}{promise.unit}"
        title = page.row("measured", period=period, system=chosen.name, name=promise.name, promise=target)
        value = seen.gap if seen.value is None else f"{seen.value.normalize():,f}{seen.unit}"
        said = page.row("verdict", verdict=words["verdict"][state.value], value=value)
        yield Figure(title, seen.value, seen.unit, cite, str(words["why"][why]), words=said)
