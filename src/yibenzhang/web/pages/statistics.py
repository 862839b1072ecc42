"""The pages of the statistics."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, NotHere, season_of
from yibenzhang.office.body_statistics import body_over_seasons
from yibenzhang.office.lateness import today
from yibenzhang.office.roster import STAGE, STATUS
from yibenzhang.office.statistics import Files, Measures, share
from yibenzhang.web import charts
from yibenzhang.web.charts import Chart
from yibenzhang.web.formats import forms, shown, wants_data
from yibenzhang.web.security import Shop, Who
from yibenzhang.web.settings import Office
from yibenzhang.web.statistics_asked import Asked, Table, series_of
from yibenzhang.web.statistics_tables import FEW, MEASURES, TABLES, measured
from yibenzhang.web.words import SEVERITY

router = APIRouter(tags=["统计"])
FILES = {"error": "有错误", "warning": "只有疑问", "notice": "只有提示", "nothing": "没有问题"}
_COLOURS = {"error": "error", "warning": "warning", "notice": "notice", "nothing": "good"}


def _asked(session: Session, office: Office, who: Actor, number: int) -> Asked:
    return Asked(session, who, season_of(session, number), today(), office.settings.extra)


_SEASON = "公开季：编号、名称"
_TABLE = {"season": _SEASON, "table": "哪张表", "notes": "说明", "summary": "合计（只有 rules 有）"}


@forms(router, "/seasons/{number:int}/statistics/{table}", {}, _TABLE, summary="统计里的一张表")
def statistics_table(request: Request, office: Shop, who: Who, number: int, table: str) -> Response:
    """One table of the statistics: kinds, rules, reasons, missed, departments, rounds, days, lateness or years."""
    if table not in TABLES:
        raise NotHere
    title, columns, made = TABLES[table]
    with office.session() as session:
        a = _asked(session, office, who, number)
        found = made(a)
        season = a.season
    data = {"season": {"id": season.id, "name": season.name}, "table": table, "notes": found.notes}
    if found.summary is not None:
        data["summary"] = dict(found.summary)
    return shown(
        request,
        who,
        "statistics_table.html",
        data,
        found.rows,
        columns,
        f"{season.name}{title}",
        season=season,
        title=title,
        found=found,
        heads={k: v for k, v in columns.items() if k != "remark"},
        tables=TABLES,
        table_name=table,
        few=FEW,
        tab="statistics",
    )


STATISTICS = {"name": "指标", "value": "数"}
_STATISTICS = {"season": _SEASON, "measures": "各项指标", "files": "文件按最重的问题分：首版和现版各几份"}


@forms(router, "/seasons/{number:int}/statistics", STATISTICS, _STATISTICS, summary="一季的统计")
def statistics(request: Request, office: Shop, who: Who, number: int) -> Response:
    """The season in figures; .csv holds them one to a line, each table has an address of its own beneath."""
    whole = not wants_data(request)
    key = ("statistics", number, who.body_id if who.outside else None, who.outside, whole)
    a, m, found = office.lately(key, lambda: _overview(office, who, number, whole))
    row = measured(m)
    rows = [{"name": MEASURES[k], "value": row[k]} for k in MEASURES if k != "name"]
    for word, files in (("首版", m.first), ("现版", m.present)):
        rows += [{"name": f"{word}{FILES[k]}的文件", "value": getattr(files, k)} for k in FILES]
    data = {
        "season": {"id": m.season, "name": m.name},
        "measures": row,
        "files": {"first": asdict(m.first), "present": asdict(m.present)},
    }
    pictures = [_files_chart(m), *(c for k, t in found.items() for c in t.charts if k != "rules")]
    return shown(
        request,
        who,
        "statistics.html",
        data,
        rows,
        STATISTICS,
        f"{m.name}统计",
        season=a.season,
        m=row,
        first=m.first,
        found=found,
        pictures=pictures,
        tables=TABLES,
        few=FEW,
        tab="statistics",
        today=a.today,
    )


def _overview(office: Office, who: Actor, number: int, whole: bool) -> tuple[Asked, Any, dict[str, Table]]:
    """The season's measures, and for its page the tables."""
    with office.session() as session:
        a = _asked(session, office, who, number)
        m = next(x for x in a.years() if x.season == number)
        chosen = ("kinds", "departments", "rounds", "years", "days", "lateness", "rules") if whole else ()
        return a, m, {k: TABLES[k][2](a) for k in chosen}


BODY = {
    "name": "公开季",
    "status_name": "状态",
    "versions": "版次",
    "errors": "错误",
    "warnings": "疑问",
    "notices": "提示",
    "standing": "未了结",
    "numbers": "数字",
    "proved_share": "印证率 %",
    "days": "交来到通过（天）",
    "late": "逾期天数",
}


@forms(router, "/bodies/{number:int}", BODY, {"body": "单位：编号、名称、编码"}, summary="一个单位各季的情况")
def body(request: Request, office: Shop, who: Who, number: int) -> Response:
    """One body over the seasons."""
    with office.session() as session:
        found, seasons = body_over_seasons(session, who, number, today())
    rows = [
        asdict(x.part)
        | {
            "season": x.season,
            "name": x.name,
            "fiscal_year": x.fiscal_year,
            "stage": x.stage,
            "entry": x.entry,
            "status": x.status,
            "status_name": STATUS[x.status],
            "late": x.late,
            "proved_share": share(x.part.proved, x.part.numbers),
            "link": f"/entries/{x.entry}",
        }
        for x in seasons
    ]
    pictures = []
    for stage, word in STAGE.items():
        of_stage = [x for x in seasons if x.stage == stage and x.part.versions]
        if len(of_stage) > 1:
            names = [str(x.fiscal_year) for x in of_stage]
            series = [
                series_of(SEVERITY[k], [getattr(x.part, f"{k}s") for x in of_stage], c)
                for k, c in (("error", "error"), ("warning", "orange"))
            ]
            pictures.append(charts.lines(f"{word}的错误和疑问", names, series))
    return shown(
        request,
        who,
        "statistics_body.html",
        {"body": {"id": found.id, "name": found.name, "code": found.code}},
        rows,
        BODY,
        f"{found.name}历年",
        body=found,
        pictures=pictures,
        heads=BODY,
        tab="statistics",
    )


def _files_chart(m: Measures) -> Chart:
    both: tuple[Files, Files] = (m.first, m.present)
    series = [series_of(word, [getattr(f, k) for f in both], _COLOURS[k]) for k, word in FILES.items()]
    note = "按文件里最重的问题分。首版：已排除的不算；现版：已了结的不算。"
    return charts.stacked("文件：首版和现版", ["首版", "现版"], series, note=note)
