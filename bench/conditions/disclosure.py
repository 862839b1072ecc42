"""The invented disclosure: what every condition prints, and what must come out of it."""

from __future__ import annotations

BODY = "示范市云湖区数据服务中心"
HEADING = f"{BODY}2026年部门预算"
TITLE = "支出总表"
UNIT = "单位：万元"
HEADER = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")
ROWS: tuple[tuple[str, ...], ...] = (
    ("", "合计", "2,745.93", "948.33", "1,797.60"),
    ("201", "一般公共服务支出", "2,310.68", "712.08", "1,598.60"),
    ("20114", "知识产权事务", "199.00", "0.00", "199.00"),
    ("2011499", "其他知识产权事务支出", "199.00", "0.00", "199.00"),
    ("20141", "数据事务", "2,111.68", "712.08", "1,399.60"),
    ("2014101", "行政运行", "712.08", "712.08", "0.00"),
    ("2014102", "一般行政管理事务", "1,399.60", "0.00", "1,399.60"),
    ("208", "社会保障和就业支出", "435.25", "236.25", "199.00"),
    ("20805", "行政事业单位养老支出", "236.25", "236.25", "0.00"),
    ("2080505", "机关事业单位基本养老保险缴费支出", "236.25", "236.25", "0.00"),
    ("20899", "其他社会保障和就业支出", "199.00", "0.00", "199.00"),
    ("2089999", "其他社会保障和就业支出", "199.00", "0.00", "199.00"),
)
AT = (6, 2)
"""The number (row of ROWS, column) that the conditions of one cell change: 1,399.60."""
GRID = (HEADER, *ROWS)


def expected() -> dict[tuple[str, str], str]:
    """(code or name of the row, heading of the column) → number without commas."""
    return {
        (row[0] or row[1], HEADER[c]): row[c].replace(",", "")
        for row in ROWS
        for c in range(2, len(HEADER))
    }  # fmt: skip


def with_cell(text: str, at: tuple[int, int] = AT) -> list[list[str]]:
    """The grid, header first, with another text in one cell of its body."""
    grid = [list(row) for row in GRID]
    grid[at[0] + 1][at[1]] = text
    return grid
