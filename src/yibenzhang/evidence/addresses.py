"""JSON over HTTP from addresses that are allowed by name, also after a redirect, and not by a name that leads
inside."""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from yibenzhang.evidence.guard import masked
from yibenzhang.evidence.sources import Limits, secret
from yibenzhang.evidence.words import EvidenceError, say

MOST_REDIRECTS = 3
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Allowed:
    """An origin (``https://host`` or with a port) that may be read; ``inside``: it may lie in a private network."""

    origin: str
    inside: bool = False


def fetch(
    address: str, allowed: Sequence[Allowed], limits: Limits, header: str = "", variable: str = ""
) -> tuple[Any, str]:
    """The JSON at an address and the SHA-256 of its bytes. ``header`` is sent with the value of the environment's
    ``variable``, and only to the origin first asked. Raises EvidenceError."""
    token = secret(variable) if header and variable else ""
    first = _origin(urlsplit(address))
    ends = time.monotonic() + limits.seconds
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(address)
        permit = _permitted(parts, allowed)
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token and _origin(parts) == first:
            headers[header] = token
        status, where, body = _get(parts, permit, headers, ends, limits)
        if status in (301, 302, 303, 307, 308) and where:
            address = urljoin(address, where)
            continue
        if status != 200:
            raise EvidenceError(say("http_status", name=_origin(parts), status=status))
        try:
            return json.loads(body, parse_float=Decimal), hashlib.sha256(body).hexdigest()
        except ValueError:
            raise EvidenceError(say("no_json", name=_origin(parts))) from None
    raise EvidenceError(say("http_turns", name=first))


def _origin(parts: SplitResult) -> str:
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise EvidenceError(say("http_refused", name=str(parts.hostname))) from None
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{port}"


def _permitted(parts: SplitResult, allowed: Sequence[Allowed]) -> Allowed:
    origin = _origin(parts)
    found = next((a for a in allowed if a.origin.lower().rstrip("/") == origin), None)
    if found is None or parts.scheme not in ("http", "https") or parts.username or parts.password:
        raise EvidenceError(say("http_refused", name=origin))
    return found


def _reached(parts: SplitResult, permit: Allowed) -> tuple[str, int]:
    """The address a name leads to now, which is the one connected to."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(f[4][0]) for f in found]
    if not permit.inside and not all(ipaddress.ip_address(a.partition("%")[0]).is_global for a in addresses):
        raise EvidenceError(say("http_inside", name=_origin(parts)))
    return addresses[0], port


def _get(
    parts: SplitResult, permit: Allowed, headers: dict[str, str], ends: float, limits: Limits
) -> tuple[int, str, bytes]:
    connection = None
    try:
        ip, port = _reached(parts, permit)
        left = max(0.1, ends - time.monotonic())
        stream: socket.socket = socket.create_connection((ip, port), timeout=min(left, 20))
        host = str(parts.hostname)
        connection = http.client.HTTPConnection(host, port, timeout=min(left, 20))
        connection.sock = stream
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        shown = parts.netloc if parts.port else host
        connection.request("GET", path, headers={"Host": shown, **headers})
        answer = connection.getresponse()
        body = b""
        while some := answer.read1(_CHUNK):
            body += some
            if len(body) > limits.size or time.monotonic() > ends:
                raise EvidenceError(say("too_big", name=_origin(parts)))
        return answer.status, answer.getheader("Location") or "", body
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EvidenceError(say("source_failed", name=_origin(parts), why=masked(error))) from None
    finally:
        if connection is not None:
            connection.close()
