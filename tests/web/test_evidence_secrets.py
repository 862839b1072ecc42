"""A credential goes from the environment to its source and nowhere else: output, logs, store, database, pages, exports."""

from __future__ import annotations

import http.server
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.web.conftest import Cluster, MakeShop
from yibenzhang.cli import app

WORD = "Zx9-S3cr3tW0rd"


class Echo(http.server.BaseHTTPRequestHandler):
    """A careless source: it tells the key in its answers."""

    def do_GET(self) -> None:
        key = self.headers.get("X-Key", "")
        self.send_response(500 if "wrong" in self.path else 200, key)
        self.send_header("Location", f"http://example.invalid/{key}")
        self.end_headers()
        self.wfile.write(key.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_credential_goes_nowhere(
    make_shop: MakeShop,
    tmp_path: Path,
    origin: str,
    postgres: Cluster,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    folder, out = tmp_path / "ledger", tmp_path / "out"
    (folder / "mappings").mkdir(parents=True)
    monkeypatch.setenv("GOOD_URL", postgres.fresh().replace("postgres@", f"postgres:{WORD}@"))
    monkeypatch.setenv("AWAY_URL", f"postgresql://{WORD}:{WORD}@127.0.0.1:1/x?sslmode={WORD}")
    monkeypatch.setenv("ODD_URL", f"nonsense:{WORD}")
    monkeypatch.setenv("API_KEY", WORD)
    table = '[tables.work_order]\nfrom = "gd"\naddress = "ORIGIN"\n[tables.work_order.columns]\nid = "a"\n'
    for name, source in {
        "good": 'kind = "database"\nvariable = "GOOD_URL"',
        "away": 'kind = "database"\nvariable = "AWAY_URL"',
        "odd": 'kind = "database"\nvariable = "ODD_URL"',
        "echo": f'kind = "http"\nallowed = [{{ origin = "{origin}", inside = true }}]\nheader = "X-Key"\nheader_variable = "API_KEY"',
        "wrong": f'kind = "http"\nallowed = [{{ origin = "{origin}", inside = true }}]\nheader = "X-Key"\nheader_variable = "API_KEY"',
    }.items():
        place = table.replace("ORIGIN", f"{origin}/{name}")
        text = f'pack = "hotline"\nsubject = "某局"\n[source]\n{source}\n{place}\n[schedule]\nevery = "day"\n'
        (folder / "mappings" / f"{name}.toml").write_text(text, encoding="utf-8")
    said = []
    for file in sorted((folder / "mappings").glob("*.toml")):
        for command in (
            ["evidence", "check", str(file)],
            ["evidence", "run", str(file), "--period", "2026", "--store", str(folder)],
            ["hotline", "find", str(file), "--period", "2026", "--out", str(out), "--store", str(folder)],
            ["hotline", "warn", str(file), "--period", "2026"],
        ):
            done = CliRunner().invoke(app, command)
            said.append(done.output + repr(done.exception))
    said.append(
        CliRunner().invoke(app, ["evidence", "due", str(folder / "mappings"), "--store", str(folder)]).output
    )
    for form in ("text", "json", "csv"):
        said.append(CliRunner().invoke(app, ["evidence", "show", "--store", str(folder), "-f", form]).output)
    browser = make_shop(accounts=False, hosts=(), analyses=str(folder)).browser()
    for name in ("good", "away", "odd", "echo", "wrong"):
        for page in (f"/evidence-mappings?check={name}.toml", f"/evidence-mappings.json?check={name}.toml"):
            said.append(browser.get(page).text)
        said.append(browser.client.get(f"/evidence-mapping?file={name}.toml").text)
        said.append(
            browser.client.post(
                "/evidence-run", data={"file": f"{name}.toml"}, headers={"X-CSRF": browser.mark()}
            ).text
        )
    said += [browser.get(f"/evidence{form}").text for form in ("", ".json", ".csv")]
    assert len(said) > 30 and any("没有" in s for s in said)
    assert [s for s in said if WORD in s] == []
    assert WORD not in caplog.text
    kept = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert any(p.name == "observations.jsonl" for p in kept)
    assert [p for p in kept if WORD.encode() in p.read_bytes()] == []
