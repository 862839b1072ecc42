"""How the records that a document has thousands of are pickled: in half the time that dataclasses take by
themselves."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def packed(record: type[T]) -> type[T]:
    """A frozen dataclass with two fields or more in slots, whose state is the tuple of their values."""
    names: tuple[str, ...] = record.__slots__  # type: ignore[attr-defined]
    values = attrgetter(*names)
    puts = tuple(getattr(record, name).__set__ for name in names)

    def state(self: T) -> Any:
        return values(self)

    def restore(self: T, state: Iterable[Any]) -> None:
        for put, value in zip(puts, state, strict=True):
            put(self, value)

    record.__getstate__ = state  # type: ignore[method-assign,assignment]
    record.__setstate__ = restore  # type: ignore[attr-defined]
    return record
