"""The kinds of resources as data (standards/resources/*.toml), with a bureau's own layer on top."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.standards import HERE, StandardsError

FOLDER = "resources"
TYPES = ("text", "body", "int", "decimal", "money", "date", "yes", "code", "reference")
"""text, body (a public body's name), int, decimal, money (元, exact), date (ISO), yes, code (of a list), reference (the
code of an entry of another kind; ``many``: several)."""
_OTHERS = ("codes", "states", "words", "quality", "contradictions", "claims", "account", "requests")
"""Files of the folder that are no kinds."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind. ``names`` are other headings of it; ``kind`` is what a reference leads to."""

    id: str
    name: str
    names: tuple[str, ...]
    type: str
    required: bool = False
    codes: str = ""
    kind: str = ""
    many: bool = False
    standard: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource. ``key``: fields that together name an entry; ``body_from``: the reference whose body is its
    own."""

    id: str
    name: str
    prefix: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    standards: tuple[str, ...] = ()
    body_from: str = ""
    dcat: str = ""

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.id == name), None)


@dataclass(frozen=True, slots=True)
class Transition:
    """A step of an entry's way. ``complete``: only where every required field is filled."""

    id: str
    name: str
    before: frozenset[str]
    after: str
    complete: bool


@dataclass(frozen=True)
class Schema:
    """``codes``: list → code → its names, the first being what people read."""

    kinds: Mapping[str, Kind]
    codes: Mapping[str, Mapping[str, tuple[str, ...]]]
    states: Mapping[str, str]
    transitions: Mapping[str, Transition]
    words: Mapping[str, Mapping[str, Any]]
    layers: tuple[Path, ...]
    extra: str = ""
    """The folder of the layer on top, as it was given."""

    def say(self, sentence: str, /, **arguments: object) -> str:
        """A sentence of words.toml."""
        return str(self.words["says"][sentence]).format(**arguments)

    def kind(self, name: str) -> Kind:
        """The kind by its id or Chinese name. Raises StandardsError."""
        found = self.kinds.get(name) or next((k for k in self.kinds.values() if k.name == name), None)
        if found is None:
            known = "、".join(f"{k.id}（{k.name}）" for k in self.kinds.values())
            raise StandardsError(self.say("no_kind", kind=name, known=known))
        return found

    def steps(self, state: str) -> list[Transition]:
        """What can be done with an entry in a state."""
        return [t for t in self.transitions.values() if state in t.before]


def layers_of(extra: str) -> tuple[Path, ...]:
    """The folders of resource standards, the shipped one first."""
    own = (Path(extra) / FOLDER,) if extra else ()
    return (HERE / FOLDER, *(p for p in own if p.is_dir()))


def toml_of(path: Path) -> dict[str, Any]:
    """A TOML file. Raises StandardsError."""
    try:
        with path.open("rb") as f:
            return tomllib.load(f)
    except tomllib.TOMLDecodeError as error:
        raise StandardsError(f"{path.name}: {error}") from error


def merged(extra: str, name: str) -> dict[str, dict[str, Any]]:
    """The tables of a file in every layer, section by section; entries of a higher layer take the place of others."""
    out: dict[str, dict[str, Any]] = {}
    for layer in layers_of(extra):
        path = layer / f"{name}.toml"
        for section, entries in (toml_of(path) if path.exists() else {}).items():
            if isinstance(entries, list):
                entries = {e["id"]: out.get(section, {}).get(e["id"], {}) | e for e in entries}
            out[section] = out.get(section, {}) | entries
    return out


def load_schema(extra: str = "") -> Schema:
    """The schemas with the folder ``extra`` on top. Raises StandardsError, naming file and entry."""
    files = [p for layer in layers_of(extra) for p in sorted(layer.glob("*.toml"))]
    return _loaded(extra, tuple((str(p), p.stat().st_mtime_ns) for p in files))


@lru_cache(maxsize=16)
def _loaded(extra: str, stamp: tuple[tuple[str, int], ...]) -> Schema:
    """``stamp`` tells one state of the files from another."""
    words = merged(extra, "words")
    codes = {
        table: {str(code): tuple(names) for code, names in entries.items()}
        for table, entries in merged(extra, "codes").items()
    }
    states = merged(extra, "states")
    kinds: dict[str, dict[str, Any]] = {}
    for layer in layers_of(extra):
        for path in sorted(layer.glob("*.toml")):
            if path.stem not in _OTHERS:
                _take(kinds, toml_of(path), path.name)
    made = Schema(
        {k: _kind(k, kinds[k]) for k in sorted(kinds, key=lambda k: kinds[k]["order"])},
        codes,
        states["state"],
        {t: _transition(t, e) for t, e in states["transition"].items()},
        words,
        layers_of(extra),
        extra,
    )
    for kind in made.kinds.values():
        _sound(made, kind)
    return made


def _take(kinds: dict[str, dict[str, Any]], data: dict[str, Any], name: str) -> None:
    """A kind of one file on top of what a lower layer says of it: its fields by id, everything else replaced."""
    head = data.get("kind", {})
    if "id" not in head:
        raise StandardsError(f"{name}: [kind] id")
    base = kinds.setdefault(head["id"], {"fields": {}, "order": len(kinds), "file": name})
    base.update({k: v for k, v in head.items() if k != "id"})
    for entry in data.get("field", ()):
        if "id" not in entry:
            raise StandardsError(f"{name}: [[field]] id")
        base["fields"][entry["id"]] = base["fields"].get(entry["id"], {}) | entry


def kind_of(data: Mapping[str, Any], file: str) -> Kind:
    """A kind that stands alone in one file, as those of the folder do. Raises StandardsError."""
    kinds: dict[str, dict[str, Any]] = {}
    _take(kinds, dict(data), file)
    name, found = next(iter(kinds.items()))
    return _kind(name, found)


def _kind(name: str, data: dict[str, Any]) -> Kind:
    fields = tuple(_field(f"{data['file']} {name}.{i}", e) for i, e in data["fields"].items())
    try:
        return Kind(
            name,
            data["name"],
            data["prefix"],
            tuple(data["key"]),
            fields,
            tuple(data.get("standards", ())),
            data.get("body_from", ""),
            data.get("dcat", ""),
        )
    except KeyError as error:
        raise StandardsError(f"{data['file']} [kind]: {error.args[0]}") from error


def _field(where: str, e: dict[str, Any]) -> Field:
    try:
        return Field(
            e["id"],
            e["name"],
            tuple(e.get("names", ())),
            e["type"],
            bool(e.get("required", False)),
            e.get("codes", ""),
            e.get("kind", ""),
            bool(e.get("many", False)),
            e.get("standard", ""),
        )
    except KeyError as error:
        raise StandardsError(f"{where}: {error.args[0]}") from error


def _transition(name: str, e: Mapping[str, Any]) -> Transition:
    return Transition(name, e["name"], frozenset(e["from"]), e["to"], bool(e.get("complete", False)))


def _sound(schema: Schema, kind: Kind) -> None:
    """What a kind names is there. Raises StandardsError."""

    def wrong(sentence: str, /, **arguments: object) -> StandardsError:
        return StandardsError(f"{kind.id}: {schema.say(sentence, **arguments)}")

    for f in kind.fields:
        if f.type not in TYPES:
            raise wrong("schema_type", field=f.id, type=f.type, known="、".join(TYPES))
        if f.type == "code" and f.codes not in schema.codes:
            raise wrong("schema_codes", field=f.id, codes=f.codes)
        if f.type == "reference" and f.kind not in schema.kinds:
            raise wrong("schema_kind", field=f.id, kind=f.kind)
    missing: Iterable[str] = (k for k in (*kind.key, kind.body_from) if k and kind.field(k) is None)
    for name in missing:
        raise wrong("schema_key", field=name)
    if kind.field("name") is None:
        raise wrong("schema_missing", what="name")
