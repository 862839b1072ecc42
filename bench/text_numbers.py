"""Wrong numbers planted into the sentences of real documents: how many of those called proved are found.

python -m bench.text_numbers CORPUS [numbers a document]
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.documents import Document, Paragraph
from yibenzhang.model.issues import Severity
from yibenzhang.reading import read

_DIGITS = 4
"""Numbers with fewer digits are many in a text, and a wrong one may be right elsewhere."""
_GROSS = Decimal("1.37")


def changed(document: Document, paragraph: Paragraph, start: int, end: int, text: str) -> Document:
    """The document with other words in one paragraph."""
    pages = []
    for page in document.pages:
        blocks = tuple(
            replace(b, text=b.text[:start] + text + b.text[end:])
            if isinstance(b, Paragraph) and b is paragraph
            else b
            for b in page.blocks
        )
        pages.append(replace(page, blocks=blocks))
    return replace(document, pages=tuple(pages))


def wrong(printed: str, rng: Random) -> str:
    """Another digit in one place, or 1.37 times as much."""
    if rng.random() < 0.4:
        value = Decimal(printed.replace(",", "")) * _GROSS
        return f"{value:.{len(printed.partition('.')[2])}f}"
    at = rng.choice([k for k, c in enumerate(printed) if c.isdigit()][:-1])
    return f"{printed[:at]}{(int(printed[at]) + rng.randint(1, 9)) % 10}{printed[at + 1 :]}"


def found(checked: Checked) -> set[tuple[str, str, Severity]]:
    return {(f.rule, f.message, f.severity) for f in checked.findings if f.severity != Severity.NOTICE}


def planted(path: Path, numbers: int) -> Counter[tuple[str, str]]:
    """Standing of the number before → what is newly found after it was made wrong."""
    out: Counter[tuple[str, str]] = Counter()
    rng, document = Random(path.name), read(path)
    before = check_document(document)
    said = [q for q in before.quantities if q.fact.id in before.standing and (q.money or q.percent)]
    said = [q for q in said if sum(c.isdigit() for c in q.amount.text) >= _DIGITS]
    rng.shuffle(said)
    for q in said[:numbers]:
        pieces = q.passage.printed(q.start, q.start + len(q.amount.text))
        if len(pieces) != 1:
            continue
        paragraph, start, end = pieces[0]
        text = wrong(paragraph.text[start:end], rng)
        new = found(check_document(changed(document, paragraph, start, end, text))) - found(before)
        worst = "error" if any(s == Severity.ERROR for *_, s in new) else "warning" if new else "nothing"
        out[before.standing[q.fact.id].value, worst] += 1
    return out


def main() -> None:
    corpus, numbers = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 4
    total: Counter[tuple[str, str]] = Counter()
    for path in sorted(p for p in corpus.rglob("*") if p.suffix in (".pdf", ".txt")):
        total += planted(path, numbers)
    for (standing, what), n in sorted(total.items()):
        print(f"{standing:14}{what:10}{n:6}")


if __name__ == "__main__":
    main()
