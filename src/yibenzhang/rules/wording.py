"""Wording that must not stay in a published text, and years that cannot be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.recognising.profile import Profile
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.standards import Phrase, Standards

_TITLE_YEAR = re.compile(
    r"(20[0-4]\d)年?度?(?:[省市区县]级)?(?:部门|单位)?(?:整体)?"
    r"(?:预算|决算|(?:收支|收入|支出|财政拨款|一般公共预算|政府性基金|国有资本经营|“三公”经费)[^。;,]{0,30}(?:预算|决算)[^。;,]{0,6}表)"
)
_SCOPE_YEAR = re.compile(
    r"(?:纳入|编入)[^。;]{0,40}?(20[0-4]\d)年度?(?:部门|单位)?(?:预算|决算)(?:编制范围|汇编|编报)"
)
_AS_OF = re.compile(r"截至(20[0-4]\d)年(?:12月31日|底|末)")
_SAME_YEAR = re.compile(r"(20[0-4]\d)年?(?:预算|决算)数?[^。;]{0,20}?[,，]?比(\1)年?(?:预算|决算)")
_LATER = re.compile(
    r"(?:^|[。;])(20[0-4]\d)年度?[^,。;计划预算\d]{0,16}(?:金额|决算|支出|收入|总计|合计)(?:总额)?(?:为|共计?)?\d[\d,.]*(?:万|亿)?元"
)
_SAME_SUBJECT = re.compile(
    r"(20[0-4]\d)年度?[^。;,比\d]{2,30}(?:支出|收入|预算|决算)(?:预算|决算)?数?比(\1)年(?!度?(?:年初|初|全年|调整)?(?:预算|决算))"
)
_TASKS = re.compile(r"(?:工作|主要|年度|重点)任务|重点工作|工作目标|工作计划|任务及目标|任务和目标")
_TASK_YEAR = re.compile(
    r"(20[0-4]\d)年(?:底|末|\d{1,2}月底?|年底)之?前(?:完成|实现|建成|达到)"
    r"|(?:做好|抓好|推进|开展|落实|组织实施)(20[0-4]\d)年(?:度)?(?!部门决算|决算|预算执行|度?审计)"
)
_BASE = re.compile(r"(?:比|与|较)(20[0-4]\d)年(?:度)?(?:初)?(?:预算|决算|执行|当年|相比|增加|减少|持平)")


_LEVELLED = re.compile(r"([^,。;:“”\"、()\d.]{2,30})\((类|款|项)\)")
_LEVEL = {3: "类", 5: "款", 7: "项"}
MOST_APART = 24
"""Hits of one pattern this close (characters) are one remark."""
MOST_OF_ONE = 15
"""More remarks of one kind than this are summed up: the document is a template."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Words that are wrong: the rule, the sentence for a person, the printed words and their place."""

    rule: str
    message: str
    words: str
    place: Place
    others: tuple[tuple[str, Place], ...] = ()
    """The other places that the sentence speaks of: the words printed there, and where."""


def wording(
    passages: list[Passage], tables: tuple[TableFacts, ...], profile: Profile, standards: Standards
) -> list[Remark]:
    """All remarks on the wording, in the order of the document."""
    out = [*_phrases(passages, tables, standards), *_levels(passages, tables)]
    if profile.fiscal_year:
        said = profile.stated.fiscal_year if profile.stated else None
        out.extend(_years(passages, tables, profile.fiscal_year, profile.stage, said))
    return list(dict.fromkeys(out))


def _phrases(
    passages: list[Passage], tables: tuple[TableFacts, ...], standards: Standards
) -> Iterator[Remark]:
    for phrase in standards.phrases:
        found = list(_hits(phrase, passages, tables))
        yield from found[:MOST_OF_ONE]
        if len(found) > MOST_OF_ONE:
            rest = found[MOST_OF_ONE]
            yield Remark(
                phrase.id, f"{phrase.name}：还有 {len(found) - MOST_OF_ONE} 处。", rest.words, rest.place
            )


def _hits(phrase: Phrase, passages: list[Passage], tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    pattern, unless = re.compile(phrase.pattern), re.compile(phrase.unless) if phrase.unless else None
    for p in passages if phrase.scope in ("text", "both") else ():
        if p.heading and not phrase.heading:
            continue
        last = -MOST_APART - 1
        for m in pattern.finditer(p.text):
            begin, end = sentence(p.text, m.start(), m.end())
            if unless and unless.search(p.text[begin:end]):
                continue
            near, last = m.start() - last <= MOST_APART, m.end()
            if not near:
                words = p.verbatim(max(begin, m.start() - 24), min(end, m.end() + 16)).strip()
                yield Remark(phrase.id, f"{phrase.name}：“{words}”。", words, p.place(m.end() - 1))
    for t in tables if phrase.scope in ("cells", "both") else ():
        for cell in t.table.table.cells:
            text = flat(cell.text)
            found = pattern.search(text)
            if found and not (unless and unless.search(text)):
                words = text[max(0, found.start() - 20) : found.end() + 30]
                yield Remark(phrase.id, f"{t.table.name}：{phrase.name}：“{words}”。", words, cell.place)


def _levels(passages: list[Passage], tables: tuple[TableFacts, ...]) -> Iterator[Remark]:
    """A classification named with the wrong level: "行政事业单位离退休（类）" for a 款."""
    levels: dict[str, set[str]] = {}
    for t in tables:
        for block in t.blocks if t.table.standard else ():
            for row in block.rows:
                if len(row.code) in _LEVEL and row.code.startswith("2"):
                    levels.setdefault(bare(row.label), set()).add(_LEVEL[len(row.code)])
    for p in passages:
        for m in _LEVELLED.finditer(p.text):
            name = bare(m.group(1))
            if name in levels and m.group(2) not in levels[name]:
                right = "、".join(sorted(levels[name]))
                words = p.verbatim(m.start(), m.end())
                yield Remark(
                    "wording.level",
                    f"“{words.strip()}”的级次写错：表中是“{right}”级科目。",
                    words,
                    p.place(m.start()),
                )


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence begins and ends that holds the text from ``start`` to ``end``."""
    begin = max(text.rfind(c, 0, start) for c in "。;") + 1
    stops = [k for c in "。;" if (k := text.find(c, end)) >= 0]
    return begin, min(stops, default=len(text))


GIVEN = "人工填写的是"
"""How a remark begins that names a year a person gave against what the document says."""


def _years(
    passages: list[Passage], tables: tuple[TableFacts, ...], year: int, stage: str, said: int | None
) -> Iterator[Remark]:
    """``said`` is the year the document itself states, where a person gave ``year``."""
    word = "决算" if stage == "accounts" else "预算"
    mine = f"{GIVEN if said not in (None, year) else '本文件是'} {year} 年{word}"
    titles = [(p, m) for p in passages if is_title(p) for m in _TITLE_YEAR.finditer(p.text)]
    others = Counter(int(m.group(1)) for _, m in titles if int(m.group(1)) != year)
    agreeing = sum(int(m.group(1)) == year for _, m in titles)
    if said not in (None, year) and others[said or 0] >= max(agreeing, 1):
        p, m = next((p, m) for p, m in titles if int(m.group(1)) == said)
        yield _year(
            p,
            m,
            f"{GIVEN} {year} 年{word}，文件的标题写 {said} 年：或是填错了（请改正识别信息），或是文件写错了年度",
        )
        return  # one thing to settle, whichever of the two is wrong
    if others and agreeing <= 1 and others.most_common(1)[0][1] >= 2:
        p, m = next(((p, m) for p, m in titles if int(m.group(1)) == year), titles[0])
        other, times = others.most_common(1)[0]
        yield _year(p, m, f"封面写 {year} 年，另有 {times} 处标题写 {other} 年")
        return  # one wrong year on the cover, not a wrong year everywhere else
    for p in passages:
        title = is_title(p)
        for m in _TITLE_YEAR.finditer(p.text) if title else ():
            compared = p.text[max(0, m.start() - 1) : m.start()] in ("与", "比", "较")
            if int(m.group(1)) != year and not compared:
                yield _year(p, m, f"标题写 {m.group(1)} 年，{mine}")
        for m in _SCOPE_YEAR.finditer(p.text):
            if int(m.group(1)) != year:
                yield _year(p, m, f"写成 {m.group(1)} 年，{mine}")
        for m in _LATER.finditer(p.text) if stage == "accounts" else ():
            if int(m.group(1)) == year + 1:
                yield _year(p, m, f"写成 {m.group(1)} 年，{mine}")
        for m in _AS_OF.finditer(p.text):
            told = int(m.group(1))
            if (stage == "accounts" and told != year) or (stage == "budget" and told >= year):
                right = year if stage == "accounts" else year - 1
                yield _year(p, m, f"{year} 年{word}的截止日应为 {right} 年底")
        for m in (*_SAME_YEAR.finditer(p.text), *_SAME_SUBJECT.finditer(p.text)):
            yield _year(p, m, f"{m.group(1)} 年与同一年比较")
    if stage == "budget":
        yield from _tasks(passages, year)
    bases = [(p, m) for p in passages for m in _BASE.finditer(p.text)]
    same = {
        (id(p), p.text.find(m.group(2), m.start(2)))
        for p in passages
        for pattern in (_SAME_YEAR, _SAME_SUBJECT)
        for m in pattern.finditer(p.text)
    }
    usual = sum(int(m.group(1)) == year - 1 for _, m in bases)
    # accounts are compared with the budget of their own year
    usable = {year - 1} if stage == "budget" else {year - 1, year}
    for p, m in bases:
        if int(m.group(1)) not in usable and usual >= 2 and (id(p), m.start(1)) not in same:
            begin, end = sentence(p.text, m.start(), m.end())
            words = p.verbatim(max(begin, m.start() - 20), min(end, m.end() + 12)).strip()
            message = f"与 {m.group(1)} 年比较，别处都与 {year - 1} 年比较：“{words}”。"
            yield Remark("wording.base_year", message, words, p.place(m.start()))
    titled = {p.text for p, _ in titles}
    for t in tables:
        found = _TITLE_YEAR.search(flat(t.table.title)) if t.table.standard else None
        if found and int(found.group(1)) != year and flat(t.table.title) not in titled:
            place = t.table.table.cells[0].place
            message = f"表名写 {found.group(1)} 年，本文件是 {year} 年{word}：“{t.table.title}”。"
            yield Remark("wording.year", message, t.table.title, place)


def _tasks(passages: list[Passage], year: int) -> Iterator[Remark]:
    """Tasks of the year with last year's date."""
    for p in passages:
        if not any(_TASKS.search(s) for s in (*p.section, p.text[:30])):
            continue
        for m in _TASK_YEAR.finditer(p.text):
            if int(m.group(1) or m.group(2)) == year - 1:
                begin, end = sentence(p.text, m.start(), m.end())
                words = p.verbatim(max(begin, m.start() - 12), min(end, m.end() + 16)).strip()
                message = f"{year} 年的工作任务写的是 {year - 1} 年：“{words}”。"
                yield Remark("wording.task_year", message, words, p.place(m.start()))


def is_title(p: Passage) -> bool:
    """A heading, or a short line that is no sentence."""
    return p.heading or (len(p.text) <= 40 and not re.search(r"[。,;]|比|较", p.text))


def _year(p: Passage, match: re.Match[str], what: str) -> Remark:
    begin, end = sentence(p.text, match.start(), match.end())
    words = p.verbatim(max(begin, match.start() - 12), min(end, match.end() + 12)).strip()
    return Remark("wording.year", f"{what}：“{words}”。", words, p.place(match.start()))
