"""What a person fills into the profile form, against what the file says: told before it is saved."""

from __future__ import annotations

from sqlalchemy.orm import Session

from yibenzhang.office.models import State, Submission
from yibenzhang.office.naming import Named, match
from yibenzhang.office.roster import named
from yibenzhang.recognising.profile import Profile, contradiction


def stated(submission: Submission) -> Profile:
    """What the file itself says, whatever people gave in its place."""
    p = submission.profile or {}
    p = p.get("stated") or p
    return Profile(p.get("body") or "", p.get("fiscal_year"), p.get("stage") or "", p.get("level") or "")


def against_the_file(
    session: Session, submission: Submission, entry: int | None, add: str, year: int | None, stage: str
) -> list[str]:
    """Sentences where what is given by hand contradicts the file. What was given before, and the roster line that the page
    itself asked about, were answered already."""
    other_line = entry != submission.entry_id
    if _closed(submission) or (submission.before_id is not None and entry is not None and other_line):
        return []  # it is refused anyway
    said, before = stated(submission), submission.corrected or {}
    known = (before.get("fiscal_year") or said.fiscal_year, before.get("stage") or said.stage)
    out = []
    if (year or None, stage or "") != known:
        out.append(contradiction(said, year, stage, "您填的"))
    if said.body and (add or other_line):
        out.append(_body(session, submission, said, entry, add))
    return [x for x in out if x]


def _closed(submission: Submission) -> bool:
    return submission.state in (State.SUPERSEDED, State.WITHDRAWN) or submission.part_of_id is not None


def _body(session: Session, submission: Submission, said: Profile, entry: int | None, add: str) -> str:
    bodies = [Named(0, add)] if add else named(session, submission.season_id)
    chosen = next((b for b in bodies if b.id == (0 if add else entry)), None)
    found = match(said.body, said.level, bodies).id
    read = next((b for b in bodies if b.id == found), None)
    if chosen is None or chosen == read or said.body in (chosen.name, chosen.parent):
        return ""
    if read is not None and chosen.name in (read.parent, read.name):  # department and unit of one name
        return ""
    return f"文件写的单位是“{said.body}”，您选的是“{chosen.name}”。"
