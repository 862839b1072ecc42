"""What the cells of a roster say: codes, levels, dates, addresses, people."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.amounts import narrow
from yibenzhang.standards import fold

LONGEST_NAME = 80
_DATED = {"approved_on": "批复日期", "due_on": "截止日期", "published_on": "公开日期"}
_NO_DATE = ("-", "—", "/", "无", "未公开", "待定", "未批复")


@dataclass(frozen=True, slots=True)
class RosterWords:
    columns: dict[str, str]
    levels: dict[str, str]
    totals: re.Pattern[str]
    remarks: re.Pattern[str]
    groups: re.Pattern[str]


@lru_cache(maxsize=1)
def roster_words() -> RosterWords:
    data = tomllib.loads(Path(__file__).with_name("roster.toml").read_text(encoding="utf-8"))
    lines = data["lines"]
    return RosterWords(
        {fold(name): kind for kind, names in data["columns"].items() for name in names},
        {fold(name): kind for kind, names in data["levels"].items() for name in names},
        re.compile(lines["totals"]),
        re.compile(lines["remarks"]),
        re.compile(lines["groups"]),
    )


_COUNTED = "[一二三四五六七八九十]{1,3}"
NUMBERED = rf"^(?:{_COUNTED}、|\({_COUNTED}\)|（{_COUNTED}）|\d{{1,3}}[.、．](?!\d))\s*"


def one_line(name: str) -> str:
    """A name without marks before it and without the blanks and breaks that lay it out in its cell."""
    flat = re.sub(r"(?<=[^\x00-\xff])\s+(?=[^\x00-\xff])", "", name)
    return " ".join(flat.split()).strip("*★☆※●○■□▲△ ")


def code_of(text: str) -> str:
    return re.sub(r"\s|^'", "", narrow(text))[:40]


def fields_of(
    cells: dict[int, str], columns: dict[int, str], where: str, problems: list[str]
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    people: list[str] = []
    aliases: list[str] = []
    for c, kind in columns.items():
        text = cells.get(c, "")
        if not text:
            continue
        if kind in _READERS:
            out[kind] = _READERS[kind](text)
            if wrong := _not_read(kind, text, out[kind]):
                problems.append(f"{where}{wrong}")
        elif kind == "aliases":
            aliases += [" ".join(a.split())[:LONGEST_NAME] for a in re.split(r"[、,，;；/|\n]", text)]
        elif kind in ("contact", "phone"):
            people.append(" ".join(text.split())[:60])
    if people:
        out["contact"] = " ".join(dict.fromkeys(people))
    if aliases:
        out["aliases"] = tuple(dict.fromkeys(a for a in aliases if a))
    approved, due = out.get("approved_on"), out.get("due_on")
    if approved and due and due < approved:
        problems.append(f"{where}的截止日期 {due} 早于批复日期 {approved}，请核对。")
    return out


def _not_read(kind: str, text: str, value: object) -> str:
    """What is wrong with a date or an address that says something and cannot be read; else empty."""
    if kind in _DATED and value is None and fold(text) not in _NO_DATE:
        return f"的{_DATED[kind]}写作“{text[:20]}”，不是完整的日期，没有读入。"
    if kind == "published_url" and not value:
        return f"的公开网址写作“{text[:40]}”，不是 http 或 https 网址，没有读入。"
    return ""


_DATES = (
    r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?",
    r"(20\d\d)(\d\d)(\d\d)",
)
_AFTER = r"(?:\s*(?:之?前|以前|\(?(?:星期|周)[一二三四五六日天]\)?|[T\s]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?))*"


def _date(text: str) -> date | None:
    words = narrow(text[:60]).strip()
    for pattern in _DATES:
        if m := re.fullmatch(pattern + _AFTER, words):
            try:
                return date(int(m.group(1)), int(m.group(2)), int(m.group(3)))
            except ValueError:
                return None
    if re.fullmatch(r"\d{5}(?:\.0+)?", words):  # a day count of a sheet whose cell lost its format
        days = int(words[:5])
        return date.fromordinal(date(1899, 12, 30).toordinal() + days) if 36526 <= days < 73051 else None
    return None


def _address(text: str) -> str:
    words = text.split()[0] if text.split() else ""
    if words.lower().startswith("www."):
        words = "http://" + words
    return words[:500] if re.fullmatch(r"https?://[^\s<>\"']+", words, re.IGNORECASE) else ""


_READERS: dict[str, Callable[[str], Any]] = {
    "code": code_of,
    "parent": lambda text: re.sub(NUMBERED, "", one_line(text))[:LONGEST_NAME],
    "level": lambda text: roster_words().levels.get(fold(text), ""),
    "approved_on": _date,
    "due_on": _date,
    "published_on": _date,
    "published_url": _address,
}
"""How columns are read that hold one thing."""
