"""The application: its pages, who may ask, and what every answer carries."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from yibenzhang import __version__
from yibenzhang.web import errors
from yibenzhang.web.formats import HERE
from yibenzhang.web.pages import handing, people, returns, review, seasons, statistics
from yibenzhang.web.security import COOKIE, fresh_token, office_of, with_cookie
from yibenzhang.web.settings import Office, Settings

_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def create(settings: Settings) -> FastAPI:
    """The application. Raises DatabaseError or OSError where its folder or database cannot be used."""
    office = Office(settings)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        office.start()
        yield
        office.stop()

    app = FastAPI(
        title="一本账 Yibenzhang", version=__version__, lifespan=life, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", description="公开季工作台：每个页面的数据在同一地址加 .json 或 .csv。",
    )  # fmt: skip
    app.state.office = office
    errors.install(app)
    app.middleware("http")(_dressed)
    if settings.hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for module in (seasons, handing, review, returns, statistics, people):
        app.include_router(module.router)
    htmx = _htmx()

    @app.get("/static-lib/htmx.js", include_in_schema=False)
    def library() -> FileResponse:
        return FileResponse(htmx, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})

    @app.get("/health", include_in_schema=False)
    def health(request: Request) -> dict[str, bool]:
        return {"alive": True, "database": office_of(request).database.alive()}

    return app


def _htmx() -> Path:
    """htmx, as its package carries it."""
    spec = importlib.util.find_spec("js_lib_htmx")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static" / "htmx" / "htmx.min.js"


async def _dressed(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """Headers of safety on every answer; a cookie for every browser, so that its forms can be told from forged ones."""
    fresh = "" if request.cookies.get(COOKIE) else fresh_token()
    request.state.cookie = fresh
    try:
        response = await call(request)
    except Exception as error:
        response = errors.unexpected(request, error)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.url.path.startswith("/static"):
        response.headers.setdefault("Cache-Control", "no-store")
        token = fresh or getattr(request.state, "renewed", "")
        if token and "set-cookie" not in response.headers:
            with_cookie(request, response, token)
    return response
