"""Figures of which nothing is to be said: their sentences, and sections that had no others, are left out of a text."""

from __future__ import annotations

import re

from yibenzhang.drafting.tables import numeral

LEFT_OUT = "〔不写〕"
"""Stands in place of such an amount until the text is whole."""
_HEADING = re.compile(r"(#+)\s+(（?)([一二三四五六七八九十]{1,3})([）、])(.*)")


def without_left_out(text: str) -> str:
    """The text without sentences that tell such an amount; headings without a line below go, and the rest is numbered
    again."""
    if LEFT_OUT not in text:
        return text
    lines = []
    for line in text.splitlines():
        kept = "".join(s for s in re.findall(r"[^。]*。?", line) if LEFT_OUT not in s)
        if kept.strip() or not line.strip():
            lines.append(kept)
        else:
            lines.append(LEFT_OUT)
    return "\n".join(_numbered(_filled(lines)))


def _filled(lines: list[str]) -> list[str]:
    """Without the lines that were emptied, and without headings that had nothing else."""
    out: list[str] = []
    for k, line in enumerate(lines):
        if line == LEFT_OUT:
            continue
        below = [x for x in lines[k + 1 :] if x.strip()]
        own = next((i for i, x in enumerate(below) if x.startswith("#")), len(below))
        if line.startswith("#") and LEFT_OUT in below[:own] and all(x == LEFT_OUT for x in below[:own]):
            continue
        out.append(line)
    return out


def _numbered(lines: list[str]) -> list[str]:
    """Headings of one level under one above are numbered from one on."""
    counts: dict[int, int] = {}
    out = []
    for line in lines:
        depth = len(line) - len(line.lstrip("#"))
        if depth:
            counts = {d: n for d, n in counts.items() if d <= depth}
        if match := _HEADING.fullmatch(line):
            counts[depth] = counts.get(depth, 0) + 1
            line = f"{match[1]} {match[2]}{numeral(counts[depth])}{match[4]}{match[5]}"
        elif depth:
            counts.pop(depth, None)
        out.append(line)
    return out
