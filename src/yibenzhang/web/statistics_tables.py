"""The tables of the statistics, each with its charts and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from yibenzhang.office import rule_statistics as judged
from yibenzhang.office import statistics as figures
from yibenzhang.office.body_statistics import departments
from yibenzhang.office.roster import STAGE, judged_late
from yibenzhang.office.rule_statistics import Judged
from yibenzhang.office.statistics import Measures, share
from yibenzhang.web import charts
from yibenzhang.web.charts import Chart
from yibenzhang.web.statistics_asked import Asked, Rows, Table, series_of
from yibenzhang.web.words import SEVERITY, VERDICT

MOST_BARS = 12
FEW = "太少，不作比率"
MEASURES = {
    "name": "公开季",
    "bodies": "单位",
    "handed_in": "已交",
    "versions": "交来文件（含各版）",
    "read": "已查（现版）",
    "clean": "已通过",
    "clean_share": "通过率 %",
    "first_good": "首版没有错误和疑问",
    "first_good_share": "首版合格率 %",
    "errors": "错误",
    "warnings": "疑问",
    "notices": "提示",
    "standing": "未了结的错误和疑问",
    "numbers": "数字",
    "proved": "已印证",
    "proved_share": "印证率 %",
    "contradicted": "有矛盾",
    "unreadable": "无法读取",
    "days": "交来到通过（天，中位数）",
}


def measured(m: Measures) -> dict[str, Any]:
    return {
        "season": m.season,
        "name": m.name,
        "fiscal_year": m.fiscal_year,
        "stage": m.stage,
        "bodies": m.bodies,
        "handed_in": m.handed_in,
        "versions": m.versions,
        "read": m.read,
        "clean": m.clean,
        "clean_share": share(m.clean, m.read),
        "first": m.first.count,
        "first_good": m.first.good,
        "first_good_share": share(m.first.good, m.first.count),
        "errors": m.findings["error"],
        "warnings": m.findings["warning"],
        "notices": m.findings["notice"],
        "standing": m.standing["error"] + m.standing["warning"],
        "numbers": m.numbers,
        "proved": m.proved,
        "proved_share": share(m.proved, m.numbers),
        "contradicted": m.contradicted,
        "unchecked": m.unchecked,
        "unreadable": m.unreadable,
        "days": m.days,
    }


def _years(a: Asked) -> Table:
    found = a.years()
    rows = [measured(m) for m in found]
    names = [
        str(m.fiscal_year) if len({x.fiscal_year for x in found}) == len(found) else m.name for m in found
    ]
    if len(rows) < 2:
        return Table(rows, (), (f"只有一个{STAGE[a.season.stage]}公开季，还没有可比的年度。",))
    shares = [
        series_of("首版合格率", [r["first_good_share"] for r in rows], "deep"),
        series_of("通过率", [r["clean_share"] for r in rows], "orange"),
        series_of("数字印证率", [r["proved_share"] for r in rows], "proved"),
    ]
    each = [
        series_of("错误", [_each(r["errors"], r["handed_in"]) for r in rows], "error"),
        series_of("疑问", [_each(r["warnings"], r["handed_in"]) for r in rows], "orange"),
    ]
    return Table(
        rows,
        (
            charts.lines("各年合格率和印证率", names, shares, "%", 100),
            charts.lines("每个单位平均的问题数", names, each),
        ),
    )


def _each(part: int, whole: int) -> float | None:
    return round(part / whole, 1) if whole else None


ROUNDS = {
    "round": "版次",
    "versions": "文件",
    "found": "错误和疑问",
    "fresh": "其中新出现",
    "kept": "其中上一版就有",
    "dismissed": "已排除",
    "fixed": "下一版已改",
    "still": "下一版仍在",
    "unsure": "不能比较",
    "waiting": "还没有下一版",
    "fixed_share": "已改率 %",
}


def _rounds(a: Asked) -> Table:
    found = figures.rounds(a.session, a.who, a.season.id)
    rows = [asdict(r) | {"fixed_share": share(r.fixed, r.fixed + r.still + r.unsure)} for r in found]
    names = [f"第 {r.round} 版" for r in found]
    parts = (
        ("fixed", "下一版已改", "good"),
        ("still", "下一版仍在", "error"),
        ("unsure", "不能比较", "warning"),
        ("dismissed", "已排除", "alone"),
        ("waiting", "还没有下一版", "notice"),
    )
    series = [series_of(word, [getattr(r, k) for r in found], colour) for k, word, colour in parts]
    note = "已改率＝下一版已改 ÷（已改＋仍在＋不能比较）；已排除的和还没有下一版的不算。"
    return Table(
        rows, (charts.stacked("各版的错误和疑问后来怎样", names, series, note=note),) if rows else ()
    )


KINDS = {
    "name": "种类",
    "told": "报出",
    "confirmed": "已确认",
    "dismissed": "已排除",
    "undecided": "未处理",
    "precision": "准确率 %",
    "remark": "说明",
}


def _judged(j: Judged) -> dict[str, Any]:
    return asdict(j) | {"precision": j.precision, "few": j.few, "remark": FEW if j.few else ""}


def _judged_chart(title: str, found: Sequence[Judged], names: Sequence[str]) -> Chart:
    parts = (
        ("confirmed", "已确认", "deep"),
        ("dismissed", "已排除", "warning"),
        ("undecided", "未处理", "alone"),
    )
    series = [
        series_of(word, [getattr(j, k) for j in found[:MOST_BARS]], colour) for k, word, colour in parts
    ]
    more = f"只画报出最多的 {MOST_BARS} 项，其余见表。" if len(found) > MOST_BARS else ""
    return charts.stacked(title, names[:MOST_BARS], series, note=more)


def _kinds(a: Asked) -> Table:
    found = judged.kinds(a.rules())
    rows = [_judged(j) for j in found]
    picture = (_judged_chart("问题的种类和处理", found, [j.name for j in found]),) if found else ()
    return Table(rows, picture, (_PRECISION,))


_PRECISION = (
    "准确率＝已确认 ÷（已确认＋已排除），是审核人看到的准确率；"
    "同一问题在各版里只算一次，按最后的处理；不足 5 次处理的不作比率。"
)
RULES = {
    "name": "规则编号",
    "rule_name": "规则",
    "family": "种类",
    "told": "报出",
    "confirmed": "已确认",
    "dismissed": "已排除",
    "undecided": "未处理",
    "mended": "未处理已改",
    "precision": "准确率 %",
    "remark": "说明",
    "reasons": "排除的理由",
    "gone": "不再报告",
}


def _rules(a: Asked) -> Table:
    found = a.rules()
    names = judged.rule_names(a.extra)
    why: dict[str, list[str]] = {}
    for rule, reason, n in judged.reasons(a.session, a.who, a.season.id):
        why.setdefault(rule, []).append(f"{reason}（{n}）")
    rows = [
        _judged(j)
        | {
            "rule_name": names.get(j.name, ""),
            "family": judged.family_of(j.name),
            "reasons": "；".join(why.get(j.name, [])[:6]),
        }
        for j in found
    ]
    recall = judged.recall(a.session, a.who, a.season.id, found)
    whole = judged.together("全部", found)
    summary = _judged(whole) | {
        "added": recall.missed,
        "lost": recall.lost,
        "recall": recall.share,
        "recall_few": recall.few,
    }
    labels = [names.get(j.name) or j.name for j in found]
    pictures = [_judged_chart("报出最多的规则和处理", found, labels)] if found else []
    sure = sorted((j for j in found if j.precision is not None), key=lambda j: (j.precision or 0, -j.told))[
        :MOST_BARS
    ]
    if sure:
        values = series_of("准确率", [j.precision for j in sure], "deep")
        names_of = [names.get(j.name) or j.name for j in sure]
        note = f"从低到高最多 {MOST_BARS} 条；不足 {judged.FEW} 次处理的规则不画。"
        pictures.append(charts.bars("准确率最低的规则", names_of, values, "%", ("规则", "准确率"), 100, note))
    return Table(rows, tuple(pictures), (_PRECISION, _RECALL, _GONE), summary)


_GONE = "未处理已改：没有人处理，而下一版已经改了。不再报告：程序更新后不再报告的，不计入报出。"


_RECALL = (
    "查出率＝程序报出且已确认的 ÷（这些＋人工补充的＋确认过而程序更新后不再报告的）；"
    "没有人发现的问题不在其内，实际只会更低。"
)
REASONS = {"rule": "规则编号", "rule_name": "规则", "reason": "排除的理由", "count": "次数"}


def _reasons(a: Asked) -> Table:
    names = judged.rule_names(a.extra)
    found = judged.reasons(a.session, a.who, a.season.id)
    rows = [{"rule": r, "rule_name": names.get(r, ""), "reason": why, "count": n} for r, why, n in found]
    sums: Counter[str] = Counter()
    for _, why, n in found:
        sums[why] += n
    top = sums.most_common(MOST_BARS)
    picture = (
        charts.bars(
            "排除的理由",
            [t for t, _ in top],
            series_of("次数", [n for _, n in top], "blue"),
            heads=("理由", "次数"),
        ),
    )
    return Table(rows, picture if top else (), ())


MISSED = {
    "body": "单位",
    "round": "版次",
    "severity_name": "程度",
    "words": "问题",
    "leaf": "页",
    "text": "原文",
    "who": "补记人",
    "at": "时间",
    "verdict_name": "处理",
}


def _missed(a: Asked) -> Table:
    rows = [
        asdict(m)
        | {
            "severity_name": SEVERITY.get(m.severity, ""),
            "verdict_name": VERDICT.get(m.verdict, ""),
            "link": f"/submissions/{m.submission}",
        }
        for m in judged.missed(a.session, a.who, a.season.id)
    ]
    most = (f"只列最近的 {judged.MOST_MISSED} 条。",) if len(rows) >= judged.MOST_MISSED else ()
    return Table(rows, (), ("审核人补记、程序没有报出的问题；已排除的不列。", *most))


DEPARTMENTS = {
    "body": "单位",
    "kind": "级次",
    "versions": "文件",
    "errors": "错误",
    "warnings": "疑问",
    "notices": "提示",
    "standing": "未了结",
    "clean": "已通过",
    "numbers": "数字",
    "proved_share": "印证率 %",
    "days": "交来到通过（天）",
    "late": "逾期",
}


def _departments(a: Asked) -> Table:
    found = departments(a.session, a.who, a.season, a.today, a.lines(), a.days())
    whole = {x.entry for x in found if x.under}
    rows = [
        asdict(x)
        | {
            "kind": f"部门合计（{x.under + 1} 个）"
            if x.under
            else "本级"
            if x.entry in whole
            else "单位"
            if x.parent
            else "",
            "proved_share": share(x.proved, x.numbers),
            "link": f"/bodies/{x.body_id}",
        }
        for x in found
    ]
    top = [x for x in found if x.parent is None and (x.under or x.entry not in whole)]
    top = sorted(
        (x for x in top if x.errors + x.warnings + x.notices), key=lambda x: (-x.errors, -x.warnings)
    )[:MOST_BARS]
    series = [
        series_of(SEVERITY[k], [getattr(x, f"{k}s") for x in top], k) for k in ("error", "warning", "notice")
    ]
    note = f"只画错误最多的 {MOST_BARS} 个部门（含所属单位），其余见表。" if len(top) == MOST_BARS else ""
    picture = (
        (charts.stacked("各部门的问题（含所属单位）", [x.body for x in top], series, note=note),)
        if top
        else ()
    )
    return Table(rows, picture, ("同一问题在各版里只算一次。部门合计包括本级和所属单位。",))


DAYS = {"name": "交来到通过", "count": "单位", "share": "占比 %"}


def _days(a: Asked) -> Table:
    days = a.days()
    steps = figures.in_steps(days.values())
    rows = [{"name": n, "count": c, "share": share(c, len(days))} for n, c in steps]
    picture = charts.bars(
        "从交来到通过用了多少天",
        [n for n, _ in steps],
        series_of("单位", [c for _, c in steps], "blue"),
        heads=("天数", "单位"),
        note="从第一版交来到最后一个错误或疑问了结的那一天，只算已通过的。",
    )
    return Table(rows, (picture,) if days else ())


LATE = {"name": "公开和期限", "count": "单位", "share": "占比 %"}


def _lateness(a: Asked) -> Table:
    lines = a.lines()
    count = Counter(figures.lateness_of(x) for x in lines)
    rows: Rows = [
        {"key": k, "name": name, "count": count[k], "share": share(count[k], len(lines))}
        for k, name in figures.LATENESS.items()
    ]
    late = figures.in_steps(x.late for x in lines if x.late)
    shown_rows = [r for r in rows if r["count"]]
    note = "期限按批复日期加公开天数，或登记的最晚日期；没有登记公开日期的按交来日期算，与看板一致。"
    handed_in = [x.entry for x in lines if x.submission is not None]
    judged = Counter(judged_late(a.session, handed_in).values())
    if judged["confirmed"] or judged["dismissed"]:
        note += f"人看过的：确认逾期 {judged['confirmed']} 个，排除 {judged['dismissed']} 个。"
    pictures = [
        charts.bars(
            "按时和逾期",
            [r["name"] for r in shown_rows],
            series_of("单位", [r["count"] for r in shown_rows], "blue"),
            heads=("", "单位"),
            note=note,
        )
    ]
    if any(n for _, n in late):
        pictures.append(
            charts.bars(
                "逾期多少天",
                [n for n, _ in late[1:]],
                series_of("单位", [n for _, n in late[1:]], "orange"),
                heads=("天数", "单位"),
            )
        )
    return Table(rows, tuple(pictures) if lines else ())


TABLES: dict[str, tuple[str, dict[str, str], Callable[[Asked], Table]]] = {
    "kinds": ("问题的种类", KINDS, _kinds),
    "rules": ("规则：确认、排除和准确率", RULES, _rules),
    "reasons": ("排除的理由", REASONS, _reasons),
    "missed": ("人工补充的问题", MISSED, _missed),
    "departments": ("部门和单位", DEPARTMENTS, _departments),
    "rounds": ("各版之间", ROUNDS, _rounds),
    "days": ("交来到通过的天数", DAYS, _days),
    "lateness": ("公开和逾期", LATE, _lateness),
    "years": ("各年比较", MEASURES, _years),
}
