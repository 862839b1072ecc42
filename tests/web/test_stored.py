"""What an older version of the program analysed can still be shown.

``tests/stored`` holds what versions of the program stored of two invented files: before analysis/4 a view and a report,
since then the Analysis. Files are only ever added there.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import EXAMPLES
from tests.unit.test_cli import WRONG
from tests.web.conftest import Shop
from tests.web.working import checked, season
from yibenzhang.office import stored_views

SCHEMA = json.loads((files("yibenzhang.reports") / "report.schema.json").read_text(encoding="utf-8"))
STORED = Path(__file__).parent.parent / "stored"
FORMS = {"view 3": ("view", "report"), "analysis/4": ("analysis",)}


def _data(name: str) -> bytes:
    return WRONG.encode() if name == "flow.txt" else (EXAMPLES / "jiangsu-two-tables-differ.pdf").read_bytes()


@pytest.mark.parametrize("database", [""], ids=["sqlite"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["page.pdf", "flow.txt"])
def test_what_an_older_version_stored_is_shown(shop: Shop, name: str, form: str) -> None:
    head = shop.client("负责人")
    s = checked(shop, head, season(shop, head), name, _data(name))
    store = shop.office.ledger
    new = store.analysis(s.receipt, "analysis").read_bytes()
    store.analysis(s.receipt, "analysis").unlink()
    for kind in FORMS[form]:
        store.put_analysis(s.receipt, kind, (STORED / f"{name}.{kind}").read_bytes())

    base = f"/submissions/{s.id}"
    view = shop.office.views.of(s)
    page = head.get(base)
    assert page.status_code == 200 and view.findings and view.numbers
    for leaf in view.leaves:
        assert f'id="leaf-{leaf.number}"' in page.text
        shown = head.get(f"{base}/leaves/{leaf.number}")
        assert shown.status_code == 200 and all(m.key in shown.text for m in leaf.marks)
    told = head.get(f"{base}/numbers.json").json()
    assert [n["key"] for n in told["numbers"]] == list(view.numbers)
    proved = next(n for n in view.numbers.values() if n.standing == "proved")
    assert view.proofs[proved.proofs[-1]].arithmetic in head.get(f"{base}/numbers?key={proved.key}").text
    report = head.get(f"{base}.json").json()["report"]
    jsonschema.validate(report, SCHEMA)
    [document] = report["documents"]
    assert document["path"] == name
    assert [(f["rule"], f["message"]) for f in document["findings"]] == [
        (f.rule, f.message) for f in view.findings
    ]

    if "report" in FORMS[form]:  # what is damaged or gone is told as nothing, and the page stays
        store.put_analysis(s.receipt, "report", b"{")
        assert head.get(f"{base}.json").json()["report"] is None
        store.analysis(s.receipt, "report").unlink()
        assert head.get(f"{base}.json").json()["report"] is None
    stored_views.put(store, s.receipt, new)  # checked again
    left = {p.suffix for p in store.analysis(s.receipt, "analysis").parent.glob(f"{s.receipt}.*")}
    assert left == {".analysis"}
    assert shop.office.views.of(s).sections
