"""Numbers in a dress: brackets, triangles, marks of notes, counters around the digits; and what is no number any
more."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from yibenzhang.model.patterns import late

_WIDE = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    0x3000: 0x20,
    0x00A0: 0x20,
    0x2212: 0x2D,
    0x2010: 0x2D,
    0x2011: 0x2D,
    0x2012: 0x2D,
    0x2013: 0x2D,
    0x2014: 0x2D,
    0x2015: 0x2D,
    0xFE63: 0x2D,
    0xFE50: 0x2C,
    0xFE52: 0x2E,
    0xFE6A: 0x25,
}
_UNSEEN = dict.fromkeys(
    [
        0x00AD,
        0x034F,
        0x061C,
        0x180E,
        0xFEFF,
        0xFFFC,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
    ]
)
"""Characters that print nothing: joiners, marks of direction, soft hyphens, the anchors of objects."""
UNSEEN = frozenset(map(chr, _UNSEEN))

BODY = r"(?:\d{1,3}(?:[,']\d{3})+|\d+)(?:\.\d+)?"
_SURE = r"(?:\d{1,3}(?:[,']\d{3})+(?:\.\d+)?|\d+\.\d+)"
"""What only a number looks like: thousands or decimals."""
_MONEY = r"(?:人民币|RMB|CNY|[¥￥$])?"
_NOTE = (
    r"(?:[*※†‡§#¹²³⁰⁴-⁹ᵃ-ᵛ①-⒛ⓐ-ⓩ❶-➓㈠-㈩ⅰ-ⅹ₀-₉]+|⁽[¹²³⁰⁴-⁹]⁾"
    r"|[\[〔【(]注?\d{1,2}[\]〕】)]|[\[〔【]注[\]〕】]|\(?注\d{0,2}\)?)"
)
_HEAD = r"(?:[*※†‡§①-⒛❶-➓]+|\[\d{1,2}\])"
_FALLING = "[△▲▽▼∆Δ]"
_COUNTED = "[个人辆台套次批家名项件户宗笔平㎡]|平方米|人次|处|所|万|亿"
_REMARK = r"\([^()\d]{1,12}\)"
_SAFE = (
    (late(rf"\({_MONEY}-?({_SURE})\)|-\(({_SURE})\)"), "-"),
    (late(rf"{_FALLING}-?({BODY})"), "-"),
    (late(rf"{_MONEY}({_SURE})-"), "-"),
    (late(rf"{_MONEY}-{_MONEY}({BODY})"), "-"),
    (late(rf"(?:人民币|RMB|CNY)({BODY})"), ""),
    (late(r"\+?(\d{1,3}(?:'\d{3})+(?:\.\d+)?)"), ""),
)
"""Dresses only numbers wear, and the sign they mean."""
_LOOSE = (
    (late(rf"\({_MONEY}-?({BODY})\)"), "-"),
    (late(rf"{_FALLING}\(?-?({BODY})\)?"), "-"),
    (late(rf"({BODY})-"), "-"),
    (late(rf"负({BODY})"), "-"),
    (late(rf"\+?({BODY})(?:{_COUNTED}|{_REMARK})"), ""),
    (late(rf"(-{BODY})(?:{_COUNTED}|{_REMARK})"), ""),
    (late(rf"[约计]({BODY})"), ""),
)
"""Dresses of numbers where a number must stand; elsewhere they number lists, name years and count things."""
_TAILED = late(rf"(.*\d[)%元]?){_NOTE}")
_HEADED = late(rf"{_HEAD}(.*\d.*)")
_SPLIT = late(_SURE)
_RUINED = late(r"#{2,}|-?(nan|null|none|undefined|inf(inity)?)|[+-]?\d(\.\d+)?e[+-]?\d+", re.IGNORECASE)
_ALIKE = frozenset("OoQDlI|!SsBZzbgqoО〇○")
_SIGNS = frozenset(".,-+%'`·¥￥$()[]*?~^_:;\"")
_BLOCKS = frozenset("\ufffd□■▯▮█▓▒░�")
_LONGEST = 30
_FEWEST = 3


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones, character for character, so that both are read alike."""
    return text if text.isascii() else text.translate(_WIDE)


def without_unseen(text: str) -> str:
    """A string without the characters that print nothing."""
    return text if text.isascii() else text.translate(_UNSEEN)


def undressed(raw: str, loose: bool) -> str:
    """The plain number in a narrowed string without blanks; empty where there is none.

    ``loose``: a number must stand there, so that (25), 3个, 2025[1] are numbers as well.
    """
    for _ in range(3):  # a mark may stand after brackets, brackets inside a mark
        for pattern, sign in (*_SAFE, *_LOOSE) if loose else _SAFE:
            if match := pattern.fullmatch(raw):
                return sign + (next(g for g in match.groups() if g)).replace("'", ",")
        bare = _without_note(raw, loose)
        if bare == raw:
            break
        raw = bare
        if re.fullmatch(rf"[+-]?{_MONEY}{BODY}[%元]?", raw):
            return raw.replace("'", ",")
    return ""


def _without_note(raw: str, loose: bool) -> str:
    for pattern in (_TAILED, _HEADED):
        match = pattern.fullmatch(raw)
        if match and (loose or _SPLIT.search(match.group(1))):
            return match.group(1)
    return raw


def is_garbled(raw: str) -> bool:
    """A narrowed string without blanks that was a number: hashes for one that did not fit, letters among its digits,
    a power of ten, the residue of a program."""
    if _RUINED.fullmatch(raw):
        return True
    if len(raw) > _LONGEST:
        return False
    count = Counter(map(_kind, raw))
    digits, rest = count["digit"], count["rest"]
    if not digits or rest > 1:
        return False
    if count["broken"]:
        return rest == 0
    numeric = count["point"] > 0 and raw[0] not in "(["
    if count["alike"] and rest == 0:
        return numeric or (digits >= _FEWEST and raw[0].isdigit() and not raw[-1].isalpha())
    return numeric and digits >= 2 and (rest == 0 or digits >= 2 * _FEWEST)


def _kind(char: str) -> str:
    """A digit, a letter that looks like one, what stands for no character, a point or another sign, or anything
    else."""
    if char.isdigit():
        return "digit"
    if char in ".,":
        return "point"
    if char in _ALIKE:
        return "alike"
    if char in _BLOCKS or unicodedata.category(char) == "Co":
        return "broken"
    return "sign" if char in _SIGNS else "rest"
