"""Bounds on what a request may send and how long it may take over it; those who stop half-way hold up nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import h11
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

IDLE_SECONDS = 30.0
"""Seconds without a byte after which a request is given up."""
HEAD_SECONDS = 20.0
"""Seconds in which a request must have said what it wants."""
_FIRST, _SLOWEST = 60.0, 1024
"""After so many seconds a request must have come in at no fewer bytes a second than this."""
_DRAIN_SECONDS = 3.0
"""So long the rest of what is too large is still taken, so that its sender hears the answer."""


class OutOfBounds(HTTPException):
    """A request that is too large or too slow; ``detail`` is one sentence for a person."""


class Bounded:
    """An application whose requests are bounded; ``most`` says how many bytes one may have."""

    def __init__(self, app: ASGIApp, most: Callable[[Scope], int], idle: float = IDLE_SECONDS) -> None:
        self._app, self._most, self._idle = app, most, idle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, _Body(receive, self._most(scope), self._idle).next, send)


class _Body:
    """The body of one request, piece by piece."""

    def __init__(self, receive: Receive, most: int, idle: float) -> None:
        self._receive, self._most, self._idle = receive, most, idle
        self._size = 0
        self._began = time.monotonic()
        self._whole = False

    async def next(self) -> Message:
        """Raises OutOfBounds."""
        if self._whole:
            return await self._receive()  # that the other side has left
        try:
            async with asyncio.timeout(self._idle):
                message = await self._receive()
        except TimeoutError as error:
            raise OutOfBounds(408, f"{self._idle:g} 秒没有收到数据，没有收下；请检查网络后重试。") from error
        if message["type"] != "http.request":
            return message
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._size > self._most:
            await self._drain()
            most = f"{self._most / 1024 / 1024:.3g} MB"
            raise OutOfBounds(413, f"内容超过 {most}，没有收下；文件请拆分或压缩图片后再交。")
        taken = time.monotonic() - self._began
        if not self._whole and taken > _FIRST and self._size < _SLOWEST * taken:
            raise OutOfBounds(408, "传得太慢，没有收下；请检查网络后重试。")
        return message

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while not self._whole:
                    message = await self._receive()
                    self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        except TimeoutError:
            return


class Prompt(H11Protocol):
    """A connection that is closed where a request begins and does not go on."""

    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch = self.loop.call_later(HEAD_SECONDS, self._late)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waits = self.conn.their_state is h11.IDLE
        if waits and self._watch is None:
            self._watch = self.loop.call_later(HEAD_SECONDS, self._late)
        elif not waits and self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _late(self) -> None:
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()
