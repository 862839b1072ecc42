"""The one grammar of classification names in running text: levels in brackets, codes before or after, chains, quotes.

"教育支出（类）进修及培训（款）培训支出（项）", "社会保障和就业支出(208类)行政事业单位养老支出(05款)",
"2080506机关事业单位职业年金缴费支出", "一般公共服务支出-审计事务-行政运行", "“教育支出”科目": each is a path of names
and codes, whatever marks them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from yibenzhang.model.patterns import late
from yibenzhang.model.views import View
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import FUNCTION, KINDS, Register, Registers, fold_name

LEVELS = {"类": 3, "款": 5, "项": 7}
"""Digits of the code of each level."""
LEVEL_OF = {digits: level for level, digits in LEVELS.items()}
_WORDS = patterns("naming")
_CHAIN = late(r"[-—/>]+|、(?=.*[-—])")
_LEAST = 3
_SPENT = "支出"
Code = tuple[str, str]
"""A classification and a code in it."""


@dataclass(frozen=True, slots=True)
class Path:
    """A name with those above it; ``code``: the digits printed with it; ``level``: how long its code must be (0: not
    said); ``tail``: the words after it."""

    names: tuple[str, ...]
    code: str = ""
    level: int = 0
    tail: str = ""
    head: str = ""
    """The words before it in the same clause."""


def unnumbered(text: str) -> str:
    """Without the number of a list item, and signs that stand around a name."""
    return _WORDS["numbering"].sub("", text.lstrip("”\"》'」 ")).strip("“”\"《》'「」 ")


def path_of(text: str) -> Path | None:
    """The last classification path that marks or codes show in a clause; None where there is none near its end."""
    text = _WORDS["quoted"].sub(r"、\1(\2\3)", text)
    marks = list(_WORDS["mark"].finditer(text))
    if marks and _WORDS["after"].match(text[marks[-1].end() :]):
        return _marked(text, marks)
    plain = unnumbered(_WORDS["cut"].split(text)[-1])
    if match := _WORDS["leading"].match(plain):
        return Path((plain[match.end() :],), match.group("code"), len(match.group("code")))
    steps = [s for s in _CHAIN.split(unnumbered(text)) if s]
    if 2 <= len(steps) <= 4 and all(_WORDS["step"].fullmatch(s) for s in steps):
        names = tuple(re.sub(r"^\d+", "", s) for s in steps)
        code = re.match(r"\d+", steps[-1])
        return Path(names, code.group() if code else "", 0)
    return None


def _marked(text: str, marks: Sequence[re.Match[str]]) -> Path:
    names: list[str] = []
    digits: list[tuple[str, str]] = []
    start, head = 0, ""
    for m in marks:
        piece = text[start : m.start()]
        cut = [c.end() for c in _WORDS["cut"].finditer(piece) if not _inside(piece, c.start())]
        own = piece[cut[-1] if cut else 0 :]
        level = m.group("level") or ""
        if level == "类" or (start and not level and cut):
            names, digits = [], []  # another path begins
        if not names:
            head = piece[: cut[-1]] if cut else ""
        if name := unnumbered(own).strip("-—"):
            names.append(name)
        digits.append((level, next((d for d in m.group("before", "after", "code") if d), "")))
        start = m.end()
    code = _code_of([d for _, d in digits])
    level = LEVELS.get(digits[-1][0], len(code) if code else 0)
    return Path(tuple(names[-3:]), code, level, text[start:], head)


def _code_of(digits: Sequence[str]) -> str:
    """The code that a path prints: its last one, or all of it put together where it goes on by pairs of digits."""
    if len(digits[-1]) != 2:
        return digits[-1]
    together = "".join(d for k, d in enumerate(digits) if k == 0 or len(d) == 2)
    return together if len(together) in (3, 5, 7) else ""


def _inside(text: str, at: int) -> bool:
    """Within brackets that close."""
    return text.count("(", 0, at) > text.count(")", 0, at) and ")" in text[at:]


@dataclass(frozen=True)
class Names:
    """Codes by name: as the document's own tables teach them, else as the registers know them."""

    views: tuple[View, ...]
    registers: Registers
    year: int | None

    @cached_property
    def _own(self) -> tuple[dict[str, dict[Code, None]], dict[Code, str]]:
        by_name: dict[str, dict[Code, None]] = {}
        names: dict[Code, str] = {}
        for view in self.views:
            for row in view.rows:
                for key in row.keys:
                    if key[0] in ("function", "department", "government") and len(row.keys) == 1:
                        name = fold_name(unnumbered(row.label.replace("其中:", "")))
                        by_name.setdefault(name, {})[key] = None
                        names.setdefault(key, name)
        for name, codes in by_name.items():
            by_name[name] = {code: None for code in codes if not self._of_another(name, names[code], code)}
        return by_name, names

    def _of_another(self, name: str, first: str, code: Code) -> bool:
        """A row under the code of an item that the tables call by its own name: a project of that item."""
        entry = self.registers.of(_KIND[code[0]]).entry(code[1], self.year)
        return entry is not None and name != first and first == fold_name(entry.name)

    def known(self, name: str) -> bool:
        """A name of the document's tables or of a register."""
        return fold_name(name) in self._own[0] or any(r.named(name) for r in self.registers)

    def codes(self, path: Path) -> tuple[Code, ...]:
        """The codes that a path may mean, those of the document's tables first."""
        if not path.names:
            return self._printed(path.code)
        for name in _spellings(path.names[-1]):
            own = self._own[0].get(fold_name(name), ())
            found = [c for c in own if self._fits(c, path)]
            found = found or [c for c in self._registered(name) if self._fits(c, path)]
            if found:
                break
        if path.code:
            exact = [c for c in found if c[1] == path.code]
            known = bool(found) and not exact and len(path.code) == path.level  # the name of another item
            return tuple(exact or found if known else exact or self._printed(path.code))
        return tuple(found)

    def _printed(self, code: str) -> tuple[Code, ...]:
        own = [c for c in self._own[1] if c[1] == code]
        if own:
            return tuple(own)
        kind = self.registers.classify(code)
        return ((_DIMENSION[kind], code),) if kind else ()

    def _registered(self, name: str) -> Iterable[Code]:
        for kind in KINDS:
            register: Register = self.registers.of(kind)
            entries = register.named(name, self.year) or register.named(name)
            yield from dict.fromkeys((_DIMENSION[kind], e.code) for e in entries)

    def _fits(self, code: Code, path: Path) -> bool:
        kind, digits = code
        if path.level and len(digits) != path.level and kind == "function":
            return False
        if len(path.names) < 2:
            return True
        above = [self.name_of((kind, digits[:n])) for n in (3, 5) if n < len(digits)]
        return all(any(_alike(fold_name(n), a) for a in above if a) for n in path.names[:-1] if above)

    def name_of(self, code: Code) -> str:
        """The folded name of a code, as the document or the register has it."""
        if own := self._own[1].get(code):
            return own
        entry = self.registers.of(_KIND[code[0]]).entry(code[1], self.year)
        return fold_name(entry.name) if entry else ""

    def suffix(self, text: str) -> str:
        """The longest end of a clause that is a known name, if it is long enough."""
        for start in range(max(0, len(text) - 30), len(text) - _LEAST + 1):
            if self.known(text[start:]):
                return text[start:]
        return ""


_DIMENSION = {FUNCTION: "function", "department_economic": "department", "government_economic": "government"}
_KIND = {v: k for k, v in _DIMENSION.items()}


def _spellings(name: str) -> tuple[str, ...]:
    """The name, and with 支出 at its end or without."""
    return (name, name.removesuffix(_SPENT) if name.endswith(_SPENT) else name + _SPENT)


def _alike(name: str, other: str) -> bool:
    """One is the other, be it shortened ("一般公共服务" for "一般公共服务支出")."""
    return name in other or other in name
