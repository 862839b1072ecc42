"""What a sentence says of its numbers, as one statement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Quantity


class Says(StrEnum):
    """What a claim says of its numbers."""

    GROWTH = "growth"
    """change, rate and this year's amount: rate = change / (amount - change)"""
    SINCE = "since"
    """this year's amount, last year's amount, and a change or a rate between them"""
    SHARE = "share"
    COMPLETION = "completion"
    CHANGE = "change"
    """a change of this year's amount, without a rate"""
    MORE = "more"
    LESS = "less"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a sentence.

    ``subject`` is the number spoken of, ``against`` the number it is compared with (may be missing: then
    ``base`` names it), ``change`` and ``rate`` the printed change and percentage.
    """

    says: Says
    passage: Passage
    at: int
    subject: Quantity | None = None
    against: Quantity | None = None
    change: Quantity | None = None
    rate: Quantity | None = None
    base: str = ""
    words: str = ""
    loose: bool = False
    """The sentence may speak of something else: the claim proves where it holds and accuses nothing."""
    within: Quantity | None = None
    """The whole of the list the subject stands in, of which the sentence may speak instead."""
