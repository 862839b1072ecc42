"""Self-assessments scored again, for people, for programs and as a table."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from yibenzhang.projects.assessment import Assessment, Line
from yibenzhang.projects.method import Method
from yibenzhang.standards import HERE

SCHEMA = "yibenzhang/scores/1"
COLUMNS = (
    "path",
    "form",
    "place",
    "level",
    "indicator",
    "target",
    "actual",
    "weight",
    "printed",
    "low",
    "high",
    "reason",
    "differs",
)


@dataclass(frozen=True, slots=True)
class Scored:
    """The self-assessments of one file."""

    path: str
    assessments: tuple[Assessment, ...]


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((HERE / "scoring" / "words.toml").read_text(encoding="utf-8"))


def reason(line: Line) -> str:
    """Why the method gives a line its points, in words."""
    values = {"weight": _plain(line.weight), "low": _plain(line.points.low), "high": _plain(line.points.high)}
    return _words()["reason"][line.points.reason].format(**values)


def lines(scored: Sequence[Scored], every: bool) -> Iterator[str]:
    """The report for people: what differs from the method or has to be looked at; ``every`` line where asked for."""
    for one in scored:
        yield one.path
        if not one.assessments:
            yield f"  {_words()['form']['none']}"
        for a in one.assessments:
            shown = [x for x in a.lines if every or x.differs or x.asked]
            if shown or a.differs:
                yield f"  {a.name or a.owner}（{a.place}）：{_total(a)}"
            for x in shown:
                yield f"    {'✗' if x.differs else '·'} {_line(x)}：{reason(x)}（{x.place}）"
    yield summary(scored)


def summary(scored: Sequence[Scored]) -> str:
    """How many lines agree with the method, in one sentence."""
    every = [x for s in scored for a in s.assessments for x in a.lines]
    blank = [x for x in every if x.printed is None]
    person = [x for x in every if x.printed is not None and x.points.low is None]
    differs = sum(x.differs for x in every)
    same = len(every) - differs - len(blank) - len(person)
    return _words()["form"]["sum"].format(
        forms=sum(len(s.assessments) for s in scored),
        lines=len(every),
        same=same,
        differs=differs,
        person=len(person),
        blank=len(blank),
    )


def report(scored: Sequence[Scored], method: Method) -> dict[str, Any]:
    """The report for programs; numbers are strings."""
    return {
        "schema": SCHEMA,
        "method": {"id": method.id, "name": method.name},
        "documents": [
            {
                "path": s.path,
                "assessments": [
                    {
                        "name": a.name,
                        "owner": a.owner,
                        "place": str(a.place),
                        "printed": a.printed.text if a.printed else None,
                        "low": _plain(a.total[0]),
                        "high": _plain(a.total[1]),
                        "differs": a.differs,
                        "lines": [_row(x) for x in a.lines],
                    }
                    for a in s.assessments
                ],
            }
            for s in scored
        ],
    }


def table(scored: Sequence[Scored]) -> str:
    """All lines as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for s in scored:
        for a in s.assessments:
            writer.writerows({"path": s.path, "form": a.name or a.owner, **_row(x)} for x in a.lines)
    return out.getvalue()


def _row(x: Line) -> dict[str, Any]:
    return {
        "level": x.level,
        "indicator": x.name or _words()["line"]["execution"],
        "place": str(x.place),
        "target": x.target,
        "actual": x.actual,
        "weight": _plain(x.weight),
        "printed": x.printed.text if x.printed else None,
        "low": _plain(x.points.low),
        "high": _plain(x.points.high),
        "reason": x.points.reason.value,
        "differs": x.differs,
    }


def _line(x: Line) -> str:
    words = _words()["line"]
    values = {
        "target": x.target or words["empty"],
        "actual": x.actual or words["empty"],
        "weight": _plain(x.weight),
    }
    named = f"{x.name}：{words['target']}" if x.name else f"{words['execution']}：{words['spent']}"
    printed = words["printed"].format(printed=x.printed.text) if x.printed else words["blank"]
    return f"{named.format(**values)}，{printed}"


def _total(a: Assessment) -> str:
    words, (low, high) = _words()["form"], a.total
    values = {"low": _plain(low), "high": _plain(high), "printed": a.printed.text if a.printed else ""}
    kind = "no_total" if a.printed is None else "differs" if a.differs else "same" if a.complete else "partly"
    return words[kind].format(**values)


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
