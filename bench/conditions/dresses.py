"""Dresses of one number, and what is left of one that nobody can read."""

from __future__ import annotations

NEGATIVE = ("total.rows", "total.columns", "total.incomplete", "equal", "signs.negative")
TOLD_BY_RULE = ("wording.grouping", "wording.number")
"""Rules that tell a number which is written wrongly."""
DRESSES: tuple[tuple[str, str, str], ...] = (
    ("circled mark", "1,399.60①", ""),
    ("star", "1,399.60*", ""),
    ("mark in brackets", "1,399.60[1]", ""),
    ("note in words", "1,399.60（注1）", ""),
    ("unit behind", "1,399.60万元", ""),
    ("yuan sign", "￥1,399.60", ""),
    ("full width", "１，３９９．６０", ""),
    ("blank inside", "1,399 .60", ""),
    ("brackets", "(1,399.60)", "-1399.60"),
    ("full-width brackets", "（1,399.60）", "-1399.60"),
    ("triangle", "△1,399.60", "-1399.60"),
    ("trailing minus", "1,399.60-", "-1399.60"),
    ("no commas", "1399.60", ""),
    ("hashes", "########", ""),
    ("letter O", "1,399.6O", ""),
    ("letter l", "l,399.60", ""),
    ("block for a digit", "1,39□.60", ""),
    ("two points", "1.399.60", ""),
    ("power of ten", "1.40E+03", ""),
    ("words for a number", "详见附件", ""),
    ("comma for the point", "1,399,60", ""),
    # tried as an attacker would, after the ones above were read right
    ("mark after a blank", "1,399.60 ②", ""),
    ("note in lenticular brackets", "1,399.60【注】", ""),
    ("raised mark in brackets", "1,399.60⁽¹⁾", ""),
    ("mark before the number", "*1,399.60", ""),
    ("reference mark", "1,399.60※", ""),
    ("currency in letters", "RMB1,399.60", ""),
    ("sign and yuan", "-¥1,399.60", "-1399.60"),
    ("mathematical minus", "\u22121,399.60", "-1399.60"),
    ("hollow triangle", "▽1,399.60", "-1399.60"),
    ("minus in words", "负1,399.60", "-1399.60"),
    ("about", "约1,399.60", ""),
    ("percent sign", "1,399.60%", ""),
    ("range", "1,399.60~1,500.00", ""),
    ("two numbers", "1,399.60 100.00", ""),
    ("sum written out", "712.08+687.52", ""),
    ("formula left over", "=C5+C6", ""),
    ("numeral in characters", "一千三百九十九点六", ""),
    ("turned by direction marks", "\u202e06.993,1\u202c", ""),
    ("open bracket", "(1,399.60", ""),
    ("point behind", "1,399.60.", ""),
    ("fault of a formula", "#DIV/0!", ""),
    ("under way", "待定", ""),
)
"""Name, what the cell prints, and the number it means where that is not 1399.60; the last ones can only be told."""
ONLY_TOLD = frozenset(
    {
        "hashes", "letter O", "letter l", "block for a digit", "two points", "power of ten", "words for a number",
        "comma for the point", "percent sign", "range", "two numbers", "sum written out", "formula left over",
        "numeral in characters", "turned by direction marks", "open bracket", "point behind", "fault of a formula",
        "under way",
    }
)  # fmt: skip
"""The dresses under which no number can be read."""
