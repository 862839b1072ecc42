"""The notice to a department: an editable template in plain text, filled in, and the matters that it tells."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

PLACEHOLDERS = {
    "单位": "收到通知的部门或单位",
    "年度": "预算或决算的年度，如 2026",
    "阶段": "预算或决算",
    "级次": "部门或单位",
    "文号": "通知的文号；空着时，只有文号的一行不印",
    "日期": "通知的日期，如 2026年3月2日",
    "期限": "完成整改的日期，如 2026年3月9日",
    "轮次": "第几次通知，如 第二次",
    "文件": "被核对的文件的名称",
    "问题数": "问题的总数",
    "错误数": "其中错误的个数",
    "疑问数": "其中疑问的个数",
    "提示数": "其中提示的个数",
    "问题概述": "各类问题的个数，如 错误2个、疑问1个",
    "落款": "发出通知的机关",
    "联系人": "发出通知的机关的联系人",
    "联系电话": "联系人的电话",
}
LIST, RECEIPT = "问题清单", "反馈表"
BLOCKS = {LIST: "逐条列出问题，要单独占一行", RECEIPT: "给对方填写的整改情况反馈表，单独占一行，另起一页"}
SEVERITIES = {"error": "错误", "warning": "疑问", "notice": "提示"}
MARKUP = (
    "每行是一个段落，空行不印。行首的记号：“# ”标题，“## ”小标题，“^ ”居中，“< ”顶格，“> ”右对齐（落款）；"
    "没有记号的是正文，首行缩进两字。〔　〕里的名称由系统填写，〔2016〕这样的年份照印。"
)
TITLE, HEADING, CENTRE, FLUSH, RIGHT, PARAGRAPH = "title", "heading", "centre", "flush", "right", "paragraph"
_MARKS = {"#": TITLE, "##": HEADING, "^": CENTRE, "<": FLUSH, ">": RIGHT}
_HOLDER = re.compile(r"〔\s*([^〔〕\n]{1,20}?)\s*〕")
_YEAR = re.compile(r"[\d０-９]+")
_BLANK = "＿＿＿＿＿＿"
"""What is printed where a value is missing: room to write it by hand."""
MAX_TEMPLATE_CHARS = 20_000
_LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the notice; ``kind`` is title, heading, centre, flush, right, paragraph, or a block of
    BLOCKS."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """The notice in words. ``missing``: placeholders without a value; ``unknown``: those nobody knows, printed as
    they stand."""

    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return "".join(x.text for x in self.lines if x.kind == TITLE)

    @property
    def text(self) -> str:
        return "\n".join(x.text for x in self.lines if x.text)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page or a part of one as PNG, with its caption ("第 3 页")."""

    png: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One matter: what is wrong, where, and what shows it.

    ``severity`` is error, warning or notice; ``reported`` and ``expected`` are printed numbers in ``unit``;
    ``arithmetic`` are lines; ``remark`` the reviewer's words; ``rows`` an excerpt of the table, its header first,
    with ``marked`` the (row, column) of the cells in question. ``body`` names the unit where one notice tells a
    department of several.
    """

    number: int
    severity: str
    sentence: str
    reported: str = ""
    expected: str = ""
    unit: str = ""
    where: str = ""
    basis: tuple[str, ...] = ()
    arithmetic: tuple[str, ...] = ()
    remark: str = ""
    pictures: tuple[Picture, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    marked: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    body: str = ""

    @property
    def heading(self) -> str:
        return f"{self.number}.【{SEVERITIES.get(self.severity, '问题')}】{self.sentence}"

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """What is told under the heading: (label, words)."""
        unit = self.unit if self.unit == "%" else f" {self.unit}" if self.unit else ""
        numbers = [
            f"{name} {value}{unit}"
            for name, value in (("印为", self.reported), ("应为", self.expected))
            if value
        ]
        parts = [
            ("单位", self.body),
            ("位置", self.where),
            ("数字", "，".join(numbers)),
            *(("算式" if k == 0 else "", line) for k, line in enumerate(self.arithmetic)),
            ("依据", "；".join(self.basis)),
            ("审核意见", self.remark),
        ]
        return tuple((label, words) for label, words in parts if words)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice ready to be set: its words and its matters in order."""

    number: str
    body: str
    office: str
    title: str
    date: datetime.date
    due: datetime.date | None
    lines: tuple[Line, ...]
    items: tuple[NoticeItem, ...]


@lru_cache(maxsize=1)
def default_template() -> str:
    """The template that comes with the program; an office may edit it."""
    return Path(__file__).with_name("notice.txt").read_text(encoding="utf-8")


def chinese_date(day: datetime.date | None) -> str:
    """As a document prints it: 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def counted(items: tuple[NoticeItem, ...]) -> dict[str, str]:
    """The values of the placeholders that count."""
    count = {kind: sum(i.severity == kind for i in items) for kind in SEVERITIES}
    counts = [f"{name}{count[kind]}个" for kind, name in SEVERITIES.items() if count[kind]]
    return {
        "问题数": str(len(items)),
        "错误数": str(count["error"]),
        "疑问数": str(count["warning"]),
        "提示数": str(count["notice"]),
        "问题概述": "、".join(counts) or "没有问题",
    }


def notice_of(
    template: str,
    items: tuple[NoticeItem, ...],
    *,
    body: str,
    office: str,
    day: datetime.date,
    due: datetime.date | None = None,
    number: str = "",
    values: Mapping[str, str] | None = None,
) -> Notice:
    """A notice from its template; ``values`` are further placeholders (年度, 阶段, 联系人 …)."""
    known = {
        **counted(items),
        "单位": body,
        "落款": office,
        "日期": chinese_date(day),
        "期限": chinese_date(due),
        "文号": number,
    }
    filled = fill(template, {**known, **(values or {})})
    title = filled.title or f"关于{body}预决算公开问题的整改通知"
    return Notice(number, body, office, title, day, due, filled.lines, items)


def fill(template: str, values: Mapping[str, str]) -> Filled:
    """The template with its placeholders filled in. A line of nothing but empty placeholders is left out."""
    lines: list[Line] = []
    missing: list[str] = []
    unknown: list[str] = []
    for _, kind, text in _parsed(template):
        whole = _HOLDER.fullmatch(text)
        if kind == PARAGRAPH and whole and whole.group(1) in BLOCKS:
            lines.append(Line(whole.group(1), ""))
            continue
        bare = not _HOLDER.sub("", text).strip("，、：:；。 　")

        def put(m: re.Match[str], bare: bool = bare) -> str:
            name = m.group(1)
            if _YEAR.fullmatch(name):
                return m.group()
            if name not in PLACEHOLDERS:
                unknown.append(name)
                return m.group()
            value = " ".join(values.get(name, "").split())[:_LONGEST_VALUE]
            if not value:
                missing.append(name)
            return value or ("" if bare else _BLANK)

        made = _HOLDER.sub(put, text)
        if bare and not made.strip("，、：:；。 　"):
            continue
        lines.append(Line(kind, made))
    return Filled(tuple(lines), tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(unknown)))


def _parsed(template: str) -> list[tuple[int, str, str]]:
    """(line, kind, words) of every line that is not blank."""
    out = []
    for n, line in enumerate(template[:MAX_TEMPLATE_CHARS].splitlines(), start=1):
        text = "".join(c if c.isprintable() or c == "　" else " " for c in line).strip(" \ufeff").strip("　")
        found = re.match(r"(##|[#^<>])\s*(.*)", text)
        kind, words = (_MARKS[found.group(1)], found.group(2)) if found else (PARAGRAPH, text)
        if words:
            out.append((n, kind, words))
    return out


def problems(template: str) -> list[str]:
    """What is wrong with a template, one sentence each; an empty list where nothing is."""
    out = []
    if len(template) > MAX_TEMPLATE_CHARS:
        out.append(f"模板超过 {MAX_TEMPLATE_CHARS} 个字，多出的不印。")
    lines = _parsed(template)
    blocks: dict[str, list[int]] = {name: [] for name in BLOCKS}
    for n, kind, text in lines:
        for m in _HOLDER.finditer(text):
            if m.group(1) in BLOCKS:
                blocks[m.group(1)].append(n)
            if wrong := _wrong_with(m, kind):
                out.append(f"第 {n} 行的〔{m.group(1)}〕{wrong}")
        if "〔" in _HOLDER.sub("", text) or "〕" in _HOLDER.sub("", text):
            out.append(f"第 {n} 行的〔 〕没有成对，或者里面的字太多。")
    if not blocks[LIST]:
        out.append("模板里没有〔问题清单〕一行，通知里就不会列出问题。")
    out += [
        f"〔{name}〕出现了 {len(where)} 次（第 {'、'.join(map(str, where))} 行），只应有一次。"
        for name, where in blocks.items()
        if len(where) > 1
    ]
    if not any(kind == TITLE for _, kind, _ in lines):
        out.append("模板里没有标题（以“# ”开头的一行）。")
    return out


def _wrong_with(holder: re.Match[str], kind: str) -> str:
    """What is wrong with a placeholder in a line of this kind; empty where nothing is."""
    name = holder.group(1)
    if name in BLOCKS:
        alone = kind == PARAGRAPH and holder.group() == holder.string
        return "" if alone else "要单独占一行，前后不能有别的字。"
    known = {**PLACEHOLDERS, **BLOCKS}
    if name in known or _YEAR.fullmatch(name):
        return ""
    near = get_close_matches(name, known, 1, 0.3)
    return f"不认识，会照原样印出；{f'是不是〔{near[0]}〕？' if near else '可用的名称见模板说明。'}"
