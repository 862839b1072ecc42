"""The project's own plain data from bytes that are not trusted: nothing in them can run."""

from __future__ import annotations

import gc
import io
import pickle
from enum import Enum
from typing import Any


def loads(data: bytes | memoryview) -> Any:
    """What was pickled, if it is nothing but the project's dataclasses and enumerations and plain values; raises
    UnpicklingError else. Looking for garbage while hundreds of thousands of objects are made doubles the time."""
    at_work = gc.isenabled()
    gc.disable()
    try:
        return _Reader(io.BytesIO(data)).load()
    finally:
        if at_work:
            gc.enable()


def _member(kind: Any, name: str) -> Any:
    """A member of one of the project's Enums, and nothing else."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind[name]
    raise pickle.UnpicklingError(f"{kind}.{name}")


class _Reader(pickle.Unpickler):
    _PLAIN = frozenset({("decimal", "Decimal"), ("builtins", "set"), ("builtins", "frozenset")})

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in self._PLAIN:
            return super().find_class(module, name)
        if (module, name) == ("builtins", "getattr"):
            return _member  # how Python before 3.11.4 writes a member of an Enum
        if module.startswith("yibenzhang.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and (
                hasattr(found, "__dataclass_fields__") or issubclass(found, (Enum, str, tuple))
            ):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")
