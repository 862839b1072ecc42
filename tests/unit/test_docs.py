"""The documentation: generated pages are current, READMEs are twins, the worked example and figures hold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import yibenzhang
from tests.conftest import ROOT
from yibenzhang import Checked, check
from yibenzhang.balance.coverage import Standing
from yibenzhang.cli import COMMANDS, app
from yibenzhang.model.amounts import parse_amount
from yibenzhang.model.places import LinePlace
from yibenzhang.reading import limits

READMES = ("README.md", "README.zh-CN.md")
CASES = sorted((Path(yibenzhang.__file__).parent / "standards" / "cases").glob("*.txt"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def unfenced(markdown: str) -> str:
    return re.sub(r"^```.*?^```$", "", markdown, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.middle
def test_generated_pages_are_current() -> None:
    made = subprocess.run(
        [sys.executable, "tools/make_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_the_readme(name: str) -> None:
    commands = list(COMMANDS)
    assert commands
    assert [c for c in commands if f"yibenzhang {c}" not in text(name)] == []


def test_the_readmes_are_twins() -> None:
    one, other = (re.findall(r"^(#+) ", unfenced(text(n)), re.MULTILINE) for n in READMES)
    assert one and one == other


@pytest.mark.parametrize(
    "name", [*READMES, "CHANGELOG.md", "docs/standards.md", "docs/limits.md", "docs/regions.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)", text(name)):
        assert link.startswith("https://") or ((ROOT / name).parent / link).exists(), link


def test_every_limit_is_told() -> None:
    told = text("docs/limits.md")
    assert [n for n in vars(limits) if n.startswith("MAX_") and f"`{n}`" not in told] == []


def test_the_worked_example_works(tmp_path: Path) -> None:
    for name, content in re.findall(
        r"^\*\*`(.+?)`\*\*\n\n```\w+\n(.*?)^```$", text("docs/standards.md"), re.MULTILINE | re.DOTALL
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    sample, layer = tmp_path / "样例.txt", str(tmp_path / "我的标准")
    assert _told(check(sample)) == (1, 33, 0)
    assert _told(check(sample, layer)) == (2, 36, 0)
    content = sample.read_text(encoding="utf-8")
    changed = content.replace("支出\t530.00\t370.00\n221", "支出\t580.00\t370.00\n221")
    assert changed != content
    sample.write_text(changed, encoding="utf-8")
    assert check(sample).findings == ()
    [finding] = check(sample, layer).findings
    assert (finding.rule, finding.expected) == ("equal.unconfirmed", "530.00")


def _told(checked: Checked) -> tuple[int, int, int]:
    known = sum(t.table.standard is not None for t in checked.tables)
    return known, checked.coverage.proved, len(checked.findings)


@pytest.mark.long
def test_planted_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The figure of the READMEs: each number that a relation reaches, made wrong by 7, is one finding."""
    found = planted = 0
    for path in CASES:
        base, lines = check(path), path.read_text(encoding="utf-8").split("\n")
        for fact in (f for t in base.tables for f in t.facts()):
            place, amount = fact.place, parse_amount(fact.text)
            if base.standing.get(fact.id) != Standing.PROVED or amount is None:
                continue
            assert isinstance(place, LinePlace)
            line = lines[place.line - 1]
            wrong = f"{line[: place.start]}{amount.value + 7:,.{amount.decimals}f}{line[place.end :]}"
            changed = [*lines[: place.line - 1], wrong, *lines[place.line :]]
            (tmp_path / path.name).write_text("\n".join(changed), encoding="utf-8")
            told = [f.evidence for f in check(tmp_path / path.name).findings]
            spots = [(e.place.line, e.place.start) for e in sum(told, ()) if isinstance(e.place, LinePlace)]
            planted += 1
            found += len(told) == 1 and (place.line, place.start) in spots
    with capsys.disabled():
        print(f"\n{found} of {planted} planted errors found, each as exactly one finding")
    assert found >= 0.97 * planted


def test_the_new_region_works_as_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of docs/regions.md prints what stands below it, and the files it shows are those it writes."""
    page = text("docs/regions.md")
    monkeypatch.chdir(tmp_path)
    pieces = re.findall(
        r"(?:^\*\*`(\S+?)`(.*?)\*\*\n\n)?^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL
    )
    command = ""
    for name, adds, kind, content in pieces:
        if name:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            before = Path(name).read_text(encoding="utf-8") if adds else ""
            Path(name).write_text(f"{before}\n{content}" if adds else content, encoding="utf-8")
        elif kind == "sh":
            command = content.strip()
        elif kind == "text":
            made = CliRunner().invoke(app, command.split()[1:], env={"COLUMNS": "80"})
            assert made.exit_code == 0, made.output
            assert made.stdout.strip() == content.strip()
        elif kind == "toml":
            files = [p.read_text(encoding="utf-8") for p in Path("regions").rglob("*.toml")]
            assert content in files
