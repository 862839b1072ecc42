"""Probes of addresses, and series of Prometheus: up, down, not known; nothing that is not allowed; no redirect followed."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from yibenzhang.cli import app
from yibenzhang.evidence import probing
from yibenzhang.evidence.addresses import Allowed
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import period_of, run
from yibenzhang.evidence.probing import Target, keep, probed, round_of
from yibenzhang.evidence.prometheus import rows_of
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
LIMITS = Limits(seconds=5)


class Site(http.server.BaseHTTPRequestHandler):
    paths: list[str] = []

    def do_GET(self) -> None:
        Site.paths.append(self.path)
        parts = urlsplit(self.path)
        if parts.path == "/api/v1/query_range":
            self._series(parse_qs(parts.query))
            return
        code = {"/": 200, "/gone": 404, "/broken": 503, "/turn": 302}.get(self.path, 200)
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "/private")
        self.end_headers()

    def _series(self, asked: dict[str, list[str]]) -> None:
        first, last, step = (int(asked[k][0]) for k in ("start", "end", "step"))
        value = {"up": 1439, "probes": 1440}.get(asked["query"][0])
        values = [[t, str(value)] for t in range(first, last + 1, step)]
        data: Any = {"status": "success", "data": {"resultType": "matrix", "result": [
            {"metric": {"__name__": "x", "instance": "一网"}, "values": values + [[last, "NaN"]]}]}}  # fmt: skip
        if value is None:
            data = {"status": "error"}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as made:
        yield made


def probe_of(address: str, inside: bool = True, statuses: tuple[int, ...] = ()) -> probing.Probe:
    parts = urlsplit(address)
    allowed = [Allowed(f"{parts.scheme}://{parts.hostname}:{parts.port}", inside)]
    return probed(Target("一网", address, statuses), allowed, 5, NOW)


@pytest.mark.parametrize("path, up", [("/", True), ("/turn", True), ("/gone", False), ("/broken", False)])
def test_an_answer_is_up_and_none_is_down(port: int, path: str, up: bool) -> None:
    before = len(Site.paths)
    assert probe_of(f"http://127.0.0.1:{port}{path}").up is up
    assert Site.paths[before:] == [path]  # a redirect is not followed


def test_statuses_that_are_agreed(port: int) -> None:
    assert probe_of(f"http://127.0.0.1:{port}/turn", statuses=(200,)).up is False
    assert probe_of(f"http://127.0.0.1:{port}/gone", statuses=(404,)).up is True


def test_tcp_and_a_port_where_nobody_listens(port: int) -> None:
    assert probe_of(f"tcp://127.0.0.1:{port}").up is True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    found = probe_of(f"tcp://127.0.0.1:{closed}")
    assert found.up is False and found.why
    assert probe_of(f"http://127.0.0.1:{closed}/").up is False


@pytest.mark.parametrize(
    "address, inside",
    [
        ("http://127.0.0.1:{port}/", False),
        ("http://localhost:{port}/", False),
        ("tcp://localhost:{port}", False),
    ],
)
def test_what_lies_inside_is_not_reached_and_not_known(port: int, address: str, inside: bool) -> None:
    before = len(Site.paths)
    found = probe_of(address.format(port=port), inside)
    assert found.up is None and "内部网络" in found.why
    assert len(Site.paths) == before


def test_what_is_not_allowed_and_what_has_no_name_is_not_known(port: int) -> None:
    found = probed(Target("一网", f"http://127.0.0.1:{port}/"), [Allowed("http://127.0.0.1:1", True)], 5, NOW)
    assert found.up is None and "不在允许" in found.why
    assert probe_of("http://no-such-name.invalid:80/").up is None


def test_days_of_a_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, cert = tmp_path / "k.pem", tmp_path / "c.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "10", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)], capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl is not on this machine")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    with serving(context) as port:
        refused = probed(
            Target("一网", f"tls://localhost:{port}"),
            [Allowed(f"tls://localhost:{port}", True)],
            5,
            datetime.now(UTC),
        )
        assert refused.up is False and refused.days_left is None  # nobody vouches for it
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        for scheme in ("tls", "https"):
            origin = f"{scheme}://localhost:{port}"
            found = probed(Target("一网", origin), [Allowed(origin, True)], 5, datetime.now(UTC))
            assert (found.up, found.days_left) == (True, 9)


def test_targets_that_are_wrong_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.toml"
    for address in (
        "file:///etc/passwd",
        "http://",
        "tcp://a.example",
        "http://u:p@a.example/",
        "gopher://a.example/",
    ):
        file.write_text(f'targets = [ {{ site = "一网", address = "{address}" }} ]', encoding="utf-8")
        with pytest.raises(EvidenceError):
            round_of(file)


def test_probes_are_read_by_the_availability_and_gaps_are_unknown(port: int, tmp_path: Path) -> None:
    up = [probing.Probe("一网", (NOW + timedelta(minutes=k)).isoformat(), k != 3, 5) for k in range(10)]
    keep([*up[:6], probing.Probe("一网", NOW.isoformat(), None, 0, "不许"), *up[6:]], tmp_path)
    done = CliRunner().invoke(
        app,
        [
            "availability",
            str(tmp_path / "probes.jsonl"),
            "--from",
            "2026-03-02",
            "--to",
            "2026-03-02",
            "-f",
            "json",
        ],
    )
    site = json.loads(done.output)["sites"][0]
    assert site["faults"] and "不许" in (tmp_path / "probe-gaps.jsonl").read_text(encoding="utf-8")
    file = tmp_path / "t.toml"
    file.write_text(
        f'targets = [ {{ site = "一网", address = "http://127.0.0.1:{port}/", inside = true }} ]',
        encoding="utf-8",
    )
    done = CliRunner().invoke(
        app, ["evidence", "probe", str(file), "--store", str(tmp_path), "--every", "0.01", "--times", "2"]
    )
    assert done.exit_code == 0 and done.output.count("通　一网") == 2
    assert len((tmp_path / "probes.jsonl").read_text(encoding="utf-8").splitlines()) == 12


# ---- Prometheus


def test_series_become_rows(port: int) -> None:
    origin = f"http://127.0.0.1:{port}"
    rows, hash = rows_of(
        origin,
        {"up": "up", "probes": "probes"},
        "1d",
        date(2026, 3, 1),
        date(2026, 3, 4),
        [Allowed(origin, True)],
        LIMITS,
    )
    assert [(r["time"], r["instance"], r["up"], r["probes"]) for r in rows] == [
        (f"2026-03-0{k} 00:00:00", "一网", "1439", "1440") for k in (1, 2, 3)
    ]
    assert len(hash) == 64


def test_a_prometheus_that_gives_no_series_or_may_not_be_read(port: int) -> None:
    origin = f"http://127.0.0.1:{port}"
    for queries, step, allowed in (
        ({"up": "wrong"}, "1d", [Allowed(origin, True)]),
        ({"up": "up"}, "1x", [Allowed(origin, True)]),
        ({"up": "up"}, "1d", []),
    ):
        with pytest.raises(EvidenceError):
            rows_of(origin, queries, step, date(2026, 3, 1), date(2026, 3, 2), allowed, LIMITS)


def test_a_pack_runs_on_a_prometheus(port: int, tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(
        f"""
pack = "websites"
subject = "示例市信息中心"
[source]
kind = "prometheus"
allowed = [ {{ origin = "http://127.0.0.1:{port}", inside = true }} ]
[tables.site_day]
address = "http://127.0.0.1:{port}"
step = "1d"
queries = {{ up = "up", probes = "probes" }}
[tables.site_day.columns]
site = "instance"
day = "time"
probes = "probes"
up = "up"
down_minutes = {{ sql = "CAST(probes AS INTEGER) - CAST(up AS INTEGER)" }}
""",
        encoding="utf-8",
    )
    found = {o.indicator: o for o in run(mapping_of(file), period_of("2026-03"), "2026-03-31", LIMITS)}
    running = found["websites.running"]
    assert running.value is not None and str(running.value)[:7] == "99.9305", running.gap
    assert found["websites.articles"].value is None  # no such table: a gap, never zero
