"""The registers: what a code and a name mean, in which year; and the rules on coded tables."""

from __future__ import annotations

import csv
from collections.abc import Callable
from time import process_time

import pytest

from yibenzhang.checking.check import check_document
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.places import LinePlace
from yibenzhang.proving import document_of
from yibenzhang.recognising.coded_rows import coded_rows
from yibenzhang.standards.divisions import division_of, divisions
from yibenzhang.standards.lexicon.words import load_lexicon
from yibenzhang.standards.registers import (
    DEPARTMENT_ECONOMIC,
    FOLDER,
    FUNCTION,
    GOVERNMENT_ECONOMIC,
    KINDS,
    LENGTHS,
    Entry,
    economic_map,
    registers,
)

FUNCTIONS = registers().function


def test_every_entry_stands_under_another_and_has_the_level_of_its_length() -> None:
    for register in registers():
        for e in register.entries:
            assert LENGTHS[len(e.code)] == e.level, e
            assert e.level == 1 or register.parent(e.code) is not None, e
            assert register.parent(e.code, e.last_year) is not None or e.level == 1, e


def test_the_meanings_of_a_code_do_not_overlap() -> None:
    for register in registers():
        for code in {e.code for e in register.entries}:
            found = register.meanings(code)
            for year in range(2010, 2031):
                assert sum(e.in_force(year) for e in found) <= 1, (code, year)


def test_a_name_is_found_in_any_width_and_punctuation() -> None:
    for name in ("维修（护）费", "维修(护)费", "维修 （护） 费"):
        assert registers().classify_name(name) == (DEPARTMENT_ECONOMIC, GOVERNMENT_ECONOMIC)
    assert [e.code for e in FUNCTIONS.named("政府办公厅(室)及相关机构事务")] == ["20103"]
    assert [e.code for e in FUNCTIONS.named("环境保护法规，规划及标准")] == ["2110105"]


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("207", 2018, "文化体育与传媒支出"),
        ("207", 2019, "文化旅游体育与传媒支出"),
        ("210", 2018, "医疗卫生与计划生育支出"),
        ("210", 2026, "卫生健康支出"),
        ("20805", 2019, "行政事业单位离退休"),
        ("20805", 2020, "行政事业单位养老支出"),
    ],
)
def test_a_name_is_that_of_its_year(code: str, year: int, name: str) -> None:
    entry = FUNCTIONS.entry(code, year)
    assert entry is not None and entry.name_in(year) == name
    assert entry.called(name)


def test_a_code_that_changed_its_meaning() -> None:
    items = registers().department_economic

    def name(year: int | None) -> str:
        entry = items.entry("30311", year)
        return entry.name if entry else ""

    assert (name(2017), name(2018), name(None)) == ("住房公积金", "", "代缴社会保险费")
    assert [e.code for e in items.named("住房公积金", 2026)] == ["30113"]
    assert FUNCTIONS.entry("224", 2018) is None


def test_a_former_name_finds_the_code() -> None:
    assert [e.code for e in FUNCTIONS.named("农业") if e.level == 2 and e.code < "219"] == ["21301"]


def test_codes_are_classified_by_class_and_length() -> None:
    r = registers()
    assert r.classify("2010301") == FUNCTION
    assert r.classify("2019977") == FUNCTION  # not known, and yet a function
    assert r.classify("30101") == r.classify("3010299") == DEPARTMENT_ECONOMIC
    assert r.classify("50501") == GOVERNMENT_ECONOMIC
    for none in ("218", "20103012", "201030", "401", "", "2０1"):
        assert r.classify(none) is None
    assert r.function.level("2010301") == 3 and r.function.level("2019977") is None
    parent = r.function.parent("2010301")
    assert parent is not None and parent.code == "20103"


def test_the_correspondence_names_known_items() -> None:
    r = registers()
    for code, counterparts in economic_map().items():
        assert code in r.department_economic
        assert all(c.code in r.government_economic for c in counterparts)
    assert [c.code for c in economic_map()["30101"]] == ["50101", "50501"]


def test_loading_is_fast() -> None:
    """Beside the same files read by csv alone, in one run: a slow or busy machine lengthens both."""

    def load() -> None:
        registers.cache_clear()
        for register in registers():
            register.named("-"), register.entry("-")

    def read() -> None:
        for kind in KINDS:
            with (FOLDER / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
                list(csv.DictReader(file))

    assert _work(load) < 3.5 * _work(read)


def _work(what: Callable[[], None]) -> float:
    """Seconds of processor time, the least of five."""

    def once() -> float:
        start = process_time()
        what()
        return process_time() - start

    return min(once() for _ in range(5))


def test_divisions() -> None:
    for d in divisions().values():
        assert (d.code[2:] == "0000") == (not d.parent)
        assert not d.parent or divisions()[d.parent].level == "province"

    def code(body: str) -> str:
        found = division_of(body)
        return found.code if found else ""

    assert code("中共西安市委宣传部") == "610100"
    assert code("吉林省长春市某局") == "220100"
    assert code("湖北恩施某局") == "422800"
    assert code("海南藏族自治州某局") == "632500"
    assert code("示范市示范局") == ""


def _table(*rows: tuple[str, ...]) -> Table:
    cells = tuple(
        Cell(r, c, 1, 1, text, LinePlace(r + 1, 0, 1))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    return Table(0, (1,), len(rows), max(map(len, rows)), cells)


def test_coded_rows_in_every_form() -> None:
    rows = coded_rows(
        _table(
            ("2010301", "行政运行", "1.00"),
            ("2010302-一般行政管理事务", "", "1.00"),
            ("[2010303]机关服务", "", "1.00"),
            ("208", "05", "01", "行政单位离退休"),
            ("208", "", "", "社会保障和就业支出"),
            ("301001", "示范局", "1.00"),
            ("230.00", "万元", ""),
            ("30101", "基本\n工资", "50101", "工资奖金津补贴"),
        )
    )
    assert [(r.code, r.name) for r in rows] == [
        ("2010301", "行政运行"),
        ("2010302", "一般行政管理事务"),
        ("2010303", "机关服务"),
        ("2080501", "行政单位离退休"),
        ("208", "社会保障和就业支出"),
        ("301001", "示范局"),
        ("30101", "基本工资"),
        ("50101", "工资奖金津补贴"),
    ]


_ROWS = (
    ("208", "社会保障和就业支出"),
    ("20805", "行政事业单位养老支出"),
    ("2080505", "机关事业单位基本养老保险缴费支出"),
    ("210", "卫生健康支出"),
    ("21011", "行政事业单位医疗"),
    ("2101101", "行政单位医疗"),
    ("221", "住房保障支出"),
    ("22102", "住房改革支出"),
    ("2210201", "住房公积金"),
)


def _told(*rows: tuple[str, str], year: int = 2026) -> list[str]:
    lines = [f"{c}\t{n}\t5.00\t5.00\t0.00" for c, n in rows]
    head = f"示范市示范局{year}年部门预算\n一般公共预算支出表\n单位：万元"
    text = "\n".join([head, "科目编码\t科目名称\t合计\t基本支出\t项目支出", *lines])
    return [f.message for f in check_document(document_of(text)).findings if f.rule.startswith("registers.")]


def test_rules_are_silent_on_what_is_in_order_or_not_known() -> None:
    assert _told(*_ROWS) == []
    assert _told(*_ROWS, ("2107799", "示范事务")) == []
    assert _told(*_ROWS, ("301001", "示范市示范局")) == []
    assert _told(*_ROWS, ("21004", "公共卫")) == []  # cut by its cell


def test_a_column_that_lists_something_else_is_not_judged() -> None:
    projects = [("2101101", f"示范项目之{n}") for n in "甲乙丙丁戊己庚辛壬癸子丑"]
    assert _told(*_ROWS, *projects) == []


def test_the_name_of_another_code_is_named() -> None:
    rows = [(c, "事业单位医疗" if c == "2101101" else n) for c, n in _ROWS]
    (message,) = _told(*rows)
    assert "2101102" in message and "行政单位医疗" in message


def test_names_are_judged_by_the_year_of_the_document() -> None:
    rows = [(c, "行政事业单位离退休" if c == "20805" else n) for c, n in _ROWS]
    assert len(_told(*rows, year=2026)) == 1
    assert _told(*rows, year=2019) == _told(*rows, year=2020) == []


def test_entries_are_comparable() -> None:
    assert Entry("1", "甲", 1, None, None, (), 0).called("甲")


def test_a_name_of_the_function_register_is_no_word_for_a_fund_or_a_period() -> None:
    """国有资本经营预算支出 is code 223: read as a fund, the row would be taken for a total of that fund."""
    meanings = load_lexicon().meanings
    both = [
        e.name for e in FUNCTIONS.entries if {d for d, _ in meanings.get(e.name, ())} & {"fund", "period"}
    ]
    assert FUNCTIONS.entries
    assert both == []
