"""The application: its pages, who may ask, and what every answer carries."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yibenzhang import __version__
from yibenzhang.web import errors
from yibenzhang.web.bounding import Bounded
from yibenzhang.web.describing import WRONG, described
from yibenzhang.web.formats import HERE
from yibenzhang.web.pages import (
    account_city,
    accounts,
    deciding,
    desk,
    entering,
    evidence,
    evidence_mapping,
    findings,
    handing,
    ledger_bodies,
    people,
    profiles,
    project_import,
    project_summary,
    project_views,
    project_work,
    projects,
    quality_orders,
    readings,
    requests,
    resource_work,
    resources,
    returns,
    review,
    rosters,
    seasons,
    second_factor,
    statistics,
    supervision,
)
from yibenzhang.web.pages.rosters import MOST_ROSTER
from yibenzhang.web.pages.seasons import SAID
from yibenzhang.web.proxies import Behind
from yibenzhang.web.security import Who, cookie_of, fresh_token, office_of, seal_of, with_cookie
from yibenzhang.web.settings import Office, Settings

MOST_FORM = 1024 * 1024
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_HANDING = 24
_MOST_SENT = MOST_ROSTER + MOST_FORM
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
}
_HSTS = "max-age=31536000; includeSubDomains"


class Workbench(FastAPI):
    """The application, described in Chinese."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = described(super().openapi())
        return self.openapi_schema


def create(settings: Settings) -> FastAPI:
    """The application. Raises DatabaseError or OSError where its folder or database cannot be used."""
    office = Office(settings)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        # files come in on threads of their own, so that a slow disk or a locked database leaves the pages theirs
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_HANDING, "handing"))
        office.start()
        yield
        office.stop()

    app = Workbench(
        title="一本账 Yibenzhang",
        version=__version__,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        description="公开季工作台：每个页面的数据在同一地址加 .json 或 .csv。",
        responses=WRONG,
    )
    app.state.office = office
    errors.install(app)
    app.add_middleware(Bounded, most=lambda scope: _most(scope, settings.most_bytes))
    app.add_middleware(_Dressed)
    if settings.hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    app.add_middleware(Behind, proxies=settings.proxies, https=settings.https)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for module in (
        seasons,
        rosters,
        handing,
        profiles,
        review,
        deciding,
        desk,
        findings,
        readings,
        returns,
        statistics,
        accounts,
        entering,
        people,
        second_factor,
        resources,
        ledger_bodies,
        resource_work,
        account_city,
        quality_orders,
        requests,
        projects,
        project_views,
        project_import,
        project_work,
        project_summary,
        evidence,
        evidence_mapping,
        supervision,
    ):
        app.include_router(module.router)
    htmx = _htmx()

    @app.get("/static-lib/htmx.js", include_in_schema=False)
    def library() -> FileResponse:
        return FileResponse(htmx, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})

    @app.get("/openapi.json", include_in_schema=False)
    def contract(who: Who) -> JSONResponse:
        """What can be asked for; where there are accounts, for people who have one."""
        return JSONResponse(app.openapi())

    @app.get("/health", include_in_schema=False)
    def health(request: Request) -> dict[str, bool]:
        return {"alive": True, "database": office_of(request).database.alive()}

    return app


def _most(scope: Scope, file: int) -> int:
    """How many bytes a request may have: a file handed in, a roster, or a form."""
    if scope["path"].endswith("/files"):  # comes in piece by piece, whatever it calls itself
        return file
    kind = next((v for k, v in scope["headers"] if k == b"content-type"), b"").lower()
    return _MOST_SENT if kind.startswith(b"multipart/") else MOST_FORM


def _htmx() -> Path:
    """htmx, as its package carries it."""
    spec = importlib.util.find_spec("js_lib_htmx")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static" / "htmx" / "htmx.min.js"


def _too_big(request: Request) -> bool:
    """A form is held in memory whole, also that of a stranger: its length must be told beforehand and be bounded."""
    kind, length = request.headers.get("Content-Type", ""), request.headers.get("Content-Length", "")
    if (
        request.method in ("GET", "HEAD") or "form" not in kind.lower() or request.url.path.endswith("/files")
    ):  # a file comes in piece by piece
        return False
    most = _MOST_SENT if kind.lower().startswith("multipart/") else MOST_FORM
    return not length.isascii() or not length.isdigit() or int(length) > most


class _Dressed:
    """Headers of safety on every answer; a cookie for every browser, so that its forms can be told from forged ones."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        fresh = "" if cookie_of(request) else fresh_token()
        request.state.cookie = fresh
        begun = False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _dress(request, MutableHeaders(scope=message), fresh)
            await send(message)

        if _too_big(request):
            await errors.told(request, 413, "提交的内容太大，没有处理。")(scope, receive, dressed)
            return
        try:
            await self._app(scope, receive, dressed)
        except Exception as error:
            if begun:
                raise
            await errors.unexpected(request, error)(scope, receive, dressed)


def _dress(request: Request, headers: MutableHeaders, fresh: str) -> None:
    _seal(request, headers)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if office_of(request).settings.https:
        headers.setdefault("Strict-Transport-Security", _HSTS)
    if request.url.path.startswith("/static"):
        return
    headers.setdefault("Cache-Control", "no-store")
    token = fresh or getattr(request.state, "renewed", "")
    if token and "set-cookie" not in headers:
        bare = Response()
        with_cookie(request, bare, token)
        headers["set-cookie"] = bare.headers["set-cookie"]


def _seal(request: Request, headers: MutableHeaders) -> None:
    """The message that the next page shows is marked as ours."""
    if SAID in headers:
        del headers[SAID]
        where = headers["Location"]
        words = dict(parse_qsl(urlsplit(where).query))["said"]
        headers["Location"] = f"{where}&seal={seal_of(office_of(request), words)}"
