"""Two JSON reports of the same files, compared: what a change of the program changed in what people see.

    python tools/compare_reports.py before.json after.json

Prints, by kind of difference, how many there are and the first few; exit status 1 where there is any. The order of
findings of one severity is compared apart from the findings themselves, and so is what was not checked.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHOWN = 12
Difference = tuple[str, str, str]


def compared(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    """Kind, file and what differs."""
    old, new = ({d["path"]: d for d in r["documents"]} for r in (before, after))
    for path in old.keys() ^ new.keys():
        yield "document", path, "only before" if path in old else "only after"
    for path in old.keys() & new.keys():
        yield from _document(path, old[path], new[path])
    yield from _findings("across", before["across"], after["across"])


def _document(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    for key in (old.keys() | new.keys()) - {"findings", "not_checked"}:
        if old.get(key) != new.get(key):
            yield key, path, f"{old.get(key)} → {new.get(key)}"[:300]
    yield from _findings(path, old["findings"], new["findings"])
    a, b = (Counter((n["rule"], n["reason"]) for n in d["not_checked"]) for d in (old, new))
    for rule, reason in a - b:
        yield "not_checked gone", path, f"{rule} {reason}"
    for rule, reason in b - a:
        yield f"not_checked new: {reason}", path, rule


def _findings(path: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Difference]:
    texts = [[json.dumps(f, ensure_ascii=False, sort_keys=True) for f in fs] for fs in (old, new)]
    a, b = Counter(texts[0]), Counter(texts[1])
    for text in a - b:
        yield "finding gone", path, _short(text)
    for text in b - a:
        yield "finding new", path, _short(text)
    if a == b and texts[0] != texts[1]:
        yield "order of findings", path, ""


def _short(text: str) -> str:
    f = json.loads(text)
    return f"{f['id']} {f['rule']} {f['message']}"


def main() -> int:
    reports = [json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3]]
    found = sorted(compared(*reports))
    for kind, times in Counter(kind for kind, *_ in found).items():
        print(f"{times:5}  {kind}")
        shown = [(path, what) for k, path, what in found if k == kind and what][:SHOWN]
        for path, what in shown if not kind.startswith("not_checked new") else ():
            print(f"         {path}: {what}")
    count = [sum(len(d["findings"]) for d in r["documents"]) for r in reports]
    print(f"{len(reports[0]['documents'])} documents, {count[0]} findings before, {count[1]} after")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
