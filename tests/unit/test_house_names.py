"""Names are the field's standard terms: the words that were given up do not come back."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yibenzhang

SOURCE = Path(yibenzhang.__file__).parent

REFUSED = frozenset({"told", "mine", "theirs", "astray", "shelved", "tick", "foreman", "unfollow"})
"""Words of names that say nothing of what they name: ``told`` was a finding, a sentence, a source and a reason."""

_REFUSED = re.compile("|".join(REFUSED), re.IGNORECASE)
"""A module without any of these need not be parsed."""

KEPT = {
    "office.foreman",  # the module that hands work to workers; its class goes with the name
    "office.models.Matter.told",  # columns and keys that files, databases and programs know
    "office.rule_statistics.Judged.told",
    "office.rule_statistics.Recall.told",
    "resources.request_rules.Way.told",
    "standards.model.Section.told",
}
"""Names that would have to be renamed with what is stored or published."""

LEFT = {
    "balance": 2,
    "checking": 5,
    "office": 9,
    "prose": 1,
    "reading": 4,
    "recognising": 2,
    "rules": 9,
    "web": 4,
}
"""How many are left in packages that are not yet cleared: these numbers only go down."""


@cache
def words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), name)))


def given(tree: ast.AST, within: str) -> Iterator[str]:
    """Every name that is given in a module, with where: classes, functions, arguments, variables and fields."""
    for node in ast.iter_child_nodes(tree):
        inner = within
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner = f"{within}.{node.name}"
            yield inner
        elif isinstance(node, ast.arg):
            yield f"{within}.{node.arg}"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield f"{within}.{node.id}"
        yield from given(node, inner)


def names() -> Iterator[str]:
    for path in SOURCE.rglob("*.py"):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        yield module
        text = path.read_text(encoding="utf-8")
        if _REFUSED.search(text):
            yield from given(ast.parse(text), module)


def test_words_that_were_given_up_do_not_come_back() -> None:
    found = {n for n in names() if words(n.split(".")[-1]) & REFUSED} - KEPT
    left = Counter(n.split(".")[0] for n in found)
    assert {p: n for p, n in left.items() if n > LEFT.get(p, 0)} == {}, sorted(
        n for n in found if left[n.split(".")[0]] > LEFT.get(n.split(".")[0], 0)
    )
