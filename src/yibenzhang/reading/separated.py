"""Values parted by commas, semicolons, tabs or bars: which they are parted by, and what is written wrongly in them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

_SAMPLE = 200
_SHORTEST_ROW = 3
_SEPARATORS = (",", ";", "\t", "|")
_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?[,;\t]*\s*", re.IGNORECASE)
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_BARS = str.maketrans("│┃║", "|||")
_DRAWN_LINE = re.compile(
    r"^[ \t]*[|┌├└┏┣┗╔╠╚+╒╞╘╟]?[─━═┬┼┴┳╋┻╦╬╩╤╪╧╫┯┿┷|+-]{3,}[┐┤┘┓┫┛╗╣╝╕╡╛╢|+]?[ \t]*$", re.MULTILINE
)
_TAIL_TABS = re.compile(r"\t+(?=\"?(?:[,;|]|\r?\n|$))")
"""Tabs behind values that are parted otherwise: they keep spreadsheets from taking codes for numbers."""
_RULING = re.compile(r":?-{2,}:?")
_BY_SPELLING = re.compile(r"[“”'＂]-?\d{1,3},\d{3}[\d,.]*[“”'＂]")
"""A number with commas in quotation marks of another kind, as a spelling checker makes them of straight ones."""
_LONGEST_QUOTED = 20
"""A quoted value may run over so many lines."""
_HEAD_OF_NUMBER = re.compile(r"[-+(△▲]?\d{1,3}")
_REST_OF_NUMBER = re.compile(r"\d{3}(\.\d+)?\)?")


@dataclass(slots=True)
class Separated:
    """Rows with the line each begins on (from 1); ``unpaired``: lines with a quotation mark that never closes;
    ``split``: lines whose numbers were parted at the comma of their thousands, and are put together again;
    ``uneven``: lines with more values than the heading has."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    unpaired: list[int] = field(default_factory=list)
    split: list[int] = field(default_factory=list)
    uneven: list[int] = field(default_factory=list)


def unruled(text: str) -> str:
    """A table drawn with characters as values parted by bars: its rulings become empty lines."""
    bars = sum(line.count("│") > 1 or line.count("┃") > 1 for line in text[:100_000].splitlines())
    if bars >= _SHORTEST_ROW:
        text = text.translate(_BARS)
    elif not _DRAWN_LINE.search(text[:100_000]):
        return text
    return _DRAWN_LINE.sub("", text)


def separator_of(text: str) -> str:
    """What parts the values of a file; empty where it is no table of such: by content alone."""
    head = _TAIL_TABS.sub("", text[:100_000])
    lines = head.splitlines()
    if lines and (match := _SEPARATOR.fullmatch(lines[0].lstrip("\ufeff"))):
        return match.group(1)
    counts = {s: head.count(s) for s in _SEPARATORS}
    if counts["\t"] * 2 > max(counts[s] for s in _SEPARATORS if s != "\t"):
        return "\t" if _is_exported(lines) else ""
    for separator in sorted(_SEPARATORS, key=lambda s: -counts[s]):
        if counts[separator] and separator != "\t" and _looks_separated(lines, separator):
            return separator
    return ""


def _is_exported(lines: list[str]) -> bool:
    """Every line has the same number of tabs, or quotation marks around its values: what a spreadsheet writes."""
    filled = [line for line in lines[:_SAMPLE] if line.strip()]
    counts = {line.count("\t") for line in filled[: -1 if len(filled) > 2 else None]}
    quoted = sum('\t"' in line or line.startswith('"') for line in filled)
    tabbed = sum("\t" in line for line in filled)
    if len(filled) < 2 or (len(counts) > 1 and tabbed * 10 < len(filled) * 6):
        return False
    return len(counts) == 1 or quoted > 0 or _has_empty_column(filled)


def _has_empty_column(lines: list[str]) -> bool:
    """The rows of a sheet with tables beside one another: a column amid them is empty in all."""
    rows = [line.split("\t") for line in lines if "\t" in line]
    filled = sorted({c for row in rows for c, value in enumerate(row) if value.strip()})
    return len(rows) > 2 and any(b - a > 1 for a, b in pairwise(filled))


def _looks_separated(lines: list[str], separator: str) -> bool:
    """Fields, and not sentences."""
    rows = [r for _, r in rows_of("\n".join(lines[:_SAMPLE]), separator).rows if any(f.strip() for f in r)]
    wide = [r for r in rows if len(r) >= _SHORTEST_ROW]
    several = sum(len(r) > 1 for r in rows)  # a list of names and amounts below a wide table, titles between
    if len(rows) < 2 or len(wide) < 2 or several * 10 < len(rows) * 6 or len(wide) * 10 < len(rows) * 4:
        return False
    sentences = sum(bool(re.search(r"[。；]\s*$", r[-1])) for r in rows)
    fields = [f for r in wide for f in r]
    short = sum(len(f) <= 30 for f in fields)
    if sentences * 5 > len(rows) or short * 10 < len(fields) * 9:
        return False
    return any(_digit(f) and len(f) < 25 for f in fields)


def _plainly_quoted(text: str, separator: str) -> list[str]:
    """The lines, numbers in curved or single quotes in plain ones."""
    lines = text.splitlines()
    if separator == "'" or not _BY_SPELLING.search(text):
        return lines
    odd = re.compile(
        rf"(^|{re.escape(separator)})[“”'＂](-?\d[\d,]*\.?\d*)[“”'＂](?={re.escape(separator)}|$)"
    )
    return [odd.sub(r'\1"\2"', line) for line in lines]


def rows_of(text: str, separator: str, most: int = 1_000_000) -> Separated:
    """The rows of a file, values without quotation marks; what is written wrongly is mended line by line and told."""
    out = Separated()
    lines = _plainly_quoted(text, separator)
    opens = re.compile(rf'(?:^|{re.escape(separator)})\s*"')
    formula = re.compile(rf'(^|{re.escape(separator)})=("(?:[^"]|"")*")')
    start = 1 if lines and _SEPARATOR.fullmatch(lines[0].lstrip("\ufeff")) else 0
    k, widest = start, -1
    while k < len(lines) and len(out.rows) < most:
        line, taken = formula.sub(r"\1\2", lines[k]), 1
        if line.count('"') % 2 and opens.search(line):
            rest = _up_to_quote(lines, k + 1)
            whole = "\n".join([line, *rest])
            if rest and widest < 0:
                widest = max(_width(one, separator) for one in lines[start : start + _SAMPLE])
            if rest and _width(whole, separator) <= widest:
                line, taken = whole, 1 + len(rest)
            else:
                out.unpaired.append(k + 1)
                line = line.replace('"', "")
        out.rows.append((k + 1, [_value(f) for f in _fields(line, separator)]))
        k += taken
    if separator == ",":
        _join_thousands(out)
    return out


def _up_to_quote(lines: list[str], start: int) -> list[str]:
    """The lines from ``start`` up to one that closes a quotation mark; none where it is too far."""
    for end in range(start, min(start - 1 + _LONGEST_QUOTED, len(lines))):
        if lines[end].count('"') % 2:
            return lines[start : end + 1]
    return []


def _fields(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(line.splitlines(keepends=True), delimiter=separator), [])
    except csv.Error:  # a field beyond the csv module's limit
        return line.split(separator)


def _width(line: str, separator: str) -> int:
    return len(_fields(line, separator)) if line.count('"') % 2 == 0 else 0


def _value(text: str) -> str:
    """A value without what makes spreadsheets take it for text: ="2014101", '2014101; the ruling of a heading is
    none."""
    if match := _FORMULA.fullmatch(text):
        return match.group(1).replace('""', '"')
    if text.startswith("'") and text[1:2].isdigit():
        return text[1:]
    return "" if _RULING.fullmatch(text.strip()) and len(text.strip()) > 2 else text


def _join_thousands(out: Separated) -> None:
    """Numbers with commas that nobody put into quotation marks: together again where the row then fits its heading."""
    width = _heading_width([row for _, row in out.rows if len(row) >= _SHORTEST_ROW])
    if not width or all(len(row) <= width for _, row in out.rows):
        return
    for at, (number, row) in enumerate(out.rows):
        while row and len(row) > width and not row[-1].strip():
            row = row[:-1]
        if len(row) <= width:
            continue
        joined: list[str] = []
        for value in row:
            if joined and _parted(joined[-1], value):
                joined[-1] += "," + value
                continue
            joined.append(value)
        if len(joined) == width:
            out.rows[at] = (number, joined)
            out.split.append(number)
        else:
            out.uneven.append(number)


def _heading_width(rows: list[list[str]]) -> int:
    """How many values the first row without digits has, or else most rows."""
    heading = next((row for row in rows if not any(_digit(f) for f in row)), None)
    if heading is not None:
        return len(heading)
    return Counter(map(len, rows)).most_common(1)[0][0] if rows else 0


def _parted(left: str, right: str) -> bool:
    """The two may be one number with a comma between its thousands."""
    head, rest = _HEAD_OF_NUMBER, _REST_OF_NUMBER
    return "." not in left and bool(
        head.fullmatch(left.strip().split(",")[0]) and rest.fullmatch(right.strip())
    )


def _digit(text: str) -> bool:
    return any(c.isdigit() for c in text)
