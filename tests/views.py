"""What a page shows of a checked document, through the bytes that are stored."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.checking.check import Checked
from yibenzhang.showing.building import analysis_to_show
from yibenzhang.showing.kept import Kept
from yibenzhang.showing.stored import dumped
from yibenzhang.showing.view import View


def stored(checked: Checked, names: Sequence[str], extra: str = "") -> bytes:
    return dumped(analysis_to_show(checked, names, extra))


def view_of(checked: Checked, names: Sequence[str], extra: str = "") -> View:
    return Kept(stored(checked, names, extra)).whole()
