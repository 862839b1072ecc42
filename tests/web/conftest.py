"""The workbench in the tests: on SQLite and on a real PostgreSQL, with or without accounts.

- ``postgres``: the address of a real cluster, started from Debian's package in a folder of its own; skips where absent.
- ``database``: the address of an empty database, once on SQLite (empty: beside the ledger) and once on PostgreSQL.
- ``shop``: a workbench with accounts; ``shop.client("审核人")`` is a browser in which that person is logged in.
- ``desk``: a workbench on an own computer, without accounts.
- ``make_shop``: other settings, for instance ``make_shop(work=True)`` with worker processes.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher, profiles
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from yibenzhang.office import passwords
from yibenzhang.office.access import LOCAL
from yibenzhang.office.database import engine_of, prepare
from yibenzhang.office.models import Body, Role
from yibenzhang.office.users import add_user
from yibenzhang.projects import ahead
from yibenzhang.resources.store import prepare as prepare_resources
from yibenzhang.web.app import create
from yibenzhang.web.security import COOKIE
from yibenzhang.web.settings import Office, Settings

PASSWORD = "青山绿水 2026 年"
PEOPLE = {"管理员": Role.ADMINISTRATOR, "负责人": Role.HEAD, "审核人": Role.REVIEWER}
"""The people every workbench with accounts has; departments are added with ``Shop.person``."""
_MARK = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


# ------------------------------------------------------------------------------------------ PostgreSQL


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    other = shutil.which("initdb")
    return Path(other).parent if other else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Cluster:
    """A PostgreSQL of our own; ``stop`` and ``start`` for tests of a database that goes away."""

    programs: Path
    folder: Path
    port: int
    as_whom: dict[str, Any]

    def run(self, program: str, *arguments: str) -> None:
        made = subprocess.run(
            [str(self.programs / program), *arguments], capture_output=True, text=True, cwd=self.folder, timeout=120,
            env={**os.environ, "LC_ALL": "C.UTF-8"}, **self.as_whom,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr or made.stdout

    def make(self) -> None:
        self.run(
            "initdb",
            "-D",
            str(self.folder / "data"),
            "--auth=trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-sync",
        )

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} "
            "-c fsync=off -c full_page_writes=off -c max_connections=200"
        )
        log = str(self.folder / "log")
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-w", "-t", "60", "-o", options, "start"
        )

    def stop(self, how: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def address(self, name: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def fresh(self, filled: bool = False) -> str:
        """The address of a new database: empty, or ``filled`` with the tables of this version."""
        name = f"t{uuid.uuid4().hex[:16]}"
        self._say(f"CREATE DATABASE {name}{f' TEMPLATE {self._tables}' if filled else ''}")
        return self.address(name)

    @cached_property
    def _tables(self) -> str:
        """A database with the tables and nothing in them, to be copied."""
        address = self.fresh()
        make_tables(address)
        return address.rpartition("/")[2]

    def drop(self, address: str) -> None:
        self._say(f"DROP DATABASE IF EXISTS {address.rpartition('/')[2]} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        engine = create_engine(
            self.address().replace("postgresql:", "postgresql+pg8000:"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


def make_tables(address: str, folder: Path = Path()) -> None:
    engine = engine_of(address, folder)
    prepare(engine)
    prepare_resources(engine)
    engine.dispose()


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster in a folder of its own, removed at the end. Skips the test where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="ybz-pg-"))
    as_whom: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            folder.rmdir()
            pytest.skip("PostgreSQL's user postgres is missing (Debian: apt-get install postgresql)")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_whom = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    cluster = Cluster(programs, folder, _free_port(), as_whom)
    try:
        cluster.make()
        cluster.start()
        yield cluster
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One real PostgreSQL for all tests. Tests that stop it make their own with ``running_cluster``."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database, as ``--database`` takes it; for a workbench the tables are there already."""
    if request.param == "sqlite":
        yield ""
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    address = cluster.fresh(filled="make_shop" in request.fixturenames)
    yield address
    cluster.drop(address)


# ------------------------------------------------------------------------------------------ the workbench


@pytest.fixture(autouse=True)
def patient_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages wait for what is new in the ledger: machines that are busy with tests are slow."""
    monkeypatch.setattr(ahead, "FIRST", 60)
    monkeypatch.setattr(ahead, "LATER", 60)


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """The same argon2 with the least work: the tests are not about its cost."""
    kept = passwords.hasher
    passwords.hasher = PasswordHasher.from_parameters(profiles.CHEAPEST)
    yield
    passwords.hasher = kept


@dataclass
class Shop:
    """A running workbench. Clients are closed with it."""

    app: Any
    office: Office
    base: str
    stack: ExitStack
    server: TestClient
    """It runs the application on one loop, as the server does; a client without one would start a loop for every request."""
    clients: dict[str, Browser] = field(default_factory=dict)

    def browser(self) -> Browser:
        """A new browser with no cookies. What the server raises unexpectedly becomes its 500 page."""
        client = TestClient(
            self.app, base_url=self.base, follow_redirects=False, raise_server_exceptions=False
        )
        client.portal = self.server.portal
        self.stack.callback(client.close)
        return Browser(client)

    def client(self, name: str) -> Browser:
        """The browser of a person who is logged in."""
        if name not in self.clients:
            self.clients[name] = self.browser()
            answer = self.clients[name].log_in(name)
            assert answer.status_code == 303, answer.text
        return self.clients[name]

    def person(self, name: str, role: Role = Role.DEPARTMENT, body: str = "") -> int:
        """A new account with PASSWORD; the body is made where there is none. The account's number."""
        with self.office.session() as session:
            if body and not session.query(Body).filter_by(name=body).first():
                session.add(Body(name=body, aliases=[]))
                session.flush()
            return add_user(session, LOCAL, name, role, PASSWORD, body=body, must_change=False).id


@dataclass
class Browser:
    """A browser: its cookies, and the mark that the forms of its pages carry."""

    client: TestClient
    marks: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)  # type: ignore[return-value]

    def post(self, path: str, data: Any = None, **more: Any) -> httpx.Response:
        """Send a form as a page of ours does, with its mark."""
        headers = {"X-CSRF": self.mark(), **more.pop("headers", {})}
        return self.client.post(path, data=data or {}, headers=headers, **more)  # type: ignore[return-value]

    def raw(self, path: str, **more: Any) -> httpx.Response:
        """Send anything, without the mark."""
        return self.client.post(path, **more)  # type: ignore[return-value]

    def mark(self) -> str:
        """The mark of our forms in this browser; it changes with the cookie."""
        cookie = self.client.cookies.get(COOKIE) or ""
        if cookie not in self.marks:
            self.marks[cookie] = self._mark()
        return self.marks[cookie]

    def _mark(self) -> str:
        shown = self.client.get("/seasons", follow_redirects=True).text
        found = re.search(r'"X-CSRF": "([0-9a-f]{64})"', shown)
        assert found, shown[:500]
        return found[1]

    def log_in(self, name: str, password: str = PASSWORD, next: str = "") -> httpx.Response:
        """Log in with the form of the login page."""
        found = _MARK.search(self.client.get("/login").text)
        assert found
        data = {"csrf": found[1], "name": name, "password": password, "next": next}
        return self.client.post("/login", data=data)  # type: ignore[return-value]


@contextmanager
def running(app: Any, base: str) -> Iterator[Browser]:
    """A browser in front of an application that was made elsewhere."""
    with TestClient(app, base_url=base, follow_redirects=False, raise_server_exceptions=False) as client:
        yield Browser(client)


MakeShop = Callable[..., Shop]


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tables of this version and nothing in them, made once; test_database makes them anew."""
    folder = tmp_path_factory.mktemp("tables")
    make_tables("", folder)
    return folder / "office.db"


@pytest.fixture
def make_shop(tmp_path: Path, database: str, tables: Path) -> Iterator[MakeShop]:
    """Workbenches with settings of one's own; by default with accounts and without worker processes."""
    with ExitStack() as stack:

        def make(**more: Any) -> Shop:
            settings = Settings(**{"folder": tmp_path / "ledger", "database": database, "accounts": True, "hosts": (), "work": False, **more})  # fmt: skip
            place = settings.folder / "office.db"
            if not settings.database and not place.exists():
                settings.folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(tables, place)
            app = create(settings)
            office: Office = app.state.office
            base = "http://office.example" if settings.accounts else "http://localhost"
            server = stack.enter_context(TestClient(app, base_url=base))  # starts and stops it
            shop = Shop(app, office, base, stack, server)
            if settings.accounts:
                with office.session() as session:
                    for name, role in PEOPLE.items():
                        add_user(session, LOCAL, name, role, PASSWORD, must_change=False)
            return shop

        yield make


@pytest.fixture
def shop(make_shop: MakeShop) -> Shop:
    """A workbench with accounts: 管理员, 负责人, 审核人."""
    return make_shop()


@pytest.fixture
def desk(make_shop: MakeShop) -> Shop:
    """A workbench on an own computer: no accounts, one user."""
    return make_shop(accounts=False, hosts=("localhost", "127.0.0.1", "[::1]"))


# ------------------------------------------------------------------------------------------ a real browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def wait_for(what: Callable[[], bool], seconds: float = 180) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
