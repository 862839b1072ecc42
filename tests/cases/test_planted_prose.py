"""Errors planted one by one in the text of the clean examples: found, once, and nothing else told.

Of amounts in the text only those that the words bind to a table, or that a rate gives away, can be found;
the share found is printed, and must not fall.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES
from yibenzhang import Checked, read
from yibenzhang.checking import check_document
from yibenzhang.documents import Document, Table
from yibenzhang.findings import Severity
from yibenzhang.proving import document_of

FLIPPED = {"增加": "减少", "减少": "增加", "增长": "下降", "下降": "增长"}


def as_text(document: Document) -> str:
    """A document as somebody's extraction would leave it: paragraphs, and tables with tabs."""
    out: list[str] = []
    for block in document.blocks():
        if isinstance(block, Table):
            out.extend("\t".join(cell.replace("\n", " ") for cell in row) for row in block.texts())
            out.append("")
        else:
            out.append(block.text)
    return "\n".join(out)


def told(result: Checked) -> set[str]:
    return {f.message for f in result.findings if f.severity != Severity.NOTICE}


def plants(line: str, random_: random.Random) -> list[tuple[str, str]]:
    """(kind, line with one error)."""
    out = []
    for m in re.finditer(r"(\d[\d,]*\.\d+)\s*(万元|%|元)", line):
        number = m.group(1)
        at = random_.choice([i for i, c in enumerate(number) if c.isdigit()][:-1])
        digit = random_.choice([d for d in "123456789" if d != number[at]])
        changed = number[:at] + digit + number[at + 1 :]
        kind = "rate" if m.group(2) == "%" else "amount"
        out.append((kind, line[: m.start()] + changed + line[m.start() + len(number) :]))
    for m in re.finditer(r"(?:增加|减少|增长|下降)(?=\s*\d)", line):
        out.append(("direction", line[: m.start()] + FLIPPED[m.group()] + line[m.end() :]))
    title = re.match(r".*?(20\d\d)年度?(?:部门)?(?:预算|决算)", line)
    if title and len(line) < 40:
        year = str(int(title.group(1)) - 1)
        out.append(("year", line[: title.start(1)] + year + line[title.end(1) :]))
    return out


def test_planted_errors_in_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    count: Counter[tuple[str, str]] = Counter()
    random_ = random.Random(5)
    for path in sorted(EXAMPLES.glob("*-clean.*")):
        text = as_text(read(path)) if path.suffix == ".pdf" else Path(path).read_text(encoding="utf-8")
        before = told(check_document(document_of(text)))
        lines = text.split("\n")
        for k, line in enumerate(lines):
            if "\t" in line or not re.search(r"\d", line):
                continue
            for kind, changed in plants(line, random_):
                new = (
                    told(check_document(document_of("\n".join([*lines[:k], changed, *lines[k + 1 :]]))))
                    - before
                )
                count[kind, "planted"] += 1
                count[kind, "found"] += bool(new)
                count[kind, "too many"] += max(0, len(new) - 1)
    kinds = sorted({kind for kind, _ in count})
    with capsys.disabled():
        for kind in kinds:
            print(
                f"\n{kind}: {count[kind, 'found']} of {count[kind, 'planted']} planted errors found", end=""
            )
        print()
    assert sum(count[kind, "too many"] for kind in kinds) <= 0.01 * sum(
        count[kind, "planted"] for kind in kinds
    )
    assert count["rate", "found"] == count["rate", "planted"] > 10
    assert count["year", "found"] == count["year", "planted"] > 10
    assert count["direction", "found"] >= 0.85 * count["direction", "planted"] > 5
    assert count["amount", "found"] >= 0.80 * count["amount", "planted"] > 80
