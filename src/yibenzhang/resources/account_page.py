"""What a page of 一本账 is made of: figures with where they stand, sections, and the page while it is put together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from yibenzhang.resources.contradictions import Contradiction
from yibenzhang.resources.models import Request
from yibenzhang.resources.schema import Schema

_CODES = 6
"""Codes named beside a figure; all of them stand in its JSON."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what, how much (None where it is not known, ``note`` says why), and where it stands. Money is in 元."""

    name: str
    value: Decimal | None
    unit: str = ""
    cite: str = ""
    note: str = ""
    printed: str = ""
    codes: tuple[str, ...] = ()
    words: str = ""
    """What is told in words, where it is no number of ours."""


@dataclass(frozen=True, slots=True)
class Section:
    """``id`` is that of account.toml."""

    id: str
    title: str
    figures: tuple[Figure, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """All that is known of a body as of a day."""

    body: str
    as_of: date
    sections: tuple[Section, ...]
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def unknown(self) -> list[str]:
        return [u for s in self.sections for u in s.unknown]


@dataclass(frozen=True, slots=True)
class Held:
    """An entry of the body, as far as the page looks at it."""

    kind: str
    code: str
    name: str
    state: str
    values: Mapping[str, Any]


@dataclass
class Page:
    schema: Schema
    words: Mapping[str, Mapping[str, str]]
    by_kind: Mapping[str, Sequence[Held]]
    sections: list[Section] = field(default_factory=list)

    def row(self, line: str, /, **arguments: object) -> str:
        return self.words["rows"][line].format(**arguments)

    def unknown(self, line: str, /, **arguments: object) -> str:
        return self.words["unknown"][line].format(**arguments)

    def cited(self, some: Iterable[Held | Request]) -> dict[str, Any]:
        """Where a figure of the account stands: its entries."""
        codes = tuple(e.code for e in some)
        named = "、".join(codes[:_CODES]) + ("…" if len(codes) > _CODES else "")
        citation = self.words["cites"]["account"].format(count=len(codes), codes=named) if codes else ""
        return {"cite": citation, "codes": codes}

    def counted(self, name: str, some: Sequence[Held] | Sequence[Request], **arguments: object) -> Figure:
        return Figure(self.row(name, **arguments), Decimal(len(some)), "", **self.cited(some))

    def marked(self, line: str, some: Sequence[Held], name: str, marks: Collection[object]) -> Figure:
        """How many have one of these values: known only where every one of them says it."""
        silent = [e for e in some if e.values.get(name) is None]
        matching = [e for e in some if e.values.get(name) in marks]
        if silent:
            return Figure(self.row(line), None, note=self._partly(len(silent), some, name))
        return self.counted(line, matching)

    def _partly(self, count: int, some: Sequence[Held], name: str) -> str:
        found = self.schema.kinds[some[0].kind].field(name)
        return self.unknown("partly", count=count, field=found.name if found else name)

    def summed(self, title: str, some: Sequence[Held], name: str, unit: str) -> Figure | None:
        """A sum over entries: known only where every one of them says it; none where none does."""
        known = [e for e in some if e.values.get(name) is not None]
        if not known:
            return None
        missing = len(some) - len(known)
        if missing:
            note = self._partly(missing, some, name)
            return Figure(title, None, unit, note=note, **self.cited(known))
        total = sum((Decimal(str(e.values[name])) for e in known), Decimal(0))
        return Figure(title, total, unit, **self.cited(known))

    def add(self, name: str, figures: Iterable[Figure | None], unknown: Iterable[str] = ()) -> None:
        some = tuple(f for f in figures if f is not None)
        self.sections.append(Section(name, self.words["sections"][name], some, tuple(unknown)))
