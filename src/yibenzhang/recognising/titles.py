"""The head of a table: its titles, number, unit and holder, from the lines before it and its own first rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from yibenzhang.model.amounts import Unit, cell_state, narrow, unit_named
from yibenzhang.model.documents import Paragraph, Table
from yibenzhang.model.places import InFile, PagePlace
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.frames import FrameWords, frame_words

_LONG = 40
"""A line longer than this that is no title is running text."""
_LONGEST = 160
"""No line of a table's head is longer."""
_INNER_ROWS = 5
"""So many rows at the top of a grid may hold its title, unit and holder."""
_REST = 8
"""So many characters of a holder's name may stand on a second line."""
_GRID_ROWS = 5
"""So many rows of a grid's head may state its unit."""
_LIST = 3
"""So many titles in a row are a list of tables, not the title of the next one."""


@dataclass(frozen=True, slots=True)
class HeadLine:
    """What one line before a table says; all empty and ``text`` set where it is running text or a heading."""

    text: str
    title: str = ""
    number: str = ""
    unit: Unit | None = None
    holder: str = ""
    aside: bool = False
    half: str | None = None
    """The first half of a unit's name ("" where only its label stands here)."""

    @property
    def plain(self) -> bool:
        """Nothing of a table's head."""
        return not (
            self.title or self.number or self.unit or self.holder or self.aside or self.half is not None
        )

    @property
    def prose(self) -> bool:
        """Running text: no heading either."""
        return self.plain and (len(self.text) > _LONG or self.text.endswith(("。", ":", ";", "；")))


@dataclass(frozen=True, slots=True)
class Head:
    """All that is printed at the head of a table; ``first`` is the first row of the grid that is not of it."""

    titles: tuple[str, ...] = ()
    number: str = ""
    unit: Unit | None = None
    holder: str = ""
    first: int = 0
    prose: bool = False
    """Running text stands between this table and the one before."""
    fallback: bool = False
    """The only title is a heading that does not look like one."""

    @property
    def own(self) -> bool:
        """It has a title of its own."""
        return bool(self.titles) and not self.fallback


def squeezed(text: str) -> tuple[str, list[int]]:
    """The text without blanks, half width, and where each of its characters stands in the printed one."""
    wide = narrow(text)
    at = [i for i, c in enumerate(wide) if not c.isspace() and c != "\ufeff"]
    return "".join(":" if wide[i] == "：" else wide[i] for i in at), at


@lru_cache(maxsize=4096)
def head_line(text: str) -> HeadLine:
    """The parts of one line: number, title, unit, holder."""
    if len(text) > _LONGEST:
        return HeadLine(text)
    words = frame_words()
    text = words.continued.sub("", text)
    s, at = squeezed(text)
    if not s or words.aside.fullmatch(s):
        return HeadLine(s, aside=True)
    start = _number_at(s, words)
    number = _printed(text, at, 0, start).strip(":：.、,， ")
    unit, half, start, end = _unit_within(s, start, words)
    holder, end = _holder_within(text, s, at, start, end, words)
    title = s[start:end]
    if not title.strip("()[]"):
        found = unit is not None or holder or number or half is not None
        return HeadLine(s, "", number, unit, holder, not found, half)
    if unit is None:
        unit, title = _bare_unit(title, words)
    bare = title.rstrip("([")
    if is_title(bare, words):
        return HeadLine(s, _printed(text, at, start, start + len(bare)), number, unit, holder, False, half)
    if not holder and _in_sentence(number, unit, title):
        return HeadLine(s)
    return HeadLine(s, "", number, unit, holder, False, half)


def _unit_within(s: str, start: int, words: FrameWords) -> tuple[Unit | None, str | None, int, int]:
    """The unit a line states, or the first half of its name, and from where to where its other words stand."""
    if u := words.unit.search(s, start):
        unit_first = u.start() == start and u.end() < len(s)  # the holder after it
        within = (u.end(), len(s)) if unit_first else (start, u.start())
        return unit_named(u.group(1)), None, *within
    if len(s) < _LONG and (h := words.unit_split.search(s, start)) and not words.unit_name.fullmatch(s):
        return None, h.group(1) or "", start, h.start()
    return None, None, start, len(s)


def _holder_within(
    text: str, s: str, at: list[int], start: int, stop: int, words: FrameWords
) -> tuple[str, int]:
    """The holder's name and where its label begins; "" and ``stop`` where none is told.

    A label without a name is no part of the other words either.
    """
    label = words.holder.search(s, start, stop)
    if label is None:
        return "", stop
    tail = words.holder_end.search(s, label.end(), stop)
    last = tail.start() if tail else stop
    name = s[label.end() : last]
    printed = _printed(text, at, label.end(), last).strip("_ \u3000")
    if not name.strip("_"):
        return printed, label.start()
    if not printed or len(printed) > _LONG or name in words.not_holder or _sentence(name, words):
        return "", stop
    return printed, label.start()


def _bare_unit(title: str, words: FrameWords) -> tuple[Unit | None, str]:
    """The unit in brackets that stands last in a title, and the title without it where it ends with it."""
    found = list(words.unit_bare.finditer(title))
    if not found:
        return None, title
    last = found[-1]
    return unit_named(last.group(1)), title[: last.start()] if last.end() == len(title) else title


def _in_sentence(number: str, unit: Unit | None, rest: str) -> bool:
    """What looks like a number of a table or a unit is part of a sentence: "表1显示…", an amount."""
    return bool(number) if unit is None else len(rest) > 12


def _number_at(s: str, words: FrameWords) -> int:
    """Where the number of a table at the line's start ends; 0 where there is none."""
    opened = s[0] in "(["
    m = words.number.match(s, 1 if opened else 0)
    if m is None:
        return 0
    end = m.end()
    if opened:
        return end + 1 if end < len(s) and s[end] in ")]" else 0
    return end


def _printed(text: str, at: list[int], start: int, end: int) -> str:
    return text[at[start] : at[end - 1] + 1].strip() if end > start else ""


def is_title(s: str, words: FrameWords | None = None) -> bool:
    """A squeezed line that may be the title of a table."""
    words = words or frame_words()
    m = words.title.search(s)
    if m is None or not 3 <= len(s) <= words.longest_title:
        return False
    ending = next((e for e in words.title.finditer(s) if e.end() == len(s)), None)
    if ending is None or words.not_title.search(s):
        return False
    return not _sentence(s, words)


def _sentence(s: str, words: FrameWords) -> bool:
    bare = re.sub(r"[(][^()]*[)]", "", s)
    return bool(words.sentence.search(s)) or "," in bare or ":" in re.sub(r"^[^:]{1,4}:", "", bare)


def head_of(lines: Sequence[Paragraph], table: Table) -> Head:
    """The head of a table from the lines before it (nearest last) and its own first rows."""
    words = frame_words()
    inner, first = inner_head(table)
    read, lines = _rejoined([head_line(p.text) for p in lines], list(lines), words)
    prose = [k for k, r in enumerate(read) if r.prose]
    after = prose[-1] + 1 if prose else 0
    near = read[after:]
    titles = [r.title for r in inner if r.title]
    if not _listed(near):
        titles += [t for t in _outer_titles(near) if t not in titles]
    fallback = False
    if not titles and (heading := _heading(near, lines[after:], table)):
        titles, fallback = [heading], True
    both = [*near, *inner]
    number = next((r.number for r in reversed(both) if r.number), "")
    holder = next((r.holder for r in reversed(both) if r.holder), "")
    unit = _unit_of(both, words) or _grid_unit(table, first, words)
    return Head(tuple(titles), number, unit, holder, first, bool(prose), fallback)


def _grid_unit(table: Table, first: int, words: FrameWords) -> Unit | None:
    """The unit in the header's own words, where there is only one."""
    found: set[str] = set()
    for cell in table.cells:
        if first <= cell.row < first + _GRID_ROWS and 3 <= len(cell.text) <= _LONG:
            s, _ = squeezed(cell.text)
            if m := words.unit_bare.search(s) or words.unit.search(s):
                found.add(m.group(1))
    return unit_named(found.pop()) if len(found) == 1 else None


def _outer_titles(lines: list[HeadLine]) -> list[str]:
    """The titles among the lines, nearest first, up to the number of the table: what stands before is not its own."""
    out: list[str] = []
    for line in reversed(lines):
        if line.title:
            out.append(line.title)
        if line.number and out:
            break
    return out


def _unit_of(lines: list[HeadLine], words: FrameWords) -> Unit | None:
    """The nearest unit; one printed on two lines is put together."""
    for k in range(len(lines) - 1, -1, -1):
        line = lines[k]
        if line.unit is not None:
            return line.unit
        if line.half is not None:
            for other in lines[k + 1 : k + 4]:
                if m := words.unit_name.fullmatch(line.half + other.text):
                    return unit_named(m.group(1))
    return None


def _listed(lines: list[HeadLine]) -> bool:
    """The last lines are a list of tables: many titles and nothing else of a head."""
    run = 0
    for line in reversed(lines):
        if not line.title or line.unit or line.holder:
            break
        run += 1
    return run > _LIST


def _rejoined(
    read: list[HeadLine], lines: list[Paragraph], words: FrameWords
) -> tuple[list[HeadLine], list[Paragraph]]:
    """Titles printed on two lines as one."""
    out: list[HeadLine] = []
    kept: list[Paragraph] = []
    for line, p in zip(read, lines, strict=True):
        if out and (joined := _as_one(out[-1], kept[-1], line, p, words)):
            out[-1] = joined
            continue
        out.append(line)
        kept.append(p)
    return out, kept


def _as_one(a: HeadLine, pa: Paragraph, b: HeadLine, pb: Paragraph, words: FrameWords) -> HeadLine | None:
    """Two lines as one, where the second is the rest of a title or of a holder's name."""
    if not _below(pa, pb):
        return None
    if a.holder and not (a.unit or b.holder or b.title):
        whole = _together(pa, pb)
        grown = len(whole.holder) - len(a.holder)
        return whole if 0 < grown <= _REST and whole.unit == b.unit else None
    if not _title_goes_on(a, pa, b, pb, words):
        return None
    whole = _together(pa, pb)
    return whole if whole.title else None


def _title_goes_on(a: HeadLine, pa: Paragraph, b: HeadLine, pb: Paragraph, words: FrameWords) -> bool:
    """Two lines of one size may be the halves of a title: a bracket is open, or neither says anything by itself."""
    if a.unit or a.holder or a.aside or not (b.plain or _only_title(b)) or not _same_size(pa, pb):
        return False
    if _bracket_open(a.text):
        return True
    if not a.plain or a.prose or len(a.text) < 6 or words.row_start.match(b.text):
        return False
    return len(b.text) < 6 or _centred(pa, pb)


def _together(pa: Paragraph, pb: Paragraph) -> HeadLine:
    return head_line(pa.text.rstrip() + pb.text.lstrip())


def _only_title(line: HeadLine) -> bool:
    return bool(line.title) and not (line.number or line.unit or line.holder)


def _bracket_open(text: str) -> bool:
    return sum(text.count(c) for c in "([") > sum(text.count(c) for c in ")]")


def _same_size(pa: Paragraph, pb: Paragraph) -> bool:
    return pa.size > 0 and abs(pa.size - pb.size) <= 0.06 * pa.size


def _place(p: Paragraph) -> PagePlace | None:
    place = p.place.inner if isinstance(p.place, InFile) else p.place
    return place if isinstance(place, PagePlace) else None


def _below(pa: Paragraph, pb: Paragraph) -> bool:
    a, b = _place(pa), _place(pb)
    return bool(a and b and a.page == b.page and 0 <= b.top - a.bottom <= 1.1 * pa.size + 2)


def _centred(pa: Paragraph, pb: Paragraph) -> bool:
    """Two lines have the same middle and neither begins where the other does."""
    a, b = _place(pa), _place(pb)
    if a is None or b is None:
        return False
    return abs((a.x0 + a.x1) - (b.x0 + b.x1)) < 12 and abs(a.x0 - b.x0) > 4


def _heading(near: list[HeadLine], paragraphs: list[Paragraph], table: Table) -> str:
    """A short centred line right above a table that has no title: at best a name for people."""
    if not table.edges:
        return ""
    middle = (table.edges[0] + table.edges[-1]) / 2
    for line, p in zip(reversed(near), reversed(paragraphs), strict=True):
        place = _place(p)
        if line.plain and place is not None and place.page in table.pages:
            centred = abs((place.x0 + place.x1) / 2 - middle) < 30
            worded = sum(c >= "\u4e00" for c in line.text) > 3
            return (
                frame_words().continued.sub("", p.text).strip()
                if centred and worded and not line.prose
                else ""
            )
    return ""


def inner_head(table: Table) -> tuple[list[HeadLine], int]:
    """Title, unit and holder rows inside a grid, and the first row after them."""
    out: list[HeadLine] = []
    first = 0
    if table.columns < 2 or table.rows < 2:
        return out, 0
    rows, covered = _top_rows(table)
    for r, texts in enumerate(rows[: table.rows - 1]):
        if covered[r + 1] and len(texts) > 1:
            break
        lines = [head_line(t.replace("\n", "")) for t in texts]
        if not _of_head(texts, lines, out):
            break
        out.extend(lines)
        first = r + 1
    return out, first


def _top_rows(table: Table) -> tuple[list[list[str]], list[bool]]:
    """The texts of each of the first rows, and whether a cell of a row above runs into it."""
    rows: list[list[str]] = [[] for _ in range(_INNER_ROWS)]
    covered = [False] * (_INNER_ROWS + 1)
    for cell in table.cells:
        if cell.row >= _INNER_ROWS or not cell.text.strip():
            continue
        rows[cell.row].append(cell.text)
        for r in range(cell.row + 1, min(cell.row + cell.row_span, _INNER_ROWS)):
            covered[r] = True
    return rows, covered


def _of_head(texts: list[str], lines: list[HeadLine], before: list[HeadLine]) -> bool:
    """A row of the grid holds nothing but parts of a head; years side by side are a header."""
    if not texts or len(texts) > 4 or _only_asides(lines, before):
        return False
    if any(line.plain or (line.half is not None and not before) for line in lines):
        return False
    return all(cell_state(t) is None for t in texts)


def _only_asides(lines: list[HeadLine], before: list[HeadLine]) -> bool:
    return all(line.aside for line in lines) and (not before or len(lines) > 1)


def same_words(a: str, b: str) -> bool:
    """Two titles, numbers or holders say the same; an empty one says nothing against it."""
    return not a or not b or fold(a) == fold(b)
