"""Values of fields: from what people write to what is kept, and back to what they read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from yibenzhang.resources.schema import Field, Kind, Schema

MOST = 4000
"""Letters of a text."""
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_HEADED = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]\s*$")
_PARTED = re.compile(r"[、;；\n]")
Find = Callable[[Field, str], str]
"""The code of the entry that a reference names. Raises ValueError with a sentence."""
Value = str | int | bool | list[str] | None


class Refusal(ValueError):
    """A value that cannot be kept; one sentence for people."""


def unit_of(schema: Schema, heading: str) -> str:
    """The unit that a heading tells in brackets at its end, where it is one of money."""
    found = _HEADED.search(heading.strip())
    return found[1].strip() if found and found[1].strip() in schema.words["units"] else ""


def without_unit(schema: Schema, heading: str) -> str:
    unit = unit_of(schema, heading)
    return _HEADED.sub("", heading.strip()).strip() if unit else heading.strip()


def blank(schema: Schema, raw: object) -> bool:
    """What says nothing: blank is not zero."""
    return raw is None or str(raw).strip() in schema.words["blank"]["words"]


def parsed(schema: Schema, field: Field, raw: object, find: Find, unit: str = "") -> Value:
    """What is kept of a written value; None where nothing is written. Raises Refusal.

    Money is kept as 元 and decimals as printed, both as strings; dates as ISO. ``unit`` is that of the heading.
    """
    if blank(schema, raw):
        return None
    text = str(raw.isoformat() if isinstance(raw, date | datetime) else raw).strip()
    return _READERS[field.type](schema, field, text, find, unit)


def _text(schema: Schema, field: Field, text: str, find: Find, unit: str) -> Value:
    if len(text) > MOST:
        raise Refusal(schema.say("too_long", field=field.name, most=MOST))
    return text


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def _int(schema: Schema, field: Field, text: str, find: Find, unit: str) -> Value:
    number = _number(text)
    if number is None or number != number.to_integral_value() or abs(number) >= 10**15:
        raise Refusal(schema.say("not_int", field=field.name, text=text))
    return int(number)


def _decimal(schema: Schema, field: Field, text: str, find: Find, unit: str) -> Value:
    number = _number(text)
    if number is None:
        raise Refusal(schema.say("not_number", field=field.name, text=text))
    return f"{number:f}"


def _money(schema: Schema, field: Field, text: str, find: Find, unit: str) -> Value:
    units: Mapping[str, int] = schema.words["units"]
    own = next((u for u in sorted(units, key=len, reverse=True) if text.endswith(u)), "")
    number = _number(text.removesuffix(own).strip())
    if number is None:
        raise Refusal(schema.say("not_number", field=field.name, text=text))
    if not (own or unit):
        raise Refusal(schema.say("not_unit", field=field.name))
    return plain(number * units[own or unit])


def plain(number: Decimal) -> str:
    """A decimal without zeros that say nothing."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _date(schema: Schema, field: Field, text: str, find: Find, unit: str) -> Value:
    found = _DATE.fullmatch(text) or _PLAIN_DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else _no_date(schema, field, text)
    except ValueError:
        return _no_date(schema, field, text)


def _no_date(schema: Schema, field: Field, text: str) -> Value:
    raise Refusal(schema.say("not_date", field=field.name, text=text))


def _yes(schema: Schema, field: Field, text: str, find: Find, unit: str) -> Value:
    words = schema.words["yes"]
    if text.lower() in words["true"]:
        return True
    if text.lower() in words["false"]:
        return False
    raise Refusal(schema.say("not_yes", field=field.name, text=text))


def _code(schema: Schema, field: Field, text: str, find: Find, unit: str) -> Value:
    listed = schema.codes[field.codes]
    for code, names in listed.items():
        if text == code or text in names:
            return code
    known = "、".join(names[0] for names in listed.values())
    raise Refusal(schema.say("not_code", field=field.name, text=text, known=known))


def _reference(schema: Schema, field: Field, text: str, find: Find, unit: str) -> Value:
    if not field.many:
        return find(field, text)
    return [find(field, part.strip()) for part in _PARTED.split(text) if part.strip()]


_READERS: Mapping[str, Callable[[Schema, Field, str, Find, str], Value]] = {
    "text": _text,
    "body": _text,
    "int": _int,
    "decimal": _decimal,
    "money": _money,
    "date": _date,
    "yes": _yes,
    "code": _code,
    "reference": _reference,
}


def shown(schema: Schema, field: Field, value: Any) -> Any:
    """What people read in a cell: names for codes, 是 or 否, amounts of money as numbers of 元."""
    if value is None:
        return None
    if field.type == "code":
        return schema.codes[field.codes].get(str(value), (str(value),))[0]
    if field.type in ("decimal", "money"):
        return Decimal(str(value))
    if field.type == "date":
        return date.fromisoformat(str(value))
    if isinstance(value, list):
        return "、".join(value)
    return value


def heading(field: Field) -> str:
    """How a column of this field is headed: money tells its unit."""
    return f"{field.name}（元）" if field.type == "money" else field.name


def key_of(kind: Kind, values: Mapping[str, Any]) -> str:
    """What names an entry among its kind."""
    return "\x1f".join(re.sub(r"\s+", "", str(values.get(k) or "")) for k in kind.key)


def problems(schema: Schema, kind: Kind, values: Mapping[str, Any]) -> list[str]:
    """What is missing for an entry to be complete, a sentence each."""
    return [
        schema.say("required", field=f.name)
        for f in kind.fields
        if f.required and values.get(f.id) in (None, "", [])
    ]
