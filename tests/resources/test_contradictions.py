"""Rules across the account: each with a case and a twin in the catalogue; counts and promises from documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.resources.conftest import ME
from yibenzhang.office.database import Database
from yibenzhang.reading import read
from yibenzhang.resources.claiming import take_claims
from yibenzhang.resources.contradictions import case_of, contradictions, rules_of
from yibenzhang.resources.importing import read_table, take
from yibenzhang.resources.measures import claims_in, measures_of
from yibenzhang.resources.schema import Schema, load_schema
from yibenzhang.resources.store import Asked, entries
from yibenzhang.standards import StandardsError

DAY = date(2026, 3, 1)
RULES, MEASURES = rules_of(), measures_of()


@pytest.mark.parametrize("rule", RULES)
def test_the_case_fires_once_and_the_twin_does_not(rule: str) -> None:
    schema = load_schema()
    [one] = case_of(schema, RULES[rule], RULES[rule].fires, MEASURES, DAY)
    assert one.rule == rule and one.name in one.message and "{" not in one.message
    assert case_of(schema, RULES[rule], RULES[rule].twin, MEASURES, DAY) == []


USED = {"request.none", "request.early"}
"""What somebody used stays used, also where the request was withdrawn or never made."""


@pytest.mark.parametrize("rule", [r for r in RULES if r not in USED])
def test_no_rule_fires_on_the_case_of_another_of_its_kind(rule: str) -> None:
    """Nor on what is withdrawn from the account."""
    schema = load_schema()
    gone = [{**r, "state": "withdrawn"} for r in RULES[rule].fires]
    assert case_of(schema, RULES[rule], gone, MEASURES, DAY) == []


@pytest.mark.parametrize(
    "names", [("part-000", "part-001", "part-002", "part-003"), ("省=甲", "省=乙", "省=丙", "省=青海")]
)
def test_parts_of_one_load_are_no_periods(names: tuple[str, ...]) -> None:
    """The last of several files is small, and nothing came late."""
    loads = [
        {
            "kind": "load",
            "resource": "SJ1",
            "name": n,
            "records": 0 if n == names[1] else 3 if n == names[3] else 900,
            "schema": n,
        }
        for n in names
    ]
    rows = [{"kind": "data_resource", "code": "SJ1", "name": "法人", "body": "甲局"}, *loads]
    for rule in ("load.empty", "load.shrunken", "load.drifted"):
        assert case_of(load_schema(), RULES[rule], rows, MEASURES, DAY) == []


def test_months_follow_each_other_by_number() -> None:
    loads = [
        {"kind": "load", "resource": "SJ1", "name": f"年=2026/月={n}", "records": 100 if n < 10 else 20}
        for n in (2, 8, 9, 10)
    ]
    rows = [{"kind": "data_resource", "code": "SJ1", "name": "法人", "body": "甲局"}, *loads]
    [one] = case_of(load_schema(), RULES["load.shrunken"], rows, MEASURES, DAY)
    assert "月=10" in one.message


def test_a_rule_without_a_twin_is_refused(tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "contradictions.toml").write_text(
        '[[rule]]\nid = "mine"\nname = "x"\nseverity = "error"\nmessage = "x"\nsql = "SELECT 1"\n',
        encoding="utf-8",
    )
    with pytest.raises(StandardsError, match="mine.*twin"):
        rules_of(str(tmp_path))


DOCUMENT = """示范省甲市数据局2026年部门预算

第三部分 情况说明
绩效目标：保障云上35个单位121个信息系统正常稳定运行。网络的99个信息系统不在云上。

项目支出绩效目标表
指标名称	前年	上年	预期值	依据
编目单位数量	无	无	≥61 家	计划数据
数据归集量	无	无	≥50 亿条	计划数据
数据治理质量合格率	无	无	≥90%	计划数据
服务对象满意度	无	无	≥95%	计划数据
"""


def test_counts_and_promises_are_read_with_their_places(
    tmp_path: Path, desk: Database, schema: Schema
) -> None:
    path = tmp_path / "预算.txt"
    path.write_text(DOCUMENT, encoding="utf-8")
    claims = claims_in(read(path), MEASURES)
    assert {(c.measure.id, c.sign, c.value) for c in claims} == {
        ("application.cloud", "=", Decimal(121)),
        ("application.cloud_bodies", "=", Decimal(35)),
        ("resource.bodies", ">=", Decimal(61)),
        ("resource.records", ">=", Decimal(5_000_000_000)),
        ("quality.rate", ">=", Decimal(90)),
    }
    assert {c.place for c in claims if c.sign == "="} == {"第4行"}
    with desk.session() as session:
        assert take_claims(session, schema, claims, "甲市数据局", 2026, "预算.txt", ME) == (5, 0)
        assert take_claims(session, schema, claims, "甲市数据局", 2026, "预算.txt", ME) == (0, 5)
        assert {e.values["document"] for e in entries(session, Asked("claim"))} == {"预算.txt"}
        found = contradictions(session, schema, RULES, MEASURES, DAY)
        assert found == [], "what the account holds nothing of is unknown, not zero"
        some = "系统名称,主管单位,状态,部署方式,运维项目\n甲,某局,在用,政务云,x\n乙,某局,在用,,x\n".encode()
        take(session, schema, read_table(session, schema, schema.kind("application"), some), ME)
        assert contradictions(session, schema, RULES, MEASURES, DAY) == [], (
            "one of them may or may not be on the cloud"
        )
        more = "系统名称,主管单位,状态,部署方式\n乙,某局,在用,机房\n".encode()
        take(session, schema, read_table(session, schema, schema.kind("application"), more), ME)
        found = contradictions(session, schema, RULES, MEASURES, DAY)
    assert [(c.rule, c.arguments["own"]) for c in found] == [
        ("claim.count", Decimal(1)),
        ("claim.count", Decimal(1)),
    ]
    assert "121" in found[0].message and "预算.txt 第4行" in found[0].message


def test_the_promises_of_real_documents(corpus: Path) -> None:
    told = {
        c.measure.id: (c.sign, c.value)
        for c in claims_in(read(corpus / "hubei" / "xianning-data-bureau-2026-budget.txt"), MEASURES)
    }
    assert told["application.cloud"] == ("=", 121) and told["application.cloud_bodies"] == ("=", 35)
    centre = {
        c.measure.id: (c.sign, c.value)
        for c in claims_in(read(corpus / "hubei" / "wuhan-information-centre-2026-budget.txt"), MEASURES)
    }
    assert centre["resource.count"] == (">=", 5000) and centre["resource.bodies"] == (">=", 61)
    assert centre["quality.rate"] == (">=", 90)
    assert centre["documents.intensive"] == ("=", 82) and centre["documents.exchange"] == ("=", 172)
