"""The page of the evidence: a promise, what was measured, the verdict, how; who sees which body; a verdict that turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.conftest import MakeShop
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import period_of, run
from yibenzhang.evidence.observations import Observations
from yibenzhang.evidence.packs import pack
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.sources import Limits
from yibenzhang.office.models import Role

LIMITS = Limits(seconds=20)
BODY = "示例市数据局"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with three days of the hotline: measured, a day on which the source failed, measured again."""
    folder = tmp_path / "ledger"
    mapping = write_sample(pack("hotline"), folder / "mappings")
    mapped, store = mapping_of(mapping), Observations(folder)
    orders = folder / "mappings" / "work_order.csv"
    kept = orders.read_text(encoding="utf-8")
    for day in ("2026-12-29", "2026-12-30", "2026-12-31"):
        if day == "2026-12-30":
            orders.unlink()
        else:
            orders.write_text(kept, encoding="utf-8")
        store.append(run(mapped, period_of("2026"), f"{day}T02:00:00", LIMITS))
    return folder


def test_promises_with_verdict_line_and_how(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger)).browser()
    told = browser.get("/evidence.json").json()
    cost = next(r for r in told["rows"] if r["name"].startswith("成本总量控制"))
    assert (cost["subject"], cost["period"], cost["promise"], cost["verdict"]) == (
        BODY,
        "2026",
        "≤310万元",
        "做到",
    )
    page = browser.get("/evidence").text
    assert "3 次观测，其中 1 次没有数" in page and "SELECT sum(amount)" in page
    assert browser.get("/evidence.json?verdict=broken").json()["total"] == 0
    assert browser.get("/evidence.json?system=cloud").json()["total"] == 0
    assert "hash" in browser.get("/evidence.csv").text or "校验" in browser.get("/evidence.csv").text


def test_a_verdict_turns_and_a_bureaus_own_promise_counts(
    make_shop: MakeShop, ledger: Path, database: str
) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    file = ledger / "mappings" / "mapping.toml"
    file.write_text(
        file.read_text(encoding="utf-8") + '\n[promises.on_time]\nby = "≥"\nlimit = "99"\n', encoding="utf-8"
    )
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger)).browser()
    rows = browser.get("/evidence.json").json()["rows"]
    assert [(r["name"], r["verdict"]) for r in rows] == [("工单按时办结（部门处办及时高效）", "没有做到")]


def test_mappings_and_what_they_lack(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger)).browser()
    (ledger / "mappings" / "bad.toml").write_text('pack = "none"', encoding="utf-8")
    rows = browser.get("/evidence-mappings.json?check=mapping.toml").json()["rows"]
    assert [(r["file"], r["pack"]) for r in rows] == [("bad.toml", ""), ("mapping.toml", "12345热线")]
    assert "没有指标包" in rows[0]["missing"] and "可以运行" in rows[1]["missing"]
    file = ledger / "mappings" / "mapping.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('due = "due"', 'due = "shixian"'), encoding="utf-8"
    )
    assert "缺列 due" in browser.get("/evidence-mappings?check=mapping.toml").text


def test_a_department_sees_its_own_and_no_mappings(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    shop = make_shop(analyses=str(ledger))
    for body, total in ((BODY, 6), ("别的局", 0)):
        shop.person(f"{body}的人", Role.DEPARTMENT, body)
        browser = shop.client(f"{body}的人")
        assert (browser.get("/evidence.json").json()["total"] > 0) is (total > 0)
        assert browser.client.get("/evidence-mappings").status_code == 403


def test_changed_observations_are_told(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    file = ledger / "observations.jsonl"
    file.write_text(
        file.read_text(encoding="utf-8").replace("12345", "1234", 1).replace('"value": "', '"value": "9', 1),
        encoding="utf-8",
    )
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger)).browser()
    assert "有记录被改过" in browser.client.get("/evidence").text


def own_table(folder: Path, late: int) -> None:
    """The bureau's own orders: other names, a code list; of 20 orders so many were late."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        f"{k},2026-02-0{k % 9 + 1} 08:00,2026-03-01 08:00,{'2026-03-09 08:00' if k < late else '2026-02-20 08:00'},{'1' if k % 4 else '2'}"
        for k in range(20)
    ]
    (folder / "gd.csv").write_text("\n".join(["工单号,受理,时限,办结,回访", *rows]) + "\n", encoding="utf-8")


def test_a_bureaus_way_from_its_own_table_to_a_verdict_that_turns(
    make_shop: MakeShop, tmp_path: Path, database: str
) -> None:
    if database:
        pytest.skip("the mappings are the same beside every database")
    folder = tmp_path / "ledger"
    own_table(folder / "mappings", late=0)
    browser = make_shop(accounts=False, hosts=(), analyses=str(folder)).browser()
    assert "12345热线" in browser.get("/evidence-mapping").text
    assert "应办结时间" in browser.get("/evidence-mapping?system=hotline").text
    columns = {"id": "工单号", "received": "受理", "finished": "办结", "satisfied": "回访"}
    form = {"pack": "hotline", "file": "热线", "subject": BODY, "kind": "files", "t-work_order": "gd.csv", "every": "day", "at": "03:00",
            "p-on_time": "95", "v-work_order-satisfied": "1=1、2=0", **{f"c-work_order-{k}": v for k, v in columns.items()}}  # fmt: skip
    saved = browser.post("/evidence-mapping", form)
    assert (
        "缺列 due" in browser.get(saved.headers["location"]).text
    )  # after the save the check says what is missing
    browser.post("/evidence-mapping", {**form, "c-work_order-due": "时限"})
    told = browser.get("/evidence-mappings.json?check=热线.toml").json()["rows"][0]["missing"]
    assert "缺列" not in told and "cost_item" in told
    shown = browser.get("/evidence-mapping?file=热线.toml").text
    assert 'value="1=1、2=0"' in shown and 'value="95"' in shown and 'value="03:00"' in shown

    def verdict() -> tuple[str, str]:
        browser.post("/evidence-run", {"file": "热线.toml"})
        rows = browser.get("/evidence.json").json()["rows"]
        one = next(r for r in rows if r["name"].startswith("工单按时办结"))
        return one["verdict"], one["value"]

    assert verdict() == ("做到", "100%")
    own_table(folder / "mappings", late=2)
    assert verdict() != ("做到", "100%")
    (folder / "mappings" / "gd.csv").unlink()
    assert verdict()[0] == "不能判断"
    kept = [o for o in Observations(folder).read() if o.indicator == "hotline.on_time"]
    assert [None if o.value is None else int(o.value) for o in kept] == [100, 90, None]


def test_a_mapping_that_is_edited_on_the_page_keeps_what_is_not_touched(tmp_path: Path) -> None:
    """Its day, and of each promise the sign and the year; an indicator that the pack does not promise, too."""
    from yibenzhang.evidence.mapping_files import fields_of, write
    from yibenzhang.evidence.mappings import mapping_of

    text = (
        'pack = "hotline"\nsubject = "示例市热线办"\n[source]\nkind = "files"\n[tables.work_order]\nfile = "gd.csv"\n'
        '[tables.work_order.columns]\nid = "工单号"\n[promises.on_time]\nby = "≤"\nlimit = "95"\nperiod = "2026"\n'
        '[promises.satisfied]\nby = "<"\nlimit = "3"\nname = "回访不满意"\n[schedule]\nevery = "week"\nat = "03:00"\non = 5\n'
    )
    file = tmp_path / "热线.toml"
    file.write_text(text, encoding="utf-8")
    before = mapping_of(file)
    assert before.schedule and before.schedule.on == 5
    after = write(tmp_path, "热线", before.pack, fields_of(before))
    assert (after.promises, after.schedule, after.tables) == (before.promises, before.schedule, before.tables)
    assert [p.name for p in after.promises][1] == "回访不满意"


def test_what_others_promised_is_not_saved_as_ones_own(make_shop: MakeShop, tmp_path: Path) -> None:
    """One limit that is typed is the only own promise; a promise on what the pack does not promise breaks no page."""
    from yibenzhang.evidence.mappings import mapping_of

    folder = tmp_path / "ledger"
    own_table(folder / "mappings", late=0)
    browser = make_shop(accounts=False, hosts=(), analyses=str(folder)).browser()
    assert 'placeholder="310"' in browser.get("/evidence-mapping?system=hotline").text
    form = {"pack": "hotline", "file": "热线", "subject": BODY, "kind": "files", "t-work_order": "gd.csv", "c-work_order-id": "工单号",
            "p-satisfied": "95", "b-satisfied": "≥", "b-cost": "≤", "y-cost": ""}  # fmt: skip
    browser.post("/evidence-mapping", form)
    assert [p.indicator for p in mapping_of(folder / "mappings" / "热线.toml").promises] == ["satisfied"]
    assert browser.get("/evidence").status_code == browser.get("/evidence-mappings").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../x"}, {"file": ".x"}, {"t-work_order": "../../etc/passwd.csv"}, {"t-work_order": "/etc/x.csv"}, {"t-work_order": "*.csv"},
        {"kind": "database", "variable": "YIBENZHANG_DATABASE"}, {"kind": "http"}, {"subject": " "}, {"every": "hour"}, {"p-on_time": "viel"},
        {"c-work_order-id": "=(SELECT 1); DROP TABLE x"}, {"c-work_order-id": "=read_text('/etc/passwd')"}, {"pack": "../hotline"},
    ],
)  # fmt: skip
def test_forms_that_are_refused_write_nothing(
    make_shop: MakeShop, tmp_path: Path, database: str, change: dict[str, str]
) -> None:
    if database:
        pytest.skip("the mappings are the same beside every database")
    folder = tmp_path / "ledger"
    own_table(folder / "mappings", late=0)
    browser = make_shop(accounts=False, hosts=(), analyses=str(folder)).browser()
    form = {
        "pack": "hotline",
        "file": "热线",
        "subject": BODY,
        "kind": "files",
        "t-work_order": "gd.csv",
        "c-work_order-id": "工单号",
    }
    answer = browser.post("/evidence-mapping", {**form, **change})
    assert answer.status_code >= 400
    assert [p.name for p in (folder / "mappings").iterdir()] == ["gd.csv"]
    assert list(tmp_path.rglob("x.toml")) == []


def test_a_department_neither_maps_nor_runs(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the mappings are the same beside every database")
    shop = make_shop(analyses=str(ledger))
    shop.person("数据局的人", Role.DEPARTMENT, BODY)
    browser = shop.client("数据局的人")
    for answer in (
        browser.get("/evidence-mapping"),
        browser.post("/evidence-mapping", {"pack": "hotline", "file": "x"}),
        browser.post("/evidence-run", {"file": "mapping.toml"}),
    ):
        assert answer.status_code == 403
