"""The contents page is above no text; a title that it lists is a heading without its number, too."""

from __future__ import annotations

from yibenzhang.prose.passages import passages_of
from yibenzhang.proving import document_of

_ENTRIES = "一、主要职能\n二、编制说明\n三、项目经费情况说明\n"


def sections(text: str) -> dict[str, tuple[str, ...]]:
    return {p.text: p.section for p in passages_of(document_of(text))}


def test_text_below_the_contents_is_not_below_their_last_entry() -> None:
    found = sections(
        f"示范局2026年部门预算\n目录\n{_ENTRIES}编制说明\n收入预算10.00万元，支出预算10.00万元。"
    )
    assert found["收入预算10.00万元,支出预算10.00万元。"] == ("编制说明",)


def test_headings_that_come_again_are_contents_without_their_title() -> None:
    found = sections(f"{_ENTRIES}主要职能包括以下各项内容。\n{_ENTRIES}项目经费10.00万元。")
    assert found["主要职能包括以下各项内容。"] == ()
    assert found["项目经费10.00万元。"] == ("三、项目经费情况说明",)


def test_headings_that_come_once_stay_headings() -> None:
    found = sections("一、收入\n二、支出\n三、项目经费\n项目经费10.00万元。")
    assert found["项目经费10.00万元。"] == ("三、项目经费",)
