"""How far reading has come, for whoever asks to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_recognised: ContextVar[Callable[[], None] | None] = ContextVar("recognised", default=None)
_told: ContextVar[Callable[[int, int], None] | None] = ContextVar("told", default=None)


@contextmanager
def telling(tell: Callable[[int, int], None]) -> Iterator[None]:
    """Inside, ``tell(number, count)`` is called as each page of a file begins to be read; number from 1."""
    token = _told.set(tell)
    try:
        yield
    finally:
        _told.reset(token)


def begins(number: int, count: int) -> None:
    """A page begins."""
    if tell := _told.get():
        tell(number, count)


@contextmanager
def recognising(tell: Callable[[], None]) -> Iterator[None]:
    """Inside, ``tell()`` is called before each page that is recognised from a picture."""
    token = _recognised.set(tell)
    try:
        yield
    finally:
        _recognised.reset(token)


def recognises() -> None:
    """A page begins to be recognised from a picture."""
    if tell := _recognised.get():
        tell()
