"""What a source gives: tables of rows to ask with SQL, within limits, and the hash of what was read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from yibenzhang.evidence.words import EvidenceError, say

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` a query may run, ``rows`` it may give, ``memory`` of an embedded database, ``size`` in bytes of a
    file or answer; ``orders``: rows of a table that is taken whole."""

    seconds: float = 60
    rows: int = 10_000
    memory: str = "1GB"
    size: int = 4_000_000_000
    orders: int = 20_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows with the names of their columns; ``hash``: SHA-256 of what was read."""

    columns: tuple[str, ...]
    rows: Rows
    hash: str


class Source(Protocol):
    """An open source. ``called``: its name without anything secret; ``dialect``: of its SQL."""

    called: str
    dialect: str

    def columns(self, table: str) -> Mapping[str, str] | None:
        """Columns of a table with their types; None where there is no such table."""

    def named(self, name: str) -> str:
        """A name as SQL quotes it."""

    def ask(self, sql: str, values: Mapping[str, Any]) -> Reading:
        """The rows of one guarded SELECT with values for ``:name``. Raises EvidenceError."""

    def table(self, sql: str) -> Any:
        """All rows of one guarded SELECT as an Arrow table, for what is computed in an embedded database. Raises
        EvidenceError."""

    def close(self) -> None: ...


def secret(name: str) -> str:
    """The value of an environment variable. Raises EvidenceError where it is not set."""
    found = os.environ.get(name, "")
    if not found:
        raise EvidenceError(say("no_variable", name=name))
    return found


def hash_of_rows(columns: Sequence[str], rows: Rows) -> str:
    text = json.dumps([list(columns), [list(r) for r in rows]], ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
