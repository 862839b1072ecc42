"""What linking found, as groups without anything personal in them: numbers of orders, days, place and thing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from yibenzhang.hotline.surges import LEAST
from yibenzhang.hotline.words import statements, topics, words

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Group:
    """Orders of one person, or of one matter told by several. ``place`` and ``thing`` of a matter only."""

    kind: str
    group: str
    orders: int
    callers: int
    first: date
    last: date
    place: str
    thing: str
    ids: tuple[str, ...]


_PERSONS = """SELECT p.person, count(*), 1, min(o.received)::DATE, max(o.received)::DATE, '', '',
  list(o.id ORDER BY o.received, o.id)
FROM orders o JOIN order_person p USING (n) GROUP BY p.person HAVING count(*) >= $least ORDER BY 2 DESC, min(o.id)"""
_MATTERS = """SELECT m.matter, count(*), count(DISTINCT coalesce(p.person, 'n' || o.n)), min(o.received)::DATE,
  max(o.received)::DATE,
  coalesce(mode(l.site), mode(l.street), ''), coalesce(mode(t.object), ''), list(o.id ORDER BY o.received, o.id)
FROM orders o JOIN order_matter m USING (n) LEFT JOIN order_person p USING (n) LEFT JOIN located l USING (n)
LEFT JOIN told t USING (n)
GROUP BY m.matter HAVING count(DISTINCT coalesce(p.person, 'n' || o.n)) >= $least ORDER BY 3 DESC, min(o.id)"""


def groups(con: duckdb.DuckDBPyConnection, calls: int = 3, callers: int = 3) -> list[Group]:
    """Persons who called ``calls`` times at least, and matters that ``callers`` people told at least."""
    names = names_of_things()
    out = []
    for kind, sql, least in (("person", _PERSONS, calls), ("matter", _MATTERS, callers)):
        for g, orders, who, first, last, place, thing, ids in con.execute(sql, {"least": least}).fetchall():
            called = str(g) if kind == "person" else f"m{g}"
            out.append(Group(kind, called, orders, who, first, last, place, names.get(thing, ""), tuple(ids)))
    return out


def names_of_things() -> dict[str, str]:
    """The first word of each thing stands for it."""
    return {code: o["words"][0] for code, o in topics()["objects"].items()}


def daily(con: duckdb.DuckDBPyConnection) -> tuple[list[tuple[str, date, int]], int]:
    """Different callers by series and day, of the series that can rise at all; and how many series there are."""
    for sql in statements("surges"):
        con.execute(sql)
    row = con.execute("SELECT count(DISTINCT series) FROM daily").fetchone()
    sql = (
        "SELECT series, day, callers FROM daily QUALIFY max(callers) OVER (PARTITION BY series) >= "
        "$least ORDER BY ALL"
    )
    return con.execute(sql, {"least": LEAST}).fetchall(), row[0] if row else 0


def as_csv(found: Sequence[Group]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("group", "orders", "callers", "first", "last", "place", "thing", "ids"))
    for g in found:
        writer.writerow((g.group, g.orders, g.callers, g.first, g.last, g.place, g.thing, " ".join(g.ids)))
    return out.getvalue()


def line(g: Group, most: int = 5) -> str:
    said = words()["report"]
    rest = len(g.ids) - most
    ids = " ".join(g.ids[:most]) + (said["more"].format(rest=len(g.ids)) if rest > 0 else "")
    values = {"group": g.group, "orders": g.orders, "callers": g.callers, "first": g.first, "last": g.last}
    return str(said[g.kind].format(**values, place=g.place, thing=g.thing, ids=ids))
