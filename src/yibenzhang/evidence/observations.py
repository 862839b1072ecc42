"""Observations: what was measured, when, by which query, of which bytes. Only ever added.

They lie in one file of JSON lines, ``observations.jsonl``, beside the batches of a ledger. Each line carries the hash
of the line before it, so that a line changed or taken out is noticed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from yibenzhang.evidence.chains import Chain, broken

NAME = "observations.jsonl"
_NUMBERS = ("value", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Observation:
    """One measurement. ``value`` is None for a gap, ``gap`` then says why; it is never zero in its place.

    ``indicator``: ``pack.indicator``; ``subject``: whose; ``begin`` and ``end``: first and last day of the period
    (ISO); ``unit`` of ``value``; ``numerator`` and ``denominator`` where it is a share; ``query``: as it was run;
    ``source``: what was read, without anything secret; ``time``: when, as the caller says; ``hash``: SHA-256 of what
    was read, empty where nothing was; ``by``: who told it, where a person did.
    """

    indicator: str
    subject: str
    begin: str
    end: str
    value: Decimal | None
    unit: str
    numerator: Decimal | None
    denominator: Decimal | None
    query: str
    source: str
    time: str
    hash: str
    gap: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.gap):
            raise ValueError("an observation has a value or says why it has none")


class Observations:
    """The observations of a folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / NAME
        self._chain = Chain(self.file)

    def append(self, found: Sequence[Observation]) -> None:
        """Add, on the disk when this returns. Raises EvidenceError where the file was tampered with."""
        if not found:
            return

        def made(there: list[dict[str, Any]]) -> list[dict[str, Any]]:
            _observations(there)
            return [_line(one) for one in found]

        self._chain.append(made)

    def read(self) -> list[Observation]:
        """All, in the order in which they were added. Raises EvidenceError where one was changed or taken out."""
        return _observations(self._chain.read())


def latest(observations: Sequence[Observation]) -> list[Observation]:
    """Of each indicator, subject and period the one added last."""
    found = {(o.indicator, o.subject, o.begin, o.end): o for o in observations}
    return list(found.values())


def _line(one: Observation) -> dict[str, Any]:
    return {k: str(v) if k in _NUMBERS and v is not None else v for k, v in asdict(one).items()}


def _observations(lines: Sequence[dict[str, Any]]) -> list[Observation]:
    out = []
    known = {f.name for f in fields(Observation)}
    for number, data in enumerate(lines, start=1):
        try:
            if set(data) - known:
                raise ValueError
            numbers = {k: None if data[k] is None else Decimal(data[k]) for k in _NUMBERS}
            out.append(Observation(**{**data, **numbers}))
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise broken(number) from error
    return out
