"""The pages of the portal that compare: rankings, bodies side by side, regions, and what is to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from yibenzhang.ledger.index import rows
from yibenzhang.portal.answering import PAGE, Asked, NotThere, answer, book_of, cells
from yibenzhang.portal.questions import questions
from yibenzhang.portal.reading import Disclosure, Number, place_name, words
from yibenzhang.portal.tables import Table, sheet

router = APIRouter()


@router.get("/compare")
def compare(
    request: Request,
    row: Asked = "expenditure",
    year: Annotated[int, Query(ge=0, le=9999)] = 0,
    stage: Asked = "budget",
    place: Annotated[str, Query(max_length=6, pattern=r"^\d*$")] = "",
    level: Asked = "department",
) -> Response:
    book = book_of(request)
    years = book.years()
    year = year or (years[0] if years else 0)
    if (
        row not in words()["compare"]["rows"]
        or stage not in words()["stage"]
        or level not in ("department", "unit")
    ):
        raise NotThere
    found, count = book.ranked(row, year, stage, place.rstrip("0") if place else "", PAGE, level)
    top = max((n.value for _, n in found), default=Decimal(0))
    ranked = [
        {
            "who": d.who,
            "place": place_name(d.division),
            "value": n.value,
            "printed": n.printed,
            "unit": n.unit,
            "page": n.page,
            "document": d.document[:16],
            "fact": n.fact,
            "share": float(n.value / top) if top > 0 else 0,
        }
        for d, n in found
    ]
    heads = {
        "who": "单位",
        "place": "地区",
        "value": "元",
        "printed": "印为",
        "unit": "单位",
        "page": "页",
        "document": "文件",
    }
    values = {
        "told": ranked,
        "count": count,
        "row": row,
        "year": year,
        "years": years,
        "stage": stage,
        "place": place,
        "level": level,
        "places": book.places(),
        "tab": "compare",
    }
    return answer(request, "compare.html", values, heads, ranked)


@router.get("/beside")
def beside(
    request: Request, body: Annotated[list[str] | None, Query(max_length=6)] = None, year: int = 0
) -> Response:
    """Several bodies side by side, in one year."""
    book = book_of(request)
    names = [who for b in body or [] if (who := book.who(b))]
    every = [d for who in dict.fromkeys(names) for d in book.disclosures(who) if d.latest]
    years = sorted({d.year for d in every}, reverse=True)
    year = year or next(iter(years), 0)
    columns = [d for d in every if d.year == year]
    groups = _groups(columns, book.numbers([d.d for d in columns]))
    heads = {"who": "单位", "row": "项目", "value": "元", "printed": "印为", "unit": "单位", "page": "页"}
    values = {
        "names": names,
        "columns": columns,
        "years": years,
        "year": year,
        "groups": [(g, t) for g, t in groups if t.lines],
        "tab": "compare",
    }
    return answer(request, "beside.html", values, heads, list(_cells_by_body(groups, columns)))


def _groups(columns: Sequence[Disclosure], numbers: Sequence[Number]) -> list[tuple[str, Table]]:
    """The tables of the page: groups of totals, then the classes of functions."""
    classes = [n for n in numbers if len(n.label) == 3]
    return [
        *((g["name"], sheet(columns, numbers, g["rows"])) for g in words()["group"]),
        (rows()["function"].name, sheet(columns, classes, ["function"])),
    ]


def _cells_by_body(
    groups: Sequence[tuple[str, Table]], columns: Sequence[Disclosure]
) -> Iterator[dict[str, Any]]:
    """The rows for programs: of each table, body by body."""
    for _, table in groups:
        found = list(cells(table))
        for d in columns:
            yield from ({**r, "who": d.who} for r in found if r["document"] == d.document)


@router.get("/region/{code}")
def region(request: Request, code: str, after: Asked = "") -> Response:
    book = book_of(request)
    name = place_name(code) if code != "-" else ""
    if code != "-" and not name:
        raise NotThere
    found = book.bodies("" if code == "-" else code, PAGE + 1, after)
    bodies = [dict(zip(("who", "documents", "first", "last"), b, strict=True)) for b in found[:PAGE]]
    heads = {"who": "单位", "documents": "文件", "first": "最早", "last": "最近"}
    values = {
        "name": name,
        "code": code,
        "told": bodies,
        "after": bodies[-1]["who"] if len(found) > PAGE else "",
        "tab": "home",
    }
    return answer(request, "region.html", values, heads, bodies)


@router.get("/questions")
def asked(request: Request, p: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    found = questions(book_of(request).ledger)
    part = found[(p - 1) * PAGE : p * PAGE]
    values = {"told": part, "count": len(found), "p": p, "pages": -(-len(found) // PAGE), "tab": "questions"}
    heads = {
        "who": "单位",
        "year": "年度",
        "message": "说明",
        "rule": "规则",
        "a_file": "一份",
        "a_page": "页",
        "b_file": "另一份",
        "b_page": "另一份页",
    }
    return answer(request, "questions.html", values, heads, found)
