"""Whose disclosure this is: body, fiscal year, budget or accounts, level and region; unknown is an answer."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TypeVar

from yibenzhang.model.documents import Document, Paragraph
from yibenzhang.model.patterns import late
from yibenzhang.recognising.regions import region_of
from yibenzhang.standards import Standards, fold

_YEAR = r"(20[0-4]\d)"
_COVER = late(
    rf"(?P<body>[^\d，,。；：:、]{{0,80}}?){_YEAR}年?度?"
    rf"(?P<rest>(?:[省市区县]级)?(?P<level>部门|单位)?(?:综合|整体)?(?P<stage>预算|决算))"
)
_COMPARED = late("[与比较同]$")
"""A year that a sentence compares with is not the year of the document."""
_YEAR_FIRST = late(
    rf"^{_YEAR}年?度?(?P<body>[^\d，,。；：:、]{{4,40}}?)(?P<level>部门|单位)(?:综合|整体)?(?P<stage>预算|决算)"
)
_PART = late(r"第[一二三四]部分(?P<body>[^\d，。；：:、]{4,40}?)(?:概况|基本情况)$")
_COVER_HOLDER = late(r"(?:主管|编制|填报|预算)(?P<kind>部门|单位)(?:名称)?[:：](?P<body>[^:：，,、]{4,40})$")
_HOLDER = late(
    r"(?:预算|决算)?(?:主管|编制|填报)?(?P<kind>部门|单位)(?:名称|/单位)?[:：]"
    r"(?P<body>[^:：，,、]{4,40}?)(?:单位[:：].*)?$"
)
_YEAR_AND_STAGE = late(rf"{_YEAR}年?度?[^\d，。]{{0,14}}?(预算|决算)")
_BODY_END = late(
    r"(局|委|办|厅|院|处|所|站|中心|办公室|委员会|街道|街道办事处|人民政府|学校|大学|中学|小学|医院|馆|社|队|署|会|"
    r"部|校|团|公司|基地|检察院|法院|联合会|研究院|办事处|镇|乡|支队|总队|联社|园|集团|台|本级)([(（].*[)）])?$"
)


_MANY = 4
"""So many titles that name the other stage outweigh one cover; a year named less often says nothing."""
_MENTIONS = 20
"""A text that names its stage less often is about something else."""
_FAR = 2
_HEAD = 200
_TITLE = 60


@dataclass(frozen=True, slots=True)
class Profile:
    """An empty string or None is *unknown*; ``conflicts`` are sentences about statements that disagree."""

    body: str = ""
    fiscal_year: int | None = None
    stage: str = ""
    level: str = ""
    region: str = ""
    conflicts: tuple[str, ...] = ()
    stated: Profile | None = None
    """What the document itself says, where a person gave something in its place."""

    def corrected(self, given: Profile) -> Profile:
        """With what a person knows better in place of what was recognised; a conflict tells where the document says
        something else."""
        stated = self.stated or self
        issue = contradiction(stated, given.fiscal_year, given.stage)
        conflicts = given.conflicts or self.conflicts
        if issue:
            conflicts = (*conflicts, f"{issue}按填写的核对；如果填错了，请改正识别信息。")
        return Profile(
            given.body or self.body,
            given.fiscal_year or self.fiscal_year,
            given.stage or self.stage,
            given.level or self.level,
            given.region or self.region,
            tuple(dict.fromkeys(conflicts)),
            stated,
        )


_STAGE_OF = {"预算": "budget", "决算": "accounts"}
_STAGE = {"budget": "预算", "accounts": "决算", "": ""}


def contradiction(stated: Profile, year: int | None, stage: str, who: str = "人工填写的") -> str:
    """A sentence where a year or stage given by a person is not what the document says; empty where they agree, or one
    of them is not known."""
    other_year = bool(year and stated.fiscal_year and year != stated.fiscal_year)
    other_stage = bool(stage and stated.stage and stage != stated.stage)
    if not (other_year or other_stage):
        return ""
    said = f"{stated.fiscal_year} 年" if stated.fiscal_year else ""
    given = f"{year or stated.fiscal_year} 年" if year or stated.fiscal_year else ""
    level = {"department": "部门", "unit": "单位"}.get(stated.level, "")
    return f"文件写的是 {said}{level}{_STAGE[stated.stage]}，{who}是 {given}{level}{_STAGE[stage or stated.stage]}。"


def named_as_body(text: str) -> bool:
    """True for a name that ends as the names of public bodies do."""
    return bool(_BODY_END.search(text))


def profile_of(document: Document, standards: Standards) -> Profile:
    """The profile of a document: from its title page first, then its headings, then the whole text."""
    paragraphs = [p for p in document.paragraphs() if p.text.strip()]
    front = front_of(document)
    covers = [m for text in joined(front) if (m := _cover(text))]
    body, level = _body(front, covers, paragraphs)
    year, stage, conflicts = _year_and_stage(covers, paragraphs)
    year = year or _year_in(front) or _year_in_text(paragraphs)
    if not level:
        level = next((_level(m.group("level")) for m in covers if m.group("level")), "")
    level = level or _level_by_count(paragraphs)
    region = region_of(body, front, [p.text for p in paragraphs[:_HEAD]], standards)
    return Profile(body, year, stage, level, region, tuple(conflicts))


def _level(word: str | None) -> str:
    return {"部门": "department", "单位": "unit"}.get(word or "", "")


def _cover(text: str) -> re.Match[str] | None:
    """A title with body, year and stage; the year may stand before the body."""
    first = _YEAR_FIRST.search(text)
    if first and _BODY_END.search(_clean(first.group("body"))):
        return first
    return next((m for m in _COVER.finditer(text) if not _COMPARED.search(m.group("body"))), None)


def front_of(document: Document) -> list[str]:
    """Texts of the title page, folded: up to the contents."""
    paragraphs = [p for p in document.paragraphs() if p.text.strip()]
    if document.drawn:
        first = [b.text for page in document.pages[:2] for b in page.blocks if isinstance(b, Paragraph)]
    else:
        first = [p.text for p in paragraphs[:12]]
    out = []
    for text in first:
        if re.match(r"[—-]?\s*目\s*录", text.strip()):
            break
        out.append(fold(text))
        if len(out) >= 12:
            break
    return out


def joined(front: list[str]) -> list[str]:
    """Each line, and neighbouring lines together: a title may run over several; those that name a body first."""
    out = [
        "".join(front[i : i + n])
        for n in (1, 2, 3)
        for i in range(len(front))
        if sum(map(len, front[i : i + n])) < 80
    ]
    return sorted(out, key=lambda t: not ((m := _cover(t)) and m.group("body")))


def _clean(body: str) -> str:
    text = re.sub(
        r"^(第[一二三四]部分|附件\d*|公开\d+表|纳入|关于|根据|按照|由|指|为|对)+[:：]?", "", fold(body)
    )
    text = re.sub(r"(概况|部门|单位|关于|的|公开|情况|\((汇总|部门汇总|部门)\))+$", "", text)
    return text.strip("：:，,。 ").replace("(", "（").replace(")", "）")


def _body(front: list[str], covers: list[re.Match[str]], paragraphs: list[Paragraph]) -> tuple[str, str]:
    """The body and its level: named on the cover, by the heading of its first part, or else most often in the text."""
    for text in front:  # "预算主管部门：上海市普陀区财政局": the cover names the body in so many words
        if (m := _HOLDER.match(text) or _COVER_HOLDER.search(text)) and (body := _clean(m.group("body"))):
            return body, _level(m.group("kind"))
    for m in covers:
        body = _clean(m.group("body"))
        if len(body) >= 4 and _BODY_END.search(body):
            return body, _level(m.group("level"))
    for p in paragraphs[:80]:
        if part := _PART.match(fold(p.text)):
            return _clean(part.group("body")), ""
    named = _holders(paragraphs) or _bodies_with_year(paragraphs)
    return (named.most_common(1)[0][0], "") if named else ("", "")


def _holders(paragraphs: list[Paragraph]) -> Counter[str]:
    """The bodies named at the heads of tables, with how often."""
    held = (m for p in paragraphs if (m := _HOLDER.match(fold(p.text))))
    bodies = (_clean(m.group("body")) for m in held)
    return Counter(body for body in bodies if body and "元" not in body)


def _bodies_with_year(paragraphs: list[Paragraph]) -> Counter[str]:
    """The bodies named before a year and a stage anywhere in the text, with how often."""
    bodies = (_clean(m.group("body")) for p in paragraphs for m in _COVER.finditer(fold(p.text)))
    return Counter(body for body in bodies if 5 <= len(body) <= 30 and _BODY_END.search(body))


def _year_and_stage(
    covers: list[re.Match[str]], paragraphs: list[Paragraph]
) -> tuple[int | None, str, list[str]]:
    conflicts: list[str] = []
    years, stages = _in_headings(paragraphs)
    year = _year(covers[0]) if covers else None
    stage = _STAGE_OF[covers[0].group("stage")] if covers else ""
    other = {"budget": "accounts", "accounts": "budget"}.get(stage, "")
    if stages[other] >= max(_MANY, _MANY * (stages[stage] - 1)):
        stage = other  # one wrong word on the cover, against all titles
    if years and year not in years:
        often = years.most_common(1)[0][0]
        if year is not None:
            conflicts.append(f"封面写 {year} 年，标题多处写 {often} 年。")
        year = year or often
    stage = stage or _clearly(stages, 1) or _clearly(_titled(paragraphs), 1) or _stage_in_text(paragraphs)
    return year, stage, conflicts


def _in_headings(paragraphs: list[Paragraph]) -> tuple[Counter[int], Counter[str]]:
    """How often short lines name each year before a stage, and each stage at their end."""
    years: Counter[int] = Counter()
    stages: Counter[str] = Counter()
    for p in paragraphs:
        short = fold(p.text)
        if len(short) > _TITLE or short.endswith("。"):
            continue  # a sentence is no heading
        years.update(int(m.group(1)) for m in _YEAR_AND_STAGE.finditer(short))
        for word, stage in _STAGE_OF.items():
            ends = (f"{word}表", f"{word}总表", f"{word}情况说明", f"{word}公开", word)
            stages[stage] += short.endswith(ends)
    return years, stages


def _stage_in_text(paragraphs: list[Paragraph]) -> str:
    """The stage that the whole text names clearly more often."""
    text = "".join(p.text for p in paragraphs)
    return _clearly(Counter({stage: text.count(word) for word, stage in _STAGE_OF.items()}), _MENTIONS) or ""


def _year_in(front: list[str]) -> int | None:
    """The one fiscal year that the title page names."""
    years = {int(y) for line in front for y in re.findall(rf"{_YEAR}年度", line)}
    return years.pop() if len(years) == 1 else None


def _year_in_text(paragraphs: list[Paragraph]) -> int | None:
    """The year that the text names far more often than any other, not counting those it compares with."""
    found = Counter(int(y) for p in paragraphs for y in re.findall(rf"(?<![比较与同和]){_YEAR}\s*年", p.text))
    return _clearly(found, _MANY)


def _year(cover: re.Match[str]) -> int:
    return int(next(g for g in cover.groups() if g and re.fullmatch(_YEAR, g)))


_Name = TypeVar("_Name", int, str)


def _clearly(count: Counter[_Name], least: int) -> _Name | None:
    """What is named most, where it is named often enough and far more often than anything else."""
    most = count.most_common(2)
    if not most or most[0][1] < least or (len(most) > 1 and most[0][1] < _FAR * most[1][1]):
        return None
    return most[0][0]


def _titled(paragraphs: list[Paragraph]) -> Counter[str]:
    """How many titles of tables name each stage."""
    titles = [t for p in paragraphs if len(t := fold(p.text)) <= _TITLE and t.endswith("表")]
    return Counter({stage: sum(word in t for t in titles) for stage, word in _STAGE.items() if stage})


def _level_by_count(paragraphs: list[Paragraph]) -> str:
    text = "".join(fold(p.text) for p in paragraphs)
    department = len(re.findall(r"(?<!财政)部门(?:收支|收入|支出|预算|决算|概况|名称|:)", text))
    unit = len(re.findall(r"(?<!算)单位(?:收支|收入|支出|预算|决算|概况)", text))
    if department == unit:
        return ""
    return "department" if department > unit else "unit"
