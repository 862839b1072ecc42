"""Where an order is. The names of places are learnt from the orders: there is no map and no list of streets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibenzhang.hotline.sounds import sound
from yibenzhang.hotline.words import statements, words

if TYPE_CHECKING:
    import duckdb

_DIGITS = "零一二三四五六七八九"
MORE = 5
"""A spelling that is so many times rarer than one that sounds alike, stands for that one."""
_AREA_SHARE = 0.003
"""The part of all addresses that begins with the name of an area, at least."""


def locate(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables ``located`` (where the matter is) and ``living`` (where the caller is known) of ``orders``."""
    numbers = "|".join(words()["places"]["numbers"])
    part = f"([\\p{{Han}}A-Za-z]*)((?:[0-9]+(?:{numbers}))?)"
    con.execute("SET VARIABLE address_pattern = $value", {"value": f"^{part}{part}"})
    for sql in statements("places"):
        con.execute(sql)
    rows = con.execute("SELECT run, orders, doors FROM runs").fetchall()
    learnt = learn({run: (int(orders), int(doors)) for run, orders, doors in rows})
    _keep(con, learnt)
    for sql in statements("located"):
        con.execute(sql)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A run of words: a street, a site, a building told in words; each may be empty."""

    street: str = ""
    site: str = ""
    building: str = ""


@dataclass(slots=True)
class Learnt:
    """``runs``: what each says, names as they are usually spelt; ``names``: (spelling, kind) → usual, of those told
    more than once."""

    runs: dict[str, Parsed] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)


def learn(runs: Mapping[str, tuple[int, int]]) -> Learnt:
    """``runs``: words of addresses with how often they stand there, and how often before a door."""
    areas = _areas(runs)
    bare = {run: _without(run, areas) for run in runs}
    streets: dict[str, int] = defaultdict(int)
    for run, (_, doors) in runs.items():
        if doors and bare[run].endswith(tuple(words()["places"]["streets"])):
            streets[bare[run]] += doors
    parsed = {run: _apart(text, streets) for run, text in bare.items()}
    counts: dict[str, dict[str, int]] = {"street": defaultdict(int), "site": defaultdict(int)}
    for run, found in parsed.items():
        for kind in counts:
            if name := getattr(found, kind):
                counts[kind][name] += runs[run][0]
    usual = {kind: spellings(of, words()["places"]["weak_suffixes"]) for kind, of in counts.items()}
    out = Learnt()
    for run, p in parsed.items():
        out.runs[run] = Parsed(usual["street"].get(p.street, ""), usual["site"].get(p.site, ""), p.building)
    for kind, of in counts.items():
        out.names |= {
            (n, kind): usual[kind][n] for n, c in of.items() if len(n) > 1 and (c > 1 or usual[kind][n] != n)
        }
    return out


def _areas(runs: Mapping[str, tuple[int, int]]) -> tuple[str, ...]:
    """Names of areas: beginnings that many addresses share. The longest first."""
    rules = words()["places"]
    ends = "|".join(rules["areas"])
    towns = "|".join(rules["towns"])
    shape = re.compile(rf"^((?:\w{{1,6}}?(?:{ends}))*)(\w{{1,6}}?(?:{towns}))?")
    counts: dict[str, int] = defaultdict(int)
    whole = 0
    for run, (orders, _) in runs.items():
        whole += orders
        found = shape.match(run)
        for begin in {found.group(1), found.group()} if found else ():
            if begin and not begin.endswith(tuple(rules["no_areas"])):
                counts[begin] += orders
    least = max(5, _AREA_SHARE * whole)
    return tuple(sorted((a for a, c in counts.items() if c >= least), key=len, reverse=True))


def _without(run: str, areas: tuple[str, ...]) -> str:
    for area in areas:
        if run.startswith(area) and len(run) > len(area):
            run = run[len(area) :]
            break
    for beside in words()["places"]["beside"]:
        if run.endswith(beside) and len(run) > len(beside) + 1:
            return run[: -len(beside)]
    return run


def _apart(run: str, streets: Mapping[str, int]) -> Parsed:
    """The longest street that is known at the beginning, and the rest."""
    rules = words()["places"]
    building = ""
    if found := re.search(r"([一二三四五六七八九十]+)(?:号楼|栋|幢|座)$", run):
        building, run = number(found.group(1)), run[: found.start()]
    street = next((run[:k] for k in range(len(run), 1, -1) if run[:k] in streets), "")
    if not street and run.endswith(tuple(rules["streets"])) and len(run) > 1:
        street = run
    for joint in rules["joining"]:
        first, found_joint, _ = street.partition(joint)
        if found_joint and first.endswith(tuple(rules["streets"])):
            return Parsed(first, "", building)
    site = run[len(street) :]
    return Parsed(street, site if len(site) > 1 else "", building)


def spellings(counts: Mapping[str, int], weak: list[str]) -> dict[str, str]:
    """Each name with the one it is usually called by: spelt by sound, with a general word behind or in its place."""
    generic = str(words()["places"]["generic"])
    bare = {
        n: n.removesuffix(generic) if len(n) > len(generic) + 2 and n.removesuffix(generic) in counts else n
        for n in counts
    }
    gathered: dict[str, int] = defaultdict(int)
    for name, count in counts.items():
        gathered[bare[name]] += count
    heard: dict[str, str] = {}
    stems: dict[str, set[str]] = defaultdict(set)
    for name in sorted(gathered, key=lambda n: (-gathered[n], n)):
        heard.setdefault(sound(name), name)
        if gathered[name] > 1 and len(stem := _stem(name, weak)) > 1:
            stems[stem].add(name)
    out = {}
    for name, of in bare.items():
        usual = heard[sound(of)]
        if gathered[usual] < MORE * gathered[of]:
            usual = of
        others = [s for s in stems.get(_stem(of, weak), ()) if s != of] if of.endswith(tuple(weak)) else []
        if usual == of and len(others) == 1 and gathered[others[0]] >= MORE * gathered[of]:
            usual = others[0]
        out[name] = usual
    return out


def number(text: str) -> str:
    """十二 is 12."""
    tens, ten, ones = text.rpartition("十")
    value = (_DIGITS.find(tens) if tens else 1) * 10 if ten else 0
    return str(value + (_DIGITS.find(ones) if ones else 0))


def _stem(name: str, weak: list[str]) -> str:
    for end in sorted(weak, key=len, reverse=True):
        if name.endswith(end):
            return name[: -len(end)]
    return name


def _keep(con: duckdb.DuckDBPyConnection, learnt: Learnt) -> None:
    import pyarrow as pa

    text = pa.string()
    parts = {
        "run": list(learnt.runs),
        **{k: [getattr(p, k) or None for p in learnt.runs.values()] for k in ("street", "site", "building")},
    }
    names = {
        "name": [n for n, _ in learnt.names],
        "kind": [k for _, k in learnt.names],
        "usual": list(learnt.names.values()),
    }
    for name, rows in (("parsed", parts), ("names_of_places", names)):
        con.register("given_rows", pa.table({k: pa.array(v, text) for k, v in rows.items()}))
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given_rows")
        con.unregister("given_rows")
