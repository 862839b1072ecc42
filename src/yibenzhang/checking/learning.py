"""A folder of documents made ready to learn the words of their region from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from yibenzhang.checking.check import recognised_parts
from yibenzhang.laws.learning import Choose, Learning, learn, safe
from yibenzhang.laws.trying import Source
from yibenzhang.reading import ReadingError, read
from yibenzhang.standards.lexicon.words import load_lexicon
from yibenzhang.standards.registers import registers


def source_of(path: str, extra: str = "") -> tuple[Source, str]:
    """A file made ready, and its region. Raises ReadingError where it cannot be read."""
    profile, frames, forms, standards = recognised_parts(read(path), extra)
    sums = tuple((s.total, tuple(map(tuple, s.parts))) for s in standards.form_sums)
    return Source(Path(path).name, profile.fiscal_year, profile.body, frames, forms, sums), profile.region


Make = Callable[[str, str], tuple[Source, str]]


def sources_of(
    paths: Sequence[str], extra: str = "", make: Make = source_of
) -> Iterator[tuple[Source | None, str, str]]:
    """Each file made ready, with its region and, where it cannot be read, one sentence why."""
    for path in paths:
        try:
            yield *make(path, extra), ""
        except ReadingError as error:
            yield None, "", f"{path}：{error}"


def learn_from(
    sources: Sequence[Source], region: str = "", extra: str = "", choose: Choose = safe
) -> Learning:
    """What the documents of a region teach of words that the lexicon (with the layer ``extra``) does not know."""
    return learn(sources, load_lexicon(region, extra), registers(), choose)
