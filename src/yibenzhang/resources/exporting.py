"""The account as tables for people and as DCAT for other catalogues."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.resources.models import Entry
from yibenzhang.resources.schema import Kind, Schema
from yibenzhang.resources.tables import write_csv, write_sheet
from yibenzhang.resources.values import heading, shown

FORMATS = ("csv", "xlsx", "dcat")
_CYCLES = "http://publications.europa.eu/resource/authority/frequency/"
FREQUENCY = {
    "realtime": "UPDATE_CONT",
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "yearly": "ANNUAL",
    "irregular": "IRREG",
    "never": "NEVER",
}
_STATUS = "http://publications.europa.eu/resource/authority/dataset-status/"
STATUS = {"draft": "DEVELOP", "checked": "DEVELOP", "published": "COMPLETED", "withdrawn": "WITHDRAWN"}
_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}


def described(name: str, body: str) -> str:
    """What is said of a resource that nobody has described: DCAT-AP asks that every dataset is."""
    return f"{name}（{body}）"


def _chinese(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "zh"}


def headings(schema: Schema, kind: Kind) -> list[str]:
    """The heads of a table of this kind, as an import knows them again."""
    first: str = schema.words["code"]["names"][0]
    return [first, *(heading(f) for f in kind.fields), str(schema.words["code"]["state"])]


def cells(schema: Schema, kind: Kind, entry: Entry) -> list[Any]:
    """An entry in the order of ``headings``."""
    values = (shown(schema, f, entry.values.get(f.id)) for f in kind.fields)
    return [entry.code, *values, schema.states[entry.state]]


def table(schema: Schema, kind: Kind, entries: Iterable[Entry], format: str) -> bytes:
    """All entries of one kind as CSV or Excel; what comes out can be imported again."""
    rows = (cells(schema, kind, e) for e in entries)
    if format == "csv":
        return write_csv(headings(schema, kind), rows)
    return write_sheet(kind.name, headings(schema, kind), rows)


def dcat(
    schema: Schema,
    entries: Sequence[Entry],
    title: str,
    base: str,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Data resources as a DCAT catalogue in JSON-LD. ``base`` begins the address of every entry; ``columns``: the
    names of its fields by code. Only what the account says stands in it."""
    bodies = sorted({e.body for e in entries})
    publisher = bodies[0] if len(bodies) == 1 else schema.say("many_bodies", count=len(bodies))
    catalogue = {
        "@context": CONTEXT,
        "@id": base,
        "@type": "dcat:Catalog",
        "dct:title": _chinese(title),
        "dct:description": _chinese(described(title, publisher)),
        "dct:publisher": _agent(publisher, "foaf:Organization" if len(bodies) == 1 else "foaf:Group"),
        "dcat:dataset": list(_datasets(schema, entries, base, columns or {})),
    }
    return json.dumps(catalogue, ensure_ascii=False, indent=1).encode()


def _agent(name: str, kind: str = "foaf:Organization") -> dict[str, Any]:
    return {"@type": ["foaf:Agent", kind], "foaf:name": _chinese(name)}


def _concept(name: str) -> dict[str, Any]:
    return {"@type": "skos:Concept", "skos:prefLabel": _chinese(name)}


def _datasets(
    schema: Schema, entries: Iterable[Entry], base: str, columns: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, Any]]:
    for e in entries:
        kind = schema.kinds[e.kind]
        if kind.dcat != "dataset":
            continue
        v = e.values
        identity = f"{base.rstrip('/')}/{e.code}"
        one: dict[str, Any] = {
            "@id": identity,
            "@type": "dcat:Dataset",
            "dct:identifier": e.code,
            "dct:title": _chinese(e.name),
            "dct:description": _chinese(v.get("abstract") or described(e.name, e.body)),
            "dct:publisher": _agent(e.body),
        }
        if e.state in STATUS:
            one["adms:status"] = {"@id": _STATUS + STATUS[e.state]}
        if v.get("keywords"):
            one["dcat:keyword"] = [
                k for k in str(v["keywords"]).replace("、", " ").replace(",", " ").split() if k
            ]
        if v.get("category"):
            one["dcat:theme"] = _concept(v["category"])
        if v.get("cycle") in FREQUENCY:
            one["dct:accrualPeriodicity"] = {"@id": _CYCLES + FREQUENCY[v["cycle"]]}
        if v.get("published_on"):
            one["dct:issued"] = {
                "@value": v["published_on"],
                "@type": "http://www.w3.org/2001/XMLSchema#date",
            }
        if v.get("open") is not None:
            one["dct:accessRights"] = {"@id": _RIGHTS + ("PUBLIC" if v["open"] else "RESTRICTED")}
        if v.get("owner"):
            one["dcat:contactPoint"] = {"@type": "vcard:Kind", "vcard:fn": v["owner"]}
        one["dcat:distribution"] = [_distribution(schema, kind, v, identity, columns.get(e.code, ()))]
        yield one


def _distribution(
    schema: Schema, kind: Kind, v: Mapping[str, Any], identity: str, columns: Sequence[str]
) -> dict[str, Any]:
    """How one comes to the data: by the entry's own address, where it is asked for."""
    out: dict[str, Any] = {
        "@id": f"{identity}#distribution",
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": identity},
    }
    field = kind.field("format")
    if v.get("format") and field:
        label = str(shown(schema, field, v["format"]))
        out["dct:format"] = {"@type": "dct:MediaTypeOrExtent", "rdfs:label": label}
    if v.get("location"):
        out["dct:title"] = v["location"]
    if columns:
        out["dct:description"] = "、".join(columns)
    return out


def fields_by_resource(session: Session) -> dict[str, list[str]]:
    """The names of the fields of every data resource, by its code."""
    out: dict[str, list[str]] = {}
    asked = select(Entry.name, Entry.values["resource"].as_string()).where(Entry.kind == "field")
    for name, resource in session.execute(asked.order_by(Entry.id)):
        out.setdefault(resource or "", []).append(name)
    return out
