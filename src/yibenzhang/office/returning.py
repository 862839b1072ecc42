"""Returning a file: what the department is told, kept word for word, and what the next version made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yibenzhang.drafting.parts import FontMissing
from yibenzhang.model.leaves import Box, Leaf
from yibenzhang.office.access import Actor, Refused, held_open, note, still_open
from yibenzhang.office.excerpts import excerpt
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.lateness import LEVEL, judged_with
from yibenzhang.office.models import Matter, Notice, Role, Setting, State, Submission, Verdict
from yibenzhang.office.notice_docx import notice_docx
from yibenzhang.office.notice_pdf import notice_pdf
from yibenzhang.office.notice_text import NoticeItem, Picture, default_template, notice_of, problems
from yibenzhang.office.roster import STAGE
from yibenzhang.office.states import Event, change
from yibenzhang.showing.pictures import cut_out
from yibenzhang.showing.view import ShownFinding, Spot, View

SETTINGS = {"office": "落款（发出通知的机关）", "contact": "联系人", "phone": "联系电话"}
Draw = Callable[[Leaf], bytes | None]
"""The picture of a leaf, or None where it cannot be drawn."""
_PICTURES = 2
_PLACES = 6
_LONGEST = 40
"""Characters of a heading told as a place."""


@dataclass(frozen=True, slots=True)
class NoticeHeading:
    """What stands over a notice: its number, its day, until when an answer is due."""

    number: str
    day: date
    due: date | None


def setting(session: Session, key: str) -> str:
    found = session.get(Setting, key)
    return found.value if found else ""


def template_of(session: Session) -> str:
    """The office's own template, or the one that comes with the program."""
    return setting(session, "template") or default_template()


def save_settings(session: Session, actor: Actor, values: dict[str, str]) -> list[str]:
    """Keep the office's name and template; sentences about what in the template will not be filled in."""
    actor.must(Role.HEAD)
    for key in (*SETTINGS, "template"):
        value = values.get(key, "").replace("\r\n", "\n").strip()
        if key == "template" and value == default_template().strip():
            value = ""
        session.merge(Setting(key=key, value=value[:20_000]))
    note(session, actor, "template.save")
    return problems(values.get("template", "") or default_template())


def next_number(session: Session, year: int) -> str:
    count = session.scalar(select(func.count()).select_from(Notice)) or 0
    return f"〔{year}〕{count + 1}号"  # GB/T 9704: no 第, no blanks


def confirmed(matters: Sequence[Matter]) -> list[Matter]:
    """What goes into a notice: what a person confirmed and still stands."""
    return [m for m in matters if m.verdict == Verdict.CONFIRMED and not m.gone]


def items_of(matters: Sequence[Matter], view: View, draw: Draw) -> tuple[NoticeItem, ...]:
    """The matters as items of a notice, with pictures of the places or excerpts of the tables."""
    findings = {f.id: f for f in view.findings}
    kept: dict[int, bytes | None] = {}

    def once(leaf: Leaf) -> bytes | None:
        if leaf.number not in kept:
            kept[leaf.number] = draw(leaf)
        return kept[leaf.number]

    return tuple(_item(k, m, findings.get(m.finding), view, once) for k, m in enumerate(matters, start=1))


def _item(number: int, m: Matter, f: ShownFinding | None, view: View, draw: Draw) -> NoticeItem:
    if m.entry_id is not None:
        basis = tuple(m.told.get("basis", ()))
        return NoticeItem(number, m.severity, m.message, basis=basis, remark=_remark(m))
    if f is None:
        return _by_hand(number, m, view, draw)
    places = [s for s in f.spots if s.leaf]
    where = "、".join(dict.fromkeys(_place_name(view, s) for s in places[:_PLACES]))
    sums = tuple(f"{x.name}：{x.arithmetic}" for x in f.broken[:3] if x.arithmetic not in m.message)
    reported, expected = _values(f)
    item = NoticeItem(
        number, m.severity, m.message, reported, expected, f.unit, where, f.basis, sums, _remark(m)
    )
    boxes = [(s.leaf, box) for s in places if s.box for box in (s.box, *s.more)]
    return _shown(item, boxes, [s.key for s in places], view, draw)


def _by_hand(number: int, m: Matter, view: View, draw: Draw) -> NoticeItem:
    """What a person added: at the place that was marked."""
    box, key, text = m.spot.get("box"), m.spot.get("key") or "", m.spot.get("text") or ""
    leaf = view.leaves[m.leaf - 1] if 0 < m.leaf <= len(view.leaves) else None
    boxes = [(leaf.number, (box[0], box[1], box[2], box[3]))] if leaf and box else []
    at = _place_name(view, Spot(key, m.leaf, None, "", text)) if leaf else ""
    where = "，".join(x for x in (at, f"“{text}”" if text else "") if x)
    return _shown(NoticeItem(number, m.severity, m.message, where=where), boxes, [key], view, draw)


def _remark(m: Matter) -> str:
    """What a person wrote with the last decision, not what the program did."""
    remark = m.decisions[-1].reason if m.decisions else ""
    return "" if remark.startswith(("沿用第", "人工补充")) else remark


def _values(f: ShownFinding) -> tuple[str, str]:
    """Printed and expected; neither where the document alone cannot say which number is wrong: a notice must not
    order a right one to be changed. The arithmetic says what does not agree."""
    return (comma(f.reported), comma(f.expected)) if f.certain else ("", "")


def comma(number: str) -> str:
    """A decimal string with separators of thousands; anything else as it is."""
    try:
        return f"{Decimal(number):,f}"
    except InvalidOperation:
        return number


def _place_name(view: View, s: Spot) -> str:
    """The page; in a file without pages the table, or the heading that the words stand under."""
    leaf = view.leaves[s.leaf - 1]
    table = s.words.partition("“")[0]
    if leaf.page or table not in ("", "正文"):
        return _leaf_name(leaf) if leaf.page else table
    under = ""
    for block in (b for x in view.leaves[: s.leaf] if x.file == leaf.file for b in x.blocks):
        if block.kind == "heading":
            under = "".join(p.text for p in block.pieces).strip()
        if block.key == s.key or any(p.key == s.key for p in block.pieces):
            return f"“{under[:_LONGEST]}”" if under else leaf.title
    return leaf.title


def _leaf_name(leaf: Leaf) -> str:
    return f"第 {leaf.page} 页" if leaf.page else leaf.title


def _shown(
    item: NoticeItem, boxes: Sequence[tuple[int, Box]], keys: Sequence[str], view: View, draw: Draw
) -> NoticeItem:
    by_leaf: dict[int, list[Box]] = {}
    for number, box in boxes[: 4 * _PICTURES]:
        by_leaf.setdefault(number, []).append(box)
    pictures = []
    for number, found in list(by_leaf.items())[:_PICTURES]:
        leaf = view.leaves[number - 1]
        png = cut_out(draw(leaf), leaf, found[:4]) if leaf.kind == "picture" else None
        if png:
            pictures.append(Picture(png, _leaf_name(leaf)))
    if pictures:
        return _with(item, tuple(pictures))
    flow = [leaf for leaf in view.leaves if leaf.kind == "flow"]
    for key in filter(None, keys):  # the table of the likely culprit first
        for leaf in flow:
            cut = excerpt(leaf, set(keys) - {""}, (key,))
            if cut:
                return _with(item, (), cut.rows, cut.marked)
    return item


def _with(
    item: NoticeItem,
    pictures: tuple[Picture, ...],
    rows: tuple[tuple[str, ...], ...] = (),
    marked: frozenset[tuple[int, int]] = frozenset(),
) -> NoticeItem:
    return replace(item, pictures=pictures, rows=rows, marked=marked)


def send(
    session: Session,
    ledger: FileStore,
    actor: Actor,
    submission: Submission,
    items: tuple[NoticeItem, ...],
    matters: Sequence[Matter],
    heading: NoticeHeading,
) -> Notice:
    """Make the notice, keep it, and return the file. Raises Refused where there is nothing to tell."""
    actor.must(Role.REVIEWER)
    still_open(session, submission.season_id, held=False)
    if submission.draft or submission.state not in (State.REVIEW, State.RETURNED):
        raise Refused("这一版不在审核中（已通过，或已有新版），不能退回。")
    if not items:
        raise Refused("没有已确认的问题，不能退回；请先确认要退回的问题。")
    entry = submission.entry
    body = entry.body.name if entry else ""
    made = notice_of(
        template_of(session),
        items,
        body=body,
        office=setting(session, "office") or actor.name,
        day=heading.day,
        due=heading.due,
        number=heading.number,
        values=_template_values(session, submission),
    )
    problem, pdf = "", ""
    docx = ledger.put(notice_docx(made))
    try:
        pdf = ledger.put(notice_pdf(made))
    except FontMissing as error:
        problem = str(error)
    kept = Notice(
        season_id=submission.season_id,
        entry_id=submission.entry_id,
        submission_id=submission.id,
        number=heading.number[:80],
        due_on=heading.due,
        text="\n".join(x.text for x in made.lines),
        matters=[{"matter": m.id, "message": m.message, "severity": m.severity} for m in matters],
        docx=docx,
        pdf=pdf,
        problem=problem,
        user_id=actor.id,
        who=actor.name,
    )
    held_open(session, submission)  # only now: making the notice takes its time
    if submission.state not in (State.REVIEW, State.RETURNED):
        raise Refused("这一版刚刚已通过，或已有新版，不能退回。")
    now = select(Matter.id).where(
        judged_with(submission), Matter.verdict == Verdict.CONFIRMED, Matter.gone.is_(False)
    )
    if set(session.scalars(now)) != {m.id for m in matters}:
        raise Refused("刚刚有问题的处理变了，没有退回；请重新打开退回页面。")
    if (
        kept.number
        and session.scalars(select(Notice.id).where(Notice.number == kept.number)).first() is not None
    ):
        raise Refused(f"文号“{kept.number}”已经用过，没有退回；请重新打开退回页面换一个。")
    session.add(kept)
    change(submission, Event.SENT_BACK)
    session.flush()
    note(session, actor, "submission.return", "submission", submission.id, notice=kept.id, matters=len(items))
    return kept


def _template_values(session: Session, submission: Submission) -> dict[str, str]:
    """What the placeholders of a notice's template stand for."""
    entry, season = submission.entry, submission.season
    notices = select(func.count()).select_from(Notice).where(Notice.entry_id == submission.entry_id)
    return {
        "年度": str(season.fiscal_year),
        "阶段": STAGE[season.stage],
        "文件": submission.name,
        "级次": LEVEL[entry.body.level if entry else ""],
        "联系人": setting(session, "contact"),
        "联系电话": setting(session, "phone"),
        "轮次": f"第{(session.scalar(notices) or 0) + 1}次",
    }


@dataclass(frozen=True, slots=True)
class Changes:
    """What the next version made of the one before: rows are (matter before, matter now or None)."""

    fixed: tuple[Matter, ...]
    still: tuple[tuple[Matter, Matter], ...]
    unsure: tuple[Matter, ...]
    new: tuple[Matter, ...]


def changes(session: Session, submission: Submission) -> Changes | None:
    """None where there is no version before."""
    if submission.before_id is None:
        return None
    old = session.scalars(
        select(Matter)
        .where(Matter.submission_id == submission.before_id, Matter.gone.is_(False))
        .order_by(Matter.rank)
    ).all()
    now = session.scalars(
        select(Matter)
        .where(Matter.submission_id == submission.id, Matter.gone.is_(False))
        .order_by(Matter.rank)
    ).all()
    by_before = {m.before_id: m for m in now if m.before_id}
    return Changes(
        tuple(m for m in old if m.fate == "fixed"),
        tuple((m, by_before[m.id]) for m in old if m.fate == "still" and m.id in by_before),
        tuple(m for m in old if m.fate == "unsure"),
        tuple(m for m in now if not m.before_id),
    )
