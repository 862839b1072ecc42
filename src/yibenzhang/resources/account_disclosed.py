"""The sections of 一本账 that a body's disclosures tell by themselves: money, projects, goals, counts and promises."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from yibenzhang.ledger.store import Ledger
from yibenzhang.resources.account_page import Figure, Page
from yibenzhang.resources.published import (
    Counted,
    Goal,
    PublishedFigure,
    disclosures_of,
    goals_of,
    projects_of,
    totals_of,
)


def money(page: Page, ledger: Ledger | None, body: str, as_of: date) -> None:
    stages = page.words["stages"]
    if ledger is None:
        page.add("money", (), [page.unknown("no_ledger")])
        page.add("projects", ())
        return
    documents = disclosures_of(ledger, body)
    if not documents:
        page.add("money", (), [page.unknown("no_documents")])
        page.add("projects", ())
        return
    totals, projects = totals_of(ledger, body), projects_of(ledger, body)
    have: dict[int, set[str]] = {}
    for d in documents:
        if d.year is not None:
            have.setdefault(d.year, set()).add(d.stage)
    missing = [
        page.unknown(
            "no_year",
            year=y,
            have="、".join(stages[s] for s in sorted(some) if s in stages),
            missing=stages[m],
        )
        for y, some in sorted(have.items())
        for m in stages
        if m not in some and not (m == "accounts" and y >= as_of.year)  # those are not due yet
    ]
    page.add(
        "money",
        (_figure(page, t.name, t) for t in totals),
        [*_unread(page, have, totals, "no_totals"), *missing],
    )
    page.add(
        "projects",
        (_figure(page, "project", t) for t in projects),
        _unread(page, have, projects, "no_project_of"),
    )


def _unread(
    page: Page, have: Mapping[int, Collection[str]], found: Sequence[PublishedFigure], line: str
) -> list[str]:
    """Of which disclosures nothing of a kind was read."""
    stages, read = page.words["stages"], {(f.year, f.stage) for f in found}
    pairs = [(y, s) for y, some in sorted(have.items()) for s in sorted(some) if s in stages]
    return [page.unknown(line, year=y, stage=stages[s]) for y, s in pairs if (y, s) not in read]


def goals(page: Page, ledger: Ledger | None, body: str) -> None:
    """The indicators of the newest disclosure that has some; of the others how many there are."""
    if ledger is None or not disclosures_of(ledger, body):
        page.add("goals", ())
        return
    by_document: dict[tuple[int, str], list[Goal]] = {}
    for g in goals_of(ledger, body):
        by_document.setdefault((g.year or 0, g.stage), []).append(g)
    figures: list[Figure] = []
    for key in sorted(by_document, reverse=True):
        some = by_document[key]
        stage = page.words["stages"].get(key[1], key[1])
        if figures:
            title = page.row("earlier_goals", year=key[0], stage=stage)
            cite = page.words["cites"]["document"].format(file=some[0].file, place=some[0].place)
            figures.append(Figure(title, Decimal(len(some)), "", cite))
            continue
        for g in some:
            line = "goal_of" if g.project else "goal"
            title = page.row(line, year=g.year, stage=stage, name=g.name, project=g.project)
            cite = page.words["cites"]["document"].format(file=g.file, place=g.place)
            came = page.unknown("came", actual=g.actual) if g.actual else ""
            figures.append(Figure(title, None, "", cite, came, words=g.target))
    page.add("goals", figures, () if figures else [page.unknown("no_goals")])


def _figure(page: Page, name: str, t: PublishedFigure) -> Figure:
    stage = page.words["stages"].get(t.stage, t.stage)
    cite = page.words["cites"]["document"].format(file=t.file, place=t.place)
    title = page.row(name, year=t.year, stage=stage, name=t.name)
    return Figure(title, t.value, "元", cite, printed=t.printed)


_SIGNS = {">=": "≥", "<=": "≤"}


def promises(page: Page, own: Mapping[str, Decimal | None], disclosed: Sequence[Counted]) -> None:
    """Those of the account, and those of the disclosures that nobody has put there."""
    figures = []
    taken = {
        (e.values["measure"], e.values["year"], e.values["sign"], Decimal(e.values["value"]))
        for e in page.by_kind.get("claim", ())
    }
    for e in page.by_kind.get("claim", ()):
        v = e.values
        sign = _SIGNS.get(v["sign"], v["sign"])
        title = page.row(
            "promise", year=v["year"], name=e.name, sign=sign, value=v["value"], unit=v.get("unit") or ""
        )
        cite = page.words["cites"]["document"].format(file=v.get("document", ""), place=v.get("place", ""))
        promise = own.get(e.code)
        note = (
            page.unknown("own_unknown")
            if promise is None
            else page.unknown("own", own=f"{promise.normalize():f}")
        )
        figures.append(Figure(title, promise, "", cite, note, v["value"], (e.code,)))
    for t in disclosed:
        c = t.claim
        if (c.measure.id, t.year, c.sign, c.value) in taken:
            continue
        title = page.row(
            "promise",
            year=t.year,
            name=c.measure.name,
            sign=_SIGNS.get(c.sign, c.sign),
            value=f"{c.value.normalize():f}",
            unit=c.unit,
        )
        cite = page.words["cites"]["document"].format(file=t.file, place=c.place)
        figures.append(Figure(title, None, "", cite, page.unknown("not_taken"), f"{c.value.normalize():f}"))
    page.add("promises", figures, () if figures else [page.unknown("no_promises")])
