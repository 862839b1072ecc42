"""What a way of reading sentences may say: it accuses as far as it held on real documents (standards/support.csv)."""

from __future__ import annotations

from functools import lru_cache

from yibenzhang.laws.families import POOL
from yibenzhang.laws.support import measured
from yibenzhang.model.relations import Relation, Supported
from yibenzhang.rules.slips import residual

ONE_IN = 30
"""So many instances of a kind of reading may have at most one that failed."""


ANOTHER = ", another "
"""A reading of another fund or kind than the heading speaks of is like no other."""


def well_supported(kind: str, one_in: int = ONE_IN) -> bool:
    """At most one in so many of that kind failed on real documents; a kind seen too seldom to tell goes with those
    like it."""
    held, failed = measured().get(kind, (0, 0))
    if held + failed < (POOL if failed else one_in) and ANOTHER not in kind:
        held, failed = _pooled().get(_coarse(kind), (0, 0))
    return held >= POOL and failed * one_in <= held + failed


@lru_cache(maxsize=1)
def _pooled() -> dict[str, tuple[int, int]]:
    """What the kinds that differ only in how the words name the number held and failed together."""
    out: dict[str, tuple[int, int]] = {}
    for kind, (held, failed) in measured().items():
        before = out.get(_coarse(kind), (0, 0))
        out[_coarse(kind)] = (before[0] + held, before[1] + failed)
    return out


def _coarse(kind: str) -> str:
    """A kind without its first words: "text|path, clause|nowhere" is like "text|words, clause|nowhere"."""
    family, _, rest = kind.partition("|")
    how, _, last = rest.rpartition("|")
    return f"{family}|{how.partition(', ')[2]}|{last}"


def holds(relation: Relation) -> bool:
    """What rounding leaves open has a zero in it."""
    left = residual(relation)
    return left.low <= 0 <= left.high


def supporting(option: Supported) -> int:
    """So many of its witnesses hold."""
    return sum(holds(w) for w in option.witnesses)
