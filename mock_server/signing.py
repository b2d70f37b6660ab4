"""The key that the mock signs with: its webhooks, and the tokens that it gives out.

It is the same in every mock, so that workers agree and a program may pin it. That it
is published here makes it worthless for anything but tests.
"""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from specs import Json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SECRET = sha256(b"the published key of the reelspec mock").digest()
_KEY_ID = "reelspec-mock"
USER_ID = "reelspec|mock"
"""Whose webhooks and tokens they are."""


@cache
def _key() -> "Ed25519PrivateKey":
    # Imported when first needed: most runs sign nothing.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - as said
        Ed25519PrivateKey,
    )

    return Ed25519PrivateKey.from_private_bytes(_SECRET)


def describe_keys() -> Json:
    """Return the JSON Web Key Set that verifies what is signed here."""
    public = _key().public_key().public_bytes_raw()
    # Padded, since the verifier that the documentation prints decodes it as it is.
    x = urlsafe_b64encode(public).decode()
    key = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig"}
    return {"keys": [key | {"kid": _KEY_ID, "x": x}]}


def sign_webhook(request_id: str, body: bytes, *, prefix: str) -> dict[str, str]:
    """Return the headers, named by *prefix*, that prove a webhook to be from here.

    Receivers compare the moment with their own clock, so it is the time of day,
    whatever the clock of the jobs says.
    """
    now = str(int(time.time()))
    digest = sha256(body).hexdigest()
    message = "\n".join((request_id, USER_ID, now, digest)).encode()
    return {
        f"{prefix}-Request-Id": request_id,
        f"{prefix}-User-Id": USER_ID,
        f"{prefix}-Timestamp": now,
        f"{prefix}-Signature": _key().sign(message).hex(),
    }


def mint_token(purpose: str, *, seconds: float) -> str:
    """Return a JSON Web Token for *purpose*; it is good for that many seconds."""
    header = {"alg": "EdDSA", "typ": "JWT", "kid": _KEY_ID}
    claims = {"sub": USER_ID, "aud": purpose, "exp": time.time() + seconds}
    text = f"{_pack(header)}.{_pack(claims)}"
    return f"{text}.{_encode(_key().sign(text.encode()))}"


def is_token(token: str, purpose: str) -> bool:
    """Say whether *token* was given out here for *purpose* and is still good."""
    # Imported here for the same reason.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - as said

    text, _, signature = token.rpartition(".")
    try:
        _key().public_key().verify(_decode(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    claims = json.loads(_decode(text.partition(".")[2]))
    return bool(claims["aud"] == purpose and claims["exp"] > time.time())


def _pack(content: Json) -> str:
    return _encode(json.dumps(content).encode())


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
