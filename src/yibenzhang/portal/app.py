"""The application of the portal: read-only, without accounts and cookies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yibenzhang import __version__
from yibenzhang.ledger.store import Ledger
from yibenzhang.portal import comparing, pages
from yibenzhang.portal.answering import NotThere, page
from yibenzhang.portal.printed import Pages
from yibenzhang.portal.reading import Book

HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'none'; "
    "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
_FORMS = (".json", ".csv")
_MOST = 4096


def create(ledger: Ledger, data: Path | None = None) -> FastAPI:
    """The application over a ledger with its index; ``data``: the open-data folder to give away. Raises
    FileNotFoundError where there is no index."""
    app = FastAPI(title="一本账", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.book, app.state.pictures, app.state.data = Book(ledger), Pages(), data
    app.include_router(pages.router)
    app.include_router(comparing.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    if data is not None:
        app.mount("/data/files", StaticFiles(directory=data), name="data")

    @app.exception_handler(NotThere)
    def not_there(request: Request, _: NotThere) -> Response:
        return page(request, "nothing.html", {}, status=404)

    @app.exception_handler(404)
    def nowhere(request: Request, _: Any) -> Response:
        return page(request, "nothing.html", {}, status=404)

    @app.exception_handler(422)
    def wrong(request: Request, _: Any) -> HTMLResponse:
        return page(request, "nothing.html", {}, status=422)

    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=5)
    app.add_middleware(_Dressed)
    return app


class _Dressed:
    """Headers of safety; what only reads is answered; .json and .csv at the end of an address are forms of its page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await Response("只读。", 405, {"Allow": "GET, HEAD"})(scope, receive, send)
            return
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _MOST:
            await Response("地址太长。", 414)(scope, receive, send)
            return
        path, root = scope["path"], scope.get("root_path", "")
        if root and path.startswith(root * 2):  # a proxy that leaves the prefix on
            path = path.removeprefix(root)
            scope = {**scope, "path": path, "raw_path": None}
        form = next((f for f in _FORMS if path.endswith(f)), "")
        if form and not path.startswith(("/static/", "/data/files/")):
            scope = {**scope, "path": path.removesuffix(form), "raw_path": None}
        scope.setdefault("state", {})["form"] = form

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "public, max-age=300")
            await send(message)

        await self._app(scope, receive, dressed)
