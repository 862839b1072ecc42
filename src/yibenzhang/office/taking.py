"""What the workbench analysed into the ledger: the stored analyses are taken as they are, nothing is read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from yibenzhang.ledger.store import Ledger, Source
from yibenzhang.model.analysis import LEDGER, Analysis, Made, Rows
from yibenzhang.office import stored_views
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.models import Entry, State, Submission
from yibenzhang.showing.kept import Kept
from yibenzhang.showing.stored import Stored, StoredError

CHUNK = 100
"""So many disclosures make a batch."""
_COUNTING = (State.REVIEW.value, State.RETURNED.value, State.CLEAN.value)
_FORMER = "是以前的版本存的，重新检查以后才能收"


@dataclass(frozen=True, slots=True)
class TakenOver:
    """``disclosures``: taken now; ``known``: in the ledger before, just so; ``left``: names that were not taken, and
    why."""

    disclosures: int
    known: int
    left: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission that counts, with where it is published."""

    receipt: str
    name: str
    sha256: str
    address: str
    published: str
    program: str


def waiting(session: Session, every: bool = False) -> list[Waiting]:
    """The submissions that count: the last version of each line that is published; of ``every`` line, also of those
    that are not. Drafts never."""
    asked = (
        select(Submission)
        .join(Entry, Submission.entry_id == Entry.id)
        .options(joinedload(Submission.entry))
        .where(
            Submission.part_of_id.is_(None),
            Submission.draft.is_(False),
            Submission.state.in_(_COUNTING),
            Submission.checked_at.is_not(None),
        )
        .order_by(Submission.id)
    )
    if not every:
        asked = asked.where(Entry.published_on.is_not(None))
    return [_waiting(s, s.entry) for s in session.scalars(asked) if s.entry is not None]


def _waiting(s: Submission, entry: Entry) -> Waiting:
    published = entry.published_on.isoformat() if entry.published_on else ""
    return Waiting(s.receipt, s.name, s.sha256, entry.published_url, published, s.version)


def take_over(session: Session, store: FileStore, ledger: Ledger, now: str, every: bool = False) -> TakenOver:
    """Take into the ledger what counts and is not there yet. Raises OSError where the disk is full; whole batches that
    came before stay."""
    left: list[tuple[str, str]] = []
    taken = known = 0
    batch: dict[str, tuple[Analysis, list[Source]]] = {}
    there = {(s.document, s.address, s.published, s.program) for s in ledger.sources()}
    found = waiting(session, every)
    for one, got in _analyses(store, found, left):
        analysis, files = got
        if (analysis.document, one.address, one.published, one.program) in there:
            known += 1
            continue
        there.add((analysis.document, one.address, one.published, one.program))
        sources = [
            Source(analysis.document, path, sha256, now, one.address, one.published, one.program)
            for path, sha256 in files
        ]
        batch[analysis.document] = analysis, sources
        taken += 1
        if len(batch) == CHUNK:
            _add(ledger, batch)
            batch = {}
    if batch:
        _add(ledger, batch)
    return TakenOver(taken, known, tuple(left))


def _add(ledger: Ledger, batch: dict[str, tuple[Analysis, list[Source]]]) -> None:
    ledger.add([a for a, _ in batch.values()], [s for _, sources in batch.values() for s in sources])


_Got = tuple[Analysis, list[tuple[str, str]]]


def _analyses(
    store: FileStore, found: list[Waiting], left: list[tuple[str, str]]
) -> Iterator[tuple[Waiting, _Got]]:
    for one in found:
        try:
            got = _read(store, one)
        except (StoredError, OSError) as error:
            left.append((one.name, str(error)))
            continue
        if got is None:
            left.append((one.name, _FORMER))
        else:
            yield one, got


def _read(store: FileStore, one: Waiting) -> _Got | None:
    """The stored analysis with the tables of the ledger, and its files: where each lies, called as it was handed in,
    and its hash; None where an older program stored something else. Raises StoredError, OSError."""
    view = stored_views.read(stored_views.place_of(store, one.receipt))
    if not isinstance(view, Kept):
        return None
    tables = view.analysis.tables
    assert isinstance(tables, Stored)
    made = Made({name: partial(_table, tables, name) for name in LEDGER})
    for name in made:
        _ = made[name]  # what is damaged is found out here
    files = [(str(store.path(f.sha256) / Path(f.name).name), f.sha256) for f in view.outline.files]
    return Analysis(view.analysis.document, made), files


def _table(stored: Stored, name: str) -> Rows:
    stored.begin()  # a table may be as large as a view
    return stored[name]
