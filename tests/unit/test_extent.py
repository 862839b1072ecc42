"""What a document is, how far its check went, and that silence about little is no answer."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests.unit.test_cli import CLEAN, WRONG
from tests.views import found_in
from yibenzhang import batch
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.cli import app
from yibenzhang.reading import read_data
from yibenzhang.recognising.profile import profile_of
from yibenzhang.recognising.regions import region_of
from yibenzhang.reports.speech import first_line
from yibenzhang.standards import load

CIRCULAR = """临海市人民政府办公室文件
临政办〔2025〕7号
临海市人民政府办公室关于做好冬季防火工作的通知
各单位：所需经费列入本级财政预算，2025年底前完成。
一、明确责任。2024年和2025年的检查共 320 次。
"""
TEMPLATE = """上海市XX局2026年度部门预算
目录
上海市XX局主要职能：XX局负责XX工作。
上海市XX局2026年收入XX万元，支出XX万元，比上年增加（减少）XX万元，主要原因是XX。
一般公共预算支出XX万元，主要用于XX。
"""
SELF = """部门整体绩效自评表
（2024年度）
一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t自评得分
产出指标\t数量指标\t热线接听量\t900\t950\t30\t30
效益指标\t社会效益\t群众知晓率\t90\t92\t30\t30
"""
EVALUATION = """临海市财政项目支出绩效评价报告
评价项目名称：2023年度热线运行专项
预算批复 120 万元，实际执行 96 万元。
"""
STRANGE = """上海市临江区示范局2026年度部门预算
支出总表
单位：万元
科目编码\t科目名称\t甲类票\t乙类票\t丙类票
201\t一般公共服务支出\t117.31\t23.04\t55.99
208\t社会保障和就业支出\t20.48\t91.27\t13.36
210\t卫生健康支出\t38.15\t64.70\t82.26
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def checked(text: str, name: str = "a.txt") -> Checked:
    return check_document(read_data(name, text.encode()))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CIRCULAR, "no_disclosure"), (TEMPLATE, "template"), (SELF, "self_assessment"),
        (EVALUATION, "evaluation_report"), (CLEAN, "disclosure"),
    ],
)  # fmt: skip
def test_a_document_is_what_stands_in_it(text: str, kind: str) -> None:
    found = checked(text, "某局2026年部门预算.txt")
    assert found.document_kind == kind
    assert not [f for f in found.findings if f.severity.value == "error"]


def test_what_is_no_disclosure_has_no_profile(tmp_path: Path) -> None:
    file = tmp_path / "某局2026年部门预算.txt"
    file.write_text(CIRCULAR, encoding="utf-8")
    result = run("check", str(file), "--format", "json")
    assert result.exit_code == 2
    [document] = json.loads(result.stdout)["documents"]
    assert set(document["profile"].values()) == {None}
    assert document["summary"]["text"] == "这不是部门预算或决算文件，没有核对。"
    assert document["findings"] == []
    told = run("check", str(file)).stdout
    assert "这不是部门预算或决算文件" in told and "没有发现问题" not in told


def test_a_template_is_told_nothing_about_its_placeholders(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(TEMPLATE, encoding="utf-8")
    assert run("check", str(tmp_path / "t.txt")).exit_code == 2
    found = checked(TEMPLATE)
    assert found.findings == () and first_line(found_in(found)).startswith("这是空白模板")
    filled = checked(CLEAN + "指XX部门的支出。\n")
    assert filled.document_kind == "disclosure"
    assert [f.rule for f in filled.findings] == ["wording.placeholder"]


def test_performance_documents_have_no_stage() -> None:
    found = checked(SELF)
    assert (found.profile.stage, found.profile.fiscal_year) == ("", 2024)
    assert first_line(found_in(found)).startswith("这是绩效自评材料，不是部门预算或决算。")


def test_silence_about_little_is_no_answer(tmp_path: Path) -> None:
    found = checked(STRANGE)
    assert found.extent.share == 0 and found.extent.too_little
    line = first_line(found_in(found))
    assert line.startswith("只核对了 0%：表内 9 个数字") and "没有看懂：“" in line
    assert "其余没有核对，不等于没有问题" in line
    file, html, excel = tmp_path / "a.txt", tmp_path / "r.html", tmp_path / "r.xlsx"
    file.write_text(STRANGE, encoding="utf-8")
    result = run("check", str(file), "--html", str(html), "--excel", str(excel))
    assert result.exit_code == 2
    assert line in html.read_text(encoding="utf-8")
    assert openpyxl.load_workbook(excel)["文件汇总"]["B2"].value == line
    for told in (result.stdout, html.read_text(encoding="utf-8")):
        assert "没有发现问题" not in told.replace("核对过的部分没有发现问题", "")


def test_the_first_line_counts_before_it_absolves() -> None:
    assert first_line(found_in(checked(CLEAN))) == "表内 18 个数字，100% 已印证。没有发现问题。"
    assert first_line(found_in(checked(WRONG))).endswith("1 个错误。")


def test_a_text_that_was_not_checked_is_not_absolved() -> None:
    text = "另有外墙长 3.71 万元、院墙长 8.26 万元、门窗 5.43 万元。\n"
    found = checked(CLEAN + text)
    assert found.extent.partial and not found.extent.too_little
    assert first_line(found_in(found)).endswith("0% 已印证。核对过的数字没有发现问题，正文大多没有核对。")


def test_every_report_says_it_by_the_contract(tmp_path: Path) -> None:
    for name, text in (("a", CLEAN), ("b", WRONG), ("c", CIRCULAR), ("d", TEMPLATE), ("e", STRANGE)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    schema = json.loads((files("yibenzhang.reports") / "report.schema.json").read_text(encoding="utf-8"))
    result = run("check", str(tmp_path), "--format", "json", "--jobs", "1")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    jsonschema.validate(report, schema)
    assert [d["summary"]["too_little"] for d in report["documents"]] == [False, False, True, True, True]
    counts = report["documents"][0]["coverage"]
    assert counts["kinds"]["budget"] == counts["tables"]
    assert counts["sections"][0]["trivial"] == 0


def test_a_failure_of_the_program_is_one_sentence_and_status_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(CLEAN, encoding="utf-8")

    def fails(path: str, extra: str = "") -> Checked:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(batch, "check", fails)
    result = run("check", str(tmp_path / "a.txt"))
    assert result.exit_code == 3
    assert "检查中断：程序出错（ZeroDivisionError" in result.stdout


def test_numbers_have_coordinates_and_tables_a_state(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STRANGE, encoding="utf-8")
    facts = json.loads(run("facts", str(tmp_path / "a.txt"), "--format", "json").stdout)
    assert {f["coordinates"]["function"] for f in facts} == {"201", "208", "210"}
    assert all(f["residue"] and f["standing"] == "alone" for f in facts)
    [table] = json.loads(run("tables", str(tmp_path / "a.txt"), "--format", "json").stdout)
    assert table["state"]["alone"] == 9 and table["unknown"]
    assert "无可比对 9" in run("tables", str(tmp_path / "a.txt")).stdout


def test_the_year_may_stand_before_the_body_and_lines_break() -> None:
    document = read_data(
        "2031年决算.txt", "2026年\n临海市数据局部门预\n算\n目录\n2025年预算 2025年 2025年\n".encode()
    )
    p = profile_of(document, load())
    assert (p.body, p.fiscal_year, p.stage) == ("临海市数据局", 2026, "budget")


def test_a_file_name_says_nothing() -> None:
    p = profile_of(
        read_data("某市某局2026年部门预算.txt", "工作简报\n今年开展了预算培训。\n".encode()), load()
    )
    assert (p.body, p.fiscal_year, p.stage, p.region) == ("", None, "", "")


def test_a_region_is_the_bodys_own() -> None:
    standards = load()
    duties = ["负责与江苏省、苏州市的对口协作，联系江苏省驻京机构。"]
    assert region_of("北京市数据局", (), duties, standards) == "110000"
    assert region_of("武昌区数据局", (), duties, standards) == "hubei"
    assert region_of("市数据局", ("苏州市数据局",), (), standards) == "jiangsu"
    assert region_of("市数据局", (), duties, standards) == ""
    assert region_of("市数据局", (), ["苏州市的数据。"] * 3, standards) == "jiangsu"
    assert region_of("市数据局", (), ["江苏省", "浙江省", "江苏省", "江苏省", "浙江省"], standards) == ""
    assert region_of("国家数据局", (), ["北京市"] * 9, standards) == ""
