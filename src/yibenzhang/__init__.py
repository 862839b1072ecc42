"""Yibenzhang: published budgets and final accounts read, turned into facts, and proved or contradicted."""

from yibenzhang.checking.check import Checked
from yibenzhang.confined import check
from yibenzhang.confining import Limits
from yibenzhang.reading import ReadingError, read

__all__ = ["Checked", "Limits", "ReadingError", "__version__", "check", "read"]
__version__ = "0.1.0"
