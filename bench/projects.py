"""A made portfolio: projects of many bodies over five years with faults of each kind planted, linked and asked about."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yibenzhang.projects.events import Event, Money, Source
from yibenzhang.projects.linking import Linked, linked
from yibenzhang.projects.oc4ids import package
from yibenzhang.projects.portfolio import asked, questions
from yibenzhang.projects.telling import event_rows, row_of

YEARS = (2021, 2022, 2023, 2024, 2025)
_WHAT = ("政务云", "热线", "电子证照", "政务外网", "数据目录", "视频会议", "信用平台", "审批系统", "监管平台", "档案系统", "应急指挥", "信访系统")  # fmt: skip
_OF = (
    "市级",
    "企业",
    "社区",
    "园区",
    "窗口",
    "移动端",
    "共享",
    "开放",
    "安全",
    "备份",
    "统一",
    "综合",
    "分析",
    "采集",
)
_DO = ("建设", "运行维护", "升级改造", "租用", "等保测评", "监理", "迁移", "培训推广")
_LIGHT = ("项目", "经费", "费", "")
FAULTS = (
    "payment.before_contract",
    "acceptance.after_payment",
    "budget.after_end",
    "contract.above_approved",
    "paid.above_contracted",
    "project.no_goals",
    "goals.no_results",
)


@dataclass(frozen=True, slots=True)
class Step:
    step: str
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """``told``: planted places that were found; ``false``: places found that were not planted."""

    rule: str
    planted: int
    told: int
    false: int


@dataclass(frozen=True, slots=True)
class Made:
    """Events, which project each is of, and the faults planted: rule, body and project."""

    events: tuple[Event, ...]
    truth: dict[str, str]
    planted: frozenset[tuple[str, str]]


def portfolio(count: int, seed: int = 1, each: int = 20) -> Made:
    """``count`` projects of ``count / 50`` bodies; every fault in ``each`` of them. The same seed gives the same."""
    chance = random.Random(seed)
    events: list[Event] = []
    truth: dict[str, str] = {}
    planted: set[tuple[str, str]] = set()
    faults = [f for f in FAULTS for _ in range(min(each, count // (4 * len(FAULTS))))]
    faulty = dict(zip(chance.sample(range(count), len(faults)), faults, strict=True))
    names = [f"{of}{what}{do}" for what in _WHAT for of in _OF for do in _DO]
    for first in range(0, count, 50):
        body = f"示范{first // 50}局"
        for k, name in enumerate(chance.sample(names, min(50, count - first))):
            number = first + k
            fault = faulty.get(number, "")
            planted |= {(fault, str(number))} if fault else set()
            for e in _project(chance, body, number, name, fault):
                events.append(e)
                truth[e.id] = str(number)
    chance.shuffle(events)
    return Made(tuple(events), truth, frozenset(planted))


def _project(chance: random.Random, body: str, number: int, name: str, fault: str) -> Iterator[Event]:
    code = f"4201{number:08d}T001" if chance.random() < 0.7 else ""
    money = Decimal(chance.randrange(100_000, 20_000_000, 100))
    first, last = sorted(chance.sample(YEARS, 2))
    event = _maker(body, number, code)
    for year in range(first, last + 1):
        told = name + chance.choice(_LIGHT)
        yield event("budget", year, told, "budget", money)
        if fault != "project.no_goals" or year != last:
            end = last - 1 if fault == "budget.after_end" else last
            yield event("goals", year, told, "budget", money, end=end)
        if fault != "goals.no_results" or year != last:
            yield event("self_assessment", year, told, "executed", money)
    approved = money * 2 if fault != "contract.above_approved" else money / 2
    yield event("approval", first, name, "approved", approved, date=f"{first}-01-10", coded=True)
    yield event("contract", first, name, "contracted", money, date=f"{first}-03-10", coded=True)
    early = fault == "payment.before_contract"
    yield event(
        "payment", first, name, "paid", money / 2, date=f"{first}-{'02' if early else '05'}-10", coded=True
    )
    rest = money if fault == "paid.above_contracted" else money / 2
    late = fault != "acceptance.after_payment"
    yield event(
        "payment", first, name, "paid", rest, date=f"{first}-{'11' if late else '07'}-20", coded=True, nth=2
    )
    yield event("acceptance", first, name, "", None, date=f"{first}-09-01", coded=True)


def _maker(body: str, number: int, code: str) -> Callable[..., Event]:
    def event(
        kind: str,
        year: int,
        name: str,
        measure: str,
        value: Decimal | None,
        coded: bool = False,
        nth: int = 1,
        **more: Any,
    ) -> Event:
        amounts = (Money(measure, value, f"{value}"),) if measure and value is not None else ()
        return Event(
            id=f"{number}-{kind}-{year}-{nth}", kind=kind, who=body, body=body, name=name,
            code=code if kind == "budget" or coded else "", year=year, amounts=amounts,
            source=Source(f"{body}-{year}", f"{year}.pdf", "第1页"),
            origin="" if coded else f"{body}-{year}-{kind}", **more,
        )  # fmt: skip

    return event


def measure(count: int, seed: int = 1) -> tuple[list[Step], list[Found]]:
    """How long linking, asking, a list, a project and an export take; what was found of links and faults."""
    made = portfolio(count, seed)
    steps: list[Step] = []

    def timed(name: str, of: int, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        done = work()
        steps.append(Step(name, of, round(time.perf_counter() - start, 3)))
        return done

    book: Linked = timed("归并", len(made.events), lambda: linked(made.events))
    rules = [q for i, q in questions().items() if i in FAULTS]
    found = timed("提问", len(book.projects), lambda: asked(book.projects, rules))
    timed("一页列表", 100, lambda: [row_of(p) for p in book.projects[:100]])
    timed("一个项目", 1, lambda: list(event_rows(book.projects[0])))
    timed("导出 OC4IDS", len(book.projects), lambda: package(book.projects, "2026-01-01T00:00:00+00:00"))
    number = {p.id: made.truth[p.events[0].id] for p in book.projects}
    told = {(a.rule, number[a.project]) for a in found}
    results = [_found(rule, made.planted, told) for rule in FAULTS]
    return steps, [_links(made, book), *results]


def _found(rule: str, planted: frozenset[tuple[str, str]], told: set[tuple[str, str]]) -> Found:
    ours, theirs = ({p for p in some if p[0] == rule} for some in (planted, told))
    return Found(rule, len(ours), len(ours & theirs), len(theirs - ours))


def _links(made: Made, book: Linked) -> Found:
    """Pairs of events of one project: those there are, those put together, those put together wrongly."""
    true: dict[str, int] = defaultdict(int)
    for project in made.truth.values():
        true[project] += 1
    right = wrong = 0
    for p in book.projects:
        inside: dict[str, int] = defaultdict(int)
        for e in p.events:
            inside[made.truth[e.id]] += 1
        same = sum(n * (n - 1) // 2 for n in inside.values())
        right += same
        wrong += len(p.events) * (len(p.events) - 1) // 2 - same
    return Found("归并", sum(n * (n - 1) // 2 for n in true.values()), right, wrong)
