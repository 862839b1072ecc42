"""The drafts' data: which tables and sentences a disclosure of a region and stage has (standards/drafts)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.standards import HERE, Address, StandardsError

Condition = Mapping[str, Any]
"""What an entry must be to count: field → value or values (codes by their beginning)."""


@dataclass(frozen=True)
class Family:
    """One family of disclosures. ``tables`` and ``sections`` are in printed order."""

    name: str
    stage: str
    data: Mapping[str, Any]
    tables: tuple[Mapping[str, Any], ...]
    sections: tuple[Mapping[str, Any], ...]
    measures: Mapping[str, Condition]
    figures: Mapping[str, tuple[Address, ...]]
    figure_names: Mapping[str, str]
    computed: Mapping[str, str]
    terms: tuple[Mapping[str, Any], ...]
    wheres: Mapping[str, tuple[Mapping[str, Any], ...]]
    """Where a figure stands in the cube of a document, by name: values by dimension, to be tried in order."""
    beside: frozenset[str]
    """Figures that no entries make up: nothing told of them is not nothing spent."""
    wholes: Mapping[str, tuple[str, ...]]
    """The parts of a figure that come to it."""
    bought: Mapping[str, str]
    """Which purchases of the list a figure is the sum of."""
    said: Mapping[str, str]
    """The words before an amount that name a figure, as a pattern, by name."""
    sums: tuple[tuple[str, tuple[str, ...], str], ...]
    """A whole, its parts, and what was carried over beside them or in them."""

    def has(self, table: str) -> bool:
        return any(t["id"] == table for t in self.tables)


def families() -> list[str]:
    """The names of all shipped families, such as hubei-budget."""
    return sorted(p.stem for p in (HERE / "drafts").glob("*-*.toml"))


def questions() -> dict[str, str]:
    """What is asked of a person, by key or by kind of key."""
    out: dict[str, str] = _load(HERE / "drafts" / "common.toml")["question"]
    return out


@lru_cache(maxsize=1)
def source_words() -> dict[str, Any]:
    """What is taken from the text of a published document (standards/drafts/source.toml)."""
    return _load(HERE / "drafts" / "source.toml")


def style_of(region: str) -> str:
    """The style of a recognised region; national where it has none of its own."""
    return region if any(name.partition("-")[0] == region for name in families()) else "national"


def _load(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as f:
            return tomllib.load(f)
    except tomllib.TOMLDecodeError as error:
        raise StandardsError(f"{path.name}: 格式有误：{error}") from error


def family(region: str, stage: str, extra: str = "") -> Family:
    """The family of a region and stage; a folder of one's own lies over the shipped data.

    Raises StandardsError where there is none or its data cannot be used.
    """
    stamp = tuple((str(p), p.stat().st_mtime_ns) for p in sorted(Path(extra).glob("*.toml"))) if extra else ()
    return _family(region or "national", stage, extra, stamp)


_ELSEWHERE = ("where", "said")


@lru_cache(maxsize=16)
def _family(region: str, stage: str, extra: str, stamp: tuple[tuple[str, int], ...]) -> Family:
    name = f"{region}-{stage}"
    if not (HERE / "drafts" / f"{name}.toml").exists():
        raise StandardsError(f"没有 {name} 的编制样式；可用的有：{'、'.join(families())}。")
    data = _layered(name, extra)
    common = _layered("common", extra)
    figures: dict[str, tuple[Address, ...]] = {}
    names: dict[str, str] = {}
    computed: dict[str, str] = {}
    entries = {**common.get("figure", {}), **data.get("figure", {})}
    for key, entry in common.get("figure", {}).items():  # what it is called elsewhere holds in every region
        entries[key] = {k: entry[k] for k in _ELSEWHERE if k in entry} | entries[key]
    for key, entry in entries.items():
        try:
            figures[key] = tuple(
                Address(a["table"], a["row"], a["measure"], a.get("side", "")) for a in entry.get("at", ())
            )
        except KeyError as error:
            raise StandardsError(f"{name}.toml [figure.{key}]: 地址缺少 {error.args[0]}") from error
        names[key] = entry["name"]
        if "of" in entry:
            computed[key] = entry["of"]
    measures = {**common.get("measure", {}), **data.get("measure", {})}
    return Family(
        name,
        stage,
        data,
        tuple(t for t in data.get("table", ()) if t["id"] not in data.get("drop", ())),
        tuple(data.get("section", ())),
        measures,
        figures,
        names,
        computed,
        tuple(common.get("term", ())),
        {k: tuple(e.get("where", ())) for k, e in entries.items()},
        frozenset(k for k, e in entries.items() if e.get("beside")),
        {w["name"]: tuple(w["parts"]) for w in common.get("whole", ())},
        {k: e["bought"] for k, e in entries.items() if "bought" in e},
        {k: e["said"] for k, e in entries.items() if "said" in e},
        tuple((w["name"], tuple(w["parts"]), w.get("carried", "")) for w in common.get("sum", ())),
    )


def _layered(name: str, extra: str) -> dict[str, Any]:
    """A file with what it extends below it and one's own above; tables and sections replace those of one id."""
    own = _load(HERE / "drafts" / f"{name}.toml")
    if base := own.get("extends"):
        own = _over(_layered(base, ""), own)
    if extra and (Path(extra) / f"{name}.toml").exists():
        own = _over(own, _load(Path(extra) / f"{name}.toml"))
    return own


def _over(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    out = dict(low)
    for key, value in high.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = {**out[key], **value}
        elif key in ("table", "section", "term") and key in out and not high.get("replace"):
            ids = {e["id"]: e for e in value}
            out[key] = [{**e, **ids.pop(e["id"], {})} for e in out[key]] + list(ids.values())
        else:
            out[key] = value
    return out
