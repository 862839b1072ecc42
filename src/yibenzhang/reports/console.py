"""The terminal: what comes from outside is shown there and never acts, neither as markup nor as control characters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.segment import Segment

from yibenzhang.model.text import shown


class Terminal(Console):
    """A console without markup, emoji and highlighting; control characters are shown as pictures."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **settings)

    def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=shown(segment.text))

    def on_broken_pipe(self) -> None:
        """Nobody reads any more: told by its own exit status (guarding), not by Rich's 1."""
        raise BrokenPipeError
