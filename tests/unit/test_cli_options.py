"""Which findings are told, in which form, and with what exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from tests.conftest import EXAMPLES, ROOT
from tests.unit.test_cli import CLEAN, WRONG
from yibenzhang.cli import app
from yibenzhang.cli import check as cli_check
from yibenzhang.reports.choosing import Selection

TWO = str(EXAMPLES / "hubei-goals-weak-targets.txt")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def started(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "yibenzhang", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, **more)


def rules(result: Result) -> list[str]:
    return [line.split()[2] for line in result.stdout.splitlines()]


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    (tmp_path / "wrong.txt").write_text(WRONG, encoding="utf-8")
    return str(tmp_path / "wrong.txt")


@pytest.mark.parametrize(
    ("select", "ignore", "told"),
    [
        ((), (), "goals.unit goals.weaker total.rows"),
        (("goals",), (), "goals.unit goals.weaker"),
        (("goals.w",), (), "goals.weaker"),
        ((), ("goals",), "total.rows"),
        (("goals",), ("goals.unit",), "goals.weaker"),
        (("goals.unit",), ("goals",), "goals.unit"),  # the longer one decides
        (("goals",), ("goals",), ""),
        (("ALL",), ("total",), "goals.unit goals.weaker"),
        (("goals.unit",), ("ALL",), "goals.unit"),
    ],
)
def test_rules_are_chosen_as_by_ruff(select: tuple[str, ...], ignore: tuple[str, ...], told: str) -> None:
    chosen = Selection(select, ignore)
    assert [r for r in ("goals.unit", "goals.weaker", "total.rows") if chosen.has(r)] == told.split()


def test_what_is_not_asked_for_is_no_error_and_is_said(wrong: str) -> None:
    result = run("check", wrong, "--ignore", "total,equal")
    assert result.exit_code == 0
    assert "除没有列出的 1 个外，没有发现问题" in result.stdout
    assert "按规则略去的 1 个" in result.stderr
    assert run("check", wrong, "--select", "total.columns").exit_code == 1
    assert rules(run("check", TWO, "-f", "concise", "--select", "goals.unit,goals.weaker")) == [
        "goals.weaker",
        "goals.unit",
    ]
    report = json.loads(run("check", wrong, "--ignore", "total", "-f", "json").stdout)
    assert report["documents"][0]["left_out"] == 1 and report["documents"][0]["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["chek", "x"], "check"),
        (["rules", "tst"], "test"),
        (["check", "x", "--formt", "json"], "--format"),
        (["check", "x", "--excl", "y"], "--excel"),
        (["check", "x", "-f", "jsn"], "json"),
        (["check", "x", "--select", "gaols"], "goals"),
        (["check", "x", "--ignore", "total.rws"], "total.rows"),
        (["explain", "total.rwos"], "total.rows"),
        (["rules", "show", "goals.csot"], "goals.cost"),
    ],
)
def test_the_nearest_is_named(arguments: list[str], near: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert f"是不是 {near}？" in result.stderr.replace("\n", "")


def test_concise_has_a_line_for_each(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    result = run("check", wrong, str(tmp_path / "broken.pdf"), "--output-format", "concise")
    first, second = result.stdout.splitlines()
    assert first.startswith(f"{tmp_path}/broken.pdf: 未能读取：")
    assert second.startswith(f"{wrong}:8: 错误 total.columns ")


def test_github_commands_hold_their_shape(tmp_path: Path) -> None:
    (tmp_path / "a,b:c.txt").write_text(WRONG.replace("行政运行", "行政%运行"), encoding="utf-8")
    result = run("check", str(tmp_path / "a,b:c.txt"), "--output-format", "github")
    [line] = result.stdout.splitlines()
    assert line.startswith(f"::error file={tmp_path}/a%2Cb%3Ac.txt,line=8,title=total.columns::")
    assert "行政%25运行" in line


def test_sarif_says_what_and_where(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    log = json.loads(run("check", wrong, str(tmp_path / "broken.pdf"), "-f", "sarif").stdout)
    [told] = log["runs"]
    assert log["version"] == "2.1.0" and told["tool"]["driver"]["rules"][0]["id"] == "total.columns"
    [result] = told["results"]
    assert (result["ruleId"], result["level"], result["ruleIndex"]) == ("total.columns", "error", 0)
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == 8 and region["startColumn"] < region["endColumn"]
    [note] = told["invocations"][0]["toolExecutionNotifications"]
    assert note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("broken.pdf")
    hashes = {a["location"]["uri"].rpartition("/")[2]: a.get("hashes") for a in told["artifacts"]}
    assert len(hashes["wrong.txt"]["sha-256"]) == 64 and hashes["broken.pdf"] is None


def test_a_place_on_a_page_is_a_logical_location() -> None:
    log = json.loads(run("check", str(EXAMPLES / "shanghai-budget-swapped-digits.pdf"), "-f", "sarif").stdout)
    place = log["runs"][0]["results"][0]["locations"][0]
    assert place["logicalLocations"][0]["name"].startswith("第") and "region" not in place["physicalLocation"]


def test_statistics_count_rules(wrong: str) -> None:
    result = run("check", wrong, TWO, "--statistics", "--no-group")
    assert [line.split("\t")[:2] for line in result.stdout.splitlines()] == [
        ["1", "goals.no_value"], ["1", "goals.unit"], ["1", "goals.weaker"], ["1", "total.columns"],
    ]  # fmt: skip
    counted = json.loads(run("check", wrong, "--statistics", "-f", "json").stdout)
    assert [(c["rule"], c["count"], c["files"]) for c in counted] == [("total.columns", 1, 1)]
    assert run("check", wrong, "--statistics", "-f", "sarif").exit_code == 2


@pytest.mark.parametrize("how", ["baseline", "report"])
def test_a_baseline_knows_findings_wherever_they_stand(tmp_path: Path, wrong: str, how: str) -> None:
    known, moved = tmp_path / "known.json", tmp_path / "moved.txt"
    if how == "baseline":
        assert run("check", wrong, "--write-baseline", str(known)).exit_code == 1
    else:
        known.write_text(run("check", wrong, "-f", "json").stdout, encoding="utf-8")
    assert run("check", wrong, "--baseline", str(known)).exit_code == 0
    head, _, rest = WRONG.partition("支出总表")
    moved.write_text(f"{head}\n\n一、情况说明\n支出总表{rest}", encoding="utf-8")
    result = run("check", str(moved), "--baseline", str(known))
    assert result.exit_code == 0 and "基线里已有的 1 个" in result.stderr
    moved.write_text(WRONG.replace("人大事务\t110.00\t80.00", "人大事务\t110.00\t81.00"), encoding="utf-8")
    result = run("check", str(moved), "--baseline", str(known), "-f", "concise")
    assert result.exit_code == 1 and "81.00" in result.stdout and "89.00" not in result.stdout


def test_a_number_changed_and_still_wrong_is_new(tmp_path: Path, wrong: str) -> None:
    run("check", wrong, "--write-baseline", str(tmp_path / "known.json"))
    (tmp_path / "again.txt").write_text(WRONG.replace("89.00", "88.00"), encoding="utf-8")
    assert (
        run("check", str(tmp_path / "again.txt"), "--baseline", str(tmp_path / "known.json")).exit_code == 1
    )


def test_a_second_one_of_a_kind_is_new(tmp_path: Path) -> None:
    one = CLEAN + "\n具体金额待定。\n"
    layer = tmp_path / "mine"
    layer.mkdir()
    (layer / "wording.toml").write_text(
        '[[phrase]]\nid = "mine.words"\nname = "待定"\nseverity = "error"\npattern = "待定"\nscope = "text"\n'
        'fires = "金额待定。"\ntwin = "已定。"\n',
        encoding="utf-8",
    )
    (tmp_path / "a.txt").write_text(one, encoding="utf-8")
    arguments = [
        "check",
        str(tmp_path / "a.txt"),
        "--standards",
        str(layer),
        "--baseline",
        str(tmp_path / "b.json"),
    ]
    assert run(*arguments[:4], "--write-baseline", str(tmp_path / "b.json")).exit_code == 1
    assert run(*arguments).exit_code == 0
    (tmp_path / "a.txt").write_text(one + "\n支出情况说明。\n" * 3 + "\n具体金额待定。\n", encoding="utf-8")
    assert run(*arguments).exit_code == 1


@pytest.mark.parametrize(
    "text", ["", "{}", '{"schema": "yibenzhang/report/2", "documents": [{}]}', "[]", "not"]
)
def test_what_is_no_baseline_is_told(tmp_path: Path, wrong: str, text: str) -> None:
    (tmp_path / "b.json").write_text(text, encoding="utf-8")
    result = run("check", wrong, "--baseline", str(tmp_path / "b.json"))
    assert result.exit_code == 2 and "基线" in result.stderr
    assert run("check", wrong, "--baseline", str(tmp_path / "none.json")).exit_code == 2


def test_json_still_keeps_its_contract(wrong: str) -> None:
    schema = json.loads((files("yibenzhang.reports") / "report.schema.json").read_text(encoding="utf-8"))
    report = json.loads(run("check", wrong, TWO, "--ignore", "goals.unit", "-f", "json").stdout)
    jsonschema.validate(report, schema)
    assert all(len(f["key"]) == 16 for d in report["documents"] for f in d["findings"])


def test_exit_zero_hides_errors_and_nothing_else(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert run("check", wrong, "--exit-zero").exit_code == 0
    assert run("check", wrong, str(tmp_path / "broken.pdf"), "--exit-zero").exit_code == 2


@pytest.mark.parametrize("text", ["关于召开会议的通知\n请各单位参加。\n", "说明\n本单位没有数字。\n"])
def test_what_is_no_disclosure_says_so_first(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    result = run("check", str(tmp_path / "a.txt"))
    assert result.exit_code == 2
    assert result.stdout.splitlines()[0].startswith(str(tmp_path)[:20])
    assert result.stdout.splitlines()[1].startswith("这不是部门预算或决算文件")
    assert "这不是部门预算或决算文件" in run("check", str(tmp_path / "a.txt"), "-f", "concise").stdout


def test_a_failure_of_the_program_is_three(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("boom\x1b[2J")

    for name in ("_run", "_tell", "_files"):
        with monkeypatch.context() as patch:
            patch.setattr(cli_check, name, fails)
            result = run("check", wrong)
            assert result.exit_code == 3
            assert "程序出错（RuntimeError" in result.stderr and "\x1b" not in result.stderr


@pytest.mark.middle
def test_a_reader_that_goes_away_is_not_one(tmp_path: Path) -> None:
    code = (
        f"cd {ROOT}; {sys.executable} -m yibenzhang check {TWO} -f json | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}};"
        f"{sys.executable} -m yibenzhang check {TWO} | true; echo ${{PIPESTATUS[0]}};"
        f"{sys.executable} -m yibenzhang check {TWO} > /dev/full; echo $?"
    )
    made = subprocess.run(
        ["bash", "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert set(made.stdout.split()) <= {"0", "2"} and made.stdout.split()[2] == "2", made.stdout + made.stderr
    assert "Traceback" not in made.stderr


def test_a_broken_installation_is_three(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ImportError('no typer')", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT / "src")])}
    made = subprocess.run(
        [sys.executable, "-m", "yibenzhang", "--help"], capture_output=True, text=True, env=environment
    )
    assert made.returncode == 3 and "no typer" in made.stderr


def _wait(read: Any, what: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while what not in read():
        assert time.monotonic() < until, read()
        time.sleep(0.05)


def _heeds_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.middle
def test_watch_checks_again_and_idles(tmp_path: Path, wrong: str) -> None:
    log = tmp_path / "log"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    with log.open("wb") as out:
        command = [sys.executable, "-m", "yibenzhang", "check", wrong, "--watch", "-f", "concise"]
        # a shell that runs the tests in the background has them ignore Ctrl+C, and their children too
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env=environment, preexec_fn=_heeds_interrupts
        )
    try:
        _wait(lambda: log.read_text(encoding="utf-8"), "按 Ctrl+C")
        used = _ticks(process.pid)
        time.sleep(2)
        assert _ticks(process.pid) - used <= 0.2 * os.sysconf("SC_CLK_TCK")
        Path(wrong + ".new").write_text(WRONG.replace("89.00", "87.00"), encoding="utf-8")
        Path(wrong + ".new").replace(wrong)
        _wait(lambda: log.read_text(encoding="utf-8"), "87.00")
        Path(wrong).write_text(CLEAN, encoding="utf-8")
        _wait(lambda: str(log.read_text(encoding="utf-8").count("按 Ctrl+C")), "3")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0  # of the last check


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
