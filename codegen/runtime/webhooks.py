"""Proof that a webhook comes from the service: an Ed25519 signature over what came.

What is signed is the request's id, the account's, the time and a digest of the body,
by a key that the service publishes. The keys are kept for an hour, and fetched anew
where none of them fits, at most once a minute: a forger must not make us ask. Where
REEL_BASE_URL leads the clients elsewhere, the keys come from there too.
"""

from __future__ import annotations

import json
import os
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from random import random
from threading import Lock
from typing import TYPE_CHECKING

from .access import moved
from .answers import Body, as_list, as_object, read_body
from .errors import MissingExtraError, UnverifiedWebhook, one_line
from .exchange import Request, drive
from .retries import Persistence
from .transport import Transport

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TOLERANCE = 300.0
"""Seconds that the time of a webhook may differ from ours."""

_KEPT = 3600.0
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A webhook that is proven: the job's id, and all that it says."""

    request_id: str
    body: Body = field(repr=False)


def fetch_keys(url: str) -> Body:
    """Return the JSON Web Key Set at *url*; raise ReelError where there is none."""
    transport = Transport(None, time.monotonic)
    persistence = Persistence(clock=time.monotonic, random=random)
    request = Request(method="GET", url=url, headers={"Accept": "application/json"})
    steps = persistence.send(request, deadline=time.monotonic() + 20.0, most=10.0)
    try:
        response = drive(steps, send=transport.send, sleep=time.sleep)
    finally:
        transport.close()
    return read_body(response, where=request.place)


class Verifier:
    """Verifies webhooks by the keys at *url*; their headers begin with *prefix*.

    *base_url* is the service's own: where REEL_BASE_URL names another, that of a mock
    say, the keys are those that are published below it.
    """

    def __init__(
        self,
        *,
        url: str,
        prefix: str,
        base_url: str = "",
        fetch: Callable[[str], Body] = fetch_keys,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._prefix = prefix
        self._base_url = base_url
        self._fetch = fetch
        self._clock = clock
        self._keys: list[Ed25519PublicKey] = []
        self._fetched = float("-inf")
        self._source = ""
        self._lock = Lock()

    def verify(
        self,
        body: bytes,
        headers: Mapping[str, str],
        *,
        tolerance: float = TOLERANCE,
    ) -> Webhook:
        """Return the webhook of *body*, the very bytes that came, and its *headers*.

        Raises UnverifiedWebhook unless it is proven. It may fetch keys, which blocks:
        on asyncio, call it with `asyncio.to_thread`.
        """
        found = {name.lower(): it for name, it in headers.items()}
        request_id, user, moment, signature = (
            self._header(found, it)
            for it in ("Request-Id", "User-Id", "Timestamp", "Signature")
        )
        if not (moment.isascii() and moment.isdecimal() and len(moment) < 15):
            raise self._refusal("Timestamp", moment, "send the headers as they came")
        if abs(self._clock() - int(moment)) > tolerance:
            raise self._refusal("Timestamp", moment, "it is too old, or a clock is off")
        digest = sha256(body).hexdigest()
        message = "\n".join((request_id, user, moment, digest)).encode()
        if not self._is_signed(message, signature):
            raise self._refusal("Signature", signature, "do not act on it")
        return Webhook(request_id=request_id, body=_read_object(body))

    def _header(self, headers: Mapping[str, str], name: str) -> str:
        value = headers.get(f"{self._prefix}-{name}".lower(), "")
        if not value:
            raise self._refusal(name, value, "send the headers as they came")
        return value

    def _is_signed(self, message: bytes, signature: str) -> bool:
        """Say whether a key signed *message*; look for new keys where none did."""
        with self._lock:
            source = self._place()
            if source != self._source or self._clock() - self._fetched > _KEPT:
                self._renew(source)
            if _fits(self._keys, message, signature):
                return True
            if self._clock() - self._fetched <= _PATIENCE:
                return False
            self._renew(source)
            return _fits(self._keys, message, signature)

    def _place(self) -> str:
        """Return where the keys are, which the environment may change."""
        base_url = os.environ.get("REEL_BASE_URL")
        if not (base_url and self._base_url) or base_url == self._base_url:
            return self._url
        return moved(self._url, to=base_url)

    def _renew(self, source: str) -> None:
        self._keys = _read_keys(self._fetch(source))
        self._fetched, self._source = self._clock(), source

    def _refusal(self, name: str, value: str, fix: str) -> UnverifiedWebhook:
        shown = one_line(repr(value), limit=40)
        return UnverifiedWebhook(
            f"webhook: {self._prefix}-{name} {shown} proves nothing; {fix}"
        )


def _read_object(body: bytes) -> Body:
    try:
        return as_object(json.loads(body))
    except (ValueError, RecursionError):
        return as_object(None)


def _read_keys(answer: Body) -> list[Ed25519PublicKey]:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as exc:
        raise MissingExtraError("verifying webhooks", "webhooks") from exc
    texts = (as_object(it).get("x") for it in as_list(answer.get("keys")))
    found: list[Ed25519PublicKey] = []
    for text in texts:
        try:
            # A key set may leave the padding out, or not.
            plain = str(text).rstrip("=")
            raw = urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
            found.append(Ed25519PublicKey.from_public_bytes(raw))
        except ValueError:
            continue  # a key of another kind
    return found


def _fits(keys: list[Ed25519PublicKey], message: bytes, signature: str) -> bool:
    from cryptography.exceptions import InvalidSignature

    for key in keys:
        try:
            key.verify(bytes.fromhex(signature), message)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False
