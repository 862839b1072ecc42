"""Old and foreign office files (.doc, .wps, .rtf, .odt …) through LibreOffice, where it is installed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from yibenzhang.reading.limits import MAX_CONVERT_SECONDS, MAX_FILE_BYTES, ReadingError

_FILTERS = {"docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML", "ods": "ods:calc8"}
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Macros, active content and links to other files stay off; fields keep their stored results."""


def office() -> str | None:
    """The LibreOffice program, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(data: bytes, suffix: str, target: str) -> bytes:
    """The file as docx or xlsx. Raises ReadingError: LibreOffice is missing, too slow, or cannot read it."""
    program = office()
    if program is None:
        raise ReadingError(
            f"这是 {suffix} 文件，需要安装 LibreOffice 才能读取；也可以先另存为 {target} 再检查。"
        )
    with tempfile.TemporaryDirectory(prefix="yibenzhang-") as folder:
        home = Path(folder)
        settings = home / "profile" / "user"
        settings.mkdir(parents=True)
        (settings / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source = home / f"in.{suffix.rpartition('.')[2]}"
        source.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={(home / 'profile').as_uri()}",
            "--headless",
            "--invisible",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nofirststartwizard",
            "--convert-to",
            _FILTERS[target],
            "--outdir",
            str(home / "out"),
            str(source),
        ]
        if guard := shutil.which(
            "timeout"
        ):  # ends it also where this process is killed before its time is over
            command = [guard, "-s", "KILL", str(MAX_CONVERT_SECONDS + 5), *command]
            if shutil.which("setpriv"):  # and at once where the parent is killed
                command = ["setpriv", "--pdeathsig", "TERM", *command]
        _run(command, home)
        made = home / "out" / f"in.{target}"
        if not made.is_file() or not 0 < made.stat().st_size <= MAX_FILE_BYTES:
            raise ReadingError(
                f"LibreOffice 没有读出这个 {suffix} 文件，可能已损坏、加密，或者没有装它的文字处理组件（Writer）；请另存为 {target} 再检查。"
            )
        return made.read_bytes()


def _run(command: list[str], home: Path) -> None:
    """In a process group of its own, so that nothing of it is left after the time is over."""
    counted = _counting()
    environment = {
        k: v
        for k, v in os.environ.items()
        if not k.lower().endswith("_proxy") and not k.startswith("YIBENZHANG_")
    }  # nor the address of a database with its password
    environment |= {"HOME": str(home), "TMPDIR": str(home), "SAL_USE_VCLPLUGIN": "svp"}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=home,
            start_new_session=True,
        )
    except OSError as error:
        raise ReadingError(f"LibreOffice 无法启动：{error.strerror or error}。") from error
    try:
        process.wait(MAX_CONVERT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ReadingError(f"LibreOffice 在 {MAX_CONVERT_SECONDS} 秒内没有读完这个文件，已停止。") from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        counted()


def _counting() -> Callable[[], None]:
    """Afterwards to be called: what LibreOffice took of the processor is taken off the limit of this process."""
    try:
        import resource
    except ImportError:  # Windows
        return lambda: None
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    def counted() -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_CPU, (max(int(soft - taken), 1), hard))

    return counted


_ROW = re.compile(rb"<table:table-row\b([^>]*)>(.*?)</table:table-row>", re.DOTALL)
_CELL = re.compile(rb"<table:table-cell\b([^>]*[^/>])>")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')


def repeated_cells(content: bytes) -> int:
    """How many cells with content a spreadsheet of OpenDocument unfolds to: rows and cells may be written once and
    repeated a million times."""
    count = 0
    for row in _ROW.finditer(content):
        inside = sum(_times(cell.group(1)) for cell in _CELL.finditer(row.group(2)))
        count += inside * _times(row.group(1))
    return count


def _times(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found.group(1)) if found else 1
