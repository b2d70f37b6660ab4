"""Who may call the mock's own side.

Without a token that is whoever sits at this machine: a peer from elsewhere is refused,
and so is a page in this machine's browser that comes from another site, whether it
says so (`Origin`) or has had its own name point here (`Host`).
"""

from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import Scope

from mock_server.errors import ForbiddenError, TokenError


class Guard:
    """Lets in whoever has *token*; where there is none, whoever is on this machine."""

    def __init__(self, token: str | None = None) -> None:
        self._token = token

    def check(self, scope: Scope) -> None:
        """Raise TokenError or ForbiddenError unless the request of *scope* may pass."""
        headers = {name.lower(): value for name, value in scope["headers"]}
        if self._token is not None:
            sent = headers.get(b"authorization", b"")
            if not compare_digest(sent, f"Bearer {self._token}".encode()):
                raise TokenError(
                    "control: this server wants its control token; send it as "
                    "Authorization: Bearer TOKEN"
                )
            return
        peer = (scope.get("client") or ("127.0.0.1", 0))[0]
        if not _is_loopback(peer):
            raise ForbiddenError(
                f"control: {peer:.60} is not this machine; start the server with a "
                "control token to let others in"
            )
        host = headers.get(b"host", b"").decode("latin-1")
        if not _is_own(host, scope):
            raise ForbiddenError(
                f"control: the host {host[:60]!r} is not this server's own; call it by "
                "the address that it announced"
            )
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1") != (
            f"{scope['scheme']}://{host}"
        ):
            raise ForbiddenError("control: a page of another site may not call it")


def _is_own(host: str, scope: Scope) -> bool:
    """Say whether *host* names this machine, or the address that was connected to."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    own = (scope.get("server") or ("localhost", 0))[0]
    return name in {"localhost", own.lower()} or _is_loopback(name)


def _is_loopback(name: str) -> bool:
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
