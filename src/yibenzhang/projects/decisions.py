"""What people said of projects: which are one and which are not; only ever added to, in a file beside the ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from yibenzhang.ledger.appending import append_line, lines_of
from yibenzhang.ledger.bodies import bare

FILE = "projects.jsonl"
SAME, APART, UNDO = "same", "apart", "undo"


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A member as a decision names it: its body as printed, and its code or folded name."""

    body: str
    key: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of two members: ``action`` same, apart, or undo of the last that was said of them."""

    at: str
    action: str
    members: tuple[Ref, Ref]
    by: str = ""
    why: str = ""


def read_decisions(folder: Path) -> tuple[Decision, ...]:
    """All decisions of a ledger's folder, in their order."""
    out = []
    for found in lines_of(folder / FILE):
        one, other = (Ref(**m) for m in found["members"])
        out.append(
            Decision(found["at"], found["action"], (one, other), found.get("by", ""), found.get("why", ""))
        )
    return tuple(out)


def append_decision(folder: Path, decision: Decision) -> None:
    """One line more, on the disk when this returns."""
    append_line(folder / FILE, json.dumps(asdict(decision), ensure_ascii=False))


def standing(decisions: Iterable[Decision]) -> Mapping[tuple[Ref, Ref], str]:
    """What holds of each pair today: same or apart."""
    said: dict[tuple[Ref, Ref], list[str]] = defaultdict(list)
    for d in decisions:
        one, other = sorted(Ref(bare(r.body), r.key) for r in d.members)
        pair = (one, other)
        if d.action == UNDO:
            if said[pair]:
                said[pair].pop()
        else:
            said[pair].append(d.action)
    return {pair: actions[-1] for pair, actions in said.items() if actions}
