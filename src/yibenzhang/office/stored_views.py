"""What was found out about a submission, as it lies in the file store: an Analysis, or the view an older program
kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

from yibenzhang.office.file_store import FileStore
from yibenzhang.reports import json_report
from yibenzhang.reports.found import Found, FoundFile
from yibenzhang.showing.former import Former, FormerNumbers
from yibenzhang.showing.kept import Kept, Numbers
from yibenzhang.showing.stored import reading

StoredView: TypeAlias = Kept | Former
StoredNumbers: TypeAlias = Numbers | FormerNumbers
_ANALYSIS, _FORMER = "analysis", ("view", "report")


def put(store: FileStore, receipt: str, analysis: bytes) -> None:
    """Store the analysis of a submission; what an older program kept of it goes."""
    store.put_analysis(receipt, _ANALYSIS, analysis)
    for kind in _FORMER:
        store.analysis(receipt, kind).unlink(missing_ok=True)


def place_of(store: FileStore, receipt: str) -> Path:
    """Where it lies; the place of an analysis where there is none."""
    path, former = store.analysis(receipt, _ANALYSIS), store.analysis(receipt, _FORMER[0])
    return former if not path.exists() and former.exists() else path


def read(path: Path) -> StoredView:
    """What lies at a place. Raises FileNotFoundError, StoredError."""
    return (Kept if path.suffix == f".{_ANALYSIS}" else Former)(path.read_bytes())


def report_on(store: FileStore, receipt: str, view: StoredView, name: str) -> dict[str, Any]:
    """The report by the contract of reports.json_report; ``name`` is what the file is called. Raises FileNotFoundError,
    StoredError."""
    with reading():
        if isinstance(view, Kept):
            return json_report.report([FoundFile(name, Found(view.analysis))])
        found: dict[str, Any] = json.loads(store.analysis(receipt, _FORMER[1]).read_bytes())
        return found
