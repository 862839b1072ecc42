"""Entries of the standards' files, one kind after the other: what is needed and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from yibenzhang.model.patterns import late, occurs
from yibenzhang.standards.model import (
    Address,
    Concept,
    FormSum,
    LevelRule,
    Phrase,
    Precedence,
    RuleEntry,
    Section,
)
from yibenzhang.standards.templates import message_from


class StandardsError(Exception):
    """A data file of the standards that cannot be used; the message says which entry and why."""


def section_of(entry: dict[str, Any]) -> Section:
    try:
        return Section(
            entry["id"],
            entry["name"],
            tuple(entry["words"]),
            tuple(entry["told"]),
            entry.get("stage", ""),
            bool(entry.get("required", False)),
            bool(entry.get("amount", False)),
            int(entry.get("since", 0)),
            tuple(entry.get("regions", ())),
            tuple(entry.get("items", ())),
        )
    except KeyError as error:
        raise StandardsError(
            f"sections.toml [[section]] {entry.get('id', '')}: 缺少 {error.args[0]}"
        ) from error


def _address(entry: dict[str, Any], where: str) -> Address:
    try:
        return Address(
            str(entry["table"]), str(entry["row"]), str(entry["measure"]), str(entry.get("side", ""))
        )
    except KeyError as error:
        raise StandardsError(f"{where}: 地址缺少 {error.args[0]}") from error


def concept_of(entry: dict[str, Any]) -> Concept:
    where = f"prose.toml [[concept]] {'、'.join(entry.get('names', ())[:1])}"
    if not (entry.get("names") and entry.get("at")):
        raise StandardsError(f"{where}: 缺少 names 或 at")
    return Concept(
        tuple(entry["names"]),
        tuple(_address(a, where) for a in entry["at"]),
        bool(entry.get("sure", False)),
        tuple(entry.get("section", ())),
        tuple(entry.get("not_section", ())),
        tuple(entry.get("not_lead", ())),
        tuple(tuple(_address(a, where) for a in one) for one in entry.get("sums", ())),
    )


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern of a phrase."""
    return late(pattern, re.MULTILINE)


def stands_in(phrase: Phrase, text: str) -> bool:
    """The pattern of a phrase is found in the text."""
    return occurs(phrase.pattern, re.MULTILINE, text)


def phrase_of(entry: dict[str, Any]) -> Phrase:
    where = f"wording.toml [[phrase]] {entry.get('id', '（没有 id）')}"
    try:
        return Phrase(**entry)
    except TypeError as error:
        raise StandardsError(f"{where}: 缺少或多了一项：{error}") from error


def prove(phrases: Iterable[Phrase], levels: Iterable[LevelRule]) -> None:
    """Raises StandardsError where a pattern is none: of a layer of somebody's own, as those shipped are tested."""
    for phrase in phrases:
        for pattern in (phrase.pattern, phrase.unless, phrase.before):
            _prove(pattern, f"wording.toml [[phrase]] {phrase.id}: pattern 不是正确的正则表达式")
    for level in levels:
        for pattern in (level.names, level.values, level.fails):
            _prove(pattern, f"indicators.toml [[level]] {level.id}: 不是有效的式样")


def _prove(pattern: str, where: str) -> None:
    try:
        re.compile(pattern, re.MULTILINE)
    except re.error as error:
        raise StandardsError(f"{where}：{pattern}（{error}）") from error


def rule_of(entry: dict[str, Any]) -> RuleEntry:
    for key in ("id", "name", "severity", "example"):
        if not entry.get(key):
            raise StandardsError(f"rules [[rule]] {entry.get('id', '（没有 id）')}: 缺少 {key}")
    return RuleEntry(
        entry["id"],
        entry["name"],
        entry["severity"],
        tuple(entry.get("basis", ())),
        entry["example"],
        entry.get("by", ""),
        message_from(entry),
    )


def precedence_of(entry: dict[str, Any]) -> Precedence:
    where = f"precedence.toml [[precedence]] {entry.get('id', '（没有 id）')}"
    for key in ("id", "rule", "unless", "same", "why"):
        if not entry.get(key):
            raise StandardsError(f"{where}: 缺少 {key}")
    return Precedence(
        entry["rule"],
        tuple(entry["unless"]),
        entry["same"],
        entry["why"],
        tuple(entry.get("templates", ())),
        int(entry.get("at_least", 0)),
        bool(entry.get("first", False)),
        bool(entry.get("moves", False)),
    )


def form_sum_of(entry: dict[str, Any]) -> FormSum:
    try:
        return FormSum(str(entry["rule"]), str(entry["total"]), tuple(map(tuple, entry["parts"])))
    except KeyError as error:
        raise StandardsError(f"forms.toml [[sum]]: 缺少 {error.args[0]}") from error


def level_of(entry: dict[str, Any]) -> LevelRule:
    where = f"indicators.toml [[level]] {entry.get('id', '（没有 id）')}"
    for key in ("id", "right", "under"):
        if not entry.get(key):
            raise StandardsError(f"{where}: 缺少 {key}")
    names, values, fails = ("|".join(entry.get(key, ())) for key in ("names", "values", "fails"))
    return LevelRule(
        entry["id"],
        entry["right"],
        tuple(entry["under"]),
        tuple(entry.get("ends", ())),
        names,
        values,
        fails,
        tuple(entry.get("units", ())),
        bool(entry.get("timed", False)),
    )
