"""How a page of the portal answers: as a page, or its figures as .json and .csv."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from yibenzhang.ledger.index import rows
from yibenzhang.portal.reading import Book, label_name, place_name, wan, words
from yibenzhang.portal.tables import Table

PAGE = 100
_LONGEST = 60
Asked = Annotated[str, Query(max_length=_LONGEST)]


class NotThere(Exception):
    """Nothing stands at this address."""


def _address(name: str) -> str:
    return quote(name, safe="")


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"address": _address, "wan": wan}
    made.globals |= {"words": words(), "rows_of": rows, "label_name": label_name, "place_name": place_name}
    return made


_ENVIRONMENT = _environment()


def page(request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page. Addresses in it begin with where the portal is mounted."""
    here = request.url.path.removeprefix(request.scope.get("root_path", ""))
    asked = f"?{request.url.query}" if request.url.query else ""
    text = _ENVIRONMENT.get_template(template).render(
        root=request.scope.get("root_path", ""),
        here=quote(here),
        asked=asked,
        data=request.app.state.data is not None,
        **values,
    )
    return HTMLResponse(text, status)


def answer(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    heads: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
) -> Response:
    """The page, or its figures: ``told`` by the names of ``heads`` as JSON, by its words as CSV."""
    form = request.scope.get("state", {}).get("form", "")
    if form == ".json":
        return Response(
            json.dumps(list(rows), ensure_ascii=False, default=_plain), media_type="application/json"
        )
    if form == ".csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(heads.values())
        writer.writerows([_safe(r.get(k, "")) for k in heads] for r in rows)
        return Response("﻿" + out.getvalue(), media_type="text/csv; charset=utf-8")
    return page(request, template, {**values, "forms": True})


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _safe(value: Any) -> Any:
    """Nothing that a spreadsheet takes for a formula."""
    text = _plain(value) if isinstance(value, Decimal) else value
    risky = (
        isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t") and not isinstance(value, Decimal)
    )
    return f"'{text}" if risky else text


def book_of(request: Request) -> Book:
    book: Book = request.app.state.book
    return book


def cells(table: Table) -> list[dict[str, Any]]:
    return [
        {
            "row": line.name,
            "code": line.label,
            "year": c.year,
            "stage": c.stage,
            "level": c.level,
            "value": n.value,
            "printed": n.printed,
            "unit": n.unit,
            "page": n.page,
            "document": c.document,
            "fact": n.fact,
        }
        for line in table.lines
        for c, n in zip(table.columns, line.numbers, strict=True)
        if n is not None
    ]
