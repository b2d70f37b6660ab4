"""Who calls, and where to: the API key, the base URL, and requests that carry both.

The key stands in the headers of a request to the base URL and nowhere else: no other
host gets it, and nothing here shows it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from .errors import InvalidInputError, MissingApiKeyError, Problem
from .exchange import Key, Request
from .protocol import Call, Service

_USER_AGENT = "reel-clients/0.1.0"
_LONGEST_ID = 512
_NOTHING: Mapping[str, str] = {}
_PLAIN = {"Accept": "application/json", "User-Agent": _USER_AGENT}
_JSON = {**_PLAIN, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A base URL, and the key that authenticates a request to it."""

    base_url: str
    key: Key | None = field(default=None, repr=False)
    moved: bool = False

    def request(
        self,
        call: Call,
        *,
        job_id: str = "",
        content: bytes | None = None,
        query: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
    ) -> Request:
        """Return the request of *call* for the job *job_id*, or with the body *content*."""
        return Request(
            method=call.method,
            url=self.base_url + call.path.replace("{id}", quote(job_id, safe="")),
            query={**query, call.query: job_id} if call.query else query,
            headers={**(_PLAIN if content is None else _JSON), **headers},
            key=self.key,
            content=content,
        )

    def beside(self, url: str, content: bytes) -> Request:
        """Return a POST of JSON to *url*, which stands on another host of the service."""
        if self.moved:
            url = moved(url, to=self.base_url)
        return Request(
            method="POST", url=url, headers=_JSON, key=self.key, content=content
        )


def open_access(service: Service, *, key: Key, base_url: str | None) -> Access:
    """Return the access to *service*; what is not given comes from the environment."""
    found = base_url or os.environ.get("REEL_BASE_URL") or service.base_url
    url = _checked_url(service, found)
    return Access(
        base_url=url, key=_find_key(service, key), moved=url != service.base_url
    )


def moved(url: str, *, to: str) -> str:
    """Return *url* of a service where all of it stands below *to*, that of a mock say."""
    return f"{to.rstrip('/')}/{url.removeprefix('https://')}"


def is_safe_id(job_id: str) -> bool:
    """Say whether *job_id* may stand in a URL: not empty, not a step up, no odd character."""
    short = 0 < len(job_id) <= _LONGEST_ID
    return short and job_id not in {".", ".."} and job_id.isprintable()


def _find_key(service: Service, given: Key) -> Key:
    """Return the key to send; no plain text of it stands in a variable when this raises."""
    for value in (given.value, *map(os.environ.get, service.environment)):
        if value and value.strip():
            found = Key(service.header, f"{service.scheme} {value.strip()}")
            break
    else:
        raise MissingApiKeyError(
            f"{service.name}: no API key; set {' or '.join(service.environment)}, "
            "or pass api_key=…"
        )
    del value
    given = found
    if not (given.value.isascii() and given.value.isprintable()) or (
        given.value.count(" ") > 1
    ):
        problem = "holds a character that no key has (a space, a line break, a quote?)"
        raise InvalidInputError(service.name, (Problem("api_key", problem),))
    return found


def _checked_url(service: Service, base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
        sound = sound and not (parts.query or parts.fragment or "@" in parts.netloc)
    except ValueError:
        sound = False
    if not sound:
        problem = f"{base_url!r} is no address such as {service.base_url!r}"
        raise InvalidInputError(service.name, (Problem("base_url", problem),))
    return base_url.rstrip("/")
