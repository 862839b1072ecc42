"""Reasons and purposes: those of another item, those that contradict the number, those of nobody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.rows import bare
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.directions import moves
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("reasons")
_GOES_ON = _WORDS["goes_on"].pattern
_OTHER_WORDS = _WORDS["other_words"].pattern
NAMED_ITEM = _WORDS["named_item"]
_CODED = late(r"(?<![\d.])2\d{6}([\u4e00-\u9fff]{3,30})(?=[,:])")
_ABOUT = _WORDS["about"]
_FOR = _WORDS["for"]
_USED = _WORDS["used"]
_ITEM_DIGITS = 7
_FLAT = _WORDS["flat"]
_UNEQUAL = _WORDS["unequal"]
"""The words before a reason end with the denial that anything is the same."""
_NO_AMOUNT = _WORDS["no_amount"]
"""What is the same is no amount."""
_UP, _DOWN = _WORDS["up"], _WORDS["down"]
_NEW = _WORDS["new"]
_NEW_QUOTED = _WORDS["new_quoted"]
_NO_UNITS = _WORDS["no_units"]
_UNITS = _WORDS["units"]
_UNDER = _WORDS["under"]
"""A purpose that goes to units of the body."""
_HAS_UNITS = _WORDS["has_units"]
_UNKNOWN_PROJECT = 0.55


def clauses_of_items(passages: Sequence[Passage]) -> Iterator[tuple[Passage, int, int, str]]:
    """Every stretch that speaks of one classified item: from its path to the next path."""
    for p in passages:
        found = sorted((*NAMED_ITEM.finditer(p.text), *_CODED.finditer(p.text)), key=lambda m: m.start())
        for k, m in enumerate(found):
            end = found[k + 1].start() if k + 1 < len(found) else len(p.text)
            yield p, m.end(), end, bare(m.group(1))


@rule("reasons.other_item", needs=("text",))
def of_another(case: Case) -> Iterator[Issue]:
    """A purpose or reason that names another item of the same list, and not its own."""
    clauses = list(clauses_of_items(case.passages))
    items = {name for *_, name in clauses if len(name) >= 4}
    for p, start, end, own in clauses:
        for m in _FOR.finditer(p.text, start, end):
            whole = re.split("[。;]", p.text[m.start("what") : end])[0]
            if other := _item_of_purpose(bare(m.group("what")), bare(whole), own, items, case):
                words = p.verbatim(m.start(), m.end()).strip()
                yield issue_at("reasons.other_item", words, p.place(m.start()), item=own, other=other)
                break


def _item_of_purpose(what: str, whole: str, own: str, items: Collection[str], case: Case) -> str:
    """The other item that a purpose is that of, by its words or its name; empty where there is none."""
    other = "" if _MERGED.search(what) else _purpose_of_another(own, what, whole, case)
    return other or _named_alone(what, own, items)


def _named_alone(what: str, own: str, items: Collection[str]) -> str:
    """The one other item that a purpose names, as what the money is for; empty where there is none."""
    named = [n for n in items if n in what and not _akin(n, own) and own not in what]
    named = [n for n in named if not any(n != o and n in o for o in named)]
    if len(named) != 1 or _MERGED.search(what) or _PLACE.search(what[: what.find(named[0])]):
        return ""
    ends = (
        rf"{re.escape(named[0])}(?:方面|工作)?(?:的)?(?:经费|支出|费用)?(?:的)?(?:增加|减少|保持不变|支出)?$"
    )
    return named[0] if re.search(ends, what) else ""


@rule("reasons.other_item", needs=("text",))
def of_another_cost(case: Case) -> Iterator[Issue]:
    """A purpose or reason of receptions, journeys or cars that has the words of another of these, and none of its
    own."""
    known = [entry.split("=") for entry in case.standards.lists["own_purposes"]]
    for p in case.passages:
        for m in _ABOUT.finditer(p.text):
            what = m.group("what")
            if "。" in p.text[m.start() : m.start("what")] and _of_a_list(p.text, m.start()):
                continue
            own, others = next(
                ((own, others) for name, own, others in known if re.fullmatch(name, m.group("item"))),
                ("", ""),
            )
            other = re.search(others, what) if others and not re.search(own, what) else None
            if other:
                words = p.clauses(m.start("what"), m.end())
                yield issue_at(
                    "reasons.other_item",
                    words,
                    p.place(m.start("what")),
                    item=m.group("item"),
                    other=other.group(),
                )


@rule("reasons.whom", needs=("text",))
def whom(case: Case) -> Iterator[Issue]:
    """A purpose that names people, and not those whom the item is for."""
    known = [entry.split("=") for entry in case.standards.lists["whom"]]
    for p, found in zip(case.passages, case.mentions, strict=True):
        for k, m in enumerate(found):
            entry = next((e for e in known if e[0] in m.name), None)
            if entry is None or len(m.at_level[0].code if m.at_level else m.code) != _ITEM_DIGITS:
                continue
            end = found[k + 1].start if k + 1 < len(found) else len(p.text)
            used = _USED.search(p.text, m.end, end)
            _, people, own = entry
            if used and re.search(people, used["what"]) and not re.search(own, used["what"]):
                words = p.clauses(used.start(), used.end())
                yield issue_at("reasons.whom", words, p.place(used.start()), item=m.name)


def _purpose_of_another(own: str, what: str, whole: str, case: Case) -> str:
    """The statutory item whose words the purpose has, where the item is another such one and the whole of it has none
    of its own."""
    known = [entry.split("=") for entry in case.standards.lists["purposes"]]
    own_words = [words.split("|") for item, words, _ in known if item in own]
    if not own_words or any(w in whole for words in own_words for w in words):
        return ""
    others = (
        item for item, _, words in known if item not in own and any(w in what for w in words.split("|"))
    )
    return next(others, "")


_MERGED = _WORDS["merged"]
"""Reasons that name the other item on purpose."""
_PLACE = _WORDS["place"]
"""Before a name these make it that of a body ("某市儿童医院")."""


def _akin(one: str, two: str) -> bool:
    """Names of which one says the other, as "行政单位医疗" and "公务员医疗补助" do not."""
    return one in two or two in one or SequenceMatcher(None, one, two, autojunk=False).ratio() >= 0.8


@rule("reasons.flat", needs=("text",))
def unchanged(case: Case) -> Iterator[Issue]:
    """ "持平" with a reason that only speaks of less, or only of more."""
    for p, following in zip(case.passages, [*case.passages[1:], None], strict=False):
        broken = p.text.endswith(":") and following is not None and not following.heading
        text = p.text + following.text if broken and following else p.text
        for m in _FLAT.finditer(text):
            if not _of_same_amount(text, m):
                continue
            why = m.group("why")
            why = ",".join(c for c in why.split(",") if not _THRIFT.search(_CUT.sub("", c)))
            if _WORDS["offset"].search(m.group("why")):
                continue
            cut = any(_CUT.search(c) for c in why.split(","))
            if bool(_UP.search(why)) == bool(_DOWN.search(why) or cut):
                continue
            words = text[m.start() : m.start() + 90]
            yield issue_at("reasons.flat", words, p.place(m.start()))


def _of_same_amount(text: str, m: re.Match[str]) -> bool:
    """An amount is the same, and the reason is told of it and says of nothing that it did not move."""
    if "。" in text[m.start() : m.start("why")] and _of_a_list(text, m.start()):
        return False  # the reason of all that the sentence tells
    if _WORDS["unmoved"].search(m.group("why")) or _UNEQUAL.search(text[: m.start("why")]):
        return False
    return not _NO_AMOUNT.search(text, max(0, m.start() - 12), m.start("why"))


def _of_a_list(text: str, at: int) -> bool:
    """The sentence up to there tells of several things, one of which has moved."""
    before = text[text.rfind("。", 0, at) + 1 : at]
    return ";" in before and _WORDS["moved"].search(before) is not None


_ENDS_AT_REASON = _WORDS["ends_at_reason"]
_ENDS_AT_EXAMPLE = _WORDS["ends_at_example"]
_NEXT_SECTION = _WORDS["next_section"]


@rule("wording.no_reason", "wording.lead_in", needs=("text",))
def left_out(case: Case) -> Iterator[Issue]:
    """ "主要原因为：" or "如：" at the end of a paragraph, and the next section begins."""
    for p, following in zip(case.passages, case.passages[1:], strict=False):
        found = _ENDS_AT_REASON.search(p.text)
        example = _ENDS_AT_EXAMPLE.search(p.text)
        section = (
            _NEXT_SECTION.fullmatch(following.text) if (found or example) and following.heading else None
        )
        if example and section:
            words = p.clauses(example.start(), example.end())
            yield issue_at("wording.lead_in", words, p.place(example.start()))
        if found and section and not _WORDS["why"].search(section.group("name")):
            words = p.clauses(found.start(), found.end())
            yield issue_at("wording.no_reason", words, p.place(found.start()))


_CUT = _WORDS["cut"]
"""Behind what is counted it tells of less, as 减少 does; before what is cut it is what everybody does."""
_THRIFT = _WORDS["thrift"]
"""What everybody does every year, whatever comes of it."""
_TURNED = _WORDS["turned"]


@rule("reasons.direction", needs=("text",))
def turned(case: Case) -> Iterator[Issue]:
    """ "减少 2 万元，下降 10%，增加的主要原因": the reason is told of the other direction."""
    for p in case.passages:
        for m in _TURNED.finditer(p.text):
            way, other = m.group("way"), m.group("other")
            if bool(_WORDS["grown"].fullmatch(way)) != bool(_WORDS["grown"].fullmatch(other)):
                words = p.verbatim(m.start(), m.end()).strip()
                yield issue_at("reasons.direction", words, p.place(m.start()), way=way, other=other)
        for m in _WORDS["flat_turned"].finditer(p.text):
            begin = max(p.text.rfind(c, 0, m.start()) for c in "。;") + 1
            apart = _WORDS["flat_part"].search(p.text, begin, m.end())
            if not apart and not re.search(moves(), p.text[: m.start()]):
                words = p.verbatim(m.start(), m.end()).strip()
                other = m.group("other")
                yield issue_at(
                    "reasons.direction", words, p.place(m.start()), way=m.group("way"), other=other
                )


@rule("reasons.unknown_project", needs=("text", "tables"))
def new_projects(case: Case) -> Iterator[Issue]:
    """ "新增……项目" given as a reason, where the project table has no such project."""
    known = [
        fold(row.label)
        for t in case.tables
        if t.table.standard and t.table.standard.id == "budget.projects"
        for block in t.blocks
        for row in block.rows
        if row.label
    ]
    if len(known) < 3:
        return
    seen: set[str] = set()
    for p in case.passages:
        for m in (*_NEW.finditer(p.text), *_NEW_QUOTED.finditer(p.text)):
            if _of_others(p.text, m, case.year):
                continue
            name = _WORDS["project"].sub("", fold(next(n for n in m.groups() if n)))
            if len(name) < 3 or name in seen or any(_alike(name, k) for k in known):
                continue
            seen.add(name)
            words = p.verbatim(m.start(), m.end()).strip()
            yield issue_at("reasons.unknown_project", words, p.place(m.start()))


def _of_others(text: str, m: re.Match[str], year: int | None) -> bool:
    """It is no reason of an increase, was new in another year, or the sentence says that it is not in this budget."""
    begin, end = sentence(text, m.start(), m.end())
    if not _WORDS["new_reason"].search(text, begin, m.start()):
        return True  # no reason of any amount
    before = _WORDS["new_before"].search(text, 0, m.start())
    if before and before.group("year") != str(year):
        return True
    return bool(_WORDS["new_elsewhere"].search(text, begin, end))


def _alike(name: str, other: str) -> bool:
    match = SequenceMatcher(None, name, other, autojunk=False).find_longest_match()
    return name in other or match.size >= max(4, len(name) * _UNKNOWN_PROJECT)


@rule("reasons.no_units", needs=("text",))
def no_units(case: Case) -> Iterator[Issue]:
    """Units under a body that says it has none."""
    texts = [p.text for p in case.passages]
    if not any(map(_NO_UNITS.search, texts)) or any(map(_HAS_UNITS.search, texts)):
        return  # none, or none of one of the units
    for p in case.passages:
        found = [
            m for m in _UNITS.finditer(p.text) if _SPENT.search(p.text, max(0, m.start() - 40), m.start())
        ]
        if not found and not p.heading:
            found = [m for m in _UNDER.finditer(p.text) if _of_amount(p, m)]
        for m in found:
            yield issue_at("reasons.no_units", p.clauses(m.start(), m.end()), p.place(m.start()))


_SPENT = _WORDS["spent"]
_MONEY = _WORDS["money"]


def _of_amount(p: Passage, m: re.Match[str]) -> bool:
    """The sentence tells an amount: it is no explanation of a term."""
    begin = p.text.rfind("。", 0, m.start()) + 1
    return bool(_MONEY.search(p.text, begin, m.start()))


_AT = r"(?<![\u4e00-\u9fff])"
"""我所辖各镇, 我中心城区: no body's words for itself."""


@rule("wording.self", needs=("text",))
def other_self(case: Case) -> Iterator[Issue]:
    """ "我中心" in the text of a 局: words of another body, unless the passage speaks of such a body by name."""
    selves, body = case.standards.lists["selves"], case.profile.body
    ending = next((k for k in selves if body.rstrip(")）").endswith(k)), "")
    if not ending:
        return
    wrong = [w for w in selves if w != ending and w not in body]
    called = "|".join(map(re.escape, wrong))
    own = "|".join(w for w in wrong if _WORDS["plain_selves"].fullmatch(w))
    pattern = late(
        rf"我({called})(?![\u4e00-\u9fff]?[长员]|{_OTHER_WORDS})"
        + (rf"|{_AT}本({own}){_GOES_ON}" if own else "")
    )
    for p in case.passages:
        for m in pattern.finditer(p.text):
            if (m.group(1) or m.group(2)) in pattern.sub("", p.text[: m.start()]):
                continue
            words = p.clauses(m.start(), m.end())
            yield issue_at("wording.self", words, p.place(m.start()), body=body, name=m.group())
