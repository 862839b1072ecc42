"""Text put together again, and what numbers in it are taken for."""

from __future__ import annotations

import pytest

from yibenzhang.checking.check import check_document
from yibenzhang.prose.listing import listings
from yibenzhang.prose.passages import flat, passages_of
from yibenzhang.prose.precision import precise
from yibenzhang.prose.quantities import Kind, quantities_of
from yibenzhang.proving import document_of


def kinds(text: str, stage: str = "accounts") -> list[tuple[str, str, int]]:
    [passage] = passages_of(document_of(text))
    return [(q.amount.text, q.kind.value, q.sign) for q in quantities_of(passage, 2024, stage)]


def test_hard_breaks_full_width_and_blanks_do_not_matter() -> None:
    broken = document_of(
        "一般公共预算财政拨款支出年初预算为 ２９９３.９２ 万元，支出决算为 2940.\n05 万元，完成年初预算的 98.20％。"
    )
    [passage] = passages_of(broken)
    assert (
        passage.text
        == "一般公共预算财政拨款支出年初预算为2993.92万元,支出决算为2940.05万元,完成年初预算的98.20%。"
    )
    assert [q.kind for q in quantities_of(passage, 2024)] == [Kind.BUDGETED, Kind.ACTUAL, Kind.COMPLETION]
    assert check_document(broken).findings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("比上年增加 12.00 万元，增长 5.10%。", [("12.00", "delta", 1), ("5.10", "rate", 1)]),
        ("较2023年减少了12.00万元，降幅为5.10%。", [("12.00", "delta", -1), ("5.10", "rate", -1)]),
        ("基本支出 3.00 万元，占 30.00%。", [("3.00", "value", 0), ("30.00", "share", 0)]),
        (
            "2023年当年预算执行数为 3.00 万元，2024年安排 4.00 万元。",
            [("3.00", "last", 0), ("4.00", "value", 0)],
        ),
        ("比上年增加（减少）0 万元。", [("0", "placeholder", 0)]),
        (
            "共有车辆 5 辆，单价100万元以上设备 2 台。",
            [("5", "count", 0), ("100", "value", 0), ("2", "count", 0)],
        ),
        ("新增国有资产 21.99 万元。", [("21.99", "value", 0)]),
        ("2024 年 3 月 1 日印发〔2024〕12 号。", []),
    ],
)
def test_what_a_number_is_taken_for(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert kinds(text) == expected


def test_places_lead_back_to_the_printed_words() -> None:
    document = document_of("第一行。\n\n一般公共预算支出 1,234.50 万元。")
    passage = passages_of(document)[-1]
    [q] = quantities_of(passage, 2024)
    assert passage.verbatim(q.start, q.end) == "1,234.50 万元"
    for cut in range(q.start + 1, q.start + len("1,234.50") + 1):  # words are cut off, a number never is
        assert passage.verbatim(q.start, cut) == "1,234.50"
        assert passage.verbatim(cut - 1, q.end) == "1,234.50 万元"
    assert q.fact.place.key.startswith("l3:")


def test_headings_make_sections() -> None:
    found = passages_of(
        document_of("第三部分 情况说明\n一、总体情况\n甲。\n（一）收入\n乙。\n二、其他\n丙。")
    )
    assert {p.text: p.section for p in found if not p.heading} == {
        "甲。": ("第三部分情况说明", "一、总体情况"),
        "乙。": ("第三部分情况说明", "一、总体情况", "(一)收入"),
        "丙。": ("第三部分情况说明", "二、其他"),
    }


def test_flat_text_has_no_blanks_and_half_width_signs() -> None:
    assert flat("（类） １２．５％ **公务**") == "(类)12.5%公务"


def test_after_a_bracket_the_sentence_speaks_of_what_it_spoke_of_before() -> None:
    text = "公务用车购置及运行费 23.99 万元（购置费 17.99 万元，运行费 6 万元），比上年增加 14.99 万元，增长 166.56%。"
    assert check_document(document_of(f"示范市示范局2026年部门预算\n{text}")).findings == ()


def _intervals(text: str) -> dict[str, str]:
    numbers = precise(tuple(tuple(quantities_of(p, 2024)) for p in passages_of(document_of(text))))
    return {q.amount.text: str(q.fact.interval and q.fact.interval.half_width) for n in numbers for q in n}


def test_a_text_that_leaves_zeros_out_prints_whole_amounts_exactly() -> None:
    many = "".join(f"第{n}项支出 {n}.{11 + n % 7}万元。\n" for n in range(1, 31))
    assert _intervals(f"{many}增人增资 60 万元，公务用车 17.6 万元。")["60"] == "50.000"
    assert _intervals(f"{many}甲项支出 12.50 万元，增人增资 60 万元。")["60"] == "5000.0"  # zeros are printed
    assert _intervals("甲项支出 12.53 万元，增人增资 60 万元。")["60"] == "5000.0"  # too few to tell


def _lists(text: str) -> list[tuple[list[str], str]]:
    passages = passages_of(document_of(text))
    numbers = {k: quantities_of(p, 2024, "budget") for k, p in enumerate(passages)}
    return [([q.amount.text for q in x.parts], x.how) for x in listings(passages, numbers)]


@pytest.mark.parametrize(
    ("text", "parts", "how"),
    [
        (
            "民航管理309.16万元，主要用于民航行业的日常管理和监督检查支出。其中，甲项目304.16万元，乙项目5.00万元。",
            ["304.16", "5.00"],
            "list 其中 used",
        ),
        (
            "转移支付289.74万元，主要包括：甲服务120.00万元，用于运行维护。乙服务169.74万元，用于仓储。",
            ["120.00", "169.74"],
            "list 包括",
        ),
        ("综合管理284.24万元，主要包括：事务管理284.24万元，用于后勤保障。", ["284.24"], "list 包括 single"),
    ],
)
def test_lists_that_describe_their_parts(text: str, parts: list[str], how: str) -> None:
    assert _lists(text) == [(parts, how)]


def test_a_list_goes_on_in_the_paragraphs_below_until_it_ends() -> None:
    text = "精细服务60.00万元，主要包括：(1)甲项目10.00万元，用于维保；(2)乙项目20.00万元，用于监测；\n(3)丙项目30.00万元，用于评估。"
    assert (["10.00", "20.00", "30.00"], "list 包括") in _lists(text)


def test_what_follows_a_part_that_is_all_of_the_whole_is_no_list() -> None:
    assert (
        _lists("预算收入93.76万元，其中一般公共预算拨款93.76万元，本年支出93.76万元，其中拨款93.76万元。")
        == []
    )
