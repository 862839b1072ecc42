"""How often the collector of garbage looks for cycles in a process of the program."""

from __future__ import annotations

import gc

FEWER = (20_000, 20, 50)


def seldom() -> None:
    """A document makes a hundred thousand objects and hardly a cycle: looking at Python's usual pace takes a quarter of
    the time of a check."""
    gc.set_threshold(*FEWER)
