"""一本账 of the city, and the accounts of real bodies from their disclosures alone."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from bench.resources import DAY, city
from tests.conftest import EXAMPLES
from tests.resources.conftest import ME
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger
from yibenzhang.office.database import Database
from yibenzhang.resources.account import account_of
from yibenzhang.resources.city import city_of, columns
from yibenzhang.resources.contradictions import contradictions, rules_of
from yibenzhang.resources.measures import measures_of
from yibenzhang.resources.mirror import Mirror
from yibenzhang.resources.published import bodies_of
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import Asked, Draft, add_all, counted

TIME = "2026-03-01T00:00:00+00:00"


def test_a_line_for_each_body_adds_up_to_the_account(account: Database, schema: Schema) -> None:
    made = city(1)
    with account.session() as session:
        for kind, some in made.drafts.items():
            if kind != "field":
                add_all(session, schema, [Draft(schema.kinds[kind], v) for v in some], ME, "published")
    mirror = Mirror(schema)
    with account.session() as session:
        found = city_of(session, schema, DAY, None, "", mirror)
        assert len(found.lines) == 61
        for kind, name in (
            ("data_resource", "data"),
            ("project", "projects"),
            ("cloud", "cloud"),
            ("link", "links"),
        ):
            assert found.totals[name] == counted(session, Asked(kind)), kind
        told = contradictions(session, schema, rules_of(), measures_of(), DAY, mirror=mirror)
        assert sum(sum(line.found.values()) for line in found.lines) == len([c for c in told if c.body])
        one = city_of(session, schema, DAY, None, "", mirror, "某市第3局")
    assert [line.body for line in one.lines] == ["某市第3局"]
    whole = next(line for line in found.lines if line.body == "某市第3局")
    assert one.lines[0] == whole and whole.budget is None
    assert whole.values["data"] == Decimal(made.drafts["data_resource"].__len__() // 61 + (3 < 6_000 % 61))


def test_what_is_not_known_is_no_zero(account: Database, schema: Schema) -> None:
    with account.session() as session:
        kind = schema.kinds["application"]
        add_all(session, schema, [Draft(kind, {"name": "甲", "body": "甲局"}), Draft(kind, {"name": "乙", "body": "乙局", "hosting": "cloud"})], ME)  # fmt: skip
        found = city_of(session, schema, DAY)
    first, second = found.lines
    assert (first.body, first.values["on_cloud"], first.values.get("data")) == ("乙局", 1, None)
    assert (second.body, second.values["on_cloud"], second.values["applications"]) == ("甲局", None, 1)
    assert found.totals["on_cloud"] == 1 and found.known["on_cloud"] == 1 and "data" not in found.totals


def test_the_newest_budget_stands_with_its_place(tmp_path: Path, account: Database, schema: Schema) -> None:
    ledger = Ledger(tmp_path / "l")
    list(ingest(ledger, [str(EXAMPLES / "hubei-clean.txt")], TIME, Origin({}), jobs=1))
    with account.session() as session:
        [line] = city_of(session, schema, DAY, ledger).lines
    assert line.budget is not None and line.budget.value == Decimal("42349100")
    assert line.budget.file == "hubei-clean.txt" and re.fullmatch(r"第\d+行", line.budget.place)


def test_columns_have_their_names_once() -> None:
    names = [c.name for c in columns()]
    assert len(set(names)) == len(names)


def test_the_account_of_real_bodies_opens_from_their_disclosures_alone(
    corpus: Path, tmp_path: Path, desk: Database, schema: Schema
) -> None:
    """Each figure says on which line of which document it stands; what is not known is said."""
    ledger = Ledger(tmp_path / "l")
    list(ingest(ledger, [str(f) for f in sorted((corpus / "hubei").iterdir())], TIME, Origin({}), jobs=1))
    known = bodies_of(ledger)
    assert (
        any("武汉" in b for b in known)
        and any("武昌" in b for b in known)
        and any("咸宁" in b for b in known)
    )
    with desk.session() as session:
        for body in known:
            made = account_of(session, schema, body, date(2026, 11, 30), ledger)
            figures = [(s.id, f) for s in made.sections for f in s.figures]
            told = {s for s, _ in figures} | {s.id for s in made.sections if s.unknown}
            assert {"money", "projects", "goals", "promises"} <= told, body
            for section, figure in figures:
                if figure.value is None and not figure.words:
                    assert figure.note or figure.cite, (body, section, figure.name)
                else:
                    assert re.search(r"第\d+[行页]", figure.cite), (body, section, figure)
            unknown = {s.id for s in made.sections if s.unknown}
            assert {"applications", "data", "cloud", "links", "sites", "quality"} <= unknown, body
        lines = city_of(session, schema, DAY, ledger).lines
    assert [line.body for line in lines] == sorted(known)
    assert any(line.budget for line in lines)
