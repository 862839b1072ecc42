"""`bench ledger`: a ledger of generated analyses, and what asking all of it costs, through the store and its own views.

A document has 1,500 numbers with all their columns and 300 relations of six terms. Every body has the budgets of two
years, whose later tells the earlier one's amounts; every tenth is a department that lists the other nine as its units.
One number in WRONG_EVERY documents is not what the other document says. All of 2025 is written before 2026, so that the
years of a body lie in different batches.
"""

from __future__ import annotations

import multiprocessing
import re
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.ledger_rows import BATCH, FACTS, RELATIONS, TERMS, WRONG_EVERY, batches
from yibenzhang.ledger.asking import answer, ready
from yibenzhang.ledger.comparing import compare
from yibenzhang.ledger.index import INDEX, refresh
from yibenzhang.ledger.merging import merge
from yibenzhang.ledger.store import Ledger, Source
from yibenzhang.portal.app import create

__all__ = ["BATCH", "FACTS", "RELATIONS", "TERMS", "WRONG_EVERY", "measure"]

EVALUATED = """
SELECT count(*), count(*) FILTER (abs(total + constant) > slack) FROM sums JOIN relations USING (document, relation)
"""
LIMIT = 6000
"""MB of memory that asking everything may take; DuckDB is given LIMIT - 2000."""
_BODY = "虚构市第7局"


def generate(folder: Path, documents: int) -> dict[str, int]:
    """Write so many documents to a ledger; bytes a document."""
    ledger = Ledger(folder)
    for tables, names in batches(documents):
        sources = [Source(d, f"{n}.pdf", d, "2026-03-01T00:00:00+00:00", "", "", "1") for n, d in names]
        ledger.add_arrow(tables, sources)
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    return {"bytes": size // documents}


def opened(folder: Path, _: int) -> dict[str, int]:
    """A connection with all views."""
    Ledger(folder).connect().close()
    return {}


def relations(folder: Path, _: int) -> dict[str, int]:
    """Every relation worked out anew, batch by batch: one lies whole in its batch."""
    ledger = Ledger(folder)
    found = broken = 0
    for batch in ledger.batch_folders():
        con = ledger.connect(only=[batch])
        n, wrong = con.execute(EVALUATED).fetchone() or (0, 0)
        found, broken = found + n, broken + wrong
        con.close()
    return {"count": found, "broken": broken}


def across(folder: Path, _: int) -> dict[str, int]:
    """All rules across documents."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as spill:
        found = compare(Ledger(folder), spill=Path(spill), memory=f"{LIMIT - 2000}MB")
    return {"count": len(found), "broken": sum(f.rule == "across.previous" for f in found)}


def questions(folder: Path, _: int) -> dict[str, int]:
    """Every ready question about one body, one after the other, each with a connection of its own."""
    ledger = Ledger(folder)
    worst = 0.0
    for question in ready().values():
        begun = time.perf_counter()
        answer(ledger, question.sql, _BODY, 2026, narrow=True)
        worst = max(worst, time.perf_counter() - begun)
    return {"count": len(ready()), "worst_ms": round(1000 * worst)}


def indexed(folder: Path, documents: int) -> dict[str, int]:
    """The index of the whole ledger."""
    ledger = Ledger(folder)
    count = refresh(ledger)
    return {"count": count, "bytes": (ledger.folder / INDEX).stat().st_size // documents}


_WORDS = ("政务服务热线", "数据共享交换平台", "知识产权", "虚构市第77局", "没有这个词")


def portal(folder: Path, documents: int) -> dict[str, int]:
    """Pages of the portal, each kind for ten bodies over the whole ledger, without the network; the slowest."""
    from fastapi.testclient import TestClient

    client = TestClient(create(Ledger(folder)))
    worst, count = 0.0, 0
    bodies = max(documents // 20, 1)
    addresses = ["/", "/compare?row=expenditure", "/compare?row=expenditure&place=420000", "/region/420000"]
    for k in range(10):
        name = f"虚构市第{k * bodies // 10}局"
        page = client.get(f"/body/{name}").text
        addresses += [
            f"/body/{name}",
            f"/body/{name}/projects",
            f"/beside?body={name}&body=虚构市第1局",
            f"/body/{name}.csv",
        ]
        addresses += (
            re.findall(r"/document/[0-9a-f]+", page)[:1]
            + re.findall(r"/number/[0-9a-f]+/[0-9a-f]+", page)[:1]
        )
    for address in addresses:
        begun = time.perf_counter()
        found = client.get(address)
        worst, count = max(worst, time.perf_counter() - begun), count + (found.status_code == 200)
    return {"count": count, "broken": len(addresses) - count, "worst_ms": round(1000 * worst)}


def searched(folder: Path, _: int) -> dict[str, int]:
    """Words in names and text through the portal; how many passages were shown, and the slowest."""
    from fastapi.testclient import TestClient

    client = TestClient(create(Ledger(folder)))
    client.get("/")
    worst, count = 0.0, 0
    for word in _WORDS:
        begun = time.perf_counter()
        page = client.get("/search", params={"q": word})
        worst, count = max(worst, time.perf_counter() - begun), count + page.text.count("/document/")
    return {"count": count, "worst_ms": round(1000 * worst)}


def merged(folder: Path, _: int) -> dict[str, int]:
    """Batches of a hundred documents merged: a tenth of the documents, at most a thousand."""
    small = folder.parent / "small"
    ledger = Ledger(small)
    for batch in Ledger(folder).batch_folders()[:1]:
        _torn(batch, ledger)
    before = len(ledger.batch_folders())
    merge(ledger)
    size = sum(f.stat().st_size for f in small.rglob("*") if f.is_file())
    shutil.rmtree(small)
    return {"count": before, "bytes": size // min(BATCH, _)}


def _torn(batch: Path, ledger: Ledger) -> None:
    import pyarrow.parquet as pq

    names = [f.stem for f in batch.glob("*.parquet")]
    tables = {n: pq.ParquetFile(batch / f"{n}.parquet").read() for n in names}
    documents = tables["documents"]["document"].to_pylist()
    import pyarrow as pa
    import pyarrow.compute as pc

    for k in range(0, len(documents), 100):
        wanted = pa.array(documents[k : k + 100])
        part = {
            n: t.filter(pc.is_in(t["document"], value_set=wanted))
            for n, t in tables.items()
            if n != "sources"
        }
        sources = [
            Source(**r) for r in tables["sources"].to_pylist() if r["document"] in set(documents[k : k + 100])
        ]
        ledger.add_arrow(part, sources)


def plain(folder: Path, documents: int) -> dict[str, int]:
    """The relations document by document in plain Python, as a program without the store would do it."""
    import pyarrow.parquet as pq

    found = broken = 0
    for batch in Ledger(folder).batch_folders():
        terms = pq.ParquetFile(batch / "terms.parquet").read().to_pydict()
        sums: dict[tuple[str, int], Any] = {}
        for document, number, coefficient, value in zip(
            terms["document"], terms["relation"], terms["coefficient"], terms["value"], strict=True
        ):
            sums[document, number] = sums.get((document, number), 0) + coefficient * value
        rows = pq.ParquetFile(batch / "relations.parquet").read(["document", "relation", "slack"]).to_pydict()
        for document, number, slack in zip(rows["document"], rows["relation"], rows["slack"], strict=True):
            found += 1
            broken += abs(sums[document, number]) > slack
    return {"count": found, "broken": broken}


def in_pandas(folder: Path, documents: int) -> dict[str, int]:
    """The relations in pandas, batch by batch; its sums are of floats, for it has no decimals."""
    import pandas
    import pyarrow.parquet as pq

    found = broken = 0
    for batch in Ledger(folder).batch_folders():
        terms = (
            pq.ParquetFile(batch / "terms.parquet")
            .read(["document", "relation", "coefficient", "value"])
            .to_pandas()
        )
        terms["product"] = terms["coefficient"].astype("float64") * terms["value"].astype("float64")
        sums = terms.groupby(["document", "relation"], sort=False)["product"].sum()
        rows = pq.ParquetFile(batch / "relations.parquet").read(["document", "relation", "slack"]).to_pandas()
        joined = rows.merge(sums.reset_index(), on=["document", "relation"])
        found += len(joined)
        broken += int((joined["product"].abs() > joined["slack"].astype("float64")).sum())
    assert pandas.__version__
    return {"count": found, "broken": broken}


STEPS: dict[str, Callable[[Path, int], dict[str, int]]] = {
    "generate": generate,
    "open": opened,
    "relations": relations,
    "across": across,
    "index": indexed,
    "questions": questions,
    "portal": portal,
    "search": searched,
    "merge": merged,
}


def measure(
    folder: Path, documents: int, beside: bool = False, only: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Each step in a process of its own: seconds on the clock and of the processors, peak memory, bytes a document, and
    what it found. Where others use the machine too, half of the processors' seconds is what two cores would take.

    ``beside``: the relations in plain Python and in pandas too, as far as pandas is there; ``only``: these steps.
    """
    steps = {
        **STEPS,
        **({"plain": plain, **({"pandas": in_pandas} if find_spec("pandas") else {})} if beside else {}),
    }
    steps = {k: v for k, v in steps.items() if not only or k in only}
    for name, step in steps.items():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found = pool.apply(_timed, (step, folder / "ledger", documents))
        yield {"step": name, "documents": documents, **found}


def _timed(step: Callable[[Path, int], dict[str, int]], folder: Path, documents: int) -> dict[str, Any]:
    begun, worked = time.perf_counter(), time.process_time()
    found = step(folder, documents)
    seconds, worked = round(time.perf_counter() - begun, 2), round(time.process_time() - worked, 2)
    return {
        "seconds": seconds,
        "cpu": worked,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **found,
    }
