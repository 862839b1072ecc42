"""Plain values of options without Typer's own conversion, which imports Pydantic: a third of a small check's start.

Only where the installed Typer works that way; a value that is not plainly right goes through its conversion, so
that what is told of a wrong one stays Typer's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

_PLAIN = (str, int, float, bool, Path)
_CHECKED = ("exists", "resolve_path", "writable", "parser", "click_type", "formats", "clamp")
"""What a parameter may ask for beyond its type."""


class Plain:
    """The conversion of one parameter to ``kind``; ``several`` for a list of them."""

    def __init__(self, kind: type, several: bool) -> None:
        self._kind, self._several = kind, several

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        if value is None:
            return () if self._several else None
        try:
            if self._several and not isinstance(value, str):
                return [self._one(v, param) for v in value]
            if not self._several:
                return self._one(value, param)
        except ValueError:
            pass
        return _converted(value, param, ctx)

    def _one(self, value: Any, param: Any) -> Any:
        asked = param.type_descriptor.parameter_info
        if self._kind is bool and not isinstance(value, bool):
            raise ValueError(value)
        made = value if isinstance(value, self._kind) else self._kind(value)
        if self._kind in (int, float) and not (asked.min is None and asked.max is None):
            low, high = asked.min, asked.max
            if not (low is None or made >= low) or not (high is None or made <= high):  # nan is neither
                raise ValueError(value)
        return made


def _converted(value: Any, param: Any, ctx: Any) -> Any:
    from typer._coercion import build_runtime_param

    return build_runtime_param(param.type_descriptor).coerce(value, param=param, ctx=ctx)


class PlainCommand(TyperCommand):
    """A command that takes its values plainly."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        plainly(self.get_params(ctx))
        return super().parse_args(ctx, args)


def plainly(params: Iterable[Any]) -> None:
    """Let these parameters, as far as they can, take their values plainly."""
    for param in params:
        descriptor = getattr(param, "type_descriptor", None)
        if descriptor is None or getattr(param, "_runtime_param", 0) is not None:
            continue
        several = param.multiple or param.nargs == -1
        inner = getattr(descriptor.annotation, "__args__", ()) if several else ()
        kind = inner[0] if inner else descriptor.annotation
        if kind in _PLAIN and not any(getattr(descriptor.parameter_info, name, None) for name in _CHECKED):
            param._runtime_param = Plain(kind, several)
