"""A table or a passage that the program fails on takes only itself along, and is named."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from typing import TypeVar

from yibenzhang.model.issues import arguments
from yibenzhang.model.relations import NotChecked
from yibenzhang.prose.no_claims import without_claims
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Quantity, quantities_of
from yibenzhang.reading import ReadingError
from yibenzhang.recognising.profile import Profile
from yibenzhang.recognising.stitching import Framed
from yibenzhang.rules.case import Fault
from yibenzhang.standards import StandardsError

_LOG = logging.getLogger(__name__)
_OTHERS = (MemoryError, RecursionError, ReadingError, StandardsError)
"""What is about the whole file, or no failure of the program."""
_LONGEST = 40
Made = TypeVar("Made")


def contained(
    frames: Sequence[Framed], make: Callable[[Sequence[Framed]], Made]
) -> tuple[Made, tuple[Fault, ...]]:
    """What ``make`` makes of tables, without those it fails on when they are alone; these are told."""
    try:
        return make(frames), ()
    except _OTHERS:
        raise
    except Exception as error:
        broken = [(k, e) for k, f in enumerate(frames) if (e := _failure(f, make)) is not None]
        if not broken:
            raise  # of the tables together, or of something else
        rest = [f for k, f in enumerate(frames) if k not in dict(broken)]
        _LOG.warning("%d tables failed", len(broken), exc_info=error)
        return make(rest), tuple(fault(_name(frames[k]), e) for k, e in broken)


def _failure(frame: Framed, make: Callable[[Sequence[Framed]], Made]) -> Exception | None:
    try:
        make([frame])
    except _OTHERS:
        raise
    except Exception as error:
        return error
    return None


def numbers_of(
    passages: Sequence[Passage], profile: Profile
) -> tuple[tuple[tuple[Quantity, ...], ...], tuple[Fault, ...]]:
    """The numbers of each passage, none of one that the program fails on."""
    out: list[tuple[Quantity, ...]] = []
    faults = []
    for passage in passages:
        try:
            found = quantities_of(passage, profile.fiscal_year, profile.stage)
            out.append(tuple(without_claims(passage, found)))
        except _OTHERS:
            raise
        except Exception as error:
            _LOG.warning("a passage failed", exc_info=error)
            out.append(())
            faults.append(fault(f"{passage.place(0)} {passage.text[:_LONGEST]}", error))
    return tuple(out), tuple(faults)


def fault(name: str, error: Exception) -> Fault:
    """A failure of the program, with the line it came from."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.filename.rpartition('yibenzhang/')[2]}:{last.lineno}"
    return Fault(name, f"{type(error).__name__}: {error}"[:500], where)


def not_checked(faults: Sequence[Fault]) -> tuple[NotChecked, ...]:
    """What is said of them."""
    return tuple(NotChecked("", template="failed", arguments=arguments(name=f.rule)) for f in faults)


def _name(frame: Framed) -> str:
    words = frame.titles[0] if frame.titles else ""
    place = next((str(c.place) for c in frame.table.cells), "")
    return " ".join(w for w in (words[:_LONGEST], place) if w) or f"t{frame.table.index + 1}"
