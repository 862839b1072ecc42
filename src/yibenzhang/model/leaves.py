"""The pages of a document as they are shown: what stands on each, with its numbers marked."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of the page as it was read."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A printed number on a leaf; ``standing`` is proved, contradicted or alone; no box in flow leaves."""

    key: str
    text: str
    standing: str
    box: Box | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in a flow leaf; ``key`` and ``standing`` are empty where it is no number."""

    text: str
    key: str = ""
    standing: str = ""


@dataclass(frozen=True, slots=True)
class FlowCell:
    """A cell of a table in a flow leaf; ``head`` where it belongs to the table's header."""

    key: str
    pieces: tuple[Piece, ...]
    row_span: int = 1
    column_span: int = 1
    head: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph (``pieces``) or a table (``rows``) of a flow leaf; ``key`` is its place's key."""

    kind: str
    key: str
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[FlowCell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page to show. ``number`` counts from 1 over all files, ``file`` from 0; ``page`` is the page in its file.

    ``kind`` is *picture* (drawn from the file's bytes), *drawn* (from ``texts``) or *flow* (from ``blocks``).
    ``texts`` are boxes with their words; the first ``cells`` of them are cells of ruled tables. ``turn`` and
    ``skew`` are those of documents.Page. Width and height are points, 0 in flow leaves. ``scanned`` where
    what stands on it was recognised from an image.
    """

    number: int
    file: int
    page: int
    kind: str
    title: str
    width: float
    height: float
    marks: tuple[Mark, ...] = ()
    texts: tuple[tuple[Box, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    turn: int = 0
    skew: float = 0.0
    cells: int = 0
    scanned: bool = False
