"""Whatever a file or its name holds, every report is written whole; what is no file is refused at once."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from tests.conftest import EXAMPLES, ROOT
from tests.unit.test_cli import CLEAN, WRONG
from yibenzhang.cli import app
from yibenzhang.model.text import shown, valid
from yibenzhang.reading import halves, read
from yibenzhang.reports.writing import as_json, write, write_text

HOSTILE = {
    "markup": "[red]行政[/red][/]运行[link=file:///x]",
    "escape": "行政\x1b[2J\x1b]0;x\x07运行",
    "bell": "行政\x07\x08\x0b\x0c\x7f\x85\x9b运行",
    "direction": "行政\u202e\u2066运\u200f行",
    "separators": "行政\u2028\u2029运行",
    "none": "行政\ufffe\uffff运行",
    "rare": "行政𠮷运行",
    "template": "{{7*7}}{% x %}<b>&行政]]>运行",
    "formula": "=1+1|cmd",
    "emoji": ":smile: 行政运行",
    "long": "行政" * 20_000,
}
ACTING = [chr(c) for c in (*range(9), *range(11, 32), 127, *range(128, 160), 0x202E, 0x2066, 0x200F, 0x2028)]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(
    "name",
    [n if n in ("markup", "formula") else pytest.param(n, marks=pytest.mark.middle) for n in HOSTILE],
)
def test_no_name_ends_a_report(tmp_path: Path, name: str) -> None:
    word = HOSTILE[name]
    file, html, excel = tmp_path / "a.txt", tmp_path / "r.html", tmp_path / "r.xlsx"
    text = WRONG.replace("行政运行", word).replace("示范局", word[:30].replace("\t", "") + "局")
    file.write_text(text, encoding="utf-8", newline="")
    check = ("check", str(file), "--resume", str(tmp_path / "journal"))  # checked once, told in every form
    result = run(*check, "--html", str(html), "--excel", str(excel), "--all")
    assert result.exit_code in (0, 1, 2) and "程序出错" not in result.output, result.output
    page = html.read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>") and "<b>&行" not in page
    rows = openpyxl.load_workbook(excel)["问题清单"].iter_rows(min_row=2)
    assert all(cell.data_type != "f" for row in rows for cell in row)
    concise, github = run(*check, "-f", "concise"), run(*check, "-f", "github")
    for told in (result.stdout, page, concise.stdout, github.stdout):
        assert not [c for c in ACTING if c in told]
    assert all(line.startswith("::") for line in github.stdout.splitlines())
    for kind in ("json", "sarif"):
        assert json.loads(run(*check, "-f", kind).stdout)
    assert {run(command, str(file)).exit_code for command in ("tables", "facts")} <= {0, 2}  # 2: no text


@pytest.mark.middle
@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
@pytest.mark.parametrize(
    "kinds", [("text", "json"), pytest.param(("concise", "github", "sarif"), marks=pytest.mark.long)]
)
def test_a_name_that_is_no_text_ends_nothing(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\x1b[31m[red]"
    Path(os.fsdecode(folder)).mkdir()
    for name, text in ((b"one\xfe.txt", WRONG), (b"two\xfd.txt", CLEAN)):
        with Path(os.fsdecode(folder + b"/" + name)).open("w", encoding="utf-8") as f:
            f.write(text)
    html, excel = tmp_path / "r.html", tmp_path / "r.xlsx"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "LANG": "C.UTF-8"}
    for kind in kinds:
        command = [sys.executable, "-m", "yibenzhang", "check", "-f", kind]
        command += (
            [folder, "--html", html, "--excel", excel] if kind == "text" else [folder + b"/one\xfe.txt"]
        )
        made = subprocess.run(command, capture_output=True, env=environment)
        assert made.returncode == 1, made.stderr.decode()
        assert b"\x1b" not in made.stdout and "\ufffd" in made.stdout.decode() or kind == "sarif"
        if kind in ("json", "sarif"):
            json.loads(made.stdout)
    if "text" in kinds:
        assert "</html>" in html.read_text(encoding="utf-8") and openpyxl.load_workbook(excel).sheetnames


def test_a_terminal_of_another_encoding_gets_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WRONG.replace("行政运行", "行政𠮷运行"), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "gbk"}
    made = subprocess.run(
        [sys.executable, "-m", "yibenzhang", "check", str(tmp_path / "a.txt")],
        capture_output=True,
        env=environment,
    )
    assert made.returncode == 1 and "行政\\U00020bb7运行" in made.stdout.decode("gbk").replace("\n", "")


def test_halves_are_joined_and_lone_ones_replaced(tmp_path: Path) -> None:
    assert valid("a\ud842\udfb7b") == "a𠮷b" and valid("a\ud842b\udfb7") == "a\ufffdb\ufffd"
    assert shown("\x1b\r\x7f\u202e\n\t") == "␛␍␡⟨U+202E⟩\n\t"
    assert json.loads(as_json({"a": "\ud842\udfb7\udc80\x1b"})) == {"a": "𠮷\ufffd\x1b"}
    document = read(str(EXAMPLES / "hubei-clean.txt"))
    assert halves.sound(document.pages, document.notices)[0] is document.pages


def test_a_document_with_halves_is_made_sound() -> None:
    from dataclasses import replace

    document = read(str(EXAMPLES / "jiangsu-clean.pdf"))
    page = document.pages[1] if document.pages[1].blocks else document.pages[0]
    first: Any = document.paragraphs()[0]
    odd = replace(first, text=first.text[:2] + "\ud842\udfb7" + first.text[2:])
    [made], _ = halves.sound((replace(page, blocks=(odd, *page.blocks)),), ())
    block: Any = made.blocks[0]
    assert block.text == first.text[:2] + "𠮷" + first.text[2:] and block.lines == ()
    assert made.blocks[1:] == page.blocks


def test_a_report_takes_its_place_whole(tmp_path: Path) -> None:
    place = tmp_path / "r.html"
    place.write_text("old", encoding="utf-8")
    place.chmod(0o640)

    def fails(file: Any) -> None:
        file.write(b"half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(place, fails)
    assert place.read_text(encoding="utf-8") == "old"
    write_text(place, "new")
    assert place.read_text(encoding="utf-8") == "new" and stat.S_IMODE(place.stat().st_mode) == 0o640
    (tmp_path / "link").symlink_to(place)
    write_text(tmp_path / "link", "newer")
    assert (tmp_path / "link").is_symlink() and place.read_text(encoding="utf-8") == "newer"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "r.html"]


@pytest.mark.parametrize("option", ["--html", "--excel", "--write-baseline"])
def test_a_device_or_folder_is_no_place_for_a_report(tmp_path: Path, option: str) -> None:
    (tmp_path / "a.txt").write_text(CLEAN, encoding="utf-8")
    for place in ("/dev/null", str(tmp_path), str(tmp_path / "no" / "where")):
        result = run("check", str(tmp_path / "a.txt"), option, place)
        assert result.exit_code == 2 and "没有写成" in result.stderr
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="no pipes there")
def test_pipes_devices_and_sockets_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "link.pdf").symlink_to(tmp_path / "pipe.pdf")
    (tmp_path / "a.txt").write_text(CLEAN, encoding="utf-8")
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(tmp_path)  # a socket's name is short
        try:
            server.bind("sock")
        finally:
            os.chdir(ROOT)
        begun = time.monotonic()
        for name in ("pipe.pdf", "link.pdf", "sock", "/dev/zero", "pipe.pdf/x"):
            path = str(tmp_path / name)
            for command in ("check", "tables", "facts"):
                result = run(command, path)
                assert result.exit_code == 2, (name, command)
                assert "不是文件" in result.output.replace("\n", "") or name == "pipe.pdf/x"
        assert time.monotonic() - begun < 20
    result = run("check", str(tmp_path / "pipe.pdf"), str(tmp_path / "a.txt"))
    assert result.exit_code == 2 and "没有发现问题" in result.stdout  # the others go on
    assert run("check", str(tmp_path)).exit_code == 0  # in a folder they are no files


def test_the_page_is_sound_markup(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WRONG.replace("行政运行", HOSTILE["template"]), encoding="utf-8")
    run("check", str(tmp_path / "a.txt"), "--html", str(tmp_path / "r.html"))
    tree = etree.HTML((tmp_path / "r.html").read_text(encoding="utf-8"))
    told = "".join(tree.itertext())
    assert "{{7*7}}{% x %}&行政]]>运行" in told  # the reader of text leaves tags out
