"""The scheme of a call that names a service's own host.

The services speak nothing but https. The proxy takes the TLS off, so that what it
hands on comes in as plain http, and only the `Host` header tells that URLs in the
answer must begin with https to lead back here.
"""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send


class SecureHosts:
    """Tells *app* that a request to one of *hosts* came over https."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = {it.encode() for it in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand one request on."""
        if scope["type"] == "http":
            named = dict(scope["headers"]).get(b"host", b"")
            if named.lower() in self._hosts:
                scope = {**scope, "scheme": "https"}
        await self._app(scope, receive, send)
