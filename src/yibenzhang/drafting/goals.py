"""Tables of performance goals, and of what was reached, with scores by 财预〔2020〕10号."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from yibenzhang.drafting.figures import Figures, Indicator, Project
from yibenzhang.drafting.lookup import CENT, wan
from yibenzhang.drafting.parts import LEFT, UP, Grid
from yibenzhang.drafting.tally import Tally
from yibenzhang.model.amounts import parse_amount
from yibenzhang.projects.method import method_of
from yibenzhang.projects.scoring import execution_points, measured
from yibenzhang.recognising.indicators import Target
from yibenzhang.standards import fold


def execution_score(spent: Decimal, budget: Decimal) -> Decimal:
    """The national method's points for the rate of execution; nothing where there was no budget."""
    return execution_points(spent, budget, method_of()).high or Decimal(0)


def indicator_score(one: Indicator) -> Decimal:
    """The national method's points of an indicator; words get the share given, kept within their band."""
    method = method_of()
    if one.quality:
        band = next(b for b in method.bands if fold(one.quality) in b.words)
        share = one.share if one.share is not None else band.high
        return _cents(one.weight * min(max(share, band.low), band.high) / 100)
    target, reached = parse_amount(one.target), parse_amount(one.reached)
    if target is None or reached is None:
        return Decimal(0)
    aim = Target(one.direction.replace("＝", "="), target.value, "")
    return _cents(measured(aim, reached.value, one.weight, method).high or Decimal(0))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def total_score(project: Project, spent: Decimal) -> Decimal:
    """The score of a project: execution and all its indicators."""
    score = execution_score(spent, project.budget or Decimal(0))
    return score + sum((indicator_score(i) for i in project.indicators), Decimal(0))


def goal_grids(figures: Figures, tally: Tally, listed: bool = True) -> Iterator[Grid]:
    """A table for every project that has indicators; the budget's amount only where a project table proves it."""
    spent = tally.by(lambda e: (e.project,), {"flow": "out", "kind": "project"})
    for project in figures.projects:
        if project.indicators and project.code in spent:
            amount = spent[project.code][0]
            if figures.stage == "accounts":
                yield _evaluation(figures, project, amount)
            else:
                yield _goals(figures, project, amount if listed else None)


def _goals(figures: Figures, project: Project, spent: Decimal | None) -> Grid:
    unit = next((u.name for u in figures.units if u.code == project.unit), figures.body)
    rows: list[tuple[str, ...]] = [
        ("项目名称", LEFT, project.name, LEFT),
        ("项目编码", LEFT, project.code, LEFT),
        ("主管部门", LEFT, figures.body, LEFT),
        ("项目单位", LEFT, unit, LEFT),
        *([] if spent is None else [("项目当年预算", LEFT, f"{wan(spent):,.2f}万元", LEFT)]),
        ("年度绩效目标", LEFT, project.goal or "见下列指标", LEFT),
        ("一级指标", "二级指标", "三级指标", "指标值"),
    ]
    rows += _merged([(i.level1, i.level2, i.name, _target(i)) for i in project.indicators])
    title = f"{figures.year}年项目支出绩效目标表"
    return _form(title, "budget.goals_project", rows, "lllc", (2, 2.4, 5, 3))


def _target(i: Indicator) -> str:
    return f"{'' if i.quality or not _number(i.target) else i.direction}{i.target}{i.unit}"


def _evaluation(figures: Figures, project: Project, spent: Decimal) -> Grid:
    budget = project.budget or Decimal(0)
    done = f"{(100 * spent / budget).quantize(CENT, ROUND_HALF_UP)}%" if budget > 0 else "—"
    unit = next((u.name for u in figures.units if u.code == project.unit), figures.body)
    score = f"{execution_score(spent, budget)}"
    rows: list[tuple[str, ...]] = [
        ("项目名称", LEFT, project.name, LEFT, LEFT, LEFT, LEFT),
        ("主管部门", LEFT, figures.body, "实施单位", unit, LEFT, LEFT),
        ("项目资金（万元）", LEFT, "全年预算数", "全年执行数", "执行率", "分值", "得分"),
        ("年度资金总额", LEFT, f"{wan(budget):,.2f}", f"{wan(spent):,.2f}", done, "10", score),
        ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"),
    ]
    rows += _merged(
        [
            (
                i.level1,
                i.level2,
                i.name,
                _target(i),
                i.quality or f"{i.reached}{i.unit}",
                f"{i.weight:f}",
                f"{indicator_score(i)}",
            )
            for i in project.indicators
        ]
    )
    points = method_of().execution + sum((i.weight for i in project.indicators), Decimal(0))
    rows.append(("总分", LEFT, LEFT, LEFT, LEFT, f"{points:f}", f"{total_score(project, spent)}"))
    title = f"{figures.year}年度项目支出绩效自评表"
    return _form(title, "accounts.self_evaluation", rows, "lllcccc", (1.8, 2, 4.6, 2.2, 2.2, 1.2, 1.4))


def _number(text: str) -> bool:
    return parse_amount(text) is not None


def _merged(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The same first and second level below one another become one cell."""
    out = []
    before: tuple[str, ...] = ("", "")
    for row in rows:
        first = UP if row[0] == before[0] else row[0]
        second = UP if first == UP and row[1] == before[1] else row[1]
        out.append((first, second, *row[2:]))
        before = row
    return out


def _form(
    title: str, standard: str, rows: list[tuple[str, ...]], align: str, widths: tuple[float, ...]
) -> Grid:
    return Grid(
        standard=standard,
        title=title,
        unit="",
        header=(),
        rows=tuple(rows),
        columns=("other",) * len(align),
        align=align,
        widths=widths,
    )
