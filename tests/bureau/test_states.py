"""One table of what a file may become, and one function that changes a state."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import yibenzhang
from yibenzhang.office.access import LOCAL, Refused
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.following import detach
from yibenzhang.office.models import Base, Delivery, Season, State, Submission
from yibenzhang.office.reviews import withdraw
from yibenzhang.office.states import Event, change, table

SOURCE = Path(yibenzhang.__file__).parent
RECORDS = ("office", "web")
"""Where submissions are worked with."""
JOBS = {"job.state"}
"""Targets that are a worker's job, not a file."""


def test_the_table_names_every_state_and_every_event() -> None:
    known = table()
    assert set(known.states) == set(State)
    assert set(known.events) == set(Event)
    reached = {to for (before, _), to in known.steps.items() if before != to}
    assert reached == set(State)
    assert {event for _, event in known.steps} == set(Event)


def test_nothing_comes_back_from_withdrawn() -> None:
    assert {to for (before, _), to in table().steps.items() if before == State.WITHDRAWN} == {State.WITHDRAWN}


def test_what_the_table_has_is_done_and_all_else_is_refused_in_a_sentence() -> None:
    known = table()
    for before in (None, *State):
        for event in Event:
            submission = Submission(state=before, problem="旧")
            if (before, event) in known.steps:
                change(submission, event)
                assert (submission.state, submission.problem) == (known.steps[before, event], "旧")
                continue
            with pytest.raises(Refused) as refused:
                change(submission, event, "新")
            assert str(refused.value).endswith(f"”的文件不能“{known.events[event]}”。")
            assert (submission.state, submission.problem) == (before, "旧")


def test_what_is_said_of_it_comes_with_the_change() -> None:
    submission = Submission(state=State.CHECKING, problem="")
    change(submission, Event.UNUSABLE, "读不出")
    assert (submission.state, submission.problem) == (State.UNREADABLE, "读不出")


def test_no_other_module_assigns_a_state() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line} {what}"
        for package in RECORDS
        for path in sorted((SOURCE / package).rglob("*.py"))
        if path.name != "states.py"
        for line, what in assigned(ast.parse(path.read_text(encoding="utf-8")))
        if what not in JOBS
    ]
    assert found == []


def assigned(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every place that gives something a state: by assignment, by setattr, in a statement, in making a submission."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store):
            yield node.lineno, ast.unparse(node)
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if name in ("values", "Submission") and any(k.arg == "state" for k in node.keywords):
            yield node.lineno, ast.unparse(node.func)
        if name == "setattr" and len(node.args) > 1 and ast.unparse(node.args[1]) in ("'state'", '"state"'):
            yield node.lineno, "setattr"


def test_the_test_sees_what_it_refuses() -> None:
    wrong = "s.state = 1\na.b.state, c = 1, 2\nsetattr(s, 'state', 1)\nupdate(S).values(state=1)\nSubmission(state=1)\n"
    assert sorted(line for line, _ in assigned(ast.parse(wrong))) == [1, 2, 3, 4, 5]
    right = "job = Job(state=1)\nx = s.state\nwhere(Submission.state == 1)\nsetattr(s, 'problem', 1)\n"
    assert list(assigned(ast.parse(right))) == []


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add(Season(id=1, name="一季", fiscal_year=2026, stage="budget"))
        made.add(Delivery(id=1, key="0" * 32, season_id=1))
        made.flush()
        yield made
    engine.dispose()


def version(session: Session, number: int, before: int | None, state: State) -> Submission:
    made = Submission(
        id=number, receipt=f"{number}", delivery_id=1, season_id=1, before_id=before, state=state,
        name="一.pdf", sha256="0", size=1, round=number,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_withdrawing_a_version_restores_none_in_whose_place_another_stands(session: Session) -> None:
    """The second was read once and no more, the third follows on the first: taking back the second changes nothing."""
    first = version(session, 1, None, State.SUPERSEDED)
    second = version(session, 2, 1, State.UNREADABLE)
    third = version(session, 3, 1, State.REVIEW)
    withdraw(session, LOCAL, second)
    assert [s.state for s in (first, second, third)] == [State.SUPERSEDED, State.WITHDRAWN, State.REVIEW]
    withdraw(session, LOCAL, third)
    assert first.state != State.SUPERSEDED


def test_moving_a_version_restores_none_in_whose_place_another_stands(
    session: Session, tmp_path: Path
) -> None:
    version(session, 1, None, State.SUPERSEDED)
    second = version(session, 2, 1, State.UNREADABLE)
    third = version(session, 3, 1, State.REVIEW)
    assert detach(session, FileStore(tmp_path), second) is None
    assert detach(session, FileStore(tmp_path), third) is session.get(Submission, 1)
