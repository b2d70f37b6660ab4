"""Which of a service's hosts a call means.

A service may spread over several hosts, and the same path may mean one thing on one of
them and another on the next. A client that believes it speaks to the service names the
host in its `Host` header. One that was pointed at this server writes it as the first
segment of the path: `/fal.run/…` here is `/…` on `fal.run`.
"""

from collections.abc import Iterable
from dataclasses import replace

from mock_server.exchange import Call
from specs import Provider


class Hosts:
    """The hosts of the services that are served."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._names = {host for it in providers for host in it.hosts}

    def settle(self, call: Call) -> Call:
        """Return *call* with the host it means, and with its path on that host."""
        named = call.origin.partition("://")[2].partition(":")[0].lower()
        if named in self._names:
            return replace(call, host=named)
        first, slash, rest = call.path.removeprefix("/").partition("/")
        if slash and first in self._names:
            return replace(call, host=first, path=f"/{rest}")
        return call


def address(host: str, call: Call) -> str:
    """Return the base URL at which the caller of *call* reaches *host*."""
    scheme, _, authority = call.origin.partition("://")
    named, colon, port = authority.partition(":")
    if named.lower() == call.host:
        return f"{scheme}://{host}{colon}{port}"
    return f"{call.origin}/{host}"
