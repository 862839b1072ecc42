"""Serving the pages: from one process, or from several beside the one that has the work done."""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from yibenzhang.processes.collecting import seldom
from yibenzhang.web.app import create
from yibenzhang.web.bounding import Prompt
from yibenzhang.web.picturing import end_with_parent
from yibenzhang.web.settings import Office, Settings

_HANDED = "YIBENZHANG_PAGES"
"""The environment variable by which a process for the pages learns its settings."""


class Unreachable(Exception):
    """The address cannot be had; the message is one sentence for a person."""


def serve_pages(
    settings: Settings, host: str, port: int, processes: int, ready: Callable[[Office], None]
) -> None:
    """Serve until a signal ends it. ``ready`` is called before the first request.

    Raises DatabaseError or OSError where the folder or the database cannot be used, Unreachable for the address.
    """
    listening = _listening(host, port)
    if processes < 2:
        app = create(settings)
        ready(app.state.office)
        calm()
        run(app, settings, listening, 1)
        return
    office = Office(settings)
    ready(office)
    office.begin()
    os.environ[_HANDED] = json.dumps(asdict(settings) | {"folder": str(settings.folder)})
    try:
        run("yibenzhang.web.serving:pages", settings, listening, processes)
    finally:
        office.stop()


def pages() -> FastAPI:
    """The application of one process for the pages."""
    end_with_parent()
    handed = json.loads(os.environ[_HANDED])
    handed |= {"folder": Path(handed["folder"]), "work": False, "shared": True}
    handed |= {k: tuple(handed[k]) for k in ("hosts", "proxies")}
    app = create(Settings(**handed))
    calm()
    return app


def calm() -> None:
    """What was loaded at the start is never looked through again by the collector of garbage."""
    gc.collect()
    gc.freeze()
    seldom()
    # a thread that works lets the one that takes and gives answers in between after a millisecond, not five
    sys.setswitchinterval(0.001)


def run(app: FastAPI | str, settings: Settings, listening: socket.socket, processes: int) -> None:
    """Answer on a socket until a signal ends it."""
    config = uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=processes,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=30,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=60,
        http=Prompt,
    )
    if processes < 2:
        uvicorn.Server(config).run([listening])
    else:
        Multiprocess(config, [listening]).run()


def _listening(host: str, port: int) -> socket.socket:
    """The socket, made before anything else is begun. Raises Unreachable."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise Unreachable(
            f"不能在 {host} 的端口 {port} 上提供服务（{error}）；端口被占用时请用 --port 换一个。"
        ) from error
    # inherited by every connection; without it small answers wait 40 ms for the other side's word
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.set_inheritable(True)
    return made
