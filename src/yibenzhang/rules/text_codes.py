"""Economic items that a sentence names with the code of another one: "金融支出（312）"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.registers import Entry, registers

_CODED = re.compile(r"(?P<name>[一-鿿、()]{3,24})\((?P<code>[35]\d{2}(?:\d{2})?)(?:类|款)?\)")
_LEAST = 3


@rule("registers.text_code", needs=("text",))
def economic_codes(case: Case) -> Iterator[Issue]:
    """A name that a register knows, before a code of the economic classes that is of another name."""
    for p in case.passages:
        for m in _CODED.finditer(p.text):
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
