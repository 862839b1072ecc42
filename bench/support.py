"""`bench support`: what each kind of family holds and fails on real documents, and where each word was seen.

Writes the data that the laws and `bench leave-out` read: standards/support.csv and standards/lexicon/seen.csv.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from yibenzhang.batch import find_files
from yibenzhang.checking.check import case_related_of, check_document
from yibenzhang.checking.multi_file import groups_of
from yibenzhang.checking.relate import Related
from yibenzhang.laws.engine import Laws
from yibenzhang.laws.families import Family
from yibenzhang.model.documents import Document, together
from yibenzhang.reading import ReadingError, read
from yibenzhang.rules.agreeing import counted_lists
from yibenzhang.rules.both_sides import counted_sides
from yibenzhang.rules.changing import counted_changes
from yibenzhang.rules.restating import counted
from yibenzhang.standards import HERE
from yibenzhang.standards.lexicon.words import load_lexicon


def measure(folder: Path) -> tuple[dict[tuple[str, str], list[int]], dict[str, set[str]]]:
    """(kind of family, region) → [held, failed]; word → regions, over the folders of regions below ``folder``.

    Files whose name says that errors were planted in them are left out.
    """
    support: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    seen: dict[str, set[str]] = defaultdict(set)
    for region in sorted(p for p in folder.iterdir() if p.is_dir()):
        lexicon = load_lexicon()
        for document in _disclosures(list(_files(region))):
            related, case = case_related_of(document)
            for phrase in _phrases(related):
                for word in lexicon.phrase(phrase).words:
                    seen[word].add(region.name)
            for family, held, failed in _counted(related.laws):
                support[family.pool, region.name][0] += held
                support[family.pool, region.name][1] += failed
            counts = (counted(case), counted_lists(case), counted_changes(case), counted_sides(case))
            for kind, held in chain.from_iterable(counts):
                support[kind, region.name][not held] += 1
    return support, seen


def _disclosures(paths: Sequence[Path]) -> Iterator[Document]:
    """The files of a region, those of one disclosure together."""
    checked = {}
    for path in paths:
        with suppress(ReadingError):
            checked[str(path)] = check_document(read(path))
    groups, _ = groups_of(list(checked.items()))
    for group in groups:
        yield together([checked.pop(p).document for p in group.paths], group.names)
    yield from (c.document for c in checked.values())


def _files(region: Path) -> Iterator[Path]:
    yield from (Path(p) for p in find_files([str(region)])[0] if "planted" not in Path(p).name)


def _phrases(related: Related) -> Iterator[str]:
    for view in related.views:
        yield view.title
        for column in view.columns:
            yield from column.path
        for row in view.rows:
            yield row.label


def _counted(laws: Laws) -> Iterator[tuple[Family, int, int]]:
    for family in laws.families:
        yield family, family.held, family.failed


def write(support: dict[tuple[str, str], list[int]], seen: dict[str, set[str]]) -> None:
    """The measures as data of the standards."""
    with (HERE / "support.csv").open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["kind", "region", "held", "failed"])
        out.writerows([kind, region, *n] for (kind, region), n in sorted(support.items()) if any(n))
    with (HERE / "lexicon" / "seen.csv").open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["word", "city"])
        out.writerows([word, city] for word, cities in sorted(seen.items()) for city in sorted(cities))
