"""The pages of the portal about bodies, documents and numbers: one function and one template each."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from yibenzhang.portal.answering import Asked, NotThere, answer, book_of, cells
from yibenzhang.portal.flows import charts_of, flows_of, sankey
from yibenzhang.portal.printed import Printed, printed_number
from yibenzhang.portal.questions import questions
from yibenzhang.portal.reading import Book, Disclosure, place_name, words
from yibenzhang.portal.tables import sheet, tree
from yibenzhang.projects.events import kinds, measures, place_of

router = APIRouter()


@router.get("/home", include_in_schema=False)
@router.get("/")
def home(request: Request) -> Response:
    book = book_of(request)
    values = {"counts": book.counts(), "places": book.places(), "tab": "home"}
    places = [dict(zip(("division", "name", "bodies"), p, strict=True)) for p in values["places"]]
    return answer(
        request, "home.html", values, {"division": "代码", "name": "地区", "bodies": "单位"}, places
    )


@router.get("/search")
def search(request: Request, q: Asked = "") -> Response:
    book, text = book_of(request), "".join(q.split())
    if not text:
        return RedirectResponse(request.scope.get("root_path", "") + "/")
    bodies, projects = book.find_bodies(text), book.find_projects(text)
    passages = [
        {
            "who": d.who,
            "called": d.called,
            "document": d.document[:16],
            "words": w,
            "page": p,
            "file": Path(f).name,
        }
        for d, w, p, f in book.find_passages(text)
    ]
    hits: list[dict[str, Any]] = [{"kind": "单位", "who": b[0], "words": b[0]} for b in bodies]
    hits += [{"kind": "项目", "who": p["who"], "words": p["name"]} for p in projects]
    hits += [{"kind": "正文", **p} for p in passages]
    heads = {"kind": "类", "who": "单位", "called": "文件", "words": "内容", "page": "页"}
    values = {"q": text, "bodies": bodies, "projects": projects, "passages": passages, "tab": "home"}
    return answer(request, "search.html", values, heads, hits)


@router.get("/body/{name}")
def body(request: Request, name: str) -> Response:
    book = book_of(request)
    who = book.who(name)
    if not who:
        raise NotThere
    if who != name and not request.scope.get("state", {}).get("form"):
        return RedirectResponse(f"{request.scope.get('root_path', '')}/body/{quote(who, safe='')}")
    every = book.disclosures(who)
    columns = [d for d in every if d.latest]
    numbers = book.numbers([d.d for d in columns])
    groups = [(g["name"], sheet(columns, numbers, g["rows"])) for g in words()["group"]]
    branches = tree(columns, numbers)
    values = {
        "who": who,
        "place": place_name(columns[0].division) if columns else "",
        "division": columns[0].division if columns else "",
        "columns": columns,
        "former": [d for d in every if not d.latest],
        "groups": [(g, t) for g, t in groups if t.lines],
        "tree": branches,
        "charts": charts_of(columns, numbers),
        "questions": questions(book.ledger, who),
        "projects": len({p["name"] for p in book.projects([d.d for d in columns])}),
        "tab": "home",
    }
    data_rows = [r for _, t in [*groups, ("", branches)] for r in cells(t)]
    heads = {
        "row": "项目",
        "year": "年度",
        "stage": "阶段",
        "level": "级别",
        "value": "元",
        "printed": "印为",
        "unit": "单位",
        "page": "页",
        "document": "文件",
    }
    return answer(request, "body.html", values, heads, data_rows)


@router.get("/document/{hashed}")
def document(request: Request, hashed: str) -> Response:
    book = book_of(request)
    found = book.disclosure(hashed) if len(hashed) >= 8 else None
    if found is None:
        raise NotThere
    numbers = book.numbers([found.d])
    flows = flows_of(numbers)
    groups = [(g["name"], sheet([found], numbers, g["rows"])) for g in words()["group"]]
    branches = tree([found], numbers)
    values = {
        "found": found,
        "flows": flows,
        "picture": sankey(flows, f"{found.who}{found.called}：钱从哪里来，用到哪里去") if flows else None,
        "groups": [(g, t) for g, t in groups if t.lines],
        "tree": branches,
        "projects": sheet([found], numbers, ["projects"]),
        "tab": "home",
    }
    data_rows = [r for _, t in [*groups, ("", branches)] for r in cells(t)]
    heads = {"row": "项目", "value": "元", "printed": "印为", "unit": "单位", "page": "页", "fact": "标识"}
    return answer(request, "document.html", values, heads, data_rows)


def _once(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The amounts of events; an event without amounts has one row, of one with amounts that row says nothing."""
    keys = ("d", "name", "kind", "year")
    money = {tuple(p[k] for k in keys) for p in found if p["measure"]}
    return [p for p in found if p["measure"] or tuple(p[k] for k in keys) not in money]


@router.get("/body/{name}/projects")
def projects(request: Request, name: str, find: Asked = "") -> Response:
    book = book_of(request)
    who = book.who(name)
    if not who:
        raise NotThere
    columns = {d.d: d for d in book.disclosures(who) if d.latest}
    listed = [
        {
            **p,
            "called": columns[p["d"]].called,
            "document": columns[p["d"]].document[:16],
            "kind_name": kinds()[p["kind"]].name,
            "measure_name": measures().get(p["measure"], ""),
            "yuan": Decimal(p["value"]) if p["value"] and p["measure"] != "score" else None,
            "at": place_of(p["page"], p["place"]),
        }
        for p in _once(book.projects(list(columns)))
        if find in p["name"]
    ]
    by_name: dict[str, list[dict[str, Any]]] = {}
    for p in listed:
        by_name.setdefault(p["name"], []).append(p)
    heads = {
        "name": "项目",
        "kind_name": "事件",
        "measure_name": "什么数",
        "year": "年度",
        "yuan": "元",
        "printed": "印为",
        "called": "出处",
        "at": "页或行",
    }
    values = {"who": who, "by_name": by_name, "find": find, "tab": "home"}
    return answer(request, "projects.html", values, heads, listed)


def _found(book: Book, hashed: str, fact: str) -> tuple[Disclosure, Printed]:
    """A disclosure and one of its numbers. Raises NotThere."""
    found = book.disclosure(hashed) if len(hashed) >= 8 else None
    shown = printed_number(book.ledger, book.batch(found), found, fact[:64]) if found else None
    if found is None or shown is None:
        raise NotThere
    return found, shown


@router.get("/number/{hashed}/{fact}")
def number(request: Request, hashed: str, fact: str) -> Response:
    book = book_of(request)
    found, shown = _found(book, hashed, fact)
    heads = {
        "title": "表",
        "label": "行",
        "heading": "栏",
        "printed": "印为",
        "unit": "单位",
        "value": "元",
        "page": "页",
        "file": "文件",
    }
    data_rows = [{**{k: getattr(shown, k) for k in heads}, "file": Path(shown.file).name or found.files[0]}]
    file = Path(shown.file).name or found.files[0]
    link = f"{found.address}#page={shown.page}" if found.address and shown.page else found.address
    values = {
        "found": found,
        "shown": shown,
        "file": file,
        "link": link,
        "pictured": shown.place.startswith("p"),
        "tab": "home",
    }
    return answer(request, "number.html", values, heads, data_rows)


@router.get("/picture/{hashed}/{fact}")
def picture(request: Request, hashed: str, fact: str) -> Response:
    """The page with the number lit."""
    book = book_of(request)
    found, shown = _found(book, hashed, fact)
    for path, sha256 in book.sources(found, shown.file):
        made = request.app.state.pictures.png(path, sha256, shown.place, shown.printed)
        if made is not None:
            return Response(made, media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})
    raise NotThere


@router.get("/data")
def data(request: Request) -> Response:
    folder: Path | None = request.app.state.data
    files = sorted((f.name, f.stat().st_size) for f in folder.iterdir() if f.is_file()) if folder else []
    listed = [{"name": n, "bytes": b} for n, b in files]
    return answer(
        request, "data.html", {"files": listed, "tab": "data"}, {"name": "文件", "bytes": "字节"}, listed
    )
