"""The issues of an Analysis: each with its key, and its evidence with the section it stands in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from yibenzhang.checking.check import Checked
from yibenzhang.checking.relate import names_of_tables
from yibenzhang.model.fact_keys import FactKey
from yibenzhang.model.issues import Arguments, Evidence, Issue, Value
from yibenzhang.model.places import InFile, Place, file_of, plain

Row = tuple[Any, ...]
Keys = Mapping[str, FactKey]
UNCONFIRMED = ".unconfirmed"
"""How the rule of a doubt ends that another finding made less sure."""


def issues(c: Checked, keys: Keys) -> Iterator[Row]:
    for n, i in enumerate(c.findings):
        arguments = json.dumps(_plain(i.arguments), ensure_ascii=False, sort_keys=True)
        yield (
            i.id,
            i.rule,
            i.severity.value,
            i.message,
            arguments,
            i.reported,
            i.expected,
            i.unit,
            i.certain,
            n,
            key_of(i, i.rule, keys),
            _surer(i, keys),
            i.difference,
            i.basis,
        )


def _plain(values: Arguments) -> Mapping[str, Any]:
    return {name: _value(v) for name, v in values}


def _value(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, Decimal) else value


def _surer(issue: Issue, keys: Keys) -> str:
    sure = issue.rule.removesuffix(UNCONFIRMED)
    return key_of(issue, sure, keys) if sure != issue.rule else ""


def key_of(issue: Issue, rule: str, keys: Keys) -> str:
    """Rule, what is spoken of (the key of the number, or the printed words) and what is printed there: no line, no
    page, no order. A number that was changed and is still wrong is another finding."""
    first = issue.evidence[0] if issue.evidence else None
    if first is None:
        about = issue.message
    elif first.fact:
        known = keys.get(first.fact)
        about = f"{known or '|'.join((first.table_name, first.row, first.column))}|{first.text}"
    else:
        about = first.text or issue.message
    named = f"{rule}|{''.join(about.split())}"
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def evidence(c: Checked, keys: Keys) -> Iterator[Row]:
    sections = _Sections(c)
    for n, issue in enumerate(c.findings):
        shown: list[tuple[str, Evidence, str, str]] = [("evidence", e, "", "") for e in issue.evidence]
        shown += [("suspect", s.evidence, s.suggestion, s.why) for s in issue.suspects]
        for nth, (role, e, suggestion, why) in enumerate(shown):
            inner = e.place.inner if isinstance(e.place, InFile) else e.place
            yield (
                issue.id,
                nth,
                role,
                e.fact,
                str(keys.get(e.fact, "")),
                e.table,
                e.row,
                e.column,
                e.text,
                suggestion,
                file_of(e.place),
                e.place.page,
                inner.key,
                n,
                e.table_name,
                sections.of(e),
                e.value,
                why,
                plain(e.place),
            )


class _Sections:
    """The table or the section of the text a place stands in."""

    def __init__(self, checked: Checked) -> None:
        self._checked = checked

    @cached_property
    def _of(self) -> dict[Place, str]:
        out: dict[Place, str] = {}
        for p in self._checked.passages:
            for _, paragraph in p.pieces:
                out.setdefault(paragraph.place, " › ".join(p.section[-2:]))
        names = names_of_tables(self._checked.tables)
        for t in self._checked.tables:
            for cell in t.table.table.cells:
                out.setdefault(cell.place, names.get(t.table.id, ""))
        return out

    def of(self, e: Evidence) -> str:
        """The table of a number or of words in a cell, the headings above words of the text."""
        return e.table_name if e.table else self._of.get(e.place, "")
