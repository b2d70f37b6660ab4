"""A call to the mock's own side, and how its handlers read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive

from mock_server.errors import ControlBodyError
from mock_server.exchange import BodyTooLargeError, Call, SlowBodyError, read_body

_LONGEST_BODY = 100_000
_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked: the call, and the values of its path's parameters."""

    call: Call
    values: Mapping[str, str]
    receive: Receive

    async def members(self) -> dict[str, Any]:
        """Return the JSON object that is sent; raise ControlBodyError if none is."""
        try:
            body = await read_body(self.receive, self.call, limit=_LONGEST_BODY)
            content = orjson.loads(body)
        except (BodyTooLargeError, SlowBodyError, orjson.JSONDecodeError):
            content = None
        if not isinstance(content, dict):
            raise ControlBodyError(f"{self.call.path[:200]}: send a small JSON object")
        return content

    def limit(self) -> int:
        """Return how many are wanted; raise ControlBodyError for what is no number."""
        found = parse_qs(self.call.query.decode("latin-1")[:1_000]).get(
            "limit", ["100"]
        )
        text = found[-1]
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= _MOST):
            raise ControlBodyError(
                f"limit: is {text[:80]!r}; give a number from 1 to {_MOST}"
            )
        return int(text)
