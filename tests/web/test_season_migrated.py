"""A season of 300 files with decisions, marks and notices, kept by an earlier version: after the steps nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Connection, DateTime, Engine, Integer, MetaData, Table, select, text

from tests.web.conftest import running
from tests.web.test_database import differences
from yibenzhang.office.access import LOCAL
from yibenzhang.office.database import OFFICE, Database, engine_of, prepare
from yibenzhang.office.models import Matter, Notice, State, Submission
from yibenzhang.office.reviews import matters_of, ticks_of
from yibenzhang.office.roster import board
from yibenzhang.office.submissions import recheck
from yibenzhang.web.app import create
from yibenzhang.web.settings import Settings

BODIES, ROUNDS, FINDINGS = 100, 3, 4
BEGUN = datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)
LAST = (State.REVIEW, State.RETURNED, State.CLEAN, State.ASKING, State.UNREADABLE, State.WITHDRAWN)
"""What became of the last version, body by body."""

config = Config()
config.set_main_option("script_location", str(OFFICE))
EARLIER = [s.revision for s in ScriptDirectory.from_config(config).walk_revisions()][1:]
"""The schemas that were before the present one."""


class Filler:
    """Writes rows into tables as they are; what is not given and must be there is empty."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.tables = MetaData()
        self.tables.reflect(connection)
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **values: Any) -> int:
        rows = self._rows.setdefault(table, [])
        columns = self.tables.tables[table].columns
        unknown = set(values) - set(columns.keys())
        assert not unknown, f"{table} has no {unknown}"
        row = {c.name: empty(c.type) for c in columns if not c.nullable} | {
            c.name: None for c in columns if c.nullable
        }
        if "id" in columns:
            row["id"] = len(rows) + 1
        rows.append(row | values)
        return len(rows)

    def write(self) -> None:
        for table in self.tables.sorted_tables:
            if self._rows.get(table.name):
                self._connection.execute(table.insert(), self._rows[table.name])
                if self._connection.dialect.name == "postgresql" and "id" in table.columns:
                    follow = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                    self._connection.execute(text(follow))


def empty(kind: Any) -> Any:
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, DateTime):
        return BEGUN
    return {} if isinstance(kind, JSON) else 0 if isinstance(kind, Integer) else ""


def fill(f: Filler) -> None:
    """A season as people leave it: three versions each, parts, a draft, every verdict, words with any sign."""
    season = f.add("seasons", name="2026年部门预算", fiscal_year=2026, stage="budget", days=20, made_at=BEGUN)
    who = f.add("users", name="审核人", role="reviewer", password="$argon2id$…", active=True)
    f.add("tokens", token="t" * 64, name="导出", user_id=who)
    f.add("settings", key="office", value="某某市财政局")
    for n in range(BODIES):
        body = f.add(
            "bodies", name=f"某某市第{n}局", code=f"{n:03}", level="department", aliases=[f"第{n}局"]
        )
        entry = f.add("entries", season_id=season, body_id=body, rank=n, due_on=date(2026, 3, 20), published_on=None if n % 2 else date(2026, 3, 25))  # fmt: skip
        before, old = None, []
        for k in range(ROUNDS):
            last = k == ROUNDS - 1
            state = LAST[n % len(LAST)] if last else State.SUPERSEDED
            at = BEGUN + timedelta(days=10 * k, seconds=n)
            s = version(f, season, entry, before, k + 1, state, at)
            old = findings(f, s, old, k, at, who)
            lateness(f, n, s, k, at, who)
            f.add(
                "ticks",
                submission_id=s,
                key=f"k{n}",
                done=bool(n % 2),
                note="看过",
                who="审核人",
                user_id=who,
                at=at,
            )
            if not last:
                f.add("notices", season_id=season, entry_id=entry, submission_id=s, number=f"财函〔2026〕{n}-{k}号", due_on=date(2026, 4, 1), text=f"第{k + 1}次\n“一、”①", matters=[{"matter": old[0], "message": "收入合计不等", "severity": "error"}], docx="d" * 64, who="审核人", user_id=who, made_at=at)  # fmt: skip
            f.add("audit", at=at, who="审核人", user_id=who, action="file.in", subject="submission", subject_id=s, detail={"name": "一.pdf"}, address="10.0.0.1")  # fmt: skip
            before = s
        if n % 10 == 0:
            version(f, season, entry, None, 1, State.SUPERSEDED, BEGUN, part_of_id=before)
            version(f, season, entry, None, 1, State.CLEAN, BEGUN, draft=True)


def version(
    f: Filler,
    season: int,
    entry: int,
    before: int | None,
    round: int,
    state: State,
    at: datetime,
    **more: Any,
) -> int:
    number = len(f._rows.get("submissions", ())) + 1
    delivery = f.add("deliveries", key=f"{number:032x}", season_id=season, made_at=at, joined=True)
    s = f.add(
        "submissions", receipt=f"r{number}", delivery_id=delivery, season_id=season, entry_id=entry, before_id=before,
        round=round, name=f"预算（第{round}版）.pdf", sha256=f"{number:064x}", size=1000 + number, state=state.value,
        problem="无法读取" if state == State.UNREADABLE else "", received_at=at, checked_at=at, kind="pdf", pages=59,
        numbers=1200, proved=1100, contradicted=3, unchecked=2, version="v" * 12, corrected={"accepted": True},
        profile={"body": "某局", "fiscal_year": 2026, "stage": "budget", "conflicts": []}, **more,
    )  # fmt: skip
    f.add("jobs", submission_id=s, state="done", attempts=1, made_at=at, started_at=at, ended_at=at)
    return s


def findings(f: Filler, s: int, old: list[int], k: int, at: datetime, who: int) -> list[int]:
    """Its findings with what was decided: confirmed, dismissed, reopened, one left open."""
    out = []
    for j in range(FINDINGS):
        told = ([("confirmed", "")], [("dismissed", "口径不同：见说明"), ("reopened", ""), ("confirmed", "确有误")], [("dismissed", "四舍五入")], [])[j]  # fmt: skip
        verdict = told[-1][0] if told else ""
        m = f.add(
            "matters", submission_id=s, finding=f"f{j}", rank=j, rule="total.rows", severity="error", message=f"第{j}处：应为 1,234.56",
            told={"spots": [], "reported": "1", "expected": "2"}, spot={"box": [1, 2, 3, 4]} if j == 3 else {}, verdict=verdict,
            before_id=old[j] if old else None, fate="" if k == ROUNDS - 1 else ("still", "fixed", "unsure", "")[j], made_at=at,
        )  # fmt: skip
        for verdict, reason in told:
            f.add("decisions", matter_id=m, verdict=verdict, reason=reason, who="审核人", user_id=who, at=at)
        out.append(m)
    return out


def lateness(f: Filler, n: int, s: int, k: int, at: datetime, who: int) -> None:
    """As every version had its own until 0003: the last day of the first version was another one, and what was decided
    about one version was written again under the next. Of every fifth line nothing was told; a third of them was
    published before the last version came in."""
    if n % 5 == 4 or "entry_id" in f.tables.tables["matters"].columns:
        return
    told = [("dismissed", "公开过"), ("reopened", ""), ("confirmed", "催过")] if k == 1 else []
    if k == 2 and n % 3 == 1:
        told = [("confirmed", "沿用第 2 版的决定：催过")]
    present = "published" if k == 2 and n % 3 == 0 else "late"
    for finding, gone in (("before", True),) if k == 0 else (("before", True), (present, False)):
        m = f.add(
            "matters", submission_id=s, finding=f"{finding}{n}", rank=9000, rule="deadline.not_published",
            severity="warning", message=f"逾期 {k} 天", told={"basis": []}, gone=gone, made_at=at,
            verdict=told[-1][0] if told and not gone else "",
        )  # fmt: skip
        for verdict, reason in told if not gone else ():
            f.add("decisions", matter_id=m, verdict=verdict, reason=reason, who="审核人", user_id=who, at=at)


def of_lines(engine: Engine) -> None:
    """Lateness stands once on its line, with all that was decided about it on any version, in its order."""
    with Database(engine).session() as session:
        of_files = session.query(Matter).where(Matter.submission_id.is_not(None))
        assert not of_files.where(Matter.rule.startswith("deadline.")).count()
        for n in range(BODIES):
            asked = session.query(Matter).where(Matter.entry_id == n + 1)
            found = {m.finding.removesuffix(str(n)): m for m in asked}
            if n % 5 == 4:
                assert not found
                continue
            assert set(found) == {"before", "late", *(["published"] if n % 3 == 0 else [])}
            assert found["before"].gone and not found["before"].decisions
            late = found["late"]
            again = ["沿用第 2 版的决定：催过"] if n % 3 == 1 else []
            assert [d.reason for d in late.decisions] == ["公开过", "", "催过", *again]
            assert (late.verdict, late.submission_id, late.before_id) == ("confirmed", None, None)
            stands = found.get("published", late)
            assert (stands.message, stands.gone) == ("逾期 2 天", False) and late.gone == (stands is not late)


def kept(engine: Engine, tables: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables, these columns only."""
    now = MetaData()
    now.reflect(engine)
    out = {}
    with engine.connect() as connection:
        for name, columns in tables.items():
            table: Table = now.tables[name]
            asked = select(*(table.c[c] for c in columns)).order_by(*table.primary_key.columns)
            out[name] = [tuple(map(repr, row)) for row in connection.execute(asked)]
    return out


@pytest.fixture(params=EARLIER)
def earlier(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Engine]:
    """A database as an earlier version left it, with a season in it."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    engine = engine_of(database, folder)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, request.param)
        connection.commit()
    with engine.begin() as connection:
        filler = Filler(connection)
        fill(filler)
        filler.write()
    yield engine
    engine.dispose()


@pytest.mark.long
def test_a_season_of_an_earlier_version_stands_after_the_steps(
    earlier: Engine, database: str, tmp_path: Path
) -> None:
    at_first = MetaData()
    at_first.reflect(earlier)
    tables = {
        t.name: [c.name for c in t.columns] for t in at_first.sorted_tables if t.name != "alembic_version"
    }
    before = kept(earlier, tables)
    place = {name: columns.index for name, columns in tables.items()}
    rule, matter_id = place["matters"]("rule"), place["decisions"]("matter_id")
    late = {row[0] for row in before["matters"] if row[rule].startswith("'deadline.")}
    moved = {row[0] for row in before["decisions"] if row[matter_id] in late}
    assert len(late) >= 300 and len(moved) >= 200

    def apart(found: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
        """What must be as it was in every row: all but what was said of lateness, and where its decisions hang."""
        of_files = [row for row in found["matters"] if row[0] not in late]
        decided = [
            row[:matter_id] + row[matter_id + 1 :] if row[0] in moved else row for row in found["decisions"]
        ]
        return {**found, "matters": of_files, "decisions": decided}

    count = {name: len(rows) for name, rows in before.items()}
    assert count["submissions"] >= 300 and count["decisions"] >= 1500 and count["notices"] == 200
    prepare(earlier)
    assert differences(earlier) == []
    assert apart(kept(earlier, tables)) == apart(before)
    of_lines(earlier)
    records(earlier)
    pages(database, tmp_path / "ledger")
    lasting = {t: tables[t] for t in ("matters", "decisions", "ticks", "notices")}
    assert apart(kept(earlier, lasting)) == {t: apart(before)[t] for t in lasting}


def records(engine: Engine) -> None:
    """The program reads what it kept: chains, decisions in their order, marks, notices; and goes on working with it."""
    with Database(engine).session() as session:
        main = (
            session.query(Submission)
            .where(Submission.part_of_id.is_(None), Submission.draft.is_(False))
            .all()
        )
        assert len(main) == BODIES * ROUNDS
        assert Counter(s.round for s in main) == dict.fromkeys(range(1, ROUNDS + 1), BODIES)
        by_id = {s.id: s for s in main}
        for s in main:
            matters = [m for m in matters_of(session, s) if m.entry_id is None]
            assert [[d.verdict for d in m.decisions] for m in matters] == [["confirmed"], ["dismissed", "reopened", "confirmed"], ["dismissed"], []]  # fmt: skip
            assert [m.verdict for m in matters] == ["confirmed", "confirmed", "dismissed", ""]
            assert matters[1].decisions[0].reason == "口径不同：见说明"
            assert len(ticks_of(session, s)) == 1
            if s.before_id is not None:
                assert by_id[s.before_id].round == s.round - 1
                assert [m.before_id for m in matters] == [
                    m.id for m in matters_of(session, by_id[s.before_id]) if m.entry_id is None
                ]
        assert session.query(Notice).count() == BODIES * (ROUNDS - 1)
        season = main[0].season
        assert len(board(session, LOCAL, season, date(2026, 5, 1))) == BODIES
        assert recheck(session, LOCAL, season, "another") > 0


def pages(database: str, folder: Path) -> None:
    """The board, the lines and the findings of the season open."""
    app = create(Settings(folder=folder, database=database, accounts=False, work=False, hosts=("localhost",)))
    with running(app, "http://localhost") as who:
        board = who.get("/seasons/1.json")
        assert board.status_code == 200, board.text
        assert len(board.json()["rows"]) == BODIES
        for path in ("/seasons/1", "/entries/1", "/seasons/1/findings", "/seasons/1/statistics", "/audit"):
            assert who.get(path).status_code == 200, path
