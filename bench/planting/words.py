"""Errors in the running text, one function for each kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from bench.planting.plants import (
    NUMBER,
    At,
    Kind,
    Plant,
    Soil,
    in_text,
    lost_point,
    swapped_digits,
    wrong_digit,
)
from yibenzhang.model.amounts import narrow
from yibenzhang.model.documents import Paragraph

_UNIT = re.compile(r"\s*(万元|亿元|元)(?!（含）|\(含\)|以上)")
_FLIPPED = {"增加": "减少", "减少": "增加", "增长": "下降", "下降": "增长"}
_DIRECTION = re.compile(r"(增加|减少|增长|下降)(?=\s*\d)")
_RATE = re.compile(r"(?:增长|下降|减少|上升)\s*(\d+(?:\.\d+)?)\s*[%％]")
_SHARE = re.compile(r"占[^，。；,;占]{0,24}?(\d+(?:\.\d+)?)\s*[%％]")
_DONE = re.compile(r"完成[^，。；,;]{0,12}?(\d+(?:\.\d+)?)\s*[%％]")
_LISTED = re.compile(r"[、：，]?(?P<name>[^、：；，。]{4,40}?)\d[\d,]*\.\d+万元(?=[、。])")
_TITLE = re.compile(
    r"(20\d\d)(?=\s*年度?(?:部门|单位|区级部门)?(?:预算|决算|收支|收入|支出|财政|一般|政府|“三公”))"
)
_BASE = re.compile(r"(?<=[比与较])\s*(20\d\d)(?=\s*年)")
_AS_OF = re.compile(r"(?<=截至)\s*(20\d\d)(?=\s*年)")
_COUNTED = re.compile(
    r"项目(?:共|有|共有)?\s*(\d+)\s*个|(?:共)?\s*(\d+)\s*个项目|用?车(?:辆|保有量为)?(?:共有|共)?\s*(\d+)\s*辆"
)
_STAGES = {"预算": "决算", "决算": "预算"}
_STAGE = re.compile(r"20\d\d\s*年度?(?:部门|单位)?[^，。；,;]{0,16}?(预算|决算)(?!数|收入支出|拨款)")
_WORD = re.compile(r"主要|用于|支出|经费|其中|项目|收入|拨款|包括|部门|的(?=[^的]{2})|购置|培训")
_NAMED = re.compile(r"(?P<name>[^，。；、：,;:（）()\d.．]{3,24})\s*(?P<amount>\d[\d,]*\.\d+)\s*万元")


def amounts(soil: Soil) -> Iterator[tuple[At, Paragraph, re.Match[str], re.Match[str], bool]]:
    """Every amount of the text with its unit, and whether nothing else tells what it ought to be."""
    printed = soil.printed()
    for at, p in soil.paragraphs():
        for m in NUMBER.finditer(p.text):
            if not float(m.group().replace(",", "")):
                continue
            unit = _UNIT.match(p.text, m.end())
            if unit:
                yield at, p, m, unit, _alone(p, m, printed)


def _alone(p: Paragraph, m: re.Match[str], printed: Counter[str]) -> bool:
    """The number is printed once, no percentage stands in its sentence, and no list it could be part of."""
    if "." in m.group() and printed[m.group().replace(",", "")] > 1:
        return False
    begin = p.text.rfind("。", 0, m.start()) + 1
    stop = p.text.find("。", m.end())
    sentence = narrow(p.text[begin : stop if stop >= 0 else len(p.text)])
    listed = re.search(r"其中|包括|分别", p.text) and len(re.findall(r"\d\s*万元", p.text)) >= 4
    return "%" not in sentence and not listed


def _numbers(kind: str, soil: Soil, change: object, random: Random) -> Iterator[Plant]:
    for at, p, m, _, alone in amounts(soil):
        if not float(m.group().replace(",", "")):
            continue
        new = change(m.group(), random) if callable(change) else None
        if new and new != m.group():
            yield in_text(kind, at, p, m.start(), m.end(), new, alone=alone)


def digit(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _numbers("digit", soil, wrong_digit, random)


def swapped(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _numbers("swapped_digits", soil, swapped_digits, random)


def point(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _numbers("lost_point", soil, lambda n, _: lost_point(n), random)


def unit(soil: Soil, random: Random) -> Iterator[Plant]:
    """万元 printed as 元, and the other way round."""
    for at, p, m, u, alone in amounts(soil):
        if float(m.group().replace(",", "")):
            new = "万元" if u.group(1) == "元" else "元"
            yield in_text("unit", at, p, u.start(1), u.end(1), new, (m.group(),), alone)


def lost_unit(soil: Soil, random: Random) -> Iterator[Plant]:
    for at, p, m, u, _ in amounts(soil):
        yield in_text("lost_unit", at, p, u.start(), u.end(), "", (m.group(),))


def direction(soil: Soil, random: Random) -> Iterator[Plant]:
    for at, p in soil.paragraphs():
        for m in _DIRECTION.finditer(p.text):
            sentence = p.text[m.start() : m.end() + 40].split("。")[0]
            begin = p.text.rfind("。", 0, m.start()) + 1
            pair = (
                len(re.findall(r"(?:增加|减少|增长|下降)\s*\d", p.text[begin : m.end() + 40].split("。")[0]))
                > 1
            )
            number = NUMBER.search(sentence)
            words = (m.group(), _FLIPPED[m.group()], *([number.group()] if number else []))
            yield in_text("direction", at, p, m.start(), m.end(), _FLIPPED[m.group()], words, not pair)


def _percentages(kind: str, pattern: re.Pattern[str], soil: Soil, random: Random) -> Iterator[Plant]:
    for at, p in soil.paragraphs():
        for m in pattern.finditer(p.text):
            new = wrong_digit(m.group(1), random)
            yield in_text(kind, at, p, m.start(1), m.end(1), new, alone=_within_rounding(p, m, new))


def _within_rounding(p: Paragraph, m: re.Match[str], new: str) -> bool:
    """The smallest amount of the sentence is printed too coarsely to tell the two percentages apart."""
    begin = p.text.rfind("。", 0, m.start()) + 1
    found = [f.group() for f in NUMBER.finditer(p.text[begin : m.start(1)]) if "." in f.group()]
    coarse = max((0.006 / float(f.replace(",", "")) for f in found if float(f.replace(",", ""))), default=0.0)
    return abs(float(new) - float(m.group(1))) <= 2 * coarse * float(m.group(1))


def rate(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _percentages("rate", _RATE, soil, random)


def share(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _percentages("share", _SHARE, soil, random)


def completion(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _percentages("completion", _DONE, soil, random)


def year(soil: Soil, random: Random) -> Iterator[Plant]:
    """The year of a title or sentence, of the year compared with, of the day the property was counted."""
    for at, p in soil.paragraphs():
        for pattern in (_TITLE, _BASE, _AS_OF):
            for m in pattern.finditer(p.text):
                new = str(int(m.group(1)) + random.choice((-1, 1) if pattern is _TITLE else (-2, 2)))
                yield in_text("year", at, p, m.start(1), m.end(1), new)


def count(soil: Soil, random: Random) -> Iterator[Plant]:
    """How many projects or cars: the whole, or one of its kinds."""
    for at, p in soil.paragraphs():
        for m in _COUNTED.finditer(p.text):
            k = next(k for k in (1, 2, 3) if m.group(k))
            new = str(int(m.group(k)) + random.choice((1, 2, 3)))
            listed = len(re.findall(r"\d\s*辆", p.text)) > 2 or "个" in m.group()
            yield in_text("count", at, p, m.start(k), m.end(k), new, (new,), not listed)


def project(soil: Soil, random: Random) -> Iterator[Plant]:
    """A project left out of the projects that the text lists, by name and amount."""
    names = {
        c.text.strip(): tuple(d.place.key for d in t.cells if d.row == c.row)
        for _, t in soil.tables()
        for c in t.cells
        if len(c.text.strip()) >= 4
    }
    for at, p in soil.paragraphs():
        listed = list(_LISTED.finditer(p.text))
        for m in listed if "项目" in p.text and len(listed) >= 4 else ():
            start = m.start() + (p.text[m.start()] == "：")
            end = m.end() + (p.text[m.start()] == "：" and p.text[m.end()] == "、")
            plant = in_text("missing_project", at, p, start, end, "", (m.group("name"), p.text[:12]))
            yield replace(plant, spots=(*plant.spots, *names.get(m.group("name"), ())))
        found = re.match(r"（[一二三四五六七八九十]+）(?P<name>.+?)项目\d", p.text)
        if found and found.group("name") in names:
            yield Plant(
                "missing_project",
                ((at, None),),
                (p.place.key, *names[found.group("name")]),
                (found.group("name"),),
                p.text,
                "",
                p.text,
            )


def exchanged(soil: Soil, random: Random) -> Iterator[Plant]:
    """Two amounts of one enumeration in each other's place."""
    printed = soil.printed()
    for at, p in soil.paragraphs():
        found = list(_NAMED.finditer(p.text))
        for a, b in zip(found, found[1:], strict=False):
            one, two = a.group("amount"), b.group("amount")
            between = p.text[a.end() : b.start()]
            if one == two or "。" in between or len(between) > 3 or re.search(r"[比较]", b.group("name")):
                continue
            if not float(one.replace(",", "")) or not float(two.replace(",", "")):
                continue
            begin, stop = p.text.rfind("。", 0, a.start()) + 1, p.text.find("。", b.end())
            said = narrow(p.text[begin : stop if stop >= 0 else len(p.text)])
            alone = all(printed[x.replace(",", "")] < 2 for x in (one, two)) and "%" not in said
            text = p.text[: a.start("amount")] + two + p.text[a.end("amount") : b.start("amount")] + one
            text += p.text[b.end("amount") :]
            yield Plant(
                "swapped_amounts",
                ((at, replace(p, text=text)),),
                (p.place.key,),
                (one, two),
                f"{one}、{two}",
                f"{two}、{one}",
                text[a.start() : b.end()],
                alone,
            )


def sentences(soil: Soil, random: Random) -> Iterator[Plant]:
    """Two numbered sentences with what follows their names exchanged: amount, change and rate."""
    items = [
        (at, p, m)
        for at, p in soil.paragraphs()
        if (m := re.match(r"(.+（项）”?)([^。]*?\d[\d,]*\.\d+万元.*。)$", p.text))
    ]
    for (at, p, m), (to, q, n) in zip(items, items[1:], strict=False):
        if m.group(2) != n.group(2) and at != to:
            one, two = (NUMBER.findall(x.group(2))[-1] for x in (m, n))
            found = [f.group() for x in (m, n) for f in NUMBER.finditer(x.group(2))]
            yield Plant(
                "swapped_sentences",
                (
                    (at, replace(p, text=m.group(1) + n.group(2))),
                    (to, replace(q, text=n.group(1) + m.group(2))),
                ),
                (p.place.key, q.place.key),
                tuple(found),
                one,
                two,
                m.group(1) + n.group(2),
            )


def placeholder(soil: Soil, random: Random) -> Iterator[Plant]:
    """A number that was not filled in, a choice of the template that was not made."""
    for at, p, m, _, _ in amounts(soil):
        yield in_text("placeholder", at, p, m.start(), m.end(), random.choice(("XX", "××", "***", "____")))
    for at, p in soil.paragraphs():
        for m in _DIRECTION.finditer(p.text):
            new = f"{m.group()}（{_FLIPPED[m.group()]}）"
            yield in_text("placeholder", at, p, m.start(), m.end(), new)


def stage(soil: Soil, random: Random) -> Iterator[Plant]:
    """预算 for 决算 in a sentence or title about this year, and the other way round."""
    for at, p in soil.paragraphs():
        for m in _STAGE.finditer(p.text):
            if not re.search(r"[比与较]\s*$", p.text[: m.start()]):
                new = _STAGES[m.group(1)]
                yield in_text("stage", at, p, m.start(1), m.end(1), new, (new,))


def doubled(soil: Soil, random: Random) -> Iterator[Plant]:
    for at, p in soil.paragraphs():
        for m in _WORD.finditer(p.text):
            if len(p.text) > 20:
                yield in_text("doubled_word", at, p, m.end(), m.end(), m.group(), (m.group() * 2,))


KINDS: dict[str, Kind] = {
    "digit": digit, "swapped_digits": swapped, "lost_point": point, "unit": unit, "lost_unit": lost_unit,
    "direction": direction, "rate": rate, "share": share, "completion": completion, "year": year, "count": count,
    "missing_project": project, "swapped_amounts": exchanged, "swapped_sentences": sentences,
    "placeholder": placeholder, "stage": stage, "doubled_word": doubled,
}  # fmt: skip
