"""How the account itself counts what claims tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from yibenzhang.resources.contradictions import count_of, rows_of, tables, with_quality
from yibenzhang.resources.measures import Measure
from yibenzhang.resources.models import Entry
from yibenzhang.resources.schema import Schema


def own_counts(
    session: Session, schema: Schema, measures: Mapping[str, Measure], claims: Sequence[Entry]
) -> dict[str, Decimal | None]:
    """For each claim by its code the account's own count; None where it cannot know."""
    if not claims:
        return {}
    with tables(schema, rows_of(session, schema)) as con:
        with_quality(con, session)
        out = {}
        for e in claims:
            m = measures.get(str(e.values.get("measure")))
            out[e.code] = count_of(con, m, e.body, int(e.values.get("year") or 0)) if m else None
        return out
