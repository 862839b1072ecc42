"""Bounds on hostile or accidental input, in one place; docs/limits.md states them."""

from __future__ import annotations

MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_PART_BYTES = 256 * 1024 * 1024
MAX_PART_TAGS = 12_000_000
MAX_PART_RATIO = 300
MAX_PARTS = 20_000
MAX_SHEETS = 500
MAX_SHEET_CELLS = 1_000_000
MAX_CELL_CHARS = 40_000
MAX_OFFICE_CHARS = 60_000_000
MAX_HTML_BYTES = 32 * 1024 * 1024
MAX_HTML_DEPTH = 250
MAX_CONVERT_SECONDS = 90
MAX_PAGES = 3000
MAX_CHARS_PER_PAGE = 60_000
MAX_OBJECTS_PER_PAGE = 120_000
MAX_RULES_PER_PAGE = 20_000
MAX_FORM_DEPTH = 6
MAX_TEXT_LINES = 2_000_000
MAX_LINE_CHARS = 200_000
MAX_GRID_POSITIONS = 2_000_000


class ReadingError(Exception):
    """A file that cannot be read; the message is one sentence for a person."""
