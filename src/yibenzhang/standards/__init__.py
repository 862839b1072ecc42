"""The standards as data: national first, then a region's layer, then a user's own.

Every file is TOML or CSV beside this module; a layer is a folder with files of the same names, whose
entries are added to (or, with the same id, take the place of) those below it.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.amounts import narrow

HERE = Path(__file__).parent


class StandardsError(Exception):
    """A data file of the standards that cannot be used; the message says which entry and why."""


@dataclass(frozen=True)
class TableDef:
    """A standard table: ``layout`` says how its rows hang together (see tables.toml)."""

    id: str
    stage: str
    name: str
    layout: str
    titles: tuple[str, ...]
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowDef:
    """A row of a table without codes, known by its name."""

    id: str
    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Address:
    """Where a number stands in the standard tables; ``row`` may be an id, a code, ``*`` or ``class``."""

    table: str
    row: str
    measure: str
    side: str = ""
    optional: bool = False


@dataclass(frozen=True)
class SumRule:
    """One statement that ought to hold; ``form`` is columns, rows or equal."""

    id: str
    form: str
    name: str
    basis: tuple[str, ...]
    example: str
    severity: str = "error"
    tables: tuple[str, ...] = ()
    total: str = ""
    parts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kind: str = ""
    layouts: tuple[str, ...] = ()
    left: Address | None = None
    right: tuple[Address, ...] = ()
    if_zero: tuple[Address, ...] = ()
    if_absent: tuple[Address, ...] = ()
    if_present: tuple[Address, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoticeRule:
    """A rule that is not a sum: a doubt about the reading, or statements of the document that disagree."""

    id: str
    name: str
    severity: str
    basis: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class HeaderWord:
    """What a header text means: ``kind`` is label, wrapper, subtotal, absolute, relative or basis."""

    kind: str
    id: str


@dataclass(frozen=True)
class Concept:
    """A phrase of the text and the table numbers it may restate; ``sure``: it must equal one of them."""

    names: tuple[str, ...]
    at: tuple[Address, ...]
    sure: bool = False
    section: tuple[str, ...] = ()
    not_section: tuple[str, ...] = ()
    not_lead: tuple[str, ...] = ()

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return tuple(fold(n) for n in self.names)


@dataclass(frozen=True)
class Split:
    """A whole and all its parts, as sentences list them."""

    id: str
    name: str
    total: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    example: str


@dataclass(frozen=True)
class Phrase:
    """Words that must not stay in a published text: a pattern over flat text, with an example and its twin."""

    id: str
    name: str
    severity: str
    pattern: str
    fires: str
    twin: str
    unless: str = ""
    scope: str = "text"
    heading: bool = True


@dataclass(frozen=True)
class Region:
    id: str
    name: str
    places: tuple[str, ...]


def fold(text: str) -> str:
    """Text as the standards compare it: half width, no blanks, no quotation marks."""
    return re.sub(r"[\s“”‘’\"'「」『』《》*_]", "", narrow(text)).replace("：", ":")


@dataclass(frozen=True)
class Standards:
    """All data of one layering; built by :func:`load`."""

    tables: tuple[TableDef, ...]
    rows: tuple[RowDef, ...]
    rules: tuple[SumRule, ...]
    notices: tuple[NoticeRule, ...]
    words: dict[str, dict[str, list[str]]]
    bases: dict[str, str]
    classes: dict[str, str]
    regions: tuple[Region, ...]
    concepts: tuple[Concept, ...] = ()
    splits: tuple[Split, ...] = ()
    phrases: tuple[Phrase, ...] = ()

    @cached_property
    def titles(self) -> dict[str, list[TableDef]]:
        out: dict[str, list[TableDef]] = {}
        for table in self.tables:
            for title in table.titles:
                out.setdefault(fold_title(title), []).append(table)
        return out

    @cached_property
    def table_by_id(self) -> dict[str, TableDef]:
        return {t.id: t for t in self.tables}

    @cached_property
    def row_names(self) -> dict[str, RowDef]:
        return {fold(name): row for row in self.rows for name in row.names}

    @cached_property
    def header_words(self) -> dict[str, HeaderWord]:
        out: dict[str, HeaderWord] = {}
        for kind, groups in self.words.items():
            if kind == "basis":
                continue
            for identity, names in groups.items():
                for name in names:
                    out.setdefault(fold(name), HeaderWord(kind, identity))
        return out

    @cached_property
    def basis_words(self) -> dict[str, str]:
        return {fold(n): i for i, names in self.words.get("basis", {}).items() for n in names}

    @cached_property
    def rule_by_id(self) -> dict[str, SumRule | NoticeRule]:
        parts = (NoticeRule(s.id, s.name, "error", ("budget-law-14",), s.example) for s in self.splits)
        words = (NoticeRule(p.id, p.name, p.severity, (), p.fires) for p in self.phrases)
        rules: tuple[SumRule | NoticeRule, ...] = (*self.rules, *self.notices, *parts, *words)
        return {r.id: r for r in rules}

    def region_of(self, text: str) -> str:
        """The region whose place names stand earliest in ``text``, or an empty string."""
        best: tuple[int, str] | None = None
        for region in self.regions:
            for place in region.places:
                at = text.find(place)
                if at >= 0 and (best is None or at < best[0]):
                    best = (at, region.id)
        return best[1] if best else ""


_TITLE_NOISE = re.compile(r"20\d\d年度?|区级|市级|省级|县级|本级|年度|部门|预算单位|(?<!分)单位")
_TITLE_PREFIX = re.compile(
    r"^(?:附?表[-\d]*(?:[-.]\d+)*[.、:]?|公开\d+表[:.]?|[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+[、.]|\d+[.、])"
)


def fold_title(text: str) -> str:
    """A table title as the standards compare it: no year, number, level word or full stop."""
    out = fold(text)
    for _ in range(3):
        out = _TITLE_PREFIX.sub("", out)
    return _TITLE_NOISE.sub("", out).rstrip("。.:")


def _load_toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        with path.open("rb") as f:
            return tomllib.load(f)
    except tomllib.TOMLDecodeError as error:
        raise StandardsError(f"{path.name}: 格式有误：{error}") from error


def _address(entry: dict[str, Any], where: str) -> Address:
    try:
        return Address(
            str(entry["table"]), str(entry["row"]), str(entry["measure"]), str(entry.get("side", "")),
            bool(entry.get("optional", False)),
        )  # fmt: skip
    except KeyError as error:
        raise StandardsError(f"{where}: 地址缺少 {error.args[0]}") from error


def _rule(form: str, entry: dict[str, Any]) -> SumRule:
    where = f"sums.toml [[{form}]] {entry.get('id', '（没有 id）')}"
    for key in ("id", "name", "example"):
        if not entry.get(key):
            raise StandardsError(f"{where}: 缺少 {key}")
    if form == "equal" and not (entry.get("left") and entry.get("right")):
        raise StandardsError(f"{where}: 缺少 left 或 right")
    if form == "columns" and not (entry.get("tables") and entry.get("total") and entry.get("parts")):
        raise StandardsError(f"{where}: 缺少 tables、total 或 parts")
    many = {
        k: tuple(_address(a, where) for a in entry.get(k, ())) for k in ("if_zero", "if_absent", "if_present")
    }
    return SumRule(
        id=entry["id"], form=form, name=entry["name"], basis=tuple(entry.get("basis", ())),
        example=entry["example"], severity=entry.get("severity", "error"),
        tables=tuple(entry.get("tables", ())), total=entry.get("total", ""),
        parts=tuple(entry.get("parts", ())), needs=tuple(entry.get("needs", ())),
        without=tuple(entry.get("without", ())), kind=entry.get("kind", ""),
        layouts=tuple(entry.get("layouts", ())),
        left=_address(entry["left"], where) if "left" in entry else None,
        right=tuple(_address(a, where) for a in entry.get("right", ())),
        if_zero=many["if_zero"], if_absent=many["if_absent"], if_present=many["if_present"],
        regions=tuple(entry.get("regions", ())),
    )  # fmt: skip


def _concept(entry: dict[str, Any]) -> Concept:
    where = f"prose.toml [[concept]] {'、'.join(entry.get('names', ())[:1])}"
    if not (entry.get("names") and entry.get("at")):
        raise StandardsError(f"{where}: 缺少 names 或 at")
    return Concept(
        tuple(entry["names"]), tuple(_address(a, where) for a in entry["at"]), bool(entry.get("sure", False)),
        tuple(entry.get("section", ())), tuple(entry.get("not_section", ())), tuple(entry.get("not_lead", ())),
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


def _merge(old: list[dict[str, Any]], new: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of a higher layer: lists of an entry with the same id grow, its other values are replaced."""
    by_id = {e.get("id"): dict(e) for e in old}
    for entry in new:
        base = by_id.setdefault(entry.get("id"), {})
        for key, value in entry.items():
            grows = key in ("titles", "names") and isinstance(base.get(key), list)
            base[key] = [*base[key], *value] if grows else value
    return list(by_id.values())


@lru_cache(maxsize=32)
def load(region: str = "", extra: str = "") -> Standards:
    """The national standards with the layer of ``region`` and that of the folder ``extra`` on top.

    Raises StandardsError, naming file and entry, where the data cannot be used.
    """
    layers = [HERE]
    if region and (HERE / "regions" / region).is_dir():
        layers.append(HERE / "regions" / region)
    if extra:
        if not Path(extra).is_dir():
            raise StandardsError(f"标准目录不存在：{extra}")
        layers.append(Path(extra))
    parts: dict[str, list[dict[str, Any]]] = {}
    forms = ("table", "row", "columns", "rows", "equal", "basis", "notice", "split", "phrase")
    words: dict[str, dict[str, list[str]]] = {}
    concepts: list[Concept] = []
    for layer in layers:
        for name in (
            "tables.toml",
            "rows.toml",
            "sums.toml",
            "bases.toml",
            "notices.toml",
            "prose.toml",
            "wording.toml",
        ):
            data = _load_toml(layer / name)
            for form in forms:
                parts[form] = _merge(parts.get(form, []), data.get(form, ()))
            concepts.extend(_concept(e) for e in data.get("concept", ()))
        for kind, groups in _load_toml(layer / "headers.toml").items():
            for identity, names in groups.items():
                words.setdefault(kind, {}).setdefault(identity, []).extend(names)
    with (HERE / "codes" / "function_classes.csv").open(encoding="utf-8", newline="") as f:
        classes = {fold(row["name"]): row["code"] for row in csv.DictReader(f)}
    regions = tuple(
        Region(d["id"], d["name"], tuple(d["places"]))
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
    rules = tuple(_rule(form, e) for form in ("columns", "rows", "equal") for e in parts[form])
    notices = tuple(
        NoticeRule(n["id"], n["name"], n["severity"], tuple(n["basis"]), n["example"])
        for n in parts["notice"]
    )
    bases = {b["id"]: b["text"] for b in parts["basis"]}
    unknown = {b for r in rules for b in r.basis} - set(bases)
    if unknown:
        raise StandardsError(f"sums.toml: 没有这样的依据 {', '.join(sorted(unknown))}（见 bases.toml）")
    return Standards(
        tables, rows, rules, notices, words, bases, classes, regions, tuple(concepts), splits, phrases
    )
