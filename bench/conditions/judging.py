"""What became of a condition: each number of the disclosure read right, told as not read, or lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from bench.conditions.disclosure import expected
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.issues import Severity
from yibenzhang.reading import ReadingError, read_data

TELLING = ("reading.page", "reading.cell", "wording.grouping", "wording.number")
READ, TOLD, LOST, FALSE, WRONG = "read", "told", "lost", "false", "wrong"


@dataclass(frozen=True, slots=True)
class Condition:
    """``make`` gives the bytes of the file. ``value``: what the changed cell means where that is not what it is in
    the control; None where it cannot be read. ``finds``: rules that are right to speak."""

    kind: str
    name: str
    make: Callable[[], bytes]
    value: str = ""
    finds: tuple[str, ...] = ()
    more: tuple[tuple[str, str, str], ...] = ()
    """Row, column and number of what else the file prints."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict: read, told, lost (silently), wrong (another number, or one that is not painted) or false (error)."""

    condition: Condition
    verdict: str
    detail: str = ""


def judged(condition: Condition, changed: tuple[str, str]) -> Judged:
    """One condition; ``changed`` is the key of the cell that conditions of one cell change."""
    try:
        data = condition.make()
        checked = check_document(read_data("条件", data))
    except ReadingError as error:
        return Judged(condition, TOLD, str(error))
    except Exception as error:  # a program error is the worst answer of all
        return Judged(condition, WRONG, f"{type(error).__name__}: {error}")
    false = [
        f"{f.rule}: {f.message}"
        for f in checked.findings
        if f.severity in (Severity.ERROR, Severity.WARNING) and not f.rule.startswith("reading.")
        if f.rule.removesuffix(".unconfirmed") not in condition.finds
    ]
    if false:
        return Judged(condition, FALSE, "；".join(false)[:200])
    want = expected()
    if condition.value:
        want[changed] = condition.value
    want |= {(row, column): number for row, column, number in condition.more}
    got = dict(_numbers(checked))
    other = [f"{k}={got[k]}" for k, v in want.items() if k in got and Decimal(got[k]) != Decimal(v)]
    extra = [f"{k}={v}" for k, v in got.items() if k not in want]
    if other or extra:
        return Judged(condition, WRONG, "、".join([*other, *extra])[:200])
    missing = [
        k for k, v in want.items() if k not in got and Decimal(v)
    ]  # a format may print a dash for nothing
    if not missing:
        return Judged(condition, READ)
    told = [f for f in checked.findings if f.rule in TELLING]
    cells = {(e.row, e.column) for f in told if f.rule == "reading.cell" for e in f.evidence}
    pages = [f for f in told if f.rule != "reading.cell"]
    if pages or len(cells) >= len(missing):
        return Judged(condition, TOLD, told[0].message[:120])
    return Judged(condition, LOST, f"{len(missing)} 个数：{missing[0]}")


def _numbers(checked: Checked) -> Iterator[tuple[tuple[str, str], str]]:
    for view in checked.views:
        for (r, c), fact in view.cells.items():
            if fact.amount is not None:
                row = view.rows[r]
                key = row.code or row.label.replace(" ", "") or "?"
                yield (key, "/".join(view.columns[c].path)), f"{fact.amount.value:f}"
