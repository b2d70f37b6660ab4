"""Fetches what a server's answer points to, and nothing that it should not.

The address comes from the server under test. A service on the internet could point
into the network of whoever tests it, so only a server that is itself at home there
may name such an address.
"""

import base64
import binascii
import ipaddress
from dataclasses import dataclass

import httpx

INLINE = "data:video/mp4;base64,"
"""How an address begins that is the video itself; fal sends it so on `sync_mode`."""

_MOST_REDIRECTS = 5
_INSIDE = (".localhost", ".local", ".internal", ".test", ".invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What stood at *url*, or the *problem* that kept it away."""

    url: str
    content: bytes = b""
    problem: str = ""


def download(client: httpx.Client, url: str, *, named_by: str) -> Download:
    """Return what stands at *url*; the host *named_by* is the one that told of it."""
    if url.startswith(INLINE):
        return _unpacked(url)
    place = url
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            if problem := _objection(place, named_by):
                return Download(url=url, problem=problem)
            answer = client.get(place)
            if answer.next_request is None:
                break
            place = str(answer.next_request.url)
        else:
            problem = f"redirected more than {_MOST_REDIRECTS} times"
            return Download(url=url, problem=problem)
    except (httpx.TransportError, httpx.InvalidURL) as exc:
        return Download(url=url, problem=f"no whole answer: {str(exc) or repr(exc)}")
    if answer.status_code != httpx.codes.OK:
        return Download(url=url, problem=f"answered {answer.status_code}")
    if not answer.content:
        return Download(url=url, problem="an empty file")
    return Download(url=url, content=answer.content)


def _unpacked(url: str) -> Download:
    try:
        content = base64.b64decode(url.removeprefix(INLINE), validate=True)
    except binascii.Error as exc:
        return Download(url=url, problem=f"no base64 ({exc})")
    return Download(url=url, content=content)


def _objection(url: str, named_by: str) -> str:
    """Return why *url* is not to be fetched, or an empty text."""
    place = httpx.URL(url)
    if place.scheme not in {"http", "https"} or not place.host or place.userinfo:
        return "no address of a file on the web"
    if _is_inside(place.host) and not _is_inside(named_by):
        return f"{place.host} is inside the network that this test runs in"
    return ""


def _is_inside(host: str) -> bool:
    """Say whether *host* names this machine or its network; no name is looked up."""
    name = host.rstrip(".")
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        # Some resolvers read `0x7f.1` as an address of this machine.
        is_number = name.rpartition(".")[2][:1].isdigit()
        return is_number or "." not in name or name.endswith(_INSIDE)
