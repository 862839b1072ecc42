"""Bounds on hostile or accidental input, in one place; docs/limits.md states them."""

from __future__ import annotations

MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_PAGES = 3000
MAX_CHARS_PER_PAGE = 60_000
MAX_OBJECTS_PER_PAGE = 120_000
MAX_RULES_PER_PAGE = 20_000
MAX_FORM_DEPTH = 6
MAX_TEXT_LINES = 2_000_000
MAX_LINE_CHARS = 200_000
MAX_GRID_POSITIONS = 2_000_000
MAX_SCAN_PIXELS = 60_000_000
MAX_SCAN_STRIPS = 4000
MAX_SCAN_FRAMES = 1000
SCAN_SECONDS = 60
"""A page whose recognition takes longer is broken off; MAX_SCAN_STRIPS is reached well before that."""


class ReadingError(Exception):
    """A file that cannot be read; the message is one sentence for a person."""
