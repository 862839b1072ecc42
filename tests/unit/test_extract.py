"""One part of a disclosure published by itself: checked, and asked for no other part."""

from __future__ import annotations

from pathlib import Path

import pytest

from yibenzhang.checking.check import check_document
from yibenzhang.reading import read

TITLE = "示范市示范镇2021年“三公”经费决算情况说明"
BODY = (
    "2021年我镇“三公”经费支出9.07万元，较上年支出数减少0.71万元，下降{rate}%。其中：因公出国（境）费0万元，"
    "公务接待费2.07万元，公务用车运行维护费7.00万元。公务用车保有量3辆，国内公务接待40批次、320人次，没有国（境）外公务接待。"
    "下降的主要原因是严格执行中央八项规定精神，从严控制公务接待的批次和标准，公务用车统一调度，油料费和维修费都有所下降。"
)


def checked(folder: Path, *lines: str):  # type: ignore[no-untyped-def]
    path = folder / "file.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return check_document(read(path))


@pytest.mark.parametrize(("rate", "told"), [("7.83", {"prose.growth"}), ("7.26", set())])
def test_a_part_by_itself_is_checked(tmp_path: Path, rate: str, told: set[str]) -> None:
    found = checked(tmp_path, TITLE, BODY.format(rate=rate))
    assert found.document_kind == "extract"
    assert {f.rule for f in found.findings if f.severity != "notice"} == told


def test_news_about_such_money_is_no_disclosure(tmp_path: Path) -> None:
    found = checked(tmp_path, "示范市去年“三公”经费下降7.83%，公务接待费仅2万元", BODY.format(rate="7.83"))
    assert found.document_kind == "no_disclosure"
    assert not found.findings


def test_a_line_longer_than_a_page_is_a_paragraph(tmp_path: Path) -> None:
    found = checked(tmp_path, TITLE, BODY.format(rate="7.26"))
    assert [p.text[:8] for p in found.document.paragraphs()] == [TITLE[:8], BODY[:8]]
