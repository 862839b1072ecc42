"""Words shown to people for the codes used inside."""

from __future__ import annotations

from collections import Counter

from yibenzhang.checking.check import Checked
from yibenzhang.checking.multi_file import Group
from yibenzhang.model.documents import Table
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.places import FlowPlace, SheetPlace
from yibenzhang.model.relations import NotChecked
from yibenzhang.recognising.profile import Profile
from yibenzhang.standards import load

SEVERITY = {Severity.ERROR: "错误", Severity.WARNING: "疑问", Severity.NOTICE: "提示"}
STAGE = {"budget": "预算", "accounts": "决算", "": "阶段不明"}
LEVEL = {"department": "部门", "unit": "单位", "": ""}


def profile_line(p: Profile) -> str:
    """Body, year, stage and region in one line; what is unknown is said."""
    year = f"{p.fiscal_year} 年" if p.fiscal_year else "年度不明"
    region = next((r.name for r in load().regions if r.id == p.region), p.region or "地区不明")
    return f"{p.body or '单位不明'} · {year}{LEVEL[p.level]}{STAGE[p.stage]} · {region}"


def table_place(table: Table) -> str:
    """Where a table stands: its pages, or the place of its first cell."""
    if table.pages:
        return f"第 {'、'.join(map(str, table.pages))} 页"
    place = table.cells[0].place
    if isinstance(place, SheetPlace) and place.sheet:
        return f"工作表“{place.sheet}”"
    return f"第{place.table}个表" if isinstance(place, FlowPlace) else str(place)


def tally(checked: Checked) -> str:
    """How many findings of each severity."""
    count = Counter(f.severity for f in checked.findings)
    told = "，".join(f"{count[s]} 个{SEVERITY[s]}" for s in Severity if count[s])
    return told or ("没有发现问题" if checked.results else "没有可核对的表")


def places_line(f: Issue) -> str:
    """Where the numbers of a finding stand, each place once."""
    return "、".join(dict.fromkeys(str(e.place) for e in f.evidence[:6]))


def coverage_line(checked: Checked) -> str:
    """The coverage in words."""
    c = checked.coverage
    if not c.numbers:
        return "文件中没有读到数字"
    share = f"{100 * c.proved // c.numbers}%"
    rest = f"{c.contradicted} 个有矛盾，{c.alone} 个没有可比对的关系"
    return f"共 {c.numbers} 个数字：{c.proved} 个已印证（{share}），{rest}"


def group_result(group: Group) -> str:
    """What was checked and found between the files of one disclosure."""
    if group.error:
        return f"未能合并核对：{group.error}"
    count = Counter(f.severity for f in group.findings)
    told = "，".join(f"{count[s]} 个{SEVERITY[s]}" for s in Severity if count[s])
    return f"文件之间核对了 {group.related} 项关系，{told or '没有发现问题'}"


def grouped(items: tuple[NotChecked, ...]) -> list[tuple[str, list[NotChecked]]]:
    """What was not checked, gathered by reason, most frequent first."""
    groups: dict[str, list[NotChecked]] = {}
    for item in items:
        groups.setdefault(item.reason, []).append(item)
    return sorted(groups.items(), key=lambda g: -len(g[1]))
