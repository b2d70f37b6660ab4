"""Takes keys out of what is kept of a call: whatever is called like one."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

REDACTED = "[redacted]"
_SECRET = re.compile(r"authorization|cookie|token|secret|password|(^|[^a-z])key", re.I)


def redact_query(query: bytes) -> bytes:
    """Return *query* without the values of what is called like a key."""
    if query and _SECRET.search(unquote(query.decode("latin-1"))):
        return b"&".join(_redact_member(it) for it in query.split(b"&"))
    return query


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return *headers* without the values of those that are called like a key."""
    return {
        name: REDACTED if is_secret(name[:100]) else value
        for name, value in headers.items()
    }


@lru_cache(256)
def is_secret(name: str) -> bool:
    """Say whether a header or a member of a query may hold a key, by its name."""
    # The same few names come with every call.
    return _SECRET.search(name) is not None


def _redact_member(member: bytes) -> bytes:
    name, equals, _ = member.partition(b"=")
    secret = equals and is_secret(unquote(name.decode("latin-1"))[:100])
    return name + equals + REDACTED.encode() if secret else member
