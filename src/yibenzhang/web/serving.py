"""Serving the pages: from one process, or from several beside the one that has the work done."""

from __future__ import annotations

import gc
import json
import os
import socket
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from yibenzhang.web.app import create
from yibenzhang.web.bounding import Prompt
from yibenzhang.web.picturing import end_with_parent
from yibenzhang.web.settings import Office, Settings

_HANDED = "YIBENZHANG_PAGES"
"""The environment variable by which a process for the pages learns its settings."""


def serve_pages(
    settings: Settings, host: str, port: int, processes: int, ready: Callable[[Office], None]
) -> None:
    """Serve until a signal ends it. ``ready`` is called before the first request.

    Raises DatabaseError or OSError where the folder or the database cannot be used.
    """
    if processes < 2:
        app = create(settings)
        ready(app.state.office)
        calm()
        _run(app, settings, host, port, 1)
        return
    office = Office(settings)
    ready(office)
    office.foreman.start()
    os.environ[_HANDED] = json.dumps(asdict(settings) | {"folder": str(settings.folder)})
    try:
        _run("yibenzhang.web.serving:pages", settings, host, port, processes)
    finally:
        office.stop()


def pages() -> FastAPI:
    """The application of one process for the pages."""
    end_with_parent()
    told = json.loads(os.environ[_HANDED])
    told |= {"folder": Path(told["folder"]), "hosts": tuple(told["hosts"]), "work": False, "shared": True}
    app = create(replace(Settings(**told)))
    calm()
    return app


def calm() -> None:
    """What was loaded at the start is never looked through again by the collector of garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _run(app: FastAPI | str, settings: Settings, host: str, port: int, processes: int) -> None:
    config = uvicorn.Config(
        app, factory=isinstance(app, str), workers=processes, host=host, port=port, log_level="warning",
        access_log=False, timeout_keep_alive=30, proxy_headers=settings.https, server_header=False,
        timeout_graceful_shutdown=5, timeout_worker_healthcheck=60, http=Prompt,
    )  # fmt: skip
    if processes < 2:
        uvicorn.Server(config).run()
        return
    listening = config.bind_socket()
    # inherited by every connection; without it small answers wait 40 ms for the other side's word
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    Multiprocess(config, [listening]).run()
