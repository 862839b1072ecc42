"""Make the files in examples/: disclosures of invented bodies, clean and with planted errors.

Run: python tools/make_examples.py [folder]. It needs typst (a wheel) and the Noto CJK fonts (Debian: fonts-noto-cjk).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import example_data as books
import example_goals as goals
import example_prose as writing
import example_tables as printed
import typst
from example_data import WORDS, Figures, accounts_figures, figures, functions, wan_even
from example_tables import Row, Rows


@dataclass
class Table:
    key: str
    title: str
    header: list[Row]
    rows: list[Row]
    above: str = ""  # 附表-1, 公开01表
    align: str = ""
    widths: str = ""
    unit: str = "万元"
    note: str = ""
    repeat: bool = False
    landscape: bool = False


@dataclass
class Document:
    family: str
    tables: list[Table]
    before: list[str]
    after: list[str]

    @property
    def cover(self) -> list[str]:
        return list(WORDS[self.family]["cover"])

    @property
    def body(self) -> str:
        return str(WORDS[self.family]["body"])

    @property
    def label(self) -> str:
        """What stands above a table, before its unit."""
        kind = WORDS[self.family]["label"]
        return f"{kind}：{self.body}" if kind else ""

    def table(self, key: str) -> Table:
        return next(t for t in self.tables if t.key == key)


# ---- the four clean documents --------------------------------------------------------------


def document(family: str, rows: Rows, shown: Figures, above: str) -> Document:
    words = WORDS[family]
    tables = []
    for n, spec in enumerate(words["table"], 1):
        given: dict[str, Any] = {"unit": "元"} if family == "shanghai_budget" else {}
        given |= {k: v for k, v in spec.items() if k not in ("header", "number")}
        header = [line.split("|") for line in spec["header"]]
        number = spec.get("number", f"{n:02d}" if "公开" in above else str(n))
        tables.append(Table(**given, header=header, rows=rows[spec["key"]], above=above.format(number)))
    before, after = (
        [p for text in words[k] for p in text.format(**shown).split("\n")] for k in ("before", "after")
    )
    return Document(family, tables, before, after)


def clean_documents() -> dict[str, Document]:
    hubei, shanghai, accounts, jiangsu = (
        books.hubei(), books.shanghai_budget(), books.shanghai_accounts(), books.jiangsu()
    )  # fmt: skip
    bought = books.jiangsu_purchases()
    buying = {"bought": bought, "bought_goods": bought[:6], "bought_services": bought[6:]}
    spending = {k: wan_even(sum((p.amount for p in v), Decimal(0))) for k, v in buying.items()}
    forms = goals.goals()
    return {
        "hubei-clean.txt": document(
            "hubei", printed.hubei(hubei), figures(hubei) | writing.hubei(hubei), "附表-{}"
        ),
        "shanghai-budget-clean.pdf": document(
            "shanghai_budget", printed.shanghai_budget(shanghai),
            figures(shanghai) | writing.shanghai_budget(shanghai) | {"functions": functions(shanghai)}, "",
        ),
        "shanghai-accounts-clean.pdf": document(
            "shanghai_accounts", printed.shanghai_accounts(accounts),
            accounts_figures(accounts) | writing.shanghai_accounts(accounts), "",
        ),
        "hubei-goals-clean.pdf": document("hubei_goals", goals.printed(forms), figures(forms), "附表-{}"),
        "jiangsu-clean.pdf": document(
            "jiangsu", printed.jiangsu(jiangsu, bought), figures(jiangsu, wan_even) | writing.jiangsu(jiangsu) | spending, "公开{}表：",
        ),
    }  # fmt: skip


# ---- planted errors ------------------------------------------------------------------------

Action = Callable[[Table, int], str]  # changes a row of the table, tells what it did


@dataclass(frozen=True)
class Slip:
    """A change to the row of a table that has this code or label."""

    table: str
    row: str
    action: Action

    def plant(self, doc: Document) -> str:
        table = doc.table(self.table)
        at = [i for i, r in enumerate(table.rows) if self.row in r or "".join(r[:3]).startswith(self.row)]
        label = re.sub(r"\s", "", self.row)
        return f"《{table.title}》“{label}”行：{self.action(table, at[0])}"


def column_name(table: Table, column: int) -> str:
    """The header above a column, from its group down."""
    out = []
    for row in table.header:
        at = next(c for c in range(column, -1, -1) if row[c] != "<")
        out += [] if row[at] == "^" else [row[at].replace(" ", "")]
    return "·".join(out)


def change(column: int, edit: Callable[[str], str], what: str) -> Action:
    def act(table: Table, at: int) -> str:
        row = table.rows[at]
        right, row[column] = row[column], edit(row[column])
        assert row[column] != right, (row, column)
        return f"“{column_name(table, column)}”栏{what}，应为 {right}，印成 {row[column]}"

    return act


def digit(column: int, place: int, new: str) -> Action:
    return change(column, lambda s: s[:place] + new + s[place + 1 :], "错一个数字")


def swapped_digits(column: int, place: int) -> Action:
    return change(column, lambda s: s[:place] + s[place + 1] + s[place] + s[place + 2 :], "两个数字颠倒")


def lost_point(column: int) -> Action:
    return change(column, lambda s: s.replace(".", ""), "丢了小数点")


def added(column: int, amount: str, what: str) -> Action:
    return change(column, lambda s: f"{Decimal(s.replace(',', '')) + Decimal(amount):,.2f}", what)


def written(column: int, text: str) -> Action:
    return change(column, lambda s: text, "改写")


def swapped_columns(a: int, b: int) -> Action:
    def act(table: Table, at: int) -> str:
        row = table.rows[at]
        row[a], row[b] = row[b], row[a]
        names = "”“".join(column_name(table, c) for c in (a, b))
        return f"“{names}”两栏颠倒，应为 {row[b] or '空'} 和 {row[a] or '空'}"

    return act


def left_out(table: Table, at: int) -> str:
    return f"整行漏掉（{table.rows.pop(at)[-3]}）"


def shifted(table: Table, at: int) -> str:
    table.rows[at] = [*table.rows[at][:2], "", *table.rows[at][2:-1]]
    return "数字整体右移一栏，最右的 0.00 被挤掉（文本提取造成的错栏，应作提示，不是文件的错误）"


OVER, DIFFER = (
    "支出一侧自身加得起来，但收入总计≠支出总计",
    "本表自身加得起来，但与《财政拨款支出预算表》不一致",
)
PLANTED: dict[str, tuple[str, list[Slip]]] = {
    "hubei-wrong-digit.txt": ("hubei-clean.txt", [Slip("general_basic", "30211", digit(2, 0, "9"))]),
    "hubei-lost-point.txt": (
        "hubei-clean.txt",
        [Slip("projects", "数据中心机房电费", lost_point(3)), Slip("balance", "本年收入合计", swapped_digits(1, 2))],
    ),
    "hubei-shifted-row.txt": ("hubei-clean.txt", [Slip("income", "618002", shifted)]),
    "shanghai-budget-swapped-digits.pdf": (
        "shanghai-budget-clean.pdf", [Slip("expenditure", "合计", swapped_digits(5, 4))],
    ),
    "shanghai-budget-missing-row.pdf": (
        "shanghai-budget-clean.pdf", [Slip("general_function", "2070112", left_out)],
    ),
    "shanghai-budget-swapped-columns.pdf": (
        "shanghai-budget-clean.pdf", [Slip("expenditure", "2070104", swapped_columns(5, 6))],
    ),
    "shanghai-accounts-unbalanced.pdf": (
        "shanghai-accounts-clean.pdf",
        [Slip("balance", "年末结转和结余", added(3, "37.15", OVER)), Slip("balance", "总计", added(3, "37.15", OVER))],
    ),
    "shanghai-accounts-two-errors.pdf": (
        "shanghai-accounts-clean.pdf",
        [Slip("expenditure", "2130314", swapped_columns(5, 6)), Slip("general_basic", "30101", lost_point(3))],
    ),
    "hubei-goals-three-errors.pdf": (
        "hubei-goals-clean.pdf",
        [Slip("form1", "合计", swapped_digits(4, 1)), Slip("overall", "运转类项目支出", lost_point(3)),
         Slip("form3", "泵站值守", digit(4, 0, "9"))],
    ),
    "hubei-goals-weak-targets.txt": (
        "hubei-goals-clean.pdf",
        [Slip("form1", "巡查道路里程", written(6, "≥2500公里")), Slip("form2", "路灯亮灯率", written(6, "亮灯率")),
         Slip("form2", "更换灯具数量", written(6, "≥1500G人"))],
    ),
    "jiangsu-two-tables-differ.pdf": (
        "jiangsu-clean.pdf",
        [Slip("general_function", "2130211", added(2, "60.00", DIFFER)),
         Slip("general_function", "2130212", added(2, "-60.00", DIFFER))],
    ),
    "jiangsu-three-errors.pdf": (
        "jiangsu-clean.pdf",
        [Slip("fiscal_basic", "30113", digit(2, 1, "8")), Slip("procurement", "三、服务C", swapped_digits(5, 1)),
         Slip("income", "收入总计", swapped_digits(2, 3))],
    ),
}  # fmt: skip


def with_errors(clean: Document, slips: Sequence[Slip]) -> tuple[Document, list[str]]:
    doc = replace(clean, tables=[replace(t, rows=[list(r) for r in t.rows]) for t in clean.tables])
    return doc, [slip.plant(doc) for slip in slips]


# ---- printing ------------------------------------------------------------------------------


def as_text(doc: Document) -> str:
    """The way these files reach the web: cells parted by tabs, merged cells empty."""
    lines = [
        "".join(doc.cover),
        "目 录",
        *(p.removeprefix("# ") for p in [*doc.before, *doc.after] if p[0] == "#"),
    ]
    lines += [p.removeprefix("# ") for p in doc.before]
    for table in doc.tables:
        lines += [table.above, table.title, doc.label, f"单位：{table.unit}"]
        rows = [[re.sub(r"^[<^]$", "", cell) for cell in row] for row in [*table.header, *table.rows]]
        lines.append("\n".join("\t".join(row) for row in rows))
        lines += [table.note] if table.note else []
    return "\n\n".join([*lines, *(p.removeprefix("# ") for p in doc.after)]) + "\n"


def typst_cells(grid: list[Row], align: str, header: bool) -> list[str]:
    """Cells with their spans; "<" and "^" belong to the cell at their left and above."""
    letters = {"l": "left", "c": "center", "r": "right"}
    out = []
    for i, row in enumerate(grid):
        for j, text in enumerate(row):
            if text in ("<", "^"):
                continue
            wide = next((k for k in range(1, len(row) - j) if row[j + k] != "<"), len(row) - j)
            high = next((k for k in range(1, len(grid) - i) if grid[i + k][j] != "^"), len(grid) - i)
            side = "center" if header or wide > 1 else letters[align[j]]
            spans = f"colspan: {wide}, rowspan: {high}, align: {side} + horizon"
            out.append(f"table.cell({spans}, {json.dumps(text, ensure_ascii=False)})")
    return out


def typst_table(table: Table, label: str) -> str:
    columns = ", ".join(f"{w}fr" for w in table.widths.split())
    head = ", ".join(typst_cells(table.header, table.align, True))
    cells = ",\n  ".join(typst_cells(table.rows, table.align, False))
    return f"""#block(sticky: true, width: 100%, below: 8pt, tabletitle[{table.above}{table.title}])
#block(sticky: true, width: 100%, below: 4pt, text(9pt, grid(columns: (1fr, auto), [{label}], [单位：{table.unit}])))
#table(columns: ({columns}), table.header(repeat: {str(table.repeat).lower()}, {head}),
  {cells})
{f"#text(9pt)[{table.note}]" if table.note else ""}
"""


PREAMBLE = """#set document(title: "{title}", date: none)
#set page(paper: "a4", flipped: {flipped}, margin: (x: 1.9cm, y: 1.9cm), numbering: {numbering})
#set text(font: "Noto Serif CJK SC", size: 11pt, lang: "zh", region: "cn", cjk-latin-spacing: {gap})
#set par(first-line-indent: (amount: 2em, all: true), leading: 0.85em, spacing: 0.85em)
#set table(stroke: 0.5pt + black, inset: (x: 3pt, y: {inset}))
#show table: set text(size: {size})
#show table: set par(first-line-indent: 0pt, leading: 0.5em)
#let bold(size, body) = text(font: "Noto Sans CJK SC", size: size, body)
#let tabletitle(body) = {{ set par(first-line-indent: 0pt); align({titles}, bold(14pt, body)) }}
"""


def as_typst(doc: Document) -> str:
    flat, flowing = doc.family == "shanghai_budget", doc.family == "jiangsu"
    out = [
        PREAMBLE.format(
            title="".join(doc.cover), flipped=str(flat).lower(), numbering="none" if flat else '"1"',
            inset="4pt" if flowing else "5.2pt", gap="auto" if flowing else "none", size="8.5pt" if flat else "8pt",
            titles="left" if flowing else "center",
        )
    ]  # fmt: skip
    sizes = zip((24, 15 if flat else 22), doc.cover, strict=True)
    out.append(
        "#v(5cm)\n" + "\n".join(f"#align(center, bold({s}pt)[{line}])\n#v(1.2cm)" for s, line in sizes)
    )
    out.append("#pagebreak()\n#align(center, bold(16pt)[目　录])\n#v(0.6cm)\n")
    contents = [*doc.before, *(f"## {t.title}" for t in doc.tables), *doc.after]
    out += [p.lstrip("# ") + "\n" for p in contents if p.startswith("#")]
    landscape = flat

    def prose(paragraph: str) -> str:
        paragraph, level = paragraph.lstrip("# "), paragraph.count("#")
        text = re.sub(r"^(\d+)\. ", r"\1\\. ", paragraph)
        if level:
            return f"#align({'center' if level == 1 else 'left'}, bold({18 - 3 * level}pt)[{text}])\n#v({0.9 - 0.3 * level:.1f}cm)\n"
        return text + "\n"

    def turn(to: bool) -> str:
        nonlocal landscape
        turned, landscape = to != landscape, to
        return f"#set page(flipped: {str(to).lower()})" if turned else "#pagebreak(weak: true)"

    for paragraph in doc.before:
        out += [turn(flat)] * paragraph.startswith("# ") + [prose(paragraph)]
    for n, table in enumerate(doc.tables):
        if not flowing and (n or flat):
            out.append(turn(flat or table.landscape))
        out.append(typst_table(table, doc.label) + ("#v(0.6cm)" if flowing else ""))
    for paragraph in doc.after:
        out += [turn(flat)] * paragraph.startswith("# ") + [prose(paragraph)]
    return "\n".join(out)


def write(doc: Document, path: Path) -> None:
    if path.suffix == ".txt":
        path.write_text(as_text(doc), encoding="utf-8")
        return
    made = datetime(WORDS[doc.family]["year"], 3, 1, tzinfo=UTC)
    pdf, warnings = typst.compile_with_warnings(
        as_typst(doc).encode(), format="pdf", timestamp=made, pdf_tags=False
    )
    if warnings:  # a font that is missing would make another file
        raise SystemExit("\n".join(f"{path.name}: {w.message}" for w in warnings))
    path.write_bytes(pdf)


README = """# 示例文件

Invented disclosures for trying out the checker: five clean files, and copies of them with planted errors.
No body, project or amount in them is real. Made by `python tools/make_examples.py`
(the same versions of typst and of the fonts give the same bytes).

全部单位、项目和金额均为虚构。金额以分为单位精确生成，再四舍五入印出，所以万元表的合计与各项之和可有 0.01 的尾差，不算错误。

## 没有错误的文件

| 文件 | 样式 |
| --- | --- |
{clean}
## 埋了错误的文件

其余内容（连同文字说明）与相应的无错文件相同。`unbalanced` 和 `two-tables-differ` 各改了两个数，合为一个错误。

| 文件 | 埋在哪里 |
| --- | --- |
{planted}"""
STYLES = {
    "hubei": "湖北 2026 年部门预算，纯文本，单元格以制表符分隔，万元，十张表",
    "hubei_goals": "湖北 2026 年部门预算的支出总表、项目支出表，整体支出绩效目标申报表和三张项目申报表",
    "shanghai_budget": "上海 2025 年部门预算，横排 A4，元，类款项分三栏，九张表",
    "shanghai_accounts": "上海 2024 年度部门决算，万元，九张表，横竖页混排",
    "jiangsu": "江苏 2018 年部门预算，万元，公开01表至公开12表",
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "examples"
    folder.mkdir(parents=True, exist_ok=True)
    clean = clean_documents()
    listed = planted = ""
    for name, doc in clean.items():
        write(doc, folder / name)
        listed += f"| `{name}` | {doc.body}：{STYLES[doc.family]} |\n"
    for name, (source, slips) in PLANTED.items():
        doc, told = with_errors(clean[source], slips)
        write(doc, folder / name)
        planted += f"| `{name}` | {'<br>'.join(told)} |\n"
    (folder / "README.md").write_text(README.format(clean=listed, planted=planted), encoding="utf-8")


if __name__ == "__main__":
    main()
