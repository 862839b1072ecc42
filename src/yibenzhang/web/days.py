"""Days as forms of the pages give them."""

from __future__ import annotations

from datetime import date

from yibenzhang.office.access import Refused


def day_of(text: str) -> date | None:
    """A day as a form gives it, or None. Raises Refused."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused("日期请写成 2026-02-10 的形式。") from error
