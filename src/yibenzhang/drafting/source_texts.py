"""The texts of a published document that no number gives, word for word: duties, units, assets, performance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from yibenzhang.drafting.families import source_words
from yibenzhang.drafting.numbering import number_of
from yibenzhang.model.documents import Paragraph
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.reading.paragraphs import STARTS
from yibenzhang.rules.case import Case

_REPEATED = 4
"""Pages that a line stands on to be their head."""
ENDS = ("。", "；", "：", ";", ":", "！", "？")


def texts_of(case: Case) -> dict[str, str]:
    """The sections that no number gives, by their keys in the notes."""
    return _Texts(case).texts()


def is_title(line: str) -> bool:
    """A line of its own that names what follows, without a number."""
    titles = f"[^,。;:…]{{0,40}}(?:{source_words()['titles']})(?:情况|说明|\\(.{{1,8}}\\))*"
    return bool(re.fullmatch(titles, line)) and not re.match(r"(?!20\d\d年)[一二三四五六七八九十\d]", line)


def titled(passages: Iterable[Passage]) -> Iterator[Passage]:
    """The passages behind a title without a number, up to the next heading."""
    section: tuple[str, ...] | None = None
    for p in passages:
        if section is not None and p.section != section:
            section = None
        if section is not None:
            yield p
        if any(
            is_title(p.text[at:end])
            for (at, _), end in zip(p.pieces, [*(a for a, _ in p.pieces[1:]), len(p.text)], strict=True)
        ):
            section = p.section


@dataclass
class _Texts:
    case: Case

    def texts(self) -> dict[str, str]:
        """The sections that no number gives, word for word."""
        out = {}
        for section in source_words()["section"]:
            if text := self._section(section):
                out[section["key"]] = text
        if assets := self._assets():
            out["assets"] = assets
        return out

    def _section(self, wanted: Mapping[str, Any]) -> str:
        found = []
        for section, passages in self._under(wanted).items():
            if text := _kept(_joined(self._below(section[1], passages)), wanted):
                found.append(text)
        if found:
            return "\n".join(dict.fromkeys(found)) if wanted.get("several") else found[0]
        return (
            _kept(self._run_in(wanted), wanted)
            or _kept(self._titled(wanted), wanted)
            or _kept(self._of_both(wanted), wanted)
        )

    def _under(self, wanted: Mapping[str, Any]) -> dict[tuple[int, tuple[str, ...]], list[Passage]]:
        """The passages below such headings, by the headings and how often those were printed before: the contents page
        prints them as well."""
        groups: dict[tuple[int, tuple[str, ...]], list[Passage]] = {}
        printed: Counter[str] = Counter()
        behind = {id(p) for p in titled(self.case.passages)} if wanted["key"] == "terms" else set()
        for p in self.case.passages:
            if p.heading:
                printed[flat(p.text)] += 1
            if id(p) in behind:
                continue
            level = next((k for k, h in enumerate(p.section) if _names(h, wanted)), None)
            if level is None or any(
                re.search(wanted["not"], h) and not re.search(wanted["heading"], h) for h in p.section[:level]
            ):
                continue
            own = p.section[level]
            groups.setdefault((printed[own], p.section[: level + 1]), []).append(p)
        return groups

    def _below(self, section: tuple[str, ...], passages: Iterable[Passage]) -> list[_Line]:
        lines = [self._line(p) for p in passages if not (p.heading and flat(p.text) in section)]
        lines = [line for line in lines if _says(line)]
        end = len(lines)
        while end and lines[end - 1].title:
            end -= 1  # a heading with nothing below but tables
        announced = 0 < end < len(lines) and lines[end - 1].text.endswith(("：", ":"))
        listed = [n[:2] for line in lines[end:] if (n := number_of(line.text))]
        counted = [(listed[0][0], k) for k in range(1, len(lines) - end + 1)] if listed else []
        whole = bool(listed) and listed == counted  # none of it stands in a table
        return lines if announced and whole else lines[:end]

    def _of_both(self, wanted: Mapping[str, Any]) -> list[str]:
        """What stands below one heading for two texts: the second begins where its own words are first met."""
        other = wanted.get("with")
        if not other:
            return []
        for section, passages in self._under(
            {**wanted, "not": other["not"], "heading": other["heading"]}
        ).items():
            lines = _joined(self._below(section[1], passages))
            at = next(
                (
                    k
                    for k, x in enumerate(lines)
                    if re.search(other["parting"], x) and not STARTS.match(flat(x))
                ),
                None,
            )
            if at:
                return lines[:at] if other["part"] == 0 else lines[at:]
        return []

    def _run_in(self, wanted: Mapping[str, Any]) -> list[str]:
        """What stands after a heading in one paragraph with it."""
        for p in self.case.passages:
            match = _RUN_IN.match(p.text)
            if match and re.search(wanted["heading"], match.group(1)) and match.end() < len(p.text):
                return [self._text(p, match.end(), len(p.text))]
        return []

    def _titled(self, wanted: Mapping[str, Any]) -> list[str]:
        """What stands between a heading without a number, in a line of its own, and the next."""
        lines: list[str] = []
        within = False
        for p in self.case.passages:
            ends = [at for at, _ in p.pieces[1:]] + [len(p.text)]
            run = 0
            for (at, _), end in zip(p.pieces, ends, strict=True):
                line = p.text[at:end]
                if is_title(line):
                    if within and run < at:
                        lines.append(self._text(p, run, at))
                    found = _joined([_Line(x) for x in lines]) if within else []
                    if _kept(found, wanted):  # a line of the contents page has no sentences behind it
                        return found
                    within = bool(re.search(f"(?:{wanted['heading']})", line)) and not re.search(
                        wanted["not"], line
                    )
                    run, lines = end, []
            if within and run < len(p.text):
                lines.append(self._text(p, run, len(p.text)))
        return _joined([_Line(x) for x in lines]) if within else []

    def _assets(self) -> str:
        words = source_words()["assets"]
        for k, p in enumerate(self.case.passages):
            match = re.search(words["has"], p.text)
            if match is None or p.heading or re.search(words["not"], p.text[: match.start()]):
                continue
            if not any(words["section"] in h for h in (*p.section, p.text[: match.start()])):
                continue
            begin = p.text.rfind("。", 0, match.start()) + 1
            end = begin
            for sentence in re.finditer(r"[^。]*。?", p.text[begin:]):
                if not sentence.group() or not re.search(words["keep"], sentence.group()):
                    break
                end = begin + sentence.end()
            more = []
            for other in self.case.passages[k + 1 : k + 3]:
                if (
                    other.section != p.section
                    or not re.search(words["keep"], other.text)
                    or end < len(p.text)
                ):
                    break
                more.append(self._whole(other))
            return "\n".join((self._text(p, begin, end), *more))
        return ""

    @cached_property
    def _heads(self) -> list[str]:
        """Lines that stand on page after page."""
        lines = Counter(b.text.strip() for b in self.case.document.blocks() if isinstance(b, Paragraph))
        return [
            line for line, n in lines.items() if n >= _REPEATED and len(line) > 5 and not line.endswith(ENDS)
        ]

    def _text(self, p: Passage, start: int, end: int) -> str:
        """What is printed there, without page numbers and page heads that stand within a sentence."""
        ranges = p.printed(start, end)
        text = "".join(
            q.text[a:b]
            for q, a, b in ranges
            if q.text.strip() not in self._heads and not re.fullmatch(source_words()["label"], q.text.strip())
        )
        return re.sub(source_words()["page"], "", text).strip()

    def _whole(self, p: Passage) -> str:
        return self._text(p, 0, len(p.text))

    def _line(self, p: Passage) -> _Line:
        first, last = p.pieces[0][1], p.pieces[-1][1]
        if not first.lines or not last.lines or not first.size:
            return _Line(self._whole(p), p.heading)
        left, right = first.lines[0].edges, last.lines[-1].edges
        return _Line(self._whole(p), p.heading, left[0], right[-1], first.size)


_SHORT = re.compile(r"\(?[一二三四五六七八九十\d]{1,3}\)?[、.]?[^,。;:、]{2,20}")
"""A heading, and no sentence that goes on behind the end of a page."""
_RUN_IN = re.compile(r"\(?[一二三四五六七八九十\d]{1,3}\)?[、.]?([^。,:;]{2,30})。")
_INDENT = 1.2
"""So many characters further right a paragraph begins than its other lines."""
_FULL = 2.5
"""A line that ends within so many characters of the right edge is full."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A passage with the edges of its first and its last line, where it stands on a page."""

    text: str
    heading: bool = False
    left: float = 0
    right: float = 0
    size: float = 0

    @property
    def title(self) -> bool:
        return self.heading and bool(_SHORT.fullmatch(flat(self.text)))


def _names(heading: str, wanted: Mapping[str, Any]) -> bool:
    return bool(re.search(wanted["heading"], heading)) and not re.search(wanted["not"], heading)


def _says(line: _Line) -> bool:
    """It is no page number, no number of a table and no title of one."""
    if not line.text or re.fullmatch(source_words()["furniture"], line.text):
        return False
    return line.heading or not re.match(source_words()["remark"], flat(line.text))


def _joined(lines: Iterable[_Line]) -> list[str]:
    """Lines without page numbers; one that breaks off goes on in the next, but a heading does not. What begins further
    left than the paragraph before it, behind a full line, is no paragraph of its own, whatever it begins with, unless
    that is the next number."""
    out: list[str] = []
    last: _Line | None = None
    begun = widest = 0.0
    numbers: dict[int, int] = {}
    for line in lines:
        if not _says(line):
            continue
        widest = max(widest, line.right)
        number = number_of(line.text)
        goes_on = last is not None and not last.title and not _next(number, numbers)
        torn = goes_on and not line.title and _outdented(line, last, begun, widest)
        if goes_on and (torn or not (out[-1].endswith(ENDS) or STARTS.match(flat(line.text)))):
            out[-1] += line.text
        else:
            out.append(line.text)
            begun = line.left
            if number is not None:
                numbers[number[0]] = number[1]
        last = line
    return out


def _next(number: tuple[int, int, int] | None, numbers: Mapping[int, int]) -> bool:
    """It is the number after the last one of its level."""
    return number is not None and number[1] > 1 and numbers.get(number[0]) == number[1] - 1


def _outdented(line: _Line, before: _Line | None, begun: float, widest: float) -> bool:
    if before is None or not before.size or not line.size:
        return False
    return begun - line.left > _INDENT * line.size and before.right >= widest - _FULL * line.size


def _kept(lines: list[str], wanted: Mapping[str, Any]) -> str:
    """The first lines of a section that are sentences to the end; a list that is announced and not there ends none."""
    lines = lines[: wanted["most"]]
    while lines and not lines[-1].endswith(("。", "；", ";")) and len(lines[-1]) > 40:
        lines = lines[:-1]
    while lines and lines[-1].endswith(("：", ":")):
        lines = lines[:-1]
    if not any(line.endswith(ENDS) for line in lines):
        return ""
    must = wanted.get("must")
    return "\n".join(lines) if not must or re.search(must, "".join(lines)) else ""
