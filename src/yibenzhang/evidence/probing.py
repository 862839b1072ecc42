"""Availability probes of addresses: HTTP, TCP, and the days that a certificate is still good for.

An answer is up, none is down. What the prober itself could not do (an address that is not allowed, a name that it
cannot resolve) is neither: it leaves a gap with its reason, which the availability counts as unknown. Redirects are
an answer and are not followed.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import time
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from yibenzhang.evidence.addresses import Allowed, _get, _origin, _reached
from yibenzhang.evidence.guard import masked
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError, say

KINDS = ("http", "https", "tcp", "tls")
PROBES = "probes.jsonl"
GAPS = "probe-gaps.jsonl"


@dataclass(frozen=True, slots=True)
class Target:
    """``address``: http(s)://host/path, tcp://host:port or tls://host:port; ``statuses``: HTTP answers that are up
    (none: all below 500 but 404 and 410)."""

    site: str
    address: str
    statuses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """``up`` is None where nothing is known, ``why`` then says so. ``days_left``: of the certificate, rounded down."""

    site: str
    time: str
    up: bool | None
    milliseconds: int
    why: str = ""
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What is probed: only addresses whose origin is allowed."""

    targets: tuple[Target, ...]
    allowed: tuple[Allowed, ...]
    seconds: float = 10


def round_of(file: Path) -> Round:
    """The targets of a TOML file; what is named as a target is allowed, and nothing else. Raises EvidenceError."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        targets, allowed = [], []
        for t in data["targets"]:
            parts = urlsplit(t["address"])
            if parts.scheme not in KINDS or not parts.hostname or parts.username or parts.password:
                raise ValueError(t["address"])
            if parts.scheme in ("tcp", "tls") and not parts.port:
                raise ValueError(t["address"])
            targets.append(Target(t["site"], t["address"], tuple(map(int, t.get("statuses", ())))))
            allowed.append(Allowed(_origin(parts), t.get("inside") is True))
        return Round(tuple(targets), tuple(allowed), float(data.get("seconds", 10)))
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(say("targets_wrong", name=file.name, why=error)) from error


def probed(target: Target, allowed: Sequence[Allowed], seconds: float, now: datetime) -> Probe:
    """One probe."""
    parts = urlsplit(target.address)
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    begun = time.monotonic()
    up: bool | None
    days: int | None = None
    try:
        permit = next((a for a in allowed if a.origin.lower().rstrip("/") == _origin(parts)), None)
        if permit is None or parts.scheme not in KINDS:
            raise EvidenceError(say("http_refused", name=_origin(parts)))
        try:
            place = _reached(parts, permit)
        except socket.gaierror as error:
            raise EvidenceError(say("no_name", name=str(parts.hostname), why=masked(error))) from None
        if parts.scheme in ("tcp", "tls"):
            days = _connected(place, parts.hostname or "", parts.scheme == "tls", seconds, now)
            up, why = True, ""
        else:
            limits = Limits(seconds=seconds, size=10_000_000)
            status, _, _ = _get(parts, permit, {}, time.monotonic() + seconds, limits)
            up = status in target.statuses if target.statuses else status < 500 and status not in (404, 410)
            why = "" if up else str(status)
            if parts.scheme == "https":
                days = _connected(place, parts.hostname or "", True, seconds, now)
    except EvidenceError as error:
        up, why = _known(error), str(error)
    except OSError as error:
        up, why = False, masked(error)
    return Probe(target.site, at, up, int((time.monotonic() - begun) * 1000), why, days)


def _known(error: EvidenceError) -> bool | None:
    """A target that does not answer is down; a prober that may not or cannot ask knows nothing."""
    cause = error.__context__
    return (
        False
        if isinstance(cause, (OSError, HTTPException)) and not isinstance(cause, socket.gaierror)
        else None
    )


def _connected(place: tuple[str, int], host: str, tls: bool, seconds: float, now: datetime) -> int | None:
    with socket.create_connection(place, timeout=seconds) as stream:
        if not tls:
            return None
        with ssl.create_default_context().wrap_socket(stream, server_hostname=host) as secure:
            certificate: Any = secure.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(certificate["notAfter"])
    return int((ends - now.timestamp()) // 86400)


def probe_all(asked: Round, now: datetime) -> list[Probe]:
    """All targets, side by side."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(lambda t: probed(t, asked.allowed, asked.seconds, now), asked.targets))


def keep(found: Sequence[Probe], folder: Path) -> None:
    """Added to the store: what is known to the probes, which ``availability`` reads; what is not to the gaps."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, some in (
        (PROBES, [p for p in found if p.up is not None]),
        (GAPS, [p for p in found if p.up is None]),
    ):
        if some:
            lines = "".join(json.dumps(asdict(p), ensure_ascii=False) + "\n" for p in some)
            handle = os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(handle, lines.encode())
            finally:
                os.close(handle)
