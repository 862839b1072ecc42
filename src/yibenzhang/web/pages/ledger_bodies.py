"""The ledger as the office keeps it: which names are one body, confirmed and undone; what is taken into it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from yibenzhang.ledger.bodies import (
    APART,
    SAME,
    UNDO,
    Decision,
    Printed,
    bare,
    proposals,
    resolve,
    standing,
)
from yibenzhang.ledger.connecting import printed_bodies
from yibenzhang.ledger.store import Ledger
from yibenzhang.office.access import Actor, NotHere, Refused, note
from yibenzhang.office.models import Role, now
from yibenzhang.office.taking import take_over, waiting
from yibenzhang.standards import load
from yibenzhang.web.formats import forms, shown, wants_data
from yibenzhang.web.pages.resource_work import ledger_of
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office

router = APIRouter(tags=["账本"])
PAIRS = {
    "one": "一个名称",
    "other": "另一个名称",
    "holds": "现在",
    "reason": "理由",
    "score": "把握",
    "since": "年度",
    "by": "谁",
    "at": "时间",
    "why": "依据",
}
_HOLDS = {SAME: "是同一个单位", APART: "不是同一个单位", "": "等人确认"}
_SAID = {SAME: "已记下是同一个单位。", APART: "已记下不是同一个单位。", UNDO: "已撤销。"}
_MOST = 500


def _allowed(who: Actor) -> None:
    """The ledger is of all bodies: a department has no business in it."""
    if who.outside:
        raise NotHere


def _ledger(office: Office) -> Ledger:
    ledger = ledger_of(office)
    if ledger is None:
        raise Refused("没有账本：启动时用 --ledger 指定。")
    return ledger


def _pairs(printed: list[Printed], decisions: tuple[Decision, ...]) -> list[dict[str, Any]]:
    """What waits for a person, then what people decided and holds, the last first."""
    words = load().message_words
    blank = {"reason": "", "score": "", "since": "", "by": "", "at": "", "why": ""}
    out: list[dict[str, Any]] = [
        {
            **blank,
            "one": p.names[0],
            "other": p.names[1],
            "holds": "",
            "reason": words[f"body_{p.reason}"],
            "score": f"{p.score:.2f}",
            "since": p.since or "",
        }
        for p in proposals(printed, decisions)
    ]
    held = standing(decisions)
    last = {tuple(sorted(map(bare, d.names))): d for d in decisions if d.action != UNDO}
    for pair, action in held.items():
        d = last[pair]
        out.append(
            {
                **blank,
                "one": d.names[0],
                "other": d.names[1],
                "holds": action,
                "by": d.by,
                "at": d.at,
                "why": d.why,
            }
        )
    decided = [r for r in out if r["holds"]]
    return [r for r in out if not r["holds"]] + sorted(decided, key=lambda r: str(r["at"]), reverse=True)


def _put_together(printed: list[Printed], decisions: tuple[Decision, ...]) -> dict[str, list[str]]:
    """The bodies of several names, each name with how it is known."""
    words = load().message_words
    found: dict[str, dict[str, None]] = {}
    for b in resolve(printed, decisions):
        found.setdefault(b.who, {})[f"{bare(b.name)}（{words[f'body_{b.how}']}）"] = None
    return {who: list(names) for who, names in sorted(found.items()) if len(names) > 1}


@forms(router, "/ledger-bodies", PAIRS, {"total": "等人确认的几对"}, summary="账本：哪些名称是同一个单位")
def bodies(request: Request, office: Shop, who: Who) -> Response:
    _allowed(who)
    ledger = ledger_of(office)
    rows: list[dict[str, Any]] = []
    together: Mapping[str, list[str]] = {}
    if ledger is not None:
        with closing(ledger.connect(compared=False)) as con:
            printed = printed_bodies(con)
        decisions = ledger.decisions()
        rows = _pairs(printed, decisions)
        together = _put_together(printed, decisions)
    data = wants_data(request)
    waits = 0
    if not data and ledger is not None:
        there = {(s.address, s.published, s.sha256) for s in ledger.sources()}
        with office.session() as session:
            waits = sum((w.address, w.published, w.sha256) not in there for w in waiting(session))
    return shown(
        request,
        who,
        "ledger_bodies.html",
        {"total": sum(not r["holds"] for r in rows)},
        [{**r, "holds": _HOLDS[r["holds"]]} for r in rows] if data else rows[:_MOST],
        PAIRS,
        "单位的沿革",
        together=together,
        holds=_HOLDS,
        waits=waits,
        there=ledger is not None,
        may=who.may(Role.REVIEWER),
        may_take=who.may(Role.HEAD),
        tab="account",
    )


@router.post(
    "/ledger-bodies", dependencies=[Guard], summary="确认、分开、撤销两个名称", response_class=Response
)
def decide(
    office: Shop,
    who: Who,
    one: Annotated[str, Form(max_length=200)] = "",
    other: Annotated[str, Form(max_length=200)] = "",
    action: Annotated[str, Form(max_length=10)] = "",
    why: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    who.must(Role.REVIEWER)
    if action not in (SAME, APART, UNDO):
        raise Refused("要说是同一个、不是同一个，还是撤销。")
    ledger = _ledger(office)
    with closing(ledger.connect(compared=False)) as con:
        known = {bare(p.name) for p in printed_bodies(con)}
    if not {bare(one), bare(other)} <= known or bare(one) == bare(other):
        raise Refused("要写账本里有的两个不同的名称。")
    at = now().isoformat(timespec="seconds")
    ledger.decide(Decision(at, action, (one, other), who.name, why.strip()))
    with office.session() as session:
        note(session, who, "ledger.body", name=one, other=other, what=action)
    return said("/ledger-bodies", _SAID[action])


@router.post("/ledger-take", dependencies=[Guard], summary="把公开了的收进账本", response_class=Response)
def take(office: Shop, who: Who) -> Response:
    who.must(Role.HEAD)
    ledger = _ledger(office)
    with office.session() as session:
        found = take_over(session, office.ledger, ledger, now().isoformat(timespec="seconds"))
        note(session, who, "ledger.take", count=found.disclosures)
    left = "".join(f"{name}没有收：{why}。" for name, why in found.left[:3])
    return said("/ledger-bodies", f"收进 {found.disclosures} 份，{found.known} 份以前收过。{left}")
