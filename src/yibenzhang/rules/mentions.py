"""Classifications that sentences name: "社会保障和就业支出（类）行政事业单位养老支出（款）", "行政运行（2010601）",
"（01项）".

A name is what stands before the bracket with its level or code, as far back as the register or the tables know a name;
one that neither knows is kept whole up to the last mark.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from yibenzhang.model.patterns import late
from yibenzhang.prose.naming import LEVELS
from yibenzhang.prose.passages import Passage
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import Entry, Register, fold_name

_WORDS = patterns("mentions")
_OTHER = "其他"
_QUOTES = late(r"[“”\"‘’《》]")
_LEAST = 2
_MARKS = '“”"‘’《》、'


@dataclass(frozen=True, slots=True)
class Mention:
    """A classification named in a sentence. ``level`` is 类, 款, 项 or empty; ``code`` what is printed of one.

    ``start`` and ``end`` are where name and bracket stand in the passage; ``entries`` what the register knows by that
    name, ``exact`` whether it is written so, with no 支出 added or left out.
    """

    passage: Passage
    name: str
    level: str
    code: str
    start: int
    end: int
    entries: tuple[Entry, ...]
    exact: bool

    @property
    def words(self) -> str:
        return self.passage.verbatim(self.start, self.end).strip()

    @property
    def at_level(self) -> tuple[Entry, ...]:
        """The entries that have the level that is written."""
        digits = LEVELS.get(self.level, len(self.code))
        return tuple(e for e in self.entries if len(e.code) == digits)


def mentions(passage: Passage, register: Register, others: Container[str] = ()) -> Iterator[Mention]:
    """What the passage names, in order; ``others`` are names (folded) that the tables have."""
    for m in _WORDS["mention"].finditer(passage.text):
        group = "name" if m.group("name") else "coded"
        raw, start = m.group(group), m.start(group)
        name, skipped = _name(raw, register, others)
        code = next((m.group(g) for g in ("code", "after", "behind", "digits") if m.group(g)), "")
        found = known(name, register)
        exact = bool(register.named(name))
        yield Mention(passage, name, m.group("level") or "", code, start + skipped, m.end(), found, exact)


def known(name: str, register: Register) -> tuple[Entry, ...]:
    """What the register has by that name, or by the name with 支出 added or left out at its end."""
    same = name.replace("其它", "其他")
    bare = same.removesuffix("支出")
    spelt = dict.fromkeys((same, bare, f"{bare}支出", f"{bare}等支出"))
    return tuple(dict.fromkeys(e for n in spelt if len(n) > 1 for e in register.named(n)))


def _name(raw: str, register: Register, others: Container[str]) -> tuple[str, int]:
    """The longest end of the words that is a name, and how many characters stand before it."""
    for k in range(len(raw) - _LEAST + 1):
        name = _QUOTES.sub("", raw[k:])
        if raw[k] not in _MARKS and (fold_name(name) in others or known(name, register)):
            rest = k >= len(_OTHER) and raw[k - len(_OTHER) : k] == _OTHER and name.endswith("支出")
            return (_OTHER + name, k - len(_OTHER)) if rest else (name, k)
    cut = max(raw.rfind(c) for c in (*_MARKS, "元")) + 1
    if len(raw) - cut < _LEAST:
        cut = 0
    return _QUOTES.sub("", raw[cut:]), cut
