"""Checking a file within the limits of the operating system, and what is said of one that went over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from yibenzhang.checking import check as checking
from yibenzhang.checking.check import Checked
from yibenzhang.processes.confining import MEGABYTE, NONE, Limits
from yibenzhang.processes.forking import once
from yibenzhang.processes.workers import Lost
from yibenzhang.reading import ReadingError
from yibenzhang.standards import StandardsError
from yibenzhang.standards.speech import speech

DEFAULT = Limits()


def check(path: str | Path, extra: str = "", limits: Limits | None = None) -> Checked:
    """Read one file and check it. ``extra`` is a folder with a layer of standards of one's own.

    ``limits``: in a process of its own that may take no more than this; without, in this process and without bounds.
    Raises ReadingError where the file cannot be read or went over its limits, StandardsError where the data cannot be
    used.
    """
    if limits is None or limits == NONE:
        return checking.check(path, extra)
    checked: Checked = within(checking.check, (str(path), extra), limits)
    return checked


def within(function: Callable[..., Any], arguments: tuple[Any, ...], limits: Limits = DEFAULT) -> Any:
    """``function(*arguments)``, which reads files of somebody else's, in a process of its own within limits.

    ``function`` is importable by name and returns the project's plain data. Raises ReadingError where a file cannot be
    read or went over its limits, StandardsError where the data cannot be used, RuntimeError where the program failed.
    """
    found = once(_tried, (function, arguments), limits)
    if isinstance(found, Lost):
        raise ReadingError(loss_sentence(found, limits))
    if isinstance(found, _Refused):
        raise (StandardsError if found.standards else ReadingError)(str(found))
    if isinstance(found, _Failed):
        raise RuntimeError(str(found))
    return found


class _Refused(str):
    """Why a file, or the standards, cannot be used."""

    standards = False


class _Unusable(_Refused):
    standards = True


class _Failed(str):
    """What went wrong in the program itself."""


def _tried(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        return function(*arguments)
    except ReadingError as error:
        return _Refused(error)
    except StandardsError as error:
        return _Unusable(error)
    except MemoryError:  # told as a limit
        raise
    except Exception as error:
        return _Failed(f"{type(error).__name__}: {error}")


def loss_sentence(lost: Lost, limits: Limits) -> str:
    """One sentence on a file that has no result."""
    sentence = speech()["confined"][lost.value]
    return sentence.format(
        seconds=f"{limits.seconds:g}", memory=limits.memory // MEGABYTE, wall=f"{limits.patience:g}"
    )


def limits_of(text: str) -> Limits:
    """Limits as a person writes them: ``秒,MB``, either of them 0 for none; what is not written stays. Raises
    ValueError."""
    seconds, _, memory = text.replace("，", ",").partition(",")
    out = DEFAULT
    if seconds.strip():
        out = replace(out, seconds=float(seconds))
    if memory.strip():
        out = replace(out, memory=int(memory) * MEGABYTE)
    if not (0 <= out.seconds < 1e6 and 0 <= out.memory < 1 << 50):
        raise ValueError(text)
    return out
