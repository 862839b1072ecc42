"""The real server as a process of its own, for tests that kill it, starve it or take its database away."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ROOT
from tests.web.conftest import wait_for

_START = "from yibenzhang.cli import main; main()"
BODY = "湖北省云梦泽市青石区数据资源局"
"""Whose the shipped examples of the budget of 2026 are."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """``yibenzhang serve`` in a process of its own, on an own computer without accounts."""

    folder: Path
    options: tuple[str, ...] = ()
    start_with: str = _START
    """Python that starts it; tests put what they need before it."""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    client: httpx.Client | None = None

    def start(self, seconds: float = 180) -> Server:
        command = [sys.executable, "-c", self.start_with, "serve", "--folder", str(self.folder)]
        command += ["--port", str(self.port), *self.options]
        if "--accounts" in self.options and "--second-factor" not in self.options:
            command += ["--second-factor", "optional"]  # test_second_factor is about it
        with (self.folder.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "COLUMNS": "200"},
            )  # fmt: skip
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=90)
        end = time.monotonic() + seconds
        while True:
            assert self.process.poll() is None, self.log()
            try:
                self.client.get("/health")
                return self
            except httpx.TransportError:
                assert time.monotonic() < end, self.log()
                time.sleep(0.05)

    def log(self) -> str:
        return (self.folder.parent / "server.log").read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """As if the power went: nothing of the server runs on."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As an administrator ends it; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self.client is not None:
            self.client.close()
            self.client = None
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(30)
        self.process = None
        return code

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    # ------------------------------------------------------------------------------------------- asking

    def get(self, path: str, **more: Any) -> httpx.Response:
        assert self.client is not None
        return self.client.get(path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """With the mark of our pages."""
        assert self.client is not None
        headers = {"X-CSRF": self.mark(), **more.pop("headers", {})}
        return self.client.post(path, headers=headers, **more)

    def mark(self) -> str:
        if not hasattr(self, "_mark") or not self.client or not self.client.cookies:
            found = re.search(
                r'"X-CSRF": "([0-9a-f]{64})"', self.get("/static-mark-of-a-page-that-is-not-there").text
            )
            assert found
            self._mark = found[1]
        return self._mark

    def season(self, name: str = "", year: int = 2026, stage: str = "budget") -> int:
        made = self.post("/seasons", data={"year": year, "stage": stage, "name": name})
        assert made.status_code == 303, made.text
        found = re.match(r"/seasons/(\d+)/", made.headers["location"])
        assert found
        return int(found[1])

    def roster(self, season: int, *bodies: str) -> None:
        """Put these on the roster."""
        sheet = "\n".join(["单位名称", *bodies]).encode()
        made = self.post(f"/seasons/{season}/roster", files={"file": ("名录.csv", sheet, "text/csv")})
        assert made.status_code == 200, made.text

    def hand_in(
        self, season: int, name: str, data: bytes | Iterable[bytes], delivery: str = "", **more: Any
    ) -> httpx.Response:
        ask = {"name": name, "delivery": delivery or uuid.uuid4().hex, **more.pop("ask", {})}
        headers = {"Content-Type": "application/octet-stream", "Accept": "application/json"}
        return self.post(f"/seasons/{season}/files", params=ask, content=data, headers=headers, **more)

    def rows(self, delivery: str) -> list[dict[str, Any]]:
        """What became of the files of a delivery; nothing where it is not known."""
        answer = self.get(f"/deliveries/{delivery}.json")
        if answer.status_code != 200:
            return []
        found: list[dict[str, Any]] = answer.json().get("rows", [])
        return found

    def settled(self, delivery: str, count: int = 1, seconds: float = 240) -> list[dict[str, Any]]:
        """The same once nothing is waiting or running any more."""

        def done() -> bool:
            rows = self.rows(delivery)
            return len(rows) >= count and not any(r["busy"] for r in rows)

        wait_for(done, seconds)
        return self.rows(delivery)

    # ------------------------------------------------------------------------------------------ looking

    def children(self) -> list[int]:
        """The numbers of all processes under the server."""
        return list(below(self.process.pid)) if self.process else []

    def workers(self) -> list[int]:
        """The processes that analyse: forked by the fork server."""
        tree = parents()
        mine = tree.get(self.process.pid, []) if self.process else []
        return [c for p in mine if "forkserver" in words_of(p) for c in tree.get(p, [])]

    def waits(self, word: str) -> Path:
        """From now on files of this name make their worker slow, or die; until the file returned is removed."""
        path = self.folder / word
        path.touch()
        return path

    def running(self, delivery: str, count: int = 1) -> None:
        """Wait until so many workers are at it."""
        wait_for(lambda: sum(r["busy"] and r["attempts"] > 0 for r in self.rows(delivery)) >= count)
        wait_for(lambda: len(self.workers()) >= count)  # the first takes a while to start

    def incoming(self, ending: str) -> list[Path]:
        return sorted((self.folder / "incoming").glob(f"*.{ending}"))


def parents() -> dict[int, list[int]]:
    """The children of each process."""
    out: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            told = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if told[0] != "Z":
            out.setdefault(int(told[1]), []).append(int(path.name))
    return out


def below(pid: int) -> Iterator[int]:
    tree = parents()
    todo = list(tree.get(pid, []))
    while todo:
        here = todo.pop()
        yield here
        todo += tree.get(here, [])


def words_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def gone(pids: Iterable[int]) -> bool:
    """True where none of these processes runs any more."""
    for pid in pids:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                return False
        except OSError:
            continue
    return True
