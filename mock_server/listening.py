"""Sockets that listen: one, or several on which the system spreads what comes."""

import errno
import socket
import sys

from mock_server.errors import AddressError, PortInUseError

_BACKLOG = 2_048  # connections that nobody has taken yet


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *host* and *port*."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as exc:
        listener.close()
        if isinstance(exc, OSError) and exc.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"{host}:{port}: another program listens on this port; stop it, or "
                "choose another (0 takes a free one)"
            ) from exc
        raise AddressError(
            f"{host}:{port}: cannot be listened on: {exc}; choose another address"
        ) from exc
    return listener


def base_url_of(listener: socket.socket) -> str:
    """Return the URL at which *listener* is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def spread(listener: socket.socket, count: int) -> list[socket.socket]:
    """Return *count* sockets, the first of them *listener*, that share its port.

    Linux spreads connections evenly over such sockets. Of those that wait on one
    socket, whoever wakes first takes all that come at once; elsewhere that must do.
    """
    if sys.platform != "linux":
        return [listener] * count
    # Not before it is bound, or else any other mock could be started on its port.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sockets = [listener]
    for _ in range(count - 1):
        another = socket.socket(listener.family)
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        another.bind(listener.getsockname())
        another.listen(_BACKLOG)
        sockets.append(another)
    return sockets
