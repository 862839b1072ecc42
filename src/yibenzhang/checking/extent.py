"""How far a check went: what share of which numbers was proved, and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass

from yibenzhang.balance.coverage import Coverage
from yibenzhang.model.issues import Severity

LITTLE = 60
"""Where less than so many percent are proved, "nothing was found" is no answer by itself."""
ONE_IN = 3
"""Where no error is told and less than one in so many is proved, the document could not be checked."""

LOST_ONE_IN = 3
"""Where one page in so many was not read, the rest is not the document."""


@dataclass(frozen=True, slots=True)
class Extent:
    """``kind``: what the document is (recognising.document_kinds); ``not_understood``: names of tables with headings
    that are not known and numbers under them that nothing proves."""

    kind: str
    tables: Coverage
    text: Coverage
    not_understood: tuple[str, ...]
    worst: Severity | None
    lost: int = 0
    """Pages that were not read, or not wholly."""
    pages: int = 0
    cut: bool = False
    """Reading ended at a bound."""

    @property
    def counted(self) -> Coverage:
        """The numbers that decide: those of the tables, of a text without tables its own."""
        return self.tables if over(self.tables) else self.text

    @property
    def share(self) -> int:
        """Of the numbers that are not zero, how many percent are proved, rounded down."""
        return share(self.counted)

    @property
    def little(self) -> bool:
        return self.share < LITTLE

    @property
    def unread(self) -> bool:
        """So much was not read that what was read is not the document."""
        return self.cut or (self.lost > 0 and self.lost * LOST_ONE_IN >= self.pages)

    @property
    def partial(self) -> bool:
        """The tables were checked, most of the text was not."""
        return not self.little and bool(over(self.text)) and share(self.text) < LITTLE

    @property
    def too_little(self) -> bool:
        """So little was checked that silence says nothing."""
        c = self.counted
        return self.worst is not Severity.ERROR and (
            self.unread or not over(c) or ONE_IN * c.proved < over(c)
        )


def over(c: Coverage) -> int:
    """How many numbers there are, those apart that stand among zeros only."""
    return c.numbers - c.trivial


def share(c: Coverage) -> int:
    return 100 * c.proved // over(c) if over(c) else 0
