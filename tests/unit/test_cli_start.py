"""A start costs what is used: no large module is imported by ``--help`` or by the check of a small file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from tests.conftest import EXAMPLES, ROOT
from yibenzhang.cli import COMMANDS, app

HEAVY = {
    "help": "rich multiprocessing yibenzhang.processes.workers yibenzhang.checking yibenzhang.reading yibenzhang.standards yibenzhang.batch",
    "check": "jinja2 zipfile xml.etree yibenzhang.batch.journal",
    "both": "alembic argon2 cv2 docx duckdb email fastapi lxml numpy olefile onnxruntime openpyxl PIL pyarrow "
    "pydantic pypdfium2 scipy sqlalchemy starlette typst uvicorn xlrd yibenzhang.drafting yibenzhang.ledger yibenzhang.office "
    "yibenzhang.web",
}
"""What must not be imported: by ``--help``, by a check of a text file, by either of them."""
_RUN = """
import sys
sys.argv = ["yibenzhang", *sys.argv[1:]]
from yibenzhang.__main__ import main
try:
    main()
finally:
    print("\\n".join(sys.modules), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    made = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )
    assert made.returncode == 0, made.stderr
    return set(made.stderr.split())


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("help", ["--help"]), ("check", ["check", str(EXAMPLES / "hubei-clean.txt")])],
)
def test_no_large_module_is_imported(name: str, arguments: list[str]) -> None:
    found = imported(*arguments)
    heavy = {*HEAVY[name].split(), *HEAVY["both"].split()}
    assert heavy & found == set()


def test_the_list_of_commands_says_what_the_commands_say() -> None:
    group = typer.main.get_command(app)
    for name, (_, told) in COMMANDS.items():
        help = group.get_command(None, name).help  # type: ignore[attr-defined]
        assert help.startswith(told) and help[len(told)] in "：，。；（", name


def test_the_package_gives_its_names_when_they_are_asked_for() -> None:
    code = "import sys, yibenzhang; assert 'yibenzhang.reading' not in sys.modules; yibenzhang.read; yibenzhang.check"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}).returncode == 0
    with pytest.raises(AttributeError):
        import yibenzhang

        yibenzhang.nothing  # noqa: B018


@pytest.mark.middle
def test_options_take_the_values_they_took(tmp_path: Path) -> None:
    """Plain conversion changes nothing: numbers are numbers, wrong ones are told and end with 2."""
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    for wrong in (["--jobs", "x"], ["--timeout", "-1"], ["--timeout", "nan"]):
        made = subprocess.run(
            [sys.executable, "-m", "yibenzhang", "check", str(tmp_path / "a.txt"), *wrong],
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(ROOT / "src")},
        )
        assert made.returncode == 2 and wrong[0] in made.stderr, made.stderr
