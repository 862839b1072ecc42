"""What a file is and becomes: one table of transitions (``states.toml``), and the one function that changes a state."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from yibenzhang.office.access import Refused
from yibenzhang.office.models import State, Submission


class Event(StrEnum):
    """What happens to a file."""

    RECEIVED = "received"
    RECEIVED_AFTER_END = "received_after_end"
    STARTED = "started"
    FAILED = "failed"
    UNUSABLE = "unusable"
    QUESTIONED = "questioned"
    JOINED = "joined"
    JOINED_AS_PART = "joined_as_part"
    SPLIT = "split"
    FOUND_OPEN = "found_open"
    FOUND_SETTLED = "found_settled"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    SENT_BACK = "sent_back"
    FOLLOWED = "followed"
    RESTORED = "restored"
    RESTORED_RETURNED = "restored_returned"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Table:
    """The states and events with their names, and where each event leads from each state; None: not in the records
    yet. What is not among ``steps`` cannot happen."""

    states: Mapping[State, str]
    events: Mapping[Event, str]
    steps: Mapping[tuple[State | None, Event], State]


@lru_cache(maxsize=1)
def table() -> Table:
    data = tomllib.loads(Path(__file__).with_name("states.toml").read_text(encoding="utf-8"))
    steps: dict[tuple[State | None, Event], State] = {}
    for e in data["event"]:
        event = Event(e["id"])
        steps |= {(State(s) if s else None, event): State(e["to"]) for s in e["from"]}
        steps |= {(State(s), event): State(s) for s in e.get("stays", ())}
    return Table(
        MappingProxyType({State(k): name for k, name in data["states"].items()}),
        MappingProxyType({Event(e["id"]): e["name"] for e in data["event"]}),
        MappingProxyType(steps),
    )


def change(submission: Submission, event: Event, problem: str | None = None) -> None:
    """What happens to a file changes its state by the table, and what is said of it where that is given.

    Raises Refused where the table does not have that.
    """
    known = table()
    before = State(submission.state) if submission.state else None
    after = known.steps.get((before, event))
    if after is None:
        name = known.states[before] if before else "还没有登记"
        raise Refused(f"“{name}”的文件不能“{known.events[event]}”。")
    if submission.state != after:  # else it would count as a change of the board
        submission.state = after
    if problem is not None:
        submission.problem = problem
