"""Work orders of the quality of data: opened once, answered by the owner, closed or opened again by the next check."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from tests.resources.conftest import AT, ME
from yibenzhang.cli import app
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.database import Database
from yibenzhang.resources.measuring import last_run
from yibenzhang.resources.mending import mended, order_of, orders, recheck, send
from yibenzhang.resources.models import Mending, Quality
from yibenzhang.resources.schema import Schema

BODY = "某市人社局"


def checked(account: Database, run: str, passed: int | None, body: str = BODY) -> None:
    """A run that looked at one rule."""
    row: dict[str, Any] = {
        "run": run, "at": ME.at, "source": "hr", "resource": "SJ000001", "body": body, "rule": "id_number",
        "property": "conformity", "field": "sfz", "checked": None if passed is None else 100, "passed": passed, "problem": "" if passed is not None else "读不了", "samples": [],
    }  # fmt: skip
    with account.session() as session:
        session.add(Quality(**row))
        session.flush()
        recheck(session, "hr", body, [row], run, ME)


def sent(account: Database) -> list[str]:
    with account.session() as session:
        return send(session, last_run(session), ME)


def state(account: Database, code: str = "ZG000001") -> tuple[str, int, list[str]]:
    with account.session() as session:
        [o] = [o for o in orders(session) if o.code == code]
        return o.state, o.failed, [s.event for s in o.steps]


def mend(account: Database, schema: Schema, step: int, note: str = "补录", only: str | None = None) -> None:
    with account.session() as session:
        mended(session, schema, order_of(session, schema, "ZG000001", only), step, note, ME)


def test_from_failing_rows_to_a_check_that_closes(account: Database, schema: Schema) -> None:
    checked(account, "1", 93)
    assert sent(account) == ["ZG000001"] and sent(account) == []
    assert state(account) == ("open", 7, ["open"])
    with account.session() as session:
        [order] = orders(session)
        assert order.first.due_on == AT.date() + timedelta(days=15)
        assert order.late(date(2026, 4, 1)) and not order.late(date(2026, 3, 16))
    mend(account, schema, 1)
    assert state(account)[0] == "mended"
    checked(account, "2", None)  # what could not be checked says nothing
    assert state(account)[0] == "mended"
    checked(account, "3", 98)
    assert state(account) == ("open", 2, ["open", "mended", "again"])
    mend(account, schema, 3)
    checked(account, "4", 100)
    assert state(account) == ("closed", 0, ["open", "mended", "again", "mended", "closed"])
    checked(account, "5", 99)
    assert state(account)[0] == "closed" and sent(account) == ["ZG000002"]


def test_what_is_as_it_was_makes_no_step_and_all_good_opens_nothing(account: Database) -> None:
    checked(account, "1", 100)
    assert sent(account) == []
    checked(account, "2", 90)
    assert sent(account) == ["ZG000001"]
    checked(account, "3", 90)
    assert state(account) == ("open", 10, ["open"])
    checked(account, "4", 80)
    assert state(account) == ("open", 20, ["open", "again"])


def test_who_answers_late_or_says_nothing_is_refused(account: Database, schema: Schema) -> None:
    checked(account, "1", 93)
    sent(account)
    with pytest.raises(Refused, match="怎么改"):
        mend(account, schema, 1, " ")
    with pytest.raises(NotHere):
        mend(account, schema, 1, only="别的局")
    mend(account, schema, 1)
    with pytest.raises(Refused, match="办过了"):
        mend(account, schema, 1)


def test_of_two_at_the_same_moment_one_is_kept(account: Database, schema: Schema) -> None:
    checked(account, "1", 93)
    sent(account)
    refused: list[Exception] = []

    def one(n: int) -> None:
        try:
            mend(account, schema, 1, f"人{n}")
        except Exception as error:
            refused.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert state(account) == ("mended", 7, ["open", "mended"]) and len(refused) == 3


def test_the_database_itself_changes_and_deletes_no_step(account: Database) -> None:
    checked(account, "1", 93)
    sent(account)
    for statement in (update(Mending).values(note="x"), delete(Mending)):
        with pytest.raises((DBAPIError, sqlite3.Error)), account.session() as session:
            session.execute(statement)
    assert state(account)[2] == ["open"]


def test_on_the_command_line_from_a_bad_file_to_a_good_one(tmp_path: Path) -> None:
    lake, folder = tmp_path / "lake", str(tmp_path / "office")
    lake.mkdir()

    def told(*words: str, status: int = 0) -> str:
        answer = CliRunner().invoke(app, ["resources", *words, "--folder", folder])
        assert answer.exit_code == status, answer.output
        return answer.output

    file = lake / "person.csv"
    file.write_text(
        "身份证号,电话\n110105194912310021,13800138000\n110105194912310021,13800138000\n", encoding="utf-8"
    )
    told("quality", str(lake), "--body", BODY, status=1)
    assert "ZG000001" in told("orders", "open", "--who", "王某", "--due", "2026-01-05")
    assert "逾期" in told("orders", "list", "--as-of", "2026-02-01", status=1)
    told("orders", "mended", "ZG000001", "--note", "改了末位", "--who", "李某")
    file.write_text("身份证号,电话\n11010519491231002X,13800138000\n", encoding="utf-8")
    told("quality", str(lake), "--body", BODY)
    rows = json.loads(told("orders", "list", "--format", "json"))
    assert {r["state"] for r in rows} == {"closed"} and "李某" in rows[-1]["told"]
