"""Whatever comes over the wire, the answer is JSON and the mock is not at fault."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message, Scope

PATHS = [
    "/v2/video/generations",
    "/fal-ai/wan-22-vace-fun-a14b/inpainting",
    "/fal-ai/wan-22-vace-fun-a14b/requests/x/status",
    "/__mock__/clock/advance",
    "/__mock__/jobs/x/events",
    "/__mock__/media/x.mp4",
]
# One mock takes all of them, one after the other, as a server would.
SETTINGS = settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), inner)
    ),
    max_leaves=12,
)
NAMES = ["model", "prompt", "video_url", "num_frames", "resolution", "image_list"]


def call(mock: Any, scope: Scope, body: bytes) -> tuple[int, bytes]:
    """Send a request that no client library would."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    mock.runner.run(mock.app(scope, receive, send))
    start, *chunks = sent
    return start["status"], b"".join(it["body"] for it in chunks)


@SETTINGS
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "BREW"]),
    path=st.sampled_from(PATHS) | st.text().map(lambda it: f"/{it}"),
    end=st.binary(max_size=20),
    query=st.binary(max_size=40),
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [b"host", b"content-length", b"content-type", b"x-mock-scenario"]
            )
            | st.binary(max_size=9),
            st.binary(max_size=20),
        ),
        max_size=4,
    ),
    body=st.binary(max_size=40),
)
def test_bytes_of_any_kind_get_an_answer(
    *,
    mock: Any,
    method: str,
    path: str,
    end: bytes,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
) -> None:
    keys = [(b"authorization", b"Bearer k"), (b"content-type", b"application/json")]
    scope: Scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass") + end,
        "query_string": query,
        "headers": [*keys, *headers],
        "server": ("127.0.0.1", 80),
    }

    status, content = call(mock, scope, body)

    assert 400 <= status < 500 or status in {200, 307}
    assert "Traceback" not in content.decode("utf-8", "replace")


@pytest.mark.parametrize("provider", ["aimlapi", "fal"])
@SETTINGS
@given(body=st.dictionaries(st.sampled_from(NAMES), JSON) | JSON)
def test_json_of_any_kind_is_accepted_or_refused_in_the_provider_s_shape(
    mock: Any, provider: str, body: Any
) -> None:
    if isinstance(body, dict) and "model" in body:
        body["model"] = "alibaba/wan2.2-vace-fun-a14b-pose"
    options: dict[str, Any] = {
        "content": json.dumps(body).encode(),
        "headers": {"Content-Type": "application/json"},
    }

    if provider == "fal":
        answer = mock.fal("POST", PATHS[1], **options)
        assert answer.status_code in {200, 422}
    else:
        answer = mock.aimlapi("POST", **options)
        assert answer.status_code in {200, 400}
    keys = {"request_id", "detail"} if provider == "fal" else {"id", "requestId"}
    assert keys & set(answer.json())


def test_an_integer_past_64_bits_can_be_refused(mock: Any) -> None:
    answer = mock.fal("POST", PATHS[1], json={"num_frames": 10**30})

    assert answer.status_code == 422
    inputs = [it["input"] for it in answer.json()["detail"]]
    assert 10**30 in inputs
