"""Sentences for causes that are places, not numbers: rows left out or misplaced, shifted columns, units."""

from __future__ import annotations

from yibenzhang.balance.causes import Cause, Kind
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Result


def sentence_of(cause: Cause, names: dict[str, str]) -> str:
    """One sentence saying what stands in a wrong place; empty where the cause is a number."""
    make = _SENTENCES.get(cause.kind)
    return (
        make(cause, names)
        if make and (cause.structural or not cause.culprits or cause.kind == Kind.SHIFTED)
        else ""
    )


def _table(fact: Fact, names: dict[str, str]) -> str:
    return names.get(fact.table, "")


def _label(fact: Fact) -> str:
    code = f"{fact.row.code} " if fact.row.code else ""
    return f"“{code}{fact.row.label}”"


def _missing(cause: Cause, names: dict[str, str]) -> str:
    total = cause.broken[0].relation.total
    columns = "、".join(dict.fromkeys(r.relation.total.column or "金额" for r in cause.broken))
    return (
        f"{_table(total, names)}{_label(total)}的{columns}与所列各行之和不符，相差的数在各栏之间自成一行："
        "所列的行不全，可能漏列，也可能有的行没有公开。"
    )


def _extra(cause: Cause, names: dict[str, str]) -> str:
    fact = cause.culprits[0].fact
    return (
        f"{_table(fact, names)}{_label(fact)}一行不应计入上级合计：去掉后 {len(cause.broken)} 项关系全部成立，"
        "请核对这一行的编码和位置。"
    )


def _misplaced(cause: Cause, names: dict[str, str]) -> str:
    fact = cause.culprits[0].fact
    here, there = _parent(cause.broken, cause.from_list), _parent(cause.broken, cause.to_list)
    move = f"从{_label(here)}之下" if here else ""
    move += f"移到{_label(there)}之下" if there else "移出"
    return f"{_table(fact, names)}{_label(fact)}一行的编码或位置有误：{move}后，{len(cause.broken)} 项关系全部成立。"


def _parent(broken: tuple[Result, ...], list_id: str) -> Fact | None:
    return next((r.relation.total for r in broken if list_id and r.relation.parent == list_id), None)


def _shifted(cause: Cause, names: dict[str, str]) -> str:
    fact = cause.culprits[0].fact
    return (
        f"{_table(fact, names)}“{fact.column}”一栏的数错位一行：移回后 {len(cause.broken)} 项关系全部成立。"
    )


def _unit(cause: Cause, names: dict[str, str]) -> str:
    tables = "、".join(names.get(t, t) for t in cause.tables) or _table(cause.broken[0].relation.total, names)
    by = f"{cause.factor.normalize():f}" if cause.factor else "若干"
    return f"{tables}与其他表的数相差 {by} 倍：单位可能印错，也可能是读取有误，请核对单位。"


_SENTENCES = {
    Kind.MISSING_ROW: _missing,
    Kind.EXTRA_ROW: _extra,
    Kind.WRONG_PLACE: _misplaced,
    Kind.SHIFTED: _shifted,
    Kind.UNIT: _unit,
}
