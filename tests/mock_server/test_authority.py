import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from mock_server.interception.authority import Authority


@contextmanager
def accepting(context: ssl.SSLContext) -> Iterator[int]:
    """Yield the port of a server that shakes hands once."""

    def accept() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):  # a client may refuse to shake hands
            context.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def shake_hands(port: int, *, name: str, trusted: bytes) -> str | None:
    """Return the protocol that was agreed with the server at *port*."""
    context = ssl.create_default_context(cadata=trusted.decode())
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", port)) as connection,
        context.wrap_socket(connection, server_hostname=name) as session,
    ):
        return session.selected_alpn_protocol()


def test_an_authority_vouches_for_its_hosts_over_http_1() -> None:
    authority = Authority(["fal.run", "queue.fal.run"])

    with accepting(authority.context) as port:
        agreed = shake_hands(port, name="fal.run", trusted=authority.certificate)

    assert agreed == "http/1.1"


def test_an_authority_does_not_vouch_for_another_host() -> None:
    authority = Authority(["fal.run"])

    with (
        accepting(authority.context) as port,
        pytest.raises(ssl.SSLCertVerificationError, match="not valid for"),
    ):
        shake_hands(port, name="example.com", trusted=authority.certificate)


def test_an_authority_is_not_trusted_by_what_another_one_vouches_for() -> None:
    ours, other = Authority(["fal.run"]), Authority(["fal.run"])

    with (
        accepting(ours.context) as port,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        shake_hands(port, name="fal.run", trusted=other.certificate)


def test_the_certificate_holds_no_key() -> None:
    assert b"PRIVATE" not in Authority(["fal.run"]).certificate
