"""Yibenzhang: published budgets and final accounts read, turned into facts, and proved or contradicted."""

from yibenzhang.checking.check import Checked, check
from yibenzhang.reading import ReadingError, read

__all__ = ["Checked", "ReadingError", "__version__", "check", "read"]
__version__ = "0.1.0"
