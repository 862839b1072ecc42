"""One address, three forms: a page for people, ``.json`` for programs, ``.csv`` for tables."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from yibenzhang import __version__
from yibenzhang.office.access import Actor
from yibenzhang.office.models import ZONE, Role
from yibenzhang.office.returning import comma
from yibenzhang.office.roster import STAGE, STATUS
from yibenzhang.office.spreadsheets import cell_text, csv_pieces
from yibenzhang.office.submissions import clean_name
from yibenzhang.web.describing import csv_answer, json_answer
from yibenzhang.web.security import FIELD, mark_of, office_of, seal_of
from yibenzhang.web.views import leafname
from yibenzhang.web.words import LEVEL, ROLE, SEVERITY, STATES, VERDICT, cells

HERE = Path(__file__).parent
_PIECE = 64 * 1024
"""Bytes."""
View = TypeVar("View", bound=Callable[..., Any])

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(["html", "svg"]),
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


def clock(moment: datetime | None) -> str:
    """A moment as people in China read it."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if moment else ""


def size(count: int) -> str:
    return (
        f"{count / 1024 / 1024:.1f} MB".replace(".0 ", " ")
        if count >= 1024 * 1024
        else f"{max(count // 1024, 1)} KB"
    )


def ten_thousand(yuan: str) -> str:
    """Yuan as 万元; what is no number stays as it is."""
    try:
        value = (Decimal(yuan) / 10000).normalize()
    except InvalidOperation:
        return yuan
    return f"{value:f}"


environment.filters.update(
    clock=clock, size=size, leafname=leafname, comma=comma, cell_text=cell_text, ten_thousand=ten_thousand
)
environment.globals.update(
    severities=SEVERITY,
    verdicts=VERDICT,
    roles=ROLE,
    levels=LEVEL,
    stages=STAGE,
    statuses=STATUS,
    states=STATES,
    version=__version__,
    Role=Role,
)


class _Table(Response):
    media_type = "text/csv"


def forms(
    router: APIRouter,
    path: str,
    columns: Mapping[str, str],
    tells: Mapping[str, str] | None = None,
    table: str = "rows",
    **options: Any,
) -> Callable[[View], View]:
    """Register a view under its address and under the same with .json and .csv. ``columns`` (field: heading) and
    ``tells`` (what else its .json tells) describe it to programs; ``table`` is as in ``shown``."""

    def register(view: View) -> View:
        name = getattr(view, "__name__", "view")
        data, rows = json_answer(columns, tells or {}, table), csv_answer(columns)
        router.get(
            f"{path}.json", name=f"{name}_json", operation_id=f"{name}_json", responses=data, **options
        )(view)
        router.get(
            f"{path}.csv",
            name=f"{name}_csv",
            operation_id=f"{name}_csv",
            responses=rows,
            response_class=_Table,
            **options,
        )(view)
        router.get(path, name=name, include_in_schema=False, **options)(view)
        return view

    return register


def wants_data(request: Request) -> bool:
    """True where the data is asked for and not the page."""
    return request.url.path.endswith((".json", ".csv"))


def shown(
    request: Request,
    actor: Actor | None,
    template: str,
    data: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str],
    called: str = "",
    table: str = "rows",
    **more: Any,
) -> Response:
    """A view's answer. ``data`` is what all three forms tell, ``rows`` its table, called ``table`` in JSON; as CSV it
    has ``columns`` (field: heading), words for codes, and is ``called`` so when it is kept. ``more`` is for the page
    alone. What is an iterator in ``data`` is a list in JSON; both forms go out piece by piece."""
    path = request.url.path
    if path.endswith(".json"):
        return _sent(json_pieces({**data, table: iter(rows)}), "application/json", {})
    if path.endswith(".csv"):
        lines = (cells(r, columns) for r in rows)
        pieces = csv_pieces(list(columns.values()), lines)
        return _sent(pieces, "text/csv; charset=utf-8", {"Content-Disposition": _kept_as(path, called)})
    sisters = path if request.method == "GET" else ""  # a form's answer stands at an address of its own
    asked = {k: v for k, v in request.query_params.items() if k not in ("said", "seal", "part", "page")}
    asked_for = f"?{urlencode(asked)}" if asked else ""
    return page(
        request, actor, template, **{**data, "rows": rows, "sisters": sisters, "asked_for": asked_for, **more}
    )


def _sent(pieces: Iterator[bytes], kind: str, headers: Mapping[str, str]) -> Response:
    """What fits into one piece goes out whole; what goes wrong in the first can still be told."""
    first = next(pieces)
    second = next(pieces, None)
    if second is None:
        return Response(first, media_type=kind, headers=headers)
    return StreamingResponse(chain((first, second), pieces), media_type=kind, headers=headers)


def _kept_as(path: str, called: str) -> str:
    """The header that names a file: in ASCII after its address, and in Chinese."""
    plain = re.sub(r"[^\w.-]", "", path.strip("/").replace("/", "-"), flags=re.ASCII)
    name = clean_name(re.sub(r'[\\/:*?"<>|]+', " ", called)) if called else ""
    return f'attachment; filename="{plain}"' + (f"; filename*=UTF-8''{quote(name)}.csv" if name else "")


def json_pieces(data: Mapping[str, Any]) -> Iterator[bytes]:
    """An object as JSON; an iterator in it becomes a list, never whole in memory."""
    out = bytearray()
    for k, (name, value) in enumerate(data.items()):
        out += b", " if k else b"{"
        out += as_json(name) + b": "
        if not isinstance(value, Iterator):
            out += as_json(value)
            continue
        out += b"["
        for n, item in enumerate(value):
            out += (b", " if n else b"") + as_json(item)
            if len(out) > _PIECE:
                yield bytes(out)
                out.clear()
        out += b"]"
    yield bytes(out) + b"}"


def page(
    request: Request, actor: Actor | None, template: str, http: int = 200, **values: Any
) -> HTMLResponse:
    """A page, or a piece of one."""
    office = office_of(request)
    text = environment.get_template(template).render(
        request=request,
        actor=actor,
        accounts=office.settings.accounts,
        csrf=mark_of(request),
        csrf_field=FIELD,
        flash=_flash(request),
        **values,
    )
    return HTMLResponse(text, http)


def _flash(request: Request) -> str:
    words, seal = request.query_params.get("said", ""), request.query_params.get("seal", "")
    ours = words and hmac.compare_digest(seal.encode(), seal_of(office_of(request), words).encode())
    return words[:300] if ours else ""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_plain)


def as_json(value: Any) -> bytes:
    return _ENCODER.encode(value).encode("utf-8", "replace")
