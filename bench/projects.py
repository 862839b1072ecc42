"""How long projects take and how many planted faults are found: a made portfolio as a ledger, and its pages."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.project_portfolio import CHANGES, FAULTS, Made, pairs, portfolio, stored
from yibenzhang.projects.book import Book, Keeper
from yibenzhang.projects.changes import OWN
from yibenzhang.projects.oc4ids import package

_TIMES = 9


@dataclass(frozen=True, slots=True)
class Step:
    """``seconds`` in all, or the median of several; ``most``: the longest of them."""

    step: str
    count: int
    seconds: float
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """``told``: planted places that were found; ``false``: places found that were not planted."""

    rule: str
    planted: int
    told: int
    false: int


def measure(count: int, seed: int = 1, pages: bool = True) -> tuple[list[Step], list[Found]]:
    """How long linking, asking and pages take; what was found of links and faults."""
    made = portfolio(count, seed)
    steps: list[Step] = []

    def timed(name: str, of: int, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        done = work()
        steps.append(Step(name, of, round(time.perf_counter() - start, 3)))
        return done

    with tempfile.TemporaryDirectory() as folder:
        ledger, truth = stored(made, Path(folder) / "analyses")
        keeper = Keeper()
        book: Book = timed("读账本并归并（第一次）", len(made.said), lambda: keeper.book(ledger))
        found = timed("提问（第一次）", len(book.projects), lambda: keeper.asked(ledger))
        timed("没有新的", len(book.projects), lambda: (keeper.book(ledger), keeper.asked(ledger)))
        timed("导出 OC4IDS", len(book.projects), lambda: package(book.projects, "2026-01-01T00:00:00+00:00"))
        results = _results(made, book, truth, found)
        if pages:
            steps += _pages(Path(folder), book)
    return steps, results


def _results(made: Made, book: Book, truth: dict[str, str], found: list[Any]) -> list[Found]:
    truly = [(p.id, [truth[e.id] for e in p.events if e.kind not in OWN]) for p in book.projects]
    whole: dict[str, int] = defaultdict(int)
    for project in truth.values():
        whole[project] += 1
    right, wrong = pairs(truly)
    number = {p: told[0] for p, told in truly}
    told = {(a.rule, number[a.project]) for a in found if a.project}
    told |= {(e.kind, number[p.id]) for p in book.projects for e in p.events if e.kind in CHANGES}
    links = Found("归并（成对的事件）", sum(n * (n - 1) // 2 for n in whole.values()), right, wrong)
    return [links, *(_found(rule, made.planted, told) for rule in (*FAULTS, *CHANGES))]


def _found(rule: str, planted: frozenset[tuple[str, str]], told: set[tuple[str, str]]) -> Found:
    ours, theirs = ({p for p in some if p[0] == rule} for some in (planted, told))
    return Found(rule, len(ours), len(ours & theirs), len(theirs - ours))


# ---- pages ---------------------------------------------------------------------------------------------


def _pages(folder: Path, book: Book) -> list[Step]:
    """The pages of the workbench, each asked several times once it is warm; and after one more row came in."""
    from fastapi.testclient import TestClient

    from yibenzhang.projects.records import ASSESSMENT, Record, keep
    from yibenzhang.web.app import create
    from yibenzhang.web.settings import Settings

    app = create(Settings(folder=folder / "office", hosts=(), analyses=str(folder / "analyses"), work=False))
    some = [p.id for p in book.projects[:: max(len(book.projects) // _TIMES, 1)]]
    body = book.projects[len(book.projects) // 2].who
    steps = []
    with TestClient(app) as client:

        def asked(name: str, *addresses: str, status: tuple[int, ...] = (200,)) -> None:
            times = []
            for address in addresses:
                start = time.perf_counter()
                answer = client.get(address)
                assert answer.status_code in status, answer.text[:300]
                times.append(time.perf_counter() - start)
            steps.append(Step(name, len(addresses), round(statistics.median(times), 3), round(max(times), 3)))

        asked("页面：启动以后第一次打开（说正在读）", "/projects", status=(200, 202))
        asked("数据：启动以后全部读好、问好", "/projects-portfolio.json")
        asked("页面：汇总，第一次打开", "/projects-summary")
        asked("页面：各项目", *(f"/projects?page={n}" for n in range(1, _TIMES + 1)))
        asked(
            "页面：筛选、按金额排",
            *(f"/projects?year={y}&order=paid&find=云" for y in (2021, 2022, 2023, 2024, 2025)),
        )
        asked("页面：要问的", *(["/projects-portfolio"] * _TIMES))
        asked("页面：一条问题", *(["/projects-portfolio?rule=goals.weaker"] * _TIMES))
        asked("页面：汇总", *(["/projects-summary"] * _TIMES))
        asked("页面：一个单位的汇总", *([f"/projects-summary?body={body}"] * _TIMES))
        asked("页面：一个项目", *(f"/project?chosen={p}" for p in some))
        asked("页面：自评", *(f"/project-performance?chosen={p}&kind=self_assessment" for p in some))
        one = book.project(some[0])
        assert one is not None
        m = one.members[0]
        keep(
            folder / "analyses",
            Record("", ASSESSMENT, one.who, m.code, m.name, m.key, 2025, "2025-12-31", "1", "1", ()),
        )
        asked("页面：有人填报以后，那个项目", f"/project?chosen={some[0]}")
        asked("页面：有人填报以后，要问的", "/projects-portfolio")
        asked("页面：有人填报以后，汇总", "/projects-summary")
        _more(folder)
        asked("页面：账本添了一批以后，一个项目", f"/project?chosen={some[1]}")
        asked("页面：账本添了一批以后，各项目", "/projects")
        asked("页面：账本添了一批以后，要问的", "/projects-portfolio")
        asked("页面：账本添了一批以后，汇总", "/projects-summary")
        asked("数据：账本添了一批以后，全部读好、问好", "/projects-portfolio.json")
    return steps


def _more(folder: Path) -> None:
    """A batch of another body comes into the ledger."""
    made = portfolio(50, 2)
    others = Made(tuple(replace(s, body="另一个局") for s in made.said), frozenset())
    ledger, _ = stored(others, folder / "more", 900_000_000)
    for batch in ledger.batch_folders():
        shutil.copytree(batch, folder / "analyses" / "batches" / batch.name)
