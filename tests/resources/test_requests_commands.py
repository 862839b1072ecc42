"""The commands of the requests, from the catalogue to the end."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.web.conftest import database, postgres  # noqa: F401  fixtures
from yibenzhang.cli import app
from yibenzhang.office.lateness import today
from yibenzhang.resources.request_rules import load_rules

TABLE = "资源名称,提供单位,共享类型\n法人,甲局,有条件共享\n区划,甲局,无条件共享\n涉密,甲局,不予共享\n"
TODAY = today()
END = str(TODAY + timedelta(days=300))
CALENDAR = load_rules().calendar
ASK = ("requests", "apply", "--body", "乙局", "--user", "张三", "--purpose", "核验")


class Line:
    """A folder's or database's command line."""

    def __init__(self, folder: Path, address: str) -> None:
        self._where = ["--folder", str(folder), *(["--database", address] if address else [])]

    def __call__(self, *words: str, status: int = 0) -> str:
        made = CliRunner().invoke(
            app, ["resources", *words, *self._where], env={"COLUMNS": "200", "TERM": "dumb"}
        )
        assert made.exception is None or isinstance(made.exception, SystemExit), made.exc_info
        assert made.exit_code == status, made.output
        return made.output

    def rows(self, *words: str, status: int = 0) -> Any:
        return json.loads(self("requests", *words, "--format", "json", status=status))


@pytest.fixture
def line(tmp_path: Path, database: str) -> Line:  # noqa: F811
    made = Line(tmp_path / "f", database)
    (tmp_path / "a.csv").write_text(TABLE, encoding="utf-8")
    made("import", "data_resource", str(tmp_path / "a.csv"))
    codes = [f"SJ00000{n}" for n in (1, 2, 3)]
    made("move", "check", *codes)
    made("move", "publish", *codes)
    return made


def test_from_the_catalogue_to_the_end(line: Line, tmp_path: Path) -> None:
    assert [r["way"] for r in line.rows("catalogue")] == ["conditional", "unconditional", "refused"]
    assert [r["code"] for r in line.rows("catalogue", "区划")] == ["SJ000002"]
    ask = [*ASK, "SJ000001", "SJ000002", "SJ000003"]
    assert "不是日期" in line(*ask, "--ends", "年底", status=2)
    told = line(*ask, "--ends", END, "--who", "张三")
    assert "SQ000001" in told and "待提供方意见" in told and "不同意" in told
    assert "本单位已经申请了" in line(*ask, "--ends", END, status=2)
    assert "agree" in line("requests", "answer", "SQ000001", "maybe", status=2)
    assert "理由" in line("requests", "answer", "SQ000001", "refuse", status=2)
    assert "待主管部门意见" in line("requests", "answer", "SQ000001", "agree", "--who", "李四")
    late = line("requests", "answer", "SQ000001", "agree", "--version", "2", status=2)
    assert "被李四办过（提供方同意）" in late
    assert "待交付" in line("requests", "answer", "SQ000001", "同意")
    assert "已交付" in line("requests", "deliver", "SQ000001", "--interface", "fr")
    assert "已撤回" in line("requests", "withdraw", "SQ000002")
    assert [r["request"] for r in line.rows("use", "list", "--never")] == ["SQ000001"]
    table = tmp_path / "使用.csv"
    table.write_text(f"接口,日期,次数,行数\nfr,{TODAY},7,70\n没有,{TODAY},1,1\n", encoding="utf-8")
    assert "第 3 行" in line("requests", "use", "import", str(table), status=1)
    assert line.rows("use", "list", "--never") != []
    told = line("requests", "use", "import", str(table), "--rest", status=1)
    assert "第一次使用：SQ000001" in told
    [used] = line.rows("use", "list")
    assert (used["calls"], used["records"], used["interface"]) == (7, 70, "fr")
    assert "要写理由" in line("requests", "end", "SQ000001", status=2)
    assert "已结束" in line("requests", "end", "SQ000001", "--reason", "办完")
    one = line.rows("show", "SQ000001")
    assert [s["event"] for s in one["steps"]][-3:] == ["deliver", "use", "end"] and one["state"] == "ended"
    assert "提供方同意" in line("requests", "show", "SQ000001")
    assert [r["code"] for r in line.rows("list", "--state", "已撤回")] == ["SQ000002"]
    assert "没有“飞”这个状态" in line("requests", "list", "--state", "飞", status=2)
    assert "没有编号为 SQ000009" in line("requests", "show", "SQ000009", status=2)
    line("requests", "use", "import", str(tmp_path / "没有.csv"), status=2)


def test_what_is_late_has_exit_status_one(line: Line) -> None:
    line(*ASK, "SJ000001", "--ends", END)
    limit, calendar = CALENDAR.after(TODAY, 10), CALENDAR
    assert line.rows("overdue") == []
    assert [r["due"] for r in line.rows("overdue", "--as-of", str(limit))] == ["soon"]
    after = str(calendar.after(limit, 1))
    [late] = line.rows("overdue", "--as-of", after, status=1)
    assert (late["due"], late["left"], late["due_on"], late["waits_for"]) == ("late", -1, str(limit), "甲局")
    assert line.rows("overdue", "--body", "丙局", "--as-of", after) == []
    assert [r["code"] for r in line.rows("list", "--due", "late", "--as-of", after)] == ["SQ000001"]
    for step in (["answer", "SQ000001", "agree"], ["answer", "SQ000001", "agree"], ["deliver", "SQ000001"]):
        line("requests", *step)
    assert [r["state"] for r in line.rows("list", "--as-of", "2100-01-01")] == ["expired"]
    assert "到期 0 个" in line("requests", "end", "--expired")
    line("requests", "end", status=2)
