"""Sources and their differences: databases, folders, CKAN, DCAT."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from tests.resources.conftest import ME
from tests.web.conftest import Cluster
from yibenzhang.cli import app
from yibenzhang.office.database import Database
from yibenzhang.resources.catalogues import harvest_catalogue, harvest_path
from yibenzhang.resources.deciding import accept, count_open, proposals, refuse
from yibenzhang.resources.exporting import dcat, fields_by_resource
from yibenzhang.resources.harvesting import harvest_database
from yibenzhang.resources.proposing import Harvest, Proposed, propose
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.sources import SourceError
from yibenzhang.resources.store import Asked, Doer, change, entries, entry_of, history_of

BODY = "青禾区数据局"


def proposed(account: Database, schema: Schema, harvest: Harvest) -> Proposed:
    with account.session() as session:
        return propose(session, schema, harvest, ME)


def accepted(account: Database, schema: Schema) -> int:
    with account.session() as session:
        decided = accept(session, schema, proposals(session), ME)
        assert decided.left == ()
        return decided.done


def values(account: Database, kind: str) -> list[dict[str, Any]]:
    with account.session() as session:
        return [e.values for e in entries(session, Asked(kind))]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.db"
    with sqlite3.connect(path) as c:
        c.executescript(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL, id_number VARCHAR(18));"
            "INSERT INTO person VALUES (1, 'a', 'x'), (2, 'b', 'y');"
            "CREATE TABLE house (id INTEGER, owner INTEGER); CREATE VIEW owners AS SELECT * FROM person;"
        )
    return path


def test_a_database_comes_in_and_only_differences_follow(
    account: Database, schema: Schema, source: Path
) -> None:
    address = f"sqlite:///{source}"
    told = proposed(account, schema, harvest_database(schema, address, BODY))
    assert (told.adds, told.changes, told.gone, told.problems) == (3 + 8, 0, 0, [])
    assert accepted(account, schema) == 11
    person = next(v for v in values(account, "data_resource") if v["name"] == "person")
    assert (person["records"], person["location"], person["body"]) == (2, "person", BODY)
    number = next(v for v in values(account, "field") if v["name"] == "id_number")
    assert (number["type"], number["length"], number["required"]) == ("VARCHAR(18)", 18, False)
    assert proposed(account, schema, harvest_database(schema, address, BODY)).same == 11
    with sqlite3.connect(source) as c:
        c.executescript(
            "INSERT INTO person VALUES (3, 'c', 'z'); DROP TABLE house; ALTER TABLE person ADD COLUMN phone TEXT;"
            "DROP VIEW owners; CREATE VIEW owners AS SELECT id, name, id_number FROM person;"
        )
    told = proposed(account, schema, harvest_database(schema, address, BODY))
    assert (told.adds, told.changes, told.gone) == (
        1,
        1 + 1,
        1 + 2,
    )  # records of person and of owners; house, its fields
    assert accepted(account, schema) == 6
    with account.session() as session:
        assert [e.name for e in entries(session, Asked("data_resource", "withdrawn"))] == ["house"]
        assert history_of(session, entry_of(session, schema, "SJ000001"))[0].source.startswith("sqlite://")


def test_what_a_person_changed_meanwhile_is_not_overwritten(
    desk: Database, schema: Schema, source: Path
) -> None:
    proposed(desk, schema, harvest_database(schema, f"sqlite:///{source}", BODY))
    accepted(desk, schema)
    with sqlite3.connect(source) as c:
        c.execute("INSERT INTO person VALUES (3, 'c', 'z')")
    proposed(desk, schema, harvest_database(schema, f"sqlite:///{source}", BODY))
    with desk.session() as session:
        person = next(e for e in entries(session, Asked("data_resource")) if e.name == "person")
        change(session, schema, person, {"records": 1000, "owner": "张三"}, person.version, ME)
    with desk.session() as session:
        decided = accept(session, schema, proposals(session), ME)
    assert decided.done == 1 and "又改过" in decided.left[0]  # the view's records were taken, the table's not
    assert next(v for v in values(desk, "data_resource") if v["name"] == "person")["records"] == 1000


def test_one_by_one_and_refused(desk: Database, schema: Schema, source: Path) -> None:
    proposed(desk, schema, harvest_database(schema, f"sqlite:///{source}", BODY))
    with desk.session() as session:
        some = proposals(session)
        field = next(p for p in some if p.kind == "field")
        decided = accept(session, schema, [field], ME)
        assert decided.done == 0 and "先接受" in decided.left[0]
        table = next(p for p in some if p.kind == "data_resource" and p.key == field.after["resource"][1:])
        assert accept(session, schema, [table], Doer(ME.at, "李某")).done == 1
        assert accept(session, schema, [field], ME).done == 1
        assert refuse(session, schema, proposals(session), ME).done == 9
        assert count_open(session) == 0


def test_credentials_stay_in_the_environment(
    schema: Schema, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="不要写密码"):
        harvest_database(schema, "postgresql://u:geheim@127.0.0.1:1/x", BODY)
    with pytest.raises(SourceError, match="NOT_SET"):
        harvest_database(schema, "env:NOT_SET", BODY)
    monkeypatch.setenv("HOUSE", "postgresql://u:geheim@127.0.0.1:1/x")
    with pytest.raises(SourceError) as error:
        harvest_database(schema, "env:HOUSE", BODY)
    assert "geheim" not in str(error.value)
    told = CliRunner().invoke(
        app, ["resources", "harvest", "env:HOUSE", "--body", BODY, "--folder", str(tmp_path / "f")]
    )
    assert told.exit_code == 2 and "geheim" not in told.output + told.stderr


def test_a_source_is_only_read(schema: Schema, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        harvest_database(schema, f"sqlite:///{tmp_path / 'none.db'}", BODY)
    assert not (tmp_path / "none.db").exists()


def test_postgresql_with_comments_and_schemas(
    postgres: Cluster, schema: Schema, desk: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.fresh()
    engine = create_engine(address.replace("postgresql:", "postgresql+pg8000:"))
    with engine.begin() as c:
        for statement in (
            "CREATE TABLE person (id serial PRIMARY KEY, sfzh varchar(18))",
            "COMMENT ON TABLE person IS '人口基本信息'",
            "COMMENT ON COLUMN person.sfzh IS '公民身份号码'",
            "INSERT INTO person (sfzh) VALUES ('a'), ('b')",
            "CREATE SCHEMA fr",
            'CREATE TABLE fr."法人 表" (id int)',
            "COMMENT ON TABLE fr.\"法人 表\" IS '人口基本信息'",
        ):
            c.execute(text(statement))
    engine.dispose()
    monkeypatch.setenv("SOURCE", address)
    harvest = harvest_database(schema, "env:SOURCE", BODY)
    assert harvest.problems == () and "@" not in harvest.source
    proposed(desk, schema, harvest)
    accepted(desk, schema)
    named = {v["name"]: v for v in values(desk, "data_resource")}
    assert set(named) == {"人口基本信息", "人口基本信息（person）"} or set(named) == {
        "人口基本信息",
        "人口基本信息（fr.法人 表）",
    }
    assert {v["location"]: v["records"] for v in named.values()} == {"person": 2, "fr.法人 表": 0}
    label = next(v for v in values(desk, "field") if v["name"] == "sfzh")
    assert (label["label"], label["length"]) == ("公民身份号码", 18)
    assert proposed(desk, schema, harvest_database(schema, "env:SOURCE", BODY)).same == 2 + 3


def test_a_folder_of_parquet_and_csv(desk: Database, schema: Schema, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    con = duckdb.connect()
    for year, n in ((2025, 10), (2026, 5)):
        (lake / "loads" / f"year={year}").mkdir(parents=True)
        path = lake / "loads" / f"year={year}" / "a.parquet"
        con.execute(f"COPY (SELECT i AS id, 'n' AS name FROM range({n}) t(i)) TO '{path}' (FORMAT parquet)")
    (lake / "证照.csv").write_bytes("证照编号,名称\n1,营业执照\n2,许可证\n".encode("gb18030"))
    (lake / "坏.parquet").write_bytes(b"PAR1 nothing")
    harvest = harvest_path(schema, lake, BODY)
    assert len(harvest.problems) == 1 and "坏.parquet" in harvest.problems[0]
    proposed(desk, schema, harvest)
    accepted(desk, schema)
    assert {v["name"]: v["records"] for v in values(desk, "data_resource")} == {"loads": 15, "证照": 2}
    assert {v["name"]: v["records"] for v in values(desk, "load")} == {"year=2025": 10, "year=2026": 5}
    assert {v["name"] for v in values(desk, "field")} == {"id", "name", "year", "证照编号", "名称"}
    with pytest.raises(SourceError, match="没有能读的文件"):
        harvest_path(schema, tmp_path / "nothing", BODY)


CKAN = {
    "success": True,
    "result": {
        "count": 2,
        "results": [
            {
                "name": "a-b",
                "title": "不动产登记",
                "notes": "登记簿",
                "organization": {"title": "青禾区规划局"},
                "tags": [{"name": "地"}],
                "resources": [
                    {
                        "format": "CSV",
                        "schema": {"fields": [{"id": "证号", "type": "text", "info": {"label": "证书号码"}}]},
                    }
                ],
                "extras": [{"key": "frequency", "value": "monthly"}],
                "private": False,
                "metadata_created": "2024-05-06T01:02:03",
            },
            {"title": "没有单位", "resources": []},
        ],
    },
}


def test_a_dump_of_ckan(desk: Database, schema: Schema) -> None:
    lines = "\n".join(json.dumps(p) for p in CKAN["result"]["results"])  # type: ignore[index]
    for told in (json.dumps(CKAN), json.dumps(CKAN["result"]["results"]), lines):  # type: ignore[index]
        harvest = harvest_catalogue(schema, told.encode(), "ckan.json", "")
        assert len(harvest.found) == 1 and "没有单位" in harvest.problems[0]
    proposed(desk, schema, harvest)
    accepted(desk, schema)
    assert values(desk, "data_resource") == [
        {
            "name": "不动产登记",
            "body": "青禾区规划局",
            "abstract": "登记簿",
            "format": "file",
            "keywords": "地",
            "open": True,
            "location": "a-b",
            "cycle": "monthly",
            "published_on": "2024-05-06",
        }
    ]
    assert values(desk, "field")[0]["label"] == "证书号码"
    assert len(harvest_catalogue(schema, json.dumps(CKAN).encode(), "c", BODY).found) == 2


def test_dcat_out_and_in_again(desk: Database, schema: Schema) -> None:
    proposed(desk, schema, harvest_catalogue(schema, json.dumps(CKAN).encode(), "ckan.json", BODY))
    accepted(desk, schema)
    with desk.session() as session:
        data = dcat(
            schema,
            list(entries(session, Asked("data_resource"))),
            "目录",
            "https://data.example/",
            fields_by_resource(session),
        )
    told = json.loads(data)
    assert (
        told["@type"] == "dcat:Catalog" and told["dcat:dataset"][0]["@id"] == "https://data.example/SJ000001"
    )
    again = proposed(desk, schema, harvest_catalogue(schema, data, "own.jsonld", ""))
    assert (again.adds, again.changes, again.same) == (0, 0, 2)


@pytest.mark.parametrize(
    "told",
    [
        {
            "@graph": [
                {
                    "@id": "http://x/d",
                    "@type": ["http://www.w3.org/ns/dcat#Dataset"],
                    "http://purl.org/dc/terms/title": [
                        {"@value": "Air", "@language": "en"},
                        {"@value": "空气质量", "@language": "zh-CN"},
                    ],
                    "http://purl.org/dc/terms/publisher": [{"@id": "http://x/p"}],
                },
                {
                    "@id": "http://x/p",
                    "@type": "foaf:Agent",
                    "http://xmlns.com/foaf/0.1/name": [{"@value": "青禾区环保局"}],
                },
            ]
        },
        {
            "@type": "dcat:Catalog",
            "dataset": [
                {
                    "@type": "dcat:Dataset",
                    "title": "空气质量",
                    "accessLevel": "public",
                    "publisher": {"@type": "org:Organization", "name": "青禾区环保局"},
                }
            ],
        },
    ],
)
def test_dcat_as_others_write_it(schema: Schema, told: dict[str, Any]) -> None:
    [found] = harvest_catalogue(schema, json.dumps(told).encode(), "d.jsonld", "").found
    assert (found.values["name"], found.values["body"]) == ("空气质量", "青禾区环保局")


def test_what_is_no_catalogue_is_told(schema: Schema) -> None:
    for data in (b"{", b"[1, 2]", b'{"a": ' * 3000, b"\xff\xfe"):
        with pytest.raises(SourceError):
            harvest_catalogue(schema, data, "x.json", BODY)
