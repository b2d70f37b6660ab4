import json
import socket
import sys
import threading
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codegen.runtime.errors import MissingExtraError, ReelError, UnverifiedWebhook
from codegen.runtime.webhooks import Verifier, fetch_keys
from mock_server.signing import describe_keys, sign_webhook

BODY = b'{"request_id": "r-1", "status": "OK", "payload": {"video": {"url": "u"}}}'
NOW = 1_700_000_000


class Sender:
    """A service that signs, and publishes its keys."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(sha256(b"one").digest())
        self.now = float(NOW)
        self.fetched = 0
        self.padding = "="
        self.others: list[Any] = []

    def fetch(self, url: str) -> Any:
        assert url == "https://keys.test"
        self.fetched += 1
        raw = urlsafe_b64encode(self.key.public_key().public_bytes_raw()).decode()
        return {"keys": [*self.others, {"x": raw.rstrip("=") + self.padding}]}

    def verifier(self) -> Verifier:
        return Verifier(
            url="https://keys.test",
            prefix="X-Acme",
            fetch=self.fetch,
            clock=lambda: self.now,
        )

    def headers(self, body: bytes = BODY, *, moment: str = str(NOW)) -> dict[str, str]:
        text = "\n".join(("r-1", "user", moment, sha256(body).hexdigest()))
        return {
            "X-Acme-Request-Id": "r-1",
            "X-Acme-User-Id": "user",
            "X-Acme-Timestamp": moment,
            "X-Acme-Signature": self.key.sign(text.encode()).hex(),
        }


@pytest.mark.parametrize("padding", ["=", ""])
def test_a_webhook_of_the_service_is_proven(padding: str) -> None:
    sender = Sender()
    sender.padding = padding
    headers = {name.lower(): it for name, it in sender.headers().items()}

    webhook = sender.verifier().verify(BODY, headers)

    assert webhook.request_id == "r-1"
    assert webhook.body["payload"]["video"]["url"] == "u"


def test_what_the_mock_signs_is_proven_and_nothing_else() -> None:
    keys: Any = describe_keys()
    headers = sign_webhook("r-1", BODY, prefix="X-Acme")
    verifier = Verifier(url="https://keys.test", prefix="X-Acme", fetch=lambda _: keys)

    assert verifier.verify(BODY, headers).request_id == "r-1"
    with pytest.raises(UnverifiedWebhook):
        verifier.verify(BODY + b" ", headers)
    for name in headers:
        with pytest.raises(UnverifiedWebhook):
            verifier.verify(BODY, headers | {name: headers[name][:-1] + "x"})


def test_the_keys_are_those_of_the_mock_where_the_environment_leads_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    keys: dict[str, Any] = {"http://127.0.0.1:8000/keys.test": describe_keys()}

    def fetch(url: str) -> Any:
        asked.append(url)
        return keys.get(url, {"keys": []})

    verifier = Verifier(
        url="https://keys.test",
        prefix="X-Acme",
        base_url="https://acme.test",
        fetch=fetch,
    )
    headers = sign_webhook("r-1", BODY, prefix="X-Acme")
    for base_url in ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"):
        monkeypatch.setenv("REEL_BASE_URL", base_url)
        assert verifier.verify(BODY, headers).request_id == "r-1"
    # What the mock signs proves nothing from the moment that the service is meant.
    for base_url in ("", "https://acme.test"):
        monkeypatch.setenv("REEL_BASE_URL", base_url)
        with pytest.raises(UnverifiedWebhook):
            verifier.verify(BODY, headers)

    assert asked == ["http://127.0.0.1:8000/keys.test", "https://keys.test"]


@pytest.mark.parametrize("body", [b"not json", b"[1]", b"[" * 100_000])
def test_a_proven_webhook_may_say_nothing(body: bytes) -> None:
    sender = Sender()

    assert sender.verifier().verify(body, sender.headers(body)).body == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Acme-Request-Id": "r-2"},
        {"X-Acme-User-Id": "other"},
        {"X-Acme-Timestamp": str(NOW + 1)},
        {"X-Acme-Timestamp": "soon"},
        {"X-Acme-Timestamp": "9" * 5000},
        {"X-Acme-Timestamp": "٣"},
        {"X-Acme-Signature": "00" * 64},
        {"X-Acme-Signature": "zz"},
        {"X-Acme-Signature": ""},
        {"X-Acme-Request-Id": ""},
    ],
)
def test_a_webhook_that_was_tampered_with_is_refused(changed: dict[str, str]) -> None:
    sender = Sender()

    with pytest.raises(UnverifiedWebhook, match=r"webhook: X-Acme-.* proves nothing"):
        sender.verifier().verify(BODY, sender.headers() | changed)


def test_a_body_that_was_tampered_with_is_refused() -> None:
    sender = Sender()

    with pytest.raises(UnverifiedWebhook, match="do not act on it"):
        sender.verifier().verify(BODY + b" ", sender.headers())


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_webhook_of_another_time_is_refused(seconds: int) -> None:
    sender = Sender()
    headers = sender.headers(moment=str(NOW + seconds))

    with pytest.raises(UnverifiedWebhook, match="too old, or a clock is off"):
        sender.verifier().verify(BODY, headers)
    assert sender.verifier().verify(BODY, headers, tolerance=400).body


def test_keys_are_kept_for_an_hour() -> None:
    sender = Sender()
    verifier = sender.verifier()
    for moment in (0, 3599, 3601):
        sender.now = NOW + moment
        verifier.verify(BODY, sender.headers(moment=str(NOW + moment)))

    assert sender.fetched == 2


def test_new_keys_are_fetched_when_none_fits_but_a_forger_cannot_make_us_ask() -> None:
    sender = Sender()
    verifier = sender.verifier()
    verifier.verify(BODY, sender.headers())
    forged = sender.headers() | {"X-Acme-Signature": "00" * 64}
    for _ in range(3):
        with pytest.raises(UnverifiedWebhook):
            verifier.verify(BODY, forged)
    assert sender.fetched == 1

    sender.now += 61
    sender.key = Ed25519PrivateKey.from_private_bytes(sha256(b"two").digest())
    verifier.verify(BODY, sender.headers())

    assert sender.fetched == 2


def test_keys_of_another_kind_are_passed_over() -> None:
    sender = Sender()
    sender.others = ["odd", {"kty": "RSA", "n": "AQAB"}, {"x": "AAAA"}, {"x": "é"}]

    assert sender.verifier().verify(BODY, sender.headers()).body


def test_no_key_proves_nothing() -> None:
    sender = Sender()
    verifier = Verifier(
        url="", prefix="X-Acme", fetch=lambda _: {}, clock=lambda: sender.now
    )

    with pytest.raises(UnverifiedWebhook):
        verifier.verify(BODY, sender.headers())


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "cryptography.hazmat.primitives.asymmetric.ed25519"
    monkeypatch.setitem(sys.modules, name, None)
    sender = Sender()

    with pytest.raises(MissingExtraError, match=r"needs reel-clients\[webhooks\]"):
        sender.verifier().verify(BODY, sender.headers())


def test_keys_are_fetched_over_the_network() -> None:
    content = json.dumps({"keys": []}).encode()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for head in (b"200 OK", b"404 Not Found"):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                length = f"Content-Length: {len(content)}\r\n".encode()
                connection.sendall(
                    b"HTTP/1.1 " + head + b"\r\n" + length + b"\r\n" + content
                )

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/jwks.json"
    try:
        assert fetch_keys(url) == {"keys": []}
        with pytest.raises(ReelError, match="answered 404"):
            fetch_keys(url)
    finally:
        thread.join()
        listener.close()
