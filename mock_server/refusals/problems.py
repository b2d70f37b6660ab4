"""Refusals in the provider's own shape, and problems of the mock in RFC 9457's.

The two never mix: whatever a real service could have answered has the shape that
service would have given it, and `application/problem+json` says that the mock itself
was misused or has failed.
"""

from mock_server.exchange import Call, Reply, json_reply
from mock_server.refusals import pydantic_style, zod_style
from mock_server.refusals.reasons import Reason, RefusedError
from specs import Json, Provider

_STATUSES = {
    Reason.UNKNOWN_PATH: 404,
    Reason.WRONG_METHOD: 405,
    Reason.TOO_LARGE: 413,
    Reason.QUEUE_FULL: 429,
    Reason.RATE_LIMITED: 429,
    Reason.NO_CREDITS: 403,
    Reason.UNAVAILABLE: 503,
    Reason.TOO_SLOW: 408,
}
_WAITS = (Reason.RATE_LIMITED, Reason.QUEUE_FULL)
_RETRY_AFTER = "1"  # seconds; neither service documents what it sends


def refuse(
    refusal: RefusedError,
    provider: Provider,
    call: Call,
    *,
    request_id: str,
    now: float,
) -> Reply:
    """Return the answer of *provider* to a call that it refuses."""
    status = _status(refusal.reason, provider)
    headers: dict[str, str] = {}
    if provider.operations.result is not None:
        headers[f"x-{provider.name}-request-id"] = request_id
        headers[f"x-{provider.name}-billable-units"] = "0"
    if refusal.allowed:
        headers["allow"] = ", ".join(refusal.allowed)
    if refusal.reason in _WAITS:
        headers["retry-after"] = _RETRY_AFTER
        if provider.operations.result is not None:
            headers[f"x-{provider.name}-needs-retry"] = "1"
    if provider.errors.style == "zod":
        content = zod_style.describe(
            refusal,
            call,
            messages=provider.errors.messages,
            status=status,
            request_id=request_id,
            now=now,
        )
    else:
        content = pydantic_style.describe(
            refusal, call, messages=provider.errors.messages
        )
    return json_reply(status, content, headers=headers)


def problem(status: int, title: str, detail: str, **more: Json) -> Reply:
    """Return a problem of the mock's own, which no service would answer."""
    content = {"type": "about:blank", "title": title, "status": status}
    return json_reply(
        status,
        content | {"detail": detail} | more,
        content_type="application/problem+json",
    )


def _status(reason: Reason, provider: Provider) -> int:
    errors = provider.errors
    match reason:
        case Reason.INVALID | Reason.UNREADABLE:
            return errors.refused
        case Reason.NO_KEY | Reason.MALFORMED_KEY:
            return errors.unauthorized
        case Reason.UNKNOWN_JOB:
            return errors.unknown_job
    return _STATUSES[reason]
