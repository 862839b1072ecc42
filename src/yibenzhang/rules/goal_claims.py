"""What the text says of goals: how many projects have some, with how much money, in which table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from yibenzhang.model.relations import NotChecked, Relation
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.addresses import Book
from yibenzhang.rules.counting import listed_projects
from yibenzhang.rules.goals import PROJECTS, Goals, equal, holds, sound
from yibenzhang.rules.wording import Remark
from yibenzhang.standards import Address

_CLAIMED = re.compile(
    r"(?:编报绩效目标的(?:20\d\d年度?)?项目共?|共)(?P<n>\d+)个(?:项目)?(?:实行绩效目标管理)?,涉及(?:项目)?(?:预算|财政性)(?:资金|金额)?(?:资金)?(?:合计)?(?=[\d,.]+(?:万元|亿元|元))"
)
_SET = re.compile(
    r"设(?:置|定|立)了?整体支出绩效目标、(?P<n>\d+|[一二两三四五六七八九十])个(?:[一二]级)?项目支出绩效目标"
)
_NONE = re.compile(r"共0个项目实行绩效目标管理|编报绩效目标的(?:20\d\d年度?)?项目共?0个")
_REFERRED = re.compile(r"(?:详见|见附?)[^。;]{0,12}(?:项目)?(?:支出)?绩效目标(?:申报|填报)?表")
_QUARTER = re.compile(r"第([一二三四])季度(?:用款|资金|支出)?(?:计划|安排)?(?:为|:)?$")
_NAMED = re.compile(r"([^,。;:、()\d]{4,30})$")
_HAN = {c: n for n, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_SPENT = (Address("*.expenditure", "total", "project"), PROJECTS)


def goal_claims(
    forms: tuple[GoalForm, ...],
    tables: tuple[TableFacts, ...],
    passages: list[Passage],
    quantities: tuple[Quantity, ...],
    stage: str,
    year: int | None,
    unread: bool,
) -> Goals:
    """Relations and remarks on what the text says of goals; ``unread``: some page could not be read."""
    relations: list[Relation] = []
    remarks: list[Remark] = []
    unchecked: list[NotChecked] = []
    for passage in passages:
        for made in _claimed(passage, forms, tables, quantities):
            if isinstance(made, Relation):
                relations.append(made)
            elif isinstance(made, Remark):
                remarks.append(made)
            else:
                unchecked.append(made)
    if year:
        remarks.extend(_former(tables, year))
    remarks.extend(_classes(tables))
    relations.extend(_quarters(forms, quantities))
    relations.extend(_repeated(quantities))
    if tables and not unread:
        remarks.extend(_absent(passages, forms, tables, Book(tables, stage), year))
    return Goals(tuple(r for r in dict.fromkeys(relations) if sound(r)), tuple(remarks), tuple(unchecked))


_FORMER = re.compile(r"前两年预算(?:及|和)")
_NEW = re.compile(r"无|没有|未|首次|新增|新设|上年|去年|前年")


def _former(tables: tuple[TableFacts, ...], year: int) -> Iterator[Remark]:
    """ "前两年预算及当年预算变动情况" with this year's amount alone."""
    for t in tables:
        for row in t.table.table.texts():
            told = [flat(c) for c in row]
            at = next((k for k, c in enumerate(told) if _FORMER.search(c)), None)
            value = next((c for c in told[at + 1 :] if c), "") if at is not None else ""
            if not re.search(r"\d", value) or _NEW.search(value):
                continue
            if any(str(y) in value for y in (year - 1, year - 2)):
                continue
            cell = next(c for c in t.table.table.cells if flat(c.text) == value)
            message = f"“前两年预算及当年预算变动情况”只写了“{value[:40]}”，没有前两年的预算和变动。"
            yield Remark("goals.former", message, cell.text, cell.place)


_KINDS = {
    "数量指标": "产出指标", "质量指标": "产出指标", "时效指标": "产出指标", "经济效益指标": "效益指标",
    "社会效益指标": "效益指标", "生态效益指标": "效益指标", "可持续影响指标": "效益指标", "服务对象满意度指标": "满意度指标",
}  # fmt: skip
"""The second level of indicators and the first it belongs to: 财预〔2021〕101号."""
_FIRST = frozenset(_KINDS.values())


def _classes(tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    """An indicator of the second level that stands beside another first level than its own, once a table."""
    for t in tables:
        for row in t.table.table.texts():
            told = [flat(c) for c in row]
            first = next((c for c in told if c in _FIRST), "")
            second = next((c for c in told if c in _KINDS), "")
            if first and second and _KINDS[second] != first:
                cell = next(c for c in t.table.table.cells if flat(c.text) == second)
                message = f"{t.table.name}：“{second}”列在“{first}”之下，应在“{_KINDS[second]}”之下。"
                yield Remark("goals.class", message, cell.text, cell.place)
                break


def _claimed(
    passage: Passage,
    forms: tuple[GoalForm, ...],
    tables: tuple[TableFacts, ...],
    quantities: tuple[Quantity, ...],
) -> Iterator[Relation | Remark | NotChecked]:
    goals = [f for f in forms if f.kind == "project"]
    for m in _CLAIMED.finditer(passage.text):
        if "绩效" not in passage.text[max(0, m.start() - 40) : m.end()]:
            continue
        said = int(m.group("n"))
        money = [q for q in quantities if q.passage is passage and q.start >= m.end() and q.money]
        words = passage.verbatim(m.start(), money[0].end if money else m.end()).strip()
        if money and money[0].start == m.end():
            stop = passage.text.find("。", money[0].end)
            stop = passage.text.find("。", stop + 1) if passage.text.startswith("其中", stop + 1) else stop
            listed = [q.fact for q in money[1:] if stop < 0 or q.start < stop]
            if "其中" in passage.text[money[0].end : money[0].end + 4] and len(listed) == said:
                yield equal("goals.named", money[0].fact, listed)
            facts = [f.year for f in goals if f.year]
            if said and len(goals) == said == len(facts):
                yield equal("goals.claimed", money[0].fact, [f for f in facts if f])
                continue
        if 0 < said < len(goals):
            yield Remark(
                "goals.count",
                f"“{words}”，文件里的项目绩效目标表有 {len(goals)} 张。",
                words,
                passage.place(m.start()),
            )
        elif (table := listed_projects(tables)) and money and table.contradicts(said, money[0].amount.base):
            message = f"“{words}”，金额是全部项目的，项目支出表列有 {table.projects} 个。"
            yield Remark("goals.count", message, words, passage.place(m.start()))
        elif said > len(goals):
            yield NotChecked(
                "goals.claimed",
                f"文中说有 {said} 个项目编报绩效目标，文件里的项目绩效目标表有 {len(goals)} 张",
            )
    for m in _SET.finditer(passage.text):
        said = _HAN.get(m.group("n")) or int(m.group("n"))
        if goals and said != len(goals):
            words = passage.verbatim(m.start(), m.end()).strip()
            yield Remark(
                "goals.count",
                f"“{words}”，文件里的项目绩效目标表有 {len(goals)} 张。",
                words,
                passage.place(m.start()),
            )


def told_once(remarks: list[Remark]) -> list[Remark]:
    """Without the count of goals tables that a project without one explains already."""
    counts = [r for r in remarks if r.rule == "goals.count"]
    first = next((k for k, r in enumerate(remarks) if r.rule == "goals.missing"), None)
    if first is None or not counts:
        return remarks
    missing = replace(remarks[first], others=tuple((r.words, r.place) for r in counts))
    return [missing if k == first else r for k, r in enumerate(remarks) if r not in counts]


def _quarters(forms: tuple[GoalForm, ...], quantities: tuple[Quantity, ...]) -> Iterator[Relation]:
    """The four quarters of a plan of payments add up to the project's amount of the year."""
    years = [f.year for f in forms if f.kind == "project" and f.year]
    by_passage: dict[int, list[Quantity]] = {}
    for q in quantities:
        if q.money and _QUARTER.search(q.lead):
            by_passage.setdefault(id(q.passage), []).append(q)
    for told in by_passage.values():
        if [_QUARTER.findall(q.lead)[-1] for q in told] != list("一二三四"):
            continue
        options = [equal("goals.quarters", year, [q.fact for q in told]) for year in years]
        held = next((o for o in options if holds(o)), None)
        if held is not None:
            yield held
        elif len(options) == 1:  # among several projects it cannot be said whose plan it is
            yield options[0]


def _repeated(quantities: tuple[Quantity, ...]) -> Iterator[Relation]:
    """A project named with its amount among those with goals, and again where its budget is set out."""
    first: dict[str, Quantity] = {}
    for q in quantities:
        name = _NAMED.search(q.lead)
        heading = q.passage.section[-1] if q.passage.section else ""
        if not (q.money and q.kind == Kind.VALUE and name):
            continue
        if "绩效目标设置" in heading:
            first.setdefault(name.group(1), q)
        elif "年度预算安排" in heading and (before := first.get(name.group(1))):
            yield equal("goals.repeated", q.fact, [before.fact])


def _absent(
    passages: list[Passage],
    forms: tuple[GoalForm, ...],
    tables: tuple[TableFacts, ...],
    book: Book,
    year: int | None,
) -> Iterator[Remark]:
    """Tables the text refers to that are not there; no goals at all though there are projects."""
    drawn = any(t.table.standard and t.table.standard.layout == "form" for t in tables)
    referred = [(p, m) for p in passages for m in _REFERRED.finditer(p.text)]
    if referred and not forms and not drawn:
        p, m = referred[0]
        words = p.verbatim(m.start(), m.end()).strip()
        more = f"（共 {len(referred)} 处）" if len(referred) > 1 else ""
        yield Remark("goals.referred", f"写“{words}”{more}，文件里没有这张表。", words, p.place(m.start()))
    spent = [fs[0] for a in _SPENT if len(fs := book.resolve(a).get("", [])) == 1]
    for p in passages:
        for m in _NONE.finditer(p.text):
            amount = next((f for f in spent if f.amount and f.amount.value > 0), None)
            if amount and year and year >= 2019:
                words = p.verbatim(m.start(), m.end()).strip()
                yield Remark(
                    "goals.none", f"“{words}”，而项目支出有 {amount.text}。", words, p.place(m.start())
                )
