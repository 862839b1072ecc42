"""The standards as data: national first, then a region's layer, then a user's own.

Every file is TOML or CSV beside this module; a layer is a folder with files of the same names, whose
entries are added to (or, with the same id, take the place of) those below it.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.standards.model import (
    Address,
    Concept,
    FormSum,
    HeaderWord,
    LevelRule,
    Phrase,
    Precedence,
    Region,
    RowDef,
    RuleEntry,
    Section,
    Split,
    Standards,
    TableDef,
    fold,
    fold_title,
)
from yibenzhang.standards.registers import CLASS, Entry, registers
from yibenzhang.standards.templates import Message, message_from

__all__ = [
    "HERE",
    "Address",
    "Concept",
    "FormSum",
    "HeaderWord",
    "Phrase",
    "Precedence",
    "Region",
    "RowDef",
    "RuleEntry",
    "Section",
    "Split",
    "Standards",
    "StandardsError",
    "TableDef",
    "fold",
    "fold_title",
    "load",
    "readings",
]

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def readings() -> dict[str, str]:
    """How a character is read (pinyin without tones): the usual reading of each character of GB 2312."""
    with (HERE / "codes" / "readings.csv").open(encoding="utf-8", newline="") as f:
        return {char: row["reading"] for row in csv.DictReader(f) for char in row["characters"]}


class StandardsError(Exception):
    """A data file of the standards that cannot be used; the message says which entry and why."""


_FILES = {
    "tables.toml": ("table",),
    "rows.toml": ("row",),
    "bases.toml": ("basis",),
    "precedence.toml": ("precedence",),
    "prose.toml": ("concept", "split"),
    "wording.toml": ("phrase", "list"),
    "sections.toml": ("section",),
    "headers.toml": ("label", "wrapper", "subtotal", "absolute", "relative", "basis"),
    "forms.toml": (
        "label", "amount", "section", "goal", "indicator", "item", "purchase", "source", "listed", "overview",
        "execution", "row", "word", "economic", "sum",
    ),
    "indicators.toml": ("level",),
}  # fmt: skip
_OTHERS = ("messages.toml", "speech.toml", "region.toml")
"""Files of a layer that are not checked section by section."""
_LISTS = (
    "titles", "names", "parts", "basis", "regions", "places", "words", "told", "under", "ends", "units", "values", "fails",
)  # fmt: skip


def _sections(layer: Path) -> None:
    """Misspelt files and sections, and words given where a list belongs would be passed over in silence: refuse them."""
    for path in sorted(layer.glob("*.toml")):
        if path.name not in (*_FILES, *_OTHERS):
            known = "、".join((*_FILES, _OTHERS[0], "lexicon/words.toml", "rules/*.toml"))
            raise StandardsError(f"{path.name}: 没有这个名称的标准文件，可用的是 {known}")
    for name, allowed in _FILES.items():
        for section, entries in _load_toml(layer / name).items():
            if section not in allowed:
                raise StandardsError(f"{name}: 不认识的一节 [[{section}]]，可用的是 {'、'.join(allowed)}")
            if name == "headers.toml" or (name == "forms.toml" and section != "sum"):
                wrong = (
                    [k for k, v in entries.items() if not isinstance(v, list)]
                    if isinstance(entries, dict)
                    else [section]
                )
                if wrong:
                    raise StandardsError(f'{name} [{section}]: {wrong[0]} 应写成列表，如 {wrong[0]} = ["…"]')
                continue
            for entry in entries:
                where = f"{name} [[{section}]] {entry.get('id', '')}".rstrip()
                for key, value in entry.items():
                    if key in _LISTS and not isinstance(value, list):
                        raise StandardsError(f'{where}: {key} 应写成列表，如 {key} = ["…"]')
                if entry.get("severity", "error") not in ("error", "warning", "notice"):
                    raise StandardsError(f"{where}: severity 只能是 error、warning 或 notice")


def _load_toml(path: Path) -> Mapping[str, Any]:
    """A data file, empty where it is not there; parsed once in each of its states: every region's layer reads it."""
    if not path.exists():
        return {}
    told = path.stat()
    return _parsed(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=256)
def _parsed(path: Path, _changed: int, _size: int) -> Mapping[str, Any]:
    """To be read and never changed."""
    try:
        with path.open("rb") as f:
            return tomllib.load(f)
    except tomllib.TOMLDecodeError as error:
        raise StandardsError(f"{path.name}: 格式有误：{error}") from error


def _section(entry: dict[str, Any]) -> Section:
    try:
        return Section(
            entry["id"], entry["name"], tuple(entry["words"]), tuple(entry["told"]), entry.get("stage", ""),
            bool(entry.get("required", False)), bool(entry.get("amount", False)),
            int(entry.get("since", 0)), tuple(entry.get("regions", ())),
        )  # fmt: skip
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


def _concept(entry: dict[str, Any]) -> Concept:
    where = f"prose.toml [[concept]] {'、'.join(entry.get('names', ())[:1])}"
    if not (entry.get("names") and entry.get("at")):
        raise StandardsError(f"{where}: 缺少 names 或 at")
    return Concept(
        tuple(entry["names"]), tuple(_address(a, where) for a in entry["at"]), bool(entry.get("sure", False)),
        tuple(entry.get("section", ())), tuple(entry.get("not_section", ())), tuple(entry.get("not_lead", ())),
        tuple(tuple(_address(a, where) for a in one) for one in entry.get("sums", ())),
    )  # fmt: skip


def _phrase(entry: dict[str, Any]) -> Phrase:
    where = f"wording.toml [[phrase]] {entry.get('id', '（没有 id）')}"
    try:
        re.compile(entry.get("pattern", "("))
        re.compile(entry.get("unless", ""))
        return Phrase(**entry)
    except re.error as error:
        raise StandardsError(f"{where}: pattern 不是正确的正则表达式：{error}") from error
    except TypeError as error:
        raise StandardsError(f"{where}: 缺少或多了一项：{error}") from error


def _rule_entries(path: Path) -> list[dict[str, Any]]:
    """The rules of one family, without their cases."""
    data = _load_toml(path)
    if wrong := next((k for k in data if k != "rule"), ""):
        raise StandardsError(f"rules/{path.name}: 不认识的一节 [[{wrong}]]，可用的是 [[rule]]")
    for entry in data.get("rule", ()):
        where = f"rules/{path.name} [[rule]] {entry.get('id', '（没有 id）')}"
        if entry.get("severity", "error") not in ("error", "warning", "notice"):
            raise StandardsError(f"{where}: severity 只能是 error、warning 或 notice")
    return list(data.get("rule", ()))


def _entry(entry: dict[str, Any]) -> RuleEntry:
    for key in ("id", "name", "severity", "example"):
        if not entry.get(key):
            raise StandardsError(f"rules [[rule]] {entry.get('id', '（没有 id）')}: 缺少 {key}")
    return RuleEntry(
        entry["id"], entry["name"], entry["severity"], tuple(entry.get("basis", ())), entry["example"],
        entry.get("by", ""), message_from(entry),
    )  # fmt: skip


def _precedence(entry: dict[str, Any]) -> Precedence:
    where = f"precedence.toml [[precedence]] {entry.get('id', '（没有 id）')}"
    for key in ("id", "rule", "unless", "same", "why"):
        if not entry.get(key):
            raise StandardsError(f"{where}: 缺少 {key}")
    return Precedence(
        entry["rule"], tuple(entry["unless"]), entry["same"], entry["why"], tuple(entry.get("templates", ())),
        int(entry.get("at_least", 0)), bool(entry.get("first", False)), bool(entry.get("moves", False)),
    )  # fmt: skip


def _form_sum(entry: dict[str, Any]) -> FormSum:
    try:
        return FormSum(str(entry["rule"]), str(entry["total"]), tuple(map(tuple, entry["parts"])))
    except KeyError as error:
        raise StandardsError(f"forms.toml [[sum]]: 缺少 {error.args[0]}") from error


def _level(entry: dict[str, Any]) -> LevelRule:
    where = f"indicators.toml [[level]] {entry.get('id', '（没有 id）')}"
    for key in ("id", "right", "under"):
        if not entry.get(key):
            raise StandardsError(f"{where}: 缺少 {key}")
    names, values, fails = ("|".join(entry.get(key, ())) for key in ("names", "values", "fails"))
    for pattern in (names, values, fails):
        try:
            re.compile(pattern)
        except re.error as error:
            raise StandardsError(f"{where}: 不是有效的式样：{pattern}") from error
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


def _merge(old: list[dict[str, Any]], new: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of a higher layer: lists of an entry with the same id grow, its other values are replaced."""
    by_id = {e.get("id"): dict(e) for e in old}
    for entry in new:
        base = by_id.setdefault(entry.get("id"), {})
        for key, value in entry.items():
            grows = key in ("titles", "names", "ends", "fails") and isinstance(base.get(key), list)
            base[key] = [*base[key], *value] if grows else value
    return list(by_id.values())


def _by_name(entries: Iterable[Entry]) -> dict[str, str]:
    """Codes by name, also by former names; of several codes with a name, one that has it today."""
    entries = tuple(entries)
    out = {fold(name): e.code for e in entries for name in e.names if name != e.name or e.last_year}
    return out | {fold(e.name): e.code for e in entries if not e.last_year}


def load(region: str = "", extra: str = "") -> Standards:
    """The national standards with the layer of ``region`` and that of the folder ``extra`` on top.

    Raises StandardsError, naming file and entry, where the data cannot be used.
    """
    files = sorted(Path(extra).rglob("*.toml")) if extra else []
    return _layered(region, extra, tuple((str(f), f.stat().st_mtime_ns) for f in files))


@lru_cache(maxsize=32)
def _layered(region: str, extra: str, stamp: tuple[tuple[str, int], ...]) -> Standards:
    """``stamp`` tells one state of the folder from another, so that an edit is seen at once."""
    layers = [HERE]
    if region and (HERE / "regions" / region).is_dir():
        layers.append(HERE / "regions" / region)
    if extra:
        if not Path(extra).is_dir():
            raise StandardsError(f"标准目录不存在：{extra}")
        layers.append(Path(extra))
    parts: dict[str, list[dict[str, Any]]] = {}
    forms = (
        "table",
        "row",
        "basis",
        "precedence",
        "split",
        "phrase",
        "list",
        "section",
        "level",
    )
    words: dict[str, dict[str, list[str]]] = {}
    concepts: list[Concept] = []
    forms_words: dict[str, dict[str, list[str]]] = {}
    form_sums: list[FormSum] = []
    rule_entries: list[dict[str, Any]] = []
    message_words: dict[str, str] = {}
    messages: dict[str, Message] = {}
    for layer in layers:
        _sections(layer)
        for kind, groups in _load_toml(layer / "forms.toml").items():
            if kind == "sum":
                form_sums.extend(_form_sum(e) for e in groups)
                continue
            for identity, names in groups.items():
                forms_words.setdefault(kind, {}).setdefault(identity, []).extend(names)
        for path in sorted((layer / "rules").glob("*.toml")):
            rule_entries = _merge(rule_entries, _rule_entries(path))
        for kind, entry in _load_toml(layer / "messages.toml").items():
            if kind == "words":
                message_words |= entry
            else:
                messages[kind] = message_from(entry).over(messages.get(kind, Message()))
        for name in (
            "tables.toml",
            "rows.toml",
            "bases.toml",
            "precedence.toml",
            "prose.toml",
            "wording.toml",
            "sections.toml",
            "indicators.toml",
        ):
            data = _load_toml(layer / name)
            for form in forms:
                parts[form] = _merge(parts.get(form, []), data.get(form, ()))
            concepts.extend(_concept(e) for e in data.get("concept", ()))
        for kind, groups in _load_toml(layer / "headers.toml").items():
            for identity, names in groups.items():
                words.setdefault(kind, {}).setdefault(identity, []).extend(names)
    classes = _by_name(e for e in registers().function.entries if e.level == CLASS)
    economic = _by_name(registers().department_economic.entries)
    regions = tuple(
        Region(d["id"], d["name"], tuple(d["places"]), d.get("division", ""))
        for d in (_load_toml(p) for p in sorted((HERE / "regions").glob("*/region.toml")))
    )
    try:
        tables = tuple(
            TableDef(
                t["id"], t["stage"], t["name"], t["layout"], tuple(t["titles"]), tuple(t.get("regions", ()))
            )
            for t in parts["table"]
        )
        rows = tuple(RowDef(r["id"], r["kind"], tuple(r["names"])) for r in parts["row"])
    except KeyError as error:
        raise StandardsError(f"tables.toml 或 rows.toml: 有一项缺少 {error.args[0]}") from error
    splits = tuple(
        Split(s["id"], s["name"], tuple(s["total"]), tuple(map(tuple, s["parts"])), s["example"])
        for s in parts["split"]
    )
    phrases = tuple(_phrase(p) for p in parts["phrase"])
    entries = tuple(_entry(e) for e in rule_entries)
    precedence = tuple(_precedence(e) for e in parts["precedence"])
    bases = {b["id"]: b["text"] for b in parts["basis"]}
    return Standards(
        tables,
        rows,
        entries,
        words,
        bases,
        classes,
        regions,
        tuple(concepts),
        splits,
        phrases,
        economic,
        {e["id"]: tuple(e["words"]) for e in parts["list"]},
        tuple(_section(e) for e in parts["section"]),
        forms_words,
        tuple(form_sums),
        tuple(_level(e) for e in parts["level"]),
        precedence,
        message_words,
        messages,
    )
