"""The statistics of a season, counted on both databases, and their pages."""

from __future__ import annotations

import csv
import io
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.web.conftest import MakeShop, Shop
from yibenzhang.office import rule_statistics, statistics
from yibenzhang.office.access import LOCAL, Actor, NotHere
from yibenzhang.office.body_statistics import body_over_seasons, departments
from yibenzhang.office.following import PERSON
from yibenzhang.office.models import (
    Body,
    Decision,
    Delivery,
    Entry,
    Job,
    Matter,
    Role,
    Season,
    State,
    Submission,
)
from yibenzhang.office.roster import board, glance, statuses
from yibenzhang.standards import load
from yibenzhang.web.charts import Series, stacked
from yibenzhang.web.statistics_tables import TABLES

START = datetime(2026, 3, 1, 2, tzinfo=UTC)
TODAY = date(2026, 4, 1)


@dataclass
class Maker:
    """Puts records in as the workbench would have."""

    session: Session
    season: Season

    def entry(self, name: str, parent: Entry | None = None, **dates: Any) -> Entry:
        body = self.session.query(Body).filter_by(name=name).first() or Body(name=name, aliases=[])
        self.session.add(body)
        self.session.flush()
        made = Entry(
            season_id=self.season.id, body_id=body.id, parent_id=parent.id if parent else None, **dates
        )
        self.session.add(made)
        self.session.flush()
        return made

    def submission(
        self, entry: Entry | None, state: State, round: int = 1, day: int = 0, **more: Any
    ) -> Submission:
        delivery = Delivery(key=uuid.uuid4().hex, season_id=self.season.id)
        self.session.add(delivery)
        self.session.flush()
        at = START + timedelta(day)
        made = Submission(**{
            "receipt": uuid.uuid4().hex, "delivery_id": delivery.id, "season_id": self.season.id,
            "entry_id": entry.id if entry else None, "round": round, "name": "一.pdf", "sha256": "0" * 64, "size": 1, "state": state,
            "received_at": at, "checked_at": at, "numbers": 100, "proved": 80, "contradicted": 5, **more,
        })  # fmt: skip
        self.session.add(made)
        self.session.flush()
        self.session.add(Job(submission_id=made.id, state="done", ended_at=at))
        self.session.flush()
        return made

    def matter(
        self, submission: Submission, rule: str, severity: str = "error", verdict: str = "", reason: str = "", day: int = 0, **more: Any
    ) -> Matter:  # fmt: skip
        made = Matter(
            submission_id=submission.id,
            rule=rule,
            severity=severity,
            message="某数不对",
            verdict=verdict,
            **more,
        )
        self.session.add(made)
        if verdict:
            made.decisions.append(
                Decision(verdict=verdict, reason=reason, who="审核人", at=START + timedelta(day))
            )
        self.session.flush()
        return made


def new_season(session: Session, year: int = 2026, stage: str = "budget") -> Season:
    season = Season(name=f"{year}{stage}", fiscal_year=year, stage=stage)
    session.add(season)
    session.flush()
    return season


def filled(session: Session, year: int = 2026) -> tuple[Maker, dict[str, Entry]]:
    """A department with two units and another department; two versions, decisions, a draft, a defect of a person.

    甲局: first version 3 findings (fixed, still, dismissed), second has the still one and a new notice: under review.
    甲局一所: first version clean from the start. 甲局二所: nothing handed in, overdue. 乙局: clean after 4 days.
    """
    made = Maker(session, new_season(session, year))
    a = made.entry("甲局", due_on=date(2026, 3, 10), published_on=date(2026, 3, 13))
    a1 = made.entry("甲局一所", a, due_on=date(2026, 3, 10), published_on=date(2026, 3, 10))
    a2 = made.entry("甲局二所", a, due_on=date(2026, 3, 20))
    b = made.entry("乙局", due_on=date(2026, 3, 10))
    first = made.submission(a, State.SUPERSEDED)
    made.matter(first, "rows.children", verdict="confirmed", fate="fixed")
    still = made.matter(first, "rows.children", verdict="confirmed", fate="still")
    no = made.matter(first, "prose.table", verdict="dismissed", reason="原文有说明", fate="still")
    second = made.submission(a, State.REVIEW, 2, 5, before_id=first.id)
    made.matter(second, "rows.children", verdict="confirmed", before_id=still.id)
    made.matter(
        second, "prose.table", verdict="dismissed", reason="沿用第 1 版的决定：原文有说明", before_id=no.id
    )
    made.matter(second, "reading.page", "notice")
    made.matter(second, PERSON, "warning", "confirmed", who="审核人")
    made.matter(second, "equal.total", verdict="confirmed", gone=True)
    made.submission(a1, State.CLEAN)
    done = made.submission(b, State.CLEAN, day=12)
    made.matter(done, "equal.total", "warning", "dismissed", reason="读取有误", day=16)
    draft = made.submission(b, State.REVIEW, draft=True)
    made.matter(draft, "rows.total")
    made.submission(None, State.ASKING)
    made.submission(b, State.SUPERSEDED, part_of_id=done.id)
    made.submission(b, State.WITHDRAWN)
    return made, {"甲局": a, "甲局一所": a1, "甲局二所": a2, "乙局": b}


@pytest.fixture
def session_of(make_shop: MakeShop) -> Any:
    return make_shop(accounts=False).office.session


def test_the_measures_of_a_season(session_of: Any) -> None:
    with session_of() as session:
        made, _ = filled(session)
        (m,) = statistics.measures(session, LOCAL, [made.season])
    assert (m.bodies, m.handed_in, m.versions, m.clean, m.read) == (4, 3, 4, 2, 3)
    assert (m.first.error, m.first.warning, m.first.notice, m.first.nothing) == (1, 0, 0, 2)
    assert (m.present.error, m.present.nothing, m.present.good) == (1, 2, 2)
    assert m.findings == {"error": 3, "warning": 2, "notice": 1}
    assert m.standing == {"error": 1, "warning": 1, "notice": 1}
    assert (m.numbers, m.proved, m.contradicted) == (300, 240, 15)
    assert m.days == 2  # 0 and 4


def test_drafts_never_count(session_of: Any) -> None:
    with session_of() as session:
        made, _ = filled(session)
        assert "rows.total" not in {j.name for j in rule_statistics.rules(session, LOCAL, made.season.id)}


def test_what_became_of_the_findings_of_each_round(session_of: Any) -> None:
    with session_of() as session:
        made, _ = filled(session)
        one, two = statistics.rounds(session, LOCAL, made.season.id)
    assert (one.versions, one.found, one.fixed, one.still, one.dismissed, one.waiting) == (3, 4, 1, 1, 2, 0)
    assert (one.fresh, one.kept) == (4, 0)
    assert (two.versions, two.found, two.dismissed, two.waiting, two.fresh, two.kept) == (1, 3, 1, 2, 1, 2)


def test_each_finding_is_judged_once_by_its_last_version(session_of: Any) -> None:
    with session_of() as session:
        made, _ = filled(session)
        rules = {j.name: j for j in rule_statistics.rules(session, LOCAL, made.season.id)}
        kinds = {j.name: j for j in rule_statistics.kinds(rules.values())}
        recall = rule_statistics.recall(session, LOCAL, made.season.id, rules.values())
        reasons = rule_statistics.reasons(session, LOCAL, made.season.id)
        missed = rule_statistics.missed(session, LOCAL, made.season.id)
    assert (rules["rows.children"].told, rules["rows.children"].confirmed) == (2, 2)
    assert (rules["prose.table"].told, rules["prose.table"].dismissed) == (1, 1)
    assert (rules["equal.total"].dismissed, rules["equal.total"].gone_confirmed) == (1, 1)
    assert PERSON not in rules
    assert kinds["同一表各行加总"].told == 2
    assert (recall.told, recall.missed, recall.lost, recall.few) == (2, 1, 1, True)
    assert reasons == [("equal.total", "读取有误", 1), ("prose.table", "原文有说明", 1)]
    assert [(m.body, m.severity, m.who) for m in missed] == [("甲局", "warning", "审核人")]


def test_too_few_decisions_make_no_ratio(session_of: Any) -> None:
    with session_of() as session:
        made, entries = filled(session)
        s = made.submission(entries["甲局二所"], State.REVIEW)
        for k in range(5):
            made.matter(
                s, "names.body", verdict="confirmed" if k else "dismissed", reason="" if k else "无误"
            )
        for _ in range(4):
            made.matter(s, "units.unit", verdict="confirmed")
        rules = {j.name: j for j in rule_statistics.rules(session, LOCAL, made.season.id)}
    assert (rules["names.body"].precision, rules["names.body"].few) == (80.0, False)
    assert (rules["units.unit"].precision, rules["units.unit"].few) == (None, True)


def test_departments_with_their_units(session_of: Any) -> None:
    with session_of() as session:
        made, _ = filled(session)
        found = departments(session, LOCAL, made.season, TODAY)
    assert [(x.body, x.under) for x in found] == [
        ("甲局", 2),
        ("甲局", 0),
        ("甲局一所", 0),
        ("甲局二所", 0),
        ("乙局", 0),
    ]
    whole, own, *_ = found
    assert (whole.versions, whole.errors, whole.clean, whole.numbers, whole.late) == (3, 3, 1, 200, 2)
    assert (own.versions, own.errors, own.warnings, own.notices, own.standing) == (2, 3, 1, 1, 2)
    assert found[-1].days == 4


def test_lateness_agrees_with_the_board(session_of: Any) -> None:
    with session_of() as session:
        made, _ = filled(session)
        lines = board(session, LOCAL, made.season, TODAY)
        short = glance(session, LOCAL, made.season, TODAY)
        counts = statuses(session, LOCAL, TODAY)[made.season.id]
    told = {x.body: statistics.lateness_of(x) for x in lines}
    assert told == {
        "甲局": "published_late",
        "甲局一所": "in_time",
        "甲局二所": "overdue",
        "乙局": "handed_in",  # the first version came in time
    }
    assert [(x.entry, x.status, x.late) for x in short] == [(x.entry, x.status, x.late) for x in lines]
    assert counts == {"review": 1, "clean": 2, "late": 1}


def test_a_part_of_the_board_is_as_on_the_whole(session_of: Any) -> None:
    with session_of() as session:
        made, e = filled(session)
        whole = {x.entry: x for x in board(session, LOCAL, made.season, TODAY)}
        wanted = [e["乙局"].id, e["甲局"].id]
        assert board(session, LOCAL, made.season, TODAY, wanted) == [whole[n] for n in wanted]


def test_a_body_over_the_seasons(session_of: Any) -> None:
    with session_of() as session:
        filled(session, 2025)
        made, e = filled(session, 2026)
        body, seasons = body_over_seasons(session, LOCAL, e["甲局"].body_id, TODAY)
        assert body.name == "甲局"
        assert [(x.fiscal_year, x.part.errors, x.part.versions) for x in seasons] == [
            (2025, 3, 2),
            (2026, 3, 2),
        ]
        years = statistics.measures(
            session, LOCAL, [made.season, *session.query(Season).filter_by(fiscal_year=2025)]
        )
        assert [m.fiscal_year for m in years] == [2026, 2025] and years[0].findings == years[1].findings


def test_a_department_sees_its_own_figures_only(session_of: Any) -> None:
    with session_of() as session:
        made, e = filled(session)
        actor = Actor(7, "乙", Role.DEPARTMENT, e["乙局"].body_id)
        (m,) = statistics.measures(session, actor, [made.season])
        assert (m.bodies, m.handed_in, m.findings["error"]) == (1, 1, 0)
        assert {j.name for j in rule_statistics.rules(session, actor, made.season.id)} == {"equal.total"}
        assert rule_statistics.missed(session, actor, made.season.id) == []
        assert [x.body for x in departments(session, actor, made.season, TODAY)] == ["乙局"]
        assert statuses(session, actor, TODAY)[made.season.id] == {"clean": 1}
        with pytest.raises(NotHere):
            body_over_seasons(session, actor, e["甲局"].body_id, TODAY)


# ---- pages ---------------------------------------------------------------------------------


def test_every_page_and_form(shop: Shop) -> None:
    with shop.office.session() as session:
        filled(session, 2025)
        made, e = filled(session)
        season, body = made.season.id, e["甲局"].body_id
    client = shop.client("审核人")
    base = f"/seasons/{season}/statistics"
    for path in (base, *(f"{base}/{t}" for t in TABLES), f"/bodies/{body}"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert page.text.count("<svg") == page.text.count('role="img"'), path
        told = client.get(f"{path}.json")
        assert told.status_code == 200 and "rows" in told.json()
        rows = list(csv.reader(io.StringIO(client.get(f"{path}.csv").content.decode("utf-8-sig"))))
        assert len(rows) == len(told.json()["rows"]) + 1, path
    assert client.get(f"{base}/nothing").status_code == 404
    assert client.get("/bodies/999999").status_code == 404
    assert "太少，不作比率" in client.get(f"{base}/rules").text


def test_a_department_reaches_no_other_body(shop: Shop) -> None:
    with shop.office.session() as session:
        made, e = filled(session)
        season, other = made.season.id, e["甲局"].body_id
    shop.person("乙的人", body="乙局")
    client = shop.client("乙的人")
    assert client.get(f"/bodies/{other}").status_code == 404
    for path in (f"/seasons/{season}/statistics", *(f"/seasons/{season}/statistics/{t}" for t in TABLES)):
        for form in ("", ".json", ".csv"):
            answer = client.get(path + form)
            assert answer.status_code == 200 and "甲局" not in answer.text, path + form


def test_an_empty_season_is_told(desk: Shop) -> None:
    with desk.office.session() as session:
        season = new_season(session).id
    page = desk.browser().get(f"/seasons/{season}/statistics")
    assert page.status_code == 200 and "还没有文件" in page.text


def test_a_long_board_comes_in_parts(desk: Shop) -> None:
    with desk.office.session() as session:
        made = Maker(session, new_season(session))
        for n in range(450):
            made.entry(f"第{n:03d}局", rank=n)
        season = made.season.id
    browser = desk.browser()
    parts = [browser.get(f"/seasons/{season}?part={n}").text for n in (1, 2, 3)]
    shown = [re.findall(r"第\d{3}局", p) for p in parts]
    assert [len(s) for s in shown] == [200, 200, 50]
    assert sum(shown, []) == [f"第{n:03d}局" for n in range(450)]
    assert len(re.findall(r"第\d{3}局", browser.get(f"/seasons/{season}?part=0").text)) == 450
    assert len(browser.get(f"/seasons/{season}.json").json()["rows"]) == 450
    assert len(re.findall(r"第\d{3}局", browser.get(f"/seasons/{season}?find=第00").text)) == 10


def test_every_kind_of_rules_has_a_name() -> None:
    kinds = {i.partition(".")[0] for i in load("", "").rule_by_id}
    assert {k for k in kinds if rule_statistics.family_of(k) == k} == set()


def test_the_words_of_charts_follow_the_scheme_and_those_on_bars_do_not() -> None:
    """In the dark scheme the axes and totals were dark on dark."""
    made = stacked("图", ["甲"], [Series("已确认", (12,), "deep")])
    kinds = re.findall(r'<text [^>]*class="(\w+)"[^>]*>([^<]+)<', made.picture)
    assert ("on", "12") in kinds and ("ink", "甲") in kinds and ("soft", "已确认") in kinds
