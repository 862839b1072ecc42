"""Promises with what was measured: the present verdict, the observations as a line, how it was computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup, escape

from yibenzhang.evidence.mappings import Mapped, mapping_of
from yibenzhang.evidence.observations import NAME, Observation, Observations
from yibenzhang.evidence.packs import Promise, pack, packs
from yibenzhang.evidence.words import EvidenceError, evidence_words
from yibenzhang.office.access import Refused
from yibenzhang.office.models import Role
from yibenzhang.reports.evidenced import Line, promise_text, promised, value_text
from yibenzhang.web.formats import forms
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.resources import only_of
from yibenzhang.web.security import Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["实测"])
_HEADS: Mapping[str, str] = evidence_words()["web"]
_COLUMNS = (
    "subject",
    "pack",
    "period",
    "name",
    "promise",
    "value",
    "verdict",
    "why",
    "time",
    "source",
    "hash",
)
PROMISES = {k: _HEADS[k] for k in _COLUMNS}
MAPPINGS = {k: _HEADS[k] for k in ("file", "subject", "pack", "kind", "schedule", "last", "missing")}
_WIDE, _HIGH = 120, 28


def folders(office: Office) -> list[Path]:
    given = Path(office.settings.analyses) if office.settings.analyses else None
    return list(dict.fromkeys(f.resolve() for f in (given, office.settings.folder) if f is not None))


def _observed(office: Office) -> list[Observation]:
    """The observations of the ledger, else of the workbench's own folder."""
    for folder in folders(office):
        if (folder / NAME).is_file():
            try:
                return Observations(folder).read()
            except EvidenceError as error:
                raise Refused(str(error)) from error
    return []


def _mapped(office: Office) -> list[tuple[Path, Mapped | str]]:
    """The mappings beside them, or why one cannot be used."""
    out: list[tuple[Path, Mapped | str]] = []
    for folder in folders(office):
        for file in sorted((folder / "mappings").glob("*.toml")):
            try:
                out.append((file, mapping_of(file)))
            except EvidenceError as error:
                out.append((file, str(error)))
    return out


def _lines(office: Office, only: str | None) -> list[tuple[str, str, Line, list[Observation]]]:
    """Subject, period, promise with its verdict, and all that was observed of it, in the order of time."""
    seen = [o for o in _observed(office) if only is None or o.subject == only]
    own = {
        (m.pack.id, m.subject): m.promises
        for _, m in office.lately(("mappings",), lambda: _mapped(office))
        if not isinstance(m, str)
    }
    out = []
    for subject, name, begin, end in sorted(
        {(o.subject, o.indicator.partition(".")[0], o.begin, o.end) for o in seen}
    ):
        try:
            chosen = pack(name)
        except EvidenceError:
            continue  # a pack of one's own, which is not here
        promises: Sequence[Promise] = own.get((name, subject), chosen.promises)
        of = [o for o in seen if (o.subject, o.begin, o.end) == (subject, begin, end)]
        for line in promised(
            chosen, promises, of, subject, date.fromisoformat(begin), date.fromisoformat(end)
        ):
            if line.seen is not None:
                every = [o for o in seen if o.subject == subject and o.indicator == line.seen.indicator]
                out.append((subject, _period(begin, end), line, every))
    return out


def _period(begin: str, end: str) -> str:
    if begin[5:] == "01-01" and end == f"{begin[:4]}-12-31":
        return begin[:4]
    return f"{begin}..{end}"


@forms(router, "/evidence", PROMISES, {"total": _HEADS["name"]}, summary="实测：每条承诺测得多少，做到没有")
def evidence(
    request: Request,
    office: Shop,
    who: Who,
    subject: Annotated[str, Query(max_length=200)] = "",
    system: Annotated[str, Query(max_length=60)] = "",
    verdict: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    every = _lines(office, only_of(who))
    chosen = [
        x
        for x in every
        if subject in ("", x[0]) and system in ("", x[2].pack.id) and verdict in ("", x[2].verdict.value)
    ]
    rows = [_row(*x) for x in chosen]
    return answered(
        request,
        who,
        "evidence.html",
        {"total": len(chosen)},
        rows,
        PROMISES,
        _HEADS["title"],
        heads=_HEADS,
        kinds=evidence_words()["verdict"],
        lines=[(_row(*x), x[2], _line(x[3])) for x in chosen],
        subjects=sorted({x[0] for x in every}),
        systems={p.id: p.name for p in packs().values() if any(x[2].pack.id == p.id for x in every)},
        subject=subject,
        system=system,
        verdict=verdict,
        may_check=who.may(Role.HEAD),
        tab="evidence",
    )


def _row(subject: str, period: str, x: Line, _: Sequence[Observation]) -> dict[str, Any]:
    assert x.seen is not None
    return {
        "subject": subject,
        "pack": x.pack.name,
        "period": period,
        "name": x.promise.name,
        "promise": promise_text(x.promise),
        "value": value_text(x.seen),
        "verdict": evidence_words()["verdict"][x.verdict.value],
        "why": evidence_words()["why"][x.why],
        "time": x.seen.time,
        "source": x.seen.source,
        "hash": x.seen.hash,
    }


def _line(every: Sequence[Observation]) -> Markup:
    """The values as they were observed, from left to right; a gap is a break, and a mark below the line."""
    values = [o.value for o in every][-60:]
    there = [v for v in values if v is not None]
    if len(values) < 2 or not there:
        return Markup("")
    low, high = min(there), max(there)
    step = Decimal(_WIDE - 8) / (len(values) - 1)
    parts: list[list[str]] = [[]]
    marks = []
    for k, v in enumerate(values):
        x = 4 + step * k
        if v is None:
            parts.append([])
            marks.append(f'<path d="M{x - 2:.1f} {_HIGH - 5}l4 4m0 -4l-4 4" stroke="#b3261e"/>')
            continue
        y = Decimal(_HIGH) / 2 if high == low else 4 + (high - v) / (high - low) * (_HIGH - 12)
        parts[-1].append(f"{x:.1f},{y:.1f}")
        marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="#2c6fc0"/>')
    lines = "".join(
        f'<polyline points="{" ".join(p)}" fill="none" stroke="#2c6fc0"/>' for p in parts if len(p) > 1
    )
    said = _HEADS["line"].format(count=len(values), gaps=len(values) - len(there), low=low, high=high)
    return Markup(  # only numbers and an escaped sentence
        f'<svg role="img" aria-label="{escape(said)}" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}">'
        f"<title>{escape(said)}</title>{lines}{''.join(marks)}</svg>"
    )


@forms(router, "/evidence-mappings", MAPPINGS, {}, summary="对应文件：缺哪张表、哪一列（负责人）")
def mappings(
    request: Request, office: Shop, who: Who, check: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """``check``: the name of a file whose contract is looked at now."""
    who.must(Role.HEAD)
    rows, seen = [], _observed(office)
    for file, m in _mapped(office):
        wrong = m if isinstance(m, str) else ""
        if not isinstance(m, str) and check == file.name:
            wrong = "".join(_checked(m)) or evidence_words()["contract"]["ready"].format(pack=m.pack.name)
        rows.append(
            {
                "file": file.name,
                "subject": "" if isinstance(m, str) else m.subject,
                "pack": "" if isinstance(m, str) else m.pack.name,
                "kind": "" if isinstance(m, str) else _HEADS.get(f"kind_{m.kind}", m.kind),
                "schedule": "" if isinstance(m, str) else _scheduled(m),
                "last": "" if isinstance(m, str) else _last(m, seen),
                "missing": wrong,
            }
        )
    return answered(
        request,
        who,
        "evidence_mappings.html",
        {},
        rows,
        MAPPINGS,
        _HEADS["mappings"],
        heads=_HEADS,
        tab="evidence",
    )


def _scheduled(m: Mapped) -> str:
    """When it is run, in words."""
    return f"{_HEADS[m.schedule.every]} {m.schedule.at:%H:%M}" if m.schedule else _HEADS["never"]


def _last(m: Mapped, seen: Sequence[Observation]) -> str:
    """The last run: when, how many indicators have a value, and the first reason why one has none."""
    own = [o for o in seen if o.subject == m.subject and o.indicator.startswith(f"{m.pack.id}.") and not o.by]
    if not own:
        return _HEADS["not_yet"]
    time = max(o.time for o in own)
    of = [o for o in own if o.time == time]
    gaps = [o.gap for o in of if o.gap]
    said = _HEADS["last_run"].format(
        time=time[:16].replace("T", " "), values=len(of) - len(gaps), gaps=len(gaps)
    )
    return f"{said}{gaps[0]}" if len(gaps) == len(of) else said


def _checked(mapped: Mapped) -> list[str]:
    from yibenzhang.evidence.measuring import check
    from yibenzhang.evidence.sources import Limits

    return check(mapped, Limits(seconds=20))
