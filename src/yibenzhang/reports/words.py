"""Words shown to people for the codes used inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yibenzhang.checking.extent import share
from yibenzhang.model.issues import TEXT, Issue
from yibenzhang.model.places import FlowPlace, Place, SheetPlace
from yibenzhang.model.relations import NotChecked
from yibenzhang.recognising.profile import Profile
from yibenzhang.reports.about import places
from yibenzhang.reports.found import Found, FoundGroup
from yibenzhang.reports.speech import SEVERITY, counted, extent_line, first_line, tally
from yibenzhang.standards import load
from yibenzhang.standards.divisions import divisions
from yibenzhang.standards.speech import speech

__all__ = [
    "LEVEL",
    "SEVERITY",
    "STAGE",
    "STANDING",
    "coverage_line",
    "first_line",
    "group_result",
    "grouped",
    "places_line",
    "profile_line",
    "region_name",
    "table_place",
    "tables_of",
    "table_state",
    "tally",
]

STAGE = {"budget": "预算", "accounts": "决算", "": "阶段不明"}
STANDING = {"proved": "已印证", "contradicted": "有矛盾", "alone": "无可比对", "trivial": "零，不计"}
LEVEL = {"department": "部门", "unit": "单位", "": ""}


def profile_line(p: Profile) -> str:
    """Body, year, stage and region in one line; what is unknown is said."""
    year = f"{p.fiscal_year} 年" if p.fiscal_year else "年度不明"
    region = region_name(p.region) or "地区不明"
    stage = f"{LEVEL[p.level]}{STAGE[p.stage]}" if p.stage else f"（{STAGE['']}）"
    return f"{p.body or '单位不明'} · {year}{stage} · {region}"


def region_name(region: str) -> str:
    """What a region is called: a folder of the standards, or a province by its code."""
    named = next((r.name for r in load().regions if r.id == region), "")
    division = divisions().get(region)
    return named or (division.short if division else region)


def table_place(pages: Sequence[int], first: Place | None) -> str:
    """Where a table stands: its pages, or the place of its first cell."""
    if pages:
        return f"第 {'、'.join(map(str, pages))} 页"
    if isinstance(first, SheetPlace) and first.sheet:
        return f"工作表“{first.sheet}”"
    return f"第{first.table}个表" if isinstance(first, FlowPlace) else str(first)


def table_state(record: Mapping[str, Any]) -> str:
    """How many numbers of a table (a record of listing.tables_of) are proved, and the headings that are not known."""
    c = record["state"]
    counts = "，".join(f"{STANDING[k]} {c[k]}" for k in STANDING if c[k])
    unknown = "、".join(record["unknown"])
    return f"{c['numbers']} 个数字：{counts or '没有数字'}" + (f"；不认识的词：{unknown}" if unknown else "")


def places_line(f: Issue) -> str:
    """Where the numbers and words of a finding stand, with their tables and sections, each place once."""
    return "、".join(places(f))


def coverage_line(found: Found) -> str:
    """The coverage in words."""
    c = found.coverage
    if not c.numbers:
        return "文件中没有读到数字"
    rest = f"{c.contradicted} 个有矛盾，{c.alone} 个没有可比对的关系"
    zeros = f"，{c.trivial} 个零不计" if c.trivial else ""
    return f"共 {c.numbers} 个数字：{c.proved} 个已印证（{share(c)}%），{rest}{zeros}"


def group_result(group: FoundGroup) -> str:
    """What was checked and found between the files of one disclosure."""
    if group.error:
        return f"未能合并核对：{group.error}"
    words, found = speech()["result"], counted(f.severity for f in group.findings)
    name = "across" if found else "across_clean" if group.related else "across_nothing"
    sentence = words[name].format(related=group.related, found=found)
    return f"{extent_line(group.found.extent)}；{sentence}" if group.found else sentence


def tables_of(found: Found, items: Iterable[NotChecked]) -> str:
    """The tables that these are about, at most three by name."""
    names = {t.id: t.called for t in found.tables} | {"prose": TEXT}
    listed = list(dict.fromkeys(names[n.table] for n in items if n.table in names))
    return "、".join(listed[:3]) + (f" 等 {len(listed)} 张表" if len(listed) > 3 else "")


def grouped(items: tuple[NotChecked, ...]) -> list[tuple[str, list[NotChecked]]]:
    """What was not checked, gathered by reason, most frequent first."""
    groups: dict[str, list[NotChecked]] = {}
    for item in items:
        groups.setdefault(item.reason, []).append(item)
    return sorted(groups.items(), key=lambda g: -len(g[1]))
