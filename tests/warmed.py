"""What the fork server of a test run imports before the first worker: each begins with the standards read and a document
checked, as the run itself has; else every one of some hundred workers would do it anew."""

from __future__ import annotations

from pathlib import Path

import yibenzhang.batch
import yibenzhang.ledger.ingesting
import yibenzhang.office.analysing  # noqa: F401
from yibenzhang.checking.check import check_document
from yibenzhang.reading import read_data

_EXAMPLE = Path(__file__).parent.parent / "examples" / "hubei-wrong-digit.txt"
check_document(read_data(_EXAMPLE.name, _EXAMPLE.read_bytes()))
