"""The hosts of one service: where a call goes, and where addresses in an answer lead."""

from urllib.parse import urlsplit

from mock_server.exchange import Call
from mock_server.hosts import address
from specs import Provider


class ServiceHosts:
    """The hosts of *provider*, or what stands for all of them at *upstream*.

    The latter is told by the `Host` header which one is meant.
    """

    def __init__(self, provider: Provider, upstream: str | None = None) -> None:
        self._main = urlsplit(provider.base_url).netloc
        self._names = provider.hosts
        self._upstream = upstream.rstrip("/") if upstream else None

    def meant(self, call: Call) -> str:
        """Return the host that *call* is for."""
        return call.host or self._main

    def url(self, call: Call) -> str:
        """Return where *call* goes on to."""
        base = self._upstream or f"https://{self.meant(call)}"
        query = call.query.decode("latin-1")
        return f"{base}{call.path}{'?' if query else ''}{query}"

    def as_published(self, body: bytes, call: Call) -> bytes:
        """Return *body*, which *call* carries, with the service's own addresses."""
        for host in self._names:
            here = address(host, call)
            body = body.replace(here.encode(), f"https://{host}".encode())
        return body

    def as_seen(self, body: bytes, call: Call) -> bytes:
        """Return *body* with addresses at which the caller of *call* reaches us."""
        for host in self._names:
            here = address(host, call)
            body = body.replace(f"https://{host}".encode(), here.encode())
        return body
