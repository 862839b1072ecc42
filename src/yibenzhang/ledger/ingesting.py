"""From files to the ledger: what is new is checked, files of one disclosure together, chunk by chunk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yibenzhang.batch import FileResult, check_groups, check_many
from yibenzhang.batch.journal import version_of
from yibenzhang.checking.analysis import analysis_of, identity
from yibenzhang.checking.check import Checked
from yibenzhang.checking.multi_file import Group, role_of
from yibenzhang.ledger.addresses import Origin
from yibenzhang.ledger.store import Ledger, Source
from yibenzhang.model.analysis import Analysis
from yibenzhang.reading import ReadingError
from yibenzhang.reading.archives import bytes_of

CHUNK = 100
"""So many files are taken in at once, whole folders as far as they fit: what a kill can cost."""
WHOLE = "whole"
_TASKS = 4
"""So many tasks a core are made of files, so that no core waits long for another."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a chunk: disclosures taken in, files known before, and those that could not be read."""

    disclosures: int
    files: int
    known: int
    errors: tuple[tuple[str, str], ...]


def ingest(
    ledger: Ledger,
    paths: Sequence[str],
    now: str,
    origin: Origin,
    extra: str = "",
    jobs: int = 0,
    limit: float = 0,
) -> Iterator[Taken]:
    """Take files in; what this program with these standards has analysed already is passed over, unless ``origin``
    tells of it what was not known.

    ``now``: when, as an ISO date and time. A file that is only the text or the tables of a disclosure is put together
    with the others of its folder, also with those known before.
    """
    version = version_of(extra)
    for chunk in _chunks(paths):
        hashes, errors = _hashes(chunk)
        came = sorted(ledger.sources(), key=lambda s: s.ingested)
        known = {s.sha256: (s.address, s.published) for s in came if s.program == version}
        new = [p for p in chunk if p in hashes and _is_new(origin.of(p), known.get(hashes[p]))]
        before = len(hashes) - len(new)
        if not new:
            yield Taken(0, 0, before, tuple(errors))
            continue
        results = list(check_many(new, extra, jobs, limit))
        folders = _folders_of_parts(results)
        again = [p for p in chunk if p in hashes and p not in new and str(Path(p).parent) in folders]
        results += check_many(again, extra, jobs, limit)
        results.sort(key=lambda r: chunk.index(r.path))  # workers are not ready in order
        errors += [(r.path, r.error) for r in results if r.checked is None]
        results, groups = check_groups(results, extra, jobs, limit)
        origins = {p: _known_of(origin.of(p), known.get(h, ("", ""))) for p, h in hashes.items()}
        analyses, sources = _analysed(results, groups, hashes, now, origins, version)
        if analyses:
            ledger.add(analyses, sources)
        yield Taken(len(analyses), len(new), before, tuple(errors))


def ingest_on(
    spark: Any,
    ledger: Ledger,
    paths: Sequence[str],
    now: str,
    origin: Origin,
    extra: str = "",
    limit: float = 0,
) -> Iterator[Taken]:
    """The same as a Spark job: each chunk is a task that takes its files in. Files and ledger lie where every worker
    finds them under the same path; a task that is done again passes over what it has taken in before."""
    context = spark.sparkContext
    chunks = list(_chunks(paths, min(CHUNK, 1 + len(paths) // (_TASKS * context.defaultParallelism))))
    if not chunks:
        return
    place = str(ledger.folder)

    def task(chunk: list[str]) -> list[Taken]:
        return list(ingest(Ledger(place), chunk, now, origin, extra, 1, limit))

    yield from context.parallelize(chunks, len(chunks)).flatMap(task).toLocalIterator()


def _is_new(listed: tuple[str, str], known: tuple[str, str] | None) -> bool:
    """The file was not analysed yet, or a list says of it what was not known."""
    return known is None or _known_of(listed, known) != known


def _known_of(listed: tuple[str, str], known: tuple[str, str]) -> tuple[str, str]:
    """Address and date of publication: those listed now, else those known before."""
    return listed[0] or known[0], listed[1] or known[1]


def _folders_of_parts(results: Sequence[FileResult]) -> set[str]:
    """The folders of files where one of them is only a part of a disclosure: its other part may be known."""
    if all(r.checked is None or role_of(r.checked) == WHOLE for r in results):
        return set()
    return {str(Path(r.path).parent) for r in results}


def _chunks(paths: Sequence[str], most: int = CHUNK) -> Iterator[list[str]]:
    """Files by folder, about so many at most; a folder is not torn apart unless it is larger than CHUNK."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(str(Path(path).parent), []).append(path)
    chunk: list[str] = []
    for files in folders.values():
        if chunk and len(chunk) + len(files) > most:
            yield chunk
            chunk = []
        chunk += files
        while len(chunk) > CHUNK:
            yield chunk[:CHUNK]
            chunk = chunk[CHUNK:]
    if chunk:
        yield chunk


def _hashes(paths: Sequence[str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    found: dict[str, str] = {}
    errors: list[tuple[str, str]] = []
    for path in paths:
        try:
            found[path] = hashlib.sha256(bytes_of(path)).hexdigest()
        except (ReadingError, OSError) as error:
            errors.append((path, str(error)))
    return found, errors


def _analysed(
    results: Sequence[FileResult],
    groups: Sequence[Group],
    hashes: Mapping[str, str],
    now: str,
    origins: Mapping[str, tuple[str, str]],
    version: str,
) -> tuple[list[Analysis], list[Source]]:
    """One analysis a disclosure, and a source for each of its files."""
    by_path = {r.path: r.checked for r in results if r.checked is not None}
    disclosures: list[tuple[Checked, tuple[str, ...]]] = []
    together: set[str] = set()
    for group in groups:
        if group.checked is not None:
            disclosures.append((group.checked, group.paths))
            together |= set(group.paths)
    disclosures += [(c, (p,)) for p, c in by_path.items() if p not in together]
    analyses: dict[str, Analysis] = {}
    sources: list[Source] = []
    for checked, files in disclosures:
        document = identity(checked.document)
        analyses.setdefault(document, analysis_of(checked))
        for path in files:
            address, published = origins[path]
            sources.append(Source(document, path, hashes[path], now, address, published, version))
    return list(analyses.values()), sources
