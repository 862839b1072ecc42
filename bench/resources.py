"""A made city: bodies, applications, data resources with fields, loads, claims, with planted faults of every kind."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from bench.resource_requests import plant_requests
from bench.resource_trading import trading
from yibenzhang.office.database import Database, engine_of
from yibenzhang.resources.account import account_of
from yibenzhang.resources.contradictions import contradictions, rules_of
from yibenzhang.resources.exporting import dcat, fields_by_resource, table
from yibenzhang.resources.importing import read_table, take
from yibenzhang.resources.measures import measures_of
from yibenzhang.resources.models import Quality, RequestEvent
from yibenzhang.resources.schema import Schema, load_schema
from yibenzhang.resources.store import Asked, Doer, Draft, add_all, counted, entries, prepare

DAY = date(2026, 9, 1)
DOER = Doer(datetime(2026, 9, 1, tzinfo=UTC), "造数", "bench resources")
BODIES, APPLICATIONS, RESOURCES, FIELDS, LINES = 61, 400, 6_000, 60_000, 489
PLANTED = 20
"""Faults of each kind, beside as many twins: what looks alike and is right."""


@dataclass
class City:
    """Drafts by kind in the order they go in, states that differ from published, and what was planted: (rule, name)."""

    drafts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    planted: set[tuple[str, str]] = field(default_factory=set)
    quality: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, **values: Any) -> dict[str, Any]:
        made = {k: v for k, v in values.items() if v is not None}
        self.drafts.setdefault(kind, []).append(made)
        return made

    def plant(self, rule: str, name: str) -> None:
        self.planted.add((rule, name))


@dataclass(frozen=True, slots=True)
class Step:
    """A step's time, or a rule's count."""

    step: str
    seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """Of one rule: how many faults were planted, told, and told where none was planted."""

    rule: str
    planted: int
    told: int
    false: int


def city(seed: int) -> City:
    """The made city; everything not planted is as it should be. Codes follow from the order of the drafts."""
    chance, c = random.Random(seed), City()
    bodies = [f"某市第{n}局" for n in range(BODIES)]
    _projects(c, bodies)
    _applications(c, bodies, chance)
    _clouds(c, bodies, chance)
    for n in range(LINES):
        c.add(
            "link",
            name=f"专线{n}",
            body=bodies[n % BODIES],
            type="line",
            bandwidth="100",
            used="60",
            cost="12000",
            cost_year=2026,
        )
    _resources(c, bodies, chance)
    _loads(c, chance)
    _claims(c, bodies)
    trading(c.add, c.plant, bodies, PLANTED)
    return c


def _projects(c: City, bodies: list[str]) -> None:
    """A project for every application, and some more: accepted with nothing to show, not under management."""
    for n in range(APPLICATIONS):
        c.add(
            "project",
            name=f"业务{n}号建设",
            body=bodies[n % BODIES],
            approved_on="2022-01-05",
            accepted_on="2023-06-01",
            money="1000000",
            managed=True,
        )
    for n in range(PLANTED):
        c.add(
            "project",
            name=f"空项{n}号建设",
            body=bodies[n % BODIES],
            approved_on="2022-02-01",
            accepted_on="2024-05-01",
            managed=True,
        )
        c.plant("project.nothing", f"空项{n}号建设")
        c.add(
            "project", name=f"未管{n}号建设", body=bodies[n % BODIES], approved_on="2026-02-01", managed=False
        )
        c.plant("project.unmanaged", f"未管{n}号建设")
        c.add(
            "project", name=f"在建{n}号建设", body=bodies[n % BODIES], approved_on="2026-02-01", managed=True
        )  # twins: not accepted


def _applications(c: City, bodies: list[str], chance: random.Random) -> None:
    for n in range(APPLICATIONS):
        common = {
            "body": bodies[n % BODIES],
            "owner": f"人{n}",
            "hosting": chance.choice(("cloud", "cloud", "room")),
            "grade": "2",
        }
        name, project = f"业务{n}号系统", f"XM{n + 1:06d}"
        if n < PLANTED:
            name = f"无源{n}号系统"
            c.add("application", name=name, status="in_use", **common)
            c.plant("application.unfunded", name)
            c.plant("project.nothing", f"业务{n}号建设")
        elif n < 2 * PLANTED:
            c.add(
                "application",
                name=name,
                status="withdrawn",
                closed_on="2024-03-01",
                running_cost="50000",
                cost_year=2026,
                project=project,
                **common,
            )
            c.plant("application.withdrawn_cost", name)
        elif n < 3 * PLANTED:  # twins: paid in the year in which it was closed, or only built by name
            c.add(
                "application",
                name=name,
                status="withdrawn",
                closed_on="2026-03-01",
                running_cost="50000",
                cost_year=2026,
                project=project,
                **common,
            )
        elif n < 4 * PLANTED:
            c.add("application", name=f"业务{n}号", status="in_use", **common)
        else:
            c.add(
                "application",
                name=name,
                status="in_use",
                running_cost="80000",
                cost_year=2026,
                project=project,
                running_project=f"业务{n}号运维",
                **common,
            )


def _clouds(c: City, bodies: list[str], chance: random.Random) -> None:
    for n in range(1_200):
        common = {
            "body": bodies[n % BODIES],
            "type": "host",
            "measure": "核",
            "cost": "20000",
            "cost_year": 2026,
            "quota": "100",
        }
        used = str(chance.randint(50, 100))
        if n < PLANTED:
            c.add("cloud", name=f"主机{n}", used=str(chance.randint(0, 49)), **common)
            c.plant("cloud.unused", f"主机{n}")
        elif n < 2 * PLANTED:
            c.add(
                "cloud",
                name=f"主机{n}",
                used=used,
                application=f"YY{PLANTED + n - PLANTED + 1:06d}",
                **common,
            )
            c.plant("cloud.withdrawn_cost", f"主机{n}")
        elif n < 3 * PLANTED:  # twins: half is used, nothing is paid, or it is not known
            c.add("cloud", name=f"主机{n}", used="50", **common)
        elif n < 4 * PLANTED:
            c.add("cloud", name=f"主机{n}", used="1", **{**common, "cost": "0"})
        else:
            c.add("cloud", name=f"主机{n}", used=used if n % 3 else None, **common)


def _resources(c: City, bodies: list[str], chance: random.Random) -> None:
    for n in range(RESOURCES):
        owner = None if n < PLANTED else f"人{n}"
        name = f"资源{n}"
        c.add(
            "data_resource",
            name=name,
            body=bodies[n % BODIES],
            owner=owner,
            format="table",
            share="unconditional",
            open=n % 4 == 0,
            cycle="monthly",
            managed=n % 20 != 0,
            records=1_000_000,
            application=f"YY{4 * PLANTED + n % 300 + 1:06d}",
            location=f"t{n}",
        )
        if n < PLANTED:
            c.plant("resource.no_owner", name)
    for n in range(FIELDS):
        c.add(
            "field",
            resource=f"SJ{n % RESOURCES + 1:06d}",
            name=f"c{n // RESOURCES}",
            label=f"栏{n // RESOURCES}",
            type="varchar",
            length=20,
        )


def _loads(c: City, chance: random.Random) -> None:
    """Eight months of 600 resources; late, empty, shrunken and drifted ones among them."""
    for n in range(600):
        kind = (
            ("late", "empty", "shrunken", "drifted", "missing", "")[n // PLANTED] if n < 6 * PLANTED else ""
        )
        for month in range(1, 9):
            at = {
                "due_on": f"2026-{month:02d}-10",
                "arrived_on": f"2026-{month:02d}-{chance.randint(1, 10):02d}",
                "records": chance.randint(900, 1100),
                "schema": "a",
            }
            if month == 6:
                at |= _FAULTS.get(kind, {})
            if month > 6 and kind == "drifted":
                at["schema"] = "b"
            c.add("load", resource=f"SJ{n + 1:06d}", name=f"2026-{month:02d}", **at)
        if kind:
            rule = "load.late" if kind == "missing" else f"load.{kind}"
            c.plant(rule, f"资源{n}")


_FAULTS: Mapping[str, dict[str, Any]] = {
    "late": {"arrived_on": "2026-06-25"},
    "empty": {"records": 0},
    "shrunken": {"records": 300},
    "drifted": {"schema": "b"},
    "missing": {"arrived_on": None, "records": None},
}


def _claims(c: City, bodies: list[str]) -> None:
    """Counts and promises, some right and some not, of this year and of the last."""
    running = [a for a in c.drafts["application"] if a["status"] != "withdrawn"]
    cloud = sum(a["hosting"] == "cloud" for a in running)
    own = {
        "application.cloud": cloud,
        "application.cloud_bodies": len({a["body"] for a in running if a["hosting"] == "cloud"}),
        "resource.count": RESOURCES,
        "resource.bodies": BODIES,
        "resource.managed": 95,
        "resource.records": RESOURCES * 1_000_000,
        "quality.rate": 93,
    }
    for n, (measure, value) in enumerate(own.items()):
        for k, (year, sign, told, rule) in enumerate(
            (
                (2026, "=", value, ""),
                (2026, "=", value + 7, "claim.count"),
                (2025, "=", value + 7, ""),
                (2025, ">=", value, ""),
                (2025, ">=", value + 1, "claim.broken"),
                (2026, ">=", value + 1, "claim.behind"),
                (2025, "<=", value - 1, "claim.broken"),
                (2026, "<=", value, ""),
            )
        ):
            name = f"{measure}之{k}"
            c.add(
                "claim",
                name=name,
                body=bodies[n],
                year=year,
                measure=measure,
                sign=sign,
                value=str(told),
                document="某预算.pdf",
                place=f"第{k + 1}页",
            )
            if rule:
                c.plant(rule, name)


# ---- measuring -----------------------------------------------------------------------------------------


def measure(
    folder: Path, seed: int, address: str = "", lines: int = 0
) -> tuple[list[Step], list[Found], list[Shown]]:
    """Make the city, put it into an account and look for the contradictions: times, what was found, and pages; those
    once more with many ``lines`` of the catalogue."""
    schema = load_schema()
    made = city(seed)
    engine = engine_of(address, folder)
    prepare(engine)
    database, steps = Database(engine), []

    def timed(name: str, count: int, begun: float) -> None:
        steps.append(Step(name, round(time.perf_counter() - begun, 2), count))

    begun = time.perf_counter()
    with database.session() as session:
        _put(session, schema, made)
    timed("登记（带修改记录）", sum(map(len, made.drafts.values())), begun)
    begun = time.perf_counter()
    with database.session() as session:
        plant_requests(session, schema, [f"某市第{n}局" for n in range(BODIES)], made.plant, PLANTED)
        count = session.scalar(select(func.count()).select_from(RequestEvent)) or 0
    timed("共享申请的各步和使用记录", count, begun)
    steps += _reading(database, schema)
    begun = time.perf_counter()
    with database.session() as session:
        found = contradictions(session, schema, rules_of(), measures_of(), DAY)
    timed("矛盾", len(found), begun)
    told = Counter((f.rule, f.name) for f in found)
    rows = []
    for rule in rules_of():
        planted = {p for p in made.planted if p[0] == rule}
        mine = {t for t in told if t[0] == rule}
        false = sum(told[t] for t in mine - planted) + sum(told[t] - 1 for t in mine & planted)
        rows.append(Found(rule, len(planted), len(mine & planted), false))
    shown = list(pages(folder, address))
    if lines:
        steps.append(more_lines(database, schema, lines))
        more = f"，另有 {lines} 条目录"
        shown += [replace(p, page=p.page + more) for p in pages(folder, address)]
    engine.dispose()
    return steps, rows, shown


def _put(session: Session, schema: Schema, made: City) -> None:
    for kind, some in made.drafts.items():
        add_all(session, schema, [Draft(schema.kinds[kind], v) for v in some], DOER, "published")
    session.execute(
        insert(Quality),
        [
            {
                "run": "1",
                "at": DOER.at,
                "source": "造",
                "resource": "SJ000001",
                "body": "某市第0局",
                "rule": "id_number",
                "property": "conformity",
                "field": "x",
                "checked": 100,
                "passed": 93,
                "problem": "",
                "samples": [],
            }
        ],
    )


def _reading(database: Database, schema: Schema) -> Iterator[Step]:
    """What pages and exports do."""
    kind = schema.kinds["data_resource"]

    def step(name: str, do: Any) -> Step:
        begun = time.perf_counter()
        with database.session() as session:
            count = do(session)
        return Step(name, round(time.perf_counter() - begun, 3), count)

    def found(session: Session) -> int:
        asked = Asked("data_resource", find="资源59")
        list(entries(session, asked, 0, 100))
        return counted(session, asked)

    def out(session: Session) -> int:
        some = list(entries(session, Asked("data_resource")))
        dcat(schema, some, "目录", "urn:x", fields_by_resource(session))
        return len(some)

    def again(session: Session) -> int:
        data = table(schema, kind, entries(session, Asked("data_resource")), "xlsx")
        taken = take(session, schema, read_table(session, schema, kind, data), DOER)
        assert not taken.added and not taken.changed and not taken.refused
        return taken.same

    def page(session: Session) -> int:
        return sum(len(s.figures) for s in account_of(session, schema, "某市第3局", DAY).sections)

    yield step("查找（第一页）", found)
    yield step("导出 DCAT", out)
    yield step("Excel 往返，一条不差", again)
    yield step("一个单位的一本账", page)


# ---- a source ------------------------------------------------------------------------------------------


def source(address: str, tables: int, columns: int = 20) -> None:
    """A PostgreSQL or SQLite with so many tables, to harvest."""
    engine = engine_of(address, Path())
    listed = ", ".join(f"c{n} VARCHAR(40)" for n in range(columns))
    with engine.begin() as connection:
        for n in range(tables):
            connection.execute(text(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, {listed})"))
    engine.dispose()


# ---- many lines, and pages -----------------------------------------------------------------------------

LINES_OF_CATALOGUE = 370_000


def more_lines(database: Database, schema: Schema, count: int) -> Step:
    """So many lines more of the catalogue, as data resources of all bodies."""
    kind = schema.kinds["data_resource"]
    begun = time.perf_counter()
    for start in range(0, count, 50_000):
        some = [
            Draft(
                kind,
                {
                    "name": f"目录{n}",
                    "body": f"某市第{n % BODIES}局",
                    "owner": f"人{n}",
                    "format": "table",
                    "abstract": f"{n}号目录的摘要，" * 3,
                },
            )
            for n in range(start, min(start + 50_000, count))
        ]
        with database.session() as session:
            add_all(session, schema, some, DOER, "published")
    return Step("登记目录", round(time.perf_counter() - begun, 2), count)


SOUGHT = ("资源59", "目录36999", "第3局", "SJ0012", "没有这样的")
_PAGES = {
    "查找目录": [f"/resources?kind=data_resource&find={q}" for q in SOUGHT],
    "查找全部种类": [f"/resources?find={q}" for q in SOUGHT],
    "翻到后面": ["/resources?kind=data_resource&page=60", "/resources?kind=field&page=600"],
    "一条资源": [f"/resources/{n}" for n in (500, 2_500, 5_000, 50_000)],
    "各单位": ["/account"],
    "全市一页": ["/account-city"],
    "一个单位的一本账": [f"/account?body=某市第{n}局" for n in range(20, 25)],
    "数据质量": ["/quality"],
    "待定的差异": ["/proposals"],
    "共享申请": ["/requests", "/requests/7"],
    "矛盾": ["/contradictions"],
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A page asked for several times: the middle, the slowest and the processor's seconds of the middle one."""

    page: str
    times: int
    middle: float
    slowest: float
    processor: float


def pages(folder: Path, address: str) -> Iterator[Shown]:
    """The pages of the workbench on this account, each with other questions so that nothing is kept from before."""
    from fastapi.testclient import TestClient

    from yibenzhang.web.app import create
    from yibenzhang.web.settings import Settings

    app = create(Settings(folder=folder, database=address, hosts=(), work=False))
    with TestClient(app) as client:
        client.get("/resources")
        begun, used = time.perf_counter(), time.process_time()
        with app.state.office.session() as session:  # a server does so as it starts
            app.state.office.mirror().refresh(session)
        took = round(time.perf_counter() - begun, 3)
        yield Shown("启动时读账", 1, took, took, round(time.process_time() - used, 3))
        for name, addresses in _PAGES.items():
            taken = []
            for a in addresses:
                begun, used = time.perf_counter(), time.process_time()
                answer = client.get(a)
                taken.append((time.perf_counter() - begun, time.process_time() - used))
                assert answer.status_code == 200, answer.text[:300]
            taken.sort()
            middle = taken[len(taken) // 2]
            yield Shown(name, len(taken), round(middle[0], 3), round(taken[-1][0], 3), round(middle[1], 3))
