"""The key of a number stays its own when a table is inserted before it or its name is printed otherwise."""

from __future__ import annotations

from yibenzhang.checking.check import related_of
from yibenzhang.model.fact_keys import fact_keys
from yibenzhang.proving import document_of

TABLE = """支出总表
单位：万元
科目编码	科目名称	合计	基本支出	项目支出
	合计	30.00	20.00	10.00
201	一般公共服务支出	30.00	20.00	10.00
20103	政府办公厅（室）及相关机构事务	30.00	20.00	10.00
2010301	行政运行	20.00	20.00	0.00
2010302	一般行政管理事务	10.00		10.00
"""
OTHER = """收入总表
单位：万元
单位名称	合计	一般公共预算
合计	30.00	30.00
某局	30.00	30.00
"""


def keys(text: str) -> dict[str, str]:
    views = related_of(document_of(f"某市某局2026年部门预算\n{text}")).views
    names = fact_keys(views)
    return {str(names[f.id]): f.text for v in views for f in v.cells.values() if f.printed}


def test_a_table_before_changes_no_key() -> None:
    alone, both = keys(TABLE), keys(f"{OTHER}\n{TABLE}")
    assert alone and alone.items() <= both.items()


def test_a_name_printed_otherwise_keeps_the_key_of_its_code() -> None:
    assert keys(TABLE.replace("行政运行", "行政运 行")) == keys(TABLE)


def test_each_number_has_a_key_of_its_own() -> None:
    views = related_of(document_of(f"某市某局2026年部门预算\n{OTHER}\n{TABLE}")).views
    names = fact_keys(views)
    assert len({str(k) for k in names.values()}) == len(names)
