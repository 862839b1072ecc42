"""The words by which a text counts people, sections, units, cars and scores; see counts.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.patterns import late

NUMBER = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
"""A number as it is written of things that one can count on a page."""


@dataclass(frozen=True, slots=True)
class People:
    """``whole``: words of one of which the number of all people stands after; ``kinds``: what the parts of one list
    are, all of the same kind."""

    unit: str
    whole: re.Pattern[str]
    not_whole: re.Pattern[str]
    opening: re.Pattern[str]
    in_all: re.Pattern[str]
    not_part: re.Pattern[str]
    overlap: re.Pattern[str]
    kinds: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Named:
    """Things that are counted and named: the number before their names, after them, or at the end of a sentence."""

    kind: str
    first: re.Pattern[str]
    last: re.Pattern[str]
    below: re.Pattern[str]
    suffix: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Listing:
    extra: re.Pattern[str]
    open: re.Pattern[str]
    row: re.Pattern[str]
    own: re.Pattern[str]
    without_own: re.Pattern[str]
    among: re.Pattern[str]


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    with Path(__file__).with_name("counts.toml").open("rb") as f:
        return tomllib.load(f)


@lru_cache(maxsize=1)
def people_words() -> People:
    """The shipped words for people."""
    data = _data()["people"]
    return People(
        unit=data["unit"],
        whole=late("|".join(data["whole"])),
        not_whole=late(data["not_whole"]),
        opening=late(data["opening"]),
        in_all=late(data["in_all"]),
        not_part=late(data["not_part"]),
        overlap=late(data["overlap"]),
        kinds={k: late(v) for k, v in data["kinds"].items()},
    )


@lru_cache(maxsize=1)
def named_things() -> tuple[Named, ...]:
    """The shipped words for sections and units."""
    data = _data()
    out = []
    for d in data["names"]:
        follows, below = data["listing"]["follows"], data["listing"]["below"]
        said = rf"(?<![\d第每各一二三四五六七八九十])(?P<n>{NUMBER}){d['what']}"
        other = rf"{d['counted']}(?P<m>{NUMBER})[个家户]"
        head = rf"(?:{said}|{other})"
        out.append(
            Named(
                d["kind"],
                first=late(rf"{head}(?:{follows})(?P<list>[^。;:]+)"),
                last=late(
                    rf"{d['before']}(?P<list>[^。;:\d]*?)(?P<etc>等|[,、]?共)?(?P<n>{NUMBER}){d['what']}"
                ),
                below=late(rf"{head}{below}"),
                suffix=late(rf"{d['suffix']}$"),
            )
        )
    return tuple(out)


@lru_cache(maxsize=1)
def listing_words() -> Listing:
    """How lists of names end, and what they may leave out."""
    data = _data()["listing"]
    return Listing(**{k: late(data[k]) for k in ("extra", "open", "row", "own", "without_own", "among")})


@dataclass(frozen=True, slots=True)
class Statistic:
    """A count that texts and tables tell: ``cell`` is its label in tables, ``text`` its sentence with the number as
    group n; ``then`` another count right after it, of the label ``then_cell``."""

    cell: re.Pattern[str]
    text: re.Pattern[str]
    then: re.Pattern[str] | None
    then_cell: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    """Words of its sentence by which it is another count."""


@dataclass(frozen=True, slots=True)
class Vehicles:
    total: re.Pattern[str]
    kind: re.Pattern[str]
    owned: re.Pattern[str]
    bought: re.Pattern[str]
    none_bought: re.Pattern[str]
    not_bought: re.Pattern[str]
    paid: re.Pattern[str]


@lru_cache(maxsize=1)
def statistics() -> tuple[Statistic, ...]:
    """The shipped counts that texts and tables tell."""
    data = _data()
    number = data["statistics"]["number"]

    def made(pattern: str | None) -> re.Pattern[str] | None:
        return late(pattern.replace("{number}", number)) if pattern else None

    return tuple(
        Statistic(
            late(d["cell"]),
            late(d["text"].replace("{number}", number)),
            made(d.get("then")),
            made(d.get("then_cell")),
            made(d.get("unless")),
        )
        for d in data["statistic"]
    )


@lru_cache(maxsize=1)
def other_counts() -> re.Pattern[str]:
    """Words by which a count is another year's, another kind's or not yet one."""
    return late(_data()["statistics"]["other"])


@lru_cache(maxsize=1)
def vehicle_words() -> Vehicles:
    """How tables and sentences tell all cars of a body."""
    return Vehicles(**{k: late(v) for k, v in _data()["vehicles"].items()})


@dataclass(frozen=True, slots=True)
class Scores:
    """``score``: one project's, ``average`` and ``floor`` of several; ``projects``: how many were assessed."""

    score: re.Pattern[str]
    average: re.Pattern[str]
    floor: re.Pattern[str]
    projects: re.Pattern[str]
    assessed: re.Pattern[str]
    begins: re.Pattern[str]
    ends: re.Pattern[str]
    not_projects: re.Pattern[str]
    part: re.Pattern[str]


@lru_cache(maxsize=1)
def score_words() -> Scores:
    """How a text tells the scores of self-assessments."""
    data = _data()["scores"]
    points = data["points"]
    return Scores(**{k: late(v.replace("{points}", points)) for k, v in data.items() if k != "points"})


@dataclass(frozen=True, slots=True)
class Average:
    """``average``: an amount for each of something; ``item``: the words before the amount of all, ``label`` its row or
    column in tables; ``count``: how many there are."""

    average: re.Pattern[str]
    item: re.Pattern[str]
    label: re.Pattern[str]
    count: re.Pattern[str]


@lru_cache(maxsize=1)
def averages() -> tuple[Average, ...]:
    """The shipped averages."""
    amount = r"(?P<amount>\d[\d,]*(?:\.\d+)?)(?P<unit>万元|元)"
    return tuple(
        Average(
            late(d["average"].replace("{amount}", amount)),
            late(d["item"]),
            late(d["label"]),
            late(d["count"]),
        )
        for d in _data()["average"]
    )


@dataclass(frozen=True, slots=True)
class NameColumns:
    """``unit`` and ``project``: headings of columns, and labels beside cells, that hold names; ``caption``: the line
    above a table that names the body; ``apart``: characters in which names of two things differ."""

    unit: re.Pattern[str]
    project: re.Pattern[str]
    caption: re.Pattern[str]
    apart: re.Pattern[str]
    not_name: re.Pattern[str]


@lru_cache(maxsize=1)
def name_columns() -> NameColumns:
    """Where tables print the names of units and projects."""
    return NameColumns(**{k: late(v) for k, v in _data()["columns"].items()})


@dataclass(frozen=True, slots=True)
class OwnAndUnits:
    """``made_up``: a count of units that says how it is made up; ``own_and``: the body itself and so many units;
    ``in_scope``: how many are in the disclosure."""

    made_up: re.Pattern[str]
    own_and: re.Pattern[str]
    in_scope: re.Pattern[str]


@lru_cache(maxsize=1)
def own_and_units() -> OwnAndUnits:
    """How a text counts the body and its units."""
    data = _data()["own_and_units"]
    number = data["number"]
    return OwnAndUnits(**{k: late(v.replace("{number}", number)) for k, v in data.items() if k != "number"})


@dataclass(frozen=True, slots=True)
class Areas:
    """``whole``: an area that is said to be made up of others; ``nested``: words by which these are not all alike."""

    area: re.Pattern[str]
    whole: re.Pattern[str]
    nested: re.Pattern[str]


@lru_cache(maxsize=1)
def area_words() -> Areas:
    """How a text tells areas."""
    data = _data()["areas"]
    return Areas(**{k: late(v.replace("{area}", data["area"])) for k, v in data.items()})


@lru_cache(maxsize=1)
def whole_of_projects() -> re.Pattern[str]:
    """An amount is all of what projects are spent on."""
    return late(_data()["whole"]["share"])
