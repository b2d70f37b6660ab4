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
from .exchange import Request
from .protocol import Call, Service

_USER_AGENT = "reel-clients/0.1.0"
_LONGEST_ID = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A base URL, and the headers that authenticate a request to it."""

    base_url: str
    headers: Mapping[str, str] = field(repr=False)

    def request(
        self, call: Call, *, job_id: str = "", content: bytes | None = None
    ) -> Request:
        """Return the request of *call* for the job *job_id*, or with the body *content*."""
        headers = dict(self.headers)
        if content is not None:
            headers["Content-Type"] = "application/json"
        path = call.path
        if call.id_in == "path":
            path = path.replace(f"{{{call.id_name}}}", quote(job_id, safe=""))
        return Request(
            method=call.method,
            url=self.base_url + path,
            query={call.id_name: job_id} if call.id_in == "query" else {},
            headers=headers,
            content=content,
        )


def open_access(
    service: Service, *, api_key: str | None, base_url: str | None
) -> Access:
    """Return the access to *service*, its key from the environment if not given."""
    key = _find_key(service, api_key)
    return Access(
        base_url=_checked_url(service, base_url or service.base_url),
        headers={
            "Accept": "application/json",
            "User-Agent": _USER_AGENT,
            service.header: f"{service.scheme} {key}",
        },
    )


def is_safe_id(job_id: str) -> bool:
    """Say whether *job_id* may stand in a URL: not empty, not a step up, no odd character."""
    short = 0 < len(job_id) <= _LONGEST_ID
    return short and job_id not in {".", ".."} and job_id.isprintable()


def _find_key(service: Service, api_key: str | None) -> str:
    found = (api_key, *(os.environ.get(it) for it in service.environment))
    key = next((it.strip() for it in found if it and it.strip()), None)
    if key is None:
        raise MissingApiKeyError(
            f"{service.name}: no API key; set {' or '.join(service.environment)}, "
            "or pass api_key=…"
        )
    if not (key.isascii() and key.isprintable() and " " not in key):
        # The value is a secret even where it is malformed, so it is not shown.
        problem = "holds a character that no key has (a space, a line break, a quote?)"
        raise InvalidInputError(service.name, (Problem("api_key", problem),))
    return key


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
