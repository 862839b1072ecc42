"""An Analysis as bytes, in pieces: a page reads the pieces it shows, not the whole document.

A line that says which tables there are, of which columns and how long each piece is; then the pieces, compressed JSON:
one for each column, or of what stands on leaves one for each leaf, column by column. What another version wrote is read
as far as its columns are known; those it had not are empty.
"""

from __future__ import annotations

import gc
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from threading import Lock
from typing import Any

from yibenzhang.model.analysis import PASSING, SCHEMA, STORED, VERSION, Analysis, Rows, Tables
from yibenzhang.model.pages import LEAVES
from yibenzhang.reading.limits import MAX_VIEW_BYTES

BROKEN = "保存的核对结果已损坏，需要重新核对。"
_OTHER = "保存的核对结果是另一版本的，需要重新核对。"


_DAMAGE = (zlib.error, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading damaged bytes may raise."""


class StoredError(ValueError):
    """Bytes that are no analysis, or of a version that is not known."""


def dumped(analysis: Analysis) -> bytes:
    """The analysis as bytes; the same analysis gives the same."""
    index: dict[str, Any] = {}
    pieces: list[bytes] = []
    for name in (n for n in analysis.tables if n not in PASSING):
        columns = analysis.tables[name]
        kinds = tuple(SCHEMA[name].items())[1:]
        if name in LEAVES:
            made = [_packed(part[1:]) for part in _by_leaf(analysis, columns)]
        else:
            made = [
                _packed(_plain(column, kind)) for (_, kind), column in zip(kinds, columns[1:], strict=True)
            ]
        index[name] = [[column for column, _ in kinds], [len(p) for p in made]]
        pieces += made
    head = json.dumps([VERSION, analysis.document, index], separators=(",", ":"))
    return head.encode() + b"\n" + b"".join(pieces)


def _by_leaf(analysis: Analysis, columns: Rows) -> list[Rows]:
    """The rows of each leaf; ``leaf`` is the column after the document."""
    rows: list[list[tuple[Any, ...]]] = [[] for _ in analysis.tables["leaves"][0]]
    for row in zip(*columns, strict=True):
        rows[row[1] - 1].append(row)
    return [tuple(zip(*found, strict=True)) if found else tuple(() for _ in columns) for found in rows]


def _plain(column: Sequence[Any], kind: str) -> Sequence[Any]:
    return [str(v) if v is not None else None for v in column] if kind == "decimal" else column


def _packed(values: Any) -> bytes:
    return zlib.compress(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(), 6)


_EMPTY: Mapping[str, Any] = {"text": "", "texts": (), "ints": (), "boxes": (), "bool": False}
"""What a column holds that its writer did not know; None for other types."""


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    **dict.fromkeys(("texts", "ints", "box", "boxes", "place"), _tuples),
}


def _made(column: Sequence[Any], kind: str) -> Sequence[Any]:
    make = _KINDS.get(kind)
    return [v if v is None else make(v) for v in column] if make else column


class Stored(Tables):
    """The tables of a stored analysis, each column read when it is asked for. Raises StoredError, also then."""

    def __init__(self, data: bytes) -> None:
        self._data, self._left = data, MAX_VIEW_BYTES
        self._at: dict[str, tuple[dict[str, int], list[tuple[int, int]]]] = {}
        with reading():
            end = data.index(b"\n")
            head = json.loads(data[:end])
            if not isinstance(head, list) or not head or head[0] not in STORED:
                raise StoredError(_OTHER)
            _, self.document, tables = head
            start = end + 1
            for name, (columns, lengths) in tables.items():
                places = []
                for length in lengths:
                    places.append((start, start + max(int(length), 0)))
                    start = places[-1][1]
                self._at[name] = {column: k for k, column in enumerate(columns)}, places
            if start != len(data):
                raise StoredError(BROKEN)

    def begin(self) -> None:
        """What is read from now on may take so much memory as one view may."""
        self._left = MAX_VIEW_BYTES

    def __getitem__(self, table: str) -> Rows:
        if table in LEAVES:
            return self._leaves(table)
        found = [self.column(table, name) for name in list(SCHEMA[table])[1:]]
        count = len(found[0])
        if any(len(column) != count for column in found):
            raise StoredError(BROKEN)
        return ((self.document,) * count, *map(tuple, found))

    def column(self, table: str, name: str) -> Sequence[Any]:
        if table in LEAVES or name == "document":
            return super().column(table, name)
        with reading():
            known, places = self._at.get(table, ({}, []))
            if name in known:
                return _made(self._json(places[known[name]]), SCHEMA[table][name])
            count = len(self._json(places[0])) if places else 0
            return (_EMPTY.get(SCHEMA[table][name]),) * count

    def _leaves(self, table: str) -> Rows:
        """All that stands on leaves."""
        count = len(self._at.get(table, ({}, []))[1])
        rows = [(self.document, n, *row) for n in range(1, count + 1) for row in self.on_leaf(table, n)]
        return tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in SCHEMA[table])

    def on_leaf(self, table: str, number: int) -> Iterator[tuple[Any, ...]]:
        """The rows of a table of LEAVES that stand on a leaf, without the document and the leaf."""
        with reading():
            known, places = self._at.get(table, ({}, []))
            if number > len(places):
                return iter(())
            found = self._json(places[number - 1])
            kinds = list(SCHEMA[table].items())[2:]
            columns = [
                _made(found[known[name]], kind) if name in known else (_EMPTY.get(kind),) * len(found[0])
                for name, kind in kinds
            ]
            return zip(*columns, strict=True)

    def _json(self, place: tuple[int, int]) -> list[Any]:
        """What a piece says."""
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(self._data[place[0] : place[1]], max(self._left, 1))
        self._left -= len(text)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise StoredError("保存的核对结果过大或不完整。")
        found = json.loads(text)
        if not isinstance(found, list):
            raise StoredError(BROKEN)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(SCHEMA)

    def __len__(self) -> int:
        return len(SCHEMA)


def loaded(data: bytes) -> Analysis:
    """The analysis that was dumped. Raises StoredError, also when a table of it is asked for."""
    tables = Stored(data)
    return Analysis(tables.document, tables)


@contextmanager
def reading() -> Iterator[None]:
    """What damaged bytes raise is a StoredError; no garbage is looked for meanwhile."""
    try:
        with _uncollected:
            yield
    except StoredError:
        raise
    except _DAMAGE as error:
        raise StoredError(BROKEN) from error


class _Uncollected:
    """No garbage is looked for while an analysis is read: ten thousand small objects, none in a circle, would set
    off searches of everything the process holds, which take longer than the loading. Threads may overlap."""

    def __init__(self) -> None:
        self._lock, self._inside, self._was = Lock(), 0, False

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._was = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._was:
                gc.enable()


_uncollected = _Uncollected()
