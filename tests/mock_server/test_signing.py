"""Tokens and keys, read by another library than the one that made them."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from nacl.signing import VerifyKey

from mock_server.signing import describe_keys, is_token, mint_token

STATUS = "/fal-ai/wan-22-vace-fun-a14b/requests/{}/status"


def public_key() -> VerifyKey:
    keys: Any = describe_keys()
    return VerifyKey(urlsafe_b64decode(keys["keys"][0]["x"]))


def test_a_token_is_a_signed_json_web_token() -> None:
    head, claims, signature = mint_token("app", seconds=60).split(".")

    public_key().verify(
        f"{head}.{claims}".encode(), urlsafe_b64decode(f"{signature}==")
    )
    assert json.loads(urlsafe_b64decode(f"{claims}=="))["aud"] == "app"


def test_a_token_is_good_for_its_purpose_and_time() -> None:
    assert is_token(mint_token("app", seconds=60), "app")
    assert not is_token(mint_token("app", seconds=60), "files")
    assert not is_token(mint_token("app", seconds=-1), "app")


@pytest.mark.parametrize(
    "token", ["", "a", "a.b.c", "a.b.é", "....", "a.b." + "A" * 86]
)
def test_what_was_not_signed_here_is_no_token(token: str) -> None:
    assert not is_token(token, "app")


@pytest.mark.parametrize("wish", [120, None, -5, True, 10**9, "x"])
def test_a_browser_follows_a_job_by_a_token(mock: Any, wish: Any) -> None:
    body = {"allowed_apps": ["wan-22-vace-fun-a14b"], "token_expiration": wish}
    token = mock.fal("POST", "/rest.fal.ai/tokens/", json=body).json()
    url = STATUS.format(mock.inpaint()["request_id"])

    followed = mock.send("GET", url, params={"fal_jwt_token": token})
    forged = mock.send("GET", url, params={"fal_jwt_token": f"{token}x"})

    assert (followed.status_code, forged.status_code) == (202, 401)
