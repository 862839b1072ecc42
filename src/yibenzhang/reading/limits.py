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
MAX_FORM_ROWS = 20_000
MAX_MARKS = 5_000_000
MAX_XML_BYTES = 32 * 1024 * 1024
MAX_XML_DEPTH = 60
MAX_ZIP_ENTRIES = 5_000
MAX_ZIP_DEPTH = 2
MAX_ZIP_RATIO = 200
MAX_ZIP_BYTES = 2 * 1024 * 1024 * 1024


class ReadingError(Exception):
    """A file that cannot be read; the message is one sentence for a person."""
