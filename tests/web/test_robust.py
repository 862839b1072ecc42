"""What goes wrong, on the real server: killed servers and workers, full disks, databases that go away."""

from __future__ import annotations

import os
import random
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.conftest import EXAMPLES
from tests.web.browsing import Desk
from tests.web.conftest import Cluster, running_cluster, wait_for
from tests.web.serving import Server, free_port, gone, words_of
from tests.web.tampering import START
from yibenzhang.office import foreman
from yibenzhang.office.access import LOCAL
from yibenzhang.office.database import Database, engine_of, prepare
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.models import Audit, Job, Matter, Submission
from yibenzhang.office.roster_changes import new_season
from yibenzhang.office.submissions import arrival, receive

pytestmark = pytest.mark.long

CLEAN = (EXAMPLES / "hubei-clean.txt").read_bytes()
WRONG = (EXAMPLES / "hubei-wrong-digit.txt").read_bytes()
CONTRADICTED = 2
"""What contradicts in WRONG: the wrong number, and a zero beside it in its row that only the broken sum speaks of."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that is running; its workers do what the names of the files say."""
    with Server(tmp_path / "ledger", ("--jobs", "2"), START) as made:
        yield made


def key() -> str:
    return uuid.uuid4().hex


def audit(server: Server, action: str) -> int:
    """How often the records of SQLite tell of this."""
    with sqlite3.connect(f"file:{server.folder / 'office.db'}?mode=ro", uri=True) as db:
        return int(db.execute("SELECT count(*) FROM audit WHERE action = ?", (action,)).fetchone()[0])


def sending(server: Server, season: int, length: int, data: bytes) -> socket.socket:
    """A client in the middle of handing in."""
    cookie = "; ".join(f"{k}={v}" for k, v in (server.client.cookies.items() if server.client else ()))
    head = (
        f"POST /seasons/{season}/files?name=a.pdf&delivery={key()} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Content-Length: {length}\r\nX-CSRF: {server.mark()}\r\nCookie: {cookie}\r\n\r\n"
    )
    wire = socket.create_connection(("127.0.0.1", server.port), 30)
    wire.sendall(head.encode() + data)
    return wire


# ------------------------------------------------------------------------------------- 1. killed servers


def test_a_server_killed_while_a_file_comes_in_keeps_nothing_of_it(server: Server) -> None:
    season = server.season()
    with sending(server, season, 10_000_000, b"%PDF-1.7" + bytes(1_000_000)) as wire:
        wait_for(lambda: any(p.stat().st_size for p in server.incoming("part")))
        server.kill()
        try:
            answer = wire.recv(1000)
        except ConnectionError:
            answer = b""
        assert b"201" not in answer
    with server:
        assert server.incoming("*") == []
        assert list((server.folder / "files").rglob("*.*")) == []
        assert audit(server, "file.in") == 0


def test_what_was_taken_is_there_and_checked_once_after_the_server_was_killed(server: Server) -> None:
    season, delivery = server.season(), key()
    assert server.hand_in(season, "甲.txt", WRONG, delivery).status_code == 201
    server.kill()
    with server:
        found = server.settled(delivery)
        assert [(r["name"], r["state"], r["contradicted"]) for r in found] == [
            ("甲.txt", "asking", CONTRADICTED)
        ]
        assert audit(server, "file.in") == 1


def test_what_was_noted_but_not_registered_is_registered_at_the_next_start(tmp_path: Path) -> None:
    with Server(tmp_path / "ledger") as server:
        season, known, late = server.season(), key(), key()
        server.hand_in(season, "甲.txt", CLEAN, known)
        server.settled(known)
        server.kill()
        ledger = FileStore(server.folder)
        sha256 = ledger.put(WRONG)
        mine = arrival(LOCAL, season, late, "乙.txt", sha256, len(WRONG), None, False)
        receive(ledger, [mine])
        receive(ledger, [mine])  # and once more: registered, but killed before the note was taken away
        receive(ledger, [arrival(LOCAL, 77, late, "丙.txt", sha256, len(WRONG), None, False)])
        (server.folder / "incoming" / f"{key()}.json").write_bytes(b'[{"no": "note"}]')
        (server.folder / "incoming" / f"{key()}.json").write_bytes(b"{")
        server.start()
        assert [r["name"] for r in server.settled(late)] == ["乙.txt"]
        assert len(server.rows(known)) == 1
        wait_for(lambda: len(server.incoming("json")) == 2)  # the two that nobody can read stay for a person
        assert len(server.incoming("aside")) == 1


def test_what_was_being_checked_is_taken_up_again_and_no_worker_is_left_behind(server: Server) -> None:
    season, delivery = server.season(), key()
    slow = server.waits("slow")
    server.hand_in(season, "slow.txt", WRONG, delivery)
    server.hand_in(season, "slow too.txt", CLEAN, delivery)
    server.running(delivery, 2)
    picture = server.hand_in(season, "图.pdf", (EXAMPLES / "jiangsu-clean.pdf").read_bytes(), delivery)
    assert picture.status_code == 201
    left = server.children()
    assert len(server.workers()) == 2
    server.kill()
    wait_for(lambda: gone(left), 60)
    slow.unlink()
    with server:
        assert [r["state"] for r in server.settled(delivery, 3)] == ["asking"] * 3


def test_a_server_killed_while_it_drew_a_page_leaves_no_process_behind(server: Server) -> None:
    season, delivery = server.season(), key()
    server.hand_in(season, "图.pdf", (EXAMPLES / "jiangsu-clean.pdf").read_bytes(), delivery)
    number = server.settled(delivery)[0]["id"]
    drawn = server.get(f"/submissions/{number}/leaves/1.png")
    assert drawn.status_code == 200 and drawn.content.startswith(b"\x89PNG")
    left = server.children()
    server.kill()
    wait_for(lambda: gone(left), 60)


def test_a_server_that_is_asked_to_end_does_so_though_a_file_is_checked_and_another_comes_in(
    server: Server,
) -> None:
    season, delivery = server.season(), key()
    server.waits("slow")
    server.hand_in(season, "slow.txt", WRONG, delivery)
    server.running(delivery)
    with sending(server, season, 10_000_000, bytes(1000)):
        left = server.children()
        server.stop()
    wait_for(lambda: gone(left), 60)


def test_a_second_server_does_not_start_on_the_same_folder(server: Server) -> None:
    other = Server(server.folder)
    with pytest.raises(AssertionError):
        other.start()
    assert "另一个工作台正在使用它" in other.log()
    assert "Traceback" not in other.log()
    assert server.get("/seasons").status_code == 200
    server.kill()
    server.start()  # a dead one does not hold the folder


# ------------------------------------------------------------------------------------- 2. killed workers


def test_a_worker_that_is_killed_is_replaced_and_its_file_checked_again(server: Server) -> None:
    season, delivery = server.season(), key()
    slow = server.waits("slow")
    server.hand_in(season, "slow.txt", WRONG, delivery)
    server.running(delivery)
    for pid in server.workers():
        os.kill(pid, 9)
    wait_for(lambda: server.rows(delivery)[0]["attempts"] == 2)
    slow.unlink()
    (row,) = server.settled(delivery)
    assert (row["state"], row["contradicted"], row["attempts"]) == ("asking", CONTRADICTED, 2)


def test_a_file_that_kills_its_worker_is_given_up_and_harms_nothing_else(server: Server) -> None:
    season, delivery, others = server.season(), key(), key()
    deadly = server.waits("die")
    server.hand_in(season, "die.txt", WRONG, delivery)
    for k in range(3):
        server.hand_in(season, f"{k}.txt", CLEAN, others)
        assert server.get(f"/seasons/{season}/hand-in").status_code == 200
    (row,) = server.settled(delivery)
    assert (row["state"], row["attempts"]) == ("unreadable", 3)
    assert row["problem"] == "检查这个文件的进程 3 次意外中止，未能检查；文件已保存，可以重新检查。"
    assert [r["state"] for r in server.settled(others, 3)] == ["asking"] * 3
    again = f"/submissions/{row['id']}/again"
    assert again in server.get(f"/seasons/{season}/progress").text
    deadly.unlink()
    for _ in range(2):  # a second click is no second check
        assert server.post(again).status_code == 303
    (row,) = server.settled(delivery)
    assert (row["state"], row["contradicted"]) == ("asking", CONTRADICTED)


def test_a_file_that_hangs_ends_at_its_time_while_the_pages_go_on(tmp_path: Path) -> None:
    with Server(tmp_path / "ledger", ("--jobs", "1", "--timeout", "20"), START) as server:
        season, delivery = server.season(), key()
        server.hand_in(season, "hang.txt", WRONG, delivery)
        server.hand_in(season, "乙.txt", CLEAN, delivery)
        server.running(delivery)
        assert server.get(f"/seasons/{season}").status_code == 200
        hung, good = sorted(server.settled(delivery, 2), key=lambda r: r["name"])
        assert hung["state"] == "unreadable" and hung["attempts"] == 1
        assert hung["problem"].startswith("超过 20 秒的时限，未能检查完；可以重新检查")
        assert good["state"] == "asking" and good["numbers"]


def test_a_process_that_draws_pages_is_replaced_when_it_is_killed(server: Server) -> None:
    season, delivery = server.season(), key()
    server.hand_in(season, "图.pdf", (EXAMPLES / "jiangsu-clean.pdf").read_bytes(), delivery)
    number = server.settled(delivery)[0]["id"]
    assert server.get(f"/submissions/{number}/leaves/1.png").status_code == 200
    drawing = [p for p in server.children() if "spawn_main" in words_of(p)]
    assert drawing
    for pid in drawing:
        os.kill(pid, 9)
    for leaf in (2, 3):
        assert server.get(f"/submissions/{number}/leaves/{leaf}.png").content.startswith(b"\x89PNG")


# ------------------------------------------------------------------------------------- 3. full disks


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, so small; skips where that is not allowed."""
    path.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)], capture_output=True
    )
    if made.returncode != 0:
        pytest.skip("this system does not allow a small file system to be mounted")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def filled(path: Path) -> Path:
    """A file that takes all the room there is."""
    filler = path / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return filler


def test_a_full_disk_is_told_and_nothing_half_written_stays(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 40) as disk, Server(disk / "ledger", (), START) as server:
        season, delivery = server.season(), key()
        large = random.Random(1).randbytes(34 << 20)
        answer = server.hand_in(season, "大.pdf", large)
        assert answer.status_code == 507, answer.text
        assert "磁盘已满" in answer.json()["error"]
        assert server.incoming("part") == [] and server.incoming("json") == []
        assert server.hand_in(season, "小.txt", WRONG, delivery).status_code == 201
        assert server.settled(delivery)[0]["contradicted"] == CONTRADICTED

        late = key()
        slow = server.waits("slow")
        server.hand_in(season, "slow.txt", CLEAN, late)
        server.running(late)
        ended = server.folder / "analyses" / "slow"
        ended.touch()
        filler = filled(disk)
        assert server.hand_in(season, "又.txt", CLEAN).status_code == 507
        slow.unlink()
        wait_for(lambda: not ended.exists(), 60)
        time.sleep(1)  # the result cannot be kept, nor that it could not
        assert server.get(f"/seasons/{season}/hand-in").status_code == 200
        assert server.get("/health").json()["alive"]
        refused = server.post("/seasons", data={"year": 2027, "stage": "budget"})
        assert refused.status_code == 507 and "磁盘已满" in refused.text
        filler.unlink()
        (row,) = server.settled(late)
        assert row["state"] == "unreadable"
        assert row["problem"] == "检查完了，但结果没有存下来（服务器磁盘已满）；处理后请重新检查。"
        server.post(f"/submissions/{row['id']}/again")
        (row,) = server.settled(late)
        assert row["state"] == "asking" and row["numbers"]
        assert not list(server.folder.rglob("*.part"))


# ------------------------------------------------------------------------------------- 4. databases that go away


def test_a_database_of_another_ledger_is_refused(tmp_path: Path, cluster: Cluster) -> None:
    """Two folders with one database would check each other's files, which they do not have."""
    address = cluster.fresh()
    with Server(tmp_path / "one", ("--database", address)):
        other = Server(tmp_path / "two", ("--database", address))
        with pytest.raises(AssertionError):
            other.start()
        assert "属于另一个账本文件夹" in other.log() and "Traceback" not in other.log()


def test_a_server_does_not_start_without_its_database(tmp_path: Path) -> None:
    server = Server(tmp_path / "ledger", ("--database", f"postgresql://nobody@127.0.0.1:{free_port()}/none"))
    with pytest.raises(AssertionError):
        server.start()
    assert "数据库不能使用" in server.log() and "Traceback" not in server.log()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as made:
        yield made


def test_a_database_that_is_stopped_and_started_loses_nothing(tmp_path: Path, cluster: Cluster) -> None:
    with Server(tmp_path / "ledger", ("--database", cluster.fresh()), START) as server:
        season, before, slowly, away = server.season(), key(), key(), key()
        server.hand_in(season, "甲.txt", WRONG, before)
        server.settled(before)
        slow = server.waits("slow")
        server.hand_in(season, "slow.txt", WRONG, slowly)
        server.running(slowly)
        cluster.stop()
        try:
            for path in (f"/seasons/{season}", "/seasons.json", f"/seasons/{season}/hand-in"):
                answer = server.get(path)
                assert answer.status_code == 503, path
                assert "数据库暂时连不上" in answer.text
            assert not server.get("/health").json()["database"]
            slow.unlink()  # its result comes now, and waits
            taken = server.hand_in(season, "乙.txt", WRONG, away)
            assert taken.status_code == 201 and not taken.json()["registered"]
            assert "恢复后自动登记和检查" in taken.json()["note"]
            assert len(server.incoming("json")) == 1
            again = server.hand_in(
                season, "乙.txt", WRONG, away
            )  # the person is not sure and sends it once more
            assert again.status_code == 201
            time.sleep(3)
        finally:
            cluster.start()
        (row,) = server.settled(slowly)
        assert (row["state"], row["contradicted"], row["attempts"]) == ("asking", CONTRADICTED, 1)
        (row,) = server.settled(away)
        assert (row["name"], row["contradicted"]) == ("乙.txt", CONTRADICTED)
        wait_for(lambda: server.incoming("json") == [])
        assert len(server.rows(before)) == len(server.rows(away)) == 1


def test_a_locked_sqlite_is_waited_for_and_loses_nothing(server: Server) -> None:
    season, delivery = server.season(), key()
    answers: dict[str, Any] = {}

    def ask(what: str, do: Callable[[], Any]) -> threading.Thread:
        thread = threading.Thread(target=lambda: answers.__setitem__(what, do()))
        thread.start()
        return thread

    lock = sqlite3.connect(server.folder / "office.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    threads = [
        ask("file", lambda: server.hand_in(season, "甲.txt", WRONG, delivery)),
        ask("page", lambda: server.post("/seasons", data={"year": 2027, "stage": "budget"})),
    ]
    for _ in range(5):
        assert server.get(f"/seasons/{season}").status_code == 200  # reading goes on
    for thread in threads:
        thread.join(60)
    assert answers["page"].status_code == 503 and "数据库暂时" in answers["page"].text
    assert answers["file"].status_code == 201 and not answers["file"].json()["registered"]
    lock.execute("ROLLBACK")
    lock.close()
    (row,) = server.settled(delivery)
    assert row["contradicted"] == CONTRADICTED
    wait_for(lambda: server.incoming("json") == [])
    assert audit(server, "file.in") == 1


class Flaky(Database):
    """Every now and then the connection is lost just before or just after what was done is kept for good."""

    luck = random.Random(11)
    lost = {"before": 0, "after": 0}

    @contextmanager
    def session(self) -> Iterator[Session]:
        fate = self.luck.random()
        with super().session() as session:
            yield session
            if fate < 0.2:
                self._lose("before")
        if fate > 0.8:
            self._lose("after")

    def _lose(self, when: str) -> None:
        self.lost[when] += 1
        raise OperationalError("", {}, Exception("the connection is lost"))


def test_a_connection_lost_around_a_commit_loses_and_doubles_nothing(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreman, "_AGAIN", 0.02)
    monkeypatch.setattr(foreman, "_NOTES", 0.05)
    engine = engine_of(database, tmp_path)
    prepare(engine)
    sound, ledger = Database(engine), FileStore.opened(tmp_path / "ledger")
    with sound.session() as session:
        season = new_season(session, LOCAL, "", 2026, "budget").id
    for k in range(8):
        data = WRONG + b"\n" * k
        receive(ledger, [arrival(LOCAL, season, key(), f"{k}.txt", ledger.put(data), len(data), None, False)])
    works = foreman.Foreman(Flaky(engine), ledger, 2, 60)
    works.start()

    def done() -> bool:
        with sound.session() as session:
            states = session.scalars(select(Job.state)).all()
        return len(states) == 8 and set(states) == {"done"} and not list(ledger.remembered())

    try:
        wait_for(done, 120)
    finally:
        works.stop()
        ledger.close()
    with sound.session() as session:
        found = session.scalars(select(Submission)).all()
        matters = [session.scalar(select(func.count()).where(Matter.submission_id == s.id)) for s in found]
        assert sorted(s.name for s in found) == [f"{k}.txt" for k in range(8)]
        assert {s.state for s in found} == {"asking"} and len(set(matters)) == 1
        assert session.scalar(select(func.count()).where(Audit.action == "file.in")) == 8
    engine.dispose()
    assert min(Flaky.lost.values()) > 3, Flaky.lost


# ------------------------------------------------------------------------------------- what the person sees


def test_a_browser_sends_again_what_met_no_server(server: Server, chromium: Browser, tmp_path: Path) -> None:
    """The server is killed after the page was opened; the file is chosen, the server comes back, the file is in."""
    season = server.season()
    file = tmp_path / "甲.txt"
    file.write_bytes(WRONG)
    desk = Desk(chromium, server, "", "robust")
    desk.go(f"/seasons/{season}/hand-in")
    server.kill()
    desk.page.set_input_files("#files", str(file))
    line = desk.page.locator("#sending tr", has_text="甲.txt")
    expect(line).to_contain_text("连不上服务器，马上再试")
    server.start()
    expect(line).to_contain_text("已收下 1 个文件", timeout=90_000)
    desk.done("甲.txt", "待确认")
    assert audit(server, "file.in") == 1
    desk.context.close()
