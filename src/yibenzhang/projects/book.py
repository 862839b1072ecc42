"""The book of projects: a ledger's disclosures and what was imported beside them, linked into projects."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from yibenzhang.ledger.bodies import bare
from yibenzhang.ledger.store import Ledger
from yibenzhang.projects.decisions import SAME, Decision, Ref, read_decisions
from yibenzhang.projects.events import FOLDER, Event, published_events
from yibenzhang.projects.importing import imported_events
from yibenzhang.projects.linking import Linked, linked
from yibenzhang.standards import StandardsError


def book_of(ledger: Ledger, extra: str = "") -> Linked:
    """All projects of a ledger as they stand now; ``extra`` is a folder of standards with curated links."""
    return linked(events_of(ledger), read_decisions(ledger.folder), curated_links(extra))


def events_of(ledger: Ledger) -> list[Event]:
    """The events of the disclosures and of the imports."""
    con = ledger.connect()
    try:
        published = published_events(con)
        whose = {bare(name): who for name, who in con.execute("SELECT body, who FROM bodies").fetchall()}
    finally:
        con.close()
    who_of: Callable[[str], str] = lambda body: whose.get(bare(body), bare(body))  # noqa: E731
    return [*published, *imported_events(ledger.folder, who_of)]


def curated_links(extra: str = "") -> tuple[Decision, ...]:
    """Links that standards bring (projects/links.toml: [[link]] body, one, other; code or name). Raises
    StandardsError."""
    from yibenzhang.projects.names import folded

    out = []
    for folder in (FOLDER, *((Path(extra) / "projects",) if extra else ())):
        file = folder / "links.toml"
        if not file.exists():
            continue
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8")).get("link", [])
            for x in found:
                one, other = (Ref(x["body"], folded(x[k])) for k in ("one", "other"))
                out.append(Decision("", SAME, (one, other)))
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise StandardsError(f"links.toml: {error}") from error
    return tuple(out)
