"""The standards as data: national first, then a region's layer, then a user's own.

Every file is TOML or CSV beside this module; a layer is a folder with files of the same names, whose
entries are added to (or, with the same id, take the place of) those below it.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.patterns import late
from yibenzhang.standards.entries import (
    StandardsError,
    concept_of,
    form_sum_of,
    level_of,
    phrase_of,
    precedence_of,
    prove,
    rule_of,
    section_of,
)
from yibenzhang.standards.model import (
    Address,
    Concept,
    FormSum,
    HeaderWord,
    Phrase,
    Precedence,
    Region,
    RowDef,
    RuleEntry,
    Section,
    Split,
    Standards,
    TableDef,
    bare_title,
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
    "bare_title",
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
        "label",
        "amount",
        "section",
        "goal",
        "indicator",
        "item",
        "purchase",
        "source",
        "listed",
        "overview",
        "execution",
        "row",
        "word",
        "economic",
        "sum",
    ),
    "indicators.toml": ("level",),
}
_OF_ENTRIES = tuple(name for name in _FILES if name not in ("headers.toml", "forms.toml"))
"""Files of entries, each with what it says of itself."""
_SECTIONS = ("table", "row", "basis", "precedence", "split", "phrase", "list", "section", "level")
_OTHERS = ("messages.toml", "speech.toml", "region.toml")
"""Files of a layer that are not checked section by section."""
_LISTS = (
    "titles",
    "names",
    "parts",
    "basis",
    "regions",
    "places",
    "words",
    "told",
    "under",
    "ends",
    "units",
    "values",
    "fails",
)


def _sections(layer: Path) -> None:
    """Misspelt files and sections, and words given where a list belongs would be passed over in silence: refuse
    them."""
    for path in sorted(layer.glob("*.toml")):
        if path.name not in (*_FILES, *_OTHERS):
            known = "、".join((*_FILES, _OTHERS[0], "lexicon/words.toml", "rules/*.toml"))
            raise StandardsError(f"{path.name}: 没有这个名称的标准文件，可用的是 {known}")
    for name, allowed in _FILES.items():
        for section, entries in _load_toml(layer / name).items():
            if section not in allowed:
                raise StandardsError(f"{name}: 不认识的一节 [[{section}]]，可用的是 {'、'.join(allowed)}")
            if name == "headers.toml" or (name == "forms.toml" and section != "sum"):
                _refuse_words(name, section, entries)
            else:
                _refuse_entries(name, section, entries)


def _refuse_words(name: str, section: str, entries: Any) -> None:
    """Raises StandardsError where a section of words has something else than lists."""
    wrong = [section]
    if isinstance(entries, dict):
        wrong = [k for k, v in entries.items() if not isinstance(v, list)]
    if wrong:
        raise StandardsError(f'{name} [{section}]: {wrong[0]} 应写成列表，如 {wrong[0]} = ["…"]')


def _refuse_entries(name: str, section: str, entries: Iterable[Mapping[str, Any]]) -> None:
    """Raises StandardsError where an entry has a word in a list's place, or a severity that is none."""
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
    stat = path.stat()
    return _parsed(path, stat.st_mtime_ns, stat.st_size)


_CASES = late(r"(?ms)^\[\[rule\.case\]\].*?(?=^\[\[rule\]\]|\Z)")
"""The cases of rules: two thirds of their files, which proving reads and no check needs."""


@lru_cache(maxsize=256)
def _parsed(path: Path, _changed: int, _size: int) -> Mapping[str, Any]:
    """To be read and never changed."""
    text = path.read_text(encoding="utf-8")
    try:
        return tomllib.loads(_CASES.sub("", text) if path.parent.name == "rules" else text)
    except tomllib.TOMLDecodeError as error:
        raise StandardsError(f"{path.name}: 格式有误：{error}") from error


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


def _merge(old: list[dict[str, Any]], new: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of a higher layer: lists of an entry with the same id grow, its other values are replaced."""
    by_id = {e.get("id"): dict(e) for e in old}
    for entry in new:
        base = by_id.setdefault(entry.get("id"), {})
        for key, value in entry.items():
            grows = key in ("titles", "names", "ends", "fails") and isinstance(base.get(key), list)
            base[key] = [*base[key], *value] if grows else value
    return list(by_id.values())


def _entries(layers: Sequence[Path], name: str, key: str) -> Iterator[dict[str, Any]]:
    """The entries of one kind in one file of each layer."""
    return (e for layer in layers for e in _load_toml(layer / name).get(key, ()))


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
    layers = _layers(region, extra)
    for layer in layers:
        _sections(layer)
    form_sums = tuple(form_sum_of(e) for e in _entries(layers, "forms.toml", "sum"))
    rule_entries = _rules(layers)
    message_words, messages = _messages(layers)
    concepts = tuple(concept_of(e) for e in _entries(layers, "prose.toml", "concept"))
    parts = _parts(layers)
    classes = _by_name(e for e in registers().function.entries if e.level == CLASS)
    economic = _by_name(registers().department_economic.entries)
    tables, rows = _tables_and_rows(parts)
    splits = tuple(
        Split(
            s["id"],
            s["name"],
            tuple(s["total"]),
            tuple(map(tuple, s["parts"])),
            s["example"],
            tuple(map(tuple, s.get("apart", ()))),
            s.get("without", ""),
            tuple(map(tuple, s.get("short", ()))),
        )
        for s in parts["split"]
    )
    phrases = tuple(phrase_of(p) for p in parts["phrase"])
    levels = tuple(level_of(e) for e in parts["level"])
    if extra:
        prove(phrases, levels)
    return Standards(
        tables,
        rows,
        phrases=phrases,
        entries=tuple(rule_of(e) for e in rule_entries),
        precedence=tuple(precedence_of(e) for e in parts["precedence"]),
        words=_words(layers, "headers.toml"),
        bases={b["id"]: b["text"] for b in parts["basis"]},
        classes=classes,
        regions=_regions(),
        concepts=concepts,
        splits=splits,
        economic=economic,
        lists={e["id"]: tuple(e["words"]) for e in parts["list"]},
        sections=tuple(section_of(e) for e in parts["section"]),
        forms=_words(layers, "forms.toml"),
        form_sums=form_sums,
        levels=levels,
        message_words=message_words,
        messages=messages,
    )


def _layers(region: str, extra: str) -> list[Path]:
    """The folders of the standards, the one that counts most last. Raises StandardsError."""
    layers = [HERE]
    if region and (HERE / "regions" / region).is_dir():
        layers.append(HERE / "regions" / region)
    if extra:
        if not Path(extra).is_dir():
            raise StandardsError(f"标准目录不存在：{extra}")
        layers.append(Path(extra))
    return layers


def _rules(layers: Iterable[Path]) -> list[dict[str, Any]]:
    """The entries of rules of all layers."""
    out: list[dict[str, Any]] = []
    for layer in layers:
        files = sorted((layer / "rules").glob("*.toml"))
        out = _merge(out, (entry for path in files for entry in _rule_entries(path)))
    return out


def _words(layers: Iterable[Path], name: str) -> dict[str, dict[str, list[str]]]:
    """The words of a file by section and meaning, those of all layers together."""
    out: dict[str, dict[str, list[str]]] = {}
    for layer in layers:
        for kind, groups in _load_toml(layer / name).items():
            for identity, names in groups.items() if kind != "sum" else ():
                out.setdefault(kind, {}).setdefault(identity, []).extend(names)
    return out


def _messages(layers: Iterable[Path]) -> tuple[dict[str, str], dict[str, Message]]:
    """The words that messages are put together from, and the messages by kind."""
    words: dict[str, str] = {}
    messages: dict[str, Message] = {}
    for layer in layers:
        for kind, entry in _load_toml(layer / "messages.toml").items():
            if kind == "words":
                words |= entry
            else:
                messages[kind] = message_from(entry).over(messages.get(kind, Message()))
    return words, messages


def _parts(layers: Iterable[Path]) -> dict[str, list[dict[str, Any]]]:
    """The entries of all layers by section."""
    parts: dict[str, list[dict[str, Any]]] = {section: [] for section in _SECTIONS}
    for layer in layers:
        for name in _OF_ENTRIES:
            data = _load_toml(layer / name)
            for section in data.keys() & parts.keys():
                parts[section] = _merge(parts[section], data[section])
    return parts


def _tables_and_rows(
    parts: Mapping[str, list[dict[str, Any]]],
) -> tuple[tuple[TableDef, ...], tuple[RowDef, ...]]:
    try:
        tables = tuple(
            TableDef(
                t["id"], t["stage"], t["name"], t["layout"], tuple(t["titles"]), tuple(t.get("regions", ()))
            )
            for t in parts["table"]
        )
        return tables, tuple(RowDef(r["id"], r["kind"], tuple(r["names"])) for r in parts["row"])
    except KeyError as error:
        raise StandardsError(f"tables.toml 或 rows.toml: 有一项缺少 {error.args[0]}") from error


def _regions() -> tuple[Region, ...]:
    files = (_load_toml(p) for p in sorted((HERE / "regions").glob("*/region.toml")))
    return tuple(Region(d["id"], d["name"], tuple(d["places"]), d.get("division", "")) for d in files)
