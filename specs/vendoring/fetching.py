"""Documents fetched from where they are published, with every limit there is.

Only https is spoken, and a redirect may not leave the host that a person chose. One
deadline spans everything from the look-up of the name to the last byte, so that a
server that drips cannot hold anybody up.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from specs.errors import OfflineError, SourceError
from specs.loader import LARGEST_BYTES

if TYPE_CHECKING:
    import httpx

_MOST_REDIRECTS = 5
_AT_ONCE = 8
_ETAG = re.compile(r'(W/)?"[!#-~]{1,200}"')
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How long a fetch may take, in seconds, and how much it may bring.

    `loopback` allows plain http to this machine, for tests and local mirrors.
    """

    connect: float = 10.0
    total: float = 60.0
    most_bytes: int = LARGEST_BYTES
    loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a source answered; `content` is None where nothing has changed."""

    content: bytes | None
    etag: str = ""


def is_url(source: str) -> bool:
    """Say whether *source* is an address that can be fetched from."""
    return source.startswith(("https://", "http://"))


def fetch_all(
    sources: Mapping[str, str],
    *,
    limits: FetchLimits,
    on_fetched: Callable[[str], object] = lambda _: None,
) -> dict[str, Fetched | SourceError]:
    """Fetch every URL of *sources*, each with its ETag or nothing; return what came.

    *on_fetched* is told each URL as it is done with.
    """
    import asyncio  # noqa: PLC0415 - only who fetches needs it

    return asyncio.run(_fetch_all(sources, limits, on_fetched))


async def _fetch_all(
    sources: Mapping[str, str], limits: FetchLimits, on_fetched: Callable[[str], object]
) -> dict[str, Fetched | SourceError]:
    import asyncio  # noqa: PLC0415 - as above

    import httpx  # noqa: PLC0415 - as above

    gate = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(limits.total, connect=limits.connect),
        headers={"accept": "application/json", "accept-encoding": "identity"},
        trust_env=not limits.loopback,
    ) as client:

        async def one(url: str, etag: str) -> Fetched | SourceError:
            async with gate:
                try:
                    return await _fetch(client, url, etag, limits)
                except SourceError as exc:
                    return exc
                finally:
                    on_fetched(url)

        found = await asyncio.gather(*(one(*it) for it in sources.items()))
    return dict(zip(sources, found, strict=True))


async def _fetch(
    client: "httpx.AsyncClient", url: str, etag: str, limits: FetchLimits
) -> Fetched:
    import asyncio  # noqa: PLC0415 - as above

    import httpx  # noqa: PLC0415 - as above

    try:
        async with asyncio.timeout(limits.total):
            return await _follow(client, url, etag, limits)
    except (TimeoutError, httpx.TimeoutException) as exc:
        raise OfflineError(
            url,
            f"did not answer in full within {limits.total:g} seconds",
            fix="try again later",
        ) from exc
    except httpx.NetworkError as exc:
        raise OfflineError(
            url, f"cannot be reached: {exc}", fix="check the network, then try again"
        ) from exc
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
        raise SourceError(
            url, f"broke its answer off, or the protocol: {exc}", fix="try again"
        ) from exc


async def _follow(
    client: "httpx.AsyncClient", url: str, etag: str, limits: FetchLimits
) -> Fetched:
    _refuse_scheme(url, limits)
    headers = {"if-none-match": etag} if _ETAG.fullmatch(etag) else {}
    here = url
    for _ in range(_MOST_REDIRECTS + 1):
        async with client.stream("GET", here, headers=headers) as response:
            if not response.has_redirect_location:
                return await _read(response, url, limits)
            there = urljoin(here, response.headers["location"])
        if _origin(there) != _origin(url):
            raise SourceError(
                url,
                f"leads to another host, {there!r:.200}",
                fix="if that is right, vendor the document from there",
            )
        here = there
    raise SourceError(
        url, f"redirects more than {_MOST_REDIRECTS} times", fix="try another address"
    )


async def _read(response: "httpx.Response", url: str, limits: FetchLimits) -> Fetched:
    if response.status_code == 304 and "if-none-match" in response.request.headers:
        return Fetched(content=None)
    if response.status_code != 200:
        raise SourceError(
            url,
            f"answers {response.status_code}, and no document",
            fix="look where the document has gone, and mend its source in specs.lock",
        )
    if response.headers.get("content-encoding", "identity") != "identity":
        raise SourceError(
            url,
            "answers compressed, which was not asked for",
            fix="try another address",
        )
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > limits.most_bytes:
            raise SourceError(
                url,
                f"answers more than {limits.most_bytes:,} bytes",
                fix="check that it is a document",
            )
    etag = response.headers.get("etag", "")
    return Fetched(content=bytes(content), etag=etag if _ETAG.fullmatch(etag) else "")


def _refuse_scheme(url: str, limits: FetchLimits) -> None:
    scheme, host, _ = _origin(url)
    local = limits.loopback and scheme == "http" and host in _LOOPBACK
    if host and (scheme == "https" or local) and "@" not in url.partition("?")[0]:
        return
    raise SourceError(
        re.sub("//.*@", "//…@", url),
        "is not an https address without a name or a password",
        fix="documents are fetched over https, as anybody may",
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of *url*; raise ValueError where it has none."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port
