"""Indicators of goals: targets below what was reached, values that are none, one indicator under two names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from difflib import SequenceMatcher

from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, Target, empty, target_of
from yibenzhang.rules.wording import Remark
from yibenzhang.standards import Standards, fold

_RATE = re.compile(r"(?:率|度|比例|比重|占比|百分比|幅度)\d?$|率|百分|占比|比例")
_WORD_VALUE = re.compile(r"[^\d]{0,10}(?:率|满意度|数量|次数|比例)$")
_VERB = re.compile(
    r"(?:有所|不断|较|显著|有效|明显|逐步|持续|进一步|大力|全面)?(?:提高|提升|增强|降低|减少|扩大|改善|保持|达到|加强|促进|确保|优化|稳步|完成|实现)"
)
_DIGIT = re.compile(r"[\d零一二两三四五六七八九十百千万全无]|年年|每")
_DUE = re.compile(r"(?:率|满意度|满意比例|比例|占比)$")
MOST_NAMED = 6
MOST_PAIRS = 200_000
"""More pairs of indicators than this are not compared across forms."""
LOW = 60
"""A goal to satisfy fewer than so many in a hundred is no goal."""


def indicators(forms: tuple[GoalForm, ...], standards: Standards) -> list[Remark]:
    """All remarks on indicators, form by form, then across forms."""
    words = {k: tuple(v) for k, v in standards.forms.get("word", {}).items()}
    out: list[Remark] = []
    seen: set[tuple[str, str, str]] = set()
    for form in forms:
        wordless: list[Indicator] = []
        for indicator in form.indicators:
            told = _odd(indicator, words) or _weaker(indicator, words)
            if told is not None:
                key = (told[0], indicator.key, fold(indicator.value))
                if key not in seen:  # the overall form repeats the projects' indicators
                    seen.add(key)
                    out.append(Remark(told[0], _where(form) + told[1], indicator.name, indicator.place))
            elif (
                form.kind != "evaluation"
                and _wordless(indicator)
                and not any(indicator.key == w.key for w in wordless)
            ):
                wordless.append(indicator)
        if wordless:
            out.append(_no_value(form, wordless))
        out.extend(_long_and_annual(form))
    names = {name for _, name, _ in seen}
    pairs = sum(len(f.indicators) for f in forms if f.kind == "overall") * sum(
        len(f.indicators) for f in forms
    )
    if pairs <= MOST_PAIRS:
        out.extend(r for r in _across(forms, words) if r.rule != "goals.value" or fold(r.words) not in names)
    return _once(out)


def _where(form: GoalForm) -> str:
    """Which form a remark is about, as the beginning of its sentence."""
    if form.kind == "overall" or not form.name:
        return "整体支出绩效目标表：" if form.kind == "overall" else ""
    return f"“{form.name}”的绩效目标表："


# ---- one indicator ---------------------------------------------------------------------------------


def _odd(i: Indicator, words: dict[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """A unit or comparison that makes no sense."""
    target = target_of(i.value)
    if target is None:
        return None
    name, unit = i.key, target.unit
    before = [t for t in (target_of(i.last), target_of(i.former)) if t is not None]
    shown = f"指标“{i.name}”的目标值“{i.value}”"
    for tech in words.get("technical", ()):
        if unit.startswith(tech) and unit[len(tech) :] in words.get("counted", ()):
            was = f"，上年为“{i.last}”" if before and not empty(i.last) else ""
            return "goals.unit", f"{shown}有两个单位（{tech}、{unit[len(tech) :]}）{was}。"
    if "满意" in name and unit == "度":
        return "goals.unit", f"{shown}用“度”作单位，满意度应是百分比或分数。"
    satisfied = "满意" in name and "不满意" not in name and target.sign not in ("≤", "<")
    if unit == "%" and satisfied and 1 < target.number < LOW:
        return "goals.low", f"{shown}低于 {LOW}%。"
    if unit == "%":
        if target.number > 100 and any(w in name for w in words.get("bounded", ())):
            return "goals.unit", f"{shown}超过了 100%。"
        plain = [t for t in before if not t.unit and any(w in name for w in words.get("fewer", ()))]
        counts = [t for t in before if t.unit in words.get("counted", ())] + plain
        whole = all(t.number == t.number.to_integral() for t in counts)
        if before and len(counts) == len(before) and whole and not _RATE.search(name):
            was = "、".join(f"“{v}”" for v in (i.former, i.last) if not empty(v))
            return "goals.unit", f"{shown}是比率，前两年的值{was}是个数，不能比较。"
    return None


def _weaker(i: Indicator, words: dict[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """The target asks for less than both years before have reached (or set themselves)."""
    target = target_of(i.value)
    if target is None or not (before := [t for v in (i.former, i.last) if (t := target_of(v))]):
        return None
    if any(not empty(v) and target_of(v) is None for v in (i.former, i.last)) or target_of(i.last) is None:
        return None
    if any(t.unit and target.unit and t.unit != target.unit for t in before):
        return None
    name = i.key
    if (
        "成本" in i.level1
        or any(w in name for w in words.get("spending", ()))
        or "元" in target.unit
        and "成本" in i.level2
    ):
        return None
    if target.unit.startswith("年") and target.number > 1900:
        return None  # a date
    way = _direction(target, before, name, words)
    if way < 0 and any("元" in t.unit for t in (target, *before)):
        return None  # a limit to what is spent
    if way == 0 or not all(_less(target, t, way) for t in before):
        return None
    reached = way > 0 and target.unit == "%" and not any(t.sign for t in before)
    if reached and all(t.number - target.number <= 5 for t in before):
        return None  # a floor a little under what was reached is no step back
    was = "、".join(f"{word} {v}" for word, v in (("前年", i.former), ("上年", i.last)) if not empty(v))
    how = "低于" if way > 0 else "宽于"
    return "goals.weaker", f"指标“{i.name}”的目标值 {i.value} {how}前两年的水平（{was}）。"


def _direction(target: Target, before: list[Target], name: str, words: dict[str, tuple[str, ...]]) -> int:
    """1 where more is better, -1 where less is; 0 where it cannot be said."""
    signs = {t.sign for t in (target, *before) if t.sign and t.sign != "="}
    up, down = signs & {"≥", ">"}, signs & {"≤", "<"}
    if up and down:
        return 0
    fewer = any(w in name for w in words.get("fewer", ())) and not re.search(
        r"(?:解决|处理|办结|排除|修复|恢复)率?$", name
    )
    if up:
        return 0 if fewer else 1
    if down:
        return -1
    return 0


def _less(target: Target, before: Target, way: int) -> bool:
    return (before.number - target.number) * way > 0


def _wordless(i: Indicator) -> bool:
    """Only words stand where a number is due: the indicator's own name, the name of a rate."""
    value, name = fold(i.value), i.key
    if not value or re.search(r"\d", value):
        return False
    if len(name) >= 4 and value == name and not re.match(r"(?:通过|完成|无|不发生|零)", value):
        return True
    if _WORD_VALUE.fullmatch(value) and not _VERB.match(value) and not _DIGIT.search(value):
        return True
    if re.search(r"(?:频率|效率|功率)$", name):
        return False
    return (
        bool(_DUE.search(name))
        and not _DIGIT.search(value)
        and value not in ("无", "达标", "合格", "完成", "是")
    )


def _no_value(form: GoalForm, found: list[Indicator]) -> Remark:
    shown = "、".join(f"“{i.name}”（{i.value}）" for i in found[:MOST_NAMED])
    more = f"等 {len(found)} 个指标" if len(found) > MOST_NAMED else ""
    message = f"“{form.name}”的绩效目标表：{shown}{more}没有可以衡量的目标值。"
    others = tuple((i.value, i.place) for i in found[1:MOST_NAMED])
    return Remark("goals.no_value", message, found[0].value, found[0].place, others)


# ---- across lists ----------------------------------------------------------------------------------


def _by_period(form: GoalForm, period: str) -> dict[str, Indicator]:
    """Indicators of that period by name, those that stand once."""
    mine = [i for i in form.indicators if i.period == period]
    count = Counter(i.key for i in mine)
    return {i.key: i for i in mine if count[i.key] == 1}


def _once(remarks: list[Remark]) -> list[Remark]:
    """One indicator under two names is told once, in whatever lists the names stand."""
    seen: set[str] = set()
    out = []
    for r in remarks:
        key = fold(r.words) if r.rule == "goals.renamed" else ""
        if not key or key not in seen:
            out.append(r)
        seen.add(key)
    return out


def _long_and_annual(form: GoalForm) -> Iterator[Remark]:
    if form.kind == "project":
        yield from _renamed(
            _by_period(form, "long"), _by_period(form, "annual"), f"“{form.name}”长期目标", "年度目标"
        )


def _across(forms: tuple[GoalForm, ...], words: dict[str, tuple[str, ...]]) -> Iterator[Remark]:
    """The overall form against the forms of the projects: one indicator with two values or two names."""
    projects = [f for f in forms if f.kind == "project"]
    for overall in (f for f in forms if f.kind == "overall"):
        for period, word in (("annual", "年度"), ("long", "长期")):
            mine = _by_period(overall, period)
            every = Counter(k for f in projects for k in {i.key for i in f.indicators if i.period == period})
            for form in projects:
                theirs = _by_period(form, period)
                for key in mine.keys() & theirs.keys():
                    a, b = mine[key], theirs[key]
                    if every[key] == 1 and key not in words.get("generic", ()) and _differ(a, b):
                        message = f"{word}指标“{a.name}”的值不一：整体支出绩效目标表为 {a.value}，“{form.name}”的绩效目标表为 {b.value}。"
                        yield Remark("goals.value", message, b.name, b.place)
                if period == "annual":
                    yield from _renamed(mine, theirs, "整体支出绩效目标表", f"“{form.name}”的绩效目标表")


def _differ(a: Indicator, b: Indicator) -> bool:
    x, y = target_of(a.value), target_of(b.value)
    if x is None or y is None or (x.unit and y.unit and x.unit != y.unit):
        return False
    return x.number != y.number or bool({x.sign, y.sign} & {"≥", ">"} and {x.sign, y.sign} & {"≤", "<"})


def _renamed(
    mine: dict[str, Indicator], theirs: dict[str, Indicator], here: str, there: str
) -> Iterator[Remark]:
    """Names a word or two apart, each without a namesake on the other side, with the same value."""
    left = [i for k, i in mine.items() if k not in theirs]
    right = [i for k, i in theirs.items() if k not in mine]
    if len(left) * len(right) > 40000:
        return
    pairs = []
    for b in right:
        for a in left:
            if a.key in b.key or b.key in a.key or _value(a) != _value(b) or min(len(a.key), len(b.key)) < 6:
                continue
            if _reworded(a.key, b.key):
                pairs.append((a, b))
                break
    for a, b in pairs:
        message = f"疑为同一指标，名称不一：{here}作“{a.name}”，{there}作“{b.name}”，目标值都是 {b.value}。"
        yield Remark("goals.renamed", message, b.name, b.place)


def _value(i: Indicator) -> tuple[str, Decimal, str] | str:
    target = target_of(i.value)
    return (target.sign.replace("=", ""), target.number, target.unit) if target else fold(i.value)


def _reworded(a: str, b: str) -> bool:
    """The names differ by a word or two of at most four characters, and not by a number."""
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < 0.7 or re.sub(r"\d+", "#", a) == re.sub(r"\d+", "#", b):
        return False
    changed = [(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]
    return len(changed) <= 2 and all(max(c) <= 4 for c in changed)
