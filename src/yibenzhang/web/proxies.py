"""Where people come from when a proxy stands before the server: only proxies that were named are believed."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger("yibenzhang.web")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MOST_HOPS = 32
_LONGEST = 60


class NoAddress(ValueError):
    """What was given for a proxy is no address; the message is one sentence for a person."""


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as they are written on the command line. Raises NoAddress."""
    out = []
    for text in written:
        try:
            made = ipaddress.ip_network(text.strip(), strict=False)
        except ValueError as error:
            raise NoAddress(f"代理的地址“{text}”不对，请写 IP 地址，如 127.0.0.1 或 10.0.0.0/28。") from error
        if not made.prefixlen:
            raise NoAddress(f"“{text}”是所有地址：那样谁都能冒充别人的地址。请只写代理自己的地址。")
        out.append(made)
    return tuple(out)


def address_of_hop(text: str) -> Address | None:
    """An address as proxies write it, also with a port; None for anything else."""
    text = text.strip()
    if len(text) > _LONGEST or "%" in text:
        return None
    if text.startswith("[") and "]" in text:
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def whence(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """The address a request comes from. ``peer`` is who connected; ``told`` are the X-Forwarded-For headers in their
    order, each proxy having added at the end whom it heard. They are read from the end and only as far as proxies wrote
    them: what a stranger wrote before, and what is no address, is nothing."""
    found = address_of_hop(peer)
    if found is None or not _ours(found, proxies):
        return peer
    for text in reversed(",".join(forwarded).split(",")[-_MOST_HOPS:]):
        before = address_of_hop(text)
        if before is None:
            break
        found = before
        if not _ours(found, proxies):
            break
    return str(found)


def _ours(address: Address, proxies: Sequence[Network]) -> bool:
    return any(address in network for network in proxies)


class Behind:
    """An application that hears from named proxies where requests come from. With ``https`` people speak to the proxy
    by HTTPS, whatever it speaks to us; no header is asked about that."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str], https: bool) -> None:
        self._app, self._proxies, self._https = app, networks(proxies), https
        self._silent = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "scheme": "https"} if self._https else scope
            client = scope.get("client")
            if client and self._proxies:
                forwarded = [v.decode("latin-1") for k, v in scope["headers"] if k == b"x-forwarded-for"]
                self._complain(client[0], forwarded)
                scope = {**scope, "client": (whence(client[0], forwarded, self._proxies), client[1])}
        await self._app(scope, receive, send)

    def _complain(self, peer: str, forwarded: Sequence[str]) -> None:
        """Once: else nobody sees why all people seem to be at one address."""
        found = None if forwarded or self._silent else address_of_hop(peer)
        if found is not None and _ours(found, self._proxies):
            self._silent = True
            log.warning(
                "代理 %s 没有写 X-Forwarded-For，经它来的人都算作一个地址；请在代理里加上这个请求头。", peer
            )
