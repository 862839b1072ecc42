"""Claims of disclosures into the account: entries of the kind ``claim``, each with its document, place and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from yibenzhang.resources.measures import Claim
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import Doer, Draft, add_all, change, known_keys
from yibenzhang.resources.values import plain

KIND = "claim"


def values_of(claim: Claim, body: str, year: int, document: str) -> dict[str, Any]:
    """A claim as values of an entry."""
    values: Mapping[str, Any] = {
        "name": claim.measure.name,
        "body": body,
        "year": year,
        "measure": claim.measure.id,
        "sign": claim.sign,
        "value": plain(claim.value),
        "unit": claim.unit or None,
        "document": document,
        "place": claim.place,
        "words": claim.words,
    }
    return {k: v for k, v in values.items() if v is not None}


def take_claims(
    session: Session, schema: Schema, claims: Sequence[Claim], body: str, year: int, document: str, doer: Doer
) -> tuple[int, int]:
    """Put claims into the account; how many are new and how many were there. Read again, they are changed where a
    better reading tells something else."""
    kind = schema.kinds[KIND]
    drafts = {d.key: d for c in claims for d in [Draft(kind, values_of(c, body, year, document))]}
    known = known_keys(session, KIND, drafts)
    for key, entry in known.items():
        change(session, schema, entry, drafts[key].values, entry.version, doer)
    new = [d for key, d in drafts.items() if key not in known]
    add_all(session, schema, new, doer)
    return len(new), len(known)
