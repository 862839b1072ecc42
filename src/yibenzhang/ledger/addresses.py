"""Lists of downloads: which file came from which address, and when it was published."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath


class ListError(Exception):
    """What is wrong with a list of downloads; a sentence for people."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where files came from, by path or name: address and date of publication (ISO), each may be empty."""

    addresses: Mapping[str, tuple[str, str]]

    def of(self, path: str) -> tuple[str, str]:
        return self.addresses.get(path) or self.addresses.get(PurePath(path).name) or ("", "")

    def absolute(self) -> Origin:
        """The same by absolute paths."""
        return Origin({str(Path(path).absolute()): said for path, said in self.addresses.items()})


def fitted(
    listed: Mapping[str, tuple[str, str]], paths: Sequence[str]
) -> tuple[Origin, list[tuple[str, str]]]:
    """What is listed, by the paths of the files, and what fits no file, or more than one: name and sentence. A listed
    name fits a path where the shorter of both is the end of the longer; the longest name that fits is taken."""
    ends: dict[tuple[str, ...], list[str]] = {}
    for name in listed:
        parts = _parts(name)
        for k in range(len(parts)):
            ends.setdefault(parts[k:], []).append(name)
    used: dict[str, list[str]] = {}
    for path in paths:
        if name := _listed(path, ends, listed):
            used.setdefault(name, []).append(path)
    wrong = [(n, _NONE if n not in used else _SEVERAL) for n in listed if len(used.get(n, ())) != 1]
    return Origin({found[0]: listed[name] for name, found in used.items() if len(found) == 1}), wrong


_NONE = "下载清单里有，没有找到这个文件"
_SEVERAL = "下载清单里的这一行对得上几个文件，网址和日期没有记；请写明在哪个文件夹"


def _listed(path: str, ends: Mapping[tuple[str, ...], list[str]], listed: Mapping[str, object]) -> str:
    """The name in the list that fits a path; empty where none does, or several as well as each other."""
    if path in listed:
        return path
    parts = _parts(path)
    for k in range(len(parts)):
        found = [n for n in ends.get(parts[k:], []) if _agree(parts, _parts(n))]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _agree(path: tuple[str, ...], listed: tuple[str, ...]) -> bool:
    """One path is the end of the other: `2026/甲.pdf` is not `2025/甲.pdf`."""
    n = min(len(path), len(listed))
    return path[-n:] == listed[-n:]


def _parts(path: str) -> tuple[str, ...]:
    return tuple(p for p in PurePath(path.replace("\\", "/")).parts if p not in (".", "/"))


def read_list(path: Path) -> dict[str, tuple[str, str]]:
    """A list of downloads (CSV: file, address, published). Raises ListError with the line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ListError(f"下载清单 {path} 读不了：要有 file 一列，UTF-8 编码。") from error
    rows = csv.DictReader(io.StringIO(text))
    if "file" not in (rows.fieldnames or ()):
        raise ListError(f"下载清单 {path} 用不了：要有 file 一列（另可有 address、published）。")
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        name, where = (row["file"] or "").strip(), (_said(row, "address"), _date(row, rows.line_num, path))
        if name and found.setdefault(name, where) != where:
            raise ListError(f"下载清单 {path} 第 {rows.line_num} 行：{name} 前面已经有，地址或日期不同。")
    return found


def _said(row: Mapping[str, str | None], column: str) -> str:
    return (row.get(column) or "").strip()


def _date(row: Mapping[str, str | None], line: int, path: Path) -> str:
    said = _said(row, "published")
    try:
        return date.fromisoformat(said).isoformat() if said else ""
    except ValueError as error:
        raise ListError(f"下载清单 {path} 第 {line} 行：公开日期 {said} 要写成 2026-02-10 这样。") from error
