"""Fetches an input that a caller names, from the open internet and nowhere else.

The address is looked up here and then connected to as it was found, so that a name
cannot mean another machine the second time. One that is not public is refused.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

_SECONDS = 10.0  # for all of it
_LARGEST = 50_000_000  # bytes
_MOST_REDIRECTS = 3

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class UnfetchedError(Exception):
    """An input was not fetched; the message says why."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of *host*."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(it[4][0]) for it in found]


async def fetch_input(
    url: str, *, resolve: Resolve = resolve, largest: int = _LARGEST
) -> bytes:
    """Return what is at *url*; raise UnfetchedError where it may or can not be had."""
    import httpx  # noqa: PLC0415 - 60 ms that only fetching is worth

    try:
        async with (
            asyncio.timeout(_SECONDS),
            httpx.AsyncClient(trust_env=False, timeout=_SECONDS) as client,
        ):
            target = httpx.URL(url)
            for _ in range(_MOST_REDIRECTS + 1):
                found = await _fetch_once(client, target, resolve, largest)
                if isinstance(found, bytes):
                    return found
                if (found.host, found.scheme) != (target.host, target.scheme):
                    raise UnfetchedError(f"it redirects to another host, {found.host}")
                target = found
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as exc:
        raise UnfetchedError(str(exc) or type(exc).__name__) from exc
    raise UnfetchedError("it redirects too often")


async def _fetch_once(
    client: "httpx.AsyncClient", url: "httpx.URL", resolve: Resolve, largest: int
) -> "bytes | httpx.URL":
    """Return what is at *url*, or where it redirects to."""
    if url.scheme not in {"http", "https"} or not url.host:
        raise UnfetchedError("only http and https are fetched")
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    addresses = await resolve(url.host, port)
    if not addresses or not all(map(_is_public, addresses)):
        raise UnfetchedError("its host is not on the open internet")
    request = client.build_request(
        "GET",
        url.copy_with(host=addresses[0]),
        headers={"Host": url.netloc.decode("ascii")},
        extensions={"sni_hostname": url.host},
    )
    answer = await client.send(request, stream=True)
    try:
        if answer.has_redirect_location:
            return url.join(answer.headers["location"])
        if not answer.is_success:
            raise UnfetchedError(f"it answers {answer.status_code}")
        return await _read(answer, largest)
    finally:
        await answer.aclose()


async def _read(answer: "httpx.Response", largest: int) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > largest:
            raise UnfetchedError(f"it is longer than {largest} bytes")
    return bytes(content)


def _is_public(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_global and not found.is_multicast
