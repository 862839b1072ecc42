"""The catalogue as others read it: DCAT that a SHACL validator passes, and Excel that loses nothing on the way there and
back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from tests.resources.conftest import ME
from yibenzhang.office.database import Database, engine_of
from yibenzhang.resources.exporting import dcat, fields_by_resource, table
from yibenzhang.resources.importing import read_table, take
from yibenzhang.resources.schema import Field, Schema, load_schema
from yibenzhang.resources.store import Asked, Draft, add_all, change, entries, entry_of, prepare, step

SHAPES = Path(__file__).parent / "dcat-shapes.ttl"
FULL = {
    "name": "企业“登记”信息",
    "body": "青禾区市场监管局",
    "abstract": "名称、代码，\n与登记日期。",
    "keywords": "企业、登记",
    "category": "市场监管",
    "cycle": "monthly",
    "published_on": "2026-01-05",
    "open": True,
    "owner": "张三",
    "format": "table",
    "location": "dbo.qyxx",
    "records": 12,
}
BARE = {"name": "名录", "body": "青禾区水利局"}


def _made(account: Database, schema: Schema) -> bytes:
    kind = schema.kinds["data_resource"]
    with account.session() as session:
        codes = add_all(session, schema, [Draft(kind, FULL), Draft(kind, BARE)], ME)
        fields = [{"resource": codes[0], "name": n} for n in ("mc", "dm")]
        add_all(session, schema, [Draft(schema.kinds["field"], f) for f in fields], ME)
        for action in ("check", "publish"):
            e = entry_of(session, schema, codes[0])
            step(session, schema, e, action, e.version, ME)
        some = list(entries(session, Asked("data_resource")))
        return dcat(schema, some, "目录", "https://data.example/resources", fields_by_resource(session))


def _told(data: bytes) -> tuple[bool, str]:
    """Whether a validator of SHACL passes a catalogue, and what it says."""
    pyshacl = pytest.importorskip("pyshacl")
    from rdflib import Graph

    graph = Graph().parse(data=data.decode(), format="json-ld")
    passed, _, text = pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES, format="turtle"))
    return bool(passed), str(text)


def test_what_goes_out_passes_a_validator(desk: Database, schema: Schema) -> None:
    passed, text = _told(_made(desk, schema))
    assert passed, text


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("dct:title", None),
        ("dct:description", None),
        ("dcat:theme", "市场监管"),
        ("dct:publisher", {"@type": "foaf:Agent"}),
        ("dct:accrualPeriodicity", {"@id": "https://data.example/monthly"}),
        ("dct:issued", "一月"),
        ("dcat:contactPoint", {"@type": "vcard:Kind"}),
        ("adms:status", "published"),
        ("dcat:distribution", [{"@type": "dcat:Distribution"}]),
    ],
)
def test_the_validator_sees_what_is_wrong(desk: Database, schema: Schema, at: str, value: Any) -> None:
    catalogue = json.loads(_made(desk, schema))
    one = catalogue["dcat:dataset"][0]
    del one[at]
    if value is not None:
        one[at] = value
    assert not _told(json.dumps(catalogue).encode())[0]


def test_a_catalogue_says_no_more_than_the_account(desk: Database, schema: Schema) -> None:
    full, bare = json.loads(_made(desk, schema))["dcat:dataset"]
    assert full["dct:description"]["@value"] == FULL["abstract"] and full["adms:status"]["@id"].endswith(
        "/COMPLETED"
    )
    assert bare["dct:description"]["@value"] == "名录（青禾区水利局）"
    for name in ("dcat:keyword", "dcat:theme", "dct:issued", "dct:accessRights", "dcat:contactPoint"):
        assert name in full and name not in bare


# ---- Excel and CSV, there and back ---------------------------------------------------------------------

SCHEMA = load_schema()
PLAIN = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=12
).filter(lambda t: t.strip() == t and t not in SCHEMA.words["blank"]["words"])
DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31)).map(date.isoformat)
AMOUNTS = st.decimals(0, 10**12, places=2, allow_nan=False).map(lambda d: f"{d.normalize():f}")


def _values(f: Field) -> st.SearchStrategy[Any]:
    if f.type == "code":
        return st.sampled_from(sorted(SCHEMA.codes[f.codes]))
    found: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(0, 10**12),
        "decimal": AMOUNTS,
        "money": AMOUNTS,
        "date": DAYS,
        "yes": st.booleans(),
    }
    return found.get(f.type, PLAIN)


def _entries(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    some = {f.id: _values(f) for f in SCHEMA.kinds[kind].fields if f.type != "reference"}
    return st.fixed_dictionaries({k: some.pop(k) for k in ("name", "body")}, optional=some)


@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "kind", sorted(k.id for k in SCHEMA.kinds.values() if k.field("body") and k.id != "claim")
)
@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_nothing_is_lost_there_and_back(
    tmp_path_factory: pytest.TempPathFactory, kind: str, format: str, data: st.DataObject
) -> None:
    """Every field of every kind: the table says nothing else than the account, and brings back what was emptied since."""
    one = SCHEMA.kinds[kind]
    drafts = data.draw(
        st.lists(_entries(kind), min_size=1, max_size=4, unique_by=lambda v: Draft(one, v).key)
    )
    engine = engine_of("", tmp_path_factory.mktemp("account"))
    try:
        prepare(engine)
        with Database(engine).session() as session:
            add_all(session, SCHEMA, [Draft(one, v) for v in drafts], ME)
            file = table(SCHEMA, one, entries(session, Asked(kind)), format)
            same = take(session, SCHEMA, read_table(session, SCHEMA, one, file), ME)
            assert (same.added, same.changed, same.same, same.refused) == ((), 0, len(drafts), ())
            for e in list(entries(session, Asked(kind))):
                gone = {k: None for k in e.values if k not in ("name", "body")}
                change(session, SCHEMA, e, gone, e.version, ME)
            assert take(session, SCHEMA, read_table(session, SCHEMA, one, file), ME).refused == ()
            assert [e.values for e in entries(session, Asked(kind))] == drafts
    finally:
        engine.dispose()
