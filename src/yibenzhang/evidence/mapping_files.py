"""A mapping from the fields of a form, and back: for those who map their tables on a page. It only ever becomes the
file that ``mappings`` reads, so nothing can be said on the page that could not be read and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from yibenzhang.evidence.mappings import From, Mapped, mapping_of
from yibenzhang.evidence.packs import Pack
from yibenzhang.evidence.words import EvidenceError, say

NAME = re.compile(r"[\w\-（）()]{1,60}")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*_URL")
"""So that a page reads no address that is meant for another thing."""
_FILE = re.compile(r"[^/\\:*?\[\]{}]{1,120}\.(csv|tsv|parquet|json|jsonl|ndjson|xlsx|xlsm)", re.IGNORECASE)
_CODES = re.compile(r"[、，,;；\n]+")
Fields = Mapping[str, str]


def fields_of(mapped: Mapped) -> dict[str, str]:
    """The fields of a form that shows a mapping."""
    out = {"subject": mapped.subject, "kind": mapped.kind, "variable": mapped.variable}
    for name, source in mapped.tables.items():
        out |= {f"t-{name}": source.name or source.file, f"s-{name}": source.sheet}
        for column, of in source.columns.items():
            out[f"c-{name}-{column}"] = f"={of.sql}" if of.sql else of.column
            out[f"v-{name}-{column}"] = _codes(of)
    for p in () if mapped.promises == mapped.pack.promises else mapped.promises:
        out |= {
            f"p-{p.indicator}": "" if p.limit is None else f"{p.limit}",
            f"b-{p.indicator}": p.by,
            f"y-{p.indicator}": p.period,
            f"n-{p.indicator}": p.name,
        }
    if mapped.schedule:
        out |= {
            "every": mapped.schedule.every,
            "at": f"{mapped.schedule.at:%H:%M}",
            "period": mapped.schedule.period,
            "on": f"{mapped.schedule.on}",
        }
    return out


def _codes(of: From) -> str:
    return "、".join(f"{k}={v}" for k, v in (of.values or {}).items())


def text_of(pack: Pack, fields: Fields) -> str:
    """The text of a mapping. Raises EvidenceError."""
    kind = fields.get("kind", "files")
    out = [
        f"pack = {_quoted(pack.id)}",
        f"subject = {_quoted(fields.get('subject', '').strip())}",
        "",
        "[source]",
    ]
    out.append(f"kind = {_quoted(kind)}")
    if kind == "database":
        if not VARIABLE.fullmatch(fields.get("variable", "")):
            raise EvidenceError(say("variable_wrong", name=fields.get("variable", "")))
        out.append(f"variable = {_quoted(fields['variable'])}")
    elif kind != "files":
        raise EvidenceError(say("kind_wrong", name=kind))
    for name, table in pack.tables.items():
        place = fields.get(f"t-{name}", "").strip()
        if not place:
            continue
        if kind == "files" and not _FILE.fullmatch(place):
            raise EvidenceError(say("file_wrong", name=place))
        out += ["", f"[tables.{name}]", f"{'from' if kind == 'database' else 'file'} = {_quoted(place)}"]
        if sheet := fields.get(f"s-{name}", "").strip():
            out.append(f"sheet = {_quoted(sheet)}")
        out.append(f"[tables.{name}.columns]")
        for column in table.columns:
            if given := fields.get(f"c-{name}-{column}", "").strip():
                out.append(f"{column} = {_column(given, fields.get(f'v-{name}-{column}', ''))}")
    return "\n".join([*out, *_promises(pack, fields), *_schedule(fields)]) + "\n"


def _column(given: str, codes: str) -> str:
    if given.startswith("="):
        return f"{{ sql = {_quoted(given[1:].strip())} }}"
    pairs = [p.partition("=") for p in _CODES.split(codes.replace("＝", "=")) if "=" in p]
    if not pairs:
        return _quoted(given)
    values = ", ".join(f"{_quoted(k.strip())} = {_quoted(v.strip())}" for k, _, v in pairs)
    return f"{{ column = {_quoted(given)}, values = {{ {values} }} }}"


def _promises(pack: Pack, fields: Fields) -> list[str]:
    """The bureau's own promises, those with a limit (p): its sign (b), its year (y) and its name (n)."""
    signs = {p.indicator: p.by for p in reversed(pack.promises)}
    out = []
    for name in pack.indicators:
        said = {k: fields.get(f"{k}-{name}", "").strip() for k in "pbyn"}
        if said["p"]:
            said["b"] = said["b"] or signs.get(name) or "≥"
            out += ["", f"[promises.{name}]"]
            keys = (("b", "by"), ("p", "limit"), ("y", "period"), ("n", "name"))
            out += [f"{key} = {_quoted(said[k])}" for k, key in keys if said[k]]
    return out


def _schedule(fields: Fields) -> list[str]:
    if not fields.get("every"):
        return []
    given = {k: fields[k] for k in ("every", "at", "period") if fields.get(k)}
    on = fields.get("on", "").strip() if fields["every"] != "day" else ""
    if on and not (on.isascii() and on.isdigit()):
        raise EvidenceError(say("day_wrong", day=on))
    more = [f"on = {int(on)}"] if on else []
    return ["", "[schedule]", *(f"{k} = {_quoted(v)}" for k, v in given.items()), *more]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def write(folder: Path, name: str, pack: Pack, fields: Fields) -> Mapped:
    """Write ``name``.toml, once it was read back. Raises EvidenceError, and then nothing was written."""
    if not NAME.fullmatch(name) or name.startswith("."):
        raise EvidenceError(say("name_wrong", name=name))
    folder.mkdir(parents=True, exist_ok=True)
    file, beside = folder / f"{name}.toml", folder / f".{name}.new"
    beside.write_text(text_of(pack, fields), encoding="utf-8")
    try:
        mapped = mapping_of(beside)
        if not mapped.subject:
            raise EvidenceError(say("no_subject"))
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return mapping_of(file)
