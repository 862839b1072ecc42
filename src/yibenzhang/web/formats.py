"""One address, three forms: a page for people, ``.json`` for programs, ``.csv`` for tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from yibenzhang import __version__
from yibenzhang.office.access import Actor
from yibenzhang.office.models import Role
from yibenzhang.office.returning import comma
from yibenzhang.office.roster import STAGE, STATUS
from yibenzhang.office.spreadsheets import write_csv
from yibenzhang.web.security import FIELD, mark_of, office_of

HERE = Path(__file__).parent
SEVERITY = {"error": "错误", "warning": "疑问", "notice": "提示"}
VERDICT = {
    "": "未处理",
    "confirmed": "已确认",
    "dismissed": "已排除",
    "reopened": "重新打开",
    "solved": "已改好",
}
ROLE = {"department": "部门", "reviewer": "审核人", "head": "负责人", "administrator": "管理员"}
LEVEL = {"department": "部门", "unit": "单位", "": ""}
_ZONE = ZoneInfo("Asia/Shanghai")
View = TypeVar("View", bound=Callable[..., Any])

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(["html", "svg"]),
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


def clock(moment: datetime | None) -> str:
    """A moment as people in China read it."""
    return moment.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M") if moment else ""


def size(count: int) -> str:
    return (
        f"{count / 1024 / 1024:.1f} MB".replace(".0 ", " ")
        if count >= 1024 * 1024
        else f"{max(count // 1024, 1)} KB"
    )


def leafname(leaf: Any) -> str:
    """What a leaf is called in a short mention."""
    return f"第 {leaf.page} 页" if leaf.page else leaf.title or f"第 {leaf.number} 段"


environment.filters.update(clock=clock, size=size, leafname=leafname, comma=comma)
environment.globals.update(
    severities=SEVERITY, verdicts=VERDICT, roles=ROLE, levels=LEVEL, stages=STAGE, statuses=STATUS,
    version=__version__, Role=Role,
)  # fmt: skip


def forms(router: APIRouter, path: str, **options: Any) -> Callable[[View], View]:
    """Register a view under its address and under the same with .json and .csv."""

    def register(view: View) -> View:
        name = getattr(view, "__name__", "view")
        router.get(f"{path}.json", name=f"{name}_json", operation_id=f"{name}_json", **options)(view)
        router.get(f"{path}.csv", name=f"{name}_csv", operation_id=f"{name}_csv", **options)(view)
        router.get(path, name=name, include_in_schema=False, **options)(view)
        return view

    return register


def shown(
    request: Request,
    actor: Actor | None,
    template: str,
    data: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]] = (),
    columns: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """A view's answer. ``data`` is what all three forms tell, ``rows`` its table (all of it where ``columns`` names the
    fields and their headings); ``more`` is for the page alone."""
    path = request.url.path
    if path.endswith(".json"):
        return Response(
            as_json({**data, **({"rows": rows} if rows or columns else {})}), media_type="application/json"
        )
    if path.endswith(".csv"):
        heads = columns or {k: k for k in (rows[0] if rows else {})}
        lines = [[_word(r.get(k)) for k in heads] for r in rows]
        name = path.rsplit("/", 1)[-1]
        return Response(
            write_csv(list(heads.values()), lines),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return page(request, actor, template, **{**data, "rows": rows, **more})


def page(
    request: Request, actor: Actor | None, template: str, http: int = 200, **values: Any
) -> HTMLResponse:
    """A page, or a piece of one."""
    office = office_of(request)
    text = environment.get_template(template).render(
        request=request, actor=actor, accounts=office.settings.accounts, csrf=mark_of(request), csrf_field=FIELD,
        flash=request.query_params.get("said", "")[:300], **values,
    )  # fmt: skip
    return HTMLResponse(text, http)


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)


def _word(value: Any) -> str:
    if value is None:
        return ""
    return clock(value) if isinstance(value, datetime) else str(value)
