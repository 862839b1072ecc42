"""What a way of reading sentences may say: it accuses as far as it held on real documents (standards/support.csv)."""

from __future__ import annotations

from yibenzhang.laws.families import POOL, POOL_ONE_IN
from yibenzhang.laws.support import measured
from yibenzhang.model.relations import Relation
from yibenzhang.rules.slips import residual


def well_supported(kind: str) -> bool:
    """At most one in so many of that kind failed on real documents."""
    held, failed = measured().get(kind, (0, 0))
    return held >= POOL and failed * POOL_ONE_IN <= held + failed


def holds(relation: Relation) -> bool:
    """What rounding leaves open has a zero in it."""
    left = residual(relation)
    return left.low <= 0 <= left.high
