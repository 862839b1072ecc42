"""What the text of a source says in amounts and its draft does not: listed, so that nothing is lost unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from yibenzhang.drafting.lookup import WAN, wan
from yibenzhang.drafting.parts import Draft, Words
from yibenzhang.drafting.source import TextAmount
from yibenzhang.model.amounts import narrow

_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)(万元|元)")


def omitted(draft: Draft, amounts: Iterable[TextAmount]) -> list[TextAmount]:
    """The amounts of a source's text that no sentence of the draft tells, each once; none that are nothing."""
    in_draft = {n for p in draft.parts if isinstance(p, Words) for n in _amounts(p.text)}
    seen: set[Decimal] = set()
    out = []
    for a in amounts:
        value = wan(a.amount)
        if value and value not in in_draft and value not in seen:
            out.append(a)
        seen.add(value)
    return out


def by_heading(amounts: Iterable[TextAmount]) -> dict[str, list[TextAmount]]:
    """The amounts under the headings they stand below, in printed order."""
    out: dict[str, list[TextAmount]] = {}
    for a in amounts:
        out.setdefault(a.heading, []).append(a)
    return out


def _amounts(text: str) -> Iterator[Decimal]:
    """The amounts of a sentence, in 万元 as they are compared."""
    for number, unit in _AMOUNT.findall(re.sub(r"\s", "", narrow(text))):
        value = Decimal(number.replace(",", ""))
        if value < Decimal(10) ** 15:
            yield wan(value * WAN if unit == "万元" else value)
