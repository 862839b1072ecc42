"""Yibenzhang: published budgets and final accounts read, turned into facts, and proved or contradicted."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yibenzhang.checking.check import Checked
    from yibenzhang.ledger.store import Ledger
    from yibenzhang.processes.confined import check
    from yibenzhang.processes.confining import Limits
    from yibenzhang.reading import ReadingError, read

__all__ = ["Checked", "Ledger", "Limits", "ReadingError", "__version__", "check", "read"]
__version__ = "0.1.0"
_WHERE = {
    "Checked": "yibenzhang.checking.check",
    "ReadingError": "yibenzhang.reading",
    "Ledger": "yibenzhang.ledger.store",
    "Limits": "yibenzhang.processes.confining",
    "check": "yibenzhang.processes.confined",
    "read": "yibenzhang.reading",
}
"""Where each name is found when it is first asked for: a command imports what it uses."""


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_WHERE[name]), name)
    return found
