"""Catalogues of other programs: CKAN dumps and DCAT in JSON-LD, as data resources."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from yibenzhang.reading.text import decode
from yibenzhang.resources.exporting import FREQUENCY, described
from yibenzhang.resources.harvesting import FIELD, RESOURCE, harvest_folder
from yibenzhang.resources.proposing import Found, Harvest
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.sources import SourceError
from yibenzhang.resources.values import Refusal, parsed

_LOCAL = re.compile(r"[^#/:]+$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_DEPTH = 40


def harvest_path(schema: Schema, path: Path, body: str) -> Harvest:
    """A folder of tables, or one file: a table, a CKAN dump or a DCAT catalogue. Raises SourceError."""
    if not path.exists():
        raise SourceError(schema.say("source_empty", where=str(path)))
    if path.is_dir() or path.suffix.lower() not in (".json", ".jsonl", ".jsonld"):
        return harvest_folder(schema, path, body)
    return harvest_catalogue(schema, path.read_bytes(), path.name, body)


def harvest_catalogue(schema: Schema, data: bytes, name: str, body: str) -> Harvest:
    """What a CKAN dump (package_search, a list, or a package a line) or a DCAT file tells. Raises SourceError."""
    text = decode(data)
    try:
        answer: Any = json.loads(text)
    except json.JSONDecodeError:
        try:
            answer = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (json.JSONDecodeError, RecursionError) as error:
            raise SourceError(schema.say("source_unread", name=name, why=str(error))) from error
    except RecursionError as error:
        raise SourceError(schema.say("source_unread", name=name, why="JSON")) from error
    packages = _packages(answer)
    problems: list[str] = []
    if packages is not None:
        found = [f for n, p in enumerate(packages, 1) if (f := _package(schema, p, n, body, problems))]
    else:
        nodes = list(_datasets(answer))
        if not nodes:
            raise SourceError(schema.say("source_unknown", name=name))
        index = {str(n["@id"]): n for n in _nodes(answer) if "@id" in n and len(n) > 1}
        found = [f for n, d in enumerate(nodes, 1) if (f := _dataset(schema, d, index, n, body, problems))]
    return Harvest(name, tuple(found), tuple(problems))


def _usable(schema: Schema, title: str, publisher: str, number: int, problems: list[str]) -> bool:
    if not title:
        problems.append(schema.say("no_title", number=number))
    elif not publisher:
        problems.append(schema.say("no_publisher", name=title))
    return bool(title and publisher)


def _value(schema: Schema, name: str, raw: object) -> Any:
    """A value of another program, where our schema knows it; else nothing."""
    field = schema.kinds[RESOURCE].field(name)
    if field is None:
        return None
    try:
        return parsed(schema, field, raw, lambda f, t: t)
    except Refusal:
        return None


# ---- CKAN ----------------------------------------------------------------------------------------------


def _packages(answer: Any) -> list[Any] | None:
    """The packages of a dump; None where it is none."""
    if isinstance(answer, dict) and "result" in answer:
        answer = answer["result"]
    if isinstance(answer, dict) and "results" in answer:
        answer = answer["results"]
    if isinstance(answer, dict) and "resources" in answer and "@type" not in answer:
        answer = [answer]
    if isinstance(answer, list) and answer and all(isinstance(p, dict) and "resources" in p for p in answer):
        return answer
    return None


def _package(
    schema: Schema, p: Mapping[str, Any], number: int, body: str, problems: list[str]
) -> Found | None:
    title = _first(p, "title", "name")
    publisher = body or _first(p.get("organization") or {}, "title") or _first(p, "author")
    if not _usable(schema, title, publisher, number, problems):
        return None
    resources = _dicts(p.get("resources"))
    extras = {str(e.get("key")): e.get("value") for e in _dicts(p.get("extras"))}
    groups = [_first(g, "title", "name") for g in _dicts(p.get("groups"))]
    tags = [_first(t, "display_name", "name") for t in _dicts(p.get("tags"))]
    values = {
        "name": title,
        "body": publisher,
        "abstract": _first(p, "notes") or None,
        "format": _format(resources),
        "keywords": "、".join(tags) or None,
        "category": next(iter(groups), None),
        "open": not p.get("private"),
        "location": p.get("name") or None,
        "cycle": _cycle(schema, str(extras.get("frequency") or p.get("frequency") or "")),
        "published_on": _day(p.get("metadata_created")),
        "owner": p.get("maintainer") or None,
    }
    return Found(RESOURCE, values, tuple(_parts(resources)))


def _first(p: Mapping[str, Any], *names: str) -> str:
    """The first of these that says something."""
    return next((str(p[n]).strip() for n in names if p.get(n)), "")


def _dicts(some: Any) -> list[dict[str, Any]]:
    return [one for one in some or () if isinstance(one, dict)]


def _parts(resources: list[dict[str, Any]]) -> Iterator[Found]:
    """The fields of all resources of a package, each name once."""
    fields = {_first(f, "id", "name"): f for r in resources for f in _dicts(_fields_of(r))}
    for name, f in fields.items():
        if name:
            yield Found(FIELD, {"name": name, "type": f.get("type"), "label": _label(f)}, (), "resource")


def _fields_of(resource: Mapping[str, Any]) -> list[Any]:
    schema = resource.get("schema")
    return (
        list(schema.get("fields") or ()) if isinstance(schema, dict) else list(resource.get("fields") or ())
    )


def _label(field: Mapping[str, Any]) -> str | None:
    info = field.get("info") if isinstance(field.get("info"), dict) else {}
    return (info or {}).get("label") or field.get("title") or field.get("description") or None


_FORMATS = {
    "api": "interface",
    "wms": "interface",
    "wfs": "interface",
    "json-api": "interface",
    "rest": "interface",
    "sql": "table",
}


def _format(resources: list[Any]) -> str | None:
    formats = [str(r.get("format") or "").strip().lower() for r in resources]
    kinds = {_FORMATS.get(f, "file") for f in formats if f}
    return kinds.pop() if len(kinds) == 1 else None


def _cycle(schema: Schema, text: str) -> str | None:
    """An update cycle in our codes, from European, American (ISO 8601) or plain words."""
    last = (_LOCAL.search(text.rstrip("/")) or [text])[0]
    known = {v: k for k, v in FREQUENCY.items()}
    iso = {
        "R/P1D": "daily",
        "R/P1W": "weekly",
        "R/P7D": "weekly",
        "R/P1M": "monthly",
        "R/P3M": "quarterly",
        "R/P1Y": "yearly",
    }
    plain = {"annual": "yearly", "annually": "yearly", "continuous": "realtime", "irregular": "irregular"}
    found = known.get(last.upper()) or iso.get(text.strip()) or plain.get(last.lower())
    return found or _value(schema, "cycle", last.lower()) or _value(schema, "cycle", text)


def _day(raw: object) -> str | None:
    found = _DATE.match(str(raw or ""))
    return found[0] if found else None


# ---- DCAT ----------------------------------------------------------------------------------------------


def _local(name: str) -> str:
    """dct:title, http://purl.org/dc/terms/title and title are the same."""
    found = _LOCAL.search(name)
    return found[0] if found else name


def _nodes(answer: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _MOST_DEPTH:
        return
    if isinstance(answer, dict):
        yield answer
        for key, value in answer.items():
            if key != "@context":
                yield from _nodes(value, depth + 1)
    elif isinstance(answer, list):
        for one in answer:
            yield from _nodes(one, depth + 1)


def _datasets(answer: Any) -> Iterator[dict[str, Any]]:
    """The nodes that are datasets: by their type, or as a catalogue's list of them; references are left out."""
    for node in _nodes(answer):
        kinds = node.get("@type", node.get("type", ()))
        listed = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(k, str) and _local(k) == "Dataset" for k in listed) and len(node) > 2:
            yield node


def _get(node: Mapping[str, Any], *names: str) -> Any:
    for key, value in node.items():
        if _local(key) in names and value not in (None, "", []):
            return value
    return None


def _said(value: Any) -> str:
    """A text: of several languages the Chinese one."""
    some = value if isinstance(value, list) else [value]
    texts: list[tuple[bool, str]] = []
    for one in some:
        if isinstance(one, dict):
            chinese = str(one.get("@language", "")).lower().startswith("zh")
            texts.append((not chinese, str(one.get("@value", one.get("@id", "")))))
        elif one is not None:
            texts.append((True, str(one)))
    return min(texts, key=lambda t: t[0])[1].strip() if texts else ""


def _labelled(value: Any, index: Mapping[str, dict[str, Any]]) -> str:
    """A text, or what the node that stands in its place is called."""
    node = _node(value, index)
    return _said(_get(node, "prefLabel", "label", "title", "name")) or _said(value)


def _way(distribution: Mapping[str, Any], own: str) -> str | None:
    """Where the data lie; the address of the entry itself tells nothing of that."""
    found = (_said(_get(distribution, n)) for n in ("downloadURL", "accessURL", "title"))
    return next((f for f in found if f and f != own), None)


def _all(value: Any) -> list[str]:
    some = value if isinstance(value, list) else [] if value is None else [value]
    return [t for t in (_said(one) for one in some) if t]


def _node(value: Any, index: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What a property leads to: a node of its own, or one told elsewhere."""
    one = value[0] if isinstance(value, list) and value else value
    if isinstance(one, str):
        return index.get(one, {})
    if isinstance(one, dict):
        return index.get(str(one.get("@id")), one) if len(one) == 1 else one
    return {}


def _publisher(d: Mapping[str, Any], index: Mapping[str, dict[str, Any]]) -> str:
    value = _get(d, "publisher", "creator")
    return _said(_get(_node(value, index), "name", "prefLabel", "fn")) or (
        value if isinstance(value, str) else ""
    )


def _dataset(
    schema: Schema,
    d: Mapping[str, Any],
    index: Mapping[str, dict[str, Any]],
    number: int,
    body: str,
    problems: list[str],
) -> Found | None:
    title = _said(_get(d, "title"))
    publisher = body or _publisher(d, index)
    if not _usable(schema, title, publisher, number, problems):
        return None
    distribution = _node(_get(d, "distribution"), index)
    rights = _said(_get(d, "accessRights", "accessLevel")).lower()
    format = _value(schema, "format", _labelled(_get(distribution, "format", "mediaType"), index))
    abstract = _said(_get(d, "description"))
    values = {
        "name": title,
        "body": publisher,
        "abstract": abstract if abstract and abstract != described(title, publisher) else None,
        "keywords": "、".join(_all(_get(d, "keyword"))) or None,
        "category": _labelled(_get(d, "theme"), index) or None,
        "cycle": _cycle(schema, _said(_get(d, "accrualPeriodicity"))),
        "published_on": _day(_said(_get(d, "issued"))),
        "open": True if rights.endswith("public") and "non" not in rights else False if rights else None,
        "format": format or ("file" if distribution and not rights else None),
        "location": _way(distribution, str(d.get("@id", ""))),
        "owner": _said(_get(_node(_get(d, "contactPoint"), index), "fn", "name")) or None,
    }
    return Found(RESOURCE, values)
