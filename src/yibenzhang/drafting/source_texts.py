"""The texts of a published document that no number gives, word for word: duties, units, assets, performance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from yibenzhang.drafting.families import source_words
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


def _ends_terms(line: str) -> bool:
    return is_title(line) and not re.search(source_words()["terms"], line)


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
        groups: dict[tuple[str, ...], list[Passage]] = {}
        behind = {id(p) for p in titled(self.case.passages)} if wanted["key"] == "terms" else set()
        for p in self.case.passages:
            if id(p) in behind:
                continue
            level = next((k for k, h in enumerate(p.section) if re.search(wanted["heading"], h)), None)
            if level is None or any(re.search(wanted["not"], h) for h in p.section[: level + 1]):
                continue
            groups.setdefault(p.section[: level + 1], []).append(p)
        found = []
        for section, passages in groups.items():
            lines = [
                (self._whole(p), p.heading) for p in passages if not (p.heading and flat(p.text) in section)
            ]
            while lines and lines[-1][1] and _SHORT.fullmatch(flat(lines[-1][0])):
                lines.pop()  # a heading with nothing below but tables
            if text := _kept(_joined(lines), wanted):
                found.append(text)
        if found:
            return "\n".join(dict.fromkeys(found)) if wanted.get("several") else found[0]
        return _kept(self._run_in(wanted), wanted) or _kept(self._titled(wanted), wanted)

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
                    found = _joined([(x, False) for x in lines]) if within else []
                    if _kept(found, wanted):  # a line of the contents page has no sentences behind it
                        return found
                    within = bool(re.search(f"(?:{wanted['heading']})", line)) and not re.search(
                        wanted["not"], line
                    )
                    run, lines = end, []
            if within and run < len(p.text):
                lines.append(self._text(p, run, len(p.text)))
        return _joined([(x, False) for x in lines]) if within else []

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


_SHORT = re.compile(r"\(?[一二三四五六七八九十\d]{1,3}\)?[、.]?[^,。;:、]{2,20}")
"""A heading, and no sentence that goes on behind the end of a page."""
_RUN_IN = re.compile(r"\(?[一二三四五六七八九十\d]{1,3}\)?[、.]?([^。,:;]{2,30})。")


def _joined(lines: Iterable[tuple[str, bool]]) -> list[str]:
    """Lines without page numbers; one that breaks off goes on in the next, but a heading does not."""
    out: list[str] = []
    last = False
    for line, heading in lines:
        if not line or re.fullmatch(source_words()["furniture"], line):
            continue
        if not heading and re.match(source_words()["remark"], flat(line)):
            continue
        if out and not last and not out[-1].endswith(ENDS) and not STARTS.match(flat(line)):
            out[-1] += line
        else:
            out.append(line)
        last = heading and bool(_SHORT.fullmatch(flat(line)))
    return out


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
