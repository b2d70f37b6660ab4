"""The limit: a bare app that parses and validates the same body, and keeps nothing.

uvicorn runs it as `limit:app`, with the document in BENCHED_DOCUMENT. It answers every
POST by whether its JSON is valid, and every GET by its query.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
from jsonschema_rs import Draft4Validator

_JSON = (b"content-type", b"application/json")
_DOCUMENT = orjson.loads(Path(os.environ["BENCHED_DOCUMENT"]).read_bytes())
_BODY = _DOCUMENT["paths"]["/v2/video/generations"]["post"]["requestBody"]
_VALIDATOR = Draft4Validator(_BODY["content"]["application/json"]["schema"])


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one request."""
    if scope["method"] == "POST":
        message = await receive()
        body = message.get("body", b"")
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        valid = _VALIDATOR.is_valid(orjson.loads(body))
        answer = {"id": "a", "status": "queued"} if valid else {"message": "refused"}
        status = 200 if valid else 400
    else:
        query = dict(parse_qsl(scope["query_string"].decode()))
        answer, status = {"id": query["generation_id"], "status": "completed"}, 200
    content = orjson.dumps(answer)
    headers = [_JSON, (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
