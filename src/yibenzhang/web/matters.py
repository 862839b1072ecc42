"""The findings of a submission as the review page and programs are told them, with what people decided."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.following import PERSON
from yibenzhang.office.models import Matter, Submission, Verdict
from yibenzhang.office.roster import OPEN
from yibenzhang.showing.view import Outline
from yibenzhang.standards import load
from yibenzhang.web.settings import Office
from yibenzhang.web.views import leafname
from yibenzhang.web.words import SEVERITY, VERDICT, rules


def card_of(m: Matter, findings: dict[str, Any], spots: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    found = findings.get(m.finding)
    places = spots.get(m.finding, [])
    if m.rule == PERSON and m.leaf:
        places = [{"key": m.spot.get("key", ""), "leaf": m.leaf, "box": m.spot.get("box")}]
    last = m.decisions[-1] if m.decisions else None
    standards = load()
    rule = standards.rule_by_id[m.rule] if m.entry_id is not None else None  # by its dates, not by its file
    basis = [standards.bases[b] for b in rule.basis] if rule else []
    return {
        "m": m,
        "f": found,
        "places": json.dumps(places),
        "blamed": json.dumps(_blamed(found)),
        "last": last,
        "person": m.rule == PERSON,
        "late": rule is not None,
        "basis": basis,
        "name": rule.name if rule else m.rule,
    }


def _blamed(found: Any) -> list[str]:
    """The numbers that are coloured as wrong for a finding's sake: its suspects, else those of its broken sums."""
    if found is None:
        return []
    return [x.key for x in found.suspicions if x.key] or list(
        dict.fromkeys(k for x in found.broken for k in x.keys)
    )


def families(cards: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    """The kinds of the findings, as their rules are called, with how many each has; the most first."""
    return Counter(_called(c) for c in cards if not c["m"].gone).most_common()


def _called(card: dict[str, Any]) -> str:
    found = card["f"]
    return str(found.name) if found else "人工补充" if card["person"] else str(card["name"])


def standing_of(matters: Sequence[Any]) -> list[Any]:
    """What keeps a version from passing."""
    return [
        m
        for m in matters
        if m.entry_id is None and not m.gone and m.verdict in OPEN and m.severity != "notice"
    ]


def late_confirmed(matters: Sequence[Any]) -> bool:
    """Whether being late was confirmed: that is reason enough to return a file, and none to keep it from passing."""
    return any(m.entry_id is not None and not m.gone and m.verdict == Verdict.CONFIRMED for m in matters)


def grouped(view: Outline) -> list[tuple[str, list[Any]]]:
    groups: dict[str, list[Any]] = {}
    for u in view.unchecked:
        groups.setdefault(u.reason, []).append(u)
    return sorted(groups.items(), key=lambda g: -len(g[1]))


def matter_records(office: Office, s: Submission, matters: Sequence[Matter]) -> list[dict[str, Any]]:
    """The matters as programs are told them."""
    leaves: dict[int, str] = {}
    units: dict[str, str] = {}
    with suppress(NotHere, Refused):  # what was decided is told all the same
        view = office.views.outline(s)
        leaves = dict(enumerate(map(leafname, view.leaves), start=1))
        units = {f.id: f.unit for f in view.findings}
    names = rules(office.settings.extra)
    return [
        {
            "id": m.id,
            "finding": m.finding or None,
            "rule": m.rule,
            "rule_name": names.get(m.rule, m.rule),
            "severity": m.severity,
            "severity_name": SEVERITY.get(m.severity),
            "message": m.message,
            "reported": m.told.get("reported"),
            "expected": m.told.get("expected"),
            "unit": units.get(m.finding) or "",
            "leaf": m.leaf,
            "place": "名录里的日期" if m.entry_id is not None else leaves.get(m.leaf, ""),
            "verdict": m.verdict or None,
            "verdict_name": VERDICT.get(m.verdict, ""),
            **_last_decision(m),
            "no_longer_reported": m.gone,
            "decisions": [
                {"verdict": d.verdict, "reason": d.reason, "who": d.who, "at": d.at} for d in m.decisions
            ],
        }
        for m in matters
    ]


def _last_decision(m: Matter) -> dict[str, Any]:
    if not m.decisions:
        return {"reason": "", "decided_by": "", "decided_at": None}
    last = m.decisions[-1]
    return {"reason": last.reason, "decided_by": last.who, "decided_at": last.at}
