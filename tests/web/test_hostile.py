"""What comes in from outside, on the real server: sizes, names, contents, numbers and junk."""

from __future__ import annotations

import base64
import io
import random
import re
import socket
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.conftest import EXAMPLES
from tests.web.conftest import Cluster, wait_for
from tests.web.serving import BODY, Server
from tests.web.tampering import START
from yibenzhang.office.access import LOCAL, Actor
from yibenzhang.office.database import Database, engine_of, prepare
from yibenzhang.office.models import Delivery, Job, Role, Submission, User
from yibenzhang.office.roster_changes import new_season
from yibenzhang.office.submissions import MAX_NAME, arrival, clean_name, register

pytestmark = pytest.mark.long

CLEAN = (EXAMPLES / "hubei-clean.txt").read_bytes()
WRONG = (EXAMPLES / "hubei-wrong-digit.txt").read_bytes()
CONTRADICTED = 2
"""What contradicts in WRONG: the wrong number, and a zero beside it in its row that only the broken sum speaks of."""
MOST = 3
"""MB a file may have here."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile") / "ledger"
    with Server(folder, ("--most", str(MOST), "--timeout", "60"), START) as made:
        yield made


@pytest.fixture(scope="module")
def shared(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same on PostgreSQL, which holds less than SQLite does."""
    folder = tmp_path_factory.mktemp("hostile-shared") / "ledger"
    with Server(folder, ("--most", str(MOST), "--database", postgres.fresh()), START) as made:
        yield made


@pytest.fixture(scope="module")
def season(server: Server) -> int:
    return server.season()


def key() -> str:
    return uuid.uuid4().hex


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as box:
        for name, data in members.items():
            box.writestr(name, data)
    return out.getvalue()


def wire(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 30)


def heads(server: Server, season: int, *more: str) -> bytes:
    assert server.client is not None
    mark = server.mark()
    cookie = "; ".join(f"{k}={v}" for k, v in server.client.cookies.items())
    lines = [
        f"POST /seasons/{season}/files?name=a.txt&delivery={key()} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
    ]
    return "\r\n".join([*lines, f"X-CSRF: {mark}", f"Cookie: {cookie}", *more, "", ""]).encode()


def answer_of(line: socket.socket) -> bytes:
    line.settimeout(10)
    answer = b""
    try:
        while not answer.endswith((b"}", b">\n", b">")) and (more := line.recv(5000)):
            answer += more
    except (TimeoutError, ConnectionError):
        pass
    return answer


# ------------------------------------------------------------------------------------------ sizes


def test_files_up_to_the_limit_are_taken_and_larger_ones_are_not(server: Server, season: int) -> None:
    whole = random.Random(5).randbytes(MOST * 1024 * 1024)
    assert server.hand_in(season, "a.pdf", whole).status_code == 201
    for data in (whole + b"1", iter([whole, b"1" * 100_000])):  # with and without its length told
        answer = server.hand_in(season, "b.pdf", data)
        assert answer.status_code == 413, answer.text
        assert answer.json()["error"].startswith("内容超过 3 MB，没有收下")
    wait_for(lambda: server.incoming("part") == [])


def test_forms_are_bounded_too(server: Server, season: int) -> None:
    large = b"&a=b" * (MOST * 256 * 1024)
    for kind, path in (
        ("application/x-www-form-urlencoded", "/seasons"),
        ("application/x-www-form-urlencoded", f"/seasons/{season}/files?name=a&delivery={key()}"),
    ):
        answer = server.post(path, content=b"name=" + large, headers={"Content-Type": kind})
        assert answer.status_code in (400, 413), (kind, path, answer.text)


def test_nothing_is_no_file(server: Server, season: int) -> None:
    for data in (b"", iter([b""])):
        answer = server.hand_in(season, "a.txt", data)
        assert answer.status_code == 409 and answer.json()["error"] == "文件是空的，没有收下。"
    delivery = key()
    assert server.hand_in(season, "blanks.txt", b" \n\t", delivery).status_code == 201
    assert "空的" in server.settled(delivery)[0]["problem"]


def test_lengths_that_are_wrong_or_absent(server: Server, season: int) -> None:
    before = len(server.get(f"/seasons/{season}.json").text)
    for more in (["Content-Length: abc"], ["Content-Length: -5"], ["Content-Length: 5", "Content-Length: 7"]):
        with wire(server) as line:
            line.sendall(heads(server, season, *more) + b"12345")
            assert b" 400 " in answer_of(line)
    with wire(server) as line:  # less than was said, then gone
        line.sendall(heads(server, season, "Content-Length: 100") + b"12345")
        wait_for(lambda: bool(server.incoming("part")))
    wait_for(lambda: server.incoming("part") == [])
    with wire(server) as line:  # neither a length nor pieces: an empty file
        line.sendall(heads(server, season))
        assert b" 409 " in answer_of(line)
    with wire(server) as line:  # pieces that are none
        line.sendall(heads(server, season, "Transfer-Encoding: chunked") + b"zz\r\nhello\r\n")
        assert b"201" not in answer_of(line)
    assert len(server.get(f"/seasons/{season}.json").text) == before
    wait_for(lambda: server.incoming("part") == [])


def test_people_who_stop_half_way_hold_up_nobody(server: Server, season: int) -> None:
    stopped = [wire(server) for _ in range(60)]
    try:
        for line in stopped:
            line.sendall(heads(server, season, "Content-Length: 100000") + b"1" * 1000)
        wait_for(lambda: len(server.incoming("part")) == 60)
        delivery = key()
        assert server.hand_in(season, "a.txt", WRONG, delivery).status_code == 201
        assert server.get(f"/seasons/{season}/hand-in").status_code == 200
        assert server.settled(delivery)[0]["contradicted"] == CONTRADICTED
    finally:
        for line in stopped:
            line.close()
    wait_for(lambda: server.incoming("part") == [])


def test_a_person_who_stops_half_way_is_given_up(tmp_path: Path) -> None:
    start = (
        "import yibenzhang.web.bounding as b; b.Bounded.__init__.__defaults__ = (1.0,); b.HEAD_SECONDS = 1; "
        + START
    )
    with Server(tmp_path / "ledger", (), start) as server:
        season = server.season()
        with wire(server) as line:
            line.sendall(
                heads(server, season, "Content-Length: 100000", "Accept: application/json") + b"1" * 1000
            )
            arrival = answer_of(line)
            assert b" 408 " in arrival
            assert "1 秒没有收到数据，没有收下".encode() in arrival
        assert server.incoming("part") == []
        with wire(server) as line:  # who does not even say what he wants
            line.settimeout(20)
            line.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b" 200 " in answer_of(line)
            line.sendall(b"GET /seasons HTTP/1.1\r\nHost: local")
            assert line.recv(5000) == b""  # closed


# ------------------------------------------------------------------------------------------ names

NAMES = {
    "../../../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\预算.pdf": "预算.pdf",
    "/abs/olute.txt": "olute.txt",
    "a\x00b.txt": "ab.txt",
    "行\r\n尾\x1b[31m.txt": "行尾[31m.txt",
    "算预\u202efdp.exe": "算预fdp.exe",
    "\u200f\u2066看不见\u2069\ufeff.txt": "看不见.txt",
    "<script>alert(1)<": "<script>alert(1)<",
    "\"quoted\" 'and' `ticks`.txt": "\"quoted\" 'and' `ticks`.txt",
    "👩‍👩‍👧 预算 🧾.txt": "👩‍👩‍👧 预算 🧾.txt",
    "CON": "_CON",
    "con.txt": "_con.txt",
    "预算. . .": "预算",
    "...": "未命名",
    "": "未命名",
    "/": "未命名",
    "预" * 5000 + ".pdf": "预" * (MAX_NAME - 4) + ".pdf",
    "长" * 5000: "长" * MAX_NAME,
    "a.txt; DROP TABLE submissions;--": "a.txt; DROP TABLE submissions;--",
    "{{ 7*7 }}${7*7}.txt": "{{ 7*7 }}${7*7}.txt",
    "=cmd|' C calc'!A0.csv": "=cmd|' C calc'!A0.csv",
}


@pytest.mark.parametrize("where", ["server", "shared"])
def test_names_are_kept_fit_to_be_shown(where: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(where)
    season, delivery = server.season(f"名称 {where}"), key()
    for k, name in enumerate(NAMES):
        answer = server.hand_in(season, name, f"{k} {name}".encode() + CLEAN[:50], delivery)
        assert answer.status_code == 201, (name[:50], answer.text)
        assert answer.json()["files"] == [NAMES[name]], name[:50]
    rows = server.rows(delivery)
    assert sorted(r["name"] for r in rows) == sorted(NAMES.values())
    outside = [p for p in server.folder.parent.rglob("*") if "passwd" in p.name or "olute" in p.name]
    assert outside == []
    for shown in (server.get(f"/deliveries/{delivery}").text, server.get(f"/seasons/{season}/hand-in").text):
        assert "<script>alert" not in shown
        assert "49.txt" not in shown
    for row in rows:
        head = server.get(f"/submissions/{row['id']}/original").headers["content-disposition"]
        assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w%.~-]+", head), head


@given(st.text(max_size=400))
def test_any_name_is_made_fit(name: str) -> None:
    clean = clean_name(name)
    assert 0 < len(clean) <= MAX_NAME + 1
    assert clean == clean_name(clean)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f/\\\u202a-\u202e\u2066-\u2069]", clean)
    assert clean.encode().decode() == clean
    assert clean.strip(" .") == clean


# ------------------------------------------------------------------------------------------ contents


def bomb() -> bytes:
    return zipped({"炸弹.txt": bytes(2_000_000_0), "好.txt": WRONG})


def nested(depth: int) -> bytes:
    data = zipped({"里.txt": CLEAN})
    for k in range(depth):
        data = zipped({f"{k}.zip": data, f"{k}.txt": CLEAN + str(k).encode()})
    return data


def test_archives_that_mean_harm_are_taken_apart_within_bounds(server: Server, season: int) -> None:
    answer = server.hand_in(season, "弹.zip", bomb()).json()
    assert answer["files"] == ["好.txt"]
    assert "疑似压缩炸弹" in answer["refused"][0]
    answer = server.hand_in(season, "套.zip", nested(5)).json()
    assert answer["files"] == ["4.txt", "3.txt"]
    assert answer["refused"] == ["3.zip：压缩包嵌套超过 2 层，未读取；请先解开。"]
    paths = {
        "../../出.txt": CLEAN,
        "/绝对.txt": CLEAN,
        "C:\\盘.txt": CLEAN,
        "夹/内.txt": CLEAN,
        "又/内.txt": WRONG,
    }
    answer = server.hand_in(season, "径.zip", zipped(paths)).json()
    assert answer["files"] == ["内.txt", "内.txt"]
    assert len(answer["refused"]) == 3 and all("不安全" in r for r in answer["refused"])
    answer = server.hand_in(season, "无.zip", zipped({})).json()
    assert answer["files"] == [] and "没有文件" in answer["refused"][0]
    began = time.monotonic()
    many = zipped({f"{k}.txt": b"" for k in range(100_000)}, zipfile.ZIP_STORED)
    limited = server.hand_in(season, "多.zip", many[: MOST << 20])  # cut off: no sound archive any more
    assert limited.status_code == 201
    assert time.monotonic() - began < 60


def test_an_archive_with_a_hundred_thousand_files(tmp_path: Path) -> None:
    start = "import yibenzhang.web.pages.handing as h; h.MOST_AT_ONCE = 60; " + START
    with Server(tmp_path / "ledger", ("--most", "30"), start) as server:
        season = server.season()
        small = {f"{k}.txt": b"" if k >= 2500 else str(k).encode() for k in range(100_000)}
        answer = server.hand_in(season, "多.zip", zipped(small, zipfile.ZIP_STORED))
        assert answer.status_code == 201
        arrival = answer.json()
        assert len(arrival["files"]) == 60
        assert any("超过 5000 个" in r for r in arrival["refused"])
        assert any("一次最多收 60 个" in r for r in arrival["refused"])
        assert len(arrival["refused"]) < 60
        assert server.get(f"/seasons/{season}/hand-in").status_code == 200


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(document.cookie)</script><p>2026</p></body></html>"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("页.html", HTML),
        ("图.svg", SVG),
        ("混.pdf.html", b"<html><!--%PDF-1.4\n" + HTML),
        ("混.zip", b"GIF89a" + zipped({"a.txt": CLEAN})),
        ("图.png", PNG + HTML),
        ("乱.docx", random.Random(3).randbytes(40_000)),
        ("断.pdf", (EXAMPLES / "jiangsu-clean.pdf").read_bytes()[:20_000]),
    ],
)
def test_what_was_handed_in_is_given_out_as_a_download_only(
    server: Server, season: int, name: str, data: bytes
) -> None:
    delivery = key()
    assert server.hand_in(season, name, data, delivery).status_code == 201
    row = server.settled(delivery)[0]
    assert row["state"] in ("unreadable", "asking"), row
    number = row["id"]
    answer = server.get(f"/submissions/{number}/original")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == data
    for path in (f"/submissions/{number}", f"/submissions/{number}/leaves/1", f"/deliveries/{delivery}"):
        answer = server.get(path)
        assert answer.status_code in (200, 404, 409), path
        assert b"alert(" not in answer.content or b"&lt;script" in answer.content
        assert "script-src 'self';" in answer.headers["content-security-policy"]


# ------------------------------------------------------------------------------------------ numbers and junk

NUMBERS = [
    "0",
    "-1",
    "999999999",
    "2147483648",
    "9" * 19,
    "9" * 30,
    "9" * 5000,
    "1e9",
    "٣",
    "1.5",
    "%00",
    "..",
    "0x1",
]
JUNK = [
    "", "\x00", "a\x00b", "'; DROP TABLE jobs;--", "<script>alert(1)</script>", "9" * 40, "-1", "1e400", "nan", "😀" * 50,
    "\ud7ff\ue000", "%", "%2e%2e%2f", "../../secret", "{{7*7}}", "x" * 20_000, "2026-02-30", "budget", "2026", "1", "true", "[]", "null",
]  # fmt: skip


def addresses(server: Server) -> list[tuple[str, str]]:
    """(method, path) of every address, as the application itself knows them."""
    from yibenzhang.web.app import create
    from yibenzhang.web.settings import Settings

    app = create(Settings(server.folder.parent / "other", work=False))
    out: list[tuple[str, str]] = []
    todo: list[Any] = list(app.routes)
    while todo:
        route = todo.pop()
        todo += getattr(route, "routes", None) or []
        inner = getattr(route, "original_router", None)
        todo += inner.routes if inner is not None else []
        for method in getattr(route, "methods", None) or ():
            out.append((method, route.path))
    app.state.office.stop()
    assert len(out) > 40, out
    return sorted(set(out))


@pytest.mark.parametrize("where", ["server", "shared"])
def test_no_junk_makes_the_server_stumble(where: str, request: pytest.FixtureRequest) -> None:
    """Every address with every kind of junk in its path, query, form, headers and cookies."""
    server: Server = request.getfixturevalue(where)
    luck = random.Random(17)
    season, delivery = server.season(f"乱 {where}"), key()
    server.roster(season, BODY)
    server.hand_in(season, "甲.txt", WRONG, delivery)
    number = server.settled(delivery)[0]["id"]
    real = [str(number), str(season), "1", "2"]
    fields = [
        "year", "stage", "name", "days", "entry", "add", "level", "verdict", "reason", "words", "severity", "leaf", "box", "key", "text",
        "done", "delivery", "draft", "find", "status", "said", "width", "x0", "top", "x1", "bottom", "approved_on", "due_on", "published_on",
        "published_url", "contact", "next", "password", "role", "body", "page", "who", "action", "day", "due", "number", "items", "template",
    ]  # fmt: skip
    bad: list[str] = []

    def value() -> str:
        return luck.choice(JUNK + real + NUMBERS[:6])

    def ask(method: str, path: str) -> None:
        filled = re.sub(
            r"\{[^}]*\}", lambda _: quote(luck.choice(real * 3 + NUMBERS + JUNK[:10]), safe=""), path
        )
        query = {luck.choice(fields): value() for _ in range(luck.randrange(5))}
        data = {luck.choice(fields): value() for _ in range(luck.randrange(8))}
        headers = {
            "Accept": luck.choice(["*/*", "application/json", "text/html"]),
            "HX-Request": luck.choice(["true", ""]),
            "Origin": luck.choice(["", "null", f"http://127.0.0.1:{server.port}", "http://[", "http://evil"]),
            "Authorization": luck.choice(["", "Bearer x", "Bearer", "Basic ::"]),
            "Content-Type": luck.choice(["application/x-www-form-urlencoded"] * 4 + ["multipart/form-data; boundary=x", "application/json", ";"]),
        }  # fmt: skip
        headers = {k: v for k, v in headers.items() if v}
        mark = server.mark()
        if luck.random() < 0.8:
            headers["X-CSRF"] = mark
        from urllib.parse import urlencode

        body = urlencode(data).encode() if luck.random() < 0.8 else luck.randbytes(200)
        assert server.client is not None
        answer = server.client.request(
            method, filled, params=query, headers=headers, content=body if method != "GET" else None
        )
        if answer.status_code >= 500:
            bad.append(f"{method} {filled[:200]} {query} {data} -> {answer.status_code}")

    routes = addresses(server)
    for method, path in routes:
        for _ in range(12 if "{" in path or method != "GET" else 4):
            ask(method, path)
    assert bad == []
    assert server.get("/health").json() == {"alive": True, "database": True}
    assert "Traceback" not in server.log(), server.log()[-3000:]


@pytest.mark.parametrize("where", ["server", "shared"])
def test_numbers_too_large_are_addresses_of_nothing(where: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(where)
    season = server.season(f"数 {where}")
    for number in ("2147483648", "9" * 10, "9" * 30, "9" * 5000):
        for path in (
            f"/seasons/{number}",
            f"/submissions/{number}.json",
            f"/entries/{number}",
            f"/deliveries/{number}",
        ):
            assert server.get(path).status_code == 404, path[:60]
        assert server.get(f"/seasons/{season}/hand-in", params={"entry": number}).status_code in (
            200,
            404,
            422,
        )
        answer = server.hand_in(season, "a.txt", CLEAN, ask={"entry": number})
        assert answer.status_code in (404, 422), answer.text
    nul = server.post("/seasons", data={"year": 2026, "stage": "budget", "name": "空\x00字"})
    assert nul.status_code in (303, 422)
    if where == "shared":
        assert nul.status_code == 422 and "不能保存的字符" in nul.text
    assert server.post(
        "/seasons", data={"year": 2026, "stage": "budget", "name": "长" * 5000}
    ).status_code in (303, 422)


# ------------------------------------------------------------------------------------------ all at once


@pytest.mark.parametrize("where", ["server", "shared"])
def test_many_hand_in_at_once(where: str, request: pytest.FixtureRequest) -> None:
    """The same and different files, under one key and under many: each file of a delivery counts once."""
    server: Server = request.getfixturevalue(where)
    season = server.season(f"同时 {where}")
    one, others = key(), [key() for _ in range(8)]
    server.mark()

    def hand(k: int) -> list[int]:
        return [
            server.hand_in(season, "同.txt", WRONG, one).status_code,
            server.hand_in(season, f"{k}.txt", CLEAN + str(k).encode(), one).status_code,
            server.hand_in(season, "同.txt", WRONG, others[k]).status_code,
        ]

    with ThreadPoolExecutor(8) as threads:
        assert [c for codes in threads.map(hand, range(8)) for c in codes] == [201] * 24
    assert sorted(r["name"] for r in server.settled(one, 9, 180)) == sorted(
        ["同.txt", *(f"{k}.txt" for k in range(8))]
    )
    for other in others:
        assert [r["contradicted"] for r in server.settled(other, 1, 180)] == [CONTRADICTED]
    assert server.incoming("json") == []
    assert "Traceback" not in server.log()


def tick_all(server: Server, submission: int) -> None:
    """Somebody has looked at all that could not be checked."""
    rows = server.get(f"/submissions/{submission}/unchecked.json").json()["rows"]
    assert rows
    for row in rows:
        data = {"key": row["key"], "done": "true"}
        assert server.post(f"/submissions/{submission}/ticks", data=data).status_code == 200


@pytest.mark.parametrize("where", ["server", "shared"])
def test_two_reviewers_decide_at_once(where: str, request: pytest.FixtureRequest) -> None:
    """Every decision is kept, in order, and what the lists show is the last of them."""
    server: Server = request.getfixturevalue(where)
    season, delivery = server.season(f"两人 {where}"), key()
    server.roster(season, BODY)
    server.hand_in(season, "甲.txt", WRONG, delivery)
    (row,) = server.settled(delivery)
    assert row["state"] == "review", row
    path = f"/submissions/{row['id']}.json"
    matter = server.get(path).json()["rows"][0]["id"]
    tick_all(server, row["id"])
    choices = ["confirmed", "dismissed", "solved", "reopened"] * 5
    server.mark()

    def decide(k: int) -> int:
        data = {"verdict": choices[k], "reason": f"理由 {k}"}
        return server.post(f"/matters/{matter}/decisions", data=data).status_code

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(decide, range(20))) == [200] * 20
    now = next(r for r in server.get(path).json()["rows"] if r["id"] == matter)
    assert sorted(d["reason"] for d in now["decisions"]) == sorted(f"理由 {k}" for k in range(20))
    last = now["decisions"][-1]["verdict"]
    assert now["verdict"] == (None if last == "reopened" else last)
    clean = server.get(path).json()["submission"]["state"] == "clean"
    assert clean == (last in ("dismissed", "solved") and len(server.get(path).json()["rows"]) == 1)


@pytest.mark.parametrize("where", ["server", "shared"])
def test_versions_that_finish_in_another_order_are_put_in_theirs(
    where: str, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(where)
    season, first, second = server.season(f"先后 {where}"), key(), key()
    server.roster(season, BODY)
    slow = server.waits("slow")
    server.hand_in(season, "slow 一.txt", WRONG, first)
    server.running(first)
    server.hand_in(season, "二.txt", CLEAN, second)
    (later,) = server.settled(second)
    assert (later["state"], later["round"]) == ("review", 1)
    tick_all(server, later["id"])
    (later,) = server.rows(second)
    assert (later["state"], later["round"]) == ("clean", 1)
    slow.unlink()
    (earlier,) = server.settled(first)
    (later,) = server.rows(second)
    assert (earlier["state"], earlier["round"]) == ("superseded", 1)
    assert (later["state"], later["round"]) == ("clean", 2)
    arrival = server.get(f"/submissions/{earlier['id']}.json").json()
    assert arrival["submission"]["state"] == "superseded"


def test_versions_that_finish_at_the_same_moment(server: Server) -> None:
    season = server.season("一齐")
    server.roster(season, BODY)
    slow = server.waits("slow")
    keys = [key() for _ in range(6)]
    for k, mine in enumerate(keys):
        server.hand_in(season, f"slow {k}.txt", WRONG + b"\n" * k, mine)
    server.running(keys[0])
    slow.unlink()
    for mine in keys:
        server.settled(mine)
    rows = [server.rows(mine)[0] for mine in keys]
    assert [r["state"] for r in rows] == ["superseded"] * 5 + ["review"]
    assert rows[-1]["round"] == max(r["round"] for r in rows)


def test_one_note_registered_by_many_at_once_counts_once(database: str, tmp_path: Path) -> None:
    """The page that took a file and the foreman who found its note may both register it."""
    engine = engine_of(database, tmp_path)
    prepare(engine)
    here = Database(engine)
    with here.session() as session:
        season = new_season(session, LOCAL, "", 2026, "budget").id
    notes = [arrival(LOCAL, season, key(), f"{k}.txt", f"{k:064}", 1, None, False) for k in range(4)]
    notes += [n | {"receipt": key()} for n in notes]  # and each sent a second time
    start = threading.Barrier(8)

    def put(k: int) -> None:
        start.wait()
        for n in notes:
            here.settled(lambda session: register(session, n))  # noqa: B023 - called at once

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(8)))
    with here.session() as session:
        counts = [session.scalar(select(func.count()).select_from(t)) for t in (Submission, Job, Delivery)]
    engine.dispose()
    assert counts == [4, 4, 4]


def test_a_key_that_another_person_uses_joins_nothing(database: str, tmp_path: Path) -> None:
    engine = engine_of(database, tmp_path)
    prepare(engine)
    here = Database(engine)
    with here.session() as session:
        season = new_season(session, LOCAL, "", 2026, "budget").id
        user = User(name="某人", role="department")
        session.add(user)
        session.flush()
        other = Actor(user.id, "某人", Role.DEPARTMENT)
    mine, same = arrival(LOCAL, season, "a" * 32, "a.txt", "0" * 64, 1, None, False), "a" * 32
    theirs = arrival(other, season, same, "a.txt", "0" * 64, 1, None, False)
    for n in (mine, theirs, theirs):
        here.settled(lambda session: register(session, n))  # noqa: B023 - called at once
    with here.session() as session:
        found = session.scalars(select(Submission).order_by(Submission.id)).all()
        assert [(s.user_id, s.delivery.user_id) for s in found] == [(None, None), (other.id, other.id)]
        assert found[0].delivery.key == same != found[1].delivery.key
    engine.dispose()


# ------------------------------------------------------------------------------------------ progress


def test_pages_are_told_as_they_are_read(tmp_path: Path) -> None:
    """Each page of a scan is told while it is read."""
    pytest.importorskip("onnxruntime")
    from tests.scanning import rasterised

    with Server(tmp_path / "ledger", ("--jobs", "1"), START) as server:
        season, delivery = server.season(), key()
        server.hand_in(
            season, "扫描.pdf", rasterised(str(EXAMPLES / "jiangsu-clean.pdf"), [2, 3, 4], 150), delivery
        )
        seen: set[str] = set()
        end = time.monotonic() + 240
        while not (rows := server.rows(delivery)) or rows[0]["busy"]:
            seen.update(r["step"] for r in rows)
            assert time.monotonic() < end
            time.sleep(0.05)
        assert {s for s in seen if re.fullmatch(r"读取第 \d+/\d+ 页", s)}, seen
