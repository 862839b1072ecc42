"""What goes wrong is told in one sentence, with what to do."""

from __future__ import annotations

import errno
import logging
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from yibenzhang.office.access import NotAllowed, NotHere, Refused
from yibenzhang.office.database import full, unavailable, unfit
from yibenzhang.projects.ahead import StillReading
from yibenzhang.web.bounding import OutOfBounds
from yibenzhang.web.formats import as_json, page
from yibenzhang.web.security import ByKey, Forged, MustChange, MustEnrol, NoAccounts, NotLoggedIn, bearer

log = logging.getLogger("yibenzhang.web")
MUST_CHANGE = "您现在的密码是别人设的，请先改成只有自己知道的密码，然后才能使用。"
MUST_ENROL = "您的角色登录时还要动态验证码，请先用手机设置，然后才能使用。"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def told(request: Request, status: int, sentence: str) -> Response:
    """The sentence in the form that was asked for."""
    wants = request.headers.get("Accept", "")
    if request.url.path.endswith((".json", ".csv")) or "application/json" in wants or bearer(request):
        return Response(as_json({"error": sentence}), status, media_type="application/json")
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return page(request, None, "said.html", status, sentence=sentence)
    return page(request, None, "error.html", status, sentence=sentence, code=status)


def _refused(request: Request, why: str) -> None:
    """What was tried and refused, for who watches the log; whatever is in the address stays on one line."""
    log.warning("%s：%s %r，来自 %s", why, request.method, request.url.path[:200], _peer(request))


def _peer(request: Request) -> str:
    return request.client.host[:60] if request.client else ""


def install(app: FastAPI) -> None:
    """Handlers for everything that may be raised."""

    @app.exception_handler(NotHere)
    def _(request: Request, error: Exception) -> Response:
        return told(request, 404, "没有这一项，或者不在您的范围内。")

    @app.exception_handler(NotAllowed)
    def _(request: Request, error: Exception) -> Response:
        _refused(request, "越权")
        return told(request, 403, "您的角色不能做这件事，请与管理员联系。")

    @app.exception_handler(Refused)
    def _(request: Request, error: Exception) -> Response:
        return told(request, 409, str(error))

    @app.exception_handler(StillReading)
    def _(request: Request, error: Exception) -> Response:
        waits = request.method == "GET" and not request.headers.get("HX-Request")
        sentence = "正在读账本，还没有做；过一会儿再试。"
        answer = page(request, None, "reading.html", 202) if waits else told(request, 503, sentence)
        answer.headers["Retry-After"] = "2"
        return answer

    @app.exception_handler(Forged)
    def _(request: Request, error: Exception) -> Response:
        _refused(request, "来自别处的请求")
        return told(request, 403, "页面已过期或请求来自别处，没有执行；请刷新页面后再试。")

    @app.exception_handler(NotLoggedIn)
    def _(request: Request, error: Exception) -> Response:
        if request.url.path.endswith((".json", ".csv")) or request.method != "GET":
            return told(request, 401, "请先登录，或使用有效的接口密钥。")
        if request.headers.get("HX-Request"):
            return Response(status_code=401, headers={"HX-Redirect": "/login"})
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?{urlencode({'next': wanted})}", 303)

    @app.exception_handler(MustChange)
    def _(request: Request, error: Exception) -> Response:
        if bearer(request):
            return told(
                request, 403, "这个账号的密码是别人设的，接口密钥不能用；请本人登录网页改密码，再新建密钥。"
            )
        if request.url.path.endswith((".json", ".csv")) or request.method != "GET":
            return told(request, 403, f"{MUST_CHANGE}没有执行。")
        if request.headers.get("HX-Request"):
            return Response(status_code=403, headers={"HX-Redirect": "/me/password"})
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/me/password?{urlencode({'next': wanted})}", 303)

    @app.exception_handler(MustEnrol)
    def _(request: Request, error: Exception) -> Response:
        if bearer(request):
            return told(
                request,
                403,
                "这个账号的角色登录时要动态验证码，还没有设置，接口密钥不能用；请本人登录网页设置。",
            )
        if request.url.path.endswith((".json", ".csv")) or request.method != "GET":
            return told(request, 403, f"{MUST_ENROL}没有执行。")
        if request.headers.get("HX-Request"):
            return Response(status_code=403, headers={"HX-Redirect": "/me/second-factor"})
        return RedirectResponse("/me/second-factor", 303)

    @app.exception_handler(ByKey)
    def _(request: Request, error: Exception) -> Response:
        return told(request, 403, "账号、密码和密钥只能由本人登录网页管理，不能用接口密钥。")

    @app.exception_handler(NoAccounts)
    def _(request: Request, error: Exception) -> Response:
        return told(request, 404, "本机使用不需要登录，也没有账号；多人使用时请加 --accounts 启动。")

    @app.exception_handler(RequestValidationError)
    def _(request: Request, error: Exception) -> Response:
        return told(request, 422, "填写的内容不完整或格式不对，请检查后再提交。")

    @app.exception_handler(HTTPException)
    def _(request: Request, error: Exception) -> Response:
        if isinstance(error, OutOfBounds):
            return told(request, error.status_code, error.detail)
        code = error.status_code if isinstance(error, HTTPException) else 500
        sentences = {404: "没有这个页面。", 405: "这个地址不能这样使用。", 413: "文件太大。"}
        return told(request, code, sentences.get(code, "请求无法处理。"))

    @app.exception_handler(Exception)
    def _(request: Request, error: Exception) -> Response:
        return unexpected(request, error)


def unexpected(request: Request, error: Exception) -> Response:
    """A database that went away, a full disk and values that cannot be kept have their own sentences."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)  # nobody hears it
    if full(error) or (isinstance(error, OSError) and error.errno in FULL):
        log.error("磁盘已满：%s", error)
        return told(request, 507, "服务器磁盘已满，没有保存；请联系管理员清理后重试。")
    if unfit(error):
        if request.method in ("GET", "HEAD"):
            return told(request, 404, "没有这一项，或者不在您的范围内。")
        return told(request, 422, "填写的内容里有不能保存的字符，或数字、文字过长，请修改后再提交。")
    if unavailable(error):
        log.warning("数据库暂时不可用：%s", error)
        return told(
            request, 503, "数据库暂时连不上，刚才的操作没有保存；恢复后请重试。已收到的文件不会丢失。"
        )
    log.exception("%s %s", request.method, request.url.path, exc_info=error)
    return told(request, 500, "程序出错，没有保存；已记入日志，请联系管理员。")
