"""Views of the portfolio that a person saved: a name and the filters, kept with the office's settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Response
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, Refused
from yibenzhang.office.models import Setting
from yibenzhang.web.pages.seasons import said
from yibenzhang.web.security import Guard, Shop, Who

router = APIRouter(tags=["项目"])
_MOST = 30


def _key(who: Actor) -> str:
    return f"project-views-{who.id if who.id is not None else 'own'}"


def views_of(session: Session, who: Actor) -> Mapping[str, str]:
    """The person's views: name → query."""
    found = session.get(Setting, _key(who))
    return dict(json.loads(found.value)) if found is not None else {}


@router.post(
    "/projects-views", dependencies=[Guard], summary="保存或删除一个项目视图", response_class=Response
)
def save(
    office: Shop,
    who: Who,
    name: Annotated[str, Form(max_length=40)] = "",
    body: Annotated[str, Form(max_length=200)] = "",
    year: Annotated[str, Form(max_length=4)] = "",
    find: Annotated[str, Form(max_length=100)] = "",
    step: Annotated[str, Form(max_length=40)] = "",
    order: Annotated[str, Form(max_length=20)] = "",
    remove: Annotated[bool, Form()] = False,
) -> Response:
    given = (("body", body), ("year", year), ("find", find), ("step", step), ("order", order))
    query = urlencode({k: v for k, v in given if v})
    if not name.strip():
        raise Refused("请写视图的名称。")
    with office.session() as session:
        views = dict(views_of(session, who))
        if remove:
            views.pop(name, None)
        elif len(views) >= _MOST and name not in views:
            raise Refused(f"视图最多 {_MOST} 个；请先删去用不着的。")
        else:
            views[name.strip()] = query
        session.merge(Setting(key=_key(who), value=json.dumps(views, ensure_ascii=False)))
    return said(f"/projects?{query}", f"已删除视图“{name}”。" if remove else f"已保存视图“{name}”。")
