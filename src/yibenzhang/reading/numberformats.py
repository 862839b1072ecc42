"""The number formats of spreadsheets: from a stored value to what the sheet prints.

The codes are those of ECMA-376 part 1, 18.8.30–31 (numFmts), as Excel, WPS and BIFF files carry them.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, Overflow
from functools import cached_property, lru_cache

_TOKEN = re.compile(
    r'(?P<text>"[^"]*"?)|[\\!](?P<escaped>.)|(?P<pad>[_*].)|\[(?P<bracket>[^\]]*)\]|'
    r"(?P<general>General|G/通用格式)|(?P<ampm>AM/PM|A/P|上午/下午)|(?P<exponent>E[+-])|"
    r"(?P<date>y+|e+|m+|d+|h+|s+|a{3,4})|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|"
    r"(?P<percent>%)|(?P<as_text>@)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_STORED = Context(prec=15, rounding=ROUND_HALF_UP)
"""Spreadsheets show no more than fifteen digits of a stored number."""
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_GENERAL_CHARS = 11
_LONGEST_CODE = 300


@dataclass(frozen=True, slots=True)
class _Plan:
    whole: tuple[int, ...]
    after: tuple[int, ...]
    scale: int
    grouped: bool


@dataclass(frozen=True)  # no slots: cached properties
class _Section:
    """One of the parts between semicolons: (kind, text) tokens, and the condition it stands under."""

    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None = None

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(k for k, _ in self.tokens)

    def has(self, *kinds: str) -> bool:
        return not self.kinds.isdisjoint(kinds)

    @cached_property
    def plan(self) -> _Plan:
        """How its digits are laid: places before and after the point, power of ten, commas."""
        kinds = [k for k, _ in self.tokens]
        places = [i for i, k in enumerate(kinds) if k == "digit"]
        commas = [i for i, k in enumerate(kinds) if k == "comma"]
        point = kinds.index("point") if "point" in kinds else len(kinds)
        whole = tuple(i for i in places if i < point)
        first, last_whole, last = min(whole, default=point), max(whole, default=-1), max(places, default=-1)
        grouping = [i for i in commas if first < i < last_whole]
        scaling = [i for i in commas if i > last or last_whole < i < point]
        scale = 2 * kinds.count("percent") - 3 * len(scaling)
        return _Plan(whole, tuple(i for i in places if i > point), scale, bool(grouping))


def builtin(number: int) -> str:
    """The code of a format that files name by number alone."""
    if 27 <= number <= 36 or 50 <= number <= 58:
        return "yyyy/m/d"  # dates of East Asian editions
    from openpyxl.styles.numbers import BUILTIN_FORMATS  # openpyxl is large

    return str(BUILTIN_FORMATS.get(number, "General"))


def is_date(code: str) -> bool:
    """True where a number under this code is printed as a date or a time."""
    return any(s.has("date") for s in _sections(code[:_LONGEST_CODE])[:1])


def shown(value: str | float, code: str, date1904: bool = False) -> str:
    """What a cell with this stored number prints; the number itself where the code cannot be used."""
    try:
        number = _STORED.create_decimal(str(value).strip())
    except Overflow:
        return "#" * _GENERAL_CHARS  # what sheets print for a number that does not fit
    except InvalidOperation:
        return str(value)
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return str(value) if len(str(value)) <= _LONGEST_CODE else "#" * _GENERAL_CHARS
    sections = _sections(code[:_LONGEST_CODE])
    section, signed = _chosen(sections, number)
    if section is None or section.has("white"):
        return ""
    if section.has("date"):
        return _date(number, section, date1904)
    if section.has("exponent", "general") or (not section.has("digit") and section.has("as_text")):
        return _with_literals(section, _general(number if signed else abs(number)))
    return _POINT_ALONE.sub(r"\1", _digits(number, section, signed))


def shown_text(text: str, code: str) -> str:
    """What a cell with words prints: the fourth section may hide or wrap them."""
    if code in ("General", "@") or ";" not in code:
        return text
    sections = _sections(code[:_LONGEST_CODE])
    if len(sections) < 4:
        return text
    return _with_literals(sections[3], text) if sections[3].tokens else ""


_POINT_ALONE = re.compile(r"(\d)\.(?=\s*$)")
"""The point of a format that leaves blanks for decimals which are nothing (``0.??``)."""
_WHITE = frozenset({"white", "白色", "color2", "颜色2", "color 2", "颜色 2"})
"""The colour in a number format that nothing is seen of on a white ground."""
_SAYS_WHITE = re.compile("\\[(?:" + "|".join(_WHITE) + ")\\]", re.IGNORECASE)


def on_colour(code: str) -> str:
    """A number format as it works on a ground that has a colour: white numbers are seen there."""
    return _SAYS_WHITE.sub("", code)


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    out = []
    tokens: list[tuple[str, str]] = []
    condition: tuple[str, Decimal] | None = None
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "other"
        text = match.group(kind)
        if kind == "other" and text == ";":
            out.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "bracket":
            if found := _CONDITION.fullmatch(text):
                condition = (found.group(1), Decimal(found.group(2)))
            elif text.lower() in _WHITE:
                tokens.append(("white", ""))
            elif money := re.match(r"\$([^-]+)", text):
                tokens.append(("literal", money.group(1)))
            elif re.fullmatch(r"[hms]+", text, re.IGNORECASE):
                tokens.append(("date", text))
        elif kind == "text":
            tokens.append(("literal", text.strip('"')))
        elif kind in ("escaped", "other"):
            tokens.append(("literal", text))
        elif kind == "pad":
            tokens.append(("literal", " "))
        else:
            tokens.append((kind, text))
    out.append(_Section(tuple(tokens), condition))
    return tuple(out)


def _chosen(sections: tuple[_Section, ...], number: Decimal) -> tuple[_Section | None, bool]:
    """The section for this number, and whether a minus is still to be printed before it."""
    numeric = sections[:3]
    if any(s.condition for s in numeric):
        chosen = next((s for s in numeric if s.condition is None or _meets(number, *s.condition)), None)
        if chosen is None:
            return numeric[0], True
        return (chosen if chosen.tokens else None), True
    if len(numeric) == 1:
        return numeric[0], True
    section = _by_sign(numeric, number)
    if not section.tokens:
        return None, False
    words = "".join(t for k, t in section.tokens if k == "literal")
    # a negative shown in brackets or in red alone is still read as one
    return section, number < 0 and "-" not in words


def _by_sign(numeric: tuple[_Section, ...], number: Decimal) -> _Section:
    """For positive numbers the first section, for negative the second, for zero the third where there is one."""
    if number < 0:
        return numeric[1]
    return numeric[2] if number == 0 and len(numeric) == 3 else numeric[0]


_SIGNS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


def _meets(number: Decimal, sign: str, bound: Decimal) -> bool:
    return _SIGNS[sign](number, bound)


def _with_literals(section: _Section, text: str) -> str:
    out = []
    for kind, words in section.tokens:
        if kind == "literal":
            out.append(words)
        elif kind in ("general", "as_text", "exponent") and text:
            out.append(text)
            text = ""
    return ("".join(out) + text).strip()


def _general(number: Decimal) -> str:
    """As many digits as eleven characters hold."""
    if number == number.to_integral_value():
        return f"{number.to_integral_value():f}"
    whole = len(str(abs(int(number))))
    places = max(0, _GENERAL_CHARS - 1 - whole)
    text = f"{number.quantize(Decimal(1).scaleb(-places), context=_WIDE):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _digits(number: Decimal, section: _Section, signed: bool) -> str:
    tokens, plan = section.tokens, section.plan
    if not section.has("digit"):
        return _with_literals(section, "")
    quantum = Decimal(1).scaleb(-len(plan.after))
    value = abs(number).scaleb(plan.scale).quantize(quantum, context=_WIDE)
    integer, _, fraction = f"{value:f}".partition(".")
    put = _fraction(tokens, plan.after, fraction) | _whole(
        tokens, plan.whole, integer.lstrip("0"), plan.grouped
    )
    out = []
    for i, (kind, text) in enumerate(tokens):
        if kind == "digit":
            out.append(put.get(i, ""))
        elif kind == "point":
            out.append(".")
        elif kind == "percent":
            out.append("%")
        elif kind == "literal":
            out.append(text)
    text = "".join(out).strip()
    if signed and number < 0:
        bracketed = re.fullmatch(r"[(（](.*)[)）]", text)
        text = "-" + (bracketed.group(1).strip() if bracketed else text)
    return text


def _whole(
    tokens: tuple[tuple[str, str], ...], at: tuple[int, ...], digits: str, grouped: bool
) -> dict[int, str]:
    """The digits before the point, laid on their places from the right; the first place takes the rest."""
    out: dict[int, str] = {}
    left = digits
    count = 0
    for n, i in enumerate(reversed(at)):
        last = n == len(at) - 1
        take = max(len(left), 1) if last else 1
        text = ""
        for _ in range(take):
            if left:
                digit, left = left[-1], left[:-1]
            else:
                digit = {"0": "0", "?": " "}.get(tokens[i][1], "")
                if not digit:
                    break
            if grouped and count and count % 3 == 0 and digit != " ":
                text = "," + text
            text = digit + text
            count += 1
        out[i] = text
    return out


def _fraction(tokens: tuple[tuple[str, str], ...], at: tuple[int, ...], digits: str) -> dict[int, str]:
    out: dict[int, str] = {}
    kept = False
    for i, digit in reversed(list(zip(at, digits, strict=False))):
        kept = kept or digit != "0" or tokens[i][1] == "0"
        out[i] = digit if kept else (" " if tokens[i][1] == "?" else "")
    return out


def _date(number: Decimal, section: _Section, date1904: bool) -> str:
    try:
        start = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)
        at = start + timedelta(seconds=round(float(number) * 86400))
    except (OverflowError, ValueError):
        return _general(number)
    out = []
    hours = False
    for kind, text in section.tokens:
        letter = text[:1].lower()
        if kind in ("literal", "point", "comma"):
            out.append(text)
        elif kind == "date":
            minutes = letter == "m" and hours
            hours = letter in "hs" or (hours and letter != "m")
            out.append(_date_part(at, text.lower(), minutes))
    return "".join(out).strip()


def _date_part(at: datetime, text: str, minutes: bool) -> str:
    value = {"y": at.year, "e": at.year, "m": at.month, "d": at.day, "h": at.hour, "s": at.second}.get(
        text[0]
    )
    if value is None:
        return ""
    if minutes:
        value = at.minute
    if text[0] == "y":
        return f"{value:04d}" if len(text) > 2 else f"{value % 100:02d}"
    return f"{value:02d}" if len(text) == 2 else str(value)
