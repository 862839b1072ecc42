"""What the text says of goals: how many projects have some, with how much money, in which table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from yibenzhang.model.digits import whole_number
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Alternatives, Made, NotChecked, Relation
from yibenzhang.prose.numbering import count_written
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.counting import listed_projects
from yibenzhang.rules.goals import PROJECTS, equal, sound
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards import Address
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("goal_claims")
_CLAIMED = _WORDS["claimed"]
_SET = _WORDS["set"]
_MANY = _WORDS["many"]
"""How many projects have goals; the forms of some of them may be kept back."""
_IN_ALL = _WORDS["in_all"]
"""How many goals of projects there are, however they came to be."""
_NONE = _WORDS["none"]
_REFERRED = _WORDS["referred"]
_QUARTER = _WORDS["quarter"]
_NAMED = late(r"([^,。;:、()\d]{4,30})$")
_SINCE = 2019
"""From this year on, projects have goals."""
_SPENT = (Address("*.expenditure", "total", "project"), PROJECTS)


@rule("goals.claimed", "goals.count", "goals.named", needs=("text",))
def claimed(case: Case) -> Iterator[Made]:
    """How many projects the text says have goals, and with how much money."""
    for passage in case.passages:
        for made in _claimed(passage, case):
            if not isinstance(made, Relation) or sound(made):
                yield made


_FORMER = _WORDS["former"]
_NEW = _WORDS["new"]


@rule("goals.former", needs=("year",))
def former(case: Case) -> Iterator[Issue]:
    """ "前两年预算及当年预算变动情况" with this year's amount alone."""
    year = case.year or 0
    for t in case.tables:
        for row in t.table.table.texts():
            texts = [flat(c) for c in row]
            at = next((k for k, c in enumerate(texts) if _FORMER.search(c)), None)
            value = next((c for c in texts[at + 1 :] if c), "") if at is not None else ""
            if not re.search(r"\d", value) or _NEW.search(value):
                continue
            if any(str(y) in value for y in (year - 1, year - 2)):
                continue
            cell = next(c for c in t.table.table.cells if flat(c.text) == value)
            yield issue_at("goals.former", cell.text, cell.place, value=value[:40])


_KINDS = {
    "数量指标": "产出指标",
    "质量指标": "产出指标",
    "时效指标": "产出指标",
    "经济效益指标": "效益指标",
    "社会效益指标": "效益指标",
    "生态效益指标": "效益指标",
    "可持续影响指标": "效益指标",
    "服务对象满意度指标": "满意度指标",
}
"""The second level of indicators and the first it belongs to: 财预〔2021〕101号."""
_FIRST = frozenset(_KINDS.values())


@rule("goals.class")
def classes(case: Case) -> Iterator[Issue]:
    """An indicator of the second level that stands beside another first level than its own, once a table."""
    for t in case.tables:
        for row in t.table.table.texts():
            texts = [flat(c) for c in row]
            first = next((c for c in texts if c in _FIRST), "")
            second = next((c for c in texts if c in _KINDS), "")
            if first and second and _KINDS[second] != first:
                cell = next(c for c in t.table.table.cells if flat(c.text) == second)
                yield issue_at(
                    "goals.class",
                    cell.text,
                    cell.place,
                    table=t.table.name,
                    second=second,
                    first=first,
                    right=_KINDS[second],
                )
                break


def _claimed(passage: Passage, case: Case) -> Iterator[Made]:
    goals = [f for f in case.forms if f.kind == "project"]
    for m in _CLAIMED.finditer(passage.text):
        if "绩效" in passage.text[max(0, m.start() - 40) : m.end()]:
            yield from _number_and_money(m, passage, case, goals)
    in_all = list(_own_year(_IN_ALL, passage, case))
    set_ = [(s.start(), s.end()) for s in _SET.finditer(passage.text)]
    for m in (*_own_year(_MANY, passage, case), *(in_all if len(in_all) == 1 else ())):
        if not any(begin < m.end() and m.start() < end for begin, end in set_) and not _CLAIMED.search(
            passage.text, m.start()
        ):
            yield from _at_least(m, passage, case, goals)
    yield from _drawn_up(passage, case, goals)


def _drawn_up(passage: Passage, case: Case, goals: Sequence[GoalForm]) -> Iterator[Issue]:
    """So many goals were drawn up, and there is another number of forms."""
    for m in _own_year(_SET, passage, case):
        number = next(n for n in m.groups() if n)
        said = count_written(number)
        begin, end = sentence(passage.text, m.start(), m.end())
        some = _WORDS["some"].search(_WORDS["all_public"].sub("", passage.text[begin:end]))
        if said and goals and said != len(goals) and not (some and said > len(goals)):
            words = passage.verbatim(m.start(), m.end()).strip()
            yield issue_at("goals.count", words, passage.place(m.start()), forms=len(goals))


def _number_and_money(
    m: re.Match[str], passage: Passage, case: Case, goals: Sequence[GoalForm]
) -> Iterator[Made]:
    """So many projects with goals, and their money."""
    said = whole_number(m.group("n"))
    money = [q for q in case.quantities if q.passage is passage and q.start >= m.end() and q.money]
    if money and money[0].start == m.end():
        listed = _named_after(passage, money)
        if "其中" in passage.text[money[0].end : money[0].end + 4] and len(listed) == said:
            yield equal("goals.named", money[0].fact, listed)
        facts = [f.year for f in goals if f.year]
        if said and len(goals) == said == len(facts):
            yield equal("goals.claimed", money[0].fact, facts)
            return
    yield from _number(m, said, passage, case, goals, money[0] if money else None)


def _number(
    m: re.Match[str],
    said: int,
    passage: Passage,
    case: Case,
    goals: Sequence[GoalForm],
    money: Quantity | None,
) -> Iterator[Made]:
    """So many projects with goals: fewer than there are forms, other than the tables list, or more than was read."""
    words = passage.verbatim(m.start(), money.end if money else m.end()).strip()
    place, table = passage.place(m.start()), listed_projects(case.tables)
    if 0 < said < len(goals):
        yield issue_at("goals.count", words, place, forms=len(goals))
    elif table and money and table.contradicts(said, money.amount.base):
        yield issue_at("goals.count", words, place, template="projects", count=table.projects)
    elif said > len(goals):
        values = arguments(projects=said, forms=len(goals))
        yield NotChecked("goals.claimed", template="unchecked", arguments=values)


def _named_after(passage: Passage, money: Sequence[Quantity]) -> list[Fact]:
    """The amounts of the projects that are named behind the sum, to the end of their sentence."""
    stop = passage.text.find("。", money[0].end)
    stop = passage.text.find("。", stop + 1) if passage.text.startswith("其中", stop + 1) else stop
    return [q.fact for q in money[1:] if stop < 0 or q.start < stop]


def _at_least(m: re.Match[str], passage: Passage, case: Case, goals: Sequence[GoalForm]) -> Iterator[Issue]:
    """So many projects have goals: fewer than there are forms, or more than there are projects."""
    said = count_written(next(g for g in m.groups() if g))
    table = listed_projects(case.tables)
    words, place = passage.verbatim(m.start(), m.end()).strip(), passage.place(m.start())
    if 0 < said < len(goals):
        yield issue_at("goals.count", words, place, forms=len(goals))
    elif goals and table and said > max(table.counts) and _all_projects(case, table.whole):
        yield issue_at("goals.count", words, place, template="projects", count=table.projects)


def _own_year(pattern: re.Pattern[str], p: Passage, case: Case) -> Iterator[re.Match[str]]:
    """What is said of the fiscal year: the clause names no other one."""
    for m in pattern.finditer(p.text):
        clause = re.split(r"[。;,]", p.text[: m.start()])[-1] + m.group()
        if all(int(y) == case.year for y in _YEAR.findall(clause)[-1:]):
            yield m


def _all_projects(case: Case, whole: Decimal) -> bool:
    """The project table has all expenditure on projects, as far as another table says how much that is."""
    spent = [f for a in _SPENT[:1] for f in case.book.resolve(a).get("", []) if f.amount]
    return all(f.amount is not None and abs(f.amount.base - whole) <= _NEAR for f in spent)


_NEAR = Decimal(1000)
_YEAR = _WORDS["year"]


@rule("goals.quarters", needs=("forms", "text"))
def quarters(case: Case) -> Iterator[Made]:
    """The four quarters of a plan of payments add up to the project's amount of the year."""
    years = [f.year for f in case.forms if f.kind == "project" and f.year]
    by_passage: dict[int, list[Quantity]] = {}
    for q in case.quantities:
        if q.money and _QUARTER.search(q.lead):
            by_passage.setdefault(id(q.passage), []).append(q)
    for found in by_passage.values():
        if [_QUARTER.findall(q.lead)[-1] for q in found] != list("一二三四"):
            continue
        options = [equal("goals.quarters", year, [q.fact for q in found]) for year in years]
        # among several projects it cannot be said whose plan it is
        yield Alternatives(tuple(o for o in options if sound(o)), options[0] if len(options) == 1 else None)


@rule("goals.repeated", needs=("text",))
def repeated(case: Case) -> Iterator[Relation]:
    """A project named with its amount among those with goals, and again where its budget is set out."""
    first: dict[str, Quantity] = {}
    for q in case.quantities:
        name = _NAMED.search(q.lead)
        heading = q.passage.section[-1] if q.passage.section else ""
        if not (q.money and q.kind == Kind.VALUE and name):
            continue
        if "绩效目标设置" in heading:
            first.setdefault(name.group(1), q)
        elif "年度预算安排" in heading and (before := first.get(name.group(1))):
            yield equal("goals.repeated", q.fact, [before.fact])


@rule("goals.none", "goals.referred", needs=("text", "pages"))
def absent(case: Case) -> Iterator[Issue]:
    """Tables the text refers to that are not there; no goals at all though there are projects."""
    if not case.tables:
        return
    yield from _referred(case)
    if (case.year or 0) < _SINCE:
        return
    spent = [fs[0] for a in _SPENT if len(fs := case.book.resolve(a).get("", [])) == 1]
    amount = next((f for f in spent if f.amount and f.amount.value > 0), None)
    for p in case.passages if amount else ():
        for m in _own_year(_NONE, p, case):
            words = p.verbatim(m.start(), m.end()).strip()
            yield issue_at("goals.none", words, p.place(m.start()), amount=amount.text if amount else None)


def _referred(case: Case) -> Iterator[Issue]:
    """The text refers to tables of goals, and there is no form."""
    drawn = any(t.table.standard and t.table.standard.layout == "form" for t in case.tables)
    referred = [(p, m) for p in case.passages for m in _REFERRED.finditer(p.text)]
    if referred and not case.forms and not drawn:
        p, m = referred[0]
        words = p.verbatim(m.start(), m.end()).strip()
        times = len(referred) if len(referred) > 1 else None
        yield issue_at("goals.referred", words, p.place(m.start()), times=times)
