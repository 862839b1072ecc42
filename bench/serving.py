"""The workbench measured over HTTP on loopback: page after page alone, then many people at once while files are checked."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx

from bench.office_ledger import SEASONS, Made, Unmade

ALONE = 40
"""So many requests of each kind, one after another."""
START = 60.0
"""Seconds the server may take to answer for the first time."""
PATIENCE = 30.0
_MARK = re.compile(r'"X-CSRF": "([0-9a-f]+)"')
_MATTER = re.compile(r'id="m(\d+)"[^>]*data-verdict=""')
_KEY = re.compile(r'data-key="([^"]+)"')
_PICTURE = re.compile(r'src="(/submissions/\d+/leaves/\d+\.png[^"]*)"')


PAUSE = (1.0, 4.0)
"""Seconds between two clicks of one person. A practised reviewer needs some six a step for a file with five findings in
under a minute; these are quicker."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one kind of request took: milliseconds from sending to the last byte. ``target``: no more than this
    (``of`` p50 or p95), None where none is set."""

    name: str
    times: int
    p50: float
    p95: float
    most: float
    target: float | None = None
    of: str = "p95"
    errors: int = 0
    cpu: float | None = None
    """Milliseconds of processor time in the server for each; None where that is not known."""

    @property
    def met(self) -> bool | None:
        return None if self.target is None else getattr(self, self.of) <= self.target and not self.errors


@dataclass(slots=True)
class Report:
    """All that was measured. ``checked``: files checked while the people were at work."""

    documents: int
    matters: int
    processors: int
    alone: list[Taken] = field(default_factory=list)
    people: int = 0
    seconds: float = 0
    pause: tuple[float, float] = PAUSE
    requests: int = 0
    load: list[Taken] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    handed_in: int = 0
    checked: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time while the people were at work: the server, its workers, this program, all other programs
    of the machine, and idle. What others took was missing here."""

    def told(self) -> dict[str, Any]:
        rows = {k: [asdict(t) | {"met": t.met} for t in getattr(self, k)] for k in ("alone", "load")}
        return asdict(self) | rows


def taken(
    name: str, times: list[float], target: float | None = None, errors: int = 0, cpu: float | None = None
) -> Taken:  # fmt: skip
    """The figures of some times in milliseconds."""
    ordered = sorted(times) or [0.0]
    p50, p95 = (ordered[min(round(q * (len(ordered) - 1)), len(ordered) - 1)] for q in (0.5, 0.95))
    return Taken(
        name, len(times), round(p50, 1), round(p95, 1), round(ordered[-1], 1), target, "p95", errors, cpu
    )


@contextmanager
def serving(folder: Path, jobs: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The real server in a process of its own; it is ended in any case. Raises Unmade where it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "from yibenzhang.cli import main; main()"
    log = folder / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--folder", str(folder), "--port", str(port), "--jobs", str(jobs), "--processes", "2"],
            stdout=out, stderr=out, env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )  # fmt: skip
    base = f"http://localhost:{port}"
    try:
        until = time.monotonic() + START
        while True:
            try:
                if httpx.get(f"{base}/health", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            if process.poll() is not None or time.monotonic() > until:
                raise Unmade(f"服务没有起来，见 {log}：{log.read_text(errors='replace')[-300:]}")
            time.sleep(0.2)
        yield base, process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(
    made: Made, jobs: int, people: int, seconds: float, pause: tuple[float, float], tell: Callable[[str], None]
) -> Report:  # fmt: skip
    """Measure; ends by itself. Raises Unmade where the server does not start."""
    shutil.rmtree(made.folder / "pictures", ignore_errors=True)  # of a measurement before
    report = Report(made.documents, made.matters, os.cpu_count() or 1, pause=pause)
    with serving(made.folder, jobs) as (base, process):
        tell("逐项测量")
        report.alone = _Alone(base, made, process.pid).all()
        if people and seconds:
            tell(f"{people} 人同时使用 {seconds:g} 秒")
            before = _processors(process.pid)
            asyncio.run(_Crowd(base, made, people, seconds, pause, report).run())
            after = _processors(process.pid)
            report.cpu = {k: round(v - before.get(k, 0.0), 1) for k, v in after.items()}
            if report.cpu:
                ours = sum(report.cpu[k] for k in ("server", "workers", "client"))
                report.cpu["others"] = round(max(report.cpu.pop("busy") - ours, 0.0), 1)
    return report


def _processors(server: int) -> dict[str, float]:
    """Seconds of processor time so far; empty where the system does not tell."""
    try:
        tick = os.sysconf("SC_CLK_TCK")
        user, nice, system, idle, wait, *rest = (
            int(n) / tick for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        )
        mine: dict[int, tuple[int, float]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                told = path.read_text().rpartition(")")[2].split()
                mine[int(path.parent.name)] = (int(told[1]), sum(map(int, told[11:15])) / tick)
    except (OSError, ValueError, AttributeError):
        return {}
    below = {server}
    while more := {p for p, (parent, _) in mine.items() if parent in below} - below:
        below |= more
    pages = {server, *(p for p in below if mine.get(p, (0, 0.0))[0] == server)}
    used = os.times()
    return {
        "server": sum(mine[p][1] for p in pages if p in mine),
        "workers": sum(mine[p][1] for p in below - pages if p in mine),
        "client": used.user + used.system,
        "busy": user + nice + system + sum(rest),
        "idle": idle + wait,
    }


def _sent(data: bytes, number: int) -> bytes:
    """The document as another file of the same content."""
    return data + f"\n% {uuid.uuid4().hex} {number}\n".encode()


class _Alone:
    """One browser, one request after another."""

    def __init__(self, base: str, made: Made, server: int) -> None:
        self._made, self._season, self._server = made, made.season, server
        self._client = httpx.Client(base_url=base, timeout=PATIENCE)
        self._random = Random(7)

    def all(self) -> list[Taken]:
        with self._client as client:
            client.get("/seasons")
            mark = _MARK.search(client.get("/seasons").text)
            head = {"X-CSRF": mark.group(1) if mark else ""}
            some = self._random.sample(self._made.open, min(ALONE, len(self._made.open)))
            season = f"/seasons/{self._season}"
            out = [
                self._timed("审核页，第一次打开", [f"/submissions/{n}" for n in some], 300),
                self._timed("审核页，再次打开", [f"/submissions/{n}" for n in some], 300),
                self._timed("一页的数字", [f"/submissions/{n}/leaves/{self._leaf()}" for n in some]),
                self._timed("页面图像，没有画过", [self._fresh(n) for n in some], 500),
            ]
            last = [self._fresh(some[0])] * ALONE
            out.append(self._timed("页面图像，画过", last))
            key = _KEY.search(client.get(f"/submissions/{some[0]}/leaves/{self._leaf()}").text)
            out += [
                self._timed("一个数字的印证", [f"/submissions/{n}/numbers?key={key.group(1)}" for n in some]) if key else taken("一个数字的印证", []),
                self._timed("看板", [season] * (ALONE // 2), 300),
                self._timed("问题页", [f"{season}/findings"] * (ALONE // 2), 300),
                self._timed("问题页，按规则和处理筛选", [f"{season}/findings?severity=error&verdict=open&sort=body"] * (ALONE // 2), 300),
                self._timed("各季", ["/seasons"] * (ALONE // 2)),
                self._timed("统计总览", [f"{season}/statistics"] * (ALONE // 4)),
                self._timed("统计：规则", [f"{season}/statistics/rules"] * (ALONE // 4)),
                self._timed("统计：部门和单位", [f"{season}/statistics/departments"] * (ALONE // 4)),
                self._decided(some, head),
                self._handed_in(head),
            ]  # fmt: skip
        return out

    def _leaf(self) -> int:
        return self._random.randint(1, self._made.pages)

    def _fresh(self, submission: int) -> str:
        """A picture that was never drawn: pictures are kept by page and width."""
        return f"/submissions/{submission}/leaves/{self._leaf()}.png?width={1400 + self._random.randint(-150, 150)}"

    def _timed(self, name: str, addresses: list[str], target: float | None = None) -> Taken:
        times, errors, before = [], 0, self._used()
        for a in addresses:
            begun = time.perf_counter()
            answer = self._client.get(a)
            times.append(1000 * (time.perf_counter() - begun))
            errors += answer.status_code != 200
        return taken(name, times, target, errors, self._each(before, len(times)))

    def _used(self) -> float | None:
        return _processors(self._server).get("server")

    def _each(self, before: float | None, times: int) -> float | None:
        after = self._used()
        return (
            None
            if before is None or after is None or not times
            else round(1000 * (after - before) / times, 1)
        )

    def _decided(self, some: list[int], head: dict[str, str]) -> Taken:
        times, errors = [], 0
        found = [_MATTER.findall(self._client.get(f"/submissions/{n}").text) for n in some]
        before = self._used()
        for open_ in filter(None, found):
            begun = time.perf_counter()
            answer = self._client.post(
                f"/matters/{open_[0]}/decisions", data={"verdict": "confirmed"}, headers=head
            )
            times.append(1000 * (time.perf_counter() - begun))
            errors += answer.status_code != 200
        return taken("处理一个问题", times, None, errors, self._each(before, len(times)))

    def _handed_in(self, head: dict[str, str]) -> Taken:
        data, times, errors = self._made.document.read_bytes(), [], 0
        for k in range(ALONE // 4):
            asked = {"name": f"document-{k}.pdf", "delivery": uuid.uuid4().hex}
            begun = time.perf_counter()
            answer = self._client.post(
                f"/seasons/{self._season}/files", params=asked, content=_sent(data, k), headers=head
            )
            times.append(1000 * (time.perf_counter() - begun))
            errors += answer.status_code != 201
        return taken(f"交一个文件（{len(data) // 1024} KB）", times, errors=errors)


class _Crowd:
    """People at once, each clicking as a reviewer does, while another hands in file after file."""

    def __init__(
        self, base: str, made: Made, people: int, seconds: float, pause: tuple[float, float], report: Report
    ) -> None:  # fmt: skip
        self._base, self._made, self._report, self._low, self._high = base, made, report, *pause
        self._people, self._seconds = people, seconds
        self._times: dict[str, list[float]] = defaultdict(list)
        self._errors: list[str] = []
        self._until = 0.0
        self._serial = count()

    async def run(self) -> None:
        self._until = time.monotonic() + self._seconds
        await asyncio.gather(self._feeder(), *(self._person(k) for k in range(self._people)))
        r = self._report
        every = [t for ts in self._times.values() for t in ts]
        r.people, r.seconds, r.requests = self._people, self._seconds, len(every)
        r.errors = self._errors[:20]
        target = 1000.0 if self._low else None
        r.load = [
            *(taken(name, ts) for name, ts in self._times.items()),
            taken("全部", every, target, errors=len(self._errors)),
        ]

    @property
    def _over(self) -> bool:
        return time.monotonic() >= self._until

    async def _call(
        self, client: httpx.AsyncClient, name: str, method: str, address: str, **more: Any
    ) -> str:
        begun = time.perf_counter()
        try:
            answer = await client.request(method, address, **more)
            text = answer.text if "text" in answer.headers.get("content-type", "") else ""
            if answer.status_code >= 400:
                self._errors.append(f"{answer.status_code} {method} {address}")
        except httpx.HTTPError as error:
            self._errors.append(f"{type(error).__name__} {method} {address}")
            text = ""
        self._times[name].append(1000 * (time.perf_counter() - begun))
        return text

    async def _pause(self, random: Random) -> None:
        wait = random.uniform(self._low, self._high)
        await asyncio.sleep(max(min(wait, self._until - time.monotonic()), 0))

    async def _person(self, number: int) -> None:
        random = Random(number)
        mine = self._made.open[number :: self._people] or self._made.open
        season = f"/seasons/{self._made.season}"
        async with httpx.AsyncClient(base_url=self._base, timeout=PATIENCE) as client:
            await asyncio.sleep(random.uniform(0, self._high))
            await client.get("/seasons")  # the browser's cookie
            while not self._over:
                found = _MARK.search(await self._call(client, "看板", "GET", season))
                head = {"X-CSRF": found.group(1)} if found else {}
                await self._pause(random)
                await self._reviews(client, random, random.choice(mine), head)

    async def _reviews(
        self, client: httpx.AsyncClient, random: Random, n: int, head: dict[str, str]
    ) -> None:  # fmt: skip
        """Open a file, look at its first pages, ask what proves a number, decide about two findings."""
        opened = await self._call(client, "审核页", "GET", f"/submissions/{n}")
        matters = _MATTER.findall(opened)
        leaf = random.randint(1, max(self._made.pages - 1, 1))
        pages = await asyncio.gather(
            *(
                self._call(client, "一页的数字", "GET", f"/submissions/{n}/leaves/{k}")
                for k in (leaf, leaf + 1)
            )
        )
        pictures = [m for p in pages for m in _PICTURE.findall(p)[:1]]
        await asyncio.gather(
            *(self._call(client, "页面图像", "GET", self._width(a, random)) for a in pictures)
        )
        await self._pause(random)
        keys = [k for p in pages for k in _KEY.findall(p)]
        if keys and not self._over:
            key = random.choice(keys).replace("&amp;", "&")
            await self._call(
                client, "一个数字的印证", "GET", f"/submissions/{n}/numbers", params={"key": key}
            )
            await self._pause(random)
        for m in matters[:2]:
            if self._over:
                return
            said = {"verdict": "confirmed"}
            await self._call(
                client, "处理一个问题", "POST", f"/matters/{m}/decisions", data=said, headers=head
            )
            await self._pause(random)

    def _width(self, address: str, random: Random) -> str:
        """One picture in five was never drawn: a page that nobody has looked at yet."""
        if random.random() >= 0.2:
            return address
        return f"{address.partition('?')[0]}?width={1200 + next(self._serial) % 380}"

    async def _feeder(self) -> None:
        """Keeps the workers busy: a file every second, as long as some still wait."""
        data = self._made.document.read_bytes()
        async with httpx.AsyncClient(base_url=self._base, timeout=PATIENCE) as client:
            await client.get("/seasons")
            page = await client.get("/seasons")
            found = _MARK.search(page.text)
            head = {"X-CSRF": found.group(1)} if found else {}
            deliveries = []
            while not self._over:
                delivery = uuid.uuid4().hex
                deliveries.append(delivery)
                asked = {"name": "document.pdf", "delivery": delivery}
                address = f"/seasons/{SEASONS.index(('budget', 2026)) + 1}/files"
                await self._call(
                    client, "交一个文件", "POST", address, params=asked, content=_sent(data, len(deliveries)), headers=head
                )  # fmt: skip
                await asyncio.sleep(max(min(1.0, self._until - time.monotonic()), 0))
            self._report.handed_in = len(deliveries)
            for delivery in deliveries:
                told = (await client.get(f"/deliveries/{delivery}.json")).json()
                self._report.checked += sum(
                    r["state"] not in ("waiting", "checking") for r in told.get("rows", ())
                )
