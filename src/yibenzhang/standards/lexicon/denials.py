"""The words by which a text says that there is none of something; see denials.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.patterns import late


@dataclass(frozen=True, slots=True)
class Denied:
    """``figure``: a name of the drafts' data; ``named``: its words, ``said``: its denial; ``lead``: the words
    before an amount of it; ``where``: values by dimension of its numbers in tables; ``narrower``: words by which
    only a part of it is spoken of."""

    figure: str
    named: re.Pattern[str]
    said: re.Pattern[str]
    lead: re.Pattern[str]
    table: str
    measure: str
    where: Mapping[str, Any]
    narrower: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Denials:
    """``denying``: the words of any denial; ``stock``: how many cars there are; group 1 is the number;
    ``no_stock``: there is none; ``whose``: group 1 is the unit whose they are, ``selves`` the body's words for
    itself."""

    denied: tuple[Denied, ...]
    denying: re.Pattern[str]
    other: re.Pattern[str]
    table_note: re.Pattern[str]
    table_named: re.Pattern[str]
    others: re.Pattern[str]
    terms: str
    stock: re.Pattern[str]
    no_stock: re.Pattern[str]
    not_stock: re.Pattern[str]
    whose: re.Pattern[str]
    selves: re.Pattern[str]


@lru_cache(maxsize=1)
def denial_words() -> Denials:
    """The shipped words."""
    with Path(__file__).with_name("denials.toml").open("rb") as f:
        data = tomllib.load(f)
    denied = tuple(
        Denied(
            d["figure"],
            late(d["words"]),
            late(f"{data['none']}{data['listed']}{d['words']}{data['rest']}|{d['words']}{data['after']}"),
            late(d["words"] + data["lead"]),
            d["table"],
            d["measure"],
            d["where"],
            late(d["narrower"]) if "narrower" in d else None,
        )
        for d in data["denied"]
    )
    cars = data["cars"]
    return Denials(
        denied,
        denying=late(f"{data['none']}|{data['after']}"),
        other=late(data["other"]),
        table_note=late(data["table_note"]),
        table_named=late(data["table_named"]),
        others=late(data["others"]),
        terms=data["terms"],
        stock=late(cars["stock"]),
        no_stock=late(cars["none"]),
        not_stock=late(cars["other"]),
        whose=late(cars["whose"]),
        selves=late(cars["selves"]),
    )
