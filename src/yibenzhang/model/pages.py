"""The tables of an Analysis that hold what a page shows of a document (showing.view)."""

from __future__ import annotations

from collections.abc import Mapping

PAGES: Mapping[str, Mapping[str, str]] = {
    "shown_files": {"document": "text", "called": "text", "leaves": "int"},
    "leaves": {
        "document": "text",
        "number": "int",
        "file": "int",
        "page": "int",
        "kind": "text",
        "title": "text",
        "width": "float",
        "height": "float",
        "turn": "int",
        "skew": "float",
        "cells": "int",
        "scanned": "bool",
    },
    "texts": {"document": "text", "leaf": "int", "box": "box", "printed": "text"},
    "marks": {
        "document": "text",
        "leaf": "int",
        "key": "text",
        "printed": "text",
        "standing": "text",
        "box": "box",
    },
    "blocks": {"document": "text", "leaf": "int", "block": "int", "kind": "text", "key": "text"},
    "block_cells": {
        "document": "text",
        "leaf": "int",
        "block": "int",
        "row": "int",
        "cell": "int",
        "key": "text",
        "row_span": "int",
        "column_span": "int",
        "head": "bool",
    },
    "pieces": {
        "document": "text",
        "leaf": "int",
        "block": "int",
        "cell": "int",
        "printed": "text",
        "key": "text",
        "standing": "text",
    },
    "numbers": {
        "document": "text",
        "key": "text",
        "fact": "text",
        "leaf": "int",
        "words": "text",
        "printed": "text",
        "standing": "text",
    },
    "proofs": {"document": "text", "relation": "int", "arithmetic": "text"},
    "spots": {
        "document": "text",
        "number": "int",
        "role": "text",
        "nth": "int",
        "key": "text",
        "leaf": "int",
        "box": "box",
        "words": "text",
        "printed": "text",
        "more": "boxes",
    },
    "sum_keys": {"document": "text", "number": "int", "nth": "int", "key": "text"},
    "section_leaves": {"document": "text", "leaf": "int"},
    "notices": {"document": "text", "message": "text", "leaf": "int", "unread": "bool"},
    "rules": {"document": "text", "rule": "text", "name": "text"},
}
"""Table → column → type, as in model.analysis; made where somebody will look at pages. ``leaf`` counts from 1; those of
LEAVES stand on one leaf each. ``cell`` counts the cells of a leaf, and is None in a run of a paragraph."""
LEAVES = ("texts", "marks", "blocks", "block_cells", "pieces")
