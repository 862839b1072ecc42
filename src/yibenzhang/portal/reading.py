"""What the pages of the portal look up: the index of the ledger, and for one number its own batch."""

from __future__ import annotations

import sqlite3
import threading
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from heapq import nlargest
from pathlib import Path
from typing import Any

from yibenzhang.ledger.bodies import bare
from yibenzhang.ledger.index import NTH, chunks, opened, passages, rows, wanted_grams
from yibenzhang.ledger.store import SOURCES, Ledger
from yibenzhang.standards import HERE
from yibenzhang.standards.divisions import divisions
from yibenzhang.standards.registers import registers

FOUND = 50
"""So many hits of each kind a page of the search shows."""
_TRIED, _READ = 400, 100
"""So many passages with the pairs of what is looked for, of so many documents, are read at most: digits are in no pair,
so that words with numbers in them may stand further down and not be found."""


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """The words of the pages (standards/portal/words.toml)."""
    return tomllib.loads((HERE / "portal" / "words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A document as the pages show it. ``files``: names without folders."""

    d: int
    document: str
    who: str
    body: str
    division: str
    year: int
    stage: str
    level: str
    latest: bool
    numbers: int
    proved: int
    contradicted: int
    errors: int
    warnings: int
    pages: int
    files: tuple[str, ...]
    address: str
    published: str

    @property
    def called(self) -> str:
        """Year and stage, and that it is a unit's own."""
        unit = "（单位）" if self.level == "unit" else ""
        return f"{self.year}年{words()['stage'].get(self.stage, self.stage)}{unit}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the index: ``value`` in 元."""

    d: int
    row: str
    label: str
    value: Decimal
    printed: str
    unit: str
    page: int | None
    file: str
    fact: str

    @property
    def shown(self) -> str:
        return wan(self.value)


def wan(value: Decimal) -> str:
    """万元 with two decimals."""
    return f"{value / 10_000:,.2f}"


_COLUMNS = (
    "d, document, who, body, division, year, stage, level, latest, numbers, proved, contradicted, "
    "errors, warnings, pages, "
    "path, address, published"
)


def _disclosure(row: Sequence[Any]) -> Disclosure:
    fields: dict[str, Any] = dict(zip(_COLUMNS.split(", "), row, strict=True))
    files = tuple(Path(x).name for x in fields.pop("path").split("、"))
    return Disclosure(**fields | {"latest": bool(fields["latest"]), "files": files})


class Book:
    """The index of a ledger, read by many threads; a new index is seen when it is there."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._local = threading.local()
        opened(ledger).close()

    @property
    def con(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "con", None)
        if found is None:
            found = self._local.con = opened(self.ledger)
        return found

    def _disclosures(self, where: str, values: Sequence[Any]) -> list[Disclosure]:
        found = self.con.execute(f"SELECT {_COLUMNS} FROM documents WHERE {where}", values)
        return [_disclosure(r) for r in found]

    # ---- bodies ------------------------------------------------------------------------------------

    def who(self, name: str) -> str:
        """The body that goes by a name, old or new; empty where none does."""
        for sql in (
            "SELECT who FROM bodies WHERE who = ?",
            "SELECT who FROM names WHERE name = ? ORDER BY who LIMIT 1",
        ):
            found = self.con.execute(sql, (name,)).fetchone()
            if found is not None:
                return str(found[0])
        return ""

    def disclosures(self, who: str) -> list[Disclosure]:
        """All that a body published, by level, year and stage; former versions last."""
        return self._disclosures("who = ? ORDER BY latest DESC, level, year, stage, document", (who,))

    def disclosure(self, hashed: str) -> Disclosure | None:
        """By its hash, or so much of it that no other begins so."""
        found = self._disclosures("document >= ? AND document < ? LIMIT 2", (hashed, f"{hashed}~"))
        return found[0] if len(found) == 1 else None

    def batch(self, found: Disclosure) -> str:
        """The batch that a document counts from."""
        [(batch,)] = self.con.execute("SELECT batch FROM documents WHERE d = ?", (found.d,)).fetchall()
        return str(batch)

    def sources(self, found: Disclosure, file: str) -> list[tuple[str, str]]:
        """The files of a document on this machine with the hashes of their bytes; ``file``: of that name only."""
        from yibenzhang.ledger.parquet import read_sources

        listed = read_sources(self.ledger.batches / self.batch(found) / SOURCES)
        paths = [(r["path"], r["sha256"]) for r in listed if r["document"] == found.document]
        named = [x for x in paths if Path(x[0]).name == Path(file).name]
        return named or paths

    def numbers(self, documents: Sequence[int], wanted: Sequence[str] = ()) -> list[Number]:
        """The numbers of documents, of some rows or of all."""
        out: list[Number] = []
        for part in chunks(documents):
            marks = ", ".join("?" * len(part))
            narrowed = f" AND row IN ({', '.join('?' * len(wanted))})" if wanted else ""
            found = self.con.execute(
                "SELECT d, row, label, value, printed, unit, page, file, fact FROM lines WHERE d IN "
                f"({marks}){narrowed}",
                [*part, *wanted],
            )
            out += [Number(d, r, x, Decimal(v), p, u, n, f, i) for d, r, x, v, p, u, n, f, i in found]
        return out

    def projects(self, documents: Sequence[int]) -> list[dict[str, Any]]:
        """The projects of documents with what is told of each."""
        names = ("d", "name", "kind", "year", "value", "printed", "page", "file", "measure", "place")
        out = []
        for part in chunks(documents):
            found = self.con.execute(
                f"SELECT {', '.join(names)} FROM projects "
                f"WHERE d IN ({', '.join('?' * len(part))}) ORDER BY name, year, kind, page, place, measure",
                list(part),
            )
            out += [dict(zip(names, r, strict=True)) for r in found]
        return out

    def counts(self) -> dict[str, int]:
        """How much there is."""
        sql = (
            "SELECT (SELECT count(*) FROM bodies), (SELECT count(*) FROM documents WHERE latest), "
            "(SELECT min(year) FROM documents), (SELECT max(year) FROM documents)"
        )
        return dict(
            zip(("bodies", "documents", "first", "last"), self.con.execute(sql).fetchone(), strict=True)
        )

    # ---- places ------------------------------------------------------------------------------------

    def places(self) -> list[tuple[str, str, int]]:
        """The divisions with bodies: code, name, how many."""
        found = self.con.execute("SELECT division, count(*) FROM bodies GROUP BY division ORDER BY division")
        return [(code, place_name(code), count) for code, count in found]

    def bodies(self, division: str, most: int = 500, after: str = "") -> list[tuple[str, int, int, int]]:
        """The bodies of a division: name, documents, first and last year."""
        return self.con.execute(
            "SELECT who, documents, first, last FROM bodies WHERE division = ? AND who > ? ORDER BY who LIMIT ?",
            (division, after, most),
        ).fetchall()

    def ranked(
        self, row: str, year: int, stage: str, division: str, most: int, level: str = "department"
    ) -> tuple[list[tuple[Disclosure, Number]], int]:
        """The bodies of a place (or of all) by a number, the largest first, and how many there are."""
        where, values = "", [row, year, stage, level]
        if division:
            where, values = " AND k.division >= ? AND k.division < ?", [*values, division, f"{division}~"]
        base = (
            "FROM documents k JOIN lines l ON l.d = k.d AND l.row = ? AND l.label = '' "
            f"WHERE k.year = ? AND k.stage = ? AND k.level = ? AND k.latest{where}"
        )
        every = self.con.execute(f"SELECT l.yuan, k.d {base}", values).fetchall()
        ids = [d for _, d in nlargest(most, every)]
        numbers = {n.d: n for n in self.numbers(ids, [row]) if not n.label}
        found = {
            x.d: x
            for part in chunks(ids)
            for x in self._disclosures(f"d IN ({', '.join('?' * len(part))})", part)
        }
        return [(found[d], numbers[d]) for d in ids], len(every)

    def years(self) -> list[int]:
        return [
            y
            for (y,) in self.con.execute(
                "SELECT DISTINCT year FROM documents WHERE latest ORDER BY year DESC"
            )
        ]

    # ---- search ------------------------------------------------------------------------------------

    def find_bodies(self, text: str) -> list[tuple[str, str, int, int, int]]:
        """Bodies with these letters in one of their names: name, place, documents, first and last year."""
        found = self.con.execute(
            "SELECT who, division, documents, first, last FROM bodies WHERE who IN "
            "(SELECT who FROM names WHERE instr(name, ?) > 0) ORDER BY length(who), who LIMIT ?",
            (bare(text), FOUND),
        )
        return [(who, place_name(code), *rest) for who, code, *rest in found]

    def find_projects(self, text: str) -> list[dict[str, Any]]:
        """Projects with these words in their names, each once for a body."""
        sought = wanted_grams(text)
        words = "project_words w JOIN projects p ON p.id = w.rowid" if sought else "projects p"
        found = self.con.execute(
            f"SELECT p.name, k.who, min(p.year), max(p.year) FROM {words} "
            f"JOIN documents k ON k.d = p.d WHERE {'project_words MATCH ? AND ' * bool(sought)}instr(p.name, ?) > 0 "
            "AND k.latest GROUP BY p.name, k.who ORDER BY max(p.year) DESC, p.name, k.who LIMIT ?",
            (*([sought] if sought else []), text, FOUND),
        )
        return [dict(zip(("name", "who", "first", "last"), r, strict=True)) for r in found]

    def _likely(self, sought: str) -> dict[int, list[int]]:
        """The passages with all these pairs of letters, by document, the latest first; of numbers alone, which are in
        no index, all passages of the latest documents."""
        if not sought:
            asked = "SELECT d FROM texts JOIN documents USING (d) WHERE latest ORDER BY d DESC LIMIT ?"
            return {d: [] for (d,) in self.con.execute(asked, (_READ,))}
        ids: dict[int, list[int]] = {}
        asked = "SELECT rowid FROM passage_words WHERE passage_words MATCH ? ORDER BY rowid DESC LIMIT ?"
        for (rowid,) in self.con.execute(asked, (sought, _TRIED)):
            ids.setdefault(rowid // NTH, []).append(rowid % NTH)
        return ids

    def find_passages(self, text: str) -> Iterator[tuple[Disclosure, str, int | None, str]]:
        """Passages with these words, the latest documents first: the document, the words around, page and file."""
        count = 0
        for d, nths in list(self._likely(wanted_grams(text)).items())[:_READ]:
            for disclosure in self._disclosures("d = ? AND latest", (d,)):
                [(packed,)] = self.con.execute("SELECT passages FROM texts WHERE d = ?", (d,)).fetchall() or [
                    (None,)
                ]
                every = passages(packed) if packed else []
                for nth in sorted(nths) if nths else range(len(every)):
                    printed, page, file = every[nth] if nth < len(every) else ("", None, "")
                    if text in printed:
                        yield disclosure, _around(printed, text), page, file
                        count += 1
                    if count >= FOUND:
                        return


def _around(printed: str, text: str) -> str:
    at = printed.find(text)
    start, end = max(0, at - 40), at + len(text) + 60
    return ("…" if start else "") + printed[start:end] + ("…" if end < len(printed) else "")


def place_name(code: str) -> str:
    """The name of a division, empty where it is not known."""
    found = divisions().get(code)
    return found.name if found else ""


@lru_cache(maxsize=4096)
def label_name(row: str, label: str) -> str:
    """What a line is called: by the register of its row, or as it is."""
    kind = rows()[row].names
    if not label or not kind:
        return label or rows()[row].name
    if kind == "fund":
        return str(words()["fund"].get(label, label))
    register = registers().function if kind == "function" else registers().department_economic
    found = [e.name for e in register.entries if e.code == label]
    return f"{label} {found[-1]}" if found else label
