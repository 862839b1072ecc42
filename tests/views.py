"""What a page shows of a checked document, through the bytes that are stored."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.checking.analysis import analysis_of
from yibenzhang.checking.check import Checked
from yibenzhang.paging.building import analysis_to_show
from yibenzhang.reports.found import Found
from yibenzhang.showing.kept import Kept
from yibenzhang.showing.stored import dumped
from yibenzhang.showing.view import View


def stored(checked: Checked, names: Sequence[str], extra: str = "") -> bytes:
    return dumped(analysis_to_show(checked, names, extra))


def view_of(checked: Checked, names: Sequence[str], extra: str = "") -> View:
    return Kept(stored(checked, names, extra)).whole()


def found_in(checked: Checked) -> Found:
    """What reports read of a document that was checked."""
    return Found(analysis_of(checked))
