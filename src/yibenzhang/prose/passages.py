"""Running text put together again: hard line breaks, page breaks and widths of letters do not matter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from yibenzhang.model.amounts import narrow
from yibenzhang.model.documents import Document, Paragraph, Table
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place, SheetPlace
from yibenzhang.prose.contents_page import contents_page, title_of
from yibenzhang.reading.limits import MAX_PARAGRAPH_CHARS
from yibenzhang.reading.paragraphs import STARTS
from yibenzhang.recognising.furniture import furniture_of
from yibenzhang.standards.lexicon.frames import frame_words
from yibenzhang.standards.lexicon.sentences import rows_of_totals
from yibenzhang.standards.patterns import patterns

_ENDS = tuple("。；：！？;:!?")
_PAUSES = (",", "、")
_WORDS = patterns("passages")
_LONGEST_TITLE = 60
_DEPTH = {"part": 0, "one": 1, "two": 2, "three": 3, "four": 4}
_NUMERAL = late(r"[\d.,][\d.,]")
_GOES_ON = late(r"[\d.,]\d|\d[.,]\d")
_LONGEST_HEADING = 44
_MARKS = "。；;！!？?，,：:"
_CLOSED = ("。", ";")
_NEAR = 50
"""So many characters away a mark of a clause is looked for."""
_LONGEST_QUOTE = 120
_LEVEL = late(r"[\[【](类|款|项|[12]\d{2,6})[\]】]")
"""A level or a code in brackets of another kind: as many characters as in round ones."""


@dataclass(frozen=True)
class Passage:
    """A paragraph of the text as the body meant it.

    ``text`` is half width and without blanks; ``pieces`` are the paragraphs it was read from, each with the
    offset in ``text`` at which it begins; ``section`` are the headings above it, outermost first.
    """

    text: str
    section: tuple[str, ...]
    pieces: tuple[tuple[int, Paragraph], ...]
    heading: bool = False

    def place(self, at: int) -> Place:
        """Where the character at that offset stands."""
        return self._piece(at)[1].place

    def _piece(self, at: int) -> tuple[int, Paragraph]:
        return [p for p in self.pieces if p[0] <= at][-1]

    @cached_property
    def _origins(self) -> list[tuple[Paragraph, int]]:
        out: list[tuple[Paragraph, int]] = []
        for _, paragraph in self.pieces:
            out.extend((paragraph, k) for k, c in enumerate(paragraph.text) if _kept(c))
        return out

    def printed(self, start: int, end: int) -> list[tuple[Paragraph, int, int]]:
        """The characters [start, end) where they were read: paragraphs, each with a range of its text."""
        out: list[tuple[Paragraph, int, int]] = []
        for paragraph, at in self._origins[start:end]:
            if out and out[-1][0] is paragraph:
                out[-1] = (paragraph, out[-1][1], at + 1)
            else:
                out.append((paragraph, at, at + 1))
        return out

    def verbatim(self, start: int, end: int) -> str:
        """The printed text from ``start`` to ``end``, line and page breaks left out."""
        while 0 < start < len(self.text) and _NUMERAL.match(self.text[start - 1 : start + 1]):
            start -= 1  # never the tail of a number
        while start < end < len(self.text) and _GOES_ON.match(self.text[end - 1 : end + 2]):
            end += 1  # nor its head
        first, a = self._origins[start]
        last, b = self._origins[max(start, min(end, len(self._origins)) - 1)]
        if last is first:
            return first.text[a : b + 1]
        between = [p for _, p in self.pieces]
        inner = between[between.index(first) + 1 : between.index(last)]
        return first.text[a:] + "".join(p.text for p in inner) + last.text[: b + 1]

    def clauses(self, start: int, end: int, most: int = _LONGEST_QUOTE) -> str:
        """The printed text of the whole clauses from ``start`` to ``end``: what is quoted begins and ends at a mark,
        not within a word. Where no mark is near, and where a quotation gets longer than ``most``, it stays shorter."""
        a = next((k for k in range(start, max(start - _NEAR, -1), -1) if self._mark(k - 1)), start)
        closed = start < end and self.text[end - 1 : end] in _CLOSED
        b = (
            end
            if closed
            else next((k for k in range(end, min(end + _NEAR, len(self.text)) + 1) if self._mark(k)), end)
        )
        if b - a > most:
            b = next((k for k in range(a + most, a, -1) if self._mark(k)), b)
        return self.verbatim(a, b).strip()

    def clause_begin(self, at: int, before: int) -> int:
        """Where the clause begins that ``at`` is in; in the sentence of ``before``, and never far from ``at``."""
        sentence = max(0, *(self.text.rfind(c, 0, before) + 1 for c in "。;"))
        back = range(at, max(at - _NEAR, sentence) - 1, -1)
        on = range(max(at, sentence), before)
        return next((k for k in (*back, *on) if k <= sentence or self._mark(k - 1)), max(at, sentence))

    def _mark(self, at: int) -> bool:
        """The end of a clause stands there, or the text ends; no mark of thousands or point of a number."""
        if not 0 <= at < len(self.text):
            return True
        return self.text[at] in _MARKS and not _NUMERAL.match(self.text[at : at + 2])


def _kept(char: str) -> bool:
    return not char.isspace() and char not in "*_"


@lru_cache(maxsize=8192)
def flat(text: str) -> str:
    """Half-width text without blanks and markup."""
    return "".join(narrow(text).split()).replace("*", "").replace("_", "")


def passages_of(document: Document) -> list[Passage]:
    """The passages of a document in order, with their headings."""
    groups: list[list[Paragraph]] = []
    fresh = True
    length = 0
    furniture = furniture_of(document)
    for block in document.blocks():
        if isinstance(block, Table) or block.cell:
            fresh = True
            continue
        if id(block) in furniture or not flat(block.text):
            continue
        length += len(block.text)
        if not fresh and length <= MAX_PARAGRAPH_CHARS and _goes_on(groups[-1][-1], block):
            groups[-1].append(block)
        else:
            groups.append([block])
            length = len(block.text)
        fresh = False
    return _sectioned(groups)


def _of_other_sheets(here: Place, there: Place) -> bool:
    return isinstance(here, SheetPlace) and isinstance(there, SheetPlace) and here.sheet != there.sheet


def _goes_on(before: Paragraph, after: Paragraph) -> bool:
    """The second paragraph goes on the first: that one breaks off in the middle of a sentence."""
    if _of_other_sheets(before.place, after.place):
        return False
    text = flat(before.text)
    broken = "," in text and _WORDS["going_on"].match(flat(after.text))
    if after.apart and not broken and not text.endswith(_PAUSES):
        return False
    if text.endswith(_ENDS) or STARTS.match(flat(after.text)) or is_heading(text):
        return False
    if _WORDS["complete"].fullmatch(text) or abs(before.size - after.size) > 0.35 * max(before.size, 1):
        return False
    if (_WORDS["title"].fullmatch(text) or _titles_text(text)) and not _WORDS["joined"].match(
        flat(after.text)
    ):
        return False
    return len(text) >= 15 or "," in text


def _titles_text(text: str) -> bool:
    """A line by itself that calls what is below it an explanation or a disclosure of a budget or of accounts."""
    return len(text) <= _LONGEST_TITLE and frame_words().text_title.fullmatch(text) is not None


def is_heading(text: str) -> bool:
    if _WORDS["upper_level"].search(text) and not _WORDS["item_end"].search(text):
        return False  # a classification path broken off at the line's end
    if rows_of_totals().match(text):
        return (
            False  # a row of the table of all income and spending, whose classes are numbered as headings are
        )
    return (
        bool(_WORDS["heading"].match(text))
        and len(text) <= _LONGEST_HEADING
        and not _WORDS["has_figures"].search(text)
    )


def _joined(group: list[Paragraph]) -> tuple[str, tuple[tuple[int, Paragraph], ...]]:
    text = ""
    pieces = []
    for paragraph in group:
        pieces.append((len(text), paragraph))
        text += _LEVEL.sub(r"(\1)", flat(paragraph.text))
    return text, tuple(pieces)


def _sectioned(groups: list[list[Paragraph]]) -> list[Passage]:
    out: list[Passage] = []
    stack: list[tuple[int, str]] = []
    joined = [_joined(group) for group in groups]
    headings = [is_heading(text) for text, _ in joined]
    contents = contents_page([text for text, _ in joined], headings)
    for at, (text, pieces) in enumerate(joined):
        heading = headings[at]
        if at in contents.entries or (not heading and title_of(text) in contents.titles):
            stack = [] if at in contents.entries else [(1, text)]
            out.append(Passage(text, (), pieces, heading))
            continue
        if heading:
            match = _WORDS["heading"].match(text)
            depth = _DEPTH[match.lastgroup or "four"] if match else 4
            stack = [s for s in stack if s[0] < depth]
        out.append(Passage(text, tuple(t for _, t in stack), pieces, heading))
        if heading:
            stack.append((depth, text))
    return out
