"""Items that a sentence names with the code of another one: "金融支出（312）", "2080505-租赁费"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import Entry, fold_name, registers

_WORDS = patterns("text_codes")
_LEAST = 3


@rule("registers.text_code", needs=("text",))
def function_codes(case: Case) -> Iterator[Issue]:
    """A name that a register knows, beside a code of the functions that has another name there and in the tables."""
    for p in case.passages:
        for m in _WORDS["function"].finditer(p.text):
            code = m["code"] or m["before"]
            known = registers().function.entry(code, case.year)
            found = _named(m["name"]) if m["name"] else _begun(m["after"])
            if known is None or found is None or any(e.code == code for e in found[1]):
                continue
            name, entries = found
            if m["code"] and registers().function.named(name):
                continue  # told where names are read (register_text)
            if any(_like(name, other) for other in (*known.names, *_printed(case, code))):
                continue
            at = p.text.find(name, m.start(), m.end())
            if _WORDS["above"].match(p.text, at + len(name.rstrip("("))):
                continue  # a path begins here: the code is that of the item it ends with
            right = " 或 ".join(sorted({e.code for e in entries})[:2])
            words = _with_code(p, m, at, at + len(name))
            yield issue_at(
                "registers.text_code", words, p.place(at), code=code, other=known.name, right=right
            )


def _with_code(p: Passage, m: re.Match[str], start: int, end: int) -> str:
    """The name as it is printed, with the code before or behind it."""
    return p.verbatim(m.start() if m["before"] else start, m.end() if m["code"] else end).strip()


_MARK = "(项)"
_LONGEST = 28


@rule("registers.economic_item", needs=("text",))
def economic_items(case: Case) -> Iterator[Issue]:
    """An economic item as 项, a level that the economic classes have not."""
    for p in case.passages:
        for m in _items(p.text):
            if registers().function.named(m["name"]):
                continue
            entries = [e for register in registers() for e in register.named(m["name"])]
            if entries and not _function_begins(fold_name(m["name"]), case):
                words = p.verbatim(m.start("name"), m.end() + len(_MARK)).strip()
                yield issue_at(
                    "registers.economic_item", words, p.place(m.start("name")), code=entries[0].code
                )


def _items(text: str) -> Iterator[re.Match[str]]:
    """The names before each mark of the level: a text is long, and only there is looked."""
    at = text.find(_MARK)
    while at >= 0:
        if m := _WORDS["item"].search(text, max(0, at - _LONGEST), at):
            yield m
        at = text.find(_MARK, at + 1)


def _function_begins(name: str, case: Case) -> bool:
    """A function of the register or of the tables has the name, or begins with it."""
    known = (fold_name(n) for e in registers().function.entries for n in e.names)
    return any(n.startswith(name) for n in (*case.functions, *known))


def _printed(case: Case, code: str) -> Iterator[str]:
    """What the tables call a code."""
    return (name for name, codes in case.functions.items() if code in codes)


def _like(name: str, other: str) -> bool:
    """One says the other, or nearly: a shorter way, a letter more."""
    return name in other or other in name or SequenceMatcher(None, name, other, autojunk=False).ratio() > 0.7


def _begun(words: str) -> tuple[str, list[Entry]] | None:
    """The longest beginning of the words that is a name of any register, with what it is there."""
    for k in range(len(words), _LEAST - 1, -1):
        if entries := [e for register in registers() for e in register.named(words[:k])]:
            return words[:k], entries
    return None


@rule("registers.text_code", needs=("text",))
def economic_codes(case: Case) -> Iterator[Issue]:
    """A name that a register knows, before a code of the economic classes that is of another name."""
    for p in case.passages:
        for m in _WORDS["coded"].finditer(p.text):
            kind = registers().classify(m["code"])
            known = registers().entry(m["code"])
            if kind is None or known is None:
                continue
            found = _named(m["name"])
            if found is None or any(e.code == m["code"] for e in found[1]):
                continue
            name, entries = found
            if name in known.name:
                continue  # shortened: 商品和服务支出 for 机关商品和服务支出
            start = m.end("name") - len(name)
            words = p.verbatim(start, m.end()).strip()
            right = " 或 ".join(sorted({e.code for e in entries})[:2])
            yield issue_at(
                "registers.text_code", words, p.place(start), code=m["code"], other=known.name, right=right
            )


def _named(words: str) -> tuple[str, list[Entry]] | None:
    """The longest end of the words that is a name of any register, with what it is there."""
    for k in range(len(words) - _LEAST + 1):
        name = words[k:]
        if entries := [e for register in registers() for e in register.named(name)]:
            return name, entries
    return None
