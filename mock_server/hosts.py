"""Which of a service's hosts a call means, and where its caller reaches the others.

A service may spread over several hosts, and the same path may mean one thing on one of
them and another on the next. A client that believes it speaks to the service names the
host in its `Host` header. One that was pointed at this server writes it as the first
segment of the path: `/fal.run/…` here is `/…` on `fal.run`.

The services speak nothing but https. The proxy takes the TLS off, so that what it
hands on comes in as plain http, and only the `Host` header tells that URLs in the
answer must begin with https to lead back here.
"""

from collections.abc import Iterable

from mock_server.exchange import Call, Head, read_call
from mock_server.memory import Memory
from specs import Provider

_MOST_HEADS, _ROOM = 20_000, 8_000_000  # heads that are remembered, and their bytes


class Hosts:
    """Reads calls to the hosts of the services that are served.

    A client sends the same head again and again, so what a head says is remembered.
    """

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._names = {host for it in providers for host in it.hosts}
        self._known: Memory[Head, Call] = Memory(_MOST_HEADS, room=_ROOM)

    def read(self, head: Head) -> Call:
        """Return the request that *head* begins, without its body."""
        call = self._known.get(head)
        if call is None:
            call = self._settle(read_call(head))
            self._known.keep(head, call, size=call.head_bytes)
        return call

    def _settle(self, call: Call) -> Call:
        """Return *call* with the host it means, and with its path on that host."""
        authority = call.origin.partition("://")[2]
        if authority.lower() in self._names:
            call = call._replace(origin=f"https://{authority}")
        named = authority.partition(":")[0].lower()
        if named in self._names:
            return call._replace(host=named)
        first, slash, rest = call.path.removeprefix("/").partition("/")
        if slash and first in self._names:
            return call._replace(host=first, path=f"/{rest}")
        return call


def address(host: str, call: Call) -> str:
    """Return the base URL at which the caller of *call* reaches *host*."""
    scheme, _, authority = call.origin.partition("://")
    named, colon, port = authority.partition(":")
    if named.lower() == call.host:
        return f"{scheme}://{host}{colon}{port}"
    return f"{call.origin}/{host}"
