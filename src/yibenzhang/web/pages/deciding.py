"""Deciding about several findings of a file at one go, and taking back what was done last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from yibenzhang.office.access import Actor, Refused, submission_of
from yibenzhang.office.deciding import decide_many, undo_last
from yibenzhang.office.lateness import judged_with
from yibenzhang.office.models import Matter, State
from yibenzhang.office.reviews import following_of, matters_of, ticks_of
from yibenzhang.web.formats import page
from yibenzhang.web.matters import card_of, late_confirmed, standing_of
from yibenzhang.web.pages.review import SHOWN_WITH, judges_of
from yibenzhang.web.security import Guard, Shop, Who
from yibenzhang.web.settings import Office
from yibenzhang.web.views import spots_of

router = APIRouter(tags=["审核"])


@router.post(
    "/submissions/{number:int}/decisions",
    dependencies=[Guard],
    summary="一并处理一份文件里的几个问题",
    response_class=HTMLResponse,
    response_description="处理后的这些问题（网页的几段）",
)
def make_decisions(
    request: Request,
    office: Shop,
    who: Who,
    number: int,
    matters: Annotated[list[int], Form()],
    verdict: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Decide about several findings of a file alike; they are taken back at one go."""
    with office.session() as session:
        s = submission_of(session, who, number)
        office.views.outline(s)
        of = select(Matter.id).where(judged_with(s), Matter.id.in_(matters))
        ids = list(session.scalars(of))
        done = decide_many(session, who, ids, verdict, reason)
        if done.left:
            raise Refused(done.left[0])
    return _changed(request, office, who, number, ids, f"{done.count} 个问题一并处理了；u 撤回。")


@router.post(
    "/submissions/{number:int}/undo",
    dependencies=[Guard],
    summary="撤回自己在一份文件里的上一步，不论是什么",
    response_class=HTMLResponse,
    response_description="变了的问题和勾选（网页的几段）",
)
def undo_step(request: Request, office: Shop, who: Who, number: int) -> Response:
    """Take back what one did last here, whatever it was; a batch whole."""
    with office.session() as session:
        office.views.outline(submission_of(session, who, number))
        words, ids = undo_last(session, who, number)
    return _changed(request, office, who, number, ids, words)


def _changed(
    request: Request, office: Office, who: Actor, number: int, ids: Sequence[int], words: str
) -> Response:
    """The findings that changed, and what hangs on them."""
    with office.session() as session:
        s = submission_of(session, who, number, *SHOWN_WITH)
        every = matters_of(session, s, brief=True)
        ticks, following = ticks_of(session, s), following_of(session, who, s)
    view = office.views.outline(s)
    findings, spots = {f.id: f for f in view.findings}, spots_of(view)
    return page(
        request,
        who,
        "changed.html",
        cards=[card_of(m, findings, spots) for m in every if m.id in set(ids)],
        unchecked=() if ids else view.unchecked,
        total=len(view.unchecked),
        words=words,
        ticks=ticks,
        s=s,
        standing=standing_of(every),
        judges=judges_of(who, s),
        State=State,
        view=view,
        late=late_confirmed(every),
        following=following,
    )
