"""Several processes for the pages: one killed is replaced, and none outlives the server."""

from __future__ import annotations

import os
import signal
import uuid
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.web.conftest import wait_for
from tests.web.serving import Server

pytestmark = pytest.mark.long


def _pages(server: Server) -> set[int]:
    """The processes that answer, by what they are called: spawned by the server itself, and not workers."""
    assert server.process is not None
    found = set()
    for pid in server.children():
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if int(told[1]) == server.process.pid and b"spawn_main" in command:
            found.add(pid)
    return found


def _answers(server: Server) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{server.port}/seasons", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_a_killed_process_for_the_pages_is_replaced(tmp_path: Path) -> None:
    with Server(tmp_path / "ledger", ("--processes", "2")) as server:
        before = _pages(server)
        assert len(before) == 2
        os.kill(min(before), signal.SIGKILL)
        wait_for(lambda: len(_pages(server) - {min(before)}) == 2)
        wait_for(lambda: all(_answers(server) for _ in range(6)))


def test_none_outlives_a_killed_server_and_what_was_handed_in_is_checked(tmp_path: Path) -> None:
    data = (ROOT / "examples" / "shanghai-budget-clean.pdf").read_bytes()
    server = Server(tmp_path / "ledger", ("--processes", "2"))
    with server:
        season, delivery = server.season(year=2025), uuid.uuid4().hex
        assert server.hand_in(season, "a.pdf", data, delivery).status_code == 201
        mine = set(server.children())
        server.kill()
    wait_for(lambda: not any(Path(f"/proc/{p}").exists() for p in mine), 60)
    with server:
        assert server.settled(delivery)[0]["state"] == "asking"  # nobody is on the roster
        shown = [server.get(f"/seasons/{season}/hand-in").text for _ in range(4)]
        assert all("a.pdf" in text for text in shown)


def test_a_board_is_new_in_every_process(tmp_path: Path) -> None:
    with Server(tmp_path / "ledger", ("--processes", "2")) as server:
        season = server.season()
        for k in range(3):
            rows = f"单位名称\n某市第{'一二三'[k]}局\n".encode()
            assert (
                server.post(f"/seasons/{season}/roster", files={"file": ("r.csv", rows)}).status_code == 200
            )
            for _ in range(8):  # each on a connection of its own, so by either process
                told = httpx.get(f"http://127.0.0.1:{server.port}/seasons/{season}.json").json()
                assert told["bodies"] == k + 1
