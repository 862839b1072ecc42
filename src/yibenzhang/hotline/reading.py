"""The work orders of a bureau, through its mapping of the pack ``hotline``."""

from __future__ import annotations

from typing import Any

from yibenzhang.evidence.contracts import missing, query
from yibenzhang.evidence.mappings import Mapped
from yibenzhang.evidence.measuring import Period, opened
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError

TABLE = "work_order"
READ = ("id", "received", "caller", "phone", "address", "place", "content")


def orders_of(mapped: Mapped, period: Period, limits: Limits) -> tuple[Any, str]:
    """The orders received in a period as an Arrow table, and the name of the source. Raises EvidenceError."""
    with opened(mapped, limits) as (source, away):
        if TABLE in away:
            raise EvidenceError(away[TABLE])
        if lost := [sentence for table, sentence in missing(mapped, source) if table == TABLE]:
            raise EvidenceError("".join(lost))
        values = period.values()
        wanted = ", ".join(source.named(c) for c in READ)
        when = f"received >= '{values['begin'].isoformat()}' AND received < '{values['end'].isoformat()}'"
        sql = query(mapped, source, f"SELECT {wanted} FROM {{{TABLE}}} WHERE {when}", (TABLE,))
        return source.table(sql), source.called
