"""The index of a ledger: what pages and ready questions look up at once, in one SQLite file that can be made anew.

The batches are the store; this is a copy of a small part of them in another order: the documents with their batches,
a few dozen numbers of each, the projects, and the words of the text by pairs of characters (FTS5). It grows by what
is new; a kill leaves what was there before.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibenzhang.ledger.bodies import bare
from yibenzhang.standards import HERE

if TYPE_CHECKING:
    import duckdb

    from yibenzhang.ledger.store import Ledger

INDEX = "index.sqlite"
FORMAT = "3"
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE done (d INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT UNIQUE, ingested TEXT);
CREATE TABLE documents (d INTEGER PRIMARY KEY, document TEXT, batch TEXT, who TEXT, body TEXT, division TEXT,
  year INTEGER,
  stage TEXT, level TEXT, kind TEXT, latest INTEGER, numbers INTEGER, proved INTEGER, contradicted INTEGER,
  errors INTEGER,
  warnings INTEGER, pages INTEGER, path TEXT, address TEXT, published TEXT);
CREATE UNIQUE INDEX documents_hash ON documents (document);
CREATE INDEX documents_who ON documents (who, year, stage, level);
CREATE INDEX documents_place ON documents (year, stage, level, division, d);
CREATE TABLE bodies (who TEXT PRIMARY KEY, bare TEXT, division TEXT, documents INTEGER, first INTEGER,
  last INTEGER) WITHOUT ROWID;
CREATE INDEX bodies_division ON bodies (division);
CREATE TABLE names (name TEXT, who TEXT, PRIMARY KEY (name, who)) WITHOUT ROWID;
CREATE TABLE lines (d INTEGER, row TEXT, label TEXT, value TEXT, yuan INTEGER, printed TEXT, unit TEXT, page INTEGER,
  file TEXT, fact TEXT, PRIMARY KEY (d, row, label)) WITHOUT ROWID;
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, d INTEGER, name TEXT, kind TEXT, year INTEGER, value TEXT,
  yuan INTEGER, printed TEXT, page INTEGER, file TEXT, measure TEXT, place TEXT);
CREATE INDEX projects_document ON projects (d);
CREATE INDEX projects_name ON projects (name);
CREATE TABLE texts (d INTEGER PRIMARY KEY, passages BLOB);
CREATE VIRTUAL TABLE project_words USING fts5 (grams, content = '', detail = none, columnsize = 0);
CREATE VIRTUAL TABLE passage_words USING fts5 (grams, content = '', detail = none, columnsize = 0);
"""
NTH = 1 << 17
"""A passage is found by the number of its document times this and its own number: no document has so many."""
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a body's page (standards/portal/rows.toml)."""

    id: str
    name: str
    where: str
    label: str = ""
    names: str = ""


@lru_cache(maxsize=1)
def rows() -> Mapping[str, Row]:
    """The rows by their names, in order."""
    given = tomllib.loads((HERE / "portal" / "rows.toml").read_text(encoding="utf-8"))
    return {r["id"]: Row(**r) for r in given["row"]}


def opened(ledger: Ledger) -> sqlite3.Connection:
    """The index, to be read only. Raises FileNotFoundError where there is none, or one of another format."""
    file = ledger.folder / INDEX
    if not file.exists():
        raise FileNotFoundError(file)
    con = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    found = con.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    if found is None or found[0] != FORMAT:
        con.close()
        raise FileNotFoundError(file)
    return con


def fresh(ledger: Ledger) -> bool:
    """The index is there and knows every batch and decision of the ledger."""
    try:
        with closing(opened(ledger)) as con:
            found = con.execute("SELECT value FROM meta WHERE name = 'state'").fetchone()
    except (FileNotFoundError, sqlite3.Error):
        return False
    return found is not None and found[0] == _state(ledger)


def refresh(ledger: Ledger, threads: int = 2, memory: str = "4GB") -> int:
    """Bring the index up to the ledger; how many documents were new. Raises OSError where the disk is full."""
    file = ledger.folder / INDEX
    try:
        opened(ledger).close()
    except (FileNotFoundError, sqlite3.Error):
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)
    state = _state(ledger)
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as con:
            con.execute("PRAGMA journal_mode = WAL")
            con.execute("PRAGMA synchronous = NORMAL")
            con.execute("PRAGMA cache_size = -200000")
            if con.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                con.executescript(_SCHEMA)
                con.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))  # what a kill leaves goes on
            with closing(ledger.connect(threads, memory, compared=False)) as asked:
                found = _documents(con, asked)
            for batch, wanted in found.items():
                _batch(con, ledger, batch, wanted, threads, memory)
            con.execute("INSERT OR REPLACE INTO meta VALUES ('state', ?)", (state,))
            con.execute("PRAGMA optimize")
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        first = error.__context__ if isinstance(error.__context__, sqlite3.OperationalError) else error
        raise OSError(None, f"索引写不进去（{first}）", str(file)) from error
    return sum(map(len, found.values()))


def _state(ledger: Ledger) -> str:
    """What the index was made of."""
    return json.dumps([[b.name for b in ledger.batch_folders()], len(ledger.decisions())])


_KNOWN = """
SELECT document, batch, who, body, division, year, stage, level, kind, latest, numbers, proved, contradicted,
errors, warnings,
       pages, path, address, published, ingested
FROM known WHERE kind = 'disclosure' AND who <> '' AND year IS NOT NULL AND stage <> ''
"""


def _documents(con: sqlite3.Connection, asked: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """All documents and bodies anew; which documents of which batches are not in the index yet, and when they came."""
    done = dict(con.execute("SELECT document, ingested FROM done"))
    found: dict[str, dict[str, str]] = {}
    con.execute("BEGIN")
    for table in ("documents", "bodies", "names"):
        con.execute(f"DELETE FROM {table}")
    reader = asked.execute(_KNOWN)
    while part := reader.fetchmany(_CHUNK):
        _forget(con, [r[0] for r in part if done.get(r[0], "") not in ("", r[19])])
        con.executemany(
            "INSERT OR IGNORE INTO done (document, ingested) VALUES (?, '')", [r[:1] for r in part]
        )
        con.executemany(
            f"INSERT INTO documents SELECT d, {_marks(19)} FROM done WHERE document = ?",
            [(*r[:19], r[0]) for r in part],
        )
        for r in part:
            if done.get(r[0]) != r[19]:
                found.setdefault(r[1], {})[r[0]] = r[19]
    con.execute(
        "INSERT INTO bodies SELECT who, who, max(division), count(*), min(year), max(year) FROM "
        "documents WHERE latest GROUP BY who"
    )
    con.executemany(
        "UPDATE bodies SET bare = ? WHERE who = ?",
        [(bare(who), who) for (who,) in con.execute("SELECT who FROM bodies").fetchall()],
    )
    con.execute(
        "INSERT OR IGNORE INTO names SELECT body, who FROM documents UNION SELECT who, who FROM documents"
    )
    con.execute("COMMIT")
    return found


def _forget(con: sqlite3.Connection, analysed_again: Sequence[str]) -> None:
    """What was kept of documents that came anew; they get other numbers, for words cannot be taken out of FTS5."""
    for document in analysed_again:
        for (d,) in con.execute("SELECT d FROM done WHERE document = ?", (document,)).fetchall():
            for table in ("lines", "projects", "texts", "done"):
                con.execute(f"DELETE FROM {table} WHERE d = ?", (d,))


def _batch(
    con: sqlite3.Connection, ledger: Ledger, batch: str, wanted: Mapping[str, str], threads: int, memory: str
) -> None:
    """What is new of one batch, in one transaction."""
    numbers = [
        (d, x)
        for part in chunks(list(wanted))
        for d, x in con.execute(f"SELECT d, document FROM done WHERE document IN ({_marks(len(part))})", part)
    ]
    with closing(ledger.connect(threads, memory, only=[ledger.batches / batch], compared=False)) as asked:
        asked.execute("CREATE TEMP TABLE wanted (d BIGINT, document VARCHAR)")
        asked.execute(
            "INSERT INTO wanted SELECT unnest(?), unnest(?)", [list(x) for x in zip(*numbers, strict=True)]
        )
        con.execute("BEGIN")
        try:
            _lines(con, asked)
            _projects(con, asked)
            _texts(con, asked)
            con.executemany(
                "UPDATE done SET ingested = ? WHERE document = ?", [(i, x) for x, i in wanted.items()]
            )
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise


_LINES = """
SELECT d, row, label, CAST(best.value AS VARCHAR), CAST(round(best.value) AS BIGINT), best.printed, best.unit,
best.page, best.file, best.fact
FROM (
  SELECT d, pick.row AS row, pick.label AS label,
         arg_max({{'value': value, 'printed': printed, 'unit': unit_name, 'page': page, 'file': file, 'fact': fact}},
                 (standing = 'proved', value, fact)) AS best
  FROM (
    SELECT w.d, f.*, unnest(list_filter([{picks}], lambda x: x IS NOT NULL)) AS pick
    FROM all_facts f JOIN wanted w USING (document) JOIN all_documents k USING (document)
    WHERE dimension = 'money' AND value IS NOT NULL AND abs(value) < 1000000000000000000 AND residue = '' AND
    measure = '' AND f.unit = '' AND told_year = ''
      AND version IN ('', 'current_year')
      AND told_stage IN ('', CASE k.stage WHEN 'accounts' THEN 'final' ELSE 'initial' END))
  GROUP BY d, pick.row, pick.label)
"""
_PROJECTS = """
SELECT d, name, e.kind, about_year, CAST(value AS VARCHAR), CAST(round(value) AS BIGINT), printed, page, file, measure,
  place
FROM all_project_events e
JOIN wanted USING (document) WHERE name <> '' AND abs(coalesce(value, 0)) < 1000000000000000000
"""
_PASSAGES = """
SELECT d, list(struct_pack(printed, page, file)) FROM all_passages JOIN wanted USING (document) WHERE
length(printed) > 1 GROUP BY d
"""


def _lines(con: sqlite3.Connection, asked: duckdb.DuckDBPyConnection) -> None:
    picks = ", ".join(
        f"CASE WHEN {_of_facts(r.where)} THEN {{'row': '{r.id}', 'label': {f'f.{r.label}' if r.label else _EMPTY}}} END"
        for r in rows().values()
    )
    reader = asked.execute(_LINES.format(picks=picks))
    while part := reader.fetchmany(_CHUNK):
        con.executemany(f"INSERT INTO lines VALUES ({_marks(10)})", part)


_EMPTY = "''"
_SHARED = re.compile(r"\bkind\b")


def _of_facts(where: str) -> str:
    """The columns that documents have too are meant of the facts."""
    return _SHARED.sub("f.kind", where)


def _projects(con: sqlite3.Connection, asked: duckdb.DuckDBPyConnection) -> None:
    """The projects, with what their names are found by."""
    [(last,)] = con.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'projects'").fetchall()
    reader, last = asked.execute(_PROJECTS), last or 0
    while part := reader.fetchmany(_CHUNK):
        made = [(last + k + 1, *r) for k, r in enumerate(part)]
        last += len(made)
        con.executemany(f"INSERT INTO projects VALUES ({_marks(12)})", made)
        con.executemany(
            "INSERT INTO project_words (rowid, grams) VALUES (?, ?)", ((r[0], grams(r[2])) for r in made)
        )


def _texts(con: sqlite3.Connection, asked: duckdb.DuckDBPyConnection) -> None:
    """The passages of each document together, with what each is found by."""
    reader = asked.execute(_PASSAGES)
    while part := reader.fetchmany(200):
        for d, found in part:
            passages = [[p["printed"], p["page"], p["file"]] for p in found[:NTH]]
            packed = zlib.compress(json.dumps(passages, ensure_ascii=False).encode("utf-8", "replace"), 6)
            con.execute("INSERT INTO texts VALUES (?, ?)", (d, packed))
            con.executemany(
                "INSERT INTO passage_words (rowid, grams) VALUES (?, ?)",
                ((d * NTH + k, grams(p[0])) for k, p in enumerate(passages)),
            )


def passages(packed: bytes) -> list[list[Any]]:
    """The passages of a document: what is printed, page and file."""
    found: list[list[Any]] = json.loads(zlib.decompress(packed))
    return found


def _marks(count: int) -> str:
    return ", ".join("?" * count)


_RUNS = re.compile(r"[一-鿿]+|[A-Za-z]+[0-9]*")


def grams(text: str) -> str:
    """What a text is found by: pairs of neighbouring Chinese characters, and words of letters; each once."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(text):
        if run[0] < "一":
            found[run.lower()] = None
        elif len(run) == 1:
            found[run] = None
        else:
            found.update(dict.fromkeys(run[k : k + 2] for k in range(len(run) - 1)))
    return " ".join(found)


def wanted_grams(text: str) -> str:
    """A question for FTS5: all pairs of what is looked for; where there is none, one character that begins a pair."""
    out, alone = [], []
    for run in _RUNS.findall(text):
        if run[0] < "一":
            out.append(f'"{run.lower()}"*')
        elif len(run) == 1:
            alone.append(f'"{run}"*')
        else:
            out += [f'"{run[k : k + 2]}"' for k in range(len(run) - 1)]
    out = out or alone
    return " ".join(dict.fromkeys(out))


def batches_of(con: sqlite3.Connection, body: str, year: int) -> list[str]:
    """The batches with documents of bodies whose name has these letters: all years, so that the latest counts."""
    found = con.execute(
        "SELECT DISTINCT batch FROM documents WHERE who IN (SELECT who FROM names WHERE instr(name, ?) > 0) "
        "AND (? = 0 OR year = ?) ORDER BY batch",
        (body, year, year),
    )
    return [b for (b,) in found]


def yuan(value: str | None) -> Decimal | None:
    """An amount of the index, exact."""
    return None if value is None else Decimal(value)


def chunks(found: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Parts of a list that SQLite takes as parameters."""
    for k in range(0, len(found), size):
        yield found[k : k + size]
