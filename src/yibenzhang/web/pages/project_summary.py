"""The portfolio in charts: asked, approved, budgeted, contracted and paid; bodies, suppliers, what waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from yibenzhang.ledger.bodies import bare
from yibenzhang.projects.events import kinds, measures
from yibenzhang.projects.summary import MEASURES, Summary, Sums
from yibenzhang.projects.telling import plain
from yibenzhang.web import charts
from yibenzhang.web.charts import Chart, Series
from yibenzhang.web.formats import forms, wants_data
from yibenzhang.web.formats import shown as answered
from yibenzhang.web.pages.projects import asked_in, book_in, reading_in, seen
from yibenzhang.web.pages.resources import only_of
from yibenzhang.web.security import Shop, Who

router = APIRouter(tags=["项目"])
COLUMNS = {"name": "年度或单位", "projects": "项目", **{m: f"{measures()[m]}（元）" for m in MEASURES}}
_SHOWN = (("budget", "blue"), ("executed", "proved"), ("contracted", "orange"), ("paid", "purple"))
_FEW = 12


@forms(
    router,
    "/projects-summary",
    COLUMNS,
    {"carried": "没有执行完的（元）"},
    summary="项目汇总：按年度和单位的金额",
)
def summary(
    request: Request, office: Shop, who: Who, body: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    whole = wants_data(request)
    book = book_in(office, whole)
    found = office.projects.keeper.summary(
        book, (only_of(who), body), lambda: [p for p in seen(book, who) if body in p.who]
    )
    only = only_of(who)
    counts: dict[str, int] = {}
    for a in asked_in(office, whole):
        if (only is None or a.body == bare(only)) and body in a.body:
            counts[a.title] = counts.get(a.title, 0) + 1
    rows = [_row(s) for s in (*found.years, *found.bodies)]
    return answered(
        request,
        who,
        "projects_summary.html",
        {"carried": plain(found.carried)},
        rows,
        COLUMNS,
        "项目汇总",
        reading=reading_in(office),
        whole=found.whole,
        money={m: _ten_thousand(found.whole.money[m]) for m in MEASURES},
        carried_shown=_ten_thousand(found.carried),
        measures=measures(),
        charts=list(_charts(found, counts)),
        suppliers=found.suppliers,
        ten_thousand=_ten_thousand,
        body=body,
        tab="projects",
    )


def _row(s: Sums) -> dict[str, Any]:
    return {"name": s.name, "projects": s.projects, **{m: plain(s.money[m]) for m in MEASURES}}


def _ten_thousand(value: Decimal | None) -> float | None:
    return None if value is None else float((value / 10000).quantize(Decimal("0.1")))


def _charts(found: Summary, counts: dict[str, int]) -> Iterator[Chart]:
    if len(found.years) > 1 and (series := _by_year(found)):
        yield charts.lines("各年金额（万元）", [s.name for s in found.years], series)
    bodies = {s.name: s.money["budget"] for s in found.bodies if s.money["budget"] is not None}
    largest = dict(list(bodies.items())[:_FEW])
    if largest:
        values = tuple(_ten_thousand(v) for v in largest.values())
        yield charts.bars("各单位的预算（万元）", list(largest), Series("预算", values, "blue"))
    if found.suppliers:
        some = found.suppliers[:_FEW]
        shares = Series("占比", tuple(float(s.share) for s in some), "orange")
        yield charts.bars("合同金额集中在谁（%）", [s.name for s in some], shares, "%", most=100)
    events = {k.name: found.kinds[k.id] for k in kinds().values() if found.kinds.get(k.id)}
    if events:
        yield _counted("有各阶段事件的项目（个）", events, "项目", "deep")
    if counts:
        most = dict(sorted(counts.items(), key=lambda c: (-c[1], c[0])))
        yield _counted("要问的（处）", most, "处", "warning")


def _by_year(found: Summary) -> list[Series]:
    """A line for every measure that some year has."""
    return [
        Series(measures()[m], tuple(_ten_thousand(s.money[m]) for s in found.years), colour)
        for m, colour in _SHOWN
        if any(s.money[m] is not None for s in found.years)
    ]


def _counted(title: str, counts: Mapping[str, int], name: str, colour: str) -> Chart:
    return charts.bars(title, list(counts), Series(name, tuple(float(n) for n in counts.values()), colour))
